use std::fmt::Write as _;

use base32ct::{Base32UpperUnpadded, Encoding as _};
use zeroize::Zeroizing;

use crate::{ActivationCode, ServiceKeys};

/// Where tokens reach the service: what stands before the `#` of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicBase(String);

impl PublicBase {
    /// Takes `https://host/path`, or plain `http` to this machine.
    ///
    /// # Errors
    /// [`InvalidBase`] if no token would take it.
    pub fn new(url: &str) -> Result<Self, InvalidBase> {
        let base = url.trim_end_matches('/');
        let rest = match (base.strip_prefix("https://"), base.strip_prefix("http://")) {
            (Some(rest), _) => rest,
            (None, Some(rest)) if is_here(rest) => rest,
            _ => return Err(InvalidBase),
        };
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'#' | b'?' | b'@');
        if rest.is_empty() || base.len() > 512 || !rest.bytes().all(is_plain) {
            return Err(InvalidBase);
        }
        Ok(Self(base.to_owned()))
    }
}

fn is_here(rest: &str) -> bool {
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    matches!(host, "127.0.0.1" | "[::1]" | "localhost")
}

/// A base is `https://…`, without user, query and fragment; `http://` to this machine alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("tokens take https:// alone, and http:// to their own machine")]
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
