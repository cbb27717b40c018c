use serde::{Deserialize, Serialize};
use warifu::{
    credential::Label,
    time::{Millis, UnixMillis},
};
use warifu_issuer::ActivationCode;
use zeroize::Zeroizing;

use super::{Service, ServiceError};
use crate::store::{Activation, Along, AnswerKey, StoreError, Written};

/// An activation code as it was given out. The code is made of the salt again, by who has the key for digests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivationIssued {
    salt: [u8; 16],
    /// Until when it may be used, in Unix milliseconds.
    pub expires_at: i64,
}

impl Service {
    /// Gives out an activation code.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn activate(
        &self,
        account_ref: Option<&Label>,
        lifetime: Millis,
        key: Option<&AnswerKey>,
        now: UnixMillis,
    ) -> Result<(ActivationCode, ActivationIssued), ServiceError> {
        for _ in 0..DRAWS {
            if let Some(issued) = self.kept::<ActivationIssued>(key).await? {
                return Ok((self.code_of(&issued), issued));
            }
            let mut salt = [0; 16];
            self.random.fill(&mut salt)?;
            let expires_at = now.saturating_add(lifetime);
            let issued = ActivationIssued { salt, expires_at: expires_at.0 };
            let code = self.code_of(&issued);
            let activation = Activation {
                code_digest: self.activation_digest(&code),
                account_ref: account_ref.cloned(),
                created_at: now,
                expires_at,
            };
            let answer = self.answer(key, &issued, now)?;
            match self.store.add_activation(&activation, answer.as_ref()).await {
                Ok(Written::Yes) => return Ok((code, issued)),
                Ok(Written::Overtaken) | Err(StoreError::Exists) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ServiceError::Busy)
    }

    /// Gives out an activation code to a customer, in the place of those that they drew before, and commits
    /// what goes along with it. None if what goes along is not what it was.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn activate_along(
        &self,
        account_ref: &Label,
        lifetime: Millis,
        along: &Along<'_>,
        now: UnixMillis,
    ) -> Result<Option<ActivationCode>, ServiceError> {
        let mut salt = [0; 16];
        self.random.fill(&mut salt)?;
        let expires_at = now.saturating_add(lifetime);
        let code = self.code_of(&ActivationIssued { salt, expires_at: expires_at.0 });
        let activation = Activation {
            code_digest: self.activation_digest(&code),
            account_ref: Some(account_ref.clone()),
            created_at: now,
            expires_at,
        };
        let along = Along { activation: Some(&activation), ..along.clone() };
        match self.store.commit(&[], &along).await {
            Ok(Written::Yes) => Ok(Some(code)),
            // The code was drawn before: the next one is another.
            Ok(Written::Overtaken) | Err(StoreError::Exists) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// What stands in the database for an activation code: 49 bits are too few for a digest that anybody
    /// can make.
    pub fn activation_digest(&self, code: &ActivationCode) -> [u8; 32] {
        self.digest("activation digest 1", &[code.expose().as_bytes()])
    }

    fn code_of(&self, issued: &ActivationIssued) -> ActivationCode {
        let drawn = Zeroizing::new(self.digest("activation code 1", &[&issued.salt]));
        ActivationCode::of(&drawn)
    }
}

const DRAWS: u8 = 20;
