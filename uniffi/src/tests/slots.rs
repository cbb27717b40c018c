use std::sync::Arc;

use warifu::{
    secret::Secret,
    time::Millis,
    token::{Error, Misuse},
    vault::{self, KeyAnswer, KeyRefusal, PinHardware},
};

use super::{
    Folder, NOW, PASSPHRASE, QUICK,
    foreign::{Errand, Failure, Outcome, Reader, Step, call, lift},
    key_store::{KeyStore, answer, step},
    life::{Phone, open, vault_error},
    lower, text,
};
use crate::{Flow, NewSlot, PinSetting, UnlockWith, flow, token};

/// A vault that the key store made, and the key store.
fn on_device() -> (Phone, KeyStore) {
    let (folder, mut store) = (Folder::new(), KeyStore::default());
    let (token, making) = begin_on_device(&folder);
    let phone = Phone { folder, token };
    assert_eq!(store.run(&making, NOW), Ok(Outcome::Unlocked(0, 0, false)));
    (phone, store)
}

fn begin_on_device(folder: &Folder) -> (Arc<crate::Token>, Arc<Flow>) {
    let made = call(|status| {
        let path = text(folder.vault());
        token::uniffi_warifu_ffi_fn_func_create_on_device(path, lower(NOW), status)
    });
    let crate::NewToken { token, flow } = lift(made.unwrap());
    (token, flow)
}

fn unlock_with(phone: &Phone, way: UnlockWith) -> Result<Arc<Flow>, Failure> {
    let flow = call(|status| {
        let (way, now) = (lower(way), lower(NOW));
        token::uniffi_warifu_ffi_fn_method_token_unlock_with(phone.handle(), way, now, status)
    });
    Ok(lift(flow?))
}

fn set_slot(phone: &Phone, new: NewSlot) -> Result<Arc<Flow>, Failure> {
    let flow = call(|status| {
        let (new, now) = (lower(new), lower(NOW));
        token::uniffi_warifu_ffi_fn_method_token_set_slot(phone.handle(), new, now, status)
    });
    Ok(lift(flow?))
}

fn remove_slot(phone: &Phone, id: &str) -> Arc<Flow> {
    lift(
        call(|status| {
            let (id, now) = (text(id), lower(NOW));
            token::uniffi_warifu_ffi_fn_method_token_remove_slot(phone.handle(), id, now, status)
        })
        .unwrap(),
    )
}

fn with_pin(pin: &str) -> UnlockWith {
    UnlockWith::Pin { pin: Secret::copy_of(pin.as_bytes()) }
}

fn new_pin(pin: &str) -> NewSlot {
    let setting = PinSetting { kdf: QUICK, hardware: PinHardware::Mac, limit: 6 };
    NewSlot::Pin { pin: Secret::copy_of(pin.as_bytes()), setting }
}

/// Each slot's ID and kind.
fn slots(phone: &Phone) -> Vec<(String, i32)> {
    let slots =
        call(|status| token::uniffi_warifu_ffi_fn_method_token_slots(phone.handle(), status));
    Reader::whole(slots.unwrap(), |reader| {
        reader.list(|reader| {
            let slot = (reader.text(), reader.i32());
            assert_eq!(reader.option(Reader::i32), None, "the slot is damaged");
            slot
        })
    })
}

const DEVICE: i32 = 2;
const PIN: i32 = 4;

#[test]
fn a_flow_makes_a_vault_on_the_device_and_another_opens_it_after_a_restart() {
    let (phone, mut store) = on_device();
    let [
        Errand::Create { key, .. },
        Errand::Wrap { key: wrapped_by, .. },
        Errand::RaiseAnchor { vault, generation: 1 },
    ] = store.done.as_slice()
    else {
        panic!("{:?}", store.done)
    };
    assert_eq!(key, wrapped_by);
    let (of_vault, slot_and_number) = key.split_once('.').unwrap();
    assert_eq!(of_vault, vault);
    let listed = slots(&phone);
    let [(slot, DEVICE)] = listed.as_slice() else { panic!("{listed:?}") };
    assert_eq!(slot_and_number, format!("{slot}.1"));

    let token = open(&phone.folder).unwrap();
    let phone = Phone { token, ..phone };
    let flow = unlock_with(&phone, UnlockWith::Device).unwrap();
    assert_eq!(store.run(&flow, NOW), Ok(Outcome::Unlocked(0, 0, false)));
    assert_eq!(slots(&phone).len(), 1);
}

#[test]
fn a_wrong_pin_says_how_many_tries_are_left_and_a_right_one_opens() {
    let (phone, mut store) = on_device();
    let flow = set_slot(&phone, new_pin("271828")).unwrap();
    let Ok(Outcome::Slot(id)) = store.run(&flow, NOW) else { panic!("no slot was made") };
    assert!(slots(&phone).contains(&(id.clone(), PIN)));
    phone.lock();

    let wrong = unlock_with(&phone, with_pin("314159")).unwrap();
    let expected = vault::Error::WrongPin { tries_left: 5, wait: Millis(0) };
    assert_eq!(store.run(&wrong, NOW), Err(vault_error(expected)));
    let right = unlock_with(&phone, with_pin("２７１８２８")).unwrap();
    assert_eq!(store.run(&right, NOW), Ok(Outcome::Unlocked(0, 0, false)));

    assert_eq!(store.run(&remove_slot(&phone, &id), NOW), Ok(Outcome::Removed));
    let unknown = vault::Error::UnknownSlot;
    assert_eq!(store.run(&remove_slot(&phone, &id), NOW), Err(vault_error(unknown)));
    let kept =
        call(|status| token::uniffi_warifu_ffi_fn_method_token_kept_keys(phone.handle(), status));
    assert_eq!(kept, Ok(0));
}

/// The third wrap of a try makes the envelope that counts none.
#[test]
fn a_right_pin_whose_count_stays_says_so() {
    let (phone, mut store) = on_device();
    store.run(&set_slot(&phone, new_pin("271828")).unwrap(), NOW).unwrap();
    phone.lock();
    let flow = unlock_with(&phone, with_pin("271828")).unwrap();
    let (mut wraps, mut at) = (0, step(&flow, NOW));
    while let Ok(Step::Ask(ticket, errand)) = at {
        wraps += i32::from(matches!(errand, Errand::Wrap { .. }));
        if wraps == 3 && matches!(errand, Errand::Wrap { .. }) {
            store.refuse = Some(KeyRefusal::Unavailable);
        }
        at = answer(&flow, ticket, store.act(errand), NOW);
    }
    assert_eq!(at, Ok(Step::Done(Outcome::Unlocked(0, 0, true))));
}

#[test]
fn what_is_no_pin_is_refused_before_there_is_a_flow() {
    let (phone, _) = on_device();
    let no_pin = vault_error(vault::Error::Pin(vault::PinError::NotDigits));
    assert_eq!(unlock_with(&phone, with_pin("12a4")).map(drop), Err(no_pin));
    let passphrase = Secret::copy_of(b"");
    let empty = vault_error(vault::Error::Passphrase(vault::PassphraseError::Empty));
    let new = NewSlot::Passphrase { passphrase, kdf: None };
    assert_eq!(set_slot(&phone, new).map(drop), Err(empty));
}

#[test]
fn what_the_key_store_refuses_ends_the_flow_with_its_reason() {
    for (refusal, error) in [
        (KeyRefusal::Cancelled, vault::Error::KeyStore(KeyRefusal::Cancelled)),
        (KeyRefusal::LockedOut, vault::Error::KeyStore(KeyRefusal::LockedOut)),
        (KeyRefusal::NotEnrolled, vault::Error::KeyStore(KeyRefusal::NotEnrolled)),
        (KeyRefusal::Unavailable, vault::Error::KeyStore(KeyRefusal::Unavailable)),
    ] {
        let (phone, mut store) = on_device();
        let flow = set_slot(&phone, NewSlot::Biometric).unwrap();
        store.refuse = Some(refusal);
        assert_eq!(store.run(&flow, NOW), Err(vault_error(error)));
        assert_eq!(step(&flow, NOW), Err(Error::Flow(Misuse::Ended).into()));
        assert_eq!(slots(&phone).len(), 1);
    }
}

#[test]
fn a_flow_out_of_order_says_how() {
    let (phone, mut store) = on_device();
    let misused = |why| Err(Failure::from(Error::Flow(why)));
    let older = set_slot(&phone, new_pin("271828")).unwrap();
    let Ok(Step::Ask(ticket, errand)) = step(&older, NOW) else { panic!("it asks first") };
    assert_eq!(step(&older, NOW).map(drop), misused(Misuse::AnswerAwaited));

    let mut other = ticket;
    other.number += 1;
    let done = |ticket| answer(&older, ticket, KeyAnswer::Done, NOW);
    assert_eq!(done(other).map(drop), misused(Misuse::Stale));
    drop(errand);

    let newer = set_slot(&phone, new_pin("271828")).unwrap();
    assert_eq!(done(ticket).map(drop), misused(Misuse::Stale));
    call(|status| {
        flow::uniffi_warifu_ffi_fn_method_flow_abandon(lower(Arc::clone(&newer)), status);
    })
    .unwrap();
    assert_eq!(store.run(&newer, NOW).map(drop), misused(Misuse::Ended));
}

#[test]
fn a_lock_in_the_middle_of_a_flow_wins() {
    let (phone, mut store) = on_device();
    let flow = set_slot(&phone, new_pin("271828")).unwrap();
    let Ok(Step::Ask(..)) = step(&flow, NOW) else { panic!("it asks first") };
    phone.lock();
    assert_eq!(step(&flow, NOW), Err(Error::Locked.into()));
    assert_eq!(store.run(&flow, NOW), Err(Error::Flow(Misuse::Ended).into()));
    assert_eq!(phone.unlock(PASSPHRASE), Err(vault_error(vault::Error::NoPassphraseSlot)));
}

#[test]
fn the_anchor_is_raised_after_a_change() {
    let (phone, mut store) = on_device();
    phone.add(super::LINK).unwrap();
    let flow = call(|status| {
        token::uniffi_warifu_ffi_fn_method_token_anchor(phone.handle(), lower(NOW), status)
    });
    assert_eq!(store.run(&lift(flow.unwrap()), NOW), Ok(Outcome::Anchored));
    assert!(
        matches!(store.done.last(), Some(Errand::RaiseAnchor { generation: 2, .. })),
        "{:?}",
        store.done
    );
}
