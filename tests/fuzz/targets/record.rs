//! Any bytes as a pending record's plaintext. It is read exactly if an independent reading of
//! `docs/enrolment.md` reads it, and then written the same; its answer opens only if it is one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warifu::provision::{
    enrol::{AnswerError, Link, Pending, RecordError, Stage},
    pskc,
};
use warifu_fuzz::{
    enrolment::{ANSWERED, Record, keeps_its_promises},
    memory,
};

fuzz_target!(|bytes: &[u8]| {
    memory::watch((64 << 10) + 8 * bytes.len() + 32 * pskc::MAX_LEN, || judge(bytes));
});

fn judge(bytes: &[u8]) {
    let pending = match Pending::decode(bytes) {
        Ok(pending) => pending,
        Err(RecordError::Newer) => return assert_ne!(bytes[0], 1),
        Err(RecordError::Malformed) => {
            return assert!(bytes.first().is_none_or(|layout| *layout == 1) && !is_whole(bytes));
        }
    };
    assert!(bytes[0] == 1 && is_whole(bytes));
    assert_eq!(*pending.encode(), bytes);
    let record = Record::read(bytes).unwrap();
    assert_eq!(pending.request(), record.request);
    assert_eq!(pending.id(), record.enrolment_id);
    assert_eq!(pending.request_url().as_bytes(), [record.base, b"/enrol"].concat());
    let said = format!("{pending:?}");
    assert!(said.len() < 64 + pending.host().len() * 2, "{said}");
    match (pending.stage(), pending.issued()) {
        (Stage::Requested, Ok(None)) => {}
        (Stage::Answered, Ok(Some(issued))) => keeps_its_promises(issued.credential()),
        (Stage::Answered, Err(error)) => {
            let right = Record::read(ANSWERED).unwrap();
            let same = (record.private_key, record.psk, record.request, record.enrolment_id)
                == (right.private_key, right.psk, right.request, right.enrolment_id);
            assert!(!same || record.answer != right.answer, "{error}");
            assert_ne!(error, AnswerError::TooLong);
        }
        (stage, issued) => panic!("{stage:?}, {issued:?}"),
    }
}

/// Whether each part is as it must be.
fn is_whole(bytes: &[u8]) -> bool {
    let Some(record) = Record::read(bytes) else { return false };
    // As a link it leads to the very same place.
    let key = "#k=BEFQUBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HZAEERA";
    let is_base = Link::parse(&[record.base, key.as_bytes()].concat()).is_ok()
        && record.base.first() == Some(&b'h')
        && !record.base.ends_with(b"/")
        && host(record.base).is_some_and(|host| !host.iter().any(u8::is_ascii_uppercase));
    let is_answer = match record.stage {
        1 => record.answer.is_empty(),
        2 => (1..=16_384).contains(&record.answer.len()),
        _ => false,
    };
    is_base && is_answer
}

/// Scheme and host.
fn host(base: &[u8]) -> Option<&[u8]> {
    base.split(|byte| *byte == b'/').nth(2).map(|host| &base[..base.len().min(8 + host.len())])
}
