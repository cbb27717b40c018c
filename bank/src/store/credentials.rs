use sqlx::{Any, AnyConnection, Row as _, any::AnyRow, query::Query};
use warifu::{
    credential::{CredentialId, Generator, Label},
    otp::{
        Algorithm, Digits,
        totp::{Period, Steps},
    },
    time::UnixMillis,
};
use warifu_verifier::{Row, State};

use super::{Answer, Store, StoreError, Written, answers};
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

async fn compare_and_set(
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

/// Binds the first ten parameters.
fn bind_state<'q>(
    query: Query<'q, Any, sqlx::any::AnyArguments>,
    row: &Row,
) -> Query<'q, Any, sqlx::any::AnyArguments> {
    query
        .bind(i64::from(row.confirmed))
        .bind(i64::from(row.locked))
        .bind(i64::from(row.suspended))
        .bind(i64::from(row.revoked))
        .bind(row.spent.map(u64::cast_signed))
        .bind(sighted_text(&row.sighted))
        .bind(i64::from(row.drift))
        .bind(row.drift_confirmed_at)
        .bind(i64::from(row.failures))
        .bind(row.next_try_at)
}

fn read(row: &AnyRow) -> Result<Numbered<Credential>, StoreError> {
    let id: &str = row.try_get("id")?;
    let state = Row {
        confirmed: flag(row, "confirmed")?,
        locked: flag(row, "locked")?,
        suspended: flag(row, "suspended")?,
        revoked: flag(row, "revoked")?,
        spent: row.try_get::<Option<i64>, _>("spent")?.map(i64::cast_unsigned),
        sighted: sighted(row.try_get("sighted")?).ok_or(corrupt("sighted"))?,
        drift: small(row, "drift")?,
        drift_confirmed_at: row.try_get("drift_confirmed_at")?,
        failures: small(row, "failures")?,
        next_try_at: row.try_get("next_try_at")?,
    };
    let generator = Columns {
        kind: row.try_get("kind")?,
        algorithm: row.try_get("algorithm")?,
        digits: row.try_get("digits")?,
        t0: row.try_get("t0")?,
        period: row.try_get("period")?,
        counter: row.try_get("counter")?,
    };
    let binding: Option<i64> = row.try_get("binding")?;
    let value = Credential {
        id: CredentialId::new(id).map_err(|_| corrupt("id"))?,
        issuer: label(row, "issuer")?,
        account: label(row, "account")?,
        account_ref: label(row, "account_ref")?,
        generator: generator.generator().ok_or(corrupt("generator"))?,
        keys: SealedKeys {
            key: KeyId(small(row, "key_id")?),
            code: row.try_get("code_key")?,
            sign: row.try_get("sign_key")?,
            device: row.try_get("device_key")?,
        },
        binding: binding.map(u8::try_from).transpose().map_err(|_| corrupt("binding"))?,
        state: State::try_from(state).map_err(|_| corrupt("state"))?,
        created_at: UnixMillis(row.try_get("created_at")?),
        expires_at: row.try_get::<Option<i64>, _>("expires_at")?.map(UnixMillis),
    };
    Ok(Numbered { version: row.try_get("version")?, value })
}

fn flag(row: &AnyRow, column: &'static str) -> Result<bool, StoreError> {
    match row.try_get(column)? {
        0_i64 => Ok(false),
        1 => Ok(true),
        _ => Err(corrupt(column)),
    }
}

fn small<T: TryFrom<i64>>(row: &AnyRow, column: &'static str) -> Result<T, StoreError> {
    T::try_from(row.try_get(column)?).map_err(|_| corrupt(column))
}

fn label(row: &AnyRow, column: &'static str) -> Result<Option<Label>, StoreError> {
    let text: Option<&str> = row.try_get(column)?;
    text.map(Label::new).transpose().map_err(|_| corrupt(column))
}

const fn corrupt(column: &'static str) -> StoreError {
    StoreError::Corrupt { column }
}

/// Steps or counters in decimal, with a comma between two.
fn sighted_text(sighted: &[u64]) -> String {
    sighted.iter().map(u64::to_string).collect::<Vec<_>>().join(",")
}

fn sighted(text: &str) -> Option<Vec<u64>> {
    let parts = text.split(',').filter(|_| !text.is_empty());
    parts.map(|part| part.parse().ok()).collect()
}

/// A generator as columns.
struct Columns {
    kind: i64,
    algorithm: i64,
    digits: i64,
    t0: i64,
    period: i64,
    counter: i64,
}

impl Columns {
    fn generator(&self) -> Option<Generator> {
        let algorithm = match self.algorithm {
            1 => Algorithm::Sha1,
            256 => Algorithm::Sha256,
            512 => Algorithm::Sha512,
            _ => return None,
        };
        let digits = Digits::new(u8::try_from(self.digits).ok()?).ok()?;
        match self.kind {
            TOTP => {
                let period = Period::from_secs(u32::try_from(self.period).ok()?).ok()?;
                Some(Generator::Totp { algorithm, digits, steps: Steps { t0: self.t0, period } })
            }
            HOTP => {
                Some(Generator::Hotp { algorithm, digits, counter: self.counter.cast_unsigned() })
            }
            _ => None,
        }
    }
}

impl From<&Generator> for Columns {
    fn from(generator: &Generator) -> Self {
        let number = |algorithm: &Algorithm| match algorithm {
            Algorithm::Sha1 => 1,
            Algorithm::Sha256 => 256,
            Algorithm::Sha512 => 512,
        };
        match generator {
            Generator::Totp { algorithm, digits, steps } => Self {
                kind: TOTP,
                algorithm: number(algorithm),
                digits: digits.count().into(),
                t0: steps.t0,
                period: steps.period.secs().into(),
                counter: 0,
            },
            Generator::Hotp { algorithm, digits, counter } => Self {
                kind: HOTP,
                algorithm: number(algorithm),
                digits: digits.count().into(),
                t0: 0,
                period: 0,
                counter: counter.cast_signed(),
            },
        }
    }
}

const TOTP: i64 = 1;
const HOTP: i64 = 2;

const SELECT: &str = "SELECT * FROM credential WHERE id = $1";

const UPDATE: &str = "UPDATE credential SET confirmed = $1, locked = $2, suspended = $3, revoked = $4, \
     spent = $5, sighted = $6, drift = $7, drift_confirmed_at = $8, failures = $9, next_try_at = $10, \
     expires_at = $11, version = version + 1 WHERE id = $12 AND version = $13";

const INSERT: &str = "INSERT INTO credential (confirmed, locked, suspended, revoked, spent, sighted, \
     drift, drift_confirmed_at, failures, next_try_at, expires_at, id, issuer, account, account_ref, \
     kind, algorithm, digits, t0, period, counter, key_id, code_key, sign_key, device_key, binding, \
     created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, \
     $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, 1)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sighted_comes_back_as_it_was() {
        for steps in [vec![], vec![0], vec![7, u64::MAX]] {
            assert_eq!(sighted(&sighted_text(&steps)), Some(steps));
        }
        for bad in [",", "1,", "-1", "x", "18446744073709551616"] {
            assert_eq!(sighted(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_generator_comes_back_as_it_was() {
        let steps = Steps { t0: -5, period: Period::from_secs(86_400).unwrap() };
        for generator in [
            Generator::Totp { algorithm: Algorithm::Sha512, digits: Digits::EIGHT, steps },
            Generator::Hotp { algorithm: Algorithm::Sha1, digits: Digits::SIX, counter: u64::MAX },
        ] {
            assert_eq!(Columns::from(&generator).generator(), Some(generator));
        }
    }
}
