use std::net::IpAddr;

use warifu::time::UnixMillis;

use super::{
    Accepted, Bank, BankError, Password, ROUNDS,
    acts::{Held, Plan},
    attempts::{self, At},
};
use crate::{
    service::Codes,
    store::{Contract, ContractChange, ContractId, Event, NewEvent, Written},
};

/// Somebody has shown contract ID and password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoggedIn {
    /// Whether a code is wanted before the login is done (認証する).
    pub code_wanted: bool,
    /// Whether a token is registered.
    pub has_token: bool,
    /// When somebody logged in before.
    pub last_login_at: Option<UnixMillis>,
    /// Wrong passwords since the last right one: how somebody else's tries come to light.
    pub failures_before: u32,
}

impl Bank {
    /// Judges contract ID and password. Where no code is wanted, the login is recorded.
    ///
    /// # Errors
    /// [`BankError::NotLoggedIn`] or [`BankError::TooSoon`], alike for IDs that nobody has.
    pub async fn log_in(
        &self,
        id: &ContractId,
        password: Password,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<LoggedIn, BankError> {
        self.admit(origin, now)?;
        let failures_before = attempts::begin(&self.store, At::Login, id, now).await?;
        let mut read = self.store.contract(id).await?;
        let kept = read.as_ref().map(|read| &read.value.password);
        if !self.passwords.is_right(id, password, kept).await? {
            return Err(BankError::NotLoggedIn);
        }
        for _ in 0..ROUNDS {
            let contract = read.ok_or(BankError::NotLoggedIn)?;
            let value = &contract.value;
            let logged_in = LoggedIn {
                code_wanted: value.code_at_login,
                has_token: value.token.is_some(),
                last_login_at: value.last_login_at,
                failures_before,
            };
            let recorded = value.code_at_login || {
                let next = Contract { last_login_at: Some(now), ..value.clone() };
                let change = ContractChange { read: &contract, next };
                let event = NewEvent { contract: id, event: Event::LoggedIn, at: now, origin };
                self.store.replace_contract(change, vec![event]).await? == Written::Yes
            };
            if recorded {
                attempts::succeeded(&self.store, At::Login, id).await?;
                self.forgive(origin);
                return Ok(logged_in);
            }
            read = self.store.contract(id).await?;
        }
        Err(BankError::Busy)
    }

    /// Judges the code that is wanted at a login, and records the login
    /// (ワンタイムパスワード確認).
    ///
    /// # Errors
    /// [`BankError::Refused`] with the verdict, [`BankError::NoCode`].
    pub async fn log_in_with_code(
        &self,
        id: &ContractId,
        code: &str,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<Accepted, BankError> {
        self.carry_out(id, origin, now, |contract| {
            Ok(Plan {
                held: Some(Held::going_on(contract, Codes::One(code))?),
                ..Plan::of(
                    Contract { last_login_at: Some(now), ..contract.clone() },
                    Event::LoggedIn,
                )
            })
        })
        .await
    }
}
