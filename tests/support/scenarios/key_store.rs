//! A key store of a few lines, as `docs/scenarios.md` describes it. It does no cryptography: what it
//! wraps it keeps, and hands out a random name for it.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard},
};

use warifu::{
    secret::{Random, Secret, SystemRandom},
    vault::{KeyAnswer, KeyErrand, KeyGate, KeyName, KeyRefusal, KeyUse, SlotId},
};

use super::words::{Answer, Errand};

#[derive(Default)]
pub(crate) struct KeyStore(Mutex<State>);

struct State {
    keys: HashMap<KeyName, Key>,
    anchors: HashMap<[u8; 16], u64>,
    prompts: u32,
    person: Answer,
    next: Next,
    /// The kind of errand to be held, and how many of it still go before.
    hold: Option<(Errand, u32)>,
}

struct Key {
    usage: KeyUse,
    gate: KeyGate,
    is_dead: bool,
    /// What was wrapped, by what it was wrapped to.
    wrapped: HashMap<Vec<u8>, Vec<u8>>,
    macs: HashMap<Vec<u8>, Vec<u8>>,
}

/// What becomes of the next errand.
#[derive(Clone, Copy)]
pub(crate) enum Next {
    Done,
    Refused(KeyRefusal),
    Thrown,
    /// Done, but bytes get lost on the way back.
    Emptied,
}

/// The store threw something that is no refusal.
#[derive(Debug)]
pub(crate) struct Thrown;

impl Default for State {
    fn default() -> Self {
        Self {
            keys: HashMap::new(),
            anchors: HashMap::new(),
            prompts: 0,
            person: Answer::Accept,
            next: Next::Done,
            hold: None,
        }
    }
}

impl KeyStore {
    pub(crate) fn set_next(&self, next: Next) {
        self.state().next = next;
    }

    pub(crate) fn set_person(&self, person: Answer) {
        self.state().person = person;
    }

    pub(crate) fn hold_next(&self, errand: Errand, nth: u32) {
        assert!(nth > 0, "nth counts from 1");
        self.state().hold = Some((errand, nth - 1));
    }

    pub(crate) fn change_biometrics(&self) {
        let mut state = self.state();
        let biometric = state.keys.values_mut().filter(|key| key.gate == KeyGate::Biometric);
        biometric.for_each(|key| key.is_dead = true);
    }

    pub(crate) fn lose(&self, slot: Option<SlotId>) {
        self.state().keys.retain(|name, _| slot.is_some_and(|slot| name.slot != slot));
        if slot.is_none() {
            self.state().anchors.clear();
        }
    }

    /// How many keys there are, and how often a person was asked.
    pub(crate) fn look(&self) -> (usize, u32) {
        let state = self.state();
        (state.keys.len(), state.prompts)
    }

    /// Whether this errand is the one to be held.
    pub(crate) fn holds(&self, errand: &KeyErrand) -> bool {
        let mut state = self.state();
        match state.hold {
            Some((kind, 0)) if kind == kind_of(errand) => {
                state.hold = None;
                true
            }
            Some((kind, before)) if kind == kind_of(errand) => {
                state.hold = Some((kind, before - 1));
                false
            }
            _ => false,
        }
    }

    pub(crate) fn act(&self, errand: KeyErrand) -> Result<KeyAnswer, Thrown> {
        let mut state = self.state();
        match std::mem::replace(&mut state.next, Next::Done) {
            Next::Done => Ok(state.act(errand)),
            Next::Refused(refusal) => Ok(KeyAnswer::Refused(refusal)),
            Next::Thrown => Err(Thrown),
            Next::Emptied => Ok(match state.act(errand) {
                KeyAnswer::Bytes(_) => KeyAnswer::Bytes(Secret::copy_of(b"")),
                other => other,
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl State {
    fn act(&mut self, errand: KeyErrand) -> KeyAnswer {
        match errand {
            KeyErrand::Create { key, usage, gate } => {
                let (wrapped, macs) = (HashMap::new(), HashMap::new());
                self.keys.insert(key, Key { usage, gate, is_dead: false, wrapped, macs });
                KeyAnswer::Done
            }
            KeyErrand::Find { key } => match self.living(key) {
                Ok(_) => KeyAnswer::Done,
                Err(refusal) => KeyAnswer::Refused(refusal),
            },
            KeyErrand::Delete { key } => {
                self.keys.remove(&key);
                KeyAnswer::Done
            }
            KeyErrand::Wrap { key, plaintext } => self.with(key, KeyUse::Wrap, |key| {
                let name = random(plaintext.len() + 28);
                key.wrapped.insert(name.clone(), plaintext.expose().to_vec());
                Some(name)
            }),
            KeyErrand::Unwrap { key, wrapped } => {
                self.with(key, KeyUse::Wrap, |key| key.wrapped.get(&wrapped).cloned())
            }
            KeyErrand::Mac { key, message } => self.with(key, KeyUse::Mac, |key| {
                let mac = key.macs.entry(message.expose().to_vec());
                Some(mac.or_insert_with(|| random(32)).clone())
            }),
            KeyErrand::ReadAnchor { vault } => KeyAnswer::Anchor(self.anchors.get(&vault).copied()),
            KeyErrand::RaiseAnchor { vault, generation } => {
                let anchor = self.anchors.entry(vault).or_default();
                *anchor = generation.max(*anchor);
                KeyAnswer::Done
            }
        }
    }

    fn with(
        &mut self,
        name: KeyName,
        usage: KeyUse,
        act: impl FnOnce(&mut Key) -> Option<Vec<u8>>,
    ) -> KeyAnswer {
        let gate = match self.living(name) {
            Ok(key) => key.gate,
            Err(refusal) => return KeyAnswer::Refused(refusal),
        };
        if gate == KeyGate::Biometric {
            self.prompts += 1;
            match self.person {
                Answer::Accept => {}
                Answer::Cancel => return KeyAnswer::Refused(KeyRefusal::Cancelled),
                Answer::LockOut => return KeyAnswer::Refused(KeyRefusal::LockedOut),
            }
        }
        let key = self.keys.get_mut(&name).filter(|key| key.usage == usage);
        let bytes = key.and_then(act);
        bytes.map_or(KeyAnswer::Refused(KeyRefusal::Unavailable), |bytes| {
            KeyAnswer::Bytes(Secret::copy_of(&bytes))
        })
    }

    fn living(&self, name: KeyName) -> Result<&Key, KeyRefusal> {
        let key = self.keys.get(&name).ok_or(KeyRefusal::Missing)?;
        if key.is_dead { Err(KeyRefusal::Invalidated) } else { Ok(key) }
    }
}

fn kind_of(errand: &KeyErrand) -> Errand {
    match errand {
        KeyErrand::Create { .. } => Errand::Create,
        KeyErrand::Find { .. } => Errand::Find,
        KeyErrand::Wrap { .. } => Errand::Wrap,
        KeyErrand::Unwrap { .. } => Errand::Unwrap,
        KeyErrand::Mac { .. } => Errand::Mac,
        KeyErrand::Delete { .. } => Errand::Delete,
        KeyErrand::ReadAnchor { .. } => Errand::ReadAnchor,
        KeyErrand::RaiseAnchor { .. } => Errand::RaiseAnchor,
    }
}

fn random(len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    SystemRandom::new().fill(&mut bytes).unwrap();
    bytes
}
