//! The customer's half, by an independent implementation: no code of these tests is warifu's own.

use std::{cell::RefCell, collections::HashMap};

use warifu::{
    credential::{Generator, Seed},
    otp::{Algorithm, Digits, totp::Steps},
    secret::Secret,
};
use warifu_verifier::TypedCode;

pub(crate) const KEY: &[u8] = b"12345678901234567890";

pub(crate) fn seed() -> Seed {
    Seed::new(Secret::copy_of(KEY)).unwrap()
}

/// Steps of 30 s from 1970 on.
pub(crate) const TOTP: Generator = Generator::Totp {
    algorithm: Algorithm::Sha1,
    digits: Digits::SIX,
    steps: Steps { t0: 0, period: warifu::otp::totp::Period::THIRTY_SECONDS },
};

thread_local! {
    /// The codes that were made already: the judge of its own asks for hundreds again and again.
    static MADE: RefCell<HashMap<u64, String>> = RefCell::default();
}

/// Makes the codes of [`KEY`].
pub(crate) struct Token(totp_rs::Totp);

impl Token {
    pub(crate) fn new() -> Self {
        // With a period of one second the time is the step, or the counter.
        let builder = totp_rs::Builder::new().with_secret(KEY).with_step_duration(1);
        Self(builder.build_noncompliant())
    }

    pub(crate) fn digits(&self, factor: u64) -> String {
        MADE.with_borrow_mut(|made| {
            made.entry(factor).or_insert_with(|| self.0.generate(factor).to_string()).clone()
        })
    }

    pub(crate) fn code(&self, factor: u64) -> TypedCode {
        typed(&self.digits(factor))
    }
}

pub(crate) fn typed(digits: &str) -> TypedCode {
    TypedCode::new(digits, Digits::SIX).unwrap()
}
