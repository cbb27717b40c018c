//! Any bytes as a question for the time, and any body under the token's MAC, on the service's side.
//!
//! The first byte says which: even, the rest is the message; odd, its body. What is read is exactly what
//! the page has, and is by the token if its MAC is; the answer to it is under the device key.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warifu::{secret::Secret, time::UnixMillis};
use warifu_fuzz::{
    memory,
    token::{DEVICE_KEY, mac},
    vault_file::sha256,
};
use warifu_issuer::{MAX_TIME_QUERY, Stamps, TimeQuery, Unreadable};

const MAC_LEN: usize = 32;
const NONCE_LEN: usize = 16;
const RECEIVED: UnixMillis = UnixMillis(-1_234_567_890_123);
const SENT: UnixMillis = UnixMillis(1_234_567_890_123);

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else { return };
    memory::watch((8 << 10) + 4 * rest.len(), || match kind % 2 {
        0 => judge(rest),
        _ => judge(&[rest, &mac(&[b"warifu time 1", rest])].concat()),
    });
});

fn judge(message: &[u8]) {
    let query = match TimeQuery::parse(message) {
        Ok(query) => query,
        Err(Unreadable) => return assert!(!is_sound(message)),
    };
    assert!(is_sound(message));
    let (body, sum) = message.split_at(message.len() - MAC_LEN);
    assert_eq!(query.credential_id.as_str().as_bytes(), &body[2..body.len() - NONCE_LEN]);
    assert_eq!(format!("{query:?}"), "TimeQuery { .. }", "something is printed");

    let key = Secret::copy_of(&DEVICE_KEY);
    assert_eq!(query.is_by(&key), sum == mac(&[b"warifu time 1", body]));
    assert!(!query.is_by(&Secret::copy_of(&[0; 32])));
    let stamps = Stamps::new(RECEIVED, SENT).expect("in order");
    let head = [&[1], &RECEIVED.0.to_be_bytes()[..], &SENT.0.to_be_bytes()].concat();
    let sum = mac(&[b"warifu time answer 1", &sha256(message), &head]);
    assert_eq!(query.answer(&key, &stamps), [head, sum.to_vec()].concat());
}

/// `docs/enrolment.md`, "The time".
fn is_sound(message: &[u8]) -> bool {
    let Some(id_len) = message.len().checked_sub(2 + NONCE_LEN + MAC_LEN) else {
        return false;
    };
    message.len() <= MAX_TIME_QUERY
        && message[0] == 1
        && usize::from(message[1]) == id_len
        && (4..=32).contains(&id_len)
        && message[2..2 + id_len].iter().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9'))
}
