//! Any bytes as a confirmation, and any body under the token's MAC, on the service's side.
//!
//! The first byte says which: even, the rest is the message; odd, its body. What is read is exactly what
//! the page has, and is by the token if its MAC is; each verdict on it is under the device key.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warifu::{secret::Secret, time::UnixMillis};
use warifu_fuzz::{
    memory,
    token::{DEVICE_KEY, mac},
    vault_file::sha256,
};
use warifu_issuer::{Confirmation, MAX_CONFIRMATION, Unreadable, Verdict};

const MAC_LEN: usize = 32;
const NOW: UnixMillis = UnixMillis(-1_234_567_890_123);

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else { return };
    memory::watch((8 << 10) + 4 * rest.len(), || match kind % 2 {
        0 => judge(rest),
        _ => judge(&[rest, &mac(&[b"warifu confirm 1", rest])].concat()),
    });
});

fn judge(message: &[u8]) {
    let confirmation = match Confirmation::parse(message) {
        Ok(confirmation) => confirmation,
        Err(Unreadable) => return assert!(!is_sound(message)),
    };
    assert!(is_sound(message));
    let (body, sum) = message.split_at(message.len() - MAC_LEN);
    assert_eq!(confirmation.id.0, body[1..17]);
    assert_eq!(confirmation.request_digest, body[17..49]);
    assert_eq!(confirmation.code.as_bytes(), &body[66..]);
    let said = format!("Confirmation {{ id: {:?}, .. }}", confirmation.id);
    assert_eq!(format!("{confirmation:?}"), said, "more is printed than the ID");

    let key = Secret::copy_of(&DEVICE_KEY);
    assert_eq!(confirmation.is_by(&key), sum == mac(&[b"warifu confirm 1", body]));
    assert!(!confirmation.is_by(&Secret::copy_of(&[0; 32])));
    let verdicts =
        [Verdict::Confirmed, Verdict::CodeWrong, Verdict::Ended, Verdict::Later, Verdict::Stopped];
    for (number, verdict) in (1..).zip(verdicts) {
        let head = [&[1, number], NOW.0.to_be_bytes().as_slice()].concat();
        let sum = mac(&[b"warifu confirm answer 1", &sha256(message), &head]);
        assert_eq!(confirmation.verdict(&key, verdict, NOW), [head, sum].concat());
    }
}

/// `docs/enrolment.md`, "The confirmation".
fn is_sound(message: &[u8]) -> bool {
    let Some(body) = message.len().checked_sub(MAC_LEN).map(|len| &message[..len]) else {
        return false;
    };
    message.len() <= MAX_CONFIRMATION
        && body.len() >= 66
        && body[0] == 1
        && (6..=10).contains(&body[65])
        && body.len() == 66 + usize::from(body[65])
        && body[66..].iter().all(u8::is_ascii_digit)
}
