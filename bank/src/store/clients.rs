use sqlx::Row as _;
use warifu::time::UnixMillis;

use super::{Store, StoreError};

/// A client of the API, by the number in its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientId(pub i64);

/// A client of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its number.
    pub id: ClientId,
    /// What the bank calls it.
    pub name: String,
    /// SHA-256 of its key, which is random and too long to be guessed.
    pub key_digest: Vec<u8>,
}

impl Store {
    /// Adds a client of the API.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if its number is taken.
    pub async fn add_client(&self, client: &Client, now: UnixMillis) -> Result<(), StoreError> {
        let query = sqlx::query(INSERT)
            .bind(client.id.0)
            .bind(client.name.as_str())
            .bind(client.key_digest.as_slice())
            .bind(now.0);
        query.execute(&self.writing).await?;
        Ok(())
    }

    /// The client of this number, if there is one.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read.
    pub async fn client(&self, id: ClientId) -> Result<Option<Client>, StoreError> {
        let query = sqlx::query("SELECT name, key_digest FROM client WHERE id = $1").bind(id.0);
        let Some(row) = query.fetch_optional(&self.reading).await? else { return Ok(None) };
        Ok(Some(Client { id, name: row.try_get("name")?, key_digest: row.try_get("key_digest")? }))
    }

    /// Removes a client: its key is of no use any more. Says whether there was one.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn remove_client(&self, id: ClientId) -> Result<bool, StoreError> {
        let query = sqlx::query("DELETE FROM client WHERE id = $1").bind(id.0);
        Ok(query.execute(&self.writing).await?.rows_affected() > 0)
    }
}

const INSERT: &str =
    "INSERT INTO client (id, name, key_digest, created_at) VALUES ($1, $2, $3, $4)";
