use std::net::IpAddr;

use warifu::{
    credential::Label,
    time::{Millis, UnixMillis},
};

use super::{ActivationOffer, Activations, Bank, BankError, ROUNDS, attempts::earlier};
use crate::store::{Along, ContractChange, ContractId, Event, NewEvent};

impl Bank {
    /// Whether a contract, with a token or without one, can draw an activation code at the bank's pages.
    ///
    /// Where no token enrols without a code, that code is what whoever has stolen the password is short of.
    /// So a contract without a token gets it there only if the code of a letter stands before its
    /// registration; else staff give it out.
    pub fn offers_activation(&self, has_token: bool) -> bool {
        match self.tokens.activations() {
            Activations::None => false,
            Activations::Open => true,
            Activations::Closed => has_token || self.letters.is_some(),
        }
    }

    /// Draws an activation code for a customer who has logged in. What enrols with it is this contract's
    /// alone, and is none of its tokens before it is registered or exchanged. It is told to the registered
    /// address, and ends what the customer drew before.
    ///
    /// # Errors
    /// [`BankError::AskedTooOften`] after ten within a day; [`BankError::NotOffered`] where
    /// [`Self::offers_activation`] says so.
    pub async fn draw_activation(
        &self,
        id: &ContractId,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<ActivationOffer, BankError> {
        let holder = Label::new(id.as_str()).map_err(|_| BankError::NoSuchContract)?;
        for _ in 0..ROUNDS {
            let read = self.store.contract(id).await?.ok_or(BankError::NoSuchContract)?;
            if !self.offers_activation(read.value.token.is_some()) {
                return Err(BankError::NotOffered);
            }
            let since = earlier(now, DAY);
            let drawn = self.store.times_of(id, Event::ActivationDrawn, since, MOST).await?;
            if let Some(first) = drawn.get(usize::from(MOST).saturating_sub(1)) {
                return Err(BankError::AskedTooOften { until: first.saturating_add(DAY) });
            }
            let event = NewEvent::of(id, Event::ActivationDrawn, now);
            let along = Along {
                // Of two at once, the other one finds the contract changed, and counts the first.
                contract: Some(ContractChange { read: &read, next: read.value.clone() }),
                events: vec![NewEvent { origin, ..event }],
                ..Along::default()
            };
            if let Some(offer) = self.tokens.activate(&holder, LIFETIME, &along, now).await? {
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
