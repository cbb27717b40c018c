use std::net::IpAddr;

use warifu::{
    credential::Label,
    time::{Millis, UnixMillis},
};

use super::{
    AHEAD, ActivationOffer, Activations, Bank, BankError, ROUNDS, attempts::earlier, plan::Held,
};
use crate::{
    service::Codes,
    store::{Along, Contract, ContractChange, ContractId, Event, NewEvent},
};

/// What a contract has to show to draw an activation code at the bank's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActivationTerms {
    /// It draws none there: staff give it out.
    NotOffered,
    /// Nothing more than the login.
    Login,
    /// A code of its token.
    Code,
}

impl Bank {
    /// What a contract has to show to draw an activation code.
    ///
    /// Where no token enrols without one, it is what whoever has stolen the password is short of. So a
    /// contract without a token draws one only if the code of a letter stands before its registration. Where
    /// there is a token its code is wanted, as at the exchange: or whoever has the password could end each one
    /// that the customer draws. Whoever has a code of the staff's for an exchange has lost the token.
    pub fn activation_terms(&self, contract: &Contract, now: UnixMillis) -> ActivationTerms {
        let is_lost = contract.reset.as_ref().is_some_and(|reset| now < reset.expires_at);
        match (self.tokens.activations(), &contract.token) {
            (Activations::None, _) => ActivationTerms::NotOffered,
            (Activations::Closed, None) if self.letters.is_none() => ActivationTerms::NotOffered,
            (_, Some(_)) if !is_lost => ActivationTerms::Code,
            (_, _) => ActivationTerms::Login,
        }
    }

    /// Draws an activation code for a customer who has logged in. What enrols with it is this contract's
    /// alone, and is none of its tokens before it is registered or exchanged. It is told to the registered
    /// address, and ends what the customer drew before.
    ///
    /// `code` is of the contract's token; it is not looked at where [`Self::activation_terms`] want none.
    ///
    /// # Errors
    /// [`BankError::NotOffered`]; [`BankError::AskedTooOften`] after ten within a day;
    /// [`BankError::Refused`], [`BankError::NoCode`].
    pub async fn draw_activation(
        &self,
        id: &ContractId,
        code: &str,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<ActivationOffer, BankError> {
        let holder = Label::new(id.as_str()).map_err(|_| BankError::NoSuchContract)?;
        for _ in 0..ROUNDS {
            let read = self.store.contract(id).await?.ok_or(BankError::NoSuchContract)?;
            let held = match self.activation_terms(&read.value, now) {
                ActivationTerms::NotOffered => return Err(BankError::NotOffered),
                ActivationTerms::Login => None,
                ActivationTerms::Code => Some(Held::going_on(&read.value, Codes::One(code))?),
            };
            let within = (earlier(now, DAY), now.saturating_add(AHEAD));
            let drawn = self.store.asked_for(id, Event::ActivationDrawn, within, MOST).await?;
            if let Some(first) = drawn.get(usize::from(MOST).saturating_sub(1)) {
                let until = (*first).min(now).saturating_add(DAY);
                return Err(BankError::AskedTooOften { until });
            }
            let offer = self.tokens.draw_activation(&holder, LIFETIME, now)?;
            let credential = held.as_ref().map(|held| &held.credential);
            let event = NewEvent::of(id, Event::ActivationDrawn, now);
            let along = Along {
                // Of two at once, the other one finds the contract changed, and counts the first.
                contract: Some(ContractChange { read: &read, next: read.value.clone() }),
                events: vec![NewEvent { origin, credential, ..event }],
                activation: Some(&offer.kept),
                ..Along::default()
            };
            if self.prove(id, None, held.as_ref(), &along, origin, now).await?.is_some() {
                return Ok(offer);
            }
        }
        Err(BankError::Busy)
    }
}

/// How many activation codes a contract draws within a day.
const MOST: u16 = 10;
const DAY: Millis = Millis::from_secs(86_400);
/// As long as it takes to install a token and to scan the code, at leisure.
const LIFETIME: Millis = Millis::from_secs(3600);
