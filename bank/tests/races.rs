//! Many requests at once, over HTTP, on both databases: one code is accepted once, and each failure is
//! counted once.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use std::collections::BTreeSet;

use serde_json::json;
use support::{CODES, SEED, WRONG, at_once, code, on_both, verdicts};

const MANY: usize = 64;

#[test]
fn of_many_requests_with_one_right_code_one_wins() {
    on_both(|database| {
        let bank = database.start(&[]);
        let path = bank.import_confirmed("RACE0001");
        let request = bank.request("POST", &format!("{path}/verify")).json(&code(CODES[1]));
        let answers = bank.at_once(vec![request; MANY]);
        let counted = verdicts(&answers);
        assert_eq!(counted["accepted"], 1, "{}: {counted:?}", database.name());
        assert_eq!(counted["replayed"], MANY - 1, "{}: {counted:?}", database.name());
    });
}

#[test]
fn of_many_first_codes_one_confirms() {
    on_both(|database| {
        let bank = database.start(&[]);
        let path = bank.import("RACE0002");
        let request = bank.request("POST", &format!("{path}/confirm")).json(&code(CODES[0]));
        let counted = verdicts(&bank.at_once(vec![request; MANY]));
        assert_eq!(counted["accepted"], 1, "{}: {counted:?}", database.name());
        assert_eq!(counted["already_confirmed"], MANY - 1, "{}: {counted:?}", database.name());
    });
}

#[test]
fn two_services_on_one_database_accept_a_code_once() {
    on_both(|database| {
        let banks = [database.start(&[]), database.start(&[])];
        let path = banks[0].import_confirmed("RACE0003");
        for right in &CODES[1..6] {
            let request = |at: usize| {
                let bank = &banks[at % 2];
                let request = bank.request("POST", &format!("{path}/verify")).json(&code(right));
                (bank.address().to_owned(), request)
            };
            let counted = verdicts(&at_once((0..MANY).map(request).collect()));
            assert_eq!(counted["accepted"], 1, "{}: {counted:?}", database.name());
        }
    });
}

#[test]
fn many_wrong_codes_are_judged_as_often_as_the_wait_allows_and_each_is_counted_once() {
    on_both(|database| {
        let bank = database.start(&["--first-wait", "86400", "--longest-wait", "86400"]);
        let path = bank.import_confirmed("RACE0004");
        let request = bank.request("POST", &format!("{path}/verify")).json(&code(WRONG));
        let answers = bank.at_once(vec![request; MANY]);
        // Two failures are free; the third begins a wait that is longer than this takes.
        let left: Vec<u64> = answers.iter().filter_map(|a| a.json()["left"].as_u64()).collect();
        let expected = BTreeSet::from([9, 8, 7]);
        assert_eq!(left.len(), expected.len(), "{}: {left:?}", database.name());
        assert_eq!(left.into_iter().collect::<BTreeSet<_>>(), expected, "{}", database.name());
        assert_eq!(verdicts(&answers)["too_soon"], MANY - 3, "{}", database.name());
        assert_eq!(bank.get(&path).json()["failures"], 3, "{}", database.name());
    });
}

#[test]
fn without_a_wait_exactly_as_many_wrong_codes_are_judged_as_lock() {
    on_both(|database| {
        let bank = database.start(&["--no-waits"]);
        let path = bank.import_confirmed("RACE0005");
        let request = bank.request("POST", &format!("{path}/verify")).json(&code(WRONG));
        let answers = bank.at_once(vec![request; MANY]);
        let left: Vec<u64> = answers.iter().filter_map(|a| a.json()["left"].as_u64()).collect();
        assert_eq!(left.len(), 10, "{}: {left:?}", database.name());
        assert_eq!(left.into_iter().collect::<BTreeSet<_>>(), (0..10).collect());
        assert_eq!(verdicts(&answers)["locked"], MANY - 10, "{}", database.name());
        let view = bank.get(&path).json();
        assert_eq!((&view["failures"], &view["status"]), (&json!(10), &json!("locked")));
        // And the right code is of no use now.
        let answer = bank.post(&format!("{path}/verify"), &code(CODES[1]));
        assert_eq!(answer.json()["verdict"], "locked", "{}", database.name());
    });
}

#[test]
fn a_login_beside_a_revocation_does_not_bring_the_credential_back() {
    on_both(|database| {
        let bank = database.start(&[]);
        for round in 0..10 {
            let path = bank.import_confirmed(&format!("RACE1{round:03}"));
            let verify =
                |right: &&str| bank.request("POST", &format!("{path}/verify")).json(&code(right));
            let mut requests: Vec<_> = CODES[1..].iter().map(verify).collect();
            requests.insert(4, bank.request("POST", &format!("{path}/revoke")));
            bank.at_once(requests);
            assert_eq!(bank.get(&path).json()["status"], "revoked", "{}", database.name());
        }
    });
}

#[test]
fn one_request_that_is_sent_many_times_at_once_under_its_key_is_carried_out_once() {
    on_both(|database| {
        let bank = database.start(&[]);
        let path = bank.import_confirmed("RACE0006");
        let named = |path: &str| bank.request("POST", path).header("Idempotency-Key", path);
        let verify = named(&format!("{path}/verify")).json(&code(CODES[1]));
        let answers = bank.at_once(vec![verify; MANY]);
        let bodies: BTreeSet<_> = answers.iter().map(|a| (a.status, a.body.clone())).collect();
        assert_eq!(bodies.len(), 1, "{}: {bodies:?}", database.name());
        assert_eq!(answers[0].json()["verdict"], "accepted", "{}", database.name());

        let import = json!({ "seed": SEED, "generator": { "type": "totp" } });
        let answers = bank.at_once(vec![named("/v1/credentials").json(&import); MANY]);
        let ids: BTreeSet<_> =
            answers.iter().map(|answer| answer.json()["id"].to_string()).collect();
        assert_eq!(ids.len(), 1, "{}: {ids:?}", database.name());

        let answers = bank.at_once(vec![named("/v1/activations").json(&json!({})); MANY]);
        let codes: BTreeSet<_> = answers.iter().map(|a| a.json()["code"].to_string()).collect();
        assert_eq!(codes.len(), 1, "{}: {codes:?}", database.name());
    });
}
