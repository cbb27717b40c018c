//! A disk in memory that knows what a power cut would leave of it.

mod state;

use std::{
    io::{self, ErrorKind},
    sync::{Arc, Mutex, MutexGuard},
};

pub(super) use state::{Change, Name, Platter, State};

use crate::vault::{Disk, Lock, Temp};

/// The calls of the trait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    Lock,
    Read,
    RemoveTemp,
    CreateTemp,
    Write,
    Sync,
    Rename,
    SyncFolder,
}

/// A call that fails.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fault {
    /// Which call, counted from 0.
    pub(super) call: usize,
    pub(super) kind: ErrorKind,
    pub(super) when: When,
    /// Whether every later call fails too.
    pub(super) lasting: bool,
}

/// How much of a failing call has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Before,
    /// A write that took half of its bytes.
    Half,
    After,
}

/// A disk, or a way to use it, that breaks the promise. The tests must notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// `Temp::sync` says it did and did not.
    ForgetsSync,
    /// `sync_folder` says it did and did not.
    ForgetsFolder,
    /// The new version is copied over the old one in its place.
    WritesInPlace,
}

/// A handle to the disk; clones share it. Dropping all of them is what SIGKILL does.
#[derive(Clone)]
pub(super) struct SimDisk(Arc<Mutex<Inner>>);

struct Inner {
    state: State,
    locked: bool,
    calls: Vec<Call>,
    /// The state at the start and after each call.
    history: Vec<State>,
    fault: Option<Fault>,
    flaw: Option<Flaw>,
}

impl SimDisk {
    pub(super) fn empty() -> Self {
        Self::new(State::default(), None)
    }

    pub(super) fn new(state: State, flaw: Option<Flaw>) -> Self {
        let history = vec![state.clone()];
        let inner = Inner { state, locked: false, calls: vec![], history, fault: None, flaw };
        Self(Arc::new(Mutex::new(inner)))
    }

    /// Begins to count the calls anew, with `fault` among them.
    pub(super) fn watch(&self, fault: Option<Fault>) {
        let mut inner = self.inner();
        inner.calls.clear();
        inner.history = vec![inner.state.clone()];
        inner.fault = fault;
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.inner().calls.clone()
    }

    /// The state before the first call and after each.
    pub(super) fn history(&self) -> Vec<State> {
        self.inner().history.clone()
    }

    pub(super) fn state(&self) -> State {
        self.inner().state.clone()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    fn call<T>(
        &self,
        call: Call,
        effect: impl FnOnce(&mut Inner, Option<Fault>) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut inner = self.inner();
        let fault = inner.fault_now();
        inner.calls.push(call);
        let outcome = match fault {
            Some(Fault { when: When::Before, kind, .. }) => Err(kind.into()),
            _ => effect(&mut inner, fault),
        };
        let state = inner.state.clone();
        inner.history.push(state);
        // An outcome that nobody learns of is dropped, and a lock in it asks for the disk.
        drop(inner);
        match fault {
            Some(fault) => Err(fault.kind.into()),
            None => outcome,
        }
    }
}

impl Inner {
    fn fault_now(&self) -> Option<Fault> {
        let now = self.calls.len();
        self.fault.filter(|fault| now == fault.call || (fault.lasting && now > fault.call))
    }

    fn write_over_vault(&mut self, temp: usize) {
        let bytes = self.state.visible().bytes(temp);
        let vault = self.state.visible().file(Name::Vault);
        let vault = vault.unwrap_or_else(|| self.state.create(Name::Vault));
        self.state.change(Change::Length { file: vault, len: 0 });
        self.state.write(vault, 0, &bytes);
        self.state.change(Change::Unlink { name: Name::Temp, file: temp });
    }
}

impl Disk for SimDisk {
    fn lock(&self) -> io::Result<Box<dyn Lock>> {
        self.call(Call::Lock, |inner, _| {
            if inner.locked {
                return Err(ErrorKind::WouldBlock.into());
            }
            if inner.state.visible().file(Name::Lock).is_none() {
                inner.state.create(Name::Lock);
            }
            inner.locked = true;
            Ok(Box::new(SimLock(self.clone())) as Box<dyn Lock>)
        })
    }

    fn read(&self) -> io::Result<Vec<u8>> {
        self.call(Call::Read, |inner, _| {
            inner.state.visible().vault().ok_or(ErrorKind::NotFound.into())
        })
    }

    fn remove_temp(&self) -> io::Result<()> {
        self.call(Call::RemoveTemp, |inner, _| {
            if let Some(file) = inner.state.visible().file(Name::Temp) {
                inner.state.change(Change::Unlink { name: Name::Temp, file });
            }
            Ok(())
        })
    }

    fn create_temp(&self) -> io::Result<Box<dyn Temp>> {
        self.call(Call::CreateTemp, |inner, _| {
            if inner.state.visible().file(Name::Temp).is_some() {
                return Err(ErrorKind::AlreadyExists.into());
            }
            let file = inner.state.create(Name::Temp);
            Ok(Box::new(SimTemp { disk: self.clone(), file, len: 0 }) as Box<dyn Temp>)
        })
    }

    fn rename_temp(&self) -> io::Result<()> {
        self.call(Call::Rename, |inner, _| {
            let temp = inner.state.visible().file(Name::Temp).ok_or(ErrorKind::NotFound)?;
            if inner.flaw == Some(Flaw::WritesInPlace) {
                inner.write_over_vault(temp);
            } else {
                let (from, to) = (Name::Temp, Name::Vault);
                inner.state.change(Change::Rename { from, to, file: temp });
            }
            Ok(())
        })
    }

    fn sync_folder(&self) -> io::Result<()> {
        self.call(Call::SyncFolder, |inner, _| {
            match inner.flaw {
                Some(Flaw::ForgetsFolder) => {}
                Some(Flaw::WritesInPlace) => inner.state.sync(|_| true),
                Some(Flaw::ForgetsSync) | None => inner.state.sync(Change::is_of_folder),
            }
            Ok(())
        })
    }
}

struct SimLock(SimDisk);

impl Lock for SimLock {}

impl Drop for SimLock {
    fn drop(&mut self) {
        self.0.inner().locked = false;
    }
}

struct SimTemp {
    disk: SimDisk,
    file: usize,
    len: usize,
}

impl Temp for SimTemp {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.disk.call(Call::Write, |inner, fault| {
            let half = fault.is_some_and(|fault| fault.when == When::Half);
            let taken = if half { &bytes[..bytes.len() / 2] } else { bytes };
            inner.state.write(self.file, self.len, taken);
            self.len += taken.len();
            Ok(())
        })
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk.call(Call::Sync, |inner, _| {
            if inner.flaw != Some(Flaw::ForgetsSync) {
                inner.state.sync(|change| change.is_data_of(self.file));
            }
            Ok(())
        })
    }
}
