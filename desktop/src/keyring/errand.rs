//! What the core asks of a key store, done with a place that keeps secrets.

use ring::{aead, hmac};
use warifu::{
    secret::{Random, Secret, scrubbed},
    vault::{KeyAnswer, KeyErrand, KeyGate, KeyName, KeyRefusal},
};
use zeroize::Zeroizing;

use super::Keyring;

/// A key as the keyring keeps it.
const KEY_LEN: usize = 32;
const NONCE_LEN: usize = 12;
const TAG_LEN: usize = 16;

/// Does one errand.
pub(super) fn answer(errand: KeyErrand, keyring: &dyn Keyring, random: &dyn Random) -> KeyAnswer {
    scrubbed(|| attempt(errand, keyring, random)).unwrap_or_else(KeyAnswer::Refused)
}

fn attempt(
    errand: KeyErrand,
    keyring: &dyn Keyring,
    random: &dyn Random,
) -> Result<KeyAnswer, KeyRefusal> {
    Ok(match errand {
        KeyErrand::Create { gate: KeyGate::Biometric, .. } => return Err(KeyRefusal::NotEnrolled),
        KeyErrand::Create { key, gate: KeyGate::Device, usage: _ } => {
            let secret = Secret::random(KEY_LEN, random).map_err(|_| KeyRefusal::Unavailable)?;
            keyring.write(&key.to_string(), secret)?;
            KeyAnswer::Done
        }
        KeyErrand::Find { key } => read(keyring, key).map(|_| KeyAnswer::Done)?,
        KeyErrand::Wrap { key, plaintext } => {
            KeyAnswer::Bytes(wrap(&read(keyring, key)?, &plaintext, random)?)
        }
        KeyErrand::Unwrap { key, wrapped } => {
            KeyAnswer::Bytes(unwrap(&read(keyring, key)?, &wrapped)?)
        }
        KeyErrand::Mac { key, message } => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, read(keyring, key)?.expose());
            KeyAnswer::Bytes(Secret::copy_of(hmac::sign(&key, message.expose()).as_ref()))
        }
        KeyErrand::Delete { key } => match keyring.delete(&key.to_string()) {
            Ok(()) | Err(KeyRefusal::Missing) => KeyAnswer::Done,
            Err(refusal) => return Err(refusal),
        },
        // A keyring is a file of its user, who can put it back: it keeps no number that only rises.
        KeyErrand::ReadAnchor { .. } => KeyAnswer::Anchor(None),
        KeyErrand::RaiseAnchor { .. } => KeyAnswer::Done,
    })
}

/// The key under its name. What is there but cannot be a key is not the key.
fn read(keyring: &dyn Keyring, key: KeyName) -> Result<Secret, KeyRefusal> {
    let secret = keyring.read(&key.to_string())?;
    if secret.len() == KEY_LEN { Ok(secret) } else { Err(KeyRefusal::Missing) }
}

/// AES-256-GCM: a random nonce, the ciphertext, the tag. A key wraps once in its life.
fn wrap(key: &Secret, plaintext: &Secret, random: &dyn Random) -> Result<Secret, KeyRefusal> {
    let failed = KeyRefusal::Unavailable;
    let mut nonce = [0; NONCE_LEN];
    random.fill(&mut nonce).map_err(|_| failed)?;
    let mut sealed = Zeroizing::new(plaintext.expose().to_vec());
    let tag = cipher(key)?
        .seal_in_place_separate_tag(
            aead::Nonce::assume_unique_for_key(nonce),
            aead::Aad::empty(),
            &mut sealed,
        )
        .map_err(|_| failed)?;
    // Nothing here is secret any more.
    Ok(Secret::copy_of(&[&nonce, sealed.as_slice(), tag.as_ref()].concat()))
}

/// What [`wrap`] took. If it does not fit, this is not the key that wrapped it, which is gone then.
fn unwrap(key: &Secret, wrapped: &[u8]) -> Result<Secret, KeyRefusal> {
    let gone = KeyRefusal::Missing;
    let (nonce, sealed) = wrapped.split_first_chunk::<NONCE_LEN>().ok_or(gone)?;
    let len = sealed.len().checked_sub(TAG_LEN).ok_or(gone)?;
    let mut buffer = Zeroizing::new(sealed.to_vec());
    cipher(key)?
        .open_in_place(aead::Nonce::assume_unique_for_key(*nonce), aead::Aad::empty(), &mut buffer)
        .map_err(|_| gone)?;
    buffer.get(..len).map(Secret::copy_of).ok_or(gone)
}

fn cipher(key: &Secret) -> Result<aead::LessSafeKey, KeyRefusal> {
    let key = aead::UnboundKey::new(&aead::AES_256_GCM, key.expose());
    key.map(aead::LessSafeKey::new).map_err(|_| KeyRefusal::Missing)
}
