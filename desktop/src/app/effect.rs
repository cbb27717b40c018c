use warifu::{
    credential::{EntryId, Label},
    otp::Code,
    time::Millis,
    token::Added,
    vault::UnlockReport,
};

use crate::{
    clipboard::Certainty,
    failure::Failure,
    import::{ServiceLink, Source, Uri},
    input::Key,
    typed::Typed,
};

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// A key was pressed by itself.
    Key(Key),
    /// A key came together with others, as of a text that the terminal pasted without marks: it may
    /// be typed, and commands nothing.
    InBurst(Key),
    /// Time went by.
    Tick,
    /// A job is done. What a job ends with that nobody waits for any more changes nothing.
    Done(JobId, Outcome),
    /// A code was copied, to be taken away again after this time.
    Copied(Result<(Certainty, Millis), Failure>),
    /// The copied code's time was over.
    ClipboardCleared(Certainty),
    /// What is in the vault's file can no longer be relied on.
    Unreliable(Failure),
    /// Somebody stops the program until the shell continues it.
    Stopped,
}

/// What the screen asks for.
#[derive(Debug)]
pub enum Effect {
    /// Begin a job; its [`Outcome`] follows under this number.
    Start(JobId, Job),
    /// Put a code on the clipboard.
    Copy {
        /// The code.
        code: Code,
        /// After how long to take it away again.
        clear_after: Millis,
    },
    /// Lock the vault, and take a copied code off the clipboard.
    Lock,
    /// Lock, and stop until the shell continues the program.
    Suspend,
    /// Lock and end.
    Quit,
}

/// The number of a job; no two have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobId(pub(super) u64);

/// What takes time: a key to derive, a file to read or write.
#[derive(Debug)]
pub enum Job {
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
    /// Get a credential from a bank's service; without a link, go on with what was interrupted.
    Enrol(Option<ServiceLink>),
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
    /// Ask the bank for its time.
    SyncTime,
}

/// How a job ended.
#[derive(Debug)]
pub enum Outcome {
    /// Of [`Job::Create`].
    Created(Result<(), Failure>),
    /// Of [`Job::Unlock`].
    Unlocked(Result<UnlockReport, Failure>),
    /// Of [`Job::UnlockByKeyring`].
    UnlockedByKeyring(Result<UnlockReport, Failure>),
    /// Of [`Job::Parse`].
    Parsed(Result<Source, Failure>),
    /// Of [`Job::Add`] and [`Job::Enrol`].
    Added(Result<Added, Failure>),
    /// Of [`Job::Rename`].
    Renamed(Result<(), Failure>),
    /// Of [`Job::Remove`].
    Removed(Result<(), Failure>),
    /// Of [`Job::Advance`].
    Advanced(EntryId, Result<Code, Failure>),
    /// Of [`Job::SyncTime`].
    Synced(Result<(), Failure>),
}

impl Outcome {
    /// Why it failed, if it did.
    pub(super) fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Created(result)
            | Self::Renamed(result)
            | Self::Removed(result)
            | Self::Synced(result) => result.as_ref().err(),
            Self::Unlocked(result) | Self::UnlockedByKeyring(result) => result.as_ref().err(),
            Self::Parsed(result) => result.as_ref().err(),
            Self::Added(result) => result.as_ref().err(),
            Self::Advanced(_, result) => result.as_ref().err(),
        }
    }
}
