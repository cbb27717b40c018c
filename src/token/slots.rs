use std::sync::Arc;

use super::{Error, Flow, Outcome, Shared, flow::FlowKind};
use crate::{
    secret::scrubbed,
    time::DeviceTime,
    vault::{
        self, KdfParams, KeyName, Keys, MadeSlot, NewSlot, OpenVault, Passphrase, SlotId, SlotInfo,
    },
};

/// The ways to open an unlocked token's vault.
pub struct Slots<'a>(pub(super) &'a Arc<Shared>);

impl Slots<'_> {
    /// The slots that there are.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn list(&self) -> Result<Vec<SlotInfo>, Error> {
        Ok(self.0.unlocked()?.slots())
    }

    /// Puts a new passphrase in the place of the current one, durably. The records stay as they
    /// are. Slow by design: Argon2 twice.
    ///
    /// A copy of the file made earlier still opens with the old passphrase: the key behind both is
    /// the same. If the old one is known to others, have the bank exchange the credentials.
    ///
    /// # Errors
    /// A vault error: `WrongPassphrase` if `current` is not it, a new one under 8 characters, the
    /// disk's refusals; [`Error::Locked`].
    pub fn change_passphrase(
        &self,
        current: &Passphrase,
        new: &Passphrase,
        kdf: KdfParams,
    ) -> Result<(), Error> {
        scrubbed(|| {
            self.0.refresh()?;
            let vault = self.0.unlocked()?;
            vault.accepts(current)?;
            let slot = vault.make_passphrase_slot(new, kdf, &*self.0.random)?;
            self.0.commit(|draft| {
                if !draft.has_slots_of(&vault) {
                    // Another process changed the passphrase between the check and here.
                    return Err(vault::Error::Changed);
                }
                draft.replace_kind(slot);
                Ok(())
            })
        })
    }

    /// Makes a slot, in the place of every other of its kind, whose keys are deleted. So a PIN is
    /// set, changed, or set anew by the one call.
    ///
    /// The flow's errors: a simple or short PIN, what the key store refused, [`Error::Locked`].
    pub fn set(&self, new: NewSlot, now: DeviceTime) -> Flow {
        Flow::begin(self.0, FlowKind::Slots, now, move |shared, keys| async move {
            let vault = shared.unlocked()?;
            let slot = vault.make_slot(&keys, &new, &*shared.random).await?;
            put(&shared, &keys, &vault, slot).await
        })
    }

    /// Makes a *device* or *biometric* slot anew, under a new ID and key, and deletes the key before it.
    ///
    /// The flow's errors: `UnknownSlot`, what the key store refused, [`Error::Locked`].
    pub fn remake(&self, id: SlotId, now: DeviceTime) -> Flow {
        Flow::begin(self.0, FlowKind::Slots, now, move |shared, keys| async move {
            let vault = shared.unlocked()?;
            let slot = vault.make_slot(&keys, &vault.successor_of(id)?, &*shared.random).await?;
            put(&shared, &keys, &vault, slot).await
        })
    }

    /// Removes a slot and deletes its keys. The keys go first: a slot without them opens nothing, and
    /// the call can be repeated; a key without its slot would open an older file.
    ///
    /// The flow's errors: `LastSlot`, `UnknownSlot`, what the key store refused, [`Error::Locked`].
    pub fn remove(&self, id: SlotId, now: DeviceTime) -> Flow {
        Flow::begin(self.0, FlowKind::Slots, now, move |shared, keys| async move {
            let vault = shared.unlocked()?;
            let slot = vault.removable(&keys, id).await?;
            delete_keys(&keys, &vault.keys_of(&slot)).await?;
            shared.commit(|draft| draft.remove_slot(id))?;
            Ok(Outcome::Removed)
        })
    }
}

/// Commits a made slot and deletes the keys of those that it replaces, now or by a later flow. If the commit fails and the
/// slot is not in the file, its own keys go: a slot that is in no vault leaves none behind. A commit
/// whose last sync failed has put it there, and then the keys of both stay.
async fn put(
    shared: &Shared,
    keys: &Keys,
    opened: &OpenVault,
    slot: MadeSlot,
) -> Result<Outcome, Error> {
    let id = slot.id();
    let commit = shared.commit(|draft| {
        if !draft.is_of(opened) {
            return Err(vault::Error::Replaced);
        }
        let replaced = draft.replace_kind(slot.clone());
        let condemned: Vec<_> = replaced.iter().flat_map(|slot| opened.keys_of(slot)).collect();
        draft.condemn(&condemned)
    });
    match commit {
        Ok(()) => {
            sweep(shared, keys).await;
            Ok(Outcome::Slot(id))
        }
        Err(error) => {
            if shared.refresh().is_ok() && shared.unlocked().is_ok_and(|now| !now.holds(&slot)) {
                let _ = delete_keys(keys, &opened.keys_of(&slot)).await;
            }
            Err(error)
        }
    }
}

/// Deletes the keys that a commit condemned, and forgets those of which the key store has confirmed
/// it. What fails is tried again by the next flow: nothing that a person waits for depends on it.
pub(super) async fn sweep(shared: &Shared, keys: &Keys) {
    if !shared.unlocked().is_ok_and(|vault| vault.has_condemned_keys()) {
        return;
    }
    // A commit that changes nothing makes the version durable in which the keys are condemned.
    let Ok(condemned) = shared.commit(|draft| draft.condemned_keys()) else { return };
    let mut gone = Vec::with_capacity(condemned.len());
    for key in condemned {
        if keys.delete(key).await.is_ok() {
            gone.push(key);
        }
    }
    let _ = shared.commit(|draft| draft.forget_condemned(&gone));
}

async fn delete_keys(keys: &Keys, names: &[KeyName]) -> Result<(), Error> {
    for name in names {
        keys.delete(*name).await?;
    }
    Ok(())
}
