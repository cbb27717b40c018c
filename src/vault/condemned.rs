//! Keys of the platform that no slot needs any more and that are still to be deleted.
//!
//! A replaced slot's keys can go only once its successor is durable, and a process may die, or the
//! key store refuse, before they have. A key that stayed would open an older file. So the commit
//! that replaces the slot writes their names down, and they stand there until the key store has
//! confirmed that they are gone. A slot that is removed is written down likewise, so that of two
//! processes that remove a slot each one sees the other's; its row stays until its keys are gone.

use zeroize::Zeroizing;

use super::{
    Draft, Error, Image, OpenVault, SlotId,
    keys::KeyName,
    layout::{MAX_RECORDS, Record},
    seal::{self, DataKey},
    wire::Reader,
};

pub(super) const KIND: u8 = 5;
const LAYOUT: u8 = 1;

impl OpenVault {
    /// The keys that are still to be deleted.
    pub(crate) fn condemned_keys(&self) -> Result<Vec<KeyName>, Error> {
        Ok(self.image.condemned_lists(&self.data_key)?.concat())
    }

    /// How many lists this version can read.
    pub(super) fn condemned_lists(&self) -> Result<usize, Error> {
        Ok(self.image.condemned_lists(&self.data_key)?.len())
    }
}

impl Draft<'_> {
    /// The keys that are still to be deleted, with those that a removed slot got since. Ask for them
    /// in a commit: it makes durable what they rest on.
    pub(crate) fn condemned_keys(&self) -> Result<Vec<KeyName>, Error> {
        let mut keys = self.image.condemned_lists(self.data_key)?.concat();
        for slot in &self.image.slots {
            if keys.iter().any(|key| key.slot == slot.id) {
                keys.extend(self.image.keys_of(slot));
            }
        }
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }

    /// Writes down that these keys are to be deleted.
    pub(crate) fn condemn(&mut self, keys: &[KeyName]) -> Result<(), Error> {
        if keys.is_empty() {
            return Ok(());
        }
        let mut id = [0; 16];
        self.random.fill(&mut id)?;
        let aad = self.image.record_aad(id, KIND);
        let sealed = seal::seal(self.data_key.secret(), &aad, encode(keys), self.random)?;
        self.put_record(Record { id, kind: KIND, sealed }, MAX_RECORDS)
    }

    /// Takes out the slots, and forgets the lists, of which every key is gone. A list that outlives a
    /// try at its slot stays, with the slot, for the next time.
    pub(crate) fn forget_condemned(&mut self, gone: &[KeyName]) -> Result<(), Error> {
        let condemned = self.condemned_keys()?;
        let is_done = |slot: SlotId| {
            let mut keys = condemned.iter().filter(|key| key.slot == slot).peekable();
            keys.peek().is_some() && keys.all(|key| gone.contains(key))
        };
        self.image.slots.retain(|slot| !is_done(slot.id));
        let lists = self.image.condemned();
        let lists = lists.map(|record| {
            let keys = self.image.condemned_by(self.data_key, record)?;
            let all_gone = keys.is_some_and(|keys| keys.iter().all(|key| is_done(key.slot)));
            Ok(all_gone.then_some(record.id))
        });
        let done: Vec<_> = lists.collect::<Result<Vec<_>, Error>>()?;
        self.image.records.retain(|record| !done.contains(&Some(record.id)));
        Ok(())
    }
}

impl Image {
    fn condemned(&self) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(|record| record.kind == KIND)
    }

    /// Those that this version can read.
    fn condemned_lists(&self, key: &DataKey) -> Result<Vec<Vec<KeyName>>, Error> {
        self.condemned().filter_map(|record| self.condemned_by(key, record).transpose()).collect()
    }

    /// `None` for a list of a later layout: it is kept for the version that wrote it.
    fn condemned_by(&self, key: &DataKey, record: &Record) -> Result<Option<Vec<KeyName>>, Error> {
        Ok(decode(self.vault_id, &self.open_record(key, record)?))
    }
}

fn encode(keys: &[KeyName]) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(vec![LAYOUT]);
    for key in keys {
        out.extend_from_slice(&key.slot.0);
        out.extend_from_slice(&key.number.to_be_bytes());
    }
    out
}

fn decode(vault: [u8; 16], bytes: &[u8]) -> Option<Vec<KeyName>> {
    let mut reader = Reader::new(bytes);
    reader.u8().filter(|layout| *layout == LAYOUT)?;
    let mut keys = Vec::new();
    while reader.left() > 0 {
        keys.push(KeyName { vault, slot: SlotId(reader.array()?), number: reader.u32()? });
    }
    Some(keys)
}
