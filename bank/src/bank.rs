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
//! - Where the bank wants a letter for a first token, none is registered without the code of one.
//! - Whatever changes who can get in is told to the registered address, by a notice that is committed
//!   with it.

mod activation;
mod acts;
mod attempts;
mod devices;
mod letters;
mod login;
mod password;
mod plan;
mod sessions;
mod staff;
mod tokens;
mod transfer;
pub mod typed;

use std::{net::IpAddr, sync::Arc};

use subtle::ConstantTimeEq as _;
use warifu::{
    secret::{Random, RandomFailed},
    time::{Millis, UnixMillis},
};

pub use activation::ActivationTerms;
pub use acts::{Accepted, NewToken, Remains};
pub use devices::{DeviceToken, REMEMBERED};
pub use letters::{LetterState, LetterTerms, PrintedLetter};
pub use login::LoggedIn;
pub use password::{InvalidPassword, Password};
pub use sessions::{IDLE, LONGEST, SessionToken};
pub use staff::NewContract;
pub use tokens::{ActivationOffer, Activations, Answer, ReachableTokens, TokenService};
pub use transfer::{Order, OrderKey, TransferTerms};

use crate::{
    enrolment::{Asks, Limiter, Rate},
    service::{Digests, Judged, ServiceError},
    store::{Store, StoreError, Yen},
};
use attempts::earlier;
use devices::Lanes;
use password::Passwords;

/// The bank: a database, passwords, and a token service. It is shared by all requests.
pub struct Bank {
    store: Store,
    tokens: Arc<dyn TokenService>,
    passwords: Passwords,
    digests: Digests,
    random: Arc<dyn Random>,
    origins: Limiter,
    lanes: Lanes,
    terms: TransferTerms,
    letters: Option<LetterTerms>,
    staff: Option<Box<str>>,
}

/// Why the bank did not do what was asked. It says nothing of any secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BankError {
    /// The contract ID or the password is wrong. Which of them is not told.
    #[error("the contract ID or the password is wrong")]
    NotLoggedIn,
    /// The session in which a code was shown has ended meanwhile. The code was not judged.
    #[error("the session has ended")]
    SessionOver,
    /// A wait after failures is not over. Nothing was judged.
    #[error("nothing is judged before a wait is over")]
    TooSoon {
        /// When it is.
        until: UnixMillis,
    },
    /// It was not shown that the new token, or the bank's code for an exchange or from a letter, is the
    /// customer's. Two consecutive codes may help where the token's clock is off.
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
    /// A first token is registered with the code of a letter alone.
    #[error("the code of a letter is wanted")]
    LetterWanted,
    /// The bank sends no letters.
    #[error("no letter is wanted")]
    LetterNotWanted,
    /// The same was asked for a while ago.
    #[error("it was asked for too often")]
    AskedTooOften {
        /// From when it may be asked for again.
        until: UnixMillis,
    },
    /// No activation code is given out to this contract at the pages.
    #[error("no activation code is given out")]
    NotOffered,
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
    /// The key for digests is not the one that the contracts' passwords were made with.
    #[error("the `digest` key is not the one that the contracts' passwords were made with")]
    OtherKey,
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
        // Of a code that is spent, or comes too soon, nothing was guessed: the token counts none of it either.
        let is_free = matches!(self, Self::Refused(Judged::Replayed | Judged::TooSoon { .. }));
        matches!(self, Self::NotLoggedIn | Self::NotProven | Self::Refused(_)) && !is_free
    }
}

impl From<ServiceError> for BankError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Code(_) => Self::NoCode,
            ServiceError::NotOffered => Self::NotOffered,
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
        Self {
            store,
            tokens,
            passwords,
            digests,
            random,
            origins,
            lanes: Lanes::default(),
            terms,
            letters: None,
            staff: None,
        }
    }

    /// The same bank, which wants the code of a letter too before a first token is registered.
    #[must_use]
    pub fn with_letters(self, terms: LetterTerms) -> Self {
        Self { letters: Some(terms), ..self }
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

    /// Holds the bank to the key that its passwords and sessions were made under: with another one none of
    /// them would be right, and each customer's failures would be counted for it. The first one to come is
    /// the one.
    ///
    /// # Errors
    /// [`BankError::OtherKey`].
    pub async fn hold_key(&self) -> Result<(), BankError> {
        let made = (self.digests)("contract key check 1", &[]);
        let kept = self.store.key_check(&made).await?;
        if bool::from(kept.ct_eq(&made)) { Ok(()) } else { Err(BankError::OtherKey) }
    }

    /// How many times this bank has done the work of judging or setting a password, whether it was right or
    /// not, and whether there is such a contract or not: for who watches what logins cost.
    pub fn passwords_worked_at(&self) -> u64 {
        self.passwords.worked_at()
    }

    /// Removes counts of failures that are too old to count, and sessions that are over; says how many.
    ///
    /// # Errors
    /// [`BankError::Store`].
    pub async fn tidy(&self, now: UnixMillis) -> Result<(u64, u64), BankError> {
        let (kept, known) = (earlier(now, attempts::KEPT), earlier(now, attempts::KNOWN));
        let attempts = self.store.remove_attempts(kept, known).await?;
        self.store.remove_networks(known).await?;
        // As late as failures: a clock that is ahead for an hour does not cost what waits to be printed.
        let unprinted = self.store.remove_letters(kept).await?;
        if unprinted > 0 {
            tracing::warn!(unprinted, "letters expired a month ago that nobody has printed");
        }
        Ok((attempts, self.store.remove_sessions(earlier(now, IDLE)).await?))
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

impl std::fmt::Debug for Bank {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bank")
    }
}

/// How often an act is begun anew where others are faster.
const ROUNDS: u16 = 300;
/// What was recorded by so much ahead of now still counts: clocks differ, and requests come out of order. What
/// lies further ahead was recorded by a clock that was wrong, and makes nobody wait for it to come.
const AHEAD: Millis = Millis::from_secs(3600);
