//! What the service does, with the time as an argument.
//!
//! Each call reads what it judges, and stores what comes of it only in its place. If somebody else was
//! faster it judges anew, so of two requests with one code one wins. A request with an
//! [`AnswerKey`] gets the answer that was kept under it, or has its own kept in the commit
//! that carries it out.

mod account;
mod acts;
mod error;
mod issue;
mod judge;
mod proof;
mod rotate;
mod tidy;
mod view;

use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};
use warifu::{
    credential::{CredentialId, Seed},
    secret::Random,
    time::{Millis, UnixMillis},
};
use warifu_verifier::{Rules, State};

use crate::{
    seeds::{Place, Purpose, SeedKeys},
    store::{Answer, AnswerKey, Credential, Numbered, Store, Written},
};

pub use account::ActivationIssued;
pub use acts::{Act, Acted};
pub use error::ServiceError;
pub use issue::{Imported, NewKeys};
pub use judge::Judged;
pub use proof::{ClockOff, Codes, Held, Presented, Proof, Proven, Then};
pub use rotate::Rotated;
pub use tidy::Tidied;
pub use view::{View, ViewedAlgorithm, ViewedBinding, ViewedGenerator, ViewedStatus};

/// The service: a database, keys, and rules. It is shared by all requests.
pub struct Service {
    store: Store,
    keys: Arc<dyn SeedKeys>,
    digests: Digests,
    random: Arc<dyn Random>,
    rules: Rules,
    terms: Terms,
}

/// Makes the digests that stand in the database for what must not be guessed from it. `label` names the
/// use.
pub type Digests = Arc<dyn Fn(&str, &[&[u8]]) -> [u8; 32] + Send + Sync>;

/// How long things are kept, and what IDs look like.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The four letters before the eight digits of an ID.
    pub prefix: [u8; 4],
    /// How long a credential that was issued at an enrolment waits for its confirmation.
    pub unconfirmed: Millis,
    /// How long an answer is kept for a request that is sent again.
    pub answers: Millis,
}

impl Default for Terms {
    fn default() -> Self {
        let day = Millis::from_secs(86_400);
        Self { prefix: *b"WRFU", unconfirmed: day, answers: day }
    }
}

impl Service {
    /// A service on an open database.
    pub fn new(
        store: Store,
        keys: Arc<dyn SeedKeys>,
        digests: Digests,
        random: Arc<dyn Random>,
        rules: Rules,
        terms: Terms,
    ) -> Self {
        Self { store, keys, digests, random, rules, terms }
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The rules by which codes are judged.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// How long things are kept.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The source of randomness.
    pub fn random(&self) -> &dyn Random {
        &*self.random
    }

    /// A keyed digest for one use.
    pub fn digest(&self, label: &str, parts: &[&[u8]]) -> [u8; 32] {
        (self.digests)(label, parts)
    }

    /// Opens one of a credential's keys for the call at hand; none if it has none of that purpose.
    ///
    /// # Errors
    /// [`ServiceError::Seed`] if it does not open.
    pub fn open(
        &self,
        credential: &Credential,
        purpose: Purpose,
    ) -> Result<Option<Seed>, ServiceError> {
        let keys = &credential.keys;
        let sealed = match purpose {
            Purpose::Code => Some(&keys.code),
            Purpose::Sign => keys.sign.as_ref(),
            Purpose::Device => keys.device.as_ref(),
        };
        let Some(sealed) = sealed else { return Ok(None) };
        let place = Place { credential: &credential.id, purpose };
        let seed = self.keys.open(keys.key, sealed, place)?;
        Seed::new(seed).map(Some).map_err(|_| ServiceError::SeedLength)
    }

    /// The credential of this ID; one that was not confirmed in time is not there any more.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], or what the database says.
    pub async fn find(
        &self,
        id: &CredentialId,
        now: UnixMillis,
    ) -> Result<Numbered<Credential>, ServiceError> {
        let found = self.store.credential(id).await?;
        let in_time = |found: &Numbered<Credential>| {
            found.value.expires_at.is_none_or(|expires_at| now < expires_at)
        };
        found.filter(in_time).ok_or(ServiceError::NotFound)
    }

    /// Judges or changes a credential until the state that was judged is the one that is replaced.
    async fn settle<T: Serialize + DeserializeOwned>(
        &self,
        id: &CredentialId,
        key: Option<&AnswerKey>,
        now: UnixMillis,
        mut step: impl FnMut(&Credential) -> Result<(T, State), ServiceError>,
    ) -> Result<T, ServiceError> {
        for _ in 0..ROUNDS {
            if let Some(kept) = self.kept(key).await? {
                return Ok(kept);
            }
            let judged = self.find(id, now).await?;
            let (outcome, next) = step(&judged.value)?;
            let answer = self.answer(key, &outcome, now)?;
            if self.store.replace(&judged, &next, answer.as_ref()).await? == Written::Yes {
                return Ok(outcome);
            }
        }
        Err(ServiceError::Busy)
    }

    /// What was answered to this request before.
    async fn kept<T: DeserializeOwned>(
        &self,
        key: Option<&AnswerKey>,
    ) -> Result<Option<T>, ServiceError> {
        let Some(key) = key else { return Ok(None) };
        let Some(kept) = self.store.answer(key).await? else { return Ok(None) };
        if kept.request_digest != key.request_digest {
            return Err(ServiceError::KeyReused);
        }
        serde_json::from_str(&kept.body).map(Some).map_err(|_| ServiceError::KeyReused)
    }

    /// An answer as it is kept.
    fn answer<T: Serialize>(
        &self,
        key: Option<&AnswerKey>,
        outcome: &T,
        now: UnixMillis,
    ) -> Result<Option<Answer>, ServiceError> {
        let Some(key) = key else { return Ok(None) };
        let body = serde_json::to_string(outcome).map_err(|_| ServiceError::Answer)?;
        let expires_at = now.saturating_add(self.terms.answers);
        Ok(Some(Answer { key: key.clone(), body, expires_at }))
    }
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").field("rules", &self.rules).finish_non_exhaustive()
    }
}

/// How often a request judges anew before it gives up. Each round that fails is another's success, and a
/// credential locks after 100 failures at the latest.
const ROUNDS: u16 = 300;
