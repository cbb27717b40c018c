use warifu::{
    credential::Label,
    time::{Millis, UnixMillis},
};
use warifu_issuer::ActivationCode;

use super::{Bank, BankError, Password, ROUNDS, attempts};
use crate::store::{
    Along, Contract, ContractChange, ContractId, Event, NewEvent, Reset, StoreError, Written,
};

/// A contract that is about to be made.
#[derive(Debug)]
pub struct NewContract {
    /// Its ID.
    pub id: ContractId,
    /// The customer's name.
    pub name: Label,
    /// Where notices go.
    pub address: Label,
    /// The first login password.
    pub password: Password,
}

impl Bank {
    /// Makes a contract.
    ///
    /// # Errors
    /// [`BankError::Exists`] if there is one of this ID.
    pub async fn add_contract(
        &self,
        contract: NewContract,
        now: UnixMillis,
    ) -> Result<(), BankError> {
        let NewContract { id, name, address, password } = contract;
        let password = self.passwords.set(&id, password, &*self.random).await?;
        let contract = Contract {
            id,
            name,
            address,
            password,
            code_at_login: false,
            token: None,
            reset: None,
            last_login_at: None,
            created_at: now,
        };
        match self.store.add_contract(&contract, self.staff.as_deref()).await {
            Err(StoreError::Exists) => Err(BankError::Exists),
            added => Ok(added?),
        }
    }

    /// Gives out a code with which a token that is lost can be exchanged, once. It takes the place of one
    /// that was given out before. Staff have to know by other means who asks.
    ///
    /// # Errors
    /// [`BankError::NoSuchContract`], [`BankError::NoToken`].
    pub async fn reset_token(
        &self,
        id: &ContractId,
        lifetime: Millis,
        now: UnixMillis,
    ) -> Result<ActivationCode, BankError> {
        let mut drawn = zeroize::Zeroizing::new([0; 32]);
        self.random.fill(&mut *drawn)?;
        let code = ActivationCode::of(&drawn);
        let expires_at = now.saturating_add(lifetime);
        let reset = Reset { digest: self.reset_digest(id, &code), expires_at };
        // Whoever failed at the registration with the password alone does not hold up the exchange.
        let along = Along { forgets: vec![attempts::of_registration(id)], ..Along::default() };
        self.by_staff(id, Event::ResetCodeIssued, &along, now, |contract| {
            if contract.token.is_none() {
                return Err(BankError::NoToken);
            }
            Ok(Contract { reset: Some(reset.clone()), ..contract.clone() })
        })
        .await?;
        Ok(code)
    }

    /// Forgets what failed at a contract's logins and registrations, and the waits that came of it. It
    /// unlocks no token: that is the token service's.
    ///
    /// # Errors
    /// [`BankError::NoSuchContract`].
    pub async fn unlock(&self, id: &ContractId, now: UnixMillis) -> Result<(), BankError> {
        let along = Along { forgets: failures_of(id), ..Along::default() };
        self.by_staff(id, Event::ContractUnlocked, &along, now, |contract| Ok(contract.clone()))
            .await
    }

    /// Sets another login password, as where the old one is forgotten or somebody else has it. What failed
    /// is forgotten, and all sessions end. Staff have to know by other means who asks.
    ///
    /// # Errors
    /// [`BankError::NoSuchContract`], [`BankError::Busy`].
    pub async fn set_password(
        &self,
        id: &ContractId,
        password: Password,
        now: UnixMillis,
    ) -> Result<(), BankError> {
        let password = self.passwords.set(id, password, &*self.random).await?;
        let along =
            Along { forgets: failures_of(id), ends_sessions_of: Some(id), ..Along::default() };
        self.by_staff(id, Event::PasswordSet, &along, now, |contract| {
            Ok(Contract { password: password.clone(), ..contract.clone() })
        })
        .await
    }

    /// Changes a contract without a code, and with what goes along.
    async fn by_staff(
        &self,
        id: &ContractId,
        event: Event,
        along: &Along<'_>,
        now: UnixMillis,
        change: impl Fn(&Contract) -> Result<Contract, BankError>,
    ) -> Result<(), BankError> {
        for _ in 0..ROUNDS {
            let read = self.store.contract(id).await?.ok_or(BankError::NoSuchContract)?;
            let next = change(&read.value)?;
            let event = NewEvent::of(id, event, now);
            let along = Along {
                contract: Some(ContractChange { read: &read, next }),
                events: vec![NewEvent { staff: self.staff.as_deref(), ..event }],
                ..along.clone()
            };
            if self.store.commit(&[], &along).await? == Written::Yes {
                return Ok(());
            }
        }
        Err(BankError::Busy)
    }

    pub(super) fn reset_digest(&self, id: &ContractId, code: &ActivationCode) -> [u8; 32] {
        (self.digests)("contract reset 1", &[id.as_str().as_bytes(), code.expose().as_bytes()])
    }
}

/// All that is counted of a contract.
fn failures_of(id: &ContractId) -> Vec<String> {
    vec![attempts::of_all(id), attempts::of_registration(id)]
}
