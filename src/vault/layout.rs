//! The file as bytes: table of contents, root tag, bodies, envelopes (`docs/vault-format.md`).
//!
//! The table says what the file holds; the root tag, keyed, covers exactly the table, and the table
//! holds each body's digest or tag. So one check of the tag and one per body tell which part, if
//! any, does not fit.

use ring::digest::{SHA256, digest};

use super::{
    Corrupt, Error, SlotId,
    seal::{NONCE_LEN, SealedBytes, TAG_LEN},
    wire::Reader,
};

/// Not text, not cut at 7 bits, not translated at line ends, and ours.
pub(super) const MAGIC: [u8; 8] = *b"\x89WRFU\r\n\x1a";
pub(super) const VERSION: u16 = 1;

/// The largest file that is read or written, in bytes.
pub(crate) const MAX_FILE: usize = 16 * 1024 * 1024;
const MAX_SLOTS: u16 = 8;
pub(super) const MAX_RECORDS: u32 = 16_384;
const MAX_RECORD: u32 = 65_536;
const MAX_FIXED: u16 = 4_096;
const MAX_ENVELOPE: u16 = 4_096;

/// A record's 16 random bytes. For an entry it is the entry's own ID.
pub(super) type RecordId = [u8; 16];

/// The whole file, parsed. Nothing in it is secret, nothing is authenticated yet.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Image {
    pub(super) vault_id: [u8; 16],
    pub(super) generation: u64,
    /// In ascending order of their IDs.
    pub(super) slots: Vec<Slot>,
    /// In ascending order of their IDs.
    pub(super) records: Vec<Record>,
    pub(super) root_tag: [u8; 32],
}

/// One way to the data key.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) id: SlotId,
    pub(super) kind: u8,
    pub(super) fixed: Vec<u8>,
    /// As the table has it; where it differs from `fixed`, the slot is damaged and kept as it is.
    pub(super) fixed_digest: [u8; 32],
    /// The part that may change while the vault is locked, its length apart; empty if there is none.
    pub(super) envelope: Vec<u8>,
    /// As the file has it; where it differs from `envelope`, that is damaged and kept as it is.
    pub(super) envelope_sum: [u8; 8],
}

impl Slot {
    pub(super) fn new(id: SlotId, kind: u8, fixed: Vec<u8>) -> Self {
        let fixed_digest = sha256(&fixed);
        let envelope = Vec::new();
        Self { id, kind, fixed, fixed_digest, envelope, envelope_sum: [0; 8] }
    }

    pub(super) fn fixed_fits(&self) -> bool {
        sha256(&self.fixed) == self.fixed_digest
    }

    /// Puts another envelope of the same length in; its length is under the root tag.
    pub(super) fn set_envelope(&mut self, envelope: Vec<u8>) -> Result<(), Error> {
        if envelope.len() != self.envelope.len() {
            return Err(Error::WrongAnswer);
        }
        self.envelope_sum = envelope_sum(self.id, &envelope);
        self.envelope = envelope;
        Ok(())
    }

    /// The slot with room for an envelope, whose length is that of `envelope` for good.
    pub(super) fn with_envelope(mut self, envelope: Vec<u8>) -> Self {
        self.envelope_sum = envelope_sum(self.id, &envelope);
        self.envelope = envelope;
        self
    }

    pub(super) fn envelope_fits(&self) -> bool {
        self.envelope.is_empty() || envelope_sum(self.id, &self.envelope) == self.envelope_sum
    }
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) id: RecordId,
    pub(super) kind: u8,
    pub(super) sealed: SealedBytes,
}

impl Image {
    /// Reads a file without any key.
    pub(super) fn parse(file: &[u8]) -> Result<Self, Error> {
        if file.len() > MAX_FILE {
            return Err(Error::TooLarge);
        }
        let mut reader = Reader::new(file);
        if reader.array() != Some(MAGIC) {
            return Err(Error::NotAVault);
        }
        let version = reader.u16().ok_or(Error::corrupt(Corrupt::Contents))?;
        if version != VERSION {
            return Err(Error::UnsupportedVersion { found: version });
        }
        let contents = Contents::parse(&mut reader).ok_or(Error::corrupt(Corrupt::Contents))?;
        let covered = file.len().saturating_sub(reader.left()).saturating_sub(64);
        contents.check_sum(file.get(..covered).unwrap_or_default())?;
        contents.with_bodies(reader)
    }

    /// What the root tag covers.
    pub(super) fn contents(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.contents_len());
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&VERSION.to_be_bytes());
        out.extend_from_slice(&self.vault_id);
        out.extend_from_slice(&self.generation.to_be_bytes());
        out.extend_from_slice(&len_u16(&self.slots).to_be_bytes());
        out.extend_from_slice(&len_u32(&self.records).to_be_bytes());
        for slot in &self.slots {
            out.extend_from_slice(&slot.id.0);
            out.push(slot.kind);
            out.extend_from_slice(&len_u16(&slot.envelope).to_be_bytes());
            out.extend_from_slice(&len_u16(&slot.fixed).to_be_bytes());
            out.extend_from_slice(&slot.fixed_digest);
        }
        for record in &self.records {
            out.extend_from_slice(&record.id);
            out.push(record.kind);
            out.extend_from_slice(&len_u32(&record.sealed.ciphertext).to_be_bytes());
            out.extend_from_slice(&record.sealed.nonce);
            out.extend_from_slice(&record.sealed.tag);
        }
        out
    }

    /// The file's bytes. The root tag must have been made for these contents.
    pub(super) fn encode(&self) -> Result<Vec<u8>, Error> {
        let too_large = self.slots.len() > usize::from(MAX_SLOTS)
            || len_u32(&self.records) > MAX_RECORDS
            || self.records.iter().any(|r| len_u32(&r.sealed.ciphertext) > MAX_RECORD)
            || self.slots.iter().any(|s| len_u16(&s.fixed) > MAX_FIXED)
            || self.slots.iter().any(|s| len_u16(&s.envelope) > MAX_ENVELOPE);
        let mut out = self.contents();
        let sum = sha256(&out);
        out.extend_from_slice(&sum);
        out.extend_from_slice(&self.root_tag);
        for slot in &self.slots {
            out.extend_from_slice(&slot.fixed);
        }
        for record in &self.records {
            out.extend_from_slice(&record.sealed.ciphertext);
        }
        for slot in self.slots.iter().filter(|slot| !slot.envelope.is_empty()) {
            out.extend_from_slice(&slot.envelope_sum);
            out.extend_from_slice(&slot.envelope);
        }
        if too_large || out.len() > MAX_FILE { Err(Error::TooLarge) } else { Ok(out) }
    }

    fn contents_len(&self) -> usize {
        let slots = self.slots.len().saturating_mul(45);
        self.records.len().saturating_mul(49).saturating_add(slots).saturating_add(40)
    }
}

/// The table of contents: what the root tag covers, the sum against rot, and the tag itself.
struct Contents {
    vault_id: [u8; 16],
    generation: u64,
    slots: Vec<SlotRow>,
    records: Vec<RecordRow>,
    sum: [u8; 32],
    root_tag: [u8; 32],
}

struct SlotRow {
    id: SlotId,
    kind: u8,
    envelope_len: u16,
    fixed_len: u16,
    fixed_digest: [u8; 32],
}

struct RecordRow {
    id: RecordId,
    kind: u8,
    len: u32,
    nonce: [u8; NONCE_LEN],
    tag: [u8; TAG_LEN],
}

impl Contents {
    fn parse(reader: &mut Reader<'_>) -> Option<Self> {
        let vault_id = reader.array()?;
        let generation = reader.u64()?;
        let slots = reader.u16().filter(|&count| count <= MAX_SLOTS)?;
        let records = reader.u32().filter(|&count| count <= MAX_RECORDS)?;
        let slots: Vec<_> = (0..slots).map(|_| SlotRow::parse(reader)).collect::<Option<_>>()?;
        let records: Vec<_> =
            (0..records).map(|_| RecordRow::parse(reader)).collect::<Option<_>>()?;
        let ascending =
            slots.is_sorted_by(|a, b| a.id < b.id) && records.is_sorted_by(|a, b| a.id < b.id);
        let (sum, root_tag) = (reader.array()?, reader.array()?);
        ascending.then_some(Self { vault_id, generation, slots, records, sum, root_tag })
    }

    /// The sum is not keyed: it tells rot from a wrong passphrase before any work is done.
    fn check_sum(&self, covered: &[u8]) -> Result<(), Error> {
        if sha256(covered) == self.sum { Ok(()) } else { Err(Error::corrupt(Corrupt::Contents)) }
    }

    fn with_bodies(self, mut reader: Reader<'_>) -> Result<Image, Error> {
        let mut slots = Vec::with_capacity(self.slots.len());
        for row in self.slots {
            // A file that ends inside of a slot has no record left either, so it cannot open.
            let fixed = reader
                .take(row.fixed_len.into())
                .ok_or(Error::corrupt(Corrupt::Slot(row.id)))?
                .to_vec();
            let SlotRow { id, kind, envelope_len, fixed_digest, .. } = row;
            let (envelope, envelope_sum) = (vec![0; envelope_len.into()], [0; 8]);
            slots.push(Slot { id, kind, fixed, fixed_digest, envelope, envelope_sum });
        }
        let mut records = Vec::with_capacity(self.records.len());
        for RecordRow { id, kind, len, nonce, tag } in self.records {
            let ciphertext = usize::try_from(len)
                .ok()
                .and_then(|len| reader.take(len))
                .ok_or(Error::corrupt(Corrupt::Record(id)))?
                .to_vec();
            records.push(Record { id, kind, sealed: SealedBytes { nonce, ciphertext, tag } });
        }
        read_envelopes(&mut slots, reader)?;
        let Self { vault_id, generation, root_tag, .. } = self;
        Ok(Image { vault_id, generation, slots, records, root_tag })
    }
}

impl SlotRow {
    fn parse(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            id: SlotId(reader.array()?),
            kind: reader.u8()?,
            envelope_len: reader.u16().filter(|&len| len <= MAX_ENVELOPE)?,
            fixed_len: reader.u16().filter(|&len| len <= MAX_FIXED)?,
            fixed_digest: reader.array()?,
        })
    }
}

impl RecordRow {
    fn parse(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            id: reader.array()?,
            kind: reader.u8()?,
            len: reader.u32().filter(|&len| len <= MAX_RECORD)?,
            nonce: reader.array()?,
            tag: reader.array()?,
        })
    }
}

/// Envelopes stand last, each with its own sum. They are outside the root tag, so a damaged one
/// costs its slot and nothing else. Where the file ends early, what is missing stays zeros, which no
/// sum fits; a byte too many is an error of the file.
fn read_envelopes(slots: &mut [Slot], mut reader: Reader<'_>) -> Result<(), Error> {
    for slot in slots.iter_mut().filter(|slot| !slot.envelope.is_empty()) {
        let Some(sum) = reader.array() else { return Ok(()) };
        let Some(envelope) = reader.take(slot.envelope.len()) else { return Ok(()) };
        slot.envelope_sum = sum;
        slot.envelope.copy_from_slice(envelope);
    }
    reader.finish().ok_or(Error::corrupt(Corrupt::Envelopes))
}

pub(super) fn envelope_sum(id: SlotId, envelope: &[u8]) -> [u8; 8] {
    let mut covered = id.0.to_vec();
    covered.extend_from_slice(envelope);
    let mut sum = [0; 8];
    sum.iter_mut().zip(sha256(&covered)).for_each(|(to, from)| *to = from);
    sum
}

pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.iter_mut().zip(digest(&SHA256, bytes).as_ref()).for_each(|(to, from)| *to = *from);
    out
}

/// A length as the format counts it; what does not fit is refused by `encode`.
fn len_u16<T>(items: &[T]) -> u16 {
    u16::try_from(items.len()).unwrap_or(u16::MAX)
}

fn len_u32<T>(items: &[T]) -> u32 {
    u32::try_from(items.len()).unwrap_or(u32::MAX)
}
