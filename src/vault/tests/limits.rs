//! What a file may ask for, and what is refused before any work is done for it.

use super::{layout::MAX_FILE, *};

fn opened(bytes: &[u8]) -> Result<(), Error> {
    read(&VaultFile::on(MemoryDisk::holding(bytes.to_vec()))).map(drop)
}

fn corrupt(part: Corrupt) -> Result<(), Error> {
    Err(Error::Corrupt { part })
}

/// The table's sum made anew over its first `covered` bytes.
fn resummed(bytes: &[u8], covered: usize) -> Vec<u8> {
    [&bytes[..covered], &sha256(&bytes[..covered]), &bytes[covered + 32..]].concat()
}

#[test]
fn what_is_no_vault_of_this_version_is_told_apart() {
    let whole = Sample::new(1).bytes();
    assert_eq!(opened(b""), Err(Error::NotAVault));
    assert_eq!(opened(b"\x89PNG\r\n\x1a\n and so on"), Err(Error::NotAVault));
    for version in [0, 2, 0x0100, u16::MAX] {
        let mut later = whole.clone();
        later[8..10].copy_from_slice(&version.to_be_bytes());
        // A later version may look like anything behind its number.
        for bytes in [&later[..], &later[..10]] {
            assert_eq!(opened(bytes), Err(Error::UnsupportedVersion { found: version }));
        }
    }
    assert_eq!(read(&VaultFile::on(MemoryDisk::default())).err(), Some(Error::NotFound));
}

#[test]
fn a_file_beyond_16_mib_is_refused_and_not_read_to_its_end() {
    assert_eq!(opened(&vec![0; MAX_FILE]), Err(Error::NotAVault));
    assert_eq!(opened(&vec![0; MAX_FILE + 1]), Err(Error::TooLarge));
    // Far more than could be held in memory, had it been read.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge");
    std::fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
    assert_eq!(read(&VaultFile::new(&path)).err(), Some(Error::TooLarge));
}

#[test]
fn counts_and_lengths_without_the_bytes_behind_them_are_no_table() {
    let whole = Sample::new(1).bytes();
    let counts = [(8, 0), (9, 0), (u16::MAX, 0), (0, 16_384), (0, 16_385), (0, u32::MAX)];
    for (slots, records) in counts {
        let mut bytes = whole[..40].to_vec();
        bytes[34..36].copy_from_slice(&slots.to_be_bytes());
        bytes[36..40].copy_from_slice(&records.to_be_bytes());
        assert_eq!(opened(&bytes), corrupt(Corrupt::Contents), "{slots} {records}");
        let longer = [&bytes[..], &[0; 4096]].concat();
        assert_eq!(opened(&longer), corrupt(Corrupt::Contents), "{slots} {records}");
    }
}

#[test]
fn lengths_in_the_table_are_bounded_and_ask_for_no_memory_that_the_file_lacks() {
    let sample = Sample::new(1);
    let whole = sample.bytes();
    let covered = sample.image.contents().len();
    let (first_slot, first_record) = (40, 40 + 2 * 45);
    let (slot, record) = (sample.image.slots[0].id, sample.image.records[0].id);
    for (len, part) in [(4_096, Corrupt::Slot(slot)), (4_097, Corrupt::Contents)] {
        let mut bytes = whole.clone();
        bytes[first_slot + 11..][..2].copy_from_slice(&u16::to_be_bytes(len));
        assert_eq!(opened(&resummed(&bytes, covered)), corrupt(part), "{len}");
    }
    for (len, part) in [
        (65_536, Corrupt::Record(record)),
        (65_537, Corrupt::Contents),
        (u32::MAX, Corrupt::Contents),
    ] {
        let mut bytes = whole.clone();
        bytes[first_record + 17..][..4].copy_from_slice(&u32::to_be_bytes(len));
        assert_eq!(opened(&resummed(&bytes, covered)), corrupt(part), "{len}");
    }
}

#[test]
fn a_cost_over_the_cap_is_refused_before_any_work() {
    let sample = Sample::new(1);
    let at = sample.image.slots.iter().position(|slot| slot.id == sample.passphrase_slot).unwrap();
    for (memory, passes, lanes) in [
        (u32::MAX, 1, 1),  // 4 TiB
        (8, u32::MAX, 1),  // an hour and more
        (262_145, 10, 16), // one KiB too much
        (8, 11, 1),
        (1_024, 1, 17),
        (7, 1, 1), // less than Argon2 can do
        (8, 0, 1),
        (8, 1, 0),
    ] {
        let mut image = sample.image.clone();
        let mut fixed = image.slots[at].fixed.clone();
        for (number, bytes) in [memory, passes, lanes].into_iter().zip(fixed[16..].chunks_mut(4)) {
            bytes.copy_from_slice(&u32::to_be_bytes(number));
        }
        image.slots[at] = Slot::new(sample.passphrase_slot, passphrase::KIND, fixed);
        let opened = sample.open(&image.encode().unwrap(), Way::Passphrase);
        assert_eq!(opened, Err(Error::KdfOutOfRange), "{memory} {passes} {lanes}");
    }
}

#[test]
fn a_passphrase_slot_of_another_length_is_damaged() {
    let sample = Sample::new(1);
    let id = sample.passphrase_slot;
    let at = sample.image.slots.iter().position(|slot| slot.id == id).unwrap();
    for len in [0, 87, 89] {
        let mut image = sample.image.clone();
        let mut fixed = image.slots[at].fixed.clone();
        fixed.resize(len, 0);
        image.slots[at] = Slot::new(id, passphrase::KIND, fixed);
        let opened = sample.open(&image.encode().unwrap(), Way::Passphrase);
        assert_eq!(opened, Err(Error::corrupt(Corrupt::Slot(id))), "{len}");
    }
}

#[test]
fn one_more_than_the_bounds_is_neither_written_nor_read() {
    let sample = Sample::new(1);
    let random = Counted::new(2);
    let mut images = vec![sample.image.clone(); 5];
    let more = || Slot::new(SlotId(random.array()), 9, vec![]);
    images[0].slots.extend((0..7).map(|_| more()));
    let record = images[1].records[0].clone();
    images[1].records.resize_with(16_385, || Record { id: random.array(), ..record.clone() });
    images[2].slots[0].fixed.resize(4_097, 0);
    images[3].records[0].sealed.ciphertext.resize(65_537, 0);
    images[4].slots[0].envelope.resize(4_097, 0);
    for (place, mut image) in images.into_iter().enumerate() {
        image.slots.sort_by_key(|slot| slot.id);
        image.records.sort_by_key(|record| record.id);
        assert_eq!(image.encode(), Err(Error::TooLarge), "{place}");

        let table = image.contents();
        let mut bytes = [&table[..], &sha256(&table), &image.root_tag].concat();
        image.slots.iter().for_each(|slot| bytes.extend(&slot.fixed));
        image.records.iter().for_each(|record| bytes.extend(&record.sealed.ciphertext));
        assert_eq!(opened(&bytes), corrupt(Corrupt::Contents), "{place}");
    }
}
