//! What is left in memory: a child process lives a token's life, and this one reads the child's
//! memory from outside and looks for seeds, keys and PINs in every form in which they may lie.
//!
//! Read is every mapping that the child can write to: stacks, heap, statics, whatever is mapped.
//! The child has the wiping allocator, like every binary. The key store, which holds keys by its
//! nature, lives in this process. Out of scope, and not read: kernel buffers (the socket between the
//! two, the page cache), registers, this process, which sends the secrets. Linux alone, since only
//! `/proc/PID/mem` shows a process whole; the test holds in debug and in release.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation
)]

#[path = "support/residue/bank.rs"]
mod bank;
#[path = "support/residue/child.rs"]
mod child;
#[path = "support/residue/derived.rs"]
mod derived;
#[path = "support/residue/enrolment.rs"]
mod enrolment;
#[path = "support/residue/forms.rs"]
mod forms;
#[path = "support/residue/life.rs"]
mod life;
#[path = "support/residue/link.rs"]
mod link;
#[allow(dead_code, reason = "a Java machine's test uses the rest")]
#[path = "support/residue/memory.rs"]
mod memory;
#[allow(dead_code, reason = "the wipe test uses the rest")]
#[path = "support/residue/parent.rs"]
mod parent;
#[path = "support/residue/sealing.rs"]
mod sealing;
#[allow(dead_code, reason = "a Java machine's test uses the rest")]
#[path = "support/residue/store.rs"]
mod store;

use std::collections::BTreeSet;

use warifu::{
    otp::Algorithm,
    secret::{WIPING_ALLOCATOR, WipingAllocator},
};

use memory::{Needle, Search};
use parent::{Life, child_plays_its_part, digits, run_role};
use store::random;

#[global_allocator]
static ALLOCATOR: WipingAllocator = WIPING_ALLOCATOR;

#[test]
fn no_seed_no_key_and_no_pin_is_left_in_memory() {
    child_plays_its_part();
    let mut life = Life::new();
    life.run("no_seed_no_key_and_no_pin_is_left_in_memory");
    assert!(life.failures.is_empty(), "\n{}", life.failures.join("\n"));
    for place in [
        "after the failed unlock",
        "after the lock",
        "after the PC's lock",
        "after an interrupted enrolment",
        "after the enrolment's lock",
    ] {
        assert!(life.places.iter().any(|read| read == place), "{place}: {:?}", life.places);
    }
    assert_eq!(life.codes, life.expected_codes(), "the child did not use its seeds");
}

#[test]
fn every_form_is_found_wherever_it_lies() {
    child_plays_its_part();
    let needles = [
        forms::of_seed("a", &random::<20>(), Algorithm::Sha1),
        forms::of_seed("b", &random::<32>(), Algorithm::Sha256),
        forms::of_seed("c", &random::<64>(), Algorithm::Sha512),
        forms::of_round_keys("d", &random::<32>()),
        forms::of_pin("e", &digits()),
        forms::of_text("f", "correct horse battery staple", 13),
    ]
    .concat();
    // Each needle by itself, parted from the next: a piece is enough.
    let planted: Vec<u8> =
        needles.iter().flat_map(|needle| [needle.bytes.as_slice(), &[0]].concat()).collect();
    assert!(planted.len() <= child::PLANT);
    for role in [child::ON_THE_HEAP, child::ON_THE_STACK, child::IN_A_STATIC] {
        let name = "every_form_is_found_wherever_it_lies";
        let searches = run_role(name, role, &planted, &needles);
        let found: BTreeSet<usize> = searches[0].found.iter().map(|found| found.needle).collect();
        let missed = (0..needles.len()).filter(|needle| !found.contains(needle));
        let missed: BTreeSet<&str> = missed.map(|needle| needles[needle].name.as_str()).collect();
        assert!(missed.is_empty(), "planted at {:?} and not found: {missed:?}", char::from(role));
    }
}

#[test]
fn keys_are_found_as_the_libraries_hold_them() {
    child_plays_its_part();
    let key = random::<32>();
    let states: Vec<Needle> =
        [("1", Algorithm::Sha1), ("256", Algorithm::Sha256), ("512", Algorithm::Sha512)]
            .into_iter()
            .flat_map(|(name, algorithm)| forms::of_seed(name, &key, algorithm))
            .filter(|needle| needle.name.contains("state"))
            .collect();
    let aes = forms::of_round_keys("AES", &key);
    let needles = [states.clone(), aes].concat();
    let name = "keys_are_found_as_the_libraries_hold_them";
    let searches = run_role(name, child::KEYED, &key, &needles);
    let names = |search: &Search| -> BTreeSet<String> {
        search.found.iter().map(|found| found.name.clone()).collect()
    };
    let states: BTreeSet<String> = states.into_iter().map(|needle| needle.name).collect();
    let round_keys = (0..15).map(|round| format!("AES: round key {round}")).collect();
    let [ring, rust_crypto] = &searches[..] else { panic!("two places") };
    assert!(names(ring).is_superset(&round_keys), "{}", ring.report());
    assert!(names(ring).is_superset(&states), "{}", ring.report());
    assert!(names(rust_crypto).is_superset(&states), "{}", rust_crypto.report());
}

#[test]
fn freed_memory_and_the_stack_of_a_scrubbed_call_are_wiped() {
    child_plays_its_part();
    let name = "freed_memory_and_the_stack_of_a_scrubbed_call_are_wiped";
    let bytes = random::<64>();
    let needles = Needle::pieces("bytes", &bytes, 8, 1);
    let search = |role| run_role(name, role, &bytes, &needles);
    let returned = search(child::RETURNED);
    assert!(!returned[0].found.is_empty(), "a call that is not scrubbed leaves its frame behind");
    for role in [child::SCRUBBED, child::PANICKED, child::FREED] {
        let searches = search(role);
        assert!(searches[0].found.is_empty(), "{}", searches[0].report());
    }
}

/// Else it would come into the heap, in the gaps of what is moved there before the scrub.
#[test]
fn a_code_leaves_nothing_of_its_seed_on_the_stack_even_before_a_scrub() {
    child_plays_its_part();
    let seed = random::<32>();
    let states: Vec<Needle> = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512]
        .into_iter()
        .flat_map(|algorithm| forms::of_seed("seed", &seed, algorithm))
        .filter(|needle| needle.name.contains("state"))
        .collect();
    let name = "a_code_leaves_nothing_of_its_seed_on_the_stack_even_before_a_scrub";
    let searches = run_role(name, child::UNSCRUBBED, &seed, &states);
    let [codes @ .., hmac] = &searches[..] else { panic!("four places") };
    assert_eq!(codes.len(), 3);
    assert!(!hmac.found.is_empty(), "an HMAC that nothing sweeps leaves its state behind");
    for code in codes {
        assert!(code.found.is_empty(), "{}", code.report());
    }
}

/// What is searched for, held to known answers: else it would be no wonder that nothing is found.
#[test]
fn the_forms_searched_for_are_those_of_the_standards() {
    // FIPS 197, appendix A.3.
    let key = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
    let key: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&key[at * 2..][..2], 16).unwrap()).collect();
    let words = forms::round_keys(&key);
    assert_eq!(words.len(), 60);
    assert_eq!(words[8], [0x9b, 0xa3, 0x54, 0x11]);
    assert_eq!(words[59], [0x70, 0x6c, 0x63, 0x1e]);
    // RFC 4648, section 10.
    assert_eq!(forms::base32(b"foobar"), "MZXW6YTBOI");
    assert_eq!(forms::base32(b"fooba"), "MZXW6YTB");
    // An HMAC that is finished from the two states is the HMAC.
    for (algorithm, hash) in [
        (Algorithm::Sha1, ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
        (Algorithm::Sha256, ring::hmac::HMAC_SHA256),
        (Algorithm::Sha512, ring::hmac::HMAC_SHA512),
    ] {
        for seed in [&b"twelve bytes"[..], &[7; 200]] {
            let tag = ring::hmac::sign(&ring::hmac::Key::new(hash, seed), b"message");
            assert_eq!(forms::hmac(seed, b"message", algorithm), tag.as_ref());
        }
    }
}
