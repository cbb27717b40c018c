use std::sync::Arc;

use super::{
    EnrolmentError, Entries, Error, Flow, Outcome, Shared, enrol::demand, entries::Decision,
    errand::Platform, flow::FlowKind,
};
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

    /// How many keys of replaced or removed slots may still be in the key store, which refused to
    /// delete one of them; 0 if all are gone. Each unlock by the platform tries again. Until then an
    /// older copy of the file may open by what the slot took: the old PIN, the old device key.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn kept_keys(&self) -> Result<usize, Error> {
        scrubbed(|| Ok(self.0.unlocked()?.condemned_keys()?.len()))
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
                draft.replace_kind(slot)
            })
        })
    }

    /// Makes a slot, in the place of every other of its kind. So a PIN is set, changed, or set anew
    /// by the one call. The keys of the others are deleted; where the key store refuses that, the
    /// slot is made all the same, and [`Slots::kept_keys`] tells.
    ///
    /// The flow's errors: a simple or short PIN, what the key store refused, [`Error::Locked`];
    /// [`EnrolmentError::VerificationDemanded`] for a *device* slot, where a credential's bank allows
    /// none.
    pub fn set(&self, new: NewSlot, now: DeviceTime) -> Flow {
        Flow::begin(self.0, FlowKind::Slots, now, move |shared, Platform { keys, .. }| async move {
            let vault = shared.unlocked()?;
            let slot = vault.make_slot(&keys, &new, &*shared.random).await?;
            put(&shared, &keys, &vault, slot).await
        })
    }

    /// Makes a *device* or *biometric* slot anew, under a new ID and key, and deletes the key before
    /// it as [`Slots::set`] does.
    ///
    /// The flow's errors: `UnknownSlot`, what the key store refused, [`Error::Locked`].
    pub fn remake(&self, id: SlotId, now: DeviceTime) -> Flow {
        Flow::begin(self.0, FlowKind::Slots, now, move |shared, Platform { keys, .. }| async move {
            let vault = shared.unlocked()?;
            let slot = vault.make_slot(&keys, &vault.successor_of(id)?, &*shared.random).await?;
            put(&shared, &keys, &vault, slot).await
        })
    }

    /// Removes a slot and deletes its keys. A key that stayed would open an older copy of the file, so
    /// the slot leaves the list when all of them are gone, and not before. Where the key store refuses
    /// that, the same call again finishes it, or any later unlock by the platform.
    ///
    /// The flow's errors: `LastSlot`, `UnknownSlot`, what the key store refused, [`Error::Locked`].
    pub fn remove(&self, id: SlotId, now: DeviceTime) -> Flow {
        Flow::begin(self.0, FlowKind::Slots, now, move |shared, Platform { keys, .. }| async move {
            shared.refresh()?;
            shared.unlocked()?.opens_without(&keys, id).await?;
            shared.commit(|draft| draft.condemn_slot(id))?;
            let kept = sweep(&shared, &keys).await?;
            if let Some((_, refusal)) = kept.into_iter().find(|(key, _)| key.slot == id) {
                return Err(refusal.into());
            }
            // A try at the slot came in between.
            if shared.unlocked()?.slots().iter().any(|slot| slot.id == id) {
                return Err(vault::Error::Changed.into());
            }
            Ok(Outcome::Removed)
        })
    }
}

/// Commits a made slot and deletes the keys of those that it replaces, now or by a later flow. If the
/// commit fails and the slot is not in the file, its own keys go, unless the flow is dropped before
/// they have. A commit whose last sync failed has put it there, and then the keys of both stay.
async fn put(
    shared: &Shared,
    keys: &Keys,
    opened: &OpenVault,
    slot: MadeSlot,
) -> Result<Outcome, Error> {
    let id = slot.id();
    let commit = Entries(shared).change(|draft| {
        if !draft.is_of(opened) {
            return Err(vault::Error::Replaced);
        }
        if !demand::allows(slot.kind(), &draft.entries()?) {
            return Ok(Decision::Refused(EnrolmentError::VerificationDemanded.into()));
        }
        draft.replace_kind(slot.clone()).map(Decision::Done)
    });
    match commit {
        Ok(()) => {
            let _ = sweep(shared, keys).await;
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
/// it. Returns those that it refused to delete, and why; they are tried again by the next flow.
pub(super) async fn sweep(
    shared: &Shared,
    keys: &Keys,
) -> Result<Vec<(KeyName, vault::Error)>, Error> {
    if shared.unlocked()?.condemned_keys()?.is_empty() {
        return Ok(Vec::new());
    }
    // A commit that changes nothing makes the version durable in which the keys are condemned.
    let condemned = shared.commit(|draft| draft.condemned_keys())?;
    let (mut gone, mut kept) = (Vec::new(), Vec::new());
    for key in condemned {
        match keys.delete(key).await {
            Ok(()) => gone.push(key),
            Err(refusal) => kept.push((key, refusal)),
        }
    }
    shared.commit(|draft| draft.forget_condemned(&gone))?;
    Ok(kept)
}

async fn delete_keys(keys: &Keys, names: &[KeyName]) -> Result<(), Error> {
    for name in names {
        keys.delete(*name).await?;
    }
    Ok(())
}
