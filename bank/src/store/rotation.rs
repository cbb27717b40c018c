use sqlx::{Row as _, any::AnyRow};
use warifu::credential::CredentialId;

use super::{SealedKeys, Store, StoreError};
use crate::seeds::KeyId;

/// A credential's sealed keys, to be sealed anew.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// Whose they are.
    pub credential: CredentialId,
    /// The keys.
    pub keys: SealedKeys,
}

impl Store {
    /// Up to `limit` credentials whose keys are not sealed under `current`, in the order of their IDs, after
    /// the one that is named.
    ///
    /// # Errors
    /// [`StoreError`] if they cannot be read.
    pub async fn sealed_under_others(
        &self,
        current: KeyId,
        after: Option<&CredentialId>,
        limit: u16,
    ) -> Result<Vec<Sealed>, StoreError> {
        let query = sqlx::query(SELECT)
            .bind(i64::from(current.0))
            .bind(after.map_or("", CredentialId::as_str))
            .bind(i64::from(limit));
        query.fetch_all(&self.reading).await?.iter().map(read).collect()
    }

    /// Puts keys that were sealed anew in the place of those that were read; together, or none.
    ///
    /// Only where they still are what was read: the answer says for how many that was so. The rows'
    /// versions stay, for no state is changed.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn replace_sealed(
        &self,
        resealed: &[(Sealed, SealedKeys)],
    ) -> Result<u64, StoreError> {
        let mut transaction = self.begin().await?;
        let mut replaced = 0_u64;
        for (old, new) in resealed {
            let query = sqlx::query(UPDATE)
                .bind(i64::from(new.key.0))
                .bind(new.code.as_slice())
                .bind(new.sign.as_deref())
                .bind(new.device.as_deref())
                .bind(old.credential.as_str())
                .bind(i64::from(old.keys.key.0))
                .bind(old.keys.code.as_slice());
            let done = query.execute(&mut *transaction).await?;
            replaced = replaced.saturating_add(done.rows_affected());
        }
        transaction.commit().await?;
        Ok(replaced)
    }

    /// How many credentials are sealed under each key, by its number.
    ///
    /// # Errors
    /// [`StoreError`] if they cannot be counted.
    pub async fn sealed_by_key(&self) -> Result<Vec<(KeyId, u64)>, StoreError> {
        let rows = sqlx::query(COUNT).fetch_all(&self.reading).await?;
        let count = |row: &AnyRow| Ok((KeyId(number(row, "key_id")?), number(row, "sealed")?));
        rows.iter().map(count).collect()
    }
}

fn read(row: &AnyRow) -> Result<Sealed, StoreError> {
    let id = CredentialId::new(row.try_get("id")?);
    Ok(Sealed {
        credential: id.map_err(|_| StoreError::Corrupt { column: "id" })?,
        keys: SealedKeys {
            key: KeyId(number(row, "key_id")?),
            code: row.try_get("code_key")?,
            sign: row.try_get("sign_key")?,
            device: row.try_get("device_key")?,
        },
    })
}

fn number<T: TryFrom<i64>>(row: &AnyRow, column: &'static str) -> Result<T, StoreError> {
    T::try_from(row.try_get(column)?).map_err(|_| StoreError::Corrupt { column })
}

const SELECT: &str = "SELECT id, key_id, code_key, sign_key, device_key FROM credential \
     WHERE key_id <> $1 AND id > $2 ORDER BY id LIMIT $3";
const UPDATE: &str = "UPDATE credential SET key_id = $1, code_key = $2, sign_key = $3, device_key = $4 \
     WHERE id = $5 AND key_id = $6 AND code_key = $7";
const COUNT: &str =
    "SELECT key_id, COUNT(*) AS sealed FROM credential GROUP BY key_id ORDER BY key_id";
