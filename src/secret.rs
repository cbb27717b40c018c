//! Bytes that wipe themselves, and the randomness that makes them (L0).
//!
//! A seed, a key or a passphrase lives in a [`Secret`] and nowhere else: it is zeroed when dropped,
//! cannot be cloned or serialised, prints its length alone, and is compared in constant time.
//!
//! Two things that no such type can reach are wiped apart: freed memory by [`WipingAllocator`], the
//! stack by [`scrubbed`].

mod random;
mod residue;

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

pub use random::{Random, RandomFailed, SystemRandom};
pub use residue::{SCRUBBED, WIPING_ALLOCATOR, WipingAllocator, scrubbed};
pub(crate) use residue::{swept, swept_deep};

/// Secret bytes, zeroed on drop.
///
/// ```
/// use warifu::secret::Secret;
///
/// let seed = Secret::copy_of(b"12345678901234567890");
/// assert_eq!(format!("{seed:?}"), "Secret(20 bytes)");
/// assert!(seed == Secret::copy_of(b"12345678901234567890"));
/// ```
#[derive(ZeroizeOnDrop)]
pub struct Secret(Box<[u8]>);

impl Secret {
    /// Copies `bytes` into a new secret. The caller wipes its own copy.
    pub fn copy_of(bytes: &[u8]) -> Self {
        Self(Box::from(bytes))
    }

    /// Takes over a buffer that already wipes itself, without leaving a copy behind.
    pub fn from_zeroizing(mut bytes: Zeroizing<Vec<u8>>) -> Self {
        if bytes.len() == bytes.capacity() {
            // The allocation moves as it is.
            return Self(std::mem::take(&mut *bytes).into_boxed_slice());
        }
        Self::copy_of(&bytes)
    }

    /// Draws `len` random bytes.
    ///
    /// # Errors
    /// [`RandomFailed`] if the source has none to give.
    pub fn random(len: usize, random: &dyn Random) -> Result<Self, RandomFailed> {
        let mut bytes = vec![0; len].into_boxed_slice();
        random.fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The bytes themselves. Every call is a place to review.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Overwrites the bytes now, ahead of the drop.
    pub fn wipe(&mut self) {
        self.0.zeroize();
    }
}

/// Equality in constant time for equal lengths. The length itself is not secret.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_prints_the_length_alone() {
        assert_eq!(format!("{:?}", Secret::copy_of(b"seed")), "Secret(4 bytes)");
        assert_eq!(format!("{:#?}", Secret::copy_of(b"seed")), "Secret(4 bytes)");
    }

    #[test]
    fn equality_is_by_content() {
        assert_eq!(Secret::copy_of(b"abc"), Secret::copy_of(b"abc"));
        assert_ne!(Secret::copy_of(b"abc"), Secret::copy_of(b"abd"));
        assert_ne!(Secret::copy_of(b"abc"), Secret::copy_of(b"ab"));
    }

    #[test]
    fn a_full_buffer_moves_and_is_not_copied() {
        let mut bytes = Zeroizing::new(Vec::with_capacity(4));
        bytes.extend_from_slice(b"seed");
        let before = bytes.as_ptr();
        let secret = Secret::from_zeroizing(bytes);
        assert_eq!(secret.expose().as_ptr(), before);
        assert_eq!(secret.expose(), b"seed");
    }
}
