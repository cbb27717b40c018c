use std::sync::Arc;

use warifu::{
    provision::enrol::{BindingLevel, InvalidActivationCode, LinkError},
    secret::Secret,
    token::{EnrolmentError, Error, HttpAnswer, HttpFailure, Misuse, Ticket},
};

use super::{
    NOW, bytes,
    foreign::{Errand, Failure, Reader, Request, Step, call, lift},
    key_store::{answer, step},
    life::Phone,
    lower,
};
use crate::{Flow, enrolment, token};

/// The key is that of `docs/enrolment.md`.
const LINK: &str =
    "https://bank.example/token#k=BEFQUBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HZAEERA";
const CODE: &str = "1234 5678 9012 3452";

fn begin(phone: &Phone, link: &str, typed: Option<&str>) -> Result<Arc<Flow>, Failure> {
    let activation = typed.map(|typed| Secret::copy_of(typed.as_bytes()));
    let flow = call(|status| {
        token::uniffi_warifu_ffi_fn_method_token_begin_enrolment(
            phone.handle(),
            bytes(link),
            lower(activation),
            lower(BindingLevel::Hardware),
            lower(NOW),
            status,
        )
    });
    Ok(lift(flow?))
}

fn resume(phone: &Phone) -> Arc<Flow> {
    let flow = call(|status| {
        let (handle, now) = (phone.handle(), lower(NOW));
        token::uniffi_warifu_ffi_fn_method_token_resume_enrolment(handle, now, status)
    });
    lift(flow.unwrap())
}

fn discard(phone: &Phone) -> Result<(), Failure> {
    call(|status| {
        token::uniffi_warifu_ffi_fn_method_token_discard_enrolment(phone.handle(), status);
    })
}

/// The host of the one that is pending, and whether it was answered.
fn pending(phone: &Phone) -> Option<(String, bool)> {
    let pending = call(|status| {
        token::uniffi_warifu_ffi_fn_method_token_pending_enrolment(phone.handle(), status)
    });
    Reader::whole(pending.unwrap(), |reader| {
        reader.option(|reader| {
            let host = reader.text();
            // What was answered needs a service; it is of the core's tests.
            (host, reader.option(|_| panic!("nobody has answered")).is_some())
        })
    })
}

#[test]
fn a_link_can_be_looked_at_before_anything_is_sent() {
    for (link, has_code) in [(LINK.to_owned(), 0), (format!("{LINK}&c=1234567890123452"), 1)] {
        let preview = call(|status| {
            enrolment::uniffi_warifu_ffi_fn_func_preview_enrolment(bytes(link), status)
        });
        let read = Reader::whole(preview.unwrap(), |reader| (reader.text(), reader.u8()));
        assert_eq!(read, ("bank.example".to_owned(), has_code));
    }
}

#[test]
fn what_is_no_link_or_no_code_is_refused_before_there_is_a_flow() {
    let phone = Phone::create();
    let no_link = Failure::from(Error::EnrolmentLink(LinkError::NotALink));
    assert_eq!(begin(&phone, "otpauth://totp/x", None).map(drop), Err(no_link));
    let mistyped = LinkError::Activation(InvalidActivationCode::Mistyped);
    let mistyped = Failure::from(Error::EnrolmentLink(mistyped));
    assert_eq!(begin(&phone, LINK, Some("1234 5678 9012 3462")).map(drop), Err(mistyped));
    assert_eq!(pending(&phone), None);
}

fn answer_to(flow: &Arc<Flow>, ticket: Ticket, came: HttpAnswer) -> Failure {
    answer(flow, ticket, came, NOW).unwrap_err()
}

#[test]
fn an_enrolment_hands_out_its_request_and_says_what_came_of_it() {
    let phone = Phone::create();
    let flow = begin(&phone, LINK, Some(CODE)).unwrap();
    let Ok(Step::Ask(ticket, Errand::Http(request))) = step(&flow, NOW) else { panic!() };
    assert_eq!(pending(&phone), Some(("bank.example".to_owned(), false)));
    let Request { method, url, content_type, body, max_response, timeout } = request.clone();
    assert_eq!((method, url.as_str()), (3, "https://bank.example/token/enrol"));
    assert_eq!(content_type, "application/octet-stream");
    assert_eq!((body.len(), max_response, timeout), (153, 16_384, 30_000));
    let failed = HttpAnswer::Failed(HttpFailure::Untrusted);
    let untrusted = EnrolmentError::Failed(HttpFailure::Untrusted);
    assert_eq!(answer_to(&flow, ticket, failed), Error::Enrolment(untrusted).into());

    // The same request again, however it goes on.
    let begin_again = || begin(&phone, LINK, Some(CODE)).unwrap();
    let go_on = || resume(&phone);
    for again in [&begin_again as &dyn Fn() -> Arc<Flow>, &go_on] {
        let flow = again();
        let Ok(Step::Ask(ticket, errand)) = step(&flow, NOW) else { panic!() };
        assert_eq!(errand, Errand::Http(request.clone()));
        let refused = HttpAnswer::from((403, Secret::copy_of(b"")));
        let error = Error::Enrolment(EnrolmentError::CodeRefused).into();
        assert_eq!(answer_to(&flow, ticket, refused), error);
    }

    let flow = resume(&phone);
    let Ok(Step::Ask(ticket, _)) = step(&flow, NOW) else { panic!() };
    discard(&phone).unwrap();
    assert_eq!(pending(&phone), None);
    let late = HttpAnswer::Failed(HttpFailure::TimedOut);
    assert_eq!(answer(&flow, ticket, late, NOW), Err(Error::Flow(Misuse::Stale).into()));
    let nothing = Error::Enrolment(EnrolmentError::NothingPending).into();
    assert_eq!(step(&resume(&phone), NOW), Err(nothing));
    phone.lock();
    assert_eq!(discard(&phone), Err(Error::Locked.into()));
}
