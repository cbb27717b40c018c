use crate::{
    at_registration,
    browser::{Browser, on_both},
    customer,
    customers::contract_id,
    stored::id,
    support::{CODES, WRONG},
};
use warifu::time::Millis;
use warifu_bank::service::ViewedStatus;

/// Sends the form of a first token.
fn first<'a, 'b>(
    browser: &'b mut Browser<'a>,
    credential: &str,
    code: &str,
    next: &str,
) -> &'b mut Browser<'a> {
    let fields = [("credential", credential), ("code", code), ("next_code", next)];
    let choice = [("code_at_login", "no")];
    browser.post("/registration/token", &[&fields[..], &choice].concat())
}

#[test]
fn a_token_whose_clock_is_off_is_registered_by_two_codes() {
    on_both(|site| {
        customer(site);
        site.run(site.customers.confirmed_elsewhere("WRFU00000001"));
        let mut browser = at_registration(site);
        browser.shows_not("next_code");
        // Counters 8 and 9 lie beyond the look-ahead of 5.
        first(&mut browser, "WRFU00000001", CODES[8], "").shows(422, "正しくありません");
        browser.shows(422, "name=\"next_code\"").shows(422, "端末の時刻がずれていると");
        // What can be no code is refused like what is none, and the field stays.
        first(&mut browser, "WRFU00000001", CODES[8], "12").shows(422, "name=\"next_code\"");
        first(&mut browser, "?", CODES[8], CODES[9]).shows(422, "クレデンシャルIDは");
        browser.shows(422, "name=\"next_code\"").shows_not(CODES[8]).shows_not(CODES[9]);
        first(&mut browser, "WRFU00000001", CODES[8], "５２０ ４８９");
        browser.shows(200, "利用登録が完了しました");
        let read = site.run(site.customers.bank.store().contract(&contract_id(1)));
        assert_eq!(read.unwrap().unwrap().value.token.unwrap().credential, id("WRFU00000001"));
    });
}

#[test]
fn a_seed_from_elsewhere_whose_first_code_was_mistyped_is_registered_by_two_codes() {
    on_both(|site| {
        customer(site);
        site.run(site.customers.seed_from_elsewhere("WRFU00000001"));
        let mut browser = at_registration(site);
        first(&mut browser, "WRFU00000001", WRONG, "").shows(422, "name=\"next_code\"");
        first(&mut browser, "WRFU00000001", CODES[0], CODES[1]);
        browser.shows(200, "利用登録が完了しました");
        // Both are spent.
        let bank = &site.customers.bank;
        let contract = contract_id(1);
        for (code, is_good) in [(CODES[0], false), (CODES[1], false), (CODES[2], true)] {
            let done = site.run(bank.release(&contract, code, None, site.now()));
            assert_eq!(done.is_ok(), is_good, "{done:?}");
        }
    });
}

#[test]
fn the_offer_of_a_second_code_does_not_tell_why_the_first_was_refused() {
    on_both(|site| {
        customer(site);
        site.run(async {
            site.customers.confirmed_elsewhere("WRFU00000001").await;
            let other = site.customers.contract(2).await;
            site.customers.registered(&other, "WRFU00000002").await;
        });
        let mut told = Vec::new();
        // One that is free, with a code far ahead and a wrong one; another's, with a right code; none.
        for (credential, code) in [
            ("WRFU00000001", CODES[8]),
            ("WRFU00000001", WRONG),
            ("WRFU00000002", CODES[1]),
            ("WRFU00000003", CODES[1]),
        ] {
            let mut browser = at_registration(site);
            let page = first(&mut browser, credential, code, "").page().clone();
            let form_token = browser.form_token();
            let body = page.body.replace(credential, "ID").replace(&form_token, "form token");
            told.push((page.status, body));
        }
        assert!(told[0].1.contains("next_code"));
        assert!(told.iter().all(|page| *page == told[0]), "{told:?}");
    });
}

#[test]
fn two_codes_of_the_old_token_resync_it_and_a_fresh_one_exchanges_it() {
    on_both(|site| {
        customer(site);
        site.run(async {
            site.customers.registered(&contract_id(1), "WRFU00000001").await;
            site.customers.confirmed_elsewhere("WRFU00000002").await;
        });
        let mut browser = at_registration(site);
        let exchange = |browser: &mut Browser<'_>, next: &str, old: &str, next_old: &str| {
            let fields = [
                ("credential", "WRFU00000002"),
                ("code", CODES[8]),
                ("next_code", next),
                ("old_code", old),
                ("next_old_code", next_old),
            ];
            browser.post("/registration/token", &fields).page().body.clone()
        };
        let status = || {
            let view = site.run(site.customers.tokens.view(&id("WRFU00000001"), site.now()));
            view.unwrap().status
        };
        browser.shows(200, "トークンの交換").shows_not("next_");
        let page = exchange(&mut browser, "", CODES[7], "");
        assert!(page.contains("name=\"next_code\"") && !page.contains("/token/resync"), "{page}");
        // Of the new token, which is nobody's yet, two will do; of the old one two do not, offered or not.
        for next_old in ["", CODES[8]] {
            let page = exchange(&mut browser, CODES[9], CODES[7], next_old);
            assert!(page.contains("トークンの時刻がずれています"), "{page}");
            assert!(!page.contains("next_old_code"), "{page}");
        }
        let wrong = [("first", CODES[8]), ("second", CODES[7])];
        browser.post("/token/resync", &wrong).shows(422, "トークンの交換");
        // The wait after three failures.
        site.pass(Millis::from_secs(60));
        let two = [("first", CODES[7]), ("second", CODES[8])];
        browser.post("/token/resync", &two).shows(200, "同期ズレを補正しました");
        browser.shows(200, "href=\"/registration/token\"").get("/registration/token");
        // What resynced it is spent, and is no proof for the exchange.
        for (spent, why) in [(CODES[7], "違います"), (CODES[8], "使用済み")] {
            let page = exchange(&mut browser, CODES[9], spent, "");
            assert!(page.contains(why), "{page}");
        }
        assert_eq!(status(), ViewedStatus::Active);
        let page = exchange(&mut browser, CODES[9], CODES[9], "");
        assert!(page.contains("交換が完了しました"), "{page}");
        assert_eq!(status(), ViewedStatus::Revoked);
    });
}

#[test]
fn the_second_code_is_offered_in_english_too() {
    on_both(|site| {
        customer(site);
        let mut browser = at_registration(site);
        browser.language = "en";
        first(&mut browser, "WRFU00000001", WRONG, "").shows(422, "The next one-time password");
        browser.shows(422, "If the clock of your device is off").shows_not("ください");
    });
}
