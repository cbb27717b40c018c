//! The pending enrolment: at most one record, whose plaintext belongs to who enrols.

use zeroize::Zeroizing;

use super::{
    DataKey, Draft, Error, Image, KEPT_FREE, OpenVault,
    layout::{MAX_RECORDS, Record},
    seal,
};

pub(super) const KIND: u8 = 2;

impl OpenVault {
    /// The plaintext. It holds keys: keep it no longer than a call.
    pub(crate) fn pending(&self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        self.image.pending(&self.data_key)
    }
}

impl Draft<'_> {
    pub(crate) fn pending(&self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        self.image.pending(self.data_key)
    }

    /// Seals it, in the place of the one before.
    pub(crate) fn put_pending(&mut self, plaintext: Zeroizing<Vec<u8>>) -> Result<(), Error> {
        self.remove_pending();
        let mut id = [0; 16];
        self.random.fill(&mut id)?;
        let aad = self.image.record_aad(id, KIND);
        let sealed = seal::seal(self.data_key.secret(), &aad, plaintext, self.random)?;
        self.put_record(Record { id, kind: KIND, sealed }, MAX_RECORDS - KEPT_FREE)
    }

    pub(crate) fn remove_pending(&mut self) {
        self.image.records.retain(|record| record.kind != KIND);
    }
}

impl Image {
    fn pending(&self, key: &DataKey) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let record = self.records.iter().find(|record| record.kind == KIND);
        record.map(|record| self.open_record(key, record)).transpose()
    }
}
