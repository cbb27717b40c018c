//! The confirmation code by letter, for who registers a first token.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use warifu::time::UnixMillis;

use super::{
    Pages,
    layout::{self, Field},
    refusal::{self, Refusal},
    texts::{self, Text},
    visit::Visit,
};
use crate::{
    bank::{BankError, LetterState},
    store::Stage,
};

/// Has a letter sent.
pub(super) async fn order(State(pages): State<Pages>, visit: Visit) -> Response {
    let Some(id) = visit.contract(Stage::Registering) else {
        return Redirect::to("/registration").into_response();
    };
    match pages.bank.order_letter(id, visit.from, visit.now).await {
        Ok(()) => draw_ordered(&pages, &visit),
        Err(error @ BankError::AskedTooOften { until }) => {
            draw_ask(&pages, &visit, Some(until), Some(&Refusal::from(&error)))
        }
        // The bank's setting, or the contract, is not what it was when the page was drawn.
        Err(BankError::LetterNotWanted | BankError::HasToken) => {
            Redirect::to("/registration/token").into_response()
        }
        Err(error) => refusal::failed(&pages, visit.language, &error),
    }
}

fn draw_ordered(pages: &Pages, visit: &Visit) -> Response {
    let language = visit.language;
    let content = html! {
        p { (language.say(words::ORDERED_NEXT)) }
        p { (language.say(words::NOT_COME)) }
        p { (language.say(texts::NOTICE_SENT)) }
        p { a href="/" { (language.say(texts::BACK_TO_LOGIN)) } }
    };
    visit.page(StatusCode::OK, layout::page(pages, language, words::ORDERED, &content))
}

/// No letter is under way: it is asked for first, at once or from an instant on.
pub(super) fn draw_ask(
    pages: &Pages,
    visit: &Visit,
    next_from: Option<UnixMillis>,
    refusal: Option<&Refusal>,
) -> Response {
    let language = visit.language;
    let content = html! {
        p { (language.say(words::WHY)) }
        p { (language.say(words::NOT_COME)) }
        (ask(pages, visit, next_from, words::ASK))
        p { a href="/" { (language.say(texts::BACK_TO_LOGIN)) } }
    };
    let status = refusal.map_or(StatusCode::OK, |refusal| refusal.status);
    visit.page(status, layout::refused(pages, language, words::TITLE, refusal, &content))
}

/// The field for a letter's code.
pub(super) fn field(visit: &Visit) -> Markup {
    let field = Field::number("letter_code", words::CODE, "");
    Field { hint: Some(words::CODE_HINT), ..field }.draw(visit.language)
}

/// Until when a letter is good, and what to do if it does not come.
pub(super) fn under_way(pages: &Pages, visit: &Visit, state: &LetterState) -> Markup {
    let language = visit.language;
    html! {
        h2 { (language.say(words::LETTER)) }
        @if let Some(until) = state.good_until {
            p { (language.say(words::GOOD_UNTIL)) (language.instant(until)) }
        }
        p { (language.say(words::NOT_COME)) }
        (ask(pages, visit, state.next_from, words::ASK_AGAIN))
    }
}

/// The button that asks for a letter, or from when there is one.
fn ask(pages: &Pages, visit: &Visit, next_from: Option<UnixMillis>, button: Text) -> Markup {
    let language = visit.language;
    html! {
        @match next_from {
            Some(from) => p { (language.say(words::NEXT_FROM)) (language.instant(from)) },
            None => (layout::form(pages, visit, "/registration/letter", button, &html! {})),
        }
    }
}

pub(super) mod words {
    use super::super::texts::table;

    table! {
        TITLE = "確認コードのお申し込み", "Ask for your confirmation code";
        WHY = "はじめてトークンを登録するときは、書面の確認コードが必要です。下のボタンを押すと、ご登録の住所へ郵便でお送りします。届いてから、利用登録を行ってください。", "To register a first token you need a confirmation code. Press the button, and we will post it to your registered address. When it has come, register your token.";
        ASK = "確認コードを申し込む", "Send me the code";
        ORDERED = "確認コードをお送りします", "Your confirmation code will be posted";
        ORDERED_NEXT = "ご登録の住所へ、書面をお送りします。届いたら、もう一度「利用登録／交換」からお手続きください。", "We will post a letter to your registered address. When it has come, go to “Register or exchange” again.";
        NOT_COME = "住所を変更されたときや、1週間たっても届かないときは、当金庫へご連絡ください。", "If you have moved, or if it has not come after a week, contact us.";
        CODE = "書面の確認コード（16桁）", "Confirmation code of our letter (16 digits)";
        CODE_HINT = "ご登録の住所へお送りした書面に記載しています。", "It stands in the letter that we sent to your registered address.";
        LETTER = "確認コードの書面", "The letter with your confirmation code";
        GOOD_UNTIL = "確認コードの有効期限：", "The code is good until: ";
        NEXT_FROM = "もう一度申し込める日時：", "You can ask for another from: ";
        ASK_AGAIN = "確認コードをもう一度申し込む", "Send me another code";
    }
}
