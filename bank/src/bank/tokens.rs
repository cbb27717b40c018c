use std::{pin::Pin, sync::Arc};

use warifu::{
    credential::Label,
    time::{Millis, UnixMillis},
};
use warifu_issuer::{ActivationCode, PublicBase};
use zeroize::Zeroizing;

use crate::{
    enrolment::Enrolments,
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

    /// Whether it gives out activation codes to customers, by links that their tokens reach it with.
    fn activations(&self) -> Activations {
        Activations::None
    }

    /// Gives out an activation code to a customer in the place of those that they drew before, and commits
    /// what goes along with it. None if the contract is not what it was: read and ask anew.
    ///
    /// # Errors
    /// [`ServiceError::NotOffered`] if it gives out none.
    fn activate<'a>(
        &'a self,
        _holder: &'a Label,
        _lifetime: Millis,
        _along: &'a Along<'a>,
        _now: UnixMillis,
    ) -> Answer<'a, Option<ActivationOffer>> {
        Box::pin(async { Err(ServiceError::NotOffered) })
    }
}

/// What an activation code is to a token service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activations {
    /// It gives out none to customers: their tokens do not reach it.
    None,
    /// A token may enrol without one as well. So a code proves nothing, and whoever has logged in may draw one.
    Open,
    /// No token enrols without one. So whoever has a code has a credential to register, and others have none.
    Closed,
}

/// What a token service answers in time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, ServiceError>> + Send + 'a>>;

/// An activation code, as a customer gets it. It prints masked.
pub struct ActivationOffer {
    /// The code.
    pub code: ActivationCode,
    /// The link with it, which a token takes by a tap or as a QR code.
    pub link: Zeroizing<String>,
    /// Until when it may be used.
    pub expires_at: UnixMillis,
}

impl std::fmt::Debug for ActivationOffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ActivationOffer")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

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

/// A token service whose links are known: it gives activation codes to customers too.
#[derive(Debug)]
pub struct ReachableTokens {
    service: Arc<Service>,
    enrolments: Arc<Enrolments>,
    public: PublicBase,
}

impl ReachableTokens {
    /// The service, what enrols tokens with it, and what links to it begin with.
    pub fn new(service: Arc<Service>, enrolments: Arc<Enrolments>, public: PublicBase) -> Self {
        Self { service, enrolments, public }
    }
}

impl TokenService for ReachableTokens {
    fn prove<'a>(
        &'a self,
        proof: &'a Proof<'a>,
        along: &'a Along<'a>,
        now: UnixMillis,
    ) -> Answer<'a, Proven> {
        Box::pin(self.service.prove(proof, along, now))
    }

    fn activations(&self) -> Activations {
        if self.enrolments.is_open() { Activations::Open } else { Activations::Closed }
    }

    fn activate<'a>(
        &'a self,
        holder: &'a Label,
        lifetime: Millis,
        along: &'a Along<'a>,
        now: UnixMillis,
    ) -> Answer<'a, Option<ActivationOffer>> {
        Box::pin(async move {
            let drawn = self.service.activate_along(holder, lifetime, along, now).await?;
            Ok(drawn.map(|code| ActivationOffer {
                link: self.enrolments.link(&self.public, Some(&code)),
                code,
                expires_at: now.saturating_add(lifetime),
            }))
        })
    }
}
