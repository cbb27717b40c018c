use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use maud::{DOCTYPE, Markup, html};

use super::{
    Pages,
    refusal::Refusal,
    texts::{self, Language, Text},
    visit::{FORM_TOKEN, Visit},
};

/// A whole page.
pub(super) fn page(pages: &Pages, language: Language, title: Text, content: &Markup) -> Markup {
    refused(pages, language, title, None, content)
}

/// A page where something may have been refused: then it tells why before anything else, and so does its
/// title, which a screen reader speaks first.
pub(super) fn refused(
    pages: &Pages,
    language: Language,
    title: Text,
    refusal: Option<&Refusal>,
    content: &Markup,
) -> Markup {
    let other = language.other();
    html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title {
                    @if let Some(refusal) = refusal { (language.say(refusal.what)) " | " }
                    (language.say(title)) " | " (pages.name)
                }
                link rel="stylesheet" href="/style.css";
            }
            body {
                header { p lang=[foreign(language, &pages.name)] { (pages.name) } }
                main { h1 { (language.say(title)) } (alert(language, refusal)) (content) }
                footer {
                    a href={ "/language/" (other.tag()) } lang=(other.tag()) hreflang=(other.tag()) {
                        (other.name())
                    }
                }
            }
        }
    }
}

/// The form is not ours, or its session is over.
pub(super) fn expired(pages: &Pages, visit: &Visit) -> Markup {
    let language = visit.language;
    page(
        pages,
        language,
        texts::EXPIRED,
        &html! {
            p role="alert" { (language.say(texts::EXPIRED_NEXT)) }
            p { a href="/" { (language.say(texts::BACK_TO_LOGIN)) } }
        },
    )
}

/// A form that posts to `action`, with what shows that it is ours, and one button.
pub(super) fn form(
    pages: &Pages,
    visit: &Visit,
    action: &str,
    button: Text,
    content: &Markup,
) -> Markup {
    html! {
        form method="post" action=(action) {
            input type="hidden" name=(FORM_TOKEN) value=(pages.bank.form_token(&visit.token));
            (content)
            button type="submit" { (visit.language.say(button)) }
        }
    }
}

/// The language of the bank's name, where it is not the page's.
fn foreign(language: Language, name: &str) -> Option<&'static str> {
    (language == Language::English && !name.is_ascii()).then_some(Language::Japanese.tag())
}

/// Why it was refused, and what to do next. The focus is on it as the page opens: it is read out, and the
/// next press of Tab comes to what is named as the way on, or else to the first field.
fn alert(language: Language, refusal: Option<&Refusal>) -> Markup {
    html! {
        @if let Some(refusal) = refusal {
            div class="alert" role="alert" tabindex="-1" autofocus {
                p { strong { (language.say(refusal.what)) } }
                p { (language.say(refusal.next)) }
                @if let Some(until) = refusal.until {
                    p class="until" { (language.say(texts::UNTIL)) (language.instant(until)) }
                }
                @if let Some(to) = refusal.resync {
                    p { a href=(to) { (language.say(texts::TO_RESYNC)) } }
                }
            }
        }
    }
}

/// A field with its label and, under it, a hint.
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) label: Text,
    pub(super) hint: Option<Text>,
    /// What the browser may fill in.
    pub(super) autocomplete: &'a str,
    /// Whether a phone shows digits.
    pub(super) is_numeric: bool,
    pub(super) is_secret: bool,
    /// Whether the browser sends no form without it.
    pub(super) is_required: bool,
    pub(super) value: &'a str,
}

impl<'a> Field<'a> {
    pub(super) const fn text(name: &'a str, label: Text, value: &'a str) -> Self {
        Self {
            name,
            label,
            hint: None,
            autocomplete: "off",
            is_numeric: false,
            is_secret: false,
            is_required: true,
            value,
        }
    }

    pub(super) const fn number(name: &'a str, label: Text, value: &'a str) -> Self {
        Self { is_numeric: true, ..Self::text(name, label, value) }
    }

    /// A code of a token. What was typed is not shown again: it is spent, or wrong.
    pub(super) const fn code(name: &'a str, label: Text) -> Self {
        Self { autocomplete: "one-time-code", ..Self::number(name, label, "") }
    }

    pub(super) fn draw(&self, language: Language) -> Markup {
        let hint = self.hint.map(|hint| (format!("{}-hint", self.name), hint));
        html! {
            div class="field" {
                label for=(self.name) { (language.say(self.label)) }
                @if let Some((id, hint)) = &hint { p class="hint" id=(id) { (language.say(*hint)) } }
                input id=(self.name) name=(self.name) required[self.is_required] value=(self.value)
                    type=(if self.is_secret { "password" } else { "text" })
                    inputmode=[self.is_numeric.then_some("numeric")]
                    autocomplete=(self.autocomplete) autocapitalize="none" spellcheck="false"
                    aria-describedby=[hint.as_ref().map(|(id, _)| id)];
            }
        }
    }
}

/// The style sheet.
pub(super) async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

const STYLE: &str = include_str!("style.css");
