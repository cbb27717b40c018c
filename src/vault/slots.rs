//! Making, using and removing slots, whatever their kind.

mod reach;

use std::sync::Arc;

use super::{
    DamagedSlot, DataKey, Draft, Error, Image, OpenVault, SealedVault, SlotId, SlotKind, SlotPart,
    VaultFile, absent, create_file,
    kdf::KdfParams,
    keys::{KeyGate, KeyName, KeyRefusal, Keys},
    layout::{Slot, sha256},
    passphrase::{self, Passphrase},
    pin::{self, Pin, PinParams, Try, TryCount},
    platform, read,
};
use crate::secret::Random;

/// A slot to be made.
#[derive(Debug)]
pub enum NewSlot {
    /// A passphrase and what a guess at it costs.
    Passphrase(Passphrase, KdfParams),
    /// A key of the platform, without a prompt.
    Device,
    /// A key of the platform that is bound to the enrolled fingers or face. Making it prompts.
    Biometric,
    /// A PIN.
    Pin(Pin, PinParams),
}

/// A slot to open the vault with.
#[derive(Debug)]
pub enum UnlockWith {
    /// The device's own key.
    Device,
    /// A finger or the face; prompts.
    Biometric,
    /// The PIN.
    Pin(Pin),
}

/// A slot of the vault, as a settings page lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotInfo {
    /// Which one.
    pub id: SlotId,
    /// Which way it is.
    pub kind: SlotKind,
    /// What about it is damaged, if anything.
    pub damage: Option<SlotPart>,
}

/// Makes a new vault that this device opens without a prompt, and opens it.
pub(crate) async fn create_with_device(
    file: &VaultFile,
    keys: &Keys,
    random: &dyn Random,
) -> Result<OpenVault, Error> {
    absent(file.read())?;
    let data_key = DataKey::random(random)?;
    let mut vault = [0; 16];
    random.fill(&mut vault)?;
    let slot = platform::wrap(keys, vault, &data_key, KeyGate::Device, random).await?;
    let key = platform::key_name(vault, &slot)?;
    match create_file(file, vault, data_key, slot) {
        Ok(opened) => {
            // Best effort: the next unlock raises it.
            let _ = keys.raise_anchor(vault, opened.generation()).await;
            Ok(opened)
        }
        Err(error) => {
            // A file whose last sync failed is there, and needs its key.
            let needs_key = match read(file) {
                Ok(sealed) => sealed.image.vault_id == vault,
                Err(other) => other != Error::NotFound,
            };
            if !needs_key {
                let _ = keys.delete(key).await;
            }
            Err(error)
        }
    }
}

/// Opens the vault by one of its platform slots and holds it against the anchor.
pub(crate) async fn open_with(
    file: &VaultFile,
    keys: &Keys,
    way: &UnlockWith,
) -> Result<(OpenVault, TryCount), Error> {
    let sealed = read(file)?;
    let (data_key, count) = match sealed.image.data_key(file, keys, way).await {
        Ok(judged) => judged,
        Err(error) => return Err(sealed.image.told_apart(keys, error).await),
    };
    // A PIN try has written envelopes meanwhile; everything else must be as it was.
    let opened = read(file)?.open_with_key(Arc::new(data_key))?;
    opened.check_anchor(file, keys).await?;
    Ok((opened, count))
}

impl SealedVault {
    /// The slots as the file lists them: nothing vouches for them yet.
    pub(crate) fn slots(&self) -> Vec<SlotInfo> {
        self.image.slots.iter().map(Slot::info).collect()
    }
}

impl OpenVault {
    pub(crate) fn generation(&self) -> u64 {
        self.image.generation
    }

    /// A file below the anchor was put back; one above it was written by a process that did not
    /// live to raise it.
    pub(crate) async fn check_anchor(&self, file: &VaultFile, keys: &Keys) -> Result<(), Error> {
        let (vault, generation) = (self.image.vault_id, self.generation());
        match keys.read_anchor(vault).await? {
            Some(anchor) if generation < anchor => Err(Error::RolledBack),
            Some(anchor) if generation == anchor => Ok(()),
            // The process that wrote this version may have died before it was durable. An anchor
            // above what a power cut leaves would shut the owner out.
            _ if self.settle(file)? => keys.raise_anchor(vault, generation).await,
            _ => Ok(()),
        }
    }

    /// Makes this version durable, if it still is the one that is there.
    fn settle(&self, file: &VaultFile) -> Result<bool, Error> {
        let locked = file.lock()?;
        if sha256(&locked.read()?) != self.digest {
            return Ok(false);
        }
        locked.settle()?;
        Ok(true)
    }

    /// Makes a slot for this vault's key. It counts once a commit has put it into the vault.
    pub(crate) async fn make_slot(
        &self,
        keys: &Keys,
        new: &NewSlot,
        random: &dyn Random,
    ) -> Result<MadeSlot, Error> {
        let (vault, key) = (self.image.vault_id, &*self.data_key);
        let slot = match new {
            NewSlot::Passphrase(words, kdf) => passphrase::wrap(key, words, *kdf, random)?,
            NewSlot::Device => platform::wrap(keys, vault, key, KeyGate::Device, random).await?,
            NewSlot::Biometric => {
                platform::wrap(keys, vault, key, KeyGate::Biometric, random).await?
            }
            NewSlot::Pin(pin, params) => pin::wrap(keys, vault, key, pin, *params, random).await?,
        };
        Ok(MadeSlot(slot))
    }

    /// What a *device* or *biometric* slot is made anew from: the same kind, under an ID of its own,
    /// so that no key of the slot that is there is touched before the new one counts.
    pub(crate) fn successor_of(&self, id: SlotId) -> Result<NewSlot, Error> {
        match self.image.slots.iter().find(|slot| slot.id == id).map(|slot| slot.kind) {
            Some(platform::DEVICE) => Ok(NewSlot::Device),
            Some(platform::BIOMETRIC) => Ok(NewSlot::Biometric),
            _ => Err(Error::UnknownSlot),
        }
    }

    /// A passphrase slot needs no errand.
    pub(crate) fn make_passphrase_slot(
        &self,
        words: &Passphrase,
        kdf: KdfParams,
        random: &dyn Random,
    ) -> Result<MadeSlot, Error> {
        passphrase::wrap(&self.data_key, words, kdf, random).map(MadeSlot)
    }

    /// Whether the passphrase opens this vault. Slow by design: Argon2.
    pub(crate) fn accepts(&self, passphrase: &Passphrase) -> Result<(), Error> {
        let key = self.image.unwrap_with_passphrase(passphrase)?;
        if key.secret() == self.data_key.secret() { Ok(()) } else { Err(Error::WrongPassphrase) }
    }

    pub(crate) fn slots(&self) -> Vec<SlotInfo> {
        self.image.slots.iter().map(Slot::info).collect()
    }

    /// Whether the slot, as it was made, is in this version of the vault.
    pub(crate) fn holds(&self, slot: &MadeSlot) -> bool {
        self.image.slots.iter().any(|held| held.id == slot.0.id && held.fixed == slot.0.fixed)
    }

    /// Every key of the platform that a slot may have, to be deleted with it.
    pub(crate) fn keys_of(&self, slot: &MadeSlot) -> Vec<KeyName> {
        self.image.keys_of(&slot.0)
    }
}

/// A slot that was made for a vault and is not in it yet, or is not in it any more.
#[derive(Clone)]
pub(crate) struct MadeSlot(Slot);

impl MadeSlot {
    pub(crate) fn id(&self) -> SlotId {
        self.0.id
    }

    pub(crate) fn kind(&self) -> SlotKind {
        self.0.info().kind
    }
}

impl Draft<'_> {
    /// Whether this is a version of `vault`.
    pub(crate) fn is_of(&self, vault: &OpenVault) -> bool {
        self.image.vault_id == vault.image.vault_id
    }

    /// Whether the slots are still those of `vault`, their envelopes aside.
    pub(crate) fn has_slots_of(&self, vault: &OpenVault) -> bool {
        let rows = |image: &Image| {
            image.slots.iter().map(|slot| (slot.id, slot.fixed_digest)).collect::<Vec<_>>()
        };
        rows(&self.image) == rows(&vault.image)
    }

    /// Puts the slot in the place of every other of its kind, damaged ones included, and condemns
    /// their keys. An ID that is taken came from randomness that is none; the keys of both slots
    /// would have the same names.
    pub(crate) fn replace_kind(&mut self, MadeSlot(slot): MadeSlot) -> Result<(), Error> {
        let slots = std::mem::take(&mut self.image.slots);
        if slots.iter().any(|old| old.id == slot.id) {
            return Err(Error::Random);
        }
        let (old, kept): (Vec<_>, Vec<_>) =
            slots.into_iter().partition(|old| old.kind == slot.kind);
        self.image.slots = kept;
        let at = self.image.slots.partition_point(|other| other.id < slot.id);
        self.image.slots.insert(at, slot);
        let keys: Vec<_> = old.iter().flat_map(|slot| self.image.keys_of(slot)).collect();
        self.condemn(&keys)
    }

    /// Condemns a slot's keys, if another slot stays that opens the vault; its row goes with the last
    /// of them. Until then the row says that there is a key. A slot without keys goes at once.
    pub(crate) fn condemn_slot(&mut self, id: SlotId) -> Result<(), Error> {
        let condemned = self.condemned_keys()?;
        let slots = &self.image.slots;
        let slot = slots.iter().find(|slot| slot.id == id).ok_or(Error::UnknownSlot)?;
        let stays = |other: &&Slot| {
            other.id != id && other.may_open() && !condemned.iter().any(|key| key.slot == other.id)
        };
        if !slots.iter().any(|slot| stays(&slot)) {
            return Err(Error::LastSlot);
        }
        let mut keys = self.image.keys_of(slot);
        if keys.is_empty() {
            self.image.slots.retain(|slot| slot.id != id);
        }
        keys.retain(|key| !condemned.contains(key));
        self.condemn(&keys)
    }
}

impl Image {
    async fn data_key(
        &self,
        file: &VaultFile,
        keys: &Keys,
        way: &UnlockWith,
    ) -> Result<(DataKey, TryCount), Error> {
        let kind = match way {
            UnlockWith::Device => platform::DEVICE,
            UnlockWith::Biometric => platform::BIOMETRIC,
            UnlockWith::Pin(_) => pin::KIND,
        };
        let mut refused = None;
        for slot in self.slots.iter().filter(|slot| slot.kind == kind) {
            match self.data_key_of(slot, file, keys, way).await {
                Ok(judged) => return Ok(judged),
                // Such a slot opens nothing, and blocks no other of its kind.
                Err(
                    error @ (Error::KeyLost { .. }
                    | Error::KeyInvalidated { .. }
                    | Error::PinDestroyed
                    | Error::Corrupt { .. }),
                ) => refused = refused.or(Some(error)),
                Err(error) => return Err(error),
            }
        }
        Err(refused.unwrap_or(Error::UnknownSlot))
    }

    async fn data_key_of(
        &self,
        slot: &Slot,
        file: &VaultFile,
        keys: &Keys,
        way: &UnlockWith,
    ) -> Result<(DataKey, TryCount), Error> {
        let (vault, id) = (self.vault_id, slot.id);
        self.whole_slot(id)?;
        let opened = match way {
            UnlockWith::Pin(pin) => Try { file, keys, vault, slot: id, pin }.judge().await,
            _ => platform::unwrap(keys, vault, slot).await.map(|key| (key, TryCount::Reset)),
        };
        opened.map_err(|error| match error {
            Error::KeyStore(KeyRefusal::Invalidated) => Error::KeyInvalidated { slot: id },
            Error::KeyStore(KeyRefusal::Missing) => Error::KeyLost { slot: id },
            other => other,
        })
    }

    /// A slot whose fixed part and envelope are whole.
    pub(super) fn whole_slot(&self, id: SlotId) -> Result<&Slot, Error> {
        let slot = self.slots.iter().find(|slot| slot.id == id).ok_or(Error::UnknownSlot)?;
        if slot.damage().is_some() { Err(Error::slot(id)) } else { Ok(slot) }
    }

    pub(super) fn keys_of(&self, slot: &Slot) -> Vec<KeyName> {
        match slot.kind {
            platform::DEVICE | platform::BIOMETRIC => platform::key_names(self.vault_id, slot),
            pin::KIND => pin::key_names(self.vault_id, slot),
            _ => Vec::new(),
        }
    }
}

impl Slot {
    /// Whether it is of a kind that this version can use, whole, and not destroyed.
    fn may_open(&self) -> bool {
        match self.info() {
            SlotInfo { damage: Some(_), .. } | SlotInfo { kind: SlotKind::Other(_), .. } => false,
            SlotInfo { kind: SlotKind::Pin, .. } => !pin::is_destroyed(self),
            _ => true,
        }
    }

    fn info(&self) -> SlotInfo {
        let kind = match self.kind {
            passphrase::KIND => SlotKind::Passphrase,
            platform::DEVICE => SlotKind::Device,
            platform::BIOMETRIC => SlotKind::Biometric,
            pin::KIND => SlotKind::Pin,
            other => SlotKind::Other(other),
        };
        let damage = if !self.fixed_fits() {
            Some(SlotPart::Fixed)
        } else if !self.envelope_fits() {
            Some(SlotPart::Envelope)
        } else {
            None
        };
        SlotInfo { id: self.id, kind, damage }
    }

    pub(super) fn damage(&self) -> Option<DamagedSlot> {
        let SlotInfo { id, kind, damage } = self.info();
        damage.map(|part| DamagedSlot { id, kind, part })
    }
}
