//! `warifu enrol` with a bank's service, as a person or a program uses it.
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

use std::time::Instant;

use serde_json::Value;

use bank::{Bank, entries, shows_the_banks_code};
use fixture::{
    TOTP_URI,
    pictures::{png, qr},
    run::{PASSPHRASE, Place},
    tty::Tty,
};

/// Good by its check digit; which of them a service knows is the test's to say.
const CODE: &str = "1234567890123452";
const OTHER: &str = "4111111111111111";
const CODE_REFUSED: &str = "W-610";
const MISTYPED: &str = "W-602";
const NOTHING_PENDING: &str = "W-603";
const NOT_A_LINK: &str = "W-523";

fn has_enrolled(place: &Place, bank: &Bank) {
    assert_eq!((bank.issued(), entries(place)), ((1, 1), 1));
}

#[test]
fn an_activation_code_goes_with_a_link_as_it_is_read_off_a_letter() {
    for typed in [CODE, "1234 5678 9012 3452", "１２３４－５６７８－９０１２－３４５２"]
    {
        let (place, bank) = (Place::with(&[]), Bank::start(1));
        bank.wants(&[CODE, OTHER]);
        let ended = place.warifu(&["enrol", &bank.link(), "--activation", typed]).finish();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.stdout.contains("Credential ID: WRFU 0000 0000"), "{ended:?}");
        assert!(!ended.stderr.contains("3452") && !ended.stdout.contains("3452"), "{ended:?}");
        has_enrolled(&place, &bank);
    }
}

#[test]
fn a_slip_of_the_finger_is_told_before_anything_is_sent() {
    let (place, bank) = (Place::with(&[]), Bank::start(1));
    let before = place.files();
    for typed in ["1234567890123462", "123456789012345", "", "one"] {
        place.warifu(&["enrol", &bank.link(), "--activation", typed]).finish().refused(MISTYPED);
    }
    assert_eq!((bank.heard(), place.files()), (0, before));
}

#[test]
fn a_code_that_the_bank_does_not_know_is_told_and_the_right_one_enrols() {
    let (place, bank) = (Place::with(&[]), Bank::start(1));
    bank.wants(&[CODE, OTHER]);
    let enrol = |code| place.warifu(&["enrol", &bank.link(), "--activation", code]).finish();
    let ended = enrol("4000056655665556");
    assert!(ended.code == Some(1) && ended.stderr.contains(CODE_REFUSED), "{ended:?}");
    assert_eq!(enrol(OTHER).code, Some(0));
    has_enrolled(&place, &bank);
}

#[test]
fn a_link_may_be_in_a_picture_or_on_standard_input_and_add_takes_it_too() {
    let link = |bank: &Bank| format!("{}&c={CODE}", bank.link());
    let started = || {
        let bank = Bank::start(1);
        bank.wants(&[CODE, OTHER]);
        (Place::with(&[]), bank)
    };
    for command in ["enrol", "add"] {
        let (place, bank) = started();
        let picture = place.write("qr.png", &png(&qr(&[&link(&bank), "https://bank.example"])));
        let ended = place.warifu(&[command, picture.to_str().unwrap()]).finish();
        assert_eq!(ended.code, Some(0), "{command}: {ended:?}");
        has_enrolled(&place, &bank);

        let (place, bank) = started();
        let ended = place.warifu(&[command, "-"]).more(link(&bank).as_bytes()).finish();
        assert_eq!(ended.code, Some(0), "{command}: {ended:?}");
        has_enrolled(&place, &bank);
    }
}

#[test]
fn a_program_gets_json() {
    let (place, bank) = (Place::with(&[]), Bank::start(1));
    let ended = place.warifu(&["enrol", &bank.link(), "--json"]).finish();
    let json: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(json["credential_id"], "WRFU00000000");
    assert_eq!((json["kind"].as_str(), json["weak"].as_bool()), (Some("totp"), Some(false)));
}

#[test]
fn what_is_no_link_and_what_was_not_begun_is_told() {
    let place = Place::with(&[]);
    place.warifu(&["enrol", "-"]).more(TOTP_URI.as_bytes()).finish().refused(NOT_A_LINK);
    place.warifu(&["enrol"]).finish().refused(NOTHING_PENDING);
    place.warifu(&["enrol", "--discard"]).finish().refused(NOTHING_PENDING);
}

#[test]
fn what_was_begun_can_be_discarded() {
    let (place, bank) = (Place::with(&[]), Bank::start(1));
    bank.wants(&[CODE, OTHER]);
    assert_eq!(place.warifu(&["enrol", &bank.link()]).finish().code, Some(1));
    assert_eq!(place.warifu(&["enrol", "--discard"]).finish().code, Some(0));
    place.warifu(&["enrol"]).finish().refused(NOTHING_PENDING);
}

#[test]
fn a_person_is_asked_for_a_code_where_the_service_wants_one() {
    let (place, bank) = (Place::with(&[]), Bank::start(1));
    bank.wants(&[CODE, OTHER]);
    let mut tty = Tty::start(&place, "en_US.UTF-8", &["enrol", &bank.link()]);
    tty.see("Passphrase");
    tty.keys(PASSPHRASE);
    tty.keys("\r");
    tty.see("Activation code (16 digits)");
    tty.keys("1234567890123462\r");
    tty.see("has a wrong digit");
    assert_eq!(bank.heard(), 1, "a slip of the finger was sent");
    tty.keys("1234567890123452\r");
    tty.see("Credential ID: WRFU 0000 0000");
    assert!(tty.ended().success());
    has_enrolled(&place, &bank);
}

/// From the first instant to beyond the last, each time on a new vault; then the same command again.
#[test]
fn a_token_that_is_killed_at_any_moment_enrols_once_in_the_end() {
    const MOMENTS: u32 = 40;
    let (place, bank) = (Place::with(&[]), Bank::start(1));
    let began = Instant::now();
    assert_eq!(place.warifu(&["enrol", &bank.link()]).finish().code, Some(0));
    let whole = began.elapsed();
    let mut cut = 0;
    for moment in 0..MOMENTS {
        let (place, bank) = (Place::with(&[]), Bank::start(1));
        place.warifu(&["enrol", &bank.link()]).killed_after(whole * moment / (MOMENTS - 4));
        // A token that had come to the end has nothing to go on with; the same link would be a new one.
        if entries(&place) == 0 {
            cut += 1;
            let ended = place.warifu(&["enrol", &bank.link()]).finish();
            assert_eq!(ended.code, Some(0), "{moment}: {ended:?}");
        }
        assert_eq!((bank.issued(), entries(&place)), ((1, 1), 1), "{moment}");
        shows_the_banks_code(&place, &bank);
    }
    assert!(cut > 0, "nothing was cut short");
}
