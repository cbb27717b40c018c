//! Enrolment over HTTP, with the token's side of the core: whatever is sent twice, lost or cut, and
//! whoever dies, there is one credential on both sides in the end, and no other is ever accepted.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]
#![allow(unreachable_pub, clippy::cast_possible_truncation)]

mod support;
#[path = "support/token.rs"]
mod token;

use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use rand::Rand;
use serde_json::json;
use support::{
    Bank, Database, code,
    http::{Answer, Connection, Request},
    on_both,
};
use token::{
    activation, begin, code_at, confirm, confirmation, count, enrol, enrolled, links, now, path_of,
};
use warifu::{
    otp::Code,
    provision::enrol::{BindingLevel, CONTENT_TYPE, Pending, Verdict},
    secret::{Random, RandomFailed, SystemRandom},
    time::{Millis, UnixMillis},
};

const MANY: usize = 64;
const FREELY: &[&str] = &["--enrol-per-minute", "1000000", "--enrol-per-day", "1000000"];

#[test]
fn a_token_enrols_and_its_codes_are_judged() {
    on_both(|database| {
        let bank = database.start(FREELY);
        let (link, _) = activation(&bank, Some("c-17"));
        let mut pending = begin(&link);
        let answer = enrol(&pending).send(bank.address());
        assert_eq!(answer.status, 200, "{answer:?}");
        let issued = pending.take_answer(&answer.bytes).unwrap();
        let path = path_of(&issued);
        let view = bank.get(&path).json();
        assert_eq!(
            (&view["status"], &view["account_ref"]),
            (&json!("not_confirmed"), &json!("c-17"))
        );
        assert_eq!(view["binding"], "hardware");
        // Not before it is confirmed.
        let present = code_at(&issued, now());
        let verify = |typed: &Code| {
            bank.post(&format!("{path}/verify"), &code(typed.expose())).json()["verdict"].clone()
        };
        assert_eq!(verify(&present), "not_confirmed");
        assert_eq!(confirm(&pending, &issued, bank.address()), Verdict::Confirmed);
        let view = bank.get(&path).json();
        assert_eq!((&view["status"], &view["expires_at"]), (&json!("active"), &json!(null)));
        assert_eq!(verify(&code_at(&issued, now())), "accepted");
        // The answer is gone, and so is any further use of the request.
        assert_eq!(enrol(&pending).send(bank.address()).status, 410);
    });
}

#[test]
fn one_request_that_comes_many_times_at_once_gets_one_answer() {
    on_both(|database| {
        let bank = database.start(FREELY);
        let (link, open) = activation(&bank, None);
        for link in [link, open] {
            let pending = begin(&link);
            let answers = bank.at_once(vec![enrol(&pending); MANY]);
            let all: BTreeSet<_> = answers.iter().map(|a| (a.status, a.bytes.clone())).collect();
            assert_eq!(all.len(), 1, "{}", database.name());
            assert_eq!(answers[0].status, 200, "{}", database.name());
        }
        assert_eq!(count(database, "credential"), 2, "{}", database.name());
    });
}

#[test]
fn another_request_of_a_known_id_is_refused() {
    on_both(|database| {
        let bank = database.start(FREELY);
        let (_, open) = activation(&bank, None);
        let first = Pending::begin(&open, BindingLevel::None, &Rand::of_one_id()).unwrap();
        let second = Pending::begin(&open, BindingLevel::None, &Rand::of_one_id()).unwrap();
        assert_eq!(first.id(), second.id());
        assert_ne!(first.request(), second.request());
        let answer = enrol(&first).send(bank.address());
        assert_eq!(answer.status, 200);
        assert_eq!(enrol(&second).send(bank.address()).status, 409, "{}", database.name());
        assert_eq!(enrol(&first).send(bank.address()).bytes, answer.bytes);
        assert_eq!(count(database, "credential"), 1, "{}", database.name());

        // And at once: one of the two is the one.
        let pair = [(); 2]
            .map(|()| Pending::begin(&open, BindingLevel::None, &Rand::of_another_id()).unwrap());
        let requests = (0..MANY).map(|at| enrol(&pair[at % 2])).collect();
        let statuses: Vec<u16> = bank.at_once(requests).iter().map(|a| a.status).collect();
        let (even, odd): (Vec<_>, Vec<_>) = (0..MANY).partition(|at| at % 2 == 0);
        let of = |side: Vec<usize>| side.iter().map(|at| statuses[*at]).collect::<BTreeSet<_>>();
        let sides = BTreeSet::from([of(even), of(odd)]);
        assert_eq!(sides, BTreeSet::from([[200].into(), [409].into()]), "{statuses:?}");
    });
}

#[test]
fn of_many_enrolments_with_one_activation_code_one_gets_it() {
    on_both(|database| {
        let bank = database.start(FREELY);
        let (link, _) = activation(&bank, Some("c-17"));
        let requests = (0..MANY).map(|_| enrol(&begin(&link))).collect();
        let statuses: Vec<u16> = bank.at_once(requests).iter().map(|a| a.status).collect();
        let won = statuses.iter().filter(|status| **status == 200).count();
        assert_eq!(won, 1, "{}: {statuses:?}", database.name());
        assert!(statuses.iter().all(|status| matches!(status, 200 | 403)), "{statuses:?}");
        assert_eq!(count(database, "credential"), 1, "{}", database.name());
    });
}

#[test]
fn a_confirmation_that_comes_many_times_confirms_once() {
    on_both(|database| {
        let bank = database.start(FREELY);
        let (link, _) = activation(&bank, None);
        let (pending, issued) = enrolled(&link, bank.address());
        let messages: Vec<_> = (0..MANY).map(|_| confirmation(&pending, &issued, now())).collect();
        let requests = messages.iter().map(|message| message.0.clone()).collect();
        for (answer, (_, awaited)) in bank.at_once(requests).iter().zip(&messages) {
            let judgement = awaited.read_verdict(&issued, &answer.bytes).unwrap();
            assert_eq!(judgement.verdict, Verdict::Confirmed, "{}", database.name());
        }
        // A code that is wrong by now, too: it is confirmed, and the code is not judged.
        let (request, awaited) = confirmation(&pending, &issued, UnixMillis::from_secs(0));
        let answer = request.send(bank.address());
        let judgement = awaited.read_verdict(&issued, &answer.bytes).unwrap();
        assert_eq!(judgement.verdict, Verdict::Confirmed, "{}", database.name());
        assert_eq!(bank.get(&path_of(&issued)).json()["failures"], 0);
    });
}

#[test]
fn a_clock_that_is_far_off_is_told_and_costs_the_enrolment_nothing() {
    let database = Database::sqlite();
    let bank = database.start(FREELY);
    let (link, _) = activation(&bank, None);
    let (pending, issued) = enrolled(&link, bank.address());
    let hours_later = now().saturating_add(Millis::from_secs(3 * 3600));
    let (request, awaited) = confirmation(&pending, &issued, hours_later);
    let judgement = awaited.read_verdict(&issued, &request.send(bank.address()).bytes).unwrap();
    assert_eq!(judgement.verdict, Verdict::CodeWrong);
    assert!(now().since(judgement.service_time) < Millis::from_secs(60));
    // Ten minutes are within the wide window.
    let minutes_later = now().saturating_add(Millis::from_secs(600));
    let (request, awaited) = confirmation(&pending, &issued, minutes_later);
    let judgement = awaited.read_verdict(&issued, &request.send(bank.address()).bytes).unwrap();
    assert_eq!(judgement.verdict, Verdict::Confirmed);
}

#[test]
fn what_the_bank_has_done_is_what_a_confirmation_is_told() {
    let database = Database::sqlite();
    let bank = database.start(FREELY);
    for (act, verdict) in [("suspend", Verdict::Stopped), ("revoke", Verdict::Ended)] {
        let (link, _) = activation(&bank, None);
        let (pending, issued) = enrolled(&link, bank.address());
        assert_eq!(bank.post(&format!("{}/{act}", path_of(&issued)), &json!({})).status, 200);
        assert_eq!(confirm(&pending, &issued, bank.address()), verdict);
    }
}

#[test]
fn a_message_that_is_none_gets_a_status_and_changes_nothing() {
    let database = Database::sqlite();
    let bank = database.start(FREELY);
    let (link, open) = activation(&bank, None);
    let (pending, issued) = enrolled(&link, bank.address());
    let request = begin(&open);
    let message = confirmation(&pending, &issued, now()).0;
    let octets = |path: &str, body: &[u8]| {
        Request::new("POST", path).header("Content-Type", CONTENT_TYPE).body(body)
    };
    let mut flipped = request.request().to_vec();
    flipped[100] ^= 1;
    let mut mac = message.bytes();
    let mac = mac.split_off(mac.len() - 108 + 6);
    for (request, status) in [
        (octets("/token/enrol", &[]), 400),
        (octets("/token/enrol", &flipped), 400),
        (octets("/token/enrol", &request.request()[..152]), 400),
        (octets("/token/enrol", &[request.request(), &[0]].concat()), 413),
        (octets("/token/enrol", &vec![0; 1 << 20]), 413),
        (Request::new("POST", "/token/enrol").body(request.request()), 415),
        (octets("/token/confirm", &[]), 400),
        (octets("/token/confirm", &mac[..50]), 400),
        (octets("/token/confirm", &[1; 109]), 413),
        (Request::new("GET", "/token/enrol"), 405),
        (enrol(&begin(&link)), 403),
    ] {
        let answer = request.send(bank.address());
        assert_eq!(answer.status, status, "{answer:?}");
    }
    assert_eq!(count(&database, "credential"), 1);
    assert_eq!(confirm(&pending, &issued, bank.address()), Verdict::Confirmed);
}

#[test]
fn whoever_dies_and_whatever_is_lost_there_is_one_credential_in_the_end() {
    on_both(|database| {
        let risk = Risk::begin(database);
        let tokens: Vec<Token> = thread::scope(|scope| {
            let killer = scope.spawn(|| risk.kill_again_and_again());
            let tokens: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| (0..8).map(|at| risk.enrol(at % 2 == 0)).collect::<Vec<_>>())
                })
                .collect();
            let tokens = tokens.into_iter().flat_map(|token| token.join().unwrap()).collect();
            risk.done.store(true, Ordering::Relaxed);
            assert!(killer.join().unwrap() > 20);
            tokens
        });
        let bank = database.start(FREELY);
        let ids: BTreeSet<_> = tokens.iter().map(|token| token.path.clone()).collect();
        assert_eq!(ids.len(), tokens.len(), "{}", database.name());
        for token in &tokens {
            let view = bank.get(&token.path).json();
            assert_eq!(view["status"], "active", "{}: {view}", database.name());
            assert_eq!(view["account_ref"], json!(token.account), "{}", database.name());
        }
        // None is there that no token has, confirmed or not.
        for table in ["credential", "enrolment"] {
            assert_eq!(count(database, table), tokens.len(), "{}: {table}", database.name());
        }
    });
}

/// A service that is killed all the time, and what tokens do with it.
struct Risk<'a> {
    database: &'a Database,
    bank: Mutex<Option<Bank>>,
    address: Mutex<String>,
    done: AtomicBool,
}

/// A token that has enrolled.
struct Token {
    path: String,
    account: Option<String>,
}

impl<'a> Risk<'a> {
    fn begin(database: &'a Database) -> Self {
        let bank = database.start(FREELY);
        let address = Mutex::new(bank.address().to_owned());
        Self { database, bank: Mutex::new(Some(bank)), address, done: AtomicBool::new(false) }
    }

    fn kill_again_and_again(&self) -> usize {
        let mut kills = 0;
        while !self.done.load(Ordering::Relaxed) {
            // From at once to well into an exchange.
            thread::sleep(Duration::from_micros(Rand::below(40_000)));
            *self.bank.lock().unwrap() = None;
            let bank = self.database.start(FREELY);
            *self.address.lock().unwrap() = bank.address().to_owned();
            *self.bank.lock().unwrap() = Some(bank);
            kills += 1;
        }
        kills
    }

    /// Enrols a token, however often it takes.
    fn enrol(&self, with_code: bool) -> Token {
        let account = with_code.then(|| format!("c-{}", Rand::below(1_000_000_000)));
        let (link, open) = loop {
            let body = json!({ "account_ref": account });
            let answer = self.exchange(&self.api("POST", "/v1/activations").json(&body));
            if let Some(answer) = answer {
                break links(&answer);
            }
        };
        let mut pending = begin(if with_code { &link } else { &open });
        let issued = loop {
            // A token that is killed has what it wrote down.
            pending = Pending::decode(&pending.encode()).unwrap();
            if let Some(answer) = self.exchange(&enrol(&pending)) {
                assert_eq!(answer.status, 200, "{answer:?}");
                break pending.take_answer(&answer.bytes).unwrap();
            }
        };
        loop {
            pending = Pending::decode(&pending.encode()).unwrap();
            let issued = pending.issued().unwrap().unwrap();
            let (request, awaited) = confirmation(&pending, &issued, now());
            if let Some(answer) = self.exchange(&request) {
                let judgement = awaited.read_verdict(&issued, &answer.bytes).unwrap();
                assert_eq!(judgement.verdict, Verdict::Confirmed);
                break;
            }
        }
        Token { path: path_of(&issued), account }
    }

    /// An answer, if nothing went wrong: half of the time something does.
    fn exchange(&self, request: &Request) -> Option<Answer> {
        let address = self.address.lock().unwrap().clone();
        let bytes = request.bytes();
        match Rand::below(6) {
            // Cut anywhere, the last byte among them.
            0 => Connection::cut(&address, &bytes[..Rand::below(bytes.len() as u64) as usize]),
            // All of it arrives, and nobody hears the answer.
            1 => Connection::cut(&address, &bytes),
            // The answer is lost; the service has carried it out.
            2 => drop(Connection::risk(&address, request)),
            _ => return Connection::risk(&address, request).filter(|answer| answer.status != 503),
        }
        None
    }

    fn api(&self, method: &str, path: &str) -> Request {
        let key = format!("Bearer {}", self.database.api_key);
        Request::new(method, path).header("Authorization", &key)
    }
}

mod rand {
    use super::{Random, RandomFailed, SystemRandom};

    /// Randomness whose first bytes, an enrolment's ID, are always the same.
    pub struct Rand(std::sync::Mutex<Option<[u8; 16]>>);

    impl Rand {
        pub fn of_one_id() -> Self {
            Self(std::sync::Mutex::new(Some([7; 16])))
        }

        pub fn of_another_id() -> Self {
            Self(std::sync::Mutex::new(Some([8; 16])))
        }

        /// A number below `bound`, near enough to evenly.
        pub fn below(bound: u64) -> u64 {
            let mut bytes = [0; 8];
            SystemRandom::new().fill(&mut bytes).unwrap();
            u64::from_le_bytes(bytes) % bound
        }
    }

    impl Random for Rand {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomFailed> {
            match self.0.lock().unwrap().take() {
                Some(id) => {
                    bytes.copy_from_slice(&id);
                    Ok(())
                }
                None => SystemRandom::new().fill(bytes),
            }
        }
    }
}
