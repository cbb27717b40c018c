//! The verifier accepts what other tools make: every vector of `tests/vectors/otp.json`, which are the
//! RFCs' and oathtool's, and codes that oathtool makes while the test runs. Where oathtool is missing
//! the test fails and says so.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on is to stop"
)]

use std::{path::PathBuf, process::Command};

use serde::Deserialize;
use warifu::{
    credential::{Generator, Seed},
    otp::{
        Algorithm, Digits,
        totp::{Period, Steps},
    },
    secret::Secret,
    time::UnixMillis,
};
use warifu_verifier::{Rules, State, TypedCode, Verdict, Verifier};

#[derive(Deserialize)]
struct Vectors {
    cases: Vec<Vector>,
}

/// As `CONTRIBUTING.md` describes it.
#[derive(Deserialize)]
struct Vector {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    alg: String,
    key_hex: String,
    digits: u8,
    counter: Option<u64>,
    time: Option<i64>,
    period: Option<u32>,
    t0: Option<i64>,
    code: String,
}

#[test]
fn every_vector_is_accepted_at_its_time_and_then_no_more() {
    let folder = std::env::var_os("WARIFU_VECTORS").map(PathBuf::from);
    let folder = folder
        .unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors")));
    let file = std::fs::read(folder.join("otp.json")).unwrap();
    let vectors: Vectors = serde_json::from_slice(&file).unwrap();
    assert!(!vectors.cases.is_empty());
    for vector in vectors.cases {
        let digits = Digits::new(vector.digits).unwrap();
        let algorithm = algorithm(&vector.alg);
        let generator = match vector.kind.as_str() {
            "totp" => {
                let period = Period::from_secs(vector.period.unwrap()).unwrap();
                let steps = Steps { t0: vector.t0.unwrap(), period };
                Generator::Totp { algorithm, digits, steps }
            }
            _ => Generator::Hotp { algorithm, digits, counter: vector.counter.unwrap() },
        };
        let now = UnixMillis::from_secs(vector.time.unwrap_or_default());
        accepted_once(&vector.id, &generator, &bytes(&vector.key_hex), &vector.code, now);
    }
}

#[test]
fn what_oathtool_makes_is_accepted() {
    const KEY: &str = "3c6e0b8a9c15224a8228b9a98ca1531d11c0ffee00112233";
    for (name, algorithm) in
        [("sha1", Algorithm::Sha1), ("sha256", Algorithm::Sha256), ("sha512", Algorithm::Sha512)]
    {
        for (length, period, at) in [
            (6, 30, 1_799_999_999_i64),
            (7, 60, 2_147_483_648),
            (8, 30, 4_294_967_296),
            (6, 1, 1_800_000_007),
            (8, 86_400, 1_800_000_007),
        ] {
            let code = oathtool(&[
                &format!("--totp={name}"),
                &format!("--digits={length}"),
                &format!("--time-step-size={period}s"),
                &format!("--now=@{at}"),
                KEY,
            ]);
            let digits = Digits::new(length).unwrap();
            let steps = Steps { t0: 0, period: Period::from_secs(period).unwrap() };
            let generator = Generator::Totp { algorithm, digits, steps };
            let place = format!("{name} {length} {period} {at}");
            accepted_once(&place, &generator, &bytes(KEY), &code, UnixMillis::from_secs(at));
        }
    }
    for counter in [0, 1, 1 << 32, u64::MAX] {
        let code = oathtool(&["--hotp", "--digits=8", &format!("--counter={counter}"), KEY]);
        let (algorithm, digits) = (Algorithm::Sha1, Digits::EIGHT);
        let generator = Generator::Hotp { algorithm, digits, counter };
        accepted_once("hotp", &generator, &bytes(KEY), &code, UnixMillis(0));
    }
}

/// Confirms with the code, which then is spent.
fn accepted_once(place: &str, generator: &Generator, key: &[u8], code: &str, now: UnixMillis) {
    let (Generator::Totp { digits, .. } | Generator::Hotp { digits, .. }) = *generator;
    let seed = Seed::new(Secret::copy_of(key)).unwrap();
    let (rules, code) = (Rules::default(), TypedCode::new(code, digits).unwrap());
    let verifier = Verifier::new(generator, &seed, &rules);
    let (verdict, state) = verifier.confirm(&State::new(generator), &code, now);
    let Verdict::Accepted(accepted) = verdict else { panic!("{place}: {verdict:?}") };
    match *generator {
        Generator::Totp { steps, .. } => {
            assert_eq!(accepted.factor(), steps.at(now).unwrap().number, "{place}");
        }
        Generator::Hotp { counter, .. } => assert_eq!(accepted.factor(), counter, "{place}"),
    }
    assert_eq!(verifier.verify(&state, &code, now), (Verdict::Replayed, state), "{place}");
}

fn algorithm(name: &str) -> Algorithm {
    match name {
        "SHA1" => Algorithm::Sha1,
        "SHA256" => Algorithm::Sha256,
        "SHA512" => Algorithm::Sha512,
        other => panic!("{other}"),
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(byte).collect()
}

fn oathtool(arguments: &[&str]) -> String {
    let output = Command::new("oathtool").args(arguments).output();
    let output = output.expect("oathtool makes the codes: apt-get install oathtool");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
