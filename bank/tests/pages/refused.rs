//! What the pages tell of tries that failed.

use warifu::time::Millis;

use crate::{
    browser::on_both,
    customers::contract_id,
    steps::{customer, log_in, log_in_from, register},
    support::{CODES, WRONG},
};

#[test]
fn failures_come_to_light_at_the_next_login() {
    on_both(|site| {
        customer(site);
        let mut browser = site.browser();
        let wrong = [("contract", "0000000001"), ("password", "wrong words")];
        browser.get("/").post("/login", &wrong).shows(422, "違います");
        browser.post("/login", &wrong);
        let times = "2027年1月15日 17時00分のログインの前に、誤ったパスワードの入力が2回ありました";
        let mut browser = log_in(site);
        browser.shows(200, times).shows_not("前回のログイン");
        browser.get("/history").shows(200, "ログイン前の誤ったパスワード（2回）");
        browser.get("/main").shows(200, times);
        browser.language = "en";
        browser
            .get("/main")
            .shows(200, "entered 2 times before the login of 2027-01-15 17:00 (Japan)");
        browser.get("/history").shows(200, "Wrong passwords before the login (2)");
        // Of codes too, and of passwords where a code is wanted.
        register(site, "yes");
        browser.language = "ja";
        browser.cookie = None;
        browser.get("/").post("/login", &wrong).shows(422, "違います");
        let mut browser = log_in(site);
        browser.post("/login/code", &[("code", WRONG)]).shows(422, "違います");
        browser.post("/login/code", &[("code", CODES[1])]);
        browser.shows(200, "誤ったパスワードの入力が1回").shows(200, "誤ったワンタイムパスワード");
        browser.get("/history").shows(200, "ワンタイムパスワードの不一致").shows(200, "（1回）");
    });
}

#[test]
fn refused_passwords_are_shown_for_thirty_days_whoever_logs_in_first() {
    on_both(|site| {
        customer(site);
        let thief = Some("203.0.113.66");
        let mut browser = site.browser_at(thief);
        let wrong = [("contract", "0000000001"), ("password", "wrong words")];
        for _ in 0..3 {
            browser.get("/").post("/login", &wrong).shows(422, "違います");
        }
        let line = "ログインの前に、誤ったパスワードの入力が3回ありました";
        log_in_from(site, "0000000001", thief).shows(200, line);
        // It is not pushed away by what is done after it either.
        let (bank, id) = (&site.customers.bank, contract_id(1));
        for _ in 0..60 {
            site.run(bank.unlock(&id, site.now())).unwrap();
        }
        site.pass(Millis::from_secs(60));
        log_in(site).shows(200, line).shows(200, "前回のログイン：2027年1月15日 17時00分");
        site.pass(Millis::from_secs(29 * 86_400));
        log_in(site).shows(200, line);
        site.pass(Millis::from_secs(86_400));
        log_in(site).shows_not("誤ったパスワード").shows(200, "前回のログイン");
    });
}
