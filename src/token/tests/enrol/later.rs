//! What a later version began, as a vault that the suites of other languages open.

use std::{fs, path::PathBuf};

use zeroize::Zeroizing;

use super::*;

/// A vault without a credential, and with an enrolment of a later version in it. Only the core can write one, so it is kept.
/// `WARIFU_MAKE_SAMPLES=1 cargo test` makes one where there is none.
fn sample() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/samples/later-enrolment.warifu")
}

#[test]
fn the_sample_of_a_later_versions_enrolment_is_one() {
    let folder = tempfile::tempdir().unwrap();
    if std::env::var_os("WARIFU_MAKE_SAMPLES").is_some() && !sample().exists() {
        let made = folder.path().join("made.warifu");
        let token = Token::create(&made, &passphrase(OLD), QUICK, random()).unwrap();
        let later = Zeroizing::new(b"\x02 as a later version has it".to_vec());
        token.shared.commit(|draft| draft.put_pending(later)).unwrap();
        fs::copy(made, sample()).unwrap();
    }
    // Who opens a vault leaves a file beside it.
    let copy = folder.path().join("token.warifu");
    fs::copy(sample(), &copy).unwrap();
    let token = Token::open(&copy, random()).unwrap();
    assert_eq!(token.unlock(&passphrase(OLD)).unwrap().kept_unread, 1);
    assert_eq!(token.enrolment().pending(), Err(EnrolmentError::Unreadable.into()));
    token.enrolment().discard().unwrap();
    assert_eq!(token.enrolment().pending(), Ok(None));
}
