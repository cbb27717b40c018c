//! What a Java machine leaves in memory: a child in Kotlin lives a token's life through the bindings,
//! and this process reads its memory from outside, as `residue.rs` does.
//!
//! In native memory nothing may be left, the stacks of its threads included: what the boundary allocated,
//! what JNA and the machine copied on the way. The machine spills its vector registers onto those stacks as
//! it likes, so the layer copies what crosses one byte at a time, and nothing wider than that lies in any.
//!
//! The managed heap is another matter, since a collector moves what it
//! holds and nothing can reach the copies. It is searched apart and what is found there is printed, for
//! `docs/threat-model.md`.
//!
//! `tests/run kotlin` builds what this needs and runs it. By hand, once the bindings are built:
//!
//! ```sh
//! WARIFU_JVM_CLASSPATH=$(cat bindings/kotlin/tests/target/classpath):bindings/kotlin/tests/target/test-classes \
//! WARIFU_JVM_NATIVE=target/release cargo test --test residue_jvm -- --ignored --nocapture
//! ```
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation
)]
#![allow(dead_code, reason = "the residue test uses the rest of what both share")]

#[path = "support/residue/derived.rs"]
mod derived;
#[path = "support/residue/forms.rs"]
mod forms;
#[path = "support/residue/jvm.rs"]
mod jvm;
#[path = "support/residue/link.rs"]
mod link;
#[path = "support/residue/memory.rs"]
mod memory;
#[path = "support/residue/store.rs"]
mod store;

use jvm::Life;

#[test]
#[ignore = "it needs the Kotlin bindings built: `tests/run kotlin` runs it"]
fn a_java_machine_leaves_nothing_in_native_memory() {
    let mut life = Life::new();
    life.run();
    println!("{}", life.heap_report());
    assert!(life.failures.is_empty(), "\n{}", life.failures.join("\n"));
    for place in ["after the failed unlock", "after the lock", "after the PC's lock"] {
        assert!(life.places.iter().any(|read| read == place), "{place}: {:?}", life.places);
    }
    assert!(life.codes >= 8, "the child made {} codes", life.codes);
    // What is read in and held must be found, or it would be no wonder that nothing else is.
    assert!(life.found_what_is_held, "a PIN that the child held was not found in its heap");
}
