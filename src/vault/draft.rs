use super::{
    DataKey, Error, Image, entry,
    layout::{MAX_RECORDS, Record},
    seal,
};
use crate::{
    credential::{Credential, EntryId},
    secret::Random,
};

/// So many records are not for entries: a full vault can still have its slots changed.
pub(super) const KEPT_FREE: u32 = 16;

/// The next version of the vault while it is being made.
pub(crate) struct Draft<'a> {
    pub(super) data_key: &'a DataKey,
    pub(super) image: Image,
    pub(super) random: &'a dyn Random,
}

impl Draft<'_> {
    pub(crate) fn entries(&self) -> Result<Vec<Credential>, Error> {
        self.image.entries(self.data_key)
    }

    pub(crate) fn entry(&self, id: EntryId) -> Result<Credential, Error> {
        self.image.entry(self.data_key, id)
    }

    /// A fresh name for an entry.
    pub(crate) fn new_id(&self) -> Result<EntryId, Error> {
        let mut id = [0; 16];
        self.random.fill(&mut id)?;
        Ok(EntryId(id))
    }

    /// Seals the credential under its ID, in the place of what stood there.
    pub(crate) fn put(&mut self, credential: &Credential) -> Result<(), Error> {
        let EntryId(id) = credential.id;
        let plaintext = entry::encode(credential);
        let aad = self.image.record_aad(id, entry::KIND);
        let sealed = seal::seal(self.data_key.secret(), &aad, plaintext, self.random)?;
        self.put_record(Record { id, kind: entry::KIND, sealed }, MAX_RECORDS - KEPT_FREE)
    }

    /// In the order of the table, in the place of what stood under its ID. A record more than `limit`
    /// is refused.
    pub(super) fn put_record(&mut self, record: Record, limit: u32) -> Result<(), Error> {
        let id = record.id;
        let records = &mut self.image.records;
        match records.binary_search_by_key(&id, |record| record.id) {
            Ok(at) => {
                records.get_mut(at).map(|place| *place = record).ok_or(Error::UnknownEntry)?;
            }
            Err(_) if records.len() >= usize::try_from(limit).unwrap_or(usize::MAX) => {
                return Err(Error::TooLarge);
            }
            Err(at) => records.insert(at, record),
        }
        Ok(())
    }

    pub(crate) fn remove(&mut self, id: EntryId) -> Result<(), Error> {
        let at = self.image.entry_index(id)?;
        self.image.records.remove(at);
        Ok(())
    }
}
