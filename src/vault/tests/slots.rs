//! Slots and what is left of slots, in vaults that the facade does not make.

use std::{
    collections::BTreeMap,
    pin::pin,
    task::{Context, Poll, Waker},
};

use super::*;
use crate::{
    time::{BootId, DeviceTime, UnixMillis, Uptime},
    vault::{Keys, Stop},
};

/// A key store in memory. Each key is a number of its own, and a wrap is the bytes behind it.
#[derive(Default)]
struct Store {
    keys: BTreeMap<KeyName, u8>,
    made: u8,
}

impl Store {
    fn act(&mut self, errand: KeyErrand) -> KeyAnswer {
        let missing = KeyAnswer::Refused(KeyRefusal::Missing);
        match errand {
            KeyErrand::Create { key, .. } => {
                self.made += 1;
                self.keys.insert(key, self.made);
                KeyAnswer::Done
            }
            KeyErrand::Find { key } => {
                if self.keys.contains_key(&key) {
                    KeyAnswer::Done
                } else {
                    missing
                }
            }
            KeyErrand::Wrap { key, plaintext } => self.keys.get(&key).map_or(missing, |&key| {
                KeyAnswer::Bytes(Secret::copy_of(&[&[key], plaintext.expose()].concat()))
            }),
            KeyErrand::Unwrap { key, wrapped } => match self.keys.get(&key) {
                Some(&key) if wrapped[0] == key => KeyAnswer::Bytes(Secret::copy_of(&wrapped[1..])),
                Some(_) => KeyAnswer::Refused(KeyRefusal::Unavailable),
                None => missing,
            },
            KeyErrand::Delete { key } => {
                self.keys.remove(&key);
                KeyAnswer::Done
            }
            KeyErrand::ReadAnchor { .. } => KeyAnswer::Anchor(None),
            KeyErrand::RaiseAnchor { .. } => KeyAnswer::Done,
            KeyErrand::Mac { .. } => unreachable!("no slot here asks for it"),
        }
    }

    fn run<T>(&mut self, work: impl AsyncFnOnce(&Keys) -> T) -> T {
        let keys = Keys::new(DeviceTime {
            wall: UnixMillis::from_secs(2_000_000_000),
            uptime: Uptime(1),
            boot: BootId([1; 16]),
        });
        let mut work = pin!(work(&keys));
        loop {
            if let Poll::Ready(ended) = work.as_mut().poll(&mut Context::from_waker(Waker::noop()))
            {
                return ended;
            }
            let Some(Stop::Ask(errand)) = keys.mailbox().stopped_at() else { panic!("it waits") };
            keys.mailbox().put_answer(Some(self.act(errand)));
        }
    }
}

/// A vault with `count` device slots, and the key store that has their keys.
fn with_device_slots(count: usize) -> (VaultFile, Store, Vec<SlotId>) {
    let file = VaultFile::on(MemoryDisk::default());
    let (mut store, random) = (Store::default(), Counted::new(3));
    let vault = store.run(async |keys| create_with_device(&file, keys, &random).await).unwrap();
    let (vault, ()) = (1..count).fold((vault, ()), |(vault, ()), _| {
        let (id, key) = (vault.image.vault_id, &vault.data_key);
        let made =
            store.run(async |keys| platform::wrap(keys, id, key, KeyGate::Device, &random).await);
        let put = |draft: &mut Draft<'_>| {
            draft.image.slots.push(made.unwrap());
            draft.image.slots.sort_by_key(|slot| slot.id);
            Ok(())
        };
        vault.commit(&file, &random, put).unwrap()
    });
    let ids = vault.slots().iter().map(|slot| slot.id).collect();
    (file, store, ids)
}

fn open(file: &VaultFile, store: &mut Store) -> Result<OpenVault, Error> {
    let opened = store.run(async |keys| open_with(file, keys, &UnlockWith::Device).await);
    opened.map(|(vault, _)| vault)
}

#[test]
fn of_several_slots_of_a_kind_any_that_has_its_key_opens() {
    let ids = with_device_slots(3).2;
    for alive in ids {
        let (file, mut store, _) = with_device_slots(3);
        store.keys.retain(|key, _| key.slot == alive);
        let opened = open(&file, &mut store);
        assert!(opened.is_ok(), "{alive:?}: {:?}", opened.err());
    }
    let (file, mut store, _) = with_device_slots(3);
    store.keys.clear();
    let opened = open(&file, &mut store);
    assert_eq!(opened.err(), Some(Error::RestoredOnAnotherDevice));
}

#[test]
fn a_slot_made_in_the_place_of_several_condemns_the_keys_of_all() {
    let (file, mut store, ids) = with_device_slots(3);
    let random = Counted::new(4);
    let vault = open(&file, &mut store).unwrap();
    let made = store.run(async |keys| vault.make_slot(keys, &NewSlot::Device, &random).await);
    let made = made.unwrap();
    let (vault, ()) = vault.commit(&file, &random, |draft| draft.replace_kind(made)).unwrap();
    let condemned: Vec<_> = vault.condemned_keys().unwrap().iter().map(|key| key.slot).collect();
    assert_eq!(condemned, ids);
}

#[test]
fn a_damaged_row_does_not_hide_the_key_that_its_slot_was_made_with() {
    let (_, _, ids) = with_device_slots(1);
    for damage in [3, 5] {
        // The lowest byte of the number, and of the length.
        let (file, mut store, _) = with_device_slots(1);
        let mut vault = open(&file, &mut store).unwrap();
        vault.image.slots[0].fixed[damage] ^= 3;
        let keys = vault.image.keys_of(&vault.image.slots[0]);
        assert!(keys.iter().any(|key| (key.slot, key.number) == (ids[0], 1)), "{keys:?}");
    }
}

#[test]
fn a_slot_with_an_id_that_is_taken_replaces_nothing() {
    let (file, mut store, _) = with_device_slots(1);
    let vault = open(&file, &mut store).unwrap();
    let make = |store: &mut Store, kind: NewSlot| {
        store.run(async |keys| vault.make_slot(keys, &kind, &Counted::new(4)).await).unwrap()
    };
    let (first, twin) = (make(&mut store, NewSlot::Device), make(&mut store, NewSlot::Biometric));
    assert_eq!(first.id(), twin.id());
    let random = Counted::new(5);
    let (vault, ()) = vault.commit(&file, &random, |draft| draft.replace_kind(first)).unwrap();
    let refused = vault.commit(&file, &random, |draft| draft.replace_kind(twin));
    assert_eq!(refused.err(), Some(Error::Random));
}

#[test]
fn a_list_of_condemned_keys_of_a_later_layout_is_kept_and_counted_as_unread() {
    let (file, mut store, _) = with_device_slots(1);
    let random = Counted::new(4);
    let vault = open(&file, &mut store).unwrap();
    let key = KeyName { vault: vault.image.vault_id, slot: SlotId([7; 8]), number: 1 };
    let (vault, ()) = vault
        .commit(&file, &random, |draft| {
            let (id, kind) = ([8; 16], condemned::KIND);
            let aad = draft.image.record_aad(id, kind);
            let list = zeroize::Zeroizing::new(vec![2, 1, 1, 1]);
            let sealed = seal::seal(draft.data_key.secret(), &aad, list, &random)?;
            draft.put_record(Record { id, kind, sealed }, 10)?;
            draft.condemn(&[key])
        })
        .unwrap();
    assert_eq!(vault.condemned_keys(), Ok(vec![key]));
    assert_eq!(vault.report().unwrap().kept_unread, 1);
    let (vault, ()) = vault.commit(&file, &random, |draft| draft.forget_condemned(&[key])).unwrap();
    assert_eq!(vault.condemned_keys(), Ok(vec![]));
    assert!(vault.image.records.iter().any(|record| record.id == [8; 16]));
}

#[test]
fn a_vault_full_of_entries_can_still_have_its_slots_changed() {
    let (file, mut store, _) = with_device_slots(1);
    let random = Counted::new(4);
    let vault = open(&file, &mut store).unwrap();
    let fill = |draft: &mut Draft<'_>| {
        (0..).try_for_each(|rank| match draft.put(&credential(draft.new_id()?, rank)) {
            Err(Error::TooLarge) => Err(None),
            other => other.map_err(Some),
        })
    };
    let (vault, ()) = vault
        .commit(&file, &random, |draft| match fill(draft) {
            Err(None) => Ok(()),
            Err(Some(error)) => Err(error),
            Ok(()) => unreachable!(),
        })
        .unwrap();
    let made = store.run(async |keys| vault.make_slot(keys, &NewSlot::Device, &random).await);
    let made = made.unwrap();
    let changed = vault.commit(&file, &random, |draft| draft.replace_kind(made));
    assert!(changed.is_ok(), "{:?}", changed.err());
}
