//! Locks, newer flows and other processes in the middle of an enrolment.

use super::*;

/// The flow at its request of this number, which has been answered and not handed in.
fn at_exchange(bench: &mut Bench, flow: &Flow, number: usize) -> (Ticket, HttpAnswer) {
    let mut step = flow.step(bench.now);
    for exchange in 1.. {
        let (ticket, errand) = asked(step);
        let reply = answered(Some(bench.service.post(&errand.url, errand.body.expose())));
        if exchange == number {
            return (ticket, reply);
        }
        step = flow.answer(ticket, reply, bench.now);
    }
    unreachable!()
}

fn refused(step: Result<Step, Error>) -> Error {
    step.unwrap_err()
}

#[test]
fn a_lock_wins_and_after_an_unlock_it_goes_on() {
    for exchange in 1..=2 {
        let (mut bench, token) = Bench::new();
        let flow = bench.begin(&token);
        let (ticket, answer) = at_exchange(&mut bench, &flow, exchange);
        token.lock();
        token.unlock(&passphrase(OLD)).unwrap();
        assert_eq!(refused(flow.answer(ticket, answer, bench.now)), Error::Locked);
        assert!(token.entries().list().unwrap().is_empty());
        let flow = bench.resume(&token);
        assert!(matches!(bench.run(&flow), Ok(Outcome::Enrolled(_))));
        assert_one_credential(&bench, &token);
    }
}

#[test]
fn a_newer_flow_and_a_discard_make_the_older_stale() {
    for exchange in 1..=2 {
        let (mut bench, token) = Bench::new();
        let older = bench.begin(&token);
        let (ticket, answer) = at_exchange(&mut bench, &older, exchange);
        let newer = bench.resume(&token);
        assert_eq!(refused(older.answer(ticket, answer, bench.now)), Misuse::Stale.into());
        let (ticket, answer) = at_exchange(&mut bench, &newer, 1);
        token.enrolment().discard().unwrap();
        assert_eq!(refused(newer.answer(ticket, answer, bench.now)), Misuse::Stale.into());
        assert!(token.entries().list().unwrap().is_empty());
        assert_eq!(bench.open().enrolment().pending(), Ok(None));
    }
}

#[test]
fn what_another_process_discards_or_finishes_is_not_done_again() {
    for exchange in 1..=2 {
        for finishes in [false, true] {
            let (mut bench, token) = Bench::new();
            let flow = bench.begin(&token);
            let (ticket, answer) = at_exchange(&mut bench, &flow, exchange);
            let other = bench.open();
            if finishes {
                let flow = bench.resume(&other);
                assert!(matches!(bench.run(&flow), Ok(Outcome::Enrolled(_))));
            } else {
                other.enrolment().discard().unwrap();
            }
            let changed = vault::Error::Changed.into();
            assert_eq!(refused(flow.answer(ticket, answer, bench.now)), changed);
            token.refresh().unwrap();
            assert_eq!(token.enrolment().pending(), Ok(None));
            assert_eq!(token.entries().list().unwrap().len(), usize::from(finishes));
        }
    }
}

#[test]
fn what_another_process_has_brought_forward_is_gone_on_with() {
    let (mut bench, token) = Bench::new();
    let flow = bench.begin(&token);
    let (ticket, answer) = at_exchange(&mut bench, &flow, 1);
    let other = bench.open();
    let ahead = bench.resume(&other);
    assert_eq!(bench.run_disturbed(&ahead, 2, Net::RequestLost), failed(UNREACHABLE));
    // Both have the answer now.
    let (ticket, errand) = asked(flow.answer(ticket, answer, bench.now));
    let reply = bench.service.post(&errand.url, errand.body.expose());
    let done = flow.answer(ticket, answered(Some(reply)), bench.now);
    assert!(matches!(done, Ok(Step::Done(Outcome::Enrolled(_)))), "{done:?}");
    assert_one_credential(&bench, &token);
}

#[test]
fn another_enrolment_that_began_meanwhile_is_not_mixed_up_with_this_one() {
    for exchange in 1..=2 {
        let (mut bench, token) = Bench::new();
        let flow = bench.begin(&token);
        let (ticket, answer) = at_exchange(&mut bench, &flow, exchange);
        let other = bench.open();
        other.enrolment().discard().unwrap();
        let begun = bench.begin(&other);
        asked(begun.step(bench.now));
        let changed = vault::Error::Changed.into();
        assert_eq!(refused(flow.answer(ticket, answer, bench.now)), changed);
        // The other goes on undisturbed.
        let flow = bench.resume(&other);
        assert!(matches!(bench.run(&flow), Ok(Outcome::Enrolled(_))));
        assert_eq!(other.entries().list().unwrap().len(), 1);
    }
}

#[test]
fn a_credential_that_is_there_already_is_told_before_it_is_confirmed() {
    let (mut bench, token) = Bench::new();
    let flow = bench.begin(&token);
    assert_eq!(bench.run_disturbed(&flow, 2, Net::RequestLost), failed(UNREACHABLE));
    let id = *bench.service.rows.first_key_value().unwrap().0;
    let mut twin = totp("by a link");
    twin.keys.code = Seed::new(Secret::copy_of(&Service::code_key(&id))).unwrap();
    let existing = token.entries().add(twin).unwrap().id;
    let flow = bench.resume(&token);
    assert_eq!(bench.run(&flow), Err(Error::Duplicate { existing }));
    assert_eq!(bench.service.active(), 0);
    token.entries().remove(existing).unwrap();
    let flow = bench.resume(&token);
    assert!(matches!(bench.run(&flow), Ok(Outcome::Enrolled(_))));
    assert_one_credential(&bench, &token);
}
