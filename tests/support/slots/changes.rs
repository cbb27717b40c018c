//! A PIN change that ends in the middle.

use std::fs;

use warifu::{
    token::{Errand, Error, Outcome, Step},
    vault::{self, KeyErrand, NewSlot, PinHardware, UnlockReport, UnlockWith},
};

use super::{
    BOTH_KINDS,
    keystore::{
        phone::{Phone, RIGHT, params, pin},
        wire::Refusal,
    },
};

#[test]
fn a_pin_change_that_the_disk_refuses_leaves_a_pin_that_opens() {
    for hardware in BOTH_KINDS {
        let (mut phone, token) = Phone::with_pin(hardware, 6);
        let keys = phone.store.look().keys;
        // The next version cannot be created, for something else has its name.
        let mut temp = phone.path().into_os_string();
        temp.push(".tmp");
        fs::create_dir(&temp).unwrap();
        let new = NewSlot::Pin(pin("9513"), params(hardware, 6));
        let flow = token.slots().set(new, phone.now);
        let refused = phone.run(&flow);
        assert!(matches!(refused, Err(Error::Vault(vault::Error::Io { .. }))));
        fs::remove_dir(&temp).unwrap();
        assert_eq!(phone.store.look().keys, keys);
        assert!(phone.try_pin("9513").is_err());
        assert!(phone.try_pin(RIGHT).is_ok());
    }
}

/// A key that stayed would open an older file.
#[test]
fn a_replaced_slots_keys_go_at_the_next_unlock_if_they_could_not_go_at_once() {
    for (cut, crashes) in [(false, false), (true, false), (false, true), (true, true)] {
        let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 6);
        let older = phone.file();
        let new = NewSlot::Pin(pin("9513"), params(PinHardware::Mac, 6));
        let flow = token.slots().set(new, phone.now);
        let mut step = phone.step(&flow);
        // The first deletion: the new slot is in the file by then.
        while let Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) = step {
            if matches!(errand, KeyErrand::Delete { .. }) {
                if crashes {
                    if cut {
                        phone.store.act(&errand);
                    }
                    step = Err(Error::Locked);
                    break;
                }
                phone.store.refuse_next(Refusal::Unavailable, cut);
            }
            let answer = phone.store.act(&errand);
            step = phone.answer(&flow, ticket, answer);
        }
        assert_eq!(step.is_ok(), !crashes, "{step:?}");
        drop((flow, token));
        let token = phone.open();
        let opened = phone.unlock(&token, UnlockWith::Device);
        assert_eq!(opened, Ok(Outcome::Unlocked(UnlockReport::default())));
        // Device, inner, envelope's.
        assert_eq!(phone.store.key_count(), 3);
        // Nothing is asked of the store twice.
        let settled = phone.file();
        assert!(phone.unlock(&token, UnlockWith::Device).is_ok());
        assert_eq!(phone.file(), settled);
        assert!(phone.try_pin("9513").is_ok());
        phone.put_file(&older);
        assert!(phone.try_pin(RIGHT).is_err());
    }
}

#[test]
fn a_pin_slot_that_cannot_be_made_leaves_no_key() {
    for (at, done) in (1..6).flat_map(|at| [(at, false), (at, true)]) {
        let (mut phone, token) = Phone::new();
        let new = NewSlot::Pin(pin(RIGHT), params(PinHardware::Mac, 6));
        let flow = token.slots().set(new, phone.now);
        let (mut errands, mut step) = (0, phone.step(&flow));
        while let Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) = step {
            errands += 1;
            if errands == at {
                phone.store.refuse_next(Refusal::Unavailable, done);
            }
            let answer = phone.store.act(&errand);
            step = phone.answer(&flow, ticket, answer);
        }
        if step.is_ok() {
            assert!(at > 3);
            return;
        }
        assert_eq!(phone.store.key_count(), 1, "at {at}, done {done}");
    }
}

#[test]
fn a_pin_change_that_ends_at_any_errand_leaves_a_pin_that_opens() {
    for (at, done) in (1..20).flat_map(|at| [(at, false), (at, true)]) {
        let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 6);
        let new = NewSlot::Pin(pin("9513"), params(PinHardware::Mac, 6));
        let flow = token.slots().set(new, phone.now);
        let mut step = phone.step(&flow);
        let mut errands = 0;
        while let Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) = step {
            errands += 1;
            if errands == at {
                phone.store.refuse_next(Refusal::Unavailable, done);
            }
            let answer = phone.store.act(&errand);
            step = phone.answer(&flow, ticket, answer);
        }
        let opens = [RIGHT, "9513"].map(|typed| phone.try_pin(typed).is_ok());
        assert_eq!(opens.iter().filter(|opens| **opens).count(), 1, "at {at}, {opens:?}");
        if errands < at {
            return assert!(step.is_ok());
        }
    }
    panic!("a change of the PIN has fewer errands");
}
