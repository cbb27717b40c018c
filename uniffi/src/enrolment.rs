mod error;

use warifu::{
    credential::{CredentialId, Label, UnlockPolicy},
    provision::enrol::{ActivationCode, BindingLevel, Link},
    secret::{Secret as SecretBytes, scrubbed},
    token::{AnsweredEnrolment, Error, PendingEnrolment},
};

use crate::WarifuError;

/// What an enrolment link says, without its activation code: enough to ask the customer.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct EnrolmentPreview {
    /// The service's host, and its port if the link has one.
    pub host: String,
    /// Whether the link has an activation code. If not, the customer may have one to type.
    pub has_activation: bool,
}

/// Reads an enrolment link and forgets its activation code.
///
/// # Errors
/// What the link breaks.
#[uniffi::export]
pub fn preview_enrolment(link: SecretBytes) -> Result<EnrolmentPreview, WarifuError> {
    let link = read(&link, None)?;
    Ok(EnrolmentPreview { host: link.host().to_owned(), has_activation: link.has_activation() })
}

/// An enrolment that was begun and has not come to its end.
#[uniffi::remote(Record)]
pub struct PendingEnrolment {
    /// The service's host, and its port if the link has one.
    pub host: String,
    /// What the service has answered, if it has.
    pub answered: Option<AnsweredEnrolment>,
}

/// The credential that a service has issued and that is not confirmed yet.
#[uniffi::remote(Record)]
pub struct AnsweredEnrolment {
    /// The bank.
    pub issuer: Option<Label>,
    /// Whose it is, where the bank says so.
    pub account: Option<Label>,
    /// Its ID.
    pub credential_id: Option<CredentialId>,
    /// Which unlock the bank demands before it is confirmed.
    pub unlock: UnlockPolicy,
}

/// Which unlock an issuer demands before its credential may be used.
#[uniffi::remote(Enum)]
pub enum UnlockPolicy {
    /// Whatever opens the vault.
    Any,
    /// A PIN, biometrics or a passphrase; the device alone is not enough.
    UserVerification,
}

/// Whether the vault's keys can leave the device, as the token says; the bank decides what it thinks of
/// that.
#[uniffi::remote(Enum)]
pub enum BindingLevel {
    /// Nothing holds them but a passphrase: who copies the file and knows that, has them.
    None,
    /// The operating system keeps a key for this user.
    OperatingSystem,
    /// Hardware keeps a key that it does not give out.
    Hardware,
}

/// A link, with the activation code that was typed in the place of its own.
pub(crate) fn read(link: &SecretBytes, typed: Option<&SecretBytes>) -> Result<Link, Error> {
    scrubbed(|| {
        let link = Link::parse(link.expose())?;
        match typed {
            Some(typed) => Ok(link.with_activation(ActivationCode::parse(typed.expose())?)),
            None => Ok(link),
        }
    })
}
