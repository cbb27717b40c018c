//! What tokens ask, in the messages of `docs/enrolment.md`: bytes in, bytes out, or a status alone.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    body::to_bytes,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use warifu_issuer::{MAX_CONFIRMATION, MAX_TIME_QUERY, REQUEST_LEN};

use super::{App, request::Told};
use crate::enrolment::Refusal;

/// Answers a request to enrol.
pub(super) async fn enrol(State(app): State<App>, request: Request) -> Response {
    let from = address(&app, &request);
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
    let from = address(&app, &request);
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

/// Whom to count: the peer, or, behind the bank's own proxy, whom that has seen.
fn address(app: &App, request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
    if app.behind_proxy { forwarded(request.headers()).unwrap_or(peer) } else { peer }
}

/// The last address is the one that the nearest proxy wrote; those before it anybody can make up.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all(FORWARDED_FOR).iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");
const FORWARDED_FOR: &str = "x-forwarded-for";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_addresses_the_nearest_proxy_wrote_the_last() {
        let read = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(FORWARDED_FOR, HeaderValue::from_static(value));
            }
            forwarded(&headers)
        };
        let last = Some(IpAddr::from([192, 0, 2, 7]));
        assert_eq!(read(&["203.0.113.1, 192.0.2.7"]), last);
        assert_eq!(read(&["203.0.113.1", "198.51.100.9,192.0.2.7 "]), last);
        assert_eq!(read(&[]), None);
        assert_eq!(read(&["unknown"]), None);
    }
}
