use warifu::{
    clock::Implausible,
    credential::{EntryId, InvalidLabel},
    provision::{
        enrol::LinkError as EnrolmentLinkError,
        otpauth::{Error as OtpauthError, Parameter},
    },
    time::{Millis, UnixMillis},
    token::{EnrolmentError, Error as TokenError, HttpFailure, MarkerError, Misuse, SyncError},
    vault::{
        Corrupt, Error as VaultError, IoCause, KeyRefusal, Operation as DiskOperation,
        PassphraseError, PinError, SlotId,
    },
};

use crate::names::RawId;

/// What went wrong. Nothing in it is secret; it may be logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum WarifuError {
    /// The core says what.
    #[error(transparent)]
    Core {
        /// With the data to act on it.
        error: TokenError,
    },
    /// An identifier that is not lower-case hexadecimal of its length. No identifier that came from
    /// here is; the app mixed something up.
    #[error("a malformed identifier: {kind:?}")]
    MalformedId {
        /// Of what.
        kind: IdKind,
    },
}

/// What an identifier is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum IdKind {
    /// An entry.
    Entry,
    /// A slot.
    Slot,
    /// A press of the HOTP button.
    Request,
    /// A boot of the device.
    Boot,
    /// A vault or a record.
    Raw,
}

/// The stable name of an error, as the customer reads it to the call centre: `W-107`. The texts for
/// customers are found by it.
#[uniffi::export]
pub fn support_code(error: TokenError) -> String {
    error.support_code().to_string()
}

/// What an error says to a developer, in English. Not for customers.
#[uniffi::export]
pub fn describe(error: TokenError) -> String {
    error.to_string()
}

impl From<TokenError> for WarifuError {
    fn from(error: TokenError) -> Self {
        Self::Core { error }
    }
}

/// A value that the core makes and that never comes back.
#[derive(Debug, thiserror::Error)]
#[error("this value only goes out")]
pub(crate) struct OnlyGoesOut;

/// What went wrong, with the data to act on it.
#[uniffi::remote(Enum)]
pub enum TokenError {
    /// The token is locked: unlock it first.
    Locked,
    /// The vault or its disk.
    Vault(VaultError),
    /// The device's clock cannot be right.
    Clock(Implausible),
    /// No clock was heard.
    Sync(SyncError),
    /// An `otpauth://` URI that is none.
    Otpauth(OtpauthError),
    /// An enrolment link, or an activation code, that is none.
    EnrolmentLink(EnrolmentLinkError),
    /// An enrolment did not go on.
    Enrolment(EnrolmentError),
    /// A name that cannot be shown.
    Label(InvalidLabel),
    /// A flow was used out of order.
    Flow(Misuse),
    /// A marker that is none.
    Marker(MarkerError),
    /// The same credential is there already.
    Duplicate {
        /// Which entry it is.
        existing: EntryId,
    },
    /// An entry must keep an issuer or an account.
    Nameless,
    /// The entry makes its codes from the time, not on request.
    NotHotp,
    /// Every counter of the credential is spent.
    CounterExhausted,
}

/// Why no clock was heard. What is known of the time stays as it is.
#[uniffi::remote(Enum)]
pub enum SyncError {
    /// No entry has a service that tells its time, and no host is named.
    NothingToAsk,
    /// What was named is no host: it is no `https` address.
    NotAHost,
    /// More than 8 hosts were named.
    TooManyHosts,
    /// No response came.
    Failed(HttpFailure),
    /// The service has no time now.
    Busy,
    /// The service does not tell this credential the time, or answers with a status that the protocol
    /// does not have. It is nobody's signed word.
    Status {
        /// Which, like 404.
        status: u16,
    },
    /// What came is not the service's, or was changed on the way.
    NotAuthentic,
    /// It is the service's answer, of a later version.
    Newer,
    /// The answer tells nothing about the time: it took too long, contradicts itself, came of a cache,
    /// or has no date.
    NoTime,
}

/// What went wrong with a vault.
#[uniffi::remote(Enum)]
pub enum VaultError {
    /// There is no file.
    NotFound,
    /// There is one already, and it is not overwritten.
    AlreadyExists,
    /// The file is something else, or empty.
    NotAVault,
    /// A later warifu made it.
    UnsupportedVersion {
        /// The version it has.
        found: u16,
    },
    /// Over the bounds of the format: 16 MiB, 16,384 records.
    TooLarge,
    /// A part does not fit the rest.
    Corrupt {
        /// Which part.
        part: Corrupt,
    },
    /// The passphrase opens no slot.
    WrongPassphrase,
    /// No whole slot takes a passphrase.
    NoPassphraseSlot,
    /// A passphrase that cannot be one.
    Passphrase(PassphraseError),
    /// The file demands more work for its key than is accepted.
    KdfOutOfRange,
    /// There is not enough memory to make the key.
    OutOfMemory,
    /// Another process is writing; try again in a moment.
    Busy,
    /// The disk refused.
    Io {
        /// What was attempted.
        operation: DiskOperation,
        /// Why it failed.
        cause: IoCause,
    },
    /// The system's source of randomness failed.
    Random,
    /// The file is older than what this process has seen of it.
    RolledBack,
    /// The file is another vault than the one that was opened.
    Replaced,
    /// There is no such entry.
    UnknownEntry,
    /// There is no such slot, or none of this kind.
    UnknownSlot,
    /// The last slot that could open the vault cannot be removed.
    LastSlot,
    /// A PIN that cannot be one.
    Pin(PinError),
    /// The limit on tries is 2 to 20.
    PinLimitOutOfRange,
    /// The PIN is wrong.
    WrongPin {
        /// How many more tries there are before the slot is destroyed: 1 or more.
        tries_left: u8,
        /// How long the next try has to wait.
        wait: Millis,
    },
    /// The limit on tries was reached; the slot's keys are gone for good. Another slot may open.
    PinDestroyed,
    /// The slot's key is dead, since the enrolled fingers or face changed. Another slot may open.
    KeyInvalidated {
        /// Which slot wants to be made anew.
        slot: SlotId,
    },
    /// The slot's key is gone, and the device is the one that had it. Another slot may open.
    KeyLost {
        /// Which slot wants to be made anew.
        slot: SlotId,
    },
    /// No slot can open the vault any more: the bank's 交換 is the way on.
    NeedsReEnrolment,
    /// The vault came here from another device, whose keys stayed there.
    RestoredOnAnotherDevice,
    /// The key store did not do what it was asked.
    KeyStore(KeyRefusal),
    /// The key store's answer does not fit what was asked.
    WrongAnswer,
    /// Another process changed the vault while a slot was being tried; try again.
    Changed,
}

/// A part of the file that does not fit.
#[uniffi::remote(Enum)]
pub enum Corrupt {
    /// The table of contents.
    Contents,
    /// The root tag, or something that it covers.
    RootTag,
    /// The slot that was to open the vault.
    Slot(SlotId),
    /// A record; for an entry, this is the entry's ID.
    Record(RawId),
    /// Bytes at the end that belong to no slot.
    Envelopes,
}

/// What was attempted on the disk.
#[uniffi::remote(Enum)]
pub enum DiskOperation {
    /// To read the vault.
    Read,
    /// To take its lock.
    Lock,
    /// To write its next version.
    Write,
}

/// Why the disk refused.
#[uniffi::remote(Enum)]
pub enum IoCause {
    /// No space, or a quota is used up.
    Full,
    /// The folder or the file may not be written or read.
    NotPermitted,
    /// The folder is not there.
    NoFolder,
    /// Anything else.
    Other,
}

/// Why a passphrase was refused.
#[uniffi::remote(Enum)]
pub enum PassphraseError {
    /// Nothing was typed.
    Empty,
    /// More than 1,024 bytes.
    TooLong,
    /// A new one has fewer than 8 characters.
    TooShort,
    /// Not UTF-8, or with a control character, or, if new, with one that is not assigned.
    NotText,
}

/// Why a PIN was refused.
#[uniffi::remote(Enum)]
pub enum PinError {
    /// Not 4 to 12 digits.
    NotDigits,
    /// A new one that anybody tries first.
    TooSimple,
}

/// The device's clock cannot be right.
#[uniffi::remote(Enum)]
pub enum Implausible {
    /// The wall clock says a time before 2020.
    BeforeEarliest {
        /// What it says.
        wall: UnixMillis,
    },
    /// The wall clock says a time after 2106.
    AfterLatest {
        /// What it says.
        wall: UnixMillis,
    },
}

/// Why a text cannot be shown as a name.
#[uniffi::remote(Enum)]
pub enum InvalidLabel {
    /// Nothing but white space.
    Empty,
    /// More than 128 characters.
    TooLong,
    /// A control character, or one that changes the direction of its neighbours.
    ForbiddenCharacter,
}

/// A flow was used out of order.
#[uniffi::remote(Enum)]
pub enum Misuse {
    /// A newer flow of this kind has taken over, or the answer is to another errand or flow.
    Stale,
    /// The flow waits for an answer, not for a step.
    AnswerAwaited,
    /// The flow has ended or was abandoned.
    Ended,
}

/// The bytes are no marker.
#[uniffi::remote(Enum)]
pub enum MarkerError {
    /// Not this format, or too much of it.
    NotAMarker,
    /// A name in it cannot be shown.
    Label(InvalidLabel),
}

/// Why a link was refused. It never holds the secret, nor any text of the link.
#[uniffi::remote(Enum)]
pub enum OtpauthError {
    /// It is something else than an `otpauth://` URI.
    NotOtpauth,
    /// It has more than 4,096 bytes.
    TooLong,
    /// It has more than 32 parameters.
    TooManyParameters,
    /// It holds a control character or a raw `#`, a `%` without two hexadecimal digits, or no
    /// label's `/`.
    Malformed,
    /// It holds text that is not UTF-8.
    NotUtf8,
    /// Its type is neither `totp` nor `hotp`.
    UnknownType,
    /// A parameter that must be there is not, or is empty.
    Missing {
        /// Which one.
        parameter: Parameter,
    },
    /// A parameter is there more than once.
    Repeated {
        /// Which one.
        parameter: Parameter,
    },
    /// A parameter is no number, or one out of its range.
    OutOfRange {
        /// Which one.
        parameter: Parameter,
    },
    /// The algorithm is none of SHA1, SHA256 and SHA512.
    UnknownAlgorithm,
    /// The secret is not base32.
    NotBase32,
    /// The secret has fewer than 80 bits.
    SeedTooShort,
    /// The secret is longer than 256 bytes.
    SeedTooLong,
    /// There is neither an issuer nor an account.
    Nameless,
    /// The label names one issuer, the parameter `issuer` another.
    IssuerMismatch,
    /// The issuer cannot be shown.
    Issuer {
        /// What is wrong with it.
        why: InvalidLabel,
    },
    /// The account cannot be shown.
    Account {
        /// What is wrong with it.
        why: InvalidLabel,
    },
    /// The credential ID is not 4 to 32 letters and digits.
    CredentialId,
}

/// A parameter of a link that means something here.
#[uniffi::remote(Enum)]
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
