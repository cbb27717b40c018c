//! The *PIN* slot: each guess costs a call to the hardware, and no file gives a try back.
//!
//! `docs/threat-model.md` ("The PIN") says what is assumed and why the order is this one; the
//! numbers in [`Try::judge`] are its steps.

use ring::{hkdf, hmac};
use zeroize::Zeroizing;

use super::{
    Error, SealedVault, SlotId, VaultFile,
    kdf::{KdfParams, SALT_LEN},
    keys::{KeyGate, KeyName, KeyRefusal, KeyUse, Keys},
    layout::{Slot, sha256},
    seal::{self, DataKey, KEY_LEN, NONCE_LEN, SealedBytes, TAG_LEN},
    wire::Reader,
};
use crate::{
    secret::{Random, Secret},
    time::{BootId, Millis, Uptime},
};

pub(super) const KIND: u8 = 4;
const STATE: u8 = 1;
const MAX_WRAPPED: usize = 1_024;

/// By how much a later wrap of the same length may be longer than the first.
const SLACK: usize = 32;

/// The key that stands behind every guess. The envelopes' keys count from 1.
const INNER: u32 = 0;

/// A PIN: 4 to 12 digits, full-width ones taken as plain ones.
#[derive(Debug)]
pub struct Pin(Secret);

impl Pin {
    /// Takes what was typed, in UTF-8. The caller wipes its own bytes.
    ///
    /// # Errors
    /// [`PinError::NotDigits`] if it is anything but 4 to 12 digits.
    pub fn new(typed: &[u8]) -> Result<Self, PinError> {
        let text = std::str::from_utf8(typed).map_err(|_| PinError::NotDigits)?;
        let mut digits = Zeroizing::new(Vec::with_capacity(12));
        for c in text.chars() {
            let digit = match c {
                '0'..='9' => u32::from(c).checked_sub(u32::from('0')),
                '０'..='９' => u32::from(c).checked_sub(u32::from('０')),
                _ => None,
            };
            let digit = digit.and_then(|digit| u8::try_from(digit).ok());
            if digits.len() == 12 {
                return Err(PinError::NotDigits);
            }
            digits.push(digit.ok_or(PinError::NotDigits)?.saturating_add(b'0'));
        }
        if digits.len() < 4 { Err(PinError::NotDigits) } else { Ok(Self(Secret::copy_of(&digits))) }
    }

    /// Whether it may protect a vault from now on.
    ///
    /// # Errors
    /// [`PinError::TooSimple`] for one digit repeated, or digits that count up or down.
    pub fn check_new(&self) -> Result<(), PinError> {
        let digits = self.0.expose();
        let steps = |by: u8| {
            digits.iter().zip(digits.iter().skip(1)).all(|(a, b)| a.wrapping_add(by) == *b)
        };
        if steps(0) || steps(1) || steps(u8::MAX) { Err(PinError::TooSimple) } else { Ok(()) }
    }
}

/// Why a PIN was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// Not 4 to 12 digits.
    #[error("a PIN is 4 to 12 digits")]
    NotDigits,
    /// A new one that anybody tries first.
    #[error("the new PIN is too simple")]
    TooSimple,
}

/// What the platform's hardware can do for a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinHardware {
    /// HMAC with a key that never leaves it (Android's Keystore).
    Mac,
    /// Only to unwrap (the Secure Enclave). Code that runs as the app can then guess without it
    /// once the first layer is off; the threat model says so.
    Unwrap,
}

/// How a PIN slot is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinParams {
    /// What Argon2id costs.
    pub kdf: KdfParams,
    /// What the hardware can do.
    pub hardware: PinHardware,
    /// After how many wrong tries in a row the slot is destroyed: 2 to 20.
    pub limit: u8,
}

impl PinParams {
    fn check(&self) -> Result<(), Error> {
        if (2..=20).contains(&self.limit) { Ok(()) } else { Err(Error::PinLimitOutOfRange) }
    }
}

/// How long to wait after this many wrong tries in a row.
pub(super) fn wait_after(tries: u8) -> Millis {
    Millis::from_secs(match tries {
        0..=3 => 0,
        4 => 30,
        5 => 60,
        6 => 5 * 60,
        7 => 15 * 60,
        _ => 60 * 60,
    })
}

/// The part of the slot that the root tag covers.
struct FixedPart {
    salt: [u8; SALT_LEN],
    params: PinParams,
}

impl FixedPart {
    fn parse(slot: &Slot) -> Result<Self, Error> {
        Self::read(&mut Reader::new(&slot.fixed)).ok_or(Error::slot(slot.id))?
    }

    fn read(reader: &mut Reader<'_>) -> Option<Result<Self, Error>> {
        let salt = reader.array()?;
        let kdf = KdfParams::parse(reader)?;
        let hardware = match reader.u8()? {
            1 => PinHardware::Mac,
            2 => PinHardware::Unwrap,
            _ => return None,
        };
        let limit = reader.u8()?;
        if reader.left() > 0 {
            return None;
        }
        let with_kdf = |kdf| {
            let params = PinParams { kdf, hardware, limit };
            params.check().map(|()| Self { salt, params })
        };
        Some(kdf.map_err(|_| Error::KdfOutOfRange).and_then(with_kdf))
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = self.salt.to_vec();
        self.params.kdf.encode_to(&mut out);
        out.push(match self.params.hardware {
            PinHardware::Mac => 1,
            PinHardware::Unwrap => 2,
        });
        out.push(self.params.limit);
        out
    }
}

/// What an envelope holds under its key: how many tries are spent, when the next may come, and the
/// data key behind the PIN.
struct State {
    tries: u8,
    boot: BootId,
    not_before: Uptime,
    inner: Vec<u8>,
}

impl State {
    fn parse(bytes: &Secret) -> Option<Self> {
        let mut reader = Reader::new(bytes.expose());
        if reader.u8()? != STATE {
            return None;
        }
        let tries = reader.u8()?;
        let boot = BootId(reader.array()?);
        let not_before = Uptime(reader.u64()?);
        let inner = reader.counted()?.to_vec();
        reader.finish()?;
        Some(Self { tries, boot, not_before, inner })
    }

    fn encode(&self) -> Result<Secret, Error> {
        let len = u16::try_from(self.inner.len()).map_err(|_| Error::WrongAnswer)?;
        let mut out = Zeroizing::new(Vec::with_capacity(self.inner.len().saturating_add(28)));
        out.extend_from_slice(&[STATE, self.tries]);
        out.extend_from_slice(&self.boot.0);
        out.extend_from_slice(&self.not_before.0.to_be_bytes());
        out.extend_from_slice(&len.to_be_bytes());
        out.extend_from_slice(&self.inner);
        Ok(Secret::from_zeroizing(out))
    }
}

/// One wrapped [`State`] and the number of the key that wrapped it.
#[derive(Clone)]
struct Wrapped {
    number: u32,
    state: Vec<u8>,
}

/// What stands in the slot's envelope, ascending: the wrapped state, and beside it the one under the
/// key before, which a power cut may bring back. Once the limit was reached, a tombstone: the number
/// of the last key, and nothing under it. Zeros fill it up to the length
/// that it has for good.
fn read_envelope(slot: &Slot) -> Result<Vec<Wrapped>, Error> {
    let mut reader = Reader::new(&slot.envelope);
    let mut read = || -> Option<Vec<Wrapped>> {
        let mut all = Vec::with_capacity(2);
        for _ in 0..reader.u8().filter(|count| (1..=2).contains(count))? {
            let number = reader.u32()?;
            let state = reader.counted().filter(|state| state.len() <= MAX_WRAPPED)?.to_vec();
            all.push(Wrapped { number, state });
        }
        let ascending = all.is_sorted_by(|a, b| a.number < b.number);
        let filled = reader.take(reader.left())?.iter().all(|&byte| byte == 0);
        (ascending && filled && all.iter().all(|w| w.number > INNER)).then_some(all)
    };
    read().ok_or(Error::slot(slot.id))
}

/// Whether no PIN opens the slot any more, as far as the file tells.
pub(super) fn is_destroyed(slot: &Slot) -> bool {
    read_envelope(slot).map_or(true, |envelopes| tombstone(&envelopes).is_some())
}

/// The number of the last key, if the limit was reached.
fn tombstone(envelopes: &[Wrapped]) -> Option<u32> {
    let only = if let [only] = envelopes { Some(only) } else { None };
    only.filter(|only| only.state.is_empty()).map(|only| only.number)
}

fn write_envelope(all: &[Wrapped], len: usize) -> Result<Vec<u8>, Error> {
    let mut out = vec![u8::try_from(all.len()).map_err(|_| Error::WrongAnswer)?];
    for wrapped in all {
        let len = u16::try_from(wrapped.state.len()).map_err(|_| Error::WrongAnswer)?;
        out.extend_from_slice(&wrapped.number.to_be_bytes());
        out.extend_from_slice(&len.to_be_bytes());
        out.extend_from_slice(&wrapped.state);
    }
    if out.len() > len {
        return Err(Error::WrongAnswer);
    }
    out.resize(len, 0);
    Ok(out)
}

/// Room for two states as the platform wraps them, each with [`SLACK`] bytes to spare.
fn envelope_len(wrapped: usize) -> usize {
    wrapped.saturating_add(6).saturating_add(SLACK).saturating_mul(2).saturating_add(1)
}

/// The two ways from a PIN to the data key, and what both need.
struct Inner<'a> {
    keys: &'a Keys,
    vault: [u8; 16],
    slot: SlotId,
    fixed: &'a FixedPart,
}

impl Inner<'_> {
    fn key(&self) -> KeyName {
        KeyName { vault: self.vault, slot: self.slot, number: INNER }
    }

    fn aad(&self) -> Vec<u8> {
        let mut aad = b"warifu vault 1 pin".to_vec();
        aad.extend_from_slice(&self.vault);
        aad.extend_from_slice(&self.slot.0);
        aad.extend_from_slice(&self.fixed.encode());
        aad
    }

    async fn create_key(&self) -> Result<(), Error> {
        let usage = match self.fixed.params.hardware {
            PinHardware::Mac => KeyUse::Mac,
            PinHardware::Unwrap => KeyUse::Wrap,
        };
        self.keys.create(self.key(), usage, KeyGate::Device).await
    }

    async fn wrap(
        &self,
        pin: &Pin,
        data_key: &DataKey,
        random: &dyn Random,
    ) -> Result<Vec<u8>, Error> {
        let stretched = self.fixed.params.kdf.derive(&pin.0, &self.fixed.salt)?;
        let key = match self.fixed.params.hardware {
            PinHardware::Mac => self.harden(stretched).await?,
            PinHardware::Unwrap => stretched,
        };
        let mut plaintext = Zeroizing::new(Vec::with_capacity(KEY_LEN));
        plaintext.extend_from_slice(data_key.secret().expose());
        let sealed = encode(&seal::seal(&key, &self.aad(), plaintext, random)?);
        match self.fixed.params.hardware {
            PinHardware::Mac => Ok(sealed),
            PinHardware::Unwrap => self.keys.wrap(self.key(), Secret::copy_of(&sealed)).await,
        }
    }

    /// All that the hardware must do for a guess. Nothing is judged yet.
    async fn guess(&self, pin: &Pin, inner: &[u8]) -> Result<Guess, Error> {
        let stretched = self.fixed.params.kdf.derive(&pin.0, &self.fixed.salt)?;
        Ok(match self.fixed.params.hardware {
            PinHardware::Mac => {
                Guess { key: self.harden(stretched).await?, sealed: Secret::copy_of(inner) }
            }
            PinHardware::Unwrap => {
                Guess { key: stretched, sealed: self.keys.unwrap(self.key(), inner).await? }
            }
        })
    }

    /// HKDF-SHA-256 of the hardware's MAC of what Argon2id made of the PIN.
    async fn harden(&self, stretched: Secret) -> Result<Secret, Error> {
        let mac = self.keys.mac(self.key(), stretched).await?;
        if mac.len() != KEY_LEN {
            return Err(Error::WrongAnswer);
        }
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, &self.vault).extract(mac.expose());
        let mut key = Zeroizing::new(vec![0; KEY_LEN]);
        prk.expand(&[b"warifu vault 1 pin inner"], hmac::HMAC_SHA256)
            .and_then(|okm| okm.fill(&mut key))
            .map_err(|_| Error::WrongAnswer)?;
        Ok(Secret::from_zeroizing(key))
    }
}

/// Everything that is needed to tell right from wrong, and not told yet.
struct Guess {
    key: Secret,
    sealed: Secret,
}

fn encode(sealed: &SealedBytes) -> Vec<u8> {
    [sealed.nonce.as_slice(), &sealed.ciphertext, &sealed.tag].concat()
}

fn decode(bytes: &[u8]) -> Option<SealedBytes> {
    let mut reader = Reader::new(bytes);
    let nonce: [u8; NONCE_LEN] = reader.array()?;
    let ciphertext = reader.take(KEY_LEN)?.to_vec();
    let tag: [u8; TAG_LEN] = reader.array()?;
    reader.finish()?;
    Some(SealedBytes { nonce, ciphertext, tag })
}

/// Makes a PIN slot. Slow by design: Argon2.
pub(super) async fn wrap(
    keys: &Keys,
    vault: [u8; 16],
    data_key: &DataKey,
    pin: &Pin,
    params: PinParams,
    random: &dyn Random,
) -> Result<Slot, Error> {
    params.check()?;
    pin.check_new().map_err(Error::Pin)?;
    let (mut id, mut salt) = ([0; 8], [0; SALT_LEN]);
    random.fill(&mut id)?;
    random.fill(&mut salt)?;
    let fixed = FixedPart { salt, params };
    let slot = SlotId(id);
    let inner = Inner { keys, vault, slot, fixed: &fixed };
    inner.create_key().await?;
    let wrapped = inner.wrap(pin, data_key, random).await?;
    let state = State { tries: 0, boot: keys.now().boot, not_before: Uptime(0), inner: wrapped };
    let key = KeyName { vault, slot, number: 1 };
    keys.create(key, KeyUse::Wrap, KeyGate::Device).await?;
    let state = keys.wrap(key, state.encode()?).await?;
    let len = envelope_len(state.len());
    let envelope = write_envelope(&[Wrapped { number: 1, state }], len)?;
    Ok(Slot::new(slot, KIND, fixed.encode()).with_envelope(envelope))
}

/// Whether the key of an envelope is there, and the one behind every guess. It costs no try.
pub(super) async fn probe(keys: &Keys, vault: [u8; 16], slot: &Slot) -> Result<(), Error> {
    let key = |number| KeyName { vault, slot: slot.id, number };
    keys.find(key(INNER)).await?;
    let mut found = Err(Error::KeyStore(KeyRefusal::Missing));
    for wrapped in read_envelope(slot)?.iter().rev() {
        found = keys.find(key(wrapped.number)).await;
        if found.is_ok() {
            break;
        }
    }
    found
}

/// The platform's keys that a PIN slot may have.
pub(super) fn key_names(vault: [u8; 16], slot: &Slot) -> Vec<KeyName> {
    let enveloped = read_envelope(slot).unwrap_or_default();
    let newest = enveloped.last().map_or(INNER, |wrapped| wrapped.number);
    let next = newest.saturating_add(1);
    let numbers = enveloped.iter().map(|wrapped| wrapped.number).chain([next, INNER]);
    numbers.map(|number| KeyName { vault, slot: slot.id, number }).collect()
}

/// One try at one slot.
pub(super) struct Try<'a> {
    pub(super) file: &'a VaultFile,
    pub(super) keys: &'a Keys,
    pub(super) slot: SlotId,
    pub(super) pin: &'a Pin,
}

impl Try<'_> {
    /// The data key, if the PIN is right. In the order of `docs/threat-model.md`.
    pub(super) async fn judge(&self) -> Result<DataKey, Error> {
        let sealed = super::read(self.file)?;
        let slot = sealed.image.whole_slot(self.slot)?;
        let (vault, fixed) = (sealed.image.vault_id, FixedPart::parse(slot)?);
        let envelopes = read_envelope(slot)?;
        if let Some(last) = tombstone(&envelopes) {
            return Err(self.bury(&sealed, last).await);
        }

        // (1) The newest envelope whose key exists. An interrupted try is finished first.
        let (number, mut state) = self.open_newest(&sealed, &envelopes).await?;
        let key = self.key(vault, number);
        if state.tries >= fixed.params.limit {
            return Err(self.destroy(&sealed, number).await);
        }
        let sealed = self.wait(sealed, number, &mut state).await?;

        // (2) What the hardware must do for a guess.
        let inner = Inner { keys: self.keys, vault, slot: self.slot, fixed: &fixed };
        let guess = inner.guess(self.pin, &state.inner).await?;

        // (3) The next key, and the try counted under both. Another process may have made a try
        // meanwhile, and then the key of that number is its own.
        self.check_unchanged(&sealed)?;
        let next_number = number.checked_add(1).ok_or(Error::TooLarge)?;
        let next = self.key(vault, next_number);
        self.keys.create(next, KeyUse::Wrap, KeyGate::Device).await?;
        state.tries = state.tries.saturating_add(1);
        let now = self.keys.now();
        state.boot = now.boot;
        state.not_before = now.uptime.saturating_add(wait_after(state.tries));
        let under_old = self.keys.wrap(key, state.encode()?).await?;
        let under_new = self.keys.wrap(next, state.encode()?).await?;

        // (4) Both envelopes, durably.
        let both = [
            Wrapped { number, state: under_old },
            Wrapped { number: next_number, state: under_new },
        ];
        let sealed = self.write(&sealed, &both)?;
        let [before, _] = both;

        // (5) From here on no older count can be opened. Nothing is judged before the store has
        // confirmed.
        self.keys.delete(key).await?;

        // (6) Now, and in this very call.
        let opened = decode(guess.sealed.expose())
            .and_then(|bytes| seal::open(&guess.key, &inner.aad(), &bytes))
            .and_then(|bytes| DataKey::new(Secret::from_zeroizing(bytes)));
        let Some(data_key) = opened else {
            return Err(self.wrong(&sealed, &fixed, next_number, &state).await);
        };

        // (7) Right: no try is spent. If this fails the vault opens all the same, and the count
        // falls at the next right try. The envelope before stays: a power cut may undo (3) and (5),
        // and then it is the only one whose key exists.
        state.tries = 0;
        state.not_before = Uptime(0);
        if let Ok(fresh) = self.keys.wrap(next, state.encode()?).await {
            let fresh = Wrapped { number: next_number, state: fresh };
            let _ = self.write(&sealed, &[before, fresh]);
        }
        Ok(data_key)
    }

    /// Opens the newest envelope whose key exists, and deletes the keys that an interrupted try
    /// left: the one before, which a power cut may have brought back, and the one that no envelope
    /// names.
    async fn open_newest(
        &self,
        sealed: &SealedVault,
        envelopes: &[Wrapped],
    ) -> Result<(u32, State), Error> {
        let vault = sealed.image.vault_id;
        let (number, bytes) = self.first_that_opens(vault, envelopes).await?;
        // The process that wrote this version may have died before it was durable. An older one
        // needs the key before.
        self.settle(sealed)?;
        let after = number.checked_add(1).ok_or(Error::TooLarge)?;
        let before = number.checked_sub(1).filter(|&before| before != INNER);
        for leftover in before.into_iter().chain([after]) {
            self.keys.delete(self.key(vault, leftover)).await?;
        }
        let state = State::parse(&bytes).ok_or(Error::slot(self.slot))?;
        Ok((number, state))
    }

    /// The older envelope counts the try as well, so to fall back on it gives none back. The power
    /// went, and the store forgot that it made the newer key; or it has a key of that number from
    /// an earlier, interrupted try again, and fails.
    async fn first_that_opens(
        &self,
        vault: [u8; 16],
        envelopes: &[Wrapped],
    ) -> Result<(u32, Secret), Error> {
        let mut refused = Error::KeyLost { slot: self.slot };
        for wrapped in envelopes.iter().rev() {
            match self.open(vault, wrapped).await {
                Ok(bytes) => return Ok((wrapped.number, bytes)),
                Err(Error::KeyStore(KeyRefusal::Missing)) => {}
                Err(error @ Error::KeyStore(KeyRefusal::Unavailable)) => refused = error,
                Err(error) => return Err(error),
            }
        }
        Err(refused)
    }

    async fn open(&self, vault: [u8; 16], wrapped: &Wrapped) -> Result<Secret, Error> {
        self.keys.unwrap(self.key(vault, wrapped.number), &wrapped.state).await
    }

    /// Waits out what an earlier wrong try cost. After a reboot the wait starts anew, and that is
    /// written down before it begins.
    async fn wait(
        &self,
        mut sealed: SealedVault,
        number: u32,
        state: &mut State,
    ) -> Result<SealedVault, Error> {
        loop {
            let now = self.keys.now();
            let wait = wait_after(state.tries);
            if wait == Millis::ZERO {
                return Ok(sealed);
            }
            if state.boot != now.boot {
                (state.boot, state.not_before) = (now.boot, now.uptime.saturating_add(wait));
                let key = self.key(sealed.image.vault_id, number);
                let wrapped = self.keys.wrap(key, state.encode()?).await?;
                sealed = self.write(&sealed, &[Wrapped { number, state: wrapped }])?;
            }
            if now.uptime >= state.not_before {
                return Ok(sealed);
            }
            self.keys.wait(state.not_before).await;
        }
    }

    async fn wrong(
        &self,
        sealed: &SealedVault,
        fixed: &FixedPart,
        number: u32,
        state: &State,
    ) -> Error {
        let left = fixed.params.limit.saturating_sub(state.tries);
        if left == 0 {
            return self.destroy(sealed, number).await;
        }
        let wait = wait_after(state.tries);
        Error::WrongPin { tries_left: left, wait }
    }

    /// Deletes the key behind every guess, leaves a tombstone and deletes the last key. Whatever of
    /// it fails is finished by the next try, which finds the limit reached or the tombstone.
    async fn destroy(&self, sealed: &SealedVault, number: u32) -> Error {
        if let Err(error) = self.keys.delete(self.key(sealed.image.vault_id, INNER)).await {
            return error;
        }
        match self.write(sealed, &[Wrapped { number, state: Vec::new() }]) {
            Ok(sealed) => self.bury(&sealed, number).await,
            Err(error) => error,
        }
    }

    /// Finishes what the tombstone says, durably before the last key goes.
    async fn bury(&self, sealed: &SealedVault, last: u32) -> Error {
        if let Err(error) = self.settle(sealed) {
            return error;
        }
        for number in [INNER, last] {
            if let Err(error) = self.keys.delete(self.key(sealed.image.vault_id, number)).await {
                return error;
            }
        }
        Error::PinDestroyed
    }

    /// Makes the version that was read durable, if it still is the one that is there.
    fn settle(&self, sealed: &SealedVault) -> Result<(), Error> {
        let locked = self.file.lock()?;
        self.check_unchanged(sealed)?;
        locked.settle()
    }

    fn check_unchanged(&self, sealed: &SealedVault) -> Result<(), Error> {
        let is_same = sha256(&self.file.read()?) == sealed.digest;
        if is_same { Ok(()) } else { Err(Error::Changed) }
    }

    fn write(&self, sealed: &SealedVault, all: &[Wrapped]) -> Result<SealedVault, Error> {
        let len = sealed.image.whole_slot(self.slot)?.envelope.len();
        sealed.with_envelope(self.file, self.slot, write_envelope(all, len)?)
    }

    fn key(&self, vault: [u8; 16], number: u32) -> KeyName {
        KeyName { vault, slot: self.slot, number }
    }
}
