//! Somebody types wrong codes for a token that is another's, to lock its holder out.

use warifu_bank::service::ViewedStatus;

use crate::{
    browser::{Browser, Site, on_both},
    customers::PASSWORD,
    steps::{customer, fail, is_held_up, log_in, log_in_from, register},
    stored,
    support::{CODES, WRONG},
};

const MALLORY: Option<&str> = Some("203.0.113.66");

/// Somebody with a contract of their own, number 2, at the page where a token is registered.
fn mallory(site: &Site) -> Browser<'_> {
    let mut browser = site.browser_at(MALLORY);
    let identity = [("contract", "0000000002"), ("password", PASSWORD)];
    browser.get("/registration").post("/registration", &identity);
    browser.shows(200, "クレデンシャルID（トークンID）");
    browser
}

fn registers<'a, 'b>(browser: &'b mut Browser<'a>, code: &str) -> &'b mut Browser<'a> {
    let fields = [("credential", "WRFU00000001"), ("code", code), ("code_at_login", "no")];
    browser.post("/registration/token", &fields)
}

/// How many failures are counted of the customer's token.
fn failures(site: &Site) -> (u8, ViewedStatus) {
    let view = site.run(site.customers.tokens.view(&stored::id("WRFU00000001"), site.now()));
    let view = view.unwrap();
    (view.failures, view.status)
}

#[test]
fn wrong_codes_for_a_token_that_is_not_bound_yet_hold_up_nobody_but_who_types_them() {
    on_both(|site| {
        customer(site);
        site.run(site.customers.contract(2));
        let mut mallory = mallory(site);
        for _ in 0..6 {
            registers(&mut mallory, WRONG).shows(422, "正しくありません");
        }
        // From now on they wait, with the right code too, which they might have guessed.
        registers(&mut mallory, CODES[0]).shows(422, "受付を一時停止しています");
        assert_eq!(failures(site), (0, ViewedStatus::NotConfirmed));
        // The customer, with the code that is still good.
        register(site, "no");
        assert_eq!(failures(site), (0, ViewedStatus::Active));
    });
}

#[test]
fn codes_for_a_token_that_is_anothers_are_not_judged() {
    on_both(|site| {
        customer(site);
        register(site, "yes");
        site.run(site.customers.contract(2));
        let mut mallory = mallory(site);
        for code in [WRONG, WRONG, CODES[1], WRONG, CODES[2], WRONG] {
            registers(&mut mallory, code).shows(422, "正しくありません");
        }
        registers(&mut mallory, WRONG).shows(422, "受付を一時停止しています");
        assert_eq!(failures(site), (0, ViewedStatus::Active));
        // No code of the customer's was spent either.
        log_in(site).post("/login/code", &[("code", CODES[1])]).shows(200, "メイン画面");
    });
}

#[test]
fn wrong_passwords_for_anothers_id_hold_up_the_network_that_they_come_from() {
    on_both(|site| {
        customer(site);
        let mut mallory = site.browser_at(MALLORY);
        for _ in 0..6 {
            fail(&mut mallory, "0000000001").shows(422, "違います");
        }
        fail(&mut mallory, "0000000001");
        assert!(is_held_up(&mallory));
        // Their neighbours in the same network too; and nobody elsewhere.
        let neighbour = log_in_from(site, "0000000001", MALLORY);
        assert!(is_held_up(&neighbour));
        log_in_from(site, "0000000001", Some("192.0.2.1")).shows(200, "10,000円");
    });
}
