//! What was seen, as sums: in whatever order devices are added, the sums are the same.

use serde::Serialize;

use crate::{rivals::RIVALS, widths::Widths};

/// What was seen of a scenario's devices.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Tally {
    pub(crate) device_days: u64,
    pub(crate) readings: u64,
    /// Readings by status, in the order of [`STATUSES`].
    pub(crate) status: [u64; STATUSES.len()],
    /// What the verifier has spoken for.
    pub(crate) proven: Held,
    /// The guess that the wall clock is within its bound, where it was, and no host was wrong.
    pub(crate) guessed: Held,
    /// The same where it was not.
    pub(crate) misled: Held,
    /// After the first answer in a boot.
    pub(crate) first_by_verifier: Widths,
    pub(crate) first_by_date: Widths,
    pub(crate) sure: Trials,
    /// Those where a neighbour was marked: the shown code alone, and it or the neighbour.
    pub(crate) near: Trials,
    pub(crate) near_with_neighbour: Trials,
    /// All readings: ours, then the rivals'.
    pub(crate) all: [Trials; 1 + RIVALS],
    /// Those with a verifier's answer in this boot.
    pub(crate) authenticated: [Trials; 1 + RIVALS],
    pub(crate) asked: Asked,
}

pub(crate) const STATUSES: [&str; 6] =
    ["Sure", "NearBoundary", "Stale", "Unsynced", "Contradicted", "none"];
pub(crate) const SURE: usize = 0;

/// In seconds; behind these comes the human delay.
pub(crate) const DELAYS_S: [i64; 4] = [0, 5, 10, 20];
pub(crate) const DELAYS: usize = DELAYS_S.len() + 1;
pub(crate) const DELAY_NAMES: [&str; DELAYS] = ["0 s", "5 s", "10 s", "20 s", "human"];

/// Intervals, and how many did not hold the verifier's time.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Held {
    pub(crate) readings: u64,
    pub(crate) violations: u64,
    pub(crate) widths: Widths,
}

/// Codes, each handed to a verifier after each delay, and how many it refused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Trials {
    pub(crate) codes: u64,
    pub(crate) refused: [u64; DELAYS],
}

/// What became of the requests for the time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Asked {
    pub(crate) verifier: u64,
    pub(crate) hosts: u64,
    pub(crate) lost: u64,
    pub(crate) refused: u64,
    pub(crate) moved: u64,
    pub(crate) disputed: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.device_days += other.device_days;
        self.readings += other.readings;
        for (sum, more) in self.status.iter_mut().zip(other.status) {
            *sum += more;
        }
        self.proven.add(&other.proven);
        self.guessed.add(&other.guessed);
        self.misled.add(&other.misled);
        self.first_by_verifier.add(&other.first_by_verifier);
        self.first_by_date.add(&other.first_by_date);
        self.sure.add(&other.sure);
        self.near.add(&other.near);
        self.near_with_neighbour.add(&other.near_with_neighbour);
        for (sum, more) in self.all.iter_mut().zip(&other.all) {
            sum.add(more);
        }
        for (sum, more) in self.authenticated.iter_mut().zip(&other.authenticated) {
            sum.add(more);
        }
        self.asked.add(&other.asked);
    }
}

impl Tally {
    /// The readings without a verifier's answer in this boot.
    pub(crate) fn unproven(&self) -> [Trials; 1 + RIVALS] {
        let mut rest = self.all;
        for (rest, authenticated) in rest.iter_mut().zip(&self.authenticated) {
            rest.codes -= authenticated.codes;
            for (rest, authenticated) in rest.refused.iter_mut().zip(authenticated.refused) {
                *rest -= authenticated;
            }
        }
        rest
    }
}

impl Held {
    pub(crate) fn note(&mut self, is_held: bool, width: u64) {
        self.readings += 1;
        self.violations += u64::from(!is_held);
        self.widths.note(width);
    }

    fn add(&mut self, other: &Self) {
        self.readings += other.readings;
        self.violations += other.violations;
        self.widths.add(&other.widths);
    }
}

impl Trials {
    pub(crate) fn note(&mut self, accepted: [bool; DELAYS]) {
        self.codes += 1;
        for (sum, accepted) in self.refused.iter_mut().zip(accepted) {
            *sum += u64::from(!accepted);
        }
    }

    /// At the fixed delays together.
    pub(crate) fn refused_at_fixed(&self) -> u64 {
        self.refused[..DELAYS_S.len()].iter().sum()
    }

    fn add(&mut self, other: &Self) {
        self.codes += other.codes;
        for (sum, more) in self.refused.iter_mut().zip(other.refused) {
            *sum += more;
        }
    }
}

impl Asked {
    fn add(&mut self, other: &Self) {
        self.verifier += other.verifier;
        self.hosts += other.hosts;
        self.lost += other.lost;
        self.refused += other.refused;
        self.moved += other.moved;
        self.disputed += other.disputed;
    }
}
