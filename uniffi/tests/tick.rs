//! One call crosses the boundary for each tick, whatever the number of credentials: a screen comes as one
//! buffer, and nothing that it is read into asks the core for more.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on is to stop")]

use std::{collections::BTreeSet, fs, path::Path};

/// A language's generated code, how a converter begins in it, and how it calls the core.
struct Generated {
    file: &'static str,
    converter: &'static str,
    call: &'static str,
}

const LANGUAGES: [Generated; 2] = [
    Generated {
        file: "kotlin/ffi/src/main/kotlin/jp/warifu/ffi/warifu_ffi.kt",
        converter: "public object FfiConverter",
        call: "uniffi_warifu_ffi_fn_",
    },
    Generated {
        file: "swift/Sources/WarifuFFI/WarifuFFI.swift",
        converter: "struct FfiConverter",
        call: "uniffi_warifu_ffi_fn_",
    },
];

/// What converters have in common: they hold nothing of a screen, and what frees its buffer.
const PROTOCOLS: [&str; 2] = ["RustBuffer", "Primitive"];

#[test]
fn what_a_screen_is_read_into_calls_nothing() {
    for language in LANGUAGES {
        let text = language.text();
        let (mut seen, mut to_see) = (BTreeSet::new(), vec!["TypeScreen".to_owned()]);
        while let Some(name) = to_see.pop() {
            let body = language.converter(&text, &name);
            assert!(!body.is_empty(), "{}: no converter for {name}", language.file);
            assert!(!body.contains(language.call), "{}: {name} calls the core", language.file);
            let used =
                body.split("FfiConverter").skip(1).map(name_of).filter(|used| !used.is_empty());
            to_see.extend(
                used.filter(|used| {
                    !PROTOCOLS.contains(&used.as_str()) && seen.insert(used.clone())
                }),
            );
        }
        for held in ["TypeCard", "TypeFace", "TypeCode", "TypeNames"] {
            assert!(seen.contains(held), "{}: a screen holds no {held}: {seen:?}", language.file);
        }
    }
}

/// Or the test above would see nothing.
#[test]
fn what_holds_an_object_would_be_seen() {
    let kotlin = &LANGUAGES[0];
    let text = kotlin.text();
    let flow = text.split("open class Flow:").nth(1).unwrap();
    assert!(flow.contains(kotlin.call));
}

#[test]
fn a_screen_is_one_call() {
    for language in LANGUAGES {
        let text = language.text();
        let calls = text.lines().filter(|line| {
            line.contains(&format!("{}method_token_screen(", language.call))
                && !line.contains("external fun")
        });
        assert_eq!(calls.count(), 1, "{}", language.file);
    }
}

impl Generated {
    fn text(&self) -> String {
        let bindings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bindings");
        fs::read_to_string(bindings.join(self.file)).unwrap()
    }

    /// From the line that begins it to the brace that ends it; or what it is another name for.
    fn converter(&self, text: &str, name: &str) -> String {
        let alias = format!("typealias FfiConverter{name} = ");
        if let Some(line) = text.lines().find(|line| line.contains(&alias)) {
            return line.split(&alias).skip(1).collect();
        }
        let begins = format!("{}{name}", self.converter);
        let is_it = |line: &&str| {
            line.split(&begins).nth(1).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        };
        let lines = text.lines().skip_while(|line| !is_it(line)).take_while(|line| *line != "}");
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn name_of(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric()).collect()
}
