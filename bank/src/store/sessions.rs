use std::net::IpAddr;

use sqlx::{AnyConnection, Row as _};
use warifu::time::UnixMillis;

use super::{ContractId, Store, StoreError, Written};

/// What somebody has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Contract ID and password; a code is wanted before anything else.
    CodeWanted,
    /// All that is wanted at a login.
    LoggedIn,
    /// Contract ID and password, to register or exchange a token and for nothing else.
    Registering,
}

/// A session as the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub contract: ContractId,
    /// What they have shown.
    pub stage: Stage,
    /// When it began.
    pub created_at: UnixMillis,
    /// When it was last used, to within a minute.
    pub last_seen_at: UnixMillis,
    /// The address that the password was counted for, if it was counted for one.
    pub counted: Option<IpAddr>,
}

/// A session that is about to begin.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// The keyed digest of what its browser keeps.
    pub digest: [u8; 32],
    /// What is kept of it.
    pub session: Session,
    /// The digest of the session that ends with it. Where that one has ended already, this one does not begin.
    pub in_place_of: Option<[u8; 32]>,
}

impl Store {
    /// Reads a session.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read.
    pub async fn session(&self, digest: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        let query = sqlx::query(SELECT).bind(digest.as_slice());
        let Some(row) = query.fetch_optional(&self.reading).await? else { return Ok(None) };
        let corrupt = |column| StoreError::Corrupt { column };
        let contract = ContractId::new(row.try_get("contract_id")?);
        Ok(Some(Session {
            contract: contract.map_err(|_| corrupt("contract_id"))?,
            stage: Stage::of(row.try_get("stage")?).ok_or(corrupt("stage"))?,
            created_at: UnixMillis(row.try_get("created_at")?),
            last_seen_at: UnixMillis(row.try_get("last_seen_at")?),
            counted: row
                .try_get::<Option<&str>, _>("counted")?
                .map(|text| text.parse().map_err(|_| corrupt("counted")))
                .transpose()?,
        }))
    }

    /// Notes that a session is in use.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn see_session(&self, digest: &[u8; 32], at: UnixMillis) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE session SET last_seen_at = $1 WHERE token_digest = $2");
        query.bind(at.0).bind(digest.as_slice()).execute(&self.writing).await?;
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn remove_session(&self, digest: &[u8; 32]) -> Result<(), StoreError> {
        sqlx::query(END).bind(digest.as_slice()).execute(&self.writing).await?;
        Ok(())
    }

    /// Ends sessions that were last used before that instant; says how many.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn remove_sessions(&self, before: UnixMillis) -> Result<u64, StoreError> {
        let query = sqlx::query("DELETE FROM session WHERE last_seen_at < $1").bind(before.0);
        Ok(query.execute(&self.writing).await?.rows_affected())
    }
}

/// Begins a session, if the one is still there in whose place it comes.
pub(super) async fn begin(
    connection: &mut AnyConnection,
    new: &NewSession,
) -> Result<Written, StoreError> {
    if let Some(before) = &new.in_place_of {
        let query = sqlx::query(END).bind(before.as_slice());
        if query.execute(&mut *connection).await?.rows_affected() == 0 {
            return Ok(Written::Overtaken);
        }
    }
    let NewSession { digest, session, .. } = new;
    let query = sqlx::query(INSERT)
        .bind(digest.as_slice())
        .bind(session.contract.as_str())
        .bind(session.stage.number())
        .bind(session.created_at.0)
        .bind(session.last_seen_at.0)
        .bind(session.counted.map(|address| address.to_canonical().to_string()));
    query.execute(connection).await?;
    Ok(Written::Yes)
}

/// Ends all sessions of a contract.
pub(super) async fn end_all(
    connection: &mut AnyConnection,
    contract: &ContractId,
) -> Result<(), StoreError> {
    let query = sqlx::query("DELETE FROM session WHERE contract_id = $1").bind(contract.as_str());
    query.execute(connection).await?;
    Ok(())
}

impl Stage {
    const fn number(self) -> i64 {
        match self {
            Self::CodeWanted => 1,
            Self::LoggedIn => 2,
            Self::Registering => 3,
        }
    }

    const fn of(number: i64) -> Option<Self> {
        match number {
            1 => Some(Self::CodeWanted),
            2 => Some(Self::LoggedIn),
            3 => Some(Self::Registering),
            _ => None,
        }
    }
}

const INSERT: &str = "INSERT INTO session (token_digest, contract_id, stage, created_at, \
     last_seen_at, counted) VALUES ($1, $2, $3, $4, $5, $6)";
const END: &str = "DELETE FROM session WHERE token_digest = $1";
const SELECT: &str = "SELECT contract_id, stage, created_at, last_seen_at, counted FROM session \
     WHERE token_digest = $1";
