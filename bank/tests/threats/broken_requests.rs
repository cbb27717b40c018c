//! Somebody sends bytes that are no request, or only a part of one.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::{
    browser::{Site, on_both},
    malformed::{FORM, SOON, changing_nothing, logged_in},
    support::http::{Answer, Connection, Request},
    tables::dump,
};

/// Sends these bytes as they are; gives the answer, if it is one.
fn raw(site: &Site, bytes: &[u8]) -> Option<Answer> {
    let mut connection = Connection::to(site.address());
    connection.offer(bytes);
    connection.answer()
}

#[test]
fn bytes_that_are_no_request_end_the_connection_and_nothing_else() {
    on_both(|site| {
        let browser = logged_in(site);
        let cookie = format!("Cookie: __Host-session={}", browser.cookie.as_ref().unwrap());
        let form = format!("form_token={}&code=755224", browser.form_token());
        let length = form.len();
        let head = format!(
            "POST /token/release HTTP/1.1\r\nHost: bank\r\n{cookie}\r\n{}: {}\r\n",
            FORM.0, FORM.1
        );
        let headers: String = (0..100).map(|number| format!("X-{number}: 1\r\n")).collect();
        let cases: [(&str, Vec<u8>, &[u16]); 13] = [
            (
                "a path that is too long",
                format!("GET /main?{} HTTP/1.1\r\n\r\n", "a".repeat(70_000)).into_bytes(),
                &[414, 431],
            ),
            (
                "nothing of HTTP",
                b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(),
                &[400],
            ),
            ("zeros", vec![0; 4096], &[400]),
            ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), &[400, 505]),
            ("HTTP/0.9", b"GET /main\r\n\r\n".to_vec(), &[400]),
            ("no such version", b"GET /main HTTP/7.3\r\nHost: bank\r\n\r\n".to_vec(), &[400, 505]),
            (
                "a head that is too large",
                format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "a".repeat(20_000)).into_bytes(),
                &[431],
            ),
            ("too many headers", format!("GET / HTTP/1.1\r\n{headers}\r\n").into_bytes(), &[431]),
            ("a header that is none", b"GET / HTTP/1.1\r\nHost bank\r\n\r\n".to_vec(), &[400]),
            (
                "two lengths",
                format!("{head}Content-Length: {length}\r\nContent-Length: 1\r\n\r\n{form}")
                    .into_bytes(),
                &[400],
            ),
            (
                "a length that is none",
                format!("{head}Content-Length: -1\r\n\r\n{form}").into_bytes(),
                &[400],
            ),
            (
                "chunks that are none",
                format!("{head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{form}\r\n0\r\n\r\n")
                    .into_bytes(),
                &[400, 413],
            ),
            (
                "a coding that is none",
                format!("{head}Transfer-Encoding: gzip\r\n\r\n{form}").into_bytes(),
                &[400, 501],
            ),
        ];
        for (what, bytes, statuses) in cases {
            changing_nothing(site, what, || {
                // Some of it may be refused before all of it is read, and then the answer may be lost.
                let answer = raw(site, &bytes);
                let status = answer.as_ref().map(|answer| answer.status);
                assert!(
                    status.is_none_or(|status| statuses.contains(&status)),
                    "{what}: {answer:?}"
                );
            });
        }
        // And the service goes on.
        assert_eq!(site.send(&Request::new("GET", "/")).status, 200);
    });
}

#[test]
fn a_client_that_sends_slowly_or_only_a_part_is_let_go_in_bounded_time() {
    on_both(|site| {
        let browser = logged_in(site);
        let head = format!(
            "POST /token/login-code HTTP/1.1\r\nHost: bank\r\nCookie: __Host-session={}\r\n{}: {}\r\n",
            browser.cookie.as_ref().unwrap(),
            FORM.0,
            FORM.1
        );
        let part = format!("form_token={}&code_at_login=yes&code=", browser.form_token());
        let before = dump(site);
        // A head without an end, and bodies without one: announced, in chunks, of a length beyond all bounds.
        let parts = [
            (head.clone(), None),
            (format!("{head}Content-Length: {}\r\n\r\n{part}", part.len() + 6), Some(503)),
            (
                format!("{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{part}\r\n", part.len()),
                Some(503),
            ),
            (format!("{head}Content-Length: 99999999999\r\n\r\n{part}"), Some(413)),
        ];
        let began = Instant::now();
        thread::scope(|scope| {
            for (sent, status) in &parts {
                scope.spawn(move || {
                    let answer = raw(site, sent.as_bytes());
                    let answered = answer.as_ref().map(|answer| answer.status);
                    assert!(status.is_none() || answered == *status, "{sent}: {answer:?}");
                    assert!(status.is_some() || answered.is_none_or(|status| status == 408));
                });
            }
            // Meanwhile others are served.
            assert_eq!(site.send(&Request::new("GET", "/")).status, 200);
            assert!(began.elapsed() < SOON);
        });
        assert!(began.elapsed() < Duration::from_secs(45), "{:?}", began.elapsed());
        assert_eq!(dump(site), before);
    });
}
