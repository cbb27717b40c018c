//! What the carrier of HTTP errands makes of services that behave, and of those that do not.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "a test that cannot go on is to stop"
)]

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, channel},
    thread,
};

use warifu::{
    secret::Secret,
    time::Millis,
    token::{HttpAnswer, HttpErrand, HttpFailure, HttpMethod},
};
use warifu_desktop::http::Carrier;

#[test]
fn a_request_arrives_as_it_was_asked_for_and_its_answer_as_it_was_given() {
    let service = Service::new(|stream| respond(stream, "200 OK", b"\x00answer\xff"));
    let answer = Carrier::default().carry(&post(&service.url("/token/enrol"), 64));
    assert_eq!(answer, response(200, b"\x00answer\xff"));
    let request = service.request();
    let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
    assert!(text.starts_with("post /token/enrol http/1.1\r\n"), "{text}");
    assert!(text.contains("content-type: application/octet-stream\r\n"), "{text}");
    assert!(
        text.contains("content-length: 4\r\n") && request.ends_with(b"\r\n\r\n\x01\x02\x03\xfe")
    );
    for absent in ["cookie", "authorization", "accept-encoding", "referer"] {
        assert!(!text.contains(absent), "{absent}: {text}");
    }
}

#[test]
fn the_date_is_handed_on_as_it_came_and_whether_a_cache_gave_the_answer() {
    const DATE: &str = "Wed, 18 May 2033 03:33:30 GMT";
    let cases = [
        (format!("Date: {DATE}"), Some(DATE), false),
        (format!("date: {DATE}\r\nAge: 0"), Some(DATE), true),
        (format!("Date: {DATE}\r\nDate: {DATE}"), None, false),
        ("Server: none".to_owned(), None, false),
    ];
    for (headers, date, has_age) in cases {
        let head = format!("404 Not Found\r\n{headers}");
        let service = Service::new(move |stream| respond(stream, &head, b""));
        let errand = HttpErrand { method: HttpMethod::Head, ..post(&service.url("/"), 0) };
        let answer = Carrier::default().carry(&errand);
        let (date, body) = (date.map(str::to_owned), Secret::copy_of(&[]));
        assert_eq!(answer, HttpAnswer::Response { status: 404, body, date, has_age });
        let request = service.request();
        assert!(request.starts_with(b"HEAD / HTTP/1.1\r\n") && request.ends_with(b"\r\n\r\n"));
    }
}

#[test]
fn a_body_may_be_as_long_as_the_errand_says_and_no_longer() {
    for (len, fits) in [(64, true), (65, false), (1 << 20, false)] {
        let service = Service::new(move |stream| respond(stream, "200 OK", &vec![7; len]));
        let answer = Carrier::default().carry(&post(&service.url("/"), 64));
        let expected = if fits { response(200, &[7; 64]) } else { failed(HttpFailure::TooLarge) };
        assert_eq!(answer, expected, "{len}");
    }
}

#[test]
fn a_body_that_never_ends_is_not_read_to_its_end() {
    let service = Service::new(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        while stream.write_all(b"400\r\n").is_ok()
            && stream.write_all(&[0; 0x400]).is_ok()
            && stream.write_all(b"\r\n").is_ok()
        {}
    });
    let answer = Carrier::default().carry(&post(&service.url("/"), 16_384));
    assert_eq!(answer, failed(HttpFailure::TooLarge));
}

#[test]
fn a_redirect_is_an_answer_and_nobody_goes_there() {
    let elsewhere = Service::new(|stream| respond(stream, "200 OK", b"gone astray"));
    let target = elsewhere.url("/");
    for status in [301, 302, 303, 307, 308] {
        let location = format!("{status} Moved\r\nLocation: {target}");
        let service = Service::new(move |stream| respond(stream, &location, b""));
        let answer = Carrier::default().carry(&post(&service.url("/"), 64));
        assert_eq!(answer, response(status, b""));
    }
    assert!(elsewhere.requests.try_recv().is_err());
}

#[test]
fn the_body_of_a_refusal_is_not_looked_at() {
    for status in ["403 Forbidden", "410 Gone", "429 Slow Down", "503 Later"] {
        let service = Service::new(move |stream| respond(stream, status, &[b'x'; 100_000]));
        let number = status[..3].parse().unwrap();
        let answer = Carrier::default().carry(&post(&service.url("/"), 64));
        assert_eq!(answer, response(number, b""));
    }
}

#[test]
fn an_answer_that_breaks_off_is_none() {
    let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789";
    for len in 0..whole.len() {
        let service = Service::new(move |mut stream| {
            let _ = stream.write_all(&whole[..len]);
        });
        let answer = Carrier::default().carry(&post(&service.url("/"), 64));
        assert!(matches!(answer, HttpAnswer::Failed(_)), "{len}: {answer:?}");
    }
}

#[test]
fn a_service_that_drips_is_left_when_the_time_is_over() {
    let service = Service::new(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        // A byte each 50 ms keeps any timeout that begins anew with each read from ending it.
        while stream.write_all(b".").is_ok() {
            thread::sleep(std::time::Duration::from_millis(50));
        }
    });
    let errand = HttpErrand { timeout: Millis(400), ..post(&service.url("/"), 2000) };
    assert_eq!(Carrier::default().carry(&errand), failed(HttpFailure::TimedOut));
}

#[test]
fn where_nobody_listens_the_service_is_unreachable() {
    let url = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}/", listener.local_addr().unwrap())
    };
    assert_eq!(Carrier::default().carry(&post(&url, 64)), failed(HttpFailure::Unreachable));
}

#[test]
fn plain_http_leaves_this_pc_never() {
    for url in [
        "http://192.0.2.1/",
        "http://example.com/",
        "http://127.0.0.1.example/",
        "ftp://127.0.0.1/",
    ] {
        assert_eq!(
            Carrier::default().carry(&post(url, 64)),
            failed(HttpFailure::Untrusted),
            "{url}"
        );
    }
    assert_eq!(Carrier::default().carry(&post("no url", 64)), failed(HttpFailure::Unavailable));
}

#[test]
fn a_service_that_speaks_no_tls_is_not_trusted_with_https() {
    let service = Service::new(|stream| respond(stream, "200 OK", b"plain"));
    let url = service.url("/").replace("http://", "https://");
    let HttpAnswer::Failed(failure) = Carrier::default().carry(&post(&url, 64)) else { panic!() };
    assert!(matches!(failure, HttpFailure::Untrusted | HttpFailure::Unreachable), "{failure:?}");
    assert!(!String::from_utf8_lossy(&service.request()).contains("POST"));
}

fn post(url: &str, max_response: u32) -> HttpErrand {
    HttpErrand {
        method: HttpMethod::Post,
        url: url.to_owned(),
        content_type: "application/octet-stream".to_owned(),
        body: Secret::copy_of(&[1, 2, 3, 0xfe]),
        max_response,
        timeout: Millis::from_secs(30),
    }
}

fn response(status: u16, body: &[u8]) -> HttpAnswer {
    HttpAnswer::from((status, Secret::copy_of(body)))
}

fn failed(failure: HttpFailure) -> HttpAnswer {
    HttpAnswer::Failed(failure)
}

/// A service on loopback that treats each request alike.
struct Service {
    address: String,
    requests: Receiver<Vec<u8>>,
}

impl Service {
    fn new(behave: impl Fn(TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (seen, requests) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                if seen.send(read_request(&mut stream)).is_err() {
                    return;
                }
                behave(stream);
            }
        });
        Self { address, requests }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn request(&self) -> Vec<u8> {
        self.requests.recv().unwrap()
    }
}

/// Head and body, or what came of another protocol.
fn read_request(stream: &mut TcpStream) -> Vec<u8> {
    let mut request = Vec::new();
    let mut chunk = [0; 1024];
    while let Ok(len) = stream.read(&mut chunk) {
        request.extend_from_slice(&chunk[..len]);
        let text = String::from_utf8_lossy(&request);
        let is_http = text.starts_with("POST") || text.starts_with("GET");
        let is_whole =
            request.windows(4).position(|four| four == b"\r\n\r\n").is_some_and(|head| {
                let wanted = if text.starts_with("POST") { 4 } else { 0 };
                request.len() >= head + 4 + wanted
            });
        if len == 0 || is_whole || !is_http {
            break;
        }
    }
    request
}

fn respond(mut stream: TcpStream, status: &str, body: &[u8]) {
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n", body.len());
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}
