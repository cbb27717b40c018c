use sqlx::Row as _;
use warifu::{
    credential::{CredentialId, Label},
    time::UnixMillis,
};
use warifu_issuer::EnrolmentId;

use super::{Credential, Store, StoreError, Taken, activations, credentials};

/// An enrolment that is about to be answered.
#[derive(Debug)]
pub struct NewEnrolment<'a> {
    /// What the token calls it.
    pub id: EnrolmentId,
    /// SHA-256 of the request.
    pub request_digest: [u8; 32],
    /// The keyed digest of its activation code, if it has one.
    pub code_digest: Option<[u8; 32]>,
    /// The credential that is issued. Whose it is comes from the activation code.
    pub credential: &'a Credential,
    /// The answer, as it will be sent.
    pub answer: &'a [u8],
}

/// What became of a new enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// All of it is committed: code taken, credential issued, answer kept.
    Yes,
    /// There is an enrolment of this ID. Read it, and answer from that.
    Known,
    /// The activation code is not known, used or expired. Nothing was changed.
    NoSuchCode,
    /// The credential's ID is taken. Nothing was changed; draw another.
    IdTaken,
}

/// An enrolment that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptEnrolment {
    /// SHA-256 of its request.
    pub request_digest: Vec<u8>,
    /// What was issued.
    pub credential_id: CredentialId,
    /// The answer, as it was sent; none any more once the credential is confirmed.
    pub answer: Option<Vec<u8>>,
}

impl Store {
    /// The enrolment of this ID, if there is one.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read.
    pub async fn enrolment(&self, id: EnrolmentId) -> Result<Option<KeptEnrolment>, StoreError> {
        let query = sqlx::query(SELECT).bind(id.0.as_slice());
        let Some(row) = query.fetch_optional(&self.reading).await? else { return Ok(None) };
        let credential_id = CredentialId::new(row.try_get("credential_id")?);
        Ok(Some(KeptEnrolment {
            request_digest: row.try_get("request_digest")?,
            credential_id: credential_id
                .map_err(|_| StoreError::Corrupt { column: "credential_id" })?,
            answer: row.try_get("answer")?,
        }))
    }

    /// Takes the activation code, issues the credential and keeps the answer: all, or nothing.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses; then nothing is changed, or it is not known whether.
    pub async fn record(
        &self,
        enrolment: &NewEnrolment<'_>,
        now: UnixMillis,
    ) -> Result<Recorded, StoreError> {
        let mut transaction = self.begin().await?;
        let mut credential = enrolment.credential.clone();
        if let Some(code) = &enrolment.code_digest {
            let taken = activations::take(&mut transaction, code, enrolment.id, now).await?;
            let Taken::Yes { account_ref } = taken else {
                // Its own earlier request may have taken it.
                let known = sqlx::query(SELECT).bind(enrolment.id.0.as_slice());
                let known = known.fetch_optional(&mut *transaction).await?.is_some();
                transaction.rollback().await?;
                return Ok(if known { Recorded::Known } else { Recorded::NoSuchCode });
            };
            credential.account_ref = account_ref;
        }
        match credentials::insert(&mut transaction, &credential).await {
            Err(StoreError::Exists) => {
                transaction.rollback().await?;
                return Ok(Recorded::IdTaken);
            }
            inserted => inserted?,
        }
        let insert = sqlx::query(INSERT)
            .bind(enrolment.id.0.as_slice())
            .bind(enrolment.request_digest.as_slice())
            .bind(enrolment.credential.id.as_str())
            .bind(enrolment.answer)
            .bind(now.0);
        match insert.execute(&mut *transaction).await.map_err(StoreError::from) {
            Err(StoreError::Exists) => {
                transaction.rollback().await?;
                return Ok(Recorded::Known);
            }
            inserted => inserted?,
        };
        transaction.commit().await?;
        Ok(Recorded::Yes)
    }

    /// How many credentials wait for their confirmation that nobody's activation code asked for.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn open_unconfirmed(&self) -> Result<u64, StoreError> {
        let row = sqlx::query(COUNT_OPEN).fetch_one(&self.reading).await?;
        let count: i64 = row.try_get("waiting")?;
        u64::try_from(count).map_err(|_| StoreError::Corrupt { column: "waiting" })
    }

    /// The bank's own name for whose a credential is, by its ID.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read.
    pub async fn set_account(
        &self,
        id: &CredentialId,
        account_ref: Option<&Label>,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query("UPDATE credential SET account_ref = $1 WHERE id = $2");
        let query = query.bind(account_ref.map(Label::as_str)).bind(id.as_str());
        Ok(query.execute(&self.writing).await?.rows_affected() > 0)
    }
}

const SELECT: &str = "SELECT request_digest, credential_id, answer FROM enrolment WHERE id = $1";
const INSERT: &str = "INSERT INTO enrolment (id, request_digest, credential_id, answer, created_at) \
     VALUES ($1, $2, $3, $4, $5)";
const COUNT_OPEN: &str = "SELECT COUNT(*) AS waiting FROM credential \
     WHERE expires_at IS NOT NULL AND account_ref IS NULL";
