//! What the house forbids in the bank's service, with sources that break it: its rooms know only those
//! below them, the time is read in one place, and of the core it knows what a bank has to know.

use crate::{
    paths::{Path, Source},
    root,
    rules::{Breach, Violation},
    sources,
};

/// From the lowest up. `clock` stands beside them: `api`, `pages` and `cli` alone may read it.
const ROOMS: [&str; 10] =
    ["calendar", "seeds", "store", "service", "enrolment", "bank", "peer", "api", "pages", "cli"];

/// What is asked by programs, and what is asked by customers, do not know each other.
const SIDEWAYS: [(&str, &str); 3] = [("api", "bank"), ("api", "pages"), ("pages", "api")];

/// Of the core: what keeps, moves or shows a customer's credential is none of the bank's business.
const NOT_KNOWN: [&str; 4] = ["vault", "token", "clock", "provision"];

fn violations(name: &str, text: &str) -> Vec<Violation> {
    let at = |line, what| Violation { file: name.into(), line, what };
    let module = module(name);
    let source = match Source::parse(text, &module) {
        Ok(source) => source,
        Err(why) => return vec![at(1, Breach::Unreadable(why))],
    };
    let of_code = source.paths.iter().filter(|path| !source.is_test(path.line));
    let tests = name.ends_with("/tests.rs");
    let broken = of_code.filter(|path| !tests && breaks(&module, path));
    broken.map(|path| at(path.line, Breach::Names(path.segments.join("::")))).collect()
}

fn breaks(module: &[String], path: &Path) -> bool {
    let Some(room) = module.first() else { return false };
    match absolute(path).as_slice() {
        ["crate", "clock", ..] => !matches!(room.as_str(), "api" | "pages" | "cli" | "clock"),
        // The token service is a trait there, which one file puts over it.
        ["crate", "service", "Service", ..] if matches!(room.as_str(), "bank" | "pages") => {
            module != ["bank", "tokens"]
        }
        ["crate", known, ..] if SIDEWAYS.contains(&(room.as_str(), *known)) => true,
        ["crate", known, ..] => {
            let rank = |name: &str| ROOMS.iter().position(|room| *room == name);
            rank(known) > rank(room)
        }
        ["crate"] => true,
        ["warifu", known, ..] => NOT_KNOWN.contains(known),
        ["std", "time", "SystemTime", ..] | ["SystemTime", ..] => room != "clock",
        _ => false,
    }
}

/// The path from the root of its crate.
fn absolute(path: &Path) -> Vec<&str> {
    let written: Vec<&str> = path.segments.iter().map(String::as_str).collect();
    let ups = written.iter().take_while(|segment| **segment == "super").count();
    if ups == 0 {
        return written;
    }
    let kept = path.module.len().saturating_sub(ups);
    let within = path.module.iter().take(kept).map(String::as_str);
    std::iter::once("crate").chain(within).chain(written.into_iter().skip(ups)).collect()
}

/// `bank/src/store/answers.rs` is `store::answers`.
fn module(name: &str) -> Vec<String> {
    let name = name.trim_start_matches("bank/src/").trim_end_matches(".rs");
    let parts = name.split('/').map(str::to_owned);
    parts.filter(|part| !matches!(part.as_str(), "lib" | "main")).collect()
}

#[test]
fn the_rooms_of_the_bank_know_only_those_below_them() {
    let files = sources(&root().join("bank/src"), "bank/src/");
    let found = files.iter().flat_map(|(name, text)| violations(name, text));
    let broken: Vec<String> = found.map(|violation| violation.to_string()).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
    for room in ROOMS {
        assert!(files.iter().any(|(name, _)| module(name).first().is_some_and(|it| it == room)));
    }
}

#[test]
fn what_a_room_of_the_bank_may_not_know_is_caught() {
    for (file, source) in [
        ("seeds.rs", "use crate::store::Store;"),
        ("store/answers.rs", "use crate::service::Service;"),
        ("store/answers.rs", "use super::super::api::App;"),
        ("service/judge.rs", "use crate::{store::Store, api::App};"),
        ("service/judge.rs", "fn f() { crate::clock::Clock::system(); }"),
        ("service.rs", "use crate::enrolment::Offer;"),
        ("enrolment/offer.rs", "use crate::clock::Clock;"),
        ("api/open.rs", "fn f() { std::time::SystemTime::now(); }"),
        ("api.rs", "use crate::cli::main;"),
        ("service.rs", "use warifu::token::Token;"),
        ("bank/login.rs", "use crate::service::{Codes, Service};"),
        ("bank/login.rs", "use crate::clock::Clock;"),
        ("api/open.rs", "use crate::bank::Bank;"),
        ("pages/login.rs", "use crate::api::App;"),
        ("service/proof.rs", "use crate::bank::TokenService;"),
        ("store.rs", "use warifu::{secret::Secret, vault::Passphrase};"),
        ("calendar.rs", "use crate::store::Store;"),
    ] {
        let found = violations(&format!("bank/src/{file}"), source);
        assert_eq!(found.len(), 1, "{file}: {source}");
    }
}

#[test]
fn what_a_room_of_the_bank_may_know_passes() {
    for (file, source) in [
        ("store/answers.rs", "use super::{ClientId, Store}; use crate::seeds::KeyId;"),
        ("api/open.rs", "use crate::{clock::Clock, service::Service}; use std::time::Instant;"),
        ("bank/tokens.rs", "use crate::{service::{Proof, Service}, store::Along};"),
        ("bank/acts.rs", "use crate::{service::Codes, store::Contract};"),
        ("pages.rs", "use crate::{bank::Bank, clock::Clock, peer};"),
        ("clock.rs", "use std::time::SystemTime; use warifu::time::UnixMillis;"),
        ("cli.rs", "use crate::{api::App, store::Store};"),
        ("lib.rs", "pub mod api; pub mod clock;"),
        ("service.rs", "#[cfg(test)] mod tests { use warifu::provision::pskc; }"),
    ] {
        let found = violations(&format!("bank/src/{file}"), source);
        assert!(found.is_empty(), "{file}: {source}");
    }
}
