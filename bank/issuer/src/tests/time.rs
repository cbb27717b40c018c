//! The vectors of questions for the time, and what any bytes are read as.

use proptest::{collection::vec, prelude::*};
use serde::Deserialize;
use warifu::{secret::Secret, time::UnixMillis};

use super::{bytes, text};
use crate::{MAX_TIME_QUERY, Stamps, SteppedBack, TimeQuery, Unreadable, mac};

#[derive(Deserialize)]
struct File {
    times: Vec<Asked>,
    refused: Refused,
}

#[derive(Deserialize)]
struct Asked {
    credential_id: String,
    device_key: String,
    nonce: String,
    message: String,
    answers: Vec<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    received: i64,
    sent: i64,
    bytes: String,
}

#[derive(Deserialize)]
struct Refused {
    time_queries: Vec<BadQuery>,
}

#[derive(Deserialize)]
struct BadQuery {
    name: String,
    message: String,
    error: String,
}

#[test]
fn a_message_is_read_and_each_answer_to_it_is_that_of_the_vector() {
    let asked = file().times;
    assert!(asked.len() > 2);
    for Asked { credential_id, device_key, nonce, message, answers } in asked {
        let (key, message) = (key(&device_key), bytes(&message));
        let query = TimeQuery::parse(&message).unwrap();
        assert_eq!(query.credential_id.as_str(), credential_id);
        assert!(query.is_by(&key), "{credential_id}");
        assert_eq!(message, signed(&key, &body(credential_id.as_bytes(), &bytes(&nonce))));
        for Answer { received, sent, bytes: answer } in answers {
            let stamps = Stamps::new(UnixMillis(received), UnixMillis(sent)).unwrap();
            assert_eq!(query.answer(&key, &stamps), bytes(&answer), "{credential_id}: {sent}");
        }
    }
}

#[test]
fn a_message_that_is_none_is_not_read_and_one_that_was_changed_is_nobodys() {
    let File { times, refused } = file();
    let key = key(&times[0].device_key);
    for BadQuery { name, message, error } in &refused.time_queries {
        let message = bytes(message);
        match (TimeQuery::parse(&message), error.as_str()) {
            (Err(Unreadable), "malformed") => {}
            (Ok(query), "not genuine") => assert!(!query.is_by(&key), "{name}"),
            (read, _) => panic!("{name}: {read:?}"),
        }
    }
    assert!(refused.time_queries.len() > 70);
}

#[test]
fn a_clock_that_stepped_back_tells_no_time() {
    let stamps = |received, sent| Stamps::new(UnixMillis(received), UnixMillis(sent));
    assert_eq!(stamps(8, 7), Err(SteppedBack));
    assert_eq!(stamps(i64::MAX, i64::MIN), Err(SteppedBack));
    assert!(stamps(7, 7).is_ok() && stamps(i64::MIN, i64::MAX).is_ok());
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_are_what_is_read_of_them(message in vec(any::<u8>(), 0..=100)) {
        holds(&message)?;
    }

    /// Near to what is read: each part is right more often than not.
    #[test]
    fn what_is_nearly_a_message_is_refused_or_is_what_is_read_of_it(
        version in prop_oneof![9 => Just(1_u8), 1 => any::<u8>()],
        id in prop_oneof![9 => "[A-Z0-9]{4,32}", 1 => "[A-Z0-9]{0,40}", 1 => "[ -~]{4,32}"],
        longer in prop_oneof![9 => Just(0_u8), 1 => 0_u8..=3],
        nonce in prop_oneof![9 => vec(any::<u8>(), 16), 1 => vec(any::<u8>(), 14..=18)],
    ) {
        let length = u8::try_from(id.len()).unwrap().saturating_add(longer);
        let body = [&[version, length], id.as_bytes(), &nonce].concat();
        holds(&signed(&Secret::copy_of(&[7; 32]), &body))?;
    }

    #[test]
    fn whatever_the_id_and_the_nonce_are_the_message_is_read_and_no_other_key_made_it(
        id in "[A-Z0-9]{4,32}", nonce in vec(any::<u8>(), 16),
    ) {
        let (key, other) = (Secret::copy_of(&[7; 32]), Secret::copy_of(&[8; 32]));
        let message = signed(&key, &body(id.as_bytes(), &nonce));
        let query = TimeQuery::parse(&message).unwrap();
        prop_assert_eq!(query.credential_id.as_str(), id);
        prop_assert!(query.is_by(&key) && !query.is_by(&other));
    }
}

/// What is read, written again, is the message; and what is not read is none by the page's own words.
fn holds(message: &[u8]) -> Result<(), TestCaseError> {
    let split = message.len().checked_sub(32).map(|at| message.split_at(at));
    let Ok(query) = TimeQuery::parse(message) else {
        let is_sound = split.is_some_and(|(body, _)| is_sound(body));
        prop_assert!(!is_sound);
        return Ok(());
    };
    let (read, mac) = split.unwrap();
    let nonce = read.last_chunk::<16>().unwrap();
    let written = body(query.credential_id.as_str().as_bytes(), nonce);
    prop_assert_eq!([&written, mac].concat(), message);
    prop_assert!(message.len() <= MAX_TIME_QUERY);
    Ok(())
}

/// `docs/enrolment.md`, "The time".
fn is_sound(body: &[u8]) -> bool {
    let Some((head, id)) = body.split_at_checked(2) else { return false };
    let Some(length) = id.len().checked_sub(16) else { return false };
    let id = &id[..length];
    head == [1, u8::try_from(length).unwrap_or(0)]
        && (4..=32).contains(&length)
        && id.iter().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9'))
}

fn body(id: &[u8], nonce: &[u8]) -> Vec<u8> {
    [&[1, u8::try_from(id.len()).unwrap()], id, nonce].concat()
}

fn signed(key: &Secret, body: &[u8]) -> Vec<u8> {
    [body, mac(key, &[b"warifu time 1", body]).as_ref()].concat()
}

fn key(hexadecimal: &str) -> Secret {
    Secret::copy_of(&bytes(hexadecimal))
}

fn file() -> File {
    serde_json::from_str(&text()).unwrap()
}
