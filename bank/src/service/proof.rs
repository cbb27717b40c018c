use warifu::{
    credential::{CredentialId, Generator},
    time::{Millis, UnixMillis},
};
use warifu_verifier::{Accepted, MAX_DRIFT, State, Status, TypedCode, Verdict, Verifier};

use super::{Judged, Service, ServiceError, judge::digits};
use crate::{
    seeds::Purpose,
    store::{Along, Credential, Numbered, Written},
};

/// What is judged for an act of a contract, which is committed with it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Proof<'a> {
    /// A credential that is to be somebody's from now on. Its failures are not counted here, for whoever
    /// tries may not be its holder: the caller counts them against whoever tries.
    pub new: Option<Presented<'a>>,
    /// A credential that is the caller's already. Its failures are counted.
    pub held: Option<Held<'a>>,
}

/// A credential that was typed, with its code.
#[derive(Debug, Clone, Copy)]
pub struct Presented<'a> {
    /// Its ID.
    pub credential: &'a CredentialId,
    /// What its token shows.
    pub codes: Codes<'a>,
    /// Who presents it. A credential that was issued to somebody, by an activation code, is theirs alone.
    pub account_ref: &'a str,
}

/// A credential that is the caller's.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    /// Its ID.
    pub credential: &'a CredentialId,
    /// What its token shows; none where the caller has another proof.
    pub codes: Option<Codes<'a>>,
    /// What becomes of it.
    pub then: Then,
}

/// What becomes of a credential whose proof is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It goes on.
    Stays,
    /// No code of it is accepted until staff resume it.
    Suspended,
    /// It ends for ever.
    Revoked,
}

/// One code, or two consecutive ones. They print masked.
#[derive(Clone, Copy)]
pub enum Codes<'a> {
    /// As typed.
    One(&'a str),
    /// As typed, the older one first.
    Two(&'a str, &'a str),
}

/// What became of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Proven {
    /// All was right, and is committed with what goes along.
    Yes {
        /// Failures of the held credential, as of its state before.
        failures_before: u8,
        /// The clock of the held token, or of the new one, if it is too far off.
        clock_off: Option<ClockOff>,
    },
    /// The new credential was not proven. Why is not told, and nothing has changed.
    NotNew,
    /// The held one was refused; that is committed.
    NotHeld(Judged),
    /// Somebody else was faster, or the contract is not what it was: read and ask anew.
    Overtaken,
}

/// How far a token's clock is from the service's, where that is too far for the verifier to follow
/// (`docs/verifier.md`): no single code of it is accepted before the clock is set right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockOff {
    /// It is fast. What it has shown is spent, so after it is set right its codes are new ones from an instant on
    /// alone.
    Ahead {
        /// By how much.
        by: Millis,
        /// From when.
        until: UnixMillis,
    },
    /// It is slow.
    Behind(Millis),
}

impl ClockOff {
    fn of(verdict: &Verdict, generator: &Generator) -> Option<Self> {
        let Verdict::Accepted(Accepted::Step { step, offset, drift: 0 }) = *verdict else {
            return None;
        };
        let Generator::Totp { steps, .. } = generator else { return None };
        let off = offset.unsigned_abs();
        if off <= u64::from(MAX_DRIFT) {
            return None;
        }
        let period = steps.period.millis();
        let off = Millis(period.0.saturating_mul(off));
        if offset < 0 {
            return Some(Self::Behind(off));
        }
        let spent = Millis(period.0.saturating_mul(step.saturating_add(1)));
        Some(Self::Ahead { by: off, until: UnixMillis::from_secs(steps.t0).saturating_add(spent) })
    }
}

impl Service {
    /// Judges a proof once, and commits what goes along with it if all of it is right.
    ///
    /// # Errors
    /// [`ServiceError`]. A held credential's code that cannot be one costs nothing.
    pub async fn prove(
        &self,
        proof: &Proof<'_>,
        along: &Along<'_>,
        now: UnixMillis,
    ) -> Result<Proven, ServiceError> {
        let (mut changes, mut clock_off) = (Vec::new(), None);
        let new = match &proof.new {
            None => None,
            Some(presented) => match self.presented(presented, now).await? {
                None => return Ok(Proven::NotNew),
                proven => proven,
            },
        };
        if let Some((judged, verdict, next)) = &new {
            clock_off = ClockOff::of(verdict, &judged.value.generator);
            changes.push((judged, next.clone()));
        }
        let mut failures_before = 0;
        let held = match &proof.held {
            None => None,
            Some(held) => Some((held, self.find(held.credential, now).await?)),
        };
        if let Some((held, read)) = &held {
            failures_before = read.value.state.failures();
            let mut next = read.value.state.clone();
            if let Some(codes) = &held.codes {
                let (verdict, judged) = self.ask(&read.value, codes, now)?;
                if !verdict.is_accepted() {
                    return Ok(match self.store.replace(read, &judged, None).await? {
                        Written::Yes => Proven::NotHeld(Judged::new(verdict, &read.value.state)),
                        Written::Overtaken => Proven::Overtaken,
                    });
                }
                clock_off = clock_off.or_else(|| ClockOff::of(&verdict, &read.value.generator));
                next = judged;
            }
            next = match held.then {
                Then::Stays => next,
                Then::Suspended => next.suspend().map_err(|_| ServiceError::Revoked)?,
                Then::Revoked => next.revoke(),
            };
            changes.push((read, next));
        }
        Ok(match self.store.commit(&changes, along).await? {
            Written::Yes => Proven::Yes { failures_before, clock_off },
            Written::Overtaken => Proven::Overtaken,
        })
    }

    /// A credential that is nobody's, the verdict on its code, and its state after it; none if it is not there, not the
    /// presenter's, or the code is not accepted.
    async fn presented(
        &self,
        presented: &Presented<'_>,
        now: UnixMillis,
    ) -> Result<Option<(Numbered<Credential>, Verdict, State)>, ServiceError> {
        let read = match self.find(presented.credential, now).await {
            Ok(read) => read,
            Err(ServiceError::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        let whose = read.value.account_ref.as_ref();
        let is_theirs = whose.is_none_or(|whose| whose.as_str() == presented.account_ref);
        // What a token enrolled for itself is confirmed by that token alone; a seed from elsewhere has
        // nobody to confirm it but its first code.
        let by_token = read.value.expires_at.is_some() || read.value.keys.device.is_some();
        let unconfirmed = read.value.state.status() == Status::NotConfirmed;
        if !is_theirs || (unconfirmed && by_token) {
            return Ok(None);
        }
        let asked = match (unconfirmed, presented.codes) {
            // One code is enough for the first, which is looked for in the wide window: of two the later one.
            (true, Codes::One(code) | Codes::Two(_, code)) => {
                self.confirmed(&read.value, code, now)
            }
            (false, _) => self.ask(&read.value, &presented.codes, now),
        };
        match asked {
            Ok((verdict, next)) => Ok(verdict.is_accepted().then_some((read, verdict, next))),
            Err(ServiceError::Code(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn confirmed(
        &self,
        credential: &Credential,
        code: &str,
        now: UnixMillis,
    ) -> Result<(Verdict, State), ServiceError> {
        self.judge_by(credential, |verifier, generator| {
            let code = TypedCode::new(code, digits(generator))?;
            Ok(verifier.confirm(&credential.state, &code, now))
        })
    }

    fn ask(
        &self,
        credential: &Credential,
        codes: &Codes<'_>,
        now: UnixMillis,
    ) -> Result<(Verdict, State), ServiceError> {
        self.judge_by(credential, |verifier, generator| {
            let typed = |code| TypedCode::new(code, digits(generator));
            Ok(match codes {
                Codes::One(code) => verifier.verify(&credential.state, &typed(code)?, now),
                Codes::Two(first, second) => {
                    verifier.resync(&credential.state, &typed(first)?, &typed(second)?, now)
                }
            })
        })
    }

    fn judge_by(
        &self,
        credential: &Credential,
        judge: impl Fn(&Verifier<'_>, &Generator) -> Result<(Verdict, State), ServiceError>,
    ) -> Result<(Verdict, State), ServiceError> {
        let seed = self.open(credential, Purpose::Code)?.ok_or(ServiceError::SeedLength)?;
        judge(&Verifier::new(&credential.generator, &seed, &self.rules), &credential.generator)
    }
}

impl std::fmt::Debug for Codes<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::One(_) => "Codes(••••••)",
            Self::Two(..) => "Codes(••••••, ••••••)",
        })
    }
}

#[cfg(test)]
mod tests {
    use warifu::otp::{
        Algorithm, Digits,
        totp::{Period, Steps},
    };

    use super::*;

    #[test]
    fn a_clock_is_told_of_where_it_is_not_followed() {
        let steps = Steps { t0: 0, period: Period::from_secs(30).unwrap() };
        let (algorithm, digits) = (Algorithm::Sha1, Digits::SIX);
        let by_time = Generator::Totp { algorithm, digits, steps };
        let off = |offset, drift, generator: &Generator| {
            let accepted = Accepted::Step { step: 7, offset, drift };
            ClockOff::of(&Verdict::Accepted(accepted), generator)
        };
        // Step 7 is spent, and 8 is new from 240 s on.
        let (by, until) = (Millis::from_secs(600), UnixMillis::from_secs(240));
        assert_eq!(off(20, 0, &by_time), Some(ClockOff::Ahead { by, until }));
        assert_eq!(off(-11, 0, &by_time), Some(ClockOff::Behind(Millis::from_secs(330))));
        // One that is followed needs nobody to set it.
        assert_eq!(off(10, 10, &by_time), None);
        assert_eq!(off(11, 10, &by_time), None);
        assert_eq!(off(0, 0, &by_time), None);
        assert_eq!(ClockOff::of(&Verdict::Replayed, &by_time), None);
        let by_counter = Verdict::Accepted(Accepted::Counter { counter: 40 });
        assert_eq!(ClockOff::of(&by_counter, &by_time), None);
    }
}
