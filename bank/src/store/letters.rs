use std::fmt;

use sqlx::{AnyConnection, Row as _, any::AnyRow};
use warifu::{credential::Label, time::UnixMillis};

use super::{ContractId, Event, NewEvent, Store, StoreError, history};

/// A letter with a confirmation code that is about to be kept.
#[derive(Clone)]
pub struct NewLetter {
    /// Whose.
    pub contract: ContractId,
    /// What its code is made of again when it is printed; none where it is handed over at once.
    pub salt: Option<[u8; 16]>,
    /// The keyed digest of its code.
    pub code_digest: [u8; 32],
    /// When it was asked for.
    pub created_at: UnixMillis,
    /// Until when its code may be used.
    pub expires_at: UnixMillis,
}

impl fmt::Debug for NewLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewLetter").field("contract", &self.contract).finish_non_exhaustive()
    }
}

/// A letter whose code is good for a registration.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// The keyed digest of its code.
    pub code_digest: [u8; 32],
    /// Until when its code may be used.
    pub expires_at: UnixMillis,
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// A letter that waits to be printed.
#[derive(Clone)]
pub struct UnprintedLetter {
    /// Its number; numbers rise.
    pub number: i64,
    /// Whose contract.
    pub contract: ContractId,
    /// The customer's name.
    pub name: Label,
    /// What its code is made of.
    pub salt: [u8; 16],
    /// Until when its code may be used.
    pub expires_at: UnixMillis,
}

impl fmt::Debug for UnprintedLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnprintedLetter").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Store {
    /// The letters of a contract whose codes are good still, the latest first.
    ///
    /// # Errors
    /// [`StoreError`] if they cannot be read.
    pub async fn letters(
        &self,
        id: &ContractId,
        now: UnixMillis,
    ) -> Result<Vec<Letter>, StoreError> {
        let query = sqlx::query(SELECT).bind(id.as_str()).bind(now.0).bind(MOST);
        query.fetch_all(&self.reading).await?.iter().map(read).collect()
    }

    /// Letters that wait to be printed and are good for something still, the oldest first, after the one of
    /// this number.
    ///
    /// # Errors
    /// [`StoreError`] if they cannot be read.
    pub async fn unprinted_letters(
        &self,
        after: i64,
        now: UnixMillis,
        most: u16,
    ) -> Result<Vec<UnprintedLetter>, StoreError> {
        let query = sqlx::query(UNPRINTED).bind(after).bind(now.0).bind(i64::from(most));
        query.fetch_all(&self.reading).await?.iter().map(read_unprinted).collect()
    }

    /// Notes that letters were printed, with an event in each contract's history, and forgets what their
    /// codes were made of: all in one commit. One that somebody else has printed meanwhile is left as it is.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses; then nothing is noted, or it is not known whether.
    pub async fn letters_printed(
        &self,
        printed: &[UnprintedLetter],
        staff: Option<&str>,
        at: UnixMillis,
    ) -> Result<(), StoreError> {
        // A contract whose token is registered in the same moment is locked the other way round.
        for _ in 1..ROUNDS {
            match self.note_printed(printed, staff, at).await {
                Err(error) if error.is_conflict() => {}
                noted => return noted,
            }
        }
        self.note_printed(printed, staff, at).await
    }

    async fn note_printed(
        &self,
        printed: &[UnprintedLetter],
        staff: Option<&str>,
        at: UnixMillis,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        for letter in printed {
            let query = sqlx::query(PRINTED).bind(at.0).bind(letter.number);
            if query.execute(&mut *transaction).await?.rows_affected() > 0 {
                let event = NewEvent::of(&letter.contract, Event::LetterPrinted, at);
                history::insert(&mut transaction, &NewEvent { staff, ..event }, None).await?;
            }
        }
        Ok(transaction.commit().await?)
    }

    /// Removes letters whose time was over by then; says how many of them nobody has printed.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn remove_letters(&self, by: UnixMillis) -> Result<u64, StoreError> {
        let unprinted = sqlx::query(REMOVE_UNPRINTED).bind(by.0).execute(&self.writing).await?;
        sqlx::query(REMOVE).bind(by.0).execute(&self.writing).await?;
        Ok(unprinted.rows_affected())
    }
}

/// Adds a letter: to be printed, or as one that is handed over now.
pub(super) async fn insert(
    connection: &mut AnyConnection,
    letter: &NewLetter,
) -> Result<(), StoreError> {
    let printed_at = letter.salt.is_none().then_some(letter.created_at.0);
    let query = sqlx::query(INSERT)
        .bind(letter.contract.as_str())
        .bind(letter.salt.as_ref().map(<[u8; 16]>::as_slice))
        .bind(letter.code_digest.as_slice())
        .bind(letter.created_at.0)
        .bind(letter.expires_at.0)
        .bind(printed_at);
    query.execute(connection).await?;
    Ok(())
}

/// Ends all letters of a contract, printed or not.
pub(super) async fn end_all(
    connection: &mut AnyConnection,
    contract: &ContractId,
    at: UnixMillis,
) -> Result<(), StoreError> {
    sqlx::query(END).bind(at.0).bind(contract.as_str()).execute(connection).await?;
    Ok(())
}

fn read(row: &AnyRow) -> Result<Letter, StoreError> {
    let digest: Vec<u8> = row.try_get("code_digest")?;
    let corrupt = StoreError::Corrupt { column: "code_digest" };
    Ok(Letter {
        code_digest: digest.try_into().map_err(|_| corrupt)?,
        expires_at: UnixMillis(row.try_get("expires_at")?),
    })
}

fn read_unprinted(row: &AnyRow) -> Result<UnprintedLetter, StoreError> {
    let corrupt = |column| StoreError::Corrupt { column };
    let salt: Vec<u8> = row.try_get("salt")?;
    Ok(UnprintedLetter {
        number: row.try_get("number")?,
        contract: ContractId::new(row.try_get("contract_id")?)
            .map_err(|_| corrupt("contract_id"))?,
        name: Label::new(row.try_get("name")?).map_err(|_| corrupt("name"))?,
        salt: salt.try_into().map_err(|_| corrupt("salt"))?,
        expires_at: UnixMillis(row.try_get("expires_at")?),
    })
}

const SELECT: &str = "SELECT code_digest, expires_at FROM letter WHERE contract_id = $1 \
     AND expires_at > $2 AND ended_at IS NULL ORDER BY number DESC LIMIT $3";
const UNPRINTED: &str = "SELECT letter.number, letter.contract_id, contract.name, letter.salt, \
     letter.expires_at FROM letter JOIN contract ON contract.id = letter.contract_id \
     WHERE letter.number > $1 AND letter.printed_at IS NULL AND letter.ended_at IS NULL \
     AND letter.expires_at > $2 ORDER BY letter.number LIMIT $3";
const PRINTED: &str = "UPDATE letter SET printed_at = $1, salt = NULL \
     WHERE number = $2 AND printed_at IS NULL";
const INSERT: &str = "INSERT INTO letter (contract_id, salt, code_digest, created_at, expires_at, \
     printed_at) VALUES ($1, $2, $3, $4, $5, $6)";
const END: &str = "UPDATE letter SET ended_at = $1, salt = NULL \
     WHERE contract_id = $2 AND ended_at IS NULL";
const REMOVE_UNPRINTED: &str = "DELETE FROM letter \
     WHERE expires_at <= $1 AND printed_at IS NULL AND ended_at IS NULL";
const REMOVE: &str = "DELETE FROM letter WHERE expires_at <= $1";
/// More than are sent to anybody within the time in which a code is good.
const MOST: i64 = 16;
/// How often it is begun anew where others hold what it needs.
const ROUNDS: u8 = 10;
