//! What the house forbids in the verifier, with sources that break it.

use std::fs;

use crate::{
    paths::{End, Path, Source},
    root,
    rules::{Breach, Violation, hides, names_anything_impure},
    sources,
};

/// The core, as the verifier calls it.
const CORE: &str = "warifu";

/// What the verifier may know of the core: rooms, and of some no more than these names. From `time`
/// come the instants, which `otp` itself takes; nothing that says what a device's clocks are. From
/// `secret` comes no randomness.
const KNOWN: [(&str, Option<&[&str]>); 4] = [
    ("secret", Some(&["Secret", "scrubbed"])),
    ("otp", None),
    ("credential", None),
    ("time", Some(&["Millis", "UnixMillis"])),
];

/// All that a source file of the verifier breaks.
fn violations(name: &str, text: &str) -> Vec<Violation> {
    let at = |line, what| Violation { file: name.into(), line, what };
    let source = match Source::parse(text, &[]) {
        Ok(source) => source,
        Err(why) => return vec![at(1, Breach::Unreadable(why))],
    };
    let root = name.ends_with("/lib.rs");
    let breach = |path: &Path| hides(path, root).or_else(|| names(path));
    source.paths.iter().filter_map(|path| Some(at(path.line, breach(path)?))).collect()
}

/// Which of the core's rooms a source file refers to.
fn rooms_known(text: &str) -> Vec<String> {
    let paths = Source::parse(text, &[]).map(|source| source.paths).unwrap_or_default();
    let of_core = paths.into_iter().filter(|path| path.segments.first().is_some_and(|s| s == CORE));
    of_core.filter_map(|path| path.segments.into_iter().nth(1)).collect()
}

fn names(path: &Path) -> Option<Breach> {
    let allowed = !names_anything_impure(path) && knows_only_what_it_may(path);
    (!allowed).then(|| Breach::Names(path.segments.join("::")))
}

fn knows_only_what_it_may(path: &Path) -> bool {
    let segments: Vec<&str> = path.segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        // The crate itself: by no other name, and not all that is in it.
        [CORE] => path.end == End::Name,
        [CORE, room, rest @ ..] => KNOWN.iter().any(|(known, names)| {
            let named = |names: &&[&str]| rest.first().is_some_and(|name| names.contains(name));
            known == room && names.as_ref().is_none_or(named)
        }),
        _ => true,
    }
}

#[test]
fn the_verifier_knows_no_more_of_the_core_than_it_may() {
    let files = sources(&root().join("verifier/src"), "verifier/src/");
    let found = files.iter().flat_map(|(name, text)| violations(name, text));
    let broken: Vec<String> = found.map(|violation| violation.to_string()).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
    for room in ["secret", "otp", "credential", "time"] {
        let mut known = files.iter().flat_map(|(_, text)| rooms_known(text));
        assert!(known.any(|known| known == room), "{room} is known, and the walk did not see it");
    }
}

#[test]
fn what_the_verifier_may_not_know_is_caught_wherever_it_stands() {
    for source in [
        "use warifu::token::Token;",
        "use warifu::vault;",
        "pub use warifu::clock::Status;",
        "use warifu::{otp::Code, provision::otpauth};",
        "use ::warifu::vault::Passphrase;",
        "fn f() -> warifu::token::Screen { loop {} }",
        "fn f() { format!(\"{}\", warifu::token::NAME); }",
        "#[serde(with = \"warifu::vault::wire\")] struct S;",
        "#[cfg(test)] mod tests { use warifu::token::Token; }",
        "use warifu as w;",
        "use warifu::{self as w};",
        "use warifu::*;",
        "use warifu::time;",
        "use warifu::time::*;",
        "use warifu::time as t;",
        "use warifu::time::{UnixMillis, DeviceTime};",
        "fn f(now: warifu::time::Uptime) {}",
        "use warifu::secret::SystemRandom;",
        "use warifu::secret::*;",
        "use std::time::SystemTime;",
        "fn f() { std::time::Instant::now(); }",
        "use std::fs;",
        "use std::{fmt, io::Write};",
        "use std::net::TcpStream;",
        "fn f() { std::thread::spawn(|| ()); }",
        "fn f() { std::env::var(x); }",
        "fn f() { println!(\"{x}\"); }",
        "#[cfg(test)] mod tests { use std::fs; }",
    ] {
        let found = breaches(source);
        assert!(matches!(found.as_slice(), [Breach::Names(_)]), "{source}: {found:?}");
    }
    for source in ["extern crate warifu;", "#[path = \"x.rs\"] mod m;", "include!(\"x.rs\");"] {
        let found = breaches(source);
        assert!(matches!(found.as_slice(), [Breach::Hides(_)]), "{source}: {found:?}");
    }
}

#[test]
fn what_the_verifier_may_know_passes() {
    let source = r#"
        //! See [`warifu::token`].
        use std::{fmt, ops::RangeInclusive};
        use warifu::{credential::{Generator, Seed}, otp::{self, Code}, secret::{Secret, scrubbed}};
        use warifu::time::{Millis, UnixMillis};
        use crate::state::State;
        pub use self::rules::Rules;
        fn f(seed: &warifu::secret::Secret) -> warifu::otp::Digits { otp::totp::code(seed) }
    "#;
    assert_eq!(breaches(source), []);
}

#[test]
fn the_verifier_depends_on_nothing_that_has_a_clock_or_a_socket() {
    let manifest = fs::read_to_string(root().join("verifier/Cargo.toml")).unwrap();
    assert_eq!(dependencies(&manifest).unwrap(), ["warifu", "subtle", "thiserror", "zeroize"]);
}

#[test]
fn a_dependency_is_seen_wherever_it_stands() {
    let plain = "[package]\nname = \"x\"\n[dependencies]\n# Why.\na = \"1\"\nb=\"2\"\n";
    assert_eq!(dependencies(plain).unwrap(), ["a", "b"]);
    let more = "c.workspace = true\n[dev-dependencies]\nd = \"1\"\n[lints]\nworkspace = true\n";
    assert_eq!(dependencies(&format!("{plain}{more}")).unwrap(), ["a", "b", "c.workspace"]);
    for hidden in [
        "[dependencies.c]\nversion = \"1\"",
        "[ dependencies . c ]\nversion = \"1\"",
        "[\"dependencies\".c]\nversion = \"1\"",
        "[build-dependencies]\nc = \"1\"",
        "[target.'cfg(unix)'.dependencies]\nc = \"1\"",
        "[target.x86_64-unknown-linux-gnu.dependencies.c]\nversion = \"1\"",
        "[target.'cfg(unix)']\ndependencies = { c = \"1\" }",
        "[target.'cfg(unix)']\ndependencies.c = \"1\"",
        "[target]\n'cfg(unix)'.dependencies.c = \"1\"",
    ] {
        let line = hidden.lines().find(|line| line.contains("dependencies")).unwrap();
        assert_eq!(dependencies(&format!("{plain}{hidden}\n")), Err(line.into()), "{hidden}");
        assert_eq!(dependencies(&format!("{hidden}\n{plain}")), Err(line.into()), "{hidden}");
    }
    let before = "dependencies.c = \"1\"";
    assert_eq!(dependencies(&format!("{before}\n{plain}")), Err(before.into()));
}

/// What a manifest depends on, but for its tests; or the line that says so in another way than under
/// `[dependencies]`.
fn dependencies(manifest: &str) -> Result<Vec<String>, String> {
    let (mut names, mut section) = (Vec::new(), "");
    for line in manifest.lines().filter(|line| !line.starts_with('#')) {
        match (line, section) {
            ("[dependencies]" | "[dev-dependencies]", _) => section = line,
            _ if line.contains("dependencies") => return Err(line.into()),
            _ if line.trim_start().starts_with('[') => section = line,
            (_, "[dependencies]") => {
                names.extend(line.split_once('=').map(|(name, _)| name.trim().to_owned()));
            }
            _ => {}
        }
    }
    Ok(names)
}

/// What a source breaks, each kind once.
fn breaches(source: &str) -> Vec<Breach> {
    let found = violations("verifier/src/state.rs", source).into_iter();
    let mut found: Vec<Breach> = found.map(|violation| violation.what).collect();
    found.dedup();
    found
}
