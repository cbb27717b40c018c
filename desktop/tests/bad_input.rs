//! Bad input at each entrance: a typed error with its text, exit code 1, nothing on standard
//! output, and not one byte of any file changed.
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

use std::{fs, fs::File, io::Cursor, path::Path, process::Command};

use image::{GrayImage, ImageFormat, Luma};

use fixture::{
    HOTP_URI, TOTP_URI,
    pictures::{png, qr},
    run::{Ended, PASSPHRASE, Place},
};

/// Runs `add` and checks that it is refused and changes nothing.
fn refused(place: &Place, source: &Path, code: &str) {
    let before = place.files();
    place.warifu(&["add".as_ref(), source.as_os_str()]).finish().refused(code);
    assert_eq!(place.files(), before, "{code}");
}

#[test]
fn malformed_uris() {
    let place = Place::with(&[TOTP_URI]);
    let before = place.files();
    for (uri, code) in [
        ("otpauth://totp/x", "W-404"),
        ("otpauth://totp/x?secret=!!!!", "W-404"),
        ("otpauth://steam/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "W-404"),
        ("otpauth://totp/x?secret=GEZDGNBV", "W-402"),
        ("otpauth://totp/A:x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=B", "W-403"),
        ("https://example.com/?secret=GEZDGNBVGY3TQOJQ", "W-601"),
        ("not a uri at all", "W-401"),
    ] {
        let ended = place.warifu(&["add", "-"]).more(uri.as_bytes()).finish();
        ended.refused(code);
        if uri.contains("://") {
            place.warifu(&["add", uri]).finish().refused(code);
        }
    }
    place.warifu(&["add", "-"]).more(b" \n").finish().refused("W-507");
    place.warifu(&["add", "-"]).more(b"\xff\xfe\xfd").finish().refused("W-507");
    place.warifu(&["add", "-"]).more(&[b'x'; 11 << 20]).finish().refused("W-505");
    assert_eq!(place.files(), before);
}

#[test]
fn a_bad_uri_makes_no_vault() {
    let place = Place::empty();
    place.warifu(&["add", "-"]).more(b"otpauth://totp/x").finish().refused("W-404");
    place.warifu(&["add", "otpauth://totp/x"]).finish().refused("W-404");
    assert!(place.files().is_empty());
}

#[test]
fn pictures_without_a_token() {
    let place = Place::with(&[]);
    let white = GrayImage::from_pixel(400, 300, Luma([255]));
    refused(&place, &place.write("white.png", &png(&white)), "W-501");
    refused(&place, &place.write("web.png", &png(&qr(&["https://example.com"]))), "W-502");
    refused(&place, &place.write("two.png", &png(&qr(&[TOTP_URI, HOTP_URI]))), "W-503");
    refused(&place, &place.write("bad.png", &png(&qr(&["otpauth://totp/x"]))), "W-404");
    refused(&place, &place.write("text.png", b"not a picture"), "W-504");
    refused(&place, &place.write("empty.png", b""), "W-504");
    let whole = png(&qr(&[TOTP_URI]));
    refused(&place, &place.write("cut.png", &whole[..whole.len() / 2]), "W-504");
    refused(&place, &place.path("nothing.png"), "W-506");
    refused(&place, Path::new("/"), "W-506");
}

#[test]
fn pictures_too_large() {
    let place = Place::with(&[]);
    refused(&place, &place.write("file.png", &vec![0; (10 << 20) + 1]), "W-505");
    let mut wide = png(&GrayImage::from_pixel(8, 8, Luma([255])));
    // The width in the header (PNG, section 11.2.2), and the header's checksum after it.
    wide[16..20].copy_from_slice(&100_000_u32.to_be_bytes());
    let checksum = crc32(&wide[12..29]);
    wide[29..33].copy_from_slice(&checksum.to_be_bytes());
    refused(&place, &place.write("wide.png", &wide), "W-505");
}

#[test]
fn a_picture_of_nothing_but_finder_patterns() {
    let place = Place::with(&[]);
    // Each pattern could belong with each pair of others: comparing them all would take hours.
    let picture = GrayImage::from_fn(3000, 3000, |x, y| {
        let (x, y) = (x / 3 % 8, y / 3 % 8);
        let ring = x.abs_diff(3).max(y.abs_diff(3));
        Luma([if x < 7 && y < 7 && ring != 2 { 0 } else { 255 }])
    });
    let path = place.write("evil.png", &png(&picture));
    let before = place.files();
    let run = place.warifu(&["add".as_ref(), path.as_os_str()]);
    run.within_seconds(300).finish().refused("W-504");
    assert_eq!(place.files(), before);
}

#[test]
fn pipes_and_devices_keep_nobody_waiting() {
    let place = Place::with(&[]);
    let pipe = place.path("pipe.png");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for path in [pipe.as_path(), Path::new("/dev/zero"), Path::new("/dev/null")] {
        let run = place.warifu(&["add".as_ref(), path.as_os_str()]);
        run.within_seconds(60).finish().refused("W-506");
    }
}

#[test]
fn a_token_beside_another_qr_code_is_found_in_png_and_jpeg() {
    let picture = qr(&["https://example.com", TOTP_URI]);
    let mut jpeg = Cursor::new(Vec::new());
    picture.write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
    for (name, bytes) in [("both.png", png(&picture)), ("both.jpg", jpeg.into_inner())] {
        let place = Place::with(&[]);
        let path = place.write(name, &bytes);
        place.warifu(&["add".as_ref(), path.as_os_str()]).finish().done();
        let place = Place::with(&[]);
        place.warifu(&["add", "-"]).more(&bytes).finish().done();
    }
}

#[test]
fn files_that_are_no_vault() {
    let place = Place::with(&[TOTP_URI]);
    let good = fs::read(place.vault()).unwrap();
    let mut later = good.clone();
    later[8..10].copy_from_slice(&2_u16.to_be_bytes());
    let mut damaged = good.clone();
    let last = damaged.len() - 1;
    damaged[last / 2] ^= 1;
    for (bytes, codes) in [
        (b"".as_slice(), ["W-104"].as_slice()),
        (b"hello", &["W-104"]),
        (&later, &["W-105"]),
        (&good[..good.len() / 2], &["W-107"]),
        (&damaged, &["W-107", "W-108"]),
    ] {
        fs::write(place.vault(), bytes).unwrap();
        for arguments in [
            &["list"] as &[&str],
            &["code"],
            &["add", TOTP_URI],
            &["rename", "x", "--issuer", "y"],
            &["remove", "x", "--yes"],
            &["passphrase"],
        ] {
            let ended = place.warifu(arguments).more(PASSPHRASE.as_bytes()).finish();
            let code = codes.iter().find(|code| ended.stderr.contains(**code)).unwrap_or(&codes[0]);
            ended.refused(code);
            assert_eq!(fs::read(place.vault()).unwrap(), bytes);
        }
    }
}

#[test]
fn a_vault_that_is_not_there_or_does_not_open() {
    let place = Place::empty();
    place.warifu(&["list"]).finish().refused("W-102");
    let place = Place::with(&[TOTP_URI]);
    let before = place.files();
    place.warifu(&["list"]).stdin(b"another passphrase\n").finish().refused("W-108");
    place.warifu(&["list"]).stdin(b"").finish().refused("W-512");
    place.warifu(&["list"]).stdin(&[b'x'; 5000]).finish().refused("W-111");
    place.warifu(&["passphrase"]).more(b"short\n").finish().refused("W-110");
    assert_eq!(place.files(), before);
}

#[test]
fn a_vault_that_another_process_holds() {
    let place = Place::with(&[TOTP_URI, COUNTER]);
    let before = place.files();
    let hold = |place: &Place| {
        let lock = File::create(place.path("t.warifu.lock")).unwrap();
        lock.try_lock().unwrap();
        lock
    };
    let lock = hold(&place);
    for (arguments, more) in ENTRANCES {
        place.warifu(arguments).more(more.as_bytes()).finish().refused("W-114");
        assert_eq!(place.files(), before, "{arguments:?}");
    }
    let nothing = Place::empty();
    let _lock = hold(&nothing);
    nothing.warifu(&["add", "-"]).more(HOTP_URI.as_bytes()).finish().refused("W-114");
    assert!(nothing.files().is_empty());
    // Reading needs no lock, and a lock given up in time is waited for.
    place.warifu(&["list"]).finish().done();
    let waiting = std::thread::scope(|scope| {
        let adding = scope.spawn(|| place.warifu(&["add", "-"]).more(HOTP_URI.as_bytes()).finish());
        std::thread::sleep(std::time::Duration::from_millis(700));
        drop(lock);
        adding.join().unwrap()
    });
    waiting.done();
}

#[test]
fn a_clock_before_2020_or_after_2106() {
    let place = Place::with(&[TOTP_URI, HOTP_URI]);
    let before = place.files();
    for (time, code) in [
        ("2019-12-31 23:59:59", "W-301"),
        ("1970-01-01 00:00:01", "W-301"),
        ("2106-02-07 06:28:16", "W-302"),
        ("2200-01-01 00:00:00", "W-302"),
    ] {
        for arguments in [&["code", "WRFU"] as &[&str], &["code", "WRFU", "--json", "--next"]] {
            place.warifu(arguments).at(time).finish().refused(code);
        }
        // What needs no time goes on.
        assert_eq!(place.warifu(&["list"]).at(time).finish().done().lines().count(), 2);
    }
    assert_eq!(place.files(), before);
    let long_ago = "2019-12-31 23:59:59";
    assert_eq!(place.warifu(&["code", "bob"]).at(long_ago).finish().done(), "755224\n");
    place.warifu(&["rename", "bob", "--account", "eve"]).at(long_ago).finish().done();
    place.warifu(&["remove", "eve", "--yes"]).at(long_ago).finish().done();
    place.warifu(&["code", "WRFU"]).at("2020-01-01 00:00:00").finish().done();
    place.warifu(&["code", "WRFU"]).at("2106-02-07 06:28:15").finish().done();
}

/// Whatever writes, with what follows the passphrase on standard input. Of [`COUNTER`] and a credential with
/// the ID WRFU12345678.
const ENTRANCES: [(&[&str], &str); 5] = [
    (&["add", "-"], OTHER),
    (&["code", "carol"], ""),
    (&["rename", "WRFU12345678", "--account", "x"], ""),
    (&["remove", "WRFU12345678", "--yes"], ""),
    (&["passphrase"], "another long passphrase\n"),
];
const OTHER: &str = "otpauth://totp/Other:dave?secret=GEZDGNBVGY3TQOJQMZZGK43IMVXG65DI";
const COUNTER: &str =
    "otpauth://hotp/Other:carol?counter=0&secret=GEZDGNBVGY3TQOJQMZZGK43IMVXG65DI";

/// Each in a small file system of its own, mounted in a name space that ends with the command.
#[test]
fn a_full_disk_and_a_read_only_folder() {
    let place = Place::with(&[TOTP_URI, COUNTER]);
    let full = "dd if=/dev/zero of=\"$1/fill\" bs=1k 2>/dev/null";
    let read_only = "mount -o remount,ro \"$1\"";
    for (arguments, more) in ENTRANCES {
        on_own_disk(&place, full, arguments, more).refused("W-115");
        on_own_disk(&place, read_only, arguments, more).refused("W-116");
        assert_eq!(on_own_disk(&place, "true", arguments, more).code, Some(0), "{arguments:?}");
    }
    // A first start, where there is no vault yet.
    let first = &["add", "-"];
    for (prepare, code) in [(full, "W-115"), (read_only, "W-116")] {
        let prepare = format!("rm \"$1/t.warifu\"; {prepare}");
        on_own_disk(&place, &prepare, first, OTHER).refused(code);
    }
}

/// Copies the vault onto a small disk, prepares that, and runs a command there. The script itself
/// fails if the vault's bytes changed, or if there is one now, although the command was refused.
fn on_own_disk(place: &Place, prepare: &str, arguments: &[&str], more: &str) -> Ended {
    let script = format!(
        "set -e; mount -t tmpfs -o size=16k none \"$1\"; cp \"$2\" \"$1/t.warifu\"
         {prepare} || true
         set +e; disk=$1 vault=$2 warifu=$3; shift 3
         before=$(cat \"$disk/t.warifu\" 2>&1 | cksum)
         printf '%s\n%s' '{PASSPHRASE}' '{more}' |
             \"$warifu\" --vault \"$disk/t.warifu\" --passphrase-fd 0 --new-passphrase-fd 0 --lang en \"$@\"
         code=$?; after=$(cat \"$disk/t.warifu\" 2>&1 | cksum)
         [ $code = 0 ] || [ \"$before\" = \"$after\" ] || exit 99; exit $code"
    );
    let disk = tempfile::tempdir().unwrap();
    // Root mounts in a name space of its own; others become root of theirs first.
    let is_root =
        fs::metadata("/proc/self").map(|about| std::os::unix::fs::MetadataExt::uid(&about));
    let flags: &[&str] = if is_root.unwrap() == 0 { &["-m"] } else { &["-r", "-m"] };
    let mut command = Command::new("unshare");
    command.args(flags).args(["sh", "-c", &script, "sh"]);
    command.arg(disk.path()).arg(place.vault()).arg(env!("CARGO_BIN_EXE_warifu")).args(arguments);
    Ended::of(command.output().unwrap())
}

/// PNG, annex D.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 }
        })
    })
}
