//! The one-time password algorithms as pure functions over a [`Secret`] (L1).
//!
//! [`hotp`] is RFC 4226, [`totp`] is RFC 6238. Both give a [`Code`] that masks itself when printed.

mod code;
pub mod hotp;
pub mod totp;

use crate::secret::{Secret, swept};

pub use code::Code;

/// The hash function under the HMAC (RFC 6238, section 1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Algorithm {
    /// HMAC-SHA-1: the default, and what RFC 4226 knows.
    #[default]
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

/// How many digits a code has: 6 to 10.
///
/// RFC 4226 asks for at least 6; ten is the most that its 31-bit value can fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digits(u8);

impl Digits {
    /// Six digits, the usual length.
    pub const SIX: Self = Self(6);
    /// Eight digits.
    pub const EIGHT: Self = Self(8);

    /// Accepts 6 to 10.
    ///
    /// # Errors
    /// [`DigitsOutOfRange`] for any other number.
    pub const fn new(digits: u8) -> Result<Self, DigitsOutOfRange> {
        if digits < 6 || digits > 10 { Err(DigitsOutOfRange) } else { Ok(Self(digits)) }
    }

    /// The number of digits.
    pub const fn count(self) -> u8 {
        self.0
    }
}

/// A code has 6 to 10 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has 6 to 10 digits")]
pub struct DigitsOutOfRange;

/// The dynamic truncation of RFC 4226, section 5.3, over an HMAC of the 8-byte `message`.
///
/// `docs/performance.md` says why the HMAC is `ring`'s. It leaves states on the stack that stand for
/// the seed; the caller scrubs.
fn truncate(seed: &Secret, algorithm: Algorithm, message: u64, digits: Digits) -> Code {
    let hash = match algorithm {
        Algorithm::Sha1 => ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Algorithm::Sha256 => ring::hmac::HMAC_SHA256,
        Algorithm::Sha512 => ring::hmac::HMAC_SHA512,
    };
    let tag = swept(|| {
        let key = ring::hmac::Key::new(hash, seed.expose());
        ring::hmac::sign(&key, &message.to_be_bytes())
    });
    let mac = tag.as_ref();
    let offset = usize::from(mac.last().copied().unwrap_or_default() & 0x0f);
    let word =
        mac.iter().skip(offset).take(4).fold(0_u32, |word, &byte| (word << 8) | u32::from(byte));
    Code::new(word & 0x7fff_ffff, digits)
}
