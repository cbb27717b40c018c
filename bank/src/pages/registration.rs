use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use warifu::credential::CredentialId;
use warifu_issuer::ActivationCode;

use super::{
    Pages,
    layout::{self, Field},
    login,
    refusal::{self, Refusal, words},
    texts::{self, Text},
    visit::{Visit, renewed},
};
use crate::{
    bank::{BankError, NewToken, Password, Remains, typed},
    service::Codes,
    store::{ContractId, Stage},
};

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
        pages.bank.log_in_with_device(&id, password, device, from, visit.now).await?;
        pages.bank.end_session(&visit.token).await?;
        pages.bank.begin_session(&id, Stage::Registering, visit.now).await
    };
    match begun.await {
        Ok(token) => renewed(&token, "/registration/token"),
        Err(error) => draw_identity(&pages, &visit, Some(&error)),
    }
}

fn draw_identity(pages: &Pages, visit: &Visit, refused: Option<&BankError>) -> Response {
    let (language, refusal) = (visit.language, refused.map(Refusal::from));
    let content = html! {
        (layout::alert(language, refusal.as_ref()))
        (layout::form(pages, visit, "/registration", texts::NEXT, &login::identity(visit)))
        p { a href="/" { (language.say(texts::BACK_TO_LOGIN)) } }
    };
    let status = refusal.map_or(StatusCode::OK, |refusal| refusal.status);
    visit.page(status, layout::page(pages, language, texts::REGISTRATION, &content))
}

/// The token: a first one, or one in the place of another.
pub(super) async fn form(State(pages): State<Pages>, visit: Visit) -> Response {
    let Some(id) = visit.contract(Stage::Registering) else {
        return Redirect::to("/registration").into_response();
    };
    match has_token(&pages, id).await {
        Ok(has_token) => draw_token(&pages, &visit, has_token, None),
        Err(error) => refusal::failed(&pages, visit.language, &error),
    }
}

pub(super) async fn register(State(pages): State<Pages>, visit: Visit) -> Response {
    let Some(id) = visit.contract(Stage::Registering) else {
        return Redirect::to("/registration").into_response();
    };
    let has_token = match has_token(&pages, id).await {
        Ok(has_token) => has_token,
        Err(error) => return refusal::failed(&pages, visit.language, &error),
    };
    let typed = match Typed::read(&visit, has_token) {
        Ok(typed) => typed,
        Err(next) => {
            return draw_token(&pages, &visit, has_token, Some(&Refusal::field(next)));
        }
    };
    let token = NewToken { credential: &typed.credential, codes: Codes::One(visit.field("code")) };
    let done = match &typed.proof {
        TypedProof::First { code_at_login } => {
            pages.bank.register(id, token, *code_at_login, visit.from, visit.now).await
        }
        TypedProof::Code => {
            let remains = Remains::Code(visit.field("old_code"));
            pages.bank.exchange(id, &remains, token, visit.from, visit.now).await
        }
        TypedProof::Reset(code) => {
            let remains = Remains::Reset(code);
            pages.bank.exchange(id, &remains, token, visit.from, visit.now).await
        }
    };
    match done {
        Ok(_) => {
            let title = if has_token { texts::EXCHANGED } else { texts::REGISTERED };
            finished(&pages, &visit, title)
        }
        Err(error) => draw_token(&pages, &visit, has_token, Some(&Refusal::from(&error))),
    }
}

/// Stops the token of whoever has lost it. The password is enough: it can only keep people out.
pub(super) async fn suspend(State(pages): State<Pages>, visit: Visit) -> Response {
    let registering = visit.contract(Stage::Registering);
    let Some(id) = registering.or_else(|| visit.contract(Stage::LoggedIn)) else {
        return Redirect::to("/registration").into_response();
    };
    match pages.bank.suspend(id, visit.from, visit.now).await {
        Ok(()) => finished(&pages, &visit, texts::SUSPENDED),
        Err(error) => refusal::failed(&pages, visit.language, &error),
    }
}

/// Says what is done. All sessions of the contract have ended with it.
fn finished(pages: &Pages, visit: &Visit, title: Text) -> Response {
    let language = visit.language;
    let content = html! {
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

async fn has_token(pages: &Pages, id: &ContractId) -> Result<bool, BankError> {
    let read = pages.bank.store().contract(id).await?.ok_or(BankError::NoSuchContract)?;
    Ok(read.value.token.is_some())
}

/// What was typed, as far as it can be meant.
struct Typed {
    credential: CredentialId,
    proof: TypedProof,
}

enum TypedProof {
    First { code_at_login: bool },
    Code,
    Reset(ActivationCode),
}

impl Typed {
    fn read(visit: &Visit, has_token: bool) -> Result<Self, Text> {
        let credential = typed::credential_id(visit.field("credential"));
        let credential = credential.ok_or(words::FIELD_CREDENTIAL)?;
        let proof = if has_token {
            let (code, reset) = (visit.field("old_code"), visit.field("reset_code"));
            match (code.trim().is_empty(), reset.trim().is_empty()) {
                (false, true) => TypedProof::Code,
                (true, false) => {
                    TypedProof::Reset(typed::reset_code(reset).ok_or(words::FIELD_RESET)?)
                }
                _ => return Err(words::FIELD_PROOF),
            }
        } else {
            let code_at_login =
                code_at_login(visit.field("code_at_login")).ok_or(words::FIELD_CHOICE)?;
            TypedProof::First { code_at_login }
        };
        Ok(Self { credential, proof })
    }
}

/// 認証する or 認証しない.
pub(super) fn code_at_login(chosen: &str) -> Option<bool> {
    match chosen {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

fn draw_token(
    pages: &Pages,
    visit: &Visit,
    has_token: bool,
    refusal: Option<&Refusal>,
) -> Response {
    let language = visit.language;
    let (title, fields, button) = if has_token {
        (texts::EXCHANGE, exchange_fields(visit), texts::EXCHANGE)
    } else {
        (texts::REGISTRATION, first_fields(visit), texts::REGISTER)
    };
    let content = html! {
        (layout::alert(language, refusal))
        (layout::form(pages, visit, "/registration/token", button, &fields))
        @if has_token {
            h2 { (language.say(texts::SUSPEND)) }
            p { (language.say(texts::SUSPEND_HELP)) }
            (layout::form(pages, visit, "/registration/suspend", texts::SUSPEND, &html! {}))
        }
        p { a href="/" { (language.say(texts::BACK_TO_LOGIN)) } }
    };
    let status = refusal.map_or(StatusCode::OK, |refusal| refusal.status);
    visit.page(status, layout::page(pages, language, title, &content))
}

fn first_fields(visit: &Visit) -> Markup {
    html! {
        (credential(visit, texts::CREDENTIAL_ID))
        (Field::code("code", texts::ONE_TIME_PASSWORD).draw(visit.language))
        (login_choice(visit, None))
    }
}

fn exchange_fields(visit: &Visit) -> Markup {
    let language = visit.language;
    html! {
        (credential(visit, texts::NEW_CREDENTIAL_ID))
        (Field::code("code", texts::NEW_CODE).draw(language))
        fieldset {
            legend { (language.say(texts::OLD_PROOF)) }
            p class="hint" id="proof-hint" { (language.say(texts::OLD_PROOF_HINT)) }
            @for (name, label) in
                [("old_code", texts::OLD_CODE), ("reset_code", texts::RESET_CODE)]
            {
                div class="field" {
                    label for=(name) { (language.say(label)) }
                    input id=(name) name=(name) type="text" inputmode="numeric" autocomplete="off"
                        aria-describedby="proof-hint";
                }
            }
        }
    }
}

fn credential(visit: &Visit, label: Text) -> Markup {
    let field = Field::text("credential", label, visit.field("credential"));
    Field { hint: Some(texts::CREDENTIAL_ID_HINT), ..field }.draw(visit.language)
}

/// Whether a code is asked for at login, each choice with what it means.
pub(super) fn login_choice(visit: &Visit, now: Option<bool>) -> Markup {
    let language = visit.language;
    let chosen = code_at_login(visit.field("code_at_login")).or(now);
    html! {
        fieldset {
            legend { (language.say(texts::LOGIN_CHOICE)) }
            @for (value, is_yes, label, means) in [
                ("yes", true, texts::DO_ASK, texts::DO_ASK_MEANS),
                ("no", false, texts::DO_NOT_ASK, texts::DO_NOT_ASK_MEANS),
            ] {
                p {
                    input type="radio" id={ "code_at_login-" (value) } name="code_at_login"
                        value=(value) required checked[chosen == Some(is_yes)]
                        aria-describedby={ "code_at_login-" (value) "-means" };
                    " "
                    label for={ "code_at_login-" (value) } { (language.say(label)) }
                    br;
                    span class="hint" id={ "code_at_login-" (value) "-means" } {
                        (language.say(means))
                    }
                }
            }
        }
    }
}
