//! What `warifu` leaves in memory: the real program in a pseudo-terminal lives a day of a token, and
//! its memory is read from outside and searched as in the core's own residue test.
//!
//! Read is every mapping that the program can write to. Out of scope are the kernel's buffers, among
//! them the terminal's, and this process, which types. The program forbids other programs of the
//! same user to read its memory, so the test wants root.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on is to stop"
)]

#[allow(dead_code, reason = "the core's test uses the rest")]
#[path = "../../tests/support/residue/derived.rs"]
mod derived;
mod fixture;
#[allow(dead_code, reason = "the core's test uses the rest")]
#[path = "../../tests/support/residue/forms.rs"]
mod forms;
#[allow(dead_code, reason = "the core's test uses the rest")]
#[path = "../../tests/support/residue/memory.rs"]
mod memory;

use std::{
    collections::BTreeSet,
    fs::{self, File},
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant, SystemTime},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use warifu::{
    otp::{Algorithm, Digits, hotp},
    provision::otpauth,
    secret::{Secret, SystemRandom},
    token::Token,
    vault::{KdfParams, Passphrase},
};

use derived::{Cost, Known};
use fixture::{
    run::Place,
    tty::{PATIENCE, Tty},
};
use memory::{Needle, Search};

const PERIOD: u64 = 3600;
const COUNTER: u64 = 5;

#[test]
fn no_seed_no_key_and_no_passphrase_is_left_in_the_program() {
    let secrets = Secrets::draw();
    let place = Place::empty();
    secrets.make_vault(&place.vault());
    let needles = secrets.needles(&VaultFile::read(&place.vault()));
    let mut tty = Tty::start(&place, "en_US.UTF-8", &[]);
    let process = tty.process();
    let search = || search_at_rest(process, &needles);

    tty.see("Locked");
    see_that_memory_may_be_read(process);
    tty.keys(&secrets.wrong);
    tty.see(&"*".repeat(secrets.wrong.len()));
    let typing = search();
    assert_eq!(names(&typing), BTreeSet::from(["wrong passphrase, text"]), "{}", typing.report());
    tty.keys("\r");
    tty.see("W-108");
    let failed = search();
    assert!(failed.found.is_empty(), "after the failed unlock:\n{}", failed.report());

    tty.keys(&secrets.right);
    tty.see(&"*".repeat(secrets.right.len()));
    let typing = search();
    assert_eq!(names(&typing), BTreeSet::from(["right passphrase, text"]), "{}", typing.report());
    tty.keys("\r");
    tty.see("Counter Bank");
    let began = step();
    let totp = secrets.codes(&secrets.totp, began..=began + 1);
    tty.see(&grouped(&totp[0]));
    tty.see(&grouped(&totp[1]));
    assert_eq!(step(), began, "an hour ended: run the test again");
    let unlocked = search();
    // The key's first two round keys are the key itself.
    let key = ["data key: bytes", "data key: round key 0", "data key: round key 1"];
    assert_eq!(names(&unlocked), BTreeSet::from(key), "{}", unlocked.report());
    let addresses = || unlocked.found.iter().map(|found| (found.address, found.len as u64));
    let first = addresses().map(|(at, _)| at).min().unwrap();
    let last = addresses().map(|(at, len)| at + len).max().unwrap();
    assert_eq!(last - first, 32, "the data key lies in two places:\n{}", unlocked.report());

    // The last one is the counter's.
    tty.keys("\x1b[F");
    tty.keys(" ");
    let hotp = secrets.codes(&secrets.hotp, COUNTER..=COUNTER);
    tty.see(&grouped(&hotp[0]));
    tty.keys("c");
    tty.see("Asked the terminal to copy");
    let copied = format!("\x1b]52;c;{}\x07", BASE64_STANDARD.encode(&hotp[0]));
    assert!(tty.raw().contains(&copied), "the code on the clipboard");

    tty.keys("l");
    tty.see("Locked");
    let locked = search();
    assert!(locked.found.is_empty(), "after the lock:\n{}", locked.report());
    assert!(tty.text().contains("Locked") && !tty.text().contains("Bank"), "{}", tty.text());
    for name in ["[stack]", "[heap]", "warifu"] {
        let is_read = locked.mappings.iter().any(|mapping| mapping.contains(name));
        assert!(is_read, "no {name} among {:?}", locked.mappings);
    }
    println!("{} needles, {} bytes in each search", needles.len(), locked.bytes);
    tty.keys("q");
}

/// Everything that nobody may find.
struct Secrets {
    right: String,
    wrong: String,
    totp: [u8; 20],
    hotp: [u8; 20],
}

impl Secrets {
    fn draw() -> Self {
        let passphrase = || forms::base32(&random::<15>());
        Self { right: passphrase(), wrong: passphrase(), totp: random(), hotp: random() }
    }

    fn make_vault(&self, vault: &Path) {
        let passphrase = Passphrase::new(self.right.as_bytes()).unwrap();
        let random = Arc::new(SystemRandom::new());
        let token = Token::create(vault, &passphrase, KdfParams::DEFAULT, random).unwrap();
        let [totp, hotp] = [&self.totp, &self.hotp].map(|seed| forms::base32(seed));
        for uri in [
            format!("otpauth://totp/Slow%20Bank:a?period={PERIOD}&digits=8&secret={totp}"),
            format!("otpauth://hotp/Counter%20Bank:b?counter={COUNTER}&digits=8&secret={hotp}"),
        ] {
            token.entries().add(otpauth::parse(uri.as_bytes()).unwrap()).unwrap();
        }
    }

    /// Every form of every secret, and of every key that the vault makes of them.
    fn needles(&self, file: &VaultFile) -> Vec<Needle> {
        let mut known = Known::default();
        known.drawn(&file.vault_id);
        known.drawn(&file.salt);
        known.drawn(&file.data_key(&self.right));
        let texts = [("right passphrase", &self.right), ("wrong passphrase", &self.wrong)];
        let mut needles = known.needles(&texts.map(|(_, text)| text.as_str()), file.cost);
        for (whose, text) in texts {
            needles.extend(forms::of_text(whose, text, text.len()));
        }
        for (whose, seed) in [("TOTP seed", &self.totp), ("HOTP seed", &self.hotp)] {
            needles.extend(forms::of_seed(whose, seed, Algorithm::Sha1));
        }
        needles
    }

    fn codes(&self, seed: &[u8], counters: std::ops::RangeInclusive<u64>) -> Vec<String> {
        let digits = Digits::EIGHT;
        let seed = Secret::copy_of(seed);
        let code = |counter| hotp::code(&seed, Algorithm::Sha1, digits, counter);
        counters.map(|counter| code(counter).expose().to_owned()).collect()
    }
}

/// What anybody sees of a vault with one passphrase slot (`docs/vault-format.md`).
struct VaultFile {
    vault_id: [u8; 16],
    salt: [u8; 16],
    cost: Cost,
    nonce: [u8; 12],
    sealed: Vec<u8>,
}

impl VaultFile {
    fn read(path: &Path) -> Self {
        let file = fs::read(path).unwrap();
        let number = |at: usize| u32::from_be_bytes(*file[at..].first_chunk().unwrap());
        assert_eq!(&file[34..36], &[0, 1], "one slot");
        let slot = 40 + 45 + 49 * number(36) as usize + 32 + 32;
        Self {
            vault_id: *file[10..].first_chunk().unwrap(),
            salt: *file[slot..].first_chunk().unwrap(),
            cost: (number(slot + 16), number(slot + 20), number(slot + 24)),
            nonce: *file[slot + 28..].first_chunk().unwrap(),
            sealed: file[slot + 40..slot + 88].to_vec(),
        }
    }

    fn data_key(&self, passphrase: &str) -> Vec<u8> {
        let (key, _) = derived::stretched(passphrase, &self.salt, self.cost);
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap());
        let nonce = Nonce::assume_unique_for_key(self.nonce);
        let mut sealed = self.sealed.clone();
        let key = key.open_in_place(nonce, Aad::from("warifu vault 1 passphrase"), &mut sealed);
        key.unwrap().to_vec()
    }
}

/// The program wakes by itself about once a second, and what it then works with is no residue: a
/// search counts during which it slept.
fn search_at_rest(process: u32, needles: &[Needle]) -> Search {
    let began = Instant::now();
    loop {
        let before = switches(process);
        thread::sleep(Duration::from_millis(20));
        if switches(process) == before {
            let search = Search::of(process, needles);
            if switches(process) == before {
                return search;
            }
        }
        assert!(began.elapsed() < PATIENCE, "the program does not rest");
    }
}

/// How often each of its threads went to sleep or was put to sleep.
fn switches(process: u32) -> Vec<String> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let status = threads.filter_map(|thread| {
        let path = thread.unwrap().path();
        // A thread that ended is one that is missing.
        let status = fs::read_to_string(path.join("status")).ok()?;
        let lines = status.lines().filter(|line| line.contains("ctxt_switches"));
        Some(format!("{path:?} {:?}", lines.collect::<Vec<_>>()))
    });
    status.collect()
}

fn see_that_memory_may_be_read(process: u32) {
    if let Err(error) = File::open(format!("/proc/{process}/mem")) {
        panic!("the program's memory cannot be read: {error}. This test is to be run as root.");
    }
}

fn names(search: &Search) -> BTreeSet<&str> {
    search.found.iter().map(|found| found.name.as_str()).collect()
}

/// As the screen shows eight digits.
fn grouped(code: &str) -> String {
    format!("{} {}", &code[..4], &code[4..])
}

/// The number of the hour.
fn step() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    now.as_secs() / PERIOD
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes).unwrap();
    bytes
}
