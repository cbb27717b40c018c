//! How many resyncs a wrong clock takes in a year: the table in `docs/verifier.md`.
//!
//! `cargo run --release -p warifu-verifier --example years [YEARS]`
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a simulation that cannot go on is to stop"
)]

#[path = "../tests/support/person.rs"]
mod person;
#[path = "../tests/support/token.rs"]
mod token;

use person::{BEGIN, Chance, DAY, Habit, Person, SECOND, run_off};

fn main() {
    let years = std::env::args().nth(1).map_or(2_000, |years| years.parse().unwrap());
    let clocks = [
        ("9 s slow to 29 s fast", Clock::Off(-9, 29), Logins::Daily),
        ("10 to 30 s slow", Clock::Off(-30, -10), Logins::Daily),
        ("30 to 95 s slow", Clock::Off(-95, -30), Logins::Daily),
        ("29 to 95 s fast", Clock::Off(29, 95), Logins::Daily),
        ("95 to 285 s slow", Clock::Off(-285, -95), Logins::Daily),
        ("95 to 285 s fast", Clock::Off(95, 285), Logins::Daily),
        ("10 to 30 s slow, once a month, ten years", Clock::Off(-30, -10), Logins::Monthly),
        ("30 to 95 s slow, once a month, ten years", Clock::Off(-95, -30), Logins::Monthly),
        ("29 to 95 s fast, once a month, ten years", Clock::Off(29, 95), Logins::Monthly),
        ("95 to 285 s slow, once a month, ten years", Clock::Off(-285, -95), Logins::Monthly),
        ("95 to 285 s fast, once a month, ten years", Clock::Off(95, 285), Logins::Monthly),
        ("gains up to 9 ppm", Clock::Runs(1, 9, 365), Logins::Daily),
        ("loses up to 9 ppm", Clock::Runs(-9, -1, 365), Logins::Daily),
        ("gains up to 100 ppm, set right monthly", Clock::Runs(1, 100, 30), Logins::Daily),
        ("loses up to 100 ppm, set right monthly", Clock::Runs(-100, -1, 30), Logins::Daily),
    ];
    println!("{years} years each; resyncs in each: mean, 99 in 100, most");
    for (name, clock, logins) in clocks {
        for habit in [Habit::Waiting, Habit::AtOnce] {
            let mut resyncs: Vec<u32> =
                (1..=years).map(|seed| live(clock, logins, habit, seed)).collect();
            resyncs.sort_unstable();
            let sum: u64 = resyncs.iter().copied().map(u64::from).sum();
            let (mean, most) = (sum * 100 / years, resyncs.last().unwrap());
            let usual = resyncs[resyncs.len() * 99 / 100];
            println!("{name}, {habit:?}: {}.{:02}, {usual}, {most}", mean / 100, mean % 100);
        }
    }
}

#[derive(Clone, Copy)]
enum Clock {
    /// By the same amount all year, from so many seconds to so many.
    Off(i64, i64),
    /// From so many ppm to so many, and set right after so many days.
    Runs(i64, i64, i64),
}

#[derive(Clone, Copy)]
enum Logins {
    Daily,
    Monthly,
}

/// Lives through it, and gives the number of resyncs.
fn live(clock: Clock, logins: Logins, habit: Habit, seed: u64) -> u32 {
    let mut chance = Chance::new(seed);
    let (from, to) = match clock {
        Clock::Off(from, to) | Clock::Runs(from, to, _) => (from, to),
    };
    // Milliseconds, or thousandths of a ppm.
    let amount = from * SECOND + chance.below((to - from) * SECOND + 1);
    let mut person = Person::new(habit, chance.next());
    let (count, mut at) = match logins {
        Logins::Daily => (365, BEGIN),
        Logins::Monthly => (120, BEGIN),
    };
    for day in 0..count {
        at = match logins {
            Logins::Daily => BEGIN + day * DAY + person.chance(DAY / 2),
            Logins::Monthly => at + 28 * DAY + person.chance(8 * DAY),
        };
        let ahead = match clock {
            Clock::Off(..) => amount,
            Clock::Runs(.., set_right) => run_off(amount, day % set_right),
        };
        person.log_in(at, ahead).unwrap();
    }
    person.resyncs
}
