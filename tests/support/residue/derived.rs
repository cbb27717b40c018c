//! The keys that a vault derives (`docs/vault-format.md`), made here by other calls than the core's.

use std::collections::BTreeSet;

use argon2::{Algorithm::Argon2id, Argon2, Block, Params, Version::V0x13};
use ring::hmac;
use warifu::otp::Algorithm;

use crate::{forms, memory::Needle};

/// Argon2id's memory in KiB, passes and lanes.
pub(crate) type Cost = (u32, u32, u32);

/// Everything that is known of what goes into a vault.
#[derive(Default)]
pub(crate) struct Known {
    /// The vaults' data keys.
    data_keys: BTreeSet<Vec<u8>>,
    /// Sixteen random bytes each; some are a vault's ID, some a salt.
    draws: BTreeSet<Vec<u8>>,
    /// What the key store made of a PIN.
    macs: BTreeSet<Vec<u8>>,
    news: bool,
}

impl Known {
    /// Random bytes that the core drew; as many as a key has are one.
    pub(crate) fn drawn(&mut self, bytes: &[u8]) {
        match bytes.len() {
            32 => self.news |= self.data_keys.insert(bytes.to_vec()),
            16 => self.news |= self.draws.insert(bytes.to_vec()),
            _ => {}
        }
    }

    pub(crate) fn mac(&mut self, mac: &[u8]) {
        self.news |= self.macs.insert(mac.to_vec());
    }

    pub(crate) fn is_data_key(&self, key: &[u8]) -> bool {
        self.data_keys.contains(key)
    }

    /// The random bytes of a key's length, whatever became of them.
    pub(crate) fn drawn_keys(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.data_keys.iter()
    }

    /// Whether more is known than when this was last asked.
    pub(crate) fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }

    /// Every key that could come of it: the data keys, what HKDF makes of them, what Argon2id at
    /// this cost makes of `texts`, and what becomes of that behind the key store.
    pub(crate) fn needles(&self, texts: &[&str], cost: Cost) -> Vec<Needle> {
        let mut needles = Vec::new();
        for key in &self.data_keys {
            needles.extend(forms::of_bytes("data key", key));
            needles.extend(forms::of_round_keys("data key", key));
        }
        for mac in &self.macs {
            needles.extend(Needle::pieces("MAC of a PIN", mac, 8, 1));
        }
        for draw in &self.draws {
            for key in &self.data_keys {
                let [extracted, root] = hkdf(draw, key, b"warifu vault 1 root");
                needles.extend(forms::of_hmac_key("PRK", &extracted, Algorithm::Sha256));
                needles.extend(forms::of_hmac_key("root key", &root, Algorithm::Sha256));
            }
            for mac in &self.macs {
                let [extracted, inner] = hkdf(draw, mac, b"warifu vault 1 pin inner");
                needles.extend(forms::of_hmac_key("PRK of a PIN", &extracted, Algorithm::Sha256));
                needles.extend(forms::of_round_keys("inner key of a PIN", &inner));
            }
            for text in texts {
                let (key, blocks) = stretched(text, draw, cost);
                needles.extend(forms::of_round_keys("stretched", &key));
                needles.extend(blocks.iter().map(|block| Needle::new("Argon2's memory", block)));
            }
        }
        needles
    }
}

/// RFC 5869 for one block of output: the PRK and the key.
fn hkdf(salt: &[u8], key: &[u8], info: &[u8]) -> [Vec<u8>; 2] {
    let mac = |key: &[u8], message: &[u8]| {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().to_vec()
    };
    let extracted = mac(salt, key);
    let expanded = mac(&extracted, &[info, &[1]].concat());
    [extracted, expanded]
}

/// The key, and a piece of some of the blocks that Argon2 ends with: whoever has those of all lanes
/// need not pay for a guess.
pub(crate) fn stretched(
    text: &str,
    salt: &[u8],
    (memory, passes, lanes): Cost,
) -> ([u8; 32], Vec<[u8; 16]>) {
    let params = Params::new(memory, passes, lanes, Some(32)).unwrap();
    let mut blocks = vec![Block::new(); params.block_count()];
    let mut key = [0; 32];
    Argon2::new(Argon2id, V0x13, params)
        .hash_password_into_with_memory(text.as_bytes(), salt, &mut key, &mut blocks)
        .unwrap();
    let every = blocks.len().div_ceil(64);
    let piece = |block: &Block| {
        let words = &block.as_ref()[64..66];
        std::array::from_fn(|byte| words[byte / 8].to_ne_bytes()[byte % 8])
    };
    (key, blocks.iter().rev().step_by(every).map(piece).collect())
}
