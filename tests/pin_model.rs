//! A model check of the PIN try: every interleaving of crash, power cut, key store failure and file
//! rollback, for any number of tries.
//!
//! A crash, a cancel and a failure are one thing here: the try ends before or after the step's
//! effect. States that differ in names alone are one state, so the search ends by itself.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "support/pin_model/attempt.rs"]
mod attempt;
#[path = "support/pin_model/explore.rs"]
mod explore;
#[path = "support/pin_model/world.rs"]
mod world;

use attempt::{Rules, Variant};
use explore::{By, Explored, HONEST, Property, Surroundings, explore};

/// A power cut may lose the last try's operations, the latest first.
const LOSSY: Surroundings = Surroundings { lossy: true, ..HONEST };
/// Somebody puts files together from every envelope that ever was, and forges others.
const ROLLBACK: Surroundings = Surroundings { rollback: true, ..HONEST };
/// Both. Each power cut that loses something may give one try back, and no more.
const BOTH: Surroundings = Surroundings { rollback: true, lossy: true, forgiving: true, ..HONEST };
/// Two tries at once, each in a process of its own.
const MEETING: Surroundings = Surroundings { meetings: 1, ..HONEST };

#[test]
fn no_try_is_regained_and_no_owner_is_locked_out() {
    let every = [2, 3].map(|limit| [HONEST, LOSSY, ROLLBACK, BOTH].map(|around| (limit, around)));
    for (limit, around) in every.into_iter().flatten().chain([(2, MEETING)]) {
        let explored = run(Variant::Built, limit, around);
        println!(
            "limit {limit}, rollback {}, lossy {}, meetings {}: {} states, {} transitions",
            around.rollback, around.lossy, around.meetings, explored.states, explored.transitions
        );
        assert!(explored.violation.is_none(), "{:#?}", explored.violation);
        // The limit is reached, so the search did go that far.
        assert_eq!((explored.judged, explored.destroyed), (limit, true));
    }
}

/// With a file put back *and* a power cut that loses what the store confirmed, a try is regained:
/// the assumption is needed. Without the file put back it is not.
#[test]
fn a_lossy_power_cut_and_a_file_put_back_regain_a_try_together_only() {
    let unforgiven = Surroundings { forgiving: false, ..BOTH };
    let violation = run(Variant::Built, 2, unforgiven).violation.unwrap();
    assert_eq!(violation.property, Property::NoTryRegained);
    let used = |wanted: fn(&By) -> bool| violation.trace.iter().filter(|by| wanted(by)).count();
    assert_eq!(used(|by| matches!(by, By::PowerCut { .. })), 1);
    assert_eq!(used(|by| matches!(by, By::FilePutBack)), 1);
}

/// No design can do better. Whatever the last step before the judgement is, the judgement itself
/// writes nothing (a step that it waited for would be the last one). So a crash just before it and a
/// crash just after it leave the same disk and the same key store, and a design that counts each
/// judged guess must count both: `limit` crashes there are `limit` tries.
#[test]
fn as_many_crashes_as_the_limit_at_the_worst_place_do_lock_the_owner_out() {
    for limit in [2, 3] {
        let explored = run(Variant::Built, limit, Surroundings { wrong: false, ..HONEST });
        assert!(explored.violation.is_none() && explored.destroyed, "{:#?}", explored.violation);
        assert!(explored.judgement_writes_nothing);
    }
}

#[test]
fn each_wrong_order_is_caught() {
    use Property::*;
    for (variant, around, property) in [
        (Variant::JudgedBeforeTheDeleteIsConfirmed, ROLLBACK, NoTryRegained),
        (Variant::JudgedBeforeTheWrite, HONEST, NoTryRegained),
        (Variant::DeletedBeforeTheWrite, HONEST, OwnerNotLockedOut),
        (Variant::WriteNotSynced, HONEST, OwnerNotLockedOut),
        (Variant::NotCountedUnderTheOldKey, LOSSY, NoTryRegained),
        (Variant::NotCounted, HONEST, NoTryRegained),
        (Variant::OneTryTooMany, HONEST, NoTryRegained),
        (Variant::NotSettled, HONEST, OwnerNotLockedOut),
        (Variant::OrphanKept, ROLLBACK, NoOrphan),
        (Variant::OldEnvelopeDropped, LOSSY, OwnerNotLockedOut),
        (Variant::NoFallBack, LOSSY, OwnerNotLockedOut),
        (Variant::TombstoneLast, HONEST, OwnerNotLockedOut),
        (Variant::BesideKept, HONEST, NoOrphan),
        (Variant::NotReserved, MEETING, OwnerNotLockedOut),
        (Variant::ResetOverAll, MEETING, OwnerNotLockedOut),
    ] {
        let explored = run_for(variant, 2, around, Some(property));
        let caught = explored.violation.map(|violation| violation.property);
        assert_eq!(caught, Some(property), "{variant:?}");
        println!("{variant:?}: {property:?} after {} states", explored.states);
    }
}

fn run(variant: Variant, limit: u8, around: Surroundings) -> Explored {
    run_for(variant, limit, around, None)
}

/// `wanted`: the one property to hold the order against.
fn run_for(
    variant: Variant,
    limit: u8,
    around: Surroundings,
    wanted: Option<Property>,
) -> Explored {
    explore(Rules { variant, limit }, around, wanted)
}
