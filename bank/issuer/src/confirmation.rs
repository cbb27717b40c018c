use std::fmt;

use subtle::ConstantTimeEq as _;
use warifu::{secret::Secret, time::UnixMillis};

use crate::{EnrolmentId, MAC_LEN, Unreadable, mac, sha256};

/// The greatest length of a confirmation, in bytes.
pub const MAX_CONFIRMATION: usize = 108;

const VERSION: u8 = 1;
const MESSAGE_CONTEXT: &[u8] = b"warifu confirm 1";
const VERDICT_CONTEXT: &[u8] = b"warifu confirm answer 1";

/// A message that says: the credential has arrived, and here is a code of it.
pub struct Confirmation<'a> {
    /// Which enrolment.
    pub id: EnrolmentId,
    /// SHA-256 of its request.
    pub request_digest: [u8; 32],
    /// The code: 6 to 10 ASCII digits.
    pub code: &'a str,
    message: &'a [u8],
    body: &'a [u8],
    mac: &'a [u8],
}

/// What the token is told, by its number in the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The credential is active.
    Confirmed = 1,
    /// The code is wrong in the whole wide window.
    CodeWrong = 2,
    /// Revoked or expired.
    Ended = 3,
    /// Too many failures; not now.
    Later = 4,
    /// Locked or suspended; the bank must act.
    Stopped = 5,
}

impl<'a> Confirmation<'a> {
    /// Reads a message. Who made it is told by [`is_by`](Self::is_by) alone.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn parse(message: &'a [u8]) -> Result<Self, Unreadable> {
        Self::read(message).ok_or(Unreadable)
    }

    /// Whether whoever has the device key made it.
    pub fn is_by(&self, device_key: &Secret) -> bool {
        mac(device_key, &[MESSAGE_CONTEXT, self.body]).as_ref().ct_eq(self.mac).into()
    }

    /// The verdict on it.
    pub fn verdict(&self, device_key: &Secret, verdict: Verdict, now: UnixMillis) -> Vec<u8> {
        let body = [&[VERSION, verdict as u8][..], &now.0.to_be_bytes()].concat();
        let mac = mac(device_key, &[VERDICT_CONTEXT, &sha256(self.message), &body]);
        [&body, mac.as_ref()].concat()
    }

    fn read(message: &'a [u8]) -> Option<Self> {
        if message.len() > MAX_CONFIRMATION {
            return None;
        }
        let (body, mac) = message.split_at_checked(message.len().checked_sub(MAC_LEN)?)?;
        let rest = &mut &*body;
        if *rest.split_off_first()? != VERSION {
            return None;
        }
        let id = EnrolmentId(*rest.split_off(..16)?.first_chunk()?);
        let request_digest = *rest.split_off(..32)?.first_chunk()?;
        // The nonce makes each message, and so each verdict, another.
        rest.split_off(..16)?;
        let digits = usize::from(*rest.split_off_first()?);
        let is_code = (6..=10).contains(&digits) && rest.len() == digits;
        if !is_code || !rest.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let code = std::str::from_utf8(rest).ok()?;
        Some(Self { id, request_digest, code, message, body, mac })
    }
}

impl fmt::Debug for Confirmation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Confirmation").field("id", &self.id).finish_non_exhaustive()
    }
}
