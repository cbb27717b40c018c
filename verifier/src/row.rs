use warifu::time::UnixMillis;

use crate::{
    drift::{Drift, MAX_DRIFT},
    rules::Rules,
    state::{MAX_SIGHTED, State},
};

/// A [`State`] as the columns of a table.
///
/// Names and meanings are stable: a later version may add a column whose default says what its
/// absence said before, and changes none. A database without unsigned integers keeps steps as
/// they are, bit for bit (`cast_signed`), for no query has to compare them.
///
/// ```
/// use warifu_verifier::{Row, State};
/// # use warifu::{credential::Generator, otp::{Algorithm, Digits}};
/// # let generator =
/// #     Generator::Hotp { algorithm: Algorithm::Sha1, digits: Digits::SIX, counter: 7 };
///
/// let row = Row::from(&State::new(&generator));
/// assert_eq!(row, Row { spent: Some(6), ..Row::default() });
/// let state = State::try_from(row)?;
/// # Ok::<(), warifu_verifier::InvalidRow>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Row {
    /// Whether a first code has shown that the seed arrived.
    pub confirmed: bool,
    /// Whether failures have locked it.
    pub locked: bool,
    /// Whether the bank has suspended it.
    pub suspended: bool,
    /// Whether the bank has revoked it.
    pub revoked: bool,
    /// The last step or counter that was accepted, or `NULL`: it and all before it are spent.
    pub spent: Option<u64>,
    /// Later steps or counters whose codes were seen too far off to be accepted: alone they never will
    /// be. Rising, and at most [`MAX_SIGHTED`].
    pub sighted: Vec<u64>,
    /// By how many steps the device's clock is ahead, as it was learned, before time takes any off:
    /// −10 to 10, 0 if nothing was learned.
    pub drift: i8,
    /// When a code last bore the drift out, in Unix milliseconds; `NULL` exactly if `drift` is 0.
    pub drift_confirmed_at: Option<i64>,
    /// Failures in a row: 0 to 100.
    pub failures: u8,
    /// Before when nothing is judged, in Unix milliseconds, or `NULL`.
    pub next_try_at: Option<i64>,
}

impl From<&State> for Row {
    fn from(state: &State) -> Self {
        let drift = state.drift.as_ref();
        Self {
            confirmed: state.confirmed,
            locked: state.locked,
            suspended: state.suspended,
            revoked: state.revoked,
            spent: state.spent,
            sighted: state.sighted.clone(),
            drift: drift.map_or(0, Drift::steps),
            drift_confirmed_at: drift.map(|drift| drift.confirmed_at().0),
            failures: state.failures,
            next_try_at: state.next_try_at.map(|at| at.0),
        }
    }
}

/// Takes only what some sequence of calls and acts can have left.
impl TryFrom<Row> for State {
    type Error = InvalidRow;

    fn try_from(row: Row) -> Result<Self, InvalidRow> {
        if row.drift.unsigned_abs() > MAX_DRIFT {
            return Err(InvalidRow::Drift);
        }
        let drift = match (row.drift, row.drift_confirmed_at) {
            (0, None) => None,
            (0, Some(_)) | (_, None) => return Err(InvalidRow::DriftInstant),
            (steps, Some(at)) => Drift::new(steps.into(), UnixMillis(at)),
        };
        if row.failures > Rules::MAX_FAILURES {
            return Err(InvalidRow::Failures);
        }
        if row.failures == Rules::MAX_FAILURES && !row.locked {
            return Err(InvalidRow::NotLocked);
        }
        if row.locked && row.failures == 0 {
            return Err(InvalidRow::LockedWithoutFailure);
        }
        if row.next_try_at.is_some() && (row.failures == 0 || row.locked) {
            return Err(InvalidRow::Wait);
        }
        if row.confirmed && row.spent.is_none() {
            return Err(InvalidRow::ConfirmedByNothing);
        }
        if !row.confirmed && (drift.is_some() || !row.sighted.is_empty()) {
            return Err(InvalidRow::NotConfirmed);
        }
        let rises = row.sighted.is_sorted_by(|earlier, later| earlier < later);
        let unspent = row.sighted.first().is_none_or(|first| row.spent < Some(*first));
        if !rises || !unspent || row.sighted.len() > MAX_SIGHTED {
            return Err(InvalidRow::Sighted);
        }
        Ok(Self {
            confirmed: row.confirmed,
            locked: row.locked,
            suspended: row.suspended,
            revoked: row.revoked,
            spent: row.spent,
            sighted: row.sighted,
            drift,
            failures: row.failures,
            next_try_at: row.next_try_at.map(UnixMillis),
        })
    }
}

/// Why a row is no state: something other than this crate has written it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRow {
    /// A drift beyond ±10 steps.
    #[error("a drift is -10 to 10 steps")]
    Drift,
    /// A drift without its instant, or an instant without a drift.
    #[error("a drift and the time of its confirmation go together")]
    DriftInstant,
    /// More than 100 failures.
    #[error("there are at most 100 failures")]
    Failures,
    /// As many failures as any rules allow, and no lock.
    #[error("100 failures lock")]
    NotLocked,
    /// A lock that came of nothing.
    #[error("only failures lock")]
    LockedWithoutFailure,
    /// A wait that came of nothing, or beside a lock.
    #[error("a wait comes of failures, and ends with a lock")]
    Wait,
    /// Confirmed, and no code was accepted.
    #[error("the code that confirms is spent")]
    ConfirmedByNothing,
    /// Something that only a confirmed credential can have: a drift, or sighted steps.
    #[error("before its confirmation a credential has no drift and nothing sighted")]
    NotConfirmed,
    /// The sighted steps do not rise, or one is spent, or they are too many.
    #[error("what is sighted rises, lies after what is spent, and is at most 16")]
    Sighted,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every column in use.
    fn full() -> Row {
        Row {
            confirmed: true,
            locked: false,
            suspended: true,
            revoked: true,
            spent: Some(u64::MAX - 16),
            sighted: (u64::MAX - 15..=u64::MAX).collect(),
            drift: -10,
            drift_confirmed_at: Some(i64::MIN),
            failures: 99,
            next_try_at: Some(i64::MAX),
        }
    }

    /// A counter that does not begin at 0, locked before it was confirmed.
    fn not_confirmed() -> Row {
        Row { spent: Some(6), locked: true, failures: 100, ..Row::default() }
    }

    #[test]
    fn a_state_gives_back_the_row_that_it_was_read_from() {
        let locked = Row { locked: true, failures: 100, next_try_at: None, ..full() };
        for row in [Row::default(), full(), locked, not_confirmed()] {
            assert_eq!(Row::from(&State::try_from(row.clone()).unwrap()), row);
        }
    }

    #[test]
    fn a_row_that_no_call_can_have_left_is_refused() {
        let drift = (full().drift, full().drift_confirmed_at);
        for (row, why) in [
            (Row { drift: 11, ..full() }, InvalidRow::Drift),
            (Row { drift: i8::MIN, ..full() }, InvalidRow::Drift),
            (Row { drift: 0, ..full() }, InvalidRow::DriftInstant),
            (Row { drift_confirmed_at: None, ..full() }, InvalidRow::DriftInstant),
            (Row { failures: 101, ..full() }, InvalidRow::Failures),
            (Row { failures: 100, ..full() }, InvalidRow::NotLocked),
            (Row { failures: 100, next_try_at: None, ..full() }, InvalidRow::NotLocked),
            (
                Row { locked: true, failures: 0, next_try_at: None, ..full() },
                InvalidRow::LockedWithoutFailure,
            ),
            (Row { failures: 0, ..full() }, InvalidRow::Wait),
            (Row { locked: true, ..full() }, InvalidRow::Wait),
            (Row { spent: None, ..full() }, InvalidRow::ConfirmedByNothing),
            (Row { sighted: vec![7], ..not_confirmed() }, InvalidRow::NotConfirmed),
            (
                Row { drift: drift.0, drift_confirmed_at: drift.1, ..not_confirmed() },
                InvalidRow::NotConfirmed,
            ),
            (Row { sighted: Vec::from_iter(full().spent), ..full() }, InvalidRow::Sighted),
            (Row { sighted: vec![u64::MAX, u64::MAX - 1], ..full() }, InvalidRow::Sighted),
            (Row { sighted: vec![u64::MAX, u64::MAX], ..full() }, InvalidRow::Sighted),
            (Row { spent: Some(0), sighted: (1..=17).collect(), ..full() }, InvalidRow::Sighted),
        ] {
            assert_eq!(State::try_from(row.clone()), Err(why), "{row:?}");
        }
    }
}
