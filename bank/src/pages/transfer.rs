//! 振込.

mod check;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};

use super::{
    Pages,
    layout::{self, Field},
    refusal::{self, Refusal, words},
    texts::{self, Text},
    visit::Visit,
};
use crate::{
    bank::{Accepted, BankError, Order, OrderKey, typed},
    store::{Account, AccountKind, ContractId, Payee, Stage, Transfer},
};
use check::{Said, details, draw_check};

/// 振込: whom, and how much.
pub(super) async fn form(State(pages): State<Pages>, visit: Visit) -> Response {
    let Some(id) = visit.contract(Stage::LoggedIn) else {
        return Redirect::to("/").into_response();
    };
    draw_form(&pages, &visit, id, None).await
}

/// The page of confirmation, which has a name for the order.
pub(super) async fn check(State(pages): State<Pages>, visit: Visit) -> Response {
    let Some(id) = visit.contract(Stage::LoggedIn) else {
        return Redirect::to("/").into_response();
    };
    let checked = async {
        let order = order_of(&pages, &visit, id).await?;
        pages.bank.check_order(id, &order, visit.now).await.map_err(Unordered::Bank)?;
        // As long as a session's token, and of the letters that a name may have.
        let drawn = pages.bank.draw_token().map_err(Unordered::Bank)?;
        Ok::<_, Unordered>((order, drawn.text()))
    };
    match checked.await {
        Ok((order, key)) => draw_check(&pages, &visit, &order, &key, &Said::Nothing),
        Err(unordered) => draw_form(&pages, &visit, id, Some(&unordered.refusal())).await,
    }
}

/// The order, with its code.
pub(super) async fn order(State(pages): State<Pages>, visit: Visit) -> Response {
    let Some(id) = visit.contract(Stage::LoggedIn) else {
        return Redirect::to("/").into_response();
    };
    let order = match order_of(&pages, &visit, id).await {
        Ok(order) => order,
        Err(unordered) => return draw_form(&pages, &visit, id, Some(&unordered.refusal())).await,
    };
    let Some(key) = OrderKey::new(visit.field("key")) else {
        return Redirect::to("/transfer").into_response();
    };
    let code = visit.field("code");
    match pages.bank.transfer(id, &order, &key, code, visit.from, visit.now).await {
        Ok(booked) => draw_receipt(&pages, &visit, &booked),
        Err(error) => {
            let refused = Said::Refused(Refusal::from(&error));
            draw_check(&pages, &visit, &order, visit.field("key"), &refused)
        }
    }
}

/// 同期ズレ補正 with an order at hand, which goes on after it and is not typed again. Its two codes do nothing
/// else: the order takes a fresh one.
pub(super) async fn resync(State(pages): State<Pages>, visit: Visit) -> Response {
    let Some(id) = visit.contract(Stage::LoggedIn) else {
        return Redirect::to("/").into_response();
    };
    let order = match order_of(&pages, &visit, id).await {
        Ok(order) => order,
        Err(unordered) => return draw_form(&pages, &visit, id, Some(&unordered.refusal())).await,
    };
    let key = visit.field("key");
    if OrderKey::new(key).is_none() {
        return Redirect::to("/transfer").into_response();
    }
    let (first, second) = (visit.field("first"), visit.field("second"));
    let said = match pages.bank.resync(id, first, second, visit.from, visit.now).await {
        Ok(Accepted { clock_off, .. }) => Said::Resynced(clock_off),
        Err(error) => Said::NotResynced(Refusal::from(&error)),
    };
    draw_check(&pages, &visit, &order, key, &said)
}

/// Why there is no order yet.
enum Unordered {
    Field(Text),
    Bank(BankError),
}

impl Unordered {
    fn refusal(&self) -> Refusal {
        match self {
            Self::Field(next) => Refusal::field(*next),
            Self::Bank(error) => Refusal::from(error),
        }
    }
}

async fn order_of(pages: &Pages, visit: &Visit, id: &ContractId) -> Result<Order, Unordered> {
    use Unordered::Field;
    let accounts = pages.bank.store().accounts(id).await;
    let accounts = accounts.map_err(|error| Unordered::Bank(error.into()))?;
    let from = accounts.into_iter().find(|account| account.id.as_str() == visit.field("from"));
    Ok(Order {
        from: from.ok_or(Unordered::Bank(BankError::NoAccount))?.id,
        payee: Payee {
            bank: typed::number(visit.field("bank")).ok_or(Field(words::FIELD_BANK))?,
            branch: typed::number(visit.field("branch")).ok_or(Field(words::FIELD_BRANCH))?,
            kind: kind(visit.field("kind")).ok_or(Field(words::FIELD_KIND))?,
            number: typed::account_number(visit.field("number"))
                .ok_or(Field(words::FIELD_NUMBER))?,
            name: typed::name(visit.field("name")).ok_or(Field(words::FIELD_NAME))?,
        },
        amount: typed::yen(visit.field("amount")).ok_or(Field(words::FIELD_AMOUNT))?,
    })
}

async fn draw_form(
    pages: &Pages,
    visit: &Visit,
    id: &ContractId,
    refusal: Option<&Refusal>,
) -> Response {
    let accounts = match pages.bank.store().accounts(id).await {
        Ok(accounts) => accounts,
        Err(error) => return refusal::failed(pages, visit.language, &error.into()),
    };
    let language = visit.language;
    let content = html! {
        (layout::form(pages, visit, "/transfer", texts::NEXT, &fields(visit, &accounts)))
        p { a href="/main" { (language.say(texts::BACK_TO_MAIN)) } }
    };
    let status = refusal.map_or(StatusCode::OK, |refusal| refusal.status);
    visit.page(status, layout::refused(pages, language, texts::TRANSFER, refusal, &content))
}

fn fields(visit: &Visit, accounts: &[Account]) -> Markup {
    let language = visit.language;
    let number = |name, label| Field::number(name, label, visit.field(name));
    let chosen = kind(visit.field("kind")).unwrap_or(AccountKind::Ordinary);
    html! {
        div class="field" {
            label for="from" { (language.say(texts::FROM_ACCOUNT)) }
            select id="from" name="from" {
                @for account in accounts {
                    option value=(account.id.as_str()) {
                        (account.id.as_str()) " " (language.yen(account.balance))
                    }
                }
            }
        }
        (Field { hint: Some(texts::BANK_HINT), ..number("bank", texts::PAYEE_BANK) }.draw(language))
        (Field { hint: Some(texts::BRANCH_HINT), ..number("branch", texts::PAYEE_BRANCH) }
            .draw(language))
        div class="field" {
            label for="kind" { (language.say(texts::PAYEE_KIND)) }
            select id="kind" name="kind" {
                @for kind in [AccountKind::Ordinary, AccountKind::Current] {
                    option value=(word(kind)) selected[kind == chosen] { (language.kind(kind)) }
                }
            }
        }
        (number("number", texts::PAYEE_NUMBER).draw(language))
        (Field::text("name", texts::PAYEE_NAME, visit.field("name")).draw(language))
        (number("amount", texts::AMOUNT_YEN).draw(language))
    }
}

fn draw_receipt(pages: &Pages, visit: &Visit, booked: &Transfer) -> Response {
    let language = visit.language;
    let (number, at) = (booked.number.to_string(), language.instant(booked.at));
    let content = html! {
        (details(visit, &booked.payee, booked.amount.value(), &[
            (texts::RECEIPT_NUMBER, &number),
            (texts::DATE, &at),
        ]))
        p { a href="/main" { (language.say(texts::BACK_TO_MAIN)) } }
    };
    visit.page(StatusCode::OK, layout::page(pages, language, texts::RECEIPT, &content))
}

const fn word(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::Ordinary => "ordinary",
        AccountKind::Current => "current",
    }
}

fn kind(word: &str) -> Option<AccountKind> {
    match word {
        "ordinary" => Some(AccountKind::Ordinary),
        "current" => Some(AccountKind::Current),
        _ => None,
    }
}
