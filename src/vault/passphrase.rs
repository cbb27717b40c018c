//! The passphrase slot: Argon2id (RFC 9106) makes the key that wraps the data key.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use unicode_normalization::{UnicodeNormalization, char::is_public_assigned};
use zeroize::{Zeroize, Zeroizing};

use super::{
    Error,
    layout::Slot,
    seal::{self, DataKey, KEY_LEN, NONCE_LEN, SealedBytes, TAG_LEN},
    wire::Reader,
};
use crate::{
    secret::{Random, Secret},
    vault::SlotId,
};

pub(super) const KIND: u8 = 1;
const SALT_LEN: usize = 16;
const AAD: &[u8] = b"warifu vault 1 passphrase";

/// A passphrase in its normal form (NFKC, NIST SP 800-63B), so that the same characters typed on
/// another keyboard are the same passphrase.
#[derive(Debug)]
pub struct Passphrase(Secret);

impl Passphrase {
    /// The greatest length in bytes of UTF-8, before and after normalisation.
    pub const MAX_BYTES: usize = 1024;
    /// The least number of characters of a new passphrase (NIST SP 800-63B).
    pub const MIN_CHARS: usize = 8;

    /// Takes what was typed. The caller wipes its own bytes.
    ///
    /// # Errors
    /// [`PassphraseError`] if it is empty, too long, or not text.
    pub fn new(typed: &[u8]) -> Result<Self, PassphraseError> {
        if typed.len() > Self::MAX_BYTES {
            return Err(PassphraseError::TooLong);
        }
        let text = std::str::from_utf8(typed).map_err(|_| PassphraseError::NotText)?;
        // Measured first, so that the buffer never grows and leaves a copy behind.
        let len = text.nfkc().map(char::len_utf8).fold(0, usize::saturating_add);
        match len {
            0 => return Err(PassphraseError::Empty),
            len if len > Self::MAX_BYTES => return Err(PassphraseError::TooLong),
            _ => {}
        }
        let mut normal = Zeroizing::new(Vec::with_capacity(len));
        for c in text.nfkc() {
            if c.is_control() {
                return Err(PassphraseError::NotText);
            }
            let mut utf8 = Zeroizing::new([0; 4]);
            normal.extend_from_slice(c.encode_utf8(&mut *utf8).as_bytes());
        }
        Ok(Self(Secret::from_zeroizing(normal)))
    }

    /// Whether it may protect a vault from now on.
    ///
    /// # Errors
    /// [`PassphraseError::TooShort`] under [`Self::MIN_CHARS`] characters;
    /// [`PassphraseError::NotText`] with a character that Unicode has not assigned yet, whose normal
    /// form could change.
    pub fn check_new(&self) -> Result<(), PassphraseError> {
        let text = std::str::from_utf8(self.0.expose()).unwrap_or_default();
        if text.chars().count() < Self::MIN_CHARS {
            Err(PassphraseError::TooShort)
        } else if !text.chars().all(is_public_assigned) {
            Err(PassphraseError::NotText)
        } else {
            Ok(())
        }
    }
}

/// Why a passphrase was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PassphraseError {
    /// Nothing was typed.
    #[error("the passphrase is empty")]
    Empty,
    /// More than [`Passphrase::MAX_BYTES`].
    #[error("the passphrase is longer than 1,024 bytes")]
    TooLong,
    /// A new one has fewer than [`Passphrase::MIN_CHARS`] characters.
    #[error("the new passphrase has fewer than 8 characters")]
    TooShort,
    /// Not UTF-8, or with a control character, or, if new, with one that is not assigned.
    #[error("the passphrase is not text")]
    NotText,
}

/// What one guess costs (Argon2id, RFC 9106, section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KdfParams {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl KdfParams {
    /// RFC 9106's second recommended option: 64 MiB, 3 passes, 4 lanes.
    pub const DEFAULT: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 4 };
    /// The most memory that a reader gives a slot, in KiB: 256 MiB.
    pub const MAX_MEMORY_KIB: u32 = 256 * 1024;
    /// The most passes that a reader gives a slot.
    pub const MAX_PASSES: u32 = 10;
    /// The most lanes.
    pub const MAX_LANES: u32 = 16;

    /// Accepts 8 KiB per lane to [`Self::MAX_MEMORY_KIB`] of memory, 1 to [`Self::MAX_PASSES`]
    /// passes and 1 to [`Self::MAX_LANES`] lanes. Under the default only tests have a reason.
    ///
    /// # Errors
    /// [`KdfOutOfRange`] for anything else.
    pub const fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, KdfOutOfRange> {
        let in_range = lanes >= 1
            && lanes <= Self::MAX_LANES
            && passes >= 1
            && passes <= Self::MAX_PASSES
            && memory_kib >= lanes.saturating_mul(8)
            && memory_kib <= Self::MAX_MEMORY_KIB;
        if in_range { Ok(Self { memory_kib, passes, lanes }) } else { Err(KdfOutOfRange) }
    }

    fn derive(self, passphrase: &Passphrase, salt: &[u8; SALT_LEN]) -> Result<Secret, Error> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(KEY_LEN))
            .map_err(|_| Error::KdfOutOfRange)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut memory = Memory::new(argon2.params().block_count())?;
        let mut key = Zeroizing::new(vec![0; KEY_LEN]);
        argon2
            .hash_password_into_with_memory(passphrase.0.expose(), salt, &mut key, &mut memory.0)
            .map_err(|_| Error::KdfOutOfRange)?;
        Ok(Secret::from_zeroizing(key))
    }
}

/// Argon2's cost is out of the range that is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cost of the passphrase's key is out of range")]
pub struct KdfOutOfRange;

/// Argon2's blocks: memory that may not be there, and is wiped in any case.
struct Memory(Vec<Block>);

impl Memory {
    fn new(blocks: usize) -> Result<Self, Error> {
        let mut memory = Vec::new();
        memory.try_reserve_exact(blocks).map_err(|_| Error::OutOfMemory)?;
        memory.resize(blocks, Block::new());
        Ok(Self(memory))
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// The fixed part of a passphrase slot.
struct FixedPart {
    salt: [u8; SALT_LEN],
    kdf: KdfParams,
    wrapped: SealedBytes,
}

impl FixedPart {
    /// `None` where the layout does not fit; an error where the cost is over the cap.
    fn parse(fixed: &[u8]) -> Option<Result<Self, KdfOutOfRange>> {
        let mut reader = Reader::new(fixed);
        let salt = reader.array()?;
        let kdf = KdfParams::new(reader.u32()?, reader.u32()?, reader.u32()?);
        let nonce: [u8; NONCE_LEN] = reader.array()?;
        let ciphertext = reader.take(KEY_LEN)?.to_vec();
        let tag: [u8; TAG_LEN] = reader.array()?;
        reader.finish()?;
        let wrapped = SealedBytes { nonce, ciphertext, tag };
        Some(kdf.map(|kdf| Self { salt, kdf, wrapped }))
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = self.salt.to_vec();
        for number in [self.kdf.memory_kib, self.kdf.passes, self.kdf.lanes] {
            out.extend_from_slice(&number.to_be_bytes());
        }
        out.extend_from_slice(&self.wrapped.nonce);
        out.extend_from_slice(&self.wrapped.ciphertext);
        out.extend_from_slice(&self.wrapped.tag);
        out
    }
}

/// Wraps the data key for a new slot. Slow by design: Argon2.
pub(super) fn wrap(
    data_key: &DataKey,
    passphrase: &Passphrase,
    kdf: KdfParams,
    random: &dyn Random,
) -> Result<Slot, Error> {
    passphrase.check_new().map_err(Error::Passphrase)?;
    let (mut id, mut salt) = ([0; 8], [0; SALT_LEN]);
    random.fill(&mut id)?;
    random.fill(&mut salt)?;
    let key = kdf.derive(passphrase, &salt)?;
    let mut plaintext = Zeroizing::new(Vec::with_capacity(KEY_LEN));
    plaintext.extend_from_slice(data_key.secret().expose());
    let wrapped = seal::seal(&key, AAD, plaintext, random)?;
    Ok(Slot::new(SlotId(id), KIND, FixedPart { salt, kdf, wrapped }.encode()))
}

/// The data key behind a slot, or `None` if the passphrase is another. Slow by design: Argon2.
pub(super) fn unwrap(slot: &Slot, passphrase: &Passphrase) -> Result<Option<DataKey>, Error> {
    let fixed = FixedPart::parse(&slot.fixed)
        .ok_or(Error::corrupt(super::Corrupt::Slot(slot.id)))?
        .map_err(|_| Error::KdfOutOfRange)?;
    let key = fixed.kdf.derive(passphrase, &fixed.salt)?;
    let opened = seal::open(&key, AAD, &fixed.wrapped);
    Ok(opened.and_then(|bytes| DataKey::new(Secret::from_zeroizing(bytes))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_characters_are_the_same_passphrase() {
        // Half-width katakana and full-width digits against their plain forms.
        let typed = Passphrase::new("ﾜﾘﾌ１２３４".as_bytes()).unwrap();
        assert_eq!(typed.0, Passphrase::new("ワリフ1234".as_bytes()).unwrap().0);
    }

    #[test]
    fn what_is_no_passphrase_is_refused() {
        assert_eq!(Passphrase::new(b"").unwrap_err(), PassphraseError::Empty);
        assert_eq!(Passphrase::new(b"\xff\xfe").unwrap_err(), PassphraseError::NotText);
        assert_eq!(Passphrase::new(b"a\0b").unwrap_err(), PassphraseError::NotText);
        assert_eq!(Passphrase::new(&[b'a'; 1025]).unwrap_err(), PassphraseError::TooLong);
        // One character that NFKC makes eighteen of.
        let grows = "\u{fdfa}".repeat(300);
        assert_eq!(Passphrase::new(grows.as_bytes()).unwrap_err(), PassphraseError::TooLong);
        let unassigned = Passphrase::new("correct horse \u{378}".as_bytes()).unwrap();
        assert_eq!(unassigned.check_new(), Err(PassphraseError::NotText));
        let seven = Passphrase::new("ひらがな七文字".as_bytes()).unwrap();
        assert_eq!(seven.check_new(), Err(PassphraseError::TooShort));
    }

    #[test]
    fn a_cost_beyond_the_cap_is_refused_before_any_work() {
        for (memory, passes, lanes) in
            [(7, 1, 1), (262_145, 1, 1), (64, 0, 1), (64, 11, 1), (64, 1, 0), (1024, 1, 17)]
        {
            assert_eq!(KdfParams::new(memory, passes, lanes), Err(KdfOutOfRange));
        }
        assert!(KdfParams::new(262_144, 10, 4).is_ok());
    }
}
