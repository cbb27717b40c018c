use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use warifu::{credential::CredentialId, time::UnixMillis};
use warifu_issuer::ActivationCode;

use super::{
    Pages,
    layout::{self, Field},
    letter, login,
    refusal::{self, Refusal, words},
    texts::{self, Text},
    visit::{Visit, renewed},
};
use crate::{
    bank::{Accepted, BankError, LetterState, NewToken, Password, Remains, typed},
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
        pages.bank.log_in(&id, password, visit.from, visit.now).await?;
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
    let typed = match Typed::read(&visit, &standing) {
        Ok(typed) => typed,
        Err(next) => {
            let refused = Refused { why: Some(Refusal::field(next)), ..Refused::default() };
            return draw_token(&pages, &visit, &standing, refused);
        }
    };
    match typed.carry_out(&pages, &visit, id).await {
        Ok(_) => {
            let title = if standing.has_token { texts::EXCHANGED } else { texts::REGISTERED };
            finished(&pages, &visit, title)
        }
        Err(error) => draw_token(&pages, &visit, &standing, Refused::by(&error)),
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
}

/// Why nothing was done, and for which token a second code is offered then: whatever it was that was not
/// right, so that the offer tells nobody.
#[derive(Default)]
struct Refused {
    why: Option<Refusal>,
    offers_new: bool,
    offers_old: bool,
}

impl Refused {
    fn by(error: &BankError) -> Self {
        Self {
            why: Some(Refusal::from(error)),
            offers_new: *error == BankError::NotProven,
            offers_old: matches!(error, BankError::Refused(_)),
        }
    }
}

/// What was typed, as far as it can be meant.
struct Typed<'a> {
    credential: CredentialId,
    codes: Codes<'a>,
    proof: TypedProof<'a>,
}

enum TypedProof<'a> {
    First { code_at_login: bool, letter: Option<ActivationCode> },
    Code(Codes<'a>),
    Reset(ActivationCode),
}

impl<'a> Typed<'a> {
    fn read(visit: &'a Visit, standing: &Standing) -> Result<Self, Text> {
        let credential = typed::credential_id(visit.field("credential"));
        let credential = credential.ok_or(words::FIELD_CREDENTIAL)?;
        let proof = if standing.has_token {
            let (code, reset) = (visit.field("old_code"), visit.field("reset_code"));
            match (is_empty(code), is_empty(reset)) {
                (false, true) => TypedProof::Code(codes(visit, "old_code", NEXT_OLD_CODE)),
                (true, false) => {
                    TypedProof::Reset(typed::reset_code(reset).ok_or(words::FIELD_RESET)?)
                }
                _ => return Err(words::FIELD_PROOF),
            }
        } else {
            let code_at_login =
                code_at_login(visit.field("code_at_login")).ok_or(words::FIELD_CHOICE)?;
            // Where no letter is under way the bank says so, and the page asks for one.
            let letter = match standing.letters {
                Some(LetterState { good_until: Some(_), .. }) => {
                    let code = typed::reset_code(visit.field("letter_code"));
                    Some(code.ok_or(words::FIELD_LETTER)?)
                }
                _ => None,
            };
            TypedProof::First { code_at_login, letter }
        };
        Ok(Self { credential, codes: codes(visit, "code", NEXT_CODE), proof })
    }

    async fn carry_out(
        &self,
        pages: &Pages,
        visit: &Visit,
        id: &ContractId,
    ) -> Result<Accepted, BankError> {
        let (bank, from, now) = (&pages.bank, visit.from, visit.now);
        let token = NewToken { credential: &self.credential, codes: self.codes };
        let remains = match &self.proof {
            TypedProof::First { code_at_login, letter: None } => {
                return bank.register(id, token, *code_at_login, from, now).await;
            }
            TypedProof::First { code_at_login, letter: Some(letter) } => {
                let done = bank.register_with_letter(id, token, letter, *code_at_login, from, now);
                return done.await;
            }
            TypedProof::Code(Codes::One(code)) => Remains::Code(code),
            TypedProof::Code(Codes::Two(first, second)) => Remains::TwoCodes(first, second),
            TypedProof::Reset(code) => Remains::Reset(code),
        };
        bank.exchange(id, &remains, token, from, now).await
    }
}

/// One code, or two where the next one was typed too.
fn codes<'a>(visit: &'a Visit, field: &str, next: &str) -> Codes<'a> {
    let (first, second) = (visit.field(field), visit.field(next));
    if is_empty(second) { Codes::One(first) } else { Codes::Two(first, second) }
}

fn is_empty(typed: &str) -> bool {
    typed.trim().is_empty()
}

/// 認証する or 認証しない.
pub(super) fn code_at_login(chosen: &str) -> Option<bool> {
    match chosen {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

fn draw_token(pages: &Pages, visit: &Visit, standing: &Standing, refused: Refused) -> Response {
    let (language, has_token) = (visit.language, standing.has_token);
    if let Some(LetterState { good_until: None, .. }) = standing.letters {
        return letter::draw_ask(pages, visit, refused.why.as_ref());
    }
    let (title, fields, button) = if has_token {
        (texts::EXCHANGE, exchange_fields(visit, &refused), texts::EXCHANGE)
    } else {
        (texts::REGISTRATION, first_fields(visit, standing, &refused), texts::REGISTER)
    };
    let content = html! {
        (layout::form(pages, visit, "/registration/token", button, &fields))
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

fn first_fields(visit: &Visit, standing: &Standing, refused: &Refused) -> Markup {
    html! {
        (credential(visit, texts::CREDENTIAL_ID))
        (Field::code("code", texts::ONE_TIME_PASSWORD).draw(visit.language))
        (next_code(visit, NEXT_CODE, texts::NEXT_CODE, refused.offers_new))
        @if standing.letters.is_some() { (letter::field(visit)) }
        (login_choice(visit, None))
    }
}

fn exchange_fields(visit: &Visit, refused: &Refused) -> Markup {
    let language = visit.language;
    html! {
        (credential(visit, texts::NEW_CREDENTIAL_ID))
        (Field::code("code", texts::NEW_CODE).draw(language))
        (next_code(visit, NEXT_CODE, texts::NEXT_CODE, refused.offers_new))
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
            (next_code(visit, NEXT_OLD_CODE, texts::NEXT_OLD_CODE, refused.offers_old))
        }
    }
}

/// A field for the code after the first one, where it is offered or was filled in before.
fn next_code(visit: &Visit, name: &str, label: Text, is_offered: bool) -> Markup {
    let field = Field {
        hint: Some(texts::NEXT_CODE_HINT),
        is_required: false,
        ..Field::number(name, label, "")
    };
    let is_drawn = is_offered || !is_empty(visit.field(name));
    html! { @if is_drawn { (field.draw(visit.language)) } }
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

const NEXT_CODE: &str = "next_code";
const NEXT_OLD_CODE: &str = "next_old_code";
