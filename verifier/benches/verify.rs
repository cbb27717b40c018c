//! How many codes one core judges, beside what `totp-rs` does with the same code.
//!
//! `cargo bench -p warifu-verifier --bench verify`; `docs/verifier.md` has the figures.
#![allow(clippy::unwrap_used, clippy::panic, clippy::arithmetic_side_effects)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use warifu::{
    credential::{Generator, Seed},
    otp::{Algorithm, Digits, totp::Steps},
    secret::{Secret, scrubbed},
    time::UnixMillis,
};
use warifu_verifier::{Row, Rules, State, TypedCode, Verdict, Verifier};

criterion_group!(benches, totp, hotp, scrub);
criterion_main!(benches);

const KEY: [u8; 20] = *b"12345678901234567890";
const NOW: i64 = 60_000_000;

/// Steps of 30 s, six digits, the default rules.
fn totp(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("TOTP");
    group.throughput(Throughput::Elements(1));
    let seed = Seed::new(Secret::copy_of(&KEY)).unwrap();
    let rules = Rules::default();
    for (name, algorithm) in [("SHA-1", Algorithm::Sha1), ("SHA-256", Algorithm::Sha256)] {
        let generator = Generator::Totp { algorithm, digits: Digits::SIX, steps: Steps::default() };
        let verifier = Verifier::new(&generator, &seed, &rules);
        let theirs = theirs(algorithm);
        let now = UnixMillis(NOW * 30_000 + 15_000);
        let text = |offset: i64| theirs.generate(time(NOW + offset)).to_string();
        let code = |offset| TypedCode::new(&text(offset), Digits::SIX).unwrap();
        let spent = NOW.unsigned_abs() - 100;
        let plain = Row { confirmed: true, spent: Some(spent), ..Row::default() };
        let drifted = Row { drift: -6, drift_confirmed_at: Some(now.0), ..plain.clone() };
        let (plain, drifted) = (State::try_from(plain).unwrap(), State::try_from(drifted).unwrap());

        let mut verify =
            |what: &str, state: &State, code: TypedCode, expected: fn(Verdict) -> bool| {
                assert!(expected(verifier.verify(state, &code, now).0), "{what}");
                group.bench_function(format!("{name}, {what}"), |b| {
                    b.iter(|| verifier.verify(black_box(state), black_box(&code), now));
                });
            };
        verify("right", &plain, code(0), |verdict| verdict.is_accepted());
        verify("right, with a drift", &drifted, code(-6), |verdict| verdict.is_accepted());
        verify("wrong", &plain, code(50), |verdict| matches!(verdict, Verdict::Wrong { .. }));
        verify("out of sync", &plain, code(20), |verdict| {
            matches!(verdict, Verdict::OutOfSync { .. })
        });

        let (first, second) = (code(-20), code(-19));
        assert!(verifier.resync(&plain, &first, &second, now).0.is_accepted());
        group.bench_function(format!("{name}, resync"), |b| {
            b.iter(|| verifier.resync(black_box(&plain), &first, &second, now));
        });

        // Its window is ±1 too. It stops at the first that fits.
        for (what, offset) in [("right", 0), ("wrong", 50)] {
            let text = text(offset);
            assert_eq!(theirs.check(&text, time(NOW)).is_some(), offset == 0);
            group.bench_function(format!("{name}, {what}, totp-rs"), |b| {
                b.iter(|| theirs.check(black_box(&text), time(NOW)));
            });
        }
    }
}

/// Look-ahead 5, resync look-ahead 100.
fn hotp(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("HOTP");
    group.throughput(Throughput::Elements(1));
    let seed = Seed::new(Secret::copy_of(&KEY)).unwrap();
    let rules = Rules::default();
    let generator = Generator::Hotp { algorithm: Algorithm::Sha1, digits: Digits::SIX, counter: 0 };
    let verifier = Verifier::new(&generator, &seed, &rules);
    let row = Row { confirmed: true, spent: Some(0), ..Row::from(&State::new(&generator)) };
    let state = State::try_from(row).unwrap();
    let theirs = theirs(Algorithm::Sha1);
    let code =
        |counter| TypedCode::new(&theirs.generate(time(counter)).to_string(), Digits::SIX).unwrap();
    for (what, code, right) in [("right", code(1), true), ("wrong", code(500), false)] {
        assert_eq!(verifier.verify(&state, &code, UnixMillis(0)).0.is_accepted(), right);
        group.bench_function(format!("SHA-1, {what}"), |b| {
            b.iter(|| verifier.verify(black_box(&state), black_box(&code), UnixMillis(0)));
        });
    }
}

/// What wiping the stack adds to each call.
fn scrub(criterion: &mut Criterion) {
    criterion.bench_function("the scrub alone", |b| b.iter(|| scrubbed(|| black_box(()))));
}

fn theirs(algorithm: Algorithm) -> totp_rs::Totp {
    let named = match algorithm {
        Algorithm::Sha1 => totp_rs::Algorithm::SHA1,
        Algorithm::Sha256 => totp_rs::Algorithm::SHA256,
        Algorithm::Sha512 => totp_rs::Algorithm::SHA512,
    };
    let builder = totp_rs::Builder::new().with_algorithm(named).with_secret(KEY.as_slice());
    builder.with_skew(1).build_noncompliant()
}

/// The Unix time in seconds at which a step begins.
fn time(step: i64) -> u64 {
    step.unsigned_abs() * 30
}
