//! A year with liars: how far they push a code, and what of it is shown.

mod siege;
mod year;

pub(crate) use siege::{ALL, Siege};
pub(crate) use year::Year;

use warifu::{
    clock::{Certainty, Clock, Estimate, Exchange, Host, Sample, Source, Stamps, Taken},
    otp::totp::Steps,
    time::{Millis, UnixMillis, Uptime},
};

use crate::{
    bound::{self, Bound},
    judge::period,
    mix::Displaced,
    random::Random,
    units::{DAY, HOUR, MS, SECOND},
    world::{NEW_YEAR, World},
};

/// A device's year under the siege.
pub(crate) fn year(siege: Siege, random: Random) -> Year {
    let index = random.clone().next();
    let leap = [Displaced::None, Displaced::Stepped, Displaced::Smeared, Displaced::After];
    let from = match siege {
        // Two days before a midnight that may bring a leap second.
        Siege::SmallLies => NEW_YEAR * SECOND - 2 * DAY,
        _ => FROM,
    };
    let world = World::quiet(from, leap[(index % 4) as usize]);
    let seen = Year { devices: 1, ..Year::default() };
    let mut besieged = Besieged {
        siege,
        is_worst: index.is_multiple_of(3) && matches!(siege, Siege::Once | Siege::SmallLies),
        random,
        world,
        clock: Clock::new(),
        honest: Clock::new(),
        bound: None,
        has_verifier_spoken: false,
        lies_at_midnight: 0,
        seen,
    };
    besieged.live();
    besieged.seen
}

struct Besieged {
    siege: Siege,
    /// The verifier's time lies at the end of the interval that a code is pushed away from, and stays
    /// there. Of a few devices.
    is_worst: bool,
    random: Random,
    world: World,
    clock: Clock,
    /// The same device without its liars.
    honest: Clock,
    bound: Option<Bound>,
    has_verifier_spoken: bool,
    /// Lies of the verifier around the midnight of a leap second.
    lies_at_midnight: u64,
    seen: Year,
}

impl Besieged {
    fn live(&mut self) {
        let end = self.world.time() + 365 * DAY;
        if self.siege != Siege::Alone {
            self.answer();
        }
        let mut month = self.world.time() + 30 * DAY;
        while self.world.time() < end {
            if self.is_worst {
                self.world.run_fast(99.98);
            } else {
                self.world.warm(99.98, &mut self.random);
            }
            let span = self.random.gap(HOUR);
            self.world.pass(span);
            match self.random.between(0, 100) {
                0..40 => self.lie(),
                40..60 => self.set_wall(),
                60..64 if self.siege == Siege::Delayed => self.answer(),
                60..90 if self.siege == Siege::SmallLies => self.lie_a_little(),
                60..61 if self.siege == Siege::BigLies => self.lie_boldly(),
                _ => {}
            }
            if self.siege == Siege::Reboots && self.world.time() > month {
                month += 30 * DAY;
                let off = self.random.between(0, HOUR);
                self.world.reboot(off, true);
                self.bound = None;
                self.has_verifier_spoken = false;
            }
            self.read();
        }
    }

    /// The verifier tells its time; the liars hold the request and the answer back as they like.
    fn answer(&mut self) {
        let sent = self.world.device();
        let longest = if self.siege == Siege::SmallLies { SECOND } else { 29 * SECOND };
        let there = if self.is_worst { longest } else { self.random.between(0, longest) };
        let back = self.random.between(0, longest - there);
        self.world.pass(there);
        let stamp = self.world.verifier_utc().div_euclid(MS);
        self.world.pass(back);
        let now = self.world.device();
        let exchange = Exchange { sent: sent.uptime, received: now.uptime, boot: now.boot };
        let stamps = Stamps::one(UnixMillis(stamp), Millis(1));
        let sample = Sample { source: Source::Verifier, exchange, stamps };
        self.has_verifier_spoken = true;
        let before = self.clock.read(now).ok();
        self.clock.take(&sample, now).expect("an honest answer, in time");
        self.honest.take(&sample, now).expect("an honest answer, in time");
        let after = self.clock.read(now).expect("the verifier has spoken");
        self.bound = Some(match self.bound.zip(before) {
            Some((bound, before)) if !narrows(&before, &after) => bound,
            _ => Bound::of(&after, now.uptime),
        });
    }

    /// A host says what would push the most, or anything.
    fn lie(&mut self) {
        let now = self.world.device();
        let latest = self.clock.read(now).map_or(now.wall, |estimate| estimate.latest);
        let stamp = match self.random.between(0, 4) {
            0 => latest.0 - 1000,
            1 => latest.0 + self.random.between(0, 3_600_000),
            2 => now.wall.0 + self.random.around(600_000),
            _ => self.anytime(),
        };
        let sent = Uptime(now.uptime.0 - self.random.between(0, 1000) as u64);
        let exchange = Exchange { sent, received: now.uptime, boot: now.boot };
        let place = self.random.between(0, 64) as u8;
        let source = Source::Host(Host::new(place).expect("a place"));
        let stamps = Stamps::http_date(UnixMillis(stamp));
        if self.clock.take(&Sample { source, exchange, stamps }, now) == Ok(Taken::Disputed) {
            self.seen.disputes += 1;
            let is_shown = self.clock.read(now).is_ok_and(|estimate| estimate.contradicted);
            // A wall clock that cannot be right gives no code at all.
            let is_none = self.clock.read(now).is_err();
            self.seen.swallowed += u64::from(!is_shown && !is_none);
        }
    }

    fn set_wall(&mut self) {
        let utc = match self.random.between(0, 3) {
            0 => self.world.verifier_utc() + self.random.around(HOUR),
            1 => self.random.between(0, 1 << 32) * SECOND,
            _ => self.anytime() * MS,
        };
        self.world.set_wall(utc);
    }

    fn anytime(&mut self) -> i64 {
        self.random.between(1_577_836_800_000, (1 << 32) * 1000)
    }

    /// The verifier says a time that just agrees with what is known, mostly the latest.
    fn lie_a_little(&mut self) {
        let now = self.world.device();
        let Ok(known) = self.clock.read(now) else { return };
        let drawn = self.random.between(known.earliest.0, known.latest.0);
        let stamp =
            self.random.pick(&[known.latest.0, known.latest.0 - 2, known.latest.0 - 2, drawn]);
        self.tell(stamp);
        let is_near = bound::is_near_midnight(self.world.verifier_utc() / MS);
        self.lies_at_midnight += u64::from(is_near);
    }

    /// The verifier lies once, and then twice in a row; honest answers lie between.
    fn lie_boldly(&mut self) {
        self.clock = self.honest.clone();
        self.honest_now();
        let before = self.clock.read(self.world.device()).map(|estimate| estimate.point);
        let lie = self.bold_stamp();
        self.tell(lie);
        let after = self.clock.read(self.world.device());
        let is_moved = before != after.map(|estimate| estimate.point);
        let is_shown = after.is_ok_and(|estimate| estimate.contradicted);
        self.seen.moved_by_one += u64::from(is_moved);
        self.seen.swallowed += u64::from(!is_shown);
        self.seen.disputes += 1;
        self.read();
        self.honest_now();

        self.seen.pairs += 1;
        let lie = self.bold_stamp();
        self.tell(lie);
        self.tell(lie);
        self.seen.moved_by_pair += u64::from(!self.is_right());
        self.honest_now();
        self.honest_now();
        self.seen.not_brought_back += u64::from(!self.is_right());
    }

    fn bold_stamp(&mut self) -> i64 {
        let by = self.random.between(60_000, 3_600_000_000);
        let utc = self.world.verifier_utc() / MS;
        if self.random.chance(0.5) { utc + by } else { utc - by }
    }

    fn honest_now(&mut self) {
        let stamp = self.world.verifier_utc().div_euclid(MS);
        self.tell(stamp);
        self.bound = None;
    }

    /// The verifier's word, without any delay.
    fn tell(&mut self, stamp: i64) {
        let now = self.world.device();
        let exchange = Exchange { sent: now.uptime, received: now.uptime, boot: now.boot };
        let stamps = Stamps::one(UnixMillis(stamp), Millis(1));
        let sample = Sample { source: Source::Verifier, exchange, stamps };
        // A stamp outside of 2020 to 2106 is refused; so be it.
        let _ = self.clock.take(&sample, now);
    }

    fn is_right(&self) -> bool {
        let utc = self.world.verifier_utc();
        let estimate = self.clock.read(self.world.device());
        estimate.is_ok_and(|estimate| {
            !estimate.contradicted
                && estimate.earliest.0 * MS <= utc
                && utc <= estimate.latest.0 * MS
        })
    }

    fn read(&mut self) {
        let now = self.world.device();
        self.seen.readings += 1;
        let Ok(estimate) = self.clock.read(now) else { return };
        self.seen.contradicted += u64::from(estimate.contradicted);
        let utc = self.world.verifier_utc();
        for secs in [30, 60] {
            let steps = Steps { t0: 0, period: period(secs) };
            let shown = estimate.at(steps);
            let is_sure = shown.certainty == Certainty::Sure;
            let is_sure_everywhere =
                is_sure && estimate.half_width().0 + 10_000 <= steps.period.millis().0;
            self.seen.sure += u64::from(is_sure);
            self.seen.unproven_sure += u64::from(is_sure && !self.has_verifier_spoken);
            let ahead = i128::from(shown.instant.0) * i128::from(MS) - i128::from(utc);
            let ahead_ms = (ahead / i128::from(MS)) as i64;
            let is_far = ahead > i128::from(i64::from(secs) * SECOND);
            let is_honest = matches!(self.siege, Siege::Once | Siege::Delayed | Siege::Reboots);
            self.seen.sure_and_far += u64::from(is_far && is_sure_everywhere && is_honest);
            self.seen.furthest_ms = self.seen.furthest_ms.max(ahead_ms);
            let half_width = match self.siege {
                // Within what the honest answer has aged to, so twice that at most; around a midnight
                // each lie begins a passage that counts the leap second anew.
                Siege::SmallLies => {
                    let honest = self.honest.read(now).ok();
                    honest.map(|known| 2 * known.half_width().0 + 1000 * self.lies_at_midnight)
                }
                Siege::Once | Siege::Delayed => {
                    self.bound.map(|bound| bound.half_width(&estimate, now.uptime))
                }
                Siege::Reboots | Siege::Alone | Siege::BigLies => None,
            };
            let Some(half_width) = half_width else { continue };
            let furthest = half_width + Bound::lean(half_width, steps);
            let left = i128::from(furthest) * i128::from(MS) - ahead;
            self.seen.beyond += u64::from(left < 0);
            let left = (left / i128::from(MS)) as i64;
            let least = self.seen.least_left_ms.get_or_insert(left);
            *least = left.min(*least);
        }
    }
}

fn narrows(before: &Estimate, after: &Estimate) -> bool {
    after.earliest > before.earliest || after.latest < before.latest
}

/// 2026-09-01T00:00:00Z.
const FROM: i64 = 1_788_220_800 * SECOND;
