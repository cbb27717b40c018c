//! Says of every state of a disk whether it is the old vault or the new one, whole.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
};

use super::{
    Error,
    dice::Dice,
    disk::{Platter, State},
    found::Found,
    operations::{Fixture, Operation, go_on},
    power_cut::{Effort, power_cuts},
};

pub(super) struct Judge<'a> {
    fixture: &'a Fixture,
    operation: Operation,
    dice: Dice,
    effort: Effort,
    /// Goes on with one in so many of the different states.
    stride: usize,
    /// What was found, by the bytes of the vault: all that opening it can depend on.
    known: HashMap<Option<Vec<u8>>, Result<Found, Error>>,
    seen: HashSet<u64>,
    hasher: RandomState,
    pub(super) tally: Tally,
    pub(super) violations: Vec<String>,
}

/// How much was tried.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Tally {
    /// States after a power cut.
    pub(super) cuts: usize,
    /// States after a kill.
    pub(super) kills: usize,
    /// Those among them that differ.
    pub(super) different: usize,
    /// Those that a further operation was run on.
    pub(super) went_on: usize,
}

/// What may be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Allowed {
    OldOrNew,
    New,
}

impl<'a> Judge<'a> {
    pub(super) fn new(
        fixture: &'a Fixture,
        operation: Operation,
        effort: Effort,
        stride: usize,
    ) -> Self {
        Self {
            fixture,
            operation,
            dice: Dice(20_330_518),
            effort,
            stride,
            known: HashMap::new(),
            seen: HashSet::new(),
            hasher: RandomState::new(),
            tally: Tally::default(),
            violations: Vec::new(),
        }
    }

    /// Every prefix of the calls; after the last of them `finally` holds.
    pub(super) fn every_prefix(&mut self, history: &[State], finally: Allowed) {
        let Some((last, earlier)) = history.split_last() else { return };
        for state in earlier {
            self.kill_and_power_cuts(state, Allowed::OldOrNew);
        }
        self.kill_and_power_cuts(last, finally);
    }

    fn kill_and_power_cuts(&mut self, state: &State, allowed: Allowed) {
        self.tally.kills += 1;
        self.one(&state.visible(), allowed);
        let mut dice = Dice(self.dice.roll());
        power_cuts(state, self.effort, &mut dice, |platter| {
            self.tally.cuts += 1;
            self.one(&platter, allowed);
        });
    }

    fn one(&mut self, platter: &Platter, allowed: Allowed) {
        let found = self.found(platter);
        if let Err(complaint) = self.complaint(found, allowed) {
            self.violations.push(complaint);
            return;
        }
        if !self.seen.insert(self.hasher.hash_one(platter)) {
            return;
        }
        self.tally.different += 1;
        if self.tally.different.is_multiple_of(self.stride) {
            self.tally.went_on += 1;
            let found = self.found(platter).unwrap();
            if let Err(complaint) = go_on(platter, &found) {
                self.violations.push(complaint);
            }
        }
    }

    fn complaint(&self, found: Result<Found, Error>, allowed: Allowed) -> Result<(), String> {
        let found = found.map_err(|error| format!("does not open: {error:?}"))?;
        if found == self.fixture.expected(self.operation, &found) {
            return Ok(());
        }
        if found != self.fixture.found {
            return Err(format!("neither old nor new: {found:?}"));
        }
        if allowed == Allowed::New { Err("the old state came back".into()) } else { Ok(()) }
    }

    pub(super) fn found(&mut self, platter: &Platter) -> Result<Found, Error> {
        self.known.entry(platter.vault()).or_insert_with(|| Found::on(platter)).clone()
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, more: Self) {
        self.cuts += more.cuts;
        self.kills += more.kills;
        self.different += more.different;
        self.went_on += more.went_on;
    }
}
