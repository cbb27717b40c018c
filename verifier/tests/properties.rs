//! Properties that hold for any sequence of calls: single use, no more guesses than the rules allow,
//! and the same judgement as a judge of its own gives.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on is to stop"
)]

#[path = "support/bank.rs"]
mod bank;
#[path = "support/guess.rs"]
mod guess;
#[path = "support/oracle.rs"]
mod oracle;
#[path = "support/token.rs"]
mod token;

use std::collections::{HashMap, HashSet};

use bank::{BASE, Bank, Call, PERIOD_MS};
use oracle::{Judgement, Oracle};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{FileFailurePersistence, TestRunner},
};
use token::{KEY, TOTP, Token, seed, typed};
use warifu::{
    credential::Generator,
    otp::{Algorithm, Digits},
    time::UnixMillis,
};
use warifu_verifier::{MAX_DRIFT, Row, Rules, State, Status, TypedCode, Verdict, Verifier, Waits};

const HOTP: Generator =
    Generator::Hotp { algorithm: Algorithm::Sha1, digits: Digits::SIX, counter: 0 };

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 192,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_sequence_of_calls_accepts_a_step_twice(
        time_based: bool, calls in prop::collection::vec(call(), 1..60),
    ) {
        let generator = if time_based { TOTP } else { HOTP };
        let mut bank = Bank::new(generator);
        // Step or counter, and whether it came alone or as the second of two.
        let mut last: Option<u64> = None;
        for call in &calls {
            let Some(verdict) = bank.make(call) else { continue };
            if let Verdict::Accepted(accepted) = verdict {
                let first = accepted.factor() - u64::from(matches!(call, Call::Resync { .. }));
                prop_assert!(last.is_none_or(|last| first > last), "{last:?}, then {first}");
                last = Some(accepted.factor());
                prop_assert_eq!(bank.state.spent(), last);
            }
            let drift = bank.state.drift().map_or(0, |drift| drift.steps());
            prop_assert!(drift.unsigned_abs() <= MAX_DRIFT);
            prop_assert!(time_based || drift == 0);
        }
    }

    #[test]
    fn only_an_active_credential_is_judged_and_only_a_confirmed_one_is_accepted(
        time_based: bool, calls in prop::collection::vec(call(), 1..60),
    ) {
        let mut bank = Bank::new(if time_based { TOTP } else { HOTP });
        let mut confirmed = false;
        for call in &calls {
            let status = bank.state.status();
            let Some(verdict) = bank.make(call) else { continue };
            let is_confirm = matches!(call, Call::Confirm { .. });
            let judged = verdict.is_accepted() || verdict.is_failure() || verdict == Verdict::Replayed;
            if judged {
                let wanted = if is_confirm { Status::NotConfirmed } else { Status::Active };
                prop_assert_eq!(status, wanted);
                prop_assert_eq!(confirmed, !is_confirm);
            }
            confirmed |= verdict.is_accepted();
            prop_assert!(confirmed || bank.state.status() != Status::Active);
        }
    }

    #[test]
    fn the_window_is_what_the_page_says(
        time_based: bool, rules in rules(), place in place(), at_ms in 0..PERIOD_MS,
        spent in prop::option::of(-40_i64..40),
        sighted in prop::collection::btree_set(-40_i64..40, 0..=16),
        drift in -10_i8..=10, days in -500_i64..500, of in offset(), second in 0_i64..3,
    ) {
        let (token, seed) = (Token::new(), seed());
        let generator = if time_based { TOTP } else { HOTP };
        let base = if time_based { BASE } else { 50 + place };
        let now_ms = BASE * PERIOD_MS + at_ms;
        let factor = |offset: i64| (base + offset).unsigned_abs();
        let has_drift = time_based && drift != 0;
        let issued = Row { spent: spent.map(factor), ..Row::default() };
        // What confirmed it is spent, however long ago.
        let confirmed = Row {
            confirmed: true,
            spent: Some(spent.map_or(0, factor)),
            sighted: sighted.into_iter().filter(|sighted| Some(*sighted) > spent).map(factor).collect(),
            drift: if has_drift { drift } else { 0 },
            drift_confirmed_at: has_drift.then_some(now_ms - days * 86_400_000),
            ..Row::default()
        };
        let of = if time_based { of } else { of + spent.unwrap_or(-base) };
        prop_assume!(base + of >= 0);
        let digits = token.digits(factor(of));
        let second = token.digits(factor(of) + second.unsigned_abs());
        let verifier = Verifier::new(&generator, &seed, &rules);
        let now = UnixMillis(now_ms);
        for row in [confirmed, issued] {
            let state = State::try_from(row.clone()).unwrap();
            let now_step = time_based.then_some(BASE);
            let oracle = Oracle { token: &token, rules: &rules, row: &row, now_step, now_ms };
            if row.confirmed {
                let (verdict, next) = verifier.verify(&state, &typed(&digits), now);
                prop_assert_eq!(judgement(&verdict, &next), oracle.verify(&digits));
                let (verdict, next) =
                    verifier.resync(&state, &typed(&digits), &typed(&second), now);
                prop_assert_eq!(judgement(&verdict, &next), oracle.resync(&digits, &second));
            } else {
                let (verdict, next) = verifier.confirm(&state, &typed(&digits), now);
                prop_assert_eq!(judgement(&verdict, &next), oracle.confirm(&digits));
            }
        }
    }

    #[test]
    fn a_code_that_gave_out_of_sync_is_never_accepted_alone_afterwards(
        time_based: bool, codes in prop::collection::vec((0_i64..24, between()), 1..80),
    ) {
        let mut bank = Bank::new(if time_based { TOTP } else { HOTP });
        let rules = Rules::builder().resync_window(12).failures_until_locked(100).waits(Waits::OFF);
        bank.rules = rules.build().unwrap();
        let confirmed = bank.make(&Call::Confirm { of: 0 }).unwrap();
        prop_assert!(confirmed.is_accepted());
        let first = bank.factor(0);
        let mut sighted = HashSet::new();
        for (place, between) in codes {
            bank.make(&between);
            // The same few codes again and again, wherever the time or the counter stands by now.
            let factor = first + place.unsigned_abs();
            let (row, digits) = (Row::from(&bank.state), bank.token.digits(factor));
            let now_step = time_based.then(|| bank.now_ms.div_euclid(PERIOD_MS));
            let sights = {
                let (token, rules, now_ms) = (&bank.token, &bank.rules, bank.now_ms);
                Oracle { token, rules, row: &row, now_step, now_ms }.sights(&digits)
            };
            let of = factor.cast_signed() - bank.factor(0).cast_signed();
            match bank.make(&Call::Verify { of }).unwrap() {
                Verdict::OutOfSync { .. } => sighted.extend(sights),
                Verdict::Accepted(accepted) => {
                    prop_assert!(!sighted.contains(&accepted.factor()), "{}", accepted.factor());
                }
                _ => {}
            }
        }
    }

    #[test]
    fn no_more_guesses_are_judged_than_the_rules_allow(
        limit in 1_u8..=100, off: bool, pauses in prop::collection::vec(pause(), 1..150), resync: bool,
    ) {
        let waits = if off { Waits::OFF } else { Waits::default() };
        let rules = Rules::builder().failures_until_locked(limit).waits(waits).build().unwrap();
        let mut bank = Bank::new(TOTP);
        bank.rules = rules;
        let verdict = bank.make(&Call::Confirm { of: 0 }).unwrap();
        prop_assert!(verdict.is_accepted());
        // The page's own words: none after two, 30 s after the third, doubling up to an hour.
        let wait = |failures: u32| match failures {
            _ if off => 0,
            0..=2 => 0,
            _ => (30_000_i64 << (failures - 3).min(10)).min(3_600_000),
        };
        let (mut judged, mut earliest) = (0_u32, i64::MIN);
        for pause in pauses {
            bank.now_ms += pause;
            // A clock that goes back must not keep anybody waiting for longer than the rules say.
            earliest = earliest.min(bank.now_ms + wait(judged));
            let guess = if resync { Call::WrongTwo } else { Call::Wrong };
            let verdict = bank.make(&guess).unwrap();
            if judged == u32::from(limit) {
                prop_assert_eq!(verdict, Verdict::Locked);
            } else if bank.now_ms < earliest {
                prop_assert_eq!(verdict, Verdict::TooSoon { until: UnixMillis(earliest) });
            } else {
                judged += 1;
                let left = limit - u8::try_from(judged).unwrap();
                prop_assert_eq!(verdict, Verdict::Wrong { left });
                earliest = bank.now_ms + wait(judged);
            }
        }
    }

    #[test]
    fn a_replay_is_right_but_for_being_dead_and_changes_nothing(calls in prop::collection::vec(call(), 1..60)) {
        let mut bank = Bank::new(TOTP);
        for call in &calls {
            let before = bank.state.clone();
            let verdict = bank.make(call);
            let Call::Verify { of } = call else { continue };
            if verdict == Some(Verdict::Replayed) {
                let fresh = Row { spent: Some(0), sighted: vec![], ..Row::from(&before) };
                let fresh = State::try_from(fresh).unwrap();
                let verifier = Verifier::new(&bank.generator, &bank.seed, &bank.rules);
                let code = bank.token.code(bank.factor(*of));
                let (verdict, _) = verifier.verify(&fresh, &code, UnixMillis(bank.now_ms));
                prop_assert!(verdict.is_accepted());
                prop_assert_eq!(&bank.state, &before);
            }
        }
    }
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader_of_codes_and_none_is_shown(
        text in "([0-9０-９ 　ー-]|\\PC){0,12}", digits in 6_u8..=10,
    ) {
        let digits = Digits::new(digits).unwrap();
        let said = TypedCode::new(&text, digits);
        let read = text.chars().filter(|c| matches!(c, '0'..='9' | '０'..='９')).count();
        prop_assert!(said.is_err() || read == usize::from(digits.count()));
        let shown = format!("{said:?}");
        prop_assert!(!shown.contains(|c: char| c.is_ascii_digit()), "{}", shown);
    }
}

/// Else the properties above could hold of nothing.
#[test]
fn the_sequences_of_calls_reach_every_verdict() {
    let mut runner = TestRunner::deterministic();
    let mut seen: HashMap<_, u32> = HashMap::new();
    for _ in 0..300 {
        let calls = prop::collection::vec(call(), 60).new_tree(&mut runner).unwrap().current();
        let mut bank = Bank::new(TOTP);
        for verdict in calls.iter().filter_map(|call| bank.make(call)) {
            *seen.entry(std::mem::discriminant(&verdict)).or_default() += 1;
        }
    }
    // All but revoked.
    assert_eq!(seen.len(), 9);
    assert!(seen.values().all(|times| *times > 30), "{:?}", seen.values());
}

#[test]
fn with_the_waits_off_exactly_the_limit_is_judged() {
    for limit in [1, 10, 100] {
        let mut bank = Bank::new(TOTP);
        let builder = Rules::builder().failures_until_locked(limit).waits(Waits::OFF);
        bank.rules = builder.build().unwrap();
        assert!(bank.make(&Call::Confirm { of: 0 }).unwrap().is_accepted());
        let verdicts: Vec<Verdict> = (0..300).map(|_| bank.make(&Call::Wrong).unwrap()).collect();
        let judged = verdicts.iter().filter(|verdict| verdict.is_failure()).count();
        assert_eq!(judged, usize::from(limit));
        let after = verdicts.iter().skip(judged);
        assert!(after.clone().all(|verdict| *verdict == Verdict::Locked));
        assert_eq!(after.count(), 300 - judged);
    }
}

#[test]
fn nothing_that_is_printed_shows_the_code_or_the_seed() {
    let (rules, seed, code) = (Rules::default(), seed(), Token::new().code(7));
    let verifier = Verifier::new(&TOTP, &seed, &rules);
    let (verdict, state) = verifier.confirm(&State::new(&TOTP), &code, UnixMillis(7 * PERIOD_MS));
    let printed = format!("{verifier:?} {code:?} {verdict:?} {state:?} {:?}", Row::from(&state));
    let digits = Token::new().digits(7);
    assert!(!printed.contains(&digits), "{printed}");
    let hex: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    for secret in [std::str::from_utf8(KEY).unwrap(), &hex, "49, 50, 51", "[49"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        8 => offset().prop_map(|of| Call::Verify { of }),
        3 => offset().prop_map(|of| Call::Resync { of }),
        2 => offset().prop_map(|of| Call::Confirm { of }),
        1 => Just(Call::Wrong),
        1 => Just(Call::WrongTwo),
        1 => Just(Call::Suspend),
        2 => Just(Call::Resume),
        3 => Just(Call::Unlock),
        6 => (-3 * PERIOD_MS..4 * PERIOD_MS).prop_map(Call::Time),
        1 => (-200 * 86_400_000_i64..200 * 86_400_000).prop_map(Call::Time),
        1 => rules().prop_map(Call::Rules),
    ]
}

/// What happens between two codes: mostly time, back and forth.
fn between() -> impl Strategy<Value = Call> {
    prop_oneof![
        6 => (-2 * PERIOD_MS..3 * PERIOD_MS).prop_map(Call::Time),
        2 => Just(Call::Unlock),
        1 => (0_i64..=14).prop_map(|of| Call::Resync { of }),
    ]
}

/// Mostly near, and out to where no window reaches.
fn offset() -> impl Strategy<Value = i64> {
    prop_oneof![4 => -2_i64..=3, 3 => -14_i64..=14, 1 => -130_i64..=130]
}

/// Where a counter stands.
fn place() -> impl Strategy<Value = i64> {
    prop::sample::select(vec![0, 1_000, 1_000_000])
}

fn rules() -> impl Strategy<Value = Rules> {
    (1_u8..=10, 12_u16..=60, 0_u16..=10, 11_u16..=120, 1_u8..=100, any::<bool>()).prop_map(
        |(window, wide, ahead, far_ahead, failures, off)| {
            Rules::builder()
                .window(window)
                .resync_window(wide)
                .look_ahead(ahead)
                .resync_look_ahead(far_ahead)
                .failures_until_locked(failures)
                .waits(if off { Waits::OFF } else { Waits::default() })
                .build()
                .unwrap()
        },
    )
}

/// Between two guesses: none, seconds, minutes, and a clock that goes back.
fn pause() -> impl Strategy<Value = i64> {
    let hour = 3_600_000_i64;
    prop_oneof![3 => Just(0), 4 => 0..90_000_i64, 6 => 0..2 * hour, 1 => -3 * hour..0]
}

fn judgement(verdict: &Verdict, next: &State) -> Judgement {
    match verdict {
        Verdict::Accepted(accepted) => Judgement::Accepted(accepted.factor()),
        Verdict::Replayed => Judgement::Replayed,
        Verdict::OutOfSync { .. } => Judgement::OutOfSync(Row::from(next).sighted),
        Verdict::Wrong { .. } => Judgement::Wrong,
        other => panic!("{other:?}"),
    }
}
