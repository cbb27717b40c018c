//! Whether a vault can still be opened, and what it means if not.

use crate::vault::{
    Error, Image, OpenVault, SlotId,
    keys::{KeyRefusal, Keys},
    pin, platform,
};

impl OpenVault {
    /// That another slot opens the vault.
    ///
    /// # Errors
    /// `LastSlot`, or what the key store refused if no slot is sure to.
    pub(crate) async fn opens_without(&self, keys: &Keys, id: SlotId) -> Result<(), Error> {
        match self.image.opens_without(keys, Some(id)).await {
            Opens::Yes => Ok(()),
            Opens::Unsure(refusal) => Err(refusal),
            Opens::No => Err(Error::LastSlot),
        }
    }
}

impl Image {
    /// What a dead slot means for the whole vault.
    pub(super) async fn told_apart(&self, keys: &Keys, error: Error) -> Error {
        let dead = match error {
            Error::KeyLost { slot } | Error::KeyInvalidated { slot } => Some(slot),
            Error::PinDestroyed => {
                self.slots.iter().find(|slot| slot.kind == pin::KIND).map(|slot| slot.id)
            }
            _ => return error,
        };
        match error {
            _ if self.opens_without(keys, dead).await != Opens::No => error,
            Error::KeyLost { .. } => Error::RestoredOnAnotherDevice,
            _ => Error::NeedsReEnrolment,
        }
    }

    /// Whether a slot other than `id` opens the vault, as far as can be told without a person: the
    /// key store is asked for what needs no prompt, and that costs no try.
    async fn opens_without(&self, keys: &Keys, id: Option<SlotId>) -> Opens {
        let mut opens = Opens::No;
        for slot in self.slots.iter().filter(|slot| Some(slot.id) != id && slot.may_open()) {
            let probe = match slot.kind {
                platform::DEVICE | platform::BIOMETRIC => {
                    platform::probe(keys, self.vault_id, slot).await
                }
                pin::KIND => pin::probe(keys, self.vault_id, slot).await,
                _ => Ok(()),
            };
            match probe {
                Ok(()) => return Opens::Yes,
                Err(Error::KeyStore(KeyRefusal::Missing | KeyRefusal::Invalidated)) => {}
                Err(refusal) => opens = Opens::Unsure(refusal),
            }
        }
        opens
    }
}

/// Whether a slot opens the vault.
#[derive(PartialEq)]
enum Opens {
    Yes,
    No,
    /// The key store failed when it was asked.
    Unsure(Error),
}
