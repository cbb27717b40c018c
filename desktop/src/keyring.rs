//! The system's keyring as a way to open the vault: its *device* slot on a PC.
//!
//! Whoever is logged in as the user then opens the token without its passphrase, so it is off until
//! somebody turns it on. The core asks by errands; a [`Keyring`] keeps small secrets under names and
//! knows nothing else; what lies between is here.

mod errand;
mod os;
#[cfg(test)]
mod tests;

use warifu::{
    secret::{Random, Secret},
    token::{self, Errand, Flow, HttpAnswer, HttpFailure, Outcome, Token},
    vault::{KeyRefusal, NewSlot, SlotId, SlotInfo, SlotKind, UnlockReport, UnlockWith},
};

use crate::{device_clock::DeviceClock, drive::drive};

pub use os::OsKeyring;

/// A place that keeps small secrets under names: the system's keyring, or a fake in a test.
pub trait Keyring {
    /// The secret under a name.
    ///
    /// # Errors
    /// [`KeyRefusal::Missing`] if there is none; [`KeyRefusal::Unavailable`] if the keyring does not
    /// answer, is locked, or fails.
    fn read(&self, name: &str) -> Result<Secret, KeyRefusal>;

    /// Keeps a secret under a name, in the place of any that is there.
    ///
    /// # Errors
    /// [`KeyRefusal::Unavailable`].
    fn write(&self, name: &str, secret: Secret) -> Result<(), KeyRefusal>;

    /// Forgets the secret under a name.
    ///
    /// # Errors
    /// As [`Keyring::read`].
    fn delete(&self, name: &str) -> Result<(), KeyRefusal>;

    /// Whether it answers at all. Asks for a name that nothing has, so that nobody is prompted.
    fn answers(&self) -> bool {
        matches!(self.read("none"), Ok(_) | Err(KeyRefusal::Missing))
    }
}

/// Whether the vault's file lists a slot for a keyring. It is read without a key, so nobody vouches
/// for the answer until the vault is open.
///
/// # Errors
/// Whatever can be told of the file without a key.
pub fn is_on(token: &Token) -> Result<bool, token::Error> {
    Ok(slot_ids(&token.locked_slots()?).next().is_some())
}

/// Does what the core asks of a keyring. Every call may wait for the keyring: keep it off the thread
/// that draws.
pub struct Driver<'a> {
    /// Which keyring.
    pub keyring: &'a dyn Keyring,
    /// Where keys and nonces come from.
    pub random: &'a dyn Random,
    /// What the core is told of the time.
    pub clock: &'a DeviceClock,
}

impl Driver<'_> {
    /// Opens the vault by its key in the keyring.
    ///
    /// # Errors
    /// `KeyLost` if the keyring has no such key, what else the keyring refused, or the vault's errors.
    pub fn unlock(&self, token: &Token) -> Result<UnlockReport, token::Error> {
        match self.run(&token.unlock_with(UnlockWith::Device, self.clock.now()))? {
            Outcome::Unlocked(report) => Ok(report),
            // A flow that unlocks has no other end.
            _ => Ok(UnlockReport::default()),
        }
    }

    /// Makes a slot for the keyring in an open vault, in the place of any before it.
    ///
    /// # Errors
    /// What the keyring refused, or the vault's errors.
    pub fn turn_on(&self, token: &Token) -> Result<(), token::Error> {
        self.run(&token.slots().set(NewSlot::Device, self.clock.now())).map(drop)
    }

    /// Removes the keyring's slots from an open vault, and before that their keys from the keyring:
    /// a key that stayed would open an older copy of the file.
    ///
    /// # Errors
    /// What the keyring refused, or the vault's errors; the slot is there still.
    pub fn turn_off(&self, token: &Token) -> Result<(), token::Error> {
        for id in slot_ids(&token.slots().list()?) {
            self.run(&token.slots().remove(id, self.clock.now()))?;
        }
        Ok(())
    }

    /// Goes with a flow to its end.
    ///
    /// # Errors
    /// Whatever ends the flow.
    pub fn run(&self, flow: &Flow) -> Result<Outcome, token::Error> {
        drive(flow, self.clock, |errand| match errand {
            Errand::Key(errand) => errand::answer(errand, self.keyring, self.random).into(),
            Errand::Http(_) => HttpAnswer::Failed(HttpFailure::Unavailable).into(),
        })
    }
}

fn slot_ids(slots: &[SlotInfo]) -> impl Iterator<Item = SlotId> {
    slots.iter().filter(|slot| slot.kind == SlotKind::Device).map(|slot| slot.id)
}
