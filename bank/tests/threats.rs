//! Each row of the threat model that the bank must hold, on both databases and through real HTTP: the test plays
//! the attacker. `docs/threat-model.md`, "What the bank must hold, row by row", says which test is of which row.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic
)]

#[path = "threats/broken_requests.rs"]
mod broken_requests;
#[path = "support/browser.rs"]
mod browser;
#[path = "support/customers.rs"]
mod customers;
#[path = "threats/malformed.rs"]
mod malformed;
#[path = "threats/phished_code.rs"]
mod phished_code;
#[path = "threats/replayed_code.rs"]
mod replayed_code;
#[path = "threats/shared_address.rs"]
mod shared_address;
#[path = "support/steps.rs"]
mod steps;
#[path = "threats/stolen_password.rs"]
mod stolen_password;
#[path = "support/stored.rs"]
mod stored;
mod support;
#[path = "threats/tables.rs"]
mod tables;
#[path = "threats/unknown_ids.rs"]
mod unknown_ids;
#[path = "threats/wrong_codes.rs"]
mod wrong_codes;

use std::{collections::BTreeSet, fs, path::Path};

/// What attackers do to the bank: the rows that must be in the document, each with a test at the least.
const ROWS: [&str; 7] = [
    "steals contract ID and password",
    "replays a code, or sends it twice at once",
    "phishes a code",
    "types wrong codes for another's ID",
    "sends malformed HTTP or forms",
    "asks which contract IDs there are",
    "shares the customer's address, or steals the browser's cookie",
];

#[test]
fn each_row_of_the_threat_model_has_its_tests_and_each_test_its_row() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let document = fs::read_to_string(here.join("../../docs/threat-model.md")).unwrap();
    let (_, section) = document.split_once("\n## What the bank must hold, row by row\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let (mut rows, mut named) = (Vec::new(), BTreeSet::new());
    for line in section.lines().filter(|line| line.starts_with("| ")).skip(1) {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let tests: Vec<_> = cells[2].split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "no test: {line}");
        rows.push(cells[0].to_owned());
        named.extend(tests.into_iter().map(str::to_owned));
    }
    assert_eq!(rows, ROWS);

    let (ours, all) = (tests_in(&here.join("threats")), tests_in(&here));
    let everywhere: BTreeSet<_> = ours.union(&all).cloned().collect();
    let missing: Vec<_> = named.difference(&everywhere).collect();
    assert!(missing.is_empty(), "named, and not there: {missing:?}");
    let forgotten: Vec<_> = ours.difference(&named).collect();
    assert!(forgotten.is_empty(), "there, and of no row: {forgotten:?}");
}

/// The names of the tests in a folder's sources, and in those of the folders in it.
fn tests_in(folder: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names.extend(tests_in(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let text = fs::read_to_string(path).unwrap();
            let after = text.split("#[test]\nfn ").skip(1);
            names.extend(after.map(|rest| rest.split('(').next().unwrap().to_owned()));
        }
    }
    names
}
