//! The vault against rot, and against whoever edits its file without the key.
#![allow(clippy::arithmetic_side_effects, reason = "a test that overflows fails")]

mod edits;
mod history;
mod later;
mod limits;
mod memory;
mod pending;
mod rot;
mod seals;
mod slots;

use super::*;
use crate::{
    credential::{
        CredentialId, Generator, Keys, Label, Names, NewCredential, Origin, Policy, RequestId, Seed,
    },
    otp::{Algorithm, Digits, totp::Steps},
    secret::Secret,
};
use memory::{Counted, MemoryDisk};

const PASSPHRASE: &str = "correct horse battery staple";

/// A vault with all that the format knows and some that it does not, and the key to it: one cheap
/// passphrase slot, an unused slot of a later kind with an envelope, three entries, an entry of a
/// later layout, and records of kinds that are only assigned or unknown.
struct Sample {
    key: Arc<DataKey>,
    passphrase_slot: SlotId,
    unused_slot: SlotId,
    /// One generation earlier: the first entry had another name, of the same length.
    older: Image,
    image: Image,
    entries: Vec<Sealed>,
}

/// An entry as its plaintext, for comparison.
type Sealed = (EntryId, Vec<u8>);

/// What came of opening a file.
#[derive(Debug, PartialEq)]
struct Opened {
    entries: Vec<Sealed>,
    report: UnlockReport,
}

#[derive(Debug, Clone, Copy)]
enum Way {
    /// With the data key itself, at no cost.
    Key,
    Passphrase,
}

impl Sample {
    fn new(seed: u64) -> Self {
        let random = Counted::new(seed);
        let file = VaultFile::on(MemoryDisk::default());
        let kdf = KdfParams::new(8, 1, 1).unwrap();
        let vault = create(&file, &passphrase(), kdf, &random).unwrap();
        let put_all = |draft: &mut Draft<'_>| {
            (0..3).try_for_each(|rank| {
                let id = draft.new_id()?;
                draft.put(&credential(id, rank))
            })
        };
        let (vault, ()) = vault.commit(&file, &random, put_all).unwrap();

        let mut older = vault.image.clone();
        let passphrase_slot = older.slots[0].id;
        let unused_slot = SlotId(random.array());
        let mut unused = Slot::new(unused_slot, 9, random.array::<40>().to_vec());
        unused.envelope = random.array::<24>().to_vec();
        unused.envelope_sum = layout::envelope_sum(unused_slot, &unused.envelope);
        older.slots.push(unused);
        older.slots.sort_by_key(|slot| slot.id);
        for (kind, plaintext) in [
            (entry::KIND, &b"\x02 the layout of a later entry"[..]),
            (2, b"a pending enrolment"),
            (3, b""),
            (0x7f, b"something else"),
        ] {
            let id = random.array();
            let aad = older.record_aad(id, kind);
            let plaintext = zeroize::Zeroizing::new(plaintext.to_vec());
            let sealed = seal::seal(vault.data_key.secret(), &aad, plaintext, &random).unwrap();
            older.records.push(Record { id, kind, sealed });
        }
        older.records.sort_by_key(|record| record.id);
        older.root_tag = root_tag(&vault.data_key, &older).unwrap();

        let file = VaultFile::on(MemoryDisk::holding(older.encode().unwrap()));
        let vault = read(&file).unwrap().open_with_key(Arc::clone(&vault.data_key)).unwrap();
        let rename = |draft: &mut Draft<'_>| {
            let mut first = draft.entries()?.remove(0);
            first.content.names.account = Label::new("bank 0, renamed").ok();
            draft.put(&first)
        };
        let (vault, ()) = vault.commit(&file, &random, rename).unwrap();
        let entries = plaintexts(&vault);
        let OpenVault { data_key: key, image, .. } = vault;
        Self { key, passphrase_slot, unused_slot, older, image, entries }
    }

    fn bytes(&self) -> Vec<u8> {
        self.image.encode().unwrap()
    }

    fn open(&self, bytes: &[u8], way: Way) -> Result<Opened, Error> {
        let vault = read(&VaultFile::on(MemoryDisk::holding(bytes.to_vec())))?;
        let vault = match way {
            Way::Key => vault.open_with_key(Arc::clone(&self.key))?,
            Way::Passphrase => vault.open_with_passphrase(&passphrase())?,
        };
        Ok(Opened { entries: plaintexts(&vault), report: vault.report()? })
    }

    /// What opening the file must give, but for a slot that is damaged.
    fn opened(&self, damaged: Option<(SlotId, SlotPart)>) -> Opened {
        let damaged_slots = damaged
            .map(|(id, part)| {
                let unused = id == self.unused_slot;
                let kind = if unused { SlotKind::Other(9) } else { SlotKind::Passphrase };
                DamagedSlot { id, kind, part }
            })
            .into_iter()
            .collect();
        let report = UnlockReport { damaged_slots, kept_unread: 4, pin_count_stays: false };
        Opened { entries: self.entries.clone(), report }
    }

    /// The places of the three entries among the records.
    fn entry_places(&self) -> [usize; 3] {
        let place = |entry: &Sealed| {
            self.image.records.iter().position(|record| record.id == entry.0.0).unwrap()
        };
        [&self.entries[0], &self.entries[1], &self.entries[2]].map(place)
    }
}

fn plaintexts(vault: &OpenVault) -> Vec<Sealed> {
    let entries = vault.entries().unwrap();
    entries.iter().map(|entry| (entry.id, entry::encode(entry).to_vec())).collect()
}

fn passphrase() -> Passphrase {
    Passphrase::new(PASSPHRASE.as_bytes()).unwrap()
}

/// Entries 0 and 2 have plaintexts of one length, so that their bodies can be exchanged.
fn credential(id: EntryId, rank: u32) -> Credential {
    let seed = |bytes: &[u8]| Seed::new(Secret::copy_of(bytes)).unwrap();
    let names = Names {
        issuer: Label::new("割符信用金庫").ok(),
        account: Label::new(&format!("bank {rank}, account")).ok(),
        credential_id: CredentialId::new(&format!("WRFU0000000{rank}")).ok(),
    };
    let (algorithm, digits) = (Algorithm::Sha1, Digits::EIGHT);
    let is_hotp = rank == 1;
    let generator = if is_hotp {
        Generator::Hotp { algorithm, digits, counter: 7 }
    } else {
        Generator::Totp { algorithm, digits, steps: Steps::default() }
    };
    // The key of RFC 6238, appendix B, and all three purposes.
    let code = seed(b"12345678901234567890");
    let keys = Keys { code, sign: Some(seed(&[2; 32])), device: Some(seed(&[3; 32])) };
    let last_request = is_hotp.then_some(RequestId([9; 16]));
    let policy = Policy::default();
    let content =
        NewCredential { names, keys, generator, origin: Origin::Otpauth, policy, service: None };
    Credential { id, rank, last_request, content }
}
