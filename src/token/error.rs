use std::fmt;

use crate::{
    clock,
    credential::{EntryId, InvalidLabel},
    provision::otpauth,
    secret::RandomFailed,
    vault::{self, IoCause, KdfOutOfRange, KeyRefusal, PassphraseError, PinError},
};

use super::{MarkerError, Misuse};

/// What went wrong, with the data to act on it. Nothing in it is secret; it may be logged.
///
/// [`Error::support_code`] names it for the customer and the call centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The token is locked: unlock it first.
    #[error("the token is locked")]
    Locked,
    /// The vault or its disk.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// The device's clock cannot be right.
    #[error(transparent)]
    Clock(#[from] clock::Implausible),
    /// An `otpauth://` URI that is none.
    #[error(transparent)]
    Otpauth(#[from] otpauth::Error),
    /// A name that cannot be shown.
    #[error(transparent)]
    Label(#[from] InvalidLabel),
    /// A flow was used out of order.
    #[error(transparent)]
    Flow(#[from] Misuse),
    /// A marker that is none.
    #[error(transparent)]
    Marker(#[from] MarkerError),
    /// The same credential is there already.
    #[error("the same credential is there already")]
    Duplicate {
        /// Which entry it is.
        existing: EntryId,
    },
    /// An entry must keep an issuer or an account.
    #[error("an entry must keep an issuer or an account")]
    Nameless,
    /// The entry makes its codes from the time, not on request.
    #[error("the entry makes its codes from the time")]
    NotHotp,
    /// Every counter of the credential is spent.
    #[error("every counter of the credential is spent")]
    CounterExhausted,
}

impl From<PassphraseError> for Error {
    fn from(error: PassphraseError) -> Self {
        vault::Error::Passphrase(error).into()
    }
}

impl From<PinError> for Error {
    fn from(error: PinError) -> Self {
        vault::Error::Pin(error).into()
    }
}

impl From<KdfOutOfRange> for Error {
    fn from(KdfOutOfRange: KdfOutOfRange) -> Self {
        vault::Error::KdfOutOfRange.into()
    }
}

impl From<RandomFailed> for Error {
    fn from(failed: RandomFailed) -> Self {
        vault::Error::from(failed).into()
    }
}

impl Error {
    /// The stable name of what went wrong. The texts for customers are found by it.
    pub fn support_code(&self) -> SupportCode {
        match self {
            Self::Locked => SupportCode::W101,
            Self::Vault(error) => vault_code(error),
            Self::Flow(Misuse::Stale | Misuse::AnswerAwaited | Misuse::Ended) => SupportCode::W121,
            Self::Marker(_) => SupportCode::W122,
            Self::Duplicate { .. } => SupportCode::W201,
            Self::Nameless => SupportCode::W203,
            Self::NotHotp => SupportCode::W204,
            Self::CounterExhausted => SupportCode::W205,
            Self::Label(_) => SupportCode::W206,
            Self::Clock(clock::Implausible::BeforeEarliest { .. }) => SupportCode::W301,
            Self::Clock(clock::Implausible::AfterLatest { .. }) => SupportCode::W302,
            Self::Otpauth(error) => otpauth_code(error),
        }
    }
}

fn vault_code(error: &vault::Error) -> SupportCode {
    match error {
        vault::Error::NotFound => SupportCode::W102,
        vault::Error::AlreadyExists => SupportCode::W103,
        vault::Error::NotAVault => SupportCode::W104,
        vault::Error::UnsupportedVersion { .. } => SupportCode::W105,
        vault::Error::TooLarge => SupportCode::W106,
        vault::Error::Corrupt { .. } => SupportCode::W107,
        vault::Error::WrongPassphrase => SupportCode::W108,
        vault::Error::NoPassphraseSlot => SupportCode::W109,
        vault::Error::Passphrase(PassphraseError::TooShort) => SupportCode::W110,
        vault::Error::Passphrase(PassphraseError::TooLong | PassphraseError::NotText) => {
            SupportCode::W111
        }
        vault::Error::Passphrase(PassphraseError::Empty) => SupportCode::W139,
        vault::Error::KdfOutOfRange => SupportCode::W112,
        vault::Error::OutOfMemory => SupportCode::W113,
        vault::Error::Busy => SupportCode::W114,
        vault::Error::Io { cause: IoCause::Full, .. } => SupportCode::W115,
        vault::Error::Io { cause: IoCause::NotPermitted, .. } => SupportCode::W116,
        vault::Error::Io { cause: IoCause::Other, .. } => SupportCode::W117,
        vault::Error::Io { cause: IoCause::NoFolder, .. } => SupportCode::W140,
        vault::Error::Random => SupportCode::W118,
        vault::Error::RolledBack => SupportCode::W119,
        vault::Error::Replaced => SupportCode::W120,
        vault::Error::UnknownEntry => SupportCode::W202,
        vault::Error::UnknownSlot => SupportCode::W123,
        vault::Error::LastSlot => SupportCode::W124,
        vault::Error::Pin(PinError::NotDigits) => SupportCode::W125,
        vault::Error::Pin(PinError::TooSimple) => SupportCode::W126,
        vault::Error::WrongPin { .. } => SupportCode::W127,
        vault::Error::PinDestroyed => SupportCode::W128,
        vault::Error::KeyInvalidated { .. } | vault::Error::KeyStore(KeyRefusal::Invalidated) => {
            SupportCode::W129
        }
        vault::Error::KeyLost { .. } | vault::Error::KeyStore(KeyRefusal::Missing) => {
            SupportCode::W130
        }
        vault::Error::NeedsReEnrolment => SupportCode::W131,
        vault::Error::RestoredOnAnotherDevice => SupportCode::W132,
        vault::Error::KeyStore(KeyRefusal::Cancelled) => SupportCode::W133,
        vault::Error::KeyStore(KeyRefusal::LockedOut) => SupportCode::W134,
        vault::Error::KeyStore(KeyRefusal::NotEnrolled) => SupportCode::W135,
        vault::Error::KeyStore(KeyRefusal::Unavailable) | vault::Error::WrongAnswer => {
            SupportCode::W136
        }
        vault::Error::Changed => SupportCode::W137,
        vault::Error::PinLimitOutOfRange => SupportCode::W138,
    }
}

fn otpauth_code(error: &otpauth::Error) -> SupportCode {
    match error {
        otpauth::Error::NotOtpauth => SupportCode::W401,
        otpauth::Error::SeedTooShort => SupportCode::W402,
        otpauth::Error::IssuerMismatch => SupportCode::W403,
        otpauth::Error::TooLong
        | otpauth::Error::TooManyParameters
        | otpauth::Error::Malformed
        | otpauth::Error::NotUtf8
        | otpauth::Error::UnknownType
        | otpauth::Error::Missing { .. }
        | otpauth::Error::Repeated { .. }
        | otpauth::Error::OutOfRange { .. }
        | otpauth::Error::UnknownAlgorithm
        | otpauth::Error::NotBase32
        | otpauth::Error::SeedTooLong
        | otpauth::Error::Nameless
        | otpauth::Error::Issuer { .. }
        | otpauth::Error::Account { .. }
        | otpauth::Error::CredentialId => SupportCode::W404,
    }
}

macro_rules! support_codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal,)+) => {
        /// The stable name of an error, as the customer reads it to the call centre: W-107.
        ///
        /// W-1: the vault. W-2: entries. W-3: the clock. W-4: what comes in.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum SupportCode {
            $($(#[$doc])* $name,)+
        }

        impl SupportCode {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The number behind the `W-`.
            pub const fn number(self) -> u16 {
                match self {
                    $(Self::$name => $number,)+
                }
            }
        }
    };
}

support_codes! {
    /// The token is locked.
    W101 = 101,
    /// There is no vault.
    W102 = 102,
    /// There is a file already.
    W103 = 103,
    /// The file is not a vault.
    W104 = 104,
    /// A later warifu made the vault.
    W105 = 105,
    /// The vault is too large.
    W106 = 106,
    /// The vault is damaged.
    W107 = 107,
    /// The passphrase is wrong.
    W108 = 108,
    /// No slot takes a passphrase.
    W109 = 109,
    /// The new passphrase is too short.
    W110 = 110,
    /// The passphrase cannot be one.
    W111 = 111,
    /// The vault's key costs more than is accepted.
    W112 = 112,
    /// Too little memory.
    W113 = 113,
    /// Another process is writing.
    W114 = 114,
    /// The disk is full.
    W115 = 115,
    /// The disk may not be written or read.
    W116 = 116,
    /// The disk failed.
    W117 = 117,
    /// No randomness.
    W118 = 118,
    /// The vault was put back to an earlier state.
    W119 = 119,
    /// The vault was replaced by another.
    W120 = 120,
    /// The app used a flow out of order.
    W121 = 121,
    /// A marker that is none.
    W122 = 122,
    /// There is no such slot.
    W123 = 123,
    /// The last slot cannot be removed.
    W124 = 124,
    /// A PIN is 4 to 12 digits.
    W125 = 125,
    /// The new PIN is too simple.
    W126 = 126,
    /// The PIN is wrong.
    W127 = 127,
    /// The PIN was tried too often.
    W128 = 128,
    /// The enrolled fingers or face changed.
    W129 = 129,
    /// The slot's key is lost.
    W130 = 130,
    /// No slot opens the vault any more.
    W131 = 131,
    /// The vault belongs to another device.
    W132 = 132,
    /// The prompt was cancelled.
    W133 = 133,
    /// Biometrics are locked out.
    W134 = 134,
    /// No biometrics are enrolled.
    W135 = 135,
    /// The key store failed.
    W136 = 136,
    /// The vault changed meanwhile.
    W137 = 137,
    /// A PIN's limit on tries is out of range.
    W138 = 138,
    /// No passphrase was typed.
    W139 = 139,
    /// The folder is not there.
    W140 = 140,
    /// The credential is there already.
    W201 = 201,
    /// There is no such entry.
    W202 = 202,
    /// An entry must keep a name.
    W203 = 203,
    /// The entry makes its codes from the time.
    W204 = 204,
    /// Every counter is spent.
    W205 = 205,
    /// A name that cannot be shown.
    W206 = 206,
    /// The clock is set before 2020.
    W301 = 301,
    /// The clock is set after 2106.
    W302 = 302,
    /// Not an `otpauth` URI.
    W401 = 401,
    /// The seed is too short to be safe.
    W402 = 402,
    /// The URI names two issuers.
    W403 = 403,
    /// The URI is malformed.
    W404 = 404,
}

impl fmt::Display for SupportCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "W-{}", self.number())
    }
}
