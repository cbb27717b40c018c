//! Somebody tries contract IDs, to learn which of them somebody has.

use crate::{
    browser::{Browser, Site, on_both},
    customers::contract_id,
    steps::{is_held_up, log_in_from},
    support::http::Answer,
    tables::counts,
};
use warifu::time::Millis;

const KNOWN: &str = "0000000001";
const UNKNOWN: &str = "0000000009";

/// What an answer says, without what is drawn anew for each, and without the ID.
fn seen(answer: &Answer, id: &str, drawn: &[String]) -> (u16, Vec<String>, String) {
    let is_same = |line: &&str| !line.starts_with("date: ") && !line.starts_with("set-cookie: ");
    let head = answer.head.lines().filter(is_same).map(str::to_owned).collect();
    let mut body = answer.body.replace(id, "ID");
    for drawn in drawn {
        body = body.replace(drawn, "drawn");
    }
    (answer.status, head, body)
}

/// Types a wrong password twelve times, and gives all that can be seen of it; the last ones come too soon.
fn tries(
    site: &Site,
    mut browser: Browser<'_>,
    form: &str,
    id: &str,
) -> Vec<(u16, Vec<String>, String)> {
    let page = if form == "/login" { "/" } else { form };
    let mut all = Vec::new();
    for _ in 0..8 {
        let form_token = browser.get(page).form_token();
        let fields = [("contract", id), ("password", "not the password")];
        let answer = browser.post(form, &fields).page().clone();
        assert!(!answer.body.contains("not the password"));
        let cookies = answer.head.lines().filter(|line| line.starts_with("set-cookie: ")).count();
        let mut seen = seen(&answer, id, &[form_token]);
        seen.1.push(format!("{cookies} cookies"));
        all.push(seen);
    }
    assert!(is_held_up(&browser));
    // What the address may try in a minute begins anew.
    site.pass(Millis::from_secs(60));
    all
}

/// What is counted of an ID, without the ID.
fn counted(site: &Site, id: &str) -> Vec<(String, i64)> {
    let of_it = counts(site).into_iter().filter(|(subject, _)| subject.contains(id));
    of_it.map(|(subject, failures)| (subject.replace(id, "ID"), failures)).collect()
}

/// The instant until when the wait is, which is another one for who comes later.
fn without_time(mut seen: Vec<(u16, Vec<String>, String)>) -> Vec<(u16, Vec<String>, String)> {
    for (_, head, body) in &mut seen {
        if let Some((before, rest)) = body.split_once("再開できる時刻：") {
            let after = rest.split_once('<').unwrap().1;
            *body = format!("{before}<{after}");
            // It is told to the minute, in one digit or in two.
            head.retain(|line| !line.starts_with("content-length: "));
        }
    }
    seen
}

#[test]
fn an_id_that_nobody_has_is_answered_counted_and_worked_at_like_one_that_somebody_has() {
    on_both(|site| {
        site.run(async {
            site.customers.contract(1).await;
            site.customers.contract(2).await;
        });
        // Whoever asks has a contract too, and what its login leaves in a browser.
        let device = log_in_from(site, "0000000002", None).device;
        assert!(device.is_some());
        for (form, device) in [("/login", None), ("/registration", None), ("/login", device)] {
            let bank = &site.customers.bank;
            let told = [KNOWN, UNKNOWN].map(|id| {
                let before = bank.passwords_worked_at();
                let mut browser = site.browser();
                browser.device.clone_from(&device);
                let seen = without_time(tries(site, browser, form, id));
                (seen, counted(site, id), bank.passwords_worked_at() - before)
            });
            assert_eq!(told[0], told[1], "{form}");
            let (seen, counted, worked_at) = &told[0];
            assert!(seen[0].2.contains("契約者IDまたはログインパスワードが違います"));
            // Six are judged, and no work is done for those that come too soon.
            assert_eq!(*worked_at, 6);
            assert_eq!(counted.len(), 3, "{counted:?}");
            assert!(counted.iter().all(|(_, failures)| *failures == 6), "{counted:?}");
            // The next form begins with both of them anew.
            let forget = sqlx::query("DELETE FROM attempt").execute(&site.customers.raw);
            site.run(forget).unwrap();
        }
        // Until somebody proves to be the customer there is nothing of it in any history.
        let history = site.run(site.customers.bank.store().history(&contract_id(1), 100)).unwrap();
        assert!(history.iter().all(|past| past.failures.is_none()));
        log_in_from(site, KNOWN, None).shows(200, "メイン画面");
    });
}
