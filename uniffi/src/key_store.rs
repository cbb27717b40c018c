use warifu::{
    secret::Secret as SecretBytes,
    vault::{KeyAnswer, KeyErrand, KeyGate, KeyName, KeyRefusal, KeyUse},
};

use crate::names::RawId;

/// What a key is for.
#[uniffi::remote(Enum)]
pub enum KeyUse {
    /// To wrap and unwrap: AES-256-GCM in Android's Keystore, ECIES in the Secure Enclave.
    Wrap,
    /// To make HMAC-SHA-256.
    Mac,
}

/// What must happen before a key may be used.
#[uniffi::remote(Enum)]
pub enum KeyGate {
    /// Nothing: the device is enough.
    Device,
    /// The enrolled fingers or face, each time; the key dies when those change.
    Biometric,
}

/// An operation of the platform's key store.
#[uniffi::remote(Enum)]
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
    /// Whether the key is there and alive, told without any prompt: done, or refused as missing or
    /// invalidated.
    Find {
        /// Which key.
        key: KeyName,
    },
    /// Encrypt and authenticate.
    Wrap {
        /// Under which key.
        key: KeyName,
        /// What.
        plaintext: SecretBytes,
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
        message: SecretBytes,
    },
    /// Delete the key; that there is none is done too.
    Delete {
        /// Which key.
        key: KeyName,
    },
    /// The number kept for this vault.
    ReadAnchor {
        /// Which vault.
        vault: RawId,
    },
    /// Keep this number for the vault; it never falls.
    RaiseAnchor {
        /// Which vault.
        vault: RawId,
        /// The vault's generation.
        generation: u64,
    },
}

/// What the key store answers.
#[uniffi::remote(Enum)]
pub enum KeyAnswer {
    /// Created, found, deleted or raised, and confirmed by the store.
    Done,
    /// What a wrap, an unwrap or a MAC gave.
    Bytes(SecretBytes),
    /// The number that is kept; nothing if the platform keeps none, or none for this vault.
    Anchor(Option<u64>),
    /// It did not do it.
    Refused(KeyRefusal),
}

/// Why a key store did not do what it was asked.
#[uniffi::remote(Enum)]
pub enum KeyRefusal {
    /// It has no key of this name.
    Missing,
    /// The key is dead: the enrolled fingers or face, or the screen lock, changed.
    Invalidated,
    /// The person, or the app, put an end to it.
    Cancelled,
    /// Too many tries with the wrong finger or face.
    LockedOut,
    /// No finger or face, or no screen lock, is enrolled.
    NotEnrolled,
    /// The store failed.
    Unavailable,
}
