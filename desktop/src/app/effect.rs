use warifu::{
    credential::{EntryId, Label},
    otp::Code,
    time::Millis,
    token::Added,
    vault::UnlockReport,
};

use crate::{failure::Failure, import::Uri, input::Key, typed::Typed};

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// A key was pressed.
    Key(Key),
    /// Time went by.
    Tick,
    /// A piece of work is done.
    Done(Outcome),
}

/// How a piece of work ended.
#[derive(Debug)]
pub enum Outcome {
    /// Of [`Effect::Create`].
    Created(Result<(), Failure>),
    /// Of [`Effect::Unlock`].
    Unlocked(Result<UnlockReport, Failure>),
    /// Of [`Effect::UnlockByKeyring`].
    UnlockedByKeyring(Result<UnlockReport, Failure>),
    /// Of [`Effect::Parse`].
    Parsed(Result<Uri, Failure>),
    /// Of [`Effect::Add`].
    Added(Result<Added, Failure>),
    /// Of [`Effect::Rename`].
    Renamed(Result<(), Failure>),
    /// Of [`Effect::Remove`].
    Removed(Result<(), Failure>),
    /// Of [`Effect::Advance`].
    Advanced(EntryId, Result<Code, Failure>),
    /// Of [`Effect::Copy`]: after how long the code is taken away again.
    Copied(Result<Millis, Failure>),
    /// The code was taken off the clipboard.
    ClipboardCleared,
    /// What is in the vault's file can no longer be relied on.
    Unreliable(Failure),
}

/// What the screen asks for.
#[derive(Debug)]
pub enum Effect {
    /// Make a vault with this passphrase.
    Create(Typed),
    /// Open the vault with this passphrase.
    Unlock(Typed),
    /// Open the vault with the key that the system's keyring keeps.
    UnlockByKeyring,
    /// Read what a URI or a picture's path names.
    Parse(Typed),
    /// Put a credential into the vault.
    Add(Uri),
    /// Give a credential other names.
    Rename {
        /// Which one.
        id: EntryId,
        /// The bank.
        issuer: Option<Label>,
        /// The account.
        account: Option<Label>,
    },
    /// Take a credential out of the vault.
    Remove(EntryId),
    /// Make the next code of a counter.
    Advance(EntryId),
    /// Put a code on the clipboard.
    Copy {
        /// The code.
        code: Code,
        /// After how long to take it away again.
        clear_after: Millis,
    },
    /// Lock the vault, and take a copied code off the clipboard.
    Lock,
    /// Stop until the shell continues the program.
    Suspend,
    /// Lock and end.
    Quit,
}

impl Effect {
    /// Whether an [`Outcome`] follows some time later.
    pub fn takes_time(&self) -> bool {
        !matches!(self, Self::Copy { .. } | Self::Lock | Self::Suspend | Self::Quit)
    }
}
