//! What must hold, judged on what was seen.

use serde::Serialize;

use crate::{
    hostile::{Siege, Year},
    mix::{Mix, Scenario},
    rivals::NAMES,
    run::Seen,
    tally::{DELAY_NAMES, DELAYS_S, SURE, Tally, Trials},
};

/// A promise, and whether it was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Check {
    pub(crate) name: String,
    pub(crate) is_held: bool,
    /// The figures that it rests on.
    pub(crate) seen: String,
}

/// None of so many refused is a rate below 10⁻⁵, with 95 % confidence.
pub(crate) const LEAST_TRIALS: u64 = 300_000;

pub(crate) fn judge(mix: &Mix, seen: &Seen, device_days: u64) -> Vec<Check> {
    let mut checks = Checks::default();
    let inside = seen.inside(mix);
    checks.hold("mix", "device-days", inside.device_days >= device_days, || {
        format!("{} lived of {device_days}", inside.device_days)
    });
    for (scenario, tally) in mix.scenario.iter().zip(&seen.scenarios) {
        if scenario.is_inside() {
            checks.scenario(scenario, tally);
        }
    }
    for (delay, name) in DELAY_NAMES.into_iter().enumerate() {
        let refused = |trials: &Trials| trials.refused[delay];
        checks.not_worse("mix", name, &inside.all, &refused);
    }
    for (siege, year) in &seen.years {
        checks.siege(*siege, year);
    }
    checks.0
}

#[derive(Default)]
struct Checks(Vec<Check>);

impl Checks {
    fn scenario(&mut self, scenario: &Scenario, tally: &Tally) {
        let name = &scenario.name;
        for (what, held) in [("interval", &tally.proven), ("guess", &tally.guessed)] {
            if held.readings > 0 {
                self.hold(name, what, held.violations == 0, || {
                    format!("{} of {} did not hold the time", held.violations, held.readings)
                });
            }
        }
        if scenario.verifier.is_some() {
            self.sure(name, &tally.sure);
            if scenario.not_compared.is_none() {
                self.not_worse(name, "not-worse", &tally.authenticated, &Trials::refused_at_fixed);
            }
        } else {
            self.hold(name, "never-sure", tally.status[SURE] == 0, || {
                format!("{} readings were Sure", tally.status[SURE])
            });
        }
        if tally.near.codes > 0 {
            let refused = tally.near_with_neighbour.refused_at_fixed();
            self.hold(name, "neighbour", refused == 0, || {
                format!("{refused} times the shown code and its neighbour were refused")
            });
        }
        if let Some(most) = scenario.first_width_ms {
            let first = if scenario.verifier.is_some() {
                &tally.first_by_verifier
            } else {
                &tally.first_by_date
            };
            let median = first.percentile(50);
            self.hold(name, "first-width", median.is_some_and(|median| median <= most), || {
                format!("median {median:?} ms of {}, to be {most}", first.total())
            });
        }
    }

    fn sure(&mut self, name: &str, sure: &Trials) {
        for (delay, refused) in sure.refused[..DELAYS_S.len()].iter().enumerate() {
            let what = format!("sure-{}s", DELAYS_S[delay]);
            self.hold(name, &what, *refused == 0 && sure.codes >= LEAST_TRIALS, || {
                format!("{refused} of {} Sure codes were refused", sure.codes)
            });
        }
    }

    /// On the same codes' moments ours are refused no more often than those of the best of the
    /// four. There is no tolerance.
    fn not_worse(
        &mut self,
        name: &str,
        what: &str,
        models: &[Trials],
        refused: &dyn Fn(&Trials) -> u64,
    ) {
        let Some((ours, rivals)) = models.split_first() else { return };
        let best = rivals.iter().map(refused).zip(NAMES).min();
        let Some((best, model)) = best else { return };
        let ours = refused(ours);
        self.hold(name, what, ours <= best, || {
            format!("{ours} refused, {best} of {model}, of {}", models[0].codes)
        });
    }

    fn siege(&mut self, siege: Siege, year: &Year) {
        let name = format!("year-{}", siege.name());
        let is_bounded = matches!(siege, Siege::Once | Siege::Delayed | Siege::SmallLies);
        if is_bounded {
            let is_held = year.beyond == 0 && year.least_left_ms.is_some();
            self.hold(&name, "bound", is_held, || {
                format!("{} codes beyond the bound, {:?} ms left", year.beyond, year.least_left_ms)
            });
        }
        if matches!(siege, Siege::Once | Siege::Delayed) {
            self.hold(&name, "one-period", year.sure_and_far == 0 && year.sure > 0, || {
                format!("{} codes were Sure and more than a period ahead", year.sure_and_far)
            });
        }
        self.hold(&name, "shown", year.swallowed == 0 && year.disputes > 0, || {
            format!("{} of {} disputes were not shown", year.swallowed, year.disputes)
        });
        if siege == Siege::Alone || siege == Siege::Reboots {
            self.hold(&name, "never-sure", year.unproven_sure == 0, || {
                format!("{} readings were Sure without a verifier", year.unproven_sure)
            });
        }
        if siege == Siege::BigLies {
            self.hold(&name, "one-lie", year.moved_by_one == 0 && year.pairs > 0, || {
                format!("{} single lies of {} moved the code", year.moved_by_one, year.pairs)
            });
            self.hold(&name, "recovery", year.not_brought_back == 0 && year.pairs > 0, || {
                format!(
                    "{} of {} times two answers did not settle it",
                    year.not_brought_back, year.pairs
                )
            });
        }
    }

    fn hold(&mut self, of: &str, what: &str, is_held: bool, seen: impl FnOnce() -> String) {
        let name = format!("{of}/{}", what.replace(' ', ""));
        self.0.push(Check { name, is_held, seen: seen() });
    }
}
