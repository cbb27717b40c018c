//! Somebody has stolen contract ID and password, and has a token of their own.

use warifu::time::Millis;
use warifu_bank::{
    service::ViewedStatus,
    store::{Contract, Event},
};

use crate::{
    browser::{Browser, Site, on_both},
    customers::contract_id,
    steps::{
        ORDER, WAIT, balance, confirmation, customer, identify, log_in_from, register, with_code,
    },
    stored,
    support::{CODES, WRONG},
};

const THIEF: Option<&str> = Some("203.0.113.66");

fn thief(site: &Site) -> Browser<'_> {
    log_in_from(site, "0000000001", THIEF)
}

fn contract(site: &Site) -> Contract {
    let store = site.customers.bank.store();
    site.run(store.contract(&contract_id(1))).unwrap().unwrap().value
}

fn told(site: &Site) -> Vec<(Event, String)> {
    let notices = site.run(site.customers.bank.store().unsent_notices(10)).unwrap();
    notices.into_iter().map(|notice| (notice.event, notice.address)).collect()
}

#[test]
fn whoever_has_the_password_transfers_nothing_without_a_code() {
    on_both(|site| {
        customer(site);
        register(site, "no");
        site.pass(WAIT);
        let mut thief = thief(site);
        thief.shows(200, "10,000円");
        let fields = confirmation(&mut thief, &ORDER);
        for (code, why) in [
            ("", "桁数"),
            (WRONG, "違います"),
            ("12345", "桁数"),
            // The code by which the customer has registered the token.
            (CODES[0], "使用済み"),
        ] {
            thief.get("/transfer").post("/transfer", &ORDER);
            thief.post("/transfer/order", &with_code(&fields, code)).shows(422, why);
        }
        // No step can be left out either.
        let form_token = thief.get("/main").form_token();
        let mut without = ORDER.to_vec();
        without.push(("key", "an-order-of-the-thief"));
        thief.send("/transfer/order", &form_token, &without).shows(422, "桁数");
        assert_eq!(balance(site), 10_000);
        assert!(told(site).iter().all(|(event, _)| *event != Event::Transferred));
    });
}

#[test]
fn a_token_that_a_thief_registers_is_told_to_the_customer_and_pays_no_new_payee_for_the_set_time() {
    on_both(|site| {
        customer(site);
        // The token that is registered here is the thief's own.
        register(site, "no");
        let address = "customer-1@mail.example".to_owned();
        assert_eq!(told(site), [(Event::TokenRegistered, address)]);
        let mut order = ORDER.to_vec();
        order.extend([("key", "an-order-of-the-thief"), ("code", CODES[1])]);
        for passed in [Millis::ZERO, Millis(WAIT.0 - 1)] {
            site.pass(passed);
            let mut thief = thief(site);
            thief.get("/transfer").post("/transfer", &ORDER).shows(422, "はじめての振込先");
            let form_token = thief.form_token();
            thief.send("/transfer/order", &form_token, &order).shows(422, "はじめての振込先");
        }
        assert_eq!(balance(site), 10_000);
        // That was the wait, and nothing else: the same order with the same code goes through after it.
        site.pass(Millis(1));
        let mut thief = thief(site);
        let form_token = thief.get("/transfer").form_token();
        thief.send("/transfer/order", &form_token, &order).shows(200, "振込を受け付けました");
    });
}

#[test]
fn a_thief_exchanges_no_token_without_the_old_ones_code_or_one_of_the_banks() {
    on_both(|site| {
        customer(site);
        register(site, "no");
        site.run(site.customers.seed_from_elsewhere("WRFU00000002"));
        let mut thief = site.browser_at(THIEF);
        identify(thief.get("/registration"), "/registration").shows(200, "トークンの交換");
        for (old_code, reset_code, why) in [
            ("", "", "どちらかを入力"),
            (WRONG, "", "違います"),
            // Of their own token they have every code, and this one of the customer's is spent.
            (CODES[0], "", "使用済み"),
            ("", "0000000000000000", "正しくありません"),
        ] {
            let fields = [
                ("credential", "WRFU00000002"),
                ("code", CODES[0]),
                ("old_code", old_code),
                ("reset_code", reset_code),
            ];
            thief.post("/registration/token", &fields).shows(422, why);
        }
        // Nor is it theirs as a first one.
        let first = [("credential", "WRFU00000002"), ("code", CODES[0]), ("code_at_login", "no")];
        thief.post("/registration/token", &first).shows(422, "");
        assert_eq!(contract(site).token.unwrap().credential, stored::id("WRFU00000001"));
        for (name, status) in
            [("WRFU00000001", ViewedStatus::Active), ("WRFU00000002", ViewedStatus::NotConfirmed)]
        {
            let view = site.run(site.customers.tokens.view(&stored::id(name), site.now()));
            assert_eq!(view.unwrap().status, status, "{name}");
        }
    });
}

#[test]
fn a_thief_changes_no_setting_of_the_login_without_a_code() {
    on_both(|site| {
        customer(site);
        register(site, "yes");
        // The password gets no further than to the page that asks for a code.
        let mut thief = thief(site);
        let form_token = thief.form_token();
        let setting = [("code_at_login", "no"), ("code", WRONG)];
        thief.send("/token/login-code", &form_token, &setting);
        thief.shows(200, "ワンタイムパスワード確認");
        thief.get("/main").shows(200, "ワンタイムパスワード確認").shows_not("10,000円");
        assert!(contract(site).code_at_login);

        // Where no code is wanted at login, it takes one to change that, to give the token up, and to move it.
        let (bank, id, now) = (&site.customers.bank, contract_id(1), site.now());
        site.run(bank.set_code_at_login(&id, false, CODES[1], None, now)).unwrap();
        let mut thief = log_in_from(site, "0000000001", THIEF);
        thief.shows(200, "10,000円");
        for code in ["", WRONG, CODES[1]] {
            let setting = [("code_at_login", "yes"), ("code", code)];
            thief.get("/token").post("/token/login-code", &setting).shows(422, "");
            thief.get("/token").post("/token/release", &[("code", code)]).shows(422, "");
        }
        let read = contract(site);
        assert!(!read.code_at_login && read.token.is_some());
    });
}
