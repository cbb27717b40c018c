use serde::{Deserialize, Serialize};
use warifu::{
    credential::Label,
    time::{Millis, UnixMillis},
};
use warifu_issuer::ActivationCode;
use zeroize::Zeroizing;

use super::{Service, ServiceError};
use crate::store::{Activation, AnswerKey, StoreError, Written};

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

    /// Draws an activation code for a customer, with what the database is to keep of it: before that is
    /// committed ([`Along::activation`](crate::store::Along::activation)) the code is good for nothing.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub fn draw_activation(
        &self,
        account_ref: &Label,
        lifetime: Millis,
        now: UnixMillis,
    ) -> Result<(ActivationCode, Activation), ServiceError> {
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
        Ok((code, activation))
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
