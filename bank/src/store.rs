//! The database: SQLite in one file, or PostgreSQL.
//!
//! What is told to anybody is committed first, and durably. A credential's state is only ever replaced
//! where it is still the one that was judged ([`Store::replace`]); the answer to a request that is named
//! by an idempotency key is committed with it.
//!
//! The statements are the same for both databases, and are never made of anything but constant text.

mod activations;
mod along;
mod answers;
mod attempts;
mod clients;
mod connect;
mod contracts;
mod credentials;
mod enrolments;
mod error;
mod history;
mod ledger;
mod letters;
mod refused;
mod rotation;
mod row;
mod sessions;

use sqlx::{Any, AnyPool, Transaction};

pub use activations::{Activation, Taken};
pub use along::{Along, ContractChange, Login};
pub use answers::{Answer, AnswerKey, KeptAnswer};
pub use attempts::Attempts;
pub use clients::{Client, ClientId};
pub use connect::{Database, InvalidDatabase};
pub use contracts::{Bound, Contract, ContractId, InvalidContractId, PasswordDigest, Reset};
pub use credentials::{Credential, Numbered, SealedKeys};
pub use enrolments::{KeptEnrolment, NewEnrolment, Recorded};
pub use error::StoreError;
pub use history::{Event, NewEvent, Notice, PastEvent};
pub use ledger::{
    Account, AccountId, AccountKind, Movement, NewTransfer, Number, Payee, Transfer, Yen,
};
pub use letters::{Letter, NewLetter, UnprintedLetter};
pub use refused::RefusedPasswords;
pub use rotation::Sealed;
pub use sessions::{NewSession, Session, Stage};

/// An open database.
///
/// SQLite lets one connection write at a time, so there is one for writing, and those that wait for it
/// wait in a line and not in the file's lock. PostgreSQL has one pool for both.
#[derive(Debug, Clone)]
pub struct Store {
    reading: AnyPool,
    writing: AnyPool,
}

/// Whether a change was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Written {
    /// It is committed.
    Yes,
    /// Somebody else was faster; nothing was changed. Read and judge anew.
    Overtaken,
}

impl Store {
    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError`] if it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.reading).await?;
        Ok(())
    }

    /// Closes all connections once what they are doing is done.
    pub async fn close(&self) {
        self.writing.close().await;
        self.reading.close().await;
    }

    async fn begin(&self) -> Result<Transaction<'static, Any>, StoreError> {
        Ok(self.writing.begin().await?)
    }
}
