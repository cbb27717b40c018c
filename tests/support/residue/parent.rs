//! The process that reads: it starts the child, gives it its secrets, and looks for them.

use std::{
    env,
    os::unix::net::UnixListener,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use warifu::{
    otp::{Algorithm, Digits, hotp},
    secret::{SCRUBBED, Secret},
};

use crate::{
    bank::Bank,
    child, forms, life,
    link::{self, Link},
    memory::{self, Needle, Search},
    store::{Store, bytes, random},
};

/// Where the child finds the socket; that it is set makes it the child.
const SOCKET: &str = "WARIFU_RESIDUE_SOCKET";

/// What the child's own frames may take of its stack above those of the core, in bytes, and what those of
/// the core may that are outside of its scrub.
const CHILDS_OWN: usize = 16 * 1024;

/// The scrub ends in the frame of what overwrites, which has a little below what it overwrote.
const BELOW_THE_SCRUB: usize = 16 * 1024;

/// In the child, the rest of the test is the parent's, and this does not return.
pub(crate) fn child_plays_its_part() {
    if let Some(socket) = env::var_os(SOCKET) {
        child::run(Path::new(&socket));
    }
}

/// Has a child take `role` in `test` and searches its memory at each standstill.
pub(crate) fn run_role(test: &str, role: u8, contents: &[u8], needles: &[Needle]) -> Vec<Search> {
    let (child, link) = start(test);
    link.send(role, contents);
    let mut searches = Vec::new();
    while link.receive().0 == link::STANDSTILL {
        searches.push(Search::of(child.id(), needles));
        link.send(link::DONE, &[]);
    }
    end(child);
    searches
}

/// The secrets of the child's life, and what was found of them.
pub(crate) struct Life {
    seeds: Vec<(Algorithm, Vec<u8>)>,
    pins: [(&'static str, String); 3],
    passphrases: [(&'static str, String); 3],
    store: Store,
    bank: Bank,
    /// All that is searched for, as long as nothing more is known.
    needles: Vec<Needle>,
    /// The codes that the child made.
    pub(crate) codes: Vec<String>,
    /// Where its memory was read.
    pub(crate) places: Vec<String>,
    /// What should not have been there, by place.
    pub(crate) failures: Vec<String>,
}

impl Life {
    pub(crate) fn new() -> Self {
        Self {
            seeds: vec![
                (Algorithm::Sha1, random::<20>().to_vec()),
                (Algorithm::Sha256, random::<32>().to_vec()),
                (Algorithm::Sha512, random::<64>().to_vec()),
                // Longer than a block: HMAC hashes it first.
                (Algorithm::Sha1, random::<100>().to_vec()),
                (Algorithm::Sha1, random::<20>().to_vec()),
            ],
            pins: ["first PIN", "second PIN", "wrong PIN"].map(|which| (which, digits())),
            // So long that more is left of one than an allocator writes over.
            passphrases: ["first passphrase", "second passphrase", "wrong passphrase"]
                .map(|which| (which, forms::base32(&random::<40>()))),
            store: Store::default(),
            bank: Bank::new(),
            needles: Vec::new(),
            codes: Vec::new(),
            places: Vec::new(),
            failures: Vec::new(),
        }
    }

    /// Answers the child until its end, and reads its memory wherever it stands still.
    pub(crate) fn run(&mut self, test: &str) {
        let folder = tempfile::tempdir().unwrap();
        let (child, link) = start(test);
        link.send(child::LIFE, folder.path().to_str().unwrap().as_bytes());
        let mut top = 0;
        loop {
            let (kind, contents) = link.receive();
            if self.store.answer(&link, kind, &contents) {
                continue;
            }
            match (kind, String::from_utf8_lossy(&contents)) {
                (link::STACK, _) => top = u64::from_be_bytes(*contents.first_chunk().unwrap()),
                (link::GIVE, what) => link.send(link::BYTES, &self.give(&what)),
                (link::POST, url) => {
                    link.send(link::BYTES, &self.bank.post(&url, &bytes(&link)));
                    // More is known now.
                    self.needles.clear();
                }
                (link::CODE, code) => {
                    self.codes.push(code.into_owned());
                    link.send(link::DONE, &[]);
                }
                (link::STANDSTILL, place) => {
                    check_stack(&place, &memory::below(child.id(), top, link::STACK_READ));
                    if self.store.known.take_news() || self.needles.is_empty() {
                        self.needles = self.all_needles();
                    }
                    let search = Search::of(child.id(), &self.needles);
                    self.judge(&place, &search);
                    self.places.push(place.into_owned());
                    link.send(link::DONE, &[]);
                }
                (link::END, _) => break,
                _ => panic!("a frame of kind {kind}"),
            }
        }
        end(child);
    }

    /// The codes that the seeds make: each TOTP seed's and its next, then three of HOTP; last those
    /// of what was enrolled.
    pub(crate) fn expected_codes(&self) -> Vec<String> {
        let (last, totp) = self.seeds.split_last().unwrap();
        let step = life::NOW.wall.secs().unsigned_abs() / 30;
        let code = |(algorithm, seed): &(Algorithm, Vec<u8>), counter| {
            let seed = Secret::copy_of(seed);
            hotp::code(&seed, *algorithm, Digits::SIX, counter).expose().to_owned()
        };
        let both = |seed| [code(seed, step), code(seed, step + 1)];
        let screen: Vec<_> = totp.iter().flat_map(both).collect();
        let hotp = (5..8).map(|counter| code(last, counter)).collect();
        // The second entry is removed before the second screen.
        let fewer = [&screen[..2], &screen[4..]].concat();
        let enrolled = both(&(Algorithm::Sha1, self.bank.code_key.clone())).to_vec();
        [screen.clone(), hotp, fewer, screen, enrolled].concat()
    }

    fn give(&mut self, what: &str) -> Vec<u8> {
        if let Some((_, text)) = self.texts().find(|(name, _)| *name == what) {
            return text.clone().into_bytes();
        }
        match what.split_once(' ').unwrap() {
            ("enrolment", "link") => self.bank.link().into_bytes(),
            ("uri", which) => self.uri(which.parse().unwrap()).into_bytes(),
            ("random", len) => self.store.draw(len.parse().unwrap()),
            _ => panic!("nobody has a {what}"),
        }
    }

    /// The last is HOTP's; behind it there is none.
    fn uri(&self, which: usize) -> String {
        let Some((algorithm, seed)) = self.seeds.get(which) else { return String::new() };
        let kind = if which + 1 == self.seeds.len() { "hotp" } else { "totp" };
        let (seed, algorithm) = (forms::base32(seed), format!("{algorithm:?}").to_uppercase());
        format!("otpauth://{kind}/Bank:{which}?secret={seed}&algorithm={algorithm}&counter=5")
    }

    fn all_needles(&self) -> Vec<Needle> {
        let texts: Vec<&str> = self.texts().map(|(_, text)| text.as_str()).collect();
        let mut needles = self.store.known.needles(&texts, life::COST);
        needles.extend(self.bank.needles(self.store.known.drawn_keys()));
        for (which, (algorithm, seed)) in self.seeds.iter().enumerate() {
            needles.extend(forms::of_seed(&format!("seed {which}"), seed, *algorithm));
        }
        for (which, pin) in &self.pins {
            needles.extend(forms::of_pin(which, pin));
        }
        for (which, passphrase) in &self.passphrases {
            needles.extend(forms::of_text(which, passphrase, 13));
        }
        needles
    }

    fn texts(&self) -> impl Iterator<Item = &(&'static str, String)> {
        self.pins.iter().chain(&self.passphrases)
    }

    /// Nothing may be there, but while unlocked the data key in its one place, and what was just
    /// read in and is still held.
    fn judge(&mut self, place: &str, search: &Search) {
        assert!(search.mappings.iter().any(|name| name.contains("[stack]")));
        assert!(search.mappings.iter().any(|name| name.contains("[heap]")));
        let key = ["data key: bytes", "data key: round key 0", "data key: round key 1"];
        let holds = match place {
            "a link was read" => lies_once(search, 100, &["seed 3: bytes"]),
            "an enrolment link was read" => lies_once(search, 16, &["activation code, text"]),
            "a PIN was read" => lies_once(search, 12, &["first PIN, text"]),
            "a passphrase was read" => lies_once(search, 64, &["first passphrase, text"]),
            place if place.starts_with("unlocked") => lies_once(search, 32, &key),
            _ => search.found.is_empty(),
        };
        if !holds {
            self.failures.push(format!("{place}:\n{}", search.report()));
        }
    }
}

/// Whatever the last entry of the core left on the stack is overwritten, a secret or not; and none went
/// deeper than is ever overwritten.
fn check_stack(place: &str, stack: &[u8]) {
    let used = |bytes: &[u8]| bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
    let depth = used(stack);
    assert!(depth < SCRUBBED + CHILDS_OWN + BELOW_THE_SCRUB, "{place}: {depth} bytes of stack");
    let scrubbed = used(&stack[..SCRUBBED]);
    assert!(scrubbed <= CHILDS_OWN, "{place}: {scrubbed} bytes down the stack is not overwritten");
}

/// Whether nothing was found but a secret of `len` bytes, once, under the names that it has there.
fn lies_once(search: &Search, len: u64, names: &[&str]) -> bool {
    let first = search.found.iter().map(|found| found.address).min();
    let last = search.found.iter().map(|found| found.address + found.len as u64).max();
    first.zip(last).is_some_and(|(first, last)| last - first == len)
        && search.found.iter().all(|found| names.contains(&found.name.as_str()))
}

/// Starts this program again as the child in `test`.
fn start(test: &str) -> (Child, Link) {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let listener = UnixListener::bind(&socket).unwrap();
    listener.set_nonblocking(true).unwrap();
    let mut child = Command::new(env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(SOCKET, &socket)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    loop {
        if let Ok((socket, _)) = listener.accept() {
            socket.set_nonblocking(false).unwrap();
            return (child, Link::new(socket));
        }
        assert!(child.try_wait().unwrap().is_none(), "the child ended before it began");
        thread::sleep(Duration::from_millis(5));
    }
}

fn end(mut child: Child) {
    assert!(child.wait().unwrap().success());
}

/// Twelve random digits.
pub(crate) fn digits() -> String {
    random::<12>().iter().map(|byte| char::from(b'0' + byte % 10)).collect()
}
