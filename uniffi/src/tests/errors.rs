use std::collections::BTreeSet;

use warifu::{
    clock::Implausible,
    credential::{EntryId, InvalidLabel},
    provision::otpauth::{self, Parameter},
    time::{Millis, UnixMillis},
    token::{Error, MarkerError, Misuse, SupportCode},
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
    errors.extend(every_vault_error().into_iter().map(Error::Vault));
    errors.extend(every_link_error(labels).into_iter().map(Error::Otpauth));
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
