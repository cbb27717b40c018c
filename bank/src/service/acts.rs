use serde::{Deserialize, Serialize};
use warifu::{credential::CredentialId, time::UnixMillis};

use super::{Service, ServiceError, ViewedStatus};
use crate::store::AnswerKey;

/// What the bank itself does with a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// No code is accepted until it is resumed.
    Suspend,
    /// Takes a suspension back; what was locked is locked still.
    Resume,
    /// Forgets the failures, and the lock and the wait that came of them.
    Unlock,
    /// Ends it for ever.
    Revoke,
}

/// Where a credential stands after an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acted {
    /// By what weighs most.
    pub status: ViewedStatus,
}

impl Service {
    /// Carries an act out. One that changes nothing is no error, but for a credential that is revoked: to
    /// that nothing but another revocation can be done.
    ///
    /// # Errors
    /// [`ServiceError::Revoked`], or what else [`ServiceError`] has.
    pub async fn act(
        &self,
        id: &CredentialId,
        act: Act,
        key: Option<&AnswerKey>,
        now: UnixMillis,
    ) -> Result<Acted, ServiceError> {
        self.settle(id, key, now, |credential| {
            let state = &credential.state;
            let next = match act {
                Act::Suspend => state.suspend(),
                Act::Resume => state.resume(),
                Act::Unlock => state.unlock(),
                Act::Revoke => Ok(state.revoke()),
            };
            let next = next.map_err(|_| ServiceError::Revoked)?;
            Ok((Acted { status: next.status().into() }, next))
        })
        .await
    }
}
