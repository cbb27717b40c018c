//! Records of which a vault has at most one, and whose plaintext belongs to the room that writes it:
//! the pending enrolment and the clock.

use zeroize::Zeroizing;

use super::{
    DataKey, Draft, Error, Image, KEPT_FREE, OpenVault,
    layout::{MAX_RECORDS, Record},
    seal,
};

const PENDING: u8 = 2;
const CLOCK: u8 = 3;

impl OpenVault {
    /// The plaintext. It holds keys: keep it no longer than a call.
    pub(crate) fn pending(&self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        self.image.opaque(&self.data_key, PENDING)
    }

    /// What the clock keeps.
    pub(crate) fn clock(&self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        self.image.opaque(&self.data_key, CLOCK)
    }
}

impl Draft<'_> {
    pub(crate) fn pending(&self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        self.image.opaque(self.data_key, PENDING)
    }

    /// Seals it, in the place of the one before.
    pub(crate) fn put_pending(&mut self, plaintext: Zeroizing<Vec<u8>>) -> Result<(), Error> {
        self.put_opaque(PENDING, plaintext, MAX_RECORDS - KEPT_FREE)
    }

    pub(crate) fn remove_pending(&mut self) {
        self.remove_opaque(PENDING);
    }

    pub(crate) fn clock(&self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        self.image.opaque(self.data_key, CLOCK)
    }

    /// Seals it, in the place of the one before, in a full vault too.
    pub(crate) fn put_clock(&mut self, plaintext: Zeroizing<Vec<u8>>) -> Result<(), Error> {
        self.put_opaque(CLOCK, plaintext, MAX_RECORDS)
    }

    fn put_opaque(
        &mut self,
        kind: u8,
        plaintext: Zeroizing<Vec<u8>>,
        limit: u32,
    ) -> Result<(), Error> {
        self.remove_opaque(kind);
        let mut id = [0; 16];
        self.random.fill(&mut id)?;
        let aad = self.image.record_aad(id, kind);
        let sealed = seal::seal(self.data_key.secret(), &aad, plaintext, self.random)?;
        self.put_record(Record { id, kind, sealed }, limit)
    }

    fn remove_opaque(&mut self, kind: u8) {
        self.image.records.retain(|record| record.kind != kind);
    }
}

impl Image {
    fn opaque(&self, key: &DataKey, kind: u8) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let record = self.records.iter().find(|record| record.kind == kind);
        record.map(|record| self.open_record(key, record)).transpose()
    }
}
