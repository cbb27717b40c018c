//! The operations that are tried, and what each is to make of a vault.

use super::{
    Code, Error, Generator, Label, Token, create_on,
    disk::{Flaw, Platter, SimDisk, State},
    found::{Entry, Found},
    hotp, label, open_on, passphrase, seed, totp, vault,
};
use crate::{
    credential::{Credential, EntryId, NewCredential, RequestId, Seed},
    secret::Secret,
};

pub(super) const OLD: &str = "correct horse battery";
pub(super) const NEW: &str = "割符は二つに割る木の札";

/// The counter that the fixture's HOTP entry stands at.
pub(super) const COUNTER: u64 = 41;
pub(super) const REQUEST: RequestId = RequestId([1; 16]);

const HOTP: &str = "press";
const REMOVED: &str = "remove me";
const RENAMED: &str = "rename me";
const ADDED: &str = "added";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Create,
    Unlock,
    Add,
    Rename,
    Remove,
    Advance,
    ChangePassphrase,
}

impl Operation {
    pub(super) const ALL: [Self; 7] = [
        Self::Create,
        Self::Unlock,
        Self::Add,
        Self::Rename,
        Self::Remove,
        Self::Advance,
        Self::ChangePassphrase,
    ];

    /// All that change the disk.
    pub(super) fn writing() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|operation| *operation != Self::Unlock)
    }

    /// What the error of a repeated call says if the first one was done after all.
    pub(super) fn was_done(self, error: Error) -> bool {
        match (self, error) {
            (Self::Create, Error::Vault(error)) => error == vault::Error::AlreadyExists,
            (Self::Add, error) => matches!(error, Error::Duplicate { .. }),
            (Self::Remove, Error::Vault(error)) => error == vault::Error::UnknownEntry,
            (Self::ChangePassphrase, Error::Vault(error)) => error == vault::Error::WrongPassphrase,
            _ => false,
        }
    }
}

/// A disk with a vault on it, or with none for [`Operation::Create`].
pub(super) struct Fixture {
    pub(super) platter: Platter,
    pub(super) found: Found,
}

impl Fixture {
    /// With `others` entries beside the three that are worked on.
    pub(super) fn for_operation(operation: Operation, others: usize) -> Self {
        if operation == Operation::Create {
            return Self { platter: Platter::default(), found: Found::Nothing };
        }
        let disk = SimDisk::empty();
        let token = create_on(disk.clone(), OLD).unwrap();
        let others = (0..others).map(|number| totp(&format!("other {number}")));
        let worked_on = [hotp(HOTP, COUNTER), weak(RENAMED), totp(REMOVED)];
        for new in worked_on.into_iter().chain(others) {
            token.entries().add(new).unwrap();
        }
        assert!(disk.state().pending().is_empty(), "what is done is durable");
        let platter = disk.state().visible();
        let found = Found::on(&platter).unwrap();
        Self { platter, found }
    }

    /// As after a crash that left a temporary file behind.
    pub(super) fn with_leftover_temp(self) -> Self {
        Self { platter: self.platter.with_leftover_temp(), ..self }
    }

    /// A session on a fresh copy of the disk, unlocked where there is a vault.
    pub(super) fn session(&self, flaw: Option<Flaw>) -> Session {
        let disk = SimDisk::new(State::at_rest(self.platter.clone()), flaw);
        let token = self.found.opens_with().map(|typed| {
            let token = open_on(disk.clone()).unwrap();
            token.unlock(&passphrase(typed)).unwrap();
            token
        });
        disk.watch(None);
        Session { disk, token }
    }

    fn id(&self, name: &str) -> EntryId {
        self.found.entries().iter().find(|entry| is_named(entry, name)).unwrap().id
    }

    /// What the operation is to make of the fixture. `result` is what is there now; of it only what
    /// is drawn at random is taken.
    pub(super) fn expected(&self, operation: Operation, result: &Found) -> Found {
        let mut entries = self.found.entries().to_vec();
        let mut opens_with = OLD;
        match operation {
            Operation::Create | Operation::Unlock => {}
            Operation::Add => entries.push(added(result)),
            Operation::Rename => {
                let entry = entries.iter_mut().find(|entry| is_named(entry, RENAMED)).unwrap();
                (entry.names.issuer, entry.names.account) = (None, label(NEW));
            }
            Operation::Remove => entries.retain(|entry| !is_named(entry, REMOVED)),
            Operation::Advance => {
                let entry = entries.iter_mut().find(|entry| is_named(entry, HOTP)).unwrap();
                entry.last_request = Some(REQUEST);
                let Generator::Hotp { counter, .. } = &mut entry.generator else { unreachable!() };
                *counter += 1;
            }
            Operation::ChangePassphrase => opens_with = NEW,
        }
        Found::Vault { opens_with, entries }
    }
}

/// The added entry as it is to be, under the ID that was drawn for it.
fn added(result: &Found) -> Entry {
    let there = result.entries().iter().find(|entry| is_named(entry, ADDED));
    let id = there.map_or(EntryId([0; 16]), |entry| entry.id);
    Entry::from(Credential { id, rank: 0, last_request: None, content: hotp(ADDED, 3) })
}

fn is_named(entry: &Entry, name: &str) -> bool {
    entry.names.account.as_ref().map(Label::as_str) == Some(name)
}

/// 80 bits.
pub(super) fn weak(name: &str) -> NewCredential {
    let mut new = totp(name);
    new.keys.code = Seed::new(Secret::copy_of(&seed(name).secret().expose()[..10])).unwrap();
    new
}

/// One process with its disk.
pub(super) struct Session {
    pub(super) disk: SimDisk,
    pub(super) token: Option<Token>,
}

impl Session {
    /// The same request each time it is called.
    pub(super) fn run(
        &mut self,
        operation: Operation,
        fixture: &Fixture,
    ) -> Result<Option<Code>, Error> {
        if operation == Operation::Create {
            self.token = Some(create_on(self.disk.clone(), OLD)?);
            return Ok(None);
        }
        let token = self.token.as_ref().unwrap();
        let entries = token.entries();
        match operation {
            Operation::Create => {}
            Operation::Unlock => drop(token.unlock(&passphrase(OLD))?),
            Operation::Add => drop(entries.add(hotp(ADDED, 3))?),
            Operation::Rename => entries.rename(fixture.id(RENAMED), None, label(NEW))?,
            Operation::Remove => entries.remove(fixture.id(REMOVED))?,
            Operation::Advance => return entries.advance(fixture.id(HOTP), REQUEST).map(Some),
            Operation::ChangePassphrase => {
                token.slots().change_passphrase(&passphrase(OLD), &passphrase(NEW), super::QUICK)?
            }
        }
        Ok(None)
    }
}

/// Goes on with what a crash left, as the next start of the app would: adds an entry and presses
/// the button, and both last.
pub(super) fn go_on(platter: &Platter, found: &Found) -> Result<(), String> {
    let disk = SimDisk::new(State::at_rest(platter.clone()), None);
    let token = match found.opens_with() {
        None => create_on(disk.clone(), OLD),
        Some(typed) => {
            open_on(disk.clone()).and_then(|token| token.unlock(&passphrase(typed)).map(|_| token))
        }
    };
    let token = token.map_err(|error| format!("cannot be opened: {error:?}"))?;
    let added = token.entries().add(hotp("after the crash", 0));
    added.map_err(|error| format!("cannot add: {error:?}"))?;
    if let Some(entry) = found.entries().iter().find(|entry| is_named(entry, HOTP)) {
        let Generator::Hotp { counter, .. } = entry.generator else { unreachable!() };
        let code = token.entries().advance(entry.id, RequestId([2; 16]));
        let code = code.map_err(|error| format!("cannot advance: {error:?}"))?;
        if code != super::hotp_code(HOTP, counter) {
            return Err(format!("the code is not that of the counter {counter}"));
        }
    }
    let kept = Found::on(&disk.state().after_cut([])).map_err(|error| format!("{error:?}"))?;
    let grown = kept.entries().len() == found.entries().len() + 1;
    if grown { Ok(()) } else { Err("what was added did not last".into()) }
}
