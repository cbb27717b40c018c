use warifu::secret::RandomFailed;
use warifu_verifier::InvalidCode;

use crate::{seeds::SeedKeyError, store::StoreError};

/// Why the service did not do what was asked. Nothing was judged, and nothing changed, but where
/// the database itself cannot tell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServiceError {
    /// There is no credential of this ID.
    #[error("there is no such credential")]
    NotFound,
    /// There is a credential of this ID.
    #[error("there is a credential of this ID")]
    Exists,
    /// What was typed cannot be a code; it costs no try.
    #[error("what was typed cannot be a code: {0}")]
    Code(#[from] InvalidCode),
    /// The credential has ended for ever.
    #[error("the credential is revoked")]
    Revoked,
    /// The name of the request was used for another one.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// Activation codes are not given out to customers.
    #[error("activation codes are not given out to customers")]
    NotOffered,
    /// Too many requests for one credential at once.
    #[error("too many requests for this credential at once")]
    Busy,
    /// A seed is not sealed or opened.
    #[error(transparent)]
    Seed(#[from] SeedKeyError),
    /// A seed that was opened has another length than seeds have.
    #[error("a seed of a length that no seed has")]
    SeedLength,
    /// An answer cannot be written down.
    #[error("an answer cannot be written down")]
    Answer,
    /// There is no randomness.
    #[error(transparent)]
    Random(#[from] RandomFailed),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}
