use ring::{hkdf, hmac};
use zeroize::{Zeroize, Zeroizing};

use super::{FixedPart, INNER, PinHardware, typed::Pin};
use crate::{
    secret::{Random, Secret, swept},
    vault::{
        Error, SlotId,
        keys::{KeyGate, KeyName, KeyUse, Keys},
        seal::{self, DataKey, KEY_LEN, NONCE_LEN, SealedBytes, TAG_LEN},
        wire::Reader,
    },
};

/// The two ways from a PIN to the data key, and what both need.
pub(super) struct Inner<'a> {
    pub(super) keys: &'a Keys,
    pub(super) vault: [u8; 16],
    pub(super) slot: SlotId,
    pub(super) fixed: &'a FixedPart,
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

    pub(super) async fn create_key(&self) -> Result<(), Error> {
        let usage = match self.fixed.params.hardware {
            PinHardware::Mac => KeyUse::Mac,
            PinHardware::Unwrap => KeyUse::Wrap,
        };
        self.keys.create(self.key(), usage, KeyGate::Device).await
    }

    pub(super) async fn wrap(
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
            PinHardware::Mac => Ok(sealed.to_vec()),
            // Whoever has this guesses the PIN without the hardware.
            PinHardware::Unwrap => self.keys.wrap(self.key(), Secret::from_zeroizing(sealed)).await,
        }
    }

    /// All that the hardware must do for a guess. Nothing is judged yet.
    pub(super) async fn guess(&self, pin: &Pin, inner: &[u8]) -> Result<Guess, Error> {
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
        let mut key = Zeroizing::new(vec![0; KEY_LEN]);
        let filled = swept(|| {
            let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, &self.vault).extract(mac.expose());
            let okm = prk.expand(&[b"warifu vault 1 pin inner"], hmac::HMAC_SHA256)?;
            okm.fill(&mut key)
        });
        filled.map_err(|_| Error::WrongAnswer)?;
        Ok(Secret::from_zeroizing(key))
    }
}

/// Everything that is needed to tell right from wrong, and not told yet.
pub(super) struct Guess {
    key: Secret,
    sealed: Secret,
}

impl Guess {
    /// The data key, if the guess is right.
    pub(super) fn judge(&self, inner: &Inner<'_>) -> Option<DataKey> {
        let mut sealed = decode(self.sealed.expose())?;
        let data_key = seal::open(&self.key, &inner.aad(), &sealed);
        sealed.ciphertext.zeroize();
        DataKey::new(Secret::from_zeroizing(data_key?))
    }
}

fn encode(sealed: &SealedBytes) -> Zeroizing<Vec<u8>> {
    Zeroizing::new([sealed.nonce.as_slice(), &sealed.ciphertext, &sealed.tag].concat())
}

fn decode(bytes: &[u8]) -> Option<SealedBytes> {
    let mut reader = Reader::new(bytes);
    let nonce: [u8; NONCE_LEN] = reader.array()?;
    let ciphertext = reader.take(KEY_LEN)?.to_vec();
    let tag: [u8; TAG_LEN] = reader.array()?;
    reader.finish()?;
    Some(SealedBytes { nonce, ciphertext, tag })
}
