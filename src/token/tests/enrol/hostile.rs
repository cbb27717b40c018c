//! Services, and people in between, that do what the protocol does not have.

use super::{
    service::{answer, sha256},
    *,
};

/// What is there before and after must be the same.
fn at_rest(bench: &Bench, token: &Token) -> (Option<zeroize::Zeroizing<Vec<u8>>>, usize) {
    let other = bench.open();
    let pending = other.shared.unlocked().unwrap().pending().unwrap();
    assert_eq!(token.shared.unlocked().unwrap().pending().unwrap(), pending);
    (pending, other.entries().list().unwrap().len())
}

/// Begins, and goes so far that the exchange of this number is next.
fn bench_at(exchange: usize) -> (Bench, Token) {
    let (mut bench, token) = Bench::new();
    let flow = bench.begin(&token);
    assert_eq!(bench.run_disturbed(&flow, exchange, Net::RequestLost), failed(UNREACHABLE));
    (bench, token)
}

/// Each reply ends the flow with its error, changes nothing that is kept, and leaves the enrolment as
/// good as it was.
fn refuses(
    exchange: usize,
    mut reply: impl FnMut(&HttpErrand, &mut Service) -> Reply,
    error: EnrolmentError,
) {
    let (mut bench, token) = bench_at(exchange);
    let before = at_rest(&bench, &token);
    let flow = bench.resume(&token);
    let ended = bench.run_over(&flow, |_, errand, service| Some(reply(errand, service)));
    assert_eq!(ended, failed(error));
    assert_eq!(at_rest(&bench, &token), before);
    let flow = bench.resume(&token);
    assert!(matches!(bench.run(&flow), Ok(Outcome::Enrolled(_))));
    assert_one_credential(&bench, &token);
}

#[test]
fn a_status_is_told_and_changes_nothing() {
    for (status, error) in [
        (400, EnrolmentError::NotUnderstood),
        (413, EnrolmentError::NotUnderstood),
        (415, EnrolmentError::NotUnderstood),
        (403, EnrolmentError::CodeRefused),
        (404, EnrolmentError::NotKept),
        (409, EnrolmentError::NotKept),
        (410, EnrolmentError::NotKept),
        (429, EnrolmentError::Busy),
        (503, EnrolmentError::Busy),
        (301, EnrolmentError::Status { status: 301 }),
        (204, EnrolmentError::Status { status: 204 }),
        (500, EnrolmentError::Status { status: 500 }),
    ] {
        for exchange in 1..=2 {
            // With what would be the right body of a 200.
            let reply = |errand: &HttpErrand, service: &mut Service| {
                (status, service.clone().post(&errand.url, errand.body.expose()).1)
            };
            refuses(exchange, reply, error);
        }
    }
}

#[test]
fn no_response_is_told_and_changes_nothing() {
    for failure in [
        HttpFailure::Unreachable,
        HttpFailure::TimedOut,
        HttpFailure::Untrusted,
        HttpFailure::TooLarge,
        HttpFailure::Unavailable,
    ] {
        for exchange in 1..=2 {
            let (mut bench, token) = bench_at(exchange);
            let before = at_rest(&bench, &token);
            let flow = bench.resume(&token);
            let (ticket, _) = asked(flow.step(bench.now));
            let ended = flow.answer(ticket, HttpAnswer::Failed(failure), bench.now);
            assert_eq!(ended.map(|_| Outcome::Removed), failed(EnrolmentError::Failed(failure)));
            assert_eq!(at_rest(&bench, &token), before);
            let flow = bench.resume(&token);
            assert!(matches!(bench.run(&flow), Ok(Outcome::Enrolled(_))));
        }
    }
}

#[test]
fn an_answer_that_is_not_for_this_request_is_none() {
    type Made = fn(&HttpErrand, &mut Service) -> Vec<u8>;
    let makers: [Made; 8] = [
        |_, _| Vec::new(),
        |_, _| vec![1; 49],
        |_, _| vec![7; 16_384],
        |errand, service| {
            let mut body = right(errand, service);
            *body.last_mut().unwrap() ^= 1;
            body
        },
        |errand, service| {
            let mut body = right(errand, service);
            body[0] = 2;
            body
        },
        // Another token's.
        |_, service| {
            let (mut other, token) = Bench::new();
            other.service = service.clone();
            let flow = other.begin(&token);
            let (_, errand) = asked(flow.step(other.now));
            right(&errand, &mut other.service)
        },
        // By who knows all but the psk.
        |errand, service| forged(errand, service, |_, digest, _| (digest, [7; 32])),
        // By who knows all, for another request.
        |errand, service| forged(errand, service, |_, _, psk| ([7; 32], psk)),
    ];
    for made in makers {
        refuses(1, |errand, service| (200, made(errand, service)), EnrolmentError::NotAuthentic);
    }
}

#[test]
fn more_than_was_asked_for_is_no_response_though_its_beginning_is_one() {
    for exchange in 1..=2 {
        let (mut bench, token) = bench_at(exchange);
        let flow = bench.resume(&token);
        let ended = bench.run_over(&flow, |_, errand, service| {
            let (status, mut body) = service.clone().post(&errand.url, errand.body.expose());
            body.resize(20_000, 0);
            Some((status, body))
        });
        assert_eq!(ended, failed(EnrolmentError::Failed(HttpFailure::TooLarge)));
        assert!(token.entries().list().unwrap().is_empty());
    }
}

#[test]
fn a_verdict_that_is_not_the_services_on_this_message_is_none() {
    type Made = fn(&HttpErrand, &mut Service) -> Vec<u8>;
    let makers: [Made; 6] = [
        |_, _| Vec::new(),
        |_, _| vec![1; 42],
        |errand, service| right(errand, service)[..41].to_vec(),
        // The verdict alone is changed.
        |errand, service| {
            service.verdict = Some(2);
            let mut body = right(errand, service);
            service.verdict = None;
            body[1] = 1;
            body
        },
        // It is on another message.
        |errand, service| {
            let id = *service.rows.first_key_value().unwrap().0;
            let mut message = errand.body.expose().to_vec();
            message[49] ^= 1;
            Service::verdict(&id, &message, 1, service.clock)
        },
        // It is another credential's.
        |errand, service| Service::verdict(&[7; 16], errand.body.expose(), 1, service.clock),
    ];
    for made in makers {
        refuses(2, |errand, service| (200, made(errand, service)), EnrolmentError::NotAuthentic);
    }
    let later = |errand: &HttpErrand, service: &mut Service| {
        let id = *service.rows.first_key_value().unwrap().0;
        (200, Service::verdict(&id, errand.body.expose(), 9, service.clock))
    };
    refuses(2, later, EnrolmentError::NewerVerdict);
}

#[test]
fn an_old_verdict_does_not_fit_a_new_confirmation() {
    let (mut bench, token) = bench_at(2);
    // It was confirmed, and somebody kept the verdict back.
    let mut kept_back = None;
    let flow = bench.resume(&token);
    let lost = bench.run_over(&flow, |_, errand, service| {
        kept_back = Some(service.post(&errand.url, errand.body.expose()));
        None
    });
    assert_eq!(lost, failed(UNREACHABLE));
    let flow = bench.resume(&token);
    let replayed = bench.run_over(&flow, |_, _, _| kept_back.clone());
    assert_eq!(replayed, failed(EnrolmentError::NotAuthentic));
    assert!(token.entries().list().unwrap().is_empty());
}

#[test]
fn a_package_that_cannot_be_taken_says_why_and_changes_nothing() {
    let bare = |errand: &HttpErrand, service: &mut Service| {
        let (plaintext, psk) = service.open(errand.body.expose()).unwrap();
        let id = plaintext[1..17].try_into().unwrap();
        let digest = sha256(&[errand.body.expose()]);
        (200, answer(&plaintext[17..49], &id, &digest, &psk, b"<KeyContainer/>"))
    };
    let (mut bench, token) = bench_at(1);
    let before = at_rest(&bench, &token);
    let flow = bench.resume(&token);
    let ended = bench.run_over(&flow, |_, errand, service| Some(bare(errand, service)));
    let Err(Error::Enrolment(EnrolmentError::Package(_))) = ended else { panic!("{ended:?}") };
    assert_eq!(at_rest(&bench, &token), before);
}

/// What the service answers, without that it counts.
fn right(errand: &HttpErrand, service: &mut Service) -> Vec<u8> {
    let (status, body) = service.clone().post(&errand.url, errand.body.expose());
    assert_eq!(status, 200);
    body
}

/// An answer whose digest of the request, or psk, is another.
fn forged(
    errand: &HttpErrand,
    service: &Service,
    change: impl Fn([u8; 16], [u8; 32], [u8; 32]) -> ([u8; 32], [u8; 32]),
) -> Vec<u8> {
    let (plaintext, psk) = service.open(errand.body.expose()).unwrap();
    let id: [u8; 16] = plaintext[1..17].try_into().unwrap();
    let (digest, psk) = change(id, sha256(&[errand.body.expose()]), psk);
    answer(&plaintext[17..49], &id, &digest, &psk, b"<KeyContainer/>")
}
