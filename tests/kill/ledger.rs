//! What the vault must hold, from what the child said.

use std::{collections::HashMap, fmt};

use warifu::credential::{EntryId, RequestId};

use crate::vault::{Entry, hotp_code};

/// One change, as a line says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Add { key: String },
    Rename { id: EntryId, account: String },
    Remove { id: EntryId },
    Advance { id: EntryId, request: RequestId },
}

impl Step {
    pub(crate) fn parse(line: &str) -> Self {
        let words: Vec<_> = line.split(' ').collect();
        match words[..] {
            ["add", key] => Self::Add { key: key.to_owned() },
            ["rename", id, account] => {
                Self::Rename { id: Self::parse_id(id), account: account.to_owned() }
            }
            ["remove", id] => Self::Remove { id: Self::parse_id(id) },
            ["advance", id, request] => {
                Self::Advance { id: Self::parse_id(id), request: RequestId(parse_hex(request)) }
            }
            _ => panic!("not a step: {line}"),
        }
    }

    pub(crate) fn parse_id(hex: &str) -> EntryId {
        EntryId(parse_hex(hex))
    }

    pub(crate) fn id_text(EntryId(id): EntryId) -> String {
        format!("{:032x}", u128::from_be_bytes(id))
    }
}

fn parse_hex(hex: &str) -> [u8; 16] {
    u128::from_str_radix(hex, 16).unwrap().to_be_bytes()
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add { key } => write!(f, "add {key}"),
            Self::Rename { id, account } => write!(f, "rename {} {account}", Self::id_text(*id)),
            Self::Remove { id } => write!(f, "remove {}", Self::id_text(*id)),
            Self::Advance { id, request: RequestId(request) } => {
                write!(f, "advance {} {:032x}", Self::id_text(*id), u128::from_be_bytes(*request))
            }
        }
    }
}

/// The entries as they must be, and every code that was given out.
#[derive(Default)]
pub(crate) struct Ledger {
    entries: Vec<Entry>,
    last_request: HashMap<EntryId, RequestId>,
    given: HashMap<(String, u64), RequestId>,
    unanswered: Option<Step>,
    steps: usize,
    found_old: usize,
    found_new: usize,
}

impl Ledger {
    /// A step that was done, and what came of it.
    pub(crate) fn done(&mut self, step: Step, outcome: &str) {
        self.steps += 1;
        if let Step::Advance { id, request } = step {
            let again = self.last_request.get(&id) == Some(&request);
            let entry = self.entry(id).clone();
            let counter = if again { entry.counter - 1 } else { entry.counter };
            assert_eq!(outcome, hotp_code(&entry.key, counter).expose(), "counter {counter}");
            let first = *self.given.entry((entry.key.clone(), counter)).or_insert(request);
            assert_eq!(first, request, "the code of counter {counter} was given to another");
        }
        let id = if let Step::Add { .. } = step { Some(Step::parse_id(outcome)) } else { None };
        self.apply(&step, id);
    }

    /// After a kill: what is there is what was done, with or without the step that was cut short.
    pub(crate) fn settle(&mut self, found: &[Entry], interrupted: Option<Step>) {
        let without = self.entries.clone();
        let last_request = self.last_request.clone();
        self.unanswered = interrupted.clone();
        let Some(step) = interrupted else {
            assert_eq!(found, without);
            return;
        };
        self.apply(&step, found.last().map(|entry| entry.id));
        if found == self.entries {
            self.found_new += 1;
        } else {
            assert_eq!(found, without, "neither before nor after {step}");
            (self.entries, self.last_request) = (without, last_request);
            self.found_old += 1;
        }
    }

    fn apply(&mut self, step: &Step, added: Option<EntryId>) {
        match step {
            Step::Add { key } => self.entries.extend(added.map(|id| Entry {
                id,
                key: key.clone(),
                account: "as added".to_owned(),
                counter: 0,
            })),
            Step::Remove { id } => self.entries.retain(|entry| entry.id != *id),
            Step::Rename { id, account } => {
                self.entry(*id).account.clone_from(account);
            }
            Step::Advance { id, request } => {
                if self.last_request.insert(*id, *request) != Some(*request) {
                    self.entry(*id).counter += 1;
                }
            }
        }
    }

    fn entry(&mut self, id: EntryId) -> &mut Entry {
        self.entries.iter_mut().find(|entry| entry.id == id).unwrap()
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The press that was cut short by the last kill.
    pub(crate) fn unanswered(&self) -> Option<Step> {
        self.unanswered.clone().filter(|step| matches!(step, Step::Advance { .. }))
    }

    pub(crate) fn tally(&self) -> String {
        let Self { steps, found_old, found_new, given, .. } = self;
        format!(
            "{steps} steps done, {} codes; of the steps cut short {found_old} had not come to be, \
             {found_new} had",
            given.len(),
        )
    }

    /// The kills hit something.
    pub(crate) fn assert_that_much_happened(&self) {
        // How much depends on how quick the disk is.
        let enough = self.found_old > 0 && self.found_new > 0 && !self.given.is_empty();
        assert!(enough, "{}", self.tally());
    }
}
