//! Simulated years of logins: people who take their time, and clocks that run wrong.
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

use person::{BEGIN, DAY, Habit, Person, SECOND};
use proptest::prelude::*;

/// Parts per million of a day, in ms.
fn run_off(ppm: f64, days: i64) -> i64 {
    (ppm * 1e-6 * (days * DAY) as f64) as i64
}

#[test]
fn measure() {
    for habit in [Habit::AtOnce, Habit::Waiting] {
        for ppm in [-100.0, -50., -9.0, -5., -1., 1., 5., 9.0, 50., 100.0] {
            let every = if f64::abs(ppm) > 9.0 { 30 } else { 100000 };
            let mut worst = 0;
            let mut sum = 0;
            for seed in 0..20 {
                let mut person = Person::new(habit, 77 * seed + 1);
                for day in 0..365 {
                    let at = BEGIN + day * DAY + person.chance(DAY / 2);
                    if let Err(why) = person.log_in(at, run_off(ppm, day % every)) {
                        panic!("{habit:?} {ppm} seed {seed} day {day} {why}");
                    }
                }
                worst = worst.max(person.resyncs);
                sum += person.resyncs;
            }
            println!("{habit:?} {ppm} worst {worst} mean {}", sum as f64 / 20.);
        }
        for k in -19..=19 {
            let ahead = k * 15 * SECOND + 7000;
            let (mut worst, mut sum, mut last) = (0, 0, 0);
            for seed in 0..20 {
                let mut person = Person::new(habit, 77 * seed + 1);
                for day in 0..365 {
                    let at = BEGIN + day * DAY + person.chance(DAY / 2);
                    let b = person.resyncs;
                    if let Err(why) = person.log_in(at, ahead) {
                        panic!("{habit:?} {k} seed {seed} day {day} {why}");
                    }
                    if b != person.resyncs {
                        last = last.max(day);
                    }
                }
                worst = worst.max(person.resyncs);
                sum += person.resyncs;
            }
            println!("{habit:?} const {ahead} worst {worst} mean {} last {last}", sum as f64 / 20.);
        }
    }
}
