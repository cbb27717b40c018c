//! Every message of the vectors' first enrolment: changed in any bit or cut anywhere, it is refused.

use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use warifu::{
    otp::{Algorithm, Digits, hotp},
    provision::enrol::{
        AnswerError, AwaitedVerdict, Issued, Pending, RecordError, Stage, VerdictError,
    },
    secret::{Random, RandomFailed},
};

/// What is needed of a vector.
#[derive(Deserialize)]
pub(crate) struct Enrolment {
    pub(crate) package: String,
    record_requested: String,
    record_answered: String,
    answer: String,
    time: u64,
    nonce: String,
    confirmation: String,
    verdicts: Vec<Verdict>,
}

#[derive(Deserialize)]
struct Verdict {
    bytes: String,
}

#[test]
fn an_answer_that_is_changed_or_cut_is_refused_and_nothing_is_kept() {
    let first = first();
    let (record, answer) = (bytes(&first.record_requested), bytes(&first.answer));
    let mut pending = Pending::decode(&record).unwrap();
    let cuts = (0..answer.len()).map(|len| answer[..len].to_vec());
    for wrong in flips(&answer).chain(cuts) {
        let expected = if wrong.len() < 49 || wrong[0] != 1 {
            AnswerError::Malformed
        } else {
            AnswerError::NotForUs
        };
        assert_eq!(pending.take_answer(&wrong).unwrap_err(), expected);
        assert_eq!((pending.stage(), pending.encode().as_slice()), (Stage::Requested, &record[..]));
    }
    assert!(pending.take_answer(&answer).is_ok());
    assert_eq!(*pending.encode(), bytes(&first.record_answered));
}

#[test]
fn a_verdict_that_is_changed_or_cut_or_longer_is_refused() {
    let (issued, awaited) = confirmed();
    for verdict in first().verdicts {
        let verdict = bytes(&verdict.bytes);
        for wrong in flips(&verdict) {
            assert_eq!(awaited.read_verdict(&issued, &wrong), Err(VerdictError::NotGenuine));
        }
        let long = verdict.repeat(2);
        for len in (0..long.len()).filter(|len| *len != verdict.len()) {
            let wrong = &long[..len];
            assert_eq!(awaited.read_verdict(&issued, wrong), Err(VerdictError::Malformed));
        }
        assert!(awaited.read_verdict(&issued, &verdict).is_ok());
    }
}

#[test]
fn a_record_that_is_cut_or_longer_is_refused_and_one_that_is_changed_is_read_as_it_is_or_refused() {
    let first = first();
    for record in [bytes(&first.record_requested), bytes(&first.record_answered)] {
        assert_eq!(Pending::decode(&[]).unwrap_err(), RecordError::Malformed);
        for len in 1..record.len() {
            assert_eq!(Pending::decode(&record[..len]).unwrap_err(), RecordError::Malformed);
        }
        let longer = [record.as_slice(), &[0]].concat();
        assert_eq!(Pending::decode(&longer).unwrap_err(), RecordError::Malformed);
        for (at, wrong) in flips(&record).enumerate() {
            match Pending::decode(&wrong) {
                // The first byte is the layout.
                Err(error) => assert_eq!(error == RecordError::Newer, at < 8),
                Ok(pending) => {
                    assert_eq!(*pending.encode(), wrong);
                    assert_eq!(pending.stage() == Stage::Answered, wrong[1] == 2);
                }
            }
        }
    }
}

/// The credential, and what a verdict on its confirmation must fit.
fn confirmed() -> (Issued, AwaitedVerdict) {
    let first = first();
    let mut pending = Pending::decode(&bytes(&first.record_requested)).unwrap();
    let issued = pending.take_answer(&bytes(&first.answer)).unwrap();
    // The step before that of the vector's time.
    let key = issued.credential().keys.code.secret();
    let code = hotp::code(key, Algorithm::Sha1, Digits::SIX, first.time / 30 - 1);
    let random = Nonce(bytes(&first.nonce));
    let confirmation = pending.confirmation(&issued, &code, &random).unwrap();
    assert_eq!(confirmation.message.expose(), bytes(&first.confirmation));
    (issued, confirmation.awaited)
}

struct Nonce(Vec<u8>);

impl Random for Nonce {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomFailed> {
        bytes.copy_from_slice(&self.0);
        Ok(())
    }
}

/// The bytes with each bit of them turned, one at a time.
fn flips(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len() * 8).map(move |bit| {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        flipped
    })
}

pub(crate) fn first() -> Enrolment {
    #[derive(Deserialize)]
    struct File {
        enrolments: Vec<Enrolment>,
    }
    let file: File = serde_json::from_str(include_str!("../../vectors/enrolment.json")).unwrap();
    file.enrolments.into_iter().next().unwrap()
}

pub(crate) fn sha256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

fn bytes(hexadecimal: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&hexadecimal[at..at + 2], 16).unwrap();
    (0..hexadecimal.len()).step_by(2).map(byte).collect()
}
