use std::fmt::Write as _;

use base32ct::{Base32UpperUnpadded, Encoding as _};
use warifu::provision::enrol::Link;
use zeroize::Zeroizing;

use crate::{ActivationCode, ServiceKeys};

/// Where tokens reach the service: what stands before the `#` of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicBase(String);

impl PublicBase {
    /// Takes `https://host/path`, or plain `http` to this machine: whatever a token takes, by its own rule.
    ///
    /// # Errors
    /// [`InvalidBase`] if no token would take it.
    pub fn new(url: &str) -> Result<Self, InvalidBase> {
        let base = url.trim_end_matches('/');
        let with_a_key = format!("{base}#k={}", "A".repeat(KEY_LETTERS));
        match Link::parse(with_a_key.as_bytes()) {
            // White space around a link is nothing to a token, and would be in the middle of one here.
            Ok(_) if !base.starts_with(char::is_whitespace) => Ok(Self(base.to_owned())),
            _ => Err(InvalidBase),
        }
    }
}

/// A service key in base32.
const KEY_LETTERS: usize = 52;

/// A base is `https://HOST/PATH`, without user, query and fragment; `http://` to this machine alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no token takes this: https://HOST/PATH is wanted, or http:// to the token's own machine")]
pub struct InvalidBase;

impl ServiceKeys {
    /// The link by which tokens reach a service with these keys; with an activation code it is for one of
    /// them, and secret.
    pub fn link(&self, base: &PublicBase, code: Option<&ActivationCode>) -> Zeroizing<String> {
        let key = Base32UpperUnpadded::encode_string(self.current_public());
        let mut link = Zeroizing::new(String::with_capacity(base.0.len().saturating_add(96)));
        let _ = write!(link, "{}#k={key}", base.0);
        if let Some(code) = code {
            let _ = write!(link, "&c={}", code.expose());
        }
        link
    }
}
