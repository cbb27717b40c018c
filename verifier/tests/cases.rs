//! Walks `cases.json`: calls with their arguments, and the verdicts and states that they must give.
//! Its codes are oathtool's (`case_codes.py`), never warifu's own. `WARIFU_CASE=text` walks those
//! whose name holds the text.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on is to stop"
)]

#[path = "support/table.rs"]
mod table;

use std::collections::HashSet;

use table::{Act, Call, Case, Key, Table, Which};
use warifu::time::UnixMillis;
use warifu_verifier::{AlreadyRevoked, Row, State, TypedCode, Verdict, Verifier};

#[test]
fn every_case_of_the_table_goes_as_it_says() {
    let table = Table::read();
    let chosen = std::env::var("WARIFU_CASE").unwrap_or_default();
    let mut walked = 0;
    for case in table.cases.iter().filter(|case| case.name.contains(&chosen)) {
        walk(case, &table.keys[&case.key]);
        walked += 1;
    }
    assert!(walked > 0, "no case is named like {chosen:?}");
    println!("{walked} cases");
}

/// A table that left one out would not show that it is ever given.
#[test]
fn the_table_has_every_verdict_and_every_act() {
    let table = Table::read();
    let calls = || table.cases.iter().flat_map(|case| &case.calls);
    let verdicts: HashSet<_> =
        calls().filter_map(|call| call.verdict.as_ref()).map(std::mem::discriminant).collect();
    assert_eq!(verdicts.len(), 10);
    let acts: HashSet<_> = calls().map(|call| call.call).collect();
    assert_eq!(acts.len(), 7);
    let names: HashSet<_> = table.cases.iter().map(|case| &case.name).collect();
    assert_eq!(names.len(), table.cases.len());
}

fn walk(case: &Case, key: &Key) {
    let (generator, seed, rules) = (key.generator(), key.seed(), case.rules.build());
    let verifier = Verifier::new(&generator, &seed, &rules);
    let mut state = State::new(&generator);
    if let Some(start) = &case.start {
        let mut row = Row::from(&state);
        start.write(key, &mut row);
        state = State::try_from(row).unwrap();
    }
    for (nth, call) in case.calls.iter().enumerate() {
        let place = format!("{}, call {}", case.name, nth + 1);
        state = make(call, key, &verifier, &state, &place);
        // What is stored is what is gone on with.
        let row = Row::from(&state);
        assert_eq!(State::try_from(row.clone()).as_ref(), Ok(&state), "{place}");
        let mut expected = row.clone();
        call.row.write(key, &mut expected);
        assert_eq!(row, expected, "{place}");
    }
}

/// Makes the call, compares its verdict, and gives the state after it.
fn make(call: &Call, key: &Key, verifier: &Verifier<'_>, state: &State, place: &str) -> State {
    let now = || UnixMillis(key.instant(call.at_ms.unwrap()));
    let codes: Vec<TypedCode> =
        call.codes.iter().map(|code| TypedCode::new(code, key.digits()).unwrap()).collect();
    let act = |done: Result<State, AlreadyRevoked>| match (done, call.error) {
        (Ok(state), None) => (None, state),
        (Err(AlreadyRevoked), Some(Which::Revoked)) => (None, state.clone()),
        (done, error) => panic!("{place}: {done:?}, expected {error:?}"),
    };
    let judged = |(verdict, state): (Verdict, State)| (Some(verdict), state);
    let (verdict, next) = match (call.call, codes.as_slice()) {
        (Act::Verify, [code]) => judged(verifier.verify(state, code, now())),
        (Act::Confirm, [code]) => judged(verifier.confirm(state, code, now())),
        (Act::Resync, [first, second]) => judged(verifier.resync(state, first, second, now())),
        (Act::Suspend, []) => act(state.suspend()),
        (Act::Resume, []) => act(state.resume()),
        (Act::Unlock, []) => act(state.unlock()),
        (Act::Revoke, []) => (None, state.revoke()),
        _ => panic!("{place}: another number of codes"),
    };
    let expected = call.verdict.as_ref().map(|verdict| verdict.of(key));
    assert_eq!(verdict, expected, "{place}");
    if !verdict.is_some_and(|verdict| verdict.is_accepted() || verdict.is_failure()) {
        let mut untouched = Row::from(state);
        call.row.write(key, &mut untouched);
        if call.verdict.is_some() {
            assert_eq!(Row::from(&next), untouched, "{place}: nothing was judged");
        }
    }
    next
}
