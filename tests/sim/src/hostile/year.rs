//! What was seen of hostile years.

use serde::Serialize;

/// What a year, or some of them, came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Year {
    pub(crate) devices: u64,
    pub(crate) readings: u64,
    pub(crate) sure: u64,
    /// Those `Sure` that no verifier has spoken for in the boot.
    pub(crate) unproven_sure: u64,
    /// Those that were more than a period ahead, though `Sure` at every position.
    pub(crate) sure_and_far: u64,
    pub(crate) contradicted: u64,
    /// The furthest that a shown code was ahead of the verifier's time.
    pub(crate) furthest_ms: i64,
    /// Codes that were beyond the bound, and how near one came to it.
    pub(crate) beyond: u64,
    pub(crate) least_left_ms: Option<i64>,
    /// Disputes after which a reading did not say so.
    pub(crate) swallowed: u64,
    pub(crate) disputes: u64,
    /// Of the verifier's lies: those alone that moved the code, pairs that did, and pairs of honest
    /// answers that did not bring it back.
    pub(crate) moved_by_one: u64,
    pub(crate) pairs: u64,
    pub(crate) moved_by_pair: u64,
    pub(crate) not_brought_back: u64,
}

impl Year {
    pub(crate) fn add(&mut self, other: &Self) {
        self.devices += other.devices;
        self.readings += other.readings;
        self.sure += other.sure;
        self.unproven_sure += other.unproven_sure;
        self.sure_and_far += other.sure_and_far;
        self.contradicted += other.contradicted;
        self.furthest_ms = self.furthest_ms.max(other.furthest_ms);
        self.beyond += other.beyond;
        self.least_left_ms = self.least_left_ms.into_iter().chain(other.least_left_ms).min();
        self.swallowed += other.swallowed;
        self.disputes += other.disputes;
        self.moved_by_one += other.moved_by_one;
        self.pairs += other.pairs;
        self.moved_by_pair += other.moved_by_pair;
        self.not_brought_back += other.not_brought_back;
    }
}
