//! The whole file exchanged for another.

use std::sync::Arc;

use super::*;

#[test]
fn an_older_whole_file_opens_where_no_generation_is_anchored_as_on_a_pc() {
    let sample = Sample::new(1);
    let opened = sample.open(&sample.older.encode().unwrap(), Way::Passphrase).unwrap();
    let ids = |entries: &[Sealed]| entries.iter().map(|entry| entry.0).collect::<Vec<_>>();
    assert_eq!(ids(&opened.entries), ids(&sample.entries));
    assert_ne!(opened.entries[0], sample.entries[0], "the older name is back");
    assert_eq!(opened.entries[1..], sample.entries[1..]);
}

#[test]
fn a_process_that_saw_the_newer_file_refuses_the_older_and_changes_nothing() {
    let sample = Sample::new(1);
    let disk = MemoryDisk::holding(sample.bytes());
    let file = VaultFile::on(disk.clone());
    let vault = read(&file).unwrap().open_with_key(Arc::clone(&sample.key)).unwrap();
    assert!(vault.refreshed(&file).unwrap().is_none());

    // Another change under the same generation number.
    let mut fork = sample.image.clone();
    fork.records.pop();
    fork.root_tag = root_tag(&sample.key, &fork).unwrap();
    let other = Sample::new(2);
    for (image, error) in [
        (&sample.older, Error::RolledBack),
        (&fork, Error::RolledBack),
        (&other.image, Error::Replaced),
    ] {
        let bytes = image.encode().unwrap();
        disk.put(bytes.clone());
        assert_eq!(vault.refreshed(&file).err(), Some(error));
        let remove = |draft: &mut Draft<'_>| draft.remove(sample.entries[0].0);
        assert_eq!(vault.commit(&file, &Counted::new(3), remove).err(), Some(error));
        assert_eq!(disk.bytes(), bytes);
    }
}

#[test]
fn an_envelope_that_changed_while_the_vault_was_open_is_taken_over() {
    let sample = Sample::new(1);
    let disk = MemoryDisk::holding(sample.bytes());
    let file = VaultFile::on(disk.clone());
    let vault = read(&file).unwrap().open_with_key(Arc::clone(&sample.key)).unwrap();

    let at = sample.image.slots.iter().position(|slot| slot.id == sample.unused_slot).unwrap();
    let mut image = sample.image.clone();
    image.slots[at].envelope = b"one try used of ten.....".to_vec();
    image.slots[at].envelope_sum =
        layout::envelope_sum(sample.unused_slot, &image.slots[at].envelope);
    disk.put(image.encode().unwrap());
    let remove = |draft: &mut Draft<'_>| draft.remove(sample.entries[0].0);
    let (vault, ()) = vault.commit(&file, &Counted::new(3), remove).unwrap();

    assert_eq!(vault.image.slots[at].envelope, b"one try used of ten.....");
    assert!(Image::parse(&disk.bytes()).unwrap() == vault.image);
    assert_eq!(vault.image.generation, sample.image.generation + 1);
}
