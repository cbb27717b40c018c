//! Every call of the disk fails once, or for good, in every way.

use std::io::ErrorKind;

use super::{
    Error, NOON, at,
    disk::{Call, Fault, When},
    found::{Found, entries_of},
    hotp_code,
    judge::{Allowed, Judge, Tally},
    operations::{COUNTER, Fixture, Operation, Session},
    power_cut::Effort,
    vault,
};
use crate::vault::IoCause;

/// Without a fault every subset is tried elsewhere.
const BRIEF: Effort = Effort { every_subset_of: 5, samples: 60 };

const KINDS: [(ErrorKind, IoCause); 4] = [
    (ErrorKind::StorageFull, IoCause::Full),
    (ErrorKind::ReadOnlyFilesystem, IoCause::NotPermitted),
    (ErrorKind::Interrupted, IoCause::Other),
    (ErrorKind::Other, IoCause::Other),
];

/// Each call that the operation makes, failing in each way.
fn faults(fixture: &Fixture, operation: Operation) -> Vec<(Call, Fault)> {
    let mut session = fixture.session(None);
    session.run(operation, fixture).unwrap();
    let mut faults = Vec::new();
    for (call, name) in session.disk.calls().into_iter().enumerate() {
        for when in [When::Before, When::Half, When::After] {
            if when == When::Half && name != Call::Write {
                continue;
            }
            for (kind, _) in KINDS {
                for lasting in [false, true] {
                    faults.push((name, Fault { call, kind, when, lasting }));
                }
            }
        }
    }
    faults
}

#[test]
fn a_failing_call_is_a_typed_error_the_vault_stays_whole_and_trying_again_succeeds() {
    let (mut tally, mut count) = (Tally::default(), 0);
    for operation in Operation::ALL {
        let fixture = Fixture::for_operation(operation, 0).with_leftover_temp();
        let mut judge = Judge::new(&fixture, operation, BRIEF, 20);
        for (call, fault) in faults(&fixture, operation) {
            fail_once_then_again(&fixture, operation, call, fault, &mut judge);
            assert_eq!(judge.violations, [""; 0], "{operation:?} {call:?} {fault:?}");
            count += 1;
        }
        tally += judge.tally;
    }
    println!("{count} faults, each followed by the same operation again: {tally:?}");
}

fn fail_once_then_again(
    fixture: &Fixture,
    operation: Operation,
    call: Call,
    fault: Fault,
    judge: &mut Judge<'_>,
) {
    let about = format!("{operation:?} {call:?} {fault:?}");
    let mut session = fixture.session(None);
    session.disk.watch(Some(fault));
    let first = session.run(operation, fixture);
    let a_signal_came = fault.kind == ErrorKind::Interrupted && fault.when == When::Before;
    if a_signal_came && !fault.lasting && call != Call::Write {
        assert!(first.is_ok(), "{about}: {first:?}");
    }
    let ended = match &first {
        Ok(_) => Allowed::New,
        Err(error) => {
            assert!(is_typed(*error, call, fault), "{about}: {error:?}");
            Allowed::OldOrNew
        }
    };
    // Up to the fault all is as in a run without one.
    judge.every_prefix(&session.disk.history()[fault.call..], ended);

    session.disk.watch(None);
    let after_fault = judge.found(&session.disk.state().visible()).unwrap();
    memory_is_right(&session, fixture, &after_fault, &about);

    // A call that went well is not made again, but for the button, whose request may come twice.
    if first.is_err() || operation == Operation::Advance {
        let again = session.run(operation, fixture);
        let ended = match &again {
            Ok(_) => Allowed::New,
            Err(error) => {
                assert!(operation.was_done(*error), "{about}: {error:?}");
                assert_eq!(after_fault, fixture.expected(operation, &after_fault), "{about}");
                Allowed::OldOrNew
            }
        };
        if operation == Operation::Advance {
            let code = Some(hotp_code("press", COUNTER));
            assert_eq!(again.as_ref().ok(), Some(&code), "{about}");
            assert!(first.is_err() || first == again, "{about}");
        }
        judge.every_prefix(&session.disk.history(), ended);
    }
    let finally = judge.found(&session.disk.state().visible()).unwrap();
    assert_eq!(finally, fixture.expected(operation, &finally), "{about}");
}

/// The token in memory draws and holds the old or the new state, and a refresh takes in what is
/// there.
fn memory_is_right(session: &Session, fixture: &Fixture, there: &Found, about: &str) {
    let Some(token) = &session.token else { return };
    let held = entries_of(token).unwrap();
    assert!(held == fixture.found.entries() || held == there.entries(), "{about}");
    assert_eq!(token.screen(at(NOON)).unwrap().cards.len(), held.len(), "{about}");
    token.refresh().unwrap();
    assert_eq!(entries_of(token).unwrap(), there.entries(), "{about}");
    assert_eq!(token.screen(at(NOON)).unwrap().cards.len(), there.entries().len(), "{about}");
}

fn is_typed(error: Error, call: Call, fault: Fault) -> bool {
    let Error::Vault(vault::Error::Io { operation, cause }) = error else { return false };
    let expected = match call {
        Call::Lock => vault::Operation::Lock,
        Call::Read => vault::Operation::Read,
        _ => vault::Operation::Write,
    };
    let kind = KINDS.iter().find(|(kind, _)| *kind == fault.kind);
    operation == expected && kind.is_some_and(|(_, expected)| cause == *expected)
}
