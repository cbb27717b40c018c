//! The words that arguments are chosen from.

use serde::Deserialize;
use warifu::vault::{self, PinHardware};

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Way {
    Passphrase,
    Device,
    Biometric,
    Pin,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Passphrase,
    Device,
    Biometric,
    Pin,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Hardware {
    Mac,
    Unwrap,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum End {
    Start,
    End,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Refusal {
    Missing,
    Invalidated,
    Cancelled,
    LockedOut,
    NotEnrolled,
    Unavailable,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Errand {
    Create,
    Find,
    Wrap,
    Unwrap,
    Mac,
    Delete,
    ReadAnchor,
    RaiseAnchor,
}

/// What the person does at a prompt.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    Accept,
    Cancel,
    LockOut,
}

impl From<Hardware> for PinHardware {
    fn from(hardware: Hardware) -> Self {
        match hardware {
            Hardware::Mac => Self::Mac,
            Hardware::Unwrap => Self::Unwrap,
        }
    }
}

impl From<Refusal> for vault::KeyRefusal {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Missing => Self::Missing,
            Refusal::Invalidated => Self::Invalidated,
            Refusal::Cancelled => Self::Cancelled,
            Refusal::LockedOut => Self::LockedOut,
            Refusal::NotEnrolled => Self::NotEnrolled,
            Refusal::Unavailable => Self::Unavailable,
        }
    }
}

impl From<Kind> for vault::SlotKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Passphrase => Self::Passphrase,
            Kind::Device => Self::Device,
            Kind::Biometric => Self::Biometric,
            Kind::Pin => Self::Pin,
        }
    }
}
