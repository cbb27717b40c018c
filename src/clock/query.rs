//! The verifier's time, asked and told under the credential's *device* key (`docs/enrolment.md`,
//! "The time").

use ring::{
    digest::{self, SHA256},
    hmac::{self, HMAC_SHA256},
};
use subtle::ConstantTimeEq;

use super::Stamps;
use crate::{
    credential::{CredentialId, Seed},
    secret::{Random, RandomFailed, swept},
    time::{Millis, UnixMillis},
};

/// A message that asks the issuer's service what time it is. It holds no secret.
///
/// ```
/// use warifu::{
///     clock::TimeQuery,
///     credential::{CredentialId, Seed},
///     secret::{Secret, SystemRandom},
/// };
///
/// let id = CredentialId::new("WRFU12345678")?;
/// let device_key = Seed::new(Secret::copy_of(&[7; 32]))?;
/// let query = TimeQuery::new(&id, &device_key, &SystemRandom::new())?;
/// assert_eq!(query.message.len(), 1 + 1 + 12 + 16 + 32);
/// // Nobody else can answer it.
/// assert!(query.awaited.read(&device_key, &[1; 49]).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeQuery {
    /// What to send, by POST to `base/time`.
    pub message: Vec<u8>,
    /// Reads the answer.
    pub awaited: AwaitedTime,
}

/// What an answer must fit: the digest of the message that it is to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwaitedTime([u8; 32]);

/// The length of an answer, in bytes.
pub const TIME_ANSWER_LEN: usize = 49;

const VERSION: u8 = 1;
const NONCE_LEN: usize = 16;
const MAC_LEN: usize = 32;
const QUERY_CONTEXT: &[u8] = b"warifu time 1";
const ANSWER_CONTEXT: &[u8] = b"warifu time answer 1";

impl TimeQuery {
    /// Asks for this credential, with a nonce of its own.
    ///
    /// # Errors
    /// [`RandomFailed`].
    pub fn new(
        credential_id: &CredentialId,
        device_key: &Seed,
        random: &dyn Random,
    ) -> Result<Self, RandomFailed> {
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce)?;
        let id = credential_id.as_str().as_bytes();
        let mut message = vec![VERSION, u8::try_from(id.len()).unwrap_or(0)];
        message.extend_from_slice(id);
        message.extend_from_slice(&nonce);
        let tag = mac(device_key, &[QUERY_CONTEXT, &message]);
        message.extend_from_slice(tag.as_ref());
        let mut sent = [0; 32];
        sent.copy_from_slice(digest::digest(&SHA256, &message).as_ref());
        Ok(Self { message, awaited: AwaitedTime(sent) })
    }
}

impl AwaitedTime {
    /// Reads the service's answer to this message: what its clock said when the message had come and
    /// when the answer went, cut to milliseconds.
    ///
    /// # Errors
    /// [`TimeAnswerError`]: it is nobody's word.
    pub fn read(&self, device_key: &Seed, answer: &[u8]) -> Result<Stamps, TimeAnswerError> {
        let (body, tag) = answer
            .split_at_checked(TIME_ANSWER_LEN.saturating_sub(MAC_LEN))
            .filter(|(_, tag)| tag.len() == MAC_LEN)
            .ok_or(TimeAnswerError::Malformed)?;
        let expected = mac(device_key, &[ANSWER_CONTEXT, &self.0, body]);
        if !bool::from(tag.ct_eq(expected.as_ref())) {
            return Err(TimeAnswerError::NotGenuine);
        }
        let (version, stamps) = body.split_first().ok_or(TimeAnswerError::Malformed)?;
        if *version != VERSION {
            return Err(TimeAnswerError::Newer);
        }
        let (received, sent) = stamps.split_first_chunk().ok_or(TimeAnswerError::Malformed)?;
        let sent = <[u8; 8]>::try_from(sent).map_err(|_| TimeAnswerError::Malformed)?;
        let received = UnixMillis(i64::from_be_bytes(*received));
        let sent = UnixMillis(i64::from_be_bytes(sent));
        if sent < received {
            return Err(TimeAnswerError::SentBeforeReceived);
        }
        Ok(Stamps { received, sent, resolution: Millis(1) })
    }
}

fn mac(device_key: &Seed, parts: &[&[u8]]) -> hmac::Tag {
    swept(|| {
        let key = hmac::Key::new(HMAC_SHA256, device_key.secret().expose());
        let mut context = hmac::Context::with_key(&key);
        parts.iter().for_each(|part| context.update(part));
        context.sign()
    })
}

/// Why an answer was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeAnswerError {
    /// It does not have 49 bytes.
    #[error("the time is malformed")]
    Malformed,
    /// Its MAC does not fit: somebody else made it, it is to another message, or it was changed.
    #[error("the time is not genuine")]
    NotGenuine,
    /// It is genuine, and went before the message had come: the service's clock was set meanwhile.
    #[error("the time went before the question came")]
    SentBeforeReceived,
    /// It is genuine, and of a version that this one does not know.
    #[error("the time is of a later version")]
    Newer,
}
