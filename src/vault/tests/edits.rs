//! Whoever edits the file can make every unkeyed sum anew, and still changes nothing unnoticed.

use super::*;

/// The sum over the table stands before the root tag.
fn sum_at(image: &Image) -> usize {
    image.contents().len()
}

/// Edits that change the table. `encode` makes every sum anew, the root tag stays the true one's.
fn forged(sample: &Sample, other: &Sample) -> Vec<(&'static str, Image)> {
    let [first, hotp, last] = sample.entry_places();
    let edit = |change: &dyn Fn(&mut Image)| {
        let mut image = sample.image.clone();
        change(&mut image);
        image
    };
    let swap = |image: &mut Image, a: usize, b: usize| {
        let (a_id, b_id) = (image.records[a].id, image.records[b].id);
        image.records.swap(a, b);
        (image.records[a].id, image.records[b].id) = (a_id, b_id);
    };
    let place = |id| sample.image.slots.iter().position(|slot| slot.id == id).unwrap();
    let passphrase_slot = place(sample.passphrase_slot);
    let unused = place(sample.unused_slot);
    let foreign_slot = || {
        let theirs = other.image.slots.iter().find(|slot| slot.id == other.passphrase_slot);
        theirs.unwrap().clone()
    };
    vec![
        ("two entries exchanged", edit(&|image| swap(image, first, last))),
        ("an entry and a HOTP entry exchanged", edit(&|image| swap(image, first, hotp))),
        (
            "an older record put back, row and body",
            edit(&|image| image.records[first] = sample.older.records[first].clone()),
        ),
        (
            "a record of another vault",
            edit(&|image| image.records[first].sealed = other.image.records[0].sealed.clone()),
        ),
        ("a record removed", edit(&|image| drop(image.records.remove(hotp)))),
        (
            "a record twice under two IDs",
            edit(&|image| {
                let mut copy = image.records[first].clone();
                copy.id = [0xff; 16];
                image.records.push(copy);
            }),
        ),
        ("a record of another kind", edit(&|image| image.records[first].kind = 2)),
        ("another generation", edit(&|image| image.generation += 1)),
        ("another vault's ID", edit(&|image| image.vault_id = other.image.vault_id)),
        (
            "another vault's slot in the place of ours",
            edit(&|image| {
                let id = image.slots[passphrase_slot].id;
                image.slots[passphrase_slot] = Slot { id, ..foreign_slot() };
            }),
        ),
        (
            "another vault's slot beside ours",
            edit(&|image| {
                image.slots.push(foreign_slot());
                image.slots.sort_by_key(|slot| slot.id);
            }),
        ),
        ("a slot removed", edit(&|image| drop(image.slots.remove(unused)))),
        ("a slot of another kind", edit(&|image| image.slots[unused].kind = 4)),
        (
            "another fixed part",
            edit(&|image| {
                let slot = &mut image.slots[unused];
                slot.fixed = vec![1];
                slot.fixed_digest = sha256(&slot.fixed);
            }),
        ),
        ("no envelope where there is one", edit(&|image| image.slots[unused].envelope.clear())),
    ]
}

#[test]
fn an_edited_table_is_refused_with_the_sums_made_anew_and_without() {
    let (sample, other) = (Sample::new(1), Sample::new(2));
    let whole = sample.bytes();
    let true_sum = &whole[sum_at(&sample.image)..][..32];
    for (name, image) in forged(&sample, &other) {
        let mut bytes = image.encode().unwrap();
        let expected = Err(Error::corrupt(Corrupt::RootTag));
        for way in [Way::Key, Way::Passphrase] {
            assert_eq!(sample.open(&bytes, way), expected, "{name}, {way:?}");
        }
        bytes[sum_at(&image)..][..32].copy_from_slice(true_sum);
        let expected = Err(Error::corrupt(Corrupt::Contents));
        assert_eq!(sample.open(&bytes, Way::Key), expected, "{name}, with the old sum");
    }
}

#[test]
fn rows_out_of_order_or_twice_are_no_table() {
    let sample = Sample::new(1);
    let [first, _, last] = sample.entry_places();
    let mut images = vec![sample.image.clone(); 4];
    images[0].records.swap(first, last);
    images[1].slots.swap(0, 1);
    images[2].records[1].id = images[2].records[0].id;
    images[3].slots[1].id = images[3].slots[0].id;
    for image in images {
        let opened = sample.open(&image.encode().unwrap(), Way::Key);
        assert_eq!(opened, Err(Error::corrupt(Corrupt::Contents)));
    }
}

#[test]
fn bodies_that_are_not_the_tables_are_refused_by_their_record() {
    let sample = Sample::new(1);
    let [first, _, last] = sample.entry_places();
    let refused = |image: &Image, at: usize| {
        let expected = Err(Error::corrupt(Corrupt::Record(sample.image.records[at].id)));
        assert_eq!(sample.open(&image.encode().unwrap(), Way::Key), expected);
    };
    // Two bodies exchanged.
    let mut image = sample.image.clone();
    let (a, b) = (&sample.image.records[first].sealed, &sample.image.records[last].sealed);
    assert_eq!(a.ciphertext.len(), b.ciphertext.len());
    image.records[first].sealed.ciphertext = b.ciphertext.clone();
    image.records[last].sealed.ciphertext = a.ciphertext.clone();
    refused(&image, first.min(last));
    // An older body put back.
    let mut image = sample.image.clone();
    let older = &sample.older.records[first].sealed.ciphertext;
    image.records[first].sealed.ciphertext = older.clone();
    refused(&image, first);
    // The older table, tag included, over the newer bodies.
    let mut image = sample.older.clone();
    let newer = &sample.image.records[first].sealed.ciphertext;
    image.records[first].sealed.ciphertext = newer.clone();
    refused(&image, first);
}

#[test]
fn the_newer_table_under_the_older_root_tag_is_refused() {
    let sample = Sample::new(1);
    let image = Image { root_tag: sample.older.root_tag, ..sample.image.clone() };
    let opened = sample.open(&image.encode().unwrap(), Way::Key);
    assert_eq!(opened, Err(Error::corrupt(Corrupt::RootTag)));
}

#[test]
fn a_seal_fits_its_own_vault_id_and_kind_alone_whatever_the_root_tag_says() {
    let sample = Sample::new(1);
    let [first, _, last] = sample.entry_places();
    let mut images = vec![sample.image.clone(); 3];
    images[0].records[first].sealed = sample.image.records[last].sealed.clone();
    images[1].records[first].kind = 2;
    images[2].vault_id = [7; 16];
    for (at, image) in [first, first, 0].into_iter().zip(&mut images) {
        // A root tag as a faulty holder of the key would make it.
        image.root_tag = root_tag(&sample.key, image).unwrap();
        let expected = Err(Error::corrupt(Corrupt::Record(image.records[at].id)));
        assert_eq!(sample.open(&image.encode().unwrap(), Way::Key), expected);
    }
}

#[test]
fn an_envelope_may_be_exchanged_and_one_without_its_sum_is_told() {
    let sample = Sample::new(1);
    let unused = sample.image.slots.iter().position(|slot| slot.id == sample.unused_slot).unwrap();
    let mut image = sample.image.clone();
    image.slots[unused].envelope = vec![5; 24];
    image.slots[unused].envelope_sum = layout::envelope_sum(sample.unused_slot, &[5; 24]);
    let opened = sample.open(&image.encode().unwrap(), Way::Passphrase);
    assert_eq!(opened, Ok(sample.opened(None)));
    image.slots[unused].envelope_sum = [0; 8];
    let damage = Some((sample.unused_slot, SlotPart::Envelope));
    let opened = sample.open(&image.encode().unwrap(), Way::Passphrase);
    assert_eq!(opened, Ok(sample.opened(damage)));
}

#[test]
fn a_slot_that_cannot_be_tried_blocks_no_other_and_leaves_no_passphrase_called_wrong() {
    let sample = Sample::new(1);
    let second = || Passphrase::new(b"another passphrase").unwrap();
    let kdf = KdfParams::new(8, 1, 1).unwrap();
    let slot = passphrase::wrap(&sample.key, &second(), kdf, &Counted::new(2)).unwrap();
    let (first_id, second_id) = (sample.passphrase_slot, slot.id);
    let mut two = sample.image.clone();
    two.slots.push(slot);
    two.slots.sort_by_key(|slot| slot.id);
    let open = |image: &Image, passphrase: &Passphrase| {
        let sealed = read(&VaultFile::on(MemoryDisk::holding(image.encode().unwrap()))).unwrap();
        sealed.open_with_passphrase(passphrase).map(|vault| plaintexts(&vault))
    };
    // Bit rot; and, as a later version might write it, a cost over the cap and another layout.
    let rot: fn(&mut Slot) = |slot| slot.fixed[0] ^= 1;
    let cost: fn(&mut Slot) = |slot| {
        slot.fixed[16] = 1;
        slot.fixed_digest = sha256(&slot.fixed);
    };
    let layout: fn(&mut Slot) = |slot| *slot = Slot::new(slot.id, slot.kind, vec![0; 12]);
    for (id, ours, theirs) in
        [(first_id, passphrase(), second()), (second_id, second(), passphrase())]
    {
        let slot = Error::corrupt(Corrupt::Slot(id));
        for (damage, error) in [(rot, slot), (cost, Error::KdfOutOfRange), (layout, slot)] {
            let mut image = two.clone();
            damage(image.slots.iter_mut().find(|slot| slot.id == id).unwrap());
            image.root_tag = root_tag(&sample.key, &image).unwrap();
            assert_eq!(open(&image, &theirs).as_ref(), Ok(&sample.entries));
            assert_eq!(open(&image, &ours), Err(error));
        }
    }
}
