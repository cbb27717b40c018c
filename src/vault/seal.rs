//! The data key, what it seals, and the root tag that ties the parts together.

use ring::{aead, hkdf, hmac};
use zeroize::Zeroizing;

use super::Error;
use crate::secret::{Random, Secret, swept};

pub(super) const KEY_LEN: usize = 32;
pub(super) const NONCE_LEN: usize = 12;
pub(super) const TAG_LEN: usize = 16;

/// The vault's data key. While the vault is open it is the only key in memory.
pub(crate) struct DataKey(Secret);

/// What a seal makes of a plaintext.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct SealedBytes {
    pub(super) nonce: [u8; NONCE_LEN],
    pub(super) ciphertext: Vec<u8>,
    pub(super) tag: [u8; TAG_LEN],
}

impl DataKey {
    pub(super) fn random(random: &dyn Random) -> Result<Self, Error> {
        Ok(Self(Secret::random(KEY_LEN, random)?))
    }

    pub(super) fn new(key: Secret) -> Option<Self> {
        (key.len() == KEY_LEN).then_some(Self(key))
    }

    pub(super) fn secret(&self) -> &Secret {
        &self.0
    }

    /// HMAC-SHA-256 of `contents` under the root key, which HKDF-SHA-256 makes of this key.
    pub(super) fn root_tag(&self, vault_id: &[u8; 16], contents: &[u8]) -> Option<[u8; 32]> {
        let tag = swept(|| Some(hmac::sign(&self.root_key(vault_id)?, contents)));
        tag?.as_ref().try_into().ok()
    }

    /// Whether `tag` is the root tag of `contents`; in constant time.
    pub(super) fn root_tag_fits(&self, vault_id: &[u8; 16], contents: &[u8], tag: &[u8]) -> bool {
        swept(|| {
            self.root_key(vault_id).is_some_and(|key| hmac::verify(&key, contents, tag).is_ok())
        })
    }

    fn root_key(&self, vault_id: &[u8; 16]) -> Option<hmac::Key> {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, vault_id).extract(self.0.expose());
        // An output of one hash length is always within HKDF's range.
        prk.expand(&[b"warifu vault 1 root"], hmac::HMAC_SHA256).map(hmac::Key::from).ok()
    }
}

/// AES-256-GCM under `key` with a fresh random nonce. The plaintext's buffer becomes the
/// ciphertext's, so nothing of it is left.
pub(super) fn seal(
    key: &Secret,
    aad: &[u8],
    mut plaintext: Zeroizing<Vec<u8>>,
    random: &dyn Random,
) -> Result<SealedBytes, Error> {
    let mut nonce = [0; NONCE_LEN];
    random.fill(&mut nonce)?;
    let tag = swept(|| {
        let (nonce, aad) = (aead::Nonce::assume_unique_for_key(nonce), aead::Aad::from(aad));
        let sealed = cipher(key)?.seal_in_place_separate_tag(nonce, aad, &mut plaintext);
        sealed.ok()?.as_ref().try_into().ok()
    });
    let tag = tag.ok_or(Error::TooLarge)?;
    Ok(SealedBytes { nonce, ciphertext: std::mem::take(&mut *plaintext), tag })
}

/// The plaintext, or `None` if key, `aad` or a single bit does not fit.
pub(super) fn open(key: &Secret, aad: &[u8], sealed: &SealedBytes) -> Option<Zeroizing<Vec<u8>>> {
    let len = sealed.ciphertext.len();
    let mut buffer = Zeroizing::new(Vec::with_capacity(len.checked_add(TAG_LEN)?));
    buffer.extend_from_slice(&sealed.ciphertext);
    buffer.extend_from_slice(&sealed.tag);
    let (nonce, aad) = (aead::Nonce::assume_unique_for_key(sealed.nonce), aead::Aad::from(aad));
    swept(|| cipher(key)?.open_in_place(nonce, aad, &mut buffer).ok().map(|_| ()))?;
    buffer.truncate(len);
    Some(buffer)
}

fn cipher(key: &Secret) -> Option<aead::LessSafeKey> {
    aead::UnboundKey::new(&aead::AES_256_GCM, key.expose()).ok().map(aead::LessSafeKey::new)
}
