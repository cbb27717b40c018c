//! PIN tries on the real code, disturbed: every pair, and long walks.

use warifu::vault::PinHardware;

use super::{
    BOTH_KINDS,
    keystore::{
        walk::{Act, End, Walk},
        wire::Refusal,
    },
};

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
