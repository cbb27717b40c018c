//! A key store of a few lines on the other side, and the loop that drives a flow with it.

use std::{collections::HashMap, sync::Arc};

use warifu::{
    secret::{Random, Secret, SystemRandom},
    time::DeviceTime,
    token::{Answer, Ticket},
    vault::{KeyAnswer, KeyRefusal},
};

use super::{
    foreign::{Errand, Failure, Outcome, Step, call},
    lower,
};
use crate::{Flow, flow};

/// It does no cryptography: what it wraps it remembers under a random name.
#[derive(Default)]
pub(super) struct KeyStore {
    keys: HashMap<String, HashMap<Vec<u8>, Vec<u8>>>,
    anchors: HashMap<String, u64>,
    /// Whatever is asked next is refused so.
    pub(super) refuse: Option<KeyRefusal>,
    pub(super) done: Vec<Errand>,
}

impl KeyStore {
    pub(super) fn act(&mut self, errand: Errand) -> KeyAnswer {
        self.done.push(errand.clone());
        if let Some(refusal) = self.refuse.take() {
            return KeyAnswer::Refused(refusal);
        }
        match errand {
            Errand::Create { key, .. } => {
                self.keys.insert(key, HashMap::new());
                KeyAnswer::Done
            }
            Errand::Find { key } if self.keys.contains_key(&key) => KeyAnswer::Done,
            Errand::Find { .. } => KeyAnswer::Refused(KeyRefusal::Missing),
            Errand::Delete { key } => {
                self.keys.remove(&key);
                KeyAnswer::Done
            }
            Errand::Wrap { key, plaintext } => self.with(&key, |kept| {
                let name = random(plaintext.len() + 28);
                kept.insert(name.clone(), plaintext);
                Some(name)
            }),
            Errand::Unwrap { key, wrapped } => self.with(&key, |kept| kept.get(&wrapped).cloned()),
            Errand::Mac { key, message } => {
                self.with(&key, |kept| Some(kept.entry(message).or_insert(random(32)).clone()))
            }
            Errand::Http(request) => panic!("that is no key store's: {request:?}"),
            Errand::ReadAnchor { vault } => KeyAnswer::Anchor(self.anchors.get(&vault).copied()),
            Errand::RaiseAnchor { vault, generation } => {
                self.anchors.insert(vault, generation);
                KeyAnswer::Done
            }
        }
    }

    fn with(
        &mut self,
        key: &str,
        act: impl FnOnce(&mut HashMap<Vec<u8>, Vec<u8>>) -> Option<Vec<u8>>,
    ) -> KeyAnswer {
        let Some(kept) = self.keys.get_mut(key) else {
            return KeyAnswer::Refused(KeyRefusal::Missing);
        };
        act(kept).map_or(KeyAnswer::Refused(KeyRefusal::Unavailable), |bytes| {
            KeyAnswer::Bytes(Secret::copy_of(&bytes))
        })
    }

    /// Runs a flow to its end, as the languages' loops do. A short wait goes by at once.
    pub(super) fn run(
        &mut self,
        flow: &Arc<Flow>,
        mut now: DeviceTime,
    ) -> Result<Outcome, Failure> {
        let mut at = step(flow, now)?;
        loop {
            at = match at {
                Step::Ask(ticket, errand) => answer(flow, ticket, self.act(errand), now)?,
                Step::Wait(until) => {
                    now.uptime.0 = until;
                    step(flow, now)?
                }
                Step::Done(outcome) => return Ok(outcome),
            };
        }
    }
}

pub(super) fn answer(
    flow: &Arc<Flow>,
    ticket: Ticket,
    answer: impl Into<Answer>,
    now: DeviceTime,
) -> Result<Step, Failure> {
    let buffer = call(|status| {
        flow::uniffi_warifu_ffi_fn_method_flow_answer(
            lower(Arc::clone(flow)),
            lower(ticket),
            lower(answer.into()),
            lower(now),
            status,
        )
    });
    Ok(Step::of(buffer?))
}

pub(super) fn step(flow: &Arc<Flow>, now: DeviceTime) -> Result<Step, Failure> {
    let buffer = call(|status| {
        flow::uniffi_warifu_ffi_fn_method_flow_step(lower(Arc::clone(flow)), lower(now), status)
    });
    Ok(Step::of(buffer?))
}

fn random(len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    SystemRandom::new().fill(&mut bytes).unwrap();
    bytes
}
