//! The QR code with which a customer who has logged in gives a token its credential.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use qrcode::{Color, QrCode};

use super::{
    Pages,
    layout::{self, Field},
    refusal::{self, Refusal},
    texts::{self, Language},
    visit::Visit,
};
use crate::{
    bank::{ActivationOffer, ActivationTerms, BankError, typed},
    store::{Contract, ContractId, Stage},
};

/// 新しいトークンの準備: what it is for, and a button.
pub(super) async fn form(State(pages): State<Pages>, visit: Visit) -> Response {
    let Some(id) = visit.contract(Stage::LoggedIn) else {
        return Redirect::to("/").into_response();
    };
    match contract(&pages, id).await {
        Ok(contract) => draw_form(&pages, &visit, &contract, None),
        Err(error) => refusal::failed(&pages, visit.language, &error),
    }
}

/// Draws an activation code, and shows it.
pub(super) async fn draw(State(pages): State<Pages>, visit: Visit) -> Response {
    let Some(id) = visit.contract(Stage::LoggedIn) else {
        return Redirect::to("/").into_response();
    };
    let contract = match contract(&pages, id).await {
        Ok(contract) => contract,
        Err(error) => return refusal::failed(&pages, visit.language, &error),
    };
    match pages.bank.draw_activation(id, visit.field("code"), visit.from, visit.now).await {
        Ok(offer) => draw_offer(&pages, &visit, contract.token.is_some(), &offer),
        Err(error) => {
            draw_form(&pages, &visit, &contract, Some(&Refusal::from(&error).resynced_elsewhere()))
        }
    }
}

async fn contract(pages: &Pages, id: &ContractId) -> Result<Contract, BankError> {
    let read = pages.bank.store().contract(id).await?.ok_or(BankError::NoSuchContract)?;
    Ok(read.value)
}

fn draw_form(
    pages: &Pages,
    visit: &Visit,
    contract: &Contract,
    refusal: Option<&Refusal>,
) -> Response {
    let language = visit.language;
    let terms = pages.bank.activation_terms(contract, visit.now);
    let code = html! {
        @if terms == ActivationTerms::Code {
            (Field::code("code", texts::OLD_CODE).draw(language))
        }
    };
    let content = html! {
        @if terms == ActivationTerms::NotOffered {
            p { (language.say(words::ELSEWHERE)) }
        } @else {
            p { (language.say(words::HELP)) }
            p { (language.say(words::ONE_AT_A_TIME)) }
            (layout::form(pages, visit, "/token/new", words::SHOW, &code))
        }
        (ways_on(language, contract.token.is_some()))
    };
    let status = refusal.map_or(StatusCode::OK, |refusal| refusal.status);
    visit.page(status, layout::refused(pages, language, words::PREPARE, refusal, &content))
}

fn draw_offer(pages: &Pages, visit: &Visit, has_token: bool, offer: &ActivationOffer) -> Response {
    let language = visit.language;
    let next = if has_token { words::THEN_EXCHANGE } else { words::THEN_REGISTER };
    let content = html! {
        ol {
            li { (language.say(words::SCAN)) }
            li { (language.say(next)) }
        }
        p { strong { (language.say(words::SECRET)) } }
        // A link that is too long for a QR code can still be tapped.
        @if let Ok(code) = QrCode::new(offer.link.as_bytes()) { (picture(language, &code)) }
        p { a href=(offer.link.as_str()) { (language.say(words::OPEN_HERE)) } }
        p { (language.say(words::CODE)) (typed::in_groups(offer.code.expose()).as_str()) }
        p { (language.say(words::GOOD_UNTIL)) (language.instant(offer.kept.expires_at)) }
        (ways_on(language, has_token))
    };
    visit.page(StatusCode::OK, layout::page(pages, language, words::OFFER, &content))
}

fn ways_on(language: Language, has_token: bool) -> Markup {
    let next = if has_token { texts::EXCHANGE } else { texts::REGISTRATION };
    html! {
        p { a href="/registration" { (language.say(next)) } }
        p { a href="/main" { (language.say(texts::BACK_TO_MAIN)) } }
    }
}

/// A QR code as a picture within the page: a page loads no image. It is black on white by night too, for
/// scanners want it so.
fn picture(language: Language, code: &QrCode) -> Markup {
    let side = code.width().saturating_add(2 * QUIET);
    html! {
        svg role="img" aria-label=(language.say(words::QR_CODE)) width="280" height="280"
            viewBox={ "0 0 " (side) " " (side) } shape-rendering="crispEdges"
        {
            path fill="#ffffff" d={ "M0 0h" (side) "v" (side) "H0z" } {}
            path fill="#000000" d=(dark(code)) {}
        }
    }
}

/// The dark modules, each run of a row as one rectangle.
fn dark(code: &QrCode) -> String {
    let colors = code.to_colors();
    let mut path = String::new();
    for (y, row) in colors.chunks(code.width()).enumerate() {
        let mut x = 0_usize;
        for run in row.chunk_by(|left, right| left == right) {
            if run.first() == Some(&Color::Dark) {
                let (left, top) = (x.saturating_add(QUIET), y.saturating_add(QUIET));
                let length = run.len();
                // Writing to a String does not fail.
                let rectangle = format_args!("M{left} {top}h{length}v1h-{length}z");
                let _ = std::fmt::Write::write_fmt(&mut path, rectangle);
            }
            x = x.saturating_add(run.len());
        }
    }
    path
}

pub(super) mod words {
    use super::super::texts::table;

    table! {
        PREPARE = "新しいトークンの準備", "Set up a new token";
        OFFER = "トークン準備用のQRコード", "The QR code for your token";
        HELP = "トークンのアプリでQRコードを読み取ると、アプリにクレデンシャルIDとワンタイムパスワードが表示されるようになります。読み取るだけでは登録されません。続けて利用登録または交換を行ってください。", "When your token's app has scanned the QR code, it shows a credential ID and one-time passwords. That alone registers nothing: register or exchange the token afterwards.";
        ONE_AT_A_TIME = "新しく表示すると、前に表示した未使用のQRコードは使えなくなります。ご登録の連絡先にもお知らせします。", "A new QR code ends an earlier one that was not used. We will also send a notice to your registered address.";
        SHOW = "QRコードを表示する", "Show the QR code";
        ELSEWHERE = "トークンのご用意は、当金庫の窓口へお問い合わせください。すでにトークンの画面にクレデンシャルIDが表示されているときは、そのまま利用登録または交換を行えます。", "Ask our staff how to get a token. If your token shows a credential ID already, you can register or exchange it as it is.";
        SCAN = "トークンのアプリで、下のQRコードを読み取ります。この画面をスマートフォンでご覧のときは、下のリンクを押します。", "Scan the QR code with your token's app. If you see this page on the phone itself, press the link.";
        THEN_REGISTER = "アプリにクレデンシャルIDが表示されたら、「ワンタイムパスワード利用登録」を行います。", "When the app shows a credential ID, go to “Register your token”.";
        THEN_EXCHANGE = "アプリにクレデンシャルIDが表示されたら、「トークンの交換」を行います。いまのトークンに新しく表示されたワンタイムパスワードか、交換用コードが必要です。", "When the app shows a credential ID, go to “Exchange your token”. You will need a new one-time password of your present token, or an exchange code.";
        SECRET = "QRコードとアクティベーションコードは、ほかの人に見せないでください。", "Show the QR code and the activation code to nobody.";
        QR_CODE = "トークンを準備するためのQRコード。読み取れないときは、下のリンクかコードをお使いください。", "The QR code that sets up your token. If you cannot scan it, use the link or the code below.";
        OPEN_HERE = "このスマートフォンのトークンで開く", "Open in the token on this phone";
        CODE = "アクティベーションコード：", "Activation code: ";
        GOOD_UNTIL = "有効期限：", "Good until: ";
    }
}

/// Modules of white around a QR code (ISO/IEC 18004 demands 4).
const QUIET: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_has_each_dark_module_once_and_no_other() {
        let code = QrCode::new("https://bank.example/token#k=割符").unwrap();
        let mut drawn = vec![Color::Light; code.width() * code.width()];
        for rectangle in dark(&code).split_terminator('z') {
            let numbers: Vec<usize> = rectangle
                .split(['M', ' ', 'h', 'v', '-'])
                .filter_map(|part| part.parse().ok())
                .collect();
            let [left, top, length, 1, back] = numbers[..] else { panic!("{rectangle}") };
            assert_eq!(length, back);
            for x in left..left + length {
                let module = &mut drawn[(top - QUIET) * code.width() + x - QUIET];
                assert_eq!(std::mem::replace(module, Color::Dark), Color::Light);
            }
        }
        assert_eq!(drawn, code.to_colors());
    }
}
