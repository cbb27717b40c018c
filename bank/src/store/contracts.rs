use std::fmt;

use sqlx::{AnyConnection, Row as _, any::AnyRow};
use warifu::{
    credential::{CredentialId, Label},
    time::UnixMillis,
};

use super::{ContractChange, Event, NewEvent, Numbered, Store, StoreError, Written, history};

/// What a customer logs in by (契約者ID): ten digits.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContractId(Box<str>);

impl ContractId {
    /// How many digits an ID has.
    pub const LEN: usize = 10;

    /// Reads ten ASCII digits.
    ///
    /// # Errors
    /// [`InvalidContractId`] for anything else.
    pub fn new(text: &str) -> Result<Self, InvalidContractId> {
        let well_formed = text.len() == Self::LEN && text.bytes().all(|byte| byte.is_ascii_digit());
        if well_formed { Ok(Self(text.into())) } else { Err(InvalidContractId) }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ContractId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // As of a credential's ID, the last four are enough to find one's way.
        write!(f, "ContractId(…{})", self.0.get(Self::LEN.saturating_sub(4)..).unwrap_or_default())
    }
}

/// A contract ID has ten digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a contract ID has ten digits")]
pub struct InvalidContractId;

/// A contract as the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// Its ID.
    pub id: ContractId,
    /// The customer's name.
    pub name: Label,
    /// Where notices go.
    pub address: Label,
    /// What is kept of the login password.
    pub password: PasswordDigest,
    /// Whether a code is asked for at login too (認証する). Never without a token.
    pub code_at_login: bool,
    /// The token, if one is registered.
    pub token: Option<Bound>,
    /// What staff gave out for an exchange, if it was not used.
    pub reset: Option<Reset>,
    /// When somebody last logged in.
    pub last_login_at: Option<UnixMillis>,
    /// When the contract was made.
    pub created_at: UnixMillis,
}

/// A credential that belongs to a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// Its ID.
    pub credential: CredentialId,
    /// Since when.
    pub since: UnixMillis,
}

/// A code for an exchange that staff gave out.
#[derive(Clone, PartialEq, Eq)]
pub struct Reset {
    /// Its keyed digest.
    pub digest: [u8; 32],
    /// Until when it may be used.
    pub expires_at: UnixMillis,
}

impl fmt::Debug for Reset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reset").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// What is kept of a password. It prints masked.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordDigest {
    /// The number of the parameters.
    pub kdf: i64,
    /// The salt.
    pub salt: [u8; 16],
    /// The keyed digest of what Argon2id made.
    pub digest: [u8; 32],
}

impl fmt::Debug for PasswordDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordDigest").field("kdf", &self.kdf).finish_non_exhaustive()
    }
}

impl Store {
    /// Reads a contract.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read.
    pub async fn contract(
        &self,
        id: &ContractId,
    ) -> Result<Option<Numbered<Contract>>, StoreError> {
        let row = sqlx::query(SELECT).bind(id.as_str()).fetch_optional(&self.reading).await?;
        row.as_ref().map(read).transpose()
    }

    /// Whether a credential is another contract's than this one's.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read.
    pub async fn is_bound_elsewhere(
        &self,
        credential: &CredentialId,
        contract: &ContractId,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(ELSEWHERE).bind(credential.as_str()).bind(contract.as_str());
        Ok(query.fetch_optional(&self.reading).await?.is_some())
    }

    /// Keeps a digest of the key, if none is kept; gives the one that is.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn key_check(&self, made: &[u8; 32]) -> Result<[u8; 32], StoreError> {
        let keep =
            "INSERT INTO key_check (one, digest) VALUES (1, $1) ON CONFLICT (one) DO NOTHING";
        sqlx::query(keep).bind(made.as_slice()).execute(&self.writing).await?;
        let row = sqlx::query("SELECT digest FROM key_check").fetch_one(&self.writing).await?;
        let kept: Vec<u8> = row.try_get("digest")?;
        kept.try_into().map_err(|_| StoreError::Corrupt { column: "digest" })
    }

    /// Adds a contract.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if there is one of that ID, or its credential is another's.
    pub async fn add_contract(
        &self,
        contract: &Contract,
        staff: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let (token, reset) = (contract.token.as_ref(), contract.reset.as_ref());
        let query = sqlx::query(INSERT)
            .bind(contract.id.as_str())
            .bind(contract.name.as_str())
            .bind(contract.address.as_str())
            .bind(contract.password.kdf)
            .bind(contract.password.salt.as_slice())
            .bind(contract.password.digest.as_slice())
            .bind(i64::from(contract.code_at_login))
            .bind(token.map(|token| token.credential.as_str()))
            .bind(token.map(|token| token.since.0))
            .bind(reset.map(|reset| reset.digest.as_slice()))
            .bind(reset.map(|reset| reset.expires_at.0))
            .bind(contract.last_login_at.map(|at| at.0))
            .bind(contract.created_at.0);
        query.execute(&mut *transaction).await?;
        let event = NewEvent::of(&contract.id, Event::ContractAdded, contract.created_at);
        history::insert(&mut transaction, &NewEvent { staff, ..event }, None).await?;
        Ok(transaction.commit().await?)
    }
}

pub(super) async fn compare_and_set(
    connection: &mut AnyConnection,
    change: &ContractChange<'_>,
) -> Result<Written, StoreError> {
    let next = &change.next;
    let (token, reset) = (next.token.as_ref(), next.reset.as_ref());
    let query = sqlx::query(UPDATE)
        .bind(next.name.as_str())
        .bind(next.address.as_str())
        .bind(next.password.kdf)
        .bind(next.password.salt.as_slice())
        .bind(next.password.digest.as_slice())
        .bind(i64::from(next.code_at_login))
        .bind(token.map(|token| token.credential.as_str()))
        .bind(token.map(|token| token.since.0))
        .bind(reset.map(|reset| reset.digest.as_slice()))
        .bind(reset.map(|reset| reset.expires_at.0))
        .bind(next.last_login_at.map(|at| at.0))
        .bind(change.read.value.id.as_str())
        .bind(change.read.version);
    let done = query.execute(connection).await?;
    Ok(if done.rows_affected() == 0 { Written::Overtaken } else { Written::Yes })
}

fn read(row: &AnyRow) -> Result<Numbered<Contract>, StoreError> {
    let corrupt = |column| StoreError::Corrupt { column };
    let label = |column| Label::new(row.try_get(column)?).map_err(|_| corrupt(column));
    let digest = |bytes: Vec<u8>, column| bytes.try_into().map_err(|_| corrupt(column));
    let instant =
        |column| Ok::<_, StoreError>(row.try_get::<Option<i64>, _>(column)?.map(UnixMillis));
    let token = match (row.try_get::<Option<&str>, _>("credential_id")?, instant("bound_at")?) {
        (Some(id), Some(since)) => {
            let credential = CredentialId::new(id).map_err(|_| corrupt("credential_id"))?;
            Some(Bound { credential, since })
        }
        (None, None) => None,
        _ => return Err(corrupt("bound_at")),
    };
    let given: Option<Vec<u8>> = row.try_get("reset_digest")?;
    let reset = match (given, instant("reset_expires_at")?) {
        (Some(given), Some(expires_at)) => {
            Some(Reset { digest: digest(given, "reset_digest")?, expires_at })
        }
        (None, None) => None,
        _ => return Err(corrupt("reset_expires_at")),
    };
    let salt: Vec<u8> = row.try_get("password_salt")?;
    let value = Contract {
        id: ContractId::new(row.try_get("id")?).map_err(|_| corrupt("id"))?,
        name: label("name")?,
        address: label("address")?,
        password: PasswordDigest {
            kdf: row.try_get("password_kdf")?,
            salt: salt.try_into().map_err(|_| corrupt("password_salt"))?,
            digest: digest(row.try_get("password_digest")?, "password_digest")?,
        },
        code_at_login: row.try_get::<i64, _>("code_at_login")? != 0,
        token,
        reset,
        last_login_at: instant("last_login_at")?,
        created_at: UnixMillis(row.try_get("created_at")?),
    };
    Ok(Numbered { version: row.try_get("version")?, value })
}

const SELECT: &str = "SELECT * FROM contract WHERE id = $1";
const ELSEWHERE: &str = "SELECT id FROM contract WHERE credential_id = $1 AND id <> $2";
const INSERT: &str = "INSERT INTO contract (id, name, address, password_kdf, password_salt, \
     password_digest, code_at_login, credential_id, bound_at, reset_digest, reset_expires_at, \
     last_login_at, created_at, version) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)";
const UPDATE: &str = "UPDATE contract SET name = $1, address = $2, password_kdf = $3, \
     password_salt = $4, password_digest = $5, code_at_login = $6, credential_id = $7, bound_at = $8, \
     reset_digest = $9, reset_expires_at = $10, last_login_at = $11, version = version + 1 \
     WHERE id = $12 AND version = $13";
