//! Argon2id (RFC 9106): what makes a guess at a passphrase or a PIN cost something.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::{Zeroize, Zeroizing};

use super::{Error, seal::KEY_LEN, wire::Reader};
use crate::secret::{Secret, swept_deep};

pub(super) const SALT_LEN: usize = 16;

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

    /// Three 32-bit numbers; `None` where they run out, an error where the cost is over the cap.
    pub(super) fn parse(reader: &mut Reader<'_>) -> Option<Result<Self, KdfOutOfRange>> {
        Some(Self::new(reader.u32()?, reader.u32()?, reader.u32()?))
    }

    pub(super) fn encode_to(self, out: &mut Vec<u8>) {
        for number in [self.memory_kib, self.passes, self.lanes] {
            out.extend_from_slice(&number.to_be_bytes());
        }
    }

    pub(super) fn derive(self, secret: &Secret, salt: &[u8; SALT_LEN]) -> Result<Secret, Error> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(KEY_LEN))
            .map_err(|_| Error::KdfOutOfRange)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut memory = Memory::new(argon2.params().block_count())?;
        let mut key = Zeroizing::new(vec![0; KEY_LEN]);
        let blocks = &mut memory.0;
        swept_deep(|| {
            argon2.hash_password_into_with_memory(secret.expose(), salt, &mut key, blocks)
        })
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

#[cfg(test)]
mod tests {
    use super::*;

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
