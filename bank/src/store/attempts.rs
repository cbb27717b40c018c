use sqlx::{AnyConnection, Row as _};
use warifu::time::UnixMillis;

use super::{ContractId, Store, StoreError, Written};

/// Failures in a row at one thing, for instance at the login of one contract ID, which nobody need have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    /// How many.
    pub failures: u32,
    /// Before when nothing is judged.
    pub next_try_at: UnixMillis,
    /// When the last one was.
    pub last_at: UnixMillis,
}

impl Store {
    /// The failures that are counted of this subject, if there are any.
    ///
    /// # Errors
    /// [`StoreError`] if they cannot be read.
    pub async fn attempts(&self, subject: &str) -> Result<Option<Attempts>, StoreError> {
        let row = sqlx::query(SELECT).bind(subject).fetch_optional(&self.reading).await?;
        let Some(row) = row else { return Ok(None) };
        let failures = u32::try_from(row.try_get::<i64, _>("failures")?);
        Ok(Some(Attempts {
            failures: failures.map_err(|_| StoreError::Corrupt { column: "failures" })?,
            next_try_at: UnixMillis(row.try_get("next_try_at")?),
            last_at: UnixMillis(row.try_get("last_at")?),
        }))
    }

    /// Puts a count in the place of the one that was read.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn replace_attempts(
        &self,
        subject: &str,
        read: Option<&Attempts>,
        next: &Attempts,
    ) -> Result<Written, StoreError> {
        let query = sqlx::query(if read.is_some() { UPDATE } else { INSERT })
            .bind(subject)
            .bind(i64::from(next.failures))
            .bind(next.next_try_at.0)
            .bind(next.last_at.0);
        let query = match read {
            Some(read) => query.bind(i64::from(read.failures)).bind(read.next_try_at.0),
            None => query,
        };
        match query.execute(&self.writing).await.map_err(StoreError::from) {
            Ok(done) if done.rows_affected() == 0 => Ok(Written::Overtaken),
            Ok(_) => Ok(Written::Yes),
            Err(error) if error.is_conflict() => Ok(Written::Overtaken),
            Err(error) => Err(error),
        }
    }

    /// Puts a count back to what it was before one that was counted, if that is still there.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn restore_attempts(
        &self,
        subject: &str,
        counted: &Attempts,
        before: Option<&Attempts>,
    ) -> Result<Written, StoreError> {
        if let Some(before) = before {
            return self.replace_attempts(subject, Some(counted), before).await;
        }
        let query = sqlx::query(REMOVE).bind(subject);
        let query = query.bind(i64::from(counted.failures)).bind(counted.next_try_at.0);
        let done = query.execute(&self.writing).await?;
        Ok(if done.rows_affected() == 0 { Written::Overtaken } else { Written::Yes })
    }

    /// Counts one more failure of a subject that brings no wait.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn count_failure(&self, subject: &str, at: UnixMillis) -> Result<(), StoreError> {
        sqlx::query(COUNT).bind(subject).bind(at.0).execute(&self.writing).await?;
        Ok(())
    }

    /// Whether somebody has logged in to this contract from this network, at that instant or later.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read.
    pub async fn knows_network(
        &self,
        contract: &ContractId,
        network: &str,
        since: UnixMillis,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(KNOWN).bind(contract.as_str()).bind(network).bind(since.0);
        Ok(query.fetch_optional(&self.reading).await?.is_some())
    }

    /// Notes that somebody has logged in to this contract from this network.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn know_network(
        &self,
        contract: &ContractId,
        network: &str,
        at: UnixMillis,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(KNOW).bind(contract.as_str()).bind(network).bind(at.0);
        query.execute(&self.writing).await?;
        Ok(())
    }

    /// Forgets networks from which nobody has logged in since `before`; says how many.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn remove_networks(&self, before: UnixMillis) -> Result<u64, StoreError> {
        let query = sqlx::query("DELETE FROM known_network WHERE last_at < $1").bind(before.0);
        Ok(query.execute(&self.writing).await?.rows_affected())
    }

    /// Forgets the failures of a subject.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn forget_attempts(&self, subject: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM attempt WHERE subject = $1")
            .bind(subject)
            .execute(&self.writing)
            .await?;
        Ok(())
    }

    /// Forgets failures whose last one was before `before`, and of subjects whose first word is `device` those
    /// of before `devices_before`; says of how many subjects.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn remove_attempts(
        &self,
        before: UnixMillis,
        devices_before: UnixMillis,
    ) -> Result<u64, StoreError> {
        let query = sqlx::query(TIDY).bind(before.0).bind(devices_before.0);
        Ok(query.execute(&self.writing).await?.rows_affected())
    }
}

/// Forgets the failures of a subject, and says how many they were.
pub(super) async fn take(
    connection: &mut AnyConnection,
    subject: &str,
) -> Result<Option<i64>, StoreError> {
    let row = sqlx::query(TAKE).bind(subject).fetch_optional(connection).await?;
    Ok(row.map(|row| row.try_get("failures")).transpose()?)
}

/// Forgets the failures of a subject, and of all whose name is this one's and a further word.
pub(super) async fn forget(
    connection: &mut AnyConnection,
    subject: &str,
) -> Result<(), StoreError> {
    let forget = "DELETE FROM attempt WHERE subject = $1 OR subject LIKE $2";
    let below = format!("{subject} %");
    sqlx::query(forget).bind(subject).bind(below).execute(connection).await?;
    Ok(())
}

const SELECT: &str = "SELECT failures, next_try_at, last_at FROM attempt WHERE subject = $1";
const INSERT: &str = "INSERT INTO attempt (subject, failures, next_try_at, last_at) \
     VALUES ($1, $2, $3, $4) ON CONFLICT (subject) DO NOTHING";
const UPDATE: &str = "UPDATE attempt SET failures = $2, next_try_at = $3, last_at = $4 \
     WHERE subject = $1 AND failures = $5 AND next_try_at = $6";
const COUNT: &str = "INSERT INTO attempt (subject, failures, next_try_at, last_at) VALUES ($1, 1, $2, $2) \
     ON CONFLICT (subject) DO UPDATE SET failures = attempt.failures + 1, last_at = excluded.last_at";
const TAKE: &str = "DELETE FROM attempt WHERE subject = $1 RETURNING failures";
const TIDY: &str = "DELETE FROM attempt \
     WHERE last_at < $1 AND (last_at < $2 OR subject NOT LIKE 'device %')";
const REMOVE: &str =
    "DELETE FROM attempt WHERE subject = $1 AND failures = $2 AND next_try_at = $3";
const KNOWN: &str = "SELECT last_at FROM known_network \
     WHERE contract_id = $1 AND network = $2 AND last_at >= $3";
const KNOW: &str = "INSERT INTO known_network (contract_id, network, last_at) VALUES ($1, $2, $3) \
     ON CONFLICT (contract_id, network) DO UPDATE SET last_at = excluded.last_at";
