//! What the token does on a disk that works.

use super::{
    Added, Entries, Error, Face, Generator, LockStatus, NOON, QUICK, Token, at, create_on,
    credential,
    disk::SimDisk,
    found::{Found, entries_of},
    hotp, hotp_code, label, open_on,
    operations::{NEW, OLD, weak},
    passphrase, totp, vault,
};
use crate::{
    credential::{EntryId, RequestId, Weakness},
    otp::{Algorithm, Digits},
};

const UNKNOWN_ENTRY: Error = Error::Vault(vault::Error::UnknownEntry);

fn token() -> (SimDisk, Token) {
    let disk = SimDisk::empty();
    let token = create_on(disk.clone(), OLD).unwrap();
    (disk, token)
}

fn request(number: u8) -> RequestId {
    RequestId([number; 16])
}

fn counter(token: &Token) -> u64 {
    match token.screen(at(NOON)).unwrap().cards[0].face {
        Face::Hotp { counter } => counter,
        _ => panic!("not HOTP"),
    }
}

#[test]
fn the_same_request_gives_the_same_code_and_spends_one_counter() {
    let (disk, token) = token();
    let id = token.entries().add(hotp("press", 3)).unwrap().id;
    assert_eq!(counter(&token), 3);
    for _ in 0..3 {
        assert_eq!(token.entries().advance(id, request(1)), Ok(hotp_code("press", 3)));
        assert_eq!(counter(&token), 4);
    }
    let restarted = open_on(disk).unwrap();
    restarted.unlock(&passphrase(OLD)).unwrap();
    assert_eq!(restarted.entries().advance(id, request(1)), Ok(hotp_code("press", 3)));
    assert_eq!(restarted.entries().advance(id, request(2)), Ok(hotp_code("press", 4)));
}

#[test]
fn the_slots_are_listed_while_locked() {
    let (_, token) = token();
    let listed = token.slots().list().unwrap();
    token.lock();
    assert_eq!(token.slots().list(), Err(Error::Locked));
    assert_eq!(token.locked_slots(), Ok(listed));
}

#[test]
fn the_screen_never_spends_a_counter() {
    let (disk, token) = token();
    token.entries().add(hotp("press", 3)).unwrap();
    let before = disk.state().visible();
    for second in 0..100 {
        token.screen(at(NOON + 1000 * second)).unwrap();
    }
    assert_eq!(disk.state().visible(), before);
    assert_eq!(counter(&token), 3);
}

#[test]
fn the_last_counter_gives_a_code_and_after_it_there_is_none() {
    let (_, token) = token();
    let id = token.entries().add(hotp("press", u64::MAX - 1)).unwrap().id;
    let last = hotp_code("press", u64::MAX - 1);
    assert_eq!(token.entries().advance(id, request(1)), Ok(last.clone()));
    assert_eq!(token.entries().advance(id, request(2)), Err(Error::CounterExhausted));
    assert_eq!(token.entries().advance(id, request(1)), Ok(last));
}

#[test]
fn a_code_on_request_is_for_hotp_alone() {
    let (_, token) = token();
    let id = token.entries().add(totp("one")).unwrap().id;
    assert_eq!(token.entries().advance(id, request(1)), Err(Error::NotHotp));
    let nobody = EntryId([9; 16]);
    assert_eq!(token.entries().advance(nobody, request(1)), Err(UNKNOWN_ENTRY));
}

#[test]
fn the_same_credential_again_is_refused_and_the_entry_named() {
    let (_, token) = token();
    let existing = token.entries().add(totp("one")).unwrap().id;
    let mut renamed = totp("one");
    renamed.names.account = label("under another name");
    for twin in [totp("one"), renamed] {
        assert_eq!(token.entries().add(twin), Err(Error::Duplicate { existing }));
    }
}

#[test]
fn a_hotp_credential_is_the_same_wherever_its_counter_stands() {
    let (_, token) = token();
    let existing = token.entries().add(hotp("press", 0)).unwrap().id;
    token.entries().advance(existing, request(1)).unwrap();
    for counter in [0, 1, 50] {
        let again = token.entries().add(hotp("press", counter));
        assert_eq!(again, Err(Error::Duplicate { existing }));
    }
}

#[test]
fn the_same_key_with_another_generator_is_another_credential() {
    let (_, token) = token();
    token.entries().add(hotp("key", 0)).unwrap();
    let (algorithm, digits) = (Algorithm::Sha256, Digits::EIGHT);
    let sha256 = Generator::Hotp { algorithm, digits, counter: 0 };
    assert!(token.entries().add(credential("key", sha256)).is_ok());
    assert!(token.entries().add(totp("key")).is_ok());
}

#[test]
fn a_new_key_under_the_same_name_is_added_and_the_older_entry_told() {
    let (_, token) = token();
    let older = token.entries().add(totp("one")).unwrap().id;
    let mut exchanged = totp("another key");
    exchanged.names = totp("one").names;
    let added = token.entries().add(exchanged).unwrap();
    assert_eq!(added, Added { id: added.id, weakness: None, same_name: vec![older] });
    assert_ne!(added.id, older);
}

#[test]
fn a_seed_of_80_bits_is_added_and_its_weakness_told_and_shown() {
    let (_, token) = token();
    let weakness = Some(Weakness::ShortSeed { bits: 80 });
    assert_eq!(token.entries().add(weak("short")).unwrap().weakness, weakness);
    token.entries().add(totp("long enough")).unwrap();
    let shown: Vec<_> =
        token.screen(at(NOON)).unwrap().cards.iter().map(|card| card.weakness).collect();
    assert_eq!(shown, [weakness, None]);
}

#[test]
fn entries_keep_their_order_and_their_ids_through_changes() {
    let (_, token) = token();
    let ids = ["a", "b", "c", "d"].map(|name| token.entries().add(totp(name)).unwrap().id);
    token.entries().remove(ids[1]).unwrap();
    token.entries().rename(ids[0], label("銀行"), None).unwrap();
    let new = token.entries().add(hotp("b", 0)).unwrap().id;
    let screen = token.screen(at(NOON)).unwrap();
    let shown: Vec<_> = screen.cards.iter().map(|card| card.id).collect();
    assert_eq!(shown, [ids[0], ids[2], ids[3], new]);
    let renamed = &screen.cards[0].names;
    assert_eq!((&renamed.issuer, &renamed.account), (&label("銀行"), &None));
    assert_eq!(token.entries().remove(ids[1]), Err(UNKNOWN_ENTRY));
    assert_eq!(token.entries().rename(ids[1], label("x"), None), Err(UNKNOWN_ENTRY));
}

#[test]
fn a_removed_credential_can_come_in_again() {
    let (_, token) = token();
    let id = token.entries().add(totp("one")).unwrap().id;
    token.entries().remove(id).unwrap();
    assert_ne!(token.entries().add(totp("one")).unwrap().id, id);
}

#[test]
fn an_entry_keeps_a_name() {
    let (_, token) = token();
    let id = token.entries().add(totp("one")).unwrap().id;
    assert_eq!(token.entries().rename(id, None, None), Err(Error::Nameless));
}

#[test]
fn the_same_names_again_write_nothing() {
    let (disk, token) = token();
    let id = token.entries().add(totp("one")).unwrap().id;
    let before = disk.state().visible().vault();
    token.entries().rename(id, label("割符銀行"), label("one")).unwrap();
    assert_eq!(disk.state().visible().vault(), before);
}

#[test]
fn a_locked_token_draws_no_card_and_does_nothing() {
    let (disk, token) = token();
    let id = token.entries().add(hotp("press", 0)).unwrap().id;
    token.lock();
    let before = disk.state().visible();
    let screen = token.screen(at(NOON)).unwrap();
    assert_eq!((screen.lock, screen.cards.len(), screen.refresh_at), (LockStatus::Locked, 0, None));
    let entries: Entries<'_> = token.entries();
    assert_eq!(entries.add(totp("one")).unwrap_err(), Error::Locked);
    assert_eq!(entries.rename(id, label("x"), None), Err(Error::Locked));
    assert_eq!(entries.remove(id), Err(Error::Locked));
    assert_eq!(entries.advance(id, request(1)), Err(Error::Locked));
    assert_eq!(token.refresh(), Err(Error::Locked));
    let change = token.slots().change_passphrase(&passphrase(OLD), &passphrase(NEW), QUICK);
    assert_eq!(change, Err(Error::Locked));
    assert_eq!(disk.state().visible(), before);
    token.lock();
    token.unlock(&passphrase(OLD)).unwrap();
    assert_eq!(token.screen(at(NOON)).unwrap().lock, LockStatus::Unlocked);
}

#[test]
fn a_wrong_passphrase_leaves_the_token_as_it_was() {
    let (_, token) = token();
    let wrong = Err(Error::Vault(vault::Error::WrongPassphrase));
    assert_eq!(token.unlock(&passphrase(NEW)).map(drop), wrong);
    assert!(token.is_unlocked());
    token.lock();
    assert_eq!(token.unlock(&passphrase(NEW)).map(drop), wrong);
    assert!(!token.is_unlocked());
}

#[test]
fn a_changed_passphrase_alone_opens_the_vault_and_the_entries_stay() {
    let (disk, token) = token();
    token.entries().add(totp("one")).unwrap();
    let change =
        |from, to| token.slots().change_passphrase(&passphrase(from), &passphrase(to), QUICK);
    assert_eq!(change(NEW, OLD), Err(Error::Vault(vault::Error::WrongPassphrase)));
    let short = vault::Error::Passphrase(vault::PassphraseError::TooShort);
    assert_eq!(change(OLD, "seven 7"), Err(Error::Vault(short)));
    change(OLD, NEW).unwrap();
    let expected = Found::Vault { opens_with: NEW, entries: entries_of(&token).unwrap() };
    assert_eq!(Found::on(&disk.state().visible()), Ok(expected));
}

#[test]
fn a_short_passphrase_makes_no_vault() {
    let disk = SimDisk::empty();
    let short = vault::Error::Passphrase(vault::PassphraseError::TooShort);
    assert_eq!(create_on(disk.clone(), "seven 7").map(drop), Err(Error::Vault(short)));
    assert_eq!(open_on(disk).map(drop), Err(Error::Vault(vault::Error::NotFound)));
}
