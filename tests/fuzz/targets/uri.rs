//! Any bytes as an `otpauth` URI. What is accepted keeps what its types promise and is the same
//! credential when it is written down again; what is refused is refused in one of a few sentences.
#![no_main]

use std::{fmt::Write as _, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use warifu::{
    credential::{
        CredentialId, Generator, InvalidLabel, Keys, Label, NewCredential, Origin, Policy, Seed,
        Weakness,
    },
    otp::{Algorithm, Digits, totp::Period},
    provision::otpauth::{self, Error, MAX_LEN, Parameter},
    secret::Secret,
};
use warifu_fuzz::memory;

fuzz_target!(init: LazyLock::force(&SENTENCES), |uri: &[u8]| {
    // A parser holds the decoded text, and this target what it compares it with.
    memory::watch(16 * MAX_LEN, || judge(uri));
});

fn judge(uri: &[u8]) {
    match otpauth::parse(uri) {
        Ok(new) => {
            assert!(uri.trim_ascii().len() <= MAX_LEN);
            keeps_its_promises(&new);
            prints_without_its_seed(&new);
            is_the_same_again(&new);
        }
        Err(error) => {
            let said = (error.to_string(), format!("{error:?}"));
            assert!(SENTENCES.contains(&said), "{said:?}");
        }
    }
}

fn keeps_its_promises(new: &NewCredential) {
    let NewCredential { names, keys, generator, origin, policy, service } = new;
    assert!(names.issuer.is_some() || names.account.is_some());
    for label in [&names.issuer, &names.account].into_iter().flatten() {
        assert_eq!(Label::new(label.as_str()).as_ref(), Ok(label));
    }
    if let Some(id) = &names.credential_id {
        assert_eq!(CredentialId::new(id.as_str()).as_ref(), Ok(id));
        assert_eq!(id.grouped().replace(' ', ""), id.as_str());
    }
    let bits = keys.code.secret().len() * 8;
    assert!((Seed::MIN_LEN * 8..=Seed::MAX_LEN * 8).contains(&bits));
    let weakness = (bits < 128).then(|| Weakness::ShortSeed { bits: bits.try_into().unwrap() });
    assert_eq!(keys.code.weakness(), weakness);
    assert!(keys.sign.is_none() && keys.device.is_none());
    let digits = match generator {
        Generator::Totp { digits, steps, .. } => {
            assert_eq!((steps.t0, Period::from_secs(steps.period.secs())), (0, Ok(steps.period)));
            digits
        }
        Generator::Hotp { digits, counter, .. } => {
            assert!(*counter < u64::MAX);
            digits
        }
    };
    assert_eq!(Digits::new(digits.count()), Ok(*digits));
    assert_eq!((*origin, *policy, service), (Origin::Otpauth, Policy::default(), &None));
}

/// With another key in the place of its own it prints the same.
fn prints_without_its_seed(new: &NewCredential) {
    let zeros = Secret::copy_of(&vec![0; new.keys.code.secret().len()]);
    let keys = Keys { code: Seed::new(zeros).unwrap(), sign: None, device: None };
    let NewCredential { ref names, generator, origin, policy, .. } = *new;
    let blank =
        NewCredential { names: names.clone(), keys, generator, origin, policy, service: None };
    assert_eq!(format!("{new:?}"), format!("{blank:?}"));
}

fn is_the_same_again(new: &NewCredential) {
    let again = otpauth::parse(written(new).as_bytes()).expect("what it accepted it accepts");
    assert_eq!((&new.names, new.generator), (&again.names, again.generator));
    assert!(new.keys.code == again.keys.code);
}

/// As a careful issuer writes it: every byte of a name encoded, nothing left to a default.
fn written(new: &NewCredential) -> String {
    let encoded = |label: &Option<Label>| {
        label.as_ref().map_or("", Label::as_str).bytes().fold(String::new(), |mut out, byte| {
            let _ = write!(out, "%{byte:02x}");
            out
        })
    };
    let NewCredential { names, keys, generator, .. } = new;
    let (kind, algorithm, digits, moving) = match *generator {
        Generator::Totp { algorithm, digits, steps } => {
            ("totp", algorithm, digits, format!("period={}", steps.period.secs()))
        }
        Generator::Hotp { algorithm, digits, counter } => {
            ("hotp", algorithm, digits, format!("counter={counter}"))
        }
    };
    let algorithm = match algorithm {
        Algorithm::Sha1 => "SHA1",
        Algorithm::Sha256 => "SHA256",
        Algorithm::Sha512 => "SHA512",
    };
    let (issuer, account) = (encoded(&names.issuer), encoded(&names.account));
    let (secret, digits) = (base32(keys.code.secret().expose()), digits.count());
    let mut uri = format!(
        "otpauth://{kind}/:{account}?secret={secret}&issuer={issuer}&algorithm={algorithm}\
         &digits={digits}&{moving}"
    );
    if let Some(id) = &names.credential_id {
        let _ = write!(uri, "&credential_id={}", id.as_str());
    }
    uri
}

/// RFC 4648, section 6, without the padding.
fn base32(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(5) {
        let bits = chunk.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let bits = bits << (8 * (5 - chunk.len()));
        for digit in 0..(chunk.len() * 8).div_ceil(5) {
            let value = bits >> (35 - 5 * digit) & 31;
            out.push(char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[value as usize]));
        }
    }
    out
}

/// All that an error can say: nothing of the URI is among it.
static SENTENCES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let parameters = [
        Parameter::Secret,
        Parameter::Issuer,
        Parameter::Algorithm,
        Parameter::Digits,
        Parameter::Period,
        Parameter::Counter,
        Parameter::CredentialId,
    ];
    let labels = [InvalidLabel::Empty, InvalidLabel::TooLong, InvalidLabel::ForbiddenCharacter];
    let mut errors = vec![
        Error::NotOtpauth,
        Error::TooLong,
        Error::TooManyParameters,
        Error::Malformed,
        Error::NotUtf8,
        Error::UnknownType,
        Error::UnknownAlgorithm,
        Error::NotBase32,
        Error::SeedTooShort,
        Error::SeedTooLong,
        Error::Nameless,
        Error::IssuerMismatch,
        Error::CredentialId,
    ];
    errors.extend(parameters.into_iter().flat_map(|parameter| {
        [
            Error::Missing { parameter },
            Error::Repeated { parameter },
            Error::OutOfRange { parameter },
        ]
    }));
    errors
        .extend(labels.into_iter().flat_map(|why| [Error::Issuer { why }, Error::Account { why }]));
    errors.iter().map(|error| (error.to_string(), format!("{error:?}"))).collect()
});
