//! From what a step says to what the core takes, and back.

use std::sync::Arc;

use serde_json::{Value, json};
use warifu::{
    secret::SystemRandom,
    vault::{Passphrase, Pin, SlotInfo, UnlockReport},
};

use super::{observed, phone::Phone};

pub(crate) fn random() -> Arc<SystemRandom> {
    Arc::new(SystemRandom::new())
}

pub(crate) fn passphrase_of(phone: &Phone, typed: &str) -> Result<Passphrase, Value> {
    Passphrase::new(typed.as_bytes()).map_err(|error| phone.failed(error))
}

pub(crate) fn pin_of(phone: &Phone, typed: &str) -> Result<Pin, Value> {
    Pin::new(typed.as_bytes()).map_err(|error| phone.failed(error))
}

pub(crate) fn uri_of(
    text: Option<String>,
    hex: Option<String>,
    filled_to: Option<usize>,
) -> Vec<u8> {
    let mut uri = match (text, hex) {
        (Some(text), None) => text.into_bytes(),
        (None, Some(hex)) => bytes_of(&hex),
        _ => panic!("a URI is given as text or in hexadecimal"),
    };
    let len = filled_to.unwrap_or(uri.len());
    uri.resize(len, b'a');
    uri
}

pub(crate) fn bytes_of(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks_exact(2);
    assert!(digits.remainder().is_empty());
    digits.map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap()).collect()
}

pub(crate) fn report(found: UnlockReport) -> Value {
    let mut damaged: Vec<_> = found.damaged_slots.iter().map(|slot| slot.kind).collect();
    damaged.sort_by_key(|kind| observed::kind(*kind).to_string());
    let damaged: Vec<_> = damaged.into_iter().map(observed::kind).collect();
    json!({ "damaged_slots": damaged, "kept_unread": found.kept_unread })
}

/// By the names of their kinds: their order in the file is as random as their IDs.
pub(crate) fn slots(mut slots: Vec<SlotInfo>) -> Value {
    slots.sort_by_key(|slot| observed::kind(slot.kind).to_string());
    let slots = slots.into_iter().map(|slot| {
        json!({ "kind": observed::kind(slot.kind), "damage": slot.damage.map(observed::part) })
    });
    json!({ "slots": slots.collect::<Vec<_>>() })
}
