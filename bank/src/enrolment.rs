//! The service's side of an enrolment, as `docs/enrolment.md` has it byte for byte: opens a request,
//! issues a credential, answers; judges the confirmation; tells a token the time.
//!
//! A request is answered only after the commit that took its activation code, made its credential and
//! kept the answer; so it can be sent again at any time, and gets the same answer.

mod limit;
mod time;

use std::{net::IpAddr, sync::Arc, time::Duration};

use warifu::{
    secret::{Secret, scrubbed},
    time::UnixMillis,
};
use warifu_issuer::{
    ActivationCode, AnswerError, Confirmation, InvalidServiceKey, Offer, PublicBase, Request,
    ServiceKeys, Unreadable, Verdict,
};
use warifu_verifier::{Row, State};
use zeroize::Zeroizing;

use crate::{
    seeds::Purpose,
    service::{Judged, NewKeys, Service, ServiceError},
    store::{Credential, KeptEnrolment, NewEnrolment, Recorded},
};

pub use limit::{Asks, Limiter, Rate, network};
pub use time::TimeAsked;

/// Enrols tokens. It is shared by all requests.
pub struct Enrolments {
    service: Arc<Service>,
    keys: ServiceKeys,
    offer: Offer,
    limiter: Limiter,
    /// Counts by itself, so that neither fills the other's table.
    time_limiter: Limiter,
}

/// Why a token got no message. The token takes it for what it is: nobody's signed word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The message is malformed, for a key that is not known, or does not open.
    #[error("the message cannot be read")]
    Malformed,
    /// The activation code is not known, used or expired; or there is none, and there must be one.
    #[error("the activation code is refused")]
    Activation,
    /// No enrolment is known by this ID and this request, or the MAC is wrong.
    #[error("no such enrolment")]
    Unknown,
    /// No credential is known by this ID, or it is not confirmed, or has ended; or the MAC is wrong.
    #[error("no such credential")]
    NoCredential,
    /// Another request has come under this ID.
    #[error("another request has come for this enrolment")]
    Conflict,
    /// The credential is confirmed or expired, and the answer is no longer kept.
    #[error("the answer is no longer kept")]
    Gone,
    /// Too many have come from this address, or in all.
    #[error("too many requests")]
    TooMany {
        /// When to come back.
        retry_after: Duration,
    },
    /// The service cannot do it now.
    #[error(transparent)]
    Service(#[from] ServiceErrorKind),
}

/// What kept the service from it, without its details: those are for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the service cannot do it now")]
pub struct ServiceErrorKind;

impl Enrolments {
    /// Enrols with these keys, the last of which is in new links.
    ///
    /// # Errors
    /// [`InvalidServiceKey`] if there is none.
    pub fn new(
        service: Arc<Service>,
        keys: &[Secret],
        offer: Offer,
        rate: Rate,
    ) -> Result<Self, InvalidServiceKey> {
        let keys = scrubbed(|| ServiceKeys::derive(keys))?;
        let (limiter, time_limiter) = (Limiter::new(rate), Limiter::new(rate));
        Ok(Self { service, keys, offer, limiter, time_limiter })
    }

    /// Whether a token may enrol without an activation code.
    pub fn is_open(&self) -> bool {
        self.offer.open
    }

    /// The link by which tokens come here; with an activation code it is for one of them, and secret.
    pub fn link(&self, base: &PublicBase, code: Option<&ActivationCode>) -> Zeroizing<String> {
        self.keys.link(base, code)
    }

    /// Opens a request and answers it; the same again gets the same answer.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing was issued.
    pub async fn enrol(
        &self,
        request: &[u8],
        from: IpAddr,
        now: UnixMillis,
    ) -> Result<Vec<u8>, Refusal> {
        let opened = scrubbed(|| Request::open(&self.keys, request))?;
        for _ in 0..DRAWS {
            let known = self.service.store().enrolment(opened.id).await.map_err(failed)?;
            if let Some(kept) = known {
                return self.repeat(kept, &opened.digest, now).await;
            }
            self.admit(&opened, from, now).await?;
            let (credential, answer) = scrubbed(|| self.issue(&opened, now))?;
            let code_digest =
                opened.activation.as_ref().map(|code| self.service.activation_digest(code));
            let new = NewEnrolment {
                id: opened.id,
                request_digest: opened.digest,
                code_digest,
                credential: &credential,
                answer: &answer,
            };
            match self.service.store().record(&new, now).await.map_err(failed)? {
                Recorded::Yes => {
                    if opened.activation.is_some() {
                        self.limiter.forgive(from);
                    }
                    return Ok(answer);
                }
                // The same request was sent twice at once, or the ID is taken: look again.
                Recorded::Known | Recorded::IdTaken => {}
                Recorded::NoSuchCode => return Err(Refusal::Activation),
            }
        }
        Err(ServiceErrorKind.into())
    }

    /// Judges a confirmation, and says so under the credential's device key.
    ///
    /// # Errors
    /// [`Refusal`] where there is no device key to say it under.
    pub async fn confirm(&self, message: &[u8], now: UnixMillis) -> Result<Vec<u8>, Refusal> {
        let confirmation = Confirmation::parse(message)?;
        let store = self.service.store();
        let kept = store.enrolment(confirmation.id).await.map_err(failed)?;
        let kept = kept.filter(|kept| kept.request_digest == confirmation.request_digest);
        let kept = kept.ok_or(Refusal::Unknown)?;
        let found = store.credential(&kept.credential_id).await.map_err(failed)?;
        let credential = found.ok_or(Refusal::Unknown)?.value;

        let open = || self.service.open(&credential, Purpose::Device);
        let device_key = scrubbed(open).map_err(failed)?.ok_or(Refusal::Unknown)?;
        if !scrubbed(|| confirmation.is_by(device_key.secret())) {
            return Err(Refusal::Unknown);
        }
        let row = Row::from(&credential.state);
        let has_expired = credential.expires_at.is_some_and(|expires_at| expires_at <= now);
        let verdict = if has_expired {
            Verdict::Ended
        } else if row.confirmed && !row.revoked {
            // Whatever has happened since: the token is told once more what it was told before.
            Verdict::Confirmed
        } else {
            self.judge(&credential, confirmation.code, now).await?
        };
        Ok(scrubbed(|| confirmation.verdict(device_key.secret(), verdict, now)))
    }

    async fn judge(
        &self,
        credential: &Credential,
        code: &str,
        now: UnixMillis,
    ) -> Result<Verdict, Refusal> {
        match self.service.confirm(&credential.id, code, None, now).await {
            Ok(Judged::Accepted { .. } | Judged::AlreadyConfirmed) => Ok(Verdict::Confirmed),
            Ok(Judged::TooSoon { .. }) => Ok(Verdict::Later),
            Ok(Judged::Locked | Judged::Suspended) => Ok(Verdict::Stopped),
            Ok(Judged::Revoked) => Ok(Verdict::Ended),
            Ok(
                Judged::Wrong { .. }
                | Judged::OutOfSync { .. }
                | Judged::Replayed
                | Judged::NotConfirmed,
            ) => Ok(Verdict::CodeWrong),
            // Of another length than this credential's codes.
            Err(ServiceError::Code(_)) => Err(Refusal::Malformed),
            Err(ServiceError::NotFound) => Err(Refusal::Unknown),
            Err(error) => Err(failed(error)),
        }
    }

    /// The answer to a request that came before.
    async fn repeat(
        &self,
        kept: KeptEnrolment,
        request_digest: &[u8; 32],
        now: UnixMillis,
    ) -> Result<Vec<u8>, Refusal> {
        if kept.request_digest != request_digest {
            return Err(Refusal::Conflict);
        }
        match self.service.find(&kept.credential_id, now).await {
            Ok(_) => kept.answer.ok_or(Refusal::Gone),
            Err(ServiceError::NotFound) => Err(Refusal::Gone),
            Err(error) => Err(failed(error)),
        }
    }

    /// Whoever has a code is limited only in guessing it; all others in how many they are.
    async fn admit(&self, opened: &Request, from: IpAddr, now: UnixMillis) -> Result<(), Refusal> {
        let asks = if opened.activation.is_some() { Asks::WithCode } else { Asks::Open };
        self.limiter.admit(from, asks, now)?;
        if asks == Asks::WithCode {
            return Ok(());
        }
        if !self.offer.open {
            return Err(Refusal::Activation);
        }
        let waiting = self.service.store().open_unconfirmed().await.map_err(failed)?;
        if waiting >= self.limiter.most_waiting() {
            return Err(Refusal::TooMany { retry_after: Duration::from_secs(600) });
        }
        Ok(())
    }

    /// Draws a credential, and makes the answer that brings it.
    fn issue(&self, opened: &Request, now: UnixMillis) -> Result<(Credential, Vec<u8>), Refusal> {
        let random = self.service.random();
        let id = self.service.draw_id().map_err(failed)?;
        let drawn = self.offer.draw(random).map_err(failed)?;
        let keys =
            NewKeys { code: &drawn.code, sign: drawn.sign.as_ref(), device: Some(&drawn.device) };
        let expires_at = now.saturating_add(self.service.terms().unconfirmed);
        let credential = Credential {
            keys: self.service.seal(&id, &keys).map_err(failed)?,
            id,
            issuer: Some(self.offer.issuer.clone()),
            account: None,
            account_ref: None,
            generator: self.offer.generator,
            binding: Some(opened.binding),
            state: State::new(&self.offer.generator),
            created_at: now,
            expires_at: Some(expires_at),
        };
        let package = self.offer.package(&credential.id, &drawn).map_err(failed)?;
        let answer = opened.answer(&package, random)?;
        Ok((credential, answer))
    }
}

impl std::fmt::Debug for Enrolments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Enrolments").field("offer", &self.offer).finish_non_exhaustive()
    }
}

impl From<Unreadable> for Refusal {
    fn from(_: Unreadable) -> Self {
        Self::Malformed
    }
}

impl From<AnswerError> for Refusal {
    fn from(error: AnswerError) -> Self {
        failed(error)
    }
}

/// No error of the rooms below holds a secret.
fn failed(error: impl std::fmt::Display) -> Refusal {
    tracing::error!(%error, "an enrolment has failed");
    ServiceErrorKind.into()
}

/// How often a credential's ID is drawn anew.
const DRAWS: u8 = 20;
