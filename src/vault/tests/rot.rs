use super::*;

/// What a place of the file belongs to, by `docs/vault-format.md` and not by the code.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Region {
    Magic,
    Version,
    Table,
    RootTag,
    Fixed(SlotId),
    Body([u8; 16]),
    Envelope(SlotId),
}

/// Each region with its length, in the order of the file.
fn regions(image: &Image) -> Vec<(Region, usize)> {
    let rows = 45 * image.slots.len() + 49 * image.records.len();
    let table = 16 + 8 + 2 + 4 + rows + 32;
    let mut regions = vec![
        (Region::Magic, 8),
        (Region::Version, 2),
        (Region::Table, table),
        (Region::RootTag, 32),
    ];
    regions.extend(image.slots.iter().map(|slot| (Region::Fixed(slot.id), slot.fixed.len())));
    let body = |record: &Record| (Region::Body(record.id), record.sealed.ciphertext.len());
    regions.extend(image.records.iter().map(body));
    for slot in image.slots.iter().filter(|slot| !slot.envelope.is_empty()) {
        regions.push((Region::Envelope(slot.id), 8 + slot.envelope.len()));
    }
    regions
}

/// The region of each byte of the file.
fn map(image: &Image) -> Vec<Region> {
    regions(image).into_iter().flat_map(|(region, len)| vec![region; len]).collect()
}

fn corrupt<T>(part: Corrupt) -> Result<T, Error> {
    Err(Error::Corrupt { part })
}

#[test]
fn each_flipped_bit_is_told_by_the_part_it_lies_in() {
    let sample = Sample::new(1);
    let whole = sample.bytes();
    let map = map(&sample.image);
    assert_eq!(map.len(), whole.len());
    for way in [Way::Key, Way::Passphrase] {
        assert_eq!(sample.open(&whole, way), Ok(sample.opened(None)));
        for (at, &region) in map.iter().enumerate() {
            for bit in 0..8 {
                let mut bytes = whole.clone();
                bytes[at] ^= 1 << bit;
                let expected = match (region, way) {
                    (Region::Magic, _) => Err(Error::NotAVault),
                    (Region::Version, _) => {
                        let found = u16::from_be_bytes([bytes[8], bytes[9]]);
                        Err(Error::UnsupportedVersion { found })
                    }
                    (Region::Table, _) => corrupt(Corrupt::Contents),
                    (Region::RootTag, _) => corrupt(Corrupt::RootTag),
                    (Region::Fixed(id), Way::Passphrase) if id == sample.passphrase_slot => {
                        corrupt(Corrupt::Slot(id))
                    }
                    (Region::Fixed(id), _) => Ok(sample.opened(Some((id, SlotPart::Fixed)))),
                    (Region::Body(id), _) => corrupt(Corrupt::Record(id)),
                    (Region::Envelope(id), _) => Ok(sample.opened(Some((id, SlotPart::Envelope)))),
                };
                assert_eq!(sample.open(&bytes, way), expected, "{region:?} {way:?} {at}.{bit}");
            }
        }
    }
}

#[test]
fn each_truncation_is_told_by_the_first_part_that_is_cut() {
    let sample = Sample::new(2);
    let whole = sample.bytes();
    for way in [Way::Key, Way::Passphrase] {
        for (len, &region) in map(&sample.image).iter().enumerate() {
            let expected = match region {
                Region::Magic => Err(Error::NotAVault),
                Region::Version | Region::Table | Region::RootTag => corrupt(Corrupt::Contents),
                Region::Fixed(id) => corrupt(Corrupt::Slot(id)),
                Region::Body(id) => corrupt(Corrupt::Record(id)),
                Region::Envelope(id) => Ok(sample.opened(Some((id, SlotPart::Envelope)))),
            };
            assert_eq!(sample.open(&whole[..len], way), expected, "{region:?} {way:?} {len}");
        }
    }
}

#[test]
fn bytes_that_belong_to_no_slot_are_refused() {
    let sample = Sample::new(3);
    let whole = sample.bytes();
    let envelope_at = map(&sample.image).len() - 32;
    let random = Counted::new(4);
    let mut tails: Vec<Vec<u8>> = (1..=64).map(|len| vec![0; len]).collect();
    tails.extend((1..=64).map(|len| random.array::<64>()[..len].to_vec()));
    // The one envelope a second time; the whole file a second time.
    tails.push(whole[envelope_at..].to_vec());
    tails.push(whole.clone());
    for tail in tails {
        let bytes = [&whole[..], &tail].concat();
        assert_eq!(sample.open(&bytes, Way::Key), corrupt(Corrupt::Envelopes), "{tail:?}");
    }
}

#[test]
fn a_damaged_slot_is_kept_as_it_is_until_it_is_made_anew() {
    let sample = Sample::new(5);
    let mut bytes = sample.bytes();
    let fixed_at = map(&sample.image).iter().position(|r| *r == Region::Fixed(sample.unused_slot));
    bytes[fixed_at.unwrap()] ^= 1;
    let disk = MemoryDisk::holding(bytes);
    let file = VaultFile::on(disk.clone());
    let vault = read(&file).unwrap().open_with_key(Arc::clone(&sample.key)).unwrap();
    let remove = |draft: &mut Draft<'_>| draft.remove(sample.entries[0].0);
    vault.commit(&file, &Counted::new(6), remove).unwrap();

    let after = sample.open(&disk.bytes(), Way::Passphrase).unwrap();
    assert_eq!(after.entries, sample.entries[1..]);
    let damage = sample.opened(Some((sample.unused_slot, SlotPart::Fixed)));
    assert_eq!(after.report, damage.report);
}

#[test]
fn of_two_envelopes_each_is_damaged_alone() {
    let sample = Sample::new(7);
    let mut image = sample.image.clone();
    for (slot, len) in image.slots.iter_mut().zip([100, 30]) {
        slot.envelope = vec![slot.kind; len];
        slot.envelope_sum = layout::envelope_sum(slot.id, &slot.envelope);
    }
    image.root_tag = root_tag(&sample.key, &image).unwrap();
    let whole = image.encode().unwrap();
    for (at, region) in map(&image).into_iter().enumerate() {
        let Region::Envelope(id) = region else { continue };
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        let expected = sample.opened(Some((id, SlotPart::Envelope)));
        assert_eq!(sample.open(&bytes, Way::Key), Ok(expected));
    }
}
