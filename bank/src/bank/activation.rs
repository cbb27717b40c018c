use std::net::IpAddr;

use warifu::{
    credential::Label,
    time::{Millis, UnixMillis},
};

use super::{ActivationOffer, Bank, BankError, ROUNDS, attempts::earlier};
use crate::store::{Along, ContractChange, ContractId, Event, NewEvent};

impl Bank {
    /// Whether the token service gives out activation codes to customers at the bank's pages.
    pub fn offers_activations(&self) -> bool {
        self.tokens.offers_activations()
    }

    /// Draws an activation code for a customer who has logged in. What enrols with it is this contract's
    /// alone, and is none of its tokens before it is registered or exchanged. It is told to the registered
    /// address, and ends what the customer drew before.
    ///
    /// # Errors
    /// [`BankError::AskedTooOften`] after ten within a day; [`BankError::NotOffered`].
    pub async fn draw_activation(
        &self,
        id: &ContractId,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<ActivationOffer, BankError> {
        let holder = Label::new(id.as_str()).map_err(|_| BankError::NoSuchContract)?;
        for _ in 0..ROUNDS {
            let read = self.store.contract(id).await?.ok_or(BankError::NoSuchContract)?;
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
