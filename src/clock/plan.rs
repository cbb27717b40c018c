//! When the next probe is worth its battery.

use super::{
    Clock,
    estimate::{Basis, Estimate},
    estimator::{Belief, Era},
    leap,
};
use crate::time::{DeviceTime, Millis, Uptime};

/// When to ask for the time next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// When to ask the verifier: now or earlier if it is due.
    pub verifier: Uptime,
    /// When a request for a host's `Date` should reach it, so that its stamp changes in the middle
    /// of what is possible: send it half a round trip earlier. `None` if it would tell nothing.
    pub date: Option<Uptime>,
}

/// The verifier is asked when the half-width would pass this: up to here a code of 30 s is shown
/// without a lean.
pub(super) const WIDEST: Millis = Millis::from_secs(10);

impl Clock {
    /// When the next probe is worth its battery: the verifier's at once while it has not spoken or
    /// something contradicts, else before the code would have to lean; later after failures, 30 s
    /// at first, 6 hours at most.
    pub fn plan(&self, now: DeviceTime) -> Plan {
        let era = self.present(now);
        let verifier = era.map_or(now.uptime, |era| era.verifier_due());
        let date = self.read(now).ok().filter(date_tells).map(|estimate| {
            let due = era.map_or(now.uptime, |era| era.host.not_before()).max(now.uptime);
            let guess = estimate.point.saturating_add(due.since(now.uptime));
            let into_second = guess.0.rem_euclid(1000).unsigned_abs();
            due.saturating_add(Millis(
                1000_u64.saturating_sub(into_second).checked_rem(1000).unwrap_or(0),
            ))
        });
        Plan { verifier, date }
    }
}

/// Past the verifier's word a host's adds nothing, and it cannot narrow much below its own 2 s.
fn date_tells(estimate: &Estimate) -> bool {
    match estimate.basis {
        Basis::Wall => true,
        Basis::Host => estimate.half_width() > FINEST_BY_DATE,
        Basis::Verifier => false,
    }
}

impl Era {
    fn verifier_due(&self) -> Uptime {
        let due = match self.belief {
            Belief::Verified(interval) if self.disputed == 0 => {
                let left = Millis(WIDEST.0.saturating_sub(interval.half_width().0));
                let in_quiet = self.at.saturating_add(Millis(left.0.saturating_mul(PER_AGE)));
                let leaps = leap::possible(interval.earliest(self.at), interval.latest(in_quiet));
                let taken = Millis(leaps.saturating_mul(leap::LEAP.0));
                let left = left.0.saturating_sub(taken.0);
                // A slow link may leave nothing to wait for.
                self.at.saturating_add(Millis(left.saturating_mul(PER_AGE)).max(FIRST_WAIT))
            }
            _ => self.at,
        };
        due.max(self.verifier.not_before())
    }
}

/// The failures since the last success, and when the last was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Retry {
    pub(super) failures: u8,
    pub(super) last: Uptime,
}

impl Default for Retry {
    fn default() -> Self {
        Self { failures: 0, last: Uptime(0) }
    }
}

impl Retry {
    /// Counting stops where the wait does.
    pub(super) const MOST: u8 = 11;

    pub(super) fn fail(&mut self, at: Uptime) {
        *self = Self { failures: self.failures.saturating_add(1).min(Self::MOST), last: at };
    }

    /// It was reached after all: what went before was another trouble.
    pub(super) fn fail_anew(&mut self, at: Uptime) {
        *self = Self { failures: 1, last: at };
    }

    pub(super) fn judge(&mut self, worth_it: bool, at: Uptime) {
        if worth_it {
            *self = Self::default();
        } else {
            self.fail(at);
        }
    }

    fn not_before(self) -> Uptime {
        let Some(doublings) = self.failures.checked_sub(1) else { return Uptime(0) };
        let wait = 1_u64.checked_shl(doublings.into()).unwrap_or(u64::MAX);
        let wait = FIRST_WAIT.0.saturating_mul(wait).min(LONGEST_WAIT.0);
        self.last.saturating_add(Millis(wait))
    }
}

const FIRST_WAIT: Millis = Millis::from_secs(30);
const LONGEST_WAIT: Millis = Millis::from_secs(6 * 3600);
const FINEST_BY_DATE: Millis = Millis(1500);

/// At 100 ppm, the age that widens an end by one.
const PER_AGE: u64 = 10_000;
