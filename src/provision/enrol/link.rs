use base32ct::{Base32UpperUnpadded, Encoding as _};
use ring::digest::{self, SHA256};

use super::{ActivationCode, InvalidActivationCode};
use crate::credential::{InvalidAddress, WebAddress};

/// Where to enrol, with the service's public key and perhaps an activation code: what a customer scans
/// or opens, or what an app has built in. Prints without the code.
///
/// ```text
/// https://bank.example/token#k=<service key>&c=<activation code>
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct Link {
    base: WebAddress,
    service_key: [u8; 32],
    activation: Option<ActivationCode>,
}

impl Link {
    /// The greatest length of a link, in bytes.
    pub const MAX_LEN: usize = 640;

    /// Reads a link. The caller wipes `link`.
    ///
    /// # Errors
    /// [`LinkError`], the first rule of `docs/enrolment.md`, "The link", that it breaks.
    pub fn parse(link: &[u8]) -> Result<Self, LinkError> {
        let link = link.trim_ascii();
        if link.len() > Self::MAX_LEN {
            return Err(LinkError::TooLong);
        }
        let link = std::str::from_utf8(link).map_err(|_| LinkError::Malformed)?;
        let (address, parameters) = link.split_once('#').unwrap_or((link, ""));
        let base = WebAddress::parse(address)?;
        let (mut service_key, mut activation) = (None, None);
        for parameter in parameters.split('&').filter(|_| !parameters.is_empty()) {
            let (name, value) = parameter.split_once('=').ok_or(LinkError::Malformed)?;
            let before = match name {
                "k" => service_key.replace(key(value)?).is_some(),
                "c" => activation.replace(code(value)?).is_some(),
                _ => return Err(LinkError::UnknownParameter),
            };
            if before {
                return Err(LinkError::Repeated);
            }
        }
        let service_key = service_key.ok_or(LinkError::NoKey)?;
        Ok(Self { base, service_key, activation })
    }

    /// With this activation code, in the place of any that the link has.
    #[must_use]
    pub fn with_activation(self, code: ActivationCode) -> Self {
        Self { activation: Some(code), ..self }
    }

    /// Whether there is an activation code.
    pub fn has_activation(&self) -> bool {
        self.activation.is_some()
    }

    /// The host, and the port if one is named: what to show before anything is sent there.
    pub fn host(&self) -> &str {
        self.base.host()
    }

    pub(super) fn base(&self) -> &WebAddress {
        &self.base
    }

    pub(super) fn service_key(&self) -> &[u8; 32] {
        &self.service_key
    }

    pub(super) fn activation(&self) -> Option<&ActivationCode> {
        self.activation.as_ref()
    }

    /// Tells this link's key and code from others, and gives neither away.
    pub(super) fn digest(&self) -> [u8; 32] {
        let mut context = digest::Context::new(&SHA256);
        context.update(&self.service_key);
        context.update(self.activation.as_ref().map_or(&[], ActivationCode::digits));
        let mut bytes = [0; 32];
        bytes.copy_from_slice(context.finish().as_ref());
        bytes
    }
}

fn key(value: &str) -> Result<[u8; 32], LinkError> {
    let mut key = [0; 32];
    let decoded = Base32UpperUnpadded::decode(value, &mut key);
    let is_whole = decoded.is_ok_and(|decoded| decoded.len() == 32);
    // Bits left over would give one key several texts.
    if is_whole && is_canonical(value, &key) { Ok(key) } else { Err(LinkError::BadKey) }
}

fn is_canonical(value: &str, key: &[u8; 32]) -> bool {
    let mut text = [0; 52];
    Base32UpperUnpadded::encode(key, &mut text).is_ok_and(|text| text == value)
}

fn code(value: &str) -> Result<ActivationCode, LinkError> {
    if !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(InvalidActivationCode::NotDigits.into());
    }
    Ok(ActivationCode::parse(value.as_bytes())?)
}

/// Why a link was refused. It holds nothing of the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It does not begin with `https://`.
    #[error("this is no enrolment link")]
    NotALink,
    /// It has more than 640 bytes, or more than 512 before the `#`.
    #[error("the link is too long")]
    TooLong,
    /// Its host, port or path is malformed, or it has a query or a user.
    #[error("the link is malformed")]
    Malformed,
    /// It is plain `http` to another machine.
    #[error("the link does not begin with https")]
    Insecure,
    /// It has no service key.
    #[error("the link has no service key")]
    NoKey,
    /// Its service key is not 52 characters of base32.
    #[error("the link's service key is damaged")]
    BadKey,
    /// Its activation code is none.
    #[error("the link's activation code is damaged: {0}")]
    Activation(#[from] InvalidActivationCode),
    /// A parameter stands twice.
    #[error("a parameter of the link stands twice")]
    Repeated,
    /// It has a parameter that this version does not know.
    #[error("the link has a parameter that is not known")]
    UnknownParameter,
}

impl From<InvalidAddress> for LinkError {
    fn from(invalid: InvalidAddress) -> Self {
        match invalid {
            InvalidAddress::NotHttp => Self::NotALink,
            InvalidAddress::TooLong => Self::TooLong,
            InvalidAddress::Malformed => Self::Malformed,
            InvalidAddress::Insecure => Self::Insecure,
        }
    }
}
