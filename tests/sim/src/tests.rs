//! The simulation is what it says: the same each time, and not to be pleased by anything.

use crate::{
    MIX, device,
    hostile::{ALL, Siege, Year},
    mix::Mix,
    promises::{LEAST_TRIALS, judge},
    random::Random,
    report::Report,
    run::{Extent, Seen, run},
    tally::Tally,
};

const SMALL: &str = r#"
seed = 1
typing = { median_s = 8.0, sigma = 0.5 }
hostile = { devices = 1, devices_full = 1 }
scenario = [
    { name = "bank", about = "", share = 2, days = 1, readings = 50, first_width_ms = 100, verifier = {}, host = [{}] },
    { name = "plain", about = "", share = 1, days = 1, readings = 50, wall = { steps_a_day = 3.0, steps = ["zone"] }, host = [{}] },
    { name = "beyond", about = "", share = 1, days = 1, readings = 50, outside = "A1", drift = { ppm = 300.0 }, verifier = {} },
]
"#;

fn extent(device_days: u64, threads: usize) -> Extent {
    Extent { device_days, hostile_years: 1, threads, shows_progress: false }
}

fn report(mix: &Mix, threads: usize) -> String {
    let seen = run(mix, extent(60, threads));
    let checks = judge(mix, &seen, 60);
    let report = Report { mix, seen: &seen, checks: &checks, device_days: 60 };
    format!("{report}{}", report.json())
}

#[test]
fn the_same_seed_gives_the_same_report_on_any_number_of_threads() {
    let mix = Mix::parse(SMALL).unwrap();
    let once = report(&mix, 1);
    assert_eq!(once, report(&mix, 1));
    assert_eq!(once, report(&mix, 3));
    assert_ne!(once, report(&Mix { seed: 2, ..mix }, 1));
}

#[test]
fn a_longer_run_begins_with_the_devices_of_a_shorter_one() {
    let mix = Mix::parse(SMALL).unwrap();
    let scenario = &mix.scenario[0];
    let alone = |devices: std::ops::Range<u64>| {
        let mut tally = Tally::default();
        for index in devices {
            let random = Random::of(mix.seed, &scenario.name, index);
            device::live(scenario, mix.typing, random, &mut tally);
        }
        tally
    };
    let shorter = mix.devices(scenario, 30);
    let longer = mix.devices(scenario, 60);
    assert_eq!((shorter, longer), (20, 40));
    let mut sum = run(&mix, extent(30, 2)).scenarios[0].clone();
    sum.add(&alone(shorter..longer));
    assert_eq!(sum, run(&mix, extent(60, 2)).scenarios[0]);
}

#[test]
fn the_mix_holds_what_its_words_say() {
    let mix = Mix::parse(MIX).unwrap();
    for device_days in [10_000, 1_000_000] {
        let lived: u64 = mix
            .scenario
            .iter()
            .filter(|scenario| scenario.is_inside())
            .map(|scenario| mix.devices(scenario, device_days) * scenario.days)
            .sum();
        assert!((device_days..device_days + 300).contains(&lived), "{lived}");
    }
    let limit = |scenario: &&crate::mix::Scenario| {
        let asleep = scenario.drift.asleep_ppm.unwrap_or(0.0);
        scenario.is_inside() && scenario.drift.ppm.max(asleep) > 99.98
    };
    assert_eq!(mix.scenario.iter().find(limit).map(|scenario| &scenario.name), None);
}

#[test]
fn a_mix_that_makes_no_sense_is_refused() {
    let twice = SMALL.replace("\"plain\"", "\"bank\"");
    assert_eq!(Mix::parse(&twice).unwrap_err(), "two scenarios are named bank");
    let mute =
        SMALL.replace(", host = [{}] },\n    { name = \"beyond\"", " },\n    { name = \"beyond\"");
    assert_eq!(Mix::parse(&mute).unwrap_err(), "plain: somebody must tell the time");
    assert!(Mix::parse(&SMALL.replace("share = 2", "share = 0")).is_err());
    assert!(Mix::parse(&SMALL.replace("share = 2", "shares = 2")).is_err());
}

/// What was seen if all promises were kept, no better than they ask for.
fn flawless(mix: &Mix) -> Seen {
    let mut bank = Tally { device_days: 10, ..Tally::default() };
    bank.proven.note(true, 90);
    bank.guessed.note(true, 90);
    bank.sure.codes = LEAST_TRIALS;
    bank.near.codes = 1;
    bank.near_with_neighbour.codes = 1;
    bank.first_by_verifier.note(100);
    for trials in bank.all.iter_mut().chain(&mut bank.authenticated) {
        trials.codes = 1000;
        trials.refused = [5; 5];
    }
    let plain = Tally { device_days: 5, ..Tally::default() };
    let beyond = Tally { device_days: 1, ..Tally::default() };
    let year = |siege: Siege| {
        let mut year = Year { devices: 1, disputes: 1, pairs: 1, ..Year::default() };
        year.least_left_ms = Some(0);
        year.sure = u64::from(siege != Siege::Alone);
        (siege, year)
    };
    assert_eq!(mix.scenario.len(), 3);
    Seen { scenarios: vec![bank, plain, beyond], years: ALL.map(year).to_vec() }
}

/// The names of the checks that fail once `spoil` has been there.
fn failed(spoil: impl Fn(&mut Seen)) -> Vec<String> {
    let mix = Mix::parse(SMALL).unwrap();
    let mut seen = flawless(&mix);
    spoil(&mut seen);
    let checks = judge(&mix, &seen, 15);
    checks.into_iter().filter(|check| !check.is_held).map(|check| check.name).collect()
}

#[test]
fn each_check_fails_on_what_it_is_there_for_and_no_other_does() {
    assert_eq!(failed(|_| {}), [""; 0]);
    let bank = |spoil: fn(&mut Tally)| failed(|seen| spoil(&mut seen.scenarios[0]));
    assert_eq!(bank(|tally| tally.device_days = 9), ["mix/device-days"]);
    assert_eq!(bank(|tally| tally.proven.note(false, 90)), ["bank/interval"]);
    assert_eq!(bank(|tally| tally.guessed.note(false, 90)), ["bank/guess"]);
    assert_eq!(bank(|tally| tally.sure.refused[0] = 1), ["bank/sure-0s"]);
    assert_eq!(bank(|tally| tally.sure.refused[3] = 1), ["bank/sure-20s"]);
    assert_eq!(bank(|tally| tally.sure.codes -= 1).len(), 4, "too few codes say nothing");
    assert_eq!(bank(|tally| tally.near_with_neighbour.refused[1] = 1), ["bank/neighbour"]);
    assert_eq!(bank(|tally| tally.first_by_verifier = Default::default()), ["bank/first-width"]);
    assert_eq!(
        bank(|tally| tally.first_by_verifier.note(101)),
        [""; 0],
        "one of two is the median"
    );
    assert_eq!(
        bank(|tally| (0..2).for_each(|_| tally.first_by_verifier.note(101))),
        ["bank/first-width"]
    );
    assert_eq!(failed(|seen| seen.scenarios[1].status[0] = 1), ["plain/never-sure"]);
}

#[test]
fn what_lies_outside_of_the_limits_is_not_judged() {
    assert_eq!(failed(|seen| seen.scenarios[2].proven.note(false, 90)), [""; 0]);
    assert_eq!(failed(|seen| seen.scenarios[2].all[0].refused = [99; 5]), [""; 0]);
}

#[test]
fn a_rival_that_is_better_by_one_code_is_better() {
    for rival in 1..5 {
        let better = |seen: &mut Seen| seen.scenarios[0].authenticated[rival].refused[2] -= 1;
        assert_eq!(failed(better), ["bank/not-worse"]);
        let better = |seen: &mut Seen| seen.scenarios[0].all[rival].refused[4] -= 1;
        assert_eq!(failed(better), ["mix/human"]);
    }
}

#[test]
fn a_hostile_year_is_judged_by_its_bound_and_by_what_it_showed() {
    let year = |place: usize, spoil: fn(&mut Year)| failed(|seen| spoil(&mut seen.years[place].1));
    assert_eq!(year(0, |year| year.beyond = 1), ["year-once/bound"]);
    assert_eq!(year(1, |year| year.least_left_ms = None), ["year-delayed/bound"]);
    assert_eq!(year(1, |year| year.sure_and_far = 1), ["year-delayed/one-period"]);
    assert_eq!(year(2, |year| year.unproven_sure = 1), ["year-reboots/never-sure"]);
    assert_eq!(year(3, |year| year.swallowed = 1), ["year-no-verifier/shown"]);
    assert_eq!(year(4, |year| year.beyond = 1), ["year-small-lies/bound"]);
    assert_eq!(year(5, |year| year.moved_by_one = 1), ["year-big-lies/one-lie"]);
    assert_eq!(year(5, |year| year.not_brought_back = 1), ["year-big-lies/recovery"]);
}

#[test]
fn a_device_past_the_limits_is_caught() {
    let mix = Mix::parse(SMALL).unwrap();
    let seen = run(&mix, extent(600, 1));
    assert!(seen.scenarios[2].proven.violations > 0, "300 ppm break the interval");
    assert_eq!(seen.scenarios[0].proven.violations, 0);
}
