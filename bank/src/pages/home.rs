use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use warifu::time::UnixMillis;

use super::{
    Pages, activation, layout, refusal,
    texts::{self, Language},
    visit::Visit,
};
use crate::{
    bank::BankError,
    store::{Account, ContractId, Movement, PastEvent, RefusedPasswords, Stage},
};

/// メイン画面: balance, movements, the last login.
pub(super) async fn main(
    State(pages): State<Pages>,
    RawQuery(query): RawQuery,
    visit: Visit,
) -> Response {
    let Some(id) = visit.contract(Stage::LoggedIn) else {
        return Redirect::to("/").into_response();
    };
    match Overview::read(&pages, id, visit.now).await {
        Ok(overview) => {
            let content = overview.draw(&pages, &visit, query.as_deref());
            let page = layout::page(&pages, visit.language, texts::MAIN, &content);
            visit.page(StatusCode::OK, page)
        }
        Err(error) => refusal::failed(&pages, visit.language, &error),
    }
}

/// 利用履歴.
pub(super) async fn history(State(pages): State<Pages>, visit: Visit) -> Response {
    let Some(id) = visit.contract(Stage::LoggedIn) else {
        return Redirect::to("/").into_response();
    };
    match pages.bank.store().history(id, MOST).await {
        Ok(history) => {
            let content = draw_history(visit.language, &history);
            let page = layout::page(&pages, visit.language, texts::HISTORY, &content);
            visit.page(StatusCode::OK, page)
        }
        Err(error) => refusal::failed(&pages, visit.language, &error.into()),
    }
}

struct Overview {
    has_token: bool,
    /// When somebody logged in before this login.
    before: Option<UnixMillis>,
    /// Before which logins of late passwords were refused, whoever has logged in since: many, or before this
    /// one.
    alarms: Vec<RefusedPasswords>,
    /// And a few, before earlier ones.
    slips: Vec<RefusedPasswords>,
    accounts: Vec<(Account, Vec<Movement>)>,
}

impl Overview {
    async fn read(pages: &Pages, id: &ContractId, now: UnixMillis) -> Result<Self, BankError> {
        let store = pages.bank.store();
        let contract = store.contract(id).await?.ok_or(BankError::NoSuchContract)?.value;
        let mut accounts = Vec::new();
        for account in store.accounts(id).await? {
            let movements = store.movements(&account.id, MOST).await?;
            accounts.push((account, movements));
        }
        let logins = store.logins(id, 2).await?;
        let (latest, before) = (logins.first().copied(), logins.get(1).copied());
        let refused = pages.bank.refused_passwords(id, now).await?;
        // One's own slips of last week are told, and are no alarm.
        let is_alarm = |refused: &RefusedPasswords| {
            refused.failures >= ALARMING || Some(refused.login_at) == latest
        };
        let (alarms, slips) = refused.into_iter().partition(is_alarm);
        Ok(Self { has_token: contract.token.is_some(), before, alarms, slips, accounts })
    }

    fn draw(&self, pages: &Pages, visit: &Visit, query: Option<&str>) -> Markup {
        let language = visit.language;
        let codes_refused = query == Some("tries=code");
        html! {
            @if !self.alarms.is_empty() || codes_refused {
                div class="alert" role="alert" {
                    @for refused in &self.alarms {
                        p { (language.passwords_refused(refused.login_at, refused.failures)) }
                    }
                    @if !self.alarms.is_empty() { p { (language.say(texts::NOT_YOU)) } }
                    @if codes_refused { p { (language.say(texts::FAILED_CODES)) } }
                }
            }
            @if let Some(before) = &self.before {
                p { (language.say(texts::LAST_LOGIN)) (language.instant(*before)) }
            }
            @for refused in &self.slips {
                p class="hint" { (language.passwords_refused(refused.login_at, refused.failures)) }
            }
            @if !self.has_token { p { (language.say(texts::NO_TOKEN_YET)) } }
            nav {
                ul {
                    @if self.has_token {
                        li { a href="/transfer" { (language.say(texts::TRANSFER)) } }
                        li { a href="/token" { (language.say(texts::TOKEN_SETTINGS)) } }
                    } @else {
                        li { a href="/token/new" { (language.say(activation::words::PREPARE)) } }
                        li { a href="/registration" { (language.say(texts::REGISTRATION)) } }
                    }
                    li { a href="/history" { (language.say(texts::HISTORY)) } }
                }
            }
            @for (account, movements) in &self.accounts {
                h2 { (language.say(texts::BALANCE)) " " (account.id.as_str()) }
                p class="balance" { (language.yen(account.balance)) }
                (draw_movements(language, movements))
            }
            (layout::form(pages, visit, "/logout", texts::LOG_OUT, &html! {}))
        }
    }
}

fn draw_movements(language: Language, movements: &[Movement]) -> Markup {
    html! {
        h2 { (language.say(texts::MOVEMENTS)) }
        @if movements.is_empty() { p { (language.say(texts::NO_MOVEMENTS)) } } @else {
            table class="log" {
                thead {
                    tr {
                        th scope="col" { (language.say(texts::DATE)) }
                        th scope="col" { (language.say(texts::DESCRIPTION)) }
                        th scope="col" { (language.say(texts::AMOUNT)) }
                    }
                }
                tbody {
                    @for movement in movements {
                        tr {
                            td { (language.instant(movement.at)) }
                            td {
                                // What is paid in comes from the bank's own account.
                                @if movement.amount > 0 && movement.other == "cash" { (language.say(texts::PAID_IN)) }
                                @else { (movement.other) }
                            }
                            td class="amount" { (language.yen(movement.amount)) }
                        }
                    }
                }
            }
        }
    }
}

fn draw_history(language: Language, history: &[PastEvent]) -> Markup {
    html! {
        table class="log" {
            thead {
                tr {
                    th scope="col" { (language.say(texts::DATE)) }
                    th scope="col" { (language.say(texts::DESCRIPTION)) }
                    th scope="col" { (language.say(texts::ORIGIN)) }
                }
            }
            tbody {
                @for recorded in history {
                    tr {
                        td { (language.instant(recorded.at)) }
                        td {
                            (language.event(recorded.event))
                            @if let Some(times) = recorded.failures { (language.times(times)) }
                        }
                        // On a phone its name stands before it.
                        td data-name=(language.say(texts::ORIGIN)) {
                            (recorded.origin.as_deref().unwrap_or_default())
                        }
                    }
                }
            }
        }
        p { a href="/main" { (language.say(texts::BACK_TO_MAIN)) } }
    }
}

/// From so many refused passwords on they are an alarm, as they are a notice.
const ALARMING: u32 = 5;
/// How many of each are shown.
const MOST: u16 = 50;
