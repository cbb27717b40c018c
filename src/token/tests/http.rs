//! Flows that ask the network, and flows that ask both it and the key store.

use std::sync::{Arc, Mutex};

use super::*;
use crate::{
    time::Millis,
    token::{
        Answer, Errand, Flow, HttpAnswer, HttpErrand, HttpFailure, HttpMethod, Outcome, Step,
        Ticket, errand::Platform, flow::FlowKind,
    },
    vault::{KeyAnswer, KeyName, SlotId},
};

const KEY: KeyName = KeyName { vault: [1; 16], slot: SlotId([2; 8]), number: 3 };

fn token() -> Token {
    create_on(disk::SimDisk::empty(), "correct horse battery").unwrap()
}

fn request() -> HttpErrand {
    HttpErrand {
        method: HttpMethod::Post,
        url: "https://bank.example/token/enrol".to_owned(),
        content_type: "application/octet-stream".to_owned(),
        body: Secret::copy_of(b"271828"),
        max_response: 4,
        timeout: Millis(30_000),
    }
}

/// Sends a request, and deletes a key if its answer is 200.
fn begin(token: &Token, heard: Arc<Mutex<Option<HttpAnswer>>>) -> Flow {
    Flow::begin(&token.shared, FlowKind::Enrol, at(NOON), |_, platform| async move {
        let Platform { keys, http } = platform;
        let answer = http.send(request()).await?;
        let is_good = matches!(answer, HttpAnswer::Response { status: 200, .. });
        *heard.lock().unwrap() = Some(answer);
        if is_good {
            keys.delete(KEY).await?;
        }
        Ok(Outcome::Removed)
    })
}

fn asked(step: Result<Step, Error>) -> (Ticket, Errand) {
    match step {
        Ok(Step::Ask { ticket, errand }) => (ticket, errand),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_flow_asks_the_network_and_then_the_key_store() {
    let (token, heard) = (token(), Arc::default());
    let flow = begin(&token, Arc::clone(&heard));
    let (ticket, errand) = asked(flow.step(at(NOON)));
    assert_eq!(errand, Errand::Http(request()));
    let good = || HttpAnswer::from((200, Secret::copy_of(b"1234")));
    let (ticket, errand) = asked(flow.answer(ticket, good(), at(NOON)));
    assert!(matches!(errand, Errand::Key(_)), "{errand:?}");
    assert_eq!(flow.answer(ticket, KeyAnswer::Done, at(NOON)), Ok(Step::Done(Outcome::Removed)));
    assert_eq!(heard.lock().unwrap().take(), Some(good()));
}

#[test]
fn a_body_longer_than_was_asked_for_is_no_response_though_the_carrier_let_it_through() {
    let (token, heard) = (token(), Arc::default());
    let flow = begin(&token, Arc::clone(&heard));
    let (ticket, _) = asked(flow.step(at(NOON)));
    let long = HttpAnswer::from((200, Secret::copy_of(b"12345")));
    assert_eq!(flow.answer(ticket, long, at(NOON)), Ok(Step::Done(Outcome::Removed)));
    assert_eq!(heard.lock().unwrap().take(), Some(HttpAnswer::Failed(HttpFailure::TooLarge)));
}

#[test]
fn an_answer_of_the_wrong_sort_ends_the_flow() {
    let wrong: Error = vault::Error::WrongAnswer.into();
    let good = || HttpAnswer::from((200, Secret::copy_of(b"")));
    let token = token();

    let (flow, key) = (begin(&token, Arc::default()), KeyAnswer::Bytes(Secret::copy_of(b"key")));
    let (ticket, _) = asked(flow.step(at(NOON)));
    assert_eq!(flow.answer(ticket, key, at(NOON)), Err(wrong));

    let flow = begin(&token, Arc::default());
    let (ticket, _) = asked(flow.step(at(NOON)));
    let (ticket, _) = asked(flow.answer(ticket, good(), at(NOON)));
    assert_eq!(flow.answer(ticket, good(), at(NOON)), Err(wrong));
}

#[test]
fn requests_and_answers_print_the_lengths_of_their_bodies_alone() {
    let answer = Answer::Http(HttpAnswer::from((200, Secret::copy_of(b"271828"))));
    for printed in [format!("{:?}", request()), format!("{answer:?}"), format!("{answer:#?}")] {
        assert!(printed.contains("6 bytes"), "{printed}");
        assert!(!printed.contains("271828") && !printed.contains("50, 55"), "{printed}");
    }
}
