//! Each message lost, cut or repeated, each side killed at each point, each call of the disk failing:
//! after a retry there is one credential on both sides.

use std::{collections::HashSet, io::ErrorKind};

use super::{
    super::{
        dice::Dice,
        disk::{Call, Fault, Platter, When},
        power_cut::{Effort, power_cuts},
    },
    *,
};

const BRIEF: Effort = Effort { every_subset_of: 5, samples: 40 };

/// As a customer goes on: with what is pending, or from the beginning if nothing came of it.
fn finish(bench: &mut Bench, token: &Token) {
    token.refresh().unwrap();
    if token.enrolment().pending().unwrap().is_some() {
        let flow = bench.resume(token);
        assert!(matches!(bench.run(&flow), Ok(Outcome::Enrolled(_))));
    } else if token.entries().list().unwrap().is_empty() {
        let flow = bench.begin(token);
        assert!(matches!(bench.run(&flow), Ok(Outcome::Enrolled(_))));
    }
    assert_one_credential(bench, token);
}

#[test]
fn whatever_the_network_does_to_a_message_there_is_one_credential_after_a_retry() {
    for at in 1..=2 {
        for net in [Net::Repeated, Net::RequestLost, Net::AnswerLost, Net::AnswerCut] {
            for dies in [false, true] {
                let (mut bench, mut token) = Bench::new();
                let flow = bench.begin(&token);
                let first = bench.run_disturbed(&flow, at, net);
                match net {
                    Net::Whole | Net::Repeated => assert!(first.is_ok(), "{at} {first:?}"),
                    Net::RequestLost | Net::AnswerLost => assert_eq!(first, failed(UNREACHABLE)),
                    Net::AnswerCut => assert_eq!(first, failed(EnrolmentError::NotAuthentic)),
                }
                if dies {
                    token = bench.cut_power();
                }
                finish(&mut bench, &token);
            }
        }
    }
}

/// Every state of the disk in the course of an enrolment, with what the service had at the time.
fn course(bench: &mut Bench, token: &Token) -> Vec<(State, Service)> {
    let flow = bench.begin(token);
    let mut course = Vec::new();
    bench.disk.watch(None);
    let mut step = flow.step(bench.now).unwrap();
    loop {
        let before = &bench.service;
        course.extend(bench.disk.history().into_iter().map(|state| (state, before.clone())));
        let Step::Ask { .. } = step else { return course };
        let (ticket, errand) = asked(Ok(step));
        let reply = bench.service.post(&errand.url, errand.body.expose());
        bench.disk.watch(None);
        step = flow.answer(ticket, answered(Some(reply)), bench.now).unwrap();
    }
}

#[test]
fn wherever_the_token_dies_or_loses_power_there_is_one_credential_after_a_retry() {
    let (mut bench, token) = Bench::new();
    let course = course(&mut bench, &token);
    let (mut tried, mut seen) = (0, HashSet::new());
    let mut one = |platter: Platter, service: &Service| {
        let place = (platter.vault(), service.rows.len(), service.active());
        if seen.insert(place) {
            tried += 1;
            let disk = SimDisk::new(State::at_rest(platter), None);
            let mut bench = Bench { disk, service: service.clone(), now: at(NOON) };
            let token = bench.open();
            finish(&mut bench, &token);
        }
    };
    for (state, service) in &course {
        one(state.visible(), service);
        let mut dice = Dice(20_330_518);
        power_cuts(state, BRIEF, &mut dice, |platter| one(platter, service));
    }
    // Nothing, requested, answered and done; and before and after each of the service's commits.
    assert!(tried >= 6, "{tried} of {} states", course.len());
}

#[test]
fn whichever_call_of_the_disk_fails_there_is_one_credential_after_a_retry() {
    let (mut bench, token) = Bench::new();
    bench.disk.watch(None);
    let flow = bench.begin(&token);
    assert!(bench.run(&flow).is_ok());
    let calls = bench.disk.calls().len();
    for call in 0..calls {
        for when in [When::Before, When::Half, When::After] {
            for lasting in [false, true] {
                let (mut bench, token) = Bench::new();
                let kind = ErrorKind::StorageFull;
                bench.disk.watch(Some(Fault { call, kind, when, lasting }));
                let flow = bench.begin(&token);
                match bench.run(&flow) {
                    Ok(outcome) => assert!(matches!(outcome, Outcome::Enrolled(_))),
                    Err(Error::Vault(vault::Error::Io { .. })) => {}
                    Err(error) => panic!("{call} {when:?}: {error:?}"),
                }
                bench.disk.watch(None);
                let was_sent = !bench.service.rows.is_empty();
                finish(&mut bench, &token);
                assert!(!was_sent || bench.service.rows.len() == 1);
            }
        }
    }
    assert!(calls > 15, "{calls}");
}

#[test]
fn a_request_whose_durability_failed_is_made_durable_before_it_is_sent() {
    let (bench, token) = Bench::new();
    bench.disk.watch(None);
    asked(bench.begin(&token).step(bench.now));
    let synced = bench.disk.calls().iter().position(|call| *call == Call::SyncFolder).unwrap();

    let (mut bench, token) = Bench::new();
    let fails = |call| Fault { call, kind: ErrorKind::Other, when: When::Before, lasting: false };
    bench.disk.watch(Some(fails(synced)));
    let io = |step| matches!(step, Err(Error::Vault(vault::Error::Io { .. })));
    assert!(io(bench.begin(&token).step(bench.now)));
    let token = bench.open();
    assert!(token.enrolment().pending().unwrap().is_some(), "it is there, and a cut may take it");
    bench.disk.watch(None);
    let sent = asked(bench.resume(&token).step(bench.now)).1;
    // While it cannot be made durable nothing is sent.
    for call in 0..bench.disk.calls().len() {
        bench.disk.watch(Some(fails(call)));
        assert!(io(bench.resume(&token).step(bench.now)), "{call}");
    }
    let token = bench.cut_power();
    assert_eq!(asked(bench.resume(&token).step(bench.now)).1.body, sent.body);
}
