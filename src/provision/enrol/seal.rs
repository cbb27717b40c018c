//! HPKE (RFC 9180) as enrolment uses it: one suite, single-shot, with randomness that was drawn before.

use std::convert::Infallible;

use hpke::{
    Deserializable as _, HpkeError, OpModeR, OpModeS, PskBundle, Serializable as _,
    aead::{AeadTag, ChaCha20Poly1305},
    inout::InOutBuf,
    kdf::HkdfSha256,
    kem::{Kem as KemTrait, X25519HkdfSha256},
    rand_core::{TryCryptoRng, TryRng},
    setup_receiver, setup_sender_with_rng,
};
use zeroize::Zeroizing;

use crate::secret::{Secret, swept_deep};

type Kem = X25519HkdfSha256;
type PrivateKey = <Kem as KemTrait>::PrivateKey;
type PublicKey = <Kem as KemTrait>::PublicKey;
type EncappedKey = <Kem as KemTrait>::EncappedKey;

pub(super) const KEY_LEN: usize = 32;
pub(super) const TAG_LEN: usize = 16;

const REQUEST_INFO: &[u8] = b"warifu enrol request 1";
const PSK_INFO: &[u8] = b"warifu enrol psk 1";
const ANSWER_INFO: &[u8] = b"warifu enrol answer 1";

/// A key pair by `DeriveKeyPair` (RFC 9180, section 7.1.3) of 32 random bytes.
pub(super) fn key_pair(random: &[u8]) -> (Secret, [u8; KEY_LEN]) {
    swept_deep(|| {
        let (private, public) = <Kem as KemTrait>::derive_keypair(random);
        let mut private_bytes = Zeroizing::new(vec![0; KEY_LEN]);
        private.write_exact(&mut private_bytes);
        let mut public_bytes = [0; KEY_LEN];
        public.write_exact(&mut public_bytes);
        (Secret::from_zeroizing(private_bytes), public_bytes)
    })
}

/// What comes of sealing a request besides the ciphertext.
pub(super) struct Sealed {
    pub(super) enc: [u8; KEY_LEN],
    pub(super) tag: [u8; TAG_LEN],
    pub(super) psk: Secret,
}

/// Seals a request in place. `random` is 32 random bytes, used once.
pub(super) fn seal_request(
    service_key: &[u8; KEY_LEN],
    random: &[u8],
    aad: &[u8],
    plaintext: &mut [u8],
) -> Result<Sealed, HpkeError> {
    swept_deep(|| {
        let service_key = PublicKey::from_bytes(service_key)?;
        let mut drawn = Drawn { bytes: random, ran_out: false };
        let (enc, mut context) = setup_sender_with_rng::<ChaCha20Poly1305, HkdfSha256, Kem>(
            &OpModeS::Base,
            &service_key,
            REQUEST_INFO,
            &mut drawn,
        )?;
        if drawn.ran_out || !drawn.bytes.is_empty() {
            return Err(HpkeError::EncapError);
        }
        let mut psk = Zeroizing::new(vec![0; KEY_LEN]);
        context.export(PSK_INFO, &mut psk)?;
        let sealed_tag = context.seal_inout_detached(InOutBuf::from(plaintext), aad)?;
        let (mut enc_bytes, mut tag) = ([0; KEY_LEN], [0; TAG_LEN]);
        enc.write_exact(&mut enc_bytes);
        sealed_tag.write_exact(&mut tag);
        Ok(Sealed { enc: enc_bytes, tag, psk: Secret::from_zeroizing(psk) })
    })
}

/// What an answer is bound to.
pub(super) struct AnswerKeys<'a> {
    pub(super) private_key: &'a Secret,
    pub(super) request_digest: &'a [u8; 32],
    pub(super) psk: &'a Secret,
    pub(super) enrolment_id: &'a [u8; 16],
}

/// Opens an answer in place.
pub(super) fn open_answer(
    keys: &AnswerKeys<'_>,
    enc: &[u8],
    aad: &[u8],
    ciphertext: &mut [u8],
    tag: &[u8],
) -> Result<(), HpkeError> {
    swept_deep(|| {
        let private_key = PrivateKey::from_bytes(keys.private_key.expose())?;
        let psk = PskBundle::new(keys.psk.expose(), keys.enrolment_id)?;
        let info = [ANSWER_INFO, keys.request_digest].concat();
        let mut context = setup_receiver::<ChaCha20Poly1305, HkdfSha256, Kem>(
            &OpModeR::Psk(psk),
            &private_key,
            &EncappedKey::from_bytes(enc)?,
            &info,
        )?;
        let tag = AeadTag::from_bytes(tag)?;
        context.open_inout_detached(InOutBuf::from(ciphertext), aad, &tag)
    })
}

/// Randomness that was drawn before, so that a source that fails is met before any work is done.
struct Drawn<'a> {
    bytes: &'a [u8],
    /// More was asked for than there is; what was given then is not random.
    ran_out: bool,
}

impl TryRng for Drawn<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        if let Some((given, left)) = self.bytes.split_at_checked(to.len()) {
            to.copy_from_slice(given);
            self.bytes = left;
        } else {
            self.ran_out = true;
        }
        Ok(())
    }
}

impl TryCryptoRng for Drawn<'_> {}
