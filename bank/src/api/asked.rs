use std::fmt;

use axum::{
    body::{Bytes, to_bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use serde::{Deserialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use super::{App, auth::Caller, problem::Problem};
use crate::store::AnswerKey;

/// A request that changes something: from a known caller, with a bounded body, perhaps under a name.
pub(super) struct Asked {
    pub(super) key: Option<AnswerKey>,
    body: Bytes,
}

impl Asked {
    /// The body as JSON. Nothing of it is repeated where it cannot be read.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_slice(&self.body).map_err(|_| Problem::MalformedRequest)
    }

    /// For what takes no body: none, or an empty object.
    pub(super) fn nothing(&self) -> Result<(), Problem> {
        if self.body.is_empty() {
            return Ok(());
        }
        let Nothing {} = self.json()?;
        Ok(())
    }
}

/// A body may hold a seed or a code: its length alone is printed.
impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Asked({} bytes)", self.body.len())
    }
}

impl FromRequest<App> for Asked {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        // Who nobody knows is not listened to.
        let caller = Caller::of(request.headers(), app).await?;
        let name = idempotency_key(request.headers())?;
        let is_json = is_json(request.headers());
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let body = to_bytes(request.into_body(), MAX_BODY);
        let body = body.await.map_err(|_| Problem::BodyTooLarge)?;
        if !body.is_empty() && !is_json {
            return Err(Problem::UnsupportedMediaType);
        }
        let key = name.map(|key| AnswerKey {
            client: caller.0,
            key,
            request_digest: app
                .service
                .digest("request 1", &[method.as_str().as_bytes(), path.as_bytes(), &body]),
        });
        Ok(Self { key, body })
    }
}

/// What a person typed, or a seed: it is wiped, and prints masked.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct SecretText(Zeroizing<String>);

impl SecretText {
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<Box<str>>, Problem> {
    let mut all = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(key) = all.next() else { return Ok(None) };
    let text = key.to_str().map_err(|_| Problem::IdempotencyKeyInvalid)?;
    if all.next().is_some() || !(1..=MAX_KEY).contains(&text.len()) {
        return Err(Problem::IdempotencyKeyInvalid);
    }
    Ok(Some(text.into()))
}

fn is_json(headers: &HeaderMap) -> bool {
    let text = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = text.and_then(|text| text.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

const IDEMPOTENCY_KEY: &str = "idempotency-key";
const MAX_KEY: usize = 128;
/// An import has the longest: a seed of 256 bytes, and three names.
const MAX_BODY: usize = 8 * 1024;
