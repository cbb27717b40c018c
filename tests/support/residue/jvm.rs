//! The process that reads a Java machine: it starts the child, gives it its secrets, answers its key
//! store's errands, and looks for all of them.

use std::{
    collections::BTreeMap,
    env, fs,
    ops::Range,
    os::unix::net::UnixListener,
    path::Path,
    process::{Child, Command},
    thread,
    time::Duration,
};

use warifu::otp::Algorithm;

use crate::{
    forms,
    link::{self, Link},
    memory::{self, Needle, Search},
    store::{Store, random},
};

/// The secrets of the child's life, and what was found of them.
pub(crate) struct Life {
    seeds: Vec<(Algorithm, Vec<u8>)>,
    texts: Vec<(&'static str, String)>,
    store: Store,
    /// How many codes the child made.
    pub(crate) codes: usize,
    /// Where its memory was read.
    pub(crate) places: Vec<String>,
    /// What should not have been in native memory, by place.
    pub(crate) failures: Vec<String>,
    /// Whether a PIN that the child holds on to was found in its heap.
    pub(crate) found_what_is_held: bool,
    /// How often which secret was found in the managed heap, by place.
    heap: Vec<(String, BTreeMap<String, usize>)>,
    read: usize,
}

impl Life {
    pub(crate) fn new() -> Self {
        let pins = ["first PIN", "second PIN", "wrong PIN"].map(|which| (which, digits()));
        let passphrases = ["first passphrase", "second passphrase", "wrong passphrase"]
            .map(|which| (which, forms::base32(&random::<40>())));
        Self {
            seeds: vec![
                (Algorithm::Sha1, random::<20>().to_vec()),
                (Algorithm::Sha256, random::<32>().to_vec()),
                (Algorithm::Sha512, random::<64>().to_vec()),
            ],
            texts: pins.into_iter().chain(passphrases).collect(),
            store: Store::learning(),
            codes: 0,
            places: Vec::new(),
            failures: Vec::new(),
            found_what_is_held: false,
            heap: Vec::new(),
            read: 0,
        }
    }

    /// Answers the child until its end, and reads its memory wherever it stands still.
    pub(crate) fn run(&mut self) {
        let folder = tempfile::tempdir().unwrap();
        let (mut child, link) = start(folder.path());
        let heap = heap_of(&folder.path().join("heap.log"));
        link.send(link::BYTES, folder.path().to_str().unwrap().as_bytes());
        loop {
            let (kind, contents) = link.receive();
            if self.store.answer(&link, kind, &contents) {
                continue;
            }
            match (kind, String::from_utf8_lossy(&contents)) {
                (link::GIVE, what) => link.send(link::BYTES, &self.give(&what)),
                (link::CODE, _) => {
                    self.codes += 1;
                    link.send(link::DONE, &[]);
                }
                (link::STANDSTILL, place) => {
                    let search = Search::of(child.id(), &self.needles());
                    self.judge(child.id(), &place, search, &heap);
                    link.send(link::DONE, &[]);
                }
                (link::END, _) => break,
                _ => panic!("a frame of kind {kind}"),
            }
        }
        assert!(child.wait().unwrap().success());
    }

    /// What is left in the managed heap, told for a person: by place, which secrets and how often.
    pub(crate) fn heap_report(&self) -> String {
        let mut report = format!(
            "{} MB of native memory read at {} places; in the managed heap were found:\n",
            self.read >> 20,
            self.places.len()
        );
        for (place, found) in &self.heap {
            let found: Vec<_> =
                found.iter().map(|(name, count)| format!("{name} ({count})")).collect();
            let found = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
            report += &format!("  {place}: {found}\n");
        }
        report
    }

    fn give(&self, what: &str) -> Vec<u8> {
        if let Some((_, text)) = self.texts.iter().find(|(name, _)| *name == what) {
            return text.clone().into_bytes();
        }
        match what.split_once(' ') {
            Some(("uri", which)) => self.uri(which.parse().unwrap()).into_bytes(),
            _ => panic!("nobody has a {what}"),
        }
    }

    /// Behind the last there is none.
    fn uri(&self, which: usize) -> String {
        let Some((algorithm, seed)) = self.seeds.get(which) else { return String::new() };
        let (seed, algorithm) = (forms::base32(seed), format!("{algorithm:?}").to_uppercase());
        format!("otpauth://totp/Bank:{which}?secret={seed}&algorithm={algorithm}")
    }

    fn needles(&self) -> Vec<Needle> {
        let mut needles = Vec::new();
        for (which, (algorithm, seed)) in self.seeds.iter().enumerate() {
            let whose = format!("seed {which}");
            needles.extend(forms::of_bytes(&whose, seed));
            needles.extend(forms::of_seed(&whose, seed, *algorithm));
        }
        for (which, text) in &self.texts {
            if which.ends_with("PIN") {
                needles.extend(forms::of_pin(which, text));
            } else {
                needles.extend(forms::of_text(which, text, 13));
            }
        }
        for (what, bytes) in &self.store.crossed {
            needles.extend(forms::of_bytes(what, bytes));
            if *what == "data key" {
                needles.extend(forms::of_round_keys(what, bytes));
            }
        }
        needles
    }

    /// In native memory nothing may be there, but while unlocked the data key in its one place.
    fn judge(&mut self, child: u32, place: &str, search: Search, heap: &Range<u64>) {
        assert!(search.mappings.iter().any(|name| name.contains("[stack]")));
        // The stacks are among what was read.
        assert!(memory::stacks(child).len() > 5, "a Java machine has more threads");
        let (managed, native): (Vec<_>, Vec<_>) =
            search.found.into_iter().partition(|found| heap.contains(&found.address));
        let native = Search::made_of(native);
        let holds = native.found.is_empty() || place.starts_with("unlocked") && is_one_key(&native);
        if !holds {
            self.failures.push(format!("{place}:\n{}", native.report()));
        }
        if place == "a PIN is held" {
            self.found_what_is_held = managed.iter().any(|found| found.name == "first PIN, text");
        }
        let mut by_secret = BTreeMap::new();
        for found in managed {
            // A secret of many pieces is counted by where it lies, once for each 64 bytes.
            let secret = found.name.split([':', ',']).next().unwrap_or_default().to_owned();
            by_secret.entry(secret).or_insert_with(Vec::new).push(found.address >> 6);
        }
        let counted = by_secret.into_iter().map(|(secret, mut places)| {
            places.sort_unstable();
            places.dedup_by(|next, last| *next - *last <= 1);
            (secret, places.len())
        });
        self.heap.push((place.to_owned(), counted.collect()));
        self.places.push(place.to_owned());
        self.read += search.bytes - (heap.end - heap.start) as usize;
    }
}

/// Whether nothing was found but the data key's 32 bytes, once.
fn is_one_key(search: &Search) -> bool {
    let first = search.found.iter().map(|found| found.address).min();
    let last = search.found.iter().map(|found| found.address + found.len as u64).max();
    let names = ["data key: bytes", "data key: round key 0", "data key: round key 1"];
    first.zip(last).is_some_and(|(first, last)| last - first == 32)
        && search.found.iter().all(|found| names.contains(&found.name.as_str()))
}

/// A Java machine with a small heap, which says where that lies.
fn start(folder: &Path) -> (Child, Link) {
    let (socket, log) = (folder.join("socket"), folder.join("heap.log"));
    let listener = UnixListener::bind(&socket).unwrap();
    listener.set_nonblocking(true).unwrap();
    let wanted = |name| env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let mut child = Command::new("java")
        .args(["-cp", &wanted("WARIFU_JVM_CLASSPATH"), "-Xms64m", "-Xmx64m"])
        .arg(format!("-Xlog:gc+heap+coops=debug:file={}", log.display()))
        .arg(format!("-Djna.library.path={}", wanted("WARIFU_JVM_NATIVE")))
        .args(["jp.warifu.tests.ResidueChild", socket.to_str().unwrap()])
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

/// `… Heap address: 0x00000000fc000000, size: 64 MB, …`
fn heap_of(log: &Path) -> Range<u64> {
    let log = fs::read_to_string(log).unwrap();
    let after = |text: &str| log.split(text).nth(1).unwrap_or_else(|| panic!("no {text} in {log}"));
    let from = after("Heap address: 0x").split(',').next().unwrap();
    let size = after("size: ").split(' ').next().unwrap();
    let from = u64::from_str_radix(from, 16).unwrap();
    from..from + (size.parse::<u64>().unwrap() << 20)
}

/// Twelve random digits.
fn digits() -> String {
    random::<12>().iter().map(|byte| char::from(b'0' + byte % 10)).collect()
}
