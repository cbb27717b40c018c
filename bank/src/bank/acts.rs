use std::net::IpAddr;

use subtle::ConstantTimeEq as _;
use warifu::{credential::CredentialId, time::UnixMillis};
use warifu_issuer::ActivationCode;

use super::{
    Bank, BankError, attempts,
    plan::{Held, Plan},
};
use crate::{
    service::{ClockOff, Codes, Then},
    store::{Bound, Contract, ContractId, Event},
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
    /// It is still there, and this is its code. Two consecutive ones of a token whose clock is off are no
    /// proof here: they live for far longer than one. They are for [`Bank::resync`], and a fresh one for this.
    Code(&'a str),
    /// It is lost, and staff gave out this code.
    Reset(&'a ActivationCode),
}

/// A code was accepted, and what it was for is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Failures of the contract's token since its last code that was accepted.
    pub failures_before: u8,
    /// The clock of the token, if it is too far off: no other code of it is accepted before it is set right.
    pub clock_off: Option<ClockOff>,
}

impl Bank {
    /// Registers a contract's first token (利用登録). The customer has shown ID and password, which a
    /// phisher may have too: so it is told to the registered address, and the code of a letter is a second
    /// proof. All letters of the contract end with it.
    ///
    /// # Errors
    /// [`BankError::HasToken`]; [`BankError::NotProven`] if the credential is not there, is another's, or
    /// its code is not accepted, or if the letter's is not one of a letter of this contract that is good
    /// still; [`BankError::TooSoon`]; [`BankError::LetterWanted`] if the bank wants a letter and none is there.
    pub async fn register(
        &self,
        id: &ContractId,
        token: NewToken<'_>,
        letter: Option<&ActivationCode>,
        code_at_login: bool,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<Accepted, BankError> {
        self.as_registration(id, token.credential, origin, now, |contract| {
            if contract.token.is_some() {
                return Err(BankError::HasToken);
            }
            if self.letters.is_some() && letter.is_none() {
                return Err(BankError::LetterWanted);
            }
            let bound = Bound { credential: token.credential.clone(), since: now };
            let next = Contract { token: Some(bound), code_at_login, ..contract.clone() };
            let plan = Plan::of(next, Event::TokenRegistered);
            Ok(Plan { new: Some(token), letter, ends_sessions: true, ends_letters: true, ..plan })
        })
        .await
    }

    /// Puts another token in the place of the contract's (交換). The old credential ends in the moment in
    /// which the new one is proven.
    ///
    /// # Errors
    /// [`BankError::NoToken`]; [`BankError::HasToken`] if the new token is the contract's already;
    /// [`BankError::NotProven`] if the new token or the bank's code is not shown;
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
            let held = Held::ending(contract)?;
            // Sent again, perhaps, since the answer was lost.
            if held.credential == *token.credential {
                return Err(BankError::HasToken);
            }
            let codes = match remains {
                Remains::Code(code) => Some(Codes::One(code)),
                Remains::Reset(code) => {
                    self.check_reset(contract, code, now)?;
                    None
                }
            };
            let held = Held { codes, ..held };
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
