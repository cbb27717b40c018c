use std::fmt;

use crate::credential::{Credential, CredentialId, InvalidLabel, Label};

/// What a backup may hold of a token: which banks, and the last four of each credential ID. It
/// holds no secret, so that a restored phone can say what happened and which bank to call.
///
/// ```
/// use warifu::token::Marker;
///
/// let marker = Marker::parse("warifu marker 1\n割符信用金庫\t5678\n".as_bytes())?;
/// assert_eq!(marker.banks[0].last_four.as_deref(), Some("5678"));
/// # Ok::<(), warifu::token::MarkerError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// One per credential, in the order of the list.
    pub banks: Vec<MarkedBank>,
}

/// One credential in a [`Marker`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkedBank {
    /// Who issued the credential.
    pub issuer: Option<Label>,
    /// The last four characters of its ID.
    pub last_four: Option<String>,
}

/// The bytes are no marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MarkerError {
    /// Not this format, or too much of it.
    #[error("this is no marker")]
    NotAMarker,
    /// A name in it cannot be shown.
    #[error(transparent)]
    Label(#[from] InvalidLabel),
}

const HEAD: &str = "warifu marker 1";

impl Marker {
    /// The greatest length that is read, in bytes.
    pub const MAX_LEN: usize = 64 * 1024;

    pub(super) fn of(credentials: &[Credential]) -> Self {
        let mark = |credential: &Credential| MarkedBank {
            issuer: credential.content.names.issuer.clone(),
            last_four: credential.content.names.credential_id.as_ref().and_then(last_four),
        };
        Self { banks: credentials.iter().map(mark).collect() }
    }

    /// Reads what its `Display` wrote.
    ///
    /// # Errors
    /// [`MarkerError`] for anything else.
    pub fn parse(bytes: &[u8]) -> Result<Self, MarkerError> {
        let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= Self::MAX_LEN);
        let mut lines = text.ok_or(MarkerError::NotAMarker)?.lines();
        if lines.next() != Some(HEAD) {
            return Err(MarkerError::NotAMarker);
        }
        Ok(Self { banks: lines.map(MarkedBank::parse).collect::<Result<_, _>>()? })
    }
}

/// One line each, fields parted by a tab, which no label can hold.
impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}")?;
        self.banks.iter().try_for_each(|bank| {
            let issuer = bank.issuer.as_ref().map_or("", Label::as_str);
            writeln!(f, "{issuer}\t{}", bank.last_four.as_deref().unwrap_or_default())
        })
    }
}

impl MarkedBank {
    fn parse(line: &str) -> Result<Self, MarkerError> {
        let (issuer, last_four) = line.split_once('\t').ok_or(MarkerError::NotAMarker)?;
        let is_well_formed = last_four.len() == 4
            && last_four.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if !last_four.is_empty() && !is_well_formed {
            return Err(MarkerError::NotAMarker);
        }
        let issuer = if issuer.is_empty() { None } else { Some(Label::new(issuer)?) };
        let last_four = is_well_formed.then(|| last_four.to_owned());
        Ok(Self { issuer, last_four })
    }
}

fn last_four(id: &CredentialId) -> Option<String> {
    id.as_str().get(id.as_str().len().checked_sub(4)?..).map(str::to_owned)
}
