//! What time it is, over HTTP: told to a token whose credential is confirmed, and to nobody else.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]
#![allow(unreachable_pub)]

#[path = "support/in_process.rs"]
mod in_process;
mod support;
#[path = "support/time.rs"]
mod time;
#[path = "support/token.rs"]
mod token;

use std::{thread, time::Duration};

use serde_json::json;
use support::{
    Bank, Database, WRONG, code,
    http::{Answer, Connection, Request},
    on_both,
};
use time::{Asking, octets};
use token::{activation, begin, confirm, confirmation, enrol, enrolled, now, path_of};
use warifu::provision::enrol::{Issued, Verdict};

#[test]
fn a_token_is_told_the_time_between_two_readings_of_the_clock() {
    on_both(|database| {
        let bank = database.start(&[]);
        let asking = Asking::of(&confirmed(&bank));
        let told = |asking: &Asking| {
            let before = now().0;
            let answer = asking.request().send(bank.address());
            let after = now().0;
            let (received, sent) = asking.stamps(&answer);
            let in_order = [before, received, sent, after].is_sorted();
            assert!(in_order, "{}: {before} {received} {sent} {after}", database.name());
            assert!(answer.head.contains("cache-control: no-store"), "{answer:?}");
            received
        };
        let first = told(&asking);
        // Nothing is kept: the same message is answered again, with the time of then.
        thread::sleep(Duration::from_millis(5));
        assert!(told(&asking) > first);
        told(&Asking::of(&confirmed(&bank)));
    });
}

/// Whoever stands in between could else have a stamp from before the token made its message.
#[test]
fn a_message_is_received_when_its_last_byte_is_there() {
    let database = Database::sqlite();
    let bank = database.start(&[]);
    let asking = Asking::of(&confirmed(&bank));
    let bytes = asking.request().bytes();
    for held_back in [1, 40, asking.message.len()] {
        let (early, rest) = bytes.split_at(bytes.len() - held_back);
        let mut connection = Connection::to(bank.address());
        connection.send(early);
        // Answered only once the service has read that much of the first.
        assert_eq!(bank.get("/health").status, 200);
        thread::sleep(Duration::from_millis(50));
        let before = now().0;
        connection.send(rest);
        let (received, _) = asking.stamps(&connection.answer().unwrap());
        assert!(received >= before, "{held_back}: {received} {before}");
    }
}

/// A verdict is a sample of the token's clock like any other answer.
#[test]
fn a_verdict_tells_a_time_at_which_the_whole_message_was_there() {
    let database = Database::sqlite();
    let bank = database.start(&[]);
    let (link, _) = activation(&bank, None);
    let (pending, issued) = enrolled(&link, bank.address());
    let (request, awaited) = confirmation(&pending, &issued, now());
    let bytes = request.bytes();
    let (early, rest) = bytes.split_at(bytes.len() - 40);
    let mut connection = Connection::to(bank.address());
    connection.send(early);
    assert_eq!(bank.get("/health").status, 200);
    thread::sleep(Duration::from_millis(50));
    let before = now().0;
    connection.send(rest);
    let answer = connection.answer().unwrap();
    let judged = awaited.read_verdict(&issued, &answer.bytes).unwrap();
    assert_eq!(judged.verdict, Verdict::Confirmed);
    assert!(judged.service_time.0 >= before, "{} {before}", judged.service_time.0);
}

#[test]
fn whoever_may_not_have_the_time_is_told_one_and_the_same() {
    on_both(|database| {
        let bank = database.start(&[]);
        let (link, _) = activation(&bank, None);
        let (pending, unconfirmed) = enrolled(&link, bank.address());
        let issued = confirmed(&bank);
        let revoked = confirmed(&bank);
        assert_eq!(act(&bank, &revoked, "revoke").status, 200);
        bank.import_confirmed("OTHER001");
        let id = issued.credential_id().unwrap().as_str();
        let mut flipped = Asking::of(&issued).message;
        *flipped.last_mut().unwrap() ^= 1;
        let messages = [
            ("not known", Asking::new("WRFU00000000", &[7; 32]).message),
            ("without a device key", Asking::new("OTHER001", &[7; 32]).message),
            ("not confirmed", Asking::of(&unconfirmed).message),
            ("revoked", Asking::of(&revoked).message),
            ("another key", Asking::new(id, &[7; 32]).message),
            ("a wrong MAC", flipped),
        ];
        for (what, message) in messages {
            let answer = octets(&message).send(bank.address());
            assert_eq!((answer.status, answer.body.as_str()), (404, ""), "{what}");
            assert_eq!(
                headers(&answer),
                ["cache-control: no-store", "content-length: 0"],
                "{what}"
            );
        }
        // And once it is confirmed it has the time.
        assert_eq!(confirm(&pending, &unconfirmed, bank.address()), Verdict::Confirmed);
        for issued in [&unconfirmed, &issued] {
            let asking = Asking::of(issued);
            asking.stamps(&asking.request().send(bank.address()));
        }
    });
}

#[test]
fn a_credential_that_is_locked_or_suspended_is_told_the_time() {
    let database = Database::sqlite();
    let bank = database.start(&["--no-waits"]);
    let (locked, suspended) = (confirmed(&bank), confirmed(&bank));
    for _ in 0..10 {
        bank.post(&format!("{}/verify", path_of(&locked)), &code(WRONG));
    }
    act(&bank, &suspended, "suspend");
    for (issued, status) in [(locked, "locked"), (suspended, "suspended")] {
        assert_eq!(bank.get(&path_of(&issued)).json()["status"], status);
        let asking = Asking::of(&issued);
        asking.stamps(&asking.request().send(bank.address()));
    }
}

#[test]
fn a_token_is_told_the_time_while_its_keys_are_sealed_anew_and_after() {
    on_both(|database| {
        let bank = database.start(&["--time-per-minute", "1000000"]);
        let asking = Asking::of(&confirmed(&bank));
        thread::scope(|scope| {
            let rotation = scope.spawn(|| {
                let mut rotate = database.command(&["keys", "rotate"]);
                (0..3).all(|_| rotate.output().unwrap().status.success())
            });
            while !rotation.is_finished() {
                asking.stamps(&asking.request().send(bank.address()));
            }
            assert!(rotation.join().unwrap());
        });
        asking.stamps(&asking.request().send(bank.address()));
    });
}

#[test]
fn an_address_may_ask_so_often_and_that_is_counted_apart_from_enrolments() {
    let database = Database::sqlite();
    let bank = database.start(&["--time-per-minute", "3", "--enrol-per-minute", "1"]);
    let asking = Asking::of(&confirmed(&bank));
    let unknown = Asking::new("WRFU00000000", &[7; 32]);
    // Each that can be read counts, whether it is answered or not.
    let statuses = [&asking, &unknown, &asking, &asking, &unknown]
        .map(|asking| asking.request().send(bank.address()).status);
    assert_eq!(statuses, [200, 404, 200, 429, 429]);
    let refused = asking.request().send(bank.address());
    let wait = refused.head.lines().find_map(|line| line.strip_prefix("retry-after: "));
    assert!((1..=60).contains(&wait.unwrap().parse::<u8>().unwrap()), "{refused:?}");
    let (_, open) = activation(&bank, None);
    let statuses = [(); 2].map(|()| enrol(&begin(&open)).send(bank.address()).status);
    assert_eq!(statuses, [200, 429]);
}

#[test]
fn of_those_who_ask_at_once_no_more_are_told_than_in_turn() {
    let database = Database::sqlite();
    let bank = database.start(&["--time-per-minute", "5"]);
    let asking = Asking::of(&confirmed(&bank));
    let answers = bank.at_once((0..40).map(|_| asking.request()).collect());
    let (told, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    for answer in &told {
        asking.stamps(answer);
    }
    assert!(refused.iter().all(|answer| answer.status == 429), "{refused:?}");
    assert_eq!((told.len(), refused.len()), (5, 35));
}

#[test]
fn a_message_that_is_none_gets_a_status() {
    let database = Database::sqlite();
    let bank = database.start(&[]);
    let message = Asking::of(&confirmed(&bank)).message;
    let longer = |more: usize| [message.as_slice(), &vec![0; more]].concat();
    for (request, status) in [
        (octets(&[]), 400),
        (octets(&message[..message.len() - 1]), 400),
        (octets(&longer(1)), 400),
        (octets(&longer(82 - message.len())), 400),
        (octets(&longer(83 - message.len())), 413),
        (octets(&longer(1 << 20)), 413),
        (Request::new("POST", "/token/time").body(&message), 415),
        (Request::new("GET", "/token/time"), 405),
    ] {
        assert_eq!(request.send(bank.address()).status, status);
    }
    let refused = octets(&Asking::new("WRFU00000000", &[7; 32]).message);
    assert_eq!(refused.send(bank.address()).status, 404);
    assert_eq!(octets(&message).send(bank.address()).status, 200);
    let log = bank.log();
    for told in ["malformed", "unknown_credential", "time"] {
        assert!(log.contains(&format!("\"told\":\"{told}\"")), "{told}: {log}");
    }
}

#[test]
fn the_stamps_are_two_readings_and_a_clock_that_steps_back_between_them_tells_nothing() {
    let database = Database::sqlite();
    let asking = Asking::of(&confirmed(&database.start(&[])));
    let year_3000 = 32_503_680_000_000;
    for (readings, told) in [
        ([7, 9], Some((7, 9))),
        ([year_3000, year_3000], Some((year_3000, year_3000))),
        ([9, 7], None),
        ([year_3000, -1], None),
    ] {
        let answer =
            in_process::with_clock(&database, readings, |address| asking.request().send(address));
        match told {
            Some(stamps) => assert_eq!(asking.stamps(&answer), stamps),
            None => assert_eq!((answer.status, answer.bytes.len()), (503, 0)),
        }
    }
}

/// A credential that a token has enrolled and confirmed.
fn confirmed(bank: &Bank) -> Issued {
    let (link, _) = activation(bank, None);
    let (pending, issued) = enrolled(&link, bank.address());
    assert_eq!(confirm(&pending, &issued, bank.address()), Verdict::Confirmed);
    issued
}

fn act(bank: &Bank, issued: &Issued, act: &str) -> Answer {
    bank.post(&format!("{}/{act}", path_of(issued)), &json!({}))
}

/// All but those that differ each time.
fn headers(answer: &Answer) -> Vec<&str> {
    let of_each_time = ["x-request-id: ", "date: ", "connection: "];
    let mut headers: Vec<&str> = answer
        .head
        .lines()
        .skip(1)
        .filter(|line| !of_each_time.iter().any(|name| line.starts_with(name)))
        .collect();
    headers.sort_unstable();
    headers
}
