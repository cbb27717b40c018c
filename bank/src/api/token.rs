//! What tokens ask, in the messages of `docs/enrolment.md`: bytes in, bytes out, or a status alone.

use axum::{
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use warifu_issuer::{MAX_CONFIRMATION, MAX_TIME_QUERY, REQUEST_LEN};

use super::{App, request::Told};
use crate::{enrolment::Refusal, peer};

/// Answers a request to enrol.
pub(super) async fn enrol(State(app): State<App>, request: Request) -> Response {
    let from = peer::address(request.headers(), request.extensions(), app.behind_proxy);
    let now = app.clock.now();
    match message(request, REQUEST_LEN).await {
        Ok(request) => told("enrolled", app.enrolments.enrol(&request, from, now).await),
        Err(status) => status.into_response(),
    }
}

/// Judges a confirmation.
pub(super) async fn confirm(State(app): State<App>, request: Request) -> Response {
    match message(request, MAX_CONFIRMATION).await {
        // The verdict tells this time: read before the whole message is here, it could be older than that.
        Ok(message) => {
            let now = app.clock.now();
            told("judged", app.enrolments.confirm(&message, now).await)
        }
        Err(status) => status.into_response(),
    }
}

/// Tells a token the time.
pub(super) async fn time(State(app): State<App>, request: Request) -> Response {
    let from = peer::address(request.headers(), request.extensions(), app.behind_proxy);
    match message(request, MAX_TIME_QUERY).await {
        Ok(message) => {
            // Not before all of it is there. Somebody in between could send the head early and hold the
            // body back until there is a message: the stamp would be older than what it answers.
            let received = app.clock.now();
            let asked = app.enrolments.time_asked(&message, from, received).await;
            told("time", asked.and_then(|asked| asked.answer(app.clock.now())))
        }
        Err(status) => status.into_response(),
    }
}

/// The body, if it is of the right type and not too long.
async fn message(request: Request, most: usize) -> Result<Vec<u8>, StatusCode> {
    if request.headers().get(header::CONTENT_TYPE) != Some(&OCTETS) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    match to_bytes(request.into_body(), most).await {
        Ok(body) => Ok(body.to_vec()),
        Err(_) => Err(StatusCode::PAYLOAD_TOO_LARGE),
    }
}

fn told(done: &'static str, result: Result<Vec<u8>, Refusal>) -> Response {
    let (word, mut response) = match result {
        Ok(message) => (done, ([(header::CONTENT_TYPE, OCTETS)], message).into_response()),
        Err(refusal) => refused(refusal),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.extensions_mut().insert(Told(word));
    response
}

fn refused(refusal: Refusal) -> (&'static str, Response) {
    let (word, status) = match refusal {
        Refusal::Malformed => ("malformed", StatusCode::BAD_REQUEST),
        Refusal::Activation => ("activation_refused", StatusCode::FORBIDDEN),
        Refusal::Unknown => ("unknown_enrolment", StatusCode::NOT_FOUND),
        Refusal::NoCredential => ("unknown_credential", StatusCode::NOT_FOUND),
        Refusal::Conflict => ("another_request", StatusCode::CONFLICT),
        Refusal::Gone => ("gone", StatusCode::GONE),
        Refusal::TooMany { retry_after } => {
            let seconds = HeaderValue::from(retry_after.as_secs());
            let headers = [(header::RETRY_AFTER, seconds)];
            return ("too_many", (StatusCode::TOO_MANY_REQUESTS, headers).into_response());
        }
        Refusal::Service(_) => ("unavailable", StatusCode::SERVICE_UNAVAILABLE),
    };
    (word, status.into_response())
}

const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");
