mod support_code;

use crate::{
    clock,
    credential::{EntryId, InvalidLabel},
    provision::{
        enrol::{self, InvalidActivationCode, LinkError},
        otpauth,
    },
    secret::RandomFailed,
    vault::{self, IoCause, KdfOutOfRange, KeyRefusal, PassphraseError, PinError},
};

use super::{EnrolmentError, HttpFailure, MarkerError, Misuse, SyncError};

pub use support_code::SupportCode;

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
    /// No clock was heard.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// An `otpauth://` URI that is none.
    #[error(transparent)]
    Otpauth(#[from] otpauth::Error),
    /// An enrolment link, or an activation code, that is none.
    #[error(transparent)]
    EnrolmentLink(#[from] enrol::LinkError),
    /// An enrolment did not go on.
    #[error(transparent)]
    Enrolment(#[from] EnrolmentError),
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

impl From<InvalidActivationCode> for Error {
    fn from(error: InvalidActivationCode) -> Self {
        LinkError::from(error).into()
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
            Self::Sync(error) => sync_code(error),
            Self::Otpauth(error) => otpauth_code(error),
            Self::EnrolmentLink(error) => link_code(error),
            Self::Enrolment(error) => enrolment_code(error),
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

fn sync_code(error: &SyncError) -> SupportCode {
    match error {
        SyncError::Failed(HttpFailure::CertificateTime) => SupportCode::W303,
        SyncError::NothingToAsk => SupportCode::W304,
        SyncError::NotAHost | SyncError::TooManyHosts => SupportCode::W308,
        SyncError::Failed(
            HttpFailure::Unreachable | HttpFailure::TimedOut | HttpFailure::Unavailable,
        ) => SupportCode::W305,
        SyncError::Failed(HttpFailure::Untrusted | HttpFailure::TooLarge)
        | SyncError::NotAuthentic => SupportCode::W306,
        SyncError::Busy | SyncError::Status { .. } | SyncError::Newer | SyncError::NoTime => {
            SupportCode::W307
        }
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

fn link_code(error: &LinkError) -> SupportCode {
    match error {
        LinkError::Activation(_) => SupportCode::W602,
        LinkError::NotALink
        | LinkError::TooLong
        | LinkError::Malformed
        | LinkError::Insecure
        | LinkError::NoKey
        | LinkError::BadKey
        | LinkError::Repeated
        | LinkError::UnknownParameter => SupportCode::W601,
    }
}

fn enrolment_code(error: &EnrolmentError) -> SupportCode {
    match error {
        EnrolmentError::NothingPending => SupportCode::W603,
        EnrolmentError::AnotherPending => SupportCode::W604,
        EnrolmentError::Unreadable => SupportCode::W605,
        EnrolmentError::Failed(
            HttpFailure::Unreachable | HttpFailure::TimedOut | HttpFailure::Unavailable,
        ) => SupportCode::W606,
        EnrolmentError::Failed(HttpFailure::Untrusted) => SupportCode::W607,
        EnrolmentError::Failed(HttpFailure::CertificateTime) => SupportCode::W303,
        EnrolmentError::Failed(HttpFailure::TooLarge) | EnrolmentError::NotAuthentic => {
            SupportCode::W608
        }
        EnrolmentError::NotUnderstood
        | EnrolmentError::Package(_)
        | EnrolmentError::NewerVerdict => SupportCode::W609,
        EnrolmentError::CodeRefused => SupportCode::W610,
        EnrolmentError::NotKept => SupportCode::W611,
        EnrolmentError::Busy | EnrolmentError::Status { .. } => SupportCode::W612,
        EnrolmentError::VerificationMissing => SupportCode::W613,
        EnrolmentError::SlotTooWeak { .. } => SupportCode::W614,
        EnrolmentError::CodeWrong { .. } => SupportCode::W615,
        EnrolmentError::Ended => SupportCode::W616,
        EnrolmentError::Wait => SupportCode::W617,
        EnrolmentError::Stopped => SupportCode::W618,
        EnrolmentError::VerificationDemanded => SupportCode::W619,
    }
}
