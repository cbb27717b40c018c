//! Many requests at once, by the order of work that `docs/verifier.md` gives: read, judge, store only
//! in place of what was read, else judge anew.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on is to stop"
)]

#[path = "support/guess.rs"]
mod guess;
#[path = "support/token.rs"]
mod token;

use std::{
    sync::{Barrier, Mutex},
    thread,
};

use guess::wrong;
use token::{TOTP, Token, seed};
use warifu::time::UnixMillis;
use warifu_verifier::{Row, Rules, State, TypedCode, Verdict, Verifier, Waits};

const REQUESTS: usize = 64;
const STEP: u64 = 60_000_000;
const NOW: UnixMillis = UnixMillis::from_secs(1_800_000_000);

#[test]
fn of_64_requests_with_one_right_code_exactly_one_wins() {
    let verdicts = at_once(&Rules::default(), &Token::new().code(STEP), &confirmed());
    let won = verdicts.iter().filter(|verdict| verdict.is_accepted()).count();
    let replays = verdicts.iter().filter(|verdict| **verdict == Verdict::Replayed).count();
    assert_eq!((won, replays), (1, REQUESTS - 1));
}

#[test]
fn of_64_wrong_codes_each_that_is_judged_is_counted_and_no_more_than_the_limit() {
    let rules = Rules::builder().waits(Waits::OFF).build().unwrap();
    let table = confirmed();
    let verdicts = at_once(&rules, &wrong(STEP), &table);
    let mut left: Vec<u8> = verdicts
        .iter()
        .filter_map(|verdict| match verdict {
            Verdict::Wrong { left } => Some(*left),
            _ => None,
        })
        .collect();
    left.sort_unstable();
    assert_eq!(left, (0..10).collect::<Vec<u8>>());
    let locked = verdicts.iter().filter(|verdict| **verdict == Verdict::Locked).count();
    assert_eq!(locked, REQUESTS - 10);
    assert_eq!(table.lock().unwrap().1.failures, 10);
}

#[test]
fn with_the_waits_on_the_third_of_64_wrong_codes_is_the_last_that_is_judged() {
    let table = confirmed();
    let verdicts = at_once(&Rules::default(), &wrong(STEP), &table);
    let judged = verdicts.iter().filter(|verdict| verdict.is_failure()).count();
    let until = UnixMillis(NOW.0 + 30_000);
    let too_soon =
        verdicts.iter().filter(|verdict| **verdict == Verdict::TooSoon { until }).count();
    assert_eq!((judged, too_soon), (3, REQUESTS - 3));
    assert_eq!(table.lock().unwrap().1.failures, 3);
}

/// A row and its version, as a table has them.
type Table = Mutex<(u64, Row)>;

fn confirmed() -> Table {
    Mutex::new((0, Row { confirmed: true, spent: Some(STEP - 100), ..Row::default() }))
}

/// The verdicts of as many requests with one code, all begun together.
fn at_once(rules: &Rules, code: &TypedCode, table: &Table) -> Vec<Verdict> {
    let (seed, begin) = (seed(), Barrier::new(REQUESTS));
    let verifier = Verifier::new(&TOTP, &seed, rules);
    thread::scope(|scope| {
        let request = || {
            begin.wait();
            judge(&verifier, code, table)
        };
        let requests: Vec<_> = (0..REQUESTS).map(|_| scope.spawn(request)).collect();
        requests.into_iter().map(|request| request.join().unwrap()).collect()
    })
}

fn judge(verifier: &Verifier<'_>, code: &TypedCode, table: &Table) -> Verdict {
    loop {
        let (version, row) = table.lock().unwrap().clone();
        let state = State::try_from(row).unwrap();
        let (verdict, next) = verifier.verify(&state, code, NOW);
        if next == state {
            return verdict;
        }
        // Others come between here.
        thread::yield_now();
        let mut stored = table.lock().unwrap();
        if stored.0 == version {
            *stored = (version + 1, Row::from(&next));
            return verdict;
        }
    }
}
