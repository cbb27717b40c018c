use std::{
    path::PathBuf,
    sync::{
        Arc,
        mpsc::{Receiver, Sender, TryRecvError, channel},
    },
    thread,
};

use warifu::{
    credential::WebAddress,
    secret::Random,
    token::{self, Added, Token},
    vault::{self, KdfParams, Passphrase},
};

use crate::{
    app::{Job, JobId, Outcome},
    device_clock::DeviceClock,
    enrol::Enroller,
    failure::Failure,
    http::Carrier,
    import::{self, ServiceLink},
    keyring::{Driver, OsKeyring},
    patience::{advance, retry_busy},
    places,
    sync::sync,
    typed::Typed,
};

/// How a job ended.
pub(super) struct Finished {
    pub(super) job: JobId,
    pub(super) outcome: Outcome,
    /// The token that it made or found, if it did.
    pub(super) token: Option<Token>,
}

/// Does what is slow on threads of its own, so that the screen stays live.
pub(super) struct Workers {
    vault: PathBuf,
    random: Arc<dyn Random>,
    clock: DeviceClock,
    hosts: Vec<WebAddress>,
    done: Receiver<Finished>,
    report: Sender<Finished>,
    refresh: Option<Receiver<Refreshed>>,
    /// Of a synchronisation that nobody asked for and nobody waits for.
    syncing: Option<Receiver<()>>,
}

type Refreshed = Result<bool, token::Error>;

impl Workers {
    pub(super) fn new(
        vault: PathBuf,
        random: Arc<dyn Random>,
        clock: DeviceClock,
        hosts: Vec<WebAddress>,
    ) -> Self {
        let (report, done) = channel();
        Self { vault, random, clock, hosts, done, report, refresh: None, syncing: None }
    }

    /// A job that ended since the last call.
    pub(super) fn finished(&self) -> Option<Finished> {
        self.done.try_recv().ok()
    }

    /// Begins a job.
    pub(super) fn start(&self, id: JobId, job: Job, token: Option<Arc<Token>>) {
        let (vault, random, report) =
            (self.vault.clone(), self.random.clone(), self.report.clone());
        let (clock, hosts) = (self.clock, self.hosts.clone());
        thread::spawn(move || {
            let (outcome, token) = match (job, token) {
                (Job::Create(typed), _) => match create(&vault, &typed, random) {
                    Ok(token) => (Outcome::Created(Ok(())), Some(token)),
                    Err(failure) => (Outcome::Created(Err(failure)), None),
                },
                (job, Some(token)) => (work(job, &token, &*random, &clock), None),
                (job, None) => match retry_busy(|| Token::open(&vault, Arc::clone(&random))) {
                    Ok(token) => (work(job, &token, &*random, &clock), Some(token)),
                    Err(error) => (Outcome::Unlocked(Err(error.into())), None),
                },
            };
            if let Some(token) = &token {
                // So few were let through at the start that all of them fit.
                let _ = token.time().set_hosts(hosts);
            }
            // A screen that is gone waits for nothing.
            let _ = report.send(Finished { job: id, outcome, token });
        });
    }

    /// Begins to look at what another process wrote, unless that is under way.
    pub(super) fn refresh(&mut self, token: Arc<Token>) {
        if self.refresh.is_none() {
            let (report, done) = channel();
            self.refresh = Some(done);
            thread::spawn(move || {
                // A lock that came meanwhile is no longer interested.
                let _ = report.send(token.refresh());
            });
        }
    }

    /// What that look found, if it ended since the last call.
    pub(super) fn refreshed(&mut self) -> Option<Refreshed> {
        let refreshed = self.refresh.as_ref()?.try_recv();
        if refreshed != Err(TryRecvError::Empty) {
            self.refresh = None;
        }
        refreshed.ok()
    }

    /// Begins to ask for the time, unless that is under way. What comes of it the screen tells.
    pub(super) fn sync(&mut self, token: Arc<Token>) {
        let is_over =
            |syncing: &Receiver<()>| syncing.try_recv() == Err(TryRecvError::Disconnected);
        if self.syncing.as_ref().is_none_or(is_over) {
            let (ends, syncing) = channel();
            self.syncing = Some(syncing);
            let clock = self.clock;
            thread::spawn(move || {
                let _ = sync(&token, &Carrier::default(), &clock);
                drop(ends);
            });
        }
    }

    /// What a look under way will find does not matter any more.
    pub(super) fn forget_refresh(&mut self) {
        self.refresh = None;
    }
}

fn create(
    vault: &std::path::Path,
    typed: &Typed,
    random: Arc<dyn Random>,
) -> Result<Token, Failure> {
    let passphrase = Passphrase::new(typed.expose().as_bytes())?;
    places::make_folder(vault)?;
    Ok(Token::create(vault, &passphrase, KdfParams::DEFAULT, random)?)
}

fn work(job: Job, token: &Token, random: &dyn Random, clock: &DeviceClock) -> Outcome {
    match job {
        Job::Unlock(typed) => Outcome::Unlocked(unlock(token, &typed)),
        Job::UnlockByKeyring => {
            let driver = Driver { keyring: &OsKeyring, random, clock };
            let opened = retry_busy(|| driver.unlock(token));
            Outcome::UnlockedByKeyring(opened.map_err(Failure::from))
        }
        Job::Parse(typed) => Outcome::Parsed(import::from_source(typed.expose())),
        Job::Add(uri) => Outcome::Added(uri.add_to(token).map_err(Failure::from)),
        Job::Enrol(link) => Outcome::Added(enrol(token, link, clock)),
        Job::Rename { id, issuer, account } => Outcome::Renamed(
            retry_busy(|| token.entries().rename(id, issuer.clone(), account.clone()))
                .map_err(Failure::from),
        ),
        Job::Remove(id) => {
            Outcome::Removed(retry_busy(|| token.entries().remove(id)).map_err(Failure::from))
        }
        Job::Advance(id) => Outcome::Advanced(id, advance(token, id, random)),
        Job::SyncTime => {
            let synced = sync(token, &Carrier::default(), clock);
            Outcome::Synced(synced.map_err(Failure::from))
        }
        // Whoever has a token makes no other.
        Job::Create(_) => Outcome::Created(Err(vault_exists())),
    }
}

fn enrol(token: &Token, link: Option<ServiceLink>, clock: &DeviceClock) -> Result<Added, Failure> {
    let enroller = Enroller { carrier: &Carrier::default(), clock };
    match link {
        Some(link) => Ok(enroller.enrol(token, link.link()?)?),
        None => Ok(enroller.resume(token)?),
    }
}

fn vault_exists() -> Failure {
    token::Error::from(vault::Error::AlreadyExists).into()
}

fn unlock(token: &Token, typed: &Typed) -> Result<vault::UnlockReport, Failure> {
    let passphrase = Passphrase::new(typed.expose().as_bytes())?;
    Ok(retry_busy(|| token.unlock(&passphrase))?)
}
