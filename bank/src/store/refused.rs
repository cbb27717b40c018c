use sqlx::{AnyConnection, Row as _};
use warifu::time::UnixMillis;

use super::{ContractId, Event, Store, StoreError, history};

/// How many passwords were refused before a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedPasswords {
    /// When that login was.
    pub login_at: UnixMillis,
    /// How many, since the login before it.
    pub failures: u32,
}

impl Store {
    /// The logins of a contract after that instant before which passwords were refused, the latest first;
    /// `most` of them.
    ///
    /// # Errors
    /// [`StoreError`] if they cannot be read.
    pub async fn refused_passwords(
        &self,
        id: &ContractId,
        after: UnixMillis,
        most: u16,
    ) -> Result<Vec<RefusedPasswords>, StoreError> {
        let query = sqlx::query(SELECT).bind(id.as_str()).bind(after.0).bind(i64::from(most));
        let rows = query.fetch_all(&self.reading).await?;
        let read = |row: &sqlx::any::AnyRow| {
            let failures = u32::try_from(row.try_get::<i64, _>("failures")?);
            Ok(RefusedPasswords {
                login_at: UnixMillis(row.try_get("at")?),
                failures: failures.map_err(|_| StoreError::Corrupt { column: "failures" })?,
            })
        };
        rows.iter().map(read).collect()
    }
}

/// Records how many passwords were refused before a login. Where they are more than slips there is a notice
/// too, which is sent to the registered address: whoever has logged in may be who guessed, and a page would
/// tell them alone.
pub(super) async fn insert(
    connection: &mut AnyConnection,
    contract: &ContractId,
    failures: i64,
    at: UnixMillis,
) -> Result<(), StoreError> {
    let event = Event::PasswordsRefused;
    let query = sqlx::query(INSERT).bind(contract.as_str()).bind(at.0).bind(event.word());
    query.bind(failures).execute(&mut *connection).await?;
    if failures >= TOLD_FROM {
        history::tell(connection, contract, event, at).await?;
    }
    Ok(())
}

/// From so many refused passwords on there is a notice.
const TOLD_FROM: i64 = 5;
const INSERT: &str =
    "INSERT INTO history (contract_id, at, event, failures) VALUES ($1, $2, $3, $4)";
const SELECT: &str = "SELECT at, failures FROM history WHERE contract_id = $1 \
     AND event = 'passwords_refused' AND at > $2 ORDER BY at DESC, number DESC LIMIT $3";
