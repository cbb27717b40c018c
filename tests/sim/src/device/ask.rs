//! A request for the time: what goes over the network, and what the clock and its rivals hear.

use warifu::{
    clock::{Asked, Basis, Estimate, Exchange, Host, Sample, Source, Stamps, Taken},
    time::{DeviceTime, Millis, UnixMillis},
};

use super::{Device, Due, width};
use crate::{
    rivals::Heard,
    units::{HOUR, MS, SECOND, ms, secs},
    world::World,
};

impl Device<'_> {
    pub(super) fn ask(&mut self, due: Due) {
        let (asked, count) = match due {
            Due::Verifier(_) => (Asked::Verifier, &mut self.tally.asked.verifier),
            Due::Host(_) => (Asked::Host, &mut self.tally.asked.hosts),
        };
        *count += 1;
        let link = self.scenario.link;
        if !self.world.is_online() || self.random.chance(link.loss) {
            self.tally.asked.lost += 1;
            self.world.pass(PATIENCE);
            self.clock.failed(asked, self.world.device());
            return;
        }
        let sent = self.world.device();
        let (came, went, resolution, source) = match due {
            Due::Verifier(_) => self.verifiers_answer(),
            Due::Host(_) => self.hosts_answer(),
        };
        let heard = self.world.device();
        let exchange = Exchange { sent: sent.uptime, received: heard.uptime, boot: sent.boot };
        let stamps = Stamps {
            received: UnixMillis(came),
            sent: UnixMillis(went),
            resolution: Millis(resolution),
        };
        if self.random.chance(link.late) {
            let late = self.random.between(0, HOUR);
            self.world.pass(late);
        }
        let now = self.world.device();
        let before = self.clock.read(now).ok();
        match self.clock.take(&Sample { source, exchange, stamps }, now) {
            Ok(taken) => self.taken(source, taken, before, now),
            Err(_) => {
                self.tally.asked.refused += 1;
                self.clock.failed(asked, now);
            }
        }
        let round_trip = heard.uptime.0.saturating_sub(sent.uptime.0);
        if sent.boot == heard.boot && round_trip <= SLOWEST {
            self.rivals.hear(&Heard {
                is_verifier: source == Source::Verifier,
                wall: heard.wall.0,
                round_trip: round_trip as i64,
                came,
                went,
                // Nobody but warifu knows that a `Date` may be older than its second.
                resolution: resolution.min(1000) as i64,
            });
        }
    }

    fn verifiers_answer(&mut self) -> (i64, i64, u64, Source) {
        let verifier = self.scenario.verifier.unwrap_or_default();
        let apart = self.random.pick(&[0, verifier.apart_ms * MS]);
        let unit = verifier.resolution_ms as i64 * MS;
        let stamp = |world: &World| (world.verifier_utc() + apart).div_euclid(unit) * (unit / MS);
        self.travel();
        let came = stamp(&self.world);
        let work = self.random.gap(ms(verifier.work_ms));
        self.world.pass(work);
        let went = stamp(&self.world);
        self.travel();
        (came, went, verifier.resolution_ms, Source::Verifier)
    }

    fn hosts_answer(&mut self) -> (i64, i64, u64, Source) {
        let place = self.random.between(0, self.scenario.host.len() as i64) as u8;
        let host = self.scenario.host[usize::from(place)];
        self.travel();
        let mut utc = self.world.hosts_utc() + secs(host.ahead_s);
        if host.kept && self.random.chance(0.5) {
            utc -= self.random.between(0, SECOND);
        }
        utc -= self.random.between(0, host.cached_s * SECOND + 1);
        if host.lies {
            utc = self.lie(utc);
        }
        self.travel();
        let date = utc.div_euclid(SECOND) * 1000;
        (date, date, 2000, Source::Host(Host::new(place).expect("a mix has few hosts")))
    }

    /// A wrong server: a little off, hours off, or at any time at all.
    fn lie(&mut self, utc: i64) -> i64 {
        match self.random.between(0, 3) {
            0 => utc + self.random.around(500 * SECOND),
            1 => utc + self.random.around(24 * HOUR),
            _ => self.random.between(1_577_836_800, 1 << 32) * SECOND,
        }
    }

    /// One way.
    fn travel(&mut self) {
        let link = self.scenario.link;
        let mut span = ms(self.random.log_normal(link.rtt_ms / 2.0, link.sigma));
        if self.random.chance(link.spike) {
            span += self.random.between(0, secs(link.spike_s));
        }
        self.world.pass(span);
        if self.random.chance(link.nap) {
            self.world.sleep();
            let nap = self.random.between(0, 60 * SECOND);
            self.world.pass(nap);
            self.world.wake(0);
        }
    }

    fn taken(&mut self, source: Source, taken: Taken, before: Option<Estimate>, now: DeviceTime) {
        match taken {
            Taken::Moved => self.tally.asked.moved += 1,
            Taken::Disputed => self.tally.asked.disputed += 1,
            Taken::Agreed => {}
        }
        if taken != Taken::Moved {
            return;
        }
        let basis = before.map(|before| before.basis);
        let Ok(after) = self.clock.read(now) else { return };
        let width = width(&after);
        match source {
            Source::Verifier if basis != Some(Basis::Verifier) => {
                self.tally.first_by_verifier.note(width);
            }
            Source::Host(_) => {
                if basis != Some(Basis::Host) {
                    self.tally.first_by_date.note(width);
                    self.guess.is_right = self.is_wall_within_bound();
                }
                self.guess.is_right &= self.scenario.hosts_are_exact();
            }
            Source::Verifier => {}
        }
    }
}

/// How long the app waits for an answer that was lost.
const PATIENCE: i64 = 10 * SECOND;

/// Nobody heeds an answer that took longer, in ms.
const SLOWEST: u64 = 30_000;
