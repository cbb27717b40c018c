//! TOTP, the time-based one-time password of RFC 6238.

use super::{Algorithm, Code, Digits, truncate};
use crate::{
    secret::Secret,
    time::{Millis, UnixMillis},
};

/// How long a code lives: 1 second to 1 day (X in RFC 6238, section 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period(u32);

impl Period {
    /// Thirty seconds, the recommended value (RFC 6238, section 5.2).
    pub const THIRTY_SECONDS: Self = Self(30);

    /// Accepts 1 to 86,400 seconds.
    ///
    /// # Errors
    /// [`PeriodOutOfRange`] for any other number.
    pub const fn from_secs(secs: u32) -> Result<Self, PeriodOutOfRange> {
        if secs < 1 || secs > 86_400 { Err(PeriodOutOfRange) } else { Ok(Self(secs)) }
    }

    /// The period in whole seconds.
    pub const fn secs(self) -> u32 {
        self.0
    }

    /// The period in milliseconds.
    pub fn millis(self) -> Millis {
        Millis::from_secs(self.0.into())
    }
}

/// A period is 1 second to 1 day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a period is 1 to 86,400 seconds")]
pub struct PeriodOutOfRange;

/// The instant lies before T0: no code exists there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the time lies before the first time step")]
pub struct BeforeT0;

/// When time steps begin and how long they are (RFC 6238, section 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Steps {
    /// The Unix time in seconds at which step 0 begins (T0), usually 0.
    pub t0: i64,
    /// How long a step is.
    pub period: Period,
}

impl Default for Steps {
    fn default() -> Self {
        Self { t0: 0, period: Period::THIRTY_SECONDS }
    }
}

/// One time step: its number, and from when (inclusive) to when (exclusive) it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// T in RFC 6238: whole periods since T0.
    pub number: u64,
    /// The first instant of the step.
    pub from: UnixMillis,
    /// The first instant after the step.
    pub until: UnixMillis,
}

impl Steps {
    /// The step that `at` falls into. Right far past 2038 and 2106.
    ///
    /// # Errors
    /// [`BeforeT0`] if there is none yet.
    pub fn at(self, at: UnixMillis) -> Result<Step, BeforeT0> {
        // i128 holds every product of the ranges involved, so no instant overflows.
        let period = i128::from(self.period.millis().0);
        let t0 = i128::from(self.t0).saturating_mul(1000);
        let elapsed = i128::from(at.0).saturating_sub(t0);
        let number = u64::try_from(elapsed.div_euclid(period)).map_err(|_| BeforeT0)?;
        let from = at
            .0
            .saturating_sub_unsigned(u64::try_from(elapsed.rem_euclid(period)).unwrap_or_default());
        let from = UnixMillis(from);
        Ok(Step { number, from, until: from.saturating_add(self.period.millis()) })
    }
}

/// The code for one time step (RFC 6238, section 4.2). [`Steps::at`] says which step it is.
///
/// ```
/// use warifu::{otp::{totp, Algorithm, Digits}, secret::Secret, time::UnixMillis};
///
/// let seed = Secret::copy_of(b"12345678901234567890");
/// let step = totp::Steps::default().at(UnixMillis::from_secs(59))?;
/// let code = totp::code(&seed, Algorithm::Sha1, Digits::EIGHT, step.number);
/// assert_eq!(code.expose(), "94287082"); // RFC 6238, appendix B
/// # Ok::<(), totp::BeforeT0>(())
/// ```
pub fn code(seed: &Secret, algorithm: Algorithm, digits: Digits, step: u64) -> Code {
    truncate(seed, algorithm, step, digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_begins_at_its_first_millisecond_and_ends_before_the_next() {
        let steps = Steps::default();
        let edge = steps.at(UnixMillis(30_000)).unwrap();
        assert_eq!((edge.number, edge.from.0, edge.until.0), (1, 30_000, 60_000));
        assert_eq!(steps.at(UnixMillis(29_999)).unwrap().number, 0);
        assert_eq!(steps.at(UnixMillis(59_999)).unwrap(), edge);
    }

    #[test]
    fn before_t0_there_is_no_step() {
        let steps = Steps { t0: 100, period: Period::THIRTY_SECONDS };
        assert_eq!(steps.at(UnixMillis(99_999)), Err(BeforeT0));
        assert_eq!(steps.at(UnixMillis(100_000)).unwrap().number, 0);
        assert_eq!(Steps::default().at(UnixMillis(-1)), Err(BeforeT0));
    }

    #[test]
    fn the_ends_of_the_range_do_not_overflow() {
        let steps = Steps { t0: i64::MIN, period: Period::from_secs(1).unwrap() };
        assert!(steps.at(UnixMillis(i64::MAX)).is_ok());
        assert_eq!(Steps { t0: i64::MAX, ..steps }.at(UnixMillis(i64::MAX)), Err(BeforeT0));
        assert!(Steps::default().at(UnixMillis(i64::MAX)).is_ok());
    }
}
