//! A panic within is an error outside, and what panicked goes on being used.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use warifu::{
    secret::{Random, RandomFailed, Secret, SystemRandom},
    token::{Error, Misuse},
};

use super::{
    Folder, LINK, NOW, PASSPHRASE, QUICK,
    foreign::{Failure, call, lift},
    key_store::step,
    life::Phone,
    lower,
};
use crate::{NewSlot, Token, token};

/// Randomness that panics when it is told to: deep in a change, with locks held.
struct Bomb {
    is_armed: AtomicBool,
    random: SystemRandom,
}

impl Random for Bomb {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomFailed> {
        assert!(!self.is_armed.load(Ordering::SeqCst), "asked to");
        self.random.fill(bytes)
    }
}

fn phone() -> (Phone, Arc<Bomb>) {
    let bomb = Arc::new(Bomb { is_armed: AtomicBool::new(false), random: SystemRandom::new() });
    let folder = Folder::new();
    let passphrase = Secret::copy_of(PASSPHRASE.as_bytes());
    let random: Arc<dyn Random> = Arc::clone(&bomb) as Arc<dyn Random>;
    let token = Token::create_from(&folder.vault(), &passphrase, QUICK, random).unwrap();
    (Phone { folder, token }, bomb)
}

#[test]
fn a_panic_is_an_error_and_the_token_goes_on() {
    let (phone, bomb) = phone();
    bomb.is_armed.store(true, Ordering::SeqCst);
    let added = phone.add(LINK);
    assert!(matches!(added, Err(Failure::Panic(_))), "{added:?}");

    assert_eq!(phone.screen().unwrap().cards.len(), 0, "half of a change shows");
    bomb.is_armed.store(false, Ordering::SeqCst);
    phone.add(LINK).unwrap();
    assert_eq!(phone.screen().unwrap().cards.len(), 1);
    phone.lock();
    phone.unlock(PASSPHRASE).unwrap();
    assert_eq!(phone.screen().unwrap().cards.len(), 1);
}

#[test]
fn a_panic_in_a_step_ends_the_flow_and_the_next_one_works() {
    let (phone, bomb) = phone();
    let set = || {
        let flow = call(|status| {
            let (new, now) = (lower(NewSlot::Device), lower(NOW));
            token::uniffi_warifu_ffi_fn_method_token_set_slot(phone.handle(), new, now, status)
        });
        lift::<Arc<crate::Flow>>(flow.unwrap())
    };
    let flow = set();
    bomb.is_armed.store(true, Ordering::SeqCst);
    assert!(matches!(step(&flow, NOW), Err(Failure::Panic(_))));
    bomb.is_armed.store(false, Ordering::SeqCst);
    assert_eq!(step(&flow, NOW), Err(Error::Flow(Misuse::Ended).into()));
    let mut store = super::key_store::KeyStore::default();
    assert!(store.run(&set(), NOW).is_ok());
}
