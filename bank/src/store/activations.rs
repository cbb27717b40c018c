use sqlx::AnyConnection;
use sqlx::Row as _;
use warifu::{credential::Label, time::UnixMillis};
use warifu_issuer::EnrolmentId;

use super::{Answer, Store, StoreError, Written, answers};

/// An activation code that was given out, by its keyed digest.
#[derive(Debug, Clone)]
pub struct Activation {
    /// The digest of the code.
    pub code_digest: [u8; 32],
    /// Whose it is, as the bank's own systems call them.
    pub account_ref: Option<Label>,
    /// When it was given out.
    pub created_at: UnixMillis,
    /// Until when it may be used.
    pub expires_at: UnixMillis,
}

/// Whether an activation code was there to be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It is this enrolment's now, in the transaction at hand.
    Yes {
        /// For whom the code was given out.
        account_ref: Option<Label>,
    },
    /// It is not known, used or expired. Which of these is nobody's business.
    No,
}

impl Store {
    /// Keeps a code that is about to be given out, and the answer to whom asked for it.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if the code is one of those that are kept.
    pub async fn add_activation(
        &self,
        activation: &Activation,
        answer: Option<&Answer>,
    ) -> Result<Written, StoreError> {
        let mut transaction = self.begin().await?;
        insert(&mut transaction, activation, false).await?;
        if let Some(answer) = answer
            && answers::insert(&mut transaction, answer).await? == Written::Overtaken
        {
            transaction.rollback().await?;
            return Ok(Written::Overtaken);
        }
        transaction.commit().await?;
        Ok(Written::Yes)
    }

    /// Forgets codes whose time is over, used or not; says how many.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn remove_activations(&self, now: UnixMillis) -> Result<u64, StoreError> {
        let query = sqlx::query("DELETE FROM activation WHERE expires_at <= $1").bind(now.0);
        Ok(query.execute(&self.writing).await?.rows_affected())
    }
}

/// Adds a code that a customer drew. Those that they drew before and did not use are none any more.
pub(super) async fn put_in_place(
    connection: &mut AnyConnection,
    activation: &Activation,
) -> Result<(), StoreError> {
    let query = sqlx::query(END).bind(activation.account_ref.as_ref().map(Label::as_str));
    query.execute(&mut *connection).await?;
    insert(connection, activation, true).await
}

async fn insert(
    connection: &mut AnyConnection,
    activation: &Activation,
    by_customer: bool,
) -> Result<(), StoreError> {
    let query = sqlx::query(INSERT)
        .bind(activation.code_digest.as_slice())
        .bind(activation.account_ref.as_ref().map(Label::as_str))
        .bind(activation.created_at.0)
        .bind(activation.expires_at.0)
        .bind(i64::from(by_customer));
    query.execute(connection).await?;
    Ok(())
}

/// Takes a code for an enrolment: of two at once one gets it.
pub(super) async fn take(
    connection: &mut AnyConnection,
    code_digest: &[u8; 32],
    enrolment: EnrolmentId,
    now: UnixMillis,
) -> Result<Taken, StoreError> {
    let query = sqlx::query(TAKE).bind(enrolment.0.as_slice()).bind(code_digest.as_slice());
    let Some(row) = query.bind(now.0).fetch_optional(connection).await? else {
        return Ok(Taken::No);
    };
    let account_ref: Option<&str> = row.try_get("account_ref")?;
    let account_ref = account_ref.map(Label::new).transpose();
    let account_ref = account_ref.map_err(|_| StoreError::Corrupt { column: "account_ref" })?;
    Ok(Taken::Yes { account_ref })
}

const INSERT: &str = "INSERT INTO activation (code_digest, account_ref, created_at, expires_at, \
     by_customer) VALUES ($1, $2, $3, $4, $5)";
const END: &str =
    "DELETE FROM activation WHERE account_ref = $1 AND by_customer = 1 AND used_by IS NULL";
const TAKE: &str = "UPDATE activation SET used_by = $1 \
     WHERE code_digest = $2 AND used_by IS NULL AND expires_at > $3 RETURNING account_ref";
