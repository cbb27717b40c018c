use serde::{Deserialize, Serialize};
use warifu::{
    credential::{CredentialId, Generator, Label},
    otp::Algorithm,
    time::UnixMillis,
};
use warifu_verifier::{Drift, Status};

use super::{Service, ServiceError};
use crate::store::Credential;

/// What the bank may see of a credential: all but its keys, and what codes were accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Its ID.
    pub id: String,
    /// Where it stands.
    pub status: ViewedStatus,
    /// The bank, as the customer reads it.
    pub issuer: Option<String>,
    /// Whose it is, as the customer reads it.
    pub account: Option<String>,
    /// Whose it is, as the bank's own systems call them.
    pub account_ref: Option<String>,
    /// How it makes codes.
    pub generator: ViewedGenerator,
    /// What the token said of its key store.
    pub binding: Option<ViewedBinding>,
    /// Failures in a row.
    pub failures: u8,
    /// Before when nothing is judged, in Unix milliseconds.
    pub next_try_at: Option<i64>,
    /// By how many steps the device's clock is ahead, as it was learned.
    pub drift: i8,
    /// When it was issued, in Unix milliseconds.
    pub created_at: i64,
    /// Until when it must be confirmed, in Unix milliseconds.
    pub expires_at: Option<i64>,
}

/// Where a credential stands, by what weighs most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewedStatus {
    /// Issued, and not confirmed yet.
    NotConfirmed,
    /// Its codes are judged.
    Active,
    /// Too many failures.
    Locked,
    /// Stopped by the bank.
    Suspended,
    /// Ended for ever.
    Revoked,
}

/// How a credential makes codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ViewedGenerator {
    /// By the time (RFC 6238).
    Totp {
        /// The hash.
        algorithm: ViewedAlgorithm,
        /// The length of a code.
        digits: u8,
        /// The length of a step, in seconds.
        period: u32,
        /// When step 0 begins, in Unix seconds.
        t0: i64,
    },
    /// By a counter (RFC 4226).
    Hotp {
        /// The hash.
        algorithm: ViewedAlgorithm,
        /// The length of a code.
        digits: u8,
    },
}

/// The hash under the HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ViewedAlgorithm {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// What a token says of its key store: a statement, not a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewedBinding {
    /// Nothing binds the keys to the device.
    None,
    /// The operating system does.
    System,
    /// Hardware does.
    Hardware,
}

impl Service {
    /// What the bank may see of a credential.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], or what the database says.
    pub async fn view(&self, id: &CredentialId, now: UnixMillis) -> Result<View, ServiceError> {
        Ok(View::from(&self.find(id, now).await?.value))
    }
}

impl From<&Credential> for View {
    fn from(credential: &Credential) -> Self {
        let text = |label: &Option<Label>| label.as_ref().map(|label| label.as_str().to_owned());
        Self {
            id: credential.id.as_str().to_owned(),
            status: credential.state.status().into(),
            issuer: text(&credential.issuer),
            account: text(&credential.account),
            account_ref: text(&credential.account_ref),
            generator: (&credential.generator).into(),
            binding: credential.binding.map(|binding| match binding {
                0 => ViewedBinding::None,
                1 => ViewedBinding::System,
                _ => ViewedBinding::Hardware,
            }),
            failures: credential.state.failures(),
            next_try_at: credential.state.next_try_at().map(|at| at.0),
            drift: credential.state.drift().as_ref().map_or(0, Drift::steps),
            created_at: credential.created_at.0,
            expires_at: credential.expires_at.map(|at| at.0),
        }
    }
}

impl From<Status> for ViewedStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::NotConfirmed => Self::NotConfirmed,
            Status::Active => Self::Active,
            Status::Locked => Self::Locked,
            Status::Suspended => Self::Suspended,
            Status::Revoked => Self::Revoked,
        }
    }
}

impl From<&Generator> for ViewedGenerator {
    fn from(generator: &Generator) -> Self {
        match generator {
            Generator::Totp { algorithm, digits, steps } => Self::Totp {
                algorithm: (*algorithm).into(),
                digits: digits.count(),
                period: steps.period.secs(),
                t0: steps.t0,
            },
            Generator::Hotp { algorithm, digits, .. } => {
                Self::Hotp { algorithm: (*algorithm).into(), digits: digits.count() }
            }
        }
    }
}

impl From<Algorithm> for ViewedAlgorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha1 => Self::Sha1,
            Algorithm::Sha256 => Self::Sha256,
            Algorithm::Sha512 => Self::Sha512,
        }
    }
}

impl From<ViewedAlgorithm> for Algorithm {
    fn from(algorithm: ViewedAlgorithm) -> Self {
        match algorithm {
            ViewedAlgorithm::Sha1 => Self::Sha1,
            ViewedAlgorithm::Sha256 => Self::Sha256,
            ViewedAlgorithm::Sha512 => Self::Sha512,
        }
    }
}
