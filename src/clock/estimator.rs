//! What the clock believes, and what moves it.

use super::{
    Host, Implausible, Sample, SampleError, Source,
    estimate::{Basis, Estimate},
    interval::Interval,
    leap::LEAP,
    plan::Retry,
};
use crate::time::{BootId, DeviceTime, Millis, UnixMillis, Uptime};

/// What is known of the verifier's time: a value, to be kept between runs as [`Clock::encode`]
/// gives it.
///
/// It holds an interval that θ = the verifier's UTC − the uptime must lie in. `docs/clock.md`
/// derives it, and says what each source may do.
///
/// ```
/// use warifu::{
///     clock::{Certainty, Clock, Exchange, Sample, Source, Stamps},
///     otp::totp::Steps,
///     time::{BootId, DeviceTime, Millis, UnixMillis, Uptime},
/// };
///
/// // The wall clock is an hour behind; the verifier answers within 50 ms.
/// let verifier_says = UnixMillis::from_secs(1_785_542_400);
/// let now = DeviceTime {
///     wall: UnixMillis::from_secs(1_785_538_800),
///     uptime: Uptime(70_050),
///     boot: BootId([7; 16]),
/// };
/// let sample = Sample {
///     source: Source::Verifier,
///     exchange: Exchange { sent: Uptime(70_000), received: now.uptime, boot: now.boot },
///     stamps: Stamps::one(verifier_says, Millis(1)),
/// };
/// let mut clock = Clock::new();
/// assert_eq!(clock.read(now)?.at(Steps::default()).certainty, Certainty::Unsynced);
///
/// clock.take(&sample, now)?;
/// let estimate = clock.read(now)?;
/// assert_eq!(estimate.at(Steps::default()).certainty, Certainty::Sure);
/// assert!(estimate.half_width() < Millis(30));
/// assert_eq!(estimate.wall_ahead().map(|ms| ms / 1000), Some(-3600));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clock {
    /// The verifier's UTC was at least this: the last that an authenticated interval proved.
    pub(super) floor: Option<UnixMillis>,
    pub(super) era: Option<Era>,
}

/// What a sample did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// The interval is the sample's now, or what it shares with the sample.
    Moved,
    /// It agrees, and was not believed further: a host's, after the verifier spoke.
    Agreed,
    /// It contradicts what was known. The clock is [`super::Certainty::Contradicted`] until a
    /// sample settles it.
    Disputed,
}

/// Whom a probe asked in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The verifier, for its authenticated time.
    Verifier,
    /// A host, for its `Date`.
    Host,
}

/// How far the wall clock is believed while nothing else has spoken since the device started.
pub const WALL_BOUND: Millis = Millis::from_secs(600);

/// By how much a reading of the device's clocks may be older than the one before.
const OUT_OF_ORDER: Millis = Millis::from_secs(60);

/// What is known in one boot of the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Era {
    pub(super) boot: BootId,
    /// The uptime that `belief` belongs to.
    pub(super) at: Uptime,
    pub(super) belief: Belief,
    /// The hosts whose last `Date` contradicted it, a bit each.
    pub(super) disputed: u64,
    pub(super) verifier: Retry,
    pub(super) host: Retry,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Belief {
    /// Nothing but the wall clock has spoken, and it is asked anew each time.
    Wall,
    /// Hosts have anchored the wall clock's interval to the uptime.
    Date(Interval),
    /// The verifier has spoken.
    Verified(Interval),
    /// The verifier has contradicted itself, or what it proved in an earlier boot.
    Split { older: Interval, newer: Interval },
}

impl Clock {
    /// A clock that knows nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a sample that was heard at or before `now`, in this boot.
    ///
    /// # Errors
    /// [`SampleError`] for a sample that says nothing; the clock is as it was.
    pub fn take(&mut self, sample: &Sample, now: DeviceTime) -> Result<Taken, SampleError> {
        let interval = sample.interval(now)?;
        let mut era = self.enter(now);
        let taken = match sample.source {
            Source::Verifier => self.take_verified(&mut era, interval, now.uptime),
            Source::Host(host) => era.take_date(host, interval, self.prior(now), now.uptime),
        };
        self.era = Some(era);
        self.floor = self.floor_at(now);
        Ok(taken)
    }

    /// Forgets what other hosts than these have disputed: nobody asks them any more.
    pub fn heed_only(&mut self, hosts: impl IntoIterator<Item = Host>) {
        let heeded = hosts.into_iter().fold(0, |all, host| all | host.bit());
        if let Some(era) = &mut self.era {
            era.disputed &= heeded;
        }
    }

    /// Notes that a probe brought no sample, so that [`Self::plan`] waits longer for the next.
    pub fn failed(&mut self, asked: Asked, now: DeviceTime) {
        let mut era = self.enter(now);
        era.retry(asked).fail(now.uptime);
        self.era = Some(era);
    }

    /// Notes how late it is known to be. Do so before the state is stored, so that after a reboot
    /// no wall clock can go back behind it.
    pub fn settle(&mut self, now: DeviceTime) {
        self.era = Some(self.enter(now));
    }

    /// What the time is, as far as it is known.
    ///
    /// # Errors
    /// [`Implausible`] if nothing but the wall clock has spoken in this boot, and it cannot be
    /// right.
    pub fn read(&self, now: DeviceTime) -> Result<Estimate, Implausible> {
        let at = now.uptime;
        let (disputed, belief) = match self.present(now) {
            Some(era) => (era.disputed != 0, era.belief.aged(era.at, at)),
            None => (false, Belief::Wall),
        };
        match belief {
            Belief::Wall => {
                super::plausible_wall(now)?;
                Ok(match self.prior(now) {
                    Some(prior) => Estimate::of_wall(now, prior, disputed),
                    None => Estimate::at_floor(now, self.floor_at(now).unwrap_or(now.wall)),
                })
            }
            Belief::Date(interval) => Ok(Estimate::of(now, interval, Basis::Host, disputed)),
            Belief::Verified(interval) => {
                Ok(Estimate::of(now, interval, Basis::Verifier, disputed))
            }
            Belief::Split { older, newer } => Ok(Estimate::split(now, older, newer)),
        }
    }

    /// The era of `now`, if the clock has begun one. Calls come from several threads, so a `now` may be a
    /// little older than the one before; an uptime that went back further than that began anew.
    pub(super) fn present(&self, now: DeviceTime) -> Option<Era> {
        self.era
            .filter(|era| era.boot == now.boot && era.at <= now.uptime.saturating_add(OUT_OF_ORDER))
    }

    /// The era of `now`, and the floor raised to it. Of an earlier boot's era that alone stays.
    ///
    /// The belief is not aged: only a sample moves the uptime that it belongs to, or else each call
    /// around a leap second would count that second again.
    fn enter(&mut self, now: DeviceTime) -> Era {
        self.floor = self.floor_at(now);
        self.present(now).unwrap_or(Era {
            boot: now.boot,
            at: now.uptime,
            belief: Belief::Wall,
            disputed: 0,
            verifier: Retry::default(),
            host: Retry::default(),
        })
    }

    /// When a sample last moved it in this boot.
    pub fn heard_at(&self, now: DeviceTime) -> Option<Uptime> {
        let heard = self.present(now).filter(|era| era.belief != Belief::Wall);
        heard.map(|era| era.at)
    }

    /// What the verifier's UTC is known to have reached, by this boot's belief or an earlier one's.
    pub fn floor_at(&self, now: DeviceTime) -> Option<UnixMillis> {
        let proven = self.era.and_then(|era| match self.present(now) {
            Some(_) => era.belief.aged(era.at, now.uptime).proves(now.uptime),
            None => era.belief.proves(era.at),
        });
        self.floor.max(proven)
    }

    /// What the wall clock says of θ, never before the floor; `None` if they contradict each
    /// other, or if the wall clock cannot be right.
    fn prior(&self, now: DeviceTime) -> Option<Interval> {
        let wall = super::plausible_wall(now).ok()?;
        let earliest = UnixMillis(wall.0.saturating_sub_unsigned(WALL_BOUND.0));
        let latest = wall.saturating_add(WALL_BOUND);
        Interval::of_utc(Some(earliest).max(self.floor_at(now))?, latest, now.uptime)
    }

    fn take_verified(&mut self, era: &mut Era, sample: Interval, now: Uptime) -> Taken {
        let was = (era.at, era.belief);
        let before = era.belief.aged(era.at, now);
        let is_past = |interval: Interval| Some(interval.latest(now)) < self.floor;
        era.at = now;
        era.belief = match before {
            Belief::Wall | Belief::Date(_) if is_past(sample) => {
                Belief::Split { older: sample, newer: sample }
            }
            Belief::Wall | Belief::Date(_) => Belief::Verified(sample),
            Belief::Verified(older) => match older.and(sample) {
                // It proves nothing new. A passage that began anew here would count a leap second anew.
                Some(both) if both == older => {
                    (era.at, era.belief) = was;
                    era.belief
                }
                Some(both) => Belief::Verified(both),
                None => Belief::Split { older, newer: sample },
            },
            // Both were behind what had been proven, and this one is not.
            Belief::Split { older, newer }
                if is_past(older) && is_past(newer) && !is_past(sample) =>
            {
                Belief::Verified(sample)
            }
            Belief::Split { older, newer } => resolve(older, newer, sample),
        };
        let Belief::Verified(interval) = era.belief.aged(era.at, now) else {
            era.verifier.fail_anew(now);
            return Taken::Disputed;
        };
        if matches!(before, Belief::Split { .. }) {
            // What was proven before rests on what has just been given up.
            self.floor = None;
        }
        era.disputed = 0;
        era.verifier.judge(interval.half_width() <= super::plan::WIDEST, now);
        Taken::Moved
    }
}

impl Era {
    fn take_date(
        &mut self,
        host: Host,
        sample: Interval,
        prior: Option<Interval>,
        now: Uptime,
    ) -> Taken {
        let known = match self.belief.aged(self.at, now) {
            Belief::Wall => prior,
            Belief::Date(interval) | Belief::Verified(interval) => Some(interval),
            Belief::Split { older, newer } => Some(older.hull(newer)),
        };
        let shared = known.and_then(|known| known.and(sample));
        let Some((known, shared)) = known.zip(shared) else {
            self.disputed |= host.bit();
            self.host.fail(now);
            return Taken::Disputed;
        };
        self.disputed &= !host.bit();
        if matches!(self.belief, Belief::Verified(_) | Belief::Split { .. }) {
            return Taken::Agreed;
        }
        self.at = now;
        self.belief = Belief::Date(shared);
        self.host.judge(halves(known, shared), now);
        Taken::Moved
    }

    fn retry(&mut self, asked: Asked) -> &mut Retry {
        match asked {
            Asked::Verifier => &mut self.verifier,
            Asked::Host => &mut self.host,
        }
    }
}

impl Belief {
    pub(super) fn aged(self, from: Uptime, to: Uptime) -> Self {
        match self {
            Self::Wall => Self::Wall,
            Self::Date(interval) => Self::Date(interval.aged(from, to)),
            Self::Verified(interval) => Self::Verified(interval.aged(from, to)),
            Self::Split { older, newer } => {
                Self::Split { older: older.aged(from, to), newer: newer.aged(from, to) }
            }
        }
    }

    /// The earliest that the verifier's UTC can be. A leap second may repeat the second before.
    fn proves(self, at: Uptime) -> Option<UnixMillis> {
        match self {
            Self::Verified(interval) => {
                Some(UnixMillis(interval.earliest(at).0.saturating_sub_unsigned(LEAP.0)))
            }
            Self::Wall | Self::Date(_) | Self::Split { .. } => None,
        }
    }
}

/// The verifier's word on its own contradiction. One that agrees with both sides of it leaves both
/// of them possible; one that agrees with neither takes the newer's place, so that nothing but two
/// in a row that agree moves the code.
fn resolve(older: Interval, newer: Interval, sample: Interval) -> Belief {
    match (older.and(sample), newer.and(sample)) {
        (Some(one), Some(other)) => Belief::Verified(one.hull(other)),
        (Some(one), None) | (None, Some(one)) => Belief::Verified(one),
        (None, None) => Belief::Split { older, newer: sample },
    }
}

/// Whether a probe was worth its battery.
fn halves(before: Interval, after: Interval) -> bool {
    after.half_width().0.saturating_mul(4) <= before.half_width().0.saturating_mul(3)
}
