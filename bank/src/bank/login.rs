use std::net::IpAddr;

use warifu::time::{Millis, UnixMillis};

use super::{
    Accepted, Bank, BankError, DeviceToken, Password, ROUNDS, attempts,
    password::Turn,
    plan::{Held, Plan},
};
use crate::{
    service::Codes,
    store::{Along, Contract, ContractChange, ContractId, Event, NewEvent, Written},
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
    /// Wrong passwords since the last login, from wherever: how somebody else's tries come to light.
    pub failures_before: u32,
}

impl Bank {
    /// Judges contract ID and password of somebody of whose browser nothing is known. Where no code is wanted,
    /// the login is recorded.
    ///
    /// # Errors
    /// As of [`Self::log_in_with_device`].
    pub async fn log_in(
        &self,
        id: &ContractId,
        password: Password,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<LoggedIn, BankError> {
        self.log_in_with_device(id, password, None, origin, now).await
    }

    /// Judges contract ID and password. Where no code is wanted, the login is recorded. A browser that brings
    /// what [`Self::remember_device`] gave it has tries of its own, and is not held up by what others have
    /// failed at in its network.
    ///
    /// # Errors
    /// [`BankError::NotLoggedIn`] or [`BankError::TooSoon`], alike for IDs that nobody has.
    pub async fn log_in_with_device(
        &self,
        id: &ContractId,
        password: Password,
        device: Option<&DeviceToken>,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<LoggedIn, BankError> {
        let device = match device {
            Some(token) => self.known_device(id, token, now).await?,
            None => None,
        };
        // Whom the try is counted for: nobody, where the address has no more and a known browser comes.
        let counted = match self.admit(origin, now) {
            Ok(()) => origin,
            Err(_) if device.is_some() && self.lanes.admits(id, now) => None,
            Err(error) => return Err(error),
        };
        // The place to work at a password first: who gets none has not tried, and is not counted.
        let begun = async {
            let turn = self.passwords.turn(origin).await?;
            let begun = attempts::begin_login(&self.store, id, device.as_ref(), origin, now);
            Ok((turn, begun.await?))
        };
        let (turn, begun) = match begun.await {
            Ok(begun) => begun,
            Err(error) => {
                self.forgive_unless_refused(counted, &error);
                return Err(error);
            }
        };
        match self.judge_login(id, password, turn, origin, now).await {
            Ok(login) => {
                attempts::login_was_right(&self.store, begun, id, origin, now).await;
                // Who logs in over and over has the work of it counted against the address.
                let last = login.last_login_at.map(|last| last.saturating_add(BETWEEN_FORGIVEN));
                if !login.code_wanted && last.is_none_or(|last| last <= now) {
                    self.forgive(counted);
                }
                Ok(login)
            }
            Err(error) => {
                if error == BankError::NotLoggedIn {
                    attempts::password_was_refused(&self.store, id, now).await;
                } else {
                    begun.take_back(&self.store).await;
                }
                self.forgive_unless_refused(counted, &error);
                Err(error)
            }
        }
    }

    async fn judge_login(
        &self,
        id: &ContractId,
        password: Password,
        turn: Turn,
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
                failures_before: attempts::refused(&self.store, id).await?,
            };
            let recorded = value.code_at_login || {
                let next = Contract { last_login_at: Some(now), ..value.clone() };
                let change = ContractChange { read: &contract, next };
                let event = NewEvent { origin, ..NewEvent::of(id, Event::LoggedIn, now) };
                let (contract, login) = (Some(change), Some(attempts::login(id, now)));
                let along = Along { contract, login, events: vec![event], ..Along::default() };
                self.store.commit(&[], &along).await? == Written::Yes
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
