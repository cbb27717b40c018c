//! The real program in a real pseudo-terminal of 80 by 24, driven key by key.
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
    thread,
    time::{Duration, Instant},
};

use portable_pty::CommandBuilder;

use fixture::{
    HOTP_URI, SEED,
    run::{PASSPHRASE, Place},
    tty::{PATIENCE, Tty},
};

/// Changes its code every two seconds.
const QUICK_URI: &str = "otpauth://totp/Quick%20Bank:alice?issuer=Quick%20Bank&period=2&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const SLOW_URI: &str = "otpauth://totp/Slow%20Bank:alice?issuer=Slow%20Bank&period=3600&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
/// What a terminal is sent so that it holds a copied code no more: a space, then nothing.
const CLEARED: &str = "\x1b]52;c;IA==\x07\x1b]52;c;\x07";

#[test]
fn a_whole_visit_in_japanese() {
    visit(&Words {
        lang: "ja_JP.UTF-8",
        welcome: "はじめに",
        again: "もう一度同じものを入力",
        empty: "まだ何も登録されていません",
        confirm: "この内容で登録しますか",
        next: "次のコード",
        copied: "コピーを端末に頼みました",
        alone: "先に A キーを押して",
        locked: "ロックされています",
        checking: "確認しています",
        rename: "名前を変える",
        remove: "削除しますか",
        quit: "Q 終了",
    });
}

#[test]
fn a_whole_visit_in_english() {
    visit(&Words {
        lang: "en_US.UTF-8",
        welcome: "Welcome",
        again: "Type it again",
        empty: "Nothing is registered yet",
        confirm: "Register this?",
        next: "Next code",
        copied: "Asked the terminal to copy",
        alone: "press A first",
        locked: "Locked",
        checking: "Checking",
        rename: "Rename",
        remove: "Remove this?",
        quit: "Q quit",
    });
}

struct Words {
    lang: &'static str,
    welcome: &'static str,
    again: &'static str,
    empty: &'static str,
    confirm: &'static str,
    next: &'static str,
    copied: &'static str,
    alone: &'static str,
    locked: &'static str,
    checking: &'static str,
    rename: &'static str,
    remove: &'static str,
    quit: &'static str,
}

/// First start, add, watch, copy, lock, unlock, rename, remove, quit.
fn visit(words: &Words) {
    let place = Place::empty();
    let mut tty = Tty::start(&place, words.lang, &[]);

    tty.see(words.welcome);
    tty.keys(PASSPHRASE);
    tty.see(&"*".repeat(PASSPHRASE.len()));
    tty.keys("\r");
    tty.see(words.again);
    tty.keys(PASSPHRASE);
    tty.keys("\r");
    tty.see(words.empty);
    assert_ne!(tty.mode(), tty.before, "the terminal echoes");

    tty.keys("a");
    tty.paste(QUICK_URI);
    // Its length alone is shown.
    tty.see(&QUICK_URI.len().to_string());
    tty.keys("\r");
    tty.see(words.confirm);
    tty.see("Quick Bank");
    tty.keys("\r");
    let next = tty.next_code(words.next);
    let began = Instant::now();
    while tty.next_code(words.next) == next {
        assert!(began.elapsed() < PATIENCE, "the code does not change");
        thread::sleep(Duration::from_millis(50));
    }

    // Pasting is enough where the codes are shown.
    tty.paste(HOTP_URI);
    tty.see(words.confirm);
    tty.keys("\r");
    tty.see("2 ");
    tty.keys(" ");
    tty.see("755 224");
    // Keys that come together are no commands.
    tty.keys("   ");
    tty.see(words.alone);
    tty.keys("c");
    tty.see(words.copied);
    assert!(tty.raw().contains("\x1b]52;c;NzU1MjI0\x07"), "755224 in base64 on the clipboard");
    assert!(tty.text().contains("755 224"), "{}", tty.text());

    tty.keys("l");
    tty.see(words.locked);
    assert!(tty.raw().contains(CLEARED), "the clipboard is cleared");
    assert!(!tty.text().contains("Bank"), "{}", tty.text());
    tty.keys("wrong passphrase\r");
    tty.see("W-108");
    tty.keys(PASSPHRASE);
    tty.keys("\r");
    tty.see(words.quit);
    assert!(tty.was_seen(words.checking), "the work under way was shown");

    tty.keys("\x1b[H");
    tty.see(words.next);
    tty.keys("r");
    tty.see(words.rename);
    tty.keys("\x15割符の銀行");
    tty.see("割符の銀行");
    tty.keys("\r");
    tty.see("割符の銀行  alice");
    tty.keys("d");
    tty.see(words.remove);
    tty.keys("n");
    tty.see("割符の銀行  alice");
    tty.keys("d");
    tty.see(words.remove);
    tty.keys("y");
    tty.wait_until("only one is left", |text| !text.contains("割符の銀行"));
    tty.see("Counter Bank");

    tty.keys("q");
    assert!(tty.ended().success());
    tty.gives_the_screen_back();
    assert_eq!(tty.mode(), tty.before, "the terminal is as it was");
    assert!(!tty.raw().contains(SEED) && !tty.raw().contains(PASSPHRASE), "a secret was drawn");
}

#[test]
fn it_locks_by_itself_when_nobody_is_there() {
    let place = Place::with(&[SLOW_URI]);
    let mut tty = Tty::start(&place, "en_US.UTF-8", &["--auto-lock", "2"]);
    let began = Instant::now();
    tty.unlock();
    tty.see("Slow Bank");
    tty.see("Locked");
    assert!(began.elapsed() > Duration::from_secs(2));
    assert!(!tty.text().contains("Slow Bank"));
}

/// Another process that writes makes a job wait, for two seconds: it is tried again and again. That
/// it was still under way when the lock came, a slow machine may not be able to show at once.
#[test]
fn it_locks_while_a_job_runs_and_the_job_changes_nothing_any_more() {
    let shown = (0..5).any(|_| {
        let place = Place::with(&[SLOW_URI]);
        let before = place.files();
        let mut tty = Tty::start(&place, "en_US.UTF-8", &["--auto-lock", "1"]);
        tty.unlock();
        tty.wait_until("codes, now or before", |_| tty.was_seen("Slow Bank"));
        tty.keys("d");
        let writer = File::create(place.path("t.warifu.lock")).unwrap();
        writer.lock().unwrap();
        let began = Instant::now();
        tty.keys("y");
        tty.see("Locked");
        let was_under_way = tty.was_seen("Working") && began.elapsed() < Duration::from_secs(2);
        drop(writer);
        // Longer than the job would go on.
        thread::sleep(Duration::from_secs(2));
        assert_eq!(place.files(), before, "what was given up was done");
        was_under_way
    });
    assert!(shown, "no job was under way when the lock came");
}

#[test]
fn a_late_wake_shows_no_old_code() {
    let place = Place::with(&[QUICK_URI]);
    let mut tty = Tty::start(&place, "en_US.UTF-8", &[]);
    tty.unlock();
    let old = tty.next_code("Next code");
    tty.signal("STOP");
    // Bytes on their way arrive; then the code that was next becomes past, too.
    thread::sleep(Duration::from_secs(5));
    tty.forget();
    tty.signal("CONT");
    let began = Instant::now();
    while !tty.raw().contains("Next") {
        assert!(began.elapsed() < PATIENCE, "no frame after the wake");
        thread::sleep(Duration::from_millis(20));
    }
    assert_ne!(tty.next_code("Next code"), old);
    assert!(!tty.raw().contains(&old), "an old code was drawn");
}

#[test]
fn a_terminated_program_gives_the_terminal_back_and_clears_the_clipboard() {
    let place = Place::with(&[SLOW_URI]);
    let mut tty = Tty::start(&place, "en_US.UTF-8", &[]);
    tty.unlock();
    tty.see("Slow Bank");
    tty.keys("c");
    tty.see("Asked the terminal to copy");
    tty.signal("TERM");
    assert!(!tty.ended().success());
    tty.gives_the_screen_back();
    assert!(tty.raw().contains(CLEARED));
    assert_eq!(tty.mode(), tty.before);
}

/// By its own key, and by somebody's signal.
#[test]
fn a_suspended_program_leaves_no_code_behind_and_comes_back_locked() {
    let place = Place::with(&[SLOW_URI]);
    for by_key in [true, false] {
        let mut tty = Tty::start(&place, "en_US.UTF-8", &[]);
        tty.unlock();
        tty.see("Slow Bank");
        tty.keys("c");
        tty.see("Asked the terminal to copy");
        assert!(!tty.raw().contains(CLEARED));
        if by_key {
            tty.keys("\x1a")
        } else {
            tty.signal("TSTP")
        }
        tty.wait_until("an empty screen", |text| !text.contains("Slow Bank"));
        tty.wait_until("the terminal's own mode", |_| tty.mode() == tty.before);
        tty.gives_the_screen_back();
        assert!(tty.raw().contains(CLEARED), "the clipboard is cleared before the stop");
        // A stop that is on its way would come after the signal that undoes it.
        tty.wait_until("a stopped process", |_| tty.is_stopped());
        tty.forget();
        tty.signal("CONT");
        tty.see("Locked");
        assert!(!tty.raw().contains("Slow Bank"), "a code was drawn after the stop");
        tty.keys(PASSPHRASE);
        tty.keys("\r");
        tty.see("Slow Bank");
        tty.keys("q");
        assert!(tty.ended().success());
    }
}

/// The core's time for a copied code is a minute, and this waits it out.
#[test]
fn a_copied_code_is_taken_off_the_clipboard_after_a_minute() {
    let place = Place::with(&[SLOW_URI]);
    let mut tty = Tty::start(&place, "en_US.UTF-8", &[]);
    tty.unlock();
    tty.see("Slow Bank");
    tty.keys("c");
    let began = Instant::now();
    tty.see("Asked the terminal to copy");
    while began.elapsed() < Duration::from_secs(58) {
        assert!(!tty.raw().contains("\x1b]52;c;IA==") && !tty.raw().contains("\x1b]52;c;\x07"));
        thread::sleep(Duration::from_millis(500));
    }
    tty.see("Asked the terminal to clear");
    assert!(tty.raw().contains(CLEARED));
    assert!(began.elapsed() < Duration::from_secs(60) + PATIENCE);
    assert!(tty.text().contains("Slow Bank"), "it is still open");
}

#[test]
fn a_paste_without_marks_removes_nothing() {
    let place = Place::with(&[SLOW_URI]);
    let before = place.files();
    let mut tty = Tty::start(&place, "en_US.UTF-8", &[]);
    tty.unlock();
    tty.see("Slow Bank");
    tty.keys("dy\rq");
    tty.see("press A first");
    tty.keys("d");
    tty.see("Remove this?");
    // The answer comes by itself, too.
    tty.keys("yy");
    thread::sleep(Duration::from_millis(300));
    assert!(tty.text().contains("Remove this?"), "{}", tty.text());
    assert!(place.files() == before);
}

#[test]
fn a_paste_whose_end_is_lost_gives_the_keyboard_back() {
    let place = Place::with(&[SLOW_URI]);
    let mut tty = Tty::start(&place, "en_US.UTF-8", &[]);
    tty.unlock();
    tty.see("Slow Bank");
    tty.keys("\x1b[200~otpauth://totp/lost");
    tty.see("press A first");
    tty.keys("\x03");
    assert!(tty.ended().success());
}

#[test]
fn a_vault_that_a_failed_first_start_left_is_opened() {
    let (place, other) = (Place::empty(), Place::with(&[SLOW_URI]));
    let mut tty = Tty::start(&place, "en_US.UTF-8", &[]);
    tty.see("Welcome");
    fs::copy(other.vault(), place.vault()).unwrap();
    tty.keys(PASSPHRASE);
    tty.keys("\r");
    tty.see("Type it again");
    tty.keys(PASSPHRASE);
    tty.keys("\r");
    tty.see("The token is there already.");
    tty.keys(PASSPHRASE);
    tty.keys("\r");
    tty.see("Slow Bank");
}

/// On a small file system of its own, mounted in a name space that ends with the program.
#[test]
fn a_first_start_on_a_full_disk_or_in_a_read_only_folder_says_so_and_makes_nothing() {
    let full = "dd if=/dev/zero of=\"$1/fill\" bs=1k 2>/dev/null";
    let read_only = "mount -o remount,ro \"$1\"";
    for (prepare, code) in [(full, "W-115"), (read_only, "W-116")] {
        let disk = Place::empty();
        let folder = disk.path("disk");
        fs::create_dir(&folder).unwrap();
        let script = format!(
            "mount -t tmpfs -o size=16k none \"$1\"; {prepare}
             \"$2\" --vault \"$1/t.warifu\"; [ -e \"$1/t.warifu\" ] || echo no vault was made"
        );
        let is_root =
            std::os::unix::fs::MetadataExt::uid(&fs::metadata("/proc/self").unwrap()) == 0;
        let mut command = CommandBuilder::new("unshare");
        command.args(if is_root { &["-m"][..] } else { &["-r", "-m"] });
        command.args(["sh", "-c", &script, "sh"]);
        command.args([folder.as_os_str(), env!("CARGO_BIN_EXE_warifu").as_ref()]);
        let mut tty = Tty::spawn("en_US.UTF-8", command);
        tty.see("Welcome");
        tty.keys(PASSPHRASE);
        tty.keys("\r");
        tty.see("Type it again");
        tty.keys(PASSPHRASE);
        tty.keys("\r");
        tty.see(code);
        tty.keys("\x1b");
        tty.see("no vault was made");
    }
}

#[test]
fn a_vault_that_vanishes_is_missed_and_opens_when_it_is_back() {
    let place = Place::with(&[SLOW_URI]);
    let mut tty = Tty::start(&place, "en_US.UTF-8", &[]);
    tty.unlock();
    tty.see("Slow Bank");
    fs::rename(place.vault(), place.path("away")).unwrap();
    tty.see("not there any more");
    assert!(!tty.text().contains("Slow Bank"));
    fs::rename(place.path("away"), place.vault()).unwrap();
    tty.keys(PASSPHRASE);
    tty.keys("\r");
    tty.see("Slow Bank");
}

#[test]
fn what_another_process_adds_appears() {
    let place = Place::with(&[SLOW_URI]);
    let mut tty = Tty::start(&place, "en_US.UTF-8", &[]);
    tty.unlock();
    tty.see("Slow Bank");
    place.warifu(&["add", "-"]).more(HOTP_URI.as_bytes()).finish().done();
    tty.see("Counter Bank");
}

#[test]
fn commands_ask_for_the_passphrase_on_the_terminal() {
    let place = Place::with(&[SLOW_URI]);
    let mut tty = Tty::start(&place, "ja_JP.UTF-8", &["remove", "slow bank"]);
    tty.see("パスフレーズ: ");
    tty.keys("correct hors\x7f\x7frse battery");
    tty.see("***");
    tty.keys("\r");
    tty.see("(y/N)");
    tty.keys("y");
    tty.see("削除しました。");
    assert!(tty.ended().success());
    assert_eq!(tty.mode(), tty.before);
    let mut tty = Tty::start(&place, "en_US.UTF-8", &["list"]);
    tty.see("Passphrase: ");
    tty.keys("\x1b");
    tty.see("W-514");
    assert_eq!(tty.ended().exit_code(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_keyring_opens_the_screen_and_after_a_lock_the_passphrase_is_asked_for() {
    let (mut session, place) = (fixture::session::Session::begin(), Place::with(&[SLOW_URI]));
    session.turn_on(&place).done();
    let start = |session: &fixture::session::Session| {
        Tty::start_with(&place, "en_US.UTF-8", &[], Some(session.address()))
    };
    let mut tty = start(&session);
    tty.see("Slow Bank");
    assert!(!tty.was_seen("Type your passphrase"));
    tty.keys("l");
    tty.see("Type your passphrase");
    // Nor is it opened a little later.
    thread::sleep(Duration::from_millis(500));
    tty.unlock();
    tty.see("Slow Bank");
    tty.keys("q");
    assert!(tty.ended().success());

    session.kill_keyring();
    let mut tty = start(&session);
    tty.see("The keyring did not open the token.");
    tty.see("W-136");
    tty.unlock();
    tty.see("Slow Bank");
}

#[cfg(target_os = "linux")]
#[test]
fn a_silent_keyring_keeps_nobody_waiting_who_has_the_passphrase() {
    let (session, place) = (fixture::session::Session::begin(), Place::with(&[SLOW_URI]));
    session.turn_on(&place).done();
    session.silence_keyring();
    let mut tty = Tty::start_with(&place, "en_US.UTF-8", &[], Some(session.address()));
    tty.see("Opening with this PC's keyring");
    tty.keys("\x1b");
    tty.see("Type your passphrase");
    tty.unlock();
    tty.see("Slow Bank");
    tty.keys("q");
    assert!(tty.ended().success());
}

#[test]
fn a_file_that_is_no_vault_ends_in_words_and_not_on_a_screen() {
    let place = Place::empty();
    place.write("t.warifu", b"");
    let mut tty = Tty::start(&place, "ja_JP.UTF-8", &[]);
    tty.see("W-104");
    assert_eq!(tty.ended().exit_code(), 1);
    assert!(!tty.raw().contains("\x1b[?1049h"));
}
