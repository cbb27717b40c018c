use std::collections::BTreeSet;

use warifu::{credential::Generator, time::UnixMillis};

use crate::drift::Drift;

/// How many steps or counters are remembered whose codes were seen too far off.
///
/// More than the failures that lock by default, so who is out of step is locked before it is full. Once
/// it is, a code that would need one more is [`Wrong`](crate::Verdict::Wrong): nothing is told that could
/// not be held against it later.
pub const MAX_SIGHTED: usize = 16;

/// All that is remembered of one credential between two calls, but for its seed.
///
/// It is a plain value. A call takes one and gives the one to store in its place; [`Row`](crate::Row)
/// is its shape for a database. What it means is the same for ever: a `State` that was legal stays so
/// when the bank changes its [`Rules`](crate::Rules).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    pub(crate) confirmed: bool,
    pub(crate) locked: bool,
    pub(crate) suspended: bool,
    pub(crate) revoked: bool,
    /// It and all before it are spent.
    pub(crate) spent: Option<u64>,
    /// Seen too far off to be accepted; alone they never will be. Rising, none of them spent, at most
    /// [`MAX_SIGHTED`].
    pub(crate) sighted: Vec<u64>,
    pub(crate) drift: Option<Drift>,
    pub(crate) failures: u8,
    pub(crate) next_try_at: Option<UnixMillis>,
}

impl State {
    /// A credential as it is issued: not confirmed, nothing accepted yet.
    ///
    /// Of a HOTP generator the counter is taken; counters before it are spent.
    pub fn new(generator: &Generator) -> Self {
        let spent = match generator {
            Generator::Hotp { counter, .. } => counter.checked_sub(1),
            Generator::Totp { .. } => None,
        };
        Self {
            confirmed: false,
            locked: false,
            suspended: false,
            revoked: false,
            spent,
            sighted: Vec::new(),
            drift: None,
            failures: 0,
            next_try_at: None,
        }
    }

    /// No code is accepted until [`State::resume`]. A lock stays beneath it.
    ///
    /// # Errors
    /// [`AlreadyRevoked`]: that is for ever.
    pub fn suspend(&self) -> Result<Self, AlreadyRevoked> {
        self.unless_revoked(Self { suspended: true, ..self.clone() })
    }

    /// Takes a suspension back. What was locked before is locked still.
    ///
    /// # Errors
    /// [`AlreadyRevoked`]: that is for ever.
    pub fn resume(&self) -> Result<Self, AlreadyRevoked> {
        self.unless_revoked(Self { suspended: false, ..self.clone() })
    }

    /// Forgets the failures, and the lock and the wait that came of them.
    ///
    /// A guesser begins anew with this, so the bank does it for a customer whom it knows by other
    /// means.
    ///
    /// # Errors
    /// [`AlreadyRevoked`]: that is for ever.
    pub fn unlock(&self) -> Result<Self, AlreadyRevoked> {
        self.unless_revoked(Self { locked: false, failures: 0, next_try_at: None, ..self.clone() })
    }

    /// Ends the credential. Nothing brings it back.
    #[must_use]
    pub fn revoke(&self) -> Self {
        Self { revoked: true, ..self.clone() }
    }

    /// Where the credential stands, by what weighs most.
    pub fn status(&self) -> Status {
        match self {
            Self { revoked: true, .. } => Status::Revoked,
            Self { suspended: true, .. } => Status::Suspended,
            Self { locked: true, .. } => Status::Locked,
            Self { confirmed: false, .. } => Status::NotConfirmed,
            _ => Status::Active,
        }
    }

    /// The last step or counter that was accepted. It and all before it are spent.
    pub fn spent(&self) -> Option<u64> {
        self.spent
    }

    /// What was learned of the device's clock.
    pub fn drift(&self) -> Option<Drift> {
        self.drift
    }

    /// Failures since a code was last accepted, or since the last unlock.
    ///
    /// At an acceptance the state *before* it tells them, so that the customer can be shown that
    /// somebody else has tried.
    pub fn failures(&self) -> u8 {
        self.failures
    }

    /// Before when nothing is judged.
    pub fn next_try_at(&self) -> Option<UnixMillis> {
        self.next_try_at
    }

    /// Whether the code of this step or counter can no longer be accepted alone.
    pub(crate) fn is_dead(&self, factor: u64) -> bool {
        self.is_spent(factor) || self.sighted.contains(&factor)
    }

    /// What is sighted once these are too; none if there are none of them, or more than are remembered.
    pub(crate) fn sighted_with(&self, sights: &[u64]) -> Option<Vec<u64>> {
        let all: BTreeSet<u64> = self.sighted.iter().chain(sights).copied().collect();
        let fit = !sights.is_empty() && all.len() <= MAX_SIGHTED;
        fit.then(|| all.into_iter().collect())
    }

    pub(crate) fn is_spent(&self, factor: u64) -> bool {
        self.spent.is_some_and(|spent| factor <= spent)
    }

    fn unless_revoked(&self, next: Self) -> Result<Self, AlreadyRevoked> {
        if self.revoked { Err(AlreadyRevoked) } else { Ok(next) }
    }
}

/// Where a credential stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Issued, and no code has shown yet that its seed arrived.
    NotConfirmed,
    /// Its codes are judged.
    Active,
    /// Too many failures in a row; [`State::unlock`] ends it.
    Locked,
    /// Stopped by the bank; [`State::resume`] ends it.
    Suspended,
    /// Ended for ever.
    Revoked,
}

/// A revoked credential stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the credential is revoked")]
pub struct AlreadyRevoked;

#[cfg(test)]
mod tests {
    use warifu::otp::{Algorithm, Digits, totp::Steps};

    use super::*;

    const TOTP: Generator = Generator::Totp {
        algorithm: Algorithm::Sha1,
        digits: Digits::SIX,
        steps: Steps { t0: 0, period: warifu::otp::totp::Period::THIRTY_SECONDS },
    };

    fn hotp(counter: u64) -> Generator {
        Generator::Hotp { algorithm: Algorithm::Sha1, digits: Digits::SIX, counter }
    }

    fn locked() -> State {
        State { confirmed: true, spent: Some(7), locked: true, failures: 10, ..State::new(&TOTP) }
    }

    #[test]
    fn a_suspension_and_its_end_unlock_nothing() {
        let suspended = locked().suspend().unwrap();
        assert_eq!(suspended.status(), Status::Suspended);
        assert_eq!(suspended.resume().unwrap(), locked());
        let issued = State::new(&TOTP);
        assert_eq!(issued.suspend().unwrap().resume().unwrap().status(), Status::NotConfirmed);
        assert_eq!(suspended.unlock().unwrap().status(), Status::Suspended);
    }

    #[test]
    fn an_unlock_forgets_the_failures_and_confirms_nothing() {
        let unlocked = locked().unlock().unwrap();
        assert_eq!((unlocked.status(), unlocked.failures()), (Status::Active, 0));
        let never_confirmed = State { confirmed: false, spent: None, ..locked() };
        assert_eq!(never_confirmed.status(), Status::Locked);
        assert_eq!(never_confirmed.unlock().unwrap().status(), Status::NotConfirmed);
    }

    #[test]
    fn nothing_brings_a_revoked_credential_back() {
        for state in [State::new(&TOTP), locked(), locked().suspend().unwrap()] {
            let revoked = state.revoke();
            assert_eq!(revoked.status(), Status::Revoked);
            assert_eq!(revoked.revoke(), revoked);
            for act in [State::suspend, State::resume, State::unlock] {
                assert_eq!(act(&revoked), Err(AlreadyRevoked));
            }
        }
    }

    #[test]
    fn what_is_sighted_is_remembered_in_order_once_and_all_or_nothing() {
        let sighted = |sighted: &[u64]| State { sighted: sighted.to_vec(), ..State::new(&TOTP) };
        assert_eq!(sighted(&[]).sighted_with(&[]), None);
        assert_eq!(sighted(&[5, 9]).sighted_with(&[]), None);
        assert_eq!(sighted(&[5, 9]).sighted_with(&[7, 9, 12]), Some(vec![5, 7, 9, 12]));
        let full: Vec<u64> = (0..16).collect();
        assert_eq!(sighted(&full).sighted_with(&[16]), None);
        assert_eq!(sighted(&full).sighted_with(&[3]), Some(full.clone()));
        assert_eq!(sighted(&full[1..]).sighted_with(&[16, 17]), None);
        assert_eq!(sighted(&full[1..]).sighted_with(&[0]), Some(full));
    }

    #[test]
    fn counters_before_the_first_are_spent() {
        assert_eq!(State::new(&hotp(0)).spent(), None);
        assert_eq!(State::new(&hotp(7)).spent(), Some(6));
        assert_eq!(State::new(&TOTP).spent(), None);
    }
}
