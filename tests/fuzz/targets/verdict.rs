//! Any bytes as a verdict, and any body under the service's MAC.
//!
//! The first byte says which: even, the rest is the verdict; odd, its body, of 10 bytes at most.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use warifu::provision::enrol::{VERDICT_LEN, Verdict, VerdictError};
use warifu_fuzz::{enrolment::CONFIRMED, memory};

fuzz_target!(init: LazyLock::force(&CONFIRMED), |bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else { return };
    memory::watch(8 << 10, || match kind % 2 {
        0 => judge(rest),
        _ => {
            let body = &rest[..rest.len().min(VERDICT_LEN - 32)];
            judge(&[body, &CONFIRMED.mac(body)].concat());
        }
    });
});

fn judge(verdict: &[u8]) {
    let read = CONFIRMED.awaited.read_verdict(&CONFIRMED.issued, verdict);
    if verdict.len() != VERDICT_LEN {
        return assert_eq!(read, Err(VerdictError::Malformed));
    }
    let (body, mac) = verdict.split_at(VERDICT_LEN - 32);
    if mac != CONFIRMED.mac(body) {
        return assert_eq!(read, Err(VerdictError::NotGenuine));
    }
    let verdict = match body {
        [1, 1, ..] => Verdict::Confirmed,
        [1, 2, ..] => Verdict::CodeWrong,
        [1, 3, ..] => Verdict::Ended,
        [1, 4, ..] => Verdict::Later,
        [1, 5, ..] => Verdict::Stopped,
        _ => return assert_eq!(read, Err(VerdictError::Newer)),
    };
    let judgement = read.unwrap();
    assert_eq!(judgement.verdict, verdict);
    assert_eq!(judgement.service_time.0.to_be_bytes(), body[2..]);
}
