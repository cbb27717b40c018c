use std::net::IpAddr;

use sqlx::{AnyConnection, Row as _};
use warifu::{credential::CredentialId, time::UnixMillis};

use super::{ContractId, Store, StoreError};

/// What was done with a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The contract was made.
    ContractAdded,
    /// Somebody logged in.
    LoggedIn,
    /// A token was registered.
    TokenRegistered,
    /// Another token was registered in the place of the one before.
    TokenExchanged,
    /// The token's use has ended.
    TokenReleased,
    /// Token and clock were brought together again.
    TokenResynced,
    /// The token was stopped by the customer.
    TokenSuspended,
    /// Staff gave out a code for an exchange.
    ResetCodeIssued,
    /// Staff had the contract's failures forgotten.
    ContractUnlocked,
    /// Staff set another login password.
    PasswordSet,
    /// A code is asked for at login from now on.
    CodeAtLoginOn,
    /// No code is asked for at login any more.
    CodeAtLoginOff,
    /// Money was transferred.
    Transferred,
    /// A code of the contract's token was not accepted.
    CodeRefused,
    /// It was not shown that a token, or a code of the bank's, is the customer's.
    RegistrationRefused,
    /// The customer asked for a letter with a confirmation code.
    LetterOrdered,
    /// It was printed.
    LetterPrinted,
    /// Staff handed a confirmation code over at the desk.
    LetterHandedOver,
    /// The customer drew an activation code for a token.
    ActivationDrawn,
    /// Passwords were refused before the login that is recorded with it.
    PasswordsRefused,
}

/// An event that is about to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct NewEvent<'a> {
    /// Whose contract.
    pub contract: &'a ContractId,
    /// What.
    pub event: Event,
    /// When.
    pub at: UnixMillis,
    /// The network address that asked, if one did.
    pub origin: Option<IpAddr>,
    /// The credential that it was done with or to.
    pub credential: Option<&'a CredentialId>,
    /// The order's name, if one was booked.
    pub request_key: Option<&'a str>,
    /// Who of the bank did it, if not the customer.
    pub staff: Option<&'a str>,
}

impl<'a> NewEvent<'a> {
    /// An event of which nothing else is known.
    pub const fn of(contract: &'a ContractId, event: Event, at: UnixMillis) -> Self {
        let (credential, request_key, staff) = (None, None, None);
        Self { contract, event, at, origin: None, credential, request_key, staff }
    }
}

/// An event as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastEvent {
    /// What.
    pub event: Event,
    /// When.
    pub at: UnixMillis,
    /// The network address that asked, if one did.
    pub origin: Option<String>,
    /// The credential that it was done with or to.
    pub credential: Option<String>,
    /// The time step, or the counter, of the credential's code, if one was accepted for it.
    pub step: Option<i64>,
    /// The order's name, if one was booked.
    pub request_key: Option<String>,
    /// Who of the bank did it, if not the customer.
    pub staff: Option<String>,
    /// How many passwords were refused, if it is of them.
    pub failures: Option<u32>,
}

/// A notice that waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its number; numbers rise.
    pub number: i64,
    /// Whose contract.
    pub contract: ContractId,
    /// Where to. It is the address that the contract had then.
    pub address: String,
    /// Of what.
    pub event: Event,
    /// Of when.
    pub at: UnixMillis,
}

impl Store {
    /// The latest events of a contract, the last one first.
    ///
    /// # Errors
    /// [`StoreError`] if they cannot be read.
    pub async fn history(&self, id: &ContractId, most: u16) -> Result<Vec<PastEvent>, StoreError> {
        let query = sqlx::query(SELECT).bind(id.as_str()).bind(i64::from(most));
        let rows = query.fetch_all(&self.reading).await?;
        let read = |row: &sqlx::any::AnyRow| {
            let failures: Option<i64> = row.try_get("failures")?;
            let failures = failures.map(u32::try_from).transpose();
            Ok(PastEvent {
                event: event(row.try_get("event")?)?,
                at: UnixMillis(row.try_get("at")?),
                origin: row.try_get("origin")?,
                credential: row.try_get("credential_id")?,
                step: row.try_get("step")?,
                request_key: row.try_get("request_key")?,
                staff: row.try_get("staff")?,
                failures: failures.map_err(|_| StoreError::Corrupt { column: "failures" })?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// When a contract's customer asked for this, after the one instant and up to the other, the latest first;
    /// `most` of them. It is for [`Event::LetterOrdered`] and [`Event::ActivationDrawn`], which have an index:
    /// a history is as long as whoever has the password likes. Of other events it finds none.
    ///
    /// # Errors
    /// [`StoreError`] if they cannot be read.
    pub async fn asked_for(
        &self,
        id: &ContractId,
        event: Event,
        (after, until): (UnixMillis, UnixMillis),
        most: u16,
    ) -> Result<Vec<UnixMillis>, StoreError> {
        let query = sqlx::query(ASKED_FOR).bind(id.as_str()).bind(event.word()).bind(after.0);
        let query = query.bind(until.0).bind(i64::from(most));
        let rows = query.fetch_all(&self.reading).await?;
        rows.iter().map(|row| Ok(UnixMillis(row.try_get("at")?))).collect()
    }

    /// When somebody logged in to a contract, the latest first; `most` of them.
    ///
    /// # Errors
    /// [`StoreError`] if they cannot be read.
    pub async fn logins(&self, id: &ContractId, most: u16) -> Result<Vec<UnixMillis>, StoreError> {
        let query = sqlx::query(LOGINS).bind(id.as_str()).bind(i64::from(most));
        let rows = query.fetch_all(&self.reading).await?;
        rows.iter().map(|row| Ok(UnixMillis(row.try_get("at")?))).collect()
    }

    /// Records that something was refused, unless `most` refusals of this contract were recorded since that
    /// instant: whoever fails fills no disk.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn record_refusal(
        &self,
        event: &NewEvent<'_>,
        since: UnixMillis,
        most: u16,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(REFUSED)
            .bind(event.contract.as_str())
            .bind(event.at.0)
            .bind(event.event.word())
            .bind(event.origin.map(|origin| origin.to_canonical().to_string()))
            .bind(event.credential.map(CredentialId::as_str))
            .bind(since.0)
            .bind(i64::from(most));
        query.execute(&self.writing).await?;
        Ok(())
    }

    /// Notices that were not sent, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`] if they cannot be read.
    pub async fn unsent_notices(&self, most: u16) -> Result<Vec<Notice>, StoreError> {
        let rows = sqlx::query(UNSENT).bind(i64::from(most)).fetch_all(&self.reading).await?;
        let read = |row: &sqlx::any::AnyRow| {
            let contract = ContractId::new(row.try_get("contract_id")?);
            Ok(Notice {
                number: row.try_get("number")?,
                contract: contract.map_err(|_| StoreError::Corrupt { column: "contract_id" })?,
                address: row.try_get("address")?,
                event: event(row.try_get("event")?)?,
                at: UnixMillis(row.try_get("created_at")?),
            })
        };
        rows.iter().map(read).collect()
    }

    /// Notes that a notice was sent.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn notice_sent(&self, number: i64, at: UnixMillis) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE notice SET sent_at = $1 WHERE number = $2");
        query.bind(at.0).bind(number).execute(&self.writing).await?;
        Ok(())
    }
}

/// Records an event, and puts the notice of it beside it. `step` is that of the code that was accepted.
pub(super) async fn insert(
    connection: &mut AnyConnection,
    event: &NewEvent<'_>,
    step: Option<i64>,
) -> Result<(), StoreError> {
    let word = event.event.word();
    let query = sqlx::query(INSERT).bind(event.contract.as_str()).bind(event.at.0).bind(word);
    let origin = event.origin.map(|origin| origin.to_canonical().to_string());
    let query = query.bind(origin).bind(event.credential.map(CredentialId::as_str)).bind(step);
    query.bind(event.request_key).bind(event.staff).execute(&mut *connection).await?;
    if event.event.is_told() {
        tell(connection, event.contract, event.event, event.at).await?;
    }
    Ok(())
}

/// Puts a notice of an event beside it.
pub(super) async fn tell(
    connection: &mut AnyConnection,
    contract: &ContractId,
    event: Event,
    at: UnixMillis,
) -> Result<(), StoreError> {
    let query = sqlx::query(TELL).bind(contract.as_str()).bind(event.word()).bind(at.0);
    query.execute(connection).await?;
    Ok(())
}

fn event(word: &str) -> Result<Event, StoreError> {
    let found = Event::ALL.into_iter().find(|event| event.word() == word);
    found.ok_or(StoreError::Corrupt { column: "event" })
}

impl Event {
    /// All that there are.
    pub const ALL: [Self; 20] = [
        Self::ContractAdded,
        Self::LoggedIn,
        Self::TokenRegistered,
        Self::TokenExchanged,
        Self::TokenReleased,
        Self::TokenResynced,
        Self::TokenSuspended,
        Self::ResetCodeIssued,
        Self::ContractUnlocked,
        Self::PasswordSet,
        Self::CodeAtLoginOn,
        Self::CodeAtLoginOff,
        Self::Transferred,
        Self::CodeRefused,
        Self::RegistrationRefused,
        Self::LetterOrdered,
        Self::LetterPrinted,
        Self::LetterHandedOver,
        Self::ActivationDrawn,
        Self::PasswordsRefused,
    ];

    /// What stands in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ContractAdded => "contract_added",
            Self::LoggedIn => "logged_in",
            Self::TokenRegistered => "token_registered",
            Self::TokenExchanged => "token_exchanged",
            Self::TokenReleased => "token_released",
            Self::TokenResynced => "token_resynced",
            Self::TokenSuspended => "token_suspended",
            Self::ResetCodeIssued => "reset_code_issued",
            Self::ContractUnlocked => "contract_unlocked",
            Self::PasswordSet => "password_set",
            Self::CodeAtLoginOn => "code_at_login_on",
            Self::CodeAtLoginOff => "code_at_login_off",
            Self::Transferred => "transferred",
            Self::CodeRefused => "code_refused",
            Self::RegistrationRefused => "registration_refused",
            Self::LetterOrdered => "letter_ordered",
            Self::LetterPrinted => "letter_printed",
            Self::LetterHandedOver => "letter_handed_over",
            Self::ActivationDrawn => "activation_drawn",
            Self::PasswordsRefused => "passwords_refused",
        }
    }

    /// Whether the customer is told at the registered address: whoever holds the password alone could
    /// have done it, or it changes who can get in, or money has gone. Of refused passwords it depends on how
    /// many they were.
    pub const fn is_told(self) -> bool {
        !matches!(
            self,
            Self::ContractAdded
                | Self::LoggedIn
                | Self::TokenResynced
                | Self::ContractUnlocked
                | Self::CodeRefused
                | Self::RegistrationRefused
                | Self::LetterPrinted
                | Self::PasswordsRefused
        )
    }
}

const LOGINS: &str = "SELECT at FROM history WHERE contract_id = $1 AND event = 'logged_in' \
     ORDER BY number DESC LIMIT $2";
/// The words stand here as in the index `history_asked`, which is taken for that.
const ASKED_FOR: &str = "SELECT at FROM history WHERE contract_id = $1 AND event = $2 AND at > $3 \
     AND at <= $4 AND event IN ('letter_ordered', 'activation_drawn') ORDER BY at DESC LIMIT $5";
const SELECT: &str = "SELECT event, at, origin, credential_id, step, request_key, staff, failures \
     FROM history WHERE contract_id = $1 ORDER BY number DESC LIMIT $2";
const UNSENT: &str = "SELECT number, contract_id, address, event, created_at FROM notice \
     WHERE sent_at IS NULL ORDER BY number LIMIT $1";
const INSERT: &str = "INSERT INTO history (contract_id, at, event, origin, credential_id, step, \
     request_key, staff) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const REFUSED: &str = "INSERT INTO history (contract_id, at, event, origin, credential_id) \
     SELECT id, $2, $3, $4, $5 FROM contract WHERE id = $1 AND $7 > (SELECT COUNT(*) FROM history \
     WHERE contract_id = $1 AND at >= $6 AND event IN ('code_refused', 'registration_refused'))";
const TELL: &str = "INSERT INTO notice (contract_id, address, event, created_at) \
     SELECT id, address, $2, $3 FROM contract WHERE id = $1";
