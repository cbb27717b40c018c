//! How many may enrol, and how often a code may be guessed: by address, and in all.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
#![allow(unreachable_pub)]

mod support;
#[path = "support/token.rs"]
mod token;

use support::Database;
use token::{activation, begin, count, enrol};
use warifu::provision::enrol::ActivationCode;

const MANY: usize = 64;

#[test]
fn open_enrolment_is_limited_and_can_be_closed() {
    let database = Database::sqlite();
    let bank = database.start(&["--enrol-per-minute", "5", "--enrol-waiting", "3"]);
    let (link, open) = activation(&bank, None);
    let statuses: Vec<u16> =
        (0..6).map(|_| enrol(&begin(&open)).send(bank.address()).status).collect();
    assert_eq!(statuses, [200, 200, 200, 429, 429, 429]);
    assert_eq!(count(&database, "credential"), 3);
    drop(bank);
    let bank = database.start(&["--closed"]);
    assert_eq!(enrol(&begin(&open)).send(bank.address()).status, 403);
    assert_eq!(enrol(&begin(&link)).send(bank.address()).status, 200);
}

#[test]
fn an_address_has_a_day_s_share_besides_that_of_a_minute() {
    let database = Database::sqlite();
    let bank = database.start(&["--enrol-per-minute", "5", "--enrol-per-day", "2"]);
    let (link, open) = activation(&bank, None);
    let statuses: Vec<u16> =
        (0..3).map(|_| enrol(&begin(&open)).send(bank.address()).status).collect();
    assert_eq!(statuses, [200, 200, 429]);
    // It keeps nobody out who has a good code.
    assert_eq!(enrol(&begin(&link)).send(bank.address()).status, 200);
}

#[test]
fn of_guesses_at_a_code_that_come_at_once_no_more_are_judged_than_in_turn() {
    const PER_MINUTE: usize = 5;
    let database = Database::sqlite();
    let bank = database.start(&["--enrol-per-minute", &PER_MINUTE.to_string()]);
    // Whoever has a good code counts for nothing.
    for _ in 0..4 * PER_MINUTE {
        let (link, _) = activation(&bank, None);
        assert_eq!(enrol(&begin(&link)).send(bank.address()).status, 200);
    }
    let (good, open) = activation(&bank, None);
    let guess = open.with_activation(ActivationCode::parse(b"1234567890123452").unwrap());
    let answers = bank.at_once((0..MANY).map(|_| enrol(&begin(&guess))).collect());
    let judged = answers.iter().filter(|answer| answer.status == 403).count();
    let refused = answers.iter().filter(|answer| answer.status == 429).count();
    assert_eq!((judged, refused), (PER_MINUTE, MANY - PER_MINUTE));
    assert_eq!(enrol(&begin(&good)).send(bank.address()).status, 429);
}
