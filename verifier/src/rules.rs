use warifu::time::Millis;

use crate::drift::MAX_DRIFT;

/// What a bank has decided: how wide the windows are, how many failures lock, how long to wait.
///
/// ```
/// use warifu_verifier::{InvalidRules, Rules, Waits};
///
/// let strict = Rules::builder().failures_until_locked(5).build()?;
/// assert_eq!(strict.failures_until_locked(), 5);
/// let tests = Rules::builder().waits(Waits::OFF).build()?;
/// assert_eq!(Rules::builder().failures_until_locked(101).build(), Err(InvalidRules::Failures));
/// # Ok::<(), InvalidRules>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Rules {
    window: u8,
    resync_window: u16,
    look_ahead: u16,
    resync_look_ahead: u16,
    failures_until_locked: u8,
    waits: Waits,
}

impl Rules {
    /// The most failures in a row that any rules allow (NIST SP 800-63B-4, section 3.2.2).
    pub const MAX_FAILURES: u8 = 100;

    /// Begins with the defaults.
    pub fn builder() -> RulesBuilder {
        RulesBuilder(Self::default())
    }

    /// How many steps either side of now a code is accepted from, without a learned drift.
    pub const fn window(&self) -> u8 {
        self.window
    }

    /// How many steps either side of now are searched at confirmation, at a resync, and for a code
    /// that shows that a resync is wanted.
    pub const fn resync_window(&self) -> u16 {
        self.resync_window
    }

    /// How many HOTP counters past the next one are accepted (s in RFC 4226, section 7.4).
    pub const fn look_ahead(&self) -> u16 {
        self.look_ahead
    }

    /// How many HOTP counters past the next one are searched where the resync window is for TOTP.
    pub const fn resync_look_ahead(&self) -> u16 {
        self.resync_look_ahead
    }

    /// How many failures in a row lock a credential.
    pub const fn failures_until_locked(&self) -> u8 {
        self.failures_until_locked
    }

    /// How long to wait after failures.
    pub const fn waits(&self) -> Waits {
        self.waits
    }
}

/// Window ±1, resync window ±30, look-ahead 5, resync look-ahead 100, locked at 10 failures,
/// [`Waits::default`].
impl Default for Rules {
    fn default() -> Self {
        Self {
            window: 1,
            resync_window: 30,
            look_ahead: 5,
            resync_look_ahead: 100,
            failures_until_locked: 10,
            waits: Waits::default(),
        }
    }
}

/// Sets [`Rules`] one by one; [`RulesBuilder::build`] says whether they hold.
#[derive(Debug, Clone)]
pub struct RulesBuilder(Rules);

impl RulesBuilder {
    /// 1 to 10 steps either side.
    #[must_use]
    pub fn window(self, steps: u8) -> Self {
        Self(Rules { window: steps, ..self.0 })
    }

    /// 12 to 1,000 steps either side, so that it reaches as far as any window and any learned drift.
    #[must_use]
    pub fn resync_window(self, steps: u16) -> Self {
        Self(Rules { resync_window: steps, ..self.0 })
    }

    /// 0 to 100 counters.
    #[must_use]
    pub fn look_ahead(self, counters: u16) -> Self {
        Self(Rules { look_ahead: counters, ..self.0 })
    }

    /// More than the look-ahead, and up to 1,000 counters.
    #[must_use]
    pub fn resync_look_ahead(self, counters: u16) -> Self {
        Self(Rules { resync_look_ahead: counters, ..self.0 })
    }

    /// 1 to 100 failures.
    #[must_use]
    pub fn failures_until_locked(self, failures: u8) -> Self {
        Self(Rules { failures_until_locked: failures, ..self.0 })
    }

    /// How long to wait after failures.
    #[must_use]
    pub fn waits(self, waits: Waits) -> Self {
        Self(Rules { waits, ..self.0 })
    }

    /// The rules, if each is in its range.
    ///
    /// # Errors
    /// [`InvalidRules`] names one that is not.
    pub fn build(self) -> Result<Rules, InvalidRules> {
        let rules = self.0;
        let reaches_all = u16::from(MAX_DRIFT).saturating_add(2);
        if !(1..=MAX_DRIFT).contains(&rules.window) {
            return Err(InvalidRules::Window);
        }
        if !(reaches_all..=1000).contains(&rules.resync_window) {
            return Err(InvalidRules::ResyncWindow);
        }
        if rules.look_ahead > 100 {
            return Err(InvalidRules::LookAhead);
        }
        if rules.resync_look_ahead <= rules.look_ahead || rules.resync_look_ahead > 1000 {
            return Err(InvalidRules::ResyncLookAhead);
        }
        if !(1..=Rules::MAX_FAILURES).contains(&rules.failures_until_locked) {
            return Err(InvalidRules::Failures);
        }
        Ok(rules)
    }
}

/// Which rule is out of its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRules {
    /// The window.
    #[error("the window is 1 to 10 steps")]
    Window,
    /// The resync window.
    #[error("the resync window is 12 to 1,000 steps")]
    ResyncWindow,
    /// The look-ahead.
    #[error("the look-ahead is 0 to 100 counters")]
    LookAhead,
    /// The resync look-ahead.
    #[error("the resync look-ahead is more than the look-ahead, and up to 1,000 counters")]
    ResyncLookAhead,
    /// The failures until locked.
    #[error("a credential is locked after 1 to 100 failures")]
    Failures,
    /// The waits.
    #[error("the first wait is no longer than the longest, and that is no longer than a day")]
    Waits,
}

/// How long to wait after a failure: not at all after the first few, then a time that doubles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Waits {
    free: u8,
    first: Millis,
    longest: Millis,
}

impl Waits {
    /// Never a wait; the lock is all that stops a guesser.
    pub const OFF: Self = Self { free: 0, first: Millis::ZERO, longest: Millis::ZERO };

    /// No wait after `free` failures, `first` after the next, then each twice the one before, up to
    /// `longest`.
    ///
    /// # Errors
    /// [`InvalidRules::Waits`] unless `first` ≤ `longest` ≤ 1 day.
    pub fn growing(free: u8, first: Millis, longest: Millis) -> Result<Self, InvalidRules> {
        if first > longest || longest > Millis::from_secs(86_400) {
            return Err(InvalidRules::Waits);
        }
        Ok(Self { free, first, longest })
    }

    /// The wait after this many failures in a row.
    pub fn after(&self, failures: u8) -> Millis {
        let Some(doublings) = failures.checked_sub(self.free).and_then(|n| n.checked_sub(1)) else {
            return Millis::ZERO;
        };
        let factor = 2_u64.saturating_pow(u32::from(doublings));
        Millis(self.first.0.saturating_mul(factor)).min(self.longest)
    }
}

/// None after two failures, 30 s after the third, doubling up to an hour: a customer's slips cost
/// nothing, then about a code's life, and the range is the example of NIST SP 800-63B-4 (3.2.2).
impl Default for Waits {
    fn default() -> Self {
        Self { free: 2, first: Millis::from_secs(30), longest: Millis::from_secs(3600) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_has_its_range() {
        let with = |set: fn(RulesBuilder) -> RulesBuilder| set(Rules::builder()).build().err();
        assert_eq!(with(|rules| rules), None);
        assert_eq!(with(|rules| rules.window(0)), Some(InvalidRules::Window));
        assert_eq!(with(|rules| rules.window(10)), None);
        assert_eq!(with(|rules| rules.window(11)), Some(InvalidRules::Window));
        assert_eq!(with(|rules| rules.resync_window(11)), Some(InvalidRules::ResyncWindow));
        assert_eq!(with(|rules| rules.resync_window(12)), None);
        assert_eq!(with(|rules| rules.resync_window(1001)), Some(InvalidRules::ResyncWindow));
        assert_eq!(with(|rules| rules.look_ahead(0)), None);
        assert_eq!(with(|rules| rules.look_ahead(100)), Some(InvalidRules::ResyncLookAhead));
        assert_eq!(with(|rules| rules.look_ahead(101)), Some(InvalidRules::LookAhead));
        assert_eq!(with(|rules| rules.resync_look_ahead(5)), Some(InvalidRules::ResyncLookAhead));
        assert_eq!(
            with(|rules| rules.resync_look_ahead(1001)),
            Some(InvalidRules::ResyncLookAhead)
        );
        assert_eq!(with(|rules| rules.failures_until_locked(0)), Some(InvalidRules::Failures));
        assert_eq!(with(|rules| rules.failures_until_locked(100)), None);
        assert_eq!(with(|rules| rules.failures_until_locked(101)), Some(InvalidRules::Failures));
    }

    #[test]
    fn a_wait_doubles_up_to_the_longest() {
        let seconds = |waits: Waits, failures: u8| waits.after(failures).0 / 1000;
        let default = (0..=12).map(|failures| seconds(Waits::default(), failures));
        let expected = [0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600];
        assert_eq!(default.collect::<Vec<_>>(), expected);
        assert_eq!(seconds(Waits::default(), u8::MAX), 3600);
        assert_eq!(Waits::OFF.after(u8::MAX), Millis::ZERO);
        let day = Millis::from_secs(86_400);
        assert_eq!(seconds(Waits::growing(0, day, day).unwrap(), 1), 86_400);
        let longer = Millis(day.0 + 1);
        assert_eq!(Waits::growing(0, longer, longer), Err(InvalidRules::Waits));
        assert_eq!(Waits::growing(0, Millis(2), Millis(1)), Err(InvalidRules::Waits));
    }
}
