use sqlx::{AnyConnection, Row as _, any::AnyRow};
use warifu::{credential::Label, time::UnixMillis};

use super::{AccountId, AccountKind, Number, Payee, Yen, accounts::book};
use crate::store::{ContractId, Store, StoreError, Written};

/// A transfer that is about to be booked.
#[derive(Debug, Clone)]
pub struct NewTransfer {
    /// Who orders it.
    pub contract: ContractId,
    /// The order's name: under it there is one transfer.
    pub request_key: Box<str>,
    /// A digest of the order, so that the name is not taken for another.
    pub request_digest: [u8; 32],
    /// Where the money comes from.
    pub payer: AccountId,
    /// Where it goes within this bank.
    pub receiver: AccountId,
    /// Who is paid.
    pub payee: Payee,
    /// How much.
    pub amount: Yen,
    /// When.
    pub at: UnixMillis,
}

/// A transfer that is booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Its number.
    pub number: i64,
    /// The digest of the order.
    pub request_digest: [u8; 32],
    /// Who is paid.
    pub payee: Payee,
    /// How much.
    pub amount: Yen,
    /// When it was booked.
    pub at: UnixMillis,
}

impl Store {
    /// The transfer of this name, if it is booked.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read.
    pub async fn transfer(
        &self,
        contract: &ContractId,
        request_key: &str,
    ) -> Result<Option<Transfer>, StoreError> {
        let query = sqlx::query(TRANSFER).bind(contract.as_str()).bind(request_key);
        query.fetch_optional(&self.reading).await?.as_ref().map(transfer).transpose()
    }

    /// Whether this contract has paid this payee before that instant.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read.
    pub async fn has_paid(
        &self,
        contract: &ContractId,
        payee: &Payee,
        before: UnixMillis,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(PAID)
            .bind(contract.as_str())
            .bind(payee.bank.as_str())
            .bind(payee.branch.as_str())
            .bind(payee.kind.number())
            .bind(payee.number.as_str())
            .bind(before.0);
        Ok(query.fetch_optional(&self.reading).await?.is_some())
    }

    /// What this contract has paid since that instant, in yen, to payees whom it had not paid before it.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read.
    pub async fn paid_to_new_payees(
        &self,
        contract: &ContractId,
        since: UnixMillis,
    ) -> Result<i64, StoreError> {
        let query = sqlx::query(PAID_TO_NEW).bind(contract.as_str()).bind(since.0);
        Ok(query.fetch_one(&self.reading).await?.try_get("paid")?)
    }
}

/// Books a transfer, unless there is one of its name: then another request with it was faster.
pub(in crate::store) async fn insert(
    connection: &mut AnyConnection,
    new: &NewTransfer,
) -> Result<Written, StoreError> {
    let number = book(connection, &new.payer, &new.receiver, new.amount, new.at).await?;
    let query = sqlx::query(INSERT)
        .bind(number)
        .bind(new.contract.as_str())
        .bind(&*new.request_key)
        .bind(new.request_digest.as_slice())
        .bind(new.payee.bank.as_str())
        .bind(new.payee.branch.as_str())
        .bind(new.payee.kind.number())
        .bind(new.payee.number.as_str())
        .bind(new.payee.name.as_str());
    let done = query.execute(connection).await?;
    Ok(if done.rows_affected() == 0 { Written::Overtaken } else { Written::Yes })
}

fn transfer(row: &AnyRow) -> Result<Transfer, StoreError> {
    fn number<const N: usize>(row: &AnyRow, column: &'static str) -> Result<Number<N>, StoreError> {
        Number::new(row.try_get(column)?).ok_or(StoreError::Corrupt { column })
    }
    let corrupt = |column| StoreError::Corrupt { column };
    let digest: Vec<u8> = row.try_get("request_digest")?;
    Ok(Transfer {
        number: row.try_get("booking")?,
        request_digest: digest.try_into().map_err(|_| corrupt("request_digest"))?,
        payee: Payee {
            bank: number(row, "bank")?,
            branch: number(row, "branch")?,
            kind: AccountKind::of(row.try_get("kind")?).ok_or(corrupt("kind"))?,
            number: number(row, "account_number")?,
            name: Label::new(row.try_get("name")?).map_err(|_| corrupt("name"))?,
        },
        amount: Yen::new(row.try_get("amount")?).ok_or(corrupt("amount"))?,
        at: UnixMillis(row.try_get("at")?),
    })
}

const INSERT: &str = "INSERT INTO transfer (booking, contract_id, request_key, request_digest, bank, \
     branch, kind, account_number, name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
     ON CONFLICT (contract_id, request_key) DO NOTHING";
const TRANSFER: &str = "SELECT transfer.*, booking.amount, booking.at FROM transfer \
     JOIN booking ON booking.number = transfer.booking \
     WHERE contract_id = $1 AND request_key = $2";
const PAID: &str = "SELECT booking FROM transfer JOIN booking ON booking.number = transfer.booking \
     WHERE contract_id = $1 AND bank = $2 AND branch = $3 AND kind = $4 AND account_number = $5 \
     AND at < $6 LIMIT 1";
const PAID_TO_NEW: &str = "SELECT CAST(COALESCE(SUM(booking.amount), 0) AS BIGINT) AS paid \
     FROM transfer JOIN booking ON booking.number = transfer.booking \
     WHERE transfer.contract_id = $1 AND booking.at >= $2 AND NOT EXISTS (SELECT 1 \
     FROM transfer AS earlier JOIN booking AS before ON before.number = earlier.booking \
     WHERE earlier.contract_id = transfer.contract_id AND earlier.bank = transfer.bank \
     AND earlier.branch = transfer.branch AND earlier.kind = transfer.kind \
     AND earlier.account_number = transfer.account_number AND before.at < $2)";
