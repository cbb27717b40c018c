use std::collections::BTreeSet;

use warifu::{
    clock::Implausible,
    credential::{EntryId, InvalidLabel, SeedLength},
    provision::{
        enrol::{InvalidActivationCode, LinkError},
        otpauth::{self, Parameter},
        pskc::{self, Part},
    },
    time::{Millis, UnixMillis},
    token::{EnrolmentError, Error, HttpFailure, MarkerError, Misuse, SupportCode, SyncError},
    vault::{self, Corrupt, IoCause, KeyRefusal, Operation, PassphraseError, PinError, SlotId},
};

use super::{
    foreign::{call, lift},
    lower,
};
use crate::{WarifuError, error};

/// Each variant of each enum of errors, with data that no other has.
fn every_error() -> Vec<Error> {
    let mut errors = vec![
        Error::Locked,
        Error::Clock(Implausible::BeforeEarliest { wall: UnixMillis(-5) }),
        Error::Clock(Implausible::AfterLatest { wall: UnixMillis(i64::MAX) }),
        Error::Flow(Misuse::Stale),
        Error::Flow(Misuse::AnswerAwaited),
        Error::Flow(Misuse::Ended),
        Error::Marker(MarkerError::NotAMarker),
        Error::Duplicate { existing: EntryId([0xa5; 16]) },
        Error::Nameless,
        Error::NotHotp,
        Error::CounterExhausted,
    ];
    let labels = [InvalidLabel::Empty, InvalidLabel::TooLong, InvalidLabel::ForbiddenCharacter];
    errors.extend(labels.map(Error::Label));
    errors.extend(labels.map(|why| Error::Marker(MarkerError::Label(why))));
    errors.extend(every_sync_error().into_iter().map(Error::Sync));
    errors.extend(every_vault_error().into_iter().map(Error::Vault));
    errors.extend(every_link_error(labels).into_iter().map(Error::Otpauth));
    errors.extend(every_enrolment_link_error().into_iter().map(Error::EnrolmentLink));
    errors.extend(every_enrolment_error(labels).into_iter().map(Error::Enrolment));
    errors
}

fn every_enrolment_link_error() -> Vec<LinkError> {
    let mut errors = vec![
        LinkError::NotALink,
        LinkError::TooLong,
        LinkError::Malformed,
        LinkError::Insecure,
        LinkError::NoKey,
        LinkError::BadKey,
        LinkError::Repeated,
        LinkError::UnknownParameter,
    ];
    let codes = [
        InvalidActivationCode::NotDigits,
        InvalidActivationCode::WrongLength,
        InvalidActivationCode::Mistyped,
    ];
    errors.extend(codes.map(LinkError::Activation));
    errors
}

fn every_enrolment_error(labels: [InvalidLabel; 3]) -> Vec<EnrolmentError> {
    let mut errors = vec![
        EnrolmentError::NothingPending,
        EnrolmentError::AnotherPending,
        EnrolmentError::Unreadable,
        EnrolmentError::NotUnderstood,
        EnrolmentError::CodeRefused,
        EnrolmentError::NotKept,
        EnrolmentError::Busy,
        EnrolmentError::Status { status: 0xfffe },
        EnrolmentError::NotAuthentic,
        EnrolmentError::NewerVerdict,
        EnrolmentError::VerificationMissing,
        EnrolmentError::SlotTooWeak { slot: SlotId([1, 2, 3, 4, 5, 6, 7, 8]) },
        EnrolmentError::VerificationDemanded,
        EnrolmentError::CodeWrong { ahead_millis: -600_000 },
        EnrolmentError::Ended,
        EnrolmentError::Wait,
        EnrolmentError::Stopped,
    ];
    errors.extend(HTTP_FAILURES.map(EnrolmentError::Failed));
    let mut packages = vec![
        pskc::Error::TooLong,
        pskc::Error::NotUtf8,
        pskc::Error::Malformed,
        pskc::Error::NotTaken,
        pskc::Error::TooComplex,
        pskc::Error::Unknown,
        pskc::Error::Missing { part: Part::KeyContainer },
        pskc::Error::Repeated { part: Part::KeyUsage },
        pskc::Error::OutOfRange { part: Part::Export },
        pskc::Error::NotBase64,
        pskc::Error::Seed(SeedLength::TooShort),
        pskc::Error::Seed(SeedLength::TooLong),
        pskc::Error::DeviceKeyLength,
        pskc::Error::CredentialId,
    ];
    packages.extend(labels.map(pskc::Error::Label));
    errors.extend(packages.into_iter().map(EnrolmentError::Package));
    errors
}

const HTTP_FAILURES: [HttpFailure; 6] = [
    HttpFailure::Unreachable,
    HttpFailure::TimedOut,
    HttpFailure::Untrusted,
    HttpFailure::CertificateTime,
    HttpFailure::TooLarge,
    HttpFailure::Unavailable,
];

fn every_sync_error() -> Vec<SyncError> {
    let mut errors = vec![
        SyncError::NothingToAsk,
        SyncError::NotAHost,
        SyncError::TooManyHosts,
        SyncError::Busy,
        SyncError::Status { status: 0xfffd },
        SyncError::NotAuthentic,
        SyncError::Newer,
        SyncError::NoTime,
    ];
    errors.extend(HTTP_FAILURES.map(SyncError::Failed));
    errors
}

fn every_vault_error() -> Vec<vault::Error> {
    let slot = SlotId([1, 2, 3, 4, 5, 6, 7, 8]);
    let mut errors = vec![
        vault::Error::NotFound,
        vault::Error::AlreadyExists,
        vault::Error::NotAVault,
        vault::Error::UnsupportedVersion { found: 0xfffe },
        vault::Error::TooLarge,
        vault::Error::WrongPassphrase,
        vault::Error::NoPassphraseSlot,
        vault::Error::KdfOutOfRange,
        vault::Error::OutOfMemory,
        vault::Error::Busy,
        vault::Error::Random,
        vault::Error::RolledBack,
        vault::Error::Replaced,
        vault::Error::UnknownEntry,
        vault::Error::UnknownSlot,
        vault::Error::LastSlot,
        vault::Error::PinLimitOutOfRange,
        vault::Error::WrongPin { tries_left: 3, wait: Millis(30_000) },
        vault::Error::PinDestroyed,
        vault::Error::KeyInvalidated { slot },
        vault::Error::KeyLost { slot },
        vault::Error::NeedsReEnrolment,
        vault::Error::RestoredOnAnotherDevice,
        vault::Error::WrongAnswer,
        vault::Error::Changed,
    ];
    let parts = [
        Corrupt::Contents,
        Corrupt::RootTag,
        Corrupt::Slot(slot),
        Corrupt::Record([0x5a; 16]),
        Corrupt::Envelopes,
    ];
    errors.extend(parts.map(|part| vault::Error::Corrupt { part }));
    let passphrases = [
        PassphraseError::Empty,
        PassphraseError::TooLong,
        PassphraseError::TooShort,
        PassphraseError::NotText,
    ];
    errors.extend(passphrases.map(vault::Error::Passphrase));
    errors.extend([PinError::NotDigits, PinError::TooSimple].map(vault::Error::Pin));
    let refusals = [
        KeyRefusal::Missing,
        KeyRefusal::Invalidated,
        KeyRefusal::Cancelled,
        KeyRefusal::LockedOut,
        KeyRefusal::NotEnrolled,
        KeyRefusal::Unavailable,
    ];
    errors.extend(refusals.map(vault::Error::KeyStore));
    for operation in [Operation::Read, Operation::Lock, Operation::Write] {
        let causes = [IoCause::Full, IoCause::NotPermitted, IoCause::NoFolder, IoCause::Other];
        errors.extend(causes.map(|cause| vault::Error::Io { operation, cause }));
    }
    errors
}

fn every_link_error(labels: [InvalidLabel; 3]) -> Vec<otpauth::Error> {
    let mut errors = vec![
        otpauth::Error::NotOtpauth,
        otpauth::Error::TooLong,
        otpauth::Error::TooManyParameters,
        otpauth::Error::Malformed,
        otpauth::Error::NotUtf8,
        otpauth::Error::UnknownType,
        otpauth::Error::UnknownAlgorithm,
        otpauth::Error::NotBase32,
        otpauth::Error::SeedTooShort,
        otpauth::Error::SeedTooLong,
        otpauth::Error::Nameless,
        otpauth::Error::IssuerMismatch,
        otpauth::Error::CredentialId,
    ];
    for parameter in [
        Parameter::Secret,
        Parameter::Issuer,
        Parameter::Algorithm,
        Parameter::Digits,
        Parameter::Period,
        Parameter::Counter,
        Parameter::CredentialId,
    ] {
        errors.push(otpauth::Error::Missing { parameter });
        errors.push(otpauth::Error::Repeated { parameter });
        errors.push(otpauth::Error::OutOfRange { parameter });
    }
    errors.extend(labels.map(|why| otpauth::Error::Issuer { why }));
    errors.extend(labels.map(|why| otpauth::Error::Account { why }));
    errors
}

#[test]
fn every_error_crosses_whole_and_under_its_support_code() {
    for error in every_error() {
        let crossed: WarifuError = lift(lower(WarifuError::from(error)));
        assert_eq!(crossed, WarifuError::Core { error });
        let code =
            call(|status| error::uniffi_warifu_ffi_fn_func_support_code(lower(error), status));
        assert_eq!(lift::<String>(code.unwrap()), error.support_code().to_string());
        let words = call(|status| error::uniffi_warifu_ffi_fn_func_describe(lower(error), status));
        assert_eq!(lift::<String>(words.unwrap()), error.to_string());
    }
}

#[test]
fn the_list_of_errors_holds_every_support_code() {
    let seen: BTreeSet<u16> =
        every_error().iter().map(|error| error.support_code().number()).collect();
    let all: BTreeSet<u16> = SupportCode::ALL.iter().map(|code| code.number()).collect();
    assert_eq!(seen, all);
}
