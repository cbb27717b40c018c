//! The software key store, and the source of randomness. They live in the parent, so none of their
//! memory is the child's, and so the test knows the data key and whatever is made of it.

use std::collections::{BTreeSet, HashMap};

use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use zeroize::Zeroizing;

use crate::{
    derived::Known,
    link::{self, Link},
};

#[derive(Default)]
pub(crate) struct Store {
    keys: HashMap<Vec<u8>, [u8; 32]>,
    anchor: Option<u64>,
    /// What it was asked to keep, and what was drawn.
    pub(crate) known: Known,
    /// What it learns from its errands, where the child draws for itself: each secret, and what it is.
    pub(crate) crossed: BTreeSet<(&'static str, Vec<u8>)>,
    learns: bool,
}

impl Store {
    /// For a child that draws its own randomness.
    pub(crate) fn learning() -> Self {
        Self { learns: true, ..Self::default() }
    }

    /// Does the errand and answers it; false if the frame is none.
    pub(crate) fn answer(&mut self, link: &Link, kind: u8, contents: &[u8]) -> bool {
        match kind {
            link::CREATE => {
                self.keys.insert(contents.to_vec(), random());
                link.send(link::DONE, &[]);
            }
            link::DELETE => {
                self.keys.remove(contents);
                link.send(link::DONE, &[]);
            }
            link::FIND => {
                assert!(self.keys.contains_key(contents), "the life loses no key");
                link.send(link::DONE, &[]);
            }
            link::WRAP => link.send(link::BYTES, &self.wrap(contents, &bytes(link))),
            link::UNWRAP => link.send(link::BYTES, &self.unwrap(contents, &bytes(link))),
            link::MAC => link.send(link::BYTES, &self.mac(contents, &bytes(link))),
            link::READ_ANCHOR => {
                let anchor = self.anchor.map(u64::to_be_bytes);
                link.send(link::DONE, anchor.as_ref().map_or(&[][..], |anchor| anchor));
            }
            link::RAISE_ANCHOR => {
                let generation = u64::from_be_bytes(contents.try_into().unwrap());
                self.anchor = self.anchor.max(Some(generation));
                link.send(link::DONE, &[]);
            }
            _ => return false,
        }
        true
    }

    /// Random bytes for the child.
    pub(crate) fn draw(&mut self, len: usize) -> Vec<u8> {
        let bytes = random::<64>()[..len].to_vec();
        self.known.drawn(&bytes);
        bytes
    }

    fn wrap(&mut self, key: &[u8], plaintext: &[u8]) -> Vec<u8> {
        if plaintext.len() == 32 {
            self.learn("data key", plaintext);
            assert!(self.learns || self.known.is_data_key(plaintext), "a key that was not drawn");
        }
        let nonce: [u8; NONCE_LEN] = random();
        let mut sealed = plaintext.to_vec();
        self.cipher(key)
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::empty(),
                &mut sealed,
            )
            .unwrap();
        [nonce.as_slice(), &sealed].concat()
    }

    fn unwrap(&self, key: &[u8], wrapped: &[u8]) -> Vec<u8> {
        let (nonce, sealed) = wrapped.split_first_chunk::<NONCE_LEN>().unwrap();
        let (nonce, mut sealed) = (Nonce::assume_unique_for_key(*nonce), sealed.to_vec());
        self.cipher(key).open_in_place(nonce, Aad::empty(), &mut sealed).unwrap().to_vec()
    }

    fn mac(&mut self, key: &[u8], message: &[u8]) -> Vec<u8> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.keys[key]);
        let tag = hmac::sign(&key, message).as_ref().to_vec();
        self.known.mac(&tag);
        self.learn("what Argon2 made of a PIN", message);
        self.learn("MAC of a PIN", &tag);
        tag
    }

    fn learn(&mut self, what: &'static str, secret: &[u8]) {
        if self.learns {
            self.crossed.insert((what, secret.to_vec()));
        }
    }

    fn cipher(&self, key: &[u8]) -> LessSafeKey {
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &self.keys[key]).unwrap())
    }
}

/// Random bytes.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes).unwrap();
    bytes
}

/// The frame that follows another's.
pub(crate) fn bytes(link: &Link) -> Zeroizing<Vec<u8>> {
    let (kind, contents) = link.receive();
    assert_eq!(kind, link::BYTES);
    contents
}
