//! The vectors of whole enrolments, on the service's side.

mod time;

use std::{fs, sync::Mutex};

use serde::Deserialize;
use warifu::{
    credential::{CredentialId, Generator, Label, Seed, UnlockPolicy},
    otp::{
        Algorithm, Digits,
        totp::{Period, Steps},
    },
    provision::{enrol::Link, pskc},
    secret::{Random, RandomFailed, Secret},
    time::UnixMillis,
};

use super::{
    Confirmation, DrawnKeys, InvalidBase, MAX_CONFIRMATION, Offer, PublicBase, Request,
    ServiceKeys, Unlock, Unreadable, Verdict, keys, sha256,
};

#[derive(Deserialize)]
struct File {
    enrolments: Vec<Case>,
    refused: Refused,
}

#[derive(Deserialize)]
struct Refused {
    requests: Vec<BadRequest>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    service_random: String,
    service_public_key: String,
    binding: String,
    activation: String,
    enrolment_id: String,
    request: String,
    package: String,
    credential: Issued,
    answer_random: String,
    answer: String,
    code: String,
    confirmation: String,
    verdicts: Vec<GoodVerdict>,
}

#[derive(Deserialize)]
struct Issued {
    credential_id: String,
    issuer: String,
    account: Option<String>,
    algorithm: String,
    digits: u8,
    t0: Option<i64>,
    period: Option<u32>,
    counter: Option<u64>,
    unlock: String,
    export: String,
    clock: Option<String>,
    code_key: String,
    sign_key: Option<String>,
    device_key: String,
}

#[derive(Deserialize)]
struct GoodVerdict {
    verdict: String,
    service_time: i64,
    bytes: String,
}

#[derive(Deserialize)]
struct BadRequest {
    name: String,
    request: String,
}

#[test]
fn a_request_opens_and_its_answer_is_that_of_the_vector() {
    for case in file().enrolments {
        let keys = service_keys(&case);
        let request = bytes(&case.request);
        let opened =
            Request::open(&keys, &request).unwrap_or_else(|why| panic!("{}: {why}", case.name));
        assert_eq!(opened.id.0.to_vec(), bytes(&case.enrolment_id), "{}", case.name);
        let binding = ["none", "operating system", "hardware"];
        assert_eq!(binding[usize::from(opened.binding)], case.binding, "{}", case.name);
        let activation = opened.activation.as_ref().map(|code| code.expose()).unwrap_or_default();
        assert_eq!(activation, case.activation, "{}", case.name);
        let random = Drawn(Mutex::new(Some(bytes(&case.answer_random))));
        let answer = opened.answer(case.package.as_bytes(), &random).unwrap();
        assert_eq!(answer, bytes(&case.answer), "{}", case.name);
    }
}

#[test]
fn a_request_that_is_none_is_refused_and_so_is_each_flipped_bit_and_each_cut() {
    let file = file();
    let keys = service_keys(&file.enrolments[0]);
    for bad in &file.refused.requests {
        let opened = Request::open(&keys, &bytes(&bad.request)).map(drop);
        assert_eq!(opened, Err(Unreadable), "{}", bad.name);
    }
    assert!(file.refused.requests.len() > 10);
    let sound = bytes(&file.enrolments[1].request);
    for at in 0..sound.len() {
        for bit in 0..8 {
            let mut flipped = sound.clone();
            flipped[at] ^= 1 << bit;
            assert!(Request::open(&keys, &flipped).is_err(), "byte {at}, bit {bit}");
        }
        assert!(Request::open(&keys, &sound[..at]).is_err());
    }
}

/// Written in another way than the vector's, it says the same.
#[test]
fn a_package_says_what_was_drawn() {
    for case in file().enrolments {
        let issued = &case.credential;
        // Accounts are the bank's to name, later.
        let expected = pskc::parse(case.package.as_bytes()).unwrap();
        let id = CredentialId::new(&issued.credential_id).unwrap();
        let seed = |key: &String| Seed::new(Secret::copy_of(&bytes(key))).unwrap();
        let drawn = DrawnKeys {
            code: seed(&issued.code_key),
            sign: issued.sign_key.as_ref().map(seed),
            device: seed(&issued.device_key),
        };
        let offer = offer(issued);
        let written = pskc::parse(&offer.package(&id, &drawn).unwrap()).unwrap();
        assert_eq!(written.names.credential_id, expected.names.credential_id);
        assert_eq!(written.names.issuer, expected.names.issuer);
        assert_eq!((written.generator, written.policy), (expected.generator, expected.policy));
        assert_eq!(written.policy.unlock == UnlockPolicy::Any, issued.unlock == "any");
        assert!(written.keys.code == expected.keys.code);
        assert!(written.keys.sign == expected.keys.sign);
        assert!(written.keys.device == expected.keys.device);
        assert!(issued.account.is_none() || expected.names.account.is_some());
    }
}

#[test]
fn a_confirmation_is_read_and_its_verdict_is_that_of_the_vector() {
    for case in file().enrolments {
        let key = Secret::copy_of(&bytes(&case.credential.device_key));
        let message = bytes(&case.confirmation);
        let confirmation = Confirmation::parse(&message).unwrap();
        assert_eq!(confirmation.id.0.to_vec(), bytes(&case.enrolment_id));
        assert_eq!(confirmation.request_digest, sha256(&bytes(&case.request)));
        assert_eq!(confirmation.code, case.code);
        assert!(confirmation.is_by(&key));
        for good in &case.verdicts {
            let verdict = match good.verdict.as_str() {
                "confirmed" => Verdict::Confirmed,
                "code wrong" => Verdict::CodeWrong,
                "ended" => Verdict::Ended,
                "later" => Verdict::Later,
                "stopped" => Verdict::Stopped,
                other => panic!("{other}"),
            };
            let told = confirmation.verdict(&key, verdict, UnixMillis(good.service_time));
            assert_eq!(told, bytes(&good.bytes), "{}: {}", case.name, good.verdict);
        }
    }
}

#[test]
fn a_confirmation_that_was_changed_anywhere_is_nobodys() {
    let case = &file().enrolments[0];
    let key = Secret::copy_of(&bytes(&case.credential.device_key));
    let message = bytes(&case.confirmation);
    assert!(message.len() <= MAX_CONFIRMATION);
    for at in 0..message.len() {
        let mut flipped = message.clone();
        flipped[at] ^= 1;
        let is_taken = Confirmation::parse(&flipped).is_ok_and(|changed| changed.is_by(&key));
        assert!(!is_taken, "byte {at}");
        assert!(!Confirmation::parse(&message[..at]).is_ok_and(|cut| cut.is_by(&key)));
    }
    assert!(!Confirmation::parse(&message).unwrap().is_by(&Secret::copy_of(&[0; 32])));
}

fn offer(issued: &Issued) -> Offer {
    let algorithm = match issued.algorithm.as_str() {
        "SHA256" => Algorithm::Sha256,
        "SHA512" => Algorithm::Sha512,
        _ => Algorithm::Sha1,
    };
    let digits = Digits::new(issued.digits).unwrap();
    let generator = match (issued.t0, issued.period, issued.counter) {
        (Some(t0), Some(period), None) => {
            let period = Period::from_secs(period).unwrap();
            Generator::Totp { algorithm, digits, steps: Steps { t0, period } }
        }
        (None, None, Some(counter)) => Generator::Hotp { algorithm, digits, counter },
        _ => panic!("neither by time nor by counter"),
    };
    Offer {
        issuer: Label::new(&issued.issuer).unwrap(),
        generator,
        signing: issued.sign_key.is_some(),
        unlock: if issued.unlock == "any" { Unlock::Any } else { Unlock::UserVerification },
        export: issued.export == "yes",
        synced_clock: issued.clock.as_deref() == Some("synced"),
        open: true,
    }
}

#[test]
fn a_base_is_what_a_token_takes() {
    for good in [
        "https://bank.example",
        "https://bank.example/token/",
        "http://127.0.0.1:8480/token",
        "https://[::1]:8480",
    ] {
        let base = PublicBase::new(good).unwrap();
        let keys = ServiceKeys::derive(&[Secret::copy_of(&[7; 32])]).unwrap();
        assert!(Link::parse(keys.link(&base, None).as_bytes()).is_ok(), "{good}");
    }
    let long = format!("https://bank.example/{}", "a".repeat(512));
    for bad in [
        "",
        "bank.example",
        "ftp://bank.example",
        "http://bank.example",
        "https://",
        "https://bank_example",
        "https://bank.example:99999",
        "https://bank.example/<path>",
        "https://bank.example?a=b",
        "https://user@bank.example",
        "https://bank.example#k=",
        "https://bank.example/\u{e9}",
        " https://bank.example",
        "https://bank.example ",
        "https://[::1",
        &long,
    ] {
        assert_eq!(PublicBase::new(bad), Err(InvalidBase), "{bad}");
    }
}

fn service_keys(case: &Case) -> ServiceKeys {
    let random = [Secret::copy_of(&[7; 32]), Secret::copy_of(&bytes(&case.service_random))];
    let keys = ServiceKeys::derive(&random).unwrap();
    assert_eq!(keys.current_public().to_vec(), bytes(&case.service_public_key));
    assert_eq!(keys::ID_LEN, 8);
    keys
}

fn file() -> File {
    serde_json::from_str(&text()).unwrap()
}

fn text() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/enrolment.json");
    fs::read_to_string(path).unwrap()
}

fn bytes(hexadecimal: &str) -> Vec<u8> {
    let pairs = hexadecimal.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// The vector's random bytes, once.
struct Drawn(Mutex<Option<Vec<u8>>>);

impl Random for Drawn {
    fn fill(&self, to: &mut [u8]) -> Result<(), RandomFailed> {
        let bytes = self.0.lock().unwrap().take().ok_or(RandomFailed)?;
        to.copy_from_slice(&bytes);
        Ok(())
    }
}
