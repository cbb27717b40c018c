//! What is found on a disk when it is opened again.

use super::{
    Arc, Error, Names, Token,
    disk::{Platter, SimDisk, State},
    open_on,
    operations::{NEW, OLD},
    passphrase, vault,
};
use crate::{
    credential::{Credential, EntryId, Generator, RequestId},
    otp::{Algorithm, Digits, hotp},
    vault::OpenVault,
};

/// All that a vault promises to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    Vault { opens_with: &'static str, entries: Vec<Entry> },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: EntryId,
    pub(super) names: Names,
    pub(super) generator: Generator,
    pub(super) last_request: Option<RequestId>,
    /// A code that tells the key from others.
    pub(super) sample: String,
}

impl Found {
    /// Opens what is there as an app would after a start.
    pub(super) fn on(platter: &Platter) -> Result<Self, Error> {
        let token = match open_on(SimDisk::new(State::at_rest(platter.clone()), None)) {
            Err(Error::Vault(vault::Error::NotFound)) => return Ok(Self::Nothing),
            opened => opened?,
        };
        let opens = |typed| token.unlock(&passphrase(typed));
        let opens_with = match (opens(OLD), opens(NEW)) {
            (Ok(_), Err(Error::Vault(vault::Error::WrongPassphrase))) => OLD,
            (Err(Error::Vault(vault::Error::WrongPassphrase)), Ok(_)) => NEW,
            (old, new) => return Err(old.and(new).err().unwrap_or(Error::Locked)),
        };
        Ok(Self::Vault { opens_with, entries: entries_of(&token)? })
    }

    pub(super) fn entries(&self) -> &[Entry] {
        match self {
            Self::Nothing => &[],
            Self::Vault { entries, .. } => entries,
        }
    }

    pub(super) fn opens_with(&self) -> Option<&'static str> {
        match self {
            Self::Nothing => None,
            Self::Vault { opens_with, .. } => Some(opens_with),
        }
    }
}

/// What the token holds in memory.
pub(super) fn entries_of(token: &Token) -> Result<Vec<Entry>, Error> {
    let vault: Arc<OpenVault> = token.shared.unlocked()?;
    Ok(vault.entries()?.into_iter().map(Entry::from).collect())
}

impl From<Credential> for Entry {
    fn from(credential: Credential) -> Self {
        let Credential { id, rank: _, last_request, content } = credential;
        let seed = content.keys.code.secret();
        let sample = hotp::code(seed, Algorithm::Sha1, Digits::EIGHT, 0).expose().to_owned();
        Self { id, names: content.names, generator: content.generator, last_request, sample }
    }
}
