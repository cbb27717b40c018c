//! PIN tries on the real code, disturbed: one place at a time, every pair, and long walks.

use std::fs;

use warifu::{
    time::Millis,
    token::{Errand, Error, Outcome, Step},
    vault::{self, KeyErrand, PinHardware, UnlockWith},
};

use super::{
    BOTH_KINDS,
    keystore::{
        phone::{Phone, RIGHT, WRONG, failed, pin},
        walk::{Act, End, Walk},
        wire::{Control, Refusal},
    },
};

#[test]
fn a_limit_that_was_reached_holds_though_the_process_died_before_the_keys_went() {
    for hardware in BOTH_KINDS {
        let (mut phone, _) = Phone::with_pin(hardware, 2);
        assert!(phone.try_pin(WRONG).is_err());
        let token = phone.open();
        let flow = token.unlock_with(UnlockWith::Pin(pin(WRONG)), phone.now);
        let (mut wraps, mut step) = (0, phone.step(&flow));
        loop {
            let Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) = step else {
                panic!("{step:?}")
            };
            wraps += usize::from(matches!(errand, KeyErrand::Wrap { .. }));
            // The last try is counted, and no key has gone for it.
            if wraps == 2 && matches!(errand, KeyErrand::Delete { .. }) {
                break;
            }
            let answer = phone.store.act(&errand);
            step = phone.answer(&flow, ticket, answer);
        }
        drop((flow, token));
        assert_eq!(phone.try_pin(RIGHT), Err(failed(vault::Error::PinDestroyed)));
    }
}

#[test]
fn a_power_cut_that_brings_the_old_key_back_gives_no_try_back() {
    for hardware in BOTH_KINDS {
        let (mut phone, _) = Phone::with_pin(hardware, 4);
        phone.store.control(Control::Settle);
        let wait = Millis::ZERO;
        let wrong = |tries_left| Err(failed(vault::Error::WrongPin { tries_left, wait }));
        assert_eq!(phone.try_pin(WRONG), wrong(3));
        // The next key's creation and the old one's deletion.
        let lost = phone.store.look().soft;
        assert!(lost >= 2);
        phone.store.control(Control::PowerCut { lost });
        phone.reboot();
        assert_eq!(phone.try_pin(WRONG), wrong(2));
    }
}

#[test]
fn a_right_pin_whose_count_cannot_be_set_back_opens_and_says_so() {
    for hardware in BOTH_KINDS {
        let (mut phone, _) = Phone::with_pin(hardware, 3);
        let token = phone.open();
        let flow = token.unlock_with(UnlockWith::Pin(pin(RIGHT)), phone.now);
        let (mut wraps, mut step) = (0, phone.step(&flow));
        while let Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) = step {
            wraps += usize::from(matches!(errand, KeyErrand::Wrap { .. }));
            if wraps == 3 && matches!(errand, KeyErrand::Wrap { .. }) {
                phone.store.refuse_next(Refusal::Unavailable, false);
            }
            let answer = phone.store.act(&errand);
            step = phone.answer(&flow, ticket, answer);
        }
        let Ok(Step::Done(Outcome::Unlocked(report))) = step else { panic!("{step:?}") };
        assert!(report.pin_count_stays);
        // It counts like a wrong one, until the next right one.
        assert!(matches!(
            phone.try_pin(WRONG),
            Err(Error::Vault(vault::Error::WrongPin { tries_left: 1, .. }))
        ));
        let Ok(Outcome::Unlocked(report)) = phone.try_pin(RIGHT) else { panic!("it did not open") };
        assert!(!report.pin_count_stays);
    }
}

/// Else a wrong guess could be undone: the old key still opens the old count in a file put back.
#[test]
fn right_and_wrong_look_alike_until_the_old_key_is_gone() {
    for hardware in BOTH_KINDS {
        for typed in [RIGHT, WRONG] {
            let (mut phone, _) = Phone::with_pin(hardware, 4);
            let token = phone.open();
            let flow = token.unlock_with(UnlockWith::Pin(pin(typed)), phone.now);
            let (mut counted, mut step) = (0, phone.step(&flow));
            loop {
                let Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) = step else {
                    panic!("{typed}: {step:?}")
                };
                counted += usize::from(matches!(errand, KeyErrand::Wrap { .. }));
                let deletes = counted == 2 && matches!(errand, KeyErrand::Delete { .. });
                if deletes {
                    phone.store.refuse_next(Refusal::Unavailable, false);
                }
                let answer = phone.store.act(&errand);
                step = phone.answer(&flow, ticket, answer);
                if deletes {
                    break;
                }
            }
            let unavailable = vault::Error::KeyStore(vault::KeyRefusal::Unavailable);
            assert_eq!(step, Err(failed(unavailable)), "{typed}");
        }
    }
}

#[test]
fn a_try_that_the_disk_refuses_costs_nothing() {
    for hardware in BOTH_KINDS {
        let (mut phone, _) = Phone::with_pin(hardware, 2);
        // The next version cannot be created, for something else has its name.
        let mut temp = phone.path().into_os_string();
        temp.push(".tmp");
        fs::create_dir(&temp).unwrap();
        for typed in [WRONG, RIGHT, WRONG] {
            let refused = phone.try_pin(typed);
            assert!(matches!(refused, Err(Error::Vault(vault::Error::Io { .. }))), "{refused:?}");
        }
        fs::remove_dir(&temp).unwrap();
        assert!(phone.try_pin(RIGHT).is_ok());
    }
}

#[test]
fn every_disturbed_try_gives_no_try_and_locks_nobody_out() {
    for hardware in BOTH_KINDS {
        explore(&mut Walk::new(hardware, 3), 1);
    }
}

#[test]
fn every_pair_of_disturbed_tries_gives_no_try_and_locks_nobody_out() {
    for (hardware, limit) in [(PinHardware::Mac, 2), (PinHardware::Unwrap, 3)] {
        let mut walk = Walk::new(hardware, limit);
        explore(&mut walk, 2);
        println!("limit {limit}: {} tries", walk.tries);
    }
}

/// Everything that can come next, and after that everything again.
fn explore(walk: &mut Walk, depth: usize) {
    if depth == 0 {
        return;
    }
    let place = walk.place();
    let then = |walk: &mut Walk, act: Act| {
        let reached = walk.act(act);
        // A refusal leaves what a crash leaves, so only the crash is followed further.
        if reached && !matches!(act, Act::Try { end: End::Refused { .. }, .. }) {
            explore(walk, depth - 1);
        }
        walk.go_back(&place);
        reached
    };
    for right in [true, false] {
        then(walk, Act::Try { right, end: End::Whole });
        for done in [false, true] {
            let mut at = 1;
            while then(walk, Act::Try { right, end: End::Crash { at, done } }) {
                at += 1;
            }
            let mut at = 1;
            let refusal = if done { Refusal::Unavailable } else { Refusal::Cancelled };
            while then(walk, Act::Try { right, end: End::Refused { at, done, refusal } }) {
                at += 1;
            }
        }
    }
    for lost in 0..=walk.soft() {
        then(walk, Act::PowerCut { lost });
    }
    for version in 0..walk.versions.len() {
        then(walk, Act::PutBack { version });
    }
}

#[test]
fn long_walks_give_no_try_and_lock_nobody_out() {
    for seed in 0..12_u8 {
        let mut random = SplitMix(seed.into());
        let limit = 2 + seed % 2;
        let hardware = BOTH_KINDS[usize::from(seed / 2 % 2)];
        let mut walk = Walk::new(hardware, limit);
        let mut acts = Vec::new();
        for _ in 0..40 {
            let act = random_act(&mut random, seed, walk.soft());
            acts.push(act);
            println!("seed {seed}: {act:?}");
            walk.act(act);
            if seed % 4 == 3 {
                walk.phone.store.restart();
            }
        }
    }
}

/// Odd seeds put files back as well.
fn random_act(random: &mut SplitMix, seed: u8, soft: usize) -> Act {
    let mut below = |bound: usize| random.below(bound);
    let (right, done, at) = (below(2) == 0, below(2) == 0, 1 + below(12));
    match below(10) {
        0 | 1 => Act::PowerCut { lost: below(soft + 1) },
        2 | 3 if seed % 2 == 1 => Act::PutBack { version: below(64) },
        4 | 5 => Act::Try { right, end: End::Whole },
        6 => Act::Try { right, end: End::Refused { at, done, refusal: Refusal::Unavailable } },
        7 => Act::Try { right, end: End::Refused { at, done, refusal: Refusal::Cancelled } },
        _ => Act::Try { right, end: End::Crash { at, done } },
    }
}

/// A generator that the seed decides.
struct SplitMix(u64);

impl SplitMix {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(bound).unwrap()).unwrap()
    }
}
