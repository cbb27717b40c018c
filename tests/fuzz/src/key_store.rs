//! A key store that wraps nothing: whoever edits the file can edit what lies under its keys.
//!
//! So the fuzzer reaches what no attacker does. Tries are not counted by it: that needs a store that
//! authenticates, and is tested elsewhere.

use std::collections::HashSet;

use warifu::{
    secret::Secret,
    time::DeviceTime,
    token::{Errand, Error, Flow, Outcome, Step},
    vault::{KeyAnswer, KeyErrand, KeyName, KeyRefusal},
};

/// Each slot's first keys are there until they are deleted.
#[derive(Default)]
pub struct KeyStore {
    created: HashSet<KeyName>,
    deleted: HashSet<KeyName>,
}

impl KeyStore {
    /// Does all that the flow asks for, and lets time pass where it waits.
    ///
    /// # Errors
    /// What the flow ended with.
    ///
    /// # Panics
    /// If it does not end.
    pub fn drive(&mut self, flow: &Flow, mut now: DeviceTime) -> Result<Outcome, Error> {
        let mut step = flow.step(now)?;
        for _ in 0..64 {
            step = match step {
                Step::Done(outcome) => return Ok(outcome),
                Step::Wait { until } => {
                    now.uptime = until;
                    flow.step(now)?
                }
                Step::Ask { ticket, errand: Errand::Key(errand) } => {
                    flow.answer(ticket, self.run(errand), now)?
                }
                Step::Ask { errand: Errand::Http(_), .. } => panic!("it needs the network"),
            };
        }
        panic!("the flow does not end");
    }

    fn run(&mut self, errand: KeyErrand) -> KeyAnswer {
        match errand {
            KeyErrand::Create { key, .. } => {
                self.deleted.remove(&key);
                self.created.insert(key);
                KeyAnswer::Done
            }
            KeyErrand::Delete { key } => {
                self.created.remove(&key);
                self.deleted.insert(key);
                KeyAnswer::Done
            }
            KeyErrand::Find { key } => {
                if self.has(key) {
                    KeyAnswer::Done
                } else {
                    KeyAnswer::Refused(KeyRefusal::Missing)
                }
            }
            KeyErrand::Wrap { key, plaintext } => self.with(key, plaintext),
            KeyErrand::Unwrap { key, wrapped } => self.with(key, Secret::copy_of(&wrapped)),
            KeyErrand::Mac { key, message } => {
                let mac: Vec<_> = message.expose().iter().map(|byte| byte ^ 0xa5).collect();
                self.with(key, Secret::copy_of(&mac))
            }
            KeyErrand::ReadAnchor { .. } => KeyAnswer::Anchor(None),
            KeyErrand::RaiseAnchor { .. } => KeyAnswer::Done,
        }
    }

    fn with(&self, key: KeyName, bytes: Secret) -> KeyAnswer {
        if self.has(key) {
            KeyAnswer::Bytes(bytes)
        } else {
            KeyAnswer::Refused(KeyRefusal::Missing)
        }
    }

    fn has(&self, key: KeyName) -> bool {
        let first = key.number <= 1 && !self.deleted.contains(&key);
        first || self.created.contains(&key)
    }
}
