//! The passphrase slot: Argon2id (RFC 9106) makes the key that wraps the data key.

use unicode_normalization::{UnicodeNormalization, char::is_public_assigned};
use zeroize::Zeroizing;

use super::{
    Error,
    kdf::{KdfOutOfRange, KdfParams, SALT_LEN},
    layout::Slot,
    seal::{self, DataKey, KEY_LEN, NONCE_LEN, SealedBytes, TAG_LEN},
    wire::Reader,
};
use crate::{
    secret::{Random, Secret},
    vault::SlotId,
};

pub(super) const KIND: u8 = 1;
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
        let kdf = KdfParams::parse(&mut reader)?;
        let nonce: [u8; NONCE_LEN] = reader.array()?;
        let ciphertext = reader.take(KEY_LEN)?.to_vec();
        let tag: [u8; TAG_LEN] = reader.array()?;
        reader.finish()?;
        let wrapped = SealedBytes { nonce, ciphertext, tag };
        Some(kdf.map(|kdf| Self { salt, kdf, wrapped }))
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = self.salt.to_vec();
        self.kdf.encode_to(&mut out);
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
    let key = kdf.derive(&passphrase.0, &salt)?;
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
    let key = fixed.kdf.derive(&passphrase.0, &fixed.salt)?;
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
}
