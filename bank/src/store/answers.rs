use sqlx::{AnyConnection, Row as _};
use warifu::time::UnixMillis;

use super::{ClientId, Store, StoreError, Written};

/// What a client calls a request, so that it can send it again without doing it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerKey {
    /// Whose request it is. Two clients may use one name.
    pub client: ClientId,
    /// The name: the header `Idempotency-Key`.
    pub key: Box<str>,
    /// A keyed digest of what was asked. Codes are too short for a digest that anybody can make.
    pub request_digest: [u8; 32],
}

/// An answer to be kept under its key.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its key.
    pub key: AnswerKey,
    /// What was answered. No code is in it, and no seed.
    pub body: String,
    /// Until when it is kept.
    pub expires_at: UnixMillis,
}

/// An answer that was kept.
#[derive(Debug, Clone)]
pub struct KeptAnswer {
    /// The digest of what was asked then.
    pub request_digest: Vec<u8>,
    /// What was answered.
    pub body: String,
}

impl Store {
    /// The answer that was kept under this name, if there is one.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read.
    pub async fn answer(&self, key: &AnswerKey) -> Result<Option<KeptAnswer>, StoreError> {
        let query = sqlx::query(SELECT).bind(key.client.0).bind(&*key.key);
        let Some(row) = query.fetch_optional(&self.reading).await? else { return Ok(None) };
        Ok(Some(KeptAnswer {
            request_digest: row.try_get("request_digest")?,
            body: row.try_get("body")?,
        }))
    }

    /// Forgets answers whose time is over; says how many.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn remove_answers(&self, now: UnixMillis) -> Result<u64, StoreError> {
        let query = sqlx::query("DELETE FROM answer WHERE expires_at <= $1").bind(now.0);
        Ok(query.execute(&self.writing).await?.rows_affected())
    }
}

/// Keeps an answer, unless there is one of its name: then another request with it was faster.
pub(super) async fn insert(
    connection: &mut AnyConnection,
    answer: &Answer,
) -> Result<Written, StoreError> {
    let query = sqlx::query(INSERT)
        .bind(answer.key.client.0)
        .bind(&*answer.key.key)
        .bind(answer.key.request_digest.as_slice())
        .bind(answer.body.as_str())
        .bind(answer.expires_at.0);
    let done = query.execute(connection).await?;
    Ok(if done.rows_affected() == 0 { Written::Overtaken } else { Written::Yes })
}

const SELECT: &str = "SELECT request_digest, body FROM answer WHERE client = $1 AND key = $2";
const INSERT: &str = "INSERT INTO answer (client, key, request_digest, body, expires_at) \
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (client, key) DO NOTHING";
