//! Kill and power loss at every call of every operation.

use super::{
    disk::Flaw,
    judge::{Allowed, Judge, Tally},
    operations::{Fixture, Operation},
    power_cut::Effort,
};

const THOROUGH: Effort = Effort { every_subset_of: 8, samples: 10_000 };

/// Runs the operation once and judges every state that a kill or a power cut in it may leave.
fn trial(
    fixture: &Fixture,
    operation: Operation,
    stride: usize,
    flaw: Option<Flaw>,
) -> (Tally, Vec<String>) {
    let mut session = fixture.session(flaw);
    session.run(operation, fixture).unwrap();
    let mut judge = Judge::new(fixture, operation, THOROUGH, stride);
    judge.every_prefix(&session.disk.history(), Allowed::New);
    (judge.tally, judge.violations)
}

#[test]
fn a_kill_or_a_power_cut_at_any_call_leaves_the_old_vault_or_the_new_one_and_ok_means_the_new() {
    let mut tally = Tally::default();
    for operation in Operation::ALL {
        // One block to five: with the leftover, eight changes are pending before the sync.
        for fixture in [
            Fixture::for_operation(operation, 0),
            Fixture::for_operation(operation, 6).with_leftover_temp(),
            Fixture::for_operation(operation, 13).with_leftover_temp(),
        ] {
            let (tried, violations) = trial(&fixture, operation, 1, None);
            assert_eq!(violations, [""; 0], "{operation:?}");
            tally += tried;
        }
    }
    println!("few blocks, every subset: {tally:?}");
    assert!(tally.cuts > 2_500, "{tally:?}");
}

#[test]
fn a_vault_of_many_blocks_is_torn_in_thousands_of_ways_and_stays_whole() {
    let mut tally = Tally::default();
    for operation in Operation::writing().filter(|operation| *operation != Operation::Create) {
        let fixture = Fixture::for_operation(operation, 37).with_leftover_temp();
        let (tried, violations) = trial(&fixture, operation, 200, None);
        assert_eq!(violations, [""; 0], "{operation:?}");
        assert!(tried.cuts >= 10_000, "{operation:?}: {tried:?}");
        tally += tried;
    }
    println!("many blocks, drawn: {tally:?}");
}

/// The judge itself is judged: a disk that breaks its promise is found out in every operation.
#[test]
fn a_disk_that_forgets_or_a_write_in_place_is_found_out() {
    for flaw in [Flaw::ForgetsSync, Flaw::ForgetsFolder, Flaw::WritesInPlace] {
        for operation in Operation::writing() {
            let fixture = Fixture::for_operation(operation, 0);
            let (_, violations) = trial(&fixture, operation, 1, Some(flaw));
            assert!(!violations.is_empty(), "{flaw:?} in {operation:?} was not noticed");
        }
    }
}
