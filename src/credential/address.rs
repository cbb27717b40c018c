/// Where a service or a host is asked over HTTP: `https`, or `http` to this very machine; a host,
/// perhaps a port, perhaps a path; no user, no query, no fragment. Scheme and host are in lower case,
/// and there is no `/` at the end.
///
/// ```
/// use warifu::credential::WebAddress;
///
/// let address = WebAddress::parse("https://Bank.example/token/")?;
/// assert_eq!((address.as_str(), address.host()), ("https://bank.example/token", "bank.example"));
/// assert!(WebAddress::parse("http://bank.example/").is_err());
/// # Ok::<(), warifu::credential::InvalidAddress>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WebAddress(String);

impl WebAddress {
    /// The greatest length, in bytes.
    pub const MAX_LEN: usize = 512;

    /// Reads an address.
    ///
    /// # Errors
    /// [`InvalidAddress`].
    pub fn parse(address: &str) -> Result<Self, InvalidAddress> {
        let (scheme, rest) = address.split_once("://").ok_or(InvalidAddress::NotHttp)?;
        let scheme = scheme.to_ascii_lowercase();
        if scheme != "https" && scheme != "http" {
            return Err(InvalidAddress::NotHttp);
        }
        if address.len() > Self::MAX_LEN {
            return Err(InvalidAddress::TooLong);
        }
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let authority = authority.to_ascii_lowercase();
        let host = authority_host(&authority).ok_or(InvalidAddress::Malformed)?;
        if !path.bytes().all(is_path_byte) {
            return Err(InvalidAddress::Malformed);
        }
        if scheme == "http" && !matches!(host, "127.0.0.1" | "[::1]" | "localhost") {
            return Err(InvalidAddress::Insecure);
        }
        Ok(Self(format!("{scheme}://{authority}{}", path.trim_end_matches('/'))))
    }

    /// The whole of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, and the port if one is named.
    pub fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or(self.as_str(), |(_, rest)| rest);
        rest.split_once('/').map_or(rest, |(authority, _)| authority)
    }
}

/// An issuer's token service: where it is, and the key by which enrolments reach it.
///
/// Whoever prints a link may write anybody's address into it, and their own key beside it. So a
/// service is the same as another only if both are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenService {
    /// Its base (`docs/enrolment.md`, "The link").
    pub base: WebAddress,
    /// The first 8 bytes of the SHA-256 of its public key. Zeros where that was not written down.
    pub key_id: [u8; 8],
}

/// The host of `host`, `host:port`, `[v6]` or `[v6]:port`; nothing else is an authority here.
fn authority_host(authority: &str) -> Option<&str> {
    let end = match authority.strip_prefix('[') {
        Some(rest) => rest.find(']')?.checked_add(2)?,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at_checked(end)?;
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(v6) => (2..=45).contains(&v6.len()) && v6.bytes().all(is_v6_byte),
        None => {
            !host.is_empty()
                && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
        }
    };
    let is_port = match port.strip_prefix(':') {
        Some(port) => port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok(),
        None => port.is_empty(),
    };
    (is_host && is_port).then_some(host)
}

/// Whether it is an address is for whoever connects to say.
fn is_v6_byte(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.')
}

/// RFC 3986, section 3.3, with `%` taken as it stands.
fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:@".contains(&byte)
}

/// Why an address was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAddress {
    /// It does not begin with `https://`.
    #[error("the address does not begin with https://")]
    NotHttp,
    /// It has more than 512 bytes.
    #[error("the address is too long")]
    TooLong,
    /// Its host, port or path is malformed, or it has a query or a user.
    #[error("the address is malformed")]
    Malformed,
    /// It is plain `http` to another machine.
    #[error("the address does not begin with https")]
    Insecure,
}
