use std::fmt;

use unicode_normalization::char::is_combining_mark;

/// A text that a person reads: 1 to 128 characters, none of which can deceive ([`deceives`]), at most
/// two combining marks in a row, no white space at either end and no two of it in a row.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Label(Box<str>);

impl Label {
    /// The greatest length, in Unicode scalar values.
    pub const MAX_CHARS: usize = 128;

    /// Takes `text` without the white space around it; a run of white space within it becomes one
    /// space, so that no name can push another out of sight.
    ///
    /// # Errors
    /// [`InvalidLabel`] if nothing is left, too much, or a character that can deceive.
    pub fn new(text: &str) -> Result<Self, InvalidLabel> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidLabel::Empty);
        }
        if text.chars().count() > Self::MAX_CHARS {
            return Err(InvalidLabel::TooLong);
        }
        if text.chars().any(deceives) || has_stacked_marks(text) {
            return Err(InvalidLabel::ForbiddenCharacter);
        }
        Ok(Self(without_runs_of_space(text).into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a character can draw over, hide, push away or turn round its neighbours: controls (C0,
/// C1), line and paragraph separators, the bidirectional controls of UAX #9, and whatever takes no
/// room or shows nothing, variation selectors aside, which Japanese names use.
///
/// ```
/// assert!(warifu::credential::deceives('\u{202e}'));
/// assert!(!warifu::credential::deceives('割'));
/// ```
pub fn deceives(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

/// Three marks on one character begin to draw over the line above.
fn has_stacked_marks(text: &str) -> bool {
    let mut marks = 0_u8;
    text.chars().any(|c| {
        marks = if is_combining_mark(c) { marks.saturating_add(1) } else { 0 };
        marks > 2
    })
}

fn without_runs_of_space(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut after_space = false;
    for c in text.chars() {
        let is_space = c.is_whitespace();
        if is_space && after_space {
            out.pop();
            out.push(' ');
        } else {
            out.push(c);
        }
        after_space = is_space;
    }
    out
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Why a text cannot be a [`Label`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLabel {
    /// Nothing but white space.
    #[error("the text is empty")]
    Empty,
    /// More than [`Label::MAX_CHARS`] characters.
    #[error("the text has more than 128 characters")]
    TooLong,
    /// A control character, or one that changes the direction of its neighbours.
    #[error("the text has a character that cannot be shown")]
    ForbiddenCharacter,
}

/// The issuer's ID for a credential (クレデンシャルID): 4 to 32 of A–Z and 0–9.
///
/// ```
/// use warifu::credential::CredentialId;
///
/// let id = CredentialId::new("wrfu12345678")?;
/// assert_eq!(id.as_str(), "WRFU12345678");
/// assert_eq!(id.grouped(), "WRFU 1234 5678");
/// # Ok::<(), warifu::credential::InvalidCredentialId>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CredentialId(Box<str>);

impl CredentialId {
    /// Accepts letters of either case, digits, and spaces and hyphens between them, which are
    /// dropped.
    ///
    /// # Errors
    /// [`InvalidCredentialId`] for any other character or length.
    pub fn new(text: &str) -> Result<Self, InvalidCredentialId> {
        let id: String = text
            .chars()
            .filter(|c| !matches!(c, ' ' | '-'))
            .map(|c| c.to_ascii_uppercase())
            .take(33)
            .collect();
        let well_formed = id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if well_formed && (4..=32).contains(&id.len()) {
            Ok(Self(id.into()))
        } else {
            Err(InvalidCredentialId)
        }
    }

    /// The ID as it is typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The ID in groups of four for reading.
    pub fn grouped(&self) -> String {
        let mut text = String::with_capacity(self.0.len().saturating_mul(2));
        for (at, c) in self.0.chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                text.push(' ');
            }
            text.push(c);
        }
        text
    }
}

impl fmt::Debug for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A credential ID is 4 to 32 of A–Z and 0–9.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a credential ID is 4 to 32 letters and digits")]
pub struct InvalidCredentialId;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_trimmed_and_refuses_what_deceives() {
        assert_eq!(Label::new("  割符信用金庫 ").unwrap().as_str(), "割符信用金庫");
        assert_eq!(Label::new(" \u{3000} "), Err(InvalidLabel::Empty));
        for bad in [
            "a\0b",
            "a\nb",
            "a\u{202e}b",
            "a\u{2066}b",
            "a\u{200b}b",
            "a\u{85}b",
            "\u{3164}",
            "a\u{2800}b",
            "a\u{ad}b",
            "z\u{301}\u{301}\u{301}",
        ] {
            assert_eq!(Label::new(bad), Err(InvalidLabel::ForbiddenCharacter), "{bad:?}");
        }
        assert_eq!(Label::new("My Bank      Evil").unwrap().as_str(), "My Bank Evil");
        assert_eq!(Label::new("割符\u{3000}\u{3000}銀行").unwrap().as_str(), "割符 銀行");
        assert_eq!(Label::new("割符\u{3000}銀行").unwrap().as_str(), "割符\u{3000}銀行");
        assert!(Label::new("葛\u{e0100}城").is_ok());
        assert!(Label::new(&"割".repeat(128)).is_ok());
        assert_eq!(Label::new(&"割".repeat(129)), Err(InvalidLabel::TooLong));
    }

    #[test]
    fn a_credential_id_takes_what_people_type() {
        assert_eq!(CredentialId::new("wrfu 1234-5678").unwrap().as_str(), "WRFU12345678");
        for bad in ["", "abc", "WRFU_1234", "ＷＲＦＵ1234", &"A".repeat(33)] {
            assert_eq!(CredentialId::new(bad), Err(InvalidCredentialId), "{bad}");
        }
    }
}
