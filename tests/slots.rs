//! A phone's vault on the real code, a real file, and a key store in a process of its own: its whole
//! life, and PIN tries that crashes, power cuts, failures and put-back files disturb.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
#![allow(clippy::panic)]

#[path = "support/slots/changes.rs"]
mod changes;
#[path = "support/keystore.rs"]
mod keystore;
#[path = "support/slots/removals.rs"]
mod removals;
#[path = "support/slots/tries.rs"]
mod tries;

use keystore::{
    client,
    phone::{Phone, RIGHT, WRONG, failed, params, pin, slot_of},
    server,
    wire::Control,
};
use warifu::{
    provision::otpauth,
    time::{Millis, Uptime},
    token::{Marker, Outcome, Step, Token},
    vault::{self, NewSlot, PinHardware, SlotKind, UnlockWith},
};

const BOTH_KINDS: [PinHardware; 2] = [PinHardware::Mac, PinHardware::Unwrap];

/// Not a test: the key store's own process, which the other tests start.
#[test]
fn key_store_process() {
    if client::is_server() {
        server::serve();
        std::process::exit(0);
    }
}

#[test]
fn the_device_slot_goes_with_its_key_once_others_are_there() {
    for hardware in BOTH_KINDS {
        let (mut phone, token) = Phone::with_pin(hardware, 6);
        phone.set(&token, NewSlot::Biometric);
        assert_eq!(phone.store.key_count(), 4);
        assert_eq!(phone.remove(&token, SlotKind::Device), Ok(Outcome::Removed));
        assert_eq!(phone.store.key_count(), 3);
        token.lock();
        let missing = phone.unlock(&token, UnlockWith::Device);
        assert_eq!(missing, Err(failed(vault::Error::UnknownSlot)));
        for way in [UnlockWith::Biometric, UnlockWith::Pin(pin(RIGHT))] {
            token.lock();
            assert!(phone.unlock(&token, way).is_ok());
        }
    }
}

#[test]
fn the_last_slot_stays() {
    let (mut phone, token) = Phone::new();
    let removed = phone.remove(&token, SlotKind::Device);
    assert_eq!(removed, Err(failed(vault::Error::LastSlot)));
    assert_eq!(phone.store.key_count(), 1);
}

#[test]
fn wrong_pins_count_down_and_a_right_one_starts_anew() {
    for hardware in BOTH_KINDS {
        let (mut phone, _token) = Phone::with_pin(hardware, 4);
        for _ in 0..2 {
            for tries_left in [3, 2, 1] {
                let wait = Millis::ZERO;
                let wrong = failed(vault::Error::WrongPin { tries_left, wait });
                assert_eq!(phone.try_pin(WRONG), Err(wrong));
            }
            assert!(phone.try_pin(RIGHT).is_ok());
        }
        for _ in 0..3 {
            assert!(phone.try_pin(WRONG).is_err());
        }
        for typed in [WRONG, RIGHT, RIGHT] {
            assert_eq!(phone.try_pin(typed), Err(failed(vault::Error::PinDestroyed)));
        }
        // The device's own.
        assert_eq!(phone.store.key_count(), 1);
    }
}

#[test]
fn a_wait_is_over_at_its_time_and_starts_anew_after_a_reboot() {
    let (mut phone, _token) = Phone::with_pin(PinHardware::Mac, 6);
    for _ in 0..4 {
        assert!(phone.try_pin(WRONG).is_err());
    }
    let until = Uptime(phone.now.uptime.0 + 30_000);
    let token = phone.open();
    let flow = token.unlock_with(UnlockWith::Pin(pin(RIGHT)), phone.now);
    let step = phone.step(&flow).and_then(|step| phone.go_on(&flow, step));
    assert_eq!(step, Ok(Step::Wait { until }));
    phone.now.uptime = Uptime(until.0 - 1);
    assert_eq!(phone.step(&flow), Ok(Step::Wait { until }));

    phone.reboot();
    let until = Uptime(phone.now.uptime.0 + 30_000);
    let token = phone.open();
    let flow = token.unlock_with(UnlockWith::Pin(pin(RIGHT)), phone.now);
    let step = phone.step(&flow).and_then(|step| phone.go_on(&flow, step));
    assert_eq!(step, Ok(Step::Wait { until }));
    // A process that dies meanwhile does not make it start anew.
    drop((flow, token));
    phone.now.uptime = Uptime(until.0 - 1);
    let token = phone.open();
    let flow = token.unlock_with(UnlockWith::Pin(pin(RIGHT)), phone.now);
    let step = phone.step(&flow).and_then(|step| phone.go_on(&flow, step));
    assert_eq!(step, Ok(Step::Wait { until }));
    phone.now.uptime = until;
    let done = phone.step(&flow).and_then(|step| phone.go_on(&flow, step));
    assert!(matches!(done, Ok(Step::Done(Outcome::Unlocked(_)))));
}

#[test]
fn when_biometrics_change_the_pin_opens_and_the_slot_is_made_anew() {
    let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 6);
    let slot = phone.set(&token, NewSlot::Biometric);
    token.lock();
    phone.store.control(Control::InvalidateBiometrics);
    let dead = phone.unlock(&token, UnlockWith::Biometric);
    assert_eq!(dead, Err(failed(vault::Error::KeyInvalidated { slot })));
    assert!(phone.unlock(&token, UnlockWith::Pin(pin(RIGHT))).is_ok());
    let flow = token.slots().remake(slot, phone.now);
    let anew = phone.run(&flow);
    assert!(matches!(anew, Ok(Outcome::Slot(anew)) if anew != slot), "{anew:?}");
    token.lock();
    let prompts = phone.store.look().prompts;
    assert!(phone.unlock(&token, UnlockWith::Biometric).is_ok());
    assert_eq!(phone.store.look().prompts, prompts + 1);
    // Device, biometric, inner, envelope: the dead key is gone.
    assert_eq!(phone.store.key_count(), 4);
}

#[test]
fn a_refused_prompt_changes_nothing() {
    let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 6);
    phone.set(&token, NewSlot::Biometric);
    token.lock();
    let before = phone.file();
    phone.store.control(Control::RefusePrompt);
    let refused = phone.unlock(&token, UnlockWith::Biometric);
    assert_eq!(refused, Err(failed(vault::Error::KeyStore(vault::KeyRefusal::Cancelled))));
    assert_eq!(phone.file(), before);
    assert!(phone.unlock(&token, UnlockWith::Biometric).is_ok());
}

#[test]
fn a_forgotten_pin_is_set_anew_behind_biometrics() {
    for hardware in BOTH_KINDS {
        let (mut phone, token) = Phone::with_pin(hardware, 2);
        phone.set(&token, NewSlot::Biometric);
        phone.remove(&token, SlotKind::Device).unwrap();
        for _ in 0..2 {
            assert!(phone.try_pin(WRONG).is_err());
        }
        token.lock();
        assert!(phone.unlock(&token, UnlockWith::Biometric).is_ok());
        phone.set(&token, NewSlot::Pin(pin("9513"), params(hardware, 2)));
        assert_eq!(phone.store.key_count(), 3);
        assert!(phone.try_pin("9513").is_ok());
        assert!(phone.try_pin(RIGHT).is_err());
    }
}

#[test]
fn with_pin_and_biometrics_lost_the_bank_is_the_way_on() {
    let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 2);
    phone.set(&token, NewSlot::Biometric);
    phone.remove(&token, SlotKind::Device).unwrap();
    let biometric = slot_of(&token, SlotKind::Biometric);
    phone.remove(&token, SlotKind::Pin).unwrap();
    token.lock();
    phone.store.control(Control::InvalidateBiometrics);
    let lost = phone.unlock(&token, UnlockWith::Biometric);
    assert_eq!(lost, Err(failed(vault::Error::NeedsReEnrolment)), "{biometric:?}");

    let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 2);
    phone.remove(&token, SlotKind::Device).unwrap();
    assert!(phone.try_pin(WRONG).is_err());
    assert_eq!(phone.try_pin(WRONG), Err(failed(vault::Error::NeedsReEnrolment)));
    assert_eq!(phone.try_pin(RIGHT), Err(failed(vault::Error::NeedsReEnrolment)));
    assert_eq!(phone.store.key_count(), 0);
}

#[test]
fn a_slot_that_opens_nothing_does_not_count_as_a_way_in() {
    let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 2);
    phone.set(&token, NewSlot::Biometric);
    phone.remove(&token, SlotKind::Device).unwrap();
    assert!(phone.try_pin(WRONG).is_err());
    assert_eq!(phone.try_pin(WRONG), Err(failed(vault::Error::PinDestroyed)));
    // Biometrics are the only way left: they stay, and when they die too, the bank is the way on.
    phone.unlock(&token, UnlockWith::Biometric).unwrap();
    let refused = phone.remove(&token, SlotKind::Biometric);
    assert_eq!(refused.unwrap_err(), failed(vault::Error::LastSlot));
    token.lock();
    phone.store.control(Control::InvalidateBiometrics);
    let lost = phone.unlock(&token, UnlockWith::Biometric);
    assert_eq!(lost, Err(failed(vault::Error::NeedsReEnrolment)));
}

#[test]
fn a_vault_on_another_device_says_so() {
    for way in [UnlockWith::Device, UnlockWith::Biometric, UnlockWith::Pin(pin(RIGHT))] {
        let (mut phone, token) = Phone::new();
        match way {
            UnlockWith::Device => {}
            UnlockWith::Biometric => drop(phone.set(&token, NewSlot::Biometric)),
            UnlockWith::Pin(_) => {
                let new = NewSlot::Pin(pin(RIGHT), params(PinHardware::Mac, 6));
                phone.set(&token, new);
            }
        }
        if !matches!(way, UnlockWith::Device) {
            phone.remove(&token, SlotKind::Device).unwrap();
        }
        token.lock();
        phone.store.control(Control::LoseEverything);
        phone.store.restart();
        let restored = phone.unlock(&phone.open(), way);
        assert_eq!(restored, Err(failed(vault::Error::RestoredOnAnotherDevice)));
    }
}

#[test]
fn a_vault_on_another_device_says_so_whichever_way_is_tried_and_prompts_nobody() {
    for way in [UnlockWith::Biometric, UnlockWith::Pin(pin(RIGHT))] {
        let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 6);
        phone.set(&token, NewSlot::Biometric);
        phone.remove(&token, SlotKind::Device).unwrap();
        phone.store.control(Control::LoseEverything);
        phone.store.restart();
        let restored = phone.unlock(&phone.open(), way);
        assert_eq!(restored, Err(failed(vault::Error::RestoredOnAnotherDevice)));
        assert_eq!(phone.store.look().prompts, 0);
    }
}

#[test]
fn a_lost_key_costs_its_slot_alone() {
    let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 6);
    token.lock();
    let keys = phone.store.look().keys;
    let envelope = keys.iter().find(|key| {
        key.ends_with(".1")
            && keys.iter().any(|inner| {
                Some(inner.as_str())
                    == key.strip_suffix('1').map(|stem| format!("{stem}0")).as_deref()
            })
    });
    phone.store.control(Control::Lose { key: envelope.unwrap().clone() });
    let lost = phone.unlock(&token, UnlockWith::Pin(pin(RIGHT)));
    assert!(matches!(lost, Err(warifu::token::Error::Vault(vault::Error::KeyLost { .. }))));
    assert!(phone.unlock(&token, UnlockWith::Device).is_ok());
}

#[test]
fn an_older_file_is_noticed_and_a_newer_one_raises_the_anchor() {
    let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 6);
    let older = phone.file();
    let anchored = |phone: &mut Phone, token: &Token| {
        let flow = token.anchor(phone.now);
        phone.run(&flow)
    };
    assert_eq!(anchored(&mut phone, &token), Ok(Outcome::Anchored));
    phone.set(&token, NewSlot::Biometric);
    let newer = phone.file();
    // Newer than the anchor: accepted, and the anchor follows.
    let restarted = phone.open();
    assert!(phone.unlock(&restarted, UnlockWith::Device).is_ok());
    phone.put_file(&older);
    for way in [UnlockWith::Device, UnlockWith::Pin(pin(RIGHT))] {
        let rolled_back = phone.unlock(&phone.open(), way);
        assert_eq!(rolled_back, Err(failed(vault::Error::RolledBack)));
    }
    phone.put_file(&newer);
    assert!(phone.unlock(&phone.open(), UnlockWith::Device).is_ok());
}

#[test]
fn the_marker_tells_the_bank_and_the_last_four_and_no_more() {
    let (_phone, token) = Phone::new();
    let uri = "otpauth://totp/Bank:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Bank\
               &credential_id=WRFU12345678";
    let new = otpauth::parse(uri.as_bytes()).unwrap();
    client::undisturbed(|| token.entries().add(new)).unwrap();
    let marker = token.marker().unwrap();
    let text = marker.to_string();
    assert_eq!(Marker::parse(text.as_bytes()), Ok(marker));
    for kept_back in ["alice", "WRFU", "1234", "GEZD", "12345678901234567890"] {
        assert!(!text.contains(kept_back), "{text}");
    }
    assert!(text.contains("Bank"));
}

#[test]
fn the_key_store_keeps_its_keys_when_its_process_dies() {
    let (mut phone, _token) = Phone::with_pin(PinHardware::Mac, 6);
    phone.store.restart();
    assert!(phone.try_pin(RIGHT).is_ok());
}
