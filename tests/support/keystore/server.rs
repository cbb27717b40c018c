//! The key store's own process: keys in a file of its own, AES-256-GCM and HMAC-SHA-256.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::PathBuf,
};

use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
    rand::{SecureRandom, SystemRandom},
};
use serde::{Deserialize, Serialize};

use super::wire::{Control, Errand, HELLO, Refusal, Reply, Request, Seen, receive, send};

/// Serves until the other end closes.
pub(crate) fn serve() {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    output.write_all(HELLO).unwrap();
    let Ok(Request::Open(path)) = receive(&mut input) else { return };
    let path = PathBuf::from(path);
    let kept = fs::read(&path).map(|bytes| serde_json::from_slice(&bytes).unwrap());
    let mut server = Server { path, kept: kept.unwrap_or_default(), ..Server::default() };
    while let Ok(request) = receive(&mut input) {
        let is_errand = matches!(request, Request::Errand(_));
        let reply = match request {
            Request::Open(_) => Reply::Refused(Refusal::Unavailable),
            Request::Errand(errand) => server.errand(&errand),
            Request::Control(control) => server.control(control),
        };
        server.save();
        if is_errand && server.held {
            server.waiting.push(reply);
            continue;
        }
        let released = if server.held { Vec::new() } else { std::mem::take(&mut server.waiting) };
        for reply in [reply].into_iter().chain(released) {
            send(&mut output, &reply).unwrap();
        }
    }
}

#[derive(Default)]
struct Server {
    path: PathBuf,
    kept: Kept,
    written: Vec<u8>,
    saved: Vec<Kept>,
    refuse: Option<(Refusal, bool)>,
    refuse_prompt: bool,
    held: bool,
    waiting: Vec<Reply>,
}

/// What outlives the process.
#[derive(Serialize, Deserialize, Default, Clone)]
struct Kept {
    keys: BTreeMap<String, Key>,
    anchors: BTreeMap<String, u64>,
    prompts: u32,
    /// What stood there before each operation that a power cut may still lose, the latest last.
    soft: Vec<(String, Option<Key>)>,
}

#[derive(Serialize, Deserialize, Clone)]
struct Key {
    secret: [u8; 32],
    mac: bool,
    biometric: bool,
    dead: bool,
}

impl Server {
    fn save(&mut self) {
        let bytes = serde_json::to_vec(&self.kept).unwrap();
        if bytes != self.written {
            let temp = self.path.with_extension("next");
            fs::write(&temp, &bytes).unwrap();
            fs::rename(&temp, &self.path).unwrap();
            self.written = bytes;
        }
    }

    fn errand(&mut self, errand: &Errand) -> Reply {
        match self.refuse.take() {
            Some((refusal, done)) => {
                if done {
                    self.act(errand);
                }
                Reply::Refused(refusal)
            }
            None => self.act(errand),
        }
    }

    fn act(&mut self, errand: &Errand) -> Reply {
        match errand {
            Errand::Create { key, mac, biometric } => {
                let secret = random();
                let made = Key { secret, mac: *mac, biometric: *biometric, dead: false };
                self.put(key, Some(made));
                Reply::Done
            }
            Errand::Delete { key } => {
                if self.kept.keys.contains_key(key) {
                    self.put(key, None);
                }
                Reply::Done
            }
            Errand::Find { key } => self.find(key),
            Errand::Wrap { key, plaintext } => self.with(key, false, |key| seal(key, plaintext)),
            Errand::Unwrap { key, wrapped } => self.with(key, false, |key| open(key, wrapped)),
            Errand::Mac { key, message } => self.with(key, true, |key| {
                let key = hmac::Key::new(hmac::HMAC_SHA256, &key.secret);
                Some(hmac::sign(&key, message).as_ref().to_vec())
            }),
            Errand::ReadAnchor { vault } => {
                Reply::Anchor(self.kept.anchors.get(&format!("{vault:?}")).copied())
            }
            Errand::RaiseAnchor { vault, generation } => {
                let anchor = self.kept.anchors.entry(format!("{vault:?}")).or_default();
                *anchor = (*anchor).max(*generation);
                Reply::Done
            }
        }
    }

    fn put(&mut self, name: &str, key: Option<Key>) {
        let before = self.kept.keys.remove(name);
        self.kept.soft.push((name.to_owned(), before));
        if let Some(key) = key {
            self.kept.keys.insert(name.to_owned(), key);
        }
    }

    /// Without a prompt.
    fn find(&self, name: &str) -> Reply {
        match self.kept.keys.get(name) {
            None => Reply::Refused(Refusal::Missing),
            Some(Key { dead: true, .. }) => Reply::Refused(Refusal::Invalidated),
            Some(_) => Reply::Done,
        }
    }

    fn with(&mut self, name: &str, mac: bool, act: impl Fn(&Key) -> Option<Vec<u8>>) -> Reply {
        let Some(key) = self.kept.keys.get(name) else { return Reply::Refused(Refusal::Missing) };
        if key.dead {
            return Reply::Refused(Refusal::Invalidated);
        }
        if key.biometric {
            self.kept.prompts += 1;
            if std::mem::take(&mut self.refuse_prompt) {
                return Reply::Refused(Refusal::Cancelled);
            }
        }
        let done = if key.mac == mac { act(key) } else { None };
        done.map_or(Reply::Refused(Refusal::Unavailable), Reply::Bytes)
    }

    fn control(&mut self, control: Control) -> Reply {
        match control {
            Control::Refuse { refusal, done } => self.refuse = Some((refusal, done)),
            Control::Hold => self.held = true,
            Control::Release => self.held = false,
            Control::InvalidateBiometrics => {
                let keys = self.kept.keys.values_mut();
                keys.filter(|key| key.biometric).for_each(|key| key.dead = true);
            }
            Control::RefusePrompt => self.refuse_prompt = true,
            Control::Lose { key } => drop(self.kept.keys.remove(&key)),
            Control::LoseEverything => self.kept = Kept::default(),
            Control::Settle => self.kept.soft.clear(),
            Control::PowerCut { lost } => self.cut(lost),
            Control::Save => {
                self.saved.push(self.kept.clone());
                return Reply::Saved(self.saved.len() - 1);
            }
            Control::Restore(at) => self.kept = self.saved[at].clone(),
            Control::Look => {
                return Reply::Seen(Seen {
                    keys: self.kept.keys.keys().cloned().collect(),
                    prompts: self.kept.prompts,
                    soft: self.kept.soft.len(),
                });
            }
        }
        Reply::Done
    }

    fn cut(&mut self, lost: usize) {
        for _ in 0..lost {
            let Some((name, before)) = self.kept.soft.pop() else { break };
            match before {
                Some(key) => drop(self.kept.keys.insert(name, key)),
                None => drop(self.kept.keys.remove(&name)),
            }
        }
        self.kept.soft.clear();
    }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).unwrap();
    bytes
}

fn aead(key: &Key) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key.secret).unwrap())
}

fn seal(key: &Key, plaintext: &[u8]) -> Option<Vec<u8>> {
    let nonce: [u8; NONCE_LEN] = random();
    let mut sealed = plaintext.to_vec();
    let unique = Nonce::assume_unique_for_key(nonce);
    aead(key).seal_in_place_append_tag(unique, Aad::empty(), &mut sealed).ok()?;
    Some([&nonce[..], &sealed].concat())
}

fn open(key: &Key, wrapped: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = wrapped.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut sealed = sealed.to_vec();
    aead(key).open_in_place(nonce, Aad::empty(), &mut sealed).ok().map(|plain| plain.to_vec())
}
