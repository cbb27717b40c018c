//! The real program with a real Secret Service: GNOME's keyring on a bus of its own.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on is to stop"
)]

mod fixture;

use fixture::{HOTP_URI, TOTP_URI, run::Place, session::Session};

const FAILED: &str = "The keyring did not open the token, so the passphrase is needed";

#[test]
fn a_keyring_opens_without_the_passphrase_until_it_is_turned_off() {
    let (session, place) = (Session::begin(), Place::with(&[HOTP_URI]));
    session.alone(&place, &["code"]).refused("W-511");
    assert!(session.turn_on(&place).done().starts_with("On: "));
    assert_eq!(
        session.alone(&place, &["keyring", "status"]).done(),
        "On: Secret Service opens the token.\n"
    );
    // RFC 4226, appendix D: what it opens it can also write.
    assert_eq!(session.alone(&place, &["code"]).done(), "755224\n");
    assert_eq!(session.alone(&place, &["code"]).done(), "287082\n");
    // The passphrase opens as before, and off wants it.
    place.warifu(&["list"]).finish().done();
    session.alone(&place, &["keyring", "off"]).refused("W-511");
    let (name, value) = session.address();
    let off = place.warifu(&["keyring", "off"]).env(name, value).finish().done();
    assert!(off.starts_with("Off: "));
    session.alone(&place, &["code"]).refused("W-511");
    let status = session.alone(&place, &["keyring", "status"]).done();
    assert!(status.starts_with("Off. Secret Service answers"), "{status}");
}

#[test]
fn a_keyring_that_died_leaves_the_passphrase_and_one_sentence() {
    let (mut session, place) = (Session::begin(), Place::with(&[TOTP_URI]));
    session.turn_on(&place).done();
    session.kill_keyring();
    let ended = session.alone(&place, &["code"]);
    assert!(ended.stderr.starts_with(&format!("{FAILED} (W-136).\n")), "{ended:?}");
    ended.refused("W-511");
    place.warifu(&["code"]).finish().done();
    let status = session.alone(&place, &["keyring", "status"]).done();
    assert!(status.contains("does not open the token now (W-136)"), "{status}");
    // Nothing is said to be off whose key nobody could delete.
    let (name, value) = session.address();
    place.warifu(&["keyring", "off"]).env(name, value).finish().refused("W-136");
    let status = session.alone(&place, &["keyring", "status"]).done();
    assert!(status.starts_with("On, but"), "{status}");
}

#[test]
fn a_locked_keyring_leaves_the_passphrase() {
    let (session, place) = (Session::begin(), Place::with(&[TOTP_URI]));
    session.turn_on(&place).done();
    session.lock_keyring();
    let ended = session.alone(&place, &["code"]);
    assert!(ended.stderr.starts_with(&format!("{FAILED} (W-136).\n")), "{ended:?}");
    ended.refused("W-511");
    place.warifu(&["code"]).finish().done();
}

#[test]
fn a_copied_vault_does_not_open_with_another_keyring() {
    let (session, place) = (Session::begin(), Place::with(&[TOTP_URI]));
    session.turn_on(&place).done();
    let other = Session::begin();
    other.turn_on(&Place::with(&[TOTP_URI])).done();
    let ended = other.alone(&place, &["code"]);
    assert!(ended.stderr.starts_with(&format!("{FAILED} (W-130).\n")), "{ended:?}");
    ended.refused("W-511");
}

#[test]
fn without_a_keyring_it_is_not_turned_on() {
    let place = Place::with(&[TOTP_URI]);
    let run = |arguments: &[&str]| {
        place.warifu(arguments).env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere").finish()
    };
    let before = place.files();
    run(&["keyring", "on"]).refused("W-521");
    assert!(run(&["keyring", "status"]).done().contains("does not answer"));
    assert!(run(&["keyring", "off"]).done().starts_with("Off: "));
    assert_eq!(place.files(), before);
    assert_eq!(run(&["keyring", "maybe"]).code, Some(2));
}
