//! What happens to a device in its life, drawn before it begins.

use crate::{
    mix::{Scenario, WallStep},
    random::Random,
    units::{DAY, HOUR, MS, SECOND, hours, secs},
};

#[derive(Debug, Clone, Copy)]
pub(super) enum Event {
    Rate(i64),
    SetRight { off: i64, by_radio: bool },
    WallOff { by: i64 },
    WallAt { utc: i64 },
    Reboot { off: i64, is_noticed: bool },
    Offline { until: i64 },
    VerifierStep { by: i64 },
}

/// All that happens from `from` until `until`, the next one last.
pub(super) fn events(
    scenario: &Scenario,
    from: i64,
    until: i64,
    random: &mut Random,
) -> Vec<(i64, Event)> {
    let mut all = Vec::new();
    let Scenario { drift, wall, boots, link, .. } = scenario;
    let mut happens =
        |each: i64, random: &mut Random, event: &dyn Fn(i64, &mut Random) -> Event| {
            let mut at = from + random.gap(each);
            while each > 0 && at < until {
                all.push((at, event(at, random)));
                at += random.gap(each).max(SECOND);
            }
        };
    let a_day = |times: f64| if times > 0.0 { (DAY as f64 / times) as i64 } else { 0 };
    happens(hours(drift.step_h), random, &|_, random| Event::Rate(drawn_rate(drift.ppm, random)));
    happens(hours(wall.set_right_h), random, &|_, random| Event::SetRight {
        off: random.around(50 * MS),
        by_radio: wall.by_radio,
    });
    if !wall.steps.is_empty() {
        happens(a_day(wall.steps_a_day), random, &|_, random| {
            stepped(random.pick(&wall.steps), random)
        });
    }
    happens(a_day(boots.a_day), random, &|_, random| Event::Reboot {
        off: random.gap(secs(boots.off_min * 60.0)),
        is_noticed: !boots.unnoticed,
    });
    happens(hours(link.offline_each_h), random, &|at, random| Event::Offline {
        until: at + random.gap(hours(link.offline_h)),
    });
    if let Some(verifier) = scenario.verifier.filter(|verifier| verifier.stepped_s > 0.0) {
        happens(DAY, random, &|_, random| Event::VerifierStep {
            by: random.around(secs(verifier.stepped_s)),
        });
    }
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    all
}

fn stepped(step: WallStep, random: &mut Random) -> Event {
    match step {
        WallStep::Manual => Event::WallOff { by: random.around(15 * 60 * SECOND) },
        WallStep::Zone => {
            let quarters = random.between(1, 14 * 4 + 1);
            let by = quarters * HOUR / 4;
            Event::WallOff { by: if random.chance(0.5) { by } else { -by } }
        }
        WallStep::Network => Event::WallOff { by: random.around(120 * SECOND) },
        WallStep::Year1970 => Event::WallAt { utc: random.between(0, DAY) },
        WallStep::Year2038 => {
            let end = (1_i64 << 31) * SECOND;
            Event::WallAt { utc: random.pick(&[end, -end]) + random.between(-DAY, DAY) }
        }
    }
}

pub(super) fn drawn_rate(ppm: f64, random: &mut Random) -> i64 {
    let most = limit(ppm);
    match random.between(0, 4) {
        0 => most,
        1 => -most,
        _ => random.around(most),
    }
}

pub(super) fn limit(ppm: f64) -> i64 {
    (ppm * 1000.0) as i64
}
