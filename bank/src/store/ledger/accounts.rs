use sqlx::{AnyConnection, Row as _, any::AnyRow};
use warifu::{credential::Label, time::UnixMillis};

use super::{AccountId, Yen};
use crate::store::{ContractId, Store, StoreError};

/// An account and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Which.
    pub id: AccountId,
    /// Whose it is; none of the bank's own.
    pub contract: Option<ContractId>,
    /// As other banks call the holder.
    pub holder: Label,
    /// In yen. Of a customer's it is never below 0.
    pub balance: i64,
}

/// A booking as its account sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The booking's number.
    pub number: i64,
    /// When.
    pub at: UnixMillis,
    /// What it adds, in yen; below 0 where it takes away.
    pub amount: i64,
    /// The payee, or who pays.
    pub other: String,
}

impl Store {
    /// Opens an account of a contract, and pays in what is in it at the beginning.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if there is one of this number; [`StoreError`] if there is no such contract.
    pub async fn open_account(
        &self,
        id: &AccountId,
        contract: &ContractId,
        holder: &Label,
        paid_in: Option<Yen>,
        now: UnixMillis,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let known = sqlx::query(ACCOUNT).bind(id.as_str());
        if known.fetch_optional(&mut *transaction).await?.is_some() {
            return Err(StoreError::Exists);
        }
        let query = sqlx::query(OPEN).bind(id.as_str()).bind(contract.as_str());
        query.bind(holder.as_str()).bind(now.0).execute(&mut *transaction).await?;
        if let Some(amount) = paid_in {
            book(&mut transaction, &AccountId::cash(), id, amount, now).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Reads an account.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read.
    pub async fn account(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        let row = sqlx::query(ACCOUNT).bind(id.as_str()).fetch_optional(&self.reading).await?;
        row.as_ref().map(account).transpose()
    }

    /// The accounts of a contract, by their numbers.
    ///
    /// # Errors
    /// [`StoreError`] if they cannot be read.
    pub async fn accounts(&self, contract: &ContractId) -> Result<Vec<Account>, StoreError> {
        let query = sqlx::query(ACCOUNTS).bind(contract.as_str());
        query.fetch_all(&self.reading).await?.iter().map(account).collect()
    }

    /// The latest movements of an account, the last one first.
    ///
    /// # Errors
    /// [`StoreError`] if they cannot be read.
    pub async fn movements(&self, id: &AccountId, most: u16) -> Result<Vec<Movement>, StoreError> {
        let query = sqlx::query(MOVEMENTS).bind(id.as_str()).bind(i64::from(most));
        let read = |row: &AnyRow| {
            Ok(Movement {
                number: row.try_get("number")?,
                at: UnixMillis(row.try_get("at")?),
                amount: row.try_get("moved")?,
                other: row.try_get("other")?,
            })
        };
        query.fetch_all(&self.reading).await?.iter().map(read).collect()
    }

    /// Accounts whose balance is not what their bookings come to. There is none, unless somebody else
    /// has written into the database.
    ///
    /// # Errors
    /// [`StoreError`] if they cannot be read.
    pub async fn unbalanced_accounts(&self) -> Result<Vec<AccountId>, StoreError> {
        let rows = sqlx::query(UNBALANCED).fetch_all(&self.reading).await?;
        rows.iter().map(|row| Ok(AccountId::stored(row.try_get("id")?))).collect()
    }
}

/// Moves money between two accounts; gives the booking's number.
pub(super) async fn book(
    connection: &mut AnyConnection,
    payer: &AccountId,
    receiver: &AccountId,
    amount: Yen,
    at: UnixMillis,
) -> Result<i64, StoreError> {
    let query = sqlx::query(BOOK).bind(payer.as_str()).bind(receiver.as_str());
    let row = query.bind(amount.value()).bind(at.0).fetch_one(connection).await?;
    Ok(row.try_get("number")?)
}

fn account(row: &AnyRow) -> Result<Account, StoreError> {
    let contract: Option<&str> = row.try_get("contract_id")?;
    let corrupt = |column| StoreError::Corrupt { column };
    Ok(Account {
        id: AccountId::stored(row.try_get("id")?),
        contract: contract.map(ContractId::new).transpose().map_err(|_| corrupt("contract_id"))?,
        holder: Label::new(row.try_get("holder")?).map_err(|_| corrupt("holder"))?,
        balance: row.try_get("balance")?,
    })
}

const OPEN: &str = "INSERT INTO account (id, contract_id, holder, created_at) \
     VALUES ($1, $2, $3, $4)";
const ACCOUNT: &str = "SELECT id, contract_id, holder, balance FROM account WHERE id = $1";
const ACCOUNTS: &str = "SELECT id, contract_id, holder, balance FROM account \
     WHERE contract_id = $1 ORDER BY id";
const BOOK: &str = "INSERT INTO booking (payer, receiver, amount, at) VALUES ($1, $2, $3, $4) \
     RETURNING number";
const MOVEMENTS: &str = "SELECT booking.number, booking.at, \
     CASE WHEN payer = $1 THEN -booking.amount ELSE booking.amount END AS moved, \
     CASE WHEN payer = $1 THEN COALESCE(transfer.name, '') ELSE account.holder END AS other \
     FROM booking JOIN account ON account.id = booking.payer \
     LEFT JOIN transfer ON transfer.booking = booking.number \
     WHERE payer = $1 OR receiver = $1 ORDER BY booking.number DESC LIMIT $2";
const UNBALANCED: &str = "SELECT id FROM account WHERE balance <> \
     COALESCE((SELECT SUM(CAST(amount AS BIGINT)) FROM booking WHERE receiver = account.id), 0) - \
     COALESCE((SELECT SUM(CAST(amount AS BIGINT)) FROM booking WHERE payer = account.id), 0) \
     ORDER BY id";
