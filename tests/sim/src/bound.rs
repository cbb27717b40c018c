//! The bound that section 7 of `docs/clock.md` proves, computed by its formula and not by the clock.

use warifu::{
    clock::Estimate,
    otp::totp::Steps,
    time::{Millis, UnixMillis, Uptime},
};

/// What the last answer that narrowed the interval left of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound {
    half_width: u64,
    earliest: UnixMillis,
    at: Uptime,
}

impl Bound {
    pub(crate) fn of(answered: &Estimate, at: Uptime) -> Self {
        Self { half_width: answered.half_width().0, earliest: answered.earliest, at }
    }

    /// h₀ + 100 ppm · t + n · 1 s + 1 ms.
    pub(crate) fn half_width(&self, now: &Estimate, at: Uptime) -> u64 {
        let age = at.since(self.at).0;
        let from = self.earliest.0.saturating_sub(DAY_MS);
        let until = now.latest.saturating_add(Millis(DAY_MS as u64)).0;
        let near =
            MIDNIGHTS.iter().filter(|midnight| (from..=until).contains(&(**midnight * 1000)));
        self.half_width + age.div_ceil(10_000) + 1000 * near.count() as u64 + 1
    }

    /// clamp(h + D − P, 0, D/2), with D = 20 s.
    pub(crate) fn lean(half_width: u64, steps: Steps) -> u64 {
        (half_width + 20_000).saturating_sub(steps.period.millis().0).min(10_000)
    }
}

/// Whether a leap second may be counted in a passage that begins at `utc`, in ms, or in one before that
/// ends there. No passage of a siege is longer than a day.
pub(crate) fn is_near_midnight(utc: i64) -> bool {
    let near = -DAY_MS * 2..=DAY_MS;
    MIDNIGHTS.iter().any(|midnight| near.contains(&(utc - midnight * 1000)))
}

const DAY_MS: i64 = 86_400_000;

/// The ends of June and December from 2026 to 2028, from `date -u -d 2026-07-01 +%s` and so on.
const MIDNIGHTS: [i64; 5] =
    [1_782_864_000, 1_798_761_600, 1_814_400_000, 1_830_297_600, 1_846_022_400];
