//! The page of confirmation: the order, and a field for its code.

use axum::{http::StatusCode, response::Response};
use maud::{Markup, html};

use super::word;
use crate::{
    bank::Order,
    pages::{
        Pages,
        layout::{self, Field},
        refusal::Refusal,
        texts::{self, Text},
        token,
        visit::Visit,
    },
    service::ClockOff,
    store::Payee,
};

/// What the page of confirmation says before anything else.
pub(super) enum Said {
    Nothing,
    Refused(Refusal),
    /// And how far the clock is off, if the bank cannot follow it.
    Resynced(Option<ClockOff>),
    NotResynced(Refusal),
}

impl Said {
    const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) | Self::NotResynced(refusal) => Some(refusal),
            Self::Nothing | Self::Resynced(_) => None,
        }
    }

    /// Whether there is a form for 同期ズレ補正: where it may help, and where it was tried.
    fn offers_resync(&self) -> bool {
        match self {
            Self::Refused(refusal) => refusal.resync.is_some(),
            Self::NotResynced(refusal) => refusal.may_resync(),
            Self::Nothing | Self::Resynced(_) => false,
        }
    }
}

pub(super) fn draw_check(
    pages: &Pages,
    visit: &Visit,
    order: &Order,
    key: &str,
    said: &Said,
) -> Response {
    let (language, payee) = (visit.language, &order.payee);
    let amount = order.amount.value().to_string();
    let hidden = [
        ("from", order.from.as_str()),
        ("bank", payee.bank.as_str()),
        ("branch", payee.branch.as_str()),
        ("kind", word(payee.kind)),
        ("number", payee.number.as_str()),
        ("name", payee.name.as_str()),
        ("amount", &amount),
        ("key", key),
    ];
    let brings = html! {
        @for (name, value) in hidden { input type="hidden" name=(name) value=(value); }
    };
    let form = html! {
        (brings)
        (Field::code("code", texts::ONE_TIME_PASSWORD).draw(language))
    };
    let content = html! {
        @if let Said::Resynced(clock_off) = said { (draw_resynced(visit, *clock_off)) }
        p { (language.say(texts::CHECK_HELP)) }
        (details(visit, payee, order.amount.value(), &[
            (texts::FROM_ACCOUNT, order.from.as_str()),
        ]))
        (layout::form(pages, visit, "/transfer/order", texts::SEND, &form))
        p { a href="/transfer" { (language.say(texts::CHANGE)) } }
        @if said.offers_resync() {
            (token::resync_form_with(pages, visit, "/transfer/resync", &brings))
        }
    };
    let refusal = said.refusal();
    let status = refusal.map_or(StatusCode::OK, |refusal| refusal.status);
    visit.page(status, layout::refused(pages, language, texts::CHECK_TRANSFER, refusal, &content))
}

/// The focus is on it, as on what is refused.
fn draw_resynced(visit: &Visit, clock_off: Option<ClockOff>) -> Markup {
    let language = visit.language;
    let (title, class) = match clock_off {
        None => (texts::RESYNCED, "done"),
        Some(_) => (texts::SET_CLOCK, "alert"),
    };
    html! {
        div class=(class) role="status" tabindex="-1" autofocus {
            p { strong { (language.say(title)) } }
            @if clock_off.is_none() { p { (language.say(texts::RESYNCED_NEXT)) } }
            (token::set_clock(visit, clock_off))
        }
    }
}

pub(super) fn details(visit: &Visit, payee: &Payee, amount: i64, first: &[(Text, &str)]) -> Markup {
    let language = visit.language;
    let amount = language.yen(amount);
    let rows = [
        (texts::PAYEE_BANK, payee.bank.as_str()),
        (texts::PAYEE_BRANCH, payee.branch.as_str()),
        (texts::PAYEE_KIND, language.kind(payee.kind)),
        (texts::PAYEE_NUMBER, payee.number.as_str()),
        (texts::PAYEE_NAME, payee.name.as_str()),
        (texts::AMOUNT, &amount),
    ];
    html! {
        table {
            tbody {
                @for (label, value) in first.iter().chain(&rows) {
                    tr { th scope="row" { (language.say(*label)) } td { (value) } }
                }
            }
        }
    }
}
