//! What the screen shows, as a plain value: a pure function of the core's screen and the state.

mod pages;
mod tokens;

use warifu::{otp::Code, time::Uptime};

use crate::{
    app::{App, Notice, Reading, Scene},
    failure::Trouble,
    locale::Lang,
    texts,
};

/// Everything that is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The language, for what only drawing knows, as that the terminal is too small.
    pub lang: Lang,
    /// The line at the top.
    pub title: &'static str,
    /// At the end of that line: which of how many.
    pub page: Option<String>,
    /// Lines over the keys that stay, the most needed one first.
    pub banner: Vec<String>,
    /// The middle.
    pub body: Body,
    /// What just happened.
    pub notice: Option<Notice>,
    /// In its place while nothing did: what is good to know.
    pub hint: Option<String>,
    /// Which keys do what.
    pub keys: Vec<&'static str>,
}

/// The middle of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// The codes.
    Tokens(TokensView),
    /// Something to read or to type.
    Page(Page),
}

/// The codes: one credential large, all in a list below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokensView {
    /// The selected one.
    pub large: LargeCard,
    /// All of them, if there is more than one.
    pub rows: Vec<Row>,
}

/// The credential drawn large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LargeCard {
    /// The first line: the issuer, or the account where there is none.
    pub name: String,
    /// The account under an issuer.
    pub account: Option<String>,
    /// The credential ID with its label, in groups of four.
    pub credential_id: Option<(&'static str, String)>,
    /// The code, or what stands in its place.
    pub face: FaceView,
    /// A warning about a short seed.
    pub weakness: Option<&'static str>,
}

/// A code, or what stands in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaceView {
    /// A code that changes with time.
    Timed {
        /// The code.
        code: Code,
        /// How much of its time remains: this many of that many milliseconds.
        remaining: (u64, u64),
        /// The same in words.
        seconds: String,
        /// Whether it changes within a few seconds, in words.
        soon: Option<&'static str>,
        /// The code after it, or the one to try if this one is refused, with its label.
        next: (&'static str, Code),
    },
    /// A code that a key made.
    Counted {
        /// The code.
        code: Code,
        /// How it is to be used.
        hint: &'static str,
    },
    /// No code now.
    Text(String),
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Issuer and account.
    pub name: String,
    /// The code, or a word in its place.
    pub code: Result<Code, &'static str>,
    /// The seconds that remain.
    pub seconds: Option<String>,
    /// Whether this one is drawn large.
    pub is_selected: bool,
}

/// Something to read or to type, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The first line.
    pub heading: &'static str,
    /// What follows.
    pub blocks: Vec<Block>,
}

/// A part of a [`Page`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Sentences.
    Text(String),
    /// A line to type in.
    Field {
        /// What to type.
        label: &'static str,
        /// What is typed, as it may be shown.
        shown: String,
        /// Whether it takes the keys.
        is_active: bool,
    },
    /// Names with what belongs to them.
    Pairs(Vec<(&'static str, String)>),
    /// Work under way.
    Working {
        /// Which.
        text: &'static str,
        /// For how long already, in ticks of a tenth of a second.
        tick: u64,
        /// What to expect.
        expect: &'static str,
    },
    /// What went wrong.
    Trouble(Trouble),
}

/// The view of this state.
pub fn view(app: &App, reading: &Reading, now: Uptime) -> View {
    let lang = app.lang;
    let (page, body, keys) = match (&app.scene, reading) {
        (Scene::Tokens, Ok(screen)) => tokens::tokens(app, screen),
        (Scene::Tokens, Err(error)) => {
            let (page, keys) = pages::no_screen(lang, *error);
            (None, Body::Page(page), keys)
        }
        (scene, _) => {
            let (page, keys) = pages::page(app, scene, reading, now);
            (None, Body::Page(page), keys)
        }
    };
    let hint = match (&app.scene, reading) {
        (Scene::Tokens, Ok(screen)) => tokens::clock_hint(app, screen),
        _ => None,
    };
    let (notice, banner) = (app.notice.clone(), app.banner.clone());
    View { lang, title: texts::app(lang), page, banner, body, notice, hint, keys }
}
