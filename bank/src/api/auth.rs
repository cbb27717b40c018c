use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use base32ct::{Base32UpperUnpadded, Encoding as _};
use ring::digest::{SHA256, digest};
use subtle::ConstantTimeEq as _;
use warifu::secret::{Random, RandomFailed, Secret};
use zeroize::Zeroizing;

use super::{App, problem::Problem};
use crate::store::{ClientId, Store, StoreError};

/// An API key: `wbk_`, the client's number, `_`, and 32 random bytes in base32. It prints masked.
pub struct ApiKey {
    client: ClientId,
    secret: Secret,
}

impl ApiKey {
    /// Draws a client's number and its key.
    ///
    /// # Errors
    /// [`RandomFailed`] if there is no randomness.
    pub fn generate(random: &dyn Random) -> Result<Self, RandomFailed> {
        let mut number = [0; 4];
        random.fill(&mut number)?;
        let client = ClientId(i64::from(u32::from_be_bytes(number)));
        Ok(Self { client, secret: Secret::random(KEY_LEN, random)? })
    }

    /// Reads a key.
    ///
    /// # Errors
    /// [`InvalidApiKey`] if it is none.
    pub fn parse(text: &str) -> Result<Self, InvalidApiKey> {
        let (number, key) =
            text.strip_prefix(PREFIX).ok_or(InvalidApiKey)?.split_once('_').ok_or(InvalidApiKey)?;
        let number: u32 = number.parse().map_err(|_| InvalidApiKey)?;
        let mut secret = Zeroizing::new(vec![0; KEY_LEN]);
        match Base32UpperUnpadded::decode(key, &mut secret) {
            Ok(decoded) if decoded.len() == KEY_LEN => {}
            _ => return Err(InvalidApiKey),
        }
        Ok(Self { client: ClientId(number.into()), secret: Secret::from_zeroizing(secret) })
    }

    /// Whose it is.
    pub fn client(&self) -> ClientId {
        self.client
    }

    /// What the database keeps of it. It is too long to be guessed, so a plain digest will do.
    pub fn digest(&self) -> Vec<u8> {
        digest(&SHA256, self.secret.expose()).as_ref().to_vec()
    }

    /// The key as it is sent.
    pub fn text(&self) -> Secret {
        let key = Zeroizing::new(Base32UpperUnpadded::encode_string(self.secret.expose()));
        let text = Zeroizing::new(format!("{PREFIX}{}_{}", self.client.0, key.as_str()));
        Secret::copy_of(text.as_bytes())
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey").field("client", &self.client).finish_non_exhaustive()
    }
}

/// The text is no API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no API key")]
pub struct InvalidApiKey;

/// Who calls: whoever has the key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caller(pub(super) ClientId);

impl Caller {
    pub(super) async fn of(headers: &HeaderMap, app: &App) -> Result<Self, Problem> {
        let header = headers.get(header::AUTHORIZATION).ok_or(Problem::Unauthorized)?;
        let text = header.to_str().map_err(|_| Problem::Unauthorized)?;
        let (scheme, text) = text.split_once(' ').ok_or(Problem::Unauthorized)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Problem::Unauthorized);
        }
        let key = ApiKey::parse(text.trim()).map_err(|_| Problem::Unauthorized)?;
        let known = app.clients.digest_of(key.client(), app.service.store()).await?;
        let known = known.ok_or(Problem::Unauthorized)?;
        if bool::from(known.ct_eq(&key.digest())) {
            Ok(Self(key.client()))
        } else {
            Err(Problem::Unauthorized)
        }
    }
}

/// The digests of keys that came lately, so that not every request asks the database. A key that was
/// revoked is of no use after a second.
#[derive(Clone, Default)]
pub struct Clients(Arc<RwLock<HashMap<ClientId, Read>>>);

/// When a digest was read, and the digest.
type Read = (Instant, Arc<[u8]>);

impl Clients {
    async fn digest_of(
        &self,
        id: ClientId,
        store: &Store,
    ) -> Result<Option<Arc<[u8]>>, StoreError> {
        let fresh = |(read_at, _): &&Read| read_at.elapsed() < FRESH;
        let held = {
            let clients = self.0.read().unwrap_or_else(PoisonError::into_inner);
            clients.get(&id).filter(fresh).map(|(_, digest)| Arc::clone(digest))
        };
        if held.is_some() {
            return Ok(held);
        }
        // Taken before the database is asked: what it says is of then, or later.
        let read_at = Instant::now();
        let read = store.client(id).await?.map(|client| Arc::<[u8]>::from(client.key_digest));
        let mut clients = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // Who is not known is not remembered, so there are never more than the database has.
        match &read {
            Some(digest) => clients.insert(id, (read_at, Arc::clone(digest))),
            None => clients.remove(&id),
        };
        Ok(read)
    }
}

impl fmt::Debug for Clients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clients")
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Self::of(&parts.headers, app).await
    }
}

const PREFIX: &str = "wbk_";
const KEY_LEN: usize = 32;
/// How long a digest is held.
const FRESH: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use warifu::secret::SystemRandom;

    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_written_and_prints_masked() {
        let key = ApiKey::generate(&SystemRandom::new()).unwrap();
        let text = key.text();
        let text = std::str::from_utf8(text.expose()).unwrap();
        let read = ApiKey::parse(text).unwrap();
        assert_eq!((read.client(), read.digest()), (key.client(), key.digest()));
        let secret = text.rsplit('_').next().unwrap();
        assert!(!format!("{key:?}").contains(secret));
        for bad in
            ["", "wbk_", "wbk_1", "wbk_1_", "wbk_x_AAAA", &text[..text.len() - 1], &text[1..]]
        {
            assert!(ApiKey::parse(bad).is_err(), "{bad}");
        }
    }
}
