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

#[cfg(test)]
mod tests {
    use warifu::{
        clock::{Clock, Exchange, Sample, Source, Stamps},
        time::{BootId, DeviceTime},
    };

    use super::*;

    /// What is known `days` after an answer of 100 ms, and the bound that goes with it.
    fn bound_after(days: u64, answered: i64) -> (Estimate, u64) {
        let boot = BootId([1; 16]);
        let now = DeviceTime { wall: UnixMillis(answered), uptime: Uptime(100), boot };
        let sample = Sample {
            source: Source::Verifier,
            exchange: Exchange { sent: Uptime(0), received: now.uptime, boot },
            stamps: Stamps::one(UnixMillis(answered), Millis(1)),
        };
        let mut clock = Clock::new();
        clock.take(&sample, now).unwrap();
        let bound = Bound::of(&clock.read(now).unwrap(), now.uptime);
        let later = DeviceTime { uptime: Uptime(100 + days * 86_400_000), ..now };
        let estimate = clock.read(later).unwrap();
        (estimate, bound.half_width(&estimate, later.uptime))
    }

    #[test]
    fn the_bound_is_no_more_than_two_milliseconds_wider_than_the_interval() {
        for answered in [1_788_220_800_000, 1_798_700_000_000] {
            for days in [1, 10, 200] {
                let (estimate, bound) = bound_after(days, answered);
                let half_width = estimate.half_width().0;
                assert!(
                    (half_width..=half_width + 2).contains(&bound),
                    "{days}: {half_width} {bound}"
                );
            }
        }
    }

    #[test]
    fn the_lean_is_the_table_of_the_page() {
        assert_eq!(Bound::lean(10_000, Steps::default()), 0);
        assert_eq!(Bound::lean(15_000, Steps::default()), 5_000);
        assert_eq!(Bound::lean(50_000, Steps::default()), 10_000);
    }
}
