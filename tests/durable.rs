//! What the real disk is asked for: a child process works on vaults under `strace`, and its system
//! calls are read. They are what stands behind the tests that put a disk of their own behind the
//! core: the right calls, on the right files, in the right order, before the core returns.
//!
//! What the disk then makes of an fsync, no test can see. Linux alone. Where `strace` is missing or
//! may not trace, the test fails and says so.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on is to stop"
)]

#[path = "support/durable/child.rs"]
mod child;
#[path = "support/durable/judge.rs"]
mod judge;
#[path = "support/keystore.rs"]
mod keystore;
#[path = "support/durable/trace.rs"]
mod trace;

use child::{ABOVE_THE_ANCHOR, ADD, COUNTER, CREATE, NOTHING_NEW, WRONG_PIN};
use judge::{Work, chain, works};
use keystore::{client, server};
use trace::{Section, parse, sections, traced};

/// Not a test: what the others run under `strace`.
#[test]
fn child_process() {
    child::work_if_asked();
}

/// Not a test: the key store's own process, which the child starts.
#[test]
fn key_store_process() {
    if client::is_server() {
        server::serve();
        std::process::exit(0);
    }
}

#[test]
fn each_change_is_synced_then_renamed_then_synced_under_the_lock_before_the_call_returns() {
    let sections = recorded();
    let of = |name: &str| {
        let section = sections.iter().find(|section| section.name == name).unwrap();
        works(section).unwrap_or_else(|why| panic!("{name}: {why}\n{}", section.text()))
    };
    for name in [CREATE, ADD, COUNTER] {
        assert_eq!(of(name), [Work::Replace], "{name}");
    }
    // What rests on the version in place makes that version last.
    for name in [NOTHING_NEW, ABOVE_THE_ANCHOR] {
        assert_eq!(of(name), [Work::Settle], "{name}");
    }
    // A try settles the version it begins with, and counts before it judges.
    assert!(of(WRONG_PIN).contains(&Work::Replace));
}

/// The judge is held to the real calls: without any one of them, or with two in the other's place,
/// it refuses.
#[test]
fn a_change_without_one_of_its_calls_or_in_another_order_is_refused() {
    let sections = recorded();
    for section in sections.iter().filter(|section| [CREATE, ADD].contains(&&*section.name)) {
        let chain: Vec<usize> = chain(section).unwrap();
        assert_eq!(chain.len(), 9, "{}", section.text());
        for (step, &at) in chain.iter().enumerate() {
            let mut without = section.clone();
            without.calls.remove(at);
            assert!(works(&without).is_err(), "{}: without step {step}", section.name);
        }
        for (step, pair) in chain.windows(2).enumerate() {
            let mut turned = section.clone();
            turned.exchange(pair[0], pair[1]);
            assert!(works(&turned).is_err(), "{}: steps {step} and the next", section.name);
        }
    }
}

#[test]
fn calls_that_are_under_way_at_once_are_told_apart() {
    let calls = parse(concat!(
        "7  openat(AT_FDCWD</a, b>, \"/c \\\"d\\\"\", O_RDONLY|O_CLOEXEC) = 3</c \"d\">\n",
        "7  fsync(3</c \"d\"> <unfinished ...>\n",
        "12 statx(AT_FDCWD</>, \"/e\", {mask=0, f=[1, 2]}) = -1 ENOENT (No such file or directory)\n",
        "12 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED} ---\n",
        "12 read(0<pipe:[5]>,  <unfinished ...>\n",
        "7  <... fsync resumed>) = 0\n",
        "12 <... read resumed> <unfinished ...>) = ?\n",
        "12 +++ killed by SIGKILL +++\n",
    ));
    let [open, sync, stat, read] = &calls[..] else { panic!("{calls:#?}") };
    assert_eq!((open.thread, &*open.name, open.result()), (7, "openat", Some(3)));
    assert_eq!(open.arguments[1..], ["\"/c \\\"d\\\"\"", "O_RDONLY|O_CLOEXEC"]);
    assert_eq!((sync.thread, &*sync.name, sync.result()), (7, "fsync", Some(0)));
    assert_eq!((sync.begun, sync.ended), (1, 5));
    assert!(sync.acts_on("/c \"d\"") && !sync.acts_on("/c"));
    assert!(stat.returned.starts_with("-1 ENOENT") && stat.names("/e"));
    assert_eq!((stat.arguments.len(), stat.result()), (3, None));
    assert_eq!((&*read.name, read.result(), read.ended), ("read", None, 6));
}

/// What the child did, by step.
fn recorded() -> Vec<Section> {
    let folder = tempfile::tempdir().unwrap();
    sections(&traced("child_process", folder.path()))
}
