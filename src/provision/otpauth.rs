//! `otpauth://` URIs, as a link or in a QR code.
//!
//! There is no standard; Google Authenticator's "Key Uri Format" is what issuers follow:
//!
//! ```text
//! otpauth://TYPE/LABEL?PARAMETERS
//! otpauth://totp/Example%20Bank:alice@example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example%20Bank
//! ```
//!
//! # What a URI holds
//!
//! `TYPE` is `totp` (RFC 6238) or `hotp` (RFC 4226). `LABEL` is `account` or `issuer:account`, split
//! at the first `:` of the decoded text. The parameters, in any order:
//!
//! | name            | value                                            | default          |
//! |-----------------|--------------------------------------------------|------------------|
//! | `secret`        | the seed in base32 (RFC 4648, section 6); its length in bytes is [`Seed`]'s range | must be there |
//! | `issuer`        | who issued it, a [`Label`]                       | the label's      |
//! | `algorithm`     | `SHA1`, `SHA256` or `SHA512`, in any case        | `SHA1`           |
//! | `digits`        | 6 to 10                                          | 6                |
//! | `period`        | `totp` alone: 1 to 86,400 seconds                | 30               |
//! | `counter`       | `hotp` alone: 0 to 2⁶⁴ − 2                       | must be there    |
//! | `credential_id` | the ID that the customer registers, a [`CredentialId`]; warifu's own addition | none |
//!
//! # How it is read
//!
//! - Scheme and type are read in any case, parameter names in lower case alone. An unknown parameter
//!   is ignored, and so is `counter` for `totp` or `period` for `hotp`. One that is known may stand
//!   there once: of two secrets, two apps would choose differently.
//! - Names and values are percent-decoded, and `+` is a space in them; in the label `+` is itself.
//!   Text that a URI should have encoded (spaces, 日本語) is taken as it stands. A control character
//!   or a raw `#`, which would cut the URI short, is malformed wherever it stands, as is a `%`
//!   without two hexadecimal digits. White space around the whole URI is dropped.
//! - An issuer in the label and another in `issuer=` are an error, not a choice. At least one of
//!   issuer and account must be there, or nobody could tell the credential from another.
//! - The secret's letters may be of either case; `=` may follow them, in any number. Spaces, and
//!   lengths that no bytes have, are refused. Bits left over at the end are dropped, since issuers
//!   do draw random letters instead of random bytes.
//! - The counter 2⁶⁴ − 1 is refused: after its code there would be no next counter to store.
//! - More than [`MAX_LEN`] bytes or [`MAX_PARAMETERS`] parameters are refused. The work is linear in
//!   the length. All decoded text is wiped.
//!
//! [`CredentialId`]: crate::credential::CredentialId
//! [`Label`]: crate::credential::Label
//! [`Seed`]: crate::credential::Seed

mod encoding;
mod parameters;

use std::fmt;

use parameters::{Kind, Parameters};

use crate::credential::{InvalidLabel, Keys, NewCredential, Origin, Policy, SeedLength};

/// The greatest length of a URI, in bytes, without the white space around it.
pub const MAX_LEN: usize = 4_096;

/// The greatest number of parameters in a URI, unknown ones included.
pub const MAX_PARAMETERS: usize = 32;

/// Reads a credential from an `otpauth://` URI. The caller wipes `uri`.
///
/// ```
/// use warifu::{credential::Generator, otp::Digits, provision::otpauth};
///
/// let new = otpauth::parse(
///     b"otpauth://totp/Warifu%20Bank:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
///       &issuer=Warifu%20Bank&digits=8&credential_id=WRFU12345678",
/// )?;
/// assert_eq!(new.names.issuer.unwrap().as_str(), "Warifu Bank");
/// assert_eq!(new.names.account.unwrap().as_str(), "alice");
/// assert_eq!(new.names.credential_id.unwrap().grouped(), "WRFU 1234 5678");
/// assert!(matches!(new.generator, Generator::Totp { digits: Digits::EIGHT, .. }));
///
/// // An error says what is wrong and holds nothing of the URI.
/// let parameter = otpauth::Parameter::Secret;
/// let missing = otpauth::parse(b"otpauth://totp/alice").unwrap_err();
/// assert_eq!(missing, otpauth::Error::Missing { parameter });
/// # Ok::<(), otpauth::Error>(())
/// ```
///
/// # Errors
/// [`Error`] says which rule of this module the URI breaks, the first that is met.
pub fn parse(uri: &[u8]) -> Result<NewCredential, Error> {
    let (scheme, rest) =
        uri.trim_ascii().split_at_checked(SCHEME.len()).ok_or(Error::NotOtpauth)?;
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return Err(Error::NotOtpauth);
    }
    if rest.len() > MAX_LEN.saturating_sub(SCHEME.len()) {
        return Err(Error::TooLong);
    }
    if rest.iter().any(|byte| byte.is_ascii_control() || *byte == b'#') {
        return Err(Error::Malformed);
    }
    let rest = std::str::from_utf8(rest).map_err(|_| Error::NotUtf8)?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (kind, label) = path.split_once('/').ok_or(Error::Malformed)?;
    let kind = Kind::parse(kind)?;
    let mut parameters = Parameters::parse(query, kind)?;
    let code = parameters.seed()?;
    let generator = parameters.generator(kind)?;
    let names = parameters.names(label)?;
    Ok(NewCredential {
        names,
        keys: Keys { code, sign: None, device: None },
        generator,
        origin: Origin::Otpauth,
        policy: Policy::default(),
        service: None,
    })
}

/// Why a URI was refused. It never holds the secret, nor any text of the URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is something else than an `otpauth://` URI.
    #[error("this is no otpauth URI")]
    NotOtpauth,
    /// It has more than [`MAX_LEN`] bytes.
    #[error("the URI has more than 4,096 bytes")]
    TooLong,
    /// It has more than [`MAX_PARAMETERS`] parameters.
    #[error("the URI has more than 32 parameters")]
    TooManyParameters,
    /// It holds a control character or a raw `#`, a `%` without two hexadecimal digits, or no
    /// label's `/`.
    #[error("the URI is malformed")]
    Malformed,
    /// It holds text that is not UTF-8.
    #[error("the URI holds text that is not UTF-8")]
    NotUtf8,
    /// Its type is neither `totp` nor `hotp`.
    #[error("the URI's type is neither totp nor hotp")]
    UnknownType,
    /// A parameter that must be there is not, or is empty.
    #[error("the parameter {parameter} is missing")]
    Missing {
        /// Which one.
        parameter: Parameter,
    },
    /// A parameter is there more than once.
    #[error("the parameter {parameter} is there more than once")]
    Repeated {
        /// Which one.
        parameter: Parameter,
    },
    /// A parameter is no number, or one out of its range.
    #[error("the parameter {parameter} is no number in its range")]
    OutOfRange {
        /// Which one.
        parameter: Parameter,
    },
    /// The algorithm is none of SHA1, SHA256 and SHA512.
    #[error("the algorithm is none of SHA1, SHA256 and SHA512")]
    UnknownAlgorithm,
    /// The secret is not base32.
    #[error("the secret is not base32")]
    NotBase32,
    /// The secret has fewer than 80 bits.
    #[error("the secret has fewer than 80 bits")]
    SeedTooShort,
    /// The secret is longer than [`Seed::MAX_LEN`](crate::credential::Seed::MAX_LEN).
    #[error("the secret is too long")]
    SeedTooLong,
    /// There is neither an issuer nor an account.
    #[error("the URI names neither an issuer nor an account")]
    Nameless,
    /// The label names one issuer, the parameter `issuer` another.
    #[error("the URI names two issuers")]
    IssuerMismatch,
    /// The issuer cannot be shown.
    #[error("the issuer cannot be shown: {why}")]
    Issuer {
        /// What is wrong with it.
        why: InvalidLabel,
    },
    /// The account cannot be shown.
    #[error("the account cannot be shown: {why}")]
    Account {
        /// What is wrong with it.
        why: InvalidLabel,
    },
    /// The credential ID is not 4 to 32 letters and digits.
    #[error("the credential ID is not 4 to 32 letters and digits")]
    CredentialId,
}

impl From<SeedLength> for Error {
    fn from(length: SeedLength) -> Self {
        match length {
            SeedLength::TooShort => Self::SeedTooShort,
            SeedLength::TooLong => Self::SeedTooLong,
        }
    }
}

/// A parameter that means something here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Parameter {
    /// `secret`
    Secret,
    /// `issuer`
    Issuer,
    /// `algorithm`
    Algorithm,
    /// `digits`
    Digits,
    /// `period`
    Period,
    /// `counter`
    Counter,
    /// `credential_id`
    CredentialId,
}

/// The name as it stands in a URI.
impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secret => "secret",
            Self::Issuer => "issuer",
            Self::Algorithm => "algorithm",
            Self::Digits => "digits",
            Self::Period => "period",
            Self::Counter => "counter",
            Self::CredentialId => "credential_id",
        })
    }
}

const SCHEME: &[u8] = b"otpauth://";

#[cfg(test)]
mod tests;
