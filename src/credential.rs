//! A credential: one ID with its keys, how it makes codes, its names and its policy (L2).
//!
//! Every type here is valid by construction: a text has passed [`Label`]'s rules, a seed has at
//! least 80 bits, digits and periods are in range. What cannot be written down cannot be stored.

mod address;
mod text;

use crate::{
    otp::{Algorithm, Digits, totp::Steps},
    secret::Secret,
};

pub use address::{InvalidAddress, TokenService, WebAddress};
pub use text::{CredentialId, InvalidCredentialId, InvalidLabel, Label, deceives};

/// Our own name for an entry of the vault: random, stable for its life, never shown to a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub [u8; 16]);

/// Names one press of the button that makes a HOTP code. The app draws it at random.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId(pub [u8; 16]);

/// How a credential makes its codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generator {
    /// From the time (RFC 6238).
    Totp {
        /// The hash under the HMAC.
        algorithm: Algorithm,
        /// The length of a code.
        digits: Digits,
        /// When the time steps begin and how long they are.
        steps: Steps,
    },
    /// From a counter (RFC 4226).
    Hotp {
        /// The hash under the HMAC.
        algorithm: Algorithm,
        /// The length of a code.
        digits: Digits,
        /// The next counter that has made no code yet.
        counter: u64,
    },
}

/// The key that makes the codes: 80 bits to 2,048 bits.
///
/// RFC 4226 demands 128 bits and recommends 160 (section 4, R6). Issuers do hand out 80; they are
/// accepted with a visible [`Weakness`]. Anything shorter is refused.
#[derive(Debug, PartialEq, Eq)]
pub struct Seed(Secret);

impl Seed {
    /// The least length that is accepted, in bytes.
    pub const MIN_LEN: usize = 10;
    /// The greatest length that is accepted, in bytes.
    pub const MAX_LEN: usize = 256;

    /// Takes the key over if its length is in range.
    ///
    /// # Errors
    /// [`SeedLength`] otherwise; the bytes are wiped.
    pub fn new(bytes: Secret) -> Result<Self, SeedLength> {
        match bytes.len() {
            len if len < Self::MIN_LEN => Err(SeedLength::TooShort),
            len if len > Self::MAX_LEN => Err(SeedLength::TooLong),
            _ => Ok(Self(bytes)),
        }
    }

    /// The key, for the algorithms and the seal.
    pub fn secret(&self) -> &Secret {
        &self.0
    }

    /// What is weak about this key, if anything.
    pub fn weakness(&self) -> Option<Weakness> {
        let bits = u16::try_from(self.0.len().saturating_mul(8)).unwrap_or(u16::MAX);
        (bits < 128).then_some(Weakness::ShortSeed { bits })
    }
}

/// Why a seed was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SeedLength {
    /// Under 80 bits.
    #[error("the seed has fewer than 80 bits")]
    TooShort,
    /// Over 2,048 bits.
    #[error("the seed has more than 2,048 bits")]
    TooLong,
}

/// Something that a bank should know about a credential before it relies on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// The seed has fewer than the 128 bits that RFC 4226 (R6) demands.
    ShortSeed {
        /// How many it has.
        bits: u16,
    },
}

/// A credential's keys, each for one purpose.
#[derive(Debug)]
pub struct Keys {
    /// Makes the one-time codes.
    pub code: Seed,
    /// Signs transactions (OCRA), where the issuer gave one.
    pub sign: Option<Seed>,
    /// Speaks for the device to the issuer's service, where the issuer gave one.
    pub device: Option<Seed>,
}

/// Which way a credential came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// An `otpauth://` URI, as a link or a QR code.
    Otpauth,
    /// An enrolment with the issuer's token service.
    Enrolment,
}

/// Which unlock the issuer demands before the credential may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnlockPolicy {
    /// Whatever opens the vault.
    #[default]
    Any,
    /// A PIN, biometrics or a passphrase; the device alone is not enough.
    UserVerification,
}

/// What the issuer allows. The vault keeps it; an enrolment, and whatever makes a slot afterwards, holds
/// the slots against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    /// Which unlock is demanded.
    pub unlock: UnlockPolicy,
    /// Whether the credential may be moved to another device.
    pub may_leave_device: bool,
    /// Whether the issuer's own clock must have been heard since the device started before a code is
    /// made from the time. Another issuer's does not count.
    pub synced_clock: bool,
}

/// What a person reads about a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// The bank, or whoever issued the credential.
    pub issuer: Option<Label>,
    /// Whose it is, as the issuer or the customer names it.
    pub account: Option<Label>,
    /// The issuer's ID for it (クレデンシャルID), which the customer registers with the bank.
    pub credential_id: Option<CredentialId>,
}

/// A credential on its way in: parsed and valid, not in a vault yet.
#[derive(Debug)]
pub struct NewCredential {
    /// What a person reads.
    pub names: Names,
    /// The keys.
    pub keys: Keys,
    /// How codes are made.
    pub generator: Generator,
    /// Where it came from.
    pub origin: Origin,
    /// What the issuer allows.
    pub policy: Policy,
    /// The issuer's token service, which tells its time (`docs/enrolment.md`, "The time").
    pub service: Option<TokenService>,
}

impl NewCredential {
    /// Where to ask for the time, and who asks: there for a credential of an enrolment.
    pub(crate) fn asks_time(&self) -> Option<(&TokenService, &CredentialId, &Seed)> {
        let id = self.names.credential_id.as_ref()?;
        Some((self.service.as_ref()?, id, self.keys.device.as_ref()?))
    }
}

/// A credential of an opened vault. It is opened for one call and wiped before that call returns.
#[derive(Debug)]
pub(crate) struct Credential {
    /// Our name for it.
    pub(crate) id: EntryId,
    /// Its place in the list; lower comes first.
    pub(crate) rank: u32,
    /// The last press of a HOTP button, so that the same press gives the same code again.
    pub(crate) last_request: Option<RequestId>,
    /// All that the issuer gave.
    pub(crate) content: NewCredential,
}

impl Credential {
    /// The steps of its codes, if they come from the time.
    pub(crate) fn steps(&self) -> Option<Steps> {
        match self.content.generator {
            Generator::Totp { steps, .. } => Some(steps),
            Generator::Hotp { .. } => None,
        }
    }
}
