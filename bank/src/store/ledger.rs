use std::fmt;

use sqlx::{AnyConnection, Row as _, any::AnyRow};
use warifu::{credential::Label, time::UnixMillis};

use super::{ContractId, Store, StoreError, Written};

/// An amount in whole yen, 1 to 999,999,999,999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Yen(i64);

impl Yen {
    /// The most that is booked at once.
    pub const MAX: Self = Self(999_999_999_999);

    /// An amount; none if it is not in range.
    pub const fn new(yen: i64) -> Option<Self> {
        if yen >= 1 && yen <= Self::MAX.0 { Some(Self(yen)) } else { None }
    }

    /// The number.
    pub const fn value(self) -> i64 {
        self.0
    }
}

/// Exactly `N` decimal digits: the number of a bank, a branch or an account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Number<const N: usize>(Box<str>);

impl<const N: usize> Number<N> {
    /// Reads ASCII digits; none if there are others, or not as many.
    pub fn new(text: &str) -> Option<Self> {
        let well_formed = text.len() == N && text.bytes().all(|byte| byte.is_ascii_digit());
        well_formed.then(|| Self(text.into()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountKind {
    /// 普通.
    Ordinary,
    /// 当座.
    Current,
}

/// An account of this bank.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountId(Box<str>);

impl AccountId {
    /// The account of this branch, kind and number.
    pub fn of(branch: &Number<3>, kind: AccountKind, number: &Number<7>) -> Self {
        Self(format!("{}-{}-{}", branch.as_str(), kind.number(), number.as_str()).into())
    }

    /// The bank's own, from which customers' money comes when it is paid in.
    pub fn cash() -> Self {
        Self("cash".into())
    }

    /// The bank's own, by which other banks are paid.
    pub fn settlement() -> Self {
        Self("settlement".into())
    }

    /// As it stands in the database.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

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

/// Who is paid.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Payee {
    /// The bank's number (金融機関コード).
    pub bank: Number<4>,
    /// The branch's number (店番号).
    pub branch: Number<3>,
    /// The account's kind (預金種目).
    pub kind: AccountKind,
    /// The account's number (口座番号).
    pub number: Number<7>,
    /// The holder's name, as it was typed.
    pub name: Label,
}

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

    /// Accounts whose balance is not what their bookings come to. There is none, unless somebody else
    /// has written into the database.
    ///
    /// # Errors
    /// [`StoreError`] if they cannot be read.
    pub async fn unbalanced_accounts(&self) -> Result<Vec<AccountId>, StoreError> {
        let rows = sqlx::query(UNBALANCED).fetch_all(&self.reading).await?;
        rows.iter().map(|row| Ok(AccountId(row.try_get::<String, _>("id")?.into()))).collect()
    }
}

/// Books a transfer, unless there is one of its name: then another request with it was faster.
pub(super) async fn insert(
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

/// Moves money between two accounts; gives the booking's number.
async fn book(
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
        id: AccountId(row.try_get::<String, _>("id")?.into()),
        contract: contract.map(ContractId::new).transpose().map_err(|_| corrupt("contract_id"))?,
        holder: Label::new(row.try_get("holder")?).map_err(|_| corrupt("holder"))?,
        balance: row.try_get("balance")?,
    })
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

impl AccountKind {
    const fn number(self) -> i64 {
        match self {
            Self::Ordinary => 1,
            Self::Current => 2,
        }
    }

    const fn of(number: i64) -> Option<Self> {
        match number {
            1 => Some(Self::Ordinary),
            2 => Some(Self::Current),
            _ => None,
        }
    }
}

impl fmt::Display for Yen {
    /// With a comma after each three digits: `1,000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (at, digit) in digits.chars().enumerate() {
            let left = digits.len().saturating_sub(at);
            if at > 0 && left % 3 == 0 {
                f.write_str(",")?;
            }
            fmt::Write::write_char(f, digit)?;
        }
        Ok(())
    }
}

const OPEN: &str = "INSERT INTO account (id, contract_id, holder, created_at) \
     VALUES ($1, $2, $3, $4)";
const ACCOUNT: &str = "SELECT id, contract_id, holder, balance FROM account WHERE id = $1";
const ACCOUNTS: &str = "SELECT id, contract_id, holder, balance FROM account \
     WHERE contract_id = $1 ORDER BY id";
const BOOK: &str = "INSERT INTO booking (payer, receiver, amount, at) VALUES ($1, $2, $3, $4) \
     RETURNING number";
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_in_range_and_reads_well() {
        assert_eq!([0, -1, 1_000_000_000_000].map(Yen::new), [None; 3]);
        for (yen, text) in [(1, "1"), (999, "999"), (1000, "1,000"), (12_345_678, "12,345,678")] {
            assert_eq!(Yen::new(yen).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_number_has_exactly_its_digits() {
        assert!(Number::<3>::new("001").is_some());
        for bad in ["", "01", "0001", "00a", "００１"] {
            assert!(Number::<3>::new(bad).is_none(), "{bad}");
        }
    }
}
