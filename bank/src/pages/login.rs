use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};

use super::{
    Pages,
    layout::{self, Field},
    refusal::Refusal,
    registration,
    texts::{self, LANGUAGE_COOKIE, Language},
    token,
    visit::{Visit, remember, renewed},
};
use crate::{
    bank::{Accepted, BankError, LoggedIn, Password, typed},
    store::Stage,
};

/// ログイン.
pub(super) async fn form(State(pages): State<Pages>, visit: Visit) -> Response {
    match visit.session.as_ref().map(|session| session.stage) {
        Some(Stage::LoggedIn) => Redirect::to("/main").into_response(),
        Some(Stage::CodeWanted) => Redirect::to("/login/code").into_response(),
        Some(Stage::Registering) | None => draw(&pages, &visit, None),
    }
}

pub(super) async fn log_in(State(pages): State<Pages>, visit: Visit) -> Response {
    let (id, password) = (typed::contract_id(visit.field("contract")), visit.field("password"));
    // What cannot be an ID, or a password, is nobody's.
    let (Some(id), Ok(password)) = (id, Password::typed(password)) else {
        return draw(&pages, &visit, Some(&BankError::NotLoggedIn));
    };
    let begun = async {
        let (device, from) = (visit.device.as_ref(), visit.from);
        let login = pages.bank.log_in(&id, password, device, from, visit.now).await?;
        pages.bank.end_session(&visit.token).await?;
        Ok::<_, BankError>(login)
    };
    match begun.await {
        Ok(login) if login.code_wanted => logged_in(&login, "/login/code"),
        Ok(login) => logged_in(&login, "/main"),
        Err(error) => draw(&pages, &visit, Some(&error)),
    }
}

fn draw(pages: &Pages, visit: &Visit, refused: Option<&BankError>) -> Response {
    let (language, refusal) = (visit.language, refused.map(Refusal::from));
    let content = html! {
        p { (language.say(texts::LOGIN_HELP)) }
        (layout::form(pages, visit, "/login", texts::LOGIN, &identity(visit)))
        h2 { (language.say(texts::ONE_TIME_PASSWORD)) }
        nav {
            ul {
                li { a href="/registration" { (language.say(texts::REGISTER_OR_EXCHANGE)) } }
                li { a href="/registration" { (language.say(texts::LOST)) } }
            }
        }
    };
    let page = layout::refused(pages, language, texts::LOGIN, refusal.as_ref(), &content);
    visit.page(refusal.map_or(StatusCode::OK, |refusal| refusal.status), page)
}

/// Contract ID and password.
pub(super) fn identity(visit: &Visit) -> Markup {
    let id = Field {
        hint: Some(texts::CONTRACT_ID_HINT),
        autocomplete: "username",
        ..Field::number("contract", texts::CONTRACT_ID, visit.field("contract"))
    };
    let password = Field {
        autocomplete: "current-password",
        is_secret: true,
        ..Field::text("password", texts::PASSWORD, "")
    };
    html! { (id.draw(visit.language)) (password.draw(visit.language)) }
}

/// ワンタイムパスワード確認.
pub(super) async fn code_form(State(pages): State<Pages>, visit: Visit) -> Response {
    match visit.contract(Stage::CodeWanted) {
        Some(_) => draw_code(&pages, &visit, None),
        None => Redirect::to("/").into_response(),
    }
}

pub(super) async fn code(State(pages): State<Pages>, visit: Visit) -> Response {
    if visit.contract(Stage::CodeWanted).is_none() {
        return Redirect::to("/").into_response();
    }
    let code = visit.field("code");
    match pages.bank.log_in_with_code(&visit.token, code, visit.from, visit.now).await {
        Ok((login, Accepted { failures_before: 0, .. })) => logged_in(&login, "/main"),
        Ok((login, _)) => logged_in(&login, "/main?tries=code"),
        Err(BankError::SessionOver) => {
            visit.page(StatusCode::FORBIDDEN, layout::expired(&pages, &visit))
        }
        Err(error) => draw_code(&pages, &visit, Some(&error)),
    }
}

/// On to a page, with what the browser keeps of the login.
fn logged_in(login: &LoggedIn, to: &str) -> Response {
    let mut response = renewed(&login.session, to);
    if let Some(device) = &login.device {
        remember(device, &mut response);
    }
    response
}

pub(super) fn draw_code(pages: &Pages, visit: &Visit, refused: Option<&BankError>) -> Response {
    let (language, refusal) = (visit.language, refused.map(Refusal::from));
    let code = Field::code("code", texts::ONE_TIME_PASSWORD).draw(language);
    let content = html! {
        p { (language.say(texts::CODE_HELP)) }
        (layout::form(pages, visit, "/login/code", texts::CONFIRM, &code))
        (layout::form(pages, visit, "/logout", texts::LOG_OUT, &html! {}))
        (token::resync_form(pages, visit))
    };
    let page = layout::refused(pages, language, texts::CODE_AT_LOGIN, refusal.as_ref(), &content);
    visit.page(refusal.map_or(StatusCode::OK, |refusal| refusal.status), page)
}

/// ログアウト.
pub(super) async fn log_out(State(pages): State<Pages>, visit: Visit) -> Response {
    if let Err(error) = pages.bank.end_session(&visit.token).await {
        return super::refusal::failed(&pages, visit.language, &error);
    }
    registration::begun_anew(&pages, &visit, "/")
}

/// Remembers a language, and goes back to the beginning.
pub(super) async fn language(Path(tag): Path<String>) -> Response {
    let Some(language) = Language::tagged(&tag) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let attributes = "; Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Strict";
    let mut response = Redirect::to("/").into_response();
    let cookie = format!("{LANGUAGE_COOKIE}={}{attributes}", language.tag());
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
