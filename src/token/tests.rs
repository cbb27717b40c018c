//! The token on disks that fail, forget and are shared; its screen; its plain behaviour.
//!
//! [`disk`] is a disk that loses what was not synced, [`power_cut`] lists what it may lose,
//! [`operations`] are the operations tried on it, [`judge`] says whether what is left is whole.

#![allow(clippy::arithmetic_side_effects, reason = "a test that overflows is to panic")]

mod behaviour;
mod dice;
mod disk;
mod enrol;
mod faults;
mod found;
mod gate;
mod hotp_walk;
mod http;
mod judge;
mod operations;
mod power;
mod power_cut;
mod randomness;
mod screen;
mod sharing;

use std::sync::Arc;

use super::{Added, Entries, Error, Face, LockStatus, Screen, Token};
use crate::{
    credential::{Generator, Keys, Label, Names, NewCredential, Origin, Policy, Seed},
    otp::{Algorithm, Code, Digits, hotp, totp::Steps},
    secret::{Random, Secret, SystemRandom},
    time::{BootId, DeviceTime, UnixMillis, Uptime},
    vault::{self, Disk, KdfParams, Passphrase, VaultFile},
};

const QUICK: KdfParams = match KdfParams::new(8, 1, 1) {
    Ok(params) => params,
    Err(_) => panic!("out of range"),
};

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.as_bytes()).unwrap()
}

fn random() -> Arc<dyn Random> {
    Arc::new(SystemRandom::new())
}

fn create_on(disk: impl Disk + 'static, typed: &str) -> Result<Token, Error> {
    Token::create_in(VaultFile::on(disk), &passphrase(typed), QUICK, random())
}

fn open_on(disk: impl Disk + 'static) -> Result<Token, Error> {
    let file = VaultFile::on(disk);
    vault::read(&file)?;
    Token::new(file, random())
}

fn at(unix_millis: i64) -> DeviceTime {
    let wall = UnixMillis(unix_millis);
    DeviceTime { wall, uptime: Uptime(7_000_000), boot: BootId([1; 16]) }
}

/// Some day in 2033, at the first moment of a period of 30 seconds.
const NOON: i64 = 2_000_000_010_000;

fn label(text: &str) -> Option<Label> {
    Some(Label::new(text).unwrap())
}

/// 160 bits that belong to the name alone.
fn seed(name: &str) -> Seed {
    Seed::new(Secret::copy_of(format!("{name:·<20}").as_bytes())).unwrap()
}

fn credential(name: &str, generator: Generator) -> NewCredential {
    NewCredential {
        names: Names { issuer: label("割符銀行"), account: label(name), credential_id: None },
        keys: Keys { code: seed(name), sign: None, device: None },
        generator,
        origin: Origin::Otpauth,
        policy: Policy::default(),
        service: None,
    }
}

fn totp(name: &str) -> NewCredential {
    let (algorithm, digits) = (Algorithm::Sha1, Digits::SIX);
    credential(name, Generator::Totp { algorithm, digits, steps: Steps::default() })
}

fn hotp(name: &str, counter: u64) -> NewCredential {
    let (algorithm, digits) = (Algorithm::Sha1, Digits::EIGHT);
    credential(name, Generator::Hotp { algorithm, digits, counter })
}

/// What the credential made by [`hotp`] gives for a counter.
fn hotp_code(name: &str, counter: u64) -> Code {
    hotp::code(seed(name).secret(), Algorithm::Sha1, Digits::EIGHT, counter)
}
