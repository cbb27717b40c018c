//! Simulated years of logins: people who take their time, and clocks that run wrong. Everybody is let
//! in at every login, if need be by a resync; what is bounded is how often that is needed. The bounds
//! are one and a half times to twice the worst of thousands of years (`docs/verifier.md`), so that no
//! chance breaks them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on is to stop"
)]

#[path = "support/person.rs"]
mod person;
#[path = "support/token.rs"]
mod token;

use person::{BEGIN, DAY, Habit, Person, SECOND, run_off};
use proptest::{prelude::*, test_runner::FileFailurePersistence};

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 16,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    /// The clock may be up to 9 s slow: with 20 s of typing that is still less than a step. Or up to
    /// 29 s fast.
    #[test]
    fn people_who_type_for_20_s_are_never_refused_nor_taken_for_a_wrong_clock(
        ahead in -9 * SECOND..=29 * SECOND, habit in habit(), chance: u64,
    ) {
        let mut person = Person::new(habit, chance);
        for day in 0..365 {
            for part in 0..2 {
                let at = BEGIN + day * DAY + part * DAY / 2 + person.chance(DAY / 4);
                person.log_in(at, ahead).map_err(TestCaseError::fail)?;
                // At once again: the code shown is spent, so the next one is waited for.
                person.log_in(at + SECOND, ahead).map_err(TestCaseError::fail)?;
                prop_assert_eq!(person.state.drift(), None);
            }
        }
        prop_assert_eq!(person.resyncs, 0);
    }

    #[test]
    fn a_clock_that_runs_off_by_up_to_9_ppm_is_followed_for_a_year(
        ppm in -9_000_i64..=9_000, habit in habit(), chance: u64,
    ) {
        let mut person = Person::new(habit, chance);
        for day in 0..365 {
            let at = BEGIN + day * DAY + person.chance(DAY / 2);
            person.log_in(at, run_off(ppm, day)).map_err(TestCaseError::fail)?;
        }
        prop_assert!(person.resyncs <= if habit == Habit::Waiting { 16 } else { 60 }, "{} resyncs", person.resyncs);
    }

    /// In 30 days such a clock runs off by almost nine steps.
    #[test]
    fn a_clock_that_runs_off_by_up_to_100_ppm_is_followed_if_it_is_set_right_each_month(
        ppm in -100_000_i64..=100_000, habit in habit(), chance: u64,
    ) {
        let mut person = Person::new(habit, chance);
        for day in 0..365 {
            let at = BEGIN + day * DAY + person.chance(DAY / 2);
            person.log_in(at, run_off(ppm, day % 30)).map_err(TestCaseError::fail)?;
        }
        prop_assert!(person.resyncs <= if habit == Habit::Waiting { 80 } else { 120 }, "{} resyncs", person.resyncs);
    }

    #[test]
    fn a_clock_that_is_off_by_minutes_is_resynced_and_then_followed(
        ahead in minutes(), habit in habit(), chance: u64,
    ) {
        let mut person = Person::new(habit, chance);
        for day in 0..365 {
            let at = BEGIN + day * DAY + person.chance(DAY / 2);
            person.log_in(at, ahead).map_err(TestCaseError::fail)?;
        }
        prop_assert!((1..=5).contains(&person.resyncs), "{} resyncs", person.resyncs);
    }

    /// The awkward clocks: part of what they show lies in the plain window, so what was learned is not
    /// always borne out, and is forgotten at times.
    #[test]
    fn a_clock_that_is_off_by_a_minute_or_so_is_let_in_and_is_resynced_now_and_then(
        ahead in just_off(), habit in habit(), chance: u64,
    ) {
        let mut person = Person::new(habit, chance);
        for day in 0..365 {
            let at = BEGIN + day * DAY + person.chance(DAY / 2);
            person.log_in(at, ahead).map_err(TestCaseError::fail)?;
        }
        prop_assert!(person.resyncs <= if habit == Habit::Waiting { 30 } else { 140 }, "{} resyncs", person.resyncs);
    }

    #[test]
    fn who_logs_in_once_a_month_with_such_a_clock_is_let_in_too(
        ahead in just_off(), habit in habit(), chance: u64,
    ) {
        let mut person = Person::new(habit, chance);
        let mut at = BEGIN;
        for _ in 0..120 {
            at += 28 * DAY + person.chance(8 * DAY);
            person.log_in(at, ahead).map_err(TestCaseError::fail)?;
        }
        prop_assert!(person.resyncs <= if habit == Habit::Waiting { 75 } else { 120 }, "{} resyncs", person.resyncs);
    }

    #[test]
    fn who_logs_in_once_a_month_keeps_what_was_learned_of_a_clock_that_is_off_by_minutes(
        ahead in minutes(), habit in habit(), chance: u64,
    ) {
        let mut person = Person::new(habit, chance);
        let mut at = BEGIN;
        for _ in 0..120 {
            at += 28 * DAY + person.chance(8 * DAY);
            person.log_in(at, ahead).map_err(TestCaseError::fail)?;
        }
        prop_assert!((1..=5).contains(&person.resyncs), "{} resyncs", person.resyncs);
    }
}

fn habit() -> impl Strategy<Value = Habit> {
    prop::sample::select(vec![Habit::AtOnce, Habit::Waiting])
}

/// Out of the plain window at times, and at others within it.
fn just_off() -> impl Strategy<Value = i64> {
    prop_oneof![-95 * SECOND..=-9 * SECOND, 29 * SECOND..=95 * SECOND]
}

/// One and a half to almost five minutes, either way: beyond what the window holds without a drift.
fn minutes() -> impl Strategy<Value = i64> {
    (95 * SECOND..=285 * SECOND, any::<bool>())
        .prop_map(|(ahead, slow)| if slow { -ahead } else { ahead })
}
