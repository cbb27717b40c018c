//! Seeds at rest: sealed under a key that the database does not have.
//!
//! AES-256-GCM under one of the bank's keys, a random nonce for each seal. A sealed seed is bound to its
//! place: the credential's ID, what the seed is for and the key's number are authenticated with it, so
//! a row that was moved to another credential does not open.

mod ring;
mod source;

use warifu::{credential::CredentialId, secret::Secret};

pub use ring::{InvalidKeys, KeyRing};
pub use source::{KeySource, RingKeys, SourceError, create_private, replace_private};

/// Seals seeds and opens them, by the number of a key.
///
/// [`RingKeys`] has its keys from a file or the environment. One in an HSM or a key management service
/// implements this too; it is called on a thread that may wait for a moment, not for a network.
pub trait SeedKeys: Send + Sync {
    /// The key under which seeds are sealed from now on.
    fn current(&self) -> KeyId;

    /// Seals a seed for its place under the current key, and says which that was.
    ///
    /// # Errors
    /// [`SeedKeyError::Random`] if there is no nonce to be had.
    fn seal(&self, seed: &Secret, place: Place<'_>) -> Result<(KeyId, Vec<u8>), SeedKeyError>;

    /// Opens what was sealed for this place under this key.
    ///
    /// # Errors
    /// [`SeedKeyError`] if the key is not there, or what was sealed is not this.
    fn open(&self, key: KeyId, sealed: &[u8], place: Place<'_>) -> Result<Secret, SeedKeyError>;
}

/// Which of the bank's keys sealed a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub u32);

/// Where a sealed seed belongs.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Whose it is.
    pub credential: &'a CredentialId,
    /// What it is for.
    pub purpose: Purpose,
}

/// What a key of a credential is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// It makes the one-time codes.
    Code,
    /// It signs transactions.
    Sign,
    /// It speaks for the device.
    Device,
}

/// Why a seed was not sealed or opened. It says nothing of the seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SeedKeyError {
    /// No key of this number is at hand.
    #[error("the key {0:?} is not at hand")]
    UnknownKey(KeyId),
    /// What was sealed has been changed, or belongs elsewhere.
    #[error("a sealed seed does not open in its place")]
    DoesNotOpen,
    /// There is no randomness for a nonce.
    #[error("the system's source of randomness failed")]
    Random,
}
