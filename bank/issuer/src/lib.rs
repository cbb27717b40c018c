//! The bank's half of an enrolment, as `docs/enrolment.md` has it byte for byte: opens a request, writes
//! and seals the package that answers it, judges a confirmation's MAC and signs the verdict; and signs what
//! time it is for a token that asks.
//!
//! Bytes in, bytes out: no database, no network and no clock, so that fuzzing reaches all that a
//! stranger's bytes reach. What is kept, and in which order, is the bank's to say. It shares no code with
//! the token's half, `warifu::provision::enrol`; the two meet in the page and in its vectors.
//!
//! | module | what it is for |
//! |---|---|
//! | `keys`, `link` | the service's key pairs, and the link that tells tokens of them |
//! | `activation` | activation codes |
//! | `request` | opens a request, seals the answer to it |
//! | `offer`, `package` | what the bank issues, the keys that are drawn, and the document they go in |
//! | `confirmation` | reads a confirmation, writes the verdict |
//! | `time` | reads a question for the time, writes the answer |

mod activation;
mod confirmation;
mod keys;
mod link;
mod offer;
mod package;
mod request;
mod time;

use ring::{
    digest::{self, SHA256},
    hmac::{self, HMAC_SHA256},
};
use warifu::secret::Secret;

pub use activation::{ActivationCode, InvalidActivationCode};
pub use confirmation::{Confirmation, MAX_CONFIRMATION, Verdict};
pub use keys::{InvalidServiceKey, ServiceKeys};
pub use link::{InvalidBase, PublicBase};
pub use offer::{DrawnKeys, Offer, Unlock};
pub use request::{AnswerError, REQUEST_LEN, Request};
pub use time::{MAX_TIME_QUERY, Stamps, SteppedBack, TimeQuery};

/// What a token calls its enrolment: random.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EnrolmentId(pub [u8; 16]);

/// A message is malformed, is for a key that is not known, or does not open. Which, nobody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the message cannot be read")]
pub struct Unreadable;

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    digest.copy_from_slice(digest::digest(&SHA256, bytes).as_ref());
    digest
}

/// Proves a message to whoever has the device key.
fn mac(device_key: &Secret, parts: &[&[u8]]) -> hmac::Tag {
    let key = hmac::Key::new(HMAC_SHA256, device_key.expose());
    let mut context = hmac::Context::with_key(&key);
    parts.iter().for_each(|part| context.update(part));
    context.sign()
}

const MAC_LEN: usize = 32;

#[cfg(test)]
mod tests;
