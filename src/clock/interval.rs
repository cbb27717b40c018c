//! The interval that must hold θ, the verifier's UTC less the device's uptime.

use super::leap;
use crate::time::{Millis, UnixMillis, Uptime};

/// Ticks of 100 ns in a millisecond. At 100 ppm a millisecond of age is one tick, so that ageing
/// is exact: to age twice is to age once by the sum.
const TICKS: i64 = 10_000;

/// A closed interval of θ, in ticks. It is never empty.
///
/// It belongs to a reading `at` of the uptime, cut to milliseconds, and holds θ at each true
/// uptime from `at` up to `at` + 1 ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interval {
    low: i64,
    high: i64,
}

impl Interval {
    /// From ticks; `None` if it were empty.
    pub(super) const fn new(low: i64, high: i64) -> Option<Self> {
        if low <= high { Some(Self { low, high }) } else { None }
    }

    /// What [`earliest`, `latest`] as the verifier's UTC at `at` means for θ.
    pub(super) fn of_utc(earliest: UnixMillis, latest: UnixMillis, at: Uptime) -> Option<Self> {
        Self::new(theta(earliest, at), theta(latest, at))
    }

    /// From the uptime `from` to another, later or a little earlier: 100 ppm of what lies between, and
    /// each leap second that may.
    pub(super) fn aged(self, from: Uptime, to: Uptime) -> Self {
        let (from, to) = (from.min(to), from.max(to));
        self.older_by(to.since(from), from, to)
    }

    /// As [`Self::aged`], for a passage that is known less well than its ends.
    pub(super) fn older_by(self, span: Millis, from: Uptime, to: Uptime) -> Self {
        if span == Millis::ZERO {
            return self;
        }
        let drifted = self.wider(span.0);
        let seconds = leap::possible(drifted.earliest(from), drifted.latest(to));
        drifted.wider(seconds.saturating_mul(leap::LEAP.0).saturating_mul(TICKS.unsigned_abs()))
    }

    /// What both hold; `None` if they contradict each other.
    pub(super) fn and(self, other: Self) -> Option<Self> {
        Self::new(self.low.max(other.low), self.high.min(other.high))
    }

    /// The least interval that holds both.
    pub(super) fn hull(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// The verifier's UTC is no earlier than this when the uptime reads `at`.
    pub(super) fn earliest(self, at: Uptime) -> UnixMillis {
        utc(self.low.div_euclid(TICKS), at)
    }

    /// The verifier's UTC is no later than this when the uptime reads `at`, which may be up to
    /// 1 ms ago.
    pub(super) fn latest(self, at: Uptime) -> UnixMillis {
        let whole = self.high.saturating_add(TICKS.saturating_sub(1)).div_euclid(TICKS);
        utc(whole, at).saturating_add(Millis(1))
    }

    /// Half of the width, rounded up.
    pub(super) fn half_width(self) -> Millis {
        Millis(self.high.abs_diff(self.low).div_ceil(TICKS.unsigned_abs().saturating_mul(2)))
    }

    pub(super) const fn low(self) -> i64 {
        self.low
    }

    pub(super) const fn high(self) -> i64 {
        self.high
    }

    fn wider(self, ticks: u64) -> Self {
        Self {
            low: self.low.saturating_sub_unsigned(ticks),
            high: self.high.saturating_add_unsigned(ticks),
        }
    }
}

fn theta(utc: UnixMillis, at: Uptime) -> i64 {
    utc.0.saturating_sub_unsigned(at.0).saturating_mul(TICKS)
}

fn utc(theta: i64, at: Uptime) -> UnixMillis {
    UnixMillis(theta.saturating_add_unsigned(at.0))
}
