//! Every error has its text, and every text its use.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on is to stop"
)]

use std::{collections::BTreeSet, fs, path::Path};

use warifu::token::SupportCode;
use warifu_desktop::{failure::PcError, locale::Lang, texts};

#[test]
fn every_support_code_has_its_texts_and_no_text_lacks_its_code() {
    let core = SupportCode::ALL.iter().map(ToString::to_string);
    let codes: BTreeSet<_> = core.chain(PcError::CODES.iter().map(ToString::to_string)).collect();
    let texts: BTreeSet<_> = texts::ERRORS.iter().map(|error| error.code.to_owned()).collect();
    assert_eq!(codes, texts);
    let pc: BTreeSet<_> = PcError::CODES.iter().collect();
    assert_eq!(pc.len(), PcError::CODES.len(), "a code that two errors have");
    for code in codes {
        for lang in [Lang::Ja, Lang::En] {
            let text = texts::error(lang, &code).unwrap();
            assert!(!text.what.is_empty() && !text.next.is_empty(), "{code}");
            let stop = if lang == Lang::Ja { '。' } else { '.' };
            assert!(text.what.ends_with(stop) && text.next.ends_with(stop), "{code} in {lang:?}");
        }
    }
}

#[test]
fn every_text_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    read_sources(&root.join("src"), &mut sources);
    read_sources(&root.join("../demo/src"), &mut sources);
    let texts = fs::read_to_string(root.join("../texts.toml")).unwrap();
    let (_, pc) = texts.split_once("\n[pc]\n").unwrap();
    let keys = pc.lines().filter_map(|line| line.split_once(" = { ja ")).map(|(key, _)| key);
    let unused: Vec<_> = keys.filter(|key| !sources.contains(&format!("texts::{key}"))).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

fn read_sources(folder: &Path, sources: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_sources(&path, sources);
        } else {
            sources.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}
