//! Somebody sends a code again, or many times at once.

use warifu::time::Millis;
use warifu_bank::store::Event;

use crate::{
    browser::{Browser, Site, on_both},
    customers::{account, contract_id},
    steps::{ORDER, WAIT, confirmation, customer, log_in, register, with_code},
    support::{
        CODES, at_once,
        http::{Answer, Request},
    },
};

/// Sends all of these at the same moment.
fn send(site: &Site, requests: &[Request]) -> Vec<Answer> {
    let to = |request: &Request| (site.address().to_owned(), request.clone());
    at_once(requests.iter().map(to).collect())
}

/// Whether what an answer tells is that the code was accepted.
fn is_accepted(answer: &Answer) -> bool {
    let logged_in = answer.status == 303 && answer.head.contains("location: /main");
    let told = ["振込を受け付けました", "設定を変更しました"];
    let done = answer.status == 200 && told.iter().any(|told| answer.body.contains(told));
    logged_in || done
}

/// Of one code 32 requests: four orders and four settings of each session that is logged in, and four logins of
/// each that is not yet.
fn requests(sessions: &mut [Browser<'_>], logins: &mut [Browser<'_>], code: &str) -> Vec<Request> {
    let mut requests = Vec::new();
    for session in sessions {
        for _ in 0..4 {
            // Each has a name of its own, or the second one would be the first one sent again.
            let fields = confirmation(session, &ORDER);
            let form_token = session.form_token();
            let order = with_code(&fields, code);
            requests.push(session.form("/transfer/order", &form_token, &order));
            let setting = [("code_at_login", "yes"), ("code", code)];
            requests.push(session.form("/token/login-code", &form_token, &setting));
        }
    }
    for login in logins {
        let form_token = login.get("/login/code").form_token();
        let form = login.form("/login/code", &form_token, &[("code", code)]);
        requests.extend(std::iter::repeat_n(form, 4));
    }
    requests
}

/// What was done with the code of this counter.
fn done_with(site: &Site, counter: i64) -> Vec<Event> {
    let history = site.run(site.customers.bank.store().history(&contract_id(1), 500)).unwrap();
    let with_it = history.into_iter().filter(|past| past.step == Some(counter));
    with_it.map(|past| past.event).collect()
}

fn transfers(site: &Site) -> usize {
    let moved = site.run(site.customers.bank.store().movements(&account(1), 100)).unwrap();
    moved.iter().filter(|movement| movement.amount < 0).count()
}

#[test]
fn of_one_code_that_32_requests_bring_at_once_for_logins_transfers_and_settings_one_is_accepted() {
    on_both(|site| {
        customer(site);
        register(site, "no");
        site.pass(WAIT);
        let mut sessions: Vec<_> = (0..3)
            .map(|_| {
                // Who logs in over and over is bounded.
                site.pass(Millis::from_secs(60));
                log_in(site)
            })
            .collect();
        let on = [("code_at_login", "yes"), ("code", CODES[1])];
        sessions[0].get("/token").post("/token/login-code", &on).shows(200, "設定を変更しました");
        let mut logins: Vec<_> = (0..2).map(|_| log_in(site)).collect();
        for login in &mut logins {
            login.shows(200, "ワンタイムパスワード確認");
        }
        let mut all = Vec::new();
        for counter in 2..5 {
            let requests = requests(&mut sessions, &mut logins, CODES[counter]);
            assert_eq!(requests.len(), 32);
            let before = transfers(site);
            let answers = send(site, &requests);
            let accepted = answers.iter().filter(|answer| is_accepted(answer)).count();
            assert_eq!(accepted, 1, "{answers:?}");
            let done = done_with(site, i64::try_from(counter).unwrap());
            assert_eq!(done.len(), 1, "{done:?}");
            let is_transfer = done == [Event::Transferred];
            assert_eq!(transfers(site), before + usize::from(is_transfer));
            all.extend(requests);
            // A session whose login went through is another one now.
            site.pass(Millis::from_secs(60));
            logins = (0..2).map(|_| log_in(site)).collect();
        }
        // All of it once more: an order that was booked has its receipt again, and nothing else is done.
        let (before, history) = (transfers(site), history(site));
        for answer in send(site, &all[..32]).into_iter().chain(send(site, &all[32..])) {
            assert!(!is_accepted(&answer) || answer.body.contains("受付番号"), "{answer:?}");
        }
        assert_eq!(transfers(site), before);
        assert_eq!(self::history(site), history);
    });
}

/// How many events there are, but for refusals.
fn history(site: &Site) -> usize {
    site.run(site.customers.events(&contract_id(1))).len()
}

#[test]
fn a_code_that_was_accepted_is_of_no_use_for_any_act_ever_after() {
    on_both(|site| {
        customer(site);
        register(site, "no");
        site.pass(WAIT);
        let mut browser = log_in(site);
        let on = [("code_at_login", "yes"), ("code", CODES[3])];
        browser.get("/token").post("/token/login-code", &on).shows(200, "設定を変更しました");
        // What came before the last accepted one was never used, and is spent with it.
        for (days, code, why) in [
            (0, CODES[3], "使用済み"),
            (1, CODES[3], "使用済み"),
            (30, CODES[3], "使用済み"),
            (0, CODES[2], "違います"),
        ] {
            site.pass(Millis::from_secs(days * 86_400));
            log_in(site).post("/login/code", &[("code", code)]).shows(422, why);
        }
        let mut login = log_in(site);
        // Nor does another one, which was not used yet, bring it back.
        let two = [("first", CODES[3]), ("second", CODES[4])];
        login.post("/token/resync", &two).shows(422, "ワンタイムパスワード確認");
        login.get("/login/code");
        login.post("/login/code", &[("code", CODES[4])]).shows(200, "メイン画面");
        let fields = confirmation(&mut login, &ORDER);
        login.post("/transfer/order", &with_code(&fields, CODES[4])).shows(422, "使用済み");
        login.get("/token").post("/token/release", &[("code", CODES[4])]).shows(422, "使用済み");
        assert_eq!(transfers(site), 0);
    });
}
