use warifu::credential::EntryId;

use super::{AddForm, NewPassphraseForm, Preview, RenameForm, ServicePreview};
use crate::{failure::Trouble, typed::Typed};

/// What is on the screen.
#[derive(Debug)]
pub enum Scene {
    /// There is no vault yet: what this is, and a passphrase to choose.
    FirstStart(NewPassphraseForm),
    /// The vault is locked, and the system's keyring is asked for its key.
    Keyring,
    /// The vault is locked.
    Unlock {
        /// The passphrase so far.
        passphrase: Typed,
        /// Why the last one did not open it.
        trouble: Option<Trouble>,
    },
    /// The codes.
    Tokens,
    /// A URI to paste or a picture to name.
    Add(AddForm),
    /// What would be added.
    Confirm(Preview),
    /// The bank's service that would issue a credential.
    Enrol(ServicePreview),
    /// New names for a credential.
    Rename(RenameForm),
    /// A credential about to be removed.
    Remove(EntryId),
    /// Which key does what.
    Help,
    /// Something to know, as what went wrong; any key goes on.
    Message(Vec<Trouble>),
}

impl Scene {
    /// The empty form of the first start.
    pub fn first_start() -> Self {
        Self::FirstStart(NewPassphraseForm::new())
    }

    /// Something went wrong.
    pub(super) fn trouble(trouble: Trouble) -> Self {
        Self::Message(vec![trouble])
    }

    /// The empty form of a locked vault.
    pub fn unlock() -> Self {
        Self::Unlock { passphrase: Typed::new(Typed::PASSPHRASE), trouble: None }
    }
}
