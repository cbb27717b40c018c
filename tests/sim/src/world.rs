//! A device's clocks and its servers' over the device's life, whose true time is known.

mod events;

use warifu::time::{BootId, DeviceTime, UnixMillis, Uptime};

use self::events::{Event, drawn_rate, events, limit};
use crate::{
    leap::displacement,
    mix::{Displaced, Scenario},
    random::Random,
    units::{DAY, MS, SECOND, secs},
};

/// Nanoseconds, all of them.
#[derive(Debug, Clone)]
pub(crate) struct World {
    /// UTC as it would be without the leap second of this life.
    time: i64,
    uptime: i64,
    /// By how much the uptime runs fast, in 10⁻⁹.
    rate: i64,
    /// The rate of the crystal that counts sleep.
    asleep_rate: Option<i64>,
    is_asleep: bool,
    /// The wall clock less the uptime.
    wall: i64,
    boot: u64,
    offline_until: i64,
    /// What is to come, the next one last.
    events: Vec<(i64, Event)>,
    /// How often what a plan rests on has changed.
    changes: u64,
    midnight: i64,
    is_removed: bool,
    verifier_leap: Displaced,
    hosts_leap: Displaced,
    born: i64,
    verifier_ahead: i64,
    verifier_rate: i64,
}

impl World {
    /// A device is born, and all that will happen to it is known.
    pub(crate) fn new(scenario: &Scenario, random: &mut Random) -> Self {
        let leap = scenario.leap;
        let midnight = leap.midnight.unwrap_or(NEW_YEAR) * SECOND;
        let life = scenario.days as i64 * DAY;
        let born = if leap.verifier.is_some() {
            midnight - random.between(life / 8, life * 7 / 8)
        } else {
            QUIET_FROM + random.between(0, QUIET_FOR - life)
        };
        let verifier = scenario.verifier.unwrap_or_default();
        let steered = (verifier.steered_ppm * 1000.0) as i64;
        let rate = drawn_rate(scenario.drift.ppm, random);
        let mut world = Self {
            time: born,
            uptime: random.between(10 * SECOND, 30 * DAY),
            rate,
            asleep_rate: scenario.drift.asleep_ppm.map(|ppm| drawn_rate(ppm, random)),
            is_asleep: true,
            wall: 0,
            boot: 1,
            offline_until: 0,
            events: Vec::new(),
            changes: 0,
            midnight,
            is_removed: leap.removed,
            verifier_leap: leap.verifier.unwrap_or(Displaced::None),
            hosts_leap: leap.hosts.unwrap_or(Displaced::None),
            born,
            verifier_ahead: secs(verifier.ahead_s),
            verifier_rate: if random.chance(0.5) { steered } else { -steered },
        };
        world.wall = world.hosts_utc() + random.around(secs(scenario.wall.off_s)) - world.uptime;
        world.events = events(scenario, born, born + life, random);
        world
    }

    /// A world in which nothing happens but what its maker does.
    pub(crate) fn quiet(born: i64, leap: Displaced) -> Self {
        let uptime = DAY;
        Self {
            time: born,
            uptime,
            rate: 0,
            asleep_rate: None,
            is_asleep: false,
            wall: born - uptime,
            boot: 1,
            offline_until: 0,
            events: Vec::new(),
            changes: 0,
            midnight: NEW_YEAR * SECOND,
            is_removed: false,
            verifier_leap: leap,
            hosts_leap: leap,
            born,
            verifier_ahead: 0,
            verifier_rate: 0,
        }
    }

    /// Lets time pass until `time`, with all that happens meanwhile.
    pub(crate) fn pass_until(&mut self, time: i64) {
        while let Some((at, event)) = self.events.pop_if(|(at, _)| *at <= time) {
            self.count_until(at);
            self.happen(event);
            self.changes += 1;
        }
        self.count_until(time);
    }

    pub(crate) fn pass(&mut self, span: i64) {
        self.pass_until(self.time + span);
    }

    /// Half of the rates that the device's oscillator can have are at the limits.
    pub(crate) fn warm(&mut self, ppm: f64, random: &mut Random) {
        self.rate = drawn_rate(ppm, random);
    }

    pub(crate) fn run_fast(&mut self, ppm: f64) {
        self.rate = limit(ppm);
    }

    pub(crate) fn set_wall(&mut self, utc: i64) {
        self.wall = utc - self.uptime;
    }

    pub(crate) fn reboot(&mut self, off: i64, is_noticed: bool) {
        let wall = self.wall + self.uptime + off;
        self.time += off;
        self.uptime = 5 * SECOND;
        self.wall = wall - self.uptime;
        if is_noticed {
            self.boot += 1;
        }
    }

    pub(crate) fn sleep(&mut self) {
        self.is_asleep = true;
    }

    /// Of the sleep, `uncounted` was not counted. The wall clock has a clock of its own for that.
    pub(crate) fn wake(&mut self, uncounted: i64) {
        self.is_asleep = false;
        self.uptime -= uncounted;
        self.wall += uncounted;
    }

    pub(crate) fn device(&self) -> DeviceTime {
        let mut boot = [0; 16];
        boot[..8].copy_from_slice(&self.boot.to_be_bytes());
        DeviceTime {
            wall: UnixMillis((self.wall + self.uptime).div_euclid(MS)),
            uptime: Uptime((self.uptime / MS) as u64),
            boot: BootId(boot),
        }
    }

    pub(crate) fn time(&self) -> i64 {
        self.time
    }

    pub(crate) fn is_online(&self) -> bool {
        self.time >= self.offline_until
    }

    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    pub(crate) fn verifier_utc(&self) -> i64 {
        self.verifier_utc_after(0)
    }

    /// What the verifier's clock will say after `span`, if nobody steps it.
    pub(crate) fn verifier_utc_after(&self, span: i64) -> i64 {
        let time = self.time + span;
        let steered = (time - self.born) / SECOND * self.verifier_rate;
        time + self.verifier_ahead + steered - self.displaced(time, self.verifier_leap)
    }

    /// The hosts', and that of a wall clock that is right.
    pub(crate) fn hosts_utc(&self) -> i64 {
        self.time - self.displaced(self.time, self.hosts_leap)
    }

    /// How far the wall clock is from the verifier's.
    pub(crate) fn wall_off(&self) -> i64 {
        (self.wall + self.uptime).saturating_sub(self.verifier_utc()).saturating_abs()
    }

    fn displaced(&self, time: i64, how: Displaced) -> i64 {
        let by = displacement(time, self.midnight, how);
        if self.is_removed { -by } else { by }
    }

    fn count_until(&mut self, time: i64) {
        let span = i128::from((time - self.time).max(0));
        let rate = self.asleep_rate.filter(|_| self.is_asleep).unwrap_or(self.rate);
        let gained = span * i128::from(rate) / i128::from(SECOND);
        self.uptime += i64::try_from(span + gained).expect("no life is that long");
        self.time = self.time.max(time);
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Rate(rate) => self.rate = rate,
            Event::SetRight { off, by_radio } => {
                if by_radio || self.is_online() {
                    self.wall = self.hosts_utc() + off - self.uptime;
                }
            }
            Event::WallOff { by } => self.wall = self.hosts_utc() + by - self.uptime,
            Event::WallAt { utc } => self.set_wall(utc),
            Event::Reboot { off, is_noticed } => self.reboot(off, is_noticed),
            Event::Offline { until } => self.offline_until = self.offline_until.max(until),
            Event::VerifierStep { by } => self.verifier_ahead += by,
        }
    }
}

/// 2027-01-01T00:00:00Z.
pub(crate) const NEW_YEAR: i64 = 1_798_761_600;

/// From 2026-07-10 for 160 days no midnight of a leap second is near.
const QUIET_FROM: i64 = 1_783_641_600 * SECOND;
const QUIET_FOR: i64 = 160 * DAY;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::HOUR;

    const BORN: i64 = NEW_YEAR * SECOND - DAY;

    #[test]
    fn a_fast_oscillator_gains_on_the_uptime_and_on_the_wall_clock_that_it_drives() {
        let mut world = World::quiet(BORN, Displaced::None);
        let before = world.device();
        world.run_fast(100.0);
        world.pass(10_000 * SECOND);
        let after = world.device();
        assert_eq!(after.uptime.since(before.uptime).0, 10_001_000);
        assert_eq!(after.wall.since(before.wall).0, 10_001_000);
        assert_eq!(world.wall_off(), SECOND);
    }

    #[test]
    fn a_wall_clock_goes_on_through_a_reboot_and_the_uptime_begins_anew() {
        let mut world = World::quiet(BORN, Displaced::None);
        world.set_wall(BORN - HOUR);
        let before = world.device();
        world.reboot(60 * SECOND, true);
        let after = world.device();
        assert_ne!(before.boot, after.boot);
        assert!(after.uptime < before.uptime);
        assert_eq!(after.wall.since(before.wall).0, 60_000);
        assert_eq!(world.wall_off(), HOUR);
    }

    #[test]
    fn sleep_that_is_not_counted_is_missing_from_the_uptime_alone() {
        let mut world = World::quiet(BORN, Displaced::None);
        let before = world.device();
        world.sleep();
        world.pass(60 * SECOND);
        world.wake(SECOND);
        assert_eq!(world.device().uptime.since(before.uptime).0, 59_000);
        assert_eq!(world.wall_off(), 0);
    }

    #[test]
    fn a_stepped_second_repeats_and_a_removed_one_is_left_out() {
        let mut world = World::quiet(BORN, Displaced::Stepped);
        let last = DAY - SECOND;
        assert_eq!(world.verifier_utc_after(last), BORN + last);
        assert_eq!(world.verifier_utc_after(DAY), BORN + last);
        world.is_removed = true;
        assert_eq!(world.verifier_utc_after(DAY), BORN + DAY + SECOND);
    }
}
