use std::fmt;

use hpke::{Serializable as _, kem::Kem as KemTrait};
use warifu::secret::Secret;

use crate::sha256;

/// The suite of `docs/enrolment.md`.
pub(super) type Kem = hpke::kem::X25519HkdfSha256;
pub(super) type Kdf = hpke::kdf::HkdfSha256;
pub(super) type Aead = hpke::aead::ChaCha20Poly1305;
pub(super) type PrivateKey = <Kem as KemTrait>::PrivateKey;
pub(super) type PublicKey = <Kem as KemTrait>::PublicKey;

pub(super) const KEY_LEN: usize = 32;
pub(super) const ID_LEN: usize = 8;

/// The key pairs that requests are sealed to.
pub struct ServiceKeys {
    keys: Vec<ServiceKey>,
    current: [u8; KEY_LEN],
}

struct ServiceKey {
    id: [u8; ID_LEN],
    private: PrivateKey,
}

/// There must be a key for enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no key for enrolment")]
pub struct InvalidServiceKey;

impl ServiceKeys {
    /// From 32 random bytes each (RFC 9180, section 7.1.3). The last is current.
    ///
    /// # Errors
    /// [`InvalidServiceKey`] if there is none.
    pub fn derive(random: &[Secret]) -> Result<Self, InvalidServiceKey> {
        let mut current = None;
        let keys = random.iter().map(|random| {
            let (private, public) = <Kem as KemTrait>::derive_keypair(random.expose());
            let mut bytes = [0; KEY_LEN];
            public.write_exact(&mut bytes);
            current = Some(bytes);
            ServiceKey { id: key_id(&bytes), private }
        });
        let keys = keys.collect();
        Ok(Self { keys, current: current.ok_or(InvalidServiceKey)? })
    }

    /// The public key that is in new links.
    pub fn current_public(&self) -> &[u8; KEY_LEN] {
        &self.current
    }

    /// The private key of this ID.
    pub(super) fn private(&self, id: &[u8]) -> Option<&PrivateKey> {
        self.keys.iter().find(|key| key.id == id).map(|key| &key.private)
    }
}

impl fmt::Debug for ServiceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceKeys").field("count", &self.keys.len()).finish_non_exhaustive()
    }
}

fn key_id(public: &[u8; KEY_LEN]) -> [u8; ID_LEN] {
    let mut id = [0; ID_LEN];
    id.iter_mut().zip(&sha256(public)).for_each(|(to, from)| *to = *from);
    id
}
