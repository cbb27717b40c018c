use std::{
    path::PathBuf,
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use warifu::{
    secret::Random,
    token::Token,
    vault::{self, KdfParams, Passphrase},
};

use crate::{
    app::{Effect, Outcome},
    device_clock::DeviceClock,
    failure::Failure,
    import,
    keyring::{Driver, OsKeyring},
    patience::{advance, retry_busy},
    places,
    typed::Typed,
};

/// How a piece of work ended, and the token that it made, if it made one.
type Finished = (Outcome, Option<Token>);

/// Does what is slow on threads of its own, so that the screen stays live.
pub(super) struct Workers {
    vault: PathBuf,
    random: Arc<dyn Random>,
    clock: DeviceClock,
    done: Receiver<Finished>,
    report: Sender<Finished>,
}

impl Workers {
    pub(super) fn new(vault: PathBuf, random: Arc<dyn Random>, clock: DeviceClock) -> Self {
        let (report, done) = channel();
        Self { vault, random, clock, done, report }
    }

    /// A piece of work that ended since the last call.
    pub(super) fn finished(&self) -> Option<Finished> {
        self.done.try_recv().ok()
    }

    /// Begins a piece of work.
    pub(super) fn start(&self, effect: Effect, token: Option<Arc<Token>>) {
        let (vault, random, report) =
            (self.vault.clone(), self.random.clone(), self.report.clone());
        let clock = self.clock;
        thread::spawn(move || {
            let finished = match (effect, token) {
                (Effect::Create(typed), _) => created(&vault, &typed, random),
                (effect, Some(token)) => {
                    work(effect, &token, &*random, &clock).map(|done| (done, None))
                }
                _ => None,
            };
            if let Some(finished) = finished {
                // A screen that is gone waits for nothing.
                let _ = report.send(finished);
            }
        });
    }
}

fn created(vault: &std::path::Path, typed: &Typed, random: Arc<dyn Random>) -> Option<Finished> {
    let create = || -> Result<Token, Failure> {
        let passphrase = Passphrase::new(typed.expose().as_bytes())?;
        places::make_folder(vault)?;
        Ok(Token::create(vault, &passphrase, KdfParams::DEFAULT, random)?)
    };
    Some(match create() {
        Ok(token) => (Outcome::Created(Ok(())), Some(token)),
        Err(failure) => (Outcome::Created(Err(failure)), None),
    })
}

fn work(
    effect: Effect,
    token: &Token,
    random: &dyn Random,
    clock: &DeviceClock,
) -> Option<Outcome> {
    Some(match effect {
        Effect::Unlock(typed) => Outcome::Unlocked(unlock(token, &typed)),
        Effect::UnlockByKeyring => {
            let driver = Driver { keyring: &OsKeyring, random, clock };
            let opened = retry_busy(|| driver.unlock(token));
            Outcome::UnlockedByKeyring(opened.map_err(Failure::from))
        }
        Effect::Parse(typed) => Outcome::Parsed(import::from_source(typed.expose())),
        Effect::Add(uri) => Outcome::Added(uri.add_to(token).map_err(Failure::from)),
        Effect::Rename { id, issuer, account } => Outcome::Renamed(
            retry_busy(|| token.entries().rename(id, issuer.clone(), account.clone()))
                .map_err(Failure::from),
        ),
        Effect::Remove(id) => {
            Outcome::Removed(retry_busy(|| token.entries().remove(id)).map_err(Failure::from))
        }
        Effect::Advance(id) => Outcome::Advanced(id, advance(token, id, random)),
        Effect::Create(_) | Effect::Copy { .. } | Effect::Lock | Effect::Suspend | Effect::Quit => {
            return None;
        }
    })
}

fn unlock(token: &Token, typed: &Typed) -> Result<vault::UnlockReport, Failure> {
    let passphrase = Passphrase::new(typed.expose().as_bytes())?;
    Ok(retry_busy(|| token.unlock(&passphrase))?)
}
