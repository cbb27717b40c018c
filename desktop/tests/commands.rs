//! The commands as a person or a program uses them.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on is to stop"
)]

mod fixture;

use std::{
    fs::{self, File},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use warifu_desktop::{locale::Lang, texts};

use fixture::{
    HOTP_URI, TOTP_URI,
    run::{Ended, PASSPHRASE, Place, warifu_at},
};

/// RFC 6238, appendix B: T = 2,000,000,000.
const RFC_TIME: &str = "2033-05-18 03:33:20";

#[test]
fn a_code_is_that_of_the_rfc() {
    let place = Place::with(&[TOTP_URI]);
    assert_eq!(place.warifu(&["code"]).at(RFC_TIME).finish().done(), "69279037\n");
    let next = place.warifu(&["code", "--next"]).at(RFC_TIME).finish().done();
    assert_eq!(place.warifu(&["code"]).at("2033-05-18 03:33:30").finish().done(), next);
}

#[test]
fn json_says_how_long_a_code_is_valid() {
    let place = Place::with(&[TOTP_URI]);
    let text = place.warifu(&["code", "--json"]).at(RFC_TIME).finish().done();
    let json: Value = serde_json::from_str(&text).unwrap();
    let expected = serde_json::json!({
        "issuer": "割符信用金庫", "account": "普通預金 0001", "credential_id": "WRFU12345678",
        "kind": "totp", "weak": false, "code": "69279037", "seconds_left": 10,
        "valid_from": "2033-05-18T03:33:00Z", "valid_until": "2033-05-18T03:33:30Z",
    });
    assert_eq!(json, expected);
}

#[test]
fn a_counter_goes_on_with_each_code_and_survives_a_new_process() {
    let place = Place::with(&[TOTP_URI, HOTP_URI]);
    // RFC 4226, appendix D.
    for code in ["755224", "287082", "359152"] {
        assert_eq!(place.warifu(&["code", "bob"]).finish().done(), format!("{code}\n"));
    }
}

#[test]
fn a_list_is_plain_columns_or_json() {
    let place = Place::with(&[TOTP_URI, HOTP_URI]);
    let list = "割符信用金庫\t普通預金 0001\tWRFU12345678\ttotp\nCounter Bank\tbob\t\thotp\n";
    assert_eq!(place.warifu(&["list"]).finish().done(), list);
    assert_eq!(place.warifu::<&str>(&[]).finish().done(), list);
    let json = place.warifu(&["list", "--json"]).finish().done();
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 2);
    assert_eq!(json[1]["credential_id"], Value::Null);
}

#[test]
fn a_name_may_be_any_that_means_one_credential() {
    let place = Place::with(&[
        TOTP_URI,
        HOTP_URI,
        &TOTP_URI.replace("0001", "0002").replace("GEZ", "MEZ").replace("5678", "9999"),
    ]);
    for name in [
        "bob",
        "BOB",
        "counter",
        "Counter Bank:bob",
        "WRFU 1234 5678",
        "wrfu-1234-5678",
        "普通預金 0002",
        "wrfu 1234 9",
    ] {
        place.warifu(&["code", name]).finish().done();
    }
    let ended = place.warifu(&["code", "割符信用金庫"]).finish();
    let candidates = [
        "割符信用金庫:普通預金 0001 (WRFU 1234 5678)",
        "割符信用金庫:普通預金 0002 (WRFU 1234 9999)",
    ];
    assert!(candidates.iter().all(|name| ended.stderr.contains(name)), "{ended:?}");
    ended.refused("W-510");
    place.warifu(&["code"]).finish().refused("W-510");
    place.warifu(&["code", "nobody"]).finish().refused("W-509");
    place.warifu(&["code", ""]).finish().refused("W-509");
    place.warifu(&["code", " "]).finish().refused("W-509");
    Place::with(&[]).warifu(&["code"]).finish().refused("W-508");
}

#[test]
fn the_first_addition_makes_the_vault_for_its_owner_alone() {
    let home = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str], stdin: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_warifu"));
        command.env_clear().env("HOME", home.path()).args(arguments);
        let stdin_file = home.path().join("stdin");
        fs::write(&stdin_file, stdin).unwrap();
        Ended::of(command.stdin(File::open(&stdin_file).unwrap()).output().unwrap())
    };
    let uri = format!("{PASSPHRASE}\n{TOTP_URI}\n");
    run(&["add", "-", "--new-passphrase-fd", "0"], &uri).done();
    let folder = home.path().join(".local/share/warifu");
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(folder.clone()), mode(folder.join("token.warifu"))), (0o700, 0o600));
    run(&["code", "--passphrase-fd", "0"], &format!("{PASSPHRASE}\n")).done();
}

#[test]
fn a_passphrase_comes_from_any_file_descriptor_and_a_new_one_replaces_it() {
    let place = Place::with(&[TOTP_URI]);
    let secret = place.write("fd", format!("{PASSPHRASE}\r\n新しいパスフレーズです\n").as_bytes());
    let script = "exec 3<\"$1\"; exec \"$2\" --passphrase-fd 3 --new-passphrase-fd 3 passphrase";
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).arg(secret).arg(env!("CARGO_BIN_EXE_warifu"));
    command.env("WARIFU_VAULT", place.vault()).env("LC_ALL", "C").stdin(Stdio::null());
    Ended::of(command.output().unwrap()).done();
    place.warifu(&["list"]).finish().refused("W-108");
    place.warifu(&["list"]).stdin("新しいパスフレーズです\n".as_bytes()).finish().done();
}

#[test]
fn renaming_changes_what_is_named_alone() {
    let place = Place::with(&[TOTP_URI]);
    place.warifu(&["rename", "WRFU12345678", "--account", "定期"]).finish().done();
    assert!(place.warifu(&["list"]).finish().done().starts_with("割符信用金庫\t定期\tWRFU"));
    place.warifu(&["rename", "定期", "--issuer", "", "--account", "b"]).finish().done();
    assert!(place.warifu(&["list"]).finish().done().starts_with("\tb\tWRFU"));
    place.warifu(&["rename", "b", "--account", ""]).finish().refused("W-203");
    place.warifu(&["rename", "b", "--account", "x\u{202e}y"]).finish().refused("W-206");
}

#[test]
fn a_removal_wants_a_yes() {
    let place = Place::with(&[TOTP_URI]);
    let mut run = place.warifu(&["remove", "WRFU12345678"]);
    std::os::unix::process::CommandExt::process_group(&mut run.command, 0);
    // Off every terminal nobody can say it: `setsid` leaves the one the tests may have.
    let mut command = Command::new("setsid");
    command.arg("--wait").arg(run.command.get_program()).args(run.command.get_args());
    command.env("WARIFU_VAULT", place.vault()).env("LC_ALL", "C");
    run.command = command;
    run.finish().refused("W-515");
    place.warifu(&["remove", "wrfu 1234 5678", "--yes"]).finish().done();
    assert_eq!(place.warifu(&["list"]).finish().done(), "");
}

#[test]
fn what_changes_an_entry_wants_its_whole_name() {
    let place = Place::with(&[TOTP_URI]);
    let before = place.files();
    for name in ["", " ", "\u{3000}", "割符", "WRFU1234", "wrfu 1234 567"] {
        place.warifu(&["remove", name, "--yes"]).finish().refused("W-509");
        place.warifu(&["rename", name, "--account", "x"]).finish().refused("W-509");
    }
    place.warifu(&["code", "割符"]).finish().done();
    assert_eq!(place.files(), before);
    place.warifu(&["remove", "割符信用金庫:普通預金 0001", "--yes"]).finish().done();
}

#[test]
fn a_counter_has_no_next_code_to_look_at() {
    let place = Place::with(&[HOTP_URI]);
    let before = place.files();
    place.warifu(&["code", "--next"]).finish().refused("W-522");
    place.warifu(&["code", "bob", "--next", "--json"]).finish().refused("W-522");
    assert_eq!(place.files(), before);
    assert_eq!(place.warifu(&["code"]).finish().done(), "755224\n");
}

#[test]
fn damage_and_what_a_newer_version_made_are_told() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/v1-later.warifu");
    let mut vault = fs::read(golden).unwrap();
    let passphrase = b"correct horse battery staple\n";
    let place = Place::empty();
    place.write("t.warifu", &vault);
    let list = |what: &str| {
        let ended = place.warifu(&["list"]).stdin(passphrase).finish();
        assert_eq!((ended.code, ended.stdout.lines().count()), (Some(0), 3), "{ended:?}");
        for damage in [texts::damaged_slot(Lang::En), texts::damaged_other_next(Lang::En)] {
            assert_eq!(ended.stderr.contains(damage), what == "damaged", "{ended:?}");
        }
        assert!(ended.stderr.contains("newer version of the app: 4."), "{ended:?}");
    };
    list("whole");
    // The first byte of the second slot: behind 40 bytes, two rows of 45, seven of 49, two sums of 32
    // and the first slot's 88 bytes (docs/vault-format.md).
    vault[40 + 2 * 45 + 7 * 49 + 2 * 32 + 88] ^= 1;
    place.write("t.warifu", &vault);
    list("damaged");
}

#[test]
fn no_argument_steers_the_terminal() {
    let place = Place::with(&[TOTP_URI]);
    let steering = "\x1b]0;owned\x07\u{202e}\u{9b}31m";
    for arguments in [
        &[steering] as &[&str],
        &["code", "--passphrase-fd", steering],
        &["list", &format!("--{steering}")],
        &["--auto-lock", steering],
        &["code", steering],
        &["add", steering],
        &["remove", steering, "--yes"],
    ] {
        for lang in ["ja", "en"] {
            let ended = place.warifu(arguments).env("LC_ALL", lang).finish();
            assert_ne!(ended.code, Some(0));
            let all = format!("{}{}", ended.stdout, ended.stderr);
            assert!(!all.contains(['\x1b', '\x07', '\u{202e}', '\u{9b}']), "{all:?}");
        }
    }
}

#[test]
fn wrong_usage_is_told_in_both_languages() {
    let place = Place::empty();
    let told = |arguments: &[&str]| {
        ["ja", "en"].map(|lang| {
            let output = warifu_at(&place.vault()).args(["--lang", lang]).args(arguments).output();
            let ended = Ended::of(output.unwrap());
            assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{arguments:?}");
            ended.stderr
        })
    };
    for (arguments, ja, en) in [
        (&["unknown"] as &[&str], "コマンドはありません: unknown", "no such command: unknown"),
        (&["list", "--what"], "わからない引数です: --what", "not understood: --what"),
        (&["add"], "足りないものがあります: <URI|IMAGE|->", "missing: <URI|IMAGE|->"),
        (&["list", "--vault"], "足りないものがあります: --vault", "missing: --vault"),
        (&["--auto-lock", "0"], "この値は使えません: --auto-lock", "cannot be used: --auto-lock"),
        (&["list", "--json", "--json"], "いっしょには使えません: ", "used together: "),
    ] {
        let [japanese, english] = told(arguments);
        assert!(japanese.contains(ja) && japanese.contains("--help で"), "{japanese}");
        assert!(english.contains(en) && english.contains("use --help"), "{english}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_memory_is_not_written_down() {
    let place = Place::with(&[TOTP_URI]);
    let mut run = place.warifu(&["list"]);
    let mut child = run.command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    // It waits for its passphrase. Until it has begun, the limits are the test's own.
    let began = Instant::now();
    loop {
        let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        // What is not dumpable is root's; where the test runs as root, it tells nothing.
        let memory = fs::metadata(format!("/proc/{}/mem", child.id())).unwrap();
        if core.split_whitespace().skip(4).take(2).eq(["0", "0"]) && memory.uid() == 0 {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{limits}");
        thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn duplicates_and_short_seeds_are_told() {
    let place = Place::with(&[TOTP_URI]);
    let twin = place.warifu(&["add", "-"]).more(TOTP_URI.as_bytes()).finish();
    assert!(twin.stderr.contains("割符信用金庫:普通預金 0001"), "{twin:?}");
    twin.refused("W-201");
    let weak = "otpauth://totp/割符信用金庫:普通預金 0001?secret=MFRGGZDFMZTWQ2LK";
    let ended = place.warifu(&["add", "-"]).more(weak.as_bytes()).finish();
    assert_eq!(ended.code, Some(0));
    for note in ["its key is short", "another with the same name"] {
        assert!(ended.stderr.contains(note), "{ended:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let place = Place::with(&[TOTP_URI]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut run = place.warifu(&["list"]);
    run.command.stdin(Stdio::piped()).stdout(writer).stderr(Stdio::piped());
    let mut child = run.command.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), &run.stdin).unwrap();
    drop(run);
    let ended = Ended::of(child.wait_with_output().unwrap());
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_full_output_is_an_error() {
    let place = Place::with(&[TOTP_URI]);
    let mut run = place.warifu(&["list"]);
    let full = File::options().write(true).open("/dev/full").unwrap();
    run.command.stdin(Stdio::piped()).stdout(full).stderr(Stdio::piped());
    let mut child = run.command.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), &run.stdin).unwrap();
    Ended::of(child.wait_with_output().unwrap()).refused("W-519");
}

#[test]
fn wrong_usage_is_told_apart_from_failure() {
    let place = Place::with(&[TOTP_URI]);
    for arguments in [
        &["unknown"] as &[&str],
        &["add"],
        &["rename", "x"],
        &["code", "--passphrase-fd", "x"],
        &["--lang", "fr"],
    ] {
        let output = warifu_at(&place.vault()).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty());
    }
}

#[test]
fn help_speaks_the_language_and_shows_examples_and_exit_codes() {
    let place = Place::empty();
    let help = |arguments: &[&str]| {
        Ended::of(warifu_at(&place.vault()).args(arguments).output().unwrap()).done()
    };
    let japanese = help(&["--help", "--lang", "ja"]);
    assert!(
        japanese.contains("使い方: warifu") && japanese.contains("終了コード: 0"),
        "{japanese}"
    );
    let english = help(&["--help"]);
    assert!(english.contains("warifu add -") && english.contains("Exit codes: 0"), "{english}");
    assert!(help(&["add", "--help"]).contains("prefer -"));
    assert!(help(&["--version"]).starts_with("warifu "));
}

#[test]
fn a_uri_in_the_command_is_taken_with_a_note() {
    let place = Place::with(&[]);
    let ended = place.warifu(&["add", TOTP_URI]).finish();
    assert_eq!(ended.code, Some(0));
    assert!(ended.stderr.contains("warifu add -"), "{ended:?}");
}
