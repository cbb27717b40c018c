//! `warifu clock`, and right codes on a PC whose clock is wrong.
#![cfg(target_os = "linux")]
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
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, SystemTime},
};

use serde_json::Value;

use bank::{Bank, Exchange, answers, shows_the_banks_code};
use fixture::{TOTP_URI, run::Place, tty::Tty};

const NOTHING_TO_ASK: &str = "W-304";
const UNREACHABLE: &str = "W-305";
const NO_TIME: &str = "W-306";
const REFUSED: &str = "W-307";
const NO_HOST: &str = "W-308";

/// Long ago, and in years to come.
const WRONG: [&str; 2] = ["2021-03-04 05:06:07", "2093-03-04 05:06:07"];

fn enrolled() -> (Place, Bank) {
    let (place, bank) = (Place::with(&[]), Bank::start(1));
    assert_eq!(place.warifu(&["enrol", &bank.link()]).finish().code, Some(0));
    (place, bank)
}

fn status(place: &Place, arguments: &[&str]) -> Value {
    let ended = place.warifu(&[arguments, &["--json"]].concat()).finish();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    serde_json::from_str(&ended.stdout).unwrap()
}

#[test]
fn a_pc_whose_clock_is_years_off_enrols_and_makes_the_banks_codes() {
    for time in WRONG {
        let (place, bank) = (Place::with(&[]), Bank::start(1));
        let ended = place.warifu(&["enrol", &bank.link()]).at(time).finish();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert_eq!(bank.issued(), (1, 1));
        shows_the_banks_code(&place, &bank);
        let code = place.warifu(&["code"]).finish();
        let wrong = place.warifu(&["code"]).at(time).finish();
        assert_eq!((code.stdout, wrong.code), (wrong.stdout, Some(0)));
        assert!(wrong.stderr.contains("The codes are adjusted for it."), "{}", wrong.stderr);
        // Set right again, there is nothing to tell.
        assert!(code.stderr.is_empty(), "{}", code.stderr);
    }
}

#[test]
fn the_state_of_the_clock_is_told_to_people_and_to_programs() {
    let (place, bank) = enrolled();
    let clock = status(&place, &["clock"]);
    assert_eq!((&clock["certainty"], &clock["notice"]), (&"sure".into(), &Value::Null));
    assert!(clock["uncertainty_ms"].as_u64().unwrap() < 15_000);

    let told = place.warifu(&["clock", "--lang", "ja"]).at(WRONG[0]).finish();
    for words in [
        "コードの時刻は、銀行の時刻に合っています。",
        "このパソコンの時刻が ",
        "遅れています。コードは補正済みです。",
    ] {
        assert!(told.stdout.contains(words), "{}", told.stdout);
    }
    let heard = bank.heard();
    let synced = place.warifu(&["clock", "sync"]).finish();
    assert_eq!((synced.code, bank.heard()), (Some(0), heard + 1), "{synced:?}");
    assert!(synced.stdout.contains("The codes follow your bank's time."), "{}", synced.stdout);
    assert!(synced.stdout.contains("It is right to within 0."), "{}", synced.stdout);
}

#[test]
fn what_is_not_the_banks_time_is_refused_and_says_what_to_do() {
    let (place, bank) = enrolled();
    let before = status(&place, &["clock"]);
    let sync = || place.warifu(&["clock", "sync"]).finish();
    let told = |code: &str| {
        let ended = sync();
        let support = format!("Support code: {code}");
        assert!(ended.code == Some(1) && ended.stderr.contains(&support), "{ended:?}");
        assert_eq!(status(&place, &["clock"])["certainty"], before["certainty"]);
    };
    bank.does(
        Exchange::Time,
        answers(|books, request| {
            let mut body = books.right(request);
            body[8] ^= 1;
            body
        }),
    );
    told(NO_TIME);
    bank.does(Exchange::Time, answers(|_, _| vec![1; 49]));
    told(NO_TIME);
    bank.does(Exchange::Time, answers(|_, _| vec![1; 5_000_000]));
    told(NO_TIME);
    bank.does(Exchange::Time, bank::sends(|_, _| bank::response("404 Not Found", b"")));
    told(REFUSED);
    bank.does(Exchange::Time, bank::sends(|_, _| Vec::new()));
    told(UNREACHABLE);
    bank.is_good_again();
    assert_eq!(sync().code, Some(0));
}

#[test]
fn where_nobody_can_be_asked_that_is_told() {
    let place = Place::with(&[TOTP_URI]);
    place
        .warifu(&["clock", "sync", "--time-host", "http://bank.example"])
        .finish()
        .refused(NO_HOST);
    let ended = place.warifu(&["clock", "sync"]).finish();
    assert!(ended.code == Some(1) && ended.stderr.contains(NOTHING_TO_ASK), "{ended:?}");
    let told = place.warifu(&["clock"]).finish().done();
    assert!(told.contains("The codes follow this PC's own clock."), "{told}");
    assert!(told.contains("check this PC's clock"), "{told}");
}

#[test]
fn a_plain_entry_follows_the_date_of_a_site_that_is_named() {
    let (place, site) = (Place::with(&[TOTP_URI]), Site::two_minutes_ahead());
    let clock = status(&place, &["clock", "sync", "--time-host", &site.url]);
    // Nobody authenticated it: it is followed, and not told as a fact.
    assert_eq!((&clock["certainty"], &clock["notice"]), (&"unsynced".into(), &Value::Null));
    assert!(clock["uncertainty_ms"].as_u64().unwrap() <= 1_600, "{clock}");
    assert_eq!(
        status(&place, &["clock"])["uncertainty_ms"].as_u64().map(|ms| ms <= 1_600),
        Some(true)
    );
}

/// A web server, and nothing else.
struct Site {
    url: String,
    asked: Arc<AtomicUsize>,
}

impl Site {
    fn two_minutes_ahead() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let counts = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 4096]);
                counts.fetch_add(1, Ordering::SeqCst);
                let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(120));
                let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n";
                let _ = stream.write_all(format!("{head}Date: {date}\r\n\r\n").as_bytes());
            }
        });
        Self { url, asked }
    }
}

#[test]
fn the_live_screen_asks_by_itself_when_that_is_due() {
    let (place, site) = (Place::with(&[TOTP_URI]), Site::two_minutes_ahead());
    let mut tty = Tty::start(&place, "en_US.UTF-8", &["--time-host", &site.url]);
    tty.unlock();
    tty.wait_until("the site was asked", |_| site.asked.load(Ordering::SeqCst) > 0);
}

#[test]
fn the_live_screen_does_not_ask_before_it_is_due_but_by_a_key() {
    let (place, bank) = enrolled();
    let heard = bank.heard();
    let mut tty = Tty::start(&place, "en_US.UTF-8", &[]);
    tty.unlock();
    tty.see("WRFU 0000 0000");
    assert_eq!(bank.heard(), heard, "it was not due");
    tty.keys("s");
    tty.see("The time was checked.");
    assert_eq!(bank.heard(), heard + 1);
}
