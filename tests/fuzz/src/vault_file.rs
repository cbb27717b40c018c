//! The vault file by `docs/vault-format.md` alone: what a reader without a key makes of it, and its
//! bytes with their unkeyed sums made anew.

use ring::digest::{SHA256, digest};
use warifu::vault::{Corrupt, DamagedSlot, Error, SlotId, SlotKind, SlotPart};

/// A file whose parts are all in their places.
#[derive(Debug, Clone, PartialEq)]
pub struct VaultFile {
    pub vault_id: [u8; 16],
    pub generation: u64,
    pub slots: Vec<Slot>,
    pub records: Vec<Record>,
    pub root_tag: [u8; 32],
}

#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    pub id: [u8; 8],
    pub kind: u8,
    pub digest: [u8; 32],
    pub fixed: Vec<u8>,
    pub envelope_sum: [u8; 8],
    /// Filled up with zeros where the file ends early.
    pub envelope: Vec<u8>,
    envelope_is_whole: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub id: [u8; 16],
    pub kind: u8,
    pub nonce: [u8; 12],
    pub tag: [u8; 16],
    pub body: Vec<u8>,
}

/// Whether the table's sum must fit.
#[derive(Clone, Copy, PartialEq)]
pub enum Sum {
    Checked,
    Ignored,
}

impl VaultFile {
    /// Steps 2 to 8 of "Reading".
    ///
    /// # Errors
    /// What the page says that a reader answers.
    pub fn read(file: &[u8], sum: Sum) -> Result<Self, Error> {
        if file.len() > 16 << 20 {
            return Err(Error::TooLarge);
        }
        let Some(mut rest) = file.strip_prefix(MAGIC) else { return Err(Error::NotAVault) };
        match take(&mut rest) {
            None => return Err(Error::Corrupt { part: Corrupt::Contents }),
            Some(1_u16) => {}
            Some(found) => return Err(Error::UnsupportedVersion { found }),
        }
        let table = Self::table(file, &mut rest, sum);
        let (mut vault, lengths) = table.ok_or(Error::Corrupt { part: Corrupt::Contents })?;
        let (slot_lengths, record_lengths) = lengths;
        for (slot, (_, length)) in vault.slots.iter_mut().zip(&slot_lengths) {
            let part = Corrupt::Slot(SlotId(slot.id));
            slot.fixed = cut(&mut rest, *length).ok_or(Error::Corrupt { part })?;
        }
        for (record, length) in vault.records.iter_mut().zip(record_lengths) {
            let part = Corrupt::Record(record.id);
            record.body = cut(&mut rest, length).ok_or(Error::Corrupt { part })?;
        }
        for (slot, (length, _)) in vault.slots.iter_mut().zip(slot_lengths) {
            if length > 0 {
                slot.envelope_is_whole = rest.len() >= 8 + length;
                let available = rest.len().min(8 + length);
                let mut bytes = cut(&mut rest, available).unwrap_or_default();
                bytes.resize(8 + length, 0);
                slot.envelope = bytes.split_off(8);
                slot.envelope_sum.copy_from_slice(&bytes);
            }
        }
        if rest.is_empty() { Ok(vault) } else { Err(Error::Corrupt { part: Corrupt::Envelopes }) }
    }

    #[allow(clippy::type_complexity, reason = "two lists of lengths")]
    fn table(
        file: &[u8],
        rest: &mut &[u8],
        sum: Sum,
    ) -> Option<(Self, (Vec<(usize, usize)>, Vec<usize>))> {
        let vault_id = bytes(rest)?;
        let generation = u64::from_be_bytes(bytes(rest)?);
        let slot_count = take::<u16>(rest).filter(|count| *count <= 8)?;
        let record_count = u32::from_be_bytes(bytes(rest)?);
        let (mut slots, mut slot_lengths) = (Vec::new(), Vec::new());
        for _ in 0..slot_count {
            let (id, [kind]) = (bytes(rest)?, bytes(rest)?);
            let envelope_length = take::<u16>(rest).filter(|length| *length <= 4_096)?;
            let fixed_length = take::<u16>(rest).filter(|length| *length <= 4_096)?;
            slot_lengths.push((envelope_length.into(), fixed_length.into()));
            slots.push(Slot { digest: bytes(rest)?, ..Slot::new(id, kind) });
        }
        if record_count > 16_384 {
            return None;
        }
        let (mut records, mut record_lengths) = (Vec::new(), Vec::new());
        for _ in 0..record_count {
            let (id, [kind]) = (bytes(rest)?, bytes(rest)?);
            let length = u32::from_be_bytes(bytes(rest)?);
            record_lengths.push(usize::try_from(length).ok().filter(|length| *length <= 65_536)?);
            let (nonce, tag) = (bytes(rest)?, bytes(rest)?);
            records.push(Record { id, kind, nonce, tag, body: Vec::new() });
        }
        let covered = &file[..file.len() - rest.len()];
        let (found, root_tag): ([u8; 32], _) = (bytes(rest)?, bytes(rest)?);
        let ascending =
            slots.is_sorted_by(|a, b| a.id < b.id) && records.is_sorted_by(|a, b| a.id < b.id);
        let fits = sum == Sum::Ignored || found == sha256(covered);
        let vault = Self { vault_id, generation, slots, records, root_tag };
        (ascending && fits).then_some((vault, (slot_lengths, record_lengths)))
    }

    /// The table, from the magic to the last record row.
    pub fn contents(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend(1_u16.to_be_bytes());
        out.extend(self.vault_id);
        out.extend(self.generation.to_be_bytes());
        out.extend(narrow(self.slots.len()));
        out.extend(wide(self.records.len()));
        for slot in &self.slots {
            out.extend(slot.id);
            out.push(slot.kind);
            out.extend(narrow(slot.envelope.len()));
            out.extend(narrow(slot.fixed.len()));
            out.extend(slot.digest);
        }
        for record in &self.records {
            out.extend(record.id);
            out.push(record.kind);
            out.extend(wide(record.body.len()));
            out.extend(record.nonce);
            out.extend(record.tag);
        }
        out
    }

    /// The file, with the table's sum made anew; digests, envelope sums and tags as they are.
    pub fn write(&self) -> Vec<u8> {
        let mut out = self.contents();
        out.extend(sha256(&out));
        out.extend(self.root_tag);
        self.slots.iter().for_each(|slot| out.extend(&slot.fixed));
        self.records.iter().for_each(|record| out.extend(&record.body));
        for slot in self.slots.iter().filter(|slot| !slot.envelope.is_empty()) {
            out.extend(slot.envelope_sum);
            out.extend(&slot.envelope);
        }
        out
    }

    /// Makes each slot's digest and envelope sum anew.
    pub fn mend_slots(&mut self) {
        for slot in &mut self.slots {
            slot.digest = sha256(&slot.fixed);
            slot.envelope_sum = slot.sum_of_envelope();
        }
    }

    /// Whether all that the root tag stands for is the same: the table and the records.
    pub fn has_contents_of(&self, other: &Self) -> bool {
        self.contents() == other.contents()
            && self.root_tag == other.root_tag
            && self.records == other.records
    }

    /// What step 13 names.
    pub fn damaged_slots(&self) -> Vec<DamagedSlot> {
        let damage = |slot: &Slot| {
            let part = slot.damage()?;
            Some(DamagedSlot { id: SlotId(slot.id), kind: slot_kind(slot.kind), part })
        };
        self.slots.iter().filter_map(damage).collect()
    }
}

impl Slot {
    pub fn new(id: [u8; 8], kind: u8) -> Self {
        Self {
            id,
            kind,
            digest: [0; 32],
            fixed: Vec::new(),
            envelope_sum: [0; 8],
            envelope: Vec::new(),
            envelope_is_whole: true,
        }
    }

    pub fn damage(&self) -> Option<SlotPart> {
        let envelope_fits = self.envelope_is_whole && self.envelope_sum == self.sum_of_envelope();
        if self.digest != sha256(&self.fixed) {
            Some(SlotPart::Fixed)
        } else if !self.envelope.is_empty() && !envelope_fits {
            Some(SlotPart::Envelope)
        } else {
            None
        }
    }

    fn sum_of_envelope(&self) -> [u8; 8] {
        let digest = sha256(&[&self.id, &self.envelope[..]].concat());
        std::array::from_fn(|at| digest[at])
    }
}

pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = digest(&SHA256, bytes);
    std::array::from_fn(|at| digest.as_ref()[at])
}

fn slot_kind(number: u8) -> SlotKind {
    match number {
        1 => SlotKind::Passphrase,
        2 => SlotKind::Device,
        3 => SlotKind::Biometric,
        4 => SlotKind::Pin,
        other => SlotKind::Other(other),
    }
}

fn bytes<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, left) = rest.split_first_chunk()?;
    *rest = left;
    Some(*taken)
}

fn take<T: From<u16>>(rest: &mut &[u8]) -> Option<T> {
    bytes(rest).map(|bytes| u16::from_be_bytes(bytes).into())
}

fn cut(rest: &mut &[u8], length: usize) -> Option<Vec<u8>> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken.to_vec())
}

fn narrow(length: usize) -> [u8; 2] {
    u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes()
}

fn wide(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()
}

const MAGIC: &[u8] = b"\x89WRFU\r\n\x1a";
