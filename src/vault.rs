//! Credentials at rest: one file, sealed record by record under one data key (L3).
//!
//! `docs/vault-format.md` gives the file byte by byte. This room reads and writes it, keeps what it
//! does not know, and never holds more in memory than the data key and sealed records: a seed is
//! opened for the one call that needs it.

mod condemned;
mod draft;
mod entry;
mod error;
mod file;
mod kdf;
mod keys;
mod layout;
mod mailbox;
mod opaque;
mod passphrase;
mod pin;
mod platform;
mod seal;
mod sealed;
mod slots;
mod wire;

use std::sync::Arc;

use crate::{
    credential::{Credential, EntryId},
    secret::Random,
};
use entry::Decoded;
use layout::{Image, Record, Slot, sha256};
use seal::DataKey;

pub(crate) use draft::Draft;
use draft::KEPT_FREE;
pub use error::{Corrupt, Error, IoCause, Operation};
pub(crate) use file::VaultFile;
#[cfg(test)]
pub(crate) use file::{Disk, Lock, Temp};
pub use kdf::{KdfOutOfRange, KdfParams};
pub(crate) use keys::Keys;
pub use keys::{KeyAnswer, KeyErrand, KeyGate, KeyName, KeyRefusal, KeyUse};
pub(crate) use mailbox::{Mailbox, Stop};
pub use passphrase::{Passphrase, PassphraseError};
pub(crate) use pin::TryCount;
pub use pin::{Pin, PinError, PinHardware, PinParams};
use sealed::replace_envelope;
pub(crate) use sealed::{SealedVault, read};
pub(crate) use slots::{MadeSlot, create_with_device, open_with};
pub use slots::{NewSlot, SlotInfo, UnlockWith};

/// Names a slot within its vault, at random.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotId(pub [u8; 8]);

/// Which way to the data key a slot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotKind {
    /// A passphrase, by Argon2id.
    Passphrase,
    /// A key of the platform, without a prompt.
    Device,
    /// A key of the platform that is bound to the enrolled fingers or face.
    Biometric,
    /// A PIN, hardened by a key of the platform, with a limit on tries.
    Pin,
    /// A kind that this version does not know. It is kept and skipped.
    Other(u8),
}

/// A slot that does not fit the rest of the vault. It is never used and blocks no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DamagedSlot {
    /// Which one.
    pub id: SlotId,
    /// What kind it says it is.
    pub kind: SlotKind,
    /// What about it is damaged.
    pub part: SlotPart,
}

/// The two parts of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotPart {
    /// The part that the root tag covers.
    Fixed,
    /// The part that may change while the vault is locked.
    Envelope,
}

/// What opening a vault found besides its entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnlockReport {
    /// Slots that want to be made anew.
    pub damaged_slots: Vec<DamagedSlot>,
    /// Records of kinds that a later version made: kept, not shown.
    pub kept_unread: usize,
    /// The PIN was right, and the count of wrong tries could not be set back: set the PIN anew, or
    /// the slot may be destroyed by the next try.
    pub pin_count_stays: bool,
}

/// Which version of which vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Version {
    vault_id: [u8; 16],
    generation: u64,
}

impl Version {
    /// Whether it is an earlier version of the same vault.
    pub(crate) fn is_older_than(self, other: Self) -> bool {
        self.vault_id == other.vault_id && self.generation < other.generation
    }
}

/// Makes a new vault with a passphrase slot and opens it. Slow by design: Argon2.
pub(crate) fn create(
    file: &VaultFile,
    passphrase: &Passphrase,
    kdf: KdfParams,
    random: &dyn Random,
) -> Result<OpenVault, Error> {
    absent(file.read())?;
    let data_key = DataKey::random(random)?;
    let slot = passphrase::wrap(&data_key, passphrase, kdf, random)?;
    let mut vault_id = [0; 16];
    random.fill(&mut vault_id)?;
    create_file(file, vault_id, data_key, slot)
}

/// Writes a new vault with one slot and no record, where no file is.
fn create_file(
    file: &VaultFile,
    vault_id: [u8; 16],
    data_key: DataKey,
    slot: Slot,
) -> Result<OpenVault, Error> {
    let (slots, records) = (vec![slot], Vec::new());
    let mut image = Image { vault_id, generation: 1, slots, records, root_tag: [0; 32] };
    image.root_tag = root_tag(&data_key, &image)?;
    let bytes = image.encode()?;

    let locked = file.lock()?;
    absent(locked.read())?;
    locked.replace(&bytes)?;
    Ok(OpenVault { data_key: Arc::new(data_key), image, digest: sha256(&bytes) })
}

/// What must be there is nothing.
fn absent(read: Result<Vec<u8>, Error>) -> Result<(), Error> {
    match read {
        Err(Error::NotFound) => Ok(()),
        Ok(_) => Err(Error::AlreadyExists),
        Err(error) => Err(error),
    }
}

/// An opened vault: one version of the file, and the key to it. Never changed; a commit makes the
/// next one.
pub(crate) struct OpenVault {
    data_key: Arc<DataKey>,
    image: Image,
    /// SHA-256 of the whole file, envelopes included.
    digest: [u8; 32],
}

impl OpenVault {
    /// What is worth telling about the file.
    pub(crate) fn report(&self) -> Result<UnlockReport, Error> {
        let damaged_slots = self.image.slots.iter().filter_map(Slot::damage).collect();
        let read = self.entries()?.len().saturating_add(self.condemned_lists()?);
        Ok(UnlockReport {
            damaged_slots,
            kept_unread: self.image.records.len().saturating_sub(read),
            pin_count_stays: false,
        })
    }

    pub(crate) fn version(&self) -> Version {
        Version { vault_id: self.image.vault_id, generation: self.image.generation }
    }

    /// Every credential, in the order of the list. Each holds a seed: keep none longer than a call.
    pub(crate) fn entries(&self) -> Result<Vec<Credential>, Error> {
        self.image.entries(&self.data_key)
    }

    /// One credential. It holds a seed: keep it no longer than a call.
    pub(crate) fn entry(&self, id: EntryId) -> Result<Credential, Error> {
        self.image.entry(&self.data_key, id)
    }

    /// The file's next version if another process wrote one, checked under the same key.
    pub(crate) fn refreshed(&self, file: &VaultFile) -> Result<Option<Self>, Error> {
        self.successor(&file.read()?)
    }

    /// Reads the file under its lock, applies `change` to what is there now, and replaces the file.
    ///
    /// On `Ok` the result survives a power cut. On an error from the disk the file is the old
    /// version or the new one, whole.
    pub(crate) fn commit<T>(
        &self,
        file: &VaultFile,
        random: &dyn Random,
        change: impl FnOnce(&mut Draft<'_>) -> Result<T, Error>,
    ) -> Result<(Self, T), Error> {
        let locked = file.lock()?;
        let current = self.successor(&locked.read()?)?;
        let base = current.as_ref().unwrap_or(self);
        let mut draft = Draft { data_key: &self.data_key, image: base.image.clone(), random };
        let outcome = match change(&mut draft) {
            Ok(outcome) => outcome,
            Err(error) => {
                // The refusal rests on what is there, so that must last; see below.
                locked.settle()?;
                return Err(error);
            }
        };
        let mut image = draft.image;
        let data_key = Arc::clone(&self.data_key);
        if image == base.image {
            // Nothing to write; but what is there may be the version of a call whose last sync
            // failed, and this call's answer will rest on it.
            locked.settle()?;
            return Ok((Self { data_key, image, digest: base.digest }, outcome));
        }
        image.generation = image.generation.checked_add(1).ok_or(Error::TooLarge)?;
        image.root_tag = root_tag(&data_key, &image)?;
        let bytes = image.encode()?;
        locked.replace(&bytes)?;
        Ok((Self { data_key, image, digest: sha256(&bytes) }, outcome))
    }

    /// `bytes` as a later version of this vault, or `None` if they are this very version.
    fn successor(&self, bytes: &[u8]) -> Result<Option<Self>, Error> {
        let digest = sha256(bytes);
        if digest == self.digest {
            return Ok(None);
        }
        let image = Image::parse(bytes)?;
        if image.vault_id != self.image.vault_id {
            return Err(Error::Replaced);
        }
        let next = Self { data_key: Arc::clone(&self.data_key), image, digest };
        next.check()?;
        let (seen, found) = (self.image.generation, next.image.generation);
        // The same generation may differ in its envelopes alone.
        let forked = found == seen && next.image.root_tag != self.image.root_tag;
        if found < seen || forked { Err(Error::RolledBack) } else { Ok(Some(next)) }
    }

    /// Holds every part against the root tag. What passes is what some holder of the key wrote.
    fn check(&self) -> Result<(), Error> {
        let image = &self.image;
        let contents = image.contents();
        if !self.data_key.root_tag_fits(&image.vault_id, &contents, &image.root_tag) {
            return Err(Error::corrupt(Corrupt::RootTag));
        }
        image.records.iter().try_for_each(|record| match record.kind {
            entry::KIND => image.decode(&self.data_key, record).map(drop),
            _ => image.open_record(&self.data_key, record).map(drop),
        })
    }
}

impl Image {
    fn set_envelope(&mut self, id: SlotId, envelope: Vec<u8>) -> Result<(), Error> {
        let slot = self.slots.iter_mut().find(|slot| slot.id == id).ok_or(Error::UnknownSlot)?;
        slot.set_envelope(envelope)
    }

    fn unwrap_with_passphrase(&self, passphrase: &Passphrase) -> Result<DataKey, Error> {
        let (mut untried, mut tried) = (None, false);
        for slot in self.slots.iter().filter(|slot| slot.kind == passphrase::KIND) {
            let unwrapped = if slot.fixed_fits() {
                passphrase::unwrap(slot, passphrase)
            } else {
                Err(Error::corrupt(Corrupt::Slot(slot.id)))
            };
            match unwrapped {
                Ok(Some(key)) => return Ok(key),
                Ok(None) => tried = true,
                Err(error) => untried = untried.or(Some(error)),
            }
        }
        // While a slot could not be tried, the passphrase is not called wrong: it may be that slot's.
        let refused = if tried { Error::WrongPassphrase } else { Error::NoPassphraseSlot };
        Err(untried.unwrap_or(refused))
    }

    fn entries(&self, key: &DataKey) -> Result<Vec<Credential>, Error> {
        let mut entries = Vec::with_capacity(self.records.len());
        for record in self.records.iter().filter(|record| record.kind == entry::KIND) {
            match self.decode(key, record)? {
                Decoded::Credential(credential) => entries.push(*credential),
                Decoded::Newer => {}
            }
        }
        entries.sort_by_key(|entry| (entry.rank, entry.id));
        Ok(entries)
    }

    fn entry(&self, key: &DataKey, id: EntryId) -> Result<Credential, Error> {
        let record = self.records.get(self.entry_index(id)?).ok_or(Error::UnknownEntry)?;
        match self.decode(key, record)? {
            Decoded::Credential(credential) => Ok(*credential),
            Decoded::Newer => Err(Error::UnknownEntry),
        }
    }

    fn entry_index(&self, EntryId(id): EntryId) -> Result<usize, Error> {
        self.records
            .iter()
            .position(|record| record.id == id && record.kind == entry::KIND)
            .ok_or(Error::UnknownEntry)
    }

    fn decode(&self, key: &DataKey, record: &Record) -> Result<Decoded, Error> {
        let plaintext = self.open_record(key, record)?;
        entry::decode(EntryId(record.id), &plaintext)
            .ok_or(Error::corrupt(Corrupt::Record(record.id)))
    }

    fn open_record(
        &self,
        key: &DataKey,
        record: &Record,
    ) -> Result<zeroize::Zeroizing<Vec<u8>>, Error> {
        let aad = self.record_aad(record.id, record.kind);
        seal::open(key.secret(), &aad, &record.sealed)
            .ok_or(Error::corrupt(Corrupt::Record(record.id)))
    }

    /// What ties a record's seal to its place: this vault, this ID, this kind.
    fn record_aad(&self, id: [u8; 16], kind: u8) -> Vec<u8> {
        let mut aad = b"warifu vault 1 record".to_vec();
        aad.extend_from_slice(&self.vault_id);
        aad.extend_from_slice(&id);
        aad.push(kind);
        aad
    }
}

fn root_tag(key: &DataKey, image: &Image) -> Result<[u8; 32], Error> {
    key.root_tag(&image.vault_id, &image.contents()).ok_or(Error::TooLarge)
}

#[cfg(test)]
mod tests;
