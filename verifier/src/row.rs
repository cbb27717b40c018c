use warifu::time::UnixMillis;

use crate::{
    drift::{Drift, MAX_DRIFT},
    rules::Rules,
    state::State,
};

/// A [`State`] as the columns of a table.
///
/// Names and meanings are stable: a later version may add a column whose default says what its
/// absence said before, and changes none. A database without unsigned integers keeps the two steps as
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
    /// A later step or counter whose code was seen too far off to be accepted, or `NULL`: alone it
    /// never will be.
    pub sighted: Option<u64>,
    /// By how many steps the device's clock is ahead: −10 to 10, 0 if nothing was learned.
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
            sighted: state.sighted,
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
        if row.locked && row.failures == 0 {
            return Err(InvalidRow::LockedWithoutFailure);
        }
        if row.next_try_at.is_some() && (row.failures == 0 || row.locked) {
            return Err(InvalidRow::Wait);
        }
        let state = Self {
            confirmed: row.confirmed,
            locked: row.locked,
            suspended: row.suspended,
            revoked: row.revoked,
            spent: row.spent,
            sighted: row.sighted,
            drift,
            failures: row.failures,
            next_try_at: row.next_try_at.map(UnixMillis),
        };
        if row.sighted.is_some_and(|sighted| state.is_spent(sighted)) {
            return Err(InvalidRow::Sighted);
        }
        Ok(state)
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
    /// A lock that came of nothing.
    #[error("only failures lock")]
    LockedWithoutFailure,
    /// A wait that came of nothing, or beside a lock.
    #[error("a wait comes of failures, and ends with a lock")]
    Wait,
    /// The sighted step is spent.
    #[error("the sighted step or counter is spent")]
    Sighted,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every column in use.
    const FULL: Row = Row {
        confirmed: true,
        locked: false,
        suspended: true,
        revoked: true,
        spent: Some(u64::MAX - 1),
        sighted: Some(u64::MAX),
        drift: -10,
        drift_confirmed_at: Some(i64::MIN),
        failures: 100,
        next_try_at: Some(i64::MAX),
    };

    #[test]
    fn a_state_gives_back_the_row_that_it_was_read_from() {
        let locked = Row { locked: true, next_try_at: None, ..FULL };
        for row in [Row::default(), FULL, locked, Row { sighted: None, spent: None, ..FULL }] {
            assert_eq!(Row::from(&State::try_from(row.clone()).unwrap()), row);
        }
    }

    #[test]
    fn a_row_that_no_call_can_have_left_is_refused() {
        for (row, why) in [
            (Row { drift: 11, ..FULL }, InvalidRow::Drift),
            (Row { drift: i8::MIN, ..FULL }, InvalidRow::Drift),
            (Row { drift: 0, ..FULL }, InvalidRow::DriftInstant),
            (Row { drift_confirmed_at: None, ..FULL }, InvalidRow::DriftInstant),
            (Row { failures: 101, ..FULL }, InvalidRow::Failures),
            (
                Row { locked: true, failures: 0, next_try_at: None, ..FULL },
                InvalidRow::LockedWithoutFailure,
            ),
            (Row { failures: 0, ..FULL }, InvalidRow::Wait),
            (Row { locked: true, ..FULL }, InvalidRow::Wait),
            (Row { sighted: FULL.spent, ..FULL }, InvalidRow::Sighted),
        ] {
            assert_eq!(State::try_from(row.clone()), Err(why), "{row:?}");
        }
    }
}
