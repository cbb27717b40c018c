//! The Kotlin and Swift that are checked in are those that the library of today gives.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on is to stop")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

#[test]
fn the_generated_code_is_what_is_checked_in() {
    let bindings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bindings");
    let folder = tempfile::tempdir().unwrap();
    let status = Command::new(bindings.join("generate")).arg(folder.path()).status().unwrap();
    assert!(status.success(), "bindings/generate failed");

    let made = files(folder.path(), folder.path());
    let names: Vec<_> = made.keys().map(|path| path.file_name().unwrap()).collect();
    let expected = ["warifu_ffi.kt", "WarifuFFI.swift", "module.modulemap", "warifu_ffiFFI.h"];
    assert_eq!(names, expected);
    for (path, content) in &made {
        let kept = fs::read(bindings.join(path)).unwrap();
        // Not `assert_eq`, which would print both.
        assert!(kept == *content, "{} is not of today: run bindings/generate", path.display());
    }
}

/// The files of a folder and all below it, by their place in `root`.
fn files(folder: &Path, root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, root));
        } else {
            found.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap());
        }
    }
    found
}
