//! Several tokens on one file, and several threads on one token.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use super::{
    Error, LockStatus, NOON, QUICK, Token, at, create_on,
    disk::{Call, SimDisk},
    found::entries_of,
    gate::gated,
    hotp, hotp_code, open_on,
    operations::{NEW, OLD},
    passphrase, random, totp, vault,
};
use crate::{credential::RequestId, vault::Disk};

const BUSY: Error = Error::Vault(vault::Error::Busy);
const ROLLED_BACK: Error = Error::Vault(vault::Error::RolledBack);
const REPLACED: Error = Error::Vault(vault::Error::Replaced);

fn create_at(path: &Path) -> Token {
    Token::create(path, &passphrase(OLD), QUICK, random()).unwrap()
}

fn unlocked_at(path: &Path) -> Token {
    let token = Token::open(path, random()).unwrap();
    token.unlock(&passphrase(OLD)).unwrap();
    token
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.warifu");
    (folder, path)
}

fn until_not_busy<T>(mut call: impl FnMut() -> Result<T, Error>) -> T {
    loop {
        match call() {
            Err(BUSY) => thread::yield_now(),
            done => return done.unwrap(),
        }
    }
}

#[test]
fn while_one_holds_the_lock_the_other_is_told_so_and_can_read() {
    let (_folder, path) = folder();
    let token = create_at(&path);
    let mut lock_file = path.into_os_string();
    lock_file.push(".lock");
    let other = fs::File::options().write(true).open(lock_file).unwrap();
    other.lock().unwrap();
    assert_eq!(token.entries().add(totp("one")).unwrap_err(), BUSY);
    assert_eq!(token.refresh(), Ok(false));
    assert_eq!(token.unlock(&passphrase(OLD)).map(drop), Ok(()));
    drop(other);
    token.entries().add(totp("one")).unwrap();
}

#[test]
fn a_vault_that_is_being_made_is_not_made_twice() {
    let disk = SimDisk::empty();
    let held = disk.lock().unwrap();
    assert_eq!(create_on(disk.clone(), OLD).map(drop), Err(BUSY));
    drop(held);
    create_on(disk.clone(), OLD).unwrap();
    let again = create_on(disk, NEW).map(drop);
    assert_eq!(again, Err(Error::Vault(vault::Error::AlreadyExists)));
}

#[test]
fn what_a_crash_left_in_the_folder_hinders_nobody() {
    let (_folder, path) = folder();
    for leftover in [".tmp", ".lock"] {
        let mut beside = path.clone().into_os_string();
        beside.push(leftover);
        fs::write(beside, b"left behind").unwrap();
    }
    create_at(&path).entries().add(totp("one")).unwrap();
    assert_eq!(entries_of(&unlocked_at(&path)).unwrap().len(), 1);
}

#[test]
fn eight_threads_that_add_to_one_file_lose_nothing() {
    let (_folder, path) = folder();
    let first = create_at(&path);
    thread::scope(|scope| {
        for thread in 0..8 {
            let path = &path;
            scope.spawn(move || {
                let token = unlocked_at(path);
                for number in 0..6 {
                    let name = format!("{thread}/{number}");
                    until_not_busy(|| token.entries().add(totp(&name)));
                }
            });
        }
    });
    assert_eq!(first.refresh(), Ok(true));
    let mut names: Vec<_> = entries_of(&first)
        .unwrap()
        .into_iter()
        .map(|entry| entry.names.account.unwrap().to_string())
        .collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 48);
}

#[test]
fn eight_threads_that_press_one_button_get_eight_codes() {
    let (_folder, path) = folder();
    let id = create_at(&path).entries().add(hotp("press", 0)).unwrap().id;
    let pressed = |thread: u8| {
        let token = unlocked_at(&path);
        until_not_busy(|| token.entries().advance(id, RequestId([thread; 16])))
    };
    let mut codes: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|thread| scope.spawn(move || pressed(thread))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap().expose().to_owned()).collect()
    });
    let mut expected: Vec<_> =
        (0..8).map(|counter| hotp_code("press", counter).expose().to_owned()).collect();
    codes.sort();
    expected.sort();
    assert_eq!(codes, expected);
}

#[test]
fn a_file_put_back_under_an_open_token_is_rolled_back_and_what_is_held_stays() {
    let (_folder, path) = folder();
    let token = create_at(&path);
    token.entries().add(totp("one")).unwrap();
    let earlier = fs::read(&path).unwrap();
    token.entries().add(totp("two")).unwrap();
    fs::write(&path, &earlier).unwrap();
    assert_eq!(token.refresh(), Err(ROLLED_BACK));
    assert_eq!(token.entries().add(totp("three")).unwrap_err(), ROLLED_BACK);
    assert_eq!(token.screen(at(NOON)).unwrap().cards.len(), 2);
    assert_eq!(fs::read(&path).unwrap(), earlier, "nothing was written");
}

#[test]
fn a_file_put_back_while_locked_is_rolled_back_to_this_process_and_opens_for_the_next() {
    let (_folder, path) = folder();
    let token = create_at(&path);
    let earlier = fs::read(&path).unwrap();
    token.entries().add(totp("one")).unwrap();
    token.lock();
    fs::write(&path, &earlier).unwrap();
    assert_eq!(token.unlock(&passphrase(OLD)), Err(ROLLED_BACK));
    assert!(!token.is_unlocked());
    assert!(entries_of(&unlocked_at(&path)).unwrap().is_empty());
}

#[test]
fn a_fork_of_the_same_generation_is_rolled_back_too() {
    let (_folder, path) = folder();
    let token = create_at(&path);
    let before = fs::read(&path).unwrap();
    token.entries().add(totp("one")).unwrap();
    fs::write(&path, &before).unwrap();
    unlocked_at(&path).entries().add(totp("another")).unwrap();
    assert_eq!(token.refresh(), Err(ROLLED_BACK));
}

#[test]
fn another_vault_in_the_place_of_an_open_one_is_replaced() {
    let (_folder, path) = folder();
    let token = create_at(&path);
    fs::remove_file(&path).unwrap();
    assert_eq!(token.refresh(), Err(Error::Vault(vault::Error::NotFound)));
    create_at(&path);
    assert_eq!(token.refresh(), Err(REPLACED));
    assert_eq!(token.entries().add(totp("one")).unwrap_err(), REPLACED);
    assert!(entries_of(&unlocked_at(&path)).unwrap().is_empty(), "nothing was written");
}

#[test]
fn what_one_token_changes_the_other_takes_in_by_refresh_or_with_its_next_change() {
    let disk = SimDisk::empty();
    let one = create_on(disk.clone(), OLD).unwrap();
    let two = open_on(disk).unwrap();
    two.unlock(&passphrase(OLD)).unwrap();
    one.entries().add(totp("one")).unwrap();
    assert_eq!((two.refresh(), two.refresh()), (Ok(true), Ok(false)));
    assert_eq!(entries_of(&two), entries_of(&one));
    two.entries().add(totp("two")).unwrap();
    one.entries().add(totp("three")).unwrap();
    assert_eq!(entries_of(&one).unwrap().len(), 3);
}

#[test]
fn a_passphrase_that_another_process_changed_is_the_one_that_counts() {
    let disk = SimDisk::empty();
    let one = create_on(disk.clone(), OLD).unwrap();
    let two = open_on(disk).unwrap();
    two.unlock(&passphrase(OLD)).unwrap();
    let change = |token: &Token, from, to| {
        token.slots().change_passphrase(&passphrase(from), &passphrase(to), QUICK)
    };
    change(&one, OLD, NEW).unwrap();
    let wrong = Err(Error::Vault(vault::Error::WrongPassphrase));
    assert_eq!(change(&two, OLD, "yet another one"), wrong);
    two.entries().add(totp("still unlocked")).unwrap();
    assert_eq!(two.unlock(&passphrase(OLD)).map(drop), wrong);
}

#[test]
fn a_lock_that_comes_while_the_key_is_made_wins() {
    let disk = SimDisk::empty();
    create_on(disk.clone(), OLD).unwrap();
    let (disk, gate) = gated(disk, Call::Read);
    let token = open_on(disk).unwrap();
    gate.close();
    thread::scope(|scope| {
        let unlocking = scope.spawn(|| token.unlock(&passphrase(OLD)).map(drop));
        gate.await_arrival();
        token.lock();
        gate.let_go();
        assert_eq!(unlocking.join().unwrap(), Err(Error::Locked));
    });
    assert!(!token.is_unlocked());
    token.unlock(&passphrase(OLD)).unwrap();
}

#[test]
fn the_screen_and_the_lock_do_not_wait_for_a_write_that_hangs() {
    for hangs_in in
        [Call::Lock, Call::Read, Call::Write, Call::Sync, Call::Rename, Call::SyncFolder]
    {
        let (disk, gate) = gated(SimDisk::empty(), hangs_in);
        let token = create_on(disk, OLD).unwrap();
        token.entries().add(totp("one")).unwrap();
        gate.close();
        thread::scope(|scope| {
            let adding = scope.spawn(|| token.entries().add(totp("two")).map(drop));
            gate.await_arrival();
            assert_eq!(token.screen(at(NOON)).unwrap().cards.len(), 1, "{hangs_in:?}");
            token.lock();
            let screen = token.screen(at(NOON)).unwrap();
            assert_eq!((screen.lock, screen.cards), (LockStatus::Locked, vec![]));
            gate.let_go();
            assert_eq!(adding.join().unwrap(), Ok(()), "{hangs_in:?}");
        });
        assert!(!token.is_unlocked(), "the write that ended late does not unlock");
        token.unlock(&passphrase(OLD)).unwrap();
        assert_eq!(entries_of(&token).unwrap().len(), 2);
    }
}

#[test]
fn an_unlock_during_a_write_takes_in_what_was_written() {
    let (disk, gate) = gated(SimDisk::empty(), Call::Rename);
    let token = create_on(disk, OLD).unwrap();
    gate.close();
    thread::scope(|scope| {
        let adding = scope.spawn(|| token.entries().add(totp("one")).map(drop));
        gate.await_arrival();
        token.lock();
        let unlocking = scope.spawn(|| token.unlock(&passphrase(OLD)).map(drop));
        // An unlock that does not wait for the write has time to read the older file.
        thread::sleep(Duration::from_millis(200));
        gate.let_go();
        assert_eq!((adding.join().unwrap(), unlocking.join().unwrap()), (Ok(()), Ok(())));
    });
    assert_eq!(entries_of(&token).unwrap().len(), 1);
}

#[test]
fn a_lock_that_comes_during_a_press_keeps_the_code_for_the_same_request() {
    let (disk, gate) = gated(SimDisk::empty(), Call::Sync);
    let token = create_on(disk, OLD).unwrap();
    let id = token.entries().add(hotp("press", 7)).unwrap().id;
    let request = RequestId([5; 16]);
    gate.close();
    thread::scope(|scope| {
        let pressing = scope.spawn(|| token.entries().advance(id, request));
        gate.await_arrival();
        token.lock();
        gate.let_go();
        assert_eq!(pressing.join().unwrap(), Err(Error::Locked));
    });
    token.unlock(&passphrase(OLD)).unwrap();
    assert_eq!(token.entries().advance(id, request), Ok(hotp_code("press", 7)));
    assert_eq!(token.entries().advance(id, RequestId([6; 16])), Ok(hotp_code("press", 8)));
}
