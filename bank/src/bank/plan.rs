use std::net::IpAddr;

use warifu::{
    credential::CredentialId,
    time::{Millis, UnixMillis},
};
use warifu_issuer::ActivationCode;

use super::{
    Accepted, Bank, BankError, NewToken, ROUNDS,
    attempts::{self, earlier},
};
use crate::{
    service::{self, Codes, Presented, Proof, Proven, ServiceError, Then},
    store::{Along, Contract, ContractChange, ContractId, Event, NewEvent, StoreError},
};

/// What an act judges, and what becomes of the contract if all of it is right.
pub(super) struct Plan<'a> {
    pub(super) new: Option<NewToken<'a>>,
    pub(super) held: Option<Held<'a>>,
    /// The code of a letter that has to be one of the contract's.
    pub(super) letter: Option<&'a ActivationCode>,
    pub(super) next: Contract,
    pub(super) event: Event,
    /// Whether all sessions of the contract end with it: one of them may be a thief's.
    pub(super) ends_sessions: bool,
    /// Whether all its letters are good for nothing any more.
    pub(super) ends_letters: bool,
}

/// The contract's own token, and what it has to show.
pub(super) struct Held<'a> {
    pub(super) credential: CredentialId,
    pub(super) codes: Option<Codes<'a>>,
    pub(super) then: Then,
}

impl Bank {
    /// Judges what an act takes and carries it out, all in one commit.
    pub(super) async fn carry_out<'a>(
        &self,
        id: &ContractId,
        origin: Option<IpAddr>,
        now: UnixMillis,
        plan: impl Fn(&Contract) -> Result<Plan<'a>, BankError>,
    ) -> Result<Accepted, BankError> {
        for _ in 0..ROUNDS {
            let read = self.store.contract(id).await?.ok_or(BankError::NoSuchContract)?;
            let plan = plan(&read.value)?;
            let Plan { new, held, letter, next, event, ends_sessions, ends_letters } = plan;
            // Before the token is judged: whoever has no letter learns nothing of any token.
            if let Some(code) = letter
                && !self.is_code_of_letter(id, code, now).await?
            {
                return Err(BankError::NotProven);
            }
            // Before it is judged: or a contract could guess at another's token past that one's lock.
            if let Some(token) = &new
                && self.store.is_bound_elsewhere(token.credential, id).await?
            {
                return Err(BankError::NotProven);
            }
            let held_id = held.as_ref().map(|held| &held.credential);
            let credential = new.map(|token| token.credential).or(held_id);
            let along = Along {
                contract: Some(ContractChange { read: &read, next }),
                events: vec![NewEvent { origin, credential, ..NewEvent::of(id, event, now) }],
                login: (event == Event::LoggedIn).then(|| attempts::login(id, now)),
                ends_sessions_of: ends_sessions.then_some(id),
                ends_letters_of: ends_letters.then_some((id, now)),
                ..Along::default()
            };
            let done = self.prove(id, new, held.as_ref(), &along, origin, now).await?;
            if let Some(accepted) = done {
                return Ok(accepted);
            }
        }
        Err(BankError::Busy)
    }

    /// Judges what an act takes once, and commits what goes along with it; none if somebody else was faster.
    pub(super) async fn prove(
        &self,
        id: &ContractId,
        new: Option<NewToken<'_>>,
        held: Option<&Held<'_>>,
        along: &Along<'_>,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<Option<Accepted>, BankError> {
        let proof = Proof {
            new: new.map(|token| Presented {
                credential: token.credential,
                codes: token.codes,
                account_ref: id.as_str(),
            }),
            held: held.map(|held| service::Held {
                credential: &held.credential,
                codes: held.codes,
                then: held.then,
            }),
        };
        match self.tokens.prove(&proof, along, now).await {
            Ok(Proven::Yes { failures_before, clock_off }) => {
                Ok(Some(Accepted { failures_before, clock_off }))
            }
            Ok(Proven::NotNew) => Err(BankError::NotProven),
            Ok(Proven::NotHeld(judged)) => {
                let held = held.map(|held| &held.credential);
                self.record_refusal(id, held, Event::CodeRefused, origin, now).await;
                Err(BankError::Refused(judged))
            }
            Ok(Proven::Overtaken) => Ok(None),
            // The same activation code was drawn before: the next one is another.
            Err(ServiceError::Store(StoreError::Exists)) if along.activation.is_some() => Ok(None),
            // The credential is another contract's.
            Err(ServiceError::Store(StoreError::Exists)) => Err(BankError::NotProven),
            Err(error) => Err(error.into()),
        }
    }

    /// Leaves a row of what was refused, for who looks into a case: a few a day. It is no part of judging,
    /// which is committed already.
    pub(super) async fn record_refusal(
        &self,
        id: &ContractId,
        credential: Option<&CredentialId>,
        event: Event,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) {
        let event = NewEvent { origin, credential, ..NewEvent::of(id, event, now) };
        let since = earlier(now, REFUSALS_WITHIN);
        if let Err(error) = self.store.record_refusal(&event, since, MOST_REFUSALS).await {
            tracing::warn!(%error, "a refusal was not recorded");
        }
    }
}

impl Plan<'_> {
    /// A plan that judges nothing yet.
    pub(super) fn of(next: Contract, event: Event) -> Self {
        let (ends_sessions, ends_letters) = (false, false);
        Self { new: None, held: None, letter: None, next, event, ends_sessions, ends_letters }
    }
}

impl<'a> Held<'a> {
    /// The token's codes are judged, and it stays the contract's.
    pub(super) fn going_on(contract: &Contract, codes: Codes<'a>) -> Result<Self, BankError> {
        Ok(Self { codes: Some(codes), then: Then::Stays, ..Self::ending(contract)? })
    }

    /// The token ends with the act.
    pub(super) fn ending(contract: &Contract) -> Result<Self, BankError> {
        let token = contract.token.as_ref().ok_or(BankError::NoToken)?;
        Ok(Self { credential: token.credential.clone(), codes: None, then: Then::Revoked })
    }
}

const REFUSALS_WITHIN: Millis = Millis::from_secs(86_400);
/// How many refusals of one contract leave a row within that.
const MOST_REFUSALS: u16 = 20;
