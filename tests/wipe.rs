//! What wipes itself, seen without what would hide it: the process whose memory is read here has the
//! system's own allocator, which wipes nothing that it takes back. In `residue.rs` a secret that
//! forgets its wipe is wiped all the same.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on is to stop"
)]
#![allow(dead_code, reason = "the residue test uses the rest of what both share")]

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
#[path = "support/residue/memory.rs"]
mod memory;
#[path = "support/residue/parent.rs"]
mod parent;
#[path = "support/residue/sealing.rs"]
mod sealing;
#[path = "support/residue/store.rs"]
mod store;

use std::collections::BTreeSet;

use memory::{Needle, Search};
use parent::{Life, child_plays_its_part, run_role};
use store::random;

/// The system's allocator writes two links over the beginning of what it takes back.
const LINKS: usize = 16;

#[test]
fn a_secret_is_wiped_when_it_is_dropped_or_told_to_however_it_was_made() {
    child_plays_its_part();
    let content = random::<64>();
    let needles = Needle::pieces("content", &content, 8, 1);
    let masked = content.map(|byte| byte ^ child::MASK);
    let name = "a_secret_is_wiped_when_it_is_dropped_or_told_to_however_it_was_made";
    let searches = run_role(name, child::SECRETS, &masked, &needles);

    let (plain, secrets) = searches.split_last().unwrap();
    assert_eq!(secrets.len(), 3 * child::WAYS.len());
    for (way, search) in child::WAYS.iter().zip(secrets.chunks(3)) {
        let [held, dropped, wiped] = search else { panic!("three searches for each way") };
        assert_eq!(pieces(held), (0..needles.len()).collect(), "{way}: not there while it is held");
        assert_eq!(held.found.len(), needles.len(), "{way}: more than one copy\n{}", held.report());
        assert!(dropped.found.is_empty(), "{way}, dropped:\n{}", dropped.report());
        assert!(wiped.found.is_empty(), "{way}, wiped:\n{}", wiped.report());
    }
    // The same search finds what a buffer that does not wipe itself leaves behind.
    assert!(pieces(plain).is_superset(&(LINKS..needles.len()).collect()), "{}", plain.report());
}

/// Nor by a value that was moved with what lay on the stack in its gaps: ciphers sweep their own stack.
#[test]
fn no_seed_no_key_and_no_pin_is_left_even_by_an_allocator_that_wipes_nothing() {
    child_plays_its_part();
    let mut life = Life::new();
    life.run("no_seed_no_key_and_no_pin_is_left_even_by_an_allocator_that_wipes_nothing");
    assert!(life.failures.is_empty(), "\n{}", life.failures.join("\n"));
    assert_eq!(life.codes, life.expected_codes(), "the child did not use its seeds");
}

fn pieces(search: &Search) -> BTreeSet<usize> {
    search.found.iter().map(|found| found.needle).collect()
}
