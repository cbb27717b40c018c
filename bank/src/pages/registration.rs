//! 利用登録, 交換, and the suspension of a token that is lost.

mod fields;
mod sent;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use maud::html;
use warifu::time::UnixMillis;

use super::{
    Pages, layout, letter, login,
    refusal::{self, Refusal},
    texts::{self, Text},
    token,
    visit::{Visit, renewed},
};
use crate::{
    bank::{Accepted, BankError, LetterState, Password, typed},
    service::ClockOff,
    store::{ContractId, Stage},
};
pub(super) use fields::login_choice;
use sent::Sent;
pub(super) use sent::code_at_login;

/// 利用登録／交換: who asks.
pub(super) async fn begin(State(pages): State<Pages>, visit: Visit) -> Response {
    draw_identity(&pages, &visit, None)
}

pub(super) async fn identify(State(pages): State<Pages>, visit: Visit) -> Response {
    let (id, password) = (typed::contract_id(visit.field("contract")), visit.field("password"));
    let (Some(id), Ok(password)) = (id, Password::typed(password)) else {
        return draw_identity(&pages, &visit, Some(&BankError::NotLoggedIn));
    };
    let begun = async {
        let (device, from) = (visit.device.as_ref(), visit.from);
        let session = pages.bank.identify(&id, password, device, from, visit.now).await?;
        pages.bank.end_session(&visit.token).await?;
        Ok::<_, BankError>(session)
    };
    match begun.await {
        Ok(session) => renewed(&session, "/registration/token"),
        Err(error) => draw_identity(&pages, &visit, Some(&error)),
    }
}

fn draw_identity(pages: &Pages, visit: &Visit, refused: Option<&BankError>) -> Response {
    let (language, refusal) = (visit.language, refused.map(Refusal::from));
    let content = html! {
        (layout::form(pages, visit, "/registration", texts::NEXT, &login::identity(visit)))
        p { a href="/" { (language.say(texts::BACK_TO_LOGIN)) } }
    };
    let page = layout::refused(pages, language, texts::IDENTITY, refusal.as_ref(), &content);
    visit.page(refusal.map_or(StatusCode::OK, |refusal| refusal.status), page)
}

/// The token: a first one, or one in the place of another.
pub(super) async fn form(State(pages): State<Pages>, visit: Visit) -> Response {
    let Some(id) = visit.contract(Stage::Registering) else {
        return Redirect::to("/registration").into_response();
    };
    match Standing::read(&pages, id, visit.now).await {
        Ok(standing) => draw_token(&pages, &visit, &standing, Refused::default()),
        Err(error) => refusal::failed(&pages, visit.language, &error),
    }
}

pub(super) async fn register(State(pages): State<Pages>, visit: Visit) -> Response {
    let Some(id) = visit.contract(Stage::Registering) else {
        return Redirect::to("/registration").into_response();
    };
    let standing = match Standing::read(&pages, id, visit.now).await {
        Ok(standing) => standing,
        Err(error) => return refusal::failed(&pages, visit.language, &error),
    };
    let sent = match Sent::read(&visit, &standing) {
        Ok(sent) => sent,
        Err(next) => {
            let refused = Refused { why: Some(Refusal::field(next)), ..Refused::default() };
            return draw_token(&pages, &visit, &standing, refused);
        }
    };
    match sent.carry_out(&pages, &visit, id).await {
        Ok(Accepted { clock_off, .. }) => {
            let title = if standing.has_token { texts::EXCHANGED } else { texts::REGISTERED };
            finished(&pages, &visit, title, clock_off)
        }
        Err(error) => draw_token(&pages, &visit, &standing, standing.refused(&error)),
    }
}

/// The same page, after a 同期ズレ補正 from it that was refused.
pub(super) async fn draw_not_resynced(
    pages: &Pages,
    visit: &Visit,
    id: &ContractId,
    error: &BankError,
) -> Response {
    let offers_resync = Refusal::from(error).may_resync();
    let refused = Refused { offers_resync, ..Refused::by(error) };
    match Standing::read(pages, id, visit.now).await {
        Ok(standing) => draw_token(pages, visit, &standing, refused),
        Err(error) => refusal::failed(pages, visit.language, &error),
    }
}

/// Stops the token of whoever has lost it. The password is enough: it can only keep people out.
pub(super) async fn suspend(State(pages): State<Pages>, visit: Visit) -> Response {
    let registering = visit.contract(Stage::Registering);
    let Some(id) = registering.or_else(|| visit.contract(Stage::LoggedIn)) else {
        return Redirect::to("/registration").into_response();
    };
    match pages.bank.suspend(id, visit.from, visit.now).await {
        Ok(()) => finished(&pages, &visit, texts::SUSPENDED, None),
        Err(error) => refusal::failed(&pages, visit.language, &error),
    }
}

/// Says what is done. All sessions of the contract have ended with it.
fn finished(pages: &Pages, visit: &Visit, title: Text, clock_off: Option<ClockOff>) -> Response {
    let language = visit.language;
    let content = html! {
        (token::set_clock(visit, clock_off))
        p { (language.say(texts::NOTICE_SENT)) }
        p { a href="/" { (language.say(texts::BACK_TO_LOGIN)) } }
    };
    visit.page(StatusCode::OK, layout::page(pages, language, title, &content))
}

/// On to a page, as a visitor whom nobody has seen.
pub(super) fn begun_anew(pages: &Pages, visit: &Visit, to: &str) -> Response {
    match pages.bank.draw_token() {
        Ok(token) => renewed(&token, to),
        Err(error) => refusal::failed(pages, visit.language, &error),
    }
}

/// Where a contract stands that is to have a token.
struct Standing {
    has_token: bool,
    /// Its letters, if it has no token and the bank wants one.
    letters: Option<LetterState>,
}

impl Standing {
    async fn read(pages: &Pages, id: &ContractId, now: UnixMillis) -> Result<Self, BankError> {
        let read = pages.bank.store().contract(id).await?.ok_or(BankError::NoSuchContract)?;
        let has_token = read.value.token.is_some();
        let letters = if has_token { None } else { pages.bank.letter_state(id, now).await? };
        Ok(Self { has_token, letters })
    }

    /// Where no code of the bank's was asked for, none is named as what may not be right.
    fn refused(&self, error: &BankError) -> Refused {
        let refused = Refused::by(error);
        let asks_code = self.has_token || self.letters.is_some();
        if *error != BankError::NotProven || asks_code {
            return refused;
        }
        let what = refusal::words::NOT_PROVEN_BY_TOKEN;
        Refused { why: refused.why.map(|why| Refusal { what, ..why }), ..refused }
    }
}

/// Why nothing was done, and what is offered then.
#[derive(Default)]
struct Refused {
    why: Option<Refusal>,
    /// A field for the new token's next code: whatever it was that was not right, so that the offer tells
    /// nobody.
    offers_next: bool,
    /// 同期ズレ補正, where the contract's own token was refused. Its two codes do nothing but that; the exchange
    /// takes a fresh one after it.
    offers_resync: bool,
}

impl Refused {
    fn by(error: &BankError) -> Self {
        let why = Refusal::from(error);
        Self {
            offers_next: *error == BankError::NotProven,
            offers_resync: matches!(error, BankError::Refused(_)) && why.may_resync(),
            why: Some(why),
        }
    }
}

fn draw_token(pages: &Pages, visit: &Visit, standing: &Standing, refused: Refused) -> Response {
    let (language, has_token) = (visit.language, standing.has_token);
    if let Some(LetterState { good_until: None, next_from }) = standing.letters {
        return letter::draw_ask(pages, visit, next_from, refused.why.as_ref());
    }
    let (title, fields, button) = if has_token {
        (texts::EXCHANGE, fields::exchange(visit, &refused), texts::EXCHANGE)
    } else {
        (texts::REGISTRATION, fields::first(visit, standing, &refused), texts::REGISTER)
    };
    let content = html! {
        (layout::form(pages, visit, "/registration/token", button, &fields))
        @if refused.offers_resync { (token::resync_form(pages, visit)) }
        @if has_token {
            h2 { (language.say(texts::SUSPEND)) }
            p { (language.say(texts::SUSPEND_HELP)) }
            (layout::form(pages, visit, "/registration/suspend", texts::SUSPEND, &html! {}))
        }
        @if let Some(state) = &standing.letters { (letter::under_way(pages, visit, state)) }
        p { a href="/" { (language.say(texts::BACK_TO_LOGIN)) } }
    };
    let page = layout::refused(pages, language, title, refused.why.as_ref(), &content);
    visit.page(refused.why.map_or(StatusCode::OK, |refusal| refusal.status), page)
}
