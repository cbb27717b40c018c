//! A removal that ends in the middle.

use std::fs;

use warifu::{
    token::{Errand, Error, Outcome, Step, Token},
    vault::{self, NewSlot, PinHardware, SlotKind, UnlockWith},
};

use super::keystore::{
    phone::{Phone, WRONG, pin, slot_of},
    wire::Refusal,
};

/// How the removal ends at its errand.
#[derive(Debug, Clone, Copy)]
enum Cut {
    /// The process dies before the key store did it, or after.
    Crash { done: bool },
    /// The key store refuses it, having done it or not.
    Refused { done: bool },
}

const CUTS: [Cut; 4] = [
    Cut::Crash { done: false },
    Cut::Crash { done: true },
    Cut::Refused { done: false },
    Cut::Refused { done: true },
];

#[test]
fn a_removal_that_ends_at_any_errand_is_finished_by_the_next_unlock_or_the_same_call() {
    // One more than there may be keys: the slot that stays is asked whether it opens.
    for (kind, errands) in [(SlotKind::Pin, 5), (SlotKind::Biometric, 2)] {
        for cut in CUTS {
            let mut at = 1;
            while removed_with_a_cut(kind, cut, at) {
                at += 1;
            }
            assert_eq!(at, errands + 1, "{kind:?}");
        }
    }
}

/// False if the removal has fewer errands.
fn removed_with_a_cut(kind: SlotKind, cut: Cut, at: usize) -> bool {
    let (mut phone, token) = phone_with(kind);
    let flow = token.slots().remove(slot_of(&token, kind), phone.now);
    let (mut errands, mut step) = (0, phone.step(&flow));
    while let Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) = step {
        errands += 1;
        if errands == at {
            match cut {
                Cut::Crash { done } => {
                    if done {
                        phone.store.act(&errand);
                    }
                    break;
                }
                Cut::Refused { done } => phone.store.refuse_next(Refusal::Unavailable, done),
            }
        }
        let answer = phone.store.act(&errand);
        step = phone.answer(&flow, ticket, answer);
    }
    drop((flow, token));
    if errands < at {
        assert_that_nothing_is_left_of(kind, &mut phone);
        return false;
    }
    let token = phone.open();
    assert!(phone.unlock(&token, UnlockWith::Device).is_ok(), "{cut:?} at {at}");
    assert_eq!(token.slots().kept_keys(), Ok(0), "{cut:?} at {at}");
    if token.slots().list().unwrap().iter().any(|slot| slot.kind == kind) {
        assert_that_each_key_has_a_slot(&mut phone, &token);
        assert_eq!(phone.remove(&token, kind), Ok(Outcome::Removed), "{cut:?} at {at}");
    }
    assert_that_nothing_is_left_of(kind, &mut phone);
    true
}

#[test]
fn a_removal_whose_key_stays_says_so_and_the_same_call_finishes_it() {
    let (mut phone, token) = phone_with(SlotKind::Biometric);
    let id = slot_of(&token, SlotKind::Biometric);
    // Its first errand asks for the slot that stays.
    let flow = token.slots().remove(id, phone.now);
    let Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) = phone.step(&flow) else {
        panic!("no errand")
    };
    let answer = phone.store.act(&errand);
    phone.store.refuse_next(Refusal::Unavailable, false);
    let Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) = phone.answer(&flow, ticket, answer)
    else {
        panic!("no second errand")
    };
    let answer = phone.store.act(&errand);
    let refused = phone.answer(&flow, ticket, answer);
    assert_eq!(refused, Err(vault::Error::KeyStore(vault::KeyRefusal::Unavailable).into()));
    assert_eq!(token.slots().kept_keys(), Ok(1));
    assert_that_each_key_has_a_slot(&mut phone, &token);

    let flow = token.slots().remove(id, phone.now);
    assert_eq!(phone.run(&flow), Ok(Outcome::Removed));
    assert_that_nothing_is_left_of(SlotKind::Biometric, &mut phone);
    let flow = token.slots().remove(id, phone.now);
    assert_eq!(phone.run(&flow), Err(vault::Error::UnknownSlot.into()));
}

#[test]
fn two_processes_that_each_remove_a_slot_leave_one() {
    let (mut phone, token) = phone_with(SlotKind::Biometric);
    let other = phone.open();
    phone.unlock(&other, UnlockWith::Device).unwrap();
    let (device, biometric) =
        (slot_of(&token, SlotKind::Device), slot_of(&token, SlotKind::Biometric));
    // Both find that the other slot opens the vault.
    let first = token.slots().remove(device, phone.now);
    let second = other.slots().remove(biometric, phone.now);
    let Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) = phone.step(&second) else {
        panic!("no errand")
    };
    let answer = phone.store.act(&errand);
    assert_eq!(phone.run(&first), Ok(Outcome::Removed));
    let refused = phone.answer(&second, ticket, answer);
    assert_eq!(refused, Err(vault::Error::LastSlot.into()));
    assert_eq!(phone.store.key_count(), 1);
    let opened = phone.open();
    assert!(phone.unlock(&opened, UnlockWith::Biometric).is_ok());
}

#[test]
fn a_removal_that_the_disk_refuses_leaves_no_key_without_its_slot_and_can_be_repeated() {
    for kind in [SlotKind::Pin, SlotKind::Biometric] {
        let (mut phone, token) = phone_with(kind);
        // The next version cannot be created, for something else has its name.
        let mut temp = phone.path().into_os_string();
        temp.push(".tmp");
        fs::create_dir(&temp).unwrap();
        let refused = phone.remove(&token, kind);
        assert!(matches!(refused, Err(Error::Vault(vault::Error::Io { .. }))), "{refused:?}");
        fs::remove_dir(&temp).unwrap();
        assert_that_each_key_has_a_slot(&mut phone, &token);
        assert_eq!(phone.remove(&token, kind), Ok(Outcome::Removed));
        assert_that_nothing_is_left_of(kind, &mut phone);
    }
}

/// A file put back may name a key as reserved that a later state was wrapped under.
#[test]
fn a_pin_slot_whose_states_open_no_more_is_not_another_way_in() {
    let (mut phone, token) = phone_with(SlotKind::Pin);
    let mut versions = vec![phone.file()];
    let tried = phone.open();
    let flow = tried.unlock_with(UnlockWith::Pin(pin(WRONG)), phone.now);
    let mut step = phone.step(&flow);
    while let Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) = step {
        let answer = phone.store.act(&errand);
        step = phone.answer(&flow, ticket, answer);
        if versions.last() != Some(&phone.file()) {
            versions.push(phone.file());
        }
    }
    // As it was, the number reserved, and the try counted.
    let [_, reserved, _] = &versions[..] else { panic!("{} versions", versions.len()) };
    phone.put_file(reserved);
    assert_eq!(phone.remove(&token, SlotKind::Device), Err(Error::Vault(vault::Error::LastSlot)));
}

#[test]
fn a_key_store_that_fails_does_not_make_a_slot_the_last() {
    let (mut phone, token) = phone_with(SlotKind::Pin);
    phone.store.refuse_next(Refusal::Unavailable, false);
    let refused = phone.remove(&token, SlotKind::Device);
    assert_eq!(refused, Err(vault::Error::KeyStore(vault::KeyRefusal::Unavailable).into()));
    assert_eq!(phone.remove(&token, SlotKind::Device), Ok(Outcome::Removed));
}

/// A device slot, and one of the kind.
fn phone_with(kind: SlotKind) -> (Phone, Token) {
    if kind == SlotKind::Pin {
        return Phone::with_pin(PinHardware::Mac, 6);
    }
    let (mut phone, token) = Phone::new();
    phone.set(&token, NewSlot::Biometric);
    (phone, token)
}

/// A key's alias has its slot's ID in the middle.
fn assert_that_each_key_has_a_slot(phone: &mut Phone, token: &Token) {
    let slots: Vec<String> =
        token.slots().list().unwrap().iter().map(|slot| hex(slot.id.0)).collect();
    let keys = phone.store.look().keys;
    let is_a_slots =
        |key: &String| key.split('.').nth(1).is_some_and(|id| slots.iter().any(|slot| slot == id));
    assert!(keys.iter().all(is_a_slots), "{keys:?}, {slots:?}");
}

fn assert_that_nothing_is_left_of(kind: SlotKind, phone: &mut Phone) {
    // The device's own.
    assert_eq!(phone.store.key_count(), 1);
    let token = phone.open();
    assert!(phone.unlock(&token, UnlockWith::Device).is_ok());
    assert!(token.slots().list().unwrap().iter().all(|slot| slot.kind != kind));
}

fn hex(id: [u8; 8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}
