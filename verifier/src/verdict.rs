use warifu::time::UnixMillis;

/// What became of a code. The [`State`](crate::State) that came with it is to be stored, whatever the
/// verdict.
///
/// Only [`Verdict::Wrong`] and [`Verdict::OutOfSync`] are failures. A code that was not counted could
/// not have been accepted either, so a guesser gains nothing by those that are free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use]
pub enum Verdict {
    /// The code is right. Its step or counter, and all before it, are spent now.
    Accepted(Accepted),
    /// The code is wrong. It counts.
    Wrong {
        /// How many more failures there may be; at 0 the credential is locked now.
        left: u8,
    },
    /// The code is within the window and dead: sent twice, older than one that was accepted, or out of
    /// sync before.
    /// Nothing changes; the next code will do.
    Replayed,
    /// The code is wrong here and now, and right some way off: the clock or the counter is out of
    /// step, and [`Verifier::resync`](crate::Verifier::resync) is what helps. It counts, and the code
    /// is never accepted alone any more. What could not be remembered
    /// ([`MAX_SIGHTED`](crate::MAX_SIGHTED)) is not told, but [`Verdict::Wrong`].
    OutOfSync {
        /// How many more failures there may be; at 0 the credential is locked now.
        left: u8,
    },
    /// Not judged: a wait after failures is not over, or the credential's time has not begun.
    TooSoon {
        /// When a code will be judged.
        until: UnixMillis,
    },
    /// Not judged: too many failures. The bank unlocks.
    Locked,
    /// Not judged: the first code of a credential goes to
    /// [`Verifier::confirm`](crate::Verifier::confirm).
    NotConfirmed,
    /// Not judged: [`Verifier::confirm`](crate::Verifier::confirm) was called once more. A bank that
    /// knows by other means who asks may repeat its first answer.
    AlreadyConfirmed,
    /// Not judged: the bank has suspended the credential.
    Suspended,
    /// Not judged: the credential has ended.
    Revoked,
}

impl Verdict {
    /// Whether the person may go on.
    pub const fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted(_))
    }

    /// Whether this counts towards the lock.
    pub const fn is_failure(&self) -> bool {
        matches!(self, Self::Wrong { .. } | Self::OutOfSync { .. })
    }
}

/// Which code was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Accepted {
    /// A time-based one.
    Step {
        /// The step whose code it was; of two codes the later.
        step: u64,
        /// How many steps it lay ahead of now. More than ten, either way, at a confirmation, or for both
        /// codes at a resync, means that the customer has to set the clock: it will not be followed.
        offset: i64,
        /// The drift in steps as it is learned from now on, before time takes any off; 0 for a clock that
        /// is right, and for one that is not followed.
        drift: i8,
    },
    /// A counter-based one.
    Counter {
        /// The counter whose code it was; of two codes the later.
        counter: u64,
    },
}

impl Accepted {
    /// The step or the counter: the moving factor (RFC 4226, section 5.1).
    pub const fn factor(&self) -> u64 {
        match self {
            Self::Step { step, .. } => *step,
            Self::Counter { counter } => *counter,
        }
    }
}
