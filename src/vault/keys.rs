//! What the vault asks of the platform's key store, and what it answers.
//!
//! Android's Keystore, Apple's Keychain with the Secure Enclave, a keyring on a PC: none of them is
//! known here. A slot's work is written as one `async` function that asks for an errand and awaits
//! its answer; the flow that drives it (`token`) hands the errand to the app.

use std::fmt;

use super::{Error, SlotId, mailbox::Mailbox};
use crate::{
    secret::Secret,
    time::{DeviceTime, Uptime},
};

/// Names a key of the platform's key store: the vault, the slot, and a number that never comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName {
    /// The vault's ID.
    pub vault: [u8; 16],
    /// The slot's ID.
    pub slot: SlotId,
    /// Which of the slot's keys.
    pub number: u32,
}

/// The alias under which a key store keeps the key: lower-case hexadecimal, `vault.slot.number`.
impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.vault.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(".")?;
        self.slot.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        write!(f, ".{}", self.number)
    }
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    /// To wrap and unwrap: AES-256-GCM in Android's Keystore, ECIES in the Secure Enclave.
    Wrap,
    /// To make HMAC-SHA-256.
    Mac,
}

/// What must happen before a key may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyGate {
    /// Nothing: the device is enough.
    Device,
    /// The enrolled fingers or face, each time; the key dies when those change.
    Biometric,
}

/// An operation of the platform's key store. Its bytes are secret and print masked.
#[derive(Debug, PartialEq, Eq)]
pub enum KeyErrand {
    /// Create the key, in the place of any of the same name. It never leaves the device.
    Create {
        /// Which key.
        key: KeyName,
        /// What it is for.
        usage: KeyUse,
        /// What must happen before it is used.
        gate: KeyGate,
    },
    /// Whether the key is there and alive, told without any prompt: [`KeyAnswer::Done`], or refused
    /// as missing or invalidated. A key store that cannot tell a dead key without a prompt answers
    /// for what it can tell.
    Find {
        /// Which key.
        key: KeyName,
    },
    /// Encrypt and authenticate.
    Wrap {
        /// Under which key.
        key: KeyName,
        /// What.
        plaintext: Secret,
    },
    /// Undo a wrap. With a biometric gate this prompts.
    Unwrap {
        /// Under which key.
        key: KeyName,
        /// What the wrap gave.
        wrapped: Vec<u8>,
    },
    /// HMAC-SHA-256.
    Mac {
        /// Under which key.
        key: KeyName,
        /// Of what.
        message: Secret,
    },
    /// Delete the key; that there is none is [`KeyAnswer::Done`] too.
    Delete {
        /// Which key.
        key: KeyName,
    },
    /// The number kept for this vault.
    ReadAnchor {
        /// Which vault.
        vault: [u8; 16],
    },
    /// Keep this number for the vault; it never falls.
    RaiseAnchor {
        /// Which vault.
        vault: [u8; 16],
        /// The vault's generation.
        generation: u64,
    },
}

/// What the key store answers.
#[derive(Debug, PartialEq, Eq)]
pub enum KeyAnswer {
    /// Created, found, deleted or raised, and confirmed by the store.
    Done,
    /// What a wrap, an unwrap or a MAC gave.
    Bytes(Secret),
    /// The number that is kept; `None` if the platform keeps none, or none for this vault.
    Anchor(Option<u64>),
    /// It did not do it.
    Refused(KeyRefusal),
}

/// Why a key store did not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefusal {
    /// It has no key of this name.
    #[error("the key store has no such key")]
    Missing,
    /// The key is dead: the enrolled fingers or face, or the screen lock, changed.
    #[error("the key was invalidated")]
    Invalidated,
    /// The person, or the app, put an end to it.
    #[error("the prompt was cancelled")]
    Cancelled,
    /// Too many tries with the wrong finger or face.
    #[error("biometrics are locked out")]
    LockedOut,
    /// No finger or face, or no screen lock, is enrolled.
    #[error("no biometrics are enrolled")]
    NotEnrolled,
    /// The store failed.
    #[error("the key store failed")]
    Unavailable,
}

/// The slot's end of the exchange, and the flow's.
#[derive(Clone)]
pub(crate) struct Keys(Mailbox<KeyErrand, KeyAnswer>);

impl Keys {
    pub(crate) fn new(now: DeviceTime) -> Self {
        Self(Mailbox::new(now))
    }

    /// For the flow, which answers.
    pub(crate) fn mailbox(&self) -> &Mailbox<KeyErrand, KeyAnswer> {
        &self.0
    }

    pub(super) fn now(&self) -> DeviceTime {
        self.0.now()
    }

    pub(super) async fn wait(&self, until: Uptime) {
        self.0.wait(until).await;
    }

    pub(super) async fn create(
        &self,
        key: KeyName,
        usage: KeyUse,
        gate: KeyGate,
    ) -> Result<(), Error> {
        self.done(KeyErrand::Create { key, usage, gate }).await
    }

    pub(super) async fn find(&self, key: KeyName) -> Result<(), Error> {
        self.done(KeyErrand::Find { key }).await
    }

    pub(super) async fn wrap(&self, key: KeyName, plaintext: Secret) -> Result<Vec<u8>, Error> {
        let wrapped = self.bytes(KeyErrand::Wrap { key, plaintext }).await?;
        Ok(wrapped.expose().to_vec())
    }

    pub(super) async fn unwrap(&self, key: KeyName, wrapped: &[u8]) -> Result<Secret, Error> {
        self.bytes(KeyErrand::Unwrap { key, wrapped: wrapped.to_vec() }).await
    }

    pub(super) async fn mac(&self, key: KeyName, message: Secret) -> Result<Secret, Error> {
        self.bytes(KeyErrand::Mac { key, message }).await
    }

    pub(crate) async fn delete(&self, key: KeyName) -> Result<(), Error> {
        self.done(KeyErrand::Delete { key }).await
    }

    pub(super) async fn read_anchor(&self, vault: [u8; 16]) -> Result<Option<u64>, Error> {
        match self.0.ask(KeyErrand::ReadAnchor { vault }).await {
            Some(KeyAnswer::Anchor(number)) => Ok(number),
            other => Err(refusal(other.as_ref())),
        }
    }

    pub(super) async fn raise_anchor(&self, vault: [u8; 16], generation: u64) -> Result<(), Error> {
        self.done(KeyErrand::RaiseAnchor { vault, generation }).await
    }

    async fn done(&self, errand: KeyErrand) -> Result<(), Error> {
        match self.0.ask(errand).await {
            Some(KeyAnswer::Done) => Ok(()),
            other => Err(refusal(other.as_ref())),
        }
    }

    async fn bytes(&self, errand: KeyErrand) -> Result<Secret, Error> {
        match self.0.ask(errand).await {
            Some(KeyAnswer::Bytes(bytes)) if (1..=MAX_ANSWER).contains(&bytes.len()) => Ok(bytes),
            other => Err(refusal(other.as_ref())),
        }
    }
}

/// A wrapped key or a MAC is far smaller.
const MAX_ANSWER: usize = 1_024;

fn refusal(answer: Option<&KeyAnswer>) -> Error {
    match answer {
        Some(KeyAnswer::Refused(refusal)) => Error::KeyStore(*refusal),
        Some(KeyAnswer::Done | KeyAnswer::Bytes(_) | KeyAnswer::Anchor(_)) | None => {
            Error::WrongAnswer
        }
    }
}
