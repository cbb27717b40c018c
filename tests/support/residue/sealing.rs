//! HPKE (RFC 9180) of the suite that enrolment uses, by hand, so that everything that it makes on its
//! way is known.

use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey},
    hmac,
};
use warifu::otp::Algorithm;
use x25519_dalek::{X25519_BASEPOINT_BYTES, x25519};

use crate::{forms, memory::Needle};

const KEM: &[u8] = b"KEM\x00\x20";
const SUITE: &[u8] = b"HPKE\x00\x20\x00\x01\x00\x03";

pub(crate) type Key = [u8; 32];

/// `DeriveKeyPair` (section 7.1.3).
pub(crate) struct Pair {
    pub(crate) private: Key,
    pub(crate) public: Key,
    extracted: Key,
}

impl Pair {
    pub(crate) fn derive(random: &[u8]) -> Self {
        let extracted = extract(KEM, &[], b"dkp_prk", random);
        let private = expand(KEM, &extracted, b"sk", &[], 32).try_into().unwrap();
        Self { private, public: x25519(private, X25519_BASEPOINT_BYTES), extracted }
    }

    pub(crate) fn needles(&self, whose: &str) -> Vec<Needle> {
        let mut clamped = self.private;
        clamped[0] &= 248;
        clamped[31] = clamped[31] & 127 | 64;
        let private = format!("{whose}'s private key");
        [
            forms::of_bytes(&private, &self.private),
            forms::of_bytes(&private, &clamped),
            forms::of_hmac_key(&format!("PRK of {private}"), &self.extracted, Algorithm::Sha256),
        ]
        .concat()
    }
}

/// Both sides' context for one message, with all that led to it.
pub(crate) struct Context {
    dh: Key,
    /// Each is the key of an HMAC at some point.
    keyed: [(&'static str, Key); 4],
    cipher_key: Key,
    nonce: [u8; 12],
}

impl Context {
    /// The sender has the pair, the receiver has made `receiver`.
    pub(crate) fn of_sender(
        pair: &Pair,
        receiver: &Key,
        info: &[u8],
        psk: &[u8],
        id: &[u8],
    ) -> Self {
        let dh = x25519(pair.private, *receiver);
        Self::new(dh, &[pair.public, *receiver].concat(), info, psk, id)
    }

    pub(crate) fn of_receiver(pair: &Pair, enc: &Key, info: &[u8]) -> Self {
        let dh = x25519(pair.private, *enc);
        Self::new(dh, &[*enc, pair.public].concat(), info, &[], &[])
    }

    fn new(dh: Key, kem_context: &[u8], info: &[u8], psk: &[u8], psk_id: &[u8]) -> Self {
        let agreed = extract(KEM, &[], b"eae_prk", &dh);
        let shared: Key =
            expand(KEM, &agreed, b"shared_secret", kem_context, 32).try_into().unwrap();
        let mode = [u8::from(!psk.is_empty())];
        let id = extract(SUITE, &[], b"psk_id_hash", psk_id);
        let info = extract(SUITE, &[], b"info_hash", info);
        let context = [&mode[..], &id, &info].concat();
        let secret = extract(SUITE, &shared, b"secret", psk);
        let expanded = |label, len| expand(SUITE, &secret, label, &context, len);
        let exporter = expanded(b"exp", 32).try_into().unwrap();
        Self {
            dh,
            keyed: [
                ("PRK of the shared secret", agreed),
                ("shared secret", shared),
                ("secret", secret),
                ("exporter secret", exporter),
            ],
            cipher_key: expanded(b"key", 32).try_into().unwrap(),
            nonce: expanded(b"base_nonce", 12).try_into().unwrap(),
        }
    }

    pub(crate) fn export(&self, context: &[u8]) -> Key {
        expand(SUITE, &self.keyed[3].1, b"sec", context, 32).try_into().unwrap()
    }

    pub(crate) fn seal(&self, aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
        let mut sealed = plaintext.to_vec();
        let (nonce, aad) = (Nonce::assume_unique_for_key(self.nonce), Aad::from(aad));
        self.cipher().seal_in_place_append_tag(nonce, aad, &mut sealed).unwrap();
        sealed
    }

    pub(crate) fn open(&self, aad: &[u8], sealed: &[u8]) -> Vec<u8> {
        let mut opened = sealed.to_vec();
        let (nonce, aad) = (Nonce::assume_unique_for_key(self.nonce), Aad::from(aad));
        self.cipher().open_in_place(nonce, aad, &mut opened).unwrap().to_vec()
    }

    pub(crate) fn needles(&self, of: &str) -> Vec<Needle> {
        let mut needles = forms::of_bytes(&format!("{of}: Diffie-Hellman"), &self.dh);
        needles.extend(forms::of_bytes(&format!("{of}: key of the cipher"), &self.cipher_key));
        for (name, key) in &self.keyed {
            needles.extend(forms::of_hmac_key(&format!("{of}: {name}"), key, Algorithm::Sha256));
        }
        needles
    }

    fn cipher(&self) -> LessSafeKey {
        LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &self.cipher_key).unwrap())
    }
}

/// `LabeledExtract` (section 4).
fn extract(suite: &[u8], salt: &[u8], label: &[u8], key: &[u8]) -> Key {
    mac(salt, &[b"HPKE-v1", suite, label, key])
}

/// `LabeledExpand` for one block of output.
fn expand(suite: &[u8], key: &[u8], label: &[u8], info: &[u8], len: u8) -> Vec<u8> {
    let block = mac(key, &[&[0, len], b"HPKE-v1", suite, label, info, &[1]]);
    block[..usize::from(len)].to_vec()
}

pub(crate) fn mac(key: &[u8], parts: &[&[u8]]) -> Key {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    parts.iter().for_each(|part| context.update(part));
    context.sign().as_ref().try_into().unwrap()
}
