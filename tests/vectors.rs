//! Walks the vectors: every JSON file of `tests/vectors`, or of the folder that `WARIFU_VECTORS`
//! names, checked by its shape against the core.
//!
//! Nothing is skipped: an unknown shape, type or field, a file without a case and a folder without
//! a file fail.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]

#[path = "support/vectors/enrolment.rs"]
mod enrolment;
#[path = "support/vectors/hpke.rs"]
mod hpke_suite;
#[path = "support/vectors/otp.rs"]
mod otp;
#[path = "support/vectors/otpauth.rs"]
mod otpauth;

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use serde::Deserialize;

#[test]
fn every_vector_holds() {
    let named = std::env::var_os("WARIFU_VECTORS").filter(|folder| !folder.is_empty());
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let folder = named.map_or(ours, PathBuf::from);
    let walk = Walk::of(&folder);
    // Straight to standard error, so that a passing run shows it too.
    writeln!(io::stderr(), "vectors: walked {} cases in {} files", walk.cases, walk.files).unwrap();
    assert!(walk.failures.is_empty(), "{}", walk.failures.join("\n"));
}

#[test]
fn a_wrong_code_is_reported_by_its_name() {
    let walk = with("otp.json", &otp::tests::case("hotp", "755224"));
    assert_eq!((walk.cases, walk.failures.as_slice()), (1, [].as_slice()));
    let walk = with("otp.json", &otp::tests::case("hotp", "755225"));
    assert_eq!(walk.failures, ["otp.json: made-up: the code is 755224, the vector says 755225"]);
}

#[test]
fn an_unknown_type_shape_or_field_an_empty_file_and_an_empty_folder_are_reported() {
    for (content, expected) in [
        (otp::tests::case("xotp", "755224").as_str(), "unknown variant `xotp`"),
        (r#"{"cases": []}"#, "the file has no case"),
        (r#"{"otpauth": [], "malformed": []}"#, "the file has no case"),
        (r#"{"ocra": [{}]}"#, "no known shape"),
        ("{}", "no known shape"),
        ("", "EOF"),
        (r#"{"malformed": [{"uri": "", "expect": "reject", "more": 1}]}"#, "unknown field `more`"),
    ] {
        let failures = with("a.json", content).failures;
        assert!(matches!(failures.as_slice(), [one] if one.contains(expected)), "{failures:?}");
    }
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(Walk::of(empty.path()).failures, ["the folder has no JSON file"]);
    assert_eq!(Walk::of(&empty.path().join("none")).failures.len(), 1);
}

#[test]
fn a_wrong_field_and_a_wrong_judgement_of_a_uri_are_reported() {
    let good = otpauth::tests::FILE;
    assert_eq!(with("a.json", good).failures, [""; 0]);
    for (from, to) in [
        (r#""account": "alice""#, r#""account": "bob""#),
        (r#""issuer": """#, r#""issuer": "Bank""#),
        (r#""type": "totp""#, r#""type": "hotp""#),
        (r#""alg": "SHA1""#, r#""alg": "SHA512""#),
        (r#""digits": 6"#, r#""digits": 8"#),
        (r#""period": 30"#, r#""period": 60"#),
        ("31323334353637383930", "31323334353637383931"),
        (r#""expect": "reject""#, r#""expect": "accept""#),
        (r#""expect": "accept""#, r#""expect": "reject""#),
    ] {
        let wrong = good.replace(from, to);
        assert_ne!(wrong, good, "{from}");
        assert_eq!(with("a.json", &wrong).failures.len(), 1, "{to}");
    }
}

/// What was walked and what did not hold.
#[derive(Default)]
struct Walk {
    files: usize,
    cases: usize,
    failures: Vec<String>,
}

impl Walk {
    fn of(folder: &Path) -> Self {
        let mut walk = Self::default();
        walk.folder(folder, "");
        if walk.files == 0 && walk.failures.is_empty() {
            walk.failures.push("the folder has no JSON file".into());
        }
        walk
    }

    fn folder(&mut self, folder: &Path, prefix: &str) {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => return self.failures.push(format!("{}: {error}", folder.display())),
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        for path in entries.iter().map(fs::DirEntry::path) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let name = format!("{prefix}{name}");
            if path.is_dir() {
                self.folder(&path, &format!("{name}/"));
            } else if path.extension().is_some_and(|extension| extension == "json") {
                self.files += 1;
                match fs::read_to_string(&path) {
                    Ok(content) => self.file(&name, &content),
                    Err(error) => self.failures.push(format!("{name}: {error}")),
                }
            }
        }
    }

    fn file(&mut self, name: &str, content: &str) {
        let results = match check(content) {
            Ok(results) => results,
            Err(error) => return self.failures.push(format!("{name}: {error}")),
        };
        if results.is_empty() {
            self.failures.push(format!("{name}: the file has no case"));
        }
        self.cases += results.len();
        let wrong = results.into_iter().filter_map(Result::err);
        self.failures.extend(wrong.map(|failure| format!("{name}: {failure}")));
    }
}

/// The judgement of each case of a file, which is read by its shape.
fn check(content: &str) -> Result<Vec<Result<(), String>>, String> {
    let keys: serde_json::Map<String, serde_json::Value> = read(content)?;
    if keys.contains_key("cases") {
        Ok(read::<otp::File>(content)?.check())
    } else if keys.contains_key("otpauth") || keys.contains_key("malformed") {
        Ok(read::<otpauth::File>(content)?.check())
    } else if keys.contains_key("enrolments") {
        Ok(read::<enrolment::File>(content)?.check())
    } else if keys.contains_key("hpke") {
        Ok(read::<hpke_suite::File>(content)?.check())
    } else {
        Err("no known shape".into())
    }
}

fn read<'de, T: Deserialize<'de>>(content: &'de str) -> Result<T, String> {
    serde_json::from_str(content).map_err(|error| error.to_string())
}

/// The walk of a folder that holds one file.
fn with(name: &str, content: &str) -> Walk {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), content).unwrap();
    Walk::of(folder.path())
}

/// The hash functions as the vectors name them.
#[derive(Deserialize, Clone, Copy, Debug)]
#[serde(rename_all = "UPPERCASE")]
enum Hash {
    Sha1,
    Sha256,
    Sha512,
}

impl From<Hash> for warifu::otp::Algorithm {
    fn from(hash: Hash) -> Self {
        match hash {
            Hash::Sha1 => Self::Sha1,
            Hash::Sha256 => Self::Sha256,
            Hash::Sha512 => Self::Sha512,
        }
    }
}

fn hexadecimal(text: &str) -> Result<Vec<u8>, String> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    match digits {
        Some(digits) if digits.len() % 2 == 0 => Ok(digits
            .chunks(2)
            .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
            .collect()),
        _ => Err("the key is not hexadecimal".into()),
    }
}

/// An error of a case unless `actual` is what the vector says.
fn same<T: PartialEq + std::fmt::Display>(what: &str, actual: T, vector: T) -> Result<(), String> {
    if actual == vector {
        Ok(())
    } else {
        Err(format!("the {what} is {actual}, the vector says {vector}"))
    }
}

/// An error of a case unless `actual` is what the vector has in hexadecimal.
fn same_bytes(what: &str, actual: &[u8], vector: &str) -> Result<(), String> {
    let actual: String = actual.iter().map(|byte| format!("{byte:02x}")).collect();
    same(what, actual.as_str(), vector)
}
