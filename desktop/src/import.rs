//! From what a person names - a URI, a picture, standard input - to a credential, or to the service that
//! issues one. The one code path for the command line, the screen and the demo.

use std::{
    fmt,
    fs::File,
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
};

use warifu::{
    credential::NewCredential,
    provision::{
        enrol::{Link, LinkError},
        otpauth,
    },
    token::{self, Added, Token},
};
use zeroize::Zeroizing;

use crate::{
    failure::{Failure, PcError},
    patience::retry_busy,
    picture,
};

/// Where a credential comes from.
#[derive(Debug)]
pub enum Source {
    /// It is in the URI.
    Credential(Uri),
    /// A bank's service issues it.
    Service(ServiceLink),
}

impl Source {
    fn new(text: Zeroizing<Vec<u8>>) -> Result<Self, Failure> {
        let scheme = text.trim_ascii_start().get(..4);
        if scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"http")) {
            return Ok(Self::Service(ServiceLink::new(text)?));
        }
        Ok(Self::Credential(Uri::new(text)?))
    }

    /// Whether it holds a seed or an activation code.
    pub fn is_secret(&self) -> bool {
        match self {
            Self::Credential(_) => true,
            Self::Service(link) => link.link().is_ok_and(|link| link.has_activation()),
        }
    }

    /// The URI, if a credential is in it.
    pub fn credential(self) -> Option<Uri> {
        match self {
            Self::Credential(uri) => Some(uri),
            Self::Service(_) => None,
        }
    }
}

/// A link to a bank's service: it parses. It is kept as text, and parsed for each try, for a try takes
/// it for good.
pub struct ServiceLink(Zeroizing<Vec<u8>>);

impl ServiceLink {
    fn new(text: Zeroizing<Vec<u8>>) -> Result<Self, Failure> {
        Link::parse(&text)?;
        Ok(Self(text))
    }

    /// What it says.
    ///
    /// # Errors
    /// None after it was read; the core's answer all the same.
    pub fn link(&self) -> Result<Link, LinkError> {
        Link::parse(&self.0)
    }
}

/// Nothing of it is shown: it may hold an activation code.
impl fmt::Debug for ServiceLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServiceLink(_)")
    }
}

/// A URI that holds a credential: it parses. The core takes a credential for good, even where it
/// then cannot write; so the URI is kept until the credential is in, and parsed for each try.
pub struct Uri(Zeroizing<Vec<u8>>);

impl Uri {
    fn new(bytes: Zeroizing<Vec<u8>>) -> Result<Self, Failure> {
        otpauth::parse(&bytes)?;
        Ok(Self(bytes))
    }

    /// The credential in it.
    ///
    /// # Errors
    /// None after it was read; the core's answer all the same.
    pub fn credential(&self) -> Result<NewCredential, token::Error> {
        Ok(otpauth::parse(&self.0)?)
    }

    /// Puts the credential into an open vault; waits a little while another process writes.
    ///
    /// # Errors
    /// What the core says.
    pub fn add_to(&self, token: &Token) -> Result<Added, token::Error> {
        retry_busy(|| token.entries().add(self.credential()?))
    }
}

/// Nothing of it is shown: it holds a seed.
impl fmt::Debug for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Uri(_)")
    }
}

/// Reads a URI, or the picture at a path. A text with a scheme is a URI, whichever.
///
/// # Errors
/// [`Failure`] if there is no such file, or it holds no credential.
pub fn from_source(source: &str) -> Result<Source, Failure> {
    if is_uri(source) {
        Source::new(Zeroizing::new(source.as_bytes().to_vec()))
    } else {
        from_picture(&path(source))
    }
}

/// Whether a text is a URI and not a path. A URI on the command line can be read by others.
pub fn is_uri(source: &str) -> bool {
    source.contains("://") || source.get(..8).is_some_and(|s| s.eq_ignore_ascii_case("otpauth:"))
}

/// Reads the QR code in a picture.
///
/// # Errors
/// [`Failure`] if the file cannot be read, is no picture, or shows no credential.
pub fn from_picture(path: &Path) -> Result<Source, Failure> {
    let unreadable =
        |error: std::io::Error| PcError::UnreadableFile { path: path.into(), reason: error.kind() };
    let file = open(path).map_err(unreadable)?;
    let bytes = picture::read_bounded(file).map_err(unreadable)??;
    Source::new(picture::read(&bytes)?)
}

/// Opens a regular file. A pipe or a device could keep the reader for ever, already at its opening.
fn open(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;

        use rustix::fs::OFlags;

        let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits();
        options.custom_flags(flags.cast_signed());
    }
    let file = options.open(path)?;
    match file.metadata()?.file_type() {
        kind if kind.is_file() => Ok(file),
        kind if kind.is_dir() => Err(ErrorKind::IsADirectory.into()),
        _ => Err(ErrorKind::InvalidInput.into()),
    }
}

/// Reads a URI or a picture from a stream, to its end.
///
/// # Errors
/// [`Failure`] if it is neither, or too long.
pub fn from_stream(stream: impl Read) -> Result<Source, Failure> {
    let bytes = picture::read_bounded(stream).map_err(|_| PcError::BadInput)??;
    if picture::is_picture(&bytes) {
        Source::new(picture::read(&bytes)?)
    } else if bytes.iter().all(u8::is_ascii_whitespace) || std::str::from_utf8(&bytes).is_err() {
        Err(PcError::BadInput.into())
    } else {
        // Into a buffer of its own size; the large one is wiped.
        Source::new(Zeroizing::new(bytes.to_vec()))
    }
}

/// A path as it is typed or dropped into a terminal: with quotes, escaped spaces, `~`.
fn path(typed: &str) -> PathBuf {
    let text = typed.trim();
    let quoted = [('\'', '\''), ('"', '"')]
        .iter()
        .find_map(|(first, last)| text.strip_prefix(*first)?.strip_suffix(*last));
    let text = quoted.map_or_else(|| unescape(text), str::to_owned);
    match (text.strip_prefix("~/"), etcetera::home_dir()) {
        (Some(rest), Ok(home)) => home.join(rest),
        _ => PathBuf::from(text),
    }
}

/// A terminal writes `\ ` for a space in what is dropped into it; on Windows `\` parts folders.
fn unescape(text: &str) -> String {
    if cfg!(windows) { text.to_owned() } else { text.replace("\\ ", " ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_understood_as_terminals_write_it() {
        for typed in ["/tmp/a b.png", " '/tmp/a b.png' ", "\"/tmp/a b.png\"", "/tmp/a\\ b.png"] {
            assert_eq!(path(typed), Path::new("/tmp/a b.png"), "{typed}");
        }
        assert!(!path("~/qr.png").starts_with("~"));
    }

    #[test]
    fn a_scheme_makes_a_uri() {
        assert!(is_uri("OTPAUTH:totp") && is_uri("https://example.com/qr.png"));
        assert!(!is_uri("otpauth.png") && !is_uri("/tmp/割符.png"));
    }
}
