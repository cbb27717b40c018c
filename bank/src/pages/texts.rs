//! What the pages say, in Japanese and English. Nothing else on a page is for people to read.

use axum::http::{HeaderMap, header};
use warifu::time::{Millis, UnixMillis};

use super::visit::cookie;
use crate::{
    calendar::InJapan,
    service::ClockOff,
    store::{AccountKind, Event},
};

/// A text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Text {
    ja: &'static str,
    en: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Japanese,
    English,
}

impl Language {
    /// What was chosen, or else what the browser asks for first.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        if let Some(chosen) = cookie(headers, LANGUAGE_COOKIE).and_then(|tag| Self::tagged(&tag)) {
            return chosen;
        }
        let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|asked| asked.to_str().ok());
        let first = asked.and_then(|asked| asked.split([',', ';', '-']).next());
        first.and_then(|first| Self::tagged(first.trim())).unwrap_or(Self::Japanese)
    }

    pub(super) fn tagged(tag: &str) -> Option<Self> {
        match tag {
            "ja" => Some(Self::Japanese),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::Japanese => "ja",
            Self::English => "en",
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Japanese => "日本語",
            Self::English => "English",
        }
    }

    pub(super) const fn other(self) -> Self {
        match self {
            Self::Japanese => Self::English,
            Self::English => Self::Japanese,
        }
    }

    pub(super) const fn say(self, text: Text) -> &'static str {
        match self {
            Self::Japanese => text.ja,
            Self::English => text.en,
        }
    }

    /// An instant in Japan's time, to the minute.
    pub(super) fn instant(self, at: UnixMillis) -> String {
        let at = InJapan::from(at);
        match self {
            Self::Japanese => {
                let InJapan { year, month, day, hour, minute } = at;
                format!("{year}年{month}月{day}日 {hour}時{minute:02}分")
            }
            Self::English => format!("{at} (Japan)"),
        }
    }

    /// How far a device's clock is off, in whole minutes.
    pub(super) fn clock_off(self, off: ClockOff) -> String {
        let minutes = |by: Millis| by.0.saturating_add(30_000) / 60_000;
        match (self, off) {
            (Self::Japanese, ClockOff::Ahead { by, .. }) => {
                format!("トークンの端末の時計が、約{}分進んでいます。", minutes(by))
            }
            (Self::Japanese, ClockOff::Behind(by)) => {
                format!("トークンの端末の時計が、約{}分遅れています。", minutes(by))
            }
            (Self::English, ClockOff::Ahead { by, .. }) => {
                format!("The clock of your token's device is about {} minutes fast.", minutes(by))
            }
            (Self::English, ClockOff::Behind(by)) => {
                format!("The clock of your token's device is about {} minutes slow.", minutes(by))
            }
        }
    }

    /// An amount that may be below zero.
    pub(super) fn yen(self, amount: i64) -> String {
        let digits = amount.unsigned_abs().to_string();
        let mut text = String::from(if amount < 0 { "−" } else { "" });
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && digits.len().saturating_sub(at) % 3 == 0 {
                text.push(',');
            }
            text.push(digit);
        }
        match self {
            Self::Japanese => text + "円",
            Self::English => text + " yen",
        }
    }

    /// How often wrong passwords were entered before a login.
    pub(super) fn passwords_refused(self, login_at: UnixMillis, times: u32) -> String {
        let login_at = self.instant(login_at);
        match (self, times) {
            (Self::Japanese, _) => {
                format!("{login_at}のログインの前に、誤ったパスワードの入力が{times}回ありました。")
            }
            (Self::English, 1) => {
                format!("A wrong password was entered once before the login of {login_at}.")
            }
            (Self::English, _) => {
                format!(
                    "A wrong password was entered {times} times before the login of {login_at}."
                )
            }
        }
    }

    /// How often something happened, behind its name.
    pub(super) fn times(self, times: u32) -> String {
        match self {
            Self::Japanese => format!("（{times}回）"),
            Self::English => format!(" ({times})"),
        }
    }

    pub(super) const fn kind(self, kind: AccountKind) -> &'static str {
        self.say(match kind {
            AccountKind::Ordinary => ORDINARY,
            AccountKind::Current => CURRENT,
        })
    }

    pub(super) const fn event(self, event: Event) -> &'static str {
        self.say(match event {
            Event::ContractAdded => text("ご契約", "Contract opened"),
            Event::LoggedIn => text("ログイン", "Logged in"),
            Event::TokenRegistered => text("ワンタイムパスワード利用登録", "Token registered"),
            Event::TokenExchanged => text("トークン交換", "Token exchanged"),
            Event::TokenReleased => text("ワンタイムパスワード利用解除", "Token use ended"),
            Event::TokenResynced => text("同期ズレ補正", "Token resynchronised"),
            Event::TokenSuspended => text("トークン利用停止", "Token suspended"),
            Event::ResetCodeIssued => text("交換用コード発行", "Exchange code issued"),
            Event::ContractUnlocked => text("ログイン制限の解除", "Login lock removed"),
            Event::PasswordSet => text("ログインパスワード再設定", "Login password set anew"),
            Event::CodeAtLoginOn => text("ログイン時認証：認証する", "Code at login: on"),
            Event::CodeAtLoginOff => text("ログイン時認証：認証しない", "Code at login: off"),
            Event::CodeRefused => text("ワンタイムパスワードの不一致", "Code not accepted"),
            Event::RegistrationRefused => {
                text("利用登録・交換の不成立", "Registration not accepted")
            }
            Event::PasswordsRefused => {
                text("ログイン前の誤ったパスワード", "Wrong passwords before the login")
            }
            Event::Transferred => text("振込", "Transfer"),
            Event::LetterOrdered => text("確認コードのお申し込み", "Confirmation code asked for"),
            Event::LetterPrinted => text("確認コードの発送", "Confirmation code posted"),
            Event::LetterHandedOver => text("確認コードのお渡し", "Confirmation code handed over"),
            Event::ActivationDrawn => {
                text("トークン準備用コードの発行", "Activation code given out")
            }
        })
    }
}

pub(super) const LANGUAGE_COOKIE: &str = "language";

pub(super) const fn text(ja: &'static str, en: &'static str) -> Text {
    Text { ja, en }
}

macro_rules! texts {
    ($($name:ident = $ja:literal, $en:literal;)+) => {
        $(pub(super) const $name: Text = text($ja, $en);)+

        #[cfg(test)]
        const ALL: &[Text] = &[$($name),+];
    };
}

/// A table of texts that one page alone has, for the same tests.
macro_rules! table {
    ($($name:ident = $ja:literal, $en:literal;)+) => {
        $(pub(in crate::pages) const $name: crate::pages::texts::Text =
            crate::pages::texts::text($ja, $en);)+

        #[cfg(test)]
        pub(in crate::pages) const ALL: &[crate::pages::texts::Text] = &[$($name),+];
    };
}
pub(super) use table;

texts! {
    LOGIN = "ログイン", "Log in";
    LOGIN_HELP = "契約者ID（利用者番号）とログインパスワードを入力し、「ログイン」を押してください。", "Enter your contract ID and login password, then press “Log in”.";
    CONTRACT_ID = "契約者ID（利用者番号）", "Contract ID";
    CONTRACT_ID_HINT = "数字10桁", "Ten digits";
    PASSWORD = "ログインパスワード", "Login password";
    ONE_TIME_PASSWORD = "ワンタイムパスワード", "One-time password";
    REGISTER_OR_EXCHANGE = "利用登録／交換", "Register or exchange";
    LOST = "スマートフォンをなくしたとき：トークンの利用停止", "Lost your phone? Suspend your token";
    CODE_AT_LOGIN = "ワンタイムパスワード確認", "Confirm with a one-time password";
    CODE_HELP = "トークンに表示されている数字を入力し、「確認」を押してください。", "Enter the digits that your token shows, then press “Confirm”.";
    CONFIRM = "確認", "Confirm";
    LOG_OUT = "ログアウト", "Log out";
    NEXT = "次へ", "Next";
    BACK_TO_LOGIN = "ログイン画面に戻る", "Back to the login page";
    BACK_TO_MAIN = "メイン画面に戻る", "Back to the main page";
    EXPIRED = "画面の有効期限が切れました", "This page has expired";
    EXPIRED_NEXT = "お手数ですが、ログイン画面からもう一度お進みください。", "Please start again from the login page.";
    REGISTRATION = "ワンタイムパスワード利用登録", "Register your token";
    IDENTITY = "ワンタイムパスワードの利用登録／交換", "Register or exchange your token";
    EXCHANGE = "トークンの交換", "Exchange your token";
    CREDENTIAL_ID = "クレデンシャルID（トークンID）", "Credential ID (token ID)";
    CREDENTIAL_ID_HINT = "トークンに表示されている英字4桁と数字8桁", "The four letters and eight digits that your token shows";
    NEW_CREDENTIAL_ID = "新しいトークンのクレデンシャルID", "Credential ID of the new token";
    NEXT_CODE = "次のワンタイムパスワード", "The next one-time password";
    NEXT_CODE_HINT = "端末の時刻がずれていると、正しく入力しても認証されないことがあります。そのときは、1つ目を入力したあと表示が変わるのを待って、次の数字をこの欄に入力してください。ふだんは空欄で結構です。", "If the clock of your device is off, a right one-time password may be refused. Then enter one, wait until it changes, and enter the next one here. Otherwise leave this field empty.";
    NEW_CODE = "新しいトークンのワンタイムパスワード", "One-time password of the new token";
    LOGIN_CHOICE = "ログイン時のワンタイムパスワードの認証", "One-time password at login";
    DO_ASK = "認証する", "Ask for it";
    DO_ASK_MEANS = "ログイン時と、振込等の重要な取引の都度、ワンタイムパスワードの入力が必要です。", "You need a one-time password to log in and for each transfer or other important act.";
    DO_NOT_ASK = "認証しない", "Do not ask for it";
    DO_NOT_ASK_MEANS = "振込等の重要な取引の都度、ワンタイムパスワードの入力が必要です。", "You need a one-time password for each transfer or other important act.";
    REGISTER = "登録", "Register";
    REGISTERED = "ワンタイムパスワードの利用登録が完了しました", "Your token is registered";
    EXCHANGED = "トークンの交換が完了しました", "Your token is exchanged";
    NOTICE_SENT = "ご登録の連絡先にお知らせをお送りします。お心当たりのないお知らせが届いたときは、すぐに当金庫へご連絡ください。", "We will send a notice to your registered address. If you ever receive one that you do not expect, tell us at once.";
    OLD_PROOF = "いまのトークンの確認", "Proof of your present token";
    OLD_CODE = "いまのトークンのワンタイムパスワード", "One-time password of the present token";
    RESET_CODE = "当金庫がお渡しした交換用コード（16桁）", "The exchange code (16 digits) that we gave you";
    OLD_PROOF_HINT = "いまのトークンが使えるときはワンタイムパスワードを、使えないときは窓口でお渡しした交換用コードを入力してください。どちらか一方で結構です。", "Enter the one-time password of your present token, or, if you no longer have it, the exchange code from our staff. One of them is enough.";
    SUSPEND = "利用を停止する", "Suspend the token";
    SUSPEND_HELP = "トークンをなくしたときは、利用を停止できます。停止すると、再開には窓口でのお手続きが必要です。", "If you have lost your token you can suspend it. Only our staff can resume it.";
    SUSPENDED = "トークンの利用を停止しました", "Your token is suspended";
    MAIN = "メイン画面", "Main page";
    LAST_LOGIN = "前回のログイン：", "Last login: ";
    NOT_YOU = "お心当たりがないときは、当金庫へご連絡ください。ログインについては「利用履歴」でもご確認いただけます。", "If it was not you, tell us. You find all logins under “History”.";
    FAILED_CODES = "前回の認証の後、誤ったワンタイムパスワードの入力がありました。お心当たりがないときは、当金庫へご連絡ください。", "A wrong one-time password was entered since the last right one. If it was not you, tell us.";
    BALANCE = "残高", "Balance";
    MOVEMENTS = "入出金明細", "Movements";
    DATE = "日時", "Date";
    DESCRIPTION = "内容", "Details";
    AMOUNT = "金額", "Amount";
    PAID_IN = "お預入れ", "Paid in";
    NO_MOVEMENTS = "入出金はありません。", "There are no movements.";
    TRANSFER = "振込", "Transfer";
    TOKEN_SETTINGS = "トークンの設定", "Token settings";
    HISTORY = "利用履歴", "History";
    ORIGIN = "接続元", "From";
    FROM_ACCOUNT = "出金口座", "From account";
    PAYEE_BANK = "金融機関コード", "Bank number";
    BANK_HINT = "数字4桁", "Four digits";
    PAYEE_BRANCH = "店番号", "Branch number";
    BRANCH_HINT = "数字3桁", "Three digits";
    PAYEE_KIND = "預金種目", "Account type";
    ORDINARY = "普通", "Ordinary";
    CURRENT = "当座", "Current";
    PAYEE_NUMBER = "口座番号", "Account number";
    PAYEE_NAME = "受取人名", "Payee's name";
    AMOUNT_YEN = "金額（円）", "Amount in yen";
    CHECK_TRANSFER = "振込内容の確認", "Check your transfer";
    CHECK_HELP = "内容をご確認のうえ、ワンタイムパスワードを入力してください。", "Check the details, then enter a one-time password.";
    SEND = "振り込む", "Transfer";
    RECEIPT = "振込を受け付けました", "Your transfer is done";
    RECEIPT_NUMBER = "受付番号", "Receipt number";
    CHANGE = "変更する", "Change";
    RESYNC = "同期ズレ補正", "Resynchronise";
    RESYNC_HELP = "ワンタイムパスワードが続けて認証されないときは、連続した2つのワンタイムパスワードを入力してください。1つ目を入力したら、表示が変わるのを待って2つ目を入力します。", "If your one-time passwords are refused, enter two in a row: the first, then, when it has changed, the second.";
    FIRST_CODE = "1つ目のワンタイムパスワード", "First one-time password";
    SECOND_CODE = "2つ目のワンタイムパスワード", "Second one-time password";
    RESYNCED = "同期ズレを補正しました", "Your token is resynchronised";
    RESYNCED_NEXT = "このあとに表示されるワンタイムパスワードを入力してください。", "Enter the one-time password that it shows next.";
    TO_RESYNC = "同期ズレ補正へ進む", "Go on to resynchronise";
    SET_CLOCK = "端末の時刻を合わせてください", "Set the clock of your device";
    SET_CLOCK_HOW = "端末の設定で、時刻を自動で合わせるようにしてください。", "In the settings of your device, let it set its time by itself. ";
    GOOD_FROM = "そのあと、新しいワンタイムパスワードが使えるようになる時刻：", "After that, new one-time passwords are taken from: ";
    GOOD_AT_ONCE = "そのあとは、すぐに新しいワンタイムパスワードをお使いいただけます。", "After that, new one-time passwords are taken at once.";
    RELEASE = "利用解除", "Stop using the token";
    RELEASE_HELP = "解除すると、もう一度登録するまで振込はできません。", "You cannot transfer money until you register a token again.";
    RELEASED = "ワンタイムパスワードの利用を解除しました", "Your token is no longer in use";
    CHANGED = "設定を変更しました", "The setting is changed";
    NO_TOKEN_YET = "トークンが登録されていません。振込にはワンタイムパスワードの利用登録が必要です。", "You have no token yet. To transfer money, register one.";
    UNTIL = "再開できる時刻：", "Possible again at: ";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_is_there_in_both_languages() {
        for text in ALL
            .iter()
            .chain(crate::pages::refusal::words::ALL)
            .chain(crate::pages::letter::words::ALL)
            .chain(crate::pages::activation::words::ALL)
        {
            assert!(!text.ja.is_empty() && !text.en.is_empty(), "{text:?}");
            assert!(!text.ja.is_ascii(), "{text:?}");
            assert!(
                text.en.chars().all(|sign| sign.is_ascii() || "“”’".contains(sign)),
                "{text:?}"
            );
        }
    }

    #[test]
    fn an_instant_is_told_in_japans_time() {
        for (secs, text) in [
            (0, "1970年1月1日 9時00分"),
            (951_782_400, "2000年2月29日 9時00分"),
            (1_800_000_000, "2027年1月15日 17時00分"),
            (4_107_542_399, "2100年3月1日 8時59分"),
            (-1, "1970年1月1日 8時59分"),
        ] {
            assert_eq!(Language::Japanese.instant(UnixMillis::from_secs(secs)), text);
        }
    }

    #[test]
    fn amounts_have_commas_and_a_sign() {
        assert_eq!(Language::Japanese.yen(-1_234_567), "−1,234,567円");
        assert_eq!(Language::English.yen(100), "100 yen");
    }
}
