use ring::{
    digest::{self, SHA256},
    hmac::{self, HMAC_SHA256},
};
use zeroize::Zeroizing;

use super::{Issued, VERDICT_LEN};
use crate::{
    otp::Code,
    secret::{Random, RandomFailed, Secret, swept},
    time::UnixMillis,
};

const VERSION: u8 = 1;
const MESSAGE_CONTEXT: &[u8] = b"warifu confirm 1";
const VERDICT_CONTEXT: &[u8] = b"warifu confirm answer 1";
const MAC_LEN: usize = 32;
const MAX_LEN: usize = 108;

/// A message that confirms a credential.
#[derive(Debug)]
pub struct Confirmation {
    /// Where it goes, by POST.
    pub url: String,
    /// The message. It holds a code.
    pub message: Secret,
    /// Reads the verdict.
    pub awaited: AwaitedVerdict,
}

/// What a verdict must fit: the digest of the message that it is on. It is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwaitedVerdict([u8; 32]);

/// What the service says to a confirmation, by its own authenticated word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// What it decided.
    pub verdict: Verdict,
    /// Its clock when it did.
    pub service_time: UnixMillis,
}

/// What the service decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The credential is active.
    Confirmed,
    /// The code is wrong in the whole wide window: the token's clock is far off.
    CodeWrong,
    /// The credential was revoked or has expired.
    Ended,
    /// Not now: there were too many failures.
    Later,
    /// It is locked or suspended, and the bank must act.
    Stopped,
}

impl Confirmation {
    pub(super) fn new(
        url: String,
        enrolment_id: &[u8; 16],
        request_digest: &[u8; 32],
        issued: &Issued,
        code: &Code,
        random: &dyn Random,
    ) -> Result<Self, RandomFailed> {
        let mut nonce = [0; 16];
        random.fill(&mut nonce)?;
        let code = code.expose().as_bytes();
        let mut message = Zeroizing::new(Vec::with_capacity(MAX_LEN));
        message.push(VERSION);
        message.extend_from_slice(enrolment_id);
        message.extend_from_slice(request_digest);
        message.extend_from_slice(&nonce);
        message.push(u8::try_from(code.len()).unwrap_or(0));
        message.extend_from_slice(code);
        let tag = mac(issued, &[MESSAGE_CONTEXT, &message]);
        message.extend_from_slice(tag.as_ref().map_or(&[], AsRef::as_ref));
        let mut sent = [0; 32];
        sent.copy_from_slice(digest::digest(&SHA256, &message).as_ref());
        let message = Secret::from_zeroizing(message);
        Ok(Self { url, message, awaited: AwaitedVerdict(sent) })
    }
}

impl AwaitedVerdict {
    /// Reads the service's verdict on this message.
    ///
    /// # Errors
    /// [`VerdictError`]: it is nobody's word, and nothing may follow from it.
    pub fn read_verdict(&self, issued: &Issued, verdict: &[u8]) -> Result<Judgement, VerdictError> {
        let (body, tag) = verdict
            .split_at_checked(VERDICT_LEN.saturating_sub(MAC_LEN))
            .filter(|(_, tag)| tag.len() == MAC_LEN)
            .ok_or(VerdictError::Malformed)?;
        let expected = mac(issued, &[VERDICT_CONTEXT, &self.0, body]);
        let expected = expected.as_ref().map_or(&[][..], AsRef::as_ref);
        if !bool::from(subtle::ConstantTimeEq::ct_eq(tag, expected)) {
            return Err(VerdictError::NotGenuine);
        }
        let (&[version, verdict], time) =
            body.split_first_chunk().ok_or(VerdictError::Malformed)?;
        let time = <[u8; 8]>::try_from(time).map_err(|_| VerdictError::Malformed)?;
        let verdict = match (version, verdict) {
            (VERSION, 1) => Verdict::Confirmed,
            (VERSION, 2) => Verdict::CodeWrong,
            (VERSION, 3) => Verdict::Ended,
            (VERSION, 4) => Verdict::Later,
            (VERSION, 5) => Verdict::Stopped,
            _ => return Err(VerdictError::Newer),
        };
        Ok(Judgement { verdict, service_time: UnixMillis(i64::from_be_bytes(time)) })
    }
}

/// Nothing without a device key, and an empty tag fits nothing; a package without one is refused.
fn mac(issued: &Issued, parts: &[&[u8]]) -> Option<hmac::Tag> {
    let device_key = issued.device_key()?.expose();
    Some(swept(|| {
        let key = hmac::Key::new(HMAC_SHA256, device_key);
        let mut context = hmac::Context::with_key(&key);
        parts.iter().for_each(|part| context.update(part));
        context.sign()
    }))
}

/// Why a verdict was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerdictError {
    /// It does not have 42 bytes.
    #[error("the verdict is malformed")]
    Malformed,
    /// Its MAC does not fit: somebody else made it, it is for another message, or it was changed.
    #[error("the verdict is not genuine")]
    NotGenuine,
    /// It is genuine, and of a version or a kind that this one does not know.
    #[error("the verdict is of a later version")]
    Newer,
}
