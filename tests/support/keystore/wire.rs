//! What passes between a test and the key store's process: length-prefixed JSON.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use warifu::{
    secret::Secret,
    vault::{KeyAnswer, KeyErrand, KeyGate, KeyRefusal, KeyUse},
};

/// The test harness prints before the server speaks; its first frame comes after this.
pub(crate) const HELLO: &[u8] = b"\0warifu key store\n";

#[derive(Serialize, Deserialize)]
pub(crate) enum Request {
    /// Comes first: where the keys are kept.
    Open(String),
    Errand(Errand),
    Control(Control),
}

#[derive(Serialize, Deserialize, Clone)]
pub(crate) enum Errand {
    Create { key: String, mac: bool, biometric: bool },
    Find { key: String },
    Wrap { key: String, plaintext: Vec<u8> },
    Unwrap { key: String, wrapped: Vec<u8> },
    Mac { key: String, message: Vec<u8> },
    Delete { key: String },
    ReadAnchor { vault: [u8; 16] },
    RaiseAnchor { vault: [u8; 16], generation: u64 },
}

/// What a test does to the key store.
#[derive(Serialize, Deserialize)]
pub(crate) enum Control {
    /// The next errand comes to this; it is done all the same if `done`.
    Refuse {
        refusal: Refusal,
        done: bool,
    },
    /// Answers are kept back until `Release`.
    Hold,
    Release,
    /// Other fingers are enrolled: keys with a biometric gate are dead.
    InvalidateBiometrics,
    /// The next prompt is refused.
    RefusePrompt,
    Lose {
        key: String,
    },
    LoseEverything,
    /// A try begins: what was confirmed before survives a power cut.
    Settle,
    PowerCut {
        lost: usize,
    },
    Save,
    Restore(usize),
    Look,
}

#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Missing,
    Invalidated,
    Cancelled,
    Unavailable,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum Reply {
    Done,
    Bytes(Vec<u8>),
    Anchor(Option<u64>),
    Refused(Refusal),
    Saved(usize),
    Seen(Seen),
}

/// What a test may know of the key store.
#[derive(Serialize, Deserialize, Debug)]
pub(crate) struct Seen {
    pub(crate) keys: Vec<String>,
    pub(crate) prompts: u32,
    /// How many operations a power cut may lose.
    pub(crate) soft: usize,
}

impl From<&KeyErrand> for Errand {
    fn from(errand: &KeyErrand) -> Self {
        match errand {
            KeyErrand::Create { key, usage, gate } => Self::Create {
                key: key.to_string(),
                mac: *usage == KeyUse::Mac,
                biometric: *gate == KeyGate::Biometric,
            },
            KeyErrand::Find { key } => Self::Find { key: key.to_string() },
            KeyErrand::Wrap { key, plaintext } => {
                Self::Wrap { key: key.to_string(), plaintext: plaintext.expose().to_vec() }
            }
            KeyErrand::Unwrap { key, wrapped } => {
                Self::Unwrap { key: key.to_string(), wrapped: wrapped.clone() }
            }
            KeyErrand::Mac { key, message } => {
                Self::Mac { key: key.to_string(), message: message.expose().to_vec() }
            }
            KeyErrand::Delete { key } => Self::Delete { key: key.to_string() },
            KeyErrand::ReadAnchor { vault } => Self::ReadAnchor { vault: *vault },
            KeyErrand::RaiseAnchor { vault, generation } => {
                Self::RaiseAnchor { vault: *vault, generation: *generation }
            }
        }
    }
}

impl Reply {
    pub(crate) fn into_answer(self) -> KeyAnswer {
        match self {
            Self::Bytes(bytes) => KeyAnswer::Bytes(Secret::copy_of(&bytes)),
            Self::Anchor(number) => KeyAnswer::Anchor(number),
            Self::Refused(refusal) => KeyAnswer::Refused(match refusal {
                Refusal::Missing => KeyRefusal::Missing,
                Refusal::Invalidated => KeyRefusal::Invalidated,
                Refusal::Cancelled => KeyRefusal::Cancelled,
                Refusal::Unavailable => KeyRefusal::Unavailable,
            }),
            Self::Done | Self::Saved(_) | Self::Seen(_) => KeyAnswer::Done,
        }
    }
}

pub(crate) fn send(to: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let body = serde_json::to_vec(message)?;
    to.write_all(&u32::try_from(body.len()).unwrap().to_be_bytes())?;
    to.write_all(&body)?;
    to.flush()
}

pub(crate) fn receive<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<T> {
    let mut len = [0; 4];
    from.read_exact(&mut len)?;
    let mut body = vec![0; u32::from_be_bytes(len) as usize];
    from.read_exact(&mut body)?;
    Ok(serde_json::from_slice(&body)?)
}
