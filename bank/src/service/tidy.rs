use warifu::time::UnixMillis;

use super::{Service, ServiceError};

/// What was removed because its time was over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tidied {
    /// Credentials that were not confirmed in time.
    pub credentials: u64,
    /// Activation codes.
    pub activations: u64,
    /// Answers that were kept for requests that are sent again.
    pub answers: u64,
}

impl Service {
    /// Removes what has expired. Nothing rests on when: what has expired is not taken either way.
    ///
    /// # Errors
    /// [`ServiceError::Store`].
    pub async fn tidy(&self, now: UnixMillis) -> Result<Tidied, ServiceError> {
        Ok(Tidied {
            credentials: self.store.remove_unconfirmed(now).await?,
            activations: self.store.remove_activations(now).await?,
            answers: self.store.remove_answers(now).await?,
        })
    }
}
