//! HOTP, the counter-based one-time password of RFC 4226.

use super::{Algorithm, Code, Digits, truncate};
use crate::secret::Secret;

/// The code for `counter` (RFC 4226, section 5.3).
///
/// RFC 4226 knows SHA-1 alone; the other hashes are what issuers use under the same name.
pub fn code(seed: &Secret, algorithm: Algorithm, digits: Digits, counter: u64) -> Code {
    truncate(seed, algorithm, counter, digits)
}
