use sqlx::AnyConnection;
use warifu::{
    credential::{CredentialId, Generator, Label},
    time::UnixMillis,
};
use warifu_verifier::{Row, State};

use super::{
    Answer, Store, StoreError, Written, answers,
    row::{Columns, bind_state, read},
};
use crate::seeds::KeyId;

/// A credential as the database has it: its keys are sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its ID.
    pub id: CredentialId,
    /// The bank, as the customer reads it.
    pub issuer: Option<Label>,
    /// Whose it is, as the customer reads it.
    pub account: Option<Label>,
    /// Whose it is, as the bank's own systems call them.
    pub account_ref: Option<Label>,
    /// How it makes codes. Of HOTP the counter is that at issue.
    pub generator: Generator,
    /// Its keys.
    pub keys: SealedKeys,
    /// What the token said of its key store: 0 nothing binds it, 1 the system, 2 the hardware.
    pub binding: Option<u8>,
    /// Where it stands.
    pub state: State,
    /// When it was issued.
    pub created_at: UnixMillis,
    /// Until when it must be confirmed, if there is such a time. None once it is.
    pub expires_at: Option<UnixMillis>,
}

/// The keys of a credential, all sealed under one of the bank's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedKeys {
    /// The bank's key.
    pub key: KeyId,
    /// Makes the codes.
    pub code: Vec<u8>,
    /// Signs transactions, if there is one.
    pub sign: Option<Vec<u8>>,
    /// Speaks for the device, if there is one.
    pub device: Option<Vec<u8>>,
}

/// What was read, with the number of its version.
#[derive(Debug, Clone)]
pub struct Numbered<T> {
    pub(super) version: i64,
    /// What was read.
    pub value: T,
}

impl Store {
    /// Reads a credential.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read.
    pub async fn credential(
        &self,
        id: &CredentialId,
    ) -> Result<Option<Numbered<Credential>>, StoreError> {
        let row = sqlx::query(SELECT).bind(id.as_str()).fetch_optional(&self.reading).await?;
        row.as_ref().map(read).transpose()
    }

    /// Adds a credential, and the answer to whom asked for it.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if there is one of that ID, or an answer of that key.
    pub async fn insert(
        &self,
        credential: &Credential,
        answer: Option<&Answer>,
    ) -> Result<Written, StoreError> {
        let mut transaction = self.begin().await?;
        insert(&mut transaction, credential).await?;
        if let Some(answer) = answer
            && answers::insert(&mut transaction, answer).await? == Written::Overtaken
        {
            transaction.rollback().await?;
            return Ok(Written::Overtaken);
        }
        transaction.commit().await?;
        Ok(Written::Yes)
    }

    /// Adds many credentials at once: all of them, or none.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if there is one of such an ID.
    pub async fn insert_all(&self, credentials: &[Credential]) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        for credential in credentials {
            insert(&mut transaction, credential).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Puts a state in the place of the one that was judged, if it is still there, and with it the answer
    /// to whom asked for that: both or none.
    ///
    /// The state may be the one that was read; then the answer alone is stored, and if there is none,
    /// nothing.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses; then nothing is changed, or it is not known whether.
    pub async fn replace(
        &self,
        judged: &Numbered<Credential>,
        next: &State,
        answer: Option<&Answer>,
    ) -> Result<Written, StoreError> {
        let changes = *next != judged.value.state;
        if !changes && answer.is_none() {
            return Ok(Written::Yes);
        }
        match self.replace_in_one(judged, changes.then_some(next), answer).await {
            Err(error) if error.is_conflict() => Ok(Written::Overtaken),
            written => written,
        }
    }

    async fn replace_in_one(
        &self,
        judged: &Numbered<Credential>,
        next: Option<&State>,
        answer: Option<&Answer>,
    ) -> Result<Written, StoreError> {
        // As most logins are: one statement, which is a transaction by itself.
        if let (Some(next), None) = (next, answer)
            && !confirms(judged, next)
        {
            let mut connection = self.writing.acquire().await?;
            return compare_and_set(&mut connection, judged, next).await;
        }
        let mut transaction = self.begin().await?;
        if let Some(next) = next
            && compare_and_set(&mut transaction, judged, next).await? == Written::Overtaken
        {
            transaction.rollback().await?;
            return Ok(Written::Overtaken);
        }
        if let Some(answer) = answer
            && answers::insert(&mut transaction, answer).await? == Written::Overtaken
        {
            transaction.rollback().await?;
            return Ok(Written::Overtaken);
        }
        transaction.commit().await?;
        Ok(Written::Yes)
    }

    /// Removes credentials that were not confirmed in time, with their keys and enrolments; says how many.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn remove_unconfirmed(&self, now: UnixMillis) -> Result<u64, StoreError> {
        let query = sqlx::query("DELETE FROM credential WHERE expires_at <= $1 AND confirmed = 0");
        Ok(query.bind(now.0).execute(&self.writing).await?.rows_affected())
    }
}

pub(super) async fn compare_and_set(
    connection: &mut AnyConnection,
    judged: &Numbered<Credential>,
    next: &State,
) -> Result<Written, StoreError> {
    let id = judged.value.id.as_str();
    let row = Row::from(next);
    let expires_at = judged.value.expires_at.filter(|_| !row.confirmed);
    let update = bind_state(sqlx::query(UPDATE), &row).bind(expires_at.map(|at| at.0));
    let done = update.bind(id).bind(judged.version).execute(&mut *connection).await?;
    if done.rows_affected() == 0 {
        return Ok(Written::Overtaken);
    }
    if confirms(judged, next) {
        // The token has its keys. The message that brought them is not kept any longer.
        let forget = sqlx::query("UPDATE enrolment SET answer = NULL WHERE credential_id = $1");
        forget.bind(id).execute(connection).await?;
    }
    Ok(Written::Yes)
}

/// Whether the state that was judged was not confirmed, and this one is.
fn confirms(judged: &Numbered<Credential>, next: &State) -> bool {
    Row::from(next).confirmed && !Row::from(&judged.value.state).confirmed
}

pub(super) async fn insert(
    connection: &mut AnyConnection,
    credential: &Credential,
) -> Result<(), StoreError> {
    let generator = Columns::from(&credential.generator);
    let query = bind_state(sqlx::query(INSERT), &Row::from(&credential.state))
        .bind(credential.expires_at.map(|at| at.0))
        .bind(credential.id.as_str())
        .bind(credential.issuer.as_ref().map(Label::as_str))
        .bind(credential.account.as_ref().map(Label::as_str))
        .bind(credential.account_ref.as_ref().map(Label::as_str))
        .bind(generator.kind)
        .bind(generator.algorithm)
        .bind(generator.digits)
        .bind(generator.t0)
        .bind(generator.period)
        .bind(generator.counter)
        .bind(i64::from(credential.keys.key.0))
        .bind(credential.keys.code.as_slice())
        .bind(credential.keys.sign.as_deref())
        .bind(credential.keys.device.as_deref())
        .bind(credential.binding.map(i64::from))
        .bind(credential.created_at.0);
    query.execute(connection).await?;
    Ok(())
}

const SELECT: &str = "SELECT * FROM credential WHERE id = $1";

const UPDATE: &str = "UPDATE credential SET confirmed = $1, locked = $2, suspended = $3, revoked = $4, \
     spent = $5, sighted = $6, drift = $7, drift_confirmed_at = $8, failures = $9, next_try_at = $10, \
     expires_at = $11, version = version + 1 WHERE id = $12 AND version = $13";

const INSERT: &str = "INSERT INTO credential (confirmed, locked, suspended, revoked, spent, sighted, \
     drift, drift_confirmed_at, failures, next_try_at, expires_at, id, issuer, account, account_ref, \
     kind, algorithm, digits, t0, period, counter, key_id, code_key, sign_key, device_key, binding, \
     created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, \
     $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, 1)";
