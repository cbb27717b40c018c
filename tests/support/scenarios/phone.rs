//! A phone: a file, a key store beside it, the clocks, and what the scenario calls things.

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    path::PathBuf,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tempfile::TempDir;
use warifu::{
    credential::{EntryId, RequestId},
    secret::{Random, SystemRandom},
    time::DeviceTime,
    token::{self, Errand, Error, Flow, Step, Token},
    vault::{KeyAnswer, KeyRefusal, SlotId, SlotKind},
};

use super::{
    key_store::KeyStore,
    network::Network,
    observed::{self, Called},
    table::KdfParams,
    tasks::{Rest, Tasks},
};

const MAIN: &str = "main";

pub(crate) struct Phone {
    folder: TempDir,
    pub(crate) kdf: KdfParams,
    pub(crate) store: KeyStore,
    pub(crate) network: Network,
    pub(crate) tasks: Arc<Tasks>,
    /// `None` once closed.
    tokens: Mutex<HashMap<String, Option<Arc<Token>>>>,
    entries: Mutex<HashMap<String, EntryId>>,
    requests: Mutex<HashMap<String, RequestId>>,
    kept: Mutex<HashMap<String, Vec<u8>>>,
    lock: Mutex<Option<File>>,
}

impl Phone {
    pub(crate) fn new(kdf: KdfParams) -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            kdf,
            store: KeyStore::default(),
            network: Network::new(),
            tasks: Arc::new(Tasks::new()),
            tokens: Mutex::default(),
            entries: Mutex::default(),
            requests: Mutex::default(),
            kept: Mutex::default(),
            lock: Mutex::default(),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("token.warifu")
    }

    pub(crate) fn now(&self) -> DeviceTime {
        self.tasks.now()
    }

    // ---- What the scenario calls things. ----

    pub(crate) fn put_token(&self, name: Option<&str>, token: Token) {
        let name = name.unwrap_or(MAIN).to_owned();
        self.tokens.lock().unwrap().insert(name, Some(Arc::new(token)));
    }

    pub(crate) fn token(&self, name: Option<&str>) -> Result<Arc<Token>, Value> {
        let name = name.unwrap_or(MAIN);
        let tokens = self.tokens.lock().unwrap();
        let token = tokens.get(name).unwrap_or_else(|| panic!("no token is called {name}"));
        token.clone().ok_or(json!({ "code": "closed" }))
    }

    /// Locks it and lets it go; that it was closed before is fine.
    pub(crate) fn close(&self, name: Option<&str>) {
        let name = name.unwrap_or(MAIN);
        let mut tokens = self.tokens.lock().unwrap();
        let token = tokens.get_mut(name).unwrap_or_else(|| panic!("no token is called {name}"));
        token.take().inspect(|token| token.lock());
    }

    pub(crate) fn put_entry(&self, name: &str, id: EntryId) {
        let before = self.entries.lock().unwrap().insert(name.to_owned(), id);
        assert!(before.is_none(), "two entries are called {name}");
    }

    pub(crate) fn entry(&self, name: &str) -> EntryId {
        let entries = self.entries.lock().unwrap();
        *entries.get(name).unwrap_or_else(|| panic!("no entry is called {name}"))
    }

    pub(crate) fn request(&self, name: &str) -> RequestId {
        let draw = || {
            let mut id = [0; 16];
            SystemRandom::new().fill(&mut id).unwrap();
            RequestId(id)
        };
        *self.requests.lock().unwrap().entry(name.to_owned()).or_insert_with(draw)
    }

    pub(crate) fn slot(&self, token: &Token, kind: SlotKind) -> SlotId {
        let slots = token.locked_slots().unwrap();
        let slot = slots.iter().find(|slot| slot.kind == kind);
        slot.unwrap_or_else(|| panic!("there is no {kind:?} slot")).id
    }

    /// An error as the table writes it.
    pub(crate) fn failed(&self, error: impl Into<Error>) -> Value {
        observed::error(error.into(), self)
    }

    // ---- Its file. ----

    pub(crate) fn file(&self) -> Option<Vec<u8>> {
        fs::read(self.path()).ok()
    }

    pub(crate) fn put_file(&self, bytes: &[u8]) {
        fs::write(self.path(), bytes).unwrap();
    }

    pub(crate) fn keep(&self, name: &str) {
        self.kept.lock().unwrap().insert(name.to_owned(), self.file().unwrap());
    }

    pub(crate) fn kept(&self, name: &str) -> Vec<u8> {
        let kept = self.kept.lock().unwrap();
        kept.get(name).unwrap_or_else(|| panic!("no file is kept as {name}")).clone()
    }

    /// Another opening of the lock's file stands for another process: its lock is not ours.
    pub(crate) fn hold_lock(&self) {
        let path = self.path().with_extension("warifu.lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).unwrap();
        file.try_lock().unwrap();
        *self.lock.lock().unwrap() = Some(file);
    }

    pub(crate) fn release_lock(&self) {
        assert!(self.lock.lock().unwrap().take().is_some(), "nobody holds the lock");
    }

    // ---- Its key store. ----

    /// Drives a flow to its end, as an app's loop does.
    pub(crate) fn run(&self, task: Option<&str>, flow: &Flow) -> Result<token::Outcome, Value> {
        let mut has_thrown = false;
        let failed = |error: Error, has_thrown| {
            let mut error = self.failed(error);
            if has_thrown {
                error["cause"] = json!("thrown");
            }
            error
        };
        let mut step = flow.step(self.now());
        loop {
            let rest = match step.map_err(|error| failed(error, has_thrown))? {
                Step::Done(outcome) => return Ok(outcome),
                Step::Wait { until } => {
                    let rest = self.tasks.wait(task, until);
                    if rest == Rest::Over {
                        step = flow.step(self.now());
                        continue;
                    }
                    rest
                }
                Step::Ask { ticket, errand: Errand::Http(errand) } => {
                    match self.send(task, &errand, &mut has_thrown) {
                        Ok(answer) => {
                            step = flow.answer(ticket, answer, self.now());
                            continue;
                        }
                        Err(rest) => rest,
                    }
                }
                Step::Ask { ticket, errand: Errand::Key(errand) } => {
                    let held = self.store.holds(&errand);
                    let rest = if held { self.tasks.hold(task) } else { Rest::Over };
                    if rest == Rest::Over {
                        let answer = self.store.act(errand).unwrap_or_else(|_| {
                            has_thrown = true;
                            KeyAnswer::Refused(KeyRefusal::Unavailable)
                        });
                        step = flow.answer(ticket, answer, self.now());
                        continue;
                    }
                    rest
                }
            };
            assert!(rest == Rest::Cancelled);
            flow.abandon();
            return Err(json!({ "code": "cancelled" }));
        }
    }
}

impl Called for Phone {
    fn entry(&self, id: EntryId) -> Value {
        let entries = self.entries.lock().unwrap();
        entries.iter().find(|(_, known)| **known == id).map(|(name, _)| name.as_str()).into()
    }

    fn slot(&self, id: SlotId) -> Value {
        let tokens = self.tokens.lock().unwrap();
        let slots = tokens.values().flatten().filter_map(|token| token.locked_slots().ok());
        slots.flatten().find(|slot| slot.id == id).map(|slot| observed::kind(slot.kind)).into()
    }
}
