//! What customers read, generated from `texts.toml`: one function per text, errors by support code.

// The generated functions are public, so that the demo shows the same words.
use std::fmt::Display;

use crate::locale::Lang;

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// An error's texts in both languages.
#[derive(Debug)]
pub struct ErrorTexts {
    /// The support code, like W-102.
    pub code: &'static str,
    /// In Japanese.
    pub ja: ErrorText,
    /// In English.
    pub en: ErrorText,
}

/// What an error means to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorText {
    /// What happened.
    pub what: &'static str,
    /// What to do next.
    pub next: &'static str,
}

/// The text of the error with this support code.
pub fn error(lang: Lang, code: &str) -> Option<ErrorText> {
    let at = ERRORS.binary_search_by_key(&code, |texts| texts.code).ok()?;
    let texts = ERRORS.get(at)?;
    Some(match lang {
        Lang::Ja => texts.ja,
        Lang::En => texts.en,
    })
}
