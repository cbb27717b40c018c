//! A device and its servers, whose true time is known.

use super::*;

/// How the verifier's clock takes the leap second at the end of 2026-12-31.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leap {
    /// There is none.
    No,
    /// UTC goes back by a second at midnight.
    Stepped,
    /// UTC runs 11.6 ppm slow from noon to noon.
    Smeared,
}

/// What happens to a device.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    /// Time passes, while the device's oscillator is off by so much.
    Pass { us: u64, ppb: i128 },
    /// The verifier is asked: the way there, its work, the way back, until the clock is told.
    Verifier { there: u64, work: u64, back: u64, late: u64, in_seconds: bool },
    /// A host is asked for its `Date`, of which it may have kept last second's.
    Date { place: u8, there: u64, back: u64, late: u64, kept: bool },
    /// Someone sets the wall clock.
    Wall { ahead: i64 },
    /// The device starts anew.
    Reboot { off: u64 },
    /// The clock's state is put back to one that was stored before.
    PutBack { which: usize },
}

/// Nanoseconds, all of them.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) clock: Clock,
    pub(super) stored: Vec<Vec<u8>>,
    leap: Leap,
    time: i128,
    uptime: i128,
    ppb: i128,
    wall_ahead: i64,
    boot: u8,
}

/// 2027-01-01T00:00:00Z, the midnight of the leap second.
pub(super) const MIDNIGHT: i64 = 1_798_761_600_000;

const US: i128 = 1000;
const MS: i128 = 1000 * US;
const SECOND: i128 = 1000 * MS;
const HALF_DAY: i128 = 43_200 * SECOND;

impl World {
    pub(super) fn new(start: i64, leap: Leap) -> Self {
        Self {
            clock: Clock::new(),
            stored: Vec::new(),
            leap,
            time: i128::from(start) * MS,
            uptime: 1,
            ppb: 0,
            wall_ahead: 0,
            boot: 0,
        }
    }

    /// What the sample did, if the act was one.
    pub(super) fn act(&mut self, act: Act) -> Option<Result<Taken, SampleError>> {
        match act {
            Act::Pass { us, ppb } => {
                self.ppb = ppb;
                self.pass(i128::from(us) * US);
            }
            Act::Verifier { there, work, back, late, in_seconds } => {
                let resolution = Millis(if in_seconds { 1000 } else { 1 });
                return Some(self.ask(Source::Verifier, [there, work, back, late], resolution, 0));
            }
            Act::Date { place, there, back, late, kept } => {
                let kept = if kept { 1000 } else { 0 };
                return Some(self.ask(host(place), [there, 0, back, late], Millis(1000), kept));
            }
            Act::Wall { ahead } => self.wall_ahead = ahead,
            Act::Reboot { off } => {
                self.pass(i128::from(off) * MS);
                self.boot += 1;
                self.uptime = 1;
            }
            Act::PutBack { which } => {
                self.stored.push(self.clock.encode());
                let which = which % self.stored.len();
                self.clock = Clock::decode(&self.stored[which]).unwrap();
            }
        }
        self.clock.settle(self.device());
        self.stored.push(self.clock.encode());
        None
    }

    pub(super) fn device(&self) -> DeviceTime {
        let wall = i64::try_from(self.utc().div_euclid(MS)).unwrap() + self.wall_ahead;
        DeviceTime { wall: UnixMillis(wall), uptime: self.reading(), boot: BootId([self.boot; 16]) }
    }

    /// The verifier's UTC in nanoseconds.
    pub(super) fn utc(&self) -> i128 {
        let midnight = i128::from(MIDNIGHT) * MS;
        match self.leap {
            Leap::No => self.time,
            Leap::Stepped if self.time < midnight => self.time,
            Leap::Stepped => self.time - SECOND,
            Leap::Smeared => {
                let into = (self.time - midnight + HALF_DAY).clamp(0, 2 * HALF_DAY);
                self.time - into / 86_400
            }
        }
    }

    /// Whether the estimate holds the true time.
    pub(super) fn is_within(&self, estimate: &Estimate) -> bool {
        let utc = self.utc();
        i128::from(estimate.earliest.0) * MS <= utc && utc <= i128::from(estimate.latest.0) * MS
    }

    /// Whether a verifier takes the code of `shown` from a person who types for `typing` seconds.
    pub(super) fn is_accepted(&self, shown: Shown, steps: Steps, typing: i128) -> bool {
        let period = i128::from(steps.period.secs());
        let step = i128::from(shown.instant.secs()).div_euclid(period);
        let judged = (self.utc() + typing * SECOND).div_euclid(period * SECOND);
        (step - 1..=step + 1).contains(&judged)
    }

    fn pass(&mut self, span: i128) {
        self.time += span;
        self.uptime += span + span * self.ppb / SECOND;
    }

    fn reading(&self) -> Uptime {
        Uptime(u64::try_from(self.uptime.div_euclid(MS)).unwrap())
    }

    fn ask(
        &mut self,
        source: Source,
        [there, work, back, late]: [u64; 4],
        resolution: Millis,
        kept: i64,
    ) -> Result<Taken, SampleError> {
        let sent = self.reading();
        self.pass(i128::from(there) * MS);
        let received = self.stamp(resolution, kept);
        self.pass(i128::from(work) * MS);
        let answered = self.stamp(resolution, kept);
        self.pass(i128::from(back) * MS);
        let heard = self.device();
        let exchange = Exchange { sent, received: heard.uptime, boot: heard.boot };
        let stamps = Stamps { received, sent: answered, resolution };
        self.pass(i128::from(late) * MS);
        let now = self.device();
        let taken = self.clock.take(&Sample { source, exchange, stamps }, now);
        self.stored.push(self.clock.encode());
        taken
    }

    fn stamp(&self, resolution: Millis, kept: i64) -> UnixMillis {
        let unit = i64::try_from(resolution.0).unwrap();
        let utc = i64::try_from(self.utc().div_euclid(MS)).unwrap();
        UnixMillis(utc.div_euclid(unit) * unit - kept)
    }
}
