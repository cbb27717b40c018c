use warifu::{
    credential::{CredentialId, EntryId, Generator, Label, Names, Weakness},
    otp::{
        Algorithm, Digits,
        totp::{Period, Steps},
    },
    provision::otpauth,
    secret::{Secret as SecretBytes, scrubbed},
    token::{self, Added, EntryInfo},
};

use crate::WarifuError;

uniffi::custom_type!(
    /// How many digits a code has: 6 to 10.
    Digits, u8, {
        remote,
        lower: |digits| digits.count(),
        try_lift: |digits| Ok(Digits::new(digits)?),
    }
);

uniffi::custom_type!(
    /// How long a code lives, in seconds: 1 to 86,400.
    Period, u32, {
        remote,
        lower: |period| period.secs(),
        try_lift: |secs| Ok(Period::from_secs(secs)?),
    }
);

/// The hash function under the HMAC (RFC 6238, section 1.2).
#[uniffi::remote(Enum)]
pub enum Algorithm {
    /// HMAC-SHA-1.
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

/// When time steps begin and how long they are (RFC 6238, section 4.1).
#[uniffi::remote(Record)]
pub struct Steps {
    /// The Unix time in seconds at which step 0 begins (T0), usually 0.
    pub t0: i64,
    /// How long a step is, in seconds.
    pub period: Period,
}

/// How a credential makes its codes.
#[uniffi::remote(Enum)]
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

/// Something that a bank should know about a credential before it relies on it.
#[uniffi::remote(Enum)]
pub enum Weakness {
    /// The seed has fewer than the 128 bits that RFC 4226 (R6) demands.
    ShortSeed {
        /// How many it has.
        bits: u16,
    },
}

/// What a person reads about a credential.
#[uniffi::remote(Record)]
pub struct Names {
    /// The bank, or whoever issued the credential.
    pub issuer: Option<Label>,
    /// Whose it is, as the issuer or the customer names it.
    pub account: Option<Label>,
    /// The issuer's ID for it (クレデンシャルID), which the customer registers with the bank.
    pub credential_id: Option<CredentialId>,
}

/// What came of adding a credential.
#[uniffi::remote(Record)]
pub struct Added {
    /// Our name for it.
    pub id: EntryId,
    /// What is weak about it, if anything: tell the customer or refuse it.
    pub weakness: Option<Weakness>,
    /// Entries with the same issuer and account and another key, as after an exchange (交換).
    pub same_name: Vec<EntryId>,
}

/// An entry as a settings page lists it. It needs no time and holds no code.
#[uniffi::remote(Record)]
pub struct EntryInfo {
    /// Our name for it.
    pub id: EntryId,
    /// What a person reads.
    pub names: Names,
    /// How its codes are made; for HOTP, the next counter.
    pub generator: Generator,
    /// What is weak about it, if anything.
    pub weakness: Option<Weakness>,
}

/// What a link would add, without its seed: enough to ask the customer.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Preview {
    /// What a person reads.
    pub names: Names,
    /// How its codes would be made.
    pub generator: Generator,
    /// What is weak about it, if anything.
    pub weakness: Option<Weakness>,
}

/// Reads an `otpauth://` link and forgets its seed.
///
/// # Errors
/// What the link breaks, as [`crate::Token::add`] would say it.
#[uniffi::export]
pub fn preview(uri: SecretBytes) -> Result<Preview, WarifuError> {
    let new = scrubbed(|| otpauth::parse(uri.expose())).map_err(token::Error::from)?;
    let weakness = new.keys.code.weakness();
    Ok(Preview { names: new.names, generator: new.generator, weakness })
}
