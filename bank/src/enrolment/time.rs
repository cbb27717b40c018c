use std::net::IpAddr;

use warifu::{credential::Seed, secret::scrubbed, time::UnixMillis};
use warifu_issuer::{Stamps, SteppedBack, TimeQuery};
use warifu_verifier::Row;

use super::{Enrolments, Refusal, ServiceErrorKind, limit::Asks};
use crate::seeds::Purpose;

/// A question for the time, by a token that may have it. All that its answer lacks is the present instant.
pub struct TimeAsked<'a> {
    query: TimeQuery<'a>,
    device_key: Seed,
    received: UnixMillis,
}

impl Enrolments {
    /// Makes sure who asks for the time. `received` is when the whole message was there, and no earlier.
    ///
    /// A token whose credential is locked or suspended may have it: the time is no secret, and its codes are
    /// refused where they are judged.
    ///
    /// # Errors
    /// [`Refusal`]; of all that is wrong with a credential or a MAC it is the same.
    pub async fn time_asked<'a>(
        &self,
        message: &'a [u8],
        from: IpAddr,
        received: UnixMillis,
    ) -> Result<TimeAsked<'a>, Refusal> {
        let query = TimeQuery::parse(message)?;
        self.time_limiter.admit(from, Asks::Time, received)?;
        let found = self.service.store().credential(&query.credential_id).await.map_err(failed)?;
        let credential = found.ok_or(Refusal::NoCredential)?.value;

        let open = || self.service.open(&credential, Purpose::Device);
        let device_key = scrubbed(open).map_err(failed)?.ok_or(Refusal::NoCredential)?;
        let is_by_token = scrubbed(|| query.is_by(device_key.secret()));
        let row = Row::from(&credential.state);
        if is_by_token && row.confirmed && !row.revoked {
            Ok(TimeAsked { query, device_key, received })
        } else {
            Err(Refusal::NoCredential)
        }
    }
}

impl TimeAsked<'_> {
    /// The answer. `sent` is read right before.
    ///
    /// # Errors
    /// [`Refusal::Service`] if the clock has stepped back meanwhile: no time is better than a wrong one.
    pub fn answer(&self, sent: UnixMillis) -> Result<Vec<u8>, Refusal> {
        let stamps = Stamps::new(self.received, sent).map_err(|SteppedBack| {
            tracing::warn!("the clock has stepped back while a token asked for the time");
            ServiceErrorKind
        })?;
        Ok(scrubbed(|| self.query.answer(self.device_key.secret(), &stamps)))
    }
}

impl std::fmt::Debug for TimeAsked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TimeAsked").field("received", &self.received).finish_non_exhaustive()
    }
}

/// No error of the rooms below holds a secret.
fn failed(error: impl std::fmt::Display) -> Refusal {
    tracing::error!(%error, "a token was not told the time");
    ServiceErrorKind.into()
}
