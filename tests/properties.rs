//! Properties that hold for any input: codes agree with an independent crate, a URI gives back what
//! was written into it, and nothing that comes in breaks the parser.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "support/properties/uri.rs"]
mod uri;

use std::time::{Duration, Instant};

use proptest::{prelude::*, test_runner::FileFailurePersistence};
use warifu::{
    credential::{Label, NewCredential, Seed, Weakness},
    otp::{
        Algorithm, Digits, hotp,
        totp::{self, Period, Steps},
    },
    provision::otpauth::{self, Error, MAX_LEN},
    secret::Secret,
    time::UnixMillis,
};

use uri::{Parts, Style};

/// 2200-01-01T00:00:00Z in Unix seconds.
const YEAR_2200: i64 = 7_258_118_400;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 512,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn totp_agrees_with_an_independent_crate(
        key in key(), algorithm in algorithm(), digits in 6_u8..=9, period in 1_u32..=86_400,
        time in 0..YEAR_2200, millis in 0_i64..1_000,
    ) {
        let steps = Steps { t0: 0, period: Period::from_secs(period).unwrap() };
        let step = steps.at(UnixMillis(time * 1_000 + millis)).unwrap();
        let code = totp::code(&Secret::copy_of(&key), algorithm, Digits::new(digits).unwrap(), step.number);
        let theirs = theirs(&key, algorithm, digits, period.into());
        prop_assert_eq!(code.expose(), theirs.generate(time.unsigned_abs()).to_string());
        let next = i64::try_from(theirs.next_step(time.unsigned_abs())).unwrap();
        prop_assert_eq!(step.until, UnixMillis::from_secs(next));
    }

    #[test]
    fn hotp_agrees_with_an_independent_crate(
        key in key(), algorithm in algorithm(), digits in 6_u8..=9, counter: u64,
    ) {
        let code = hotp::code(&Secret::copy_of(&key), algorithm, Digits::new(digits).unwrap(), counter);
        // With a period of one second the time is the counter.
        let theirs = theirs(&key, algorithm, digits, 1).generate(counter).to_string();
        prop_assert_eq!(code.expose(), theirs);
    }

    #[test]
    fn a_uri_gives_back_what_was_written_into_it(parts in uri::parts(), style in uri::style()) {
        let uri = parts.write(&style);
        let new = otpauth::parse(uri.as_bytes()).map_err(|error| {
            TestCaseError::fail(format!("{error}: {uri}"))
        })?;
        prop_assert_eq!(new.names.issuer.as_ref().map(Label::as_str), parts.issuer.as_deref());
        prop_assert_eq!(new.names.account.as_ref().map(Label::as_str), parts.account.as_deref());
        let id = new.names.credential_id.as_ref().map(|id| id.as_str());
        prop_assert_eq!(id, parts.credential_id.as_deref());
        prop_assert!(*new.keys.code.secret() == Secret::copy_of(&parts.key));
        prop_assert_eq!(new.generator, parts.generator());
    }

    #[test]
    fn no_bytes_at_all_break_the_parser(bytes in prop::collection::vec(any::<u8>(), 0..5_000)) {
        judge(&bytes)?;
        for kind in ["totp", "hotp"] {
            judge(&[b"otpauth://", kind.as_bytes(), b"/", bytes.as_slice()].concat())?;
        }
    }

    #[test]
    fn no_text_made_of_a_uris_own_signs_breaks_the_parser(
        text in "(%[0-9a-f]{2}|secret=|issuer=|counter=|digits=|[a-zA-Z2-7]|[:/?&=+%割]){0,200}",
    ) {
        judge(format!("otpauth://totp/{text}").as_bytes())?;
        judge(format!("otpauth://hotp/a?{text}").as_bytes())?;
    }

    #[test]
    fn no_change_to_a_valid_uri_breaks_the_parser(
        parts in uri::parts(), style in uri::style(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 1..8),
    ) {
        let mut uri = parts.write(&style).into_bytes();
        for (index, byte, edit) in edits {
            let at = index.index(uri.len().max(1));
            match edit {
                0 => uri.insert(at.min(uri.len()), byte),
                1 if at < uri.len() => drop(uri.remove(at)),
                2 => uri.truncate(at),
                _ if at < uri.len() => uri[at] = byte,
                _ => {}
            }
        }
        judge(&uri)?;
    }

    #[test]
    fn a_label_gives_back_its_text_and_stays_the_same(text in ".{0,140}") {
        match Label::new(&text) {
            Ok(label) => {
                let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
                prop_assert_eq!(words(label.as_str()), words(&text));
                prop_assert_eq!(Label::new(label.as_str()), Ok(label));
            }
            Err(why) => prop_assert_eq!(Label::new(text.trim()), Err(why)),
        }
    }

    #[test]
    fn a_seed_is_refused_below_80_bits_and_shows_its_weakness_below_128(len in 1_usize..=300) {
        let parts = Parts { key: vec![0xa5; len], ..Parts::default() };
        let parsed = otpauth::parse(parts.write(&Style::default()).as_bytes());
        let weakness = parsed.map(|new| new.keys.code.weakness());
        match len {
            ..10 => prop_assert_eq!(weakness.unwrap_err(), Error::SeedTooShort),
            10..16 => {
                let bits = u16::try_from(len * 8).unwrap();
                prop_assert_eq!(weakness.unwrap(), Some(Weakness::ShortSeed { bits }));
            }
            _ if len > Seed::MAX_LEN => prop_assert_eq!(weakness.unwrap_err(), Error::SeedTooLong),
            _ => prop_assert_eq!(weakness.unwrap(), None),
        }
    }
}

#[test]
fn hostile_uris_cost_about_as_much_as_a_good_one_of_their_length() {
    let good = "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&image=";
    let yardstick = cost(format!("{good}{}", "a".repeat(MAX_LEN - good.len())).as_bytes());
    for sign in ["%", "%41", "&", "&a", "&a=", "+", ":", "=", "/", "?", "A", "割", "&secret="] {
        for head in
            ["otpauth://totp/", "otpauth://totp/a?", "otpauth://hotp/a?secret=", "otpauth://"]
        {
            let uri = format!("{head}{}", sign.repeat((MAX_LEN - head.len()) / sign.len()));
            // Work that grew with the square of the length would be a thousand times as much.
            assert!(cost(uri.as_bytes()) < yardstick * 50, "{head}{sign}");
        }
    }
    let endless = [b"otpauth://totp/".as_slice(), &vec![b'%'; 50_000_000]].concat();
    assert_eq!(otpauth::parse(&endless).unwrap_err(), Error::TooLong);
    assert!(cost(&endless) < yardstick * 50);
}

/// The least time of several parses, so that a busy machine does not count.
fn cost(uri: &[u8]) -> Duration {
    let parse = |_| {
        let started = Instant::now();
        let _ = otpauth::parse(uri);
        started.elapsed()
    };
    (0..9).map(parse).min().unwrap_or_default()
}

/// Parses, and holds whatever comes out to what the types promise.
fn judge(uri: &[u8]) -> Result<(), TestCaseError> {
    match otpauth::parse(uri) {
        Ok(NewCredential { names, keys, .. }) => {
            prop_assert!(uri.trim_ascii().len() <= MAX_LEN);
            prop_assert!(names.issuer.is_some() || names.account.is_some());
            prop_assert!((Seed::MIN_LEN..=Seed::MAX_LEN).contains(&keys.code.secret().len()));
        }
        // Printing must not panic either.
        Err(error) => prop_assert!(!error.to_string().is_empty()),
    }
    Ok(())
}

/// 128 bits and more, past the block of every hash.
fn key() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 16..=160)
}

fn algorithm() -> impl Strategy<Value = Algorithm> {
    prop::sample::select(vec![Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512])
}

/// The same credential in the independent crate, which makes 6 to 9 digits.
fn theirs(key: &[u8], algorithm: Algorithm, digits: u8, period: u64) -> totp_rs::Totp {
    totp_rs::Builder::new()
        .with_algorithm(match algorithm {
            Algorithm::Sha1 => totp_rs::Algorithm::SHA1,
            Algorithm::Sha256 => totp_rs::Algorithm::SHA256,
            Algorithm::Sha512 => totp_rs::Algorithm::SHA512,
        })
        .with_digits(digits)
        .with_secret(key)
        .with_step_duration(period)
        .build_noncompliant()
}
