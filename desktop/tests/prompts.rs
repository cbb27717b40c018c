//! The commands' questions on a real pseudo-terminal, and how they end.
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
    fs,
    io::{Read as _, Write as _},
    process::Command,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};

use fixture::{
    HOTP_URI, TOTP_URI,
    run::{PASSPHRASE, Place},
};

const PATIENCE: Duration = Duration::from_secs(60);
const NEW: &str = "新しいパスフレーズです";

#[test]
fn a_passphrase_is_changed_on_a_terminal() {
    let place = Place::with(&[TOTP_URI]);
    let mut tty = Tty::start(&place, &["passphrase"]);
    tty.answer("Current passphrase: ", &format!("{PASSPHRASE}\r"));
    tty.see("Checking");
    tty.answer("New passphrase: ", &format!("{NEW}\r"));
    tty.answer("Type it again: ", &format!("{NEW}\r"));
    tty.see("The passphrase was changed.");
    tty.ends_with("0");
    assert!(!tty.text().contains(PASSPHRASE) && !tty.text().contains(NEW), "a secret was drawn");
    place.warifu(&["list"]).finish().refused("W-108");
    place.warifu(&["list"]).stdin(NEW.as_bytes()).finish().done();
}

#[test]
fn a_passphrase_that_is_not_repeated_is_not_changed() {
    let place = Place::with(&[TOTP_URI]);
    let before = place.files();
    for (first, second, code) in
        [(NEW, "another long one", "W-513"), ("short", "", "W-110"), ("\x1b", "", "W-514")]
    {
        let mut tty = Tty::start(&place, &["passphrase"]);
        tty.answer("Current passphrase: ", &format!("{PASSPHRASE}\r"));
        tty.answer("New passphrase: ", first);
        if first != "\x1b" {
            tty.keys("\r");
        }
        if !second.is_empty() {
            tty.answer("Type it again: ", &format!("{second}\r"));
        }
        tty.see(code);
        tty.ends_with("1");
    }
    let mut tty = Tty::start(&place, &["passphrase"]);
    tty.answer("Current passphrase: ", "wrong passphrase\r");
    tty.see("W-108");
    tty.ends_with("1");
    assert_eq!(place.files(), before);
}

#[test]
fn the_first_addition_asks_twice() {
    let place = Place::empty();
    let mut tty = Tty::start(&place, &["add", HOTP_URI]);
    tty.answer("New passphrase: ", &format!("{PASSPHRASE}\r"));
    tty.answer("Type it again: ", &format!("{PASSPHRASE}\r"));
    tty.see("Registered: Counter Bank:bob");
    tty.ends_with("0");
    assert_eq!(place.warifu(&["code"]).finish().done(), "755224\n");
}

#[test]
fn a_signal_at_a_prompt_ends_the_command_by_it() {
    let place = Place::with(&[TOTP_URI]);
    let before = place.files();
    for (signal, status) in [("INT", "130"), ("TERM", "143"), ("HUP", "129")] {
        let mut tty = Tty::start(&place, &["list"]);
        tty.answer("Passphrase: ", "half a pass");
        tty.see("***");
        tty.signal(signal);
        tty.ends_with(status);
    }
    // The keys that raise signals are keys here.
    let mut tty = Tty::start(&place, &["list"]);
    tty.answer("Passphrase: ", "half\x03");
    tty.ends_with("130");
    let mut tty = Tty::start(&place, &["remove", "WRFU12345678"]);
    tty.answer("Passphrase: ", &format!("{PASSPHRASE}\r"));
    tty.see("(y/N)");
    tty.signal("TERM");
    tty.ends_with("143");
    assert_eq!(place.files(), before);
}

#[test]
fn a_signal_while_the_passphrase_is_checked_ends_the_command_at_once() {
    let place = Place::with(&[]);
    let mut tty = Tty::start(&place, &["passphrase"]);
    tty.answer("Current passphrase: ", &format!("{PASSPHRASE}\r"));
    tty.answer("New passphrase: ", &format!("{NEW}\r"));
    tty.answer("Type it again: ", &format!("{NEW}\r"));
    tty.see("Working");
    tty.signal("TERM");
    tty.wait_until("an end", |text| text.contains("status="));
    assert_eq!(tty.mode(), tty.before, "the terminal is as it was");
    // The old passphrase or the new one.
    let list = |line: &[u8]| place.warifu(&["list"]).stdin(line).finish().code == Some(0);
    assert!(list(PASSPHRASE.as_bytes()) ^ list(NEW.as_bytes()));
}

/// A shell on a terminal that runs the program, says which process it is, and how it ended.
struct Tty {
    master: Box<dyn MasterPty + Send>,
    /// Kept open, so that the terminal's mode can be asked for at the end.
    _slave: Box<dyn SlavePty + Send>,
    /// The terminal's mode before the program began.
    before: String,
    keyboard: Box<dyn std::io::Write + Send>,
    seen: Arc<Mutex<Vec<u8>>>,
}

impl Tty {
    fn start(place: &Place, arguments: &[&str]) -> Self {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let script = r#"sh -c 'echo "pid=$$."; exec "$@"' sh "$@"; echo "status=$?.""#;
        let mut command = CommandBuilder::new("sh");
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap());
        command.env("LANG", "en_US.UTF-8");
        command.env("WARIFU_VAULT", place.vault());
        command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_warifu")]);
        command.args(arguments);
        let before = mode(&*pair.master);
        pair.slave.spawn_command(command).unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let mut output = pair.master.try_clone_reader().unwrap();
        let told = Arc::clone(&seen);
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                told.lock().unwrap().extend_from_slice(&bytes[..count]);
            }
        });
        let keyboard = pair.master.take_writer().unwrap();
        Self { master: pair.master, _slave: pair.slave, before, keyboard, seen }
    }

    /// Waits for a question and answers it.
    fn answer(&mut self, question: &str, keys: &str) {
        self.see(question);
        self.keys(keys);
    }

    fn keys(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    fn signal(&self, name: &str) {
        let text = self.text();
        let id = text.split("pid=").nth(1).unwrap().split('.').next().unwrap().to_owned();
        assert!(fs::metadata(format!("/proc/{id}")).is_ok());
        let kill = ["-c", "kill -s \"$0\" \"$1\"", name, &id];
        assert!(Command::new("sh").args(kill).status().unwrap().success());
    }

    /// With this status, as a shell tells it, and with the terminal as it was.
    fn ends_with(&mut self, status: &str) {
        self.see("status=");
        self.see(&format!("status={status}."));
        assert_eq!(self.mode(), self.before, "the terminal is as it was");
    }

    fn see(&self, text: &str) {
        self.wait_until(text, |seen| seen.contains(text));
    }

    fn wait_until(&self, what: &str, is_there: impl Fn(&str) -> bool) {
        let began = Instant::now();
        while !is_there(&self.text()) {
            assert!(began.elapsed() < PATIENCE, "no {what:?} in:\n{}", self.text());
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap()).into_owned()
    }

    fn mode(&self) -> String {
        mode(&*self.master)
    }
}

/// Local modes, as whether it echoes.
fn mode(master: &dyn MasterPty) -> String {
    let mode = master.get_termios().unwrap();
    format!("{:?} {:?}", mode.local_flags, mode.input_flags)
}
