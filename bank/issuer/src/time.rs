use std::fmt;

use subtle::ConstantTimeEq as _;
use warifu::{credential::CredentialId, secret::Secret, time::UnixMillis};

use crate::{MAC_LEN, Unreadable, mac, sha256};

/// The greatest length of a message that asks for the time, in bytes.
pub const MAX_TIME_QUERY: usize = 82;

const VERSION: u8 = 1;
const QUERY_CONTEXT: &[u8] = b"warifu time 1";
const ANSWER_CONTEXT: &[u8] = b"warifu time answer 1";
const NONCE_LEN: usize = 16;

/// A message that asks: what time is it, by the clock that judges my codes?
pub struct TimeQuery<'a> {
    /// Whose token asks.
    pub credential_id: CredentialId,
    message: &'a [u8],
    body: &'a [u8],
    mac: &'a [u8],
}

/// What the service's clock said when it had read a message, and says as the answer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamps {
    received: UnixMillis,
    sent: UnixMillis,
}

/// The clock went back between the two, so that neither can be told for true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the clock has stepped back while a message was answered")]
pub struct SteppedBack;

impl<'a> TimeQuery<'a> {
    /// Reads a message. Who made it is told by [`is_by`](Self::is_by) alone.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn parse(message: &'a [u8]) -> Result<Self, Unreadable> {
        Self::read(message).ok_or(Unreadable)
    }

    /// Whether whoever has the device key made it.
    pub fn is_by(&self, device_key: &Secret) -> bool {
        mac(device_key, &[QUERY_CONTEXT, self.body]).as_ref().ct_eq(self.mac).into()
    }

    /// The answer to it, and to no other message.
    pub fn answer(&self, device_key: &Secret, stamps: &Stamps) -> Vec<u8> {
        let (received, sent) = (stamps.received.0.to_be_bytes(), stamps.sent.0.to_be_bytes());
        let body = [&[VERSION][..], &received, &sent].concat();
        let mac = mac(device_key, &[ANSWER_CONTEXT, &sha256(self.message), &body]);
        [&body, mac.as_ref()].concat()
    }

    fn read(message: &'a [u8]) -> Option<Self> {
        if message.len() > MAX_TIME_QUERY {
            return None;
        }
        let (body, mac) = message.split_at_checked(message.len().checked_sub(MAC_LEN)?)?;
        let rest = &mut &*body;
        if *rest.split_off_first()? != VERSION {
            return None;
        }
        let length = usize::from(*rest.split_off_first()?);
        let credential_id = as_issued(rest.split_off(..length)?)?;
        // The nonce makes each message, and so each answer, another.
        (rest.len() == NONCE_LEN).then_some(Self { credential_id, message, body, mac })
    }
}

impl Stamps {
    /// Two readings of one clock.
    ///
    /// # Errors
    /// [`SteppedBack`] if the later one is less.
    pub fn new(received: UnixMillis, sent: UnixMillis) -> Result<Self, SteppedBack> {
        if received <= sent { Ok(Self { received, sent }) } else { Err(SteppedBack) }
    }
}

impl fmt::Debug for TimeQuery<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeQuery").finish_non_exhaustive()
    }
}

/// The ID in the one form in which it was issued: nobody typed this one.
fn as_issued(bytes: &[u8]) -> Option<CredentialId> {
    let id = CredentialId::new(std::str::from_utf8(bytes).ok()?).ok()?;
    (id.as_str().as_bytes() == bytes).then_some(id)
}
