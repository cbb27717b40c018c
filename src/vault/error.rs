use super::{KeyRefusal, PassphraseError, PinError, SlotId};
use crate::{secret::RandomFailed, time::Millis};

/// What went wrong with a vault. Nothing in it is secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no file.
    #[error("there is no vault at this place")]
    NotFound,
    /// There is one already, and it is not overwritten.
    #[error("there is a file at this place already")]
    AlreadyExists,
    /// The file is something else, or empty.
    #[error("the file is not a vault")]
    NotAVault,
    /// A later warifu made it.
    #[error("the vault has format version {found}; this is version 1")]
    UnsupportedVersion {
        /// The version it has.
        found: u16,
    },
    /// Over the bounds of the format: 16 MiB, 16,384 records.
    #[error("the vault is too large")]
    TooLarge,
    /// A part does not fit the rest.
    #[error("the vault is damaged: {part:?}")]
    Corrupt {
        /// Which part.
        part: Corrupt,
    },
    /// The passphrase opens no slot.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// No whole slot takes a passphrase.
    #[error("no slot of the vault takes a passphrase")]
    NoPassphraseSlot,
    /// A passphrase that cannot be one.
    #[error(transparent)]
    Passphrase(PassphraseError),
    /// The file demands more work for its key than is accepted.
    #[error("the cost of the vault's key is out of range")]
    KdfOutOfRange,
    /// There is not enough memory to make the key.
    #[error("there is not enough memory to make the key")]
    OutOfMemory,
    /// Another process is writing; try again in a moment.
    #[error("another process is writing to the vault")]
    Busy,
    /// The disk refused.
    #[error("the disk failed: {operation:?}, {cause:?}")]
    Io {
        /// What was attempted.
        operation: Operation,
        /// Why it failed.
        cause: IoCause,
    },
    /// The system's source of randomness failed.
    #[error("the system's source of randomness failed")]
    Random,
    /// The file is older than what this process has seen of it.
    #[error("the vault was put back to an earlier state")]
    RolledBack,
    /// The file is another vault than the one that was opened.
    #[error("the vault was replaced by another")]
    Replaced,
    /// There is no such entry.
    #[error("the vault has no such entry")]
    UnknownEntry,
    /// There is no such slot, or none of this kind.
    #[error("the vault has no such slot")]
    UnknownSlot,
    /// The last slot that could open the vault cannot be removed.
    #[error("the last slot cannot be removed")]
    LastSlot,
    /// A PIN that cannot be one.
    #[error(transparent)]
    Pin(PinError),
    /// The limit on tries is 2 to 20.
    #[error("a PIN's limit on tries is 2 to 20")]
    PinLimitOutOfRange,
    /// The PIN is wrong.
    #[error("the PIN is wrong")]
    WrongPin {
        /// How many more tries there are before the slot is destroyed: 1 or more.
        tries_left: u8,
        /// How long the next try has to wait.
        wait: Millis,
    },
    /// The limit on tries was reached; the slot's keys are gone for good. Another slot may open.
    #[error("the PIN was tried too often and opens nothing any more")]
    PinDestroyed,
    /// The slot's key is dead, since the enrolled fingers or face changed. Another slot may open.
    #[error("the slot's key was invalidated")]
    KeyInvalidated {
        /// Which slot wants to be made anew.
        slot: SlotId,
    },
    /// The slot's key is gone, and the device is the one that had it. Another slot may open.
    #[error("the slot's key is lost")]
    KeyLost {
        /// Which slot wants to be made anew.
        slot: SlotId,
    },
    /// No slot can open the vault any more: the bank's 交換 is the way on.
    #[error("no slot opens the vault any more")]
    NeedsReEnrolment,
    /// The vault came here from another device, whose keys stayed there.
    #[error("the vault belongs to another device")]
    RestoredOnAnotherDevice,
    /// The key store did not do what it was asked.
    #[error(transparent)]
    KeyStore(KeyRefusal),
    /// The key store's answer does not fit what was asked.
    #[error("the answer does not fit the errand")]
    WrongAnswer,
    /// Another process changed the vault while a slot was being tried; try again.
    #[error("the vault changed meanwhile")]
    Changed,
}

impl Error {
    pub(super) fn corrupt(part: Corrupt) -> Self {
        Self::Corrupt { part }
    }

    pub(super) fn slot(id: SlotId) -> Self {
        Self::corrupt(Corrupt::Slot(id))
    }
}

impl From<RandomFailed> for Error {
    fn from(RandomFailed: RandomFailed) -> Self {
        Self::Random
    }
}

/// A part of the file that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corrupt {
    /// The table of contents.
    Contents,
    /// The root tag, or something that it covers.
    RootTag,
    /// The slot that was to open the vault.
    Slot(SlotId),
    /// A record; for an entry, this is the entry's ID.
    Record([u8; 16]),
    /// Bytes at the end that belong to no slot.
    Envelopes,
}

/// What was attempted on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// To read the vault.
    Read,
    /// To take its lock.
    Lock,
    /// To write its next version.
    Write,
}

/// Why the disk refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IoCause {
    /// No space, or a quota is used up.
    Full,
    /// The folder or the file may not be written or read.
    NotPermitted,
    /// The folder is not there.
    NoFolder,
    /// Anything else.
    Other,
}
