//! A phone: a token's file, a key store beside it, and clocks that a test sets.

use std::{fs, path::PathBuf, sync::Arc};

use tempfile::TempDir;
use warifu::{
    secret::SystemRandom,
    time::{BootId, DeviceTime, UnixMillis, Uptime},
    token::{Answer, Errand, Error, Flow, Outcome, Step, Ticket, Token},
    vault::{self, KdfParams, NewSlot, Pin, PinHardware, PinParams, SlotId, SlotKind, UnlockWith},
};

use super::client::{KeyStore, undisturbed};

pub(crate) const RIGHT: &str = "2580";
pub(crate) const WRONG: &str = "1470";

pub(crate) struct Phone {
    folder: TempDir,
    pub(crate) store: KeyStore,
    pub(crate) now: DeviceTime,
}

impl Phone {
    /// A phone with a fresh vault, unlocked.
    pub(crate) fn new() -> (Self, Token) {
        let folder = TempDir::new().unwrap();
        let store = KeyStore::start(&folder.path().join("keys.json"));
        let wall = UnixMillis::from_secs(1_800_000_000);
        let now = DeviceTime { wall, uptime: Uptime(1_000), boot: BootId([1; 16]) };
        let mut phone = Self { folder, store, now };
        let (token, flow) = Token::create_on_device(&phone.path(), random(), now).unwrap();
        assert!(matches!(phone.run(&flow), Ok(Outcome::Unlocked(_))));
        (phone, token)
    }

    /// The same with a PIN.
    pub(crate) fn with_pin(hardware: PinHardware, limit: u8) -> (Self, Token) {
        let (mut phone, token) = Self::new();
        phone.set(&token, NewSlot::Pin(pin(RIGHT), params(hardware, limit)));
        (phone, token)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("token.warifu")
    }

    pub(crate) fn file(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap()
    }

    pub(crate) fn put_file(&self, bytes: &[u8]) {
        fs::write(self.path(), bytes).unwrap();
    }

    /// A process that has just started.
    pub(crate) fn open(&self) -> Token {
        Token::open(&self.path(), random()).unwrap()
    }

    /// Runs a flow to its end, which must not be a wait.
    pub(crate) fn run(&mut self, flow: &Flow) -> Result<Outcome, Error> {
        match self.go_on(flow, self.step(flow)?)? {
            Step::Done(outcome) => Ok(outcome),
            other => panic!("{other:?}"),
        }
    }

    /// Runs a flow to its end or a wait.
    pub(crate) fn go_on(&mut self, flow: &Flow, mut step: Step) -> Result<Step, Error> {
        while let Step::Ask { ticket, errand: Errand::Key(errand) } = step {
            let answer = self.store.act(&errand);
            step = self.answer(flow, ticket, answer)?;
        }
        Ok(step)
    }

    pub(crate) fn step(&self, flow: &Flow) -> Result<Step, Error> {
        undisturbed(|| flow.step(self.now))
    }

    pub(crate) fn answer(
        &self,
        flow: &Flow,
        ticket: Ticket,
        answer: impl Into<Answer>,
    ) -> Result<Step, Error> {
        undisturbed(|| flow.answer(ticket, answer, self.now))
    }

    pub(crate) fn unlock(&mut self, token: &Token, way: UnlockWith) -> Result<Outcome, Error> {
        let flow = token.unlock_with(way, self.now);
        self.run(&flow)
    }

    pub(crate) fn try_pin(&mut self, typed: &str) -> Result<Outcome, Error> {
        let token = self.open();
        self.unlock(&token, UnlockWith::Pin(pin(typed)))
    }

    pub(crate) fn set(&mut self, token: &Token, new: NewSlot) -> SlotId {
        let flow = token.slots().set(new, self.now);
        let Ok(Outcome::Slot(id)) = self.run(&flow) else { panic!("no slot was made") };
        id
    }

    pub(crate) fn remove(&mut self, token: &Token, kind: SlotKind) -> Result<Outcome, Error> {
        let flow = token.slots().remove(slot_of(token, kind), self.now);
        self.run(&flow)
    }

    pub(crate) fn reboot(&mut self) {
        let BootId([count, ..]) = self.now.boot;
        self.now = DeviceTime { uptime: Uptime(500), boot: BootId([count + 1; 16]), ..self.now };
    }
}

pub(crate) fn slot_of(token: &Token, kind: SlotKind) -> SlotId {
    token.slots().list().unwrap().into_iter().find(|slot| slot.kind == kind).unwrap().id
}

pub(crate) fn pin(typed: &str) -> Pin {
    Pin::new(typed.as_bytes()).unwrap()
}

pub(crate) fn params(hardware: PinHardware, limit: u8) -> PinParams {
    PinParams { kdf: KdfParams::new(8, 1, 1).unwrap(), hardware, limit }
}

pub(crate) fn failed(error: vault::Error) -> Error {
    error.into()
}

pub(crate) fn random() -> Arc<SystemRandom> {
    Arc::new(SystemRandom::new())
}
