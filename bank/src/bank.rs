//! The bank behind its pages: who has a contract, how they log in, which token is theirs, and what they
//! transfer.
//!
//! It stands beside the token service and knows it by [`TokenService`] alone. It is a module of this crate,
//! and not a crate of its own, for one reason: what a code allows is committed *with* the code. Acceptance
//! and act are one transaction of one database, so there is no moment in which a code is spent and what it
//! was for is not done, and none in which an act is done for a code that is still good. A crate of its own
//! would have to open a transaction of the other's store, or be content with less.
//!
//! What must hold:
//! - One credential is one contract's, and one contract has one credential. The database holds it.
//! - Failures to show that a credential is one's own count against the contract and the network address
//!   that try, never against the credential: its holder may be somebody else.
//! - A contract ID that nobody has takes the same path as one that somebody has: the same counters, waits
//!   and work, and the same answers.
//! - A booking is one row with both its sides, and the database itself moves the balances: no row, and no
//!   crash, leaves the books out of balance. An order under its key is booked once.
//! - Whatever changes who can get in is told to the registered address, by a notice that is committed
//!   with it.

mod acts;
mod attempts;
mod login;
mod password;
mod sessions;
mod tokens;
mod transfer;
pub mod typed;

use std::{net::IpAddr, sync::Arc};

use warifu::{
    credential::Label,
    secret::{Random, RandomFailed},
    time::{Millis, UnixMillis},
};
use warifu_issuer::ActivationCode;

pub use acts::{Accepted, NewToken, Remains};
pub use login::LoggedIn;
pub use password::{InvalidPassword, Password};
pub use sessions::{IDLE, LONGEST, SessionToken};
pub use tokens::{Answer, TokenService};
pub use transfer::{Order, OrderKey, TransferTerms};

use crate::{
    enrolment::{Asks, Limiter, Rate},
    service::{Digests, Judged, ServiceError},
    store::{
        Along, Contract, ContractChange, ContractId, Event, NewEvent, Reset, Store, StoreError,
        Written, Yen,
    },
};
use attempts::earlier;
use password::Passwords;

/// The bank: a database, passwords, and a token service. It is shared by all requests.
pub struct Bank {
    store: Store,
    tokens: Arc<dyn TokenService>,
    passwords: Passwords,
    digests: Digests,
    random: Arc<dyn Random>,
    origins: Limiter,
    terms: TransferTerms,
    staff: Option<Box<str>>,
}

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

/// Why the bank did not do what was asked. It says nothing of any secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BankError {
    /// The contract ID or the password is wrong. Which of them is not told.
    #[error("the contract ID or the password is wrong")]
    NotLoggedIn,
    /// A wait after failures is not over. Nothing was judged.
    #[error("nothing is judged before a wait is over")]
    TooSoon {
        /// When it is.
        until: UnixMillis,
    },
    /// It was not shown that the new token, or the bank's code for an exchange, is the customer's. Two
    /// consecutive codes may help where the token's clock is off.
    #[error("the token or the code is not the right one")]
    NotProven,
    /// The contract's own token was refused.
    #[error("the token's code was not accepted")]
    Refused(Judged),
    /// What was typed cannot be a code; it costs no try.
    #[error("what was typed cannot be a code")]
    NoCode,
    /// The contract has no token.
    #[error("the contract has no token")]
    NoToken,
    /// The contract has a token already: it can be exchanged.
    #[error("the contract has a token already")]
    HasToken,
    /// There is no contract of this ID.
    #[error("there is no such contract")]
    NoSuchContract,
    /// There is a contract of this ID.
    #[error("there is a contract of this ID")]
    Exists,
    /// There is no such account, or it is not the contract's.
    #[error("there is no such account")]
    NoAccount,
    /// An account cannot be paid from itself.
    #[error("payer and payee are one account")]
    SameAccount,
    /// The contract has not paid this payee before, and its token is too new.
    #[error("a new payee is not paid yet")]
    NewPayee {
        /// When it can be.
        until: UnixMillis,
    },
    /// It is more than is paid within a day to payees whom the contract had not paid before.
    #[error("it is more than new payees are paid in a day")]
    NewPayeesLimit {
        /// How much that is.
        limit: Yen,
    },
    /// There is not enough in the account.
    #[error("there is not enough in the account")]
    Funds,
    /// The order's name was used for another order.
    #[error("the order's key was used for another order")]
    OrderKeyReused,
    /// What is kept of a password is of a kind that this program does not know.
    #[error("what is kept of a password cannot be read")]
    Password,
    /// Too much at once. Nothing was changed.
    #[error("too much at once")]
    Busy,
    /// There is no randomness.
    #[error(transparent)]
    Random(#[from] RandomFailed),
    /// The token service.
    #[error(transparent)]
    Tokens(ServiceError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BankError {
    /// Whether a password, a token or a code was judged and refused: then it counts as a failure. With all
    /// others nothing was judged, or what was wrong was not the customer's.
    fn is_of_what_was_shown(&self) -> bool {
        matches!(self, Self::NotLoggedIn | Self::NotProven | Self::Refused(_))
    }
}

impl From<ServiceError> for BankError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Code(_) => Self::NoCode,
            ServiceError::Store(error) => Self::Store(error),
            error => Self::Tokens(error),
        }
    }
}

impl Bank {
    /// A bank on an open database, beside a token service that commits to the same one.
    ///
    /// `rate` bounds how often one network address may fail in a minute
    /// ([`Rate::per_minute`]); `digests` makes what must not be guessed from the database.
    pub fn new(
        store: Store,
        tokens: Arc<dyn TokenService>,
        digests: Digests,
        random: Arc<dyn Random>,
        rate: Rate,
        terms: TransferTerms,
    ) -> Self {
        let passwords = Passwords::new(Arc::clone(&digests));
        let origins = Limiter::new(rate);
        Self { store, tokens, passwords, digests, random, origins, terms, staff: None }
    }

    /// The same bank, for somebody of its staff: what they do stands in the history under this name.
    #[must_use]
    pub fn for_staff(self, name: &str) -> Self {
        Self { staff: Some(name.into()), ..self }
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }

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

    /// Removes counts of failures that are too old to count, and sessions that are over; says how many.
    ///
    /// # Errors
    /// [`BankError::Store`].
    pub async fn tidy(&self, now: UnixMillis) -> Result<(u64, u64), BankError> {
        let attempts = self.store.remove_attempts(earlier(now, attempts::KEPT)).await?;
        self.store.remove_networks(earlier(now, attempts::KNOWN)).await?;
        Ok((attempts, self.store.remove_sessions(earlier(now, IDLE)).await?))
    }

    fn reset_digest(&self, id: &ContractId, code: &ActivationCode) -> [u8; 32] {
        (self.digests)("contract reset 1", &[id.as_str().as_bytes(), code.expose().as_bytes()])
    }

    /// Counts a try against the address that makes it, before it is judged.
    fn admit(&self, origin: Option<IpAddr>, now: UnixMillis) -> Result<(), BankError> {
        let Some(origin) = origin else { return Ok(()) };
        self.origins.admit(origin, Asks::WithCode, now).map_err(|refusal| match refusal {
            crate::enrolment::Refusal::TooMany { retry_after } => {
                let wait = Millis::from_secs(retry_after.as_secs());
                BankError::TooSoon { until: now.saturating_add(wait) }
            }
            _ => BankError::Busy,
        })
    }

    /// Takes that count back, unless what was shown was refused, or the try came too soon.
    fn forgive_unless_refused(&self, origin: Option<IpAddr>, error: &BankError) {
        if !error.is_of_what_was_shown() && !matches!(error, BankError::TooSoon { .. }) {
            self.forgive(origin);
        }
    }

    /// Takes that count back: the try was right.
    fn forgive(&self, origin: Option<IpAddr>) {
        if let Some(origin) = origin {
            self.origins.forgive(origin);
        }
    }
}

/// All that is counted of a contract.
fn failures_of(id: &ContractId) -> Vec<String> {
    vec![attempts::of_all(id), attempts::of_registration(id)]
}

impl std::fmt::Debug for Bank {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bank")
    }
}

/// How often an act is begun anew where others are faster.
const ROUNDS: u16 = 300;
