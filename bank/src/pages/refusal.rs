use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use maud::html;
use warifu::time::UnixMillis;

use super::{
    Pages, layout,
    texts::{self, Language, Text},
};
use crate::{bank::BankError, service::Judged};

/// Why something was refused, and what to do next, for the customer.
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) what: Text,
    pub(super) next: Text,
    pub(super) until: Option<UnixMillis>,
    /// Where 同期ズレ補正 is, if that may help.
    pub(super) resync: Option<&'static str>,
}

impl Refusal {
    const fn new(what: Text, next: Text) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, what, next, until: None, resync: None }
    }

    /// Whether a 同期ズレ補正 may still help: not where nobody but the staff can.
    pub(super) fn may_resync(&self) -> bool {
        ![words::LOCKED, words::SUSPENDED, words::REVOKED, words::UNAVAILABLE].contains(&self.what)
    }

    /// The same where the page has no form for 同期ズレ補正: it is in the token's settings.
    pub(super) fn resynced_elsewhere(self) -> Self {
        Self { resync: self.resync.and(Some("/token")), ..self }
    }

    /// A field holds what cannot be meant.
    pub(super) const fn field(next: Text) -> Self {
        Self::new(words::FIELD, next)
    }
}

impl From<&BankError> for Refusal {
    fn from(error: &BankError) -> Self {
        use words as w;
        let new = Self::new;
        match error {
            BankError::NotLoggedIn => new(w::NOT_LOGGED_IN, w::NOT_LOGGED_IN_NEXT),
            BankError::SessionOver => new(texts::EXPIRED, texts::EXPIRED_NEXT),
            BankError::TooSoon { until } => {
                Self { until: Some(*until), ..new(w::TOO_SOON, w::TOO_SOON_NEXT) }
            }
            BankError::NotProven => new(w::NOT_PROVEN, w::NOT_PROVEN_NEXT),
            BankError::Refused(judged) => Self::judged(judged),
            BankError::NoCode => new(w::NO_CODE, w::NO_CODE_NEXT),
            BankError::NoToken => new(w::NO_TOKEN, w::NO_TOKEN_NEXT),
            BankError::HasToken => new(w::HAS_TOKEN, w::HAS_TOKEN_NEXT),
            BankError::LetterWanted => new(w::LETTER_WANTED, w::LETTER_WANTED_NEXT),
            BankError::AskedTooOften { until } => {
                Self { until: Some(*until), ..new(w::ASKED, w::ASKED_NEXT) }
            }
            BankError::NotOffered => new(w::NOT_OFFERED, w::NOT_OFFERED_NEXT),
            BankError::NoAccount => new(w::NO_ACCOUNT, w::NO_ACCOUNT_NEXT),
            BankError::SameAccount => new(w::SAME_ACCOUNT, w::SAME_ACCOUNT_NEXT),
            BankError::NewPayee { until } => {
                Self { until: Some(*until), ..new(w::NEW_PAYEE, w::NEW_PAYEE_NEXT) }
            }
            BankError::NewPayeesLimit { .. } => new(w::NEW_LIMIT, w::NEW_LIMIT_NEXT),
            BankError::Funds => new(w::FUNDS, w::FUNDS_NEXT),
            BankError::OrderKeyReused => new(w::ORDER_REUSED, w::ORDER_REUSED_NEXT),
            BankError::NoSuchContract
            | BankError::Exists
            | BankError::LetterNotWanted
            | BankError::OtherKey
            | BankError::Password
            | BankError::Busy
            | BankError::Random(_)
            | BankError::Tokens(_)
            | BankError::Store(_) => Self {
                status: StatusCode::SERVICE_UNAVAILABLE,
                ..new(w::UNAVAILABLE, w::UNAVAILABLE_NEXT)
            },
        }
    }
}

impl Refusal {
    fn judged(judged: &Judged) -> Self {
        use words as w;
        let new = Self::new;
        match judged {
            Judged::Wrong { left: 0 } | Judged::OutOfSync { left: 0 } | Judged::Locked => {
                new(w::LOCKED, w::LOCKED_NEXT)
            }
            Judged::Replayed => new(w::REPLAYED, w::REPLAYED_NEXT),
            Judged::OutOfSync { .. } => {
                Self { resync: ON_THE_PAGE, ..new(w::OUT_OF_SYNC, w::OUT_OF_SYNC_NEXT) }
            }
            Judged::TooSoon { until } => {
                Self { until: Some(UnixMillis(*until)), ..new(w::TOO_SOON, w::TOO_SOON_NEXT) }
            }
            Judged::Suspended => new(w::SUSPENDED, w::SUSPENDED_NEXT),
            Judged::Revoked => new(w::REVOKED, w::REVOKED_NEXT),
            Judged::Wrong { .. } => Self { resync: ON_THE_PAGE, ..new(w::WRONG, w::WRONG_NEXT) },
            Judged::NotConfirmed | Judged::AlreadyConfirmed | Judged::Accepted { .. } => {
                new(w::WRONG, w::WRONG_NEXT)
            }
        }
    }
}

/// A page for what failed before there was one to show it on.
pub(super) fn failed(pages: &Pages, language: Language, error: &BankError) -> Response {
    if let BankError::Store(_) | BankError::Tokens(_) | BankError::Random(_) = error {
        tracing::error!(%error, "a page could not be made");
    }
    let refusal = Refusal::from(error);
    let content = html! { p role="alert" { (language.say(refusal.next)) } };
    let page = layout::page(pages, language, refusal.what, &content);
    (refusal.status, axum::response::Html(page.into_string())).into_response()
}

const ON_THE_PAGE: Option<&str> = Some("#resync");

pub(super) mod words {
    use super::super::texts::table;

    table! {
        FIELD = "入力内容をご確認ください。", "Please check what you entered.";
        FIELD_CREDENTIAL = "クレデンシャルIDは、トークンに表示されているとおりに入力してください。", "Enter the credential ID as your token shows it.";
        FIELD_RESET = "交換用コードは数字16桁です。お渡しした書面のとおりに入力してください。", "An exchange code has 16 digits. Enter it as you received it.";
        FIELD_LETTER = "確認コードは数字16桁です。お送りした書面のとおりに入力してください。", "A confirmation code has 16 digits. Enter it as it stands in our letter.";
        FIELD_PROOF = "いまのトークンのワンタイムパスワードか、交換用コードのどちらかを入力してください。", "Enter the one-time password of your present token or an exchange code.";
        FIELD_CHOICE = "「認証する」か「認証しない」を選んでください。", "Choose “Ask for it” or “Do not ask for it”.";
        FIELD_BANK = "金融機関コードは数字4桁です。", "A bank number has four digits.";
        FIELD_BRANCH = "店番号は数字3桁です。", "A branch number has three digits.";
        FIELD_KIND = "預金種目を選んでください。", "Choose the account type.";
        FIELD_NUMBER = "口座番号は数字7桁までです。", "An account number has up to seven digits.";
        FIELD_NAME = "受取人名を入力してください。", "Enter the payee's name.";
        FIELD_AMOUNT = "金額は1円以上の数字で入力してください。", "Enter the amount in whole yen, 1 or more.";
        NOT_LOGGED_IN = "契約者IDまたはログインパスワードが違います。", "The contract ID or the password is wrong.";
        NOT_LOGGED_IN_NEXT = "ご確認のうえ、もう一度入力してください。", "Check both, then try again.";
        TOO_SOON = "誤りが続いたため、受付を一時停止しています。", "There were too many failures, so we have paused.";
        TOO_SOON_NEXT = "下の時刻を過ぎてから、もう一度入力してください。", "Try again after the time below.";
        NOT_PROVEN = "クレデンシャルID、ワンタイムパスワード、または当金庫がお渡ししたコードが正しくありません。", "The credential ID, the one-time password or the code that we gave you is not right.";
        NOT_PROVEN_BY_TOKEN = "クレデンシャルIDまたはワンタイムパスワードが正しくありません。", "The credential ID or the one-time password is not right.";
        NOT_PROVEN_NEXT = "トークンの表示をご確認のうえ、新しいワンタイムパスワードで入力してください。続けて認証されないときは、「次のワンタイムパスワード」も入力してください。", "Check what your token shows and enter a new one-time password. If it is refused again, enter the next one as well.";
        NO_CODE = "ワンタイムパスワードの桁数または文字が正しくありません。", "That is not a one-time password.";
        NO_CODE_NEXT = "トークンに表示されている数字をすべて入力してください。", "Enter all digits that your token shows.";
        NO_TOKEN = "トークンが登録されていません。", "You have no token.";
        NO_TOKEN_NEXT = "ワンタイムパスワードの利用登録を行ってください。", "Register a token first.";
        HAS_TOKEN = "トークンは登録済みです。", "You have a token already.";
        HAS_TOKEN_NEXT = "別のトークンに替えるときは、交換を行ってください。", "To use another one, exchange it.";
        LETTER_WANTED = "利用登録には、書面の確認コードが必要です。", "To register a token you need the confirmation code of a letter.";
        LETTER_WANTED_NEXT = "確認コードを申し込み、書面が届いてからお手続きください。", "Ask for the code, and register when the letter has come.";
        ASKED = "続けてのお申し込みは、いまは受け付けていません。", "You have asked for this already.";
        ASKED_NEXT = "下の時刻を過ぎてから、もう一度お申し込みください。お急ぎのときは当金庫へご連絡ください。", "You can ask again after the time below. If it is urgent, contact us.";
        NOT_OFFERED = "この画面では、トークン準備用のQRコードを表示できません。", "We cannot show a QR code on this page.";
        NOT_OFFERED_NEXT = "当金庫の窓口へお問い合わせください。", "Please ask our staff for one.";
        NO_ACCOUNT = "口座が見つかりません。", "There is no such account.";
        NO_ACCOUNT_NEXT = "店番号、預金種目、口座番号をご確認ください。", "Check the branch, the account type and the number.";
        SAME_ACCOUNT = "出金口座と振込先が同じです。", "The account would pay itself.";
        SAME_ACCOUNT_NEXT = "別の口座を指定してください。", "Choose another account.";
        NEW_PAYEE = "トークンの登録から間もないため、はじめての振込先にはまだ振り込めません。", "Your token is new, so you cannot pay a new payee yet.";
        NEW_PAYEE_NEXT = "下の時刻を過ぎてからお手続きください。以前に振り込んだ先へは、いまお振り込みいただけます。", "Try again after the time below. Payees that you have paid before can be paid now.";
        NEW_LIMIT = "はじめての振込先に1日に振り込める金額を超えています。", "This is more than you can pay new payees in one day.";
        NEW_LIMIT_NEXT = "金額を減らすか、はじめての振込から24時間たってからお手続きください。お急ぎのときは当金庫へご連絡ください。", "Enter a smaller amount, or wait until 24 hours after your first transfer to this payee. If it is urgent, contact us.";
        FUNDS = "残高が足りません。", "There is not enough in the account.";
        FUNDS_NEXT = "残高をご確認のうえ、金額を変えてください。", "Check the balance and change the amount.";
        ORDER_REUSED = "この画面の振込は受付済みです。", "The transfer of this page was done already.";
        ORDER_REUSED_NEXT = "入出金明細をご確認ください。別の振込は、はじめから入力してください。", "Look at your movements. For another transfer begin anew.";
        UNAVAILABLE = "ただいまお手続きできません。", "We cannot do this just now.";
        UNAVAILABLE_NEXT = "しばらくしてから、もう一度お試しください。", "Please try again in a little while.";
        WRONG = "ワンタイムパスワードが違います。", "The one-time password is wrong.";
        WRONG_NEXT = "トークンに表示されている最新の数字を入力してください。続けて認証されないときは、同期ズレ補正をお試しください。", "Enter what your token shows now. If it is refused again, try to resynchronise.";
        REPLAYED = "このワンタイムパスワードは使用済みです。", "This one-time password was used already.";
        REPLAYED_NEXT = "表示が変わるのを待って、次のワンタイムパスワードを入力してください。", "Wait until it changes, then enter the next one.";
        OUT_OF_SYNC = "トークンの時刻がずれています。", "The clock of your token is off.";
        OUT_OF_SYNC_NEXT = "端末の時刻を合わせるか、「同期ズレ補正」を行い、そのあとに表示されるワンタイムパスワードを入力してください。", "Set the clock of your device, or resynchronise, and then enter the next one-time password.";
        LOCKED = "誤りが続いたため、トークンをロックしました。", "Your token is locked after too many failures.";
        LOCKED_NEXT = "当金庫へご連絡ください。", "Please contact us.";
        SUSPENDED = "トークンは利用停止中です。", "Your token is suspended.";
        SUSPENDED_NEXT = "再開するには当金庫へご連絡ください。", "Contact us to resume it.";
        REVOKED = "このトークンは使えなくなっています。", "This token can no longer be used.";
        REVOKED_NEXT = "当金庫へご連絡ください。", "Please contact us.";
    }
}
