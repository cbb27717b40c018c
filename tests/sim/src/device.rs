//! A device's life: the app is opened, asks for the time when the clock's plan says so, is read.

mod ask;

use warifu::{
    clock::{Basis, Certainty, Clock, Estimate, WALL_BOUND},
    otp::totp::Steps,
    time::Uptime,
};

use crate::{
    judge::{Judged, period},
    mix::{Scenario, Typing},
    random::Random,
    rivals::Rivals,
    tally::{SURE, Tally},
    units::{DAY, MS, ms, secs},
    world::World,
};

/// Lives a device's whole life, and counts what was seen.
pub(crate) fn live(scenario: &Scenario, typing: Typing, mut random: Random, tally: &mut Tally) {
    let world = World::new(scenario, &mut random);
    let end = world.time() + scenario.days as i64 * DAY;
    let mut device = Device {
        scenario,
        typing,
        random,
        world,
        clock: Clock::new(),
        rivals: Rivals::default(),
        guess: Guess::default(),
        records: Vec::new(),
        tally,
    };
    let gap = DAY / scenario.sessions as i64;
    loop {
        let opened = device.world.time() + device.random.gap(gap);
        if opened >= end {
            break;
        }
        device.session(opened);
    }
    device.tally.device_days += scenario.days;
}

struct Device<'a> {
    scenario: &'a Scenario,
    typing: Typing,
    random: Random,
    world: World,
    clock: Clock,
    rivals: Rivals,
    guess: Guess,
    /// What the clock stored, the last behind; beside it what became of the guess.
    records: Vec<(Vec<u8>, Guess)>,
    tally: &'a mut Tally,
}

/// Whether what an unproven interval rests on was so: hosts have anchored a wall clock that was
/// within its bound, and told the time.
#[derive(Debug, Clone, Copy, Default)]
struct Guess {
    is_right: bool,
}

/// Whom the plan names, and when.
#[derive(Debug, Clone, Copy)]
enum Due {
    Verifier(i64),
    Host(i64),
}

impl Device<'_> {
    /// The app is opened, and closed some minutes later.
    fn session(&mut self, opened: i64) {
        self.world.sleep();
        self.world.pass_until(opened);
        let uncounted = self.random.between(0, self.scenario.drift.uncounted_ms * MS + 1);
        self.world.wake(uncounted);
        self.start();

        let readings = self.scenario.readings / self.scenario.sessions;
        let span = secs(self.random.log_normal(150.0, 0.8).min(1800.0));
        let mut instants: Vec<i64> =
            (0..readings).map(|_| opened + self.random.between(0, span)).collect();
        instants.sort_unstable();
        let mut due = self.due();
        let mut changes = self.world.changes();
        for instant in instants {
            let mut asked = 0;
            while let Some(next) = due.filter(|next| next.at() <= instant && asked < MOST_ASKED) {
                self.world.pass_until(next.at());
                self.ask(next);
                due = self.due();
                asked += 1;
            }
            self.world.pass_until(instant);
            if self.world.changes() != changes {
                changes = self.world.changes();
                due = self.due();
            }
            self.read();
        }
        self.clock.settle(self.world.device());
        self.records.push((self.clock.encode(), self.guess));
        if self.records.len() > 20 {
            self.records.remove(0);
        }
    }

    /// The process starts from its last record, or from an older one that was put back.
    fn start(&mut self) {
        if self.random.chance(self.scenario.boots.put_back) && self.records.len() > 1 {
            let which = self.random.between(0, self.records.len() as i64) as usize;
            self.records.truncate(which + 1);
        }
        if let Some((record, guess)) = self.records.last() {
            self.clock = Clock::decode(record).expect("it was encoded");
            self.guess = *guess;
        }
    }

    fn due(&self) -> Option<Due> {
        let now = self.world.device();
        let plan = self.clock.plan(now);
        let at = |uptime: Uptime| self.world.time() + uptime.since(now.uptime).0 as i64 * MS;
        let verifier = self.scenario.verifier.map(|_| Due::Verifier(at(plan.verifier)));
        let is_configured = !self.scenario.host.is_empty();
        let host = plan.date.filter(|_| is_configured).map(|date| {
            let on_the_way = ms(self.scenario.link.rtt_ms / 2.0);
            Due::Host((at(date) - on_the_way).max(self.world.time()))
        });
        [verifier, host].into_iter().flatten().min_by_key(|due| due.at())
    }

    fn read(&mut self) {
        let now = self.world.device();
        let estimate = self.clock.read(now).ok();
        let steps = Steps { t0: 0, period: period(if self.random.chance(0.8) { 30 } else { 60 }) };
        let shown = estimate.map(|estimate| estimate.at(steps));
        let typing = secs(self.random.log_normal(self.typing.median_s, self.typing.sigma));
        let judged = Judged::new(&self.world, steps, typing);
        let tally = &mut *self.tally;
        tally.readings += 1;

        let ours = judged.accepts(shown.map(|shown| shown.instant.0));
        let rivals = self.rivals.times(now.wall.0).map(|time| judged.accepts(Some(time)));
        let is_authenticated = estimate.is_some_and(|estimate| estimate.basis == Basis::Verifier);
        for (place, accepted) in std::iter::once(ours).chain(rivals).enumerate() {
            tally.all[place].note(accepted);
            if is_authenticated {
                tally.authenticated[place].note(accepted);
            }
        }
        let Some((estimate, shown)) = estimate.zip(shown) else {
            tally.status[5] += 1;
            return;
        };
        let status = match shown.certainty {
            Certainty::Sure => SURE,
            Certainty::NearBoundary => 1,
            Certainty::Stale => 2,
            Certainty::Unsynced => 3,
            Certainty::Contradicted => 4,
        };
        tally.status[status] += 1;
        if status == SURE {
            tally.sure.note(ours);
        }
        if let Some(neighbour) = shown.neighbour {
            tally.near.note(ours);
            tally.near_with_neighbour.note(judged.accepts_either(shown.instant.0, neighbour));
        }
        self.hold(&estimate);
    }

    /// Counts whether the interval held the verifier's time, by what it rests on.
    fn hold(&mut self, estimate: &Estimate) {
        let utc = self.world.verifier_utc();
        let is_held =
            estimate.earliest.0 * MS <= utc && utc <= estimate.latest.0.saturating_mul(MS);
        let is_guess_right = match estimate.basis {
            Basis::Verifier => None,
            Basis::Host => Some(self.guess.is_right),
            Basis::Wall => Some(self.is_wall_within_bound()),
        };
        let held = match is_guess_right {
            None => &mut self.tally.proven,
            Some(true) => &mut self.tally.guessed,
            Some(false) => &mut self.tally.misled,
        };
        held.note(is_held, width(estimate));
    }

    fn is_wall_within_bound(&self) -> bool {
        self.world.wall_off() <= WALL_BOUND.0 as i64 * MS
    }
}

impl Due {
    fn at(self) -> i64 {
        match self {
            Self::Verifier(at) | Self::Host(at) => at,
        }
    }
}

fn width(estimate: &Estimate) -> u64 {
    estimate.latest.since(estimate.earliest).0
}

/// The plan spaces requests out; this many between two readings would show that it does not.
const MOST_ASKED: u32 = 100;
