use std::sync::Arc;

use warifu::{
    credential::{InvalidLabel, RequestId},
    provision::otpauth::{self, Parameter},
    token::{Error, MarkerError},
    vault,
};

use super::{
    COUNTED, Folder, LINK, NOW, PASSPHRASE, QUICK, bytes,
    foreign::{Card, ClockView, Face, Failure, Reader, Screen, call, lift},
    lower, text,
};
use crate::{Token, credential, marker, token};

/// Calls on one token by the C functions.
pub(super) struct Phone {
    pub(super) folder: Folder,
    pub(super) token: Arc<Token>,
}

impl Phone {
    pub(super) fn create() -> Self {
        let folder = Folder::new();
        let token = create(&folder, PASSPHRASE).unwrap();
        Self { folder, token }
    }

    pub(super) fn handle(&self) -> uniffi::Handle {
        lower(Arc::clone(&self.token))
    }

    pub(super) fn screen(&self) -> Result<Screen, Failure> {
        let screen = call(|status| {
            token::uniffi_warifu_ffi_fn_method_token_screen(self.handle(), lower(NOW), status)
        });
        Ok(Screen::of(screen?))
    }

    pub(super) fn lock(&self) {
        call(|status| token::uniffi_warifu_ffi_fn_method_token_lock(self.handle(), status))
            .unwrap();
    }

    pub(super) fn unlock(&self, passphrase: &str) -> Result<(), Failure> {
        let report = call(|status| {
            let passphrase = bytes(passphrase);
            token::uniffi_warifu_ffi_fn_method_token_unlock(self.handle(), passphrase, status)
        });
        report.map(drop)
    }

    /// The entry's ID.
    pub(super) fn add(&self, link: &str) -> Result<String, Failure> {
        let added = call(|status| {
            token::uniffi_warifu_ffi_fn_method_token_add(self.handle(), bytes(link), status)
        });
        Ok(Reader::new(added?).text())
    }

    pub(super) fn rename(
        &self,
        id: &str,
        issuer: Option<&str>,
        account: Option<&str>,
    ) -> Result<(), Failure> {
        call(|status| {
            token::uniffi_warifu_ffi_fn_method_token_rename(
                self.handle(),
                text(id),
                lower(issuer.map(str::to_owned)),
                lower(account.map(str::to_owned)),
                status,
            );
        })
    }

    pub(super) fn remove(&self, id: &str) -> Result<(), Failure> {
        call(|status| {
            token::uniffi_warifu_ffi_fn_method_token_remove(self.handle(), text(id), status);
        })
    }

    pub(super) fn advance(&self, id: &str, request: &str) -> Result<String, Failure> {
        let code = call(|status| {
            let (id, request) = (text(id), text(request));
            token::uniffi_warifu_ffi_fn_method_token_advance(self.handle(), id, request, status)
        });
        Ok(lift(code?))
    }

    fn entries(&self) -> Result<uniffi::RustBuffer, Failure> {
        call(|status| token::uniffi_warifu_ffi_fn_method_token_entries(self.handle(), status))
    }

    fn marker(&self) -> Result<String, Failure> {
        let marker =
            call(|status| token::uniffi_warifu_ffi_fn_method_token_marker(self.handle(), status))?;
        Ok(lift(call(|status| marker::uniffi_warifu_ffi_fn_func_marker_text(marker, status))?))
    }
}

pub(super) fn create(folder: &Folder, passphrase: &str) -> Result<Arc<Token>, Failure> {
    let (path, passphrase) = (text(folder.vault()), bytes(passphrase));
    let token = call(|status| {
        token::uniffi_warifu_ffi_fn_constructor_token_create(path, passphrase, lower(QUICK), status)
    });
    Ok(lift(token?))
}

pub(super) fn open(folder: &Folder) -> Result<Arc<Token>, Failure> {
    let token = call(|status| {
        token::uniffi_warifu_ffi_fn_constructor_token_open(text(folder.vault()), status)
    });
    Ok(lift(token?))
}

fn preview(link: &str) -> Result<uniffi::RustBuffer, Failure> {
    call(|status| credential::uniffi_warifu_ffi_fn_func_preview(bytes(link), status))
}

#[test]
fn a_code_crosses_with_all_that_is_drawn_around_it() {
    let phone = Phone::create();
    let id = phone.add(LINK).unwrap();
    let face = Face::Totp {
        code: "279 037".into(),
        next: "637 009".into(),
        valid_from: 1_999_999_980_000,
        valid_until: 2_000_000_010_000,
        remaining: 10_000,
        period: 30_000,
        seconds_left: 10,
        certainty: ClockView::UNSYNCED,
        neighbour: None,
    };
    let names = ["Bank", "0001", "WRFU12345678"].map(|name| Some(name.to_owned()));
    let card = Card { id, names, face, weak_bits: None, clear_after: 60_000 };
    let expected = Screen {
        lock: Screen::UNLOCKED,
        clock: ClockView::ALONE,
        cards: vec![card],
        refresh_at: Some(7_001_000),
    };
    assert_eq!(phone.screen(), Ok(expected));
}

#[test]
fn after_a_lock_there_is_nothing_but_the_error_that_says_so() {
    let phone = Phone::create();
    let id = phone.add(COUNTED).unwrap();
    phone.lock();
    let locked =
        Screen { lock: Screen::LOCKED, clock: ClockView::ALONE, cards: vec![], refresh_at: None };
    assert_eq!(phone.screen(), Ok(locked));
    let request = "00".repeat(16);
    assert_eq!(phone.advance(&id, &request), Err(Error::Locked.into()));
    assert_eq!(phone.add(LINK), Err(Error::Locked.into()));
    assert_eq!(phone.remove(&id), Err(Error::Locked.into()));
    assert_eq!(phone.rename(&id, Some("Bank"), None), Err(Error::Locked.into()));
    assert_eq!(phone.entries().map(drop), Err(Error::Locked.into()));
    assert_eq!(phone.marker(), Err(Error::Locked.into()));

    assert_eq!(
        phone.unlock("wrong horse battery"),
        Err(vault_error(vault::Error::WrongPassphrase))
    );
    assert_eq!(phone.unlock(PASSPHRASE), Ok(()));
    assert_eq!(phone.screen().unwrap().cards.len(), 1);
}

#[test]
fn a_hotp_request_repeated_gives_its_code_again() {
    let phone = Phone::create();
    let id = phone.add(COUNTED).unwrap();
    // RFC 4226, appendix D.
    let [first, second] = [[1; 16], [2; 16]].map(|id| lift::<String>(lower(RequestId(id))));
    assert_eq!(phone.advance(&id, &first), Ok("755 224".into()));
    assert_eq!(phone.advance(&id, &first), Ok("755 224".into()));
    assert_eq!(phone.advance(&id, &second), Ok("287 082".into()));
    assert_eq!(phone.screen().unwrap().cards[0].face, Face::Hotp(2));
}

#[test]
fn names_are_parsed_on_the_way_in() {
    let phone = Phone::create();
    let id = phone.add(LINK).unwrap();
    phone.rename(&id, Some(" 割符信用金庫 "), None).unwrap();
    let names = &phone.screen().unwrap().cards[0].names;
    assert_eq!(names, &[Some("割符信用金庫".into()), None, Some("WRFU12345678".into())]);

    let refused = |why| Err(Failure::from(Error::Label(why)));
    assert_eq!(phone.rename(&id, Some(" "), None), refused(InvalidLabel::Empty));
    assert_eq!(
        phone.rename(&id, Some("Bank"), Some("a\u{202e}b")),
        refused(InvalidLabel::ForbiddenCharacter)
    );
    assert_eq!(phone.rename(&id, None, None), Err(Error::Nameless.into()));
    assert_eq!(&phone.screen().unwrap().cards[0].names, names);
}

#[test]
fn a_preview_says_what_a_link_would_add_and_a_bad_link_says_which_part_is_bad() {
    let seen = Reader::whole(preview(LINK).unwrap(), |reader| {
        let names = [(); 3].map(|()| reader.option(Reader::text));
        let generator = (reader.i32(), reader.i32(), reader.u8(), reader.i64(), reader.u32());
        (names, generator, reader.option(Reader::i32))
    });
    let names = ["Bank", "0001", "WRFU12345678"].map(|name| Some(name.to_owned()));
    assert_eq!(seen, (names, (1, 1, 6, 0, 30), None), "TOTP by SHA-1, 6 digits, 30 s from 0");

    let refused = |link, why| {
        let expected = Err(Failure::from(Error::Otpauth(why)));
        assert_eq!(preview(link).map(drop), expected, "{link}");
        let phone = Phone::create();
        assert_eq!(phone.add(link).map(drop), expected, "{link}");
    };
    refused("https://example.com", otpauth::Error::NotOtpauth);
    let parameter = Parameter::Secret;
    refused("otpauth://totp/alice", otpauth::Error::Missing { parameter });
    let parameter = Parameter::Digits;
    refused(
        "otpauth://totp/alice?secret=GEZDGNBVGY3TQOJQ&digits=5",
        otpauth::Error::OutOfRange { parameter },
    );
    let why = InvalidLabel::ForbiddenCharacter;
    refused("otpauth://totp/a%E2%80%AEb?secret=GEZDGNBVGY3TQOJQ", otpauth::Error::Account { why });
}

#[test]
fn the_same_credential_twice_is_refused_and_named() {
    let phone = Phone::create();
    let id = phone.add(LINK).unwrap();
    let existing = lift(text(id));
    assert_eq!(phone.add(LINK), Err(Error::Duplicate { existing }.into()));
}

#[test]
fn a_marker_goes_out_as_text_and_comes_back() {
    let phone = Phone::create();
    phone.add(LINK).unwrap();
    let written = phone.marker().unwrap();
    assert_eq!(written, "warifu marker 1\nBank\t5678\n");
    let read = |content: &str| {
        let marker =
            call(|status| marker::uniffi_warifu_ffi_fn_func_read_marker(bytes(content), status))?;
        Ok(lift::<String>(
            call(|status| marker::uniffi_warifu_ffi_fn_func_marker_text(marker, status)).unwrap(),
        ))
    };
    assert_eq!(read(&written), Ok(written.clone()));
    assert_eq!(read("x"), Err(Failure::from(Error::Marker(MarkerError::NotAMarker))));
}

#[test]
fn a_token_that_is_there_is_opened_and_one_that_is_not_is_said_not_to_be() {
    let folder = Folder::new();
    assert_eq!(open(&folder).map(drop), Err(vault_error(vault::Error::NotFound)));
    drop(create(&folder, PASSPHRASE).unwrap());
    assert_eq!(
        create(&folder, PASSPHRASE).map(drop),
        Err(vault_error(vault::Error::AlreadyExists))
    );
    let short = vault::Error::Passphrase(vault::PassphraseError::TooShort);
    assert_eq!(create(&Folder::new(), "short").map(drop), Err(vault_error(short)));
    let token = open(&folder).unwrap();
    let unlocked = |token: &Arc<Token>| {
        let token = lower(Arc::clone(token));
        call(|status| token::uniffi_warifu_ffi_fn_method_token_is_unlocked(token, status)).unwrap()
    };
    assert_eq!(unlocked(&token), 0);
    let phone = Phone { folder, token };
    phone.unlock(PASSPHRASE).unwrap();
    assert_eq!(unlocked(&phone.token), 1);
    assert!(phone.folder.path().join("token.warifu").exists());
}

#[test]
fn a_token_is_used_from_many_threads_at_once() {
    let phone = Phone::create();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let phone = &phone;
            scope.spawn(move || {
                let seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ";
                let letter = char::from(b'A' + number);
                let link = format!("otpauth://totp/Bank:{number}?secret={seed}{letter}");
                let id = phone.add(&link).unwrap();
                assert!(phone.screen().unwrap().cards.iter().any(|card| card.id == id));
                if number % 2 == 0 {
                    phone.remove(&id).unwrap();
                }
            });
        }
    });
    assert_eq!(phone.screen().unwrap().cards.len(), 4);
}

pub(super) fn vault_error(error: vault::Error) -> Failure {
    Error::Vault(error).into()
}
