use super::{estimate::Basis, interval::Interval, *};

const TYPING: i64 = 20_000;

/// An estimate of the verifier that is `half` wide to each side of `middle`.
fn estimate(middle: i64, half: i64) -> Estimate {
    // The reading adds its own millisecond, so the interval is made one shorter.
    let ends = (UnixMillis(middle - half), UnixMillis(middle + half - 1));
    let now = DeviceTime { wall: UnixMillis(0), uptime: Uptime(0), boot: BOOT };
    let interval = Interval::of_utc(ends.0, ends.1, now.uptime).unwrap();
    let estimate = Estimate::of(now, interval, Basis::Verifier, false);
    assert_eq!((estimate.point.0, estimate.half_width().0), (middle, half.unsigned_abs()));
    estimate
}

/// Whether a verifier that goes a step early or late takes the code of `step` for all that the
/// estimate leaves possible. Steps are monotone in time, so that the two ends decide.
fn accepted(step: i64, middle: i64, half: i64, period: i64) -> bool {
    let first = (middle - half).div_euclid(period);
    let last = (middle + half - 1 + TYPING).div_euclid(period);
    (step - 1..=step + 1).contains(&first) && (step - 1..=step + 1).contains(&last)
}

/// Whether it takes `step` or `step + 1` for each.
fn either_accepted(step: i64, middle: i64, half: i64, period: i64) -> bool {
    let first = (middle - half).div_euclid(period);
    let last = (middle + half - 1 + TYPING).div_euclid(period);
    (step - 1..=step + 2).contains(&first) && (step - 1..=step + 2).contains(&last)
}

#[test]
fn a_sure_code_is_accepted_for_every_time_and_delay_and_a_near_one_by_itself_or_its_neighbour() {
    for period in [7_u32, 10, 15, 20, 30, 60, 120] {
        let length = i64::from(period) * 1000;
        let begin = STARTED / length * length;
        let mut seen = [0; 3];
        for half in (1..=2 * length).step_by(499).chain([length - 10_000, length - 9_999]) {
            if half < 1 {
                continue;
            }
            for position in (0..length).step_by(97).chain([length - 1]) {
                let middle = begin + position;
                let shown = estimate(middle, half).at(steps(period));
                let step = shown.instant.0.div_euclid(length);
                let holds = accepted(step, middle, half, length);
                let case = (period, half, position);
                match (shown.certainty, shown.neighbour) {
                    (Certainty::Sure, None) => {
                        assert!(holds, "{case:?}");
                        seen[0] += 1;
                    }
                    (Certainty::NearBoundary, Some(neighbour)) => {
                        let first = if neighbour == Neighbour::Next { step } else { step - 1 };
                        assert!(either_accepted(first, middle, half, length), "{case:?}");
                        seen[1] += 1;
                    }
                    (Certainty::Stale, None) => {
                        assert!(2 * half >= 3 * length - TYPING, "{case:?}");
                        seen[2] += 1;
                    }
                    other => panic!("{case:?}: {other:?}"),
                }
                let all_positions = half <= length - TYPING / 2;
                assert!(!all_positions || shown.certainty == Certainty::Sure, "{case:?}");
            }
        }
        // From 10 s on some half-width is sure everywhere; the other two are there in any case.
        assert!(seen.iter().all(|&count| count > 0), "{period}: {seen:?}");
    }
}

#[test]
fn a_code_that_is_near_a_boundary_could_be_refused() {
    for period in [20_u32, 30, 60, 120] {
        let length = i64::from(period) * 1000;
        let begin = STARTED / length * length;
        // From a fifth of a second past the half-width up to which each position is sure.
        for half in (length - 9_800..(3 * length - TYPING) / 2).step_by(499) {
            let mut refused = 0;
            for position in (0..length).step_by(97).chain([length - 1]) {
                let middle = begin + position;
                let shown = estimate(middle, half).at(steps(period));
                let step = shown.instant.0.div_euclid(length);
                if shown.certainty == Certainty::NearBoundary {
                    // One millisecond of slack: the truth stays below the upper end.
                    assert!(
                        !accepted(step, middle, half + 1, length),
                        "{period} {half} {position}"
                    );
                    refused += 1;
                }
            }
            assert!(refused > 0, "{period} {half}");
        }
    }
}

#[test]
fn the_code_leans_only_as_far_as_its_period_needs() {
    let lean = |period, half| {
        let shown = estimate(STARTED, half).at(steps(period));
        shown.instant.0 - STARTED
    };
    assert_eq!(lean(30, 10_000), 0);
    assert_eq!(lean(30, 10_001), 1);
    assert_eq!(lean(30, 15_000), 5000);
    assert_eq!(lean(30, 20_000), 10_000);
    assert_eq!(lean(30, 60_000), 10_000);
    assert_eq!(lean(60, 40_000), 0);
    assert_eq!(lean(15, 1000), 6000);
}

#[test]
fn the_boundary_lies_where_the_steps_begin() {
    // Half of the width 25 s: the code is accepted from 5 s to 25 s of its step.
    let late_start = Steps { t0: STARTED / 1000 + 7, ..Steps::default() };
    let near = |position: i64| {
        // The shown instant leans by 10 s.
        estimate(STARTED + 7000 + position - 10_000, 25_000).at(late_start)
    };
    for (position, neighbour) in [
        (0, Some(Neighbour::Previous)),
        (4999, Some(Neighbour::Previous)),
        (5000, None),
        (24_999, None),
        (25_000, Some(Neighbour::Next)),
        (29_999, Some(Neighbour::Next)),
    ] {
        assert_eq!(near(position).neighbour, neighbour, "{position}");
    }
}
