//! Token services, and people in between, that do what the protocol does not have, over real HTTP:
//! `warifu enrol` says so, keeps what it had, and enrols as soon as the good service answers.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on is to stop"
)]

mod bank;
mod fixture;

use std::{
    io::{Read as _, Write as _},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use warifu::{
    provision::enrol::{BindingLevel, Link, Pending},
    secret::{Secret, SystemRandom},
    token::{self, EnrolmentError, HttpFailure, Token},
    vault::{KdfParams, Passphrase},
};
use warifu_desktop::{
    device_clock::DeviceClock, enrol::Enroller, http::Carrier, patience::retry_busy,
};

use bank::{
    BOTH, Bank, Books, Deed, Exchange, Request, answers, drip, entries, response, sends,
    shows_the_banks_code,
};
use fixture::run::{PASSPHRASE, Place};

const UNREACHABLE: &str = "W-606";
const NOT_AUTHENTIC: &str = "W-608";
const NOT_UNDERSTOOD: &str = "W-609";
const STATUS: &str = "W-612";

/// The deed ends `warifu enrol` with this support code, at first and again; the second time not one byte
/// of any file changes. Then the service is good, and there is one credential on both sides.
fn harms_nothing(name: &str, exchange: Exchange, deed: Deed, code: &str) {
    let (place, bank) = (Place::with(&[]), Bank::start(1));
    bank.does(exchange, deed);
    place.warifu(&["enrol", &bank.link()]).within_seconds(120).finish().refused(code);
    let before = place.files();
    place.warifu(&["enrol"]).within_seconds(120).finish().refused(code);
    assert_eq!(place.files(), before, "{name}");
    bank.is_good_again();
    enrols_well(name, &place, &bank);
}

fn enrols_well(name: &str, place: &Place, bank: &Bank) {
    let ended = place.warifu(&["enrol"]).finish();
    assert_eq!(ended.code, Some(0), "{name}: {ended:?}");
    assert!(ended.stdout.contains("WRFU 0000 0000"), "{name}: {ended:?}");
    assert_eq!((bank.issued(), entries(place)), ((1, 1), 1), "{name}");
}

#[test]
fn an_answer_of_anybody_but_the_links_service_is_none() {
    type Made = fn(&Books<'_>, &Request) -> Vec<u8>;
    let made: [(&str, Made); 9] = [
        ("nothing", |_, _| Vec::new()),
        ("a byte", |_, _| vec![1]),
        ("too short for a seal", |_, _| vec![1; 48]),
        ("random bytes", |_, _| garbage(1700)),
        ("as many as may be", |_, _| garbage(16_384)),
        ("a page to log in to a network", |_, _| b"<html>Welcome! Free Wi-Fi</html>".repeat(40)),
        // By who knows the token's key, and could not open the request.
        ("another psk", |books, request| {
            books.sealed_as(request, books.package(request).as_bytes(), |_, digest| {
                ([7; 32], digest)
            })
        }),
        ("for another request", |books, request| {
            books.sealed_as(request, books.package(request).as_bytes(), |psk, _| (psk, [7; 32]))
        }),
        ("a later version", |books, request| {
            let mut answer = books.right(request);
            answer[0] = 2;
            answer
        }),
    ];
    for (name, made) in made {
        harms_nothing(name, Exchange::Enrol, answers(made), NOT_AUTHENTIC);
    }
}

#[test]
fn a_verdict_of_anybody_but_the_links_service_is_none() {
    type Made = fn(&Books<'_>, &Request) -> Vec<u8>;
    let made: [(&str, Made); 8] = [
        ("nothing", |_, _| Vec::new()),
        ("a byte less", |books, request| books.right(request)[..41].to_vec()),
        ("a byte more", |books, request| [&books.right(request)[..], &[0]].concat()),
        ("random bytes", |_, _| garbage(42)),
        ("the message itself", |_, request| request.body[..42].to_vec()),
        ("confirmed, by another's key", |books, request| books.strange_verdict(&request.body, 1)),
        ("ended, by another's key", |books, request| books.strange_verdict(&request.body, 3)),
        ("confirmed, on another message", |books, request| {
            let mut other = request.body.clone();
            other[60] ^= 1;
            books.verdict(&other, 1)
        }),
    ];
    for (name, made) in made {
        harms_nothing(name, Exchange::Confirm, answers(made), NOT_AUTHENTIC);
    }
    let later = |books: &Books<'_>, request: &Request| books.verdict(&request.body, 9);
    harms_nothing("of a later version", Exchange::Confirm, answers(later), NOT_UNDERSTOOD);
}

/// Its key is the right one: it is the bank that is malicious, or mistaken.
#[test]
fn a_package_that_breaks_the_rules_is_told_and_stored_nowhere() {
    type Spoil = fn(String) -> String;
    let spoilt: [(&str, Spoil); 9] = [
        ("no package", |_| "割符".to_owned()),
        ("a billion laughs", |package| {
            let laughs: String = (1..10)
                .map(|at| format!("<!ENTITY l{at} \"{}\">", format!("&l{};", at - 1).repeat(10)))
                .collect();
            let doctype = format!("<!DOCTYPE x [<!ENTITY l0 \"ha\">{laughs}]>");
            let package = package.replace("割符信用金庫", "&l9;");
            package.replacen("?>", &format!("?>{doctype}"), 1)
        }),
        ("a file of the PC", |package| {
            let doctype = "?><!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\">]>";
            package.replace("割符信用金庫", "&f;").replacen("?>", doctype, 1)
        }),
        ("deep", |_| "<KeyContainer>".repeat(850)),
        ("many", |package| package.replace("</Key>", &format!("</Key>{}", "<x/>".repeat(900)))),
        ("another ID for one of the keys", |package| package.replacen("WRFU", "WRFV", 3)),
        ("no key of the device", |package| {
            let at = package.rfind("<KeyPackage>").unwrap();
            format!("{}</KeyContainer>", &package[..at])
        }),
        ("a period of nothing", |package| package.replace(">30<", ">0<")),
        ("a demand that is not known", |package| package.replace("\"any\"", "\"a bribe\"")),
    ];
    for (name, spoil) in spoilt {
        let made = move |books: &Books<'_>, request: &Request| {
            let package = books.package(request);
            let spoilt = spoil(package.clone());
            assert_ne!(spoilt, package, "{name}");
            books.sealed(request, spoilt.as_bytes())
        };
        harms_nothing(name, Exchange::Enrol, answers(made), NOT_UNDERSTOOD);
    }
}

#[test]
fn a_status_is_nobodys_word_whatever_comes_with_it() {
    let statuses = [
        ("201 Created", STATUS),
        ("204 No Content", STATUS),
        ("206 Partial Content", STATUS),
        ("304 Not Modified", STATUS),
        ("400 Bad Request", NOT_UNDERSTOOD),
        ("401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"bank\"", STATUS),
        ("403 Forbidden", "W-610"),
        ("407 Proxy Authentication Required\r\nProxy-Authenticate: Basic", STATUS),
        ("409 Conflict", "W-611"),
        ("410 Gone", "W-611"),
        ("429 Too Many Requests\r\nRetry-After: 999999999999999999999999", STATUS),
        ("500 Internal Server Error", STATUS),
        ("503 Service Unavailable", STATUS),
        ("999 What", STATUS),
    ];
    for (at, (status, code)) in statuses.into_iter().enumerate() {
        // With what would be the right body of a 200.
        let made =
            move |books: &Books<'_>, request: &Request| response(status, &books.right(request));
        harms_nothing(status, BOTH[at % 2], sends(made), code);
    }
}

#[test]
fn nobody_goes_where_a_redirect_leads() {
    for status in [302, 307] {
        for exchange in BOTH {
            let elsewhere = Arc::new(Bank::start(1));
            let target = elsewhere.url();
            let made = move |_: &Books<'_>, _: &Request| {
                let path = if exchange == Exchange::Enrol { "enrol" } else { "confirm" };
                let location = format!("{status} Moved\r\nLocation: {target}/token/{path}");
                response(&location, b"")
            };
            harms_nothing("redirect", exchange, sends(made), STATUS);
            assert_eq!(elsewhere.heard(), 0, "{status}");
        }
    }
}

#[test]
fn what_is_no_http_is_no_answer() {
    type Made = fn(&Books<'_>, &Request) -> Vec<u8>;
    let made: [(&str, Made); 8] = [
        ("nothing at all", |_, _| Vec::new()),
        ("another protocol", |_, _| b"SSH-2.0-OpenSSH_9.9\r\n".to_vec()),
        ("random bytes", |_, _| garbage(4096)),
        ("a head that breaks off", |_, _| b"HTTP/1.1 200 OK\r\nContent-Le".to_vec()),
        ("a length that is none", |_, _| {
            b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx".to_vec()
        }),
        ("a chunk that is none", |_, _| {
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx".to_vec()
        }),
        ("a body that breaks off", |books, request| {
            let mut whole = response("200 OK", &books.right(request));
            whole.pop();
            whole
        }),
        ("thousands of lines in the head", |books, request| {
            let lines = "\r\nX: y".repeat(10_000);
            response(&format!("200 OK{lines}"), &books.right(request))
        }),
    ];
    for (at, (name, made)) in made.into_iter().enumerate() {
        harms_nothing(name, BOTH[at % 2], sends(made), UNREACHABLE);
    }
}

/// 1 GiB, honestly announced; the same in chunks; and a head without an end.
#[test]
fn of_a_flood_no_more_is_read_than_a_message_may_have() {
    let floods: [(&str, &str, &[u8], &str); 3] = [
        ("200 OK\r\nContent-Length: 1073741824\r\n\r\n", "", &[1; 0x10000], NOT_AUTHENTIC),
        ("200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "10000\r\n", &[1; 0x10000], NOT_AUTHENTIC),
        ("200 OK\r\nX: ", "", &[b'x'; 0x10000], NOT_AUTHENTIC),
    ];
    for (head, before, chunk, code) in floods {
        for exchange in BOTH {
            let most = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&most);
            let deed: Deed = Arc::new(move |_, _, stream| {
                let after: &[u8] = if before.is_empty() { b"" } else { b"\r\n" };
                let part = [before.as_bytes(), chunk, after].concat();
                let mut sent = 0;
                let mut going = stream.write_all(format!("HTTP/1.1 {head}").as_bytes());
                while going.is_ok() && sent < 1 << 30 {
                    going = stream.write_all(&part);
                    sent += part.len();
                }
                counted.fetch_max(sent, Ordering::SeqCst);
            });
            harms_nothing(head, exchange, deed, code);
            // What the system's buffers take is among it.
            let sent = most.load(Ordering::SeqCst);
            assert!((1..64 << 20).contains(&sent), "{head}: {sent} bytes");
        }
    }
}

/// Each is left after the 30 s that an exchange may take.
#[test]
fn a_service_that_is_slow_or_says_nothing_is_left() {
    let whole = |books: &Books<'_>, request: &Request| response("200 OK", &books.right(request));
    let slow: Vec<(&str, Deed)> = vec![
        (
            "drips",
            Arc::new(move |books, request, stream| {
                drip(stream, &whole(books, request));
            }),
        ),
        (
            "says nothing",
            Arc::new(|_, _, stream| {
                let _ = stream.read_to_end(&mut Vec::new());
            }),
        ),
        (
            "goes on to say that it will say something",
            Arc::new(|_, _, stream| {
                while stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").is_ok() {
                    thread::sleep(Duration::from_millis(10));
                }
            }),
        ),
    ];
    thread::scope(|scope| {
        for (name, deed) in slow {
            for exchange in BOTH {
                let deed = Arc::clone(&deed);
                scope.spawn(move || {
                    let (place, bank) = (Place::with(&[]), Bank::start(1));
                    bank.does(exchange, deed);
                    let began = Instant::now();
                    let ended = place.warifu(&["enrol", &bank.link()]).within_seconds(120).finish();
                    ended.refused(UNREACHABLE);
                    let took = began.elapsed();
                    assert!((25..110).contains(&took.as_secs()), "{name}: {took:?}");
                    bank.is_good_again();
                    enrols_well(name, &place, &bank);
                });
            }
        }
    });
}

#[test]
fn a_service_with_another_key_than_the_link_gets_nothing_and_gives_nothing() {
    let (place, bank, other) = (Place::with(&[]), Bank::start(1), Bank::start(2));
    let link = bank.link_with_key_of(&other);
    place.warifu(&["enrol", &link]).finish().refused(NOT_UNDERSTOOD);
    assert_eq!((bank.issued(), entries(&place)), ((0, 0), 0));
    // The link was wrong; with the right one it is another enrolment.
    let ended = place.warifu(&["enrol", &bank.link()]).finish();
    assert_eq!((ended.code, bank.issued(), entries(&place)), (Some(0), (1, 1), 1));
}

#[test]
fn an_answer_to_what_was_asked_before_or_by_another_is_none() {
    let (place, bank) = (Place::with(&[]), Bank::start(1));
    // Kept back by somebody: the token never had it.
    let kept = Arc::new(std::sync::Mutex::new(Vec::new()));
    let keeping = Arc::clone(&kept);
    bank.does(
        Exchange::Enrol,
        Arc::new(move |books, request, _| *keeping.lock().unwrap() = books.right(request)),
    );
    place.warifu(&["enrol", &bank.link()]).finish().refused(UNREACHABLE);
    place.warifu(&["enrol", "--discard"]).finish().done();
    let replayed = answers(move |_, _| kept.lock().unwrap().clone());
    bank.does(Exchange::Enrol, replayed);
    place.warifu(&["enrol", &bank.link()]).finish().refused(NOT_AUTHENTIC);

    let link = Link::parse(bank.link().as_bytes()).unwrap();
    let other = Pending::begin(&link, BindingLevel::None, &SystemRandom::new()).unwrap();
    let request = Request::of_another_token(other.request());
    bank.does(Exchange::Enrol, answers(move |books, _| books.right(&request)));
    place.warifu(&["enrol"]).finish().refused(NOT_AUTHENTIC);
    bank.is_good_again();
    enrols_well("replayed", &place, &bank);
    shows_the_banks_code(&place, &bank);
    place.warifu(&["enrol"]).finish().refused("W-603");
}

#[test]
fn a_verdict_on_an_earlier_confirmation_is_none() {
    let (place, bank) = (Place::with(&[]), Bank::start(1));
    let kept = Arc::new(std::sync::Mutex::new(Vec::new()));
    let keeping = Arc::clone(&kept);
    bank.does(
        Exchange::Confirm,
        Arc::new(move |books, request, _| *keeping.lock().unwrap() = books.right(request)),
    );
    place.warifu(&["enrol", &bank.link()]).finish().refused(UNREACHABLE);
    bank.does(Exchange::Confirm, answers(move |_, _| kept.lock().unwrap().clone()));
    place.warifu(&["enrol"]).finish().refused(NOT_AUTHENTIC);
    assert_eq!(entries(&place), 0);
    bank.is_good_again();
    enrols_well("replayed", &place, &bank);
}

/// It proves itself, so what it is called does not matter.
#[test]
fn a_message_of_another_content_type_is_a_message_all_the_same() {
    let (place, bank) = (Place::with(&[]), Bank::start(1));
    bank.does(
        Exchange::Confirm,
        sends(|books, request| {
            let body = books.right(request);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            [head.as_bytes(), &body].concat()
        }),
    );
    let ended = place.warifu(&["enrol", &bank.link()]).finish();
    assert_eq!((ended.code, entries(&place)), (Some(0), 1), "{ended:?}");
}

/// In this process, since there are some hundreds of them.
#[test]
fn a_message_that_is_cut_or_changed_is_none() {
    for exchange in BOTH {
        let (rig, bank) = (Rig::new(), Bank::start(1));
        bank.does(exchange, sends(|_, _| Vec::new()));
        rig.fails(Some(&bank), EnrolmentError::Failed(HttpFailure::Unreachable));
        let at = Arc::new(AtomicUsize::new(0));
        let len = Arc::new(AtomicUsize::new(1));
        type Spoil = fn(&mut Vec<u8>, usize);
        let spoils: [Spoil; 2] =
            [|body, at| body.truncate(at), |body, at| body[at] ^= 1 << (at % 8)];
        for spoil in spoils {
            at.store(0, Ordering::SeqCst);
            let (at_now, len_now) = (Arc::clone(&at), Arc::clone(&len));
            let deed = answers(move |books, request| {
                let mut body = books.right(request);
                len_now.store(body.len(), Ordering::SeqCst);
                spoil(&mut body, at_now.load(Ordering::SeqCst));
                body
            });
            bank.does(exchange, deed);
            while at.load(Ordering::SeqCst) < len.load(Ordering::SeqCst) {
                rig.fails(None, EnrolmentError::NotAuthentic);
                // All of the head, and every few bytes of what is sealed.
                let step = if at.load(Ordering::SeqCst) < 50 { 1 } else { 50 };
                at.fetch_add(step, Ordering::SeqCst);
            }
        }
        bank.is_good_again();
        rig.resume().unwrap();
        assert_eq!((bank.issued(), rig.token.entries().list().unwrap().len()), ((1, 1), 1));
    }
}

/// The PC token's own parts, without its process.
struct Rig {
    _folder: TempDir,
    token: Token,
    carrier: Carrier,
    clock: DeviceClock,
}

impl Rig {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let quick = KdfParams::new(8, 1, 1).unwrap();
        let passphrase = Passphrase::new(PASSPHRASE.as_bytes()).unwrap();
        let random = Arc::new(SystemRandom::new());
        let token = Token::create(&folder.path().join("t"), &passphrase, quick, random).unwrap();
        let clock = DeviceClock::new(&SystemRandom::new()).unwrap();
        Self { _folder: folder, token, carrier: Carrier::default(), clock }
    }

    /// Begins with a bank, or goes on.
    fn fails(&self, bank: Option<&Bank>, error: EnrolmentError) {
        let enroller = Enroller { carrier: &self.carrier, clock: &self.clock };
        // A process that another test begins holds a lock of ours for a moment, until its `exec`.
        let ended = retry_busy(|| match bank {
            Some(bank) => {
                let link = Link::parse(bank.link().as_bytes()).unwrap();
                enroller.enrol(&self.token, link)
            }
            None => enroller.resume(&self.token),
        });
        assert_eq!(ended, Err(error.into()));
    }

    fn resume(&self) -> Result<(), token::Error> {
        let enroller = Enroller { carrier: &self.carrier, clock: &self.clock };
        retry_busy(|| enroller.resume(&self.token)).map(drop)
    }
}

fn garbage(len: usize) -> Vec<u8> {
    Secret::random(len, &SystemRandom::new()).unwrap().expose().to_vec()
}
