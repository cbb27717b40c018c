//! Any bytes as an answer, and any package in an answer that is sealed as the service would.
//!
//! The first byte says which: even, the rest is the answer; odd, its package. Only the service's own
//! answer opens, whoever made the others; in one that opens the package is judged as if it stood alone.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warifu::{
    credential::NewCredential,
    provision::{
        enrol::{AnswerError, MAX_ANSWER, Pending, Stage},
        pskc,
    },
};
use warifu_fuzz::{
    enrolment::{ANSWERED, REQUESTED, Record, assert_same, keeps_its_promises, sealed},
    memory,
};

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else { return };
    memory::watch((64 << 10) + 8 * rest.len() + 32 * pskc::MAX_LEN, || match kind % 2 {
        0 => judge_answer(rest),
        _ => judge_package(rest),
    });
});

fn judge_answer(answer: &[u8]) {
    let mut pending = Pending::decode(REQUESTED).unwrap();
    let right = Record::read(ANSWERED).unwrap().answer;
    let expected = match answer {
        _ if answer.len() > MAX_ANSWER => AnswerError::TooLong,
        [1, ..] if answer == right => {
            pending.take_answer(answer).unwrap();
            return assert_eq!(*pending.encode(), ANSWERED);
        }
        [1, ..] if answer.len() >= 49 => AnswerError::NotForUs,
        _ => AnswerError::Malformed,
    };
    assert_eq!(pending.take_answer(answer).unwrap_err(), expected);
    assert_eq!(*pending.encode(), REQUESTED);
}

fn judge_package(package: &[u8]) {
    let mut pending = Pending::decode(REQUESTED).unwrap();
    let answer = sealed(package);
    match (pending.take_answer(&answer), pskc::parse(package)) {
        (Ok(issued), Ok(alone)) => {
            keeps_its_promises(issued.credential());
            // The package alone does not say where its service is.
            let service = issued.credential().service.clone();
            assert!(service.is_some());
            let alone = NewCredential { service, ..alone };
            assert_same(issued.credential(), &alone);
            let again = Pending::decode(&pending.encode()).unwrap();
            assert_eq!(again.stage(), Stage::Answered);
            assert_same(again.issued().unwrap().unwrap().credential(), &alone);
        }
        (Err(AnswerError::TooLong), _) if answer.len() > MAX_ANSWER => {}
        (Err(AnswerError::Package(error)), Err(alone)) => {
            assert_eq!(error, alone);
            assert_eq!(*pending.encode(), REQUESTED);
        }
        (taken, alone) => panic!("{taken:?}, alone {alone:?}"),
    }
}
