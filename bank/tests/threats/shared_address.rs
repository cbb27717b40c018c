//! Somebody shares the customer's network address, or has stolen what the customer's browser keeps.

use warifu::time::Millis;

use crate::{
    browser::{Browser, Site, on_both},
    customers::{PASSWORD, contract_id, password},
    steps::{customer, fail, is_held_up, log_in_from, register},
    support::CODES,
    tables::{counts, of_devices},
};

const HOME: Option<&str> = Some("192.0.2.1");
const ELSEWHERE: Option<&str> = Some("198.51.100.1");
const CUSTOMER: &str = "0000000001";
const MINUTE: Millis = Millis::from_secs(60);
const DAY: u64 = 86_400;

/// Logs in with the right password.
fn again<'a, 'b>(browser: &'b mut Browser<'a>) -> &'b mut Browser<'a> {
    browser.cookie = None;
    browser.get("/").post("/login", &[("contract", CUSTOMER), ("password", PASSWORD)])
}

/// The cookie that a login of the customer at home leaves.
fn cookie(site: &Site) -> Option<String> {
    let mut browser = log_in_from(site, CUSTOMER, HOME);
    browser.shows(200, "メイン画面");
    browser.device
}

/// A browser with this cookie, at this address.
fn with_cookie<'a>(
    site: &'a Site,
    device: &Option<String>,
    from: Option<&'static str>,
) -> Browser<'a> {
    let mut browser = site.browser_at(from);
    browser.device.clone_from(device);
    browser
}

/// A wrong password in this browser counts for it alone: that of the cookie that has ended stays as it was.
fn fails_of_its_own(site: &Site, owner: &mut Browser<'_>) {
    owner.cookie = None;
    fail(owner, CUSTOMER).shows(422, "違います");
    let mut failures = of_devices(site);
    failures.sort_unstable();
    assert_eq!(failures, [1, 10]);
}

#[test]
fn whoever_shares_the_customers_address_does_not_hold_up_a_browser_that_is_known() {
    on_both(|site| {
        customer(site);
        let mut known = log_in_from(site, CUSTOMER, HOME);
        known.shows(200, "メイン画面");
        // The neighbour fails until the waits are days, and a while longer.
        let mut neighbour = site.browser_at(HOME);
        for _ in 0..14 {
            site.pass(Millis::from_secs(DAY));
            fail(&mut neighbour, CUSTOMER).shows(422, "違います");
        }
        // They use up what the address may try in a minute, too.
        site.pass(MINUTE);
        for number in 100..110 {
            fail(&mut neighbour, contract_id(number).as_str());
        }
        let mut unknown = site.browser_at(HOME);
        assert!(is_held_up(again(&mut unknown)));
        again(&mut known).shows(200, "メイン画面").shows(200, "誤ったパスワードの入力が14回");
        // The customer's login takes none of the neighbour's waits away.
        site.pass(MINUTE);
        assert!(is_held_up(again(&mut unknown)));
        again(&mut known).shows(200, "メイン画面");
    });
}

#[test]
fn guesses_over_all_networks_do_not_hold_up_a_known_browser_that_is_somewhere_new() {
    on_both(|site| {
        customer(site);
        let device = cookie(site);
        let from: Vec<&'static str> = (1..=11)
            .map(|host| &*Box::leak(format!("203.0.113.{host}").into_boxed_str()))
            .collect();
        for from in from {
            fail(&mut site.browser_at(Some(from)), CUSTOMER).shows(422, "違います");
        }
        assert!(is_held_up(again(&mut site.browser_at(ELSEWHERE))));
        again(&mut with_cookie(site, &device, ELSEWHERE)).shows(200, "メイン画面");
    });
}

#[test]
fn a_stolen_cookie_lets_nobody_in_and_is_of_no_use_after_ten_failures() {
    on_both(|site| {
        customer(site);
        let stolen = cookie(site);
        let mut thief = with_cookie(site, &stolen, ELSEWHERE);
        for path in ["/main", "/history", "/transfer", "/token"] {
            thief.get(path).shows(200, "契約者ID").shows_not("10,000円");
        }
        // Five are free, and a sixth is followed by a wait, which sends them back to the network's own tries.
        for _ in 0..6 {
            fail(&mut thief, CUSTOMER).shows(422, "違います");
        }
        assert_eq!(of_devices(site), [6]);
        let network = |site: &Site| {
            let all = counts(site).into_iter();
            all.filter(|(subject, _)| subject == "login 0000000001 198.51.100.1")
                .map(|(_, failures)| failures)
                .next()
        };
        assert_eq!(network(site), None);
        fail(&mut thief, CUSTOMER).shows(422, "違います");
        assert_eq!((of_devices(site), network(site)), (vec![6], Some(1)));
        for failures in 7..=10 {
            site.pass(Millis::from_secs(600));
            fail(&mut thief, CUSTOMER).shows(422, "違います");
            assert_eq!(of_devices(site), [failures]);
        }
        // It has ended: for as long as it would have been good, and also after staff have ended the waits.
        for days in [0, 1, 60] {
            site.pass(Millis::from_secs(days * DAY));
            site.run(site.customers.bank.tidy(site.now())).unwrap();
            site.run(site.customers.bank.unlock(&contract_id(1), site.now())).unwrap();
            fail(&mut thief, CUSTOMER).shows(422, "違います");
            assert_eq!((of_devices(site), network(site)), (vec![10], Some(1)), "{days}");
        }
        // Whoever it was stolen from is no worse off than anybody, and has another one after a login.
        let mut owner = with_cookie(site, &stolen, HOME);
        again(&mut owner).shows(200, "メイン画面");
        assert_ne!(owner.device, stolen);
        // That one is another login's, of which nothing has failed yet.
        fails_of_its_own(site, &mut owner);
    });
}

#[test]
fn a_cookie_that_has_ended_goes_past_no_limit_and_leaves_the_customers_own_its_tries() {
    on_both(|site| {
        customer(site);
        let mut thief = with_cookie(site, &cookie(site), ELSEWHERE);
        let mut owner = with_cookie(site, &cookie(site), ELSEWHERE);
        for _ in 0..10 {
            fail(&mut thief, CUSTOMER).shows(422, "違います");
            site.pass(Millis::from_secs(600));
        }
        assert_eq!(of_devices(site), [10]);
        // The address may try no more in this minute.
        let mut neighbour = site.browser_at(ELSEWHERE);
        for number in 100..110 {
            fail(&mut neighbour, contract_id(number).as_str()).shows(422, "違います");
        }
        let worked_at = site.customers.bank.passwords_worked_at();
        for _ in 0..40 {
            assert!(is_held_up(fail(&mut thief, CUSTOMER)));
        }
        assert_eq!(site.customers.bank.passwords_worked_at(), worked_at);
        again(&mut owner).shows(200, "メイン画面");
        // One that is good for tries still has those of its own, and no other's.
        fails_of_its_own(site, &mut owner);
    });
}

#[test]
fn a_cookie_is_of_one_contract_and_password_and_of_ninety_days() {
    on_both(|site| {
        customer(site);
        site.run(site.customers.contract(2));
        // How many tries are counted for a browser after one more failure.
        let counted = |device: &Option<String>, contract: &str| {
            site.pass(Millis::from_secs(600));
            fail(&mut with_cookie(site, device, ELSEWHERE), contract).shows(422, "違います");
            of_devices(site).into_iter().sum::<i64>()
        };
        let device = cookie(site);
        assert_eq!(counted(&device, CUSTOMER), 1);
        // Another contract's, one that was changed, and what cannot be one.
        assert_eq!(counted(&device, "0000000002"), 1);
        let text = device.clone().unwrap();
        for at in [0, 25, 26, 38, 50, 88] {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(counted(&Some(changed), CUSTOMER), 1, "{at}");
            site.run(site.customers.bank.unlock(&contract_id(1), site.now())).unwrap();
        }
        for other in ["", "A", &text[1..]] {
            assert_eq!(counted(&Some(other.to_owned()), CUSTOMER), 1, "{other}");
        }
        site.run(site.customers.bank.unlock(&contract_id(1), site.now())).unwrap();
        // To the last of its days, and no longer.
        let late = cookie(site);
        site.pass(Millis::from_secs(90 * DAY - 601));
        assert_eq!(counted(&late, CUSTOMER), 2);
        assert_eq!(counted(&late, CUSTOMER), 2);
        // Another password ends all of them.
        site.run(site.customers.bank.unlock(&contract_id(1), site.now())).unwrap();
        let device = cookie(site);
        assert_eq!(counted(&device, CUSTOMER), 3);
        let (id, new) = (contract_id(1), password("another password"));
        site.run(site.customers.bank.set_password(&id, new, site.now())).unwrap();
        assert_eq!(counted(&device, CUSTOMER), 3);
    });
}

#[test]
fn where_a_code_is_wanted_a_browser_is_known_only_after_the_code() {
    on_both(|site| {
        customer(site);
        register(site, "yes");
        let mut browser = log_in_from(site, CUSTOMER, HOME);
        browser.shows(200, "ワンタイムパスワード確認");
        assert_eq!(browser.device, None);
        browser.post("/login/code", &[("code", CODES[1])]).shows(200, "メイン画面");
        assert!(browser.device.is_some());
        // It outlives the session.
        browser.post("/logout", &[]).shows(200, "契約者ID");
        fail(&mut browser, CUSTOMER);
        assert_eq!(of_devices(site), [1]);
    });
}
