//! Somebody sends what no browser sends.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::{
    browser::{Browser, Site, on_both},
    steps::{ORDER, customer, log_in, register},
    support::http::{Answer, Connection, Request},
    tables::dump,
};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
/// How long anything may take that is there at once.
const SOON: Duration = Duration::from_secs(10);

/// Sends these bytes as they are; gives the answer, if it is one.
fn raw(site: &Site, bytes: &[u8]) -> Option<Answer> {
    let mut connection = Connection::to(site.address());
    connection.offer(bytes);
    connection.answer()
}

/// A form that is sent with this body, from a browser that is logged in.
fn body(browser: &Browser<'_>, path: &str, body: &[u8]) -> Request {
    let session = format!("__Host-session={}", browser.cookie.as_ref().unwrap());
    Request::new("POST", path).header("Cookie", &session).header(FORM.0, FORM.1).body(body)
}

/// Does something, and holds it to its time and to having changed no table.
fn changing_nothing(site: &Site, what: &str, act: impl FnOnce()) {
    let (before, began) = (dump(site), Instant::now());
    act();
    assert!(began.elapsed() < SOON, "{what} took {:?}", began.elapsed());
    assert_eq!(dump(site), before, "{what}");
}

fn logged_in(site: &Site) -> Browser<'_> {
    customer(site);
    register(site, "no");
    let mut browser = log_in(site);
    browser.shows(200, "メイン画面");
    browser
}

#[test]
fn a_form_that_is_too_large_or_not_text_is_answered_and_changes_nothing() {
    on_both(|site| {
        let browser = logged_in(site);
        let token = browser.form_token();
        let with_token = |rest: &[u8]| [format!("form_token={token}&").as_bytes(), rest].concat();
        let many = |count: usize| b"a=1&".repeat(count);
        let cases: [(&str, &str, Vec<u8>, u16); 11] = [
            ("a body that is too large", "/login", vec![b'a'; 8193], 413),
            ("no form token", "/transfer", b"amount=1".to_vec(), 403),
            ("none", "/transfer", Vec::new(), 403),
            (
                "one behind more fields than are read",
                "/transfer",
                [many(32), with_token(b"")].concat(),
                403,
            ),
            ("many fields behind it", "/transfer", with_token(&many(1500)), 422),
            (
                "bytes that are no text",
                "/transfer",
                with_token(b"name=\xff\xfe&amount=%ff%00"),
                422,
            ),
            ("escapes that are none", "/transfer", with_token(b"name=%zz%&amount=%&%=%"), 422),
            (
                "a code of kilobytes",
                "/token/release",
                with_token(&[b"code=", &*vec![b'9'; 7000]].concat()),
                422,
            ),
            ("a code that is no text", "/token/release", with_token(b"code=%ff%fe%00123456"), 422),
            (
                "a field twice",
                "/token/login-code",
                with_token(b"code_at_login=yes&code=1&code=755224"),
                422,
            ),
            (
                "two form tokens",
                "/transfer",
                [b"form_token=x&".to_vec(), with_token(b"")].concat(),
                403,
            ),
        ];
        for (what, path, sent, status) in cases {
            changing_nothing(site, what, || {
                let answer = site.send(&body(&browser, path, &sent));
                assert_eq!(answer.status, status, "{what}: {answer:?}");
            });
        }
        changing_nothing(site, "a body of a megabyte", || {
            // All of it is not read, so the answer may be lost with the connection.
            let sent = body(&browser, "/transfer/order", &vec![b'a'; 1_000_000]);
            let answer = Connection::risk(site.address(), &sent);
            assert!(answer.as_ref().is_none_or(|answer| answer.status == 413), "{answer:?}");
        });
        // Numbers that no account has.
        for (at, value) in [
            (6, "-1"),
            (6, "99999999999999999999999999"),
            (6, "1e3"),
            (6, "NaN"),
            (0, "001-1-0000002"),
            (0, "cash"),
            (0, "' OR 1=1 --"),
            (4, "00000000000000000077"),
            (5, "\u{202e}\u{0}"),
        ] {
            changing_nothing(site, value, || {
                let mut order = ORDER;
                order[at].1 = value;
                let answer = site.send(&browser.form("/transfer", &token, &order));
                assert_eq!(answer.status, 422, "{value}: {answer:?}");
            });
        }
    });
}

#[test]
fn a_form_of_another_site_or_with_a_cookie_that_is_none_changes_nothing() {
    on_both(|site| {
        let browser = logged_in(site);
        let token = browser.form_token();
        let session = browser.cookie.clone().unwrap();
        let order = format!("form_token={token}&code=755224&code_at_login=yes");
        let post = |cookie: Option<&str>, token: &str, more: &[(&str, &str)]| {
            let mut request = Request::new("POST", "/token/login-code").header(FORM.0, FORM.1);
            if let Some(cookie) = cookie {
                request = request.header("Cookie", cookie);
            }
            for (name, value) in more {
                request = request.header(name, value);
            }
            request.body(order.replace(&browser.form_token(), token).as_bytes())
        };
        let own = format!("__Host-session={session}");
        let last = if session.ends_with('A') { "Q" } else { "A" };
        let changed = format!("__Host-session={}{last}", &session[..session.len() - 1]);
        let forged = format!("{}{}", if token.starts_with('A') { "B" } else { "A" }, &token[1..]);
        let elsewhere = [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")];
        let cases = [
            // As a browser sends another site's form: our cookies stay at home (SameSite=Strict).
            ("another site's form", post(None, &token, &elsewhere)),
            ("a forged form token", post(Some(&own), &forged, &[])),
            ("a form token in small letters", post(Some(&own), &token.to_lowercase(), &[])),
            ("a cookie that was changed", post(Some(&changed), &token, &[])),
            ("two of them", post(Some(&format!("{own}; {own}")), &token, &[])),
            ("one in quotes", post(Some(&format!("__Host-session=\"{session}\"")), &token, &[])),
            ("one of another name", post(Some(&format!("session={session}")), &token, &[])),
            ("an empty one", post(Some("__Host-session="), &token, &[])),
            (
                "a long one",
                post(Some(&format!("__Host-session={}", "A".repeat(9000))), &token, &[]),
            ),
            ("one that is no text", post(Some("__Host-session=あ; ;;=; x"), &token, &[])),
            ("a browser's that is none", post(Some("__Host-device=あ"), &token, &[])),
        ];
        for (what, request) in cases {
            changing_nothing(site, what, || {
                let answer = site.send(&request);
                assert_eq!(answer.status, 403, "{what}: {answer:?}");
            });
        }
        // A form that is not sent as one.
        for kind in ["text/plain", "multipart/form-data; boundary=x", "application/json", ""] {
            changing_nothing(site, kind, || {
                let request = Request::new("POST", "/token/login-code").header("Cookie", &own);
                let request = request.header("Content-Type", kind).body(order.as_bytes());
                assert_eq!(site.send(&request).status, 415, "{kind}");
            });
        }
    });
}

#[test]
fn a_path_or_a_method_that_is_none_of_ours_is_told_so() {
    on_both(|site| {
        let browser = logged_in(site);
        let cookie = format!("__Host-session={}", browser.cookie.as_ref().unwrap());
        for (method, path, status) in [
            ("GET", "//main", 404),
            ("GET", "/main/", 404),
            ("GET", "/main/../token", 404),
            ("GET", "/./main", 404),
            ("GET", "/%2e%2e/main", 404),
            ("GET", "/..%2f..%2fetc/passwd", 404),
            ("GET", "/main%00", 404),
            ("GET", "/MAIN", 404),
            ("GET", "/style.css/..", 404),
            ("GET", "/language/%ff", 400),
            ("GET", "/language/..%2fmain", 404),
            ("GET", "/v1/credentials/WRFU00000001", 404),
            ("GET", "/token/release", 405),
            ("POST", "/main", 405),
            ("PUT", "/token/login-code", 405),
            ("DELETE", "/history", 405),
            ("TRACE", "/main", 405),
            ("BREW", "/main", 405),
            ("get", "/main", 405),
        ] {
            changing_nothing(site, path, || {
                let answer = site.send(&Request::new(method, path).header("Cookie", &cookie));
                assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
                assert!(!answer.body.contains("10,000円"), "{method} {path}");
            });
        }
        let long = format!("/main?{}", "a".repeat(70_000));
        changing_nothing(site, "a long path", || {
            let answer = raw(site, format!("GET {long} HTTP/1.1\r\nHost: bank\r\n\r\n").as_bytes());
            let status = answer.map(|answer| answer.status);
            assert!(status.is_none_or(|status| [414, 431].contains(&status)), "{status:?}");
        });
    });
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
        let cases: [(&str, Vec<u8>, &[u16]); 12] = [
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
