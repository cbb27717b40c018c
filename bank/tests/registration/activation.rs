use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex},
};

use warifu::{
    credential::{Generator, Label},
    otp::{Algorithm, Digits, totp::Steps},
    provision::enrol::{Issued, Link},
    secret::SystemRandom,
    time::{Millis, UnixMillis},
};
use warifu_bank::{
    bank::{Bank, BankError, LetterTerms, NewToken, ReachableTokens, Remains},
    enrolment::{Enrolments, Rate, Refusal},
    seeds::KeyRing,
    service::{Codes, Service},
    store::Event,
};
use warifu_issuer::{Offer, PublicBase, Unlock};

use crate::{
    at_registration,
    browser::{self, Browser, Site},
    customer,
    customers::{self, contract_id},
    log_in,
    stored::NOW,
    support::{CODES, WRONG},
    token,
};

/// Walks at the pages of a bank whose service enrols tokens, and is reached by them.
/// Tokens enrol without one too, so a contract without a token draws one as well.
fn on_both(walk: impl Fn(&Site, &Enrolments)) {
    on_both_with(true, |bank| bank, walk);
}

/// With enrolment open or closed, and a bank with further settings.
fn on_both_with(open: bool, set: impl Fn(Bank) -> Bank, walk: impl Fn(&Site, &Enrolments)) {
    let kept = Mutex::new(None);
    let make = |tokens: &Arc<Service>| {
        let enrolments = Arc::new(enrolments(tokens, open));
        *kept.lock().unwrap() = Some(enrolments.clone());
        let base = PublicBase::new("https://bank.example/token").unwrap();
        let reachable = ReachableTokens::new(tokens.clone(), enrolments, base);
        set(customers::bank(tokens.store().clone(), Arc::new(reachable)))
    };
    browser::on_both_with(make, |site| {
        let enrolments = kept.lock().unwrap().clone().unwrap();
        customer(site);
        walk(site, &enrolments);
    });
}

fn enrolments(tokens: &Arc<Service>, open: bool) -> Enrolments {
    let ring = KeyRing::generate(&SystemRandom::new()).unwrap();
    let (algorithm, digits) = (Algorithm::Sha1, Digits::SIX);
    let offer = Offer {
        issuer: Label::new("割符信用金庫").unwrap(),
        generator: Generator::Totp { algorithm, digits, steps: Steps::default() },
        signing: false,
        unlock: Unlock::Any,
        export: false,
        synced_clock: false,
        open,
    };
    Enrolments::new(tokens.clone(), ring.enrolment_keys(), offer, Rate::default()).unwrap()
}

/// Draws an activation code at the page; gives its link.
fn draw(browser: &mut Browser<'_>) -> String {
    draw_with(browser, &[])
}

fn draw_with(browser: &mut Browser<'_>, fields: &[(&str, &str)]) -> String {
    browser.get("/token/new").post("/token/new", fields).shows(200, "<svg role=\"img\"");
    link_on(&browser.page().body)
}

fn link_on(page: &str) -> String {
    let begin = "href=\"https://bank.example/token#";
    let (_, rest) = page.split_once(begin).unwrap_or_else(|| panic!("{page}"));
    let link = rest.split_once('"').unwrap().0.replace("&amp;", "&");
    format!("https://bank.example/token#{link}")
}

/// A token that takes the link, and is confirmed.
fn enrolled(
    site: &Site,
    enrolments: &Enrolments,
    link: &str,
    now: UnixMillis,
) -> Result<Issued, Refusal> {
    let mut pending = token::begin(&Link::parse(link.as_bytes()).unwrap());
    let from = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let answer = site.run(enrolments.enrol(pending.request(), from, now))?;
    let issued = pending.take_answer(&answer).unwrap();
    let before = UnixMillis(now.0.saturating_sub(30_000));
    let code = token::code_at(&issued, before);
    let made = pending.confirmation(&issued, &code, &SystemRandom::new()).unwrap();
    site.run(enrolments.confirm(made.message.expose(), now))?;
    Ok(issued)
}

#[test]
fn a_customer_without_a_token_scans_the_qr_code_and_registers() {
    on_both(|site, enrolments| {
        let mut browser = log_in(site);
        browser.shows(200, "href=\"/token/new\"").get("/token/new");
        browser.shows(200, "QRコードを表示する").shows_not("<svg");
        let link = draw(&mut browser);
        browser.shows(200, "aria-label=\"トークンを準備するためのQRコード");
        browser.shows(200, "有効期限：2027年1月15日 18時00分");
        browser.shows(200, "ワンタイムパスワード利用登録");
        let (_, code) = link.split_once("&c=").unwrap();
        browser.shows(200, &warifu_bank::bank::typed::in_groups(code));
        let page = browser.page();
        assert!(
            page.head.contains("content-security-policy: default-src 'none'; style-src 'self'")
        );
        for active in ["<script", "<img", "style=", "<image", "<use"] {
            assert!(!page.body.contains(active), "{active}");
        }
        let store = site.customers.bank.store();
        let notices = site.run(store.unsent_notices(10)).unwrap();
        assert_eq!(notices.last().unwrap().event, Event::ActivationDrawn);
        browser.get("/history").shows(200, "トークン準備用コードの発行");

        let issued = enrolled(site, enrolments, &link, NOW).unwrap();
        let credential = issued.credential_id().unwrap().as_str().to_owned();
        let fields = [
            ("credential", credential.as_str()),
            ("code", token::code_at(&issued, NOW).expose()),
            ("code_at_login", "no"),
        ]
        .map(|(name, value)| (name, value.to_owned()));
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        at_registration(site)
            .post("/registration/token", &fields)
            .shows(200, "利用登録が完了しました");
        // From now on it is for an exchange.
        let mut browser = log_in(site);
        browser.get("/token").shows(200, "href=\"/token/new\"");
        let next = token::code_at(&issued, NOW.saturating_add(Millis::from_secs(30)));
        draw_with(&mut browser, &[("code", next.expose())]);
        browser.shows(200, "トークンの交換");
    });
}

#[test]
fn a_thief_of_a_session_gets_a_credential_that_is_good_for_nothing_without_the_old_code() {
    on_both(|site, enrolments| {
        let (bank, victim) = (&site.customers.bank, contract_id(1));
        let own = site.run(site.customers.contract(2));
        site.run(site.customers.registered(&victim, "WRFU00000001"));
        // They draw none, and end none that the customer has drawn.
        let mut thief = log_in(site);
        for (code, why) in [("", "桁数"), (WRONG, "違います"), (CODES[0], "使用済み")] {
            thief.get("/token/new").shows(200, "いまのトークンのワンタイムパスワード");
            thief.post("/token/new", &[("code", code)]).shows(422, why).shows_not("<svg");
        }
        // Even one that the customer drew and they have seen is of no use to them.
        let link = draw_with(&mut log_in(site), &[("code", CODES[1])]);
        let issued = enrolled(site, enrolments, &link, NOW).unwrap();
        let credential = issued.credential_id().unwrap().clone();
        let code = token::code_at(&issued, NOW);
        let new = || NewToken { credential: &credential, codes: Codes::One(code.expose()) };
        let first = site.run(bank.register(&victim, new(), None, false, None, NOW));
        assert_eq!(first, Err(BankError::HasToken));
        let remains = Remains::Code(WRONG);
        let exchange = site.run(bank.exchange(&victim, &remains, new(), None, NOW));
        assert!(matches!(exchange, Err(BankError::Refused(_))), "{exchange:?}");
        // It is the victim's alone: for a contract of the thief's own it is none.
        let other = site.run(bank.register(&own, new(), None, false, None, NOW));
        assert_eq!(other, Err(BankError::NotProven));
        let read = site.run(bank.store().contract(&victim)).unwrap().unwrap().value;
        assert_eq!(read.token.unwrap().credential.as_str(), "WRFU00000001");
        // The customer, with the old code, may use it for what it is.
        let remains = Remains::Code(CODES[2]);
        site.run(bank.exchange(&victim, &remains, new(), None, NOW)).unwrap();
    });
}

#[test]
fn who_has_lost_the_token_and_has_the_staffs_code_draws_one_without_a_code() {
    on_both(|site, enrolments| {
        let (bank, contract) = (&site.customers.bank, contract_id(1));
        site.run(site.customers.registered(&contract, "WRFU00000001"));
        let hour = Millis::from_secs(3600);
        let reset = site.run(bank.reset_token(&contract, hour, NOW)).unwrap();
        let link = draw(&mut log_in(site));
        let issued = enrolled(site, enrolments, &link, NOW).unwrap();
        let code = token::code_at(&issued, NOW);
        let credential = issued.credential_id().unwrap();
        let new = NewToken { credential, codes: Codes::One(code.expose()) };
        site.run(bank.exchange(&contract, &Remains::Reset(&reset), new, None, NOW)).unwrap();
        // The code is used up with it; and one that is too old is no proof that the token is lost.
        let mut browser = log_in(site);
        browser.get("/token/new").post("/token/new", &[]).shows(422, "桁数");
        site.run(bank.reset_token(&contract, hour, NOW)).unwrap();
        site.pass(hour);
        log_in(site).get("/token/new").shows(200, "name=\"code\"");
    });
}

#[test]
fn one_code_is_open_at_a_time_and_what_staff_gave_out_is_not_ended() {
    on_both(|site, enrolments| {
        let holder = Label::new(contract_id(1).as_str()).unwrap();
        let hour = Millis::from_secs(3600);
        let tokens = &site.customers.tokens;
        let (by_staff, _) = site.run(tokens.activate(Some(&holder), hour, None, NOW)).unwrap();
        let base = PublicBase::new("https://bank.example/token").unwrap();
        let by_staff = enrolments.link(&base, Some(&by_staff));
        let mut browser = log_in(site);
        let (first, second) = (draw(&mut browser), draw(&mut browser));
        let refused = Some(Refusal::Activation);
        assert_eq!(enrolled(site, enrolments, &first, NOW).err(), refused);
        enrolled(site, enrolments, &second, NOW).unwrap();
        enrolled(site, enrolments, &by_staff, NOW).unwrap();
        // Once used, it is no more; and nobody takes one after an hour.
        assert_eq!(enrolled(site, enrolments, &second, NOW).err(), refused);
        let third = draw(&mut browser);
        let late = NOW.saturating_add(hour);
        assert_eq!(enrolled(site, enrolments, &third, late).err(), refused);
    });
}

#[test]
fn ten_codes_are_drawn_in_a_day_however_many_are_asked_for_at_once() {
    on_both(|site, _| {
        let (bank, contract) = (&site.customers.bank, contract_id(1));
        let drawn = site.run(async {
            let asked: Vec<_> = (0..14)
                .map(|_| {
                    let (bank, contract) = (bank.clone(), contract.clone());
                    tokio::spawn(
                        async move { bank.draw_activation(&contract, "", None, NOW).await },
                    )
                })
                .collect();
            let mut drawn = 0;
            for asked in asked {
                match asked.await.unwrap() {
                    Ok(_) => drawn += 1,
                    Err(error) => assert!(matches!(error, BankError::AskedTooOften { .. })),
                }
            }
            drawn
        });
        assert_eq!(drawn, 10);
        let mut browser = log_in(site);
        browser.get("/token/new").post("/token/new", &[]).shows(422, "もう一度お申し込みください");
        browser.shows(422, "2027年1月16日 17時00分").shows_not("<svg");
        site.pass(Millis::from_secs(86_400));
        draw(&mut log_in(site));
    });
}

#[test]
fn codes_that_were_drawn_by_a_clock_that_was_ahead_hold_up_none() {
    on_both(|site, _| {
        let ahead = NOW.saturating_add(Millis::from_secs(365 * 86_400));
        for _ in 0..10 {
            let bank = &site.customers.bank;
            site.run(bank.draw_activation(&contract_id(1), "", None, ahead)).unwrap();
        }
        draw(&mut log_in(site));
    });
}

#[test]
fn the_qr_code_is_for_who_has_logged_in() {
    on_both(|site, _| {
        let bank = &site.customers.bank;
        let draws_none = |browser: &mut Browser<'_>| {
            browser.get("/token/new").shows_not("/token/new");
            let form_token = browser.form_token();
            browser.send("/token/new", &form_token, &[]).shows_not("<svg");
        };
        draws_none(&mut at_registration(site));
        // And a form that is not ours draws none.
        let mut browser = log_in(site);
        browser.send("/token/new", "", &[]).shows(403, "有効期限");
        assert!(site.run(bank.store().unsent_notices(10)).unwrap().is_empty());
        // Nor is it for who has shown the password where a code is wanted too.
        site.run(async {
            let contract = contract_id(1);
            site.customers.registered(&contract, "WRFU00000009").await;
            bank.set_code_at_login(&contract, true, CODES[1], None, NOW).await.unwrap();
        });
        let mut browser = log_in(site);
        draws_none(browser.shows(200, "ワンタイムパスワード確認"));
    });
}

#[test]
fn where_enrolment_is_closed_the_password_alone_draws_no_code() {
    on_both_with(
        false,
        |bank| bank,
        |site, _| {
            let mut browser = log_in(site);
            browser.get("/token/new").shows(200, "当金庫の窓口へお問い合わせください");
            browser.shows_not("action=\"/token/new\"");
            let form_token = browser.get("/main").form_token();
            browser.send("/token/new", &form_token, &[]).shows(422, "QRコードを表示できません");
            browser.shows_not("<svg");
            assert!(site.run(site.customers.bank.store().unsent_notices(10)).unwrap().is_empty());
            // Whoever has a token exchanges it by its code.
            site.run(site.customers.registered(&contract_id(1), "WRFU00000001"));
            draw_with(&mut log_in(site), &[("code", CODES[1])]);
        },
    );
    // And where the code of a letter stands before the registration, a credential is not enough.
    let by_letter = |bank: Bank| bank.with_letters(LetterTerms::default());
    on_both_with(false, by_letter, |site, _| {
        draw(&mut log_in(site));
    });
}

#[test]
fn the_page_is_there_in_english() {
    on_both(|site, _| {
        let mut browser = log_in(site);
        browser.language = "en";
        browser.get("/token/new").shows(200, "Set up a new token").shows_not("ください");
        browser.post("/token/new", &[]).shows(200, "Scan the QR code").shows_not("ください");
        browser.shows(200, "Good until: 2027-01-15 18:00 (Japan)");
    });
}

#[test]
fn a_bank_that_tokens_do_not_reach_says_where_else_to_ask() {
    browser::on_both(|site| {
        customer(site);
        let mut browser = log_in(site);
        browser.get("/token/new").shows(200, "当金庫の窓口へお問い合わせください");
        browser.shows_not("action=\"/token/new\"");
        let form_token = browser.get("/main").form_token();
        browser.send("/token/new", &form_token, &[]).shows(422, "QRコードを表示できません");
    });
}
