use std::net::IpAddr;

use subtle::ConstantTimeEq as _;
use warifu::{
    credential::CredentialId,
    time::{Millis, UnixMillis},
};
use warifu_issuer::ActivationCode;

use super::{
    Bank, BankError, ROUNDS,
    attempts::{self, earlier},
};
use crate::{
    service::{self, Codes, Presented, Proof, Proven, ServiceError, Then},
    store::{Along, Bound, Contract, ContractChange, ContractId, Event, NewEvent, StoreError},
};

/// A token that is to be a contract's.
#[derive(Debug, Clone, Copy)]
pub struct NewToken<'a> {
    /// Its credential ID (クレデンシャルID).
    pub credential: &'a CredentialId,
    /// What it shows: one code, or two consecutive ones where its clock is off.
    pub codes: Codes<'a>,
}

/// What is left to show for the token that is exchanged or given up.
#[derive(Debug)]
pub enum Remains<'a> {
    /// It is still there, and this is its code.
    Code(&'a str),
    /// It is lost, and staff gave out this code.
    Reset(&'a ActivationCode),
}

/// A code was accepted, and what it was for is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Failures of the contract's token since its last code that was accepted.
    pub failures_before: u8,
}

/// What an act judges, and what becomes of the contract if all of it is right.
pub(super) struct Plan<'a> {
    pub(super) new: Option<NewToken<'a>>,
    pub(super) held: Option<Held<'a>>,
    pub(super) next: Contract,
    pub(super) event: Event,
    /// Whether all sessions of the contract end with it: one of them may be a thief's.
    pub(super) ends_sessions: bool,
}

/// The contract's own token, and what it has to show.
pub(super) struct Held<'a> {
    credential: CredentialId,
    codes: Option<Codes<'a>>,
    then: Then,
}

impl Bank {
    /// Registers a contract's first token (利用登録). The customer has shown ID and password, which a
    /// phisher may have too: so it is told to the registered address.
    ///
    /// # Errors
    /// [`BankError::HasToken`]; [`BankError::NotProven`] if the credential is not there, is another's, or
    /// its code is not accepted; [`BankError::TooSoon`].
    pub async fn register(
        &self,
        id: &ContractId,
        token: NewToken<'_>,
        code_at_login: bool,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<Accepted, BankError> {
        self.as_registration(id, token.credential, origin, now, |contract| {
            if contract.token.is_some() {
                return Err(BankError::HasToken);
            }
            let bound = Bound { credential: token.credential.clone(), since: now };
            let next = Contract { token: Some(bound), code_at_login, ..contract.clone() };
            let plan = Plan::of(next, Event::TokenRegistered);
            Ok(Plan { new: Some(token), ends_sessions: true, ..plan })
        })
        .await
    }

    /// Puts another token in the place of the contract's (交換). The old credential ends in the moment in
    /// which the new one is proven.
    ///
    /// # Errors
    /// [`BankError::NoToken`]; [`BankError::NotProven`] if the new token or the bank's code is not shown;
    /// [`BankError::Refused`] if the old token's code is not accepted; [`BankError::TooSoon`].
    pub async fn exchange(
        &self,
        id: &ContractId,
        remains: &Remains<'_>,
        token: NewToken<'_>,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<Accepted, BankError> {
        self.as_registration(id, token.credential, origin, now, |contract| {
            let codes = match remains {
                Remains::Code(code) => Some(Codes::One(code)),
                Remains::Reset(code) => {
                    self.check_reset(contract, code, now)?;
                    None
                }
            };
            let held = Held { codes, ..Held::ending(contract)? };
            if held.credential == *token.credential {
                return Err(BankError::NotProven);
            }
            let bound = Bound { credential: token.credential.clone(), since: now };
            let next = Contract { token: Some(bound), reset: None, ..contract.clone() };
            let plan = Plan::of(next, Event::TokenExchanged);
            Ok(Plan { new: Some(token), held: Some(held), ends_sessions: true, ..plan })
        })
        .await
    }

    /// Ends the use of the contract's token (利用解除).
    ///
    /// # Errors
    /// [`BankError::NoToken`], [`BankError::Refused`], [`BankError::NoCode`].
    pub async fn release(
        &self,
        id: &ContractId,
        code: &str,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<Accepted, BankError> {
        self.carry_out(id, origin, now, |contract| {
            let held = Held { codes: Some(Codes::One(code)), ..Held::ending(contract)? };
            let next =
                Contract { token: None, code_at_login: false, reset: None, ..contract.clone() };
            let plan = Plan::of(next, Event::TokenReleased);
            Ok(Plan { held: Some(held), ends_sessions: true, ..plan })
        })
        .await
    }

    /// Changes whether a code is wanted at login (認証する, 認証しない). Either way it takes a code.
    ///
    /// # Errors
    /// [`BankError::NoToken`], [`BankError::Refused`], [`BankError::NoCode`].
    pub async fn set_code_at_login(
        &self,
        id: &ContractId,
        code_at_login: bool,
        code: &str,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<Accepted, BankError> {
        let event = if code_at_login { Event::CodeAtLoginOn } else { Event::CodeAtLoginOff };
        self.carry_out(id, origin, now, |contract| {
            let held = Held::going_on(contract, Codes::One(code))?;
            let next = Contract { code_at_login, ..contract.clone() };
            Ok(Plan { held: Some(held), ..Plan::of(next, event) })
        })
        .await
    }

    /// Brings the contract's token and the bank's clock together again by two consecutive codes
    /// (同期ズレ補正). Nothing of value is done by them: that takes another code.
    ///
    /// # Errors
    /// [`BankError::NoToken`], [`BankError::Refused`], [`BankError::NoCode`].
    pub async fn resync(
        &self,
        id: &ContractId,
        first: &str,
        second: &str,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<Accepted, BankError> {
        self.carry_out(id, origin, now, |contract| {
            let held = Held::going_on(contract, Codes::Two(first, second))?;
            Ok(Plan { held: Some(held), ..Plan::of(contract.clone(), Event::TokenResynced) })
        })
        .await
    }

    /// Stops the contract's token: its phone is lost. It takes no code, and only staff take it back.
    ///
    /// # Errors
    /// [`BankError::NoToken`], [`BankError::NoSuchContract`].
    pub async fn suspend(
        &self,
        id: &ContractId,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<(), BankError> {
        let done = self.carry_out(id, origin, now, |contract| {
            let held = Held { then: Then::Suspended, ..Held::ending(contract)? };
            let plan = Plan::of(contract.clone(), Event::TokenSuspended);
            Ok(Plan { held: Some(held), ends_sessions: true, ..plan })
        });
        done.await.map(|_| ())
    }

    /// An act that shows that a credential is the customer's: what fails is counted against contract and
    /// address, before it is judged.
    async fn as_registration<'a>(
        &self,
        id: &ContractId,
        credential: &CredentialId,
        origin: Option<IpAddr>,
        now: UnixMillis,
        plan: impl Fn(&Contract) -> Result<Plan<'a>, BankError>,
    ) -> Result<Accepted, BankError> {
        self.admit(origin, now)?;
        let begun = match attempts::begin_registration(&self.store, id, now).await {
            Ok(begun) => begun,
            Err(error) => {
                self.forgive_unless_refused(origin, &error);
                return Err(error);
            }
        };
        let done = self.carry_out(id, origin, now, plan).await;
        // A success takes back what it was counted as itself, and nothing of what failed before: or whoever
        // has a token of their own could register it between two guesses at another's.
        match &done {
            Ok(_) => {
                begun.take_back(&self.store).await;
                self.forgive(origin);
            }
            Err(error) if !error.is_of_what_was_shown() => {
                begun.take_back(&self.store).await;
                self.forgive_unless_refused(origin, error);
            }
            Err(BankError::NotProven) => {
                let event = Event::RegistrationRefused;
                self.record_refusal(id, Some(credential), event, origin, now).await;
            }
            // The contract's own token was refused, which is recorded where it is judged.
            Err(_) => {}
        }
        done
    }

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
            let Plan { new, held, next, event, ends_sessions } = plan(&read.value)?;
            // Before it is judged: or a contract could guess at another's token past that one's lock.
            if let Some(token) = &new
                && self.store.is_bound_elsewhere(token.credential, id).await?
            {
                return Err(BankError::NotProven);
            }
            let proof = Proof {
                new: new.map(|token| Presented {
                    credential: token.credential,
                    codes: token.codes,
                    account_ref: id.as_str(),
                }),
                held: held.as_ref().map(|held| service::Held {
                    credential: &held.credential,
                    codes: held.codes,
                    then: held.then,
                }),
            };
            let held_id = held.as_ref().map(|held| &held.credential);
            let credential = new.map(|token| token.credential).or(held_id);
            let along = Along {
                contract: Some(ContractChange { read: &read, next }),
                events: vec![NewEvent { origin, credential, ..NewEvent::of(id, event, now) }],
                ends_sessions_of: ends_sessions.then_some(id),
                ..Along::default()
            };
            match self.tokens.prove(&proof, &along, now).await {
                Ok(Proven::Yes { failures_before }) => return Ok(Accepted { failures_before }),
                Ok(Proven::NotNew) => return Err(BankError::NotProven),
                Ok(Proven::NotHeld(judged)) => {
                    self.record_refusal(id, held_id, Event::CodeRefused, origin, now).await;
                    return Err(BankError::Refused(judged));
                }
                Ok(Proven::Overtaken) => {}
                // The credential is another contract's.
                Err(ServiceError::Store(StoreError::Exists)) => return Err(BankError::NotProven),
                Err(error) => return Err(error.into()),
            }
        }
        Err(BankError::Busy)
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

    fn check_reset(
        &self,
        contract: &Contract,
        code: &ActivationCode,
        now: UnixMillis,
    ) -> Result<(), BankError> {
        let typed = self.reset_digest(&contract.id, code);
        let in_time = contract.reset.as_ref().filter(|reset| now < reset.expires_at);
        match in_time {
            Some(reset) if bool::from(reset.digest.ct_eq(&typed)) => Ok(()),
            _ => Err(BankError::NotProven),
        }
    }
}

const REFUSALS_WITHIN: Millis = Millis::from_secs(86_400);
/// How many refusals of one contract leave a row within that.
const MOST_REFUSALS: u16 = 20;

impl Plan<'_> {
    /// A plan that judges nothing yet.
    pub(super) fn of(next: Contract, event: Event) -> Self {
        Self { new: None, held: None, next, event, ends_sessions: false }
    }
}

impl<'a> Held<'a> {
    /// The token's codes are judged, and it stays the contract's.
    pub(super) fn going_on(contract: &Contract, codes: Codes<'a>) -> Result<Self, BankError> {
        Ok(Self { codes: Some(codes), then: Then::Stays, ..Self::ending(contract)? })
    }

    /// The token ends with the act.
    fn ending(contract: &Contract) -> Result<Self, BankError> {
        let token = contract.token.as_ref().ok_or(BankError::NoToken)?;
        Ok(Self { credential: token.credential.clone(), codes: None, then: Then::Revoked })
    }
}
