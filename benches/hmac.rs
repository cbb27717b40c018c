//! HMAC backends for one-time codes, side by side: `ring`, RustCrypto and `totp-rs`.
//!
//! `cargo bench --bench hmac`; `docs/performance.md` has the figures and what was made of them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::{hint::black_box, path::Path, sync::Arc};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use hmac::{Hmac, KeyInit, Mac, digest::block_api::EagerHash};
use warifu::{
    credential::{Generator, Keys, Label, Names, NewCredential, Origin, Policy, Seed},
    otp::{Algorithm, Digits, totp},
    secret::{Secret, SystemRandom, scrubbed},
    time::{BootId, DeviceTime, UnixMillis, Uptime},
    token::Token,
    vault::{KdfParams, Passphrase},
};

criterion_group!(benches, one_code, a_screen_of_100);
criterion_main!(benches);

const ALGORITHMS: [(Algorithm, &str); 3] =
    [(Algorithm::Sha1, "SHA-1"), (Algorithm::Sha256, "SHA-256"), (Algorithm::Sha512, "SHA-512")];

/// One code of six digits from a seed of 20, 32 or 64 bytes.
fn one_code(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one code");
    for (algorithm, name) in ALGORITHMS {
        let seed = seed(algorithm);
        let theirs = theirs(algorithm);
        let id = |backend| BenchmarkId::new(backend, name);
        group.bench_function(id("ring"), |b| b.iter(|| with_ring(algorithm, black_box(&seed), 7)));
        group.bench_function(id("RustCrypto"), |b| {
            b.iter(|| with_rust_crypto(algorithm, black_box(&seed), 7));
        });
        group.bench_function(id("totp-rs"), |b| b.iter(|| black_box(&theirs).generate(210)));
        let seed = Secret::copy_of(&seed);
        let ours = |seed: &Secret| totp::code(seed, algorithm, Digits::SIX, 7);
        group.bench_function(id("warifu"), |b| b.iter(|| ours(black_box(&seed))));
        group.bench_function(id("warifu, scrubbed"), |b| {
            b.iter(|| scrubbed(|| ours(black_box(&seed))));
        });
    }
}

/// The codes of a screen: the code and the next one of each of 100 entries.
fn a_screen_of_100(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("the codes of 100 entries");
    // A third of each hash.
    let each = || ALGORITHMS.iter().cycle().take(100).map(|&(algorithm, _)| algorithm);
    let seeds: Vec<_> = each().map(|algorithm| (algorithm, seed(algorithm))).collect();
    let both = |code: &dyn Fn(Algorithm, &[u8], u64) -> u32| {
        seeds.iter().fold(0_u32, |sum, (algorithm, seed)| {
            sum ^ code(*algorithm, seed, 7) ^ code(*algorithm, seed, 8)
        })
    };
    group.bench_function("ring", |b| b.iter(|| both(&with_ring)));
    group.bench_function("RustCrypto", |b| b.iter(|| both(&with_rust_crypto)));
    let theirs: Vec<_> = each().map(theirs).collect();
    group.bench_function("totp-rs", |b| {
        b.iter(|| {
            for totp in &theirs {
                black_box((totp.generate(210), totp.generate(240)));
            }
        });
    });
    let folder = tempfile::tempdir().unwrap();
    let token = token(folder.path(), &seeds);
    group.bench_function("warifu, the whole screen", |b| b.iter(|| token.screen(NOW).unwrap()));
}

/// The whole of what a tick costs: every record is opened, two codes are made of each, and the stack
/// is scrubbed.
fn token(folder: &Path, seeds: &[(Algorithm, Vec<u8>)]) -> Token {
    let words = Passphrase::new(b"correct horse battery").unwrap();
    let cost = KdfParams::new(8, 1, 1).unwrap();
    let random = Arc::new(SystemRandom::new());
    let token = Token::create(&folder.join("vault"), &words, cost, random).unwrap();
    for (place, (algorithm, seed)) in seeds.iter().enumerate() {
        let names = Names {
            issuer: None,
            account: Some(Label::new(&place.to_string()).unwrap()),
            credential_id: None,
        };
        let code = Seed::new(Secret::copy_of(seed)).unwrap();
        let keys = Keys { code, sign: None, device: None };
        // Two entries of the same key would be the same credential but for their periods.
        let period = totp::Period::from_secs(30 + u32::try_from(place).unwrap()).unwrap();
        let steps = totp::Steps { t0: 0, period };
        let generator = Generator::Totp { algorithm: *algorithm, digits: Digits::SIX, steps };
        let (origin, policy) = (Origin::Otpauth, Policy::default());
        token
            .entries()
            .add(NewCredential { names, keys, generator, origin, policy, service: None })
            .unwrap();
    }
    token
}

const NOW: DeviceTime = DeviceTime {
    wall: UnixMillis::from_secs(1_800_000_000),
    uptime: Uptime(0),
    boot: BootId([0; 16]),
};

fn with_ring(algorithm: Algorithm, seed: &[u8], counter: u64) -> u32 {
    let algorithm = match algorithm {
        Algorithm::Sha1 => ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Algorithm::Sha256 => ring::hmac::HMAC_SHA256,
        Algorithm::Sha512 => ring::hmac::HMAC_SHA512,
    };
    let key = ring::hmac::Key::new(algorithm, seed);
    truncate(ring::hmac::sign(&key, &counter.to_be_bytes()).as_ref())
}

fn with_rust_crypto(algorithm: Algorithm, seed: &[u8], counter: u64) -> u32 {
    fn mac<H: EagerHash>(seed: &[u8], counter: u64) -> u32
    where
        Hmac<H>: KeyInit + Mac,
    {
        let mac = <Hmac<H> as KeyInit>::new_from_slice(seed).unwrap();
        truncate(&mac.chain_update(counter.to_be_bytes()).finalize().into_bytes())
    }
    match algorithm {
        Algorithm::Sha1 => mac::<sha1::Sha1>(seed, counter),
        Algorithm::Sha256 => mac::<sha2::Sha256>(seed, counter),
        Algorithm::Sha512 => mac::<sha2::Sha512>(seed, counter),
    }
}

/// RFC 4226, section 5.3, for six digits.
fn truncate(mac: &[u8]) -> u32 {
    let offset = usize::from(mac.last().unwrap() & 0x0f);
    let word: [u8; 4] = mac[offset..][..4].try_into().unwrap();
    (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000
}

fn seed(algorithm: Algorithm) -> Vec<u8> {
    let len = match algorithm {
        Algorithm::Sha1 => 20,
        Algorithm::Sha256 => 32,
        Algorithm::Sha512 => 64,
    };
    (1..=len).collect()
}

fn theirs(algorithm: Algorithm) -> totp_rs::Totp {
    let named = match algorithm {
        Algorithm::Sha1 => totp_rs::Algorithm::SHA1,
        Algorithm::Sha256 => totp_rs::Algorithm::SHA256,
        Algorithm::Sha512 => totp_rs::Algorithm::SHA512,
    };
    let builder = totp_rs::Builder::new().with_algorithm(named).with_secret(seed(algorithm));
    builder.build().unwrap()
}
