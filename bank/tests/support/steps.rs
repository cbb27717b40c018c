//! The steps of a walk through the pages that many walks share.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use warifu::time::Millis;

use crate::{
    browser::{Browser, Site},
    customers::{PASSWORD, account},
    support::CODES,
};

/// How long a new token pays only whom the contract has paid before.
pub const WAIT: Millis = Millis::from_secs(3 * 86_400);

/// Contract 1 with 10,000 yen and no token, and a token that nobody has registered.
pub fn customer(site: &Site) {
    site.run(async {
        let contract = site.customers.contract(1).await;
        site.customers.open_account(&contract, 1, 10_000).await;
        site.customers.seed_from_elsewhere("WRFU00000001").await;
    });
}

pub fn identify<'a, 'b>(browser: &'b mut Browser<'a>, form: &str) -> &'b mut Browser<'a> {
    browser.post(form, &[("contract", "0000000001"), ("password", PASSWORD)])
}

pub fn log_in<'a>(site: &'a Site) -> Browser<'a> {
    let mut browser = site.browser();
    identify(browser.get("/"), "/login");
    browser
}

/// Registers the token, with the code of counter 0.
pub fn register(site: &Site, code_at_login: &str) {
    let mut browser = site.browser();
    identify(browser.get("/registration"), "/registration")
        .shows(200, "クレデンシャルID（トークンID）")
        .post(
            "/registration/token",
            &[
                ("credential", "wrfu 0000 0001"),
                ("code", CODES[0]),
                ("code_at_login", code_at_login),
            ],
        )
        .shows(200, "ワンタイムパスワードの利用登録が完了しました")
        .shows(200, "ログイン画面に戻る");
}

pub const ORDER: [(&str, &str); 7] = [
    ("from", "001-1-0000001"),
    ("bank", "０００１"),
    ("branch", " 001"),
    ("kind", "ordinary"),
    ("number", "77"),
    ("name", "ワリフ　タロウ"),
    ("amount", "３，０００円"),
];

/// Goes to the page of confirmation; gives the fields that it carries.
pub fn confirmation(
    browser: &mut Browser<'_>,
    order: &[(&str, &str)],
) -> Vec<(&'static str, String)> {
    browser.get("/transfer").post("/transfer", order).shows(200, "振込内容の確認");
    ["from", "bank", "branch", "kind", "number", "name", "amount", "key"]
        .map(|name| (name, browser.hidden(name)))
        .to_vec()
}

pub fn with_code<'a>(
    fields: &'a [(&'static str, String)],
    code: &'a str,
) -> Vec<(&'a str, &'a str)> {
    let fields = fields.iter().map(|(name, value)| (*name, value.as_str()));
    fields.chain([("code", code)]).collect()
}

pub fn balance(site: &Site) -> i64 {
    let read = async { site.customers.bank.store().account(&account(1)).await };
    site.run(read).unwrap().unwrap().balance
}

/// A browser that the proxy sees at an address, in which somebody has shown this contract ID and the password.
pub fn log_in_from<'a>(site: &'a Site, contract: &str, from: Option<&'static str>) -> Browser<'a> {
    let mut browser = site.browser_at(from);
    let identity = [("contract", contract), ("password", PASSWORD)];
    browser.get("/").post("/login", &identity);
    browser
}

/// Types a wrong password. What was judged and what came too soon have one status: [`is_held_up`] tells them
/// apart.
pub fn fail<'a, 'b>(browser: &'b mut Browser<'a>, contract: &str) -> &'b mut Browser<'a> {
    browser.get("/").post("/login", &[("contract", contract), ("password", "wrong words")])
}

/// Whether the page that is shown tells to wait.
pub fn is_held_up(browser: &Browser<'_>) -> bool {
    browser.page().body.contains("受付を一時停止しています")
}
