use std::net::IpAddr;

use warifu::time::{Millis, UnixMillis};

use super::{
    Accepted, Bank, BankError, Password, ROUNDS,
    attempts::{self, Begun},
    password::Turn,
    plan::{Held, Plan},
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
        // The place to work at a password first: who gets none has not tried, and is not counted.
        let begun = async {
            let turn = self.passwords.turn(origin).await?;
            Ok((turn, attempts::begin_login(&self.store, id, origin, now).await?))
        };
        let (turn, begun) = match begun.await {
            Ok(begun) => begun,
            Err(error) => {
                self.forgive_unless_refused(origin, &error);
                return Err(error);
            }
        };
        match self.judge_login(id, password, turn, &begun, origin, now).await {
            Ok(login) => {
                attempts::login_was_right(&self.store, begun, id, origin, now).await;
                // Who logs in over and over has the work of it counted against the address.
                let last = login.last_login_at.map(|last| last.saturating_add(BETWEEN_FORGIVEN));
                if !login.code_wanted && last.is_none_or(|last| last <= now) {
                    self.forgive(origin);
                }
                Ok(login)
            }
            Err(error) => {
                if error != BankError::NotLoggedIn {
                    begun.take_back(&self.store).await;
                }
                self.forgive_unless_refused(origin, &error);
                Err(error)
            }
        }
    }

    async fn judge_login(
        &self,
        id: &ContractId,
        password: Password,
        turn: Turn,
        begun: &Begun,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<LoggedIn, BankError> {
        let mut read = self.store.contract(id).await?;
        let kept = read.as_ref().map(|read| &read.value.password);
        if !self.passwords.is_right(turn, id, password, kept).await? {
            return Err(BankError::NotLoggedIn);
        }
        for _ in 0..ROUNDS {
            let contract = read.ok_or(BankError::NotLoggedIn)?;
            let value = &contract.value;
            let logged_in = LoggedIn {
                code_wanted: value.code_at_login,
                has_token: value.token.is_some(),
                last_login_at: value.last_login_at,
                failures_before: begun.failures_before(value.last_login_at),
            };
            let recorded = value.code_at_login || {
                let next = Contract { last_login_at: Some(now), ..value.clone() };
                let change = ContractChange { read: &contract, next };
                let event = NewEvent { origin, ..NewEvent::of(id, Event::LoggedIn, now) };
                self.store.replace_contract(change, vec![event]).await? == Written::Yes
            };
            if recorded {
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
        let done = self.carry_out(id, origin, now, |contract| {
            Ok(Plan {
                held: Some(Held::going_on(contract, Codes::One(code))?),
                ..Plan::of(
                    Contract { last_login_at: Some(now), ..contract.clone() },
                    Event::LoggedIn,
                )
            })
        });
        let accepted = done.await?;
        self.forgive(origin);
        Ok(accepted)
    }
}

/// How often a login that is right is taken off the count of its address.
const BETWEEN_FORGIVEN: Millis = Millis::from_secs(60);
