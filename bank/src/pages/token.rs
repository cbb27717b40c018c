use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use warifu::time::Millis;

use super::{
    Pages, activation,
    layout::{self, Field},
    login,
    refusal::{self, Refusal, words},
    registration::{self, code_at_login, login_choice},
    texts::{self, Text},
    visit::Visit,
};
use crate::{
    bank::{Accepted, BankError},
    service::ClockOff,
    store::{Session, Stage},
};

/// トークンの設定.
pub(super) async fn settings(State(pages): State<Pages>, visit: Visit) -> Response {
    draw(&pages, &visit, None).await
}

/// Whether a code is asked for at login; it takes one to change that.
pub(super) async fn set_code_at_login(State(pages): State<Pages>, visit: Visit) -> Response {
    let Some(id) = visit.contract(Stage::LoggedIn) else {
        return Redirect::to("/").into_response();
    };
    let Some(chosen) = code_at_login(visit.field("code_at_login")) else {
        return draw(&pages, &visit, Some(&Refusal::field(words::FIELD_CHOICE))).await;
    };
    let code = visit.field("code");
    match pages.bank.set_code_at_login(id, chosen, code, visit.from, visit.now).await {
        Ok(_) => done(&pages, &visit, texts::CHANGED),
        Err(error) => draw(&pages, &visit, Some(&Refusal::from(&error))).await,
    }
}

/// 同期ズレ補正, for who has logged in, and for who cannot log in or exchange the token for want of it.
pub(super) async fn resync(State(pages): State<Pages>, visit: Visit) -> Response {
    let Some(Session { contract: id, stage, .. }) = &visit.session else {
        return Redirect::to("/").into_response();
    };
    let (first, second) = (visit.field("first"), visit.field("second"));
    match pages.bank.resync(id, first, second, visit.from, visit.now).await {
        Ok(Accepted { clock_off, .. }) => {
            let to = if *stage == Stage::Registering { "/registration/token" } else { "/" };
            let title = if clock_off.is_some() { texts::SET_CLOCK } else { texts::RESYNCED };
            done_on_the_way(&pages, &visit, title, clock_off, to)
        }
        Err(error) => match stage {
            Stage::CodeWanted => login::draw_code(&pages, &visit, Some(&error)),
            Stage::Registering => registration::draw_not_resynced(&pages, &visit, id, &error).await,
            Stage::LoggedIn => draw(&pages, &visit, Some(&Refusal::from(&error))).await,
        },
    }
}

/// 利用解除.
pub(super) async fn release(State(pages): State<Pages>, visit: Visit) -> Response {
    let Some(id) = visit.contract(Stage::LoggedIn) else {
        return Redirect::to("/").into_response();
    };
    match pages.bank.release(id, visit.field("code"), visit.from, visit.now).await {
        Ok(_) => done(&pages, &visit, texts::RELEASED),
        Err(error) => draw(&pages, &visit, Some(&Refusal::from(&error))).await,
    }
}

/// What is done, and the way on. The first page knows how far the session is.
fn done(pages: &Pages, visit: &Visit, title: Text) -> Response {
    done_on_the_way(pages, visit, title, None, "/")
}

/// The same, on the way to a page that the first one does not know; with what is to be done about the clock.
fn done_on_the_way(
    pages: &Pages,
    visit: &Visit,
    title: Text,
    clock_off: Option<ClockOff>,
    to: &str,
) -> Response {
    let content = html! {
        (set_clock(visit, clock_off))
        p { a href=(to) { (visit.language.say(texts::NEXT)) } }
    };
    visit.page(StatusCode::OK, layout::page(pages, visit.language, title, &content))
}

async fn draw(pages: &Pages, visit: &Visit, refusal: Option<&Refusal>) -> Response {
    let language = visit.language;
    let Some(id) = visit.contract(Stage::LoggedIn) else {
        return Redirect::to("/").into_response();
    };
    let contract = match pages.bank.store().contract(id).await {
        Ok(Some(contract)) => contract.value,
        Ok(None) => return refusal::failed(pages, language, &BankError::NoSuchContract),
        Err(error) => return refusal::failed(pages, language, &error.into()),
    };
    let Some(token) = contract.token else { return Redirect::to("/registration").into_response() };
    let choice = html! {
        (login_choice(visit, Some(contract.code_at_login)))
        (code_field(visit, "choice"))
    };
    let content = html! {
        p { (language.say(texts::CREDENTIAL_ID)) ": " (token.credential.as_str()) }
        (layout::form(pages, visit, "/token/login-code", texts::CHANGE, &choice))
        (resync_form(pages, visit))
        h2 { (language.say(texts::RELEASE)) }
        p { (language.say(texts::RELEASE_HELP)) }
        (layout::form(pages, visit, "/token/release", texts::RELEASE, &code_field(visit, "release")))
        h2 { (language.say(texts::SUSPEND)) }
        p { (language.say(texts::SUSPEND_HELP)) }
        (layout::form(pages, visit, "/registration/suspend", texts::SUSPEND, &html! {}))
        p { a href="/token/new" { (language.say(activation::words::PREPARE)) } }
        p { a href="/registration" { (language.say(texts::EXCHANGE)) } }
        p { a href="/main" { (language.say(texts::BACK_TO_MAIN)) } }
    };
    let status = refusal.map_or(StatusCode::OK, |refusal| refusal.status);
    visit.page(status, layout::refused(pages, language, texts::TOKEN_SETTINGS, refusal, &content))
}

/// Of several on one page each has its own ID.
fn code_field(visit: &Visit, form: &str) -> Markup {
    let id = format!("{form}-code");
    html! {
        div class="field" {
            label for=(id) { (visit.language.say(texts::ONE_TIME_PASSWORD)) }
            input id=(id) name="code" type="text" inputmode="numeric" autocomplete="one-time-code"
                required;
        }
    }
}

/// How far the device's clock is off where the bank cannot follow it, and from when its codes are good again.
pub(super) fn set_clock(visit: &Visit, clock_off: Option<ClockOff>) -> Markup {
    let language = visit.language;
    html! {
        @if let Some(off) = clock_off {
            p { (language.clock_off(off)) }
            p {
                (language.say(texts::SET_CLOCK_HOW))
                @match off {
                    ClockOff::Ahead { until, .. } => {
                        (language.say(texts::GOOD_FROM))
                        // Told to the minute, and not too early.
                        (language.instant(until.saturating_add(Millis(59_999))))
                    }
                    ClockOff::Behind(_) => { (language.say(texts::GOOD_AT_ONCE)) }
                }
            }
        }
    }
}

pub(super) fn resync_form(pages: &Pages, visit: &Visit) -> Markup {
    resync_form_with(pages, visit, "/token/resync", &html! {})
}

/// 同期ズレ補正 in the midst of something else, which the form brings along.
pub(super) fn resync_form_with(
    pages: &Pages,
    visit: &Visit,
    action: &str,
    brings: &Markup,
) -> Markup {
    let language = visit.language;
    let fields = html! {
        (brings)
        (Field::code("first", texts::FIRST_CODE).draw(language))
        (Field::code("second", texts::SECOND_CODE).draw(language))
    };
    html! {
        h2 id="resync" { (language.say(texts::RESYNC)) }
        p { (language.say(texts::RESYNC_HELP)) }
        (layout::form(pages, visit, action, texts::RESYNC, &fields))
    }
}
