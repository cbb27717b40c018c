//! All that a bank and its customer do with a credential, by itself and over HTTP, each step told.

use std::collections::BTreeSet;

use serde_json::Value;
use warifu::{
    credential::EntryId,
    time::{BootId, DeviceTime, Millis, UnixMillis},
    token::{self, Added, Face, Token},
};
use warifu_desktop::{
    cli::print, device_clock::DeviceClock, enrol::Enroller, failure::Failure, http::Carrier,
    import::ServiceLink, locale::Lang, texts,
};

use crate::desk::{Desk, DeskError};

/// How far the phone's clock is off in the step that says so.
const OFF: Millis = Millis::from_secs(600);
const WRONG_TRIES: usize = 3;

/// A step that did not end as it must.
#[derive(Debug, thiserror::Error)]
#[error("{step}: {why}")]
pub(crate) struct StepFailed {
    pub(crate) step: &'static str,
    why: String,
}

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
enum Why {
    #[error(transparent)]
    Token(#[from] token::Error),
    #[error(transparent)]
    Desk(#[from] DeskError),
    #[error(transparent)]
    Failure(#[from] Failure),
    #[error("the answer was {0}")]
    Unexpected(Value),
    #[error("the token shows no code")]
    NoCode,
    #[error("the token's code follows the device's clock")]
    Moved,
}

/// Who takes part.
pub(crate) struct Walk<'a> {
    pub(crate) lang: Lang,
    pub(crate) token: &'a Token,
    pub(crate) clock: &'a DeviceClock,
    pub(crate) desk: &'a Desk,
}

impl Walk<'_> {
    pub(crate) fn run(&self, link: &ServiceLink) -> Result<(), StepFailed> {
        let lang = self.lang;
        let added = self.step(texts::walk_enrol(lang), || self.enrol(link))?;
        let id = self.step(texts::walk_confirm(lang), || self.confirmed(added.id))?;
        let code = self.step(texts::walk_accepted(lang), || {
            let code = self.codes(added.id, self.clock.now())?.0;
            expect(self.desk.verify(&id, &code)?, "accepted")?;
            Ok((code, String::new()))
        })?;
        self.step(texts::walk_replayed(lang), || self.verify(&id, &code, "replayed"))?;
        let fast = self.step(texts::walk_clock(lang), || {
            let now = self.clock.now();
            let fast = DeviceTime { wall: now.wall.saturating_add(OFF), ..now };
            // As long as the device runs its clock does not matter: the service has told the time.
            if self.codes(added.id, fast)? != self.codes(added.id, now)? {
                return Err(Why::Moved);
            }
            let codes = self.codes(added.id, restarted(fast))?;
            expect(self.desk.verify(&id, &codes.0)?, "out_of_sync")?;
            Ok((codes, "out_of_sync".to_owned()))
        })?;
        self.step(texts::walk_resync(lang), || self.resync(&id, &fast))?;
        self.step(texts::walk_lock(lang), || self.lock(&id, added.id))?;
        self.step(texts::walk_unlock(lang), || self.unlock(&id, added.id))?;
        self.step(texts::walk_suspend(lang), || {
            expect_status(&self.desk.act(&id, "suspend")?, "suspended")?;
            self.verify(&id, &code, "suspended")?;
            expect_status(&self.desk.act(&id, "resume")?, "active")?;
            Ok(((), "suspended, active".to_owned()))
        })?;
        self.step(texts::walk_revoke(lang), || {
            expect_status(&self.desk.act(&id, "revoke")?, "revoked")?;
            self.verify(&id, &code, "revoked")
        })
    }

    fn step<T>(
        &self,
        step: &'static str,
        work: impl FnOnce() -> Result<(T, String), Why>,
    ) -> Result<T, StepFailed> {
        let failed = |why: Why| StepFailed { step, why: why.to_string() };
        let (done, told) = work().map_err(failed)?;
        let line = if told.is_empty() { format!("{step}\n") } else { format!("{step}: {told}\n") };
        print(&line).map_err(|_| StepFailed { step, why: String::new() })?;
        Ok(done)
    }

    fn enrol(&self, link: &ServiceLink) -> Result<(Added, String), Why> {
        let enroller = Enroller { carrier: &Carrier::default(), clock: self.clock };
        let link = link.link().map_err(token::Error::from)?;
        let host = link.host().to_owned();
        Ok((enroller.enrol(self.token, link)?, host))
    }

    /// The service says so itself; gives the credential's ID.
    fn confirmed(&self, entry: EntryId) -> Result<(String, String), Why> {
        let entries = self.token.entries().list()?;
        let names = entries.into_iter().find(|known| known.id == entry).map(|known| known.names);
        let id = names.and_then(|names| names.credential_id).ok_or(Why::NoCode)?;
        expect_status(&self.desk.view(id.as_str())?, "active")?;
        Ok((id.as_str().to_owned(), id.grouped()))
    }

    fn verify(&self, id: &str, code: &str, verdict: &str) -> Result<((), String), Why> {
        expect(self.desk.verify(id, code)?, verdict)?;
        Ok(((), verdict.to_owned()))
    }

    fn resync(&self, id: &str, (first, second): &(String, String)) -> Result<((), String), Why> {
        let judged = expect(self.desk.resync(id, first, second)?, "accepted")?;
        let offset = judged.get("offset").and_then(Value::as_i64).unwrap_or_default();
        Ok(((), texts::walk_offset(self.lang, &offset)))
    }

    fn lock(&self, id: &str, entry: EntryId) -> Result<((), String), Why> {
        let wrong = self.wrong_code(entry)?;
        for _ in 0..WRONG_TRIES {
            expect(self.desk.verify(id, &wrong)?, "wrong")?;
        }
        self.verify(id, &wrong, "locked")
    }

    /// The clock is fast still, and its earlier codes are spent; so two later ones are judged.
    fn unlock(&self, id: &str, entry: EntryId) -> Result<((), String), Why> {
        expect_status(&self.desk.act(id, "unlock")?, "active")?;
        let now = self.clock.now();
        let later = OFF.0.saturating_add(90_000);
        let wall = now.wall.saturating_add(Millis(later));
        let codes = self.codes(entry, restarted(DeviceTime { wall, ..now }))?;
        self.resync(id, &codes)?;
        Ok(((), "active".to_owned()))
    }

    /// The code of an instant, and the one after it.
    fn codes(&self, entry: EntryId, at: DeviceTime) -> Result<(String, String), Why> {
        let screen = self.token.screen(at)?;
        let card = screen.cards.into_iter().find(|card| card.id == entry);
        match card.map(|card| card.face) {
            Some(Face::Totp { code, next, .. }) => {
                Ok((code.expose().to_owned(), next.expose().to_owned()))
            }
            _ => Err(Why::NoCode),
        }
    }

    /// Six digits that no step within half an hour of now has.
    fn wrong_code(&self, entry: EntryId) -> Result<String, Why> {
        let now = self.clock.now();
        let mut right = BTreeSet::new();
        for step in -60..=60_i64 {
            let wall = UnixMillis(now.wall.0.saturating_add(step.saturating_mul(30_000)));
            right.insert(self.codes(entry, restarted(DeviceTime { wall, ..now }))?.0);
        }
        let mut candidates = (0..1_000_000_u32).map(|number| format!("{number:06}"));
        candidates.find(|code| !right.contains(code)).ok_or(Why::NoCode)
    }
}

/// The same moment after a restart, before the service was reached: nothing but the device's clock speaks.
fn restarted(now: DeviceTime) -> DeviceTime {
    DeviceTime { boot: BootId([0xff; 16]), ..now }
}

fn expect(answer: Value, verdict: &str) -> Result<Value, Why> {
    let is_it = answer.get("verdict").and_then(Value::as_str) == Some(verdict);
    if is_it { Ok(answer) } else { Err(Why::Unexpected(answer)) }
}

fn expect_status(answer: &Value, status: &str) -> Result<(), Why> {
    let is_it = answer.get("status").and_then(Value::as_str) == Some(status);
    if is_it { Ok(()) } else { Err(Why::Unexpected(answer.clone())) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on is to stop")]
mod tests {
    use std::sync::Arc;

    use warifu::{
        secret::{Secret, SystemRandom},
        vault::{KdfParams, Passphrase},
    };
    use warifu_desktop::import::{self, Source};

    use super::*;

    #[test]
    fn a_walk_that_fails_names_its_step() {
        let folder = tempfile::tempdir().unwrap();
        let (random, quick) = (SystemRandom::new(), KdfParams::new(8, 1, 1).unwrap());
        let passphrase = Passphrase::new(b"correct horse battery").unwrap();
        let path = folder.path().join("t.warifu");
        let clock = DeviceClock::new(&random).unwrap();
        let token = Token::create(&path, &passphrase, quick, Arc::new(random)).unwrap();
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let link =
            format!("http://{nobody}/token#k=BEFQUBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HZAEERA");
        let Source::Service(link) = import::from_source(&link).unwrap() else { unreachable!() };
        let desk = Desk::new(&format!("http://{nobody}"), Secret::copy_of(b"key"));
        let walk = Walk { lang: Lang::En, token: &token, clock: &clock, desk: &desk };
        let failed = walk.run(&link).unwrap_err();
        assert_eq!(failed.step, texts::walk_enrol(Lang::En));
        assert!(failed.to_string().contains("cannot be reached"), "{failed}");
    }
}
