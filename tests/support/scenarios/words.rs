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
    /// Over the network.
    Request,
}

/// What becomes of a request.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fate {
    Lost,
    AnswerLost,
    Cut,
    Thrown,
    Unreachable,
    TimedOut,
    Untrusted,
    CertificateTime,
    TooLarge,
    Unavailable,
}

/// Which unlock a bank demands.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unlock {
    Any,
    UserVerification,
}

/// What a service says to a confirmation.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    Wrong,
    Ended,
    Wait,
    Stopped,
}

impl Unlock {
    /// As the package writes it.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::UserVerification => "user-verification",
        }
    }
}

impl Verdict {
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Wrong => 2,
            Self::Ended => 3,
            Self::Wait => 4,
            Self::Stopped => 5,
        }
    }
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
