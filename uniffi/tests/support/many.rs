//! A vault with many credentials, for what measures speed. The links are added one by one, as an app
//! adds them, and each time all that are there are read: 10,000 take a minute and a half in release.

use std::{error::Error, fs, path::Path, sync::Arc};

use warifu::{
    provision::otpauth,
    secret::SystemRandom,
    token::Token,
    vault::{KdfParams, Passphrase},
};

pub(crate) const PASSPHRASE: &str = "correct horse battery";

/// Makes the vault at the least cost for its passphrase, unless the file is there: then it is the one
/// of an earlier call.
pub(crate) fn make(file: &Path, count: u32) -> Result<(), Box<dyn Error>> {
    if file.exists() {
        return Ok(());
    }
    let unfinished = file.with_extension("unfinished");
    let _ = fs::remove_file(&unfinished);
    let passphrase = Passphrase::new(PASSPHRASE.as_bytes())?;
    let random = Arc::new(SystemRandom::new());
    let token = Token::create(&unfinished, &passphrase, KdfParams::new(8, 1, 1)?, random)?;
    for number in 0..count {
        token.entries().add(otpauth::parse(link(number).as_bytes())?)?;
    }
    drop(token);
    let _ = fs::remove_file(unfinished.with_extension("unfinished.lock"));
    fs::rename(&unfinished, file)?;
    Ok(())
}

/// With a seed of 160 bits that no other number has.
fn link(number: u32) -> String {
    const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let digit = |place| char::from(BASE32[(number >> (5 * place)) as usize & 31]);
    let tail: String = (0..8).map(|place| if place < 6 { digit(place) } else { 'A' }).collect();
    format!("otpauth://totp/Bank:{number:05}?secret=GEZDGNBVGY3TQOJQGEZDGNBV{tail}&issuer=Bank")
}
