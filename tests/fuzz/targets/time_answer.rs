//! Any bytes as the service's time, any body under its MAC, and any text as a host's `Date`.
//!
//! The first byte says which: of three, 0 the rest is the answer; 1 its body, of 17 bytes at most; 2 a date.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use warifu::{
    clock::{Stamps, TIME_ANSWER_LEN, TimeAnswerError, TimeQuery},
    credential::{CredentialId, Seed},
    secret::{Random, RandomFailed, Secret},
};
use warifu_fuzz::{
    memory,
    token::{DEVICE_KEY, mac},
    vault_file::sha256,
};

struct Asked {
    query: TimeQuery,
    key: Seed,
}

struct Zeros;

impl Random for Zeros {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomFailed> {
        bytes.fill(0);
        Ok(())
    }
}

static ASKED: LazyLock<Asked> = LazyLock::new(|| {
    let key = Seed::new(Secret::copy_of(&DEVICE_KEY)).unwrap();
    let id = CredentialId::new("WRFU12345678").unwrap();
    Asked { query: TimeQuery::new(&id, &key, &Zeros).unwrap(), key }
});

fuzz_target!(init: LazyLock::force(&ASKED), |bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else { return };
    memory::watch(8 << 10, || match kind % 3 {
        0 => judge(rest),
        1 => {
            let body = &rest[..rest.len().min(TIME_ANSWER_LEN - 32)];
            judge(&[body, &sum(body)].concat());
        }
        _ => date(rest),
    });
});

fn sum(body: &[u8]) -> Vec<u8> {
    mac(&[b"warifu time answer 1", &sha256(&ASKED.query.message), body])
}

fn judge(answer: &[u8]) {
    let read = ASKED.query.awaited.read(&ASKED.key, answer);
    if answer.len() != TIME_ANSWER_LEN {
        return assert_eq!(read, Err(TimeAnswerError::Malformed));
    }
    let (body, tag) = answer.split_at(TIME_ANSWER_LEN - 32);
    if tag != sum(body) {
        return assert_eq!(read, Err(TimeAnswerError::NotGenuine));
    }
    if body[0] != 1 {
        return assert_eq!(read, Err(TimeAnswerError::Newer));
    }
    let at = |from: usize| i64::from_be_bytes(body[from..from + 8].try_into().unwrap());
    let (received, sent) = (at(1), at(9));
    if sent < received {
        return assert_eq!(read, Err(TimeAnswerError::SentBeforeReceived));
    }
    let stamps = read.unwrap();
    assert_eq!((stamps.received.0, stamps.sent.0, stamps.resolution.0), (received, sent, 1));
}

/// What is read is a time that is written as an IMF-fixdate, which is read as the same.
fn date(text: &[u8]) {
    let Ok(text) = std::str::from_utf8(text) else { return };
    let Some(stamps) = Stamps::parse_http_date(text) else { return };
    assert!(text.trim_ascii().len() <= 64 && stamps.received == stamps.sent);
    assert_eq!((stamps.resolution.0, stamps.received.0 % 1000), (2000, 0));
    let since = std::time::Duration::from_millis(stamps.sent.0.try_into().unwrap());
    let again = httpdate::fmt_http_date(std::time::UNIX_EPOCH + since);
    assert_eq!(Stamps::parse_http_date(&again), Some(stamps));
}
