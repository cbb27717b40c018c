//! A vault as it lies on the disk: what can be told and changed of it without a key.

use std::sync::Arc;

use super::{
    DataKey, Error, OpenVault, Passphrase, SlotId, VaultFile,
    file::LockedFile,
    layout::{Image, sha256},
};

/// Reads the file as it is, without a key.
///
/// # Errors
/// Whatever of [`Error`] can be told without a key.
pub(crate) fn read(file: &VaultFile) -> Result<SealedVault, Error> {
    let bytes = file.read()?;
    Ok(SealedVault { image: Image::parse(&bytes)?, digest: sha256(&bytes) })
}

/// A vault as it lies on the disk.
pub(crate) struct SealedVault {
    pub(super) image: Image,
    /// SHA-256 of the whole file, envelopes included.
    pub(super) digest: [u8; 32],
}

impl SealedVault {
    /// Tries the passphrase at each slot that takes one. Slow by design: Argon2.
    pub(crate) fn open_with_passphrase(self, passphrase: &Passphrase) -> Result<OpenVault, Error> {
        let data_key = self.image.unwrap_with_passphrase(passphrase)?;
        self.open_with_key(Arc::new(data_key))
    }

    pub(super) fn open_with_key(self, data_key: Arc<DataKey>) -> Result<OpenVault, Error> {
        let Self { image, digest } = self;
        let opened = OpenVault { data_key, image, digest };
        opened.check()?;
        Ok(opened)
    }

    /// This vault with another envelope in a slot, durably. The root tag does not cover envelopes,
    /// so this works while locked; the file must still be the one that was read.
    pub(super) fn with_envelope(
        &self,
        file: &VaultFile,
        id: SlotId,
        envelope: Vec<u8>,
    ) -> Result<Self, Error> {
        let locked = file.lock()?;
        self.check_unchanged(&locked)?;
        let mut image = self.image.clone();
        image.set_envelope(id, envelope)?;
        let bytes = image.encode()?;
        locked.replace(&bytes)?;
        Ok(Self { image, digest: sha256(&bytes) })
    }

    /// Makes this version durable; it must still be the one that is there.
    pub(super) fn settle(&self, file: &VaultFile) -> Result<(), Error> {
        let locked = file.lock()?;
        self.check_unchanged(&locked)?;
        locked.settle()
    }

    fn check_unchanged(&self, locked: &LockedFile<'_>) -> Result<(), Error> {
        if sha256(&locked.read()?) == self.digest { Ok(()) } else { Err(Error::Changed) }
    }
}

/// Puts an envelope in the place of the one that the slot must still have, durably. Whatever else
/// changed in the file stands.
pub(super) fn replace_envelope(
    file: &VaultFile,
    vault_id: [u8; 16],
    id: SlotId,
    before: &[u8],
    after: &[u8],
) -> Result<(), Error> {
    let locked = file.lock()?;
    let mut image = Image::parse(&locked.read()?)?;
    let is_same = image.vault_id == vault_id && image.whole_slot(id)?.envelope == before;
    if !is_same {
        return Err(Error::Changed);
    }
    image.set_envelope(id, after.to_vec())?;
    locked.replace(&image.encode()?)
}
