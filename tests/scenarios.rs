//! The scenarios of `tests/scenarios.json`, on the real core. `docs/scenarios.md` describes the table;
//! the suites of the other languages run the same one.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
#![allow(clippy::panic)]

#[path = "support/scenarios/key_store.rs"]
mod key_store;
#[path = "support/scenarios/network.rs"]
mod network;
#[path = "support/scenarios/observed.rs"]
mod observed;
#[path = "support/scenarios/phone.rs"]
mod phone;
#[path = "support/scenarios/run.rs"]
mod run;
#[allow(dead_code, reason = "the core's own tests use the rest")]
#[path = "../src/token/tests/enrol/service.rs"]
mod service;
#[path = "support/scenarios/table.rs"]
mod table;
#[path = "support/scenarios/tasks.rs"]
mod tasks;
#[path = "support/scenarios/values.rs"]
mod values;
#[path = "support/scenarios/words.rs"]
mod words;

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
};

use table::{Op, Table};

/// `WARIFU_SCENARIO=text` runs those whose name holds the text.
#[test]
fn every_scenario_holds() {
    let table = Table::read();
    let chosen = std::env::var("WARIFU_SCENARIO").unwrap_or_default();
    let mut failed = Vec::new();
    let mut count = 0;
    for scenario in table.scenarios.iter().filter(|scenario| scenario.name.contains(&chosen)) {
        count += 1;
        println!("{}", scenario.name);
        let run = AssertUnwindSafe(|| run::scenario(scenario, table.kdf));
        if catch_unwind(run).is_err() {
            failed.push(&scenario.name);
        }
    }
    assert!(count > 0, "no scenario is named so");
    assert!(failed.is_empty(), "of {count} scenarios these do not hold: {failed:#?}");
}

#[test]
fn the_table_lists_the_ops_that_this_suite_knows_and_each_is_used() {
    let table = Table::read();
    let known: BTreeSet<_> = Op::names().collect();
    let listed: BTreeSet<_> = table.ops.iter().map(String::as_str).collect();
    assert_eq!(listed, known);
    assert_eq!(listed.len(), table.ops.len(), "an op is listed twice");
    let mut used = BTreeSet::new();
    for scenario in &table.scenarios {
        scenario.steps.iter().for_each(|step| table::ops_of(step, &mut used));
    }
    assert_eq!(used.iter().map(String::as_str).collect::<BTreeSet<_>>(), listed);
}

#[test]
fn a_scenario_has_a_name_of_its_own_and_steps() {
    let table = Table::read();
    let names: BTreeSet<_> = table.scenarios.iter().map(|scenario| &scenario.name).collect();
    assert_eq!(names.len(), table.scenarios.len());
    assert!(table.scenarios.iter().all(|scenario| !scenario.steps.is_empty()));
}

/// A runner that lets everything through would show nothing.
#[test]
fn the_runner_refuses_what_does_not_hold_and_what_it_does_not_know() {
    let create = r#"{"op": "create", "passphrase": "correct horse"}"#;
    for (steps, says) in [
        (vec![r#"{"op": "fly"}"#], "unknown variant `fly`"),
        (vec![r#"{"op": "lock", "when": "now"}"#], "unknown field `when`"),
        (vec![r#"{"op": "open"}"#], "W-102"),
        (vec![create, r#"{"op": "lock", "error": {"code": "W-101"}}"#], "no error"),
        (vec![create, r#"{"op": "is_unlocked", "expect": {"unlocked": false}}"#], "true"),
        (vec![create, r#"{"op": "screen", "expect": {"colour": 1}}"#], "colour"),
        (vec![create, r#"{"op": "screen", "expect": {"cards": [{}]}}"#], "1 in"),
        (
            vec![create, r#"{"op": "entries"}"#, r#"{"op": "remove", "entry": "nobody"}"#],
            "no entry is called nobody",
        ),
    ] {
        let scenario = table::Scenario::of(&steps);
        let run = AssertUnwindSafe(|| run::scenario(&scenario, Table::read().kdf));
        let panic = catch_unwind(run).expect_err(says);
        let panic = panic.downcast_ref::<String>().expect("a formatted panic");
        assert!(panic.contains(says), "{panic}\ndoes not say: {says}");
    }
}
