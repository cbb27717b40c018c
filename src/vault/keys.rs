//! What the vault asks of the platform's key store, and what it answers.
//!
//! Android's Keystore, Apple's Keychain with the Secure Enclave, a keyring on a PC: none of them is
//! known here. A slot's work is written as one `async` function that asks for an errand and awaits
//! its answer; the flow that drives it (`token`) hands the errand to the app. There is no runtime,
//! no thread and no waker: a function goes on when its flow is stepped.

use std::{
    fmt,
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use super::{Error, SlotId};
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

/// What passes between a slot's work and the flow that drives it.
#[derive(Debug)]
enum Mailbox {
    Empty,
    Asked(KeyErrand),
    Answered(KeyAnswer),
    Waiting(Uptime),
}

/// The slot's end of the exchange, and the flow's: they share one mailbox and the flow's time.
#[derive(Clone)]
pub(crate) struct Keys(Arc<Mutex<(Mailbox, DeviceTime)>>);

/// What a slot's work stopped at.
pub(crate) enum Stop {
    Ask(KeyErrand),
    Wait(Uptime),
}

impl Keys {
    pub(crate) fn new(now: DeviceTime) -> Self {
        Self(Arc::new(Mutex::new((Mailbox::Empty, now))))
    }

    /// The device's clocks at the flow's last step.
    pub(super) fn now(&self) -> DeviceTime {
        self.mailbox().1
    }

    /// Before a step.
    pub(crate) fn set_now(&self, now: DeviceTime) {
        self.mailbox().1 = now;
    }

    /// Hands in the answer before a step.
    pub(crate) fn put_answer(&self, answer: KeyAnswer) {
        self.mailbox().0 = Mailbox::Answered(answer);
    }

    /// What the work waits for after a step that did not end it.
    pub(crate) fn stopped_at(&self) -> Option<Stop> {
        let mut mailbox = self.mailbox();
        match std::mem::replace(&mut mailbox.0, Mailbox::Empty) {
            Mailbox::Asked(errand) => Some(Stop::Ask(errand)),
            Mailbox::Waiting(until) => {
                mailbox.0 = Mailbox::Waiting(until);
                Some(Stop::Wait(until))
            }
            Mailbox::Empty | Mailbox::Answered(_) => None,
        }
    }

    /// Wipes what is in the mailbox.
    pub(crate) fn forget(&self) {
        self.mailbox().0 = Mailbox::Empty;
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
        match self.ask(KeyErrand::ReadAnchor { vault }).await {
            KeyAnswer::Anchor(number) => Ok(number),
            other => Err(refusal(&other)),
        }
    }

    pub(super) async fn raise_anchor(&self, vault: [u8; 16], generation: u64) -> Result<(), Error> {
        self.done(KeyErrand::RaiseAnchor { vault, generation }).await
    }

    /// Goes on when the flow is stepped at `until` or later in this boot.
    pub(super) async fn wait(&self, until: Uptime) {
        let boot = self.now().boot;
        poll_fn(|_| {
            let mut mailbox = self.mailbox();
            let over = mailbox.1.boot != boot || mailbox.1.uptime >= until;
            mailbox.0 = if over { Mailbox::Empty } else { Mailbox::Waiting(until) };
            if over { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    async fn done(&self, errand: KeyErrand) -> Result<(), Error> {
        match self.ask(errand).await {
            KeyAnswer::Done => Ok(()),
            other => Err(refusal(&other)),
        }
    }

    async fn bytes(&self, errand: KeyErrand) -> Result<Secret, Error> {
        match self.ask(errand).await {
            KeyAnswer::Bytes(bytes) if (1..=MAX_ANSWER).contains(&bytes.len()) => Ok(bytes),
            other => Err(refusal(&other)),
        }
    }

    async fn ask(&self, errand: KeyErrand) -> KeyAnswer {
        self.mailbox().0 = Mailbox::Asked(errand);
        poll_fn(|_| {
            let mut mailbox = self.mailbox();
            match std::mem::replace(&mut mailbox.0, Mailbox::Empty) {
                Mailbox::Answered(answer) => Poll::Ready(answer),
                other => {
                    mailbox.0 = other;
                    Poll::Pending
                }
            }
        })
        .await
    }

    fn mailbox(&self) -> MutexGuard<'_, (Mailbox, DeviceTime)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A wrapped key or a MAC is far smaller.
const MAX_ANSWER: usize = 1_024;

fn refusal(answer: &KeyAnswer) -> Error {
    match answer {
        KeyAnswer::Refused(refusal) => Error::KeyStore(*refusal),
        KeyAnswer::Done | KeyAnswer::Bytes(_) | KeyAnswer::Anchor(_) => Error::WrongAnswer,
    }
}
