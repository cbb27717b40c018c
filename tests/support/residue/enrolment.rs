//! What the child does to enrol: it is interrupted once, locks, and goes on.

use std::path::Path;

use warifu::{
    provision::enrol::{self, BindingLevel},
    secret::Secret,
    token::{Errand, Error, HttpAnswer, HttpErrand, Outcome, Step, Ticket, Token},
};

use crate::{
    child::stand_still,
    life::{NOW, cost, drawn, give, passphrase, run_flow, show_codes},
    link::{self, Link},
};

pub(crate) fn enrol(link: &Link, path: &Path) {
    let address = bank_link(link);
    stand_still(link, "an enrolment link was read");
    drop(address);
    stand_still(link, "an enrolment link was forgotten");

    let words = passphrase(link, "first passphrase");
    let token = Token::create(path, &words, cost(), drawn(link)).unwrap();
    drop(words);
    let flow = token.enrolment().begin(bank_link(link), BindingLevel::None, NOW);
    let (ticket, request) = to_post(flow.step(NOW));
    stand_still(link, "unlocked: a request waits for its answer");
    let answer = post(link, request);
    let (_, confirmation) = to_post(flow.answer(ticket, answer, NOW));
    stand_still(link, "unlocked: a confirmation waits for its verdict");
    drop(confirmation);
    flow.abandon();
    assert!(token.enrolment().pending().unwrap().unwrap().answered.is_some());
    stand_still(link, "unlocked: an enrolment is pending");
    token.lock();
    stand_still(link, "after an interrupted enrolment");

    token.unlock(&passphrase(link, "first passphrase")).unwrap();
    let enrolled = run_flow(link, &token.enrolment().resume(NOW));
    assert!(matches!(enrolled, Ok(Outcome::Enrolled(_))), "{enrolled:?}");
    stand_still(link, "unlocked: enrolled");
    show_codes(link, &token);
    stand_still(link, "unlocked: codes of what was enrolled");
    token.lock();
    stand_still(link, "after the enrolment's lock");
}

/// Has the parent carry it.
pub(crate) fn post(link: &Link, errand: HttpErrand) -> HttpAnswer {
    link.send(link::POST, errand.url.as_bytes());
    let (_, body) = link.ask(link::BYTES, errand.body.expose());
    HttpAnswer::from((200, Secret::from_zeroizing(body)))
}

fn bank_link(link: &Link) -> enrol::Link {
    enrol::Link::parse(&give(link, "enrolment link")).unwrap()
}

fn to_post(step: Result<Step, Error>) -> (Ticket, HttpErrand) {
    match step {
        Ok(Step::Ask { ticket, errand: Errand::Http(errand) }) => (ticket, errand),
        other => panic!("{other:?}"),
    }
}
