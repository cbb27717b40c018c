use std::pin::Pin;

use warifu::time::UnixMillis;

use crate::{
    service::{Proof, Proven, Service, ServiceError},
    store::Along,
};

/// The token service, as far as a bank's other systems have to know it.
///
/// One that does not keep its states in the bank's own database cannot commit what goes along; such a one
/// would have to name each request, and keep its answer until the bank has committed. This one need not.
pub trait TokenService: Send + Sync {
    /// Judges a proof once. If all of it is right, what goes along is committed with it: both or none.
    fn prove<'a>(
        &'a self,
        proof: &'a Proof<'a>,
        along: &'a Along<'a>,
        now: UnixMillis,
    ) -> Answer<'a, Proven>;
}

/// What a token service answers in time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, ServiceError>> + Send + 'a>>;

impl TokenService for Service {
    fn prove<'a>(
        &'a self,
        proof: &'a Proof<'a>,
        along: &'a Along<'a>,
        now: UnixMillis,
    ) -> Answer<'a, Proven> {
        Box::pin(Self::prove(self, proof, along, now))
    }
}
