//! Every interleaving of tries with crashes, power cuts, failures and files put back.

use std::collections::HashSet;

use super::{
    attempt::{Next, Plan, Rules, Step, Try},
    world::{Disk, Found},
};

/// What the surroundings may do besides crashes and key store failures, which always may come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Surroundings {
    /// Somebody puts earlier files back, at any time.
    pub(crate) rollback: bool,
    /// A power cut may lose the key store's latest operations, those of the last try.
    pub(crate) lossy: bool,
    /// Such a power cut is taken to give one try back.
    pub(crate) forgiving: bool,
    /// Wrong PINs are tried too.
    pub(crate) wrong: bool,
    /// How many other tries may begin while one is under way, each in a process of its own.
    pub(crate) meetings: u8,
}

/// Crashes, failures and power cuts that lose nothing which the key store confirmed.
pub(crate) const HONEST: Surroundings =
    Surroundings { rollback: false, lossy: false, forgiving: false, wrong: true, meetings: 0 };

/// What came of an exploration.
#[derive(Debug, Default)]
pub(crate) struct Explored {
    pub(crate) states: usize,
    pub(crate) transitions: usize,
    /// The most wrong guesses that were judged since the last right one, less one for each power
    /// cut that lost something.
    pub(crate) judged: u8,
    /// Whether the slot came to its end.
    pub(crate) destroyed: bool,
    /// Whether the disk and the key store were the same before and after each judgement.
    pub(crate) judgement_writes_nothing: bool,
    pub(crate) violation: Option<Violation>,
}

/// A property that does not hold, and the way there.
#[derive(Debug)]
pub(crate) struct Violation {
    pub(crate) property: Property,
    pub(crate) trace: Vec<By>,
}

/// What leads from one state to the next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum By {
    Pin {
        right: bool,
    },
    Step(Step),
    /// The errand fails, and the try goes on.
    Failure(Step),
    NotDue(Step),
    EndBefore(Step),
    EndAfter(Step),
    PowerCut {
        lost: usize,
    },
    FilePutBack,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Property {
    /// No more wrong guesses are judged than the limit allows.
    NoTryRegained,
    /// Each spent try was counted before it ended, and no try counts twice.
    NoTryCostsTwo,
    /// The owner's slot opens until the limit is reached.
    OwnerNotLockedOut,
    /// What ends before step (4) costs nothing.
    EarlyEndIsFree,
    /// When a guess is judged, the slot has its inner key and the newest: no other.
    NoOrphan,
    /// A destroyed slot leaves no inner key, and if no operation was lost no other.
    NothingLeft,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct World {
    disk: Disk,
    /// None, one, or two that meet.
    running: Vec<Try>,
    /// What the try under way found, had nothing disturbed it.
    begun: Found,
    /// Wrong guesses judged since the last right one; a forgiven power cut takes one off.
    judged: u8,
    /// Tries that reached step (4) since the last right one that was written down.
    spent: u8,
    /// The same before the last try, if that was right, for a power cut may undo it.
    spent_before: Option<u8>,
}

/// Explores until nothing is new, or a property is broken: any, or the one that is wanted.
pub(crate) fn explore(rules: Rules, around: Surroundings, wanted: Option<Property>) -> Explored {
    let disk = Disk::new();
    let begun = disk.found(rules.limit, true);
    let start = World { disk, running: Vec::new(), begun, judged: 0, spent: 0, spent_before: None };
    let mut explorer = Explorer {
        rules,
        around,
        seen: HashSet::from([start.clone()]),
        found: vec![(start, 0, By::Step(Step::Judge))],
        result: Explored { judgement_writes_nothing: true, ..Explored::default() },
        wanted,
    };
    let mut at = 0;
    while at < explorer.found.len() && explorer.result.violation.is_none() {
        explorer.expand(at);
        at += 1;
    }
    explorer.result.states = explorer.found.len();
    explorer.result
}

struct Explorer {
    rules: Rules,
    around: Surroundings,
    seen: HashSet<World>,
    /// Each state, the one that it came from, and by what.
    found: Vec<(World, usize, By)>,
    result: Explored,
    wanted: Option<Property>,
}

impl Explorer {
    fn expand(&mut self, at: usize) {
        let world = self.found[at].0.clone();
        // Of two processes that die with the power, each may as well have died before.
        if self.around.meetings == 0 || world.running.is_empty() {
            self.cuts(at, &world);
        }
        if self.around.rollback {
            self.put_back(at, &world);
        }
        if world.running.len() < 2 && world.running.iter().all(|t| t.met < self.around.meetings) {
            self.begin(at, &world);
        }
        for process in 0..world.running.len() {
            self.attempt(at, &world, process);
        }
    }

    fn begin(&mut self, at: usize, world: &World) {
        for right in [true, false] {
            if right || self.around.wrong {
                let mut next = world.clone();
                // What the store confirmed to the last try survives from here on.
                next.disk.soft.clear();
                next.spent_before = None;
                next.begun = self.found(&next);
                next.running.iter_mut().for_each(|other| other.met += 1);
                next.running.push(self.rules.begin(&next.disk, right));
                self.reach(at, next, By::Pin { right });
            }
        }
    }

    /// While a try is under way it matters only that the file is another: which, is chosen later.
    fn put_back(&mut self, at: usize, world: &World) {
        let mut next = world.clone();
        if !next.running.is_empty() {
            next.running.iter_mut().for_each(|running| running.changed = true);
            return self.reach(at, next, By::FilePutBack);
        }
        for file in world.disk.forgeries() {
            let mut next = world.clone();
            next.disk.put_back(file);
            self.reach(at, next, By::FilePutBack);
        }
    }

    /// The power goes: any number of the latest operations, and any version that was not synced.
    fn cuts(&mut self, at: usize, world: &World) {
        let losses = if self.around.lossy { world.disk.soft.len() } else { 0 };
        // Whoever puts files back gains nothing by a power cut that loses nothing: it is a crash.
        for lost in usize::from(self.around.rollback)..=losses {
            for file in &world.disk.after_cut {
                let mut next = world.clone();
                next.disk.cut(lost, file.clone());
                next.running.clear();
                if lost > 0 {
                    if self.around.forgiving {
                        next.judged = next.judged.saturating_sub(1);
                    }
                    next.spent = next.spent_before.unwrap_or(next.spent);
                }
                next.spent_before = None;
                self.check_owner(at, &next);
                self.reach(at, next, By::PowerCut { lost });
            }
        }
    }

    /// The next step of the try: done, failed before or after its effect, or the process died.
    fn attempt(&mut self, at: usize, world: &World, process: usize) {
        let running = &world.running[process];
        let step = self.rules.step(running).unwrap();
        let mut ended = world.clone();
        ended.running.remove(process);
        self.check_early_end(at, &ended, running);
        self.reach(at, ended.clone(), By::EndBefore(step));
        let fails =
            self.rules.survives_failure(running).map(|next| (next, By::Failure as fn(Step) -> By));
        let not_due =
            self.rules.without_wait(running).map(|next| (next, By::NotDue as fn(Step) -> By));
        for (next, how) in fails.into_iter().chain(not_due) {
            let mut after = world.clone();
            after.running[process] = next;
            self.reach(at, after, how(step));
        }
        if !self.rules.act(running, &mut ended.disk) {
            return;
        }
        if step.writes() && step != Step::Settle {
            ended.running.iter_mut().for_each(|other| other.changed = true);
        }
        if step == Step::Rename {
            ended.spent = (ended.spent + 1).min(self.rules.limit);
            let others = ended.running.iter_mut();
            others.filter(|other| other.plan == Plan::Right).for_each(|o| o.counted_since += 1);
        }
        if step == Step::ResetSync {
            (ended.spent, ended.spent_before) = (running.counted_since, Some(ended.spent));
        }
        if step != Step::Rename {
            self.check_early_end(at, &ended, running);
        }
        self.reach(at, ended.clone(), By::EndAfter(step));
        if step == Step::Judge {
            self.result.judgement_writes_nothing &= ended.disk == world.disk;
            self.judge(at, &mut ended, running);
        }
        let mut next = self.rules.go_on(running, &ended.disk);
        let alone = self.around.meetings == 0;
        while let Next::Goes(thinks) = &next
            && (self.around.rollback || !alone)
            && self.rules.only_thinks(thinks, alone)
        {
            next = self.rules.go_on(&thinks.clone(), &ended.disk);
        }
        match next {
            Next::Goes(next) => ended.running.insert(process, next),
            Next::Ended => {
                let done = matches!(running.plan, Plan::Destroy | Plan::Buried);
                let disturbed = self.around != Surroundings { wrong: self.around.wrong, ..HONEST };
                let left = ended.disk.inner || !(disturbed || ended.disk.keys.is_empty());
                self.hold(Property::NothingLeft, !(done && left), at);
                self.result.destroyed |= done;
            }
        }
        self.check_owner(at, &ended);
        self.reach(at, ended, By::Step(step));
    }

    fn judge(&mut self, at: usize, world: &mut World, running: &Try) {
        world.judged = match running {
            Try { right: true, .. } => 0,
            Try { written_off: true, .. } => world.judged,
            _ => world.judged + 1,
        };
        if running.right {
            let others = world.running.iter_mut();
            others.filter(|other| other.counted).for_each(|other| other.written_off = true);
        }
        self.result.judged = self.result.judged.max(world.judged);
        self.hold(Property::NoTryRegained, world.judged <= self.rules.limit, at);
        let alone = self.around.meetings == 0;
        self.hold(Property::NoOrphan, !alone || world.disk.keys.len() == 1, at);
    }

    /// Without somebody who puts files back, what is on the disk answers for each spent try.
    fn check_owner(&mut self, at: usize, world: &World) {
        if self.around.rollback || !world.running.is_empty() {
            return;
        }
        match self.found(world) {
            Found::Open(count) => self.hold(Property::NoTryCostsTwo, count <= world.spent, at),
            Found::Destroyed => {
                self.hold(Property::OwnerNotLockedOut, world.spent >= self.rules.limit, at);
            }
            Found::Lost => self.hold(Property::OwnerNotLockedOut, false, at),
        }
    }

    fn check_early_end(&mut self, at: usize, ended: &World, running: &Try) {
        self.check_owner(at, ended);
        let undisturbed = self.around == Surroundings { wrong: self.around.wrong, ..HONEST };
        let early = running.plan == Plan::Try && !running.counted && undisturbed;
        let free = !early || self.found(ended) == ended.begun;
        self.hold(Property::EarlyEndIsFree, free, at);
    }

    fn found(&self, world: &World) -> Found {
        world.disk.found(self.rules.limit, self.rules.variant.falls_back())
    }

    fn hold(&mut self, property: Property, holds: bool, mut at: usize) {
        let counts = self.wanted.is_none_or(|wanted| wanted == property);
        if holds || !counts || self.result.violation.is_some() {
            return;
        }
        let mut trace = Vec::new();
        while at != 0 {
            trace.push(self.found[at].2);
            at = self.found[at].1;
        }
        trace.reverse();
        self.result.violation = Some(Violation { property, trace });
    }

    fn reach(&mut self, from: usize, mut world: World, by: By) {
        self.result.transitions += 1;
        if self.around.rollback {
            // Whoever puts files back can restart the device too: a try may always fall back.
            world.disk.forget_boots();
            let held = world.running.iter_mut().flat_map(Try::envelopes);
            held.for_each(|envelope| envelope.this_boot = false);
        }
        let mut held: Vec<_> = world.running.iter_mut().flat_map(Try::envelopes).collect();
        world.disk.canonical(&mut held);
        if self.around.rollback {
            // They need no power cut to have another file there.
            world.disk.after_cut = vec![world.disk.file.clone()];
        } else {
            world.disk.kept.clear();
        }
        if !self.around.lossy {
            world.disk.soft.clear();
            world.spent_before = None;
        }
        if self.around.meetings > 0 {
            // Which of the two is which tells nothing; what an early end costs is asked elsewhere.
            world.running.sort_unstable();
            world.begun = Found::Lost;
        }
        if self.seen.insert(world.clone()) {
            self.found.push((world, from, by));
        }
    }
}
