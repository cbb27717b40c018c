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
    store::{Activation, Along},
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

    /// Draws an activation code for a customer. It is good for nothing before what is kept of it is committed
    /// ([`Along::activation`]).
    ///
    /// # Errors
    /// [`ServiceError::NotOffered`] if it gives out none.
    fn draw_activation(
        &self,
        _holder: &Label,
        _lifetime: Millis,
        _now: UnixMillis,
    ) -> Result<ActivationOffer, ServiceError> {
        Err(ServiceError::NotOffered)
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
    /// What the database keeps of it.
    pub kept: Activation,
}

impl std::fmt::Debug for ActivationOffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ActivationOffer")
            .field("expires_at", &self.kept.expires_at)
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

    fn draw_activation(
        &self,
        holder: &Label,
        lifetime: Millis,
        now: UnixMillis,
    ) -> Result<ActivationOffer, ServiceError> {
        let (code, kept) = self.service.draw_activation(holder, lifetime, now)?;
        let link = self.enrolments.link(&self.public, Some(&code));
        Ok(ActivationOffer { code, link, kept })
    }
}
