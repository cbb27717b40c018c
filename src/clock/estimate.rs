//! What the time is, how sure that is, and the instant whose code is the best to show.

use super::{LATEST, interval::Interval};
use crate::{
    otp::totp::Steps,
    time::{DeviceTime, Millis, UnixMillis},
};

/// What is known of the verifier's time at one reading of the device's clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// The verifier's UTC is no earlier.
    pub earliest: UnixMillis,
    /// The verifier's UTC is no later.
    pub latest: UnixMillis,
    /// The best guess: the middle of the two; the wall clock itself if nothing else has spoken;
    /// what was known before if the verifier contradicts itself.
    pub point: UnixMillis,
    /// Who spoke for it.
    pub basis: Basis,
    /// Whether a source contradicts another.
    pub contradicted: bool,
    /// Whether `point` is the middle of an interval that the verifier's samples agree on.
    settled: bool,
    wall: UnixMillis,
}

/// The best source that has spoken in this boot of the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// The wall clock alone.
    Wall,
    /// A configured host's `Date`, within the wall clock's bound.
    Host,
    /// The verifier, authenticated.
    Verifier,
}

/// Which code to show, and how sure it is to be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// The instant to make the code for, and to count down from.
    pub instant: UnixMillis,
    /// How sure it is.
    pub certainty: Certainty,
    /// The code to try if the shown one is refused; there if it is [`Certainty::NearBoundary`].
    pub neighbour: Option<Neighbour>,
    /// How long certainty and neighbour stay as they are, as far as the place in the step decides
    /// them: to the end of the step at most. `None` if that does not.
    pub changes_in: Option<Millis>,
}

/// How sure it is that a verifier which takes a step early or late accepts the shown code from a
/// person who needs up to [`LONGEST_TYPING`] to type it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// It accepts it, wherever in the interval its time lies.
    Sure,
    /// It accepts it or the neighbour.
    NearBoundary,
    /// The interval is too wide for this period, or the period too short, to say.
    Stale,
    /// No verifier has told its time in this boot, so nothing is proven.
    Unsynced,
    /// A source contradicts another.
    Contradicted,
}

/// A code beside the shown one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Neighbour {
    /// The code of the step before.
    Previous,
    /// The code of the step after.
    Next,
}

/// How long a person may take from reading a code to the verifier's having it.
pub const LONGEST_TYPING: Millis = Millis::from_secs(20);

/// The furthest that the shown instant lies before the middle's future.
pub const LONGEST_LEAN: Millis = Millis::from_secs(10);

impl Estimate {
    pub(super) fn of(
        now: DeviceTime,
        interval: Interval,
        basis: Basis,
        contradicted: bool,
    ) -> Self {
        let earliest = interval.earliest(now.uptime);
        let latest = interval.latest(now.uptime);
        let point = middle(earliest, latest);
        let settled = basis == Basis::Verifier;
        Self { earliest, latest, point, basis, contradicted, settled, wall: now.wall }
    }

    pub(super) fn of_wall(now: DeviceTime, prior: Interval, contradicted: bool) -> Self {
        let whole = Self::of(now, prior, Basis::Wall, contradicted);
        Self { point: now.wall.max(whole.earliest), ..whole }
    }

    /// The wall clock lies too far behind what the verifier proved before.
    pub(super) fn at_floor(now: DeviceTime, floor: UnixMillis) -> Self {
        Self {
            earliest: floor,
            latest: LATEST.max(floor),
            point: floor,
            basis: Basis::Wall,
            contradicted: true,
            settled: false,
            wall: now.wall,
        }
    }

    pub(super) fn split(now: DeviceTime, older: Interval, newer: Interval) -> Self {
        let point = Self::of(now, older, Basis::Verifier, true).point;
        let hull = Self::of(now, older.hull(newer), Basis::Verifier, true);
        Self { point, settled: false, ..hull }
    }

    /// Which instant's code to show. `docs/clock.md`, section 6, derives it.
    pub fn at(&self, steps: Steps) -> Shown {
        let lean = self.lean(steps.period.millis());
        let instant = self.point.saturating_add(lean);
        let (certainty, neighbour, changes_in) = self.certainty(steps, instant);
        Shown { instant, certainty, neighbour, changes_in }
    }

    /// How far the verifier's UTC may lie from `point`.
    pub fn half_width(&self) -> Millis {
        self.latest.since(self.point).max(self.point.since(self.earliest))
    }

    /// By how many milliseconds the wall clock is ahead of the verifier, negative if behind; `None`
    /// if no verifier says so, if something contradicts, or if it is by no more than 2 s beyond doubt.
    pub fn wall_ahead(&self) -> Option<i64> {
        let beyond_doubt = self.wall.since(self.latest).max(self.earliest.since(self.wall));
        let told = self.settled && !self.contradicted;
        let worth_telling = told && beyond_doubt > WALL_TOLERANCE;
        worth_telling.then(|| self.wall.0.saturating_sub(self.point.0))
    }

    /// clamp(h + D − P, 0, D/2): early enough that who types for D comes within the next step.
    fn lean(&self, period: Millis) -> Millis {
        if !self.settled {
            return Millis::ZERO;
        }
        let by = self.half_width().0.saturating_add(LONGEST_TYPING.0).saturating_sub(period.0);
        Millis(by).min(LONGEST_LEAN)
    }

    fn certainty(
        &self,
        steps: Steps,
        instant: UnixMillis,
    ) -> (Certainty, Option<Neighbour>, Option<Millis>) {
        if self.contradicted {
            return (Certainty::Contradicted, None, None);
        }
        if self.basis != Basis::Verifier {
            return (Certainty::Unsynced, None, None);
        }
        let half = self.half_width().0.saturating_add(LONGEST_LEAN.0);
        let period = steps.period.millis().0;
        // With w = h + D/2: sure if w ≤ P; else the shown code is accepted from its position
        // w − P on and before 2P − w, and no position is left once these meet.
        let Some(early) = half.checked_sub(period).filter(|early| *early > 0) else {
            return (Certainty::Sure, None, None);
        };
        let late = period.saturating_mul(2).saturating_sub(half);
        if early >= late {
            return (Certainty::Stale, None, None);
        }
        let position = position(steps, instant);
        let (certainty, neighbour, until) = if position < early {
            (Certainty::NearBoundary, Some(Neighbour::Previous), early)
        } else if position >= late {
            (Certainty::NearBoundary, Some(Neighbour::Next), period)
        } else {
            (Certainty::Sure, None, late)
        };
        (certainty, neighbour, Some(Millis(until.saturating_sub(position))))
    }
}

/// How many milliseconds of its step have passed at `instant`.
fn position(steps: Steps, instant: UnixMillis) -> u64 {
    let begin = i128::from(steps.t0).saturating_mul(1000);
    let since = i128::from(instant.0).saturating_sub(begin);
    u64::try_from(since.rem_euclid(steps.period.millis().0.into())).unwrap_or_default()
}

fn middle(earliest: UnixMillis, latest: UnixMillis) -> UnixMillis {
    earliest.saturating_add(Millis(latest.since(earliest).0.div_euclid(2)))
}

/// A wall clock that is off by no more is not worth a word.
const WALL_TOLERANCE: Millis = Millis::from_secs(2);
