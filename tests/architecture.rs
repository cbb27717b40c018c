//! Holds the sources to the house's layers: imports point downward only, rooms on one level do not
//! know each other, and the core knows no network, thread, clock or binding. The boundary's crate
//! converts and decides nothing; the verifier and the bank know of the core what they may. Each rule
//! comes with sources that break it.
#![allow(clippy::unwrap_used)]

#[path = "support/architecture/bank.rs"]
mod bank;
#[path = "support/architecture/boundary.rs"]
mod boundary;
#[path = "support/architecture/facade.rs"]
mod facade;
#[path = "support/architecture/paths.rs"]
mod paths;
#[path = "support/architecture/rules.rs"]
mod rules;
#[path = "support/architecture/verifier.rs"]
mod verifier;

use std::{collections::BTreeSet, fs, path::Path};

use rules::{Breach, CoreFile, Violation};

#[test]
fn every_reference_in_the_core_points_downward() {
    let files = core();
    let broken: Vec<String> = files
        .iter()
        .flat_map(CoreFile::violations)
        .map(|violation| violation.to_string())
        .collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn the_walk_sees_the_references_that_are_there() {
    let files = core();
    for (from, to) in [("otp", "secret"), ("credential", "otp"), ("provision", "credential")] {
        let of_room = |file: &&CoreFile| file.module.first().is_some_and(|room| room == from);
        let mut known = files.iter().filter(of_room).flat_map(CoreFile::rooms_known);
        assert!(known.any(|room| room == to), "{from} knows {to}, and the walk did not see it");
    }
}

#[test]
fn an_upward_reference_is_caught_wherever_it_stands() {
    for source in [
        "use crate::token::Token;",
        "use super::super::token;",
        "pub use crate::token::Token;",
        "pub(crate) use super::super::token::{self as t};",
        "use crate::token::*;",
        "use crate::{secret::Secret, token::{Token, Screen}};",
        "use {crate::secret::Secret, crate::token::Token};",
        "use crate::{{token}};",
        "use crate::r#token::Token;",
        "use self::super::super::token::Token;",
        "use super::{super::token::Token};",
        "mod inner { use super::super::super::token::Token; }",
        "fn f() { crate::token::open(); }",
        "fn f() -> crate::token::Token { loop {} }",
        "fn f(x: u8) { match x { crate::token::LIMIT => (), _ => () } }",
        "fn f<T: crate::token::Draws>(_: Vec<crate::token::Token>) {}",
        "impl<T> From<T> for X where T: Into<crate::token::Token> {}",
        "type T = <crate::token::Token as Into<u8>>::Output;",
        "const N: usize = Vec::<crate::token::Token>::new().len();",
        "fn f() { format!(\"{}\", crate::token::NAME); }",
        "fn f() { vec![[super::super::token::NAME]]; }",
        "macro_rules! m { () => { $crate::token::open() } }",
        "macro_rules! m { () => { use $crate::{secret, token}; } }",
        "#[crate::token::draws] struct S;",
        "#[derive(crate::token::Draws)] struct S;",
        "#[serde(with = \"crate::token::wire\")] struct S;",
        "#[cfg(test)] mod tests { use crate::token::Token; }",
        "#[cfg(test)] mod tests { #[test] fn t() { super::super::super::token::open(); } }",
    ] {
        assert_eq!(breaches("src/vault/file.rs", source), [knows("vault", "token")], "{source}");
    }
}

#[test]
fn the_root_is_above_all_rooms_under_any_name() {
    for source in [
        "use crate as w; fn f() { w::token::open(); }",
        "use {crate as w};",
        "use crate::{self as w};",
        "use crate::*;",
        "use super::*;",
        "use super as w;",
        "use super::{self as w};",
        "use self::super as w;",
        "use crate::Token;",
        "fn f() { crate::open!(); }",
        "macro_rules! m { ($x:ident) => { use $crate::{$x}; } }",
    ] {
        assert_eq!(breaches("src/vault.rs", source), [knows("vault", "lib")], "{source}");
    }
}

#[test]
fn rooms_beside_each_other_and_rooms_above_are_not_known() {
    for (from, to) in [
        ("secret", "time"),
        ("time", "otp"),
        ("otp", "credential"),
        ("credential", "vault"),
        ("vault", "clock"),
        ("clock", "transaction"),
        ("provision", "vault"),
        ("transaction", "token"),
    ] {
        let source = format!("#![allow(x)]\n\nuse crate::{to}::X;");
        let violations = check(&format!("src/{from}.rs"), &source);
        let shown: Vec<String> = violations.iter().map(Violation::to_string).collect();
        assert_eq!(shown, [format!("src/{from}.rs:3: {from} knows {to}, which is not below it")]);
    }
}

#[test]
fn what_would_hide_a_reference_is_refused() {
    for source in [
        "extern crate self as warifu;",
        "mod m { extern crate alloc; }",
        "#[path = \"../token.rs\"] mod m;",
        "#[cfg_attr(unix, path = \"../token.rs\")] mod m;",
        "include!(\"../token.rs\");",
        "fn f() { std::include!(\"../token.rs\"); }",
        "#[macro_use] mod m;",
        "#[macro_export] macro_rules! m { () => {} }",
        "macro_rules! m { () => { super::open() } }",
        "macro_rules! m { () => { #[a] fn f() { self::open() } } }",
    ] {
        let found = breaches("src/vault/file.rs", source);
        assert!(matches!(found.as_slice(), [Breach::Hides(_)]), "{source}: {found:?}");
    }
    let found = breaches("src/lib.rs", "macro_rules! m { () => {} }");
    assert!(matches!(found.as_slice(), [Breach::Hides(_)]), "{found:?}");
}

#[test]
fn the_outside_world_is_not_named() {
    for source in [
        "use std::net::TcpStream;",
        "use ::std::net::TcpStream;",
        "fn f() -> bool { return ::std::net::f(); }",
        "use std::{fmt, net::{self}};",
        "fn f() { std::thread::spawn(|| ()); }",
        "fn f() { ::std::thread::sleep(x); }",
        "use std::time::SystemTime;",
        "fn f() { std::process::exit(1); }",
        "fn f() { std::env::var(x); }",
        "fn f() { println!(\"{x}\"); }",
        "fn f() { eprint!(\"{x}\"); }",
        "fn f() { time::SystemTime::now(); }",
        "use std::time::{Duration, Instant};",
        "fn f() { Instant::now(); }",
        "use std::time::*;",
        "use std as s;",
        "use std::{self as s};",
        "use std::*;",
        "#[derive(uniffi::Record)] struct S;",
        "use uniffi_core as u;",
        "uniffi::setup_scaffolding!();",
        "#[cfg(test)] mod tests { use std::net; }",
    ] {
        for file in ["src/vault/file.rs", "src/token.rs", "src/lib.rs"] {
            let found = breaches(file, source);
            assert!(matches!(found.as_slice(), [Breach::Names(_)]), "{source}: {found:?}");
        }
    }
}

#[test]
fn tests_alone_may_start_threads() {
    assert_eq!(breaches("src/token.rs", "#[cfg(test)] mod tests { use std::thread; }"), []);
}

#[test]
fn files_are_touched_in_one_place_alone() {
    for source in [
        "use std::fs;",
        "use std::{fs::File, path::Path};",
        "fn f() { std::fs::remove_file(x); }",
        "use std::io::{self, Write};",
        "fn f(w: &mut dyn io::Write) {}",
        "use std::io::*;",
        "use std::os::unix::fs::PermissionsExt;",
        "#[cfg(unix)] mod m { use std::fs; }",
    ] {
        for file in ["src/vault.rs", "src/vault/files.rs", "src/token/file.rs", "src/lib.rs"] {
            let found = breaches(file, source);
            assert!(matches!(found.as_slice(), [Breach::Names(_)]), "{file}: {source}: {found:?}");
        }
        for file in ["src/vault/file.rs", "src/vault/file/lock.rs"] {
            assert_eq!(breaches(file, source), [], "{file}: {source}");
        }
        let test = format!("#[cfg(test)] mod tests {{ {source} }}");
        assert_eq!(breaches("src/vault.rs", &test), [], "{test}");
    }
}

#[test]
fn a_file_of_no_room_and_a_file_that_is_not_rust_are_refused() {
    for file in ["src/util.rs", "src/main.rs", "src/bin/warifu.rs", "src/tokens/a.rs"] {
        assert_eq!(breaches(file, ""), [Breach::NoRoom], "{file}");
    }
    assert!(matches!(breaches("src/otp.rs", "use crate::;").as_slice(), [Breach::Unreadable(_)]));
}

#[test]
fn what_the_layers_allow_passes() {
    let source = r#"
        //! See [`crate::token`].
        use crate::{credential::{self, Label}, otp::*, secret::Secret as Bytes};
        pub use self::seal::Seal;
        mod seal;
        pub(crate) struct A(pub(super) u8);
        pub(in crate::vault) fn f(token: u8) -> bool { token as u16 != crate::otp::N as u16 }
        impl A { fn g(&self) -> u8 { self.0 as u8 } fn h(self: Box<Self>) {} }
        #[derive(Debug, thiserror::Error)]
        #[error("crate and super are words, and the path is one too")]
        struct E;
        #[cfg(test)] mod tests { use super::*; use super::super::vault::A; }
    "#;
    assert_eq!(breaches("src/vault.rs", source), []);
    assert_eq!(
        breaches("src/lib.rs", "pub mod token; pub use token::Token; use crate::vault;"),
        []
    );
    assert_eq!(breaches("src/token/a.rs", "use super::super::{vault, clock}; use super::b;"), []);
}

#[test]
fn the_boundary_holds_no_logic() {
    let mut files = sources(&root().join("uniffi/src"), "");
    let for_tests: Vec<String> = files
        .iter()
        .flat_map(|(name, text)| boundary::test_files(text).map_err(|why| (name, why)).unwrap())
        .collect();
    files.retain(|(name, _)| !for_tests.iter().any(|test| name.starts_with(test)));
    assert!(files.iter().any(|(name, _)| name == "token.rs"), "the walk saw no boundary");
    let found = |(name, text): &(String, String)| {
        let breaches = boundary::breaches(text).unwrap();
        breaches.into_iter().map(|(line, why)| format!("{name}:{line}: {why}")).collect::<Vec<_>>()
    };
    let broken: Vec<String> = files.iter().flat_map(found).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn all_that_the_facade_offers_crosses_the_boundary() {
    // An error crosses whole, with its support code: `uniffi/src/tests/errors.rs`.
    let is_elsewhere = |name: &str| {
        ["tests", "error"].iter().any(|room| name.starts_with(&format!("token/{room}")))
    };
    let token = sources(&root().join("src"), "").into_iter().filter(|(name, _)| {
        name == "token.rs" || name.starts_with("token/") && !is_elsewhere(name)
    });
    let mut offered: BTreeSet<_> = token.flat_map(|(_, text)| facade::offers(&text)).collect();
    for known in ["Token.screen", "Entries.add", "Token::open", "Flow.answer"] {
        assert!(offered.contains(known), "the walk did not see {known}");
    }
    for (_, text) in sources(&root().join("uniffi/src"), "") {
        for called in facade::calls(&text) {
            offered.remove(&called);
        }
    }
    assert!(offered.is_empty(), "the boundary does not hand on {offered:?}");
}

#[test]
fn a_method_that_is_not_handed_on_is_noticed() {
    let facade = "pub struct Entries(u8);\
        impl Token { pub fn lock(&self) {} pub fn entries(&self) {} fn own(&self) {} }\
        impl Entries { pub fn add(&self) {} pub(crate) fn inner(&self) {} }\
        impl Drop for Token { fn drop(&mut self) {} }";
    let offered = facade::offers(facade);
    assert_eq!(offered, ["Entries.add", "Token.lock"].map(str::to_owned).into());
    let boundary = "impl Token {\
        fn add(&self) { self.0.slots().add(); self.0.others().add(); } \
        fn lock(&self) { self.1.lock(); other.0.lock(); STATE.lock(); } }\
        impl Flow { fn lock(&self) { self.0.lock(); Token::open(f); } }\
        fn lock(token: &T) { token.lock(); }";
    let called = facade::calls(boundary);
    let known = ["Flow.lock", "Slots.add", "Token.others", "Token.slots", "Token::open"];
    assert_eq!(called, known.map(str::to_owned).into());
}

#[test]
fn logic_in_the_boundary_is_caught_wherever_it_stands() {
    for (source, why) in [
        ("fn f() { for x in y {} }", "it loops"),
        ("fn f() { while x {} }", "it loops"),
        ("fn f() { a(|| loop {}) }", "it loops"),
        ("fn f() { if x { y } else { z } }", "it decides"),
        ("fn f() -> u8 { x + 1 }", "it calculates"),
        ("fn f() -> bool { now < until }", "it calculates"),
        ("fn f() { x += 1; }", "it calculates"),
        ("fn f() -> u8 { x.saturating_sub(1) }", "it calculates"),
        ("uniffi::custom_type!(X, u8, { remote, lower: |x| x.0 * 2 });", "it calculates"),
        ("uniffi::custom_type!(X, u8, { try_lift: |x| { if x { y } else { z } } });", "it decides"),
        ("async fn f() {}", "it waits"),
        ("fn f() { async { x } }", "it waits"),
        ("static COUNT: u8 = 0;", "it keeps state"),
        ("fn f() { log!(x) }", "a macro hides what it does"),
        ("uniffi::custom_newtype!(X, u8);", "a macro hides what it does"),
        ("#[uniffi::export(with_foreign)] trait T {}", "it calls back"),
        ("#[uniffi::export(callback_interface)] trait T {}", "it calls back"),
        ("use std::sync::{Arc, Mutex};", "it names what is not a boundary's"),
        ("use std::sync::*;", "it names what is not a boundary's"),
        ("fn f() { std::thread::spawn(g); }", "it names what is not a boundary's"),
        ("use warifu::otp::{Code, hotp};", "it names what is not a boundary's"),
        ("use warifu as core;", "it names what is not a boundary's"),
    ] {
        let found = boundary::breaches(source).unwrap();
        assert_eq!(found.first().map(|(_, why)| *why), Some(why), "{source}");
    }
}

#[test]
fn a_conversion_in_the_boundary_passes() {
    let source = r#"
        use std::sync::Arc;
        use warifu::otp::totp::Period;
        #[global_allocator] static ALLOCATOR: A = A;
        uniffi::setup_scaffolding!();
        uniffi::custom_type!(/** A. */ X, u8, { remote, lower: |x| x.0, try_lift: |x| Ok(X(x)) });
        fn f(x: &[u8]) -> Option<u8> { let [a, b] = x else { return None }; Some(a << 4 | b & 15) }
        fn g(x: X) -> Result<Y, E> { Ok(match x { X::A => Y::A, X::B(b) => Y::B(h(b)?) }) }
        #[cfg(test)] mod tests { fn f() { for x in y { z += 1 } } }
    "#;
    assert_eq!(boundary::breaches(source), Ok(vec![]));
}

/// The core's own files.
fn core() -> Vec<CoreFile> {
    let parsed = sources(&root().join("src"), "src/").into_iter();
    let parsed = parsed.map(|(name, text)| CoreFile::parse(&name, &text));
    let files: Result<Vec<_>, _> = parsed.collect();
    let mut files = files.map_err(|violation| violation.to_string()).unwrap();
    let for_tests: Vec<Vec<String>> = files.iter().flat_map(CoreFile::test_modules).collect();
    for file in &mut files {
        file.is_test = for_tests.iter().any(|module| file.module.starts_with(module));
    }
    files
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Rust files of a folder and all below it, by name.
fn sources(folder: &Path, prefix: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            found.extend(sources(&path, &format!("{name}/")));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    found.sort();
    found
}

fn check(file: &str, source: &str) -> Vec<Violation> {
    match CoreFile::parse(file, source) {
        Ok(file) => file.violations(),
        Err(violation) => vec![violation],
    }
}

/// What a source breaks, each kind once.
fn breaches(file: &str, source: &str) -> Vec<Breach> {
    let mut breaches: Vec<Breach> =
        check(file, source).into_iter().map(|violation| violation.what).collect();
    breaches.dedup();
    breaches
}

fn knows(from: &str, to: &str) -> Breach {
    Breach::Knows { from: from.into(), to: to.into() }
}
