//! The verifier's time, asked for over the network (`docs/clock.md`, `docs/enrolment.md`, "The time").

mod error;

use std::sync::Arc;

use zeroize::Zeroizing;

use super::{
    Error, Flow, HttpAnswer, HttpErrand, HttpMethod, Outcome, Shared, errand::Platform,
    flow::FlowKind,
};
use crate::{
    clock::{
        Asked, Clock, Exchange, Host, Sample, SampleError, Source, Stamps, TIME_ANSWER_LEN, Taken,
        TimeQuery,
    },
    credential::{EntryId, WebAddress},
    provision::enrol,
    secret::{Secret, scrubbed},
    time::{DeviceTime, Millis},
    vault::{self, Draft, OpenVault},
};

pub use error::SyncError;

/// The time of an unlocked token. The screen says when a synchronisation is worth its battery:
/// [`super::ClockView::sync_at`].
pub struct TimeSync<'a>(pub(super) &'a Arc<Shared>);

impl TimeSync<'_> {
    /// The greatest number of hosts that are asked.
    pub const MAX_HOSTS: usize = 8;

    /// Names web servers whose `Date` is a hint where no issuer's service is to be had, the bank's own
    /// site for one: an `otpauth://` entry has no service. It can move codes by no more than the 10
    /// minutes that the device's own clock is believed to be right by, and nothing by it is ever
    /// *sure*.
    ///
    /// # Errors
    /// [`SyncError::TooManyHosts`].
    pub fn set_hosts(&self, hosts: Vec<WebAddress>) -> Result<(), Error> {
        if hosts.len() > Self::MAX_HOSTS {
            return Err(SyncError::TooManyHosts.into());
        }
        self.0.state().hosts = hosts.into();
        Ok(())
    }

    /// Asks the issuers' services for their time, and the hosts where none answers: [`Outcome::Synced`]
    /// if any told it. What was heard is kept, and holds until the device restarts.
    ///
    /// The flow's errors: a [`SyncError`], the first of them; [`Error::Locked`]; a vault error.
    pub fn sync(&self, now: DeviceTime) -> Flow {
        Flow::begin(self.0, FlowKind::Sync, now, |shared, platform| async move {
            sync(&shared, &platform).await
        })
    }
}

async fn sync(shared: &Shared, platform: &Platform) -> Result<Outcome, Error> {
    // Another process may have heard it.
    shared.refresh()?;
    let (services, hosts) = (services(&*shared.unlocked()?)?, Arc::clone(&shared.state().hosts));
    if services.is_empty() && hosts.is_empty() {
        return Err(SyncError::NothingToAsk.into());
    }
    let (mut heard, mut first_error) = (false, None);
    for service in &services {
        match ask_service(shared, platform, *service).await {
            Ok(()) => heard = true,
            Err(Error::Sync(error)) => first_error = first_error.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    if !services.is_empty() && !heard {
        shared.probe_failed(Asked::Verifier, platform.now());
    }
    if !heard {
        match ask_hosts(shared, platform, &hosts).await {
            Ok(by_host) => heard = by_host,
            Err(Error::Sync(error)) => first_error = first_error.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    match first_error {
        Some(error) if !heard => Err(error.into()),
        _ => Ok(Outcome::Synced),
    }
}

/// One credential of each service.
fn services(vault: &OpenVault) -> Result<Vec<EntryId>, Error> {
    scrubbed(|| {
        let (mut found, mut bases) = (Vec::new(), Vec::new());
        for entry in vault.entries()? {
            let Some((base, ..)) = entry.content.asks_time() else { continue };
            if found.len() < MAX_SERVICES && !bases.contains(base) {
                bases.push(base.clone());
                found.push(entry.id);
            }
        }
        Ok(found)
    })
}

async fn ask_service(shared: &Shared, platform: &Platform, entry: EntryId) -> Result<(), Error> {
    let (url, query) = scrubbed(|| {
        let vault = shared.unlocked()?;
        let credential = vault.entry(entry)?;
        let (base, id, key) = credential.content.asks_time().ok_or(vault::Error::UnknownEntry)?;
        let query = TimeQuery::new(id, key, &*shared.random)?;
        Ok::<_, Error>((format!("{}/time", base.as_str()), query))
    })?;
    let errand = HttpErrand {
        method: HttpMethod::Post,
        url,
        content_type: enrol::CONTENT_TYPE.to_owned(),
        body: Secret::copy_of(&query.message),
        max_response: u32::try_from(TIME_ANSWER_LEN).unwrap_or(u32::MAX),
        timeout: TIMEOUT,
    };
    let sent = platform.now();
    let answer = match platform.http.send(errand).await? {
        HttpAnswer::Response { status: 200, body, .. } => body,
        HttpAnswer::Response { status, .. } => return Err(SyncError::of_status(status).into()),
        HttpAnswer::Failed(failure) => return Err(SyncError::from(failure).into()),
    };
    let heard = platform.now();
    let stamps = scrubbed(|| {
        let credential = shared.unlocked()?.entry(entry)?;
        let (.., key) = credential.content.asks_time().ok_or(vault::Error::UnknownEntry)?;
        Ok::<_, Error>(query.awaited.read(key, answer.expose()).map_err(SyncError::from)?)
    })?;
    let sample = Sample { source: Source::Verifier, exchange: between(sent, heard), stamps };
    shared.take(&sample, heard)?;
    Ok(())
}

/// Each host once, and then the first that told the time, as long as another answer narrows it.
async fn ask_hosts(
    shared: &Shared,
    platform: &Platform,
    hosts: &[WebAddress],
) -> Result<bool, Error> {
    let (mut told, mut first_error, mut half_trip) = (None, None, Millis::ZERO);
    for turn in 0..hosts.len().saturating_add(MOST_REPEATS) {
        let is_first_round = turn < hosts.len();
        let place = if is_first_round { Some(turn) } else { told };
        let Some(place) = place else { break };
        match shared.clock().plan(platform.now()).date {
            Some(due) if due.since(platform.now().uptime) <= LONGEST_WAIT => {
                platform.http.wait(due.before(half_trip)).await;
            }
            _ if is_first_round => {}
            _ => break,
        }
        let sent = platform.now();
        let answer = ask_host(shared, platform, hosts, place).await;
        half_trip = Millis(platform.now().uptime.since(sent.uptime).0.div_euclid(2));
        match answer {
            Ok(Taken::Disputed) => {}
            Ok(Taken::Moved | Taken::Agreed) => told = told.or(Some(place)),
            Err(Error::Sync(error)) => first_error = first_error.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    match first_error {
        Some(error) if told.is_none() => {
            shared.probe_failed(Asked::Host, platform.now());
            Err(error.into())
        }
        _ => Ok(!hosts.is_empty()),
    }
}

async fn ask_host(
    shared: &Shared,
    platform: &Platform,
    hosts: &[WebAddress],
    place: usize,
) -> Result<Taken, Error> {
    let host = u8::try_from(place).ok().and_then(Host::new).zip(hosts.get(place));
    let (host, address) = host.ok_or(SyncError::NothingToAsk)?;
    let errand = HttpErrand {
        method: HttpMethod::Head,
        url: format!("{}/", address.as_str()),
        content_type: "*/*".to_owned(),
        body: Secret::copy_of(&[]),
        max_response: 0,
        timeout: TIMEOUT,
    };
    let sent = platform.now();
    let date = match platform.http.send(errand).await? {
        HttpAnswer::Response { date: Some(date), has_age: false, .. } => date,
        HttpAnswer::Response { .. } => return Err(SyncError::NoTime.into()),
        HttpAnswer::Failed(failure) => return Err(SyncError::from(failure).into()),
    };
    let heard = platform.now();
    let stamps = Stamps::parse_http_date(&date).ok_or(SyncError::NoTime)?;
    let sample = Sample { source: Source::Host(host), exchange: between(sent, heard), stamps };
    shared.take(&sample, heard)
}

pub(super) fn between(sent: DeviceTime, heard: DeviceTime) -> Exchange {
    Exchange { sent: sent.uptime, received: heard.uptime, boot: sent.boot }
}

/// Whether this version reads the clock's record.
pub(super) fn can_read(plaintext: &[u8]) -> bool {
    Clock::decode(plaintext).is_ok()
}

impl Shared {
    /// What is known of the time now.
    pub(super) fn clock(&self) -> Clock {
        self.state().clock.clock.clone()
    }

    /// Takes a sample in, durably.
    fn take(&self, sample: &Sample, now: DeviceTime) -> Result<Taken, Error> {
        let taken = scrubbed(|| self.commit(|draft| self.put_sample(draft, sample, now)));
        match taken {
            Ok(taken) => Ok(taken.map_err(SyncError::from)?),
            Err(Error::Locked) => Err(Error::Locked),
            // The disk refuses: the time is known all the same, until this process ends.
            Err(_) => Ok(self.state().clock.clock.take(sample, now).map_err(SyncError::from)?),
        }
    }

    /// Has the next version of the vault know of a sample.
    pub(super) fn put_sample(
        &self,
        draft: &mut Draft<'_>,
        sample: &Sample,
        now: DeviceTime,
    ) -> Result<Result<Taken, SampleError>, vault::Error> {
        // What another process wrote is newer than what this one holds.
        let mut clock = self.state().clock.as_kept_by(draft.clock()?);
        let taken = clock.take(sample, now);
        if taken.is_ok() {
            draft.put_clock(Zeroizing::new(clock.encode().to_vec()))?;
        }
        Ok(taken)
    }

    /// Kept in memory alone: a new process may well have another network.
    fn probe_failed(&self, asked: Asked, now: DeviceTime) {
        self.state().clock.clock.failed(asked, now);
    }
}

/// The clock, and the record that it was read from: what has happened since, a probe that failed, is in
/// memory alone.
#[derive(Default)]
pub(super) struct KnownClock {
    clock: Clock,
    record: Option<Zeroizing<Vec<u8>>>,
}

impl KnownClock {
    /// Follows the vault, if its record is another than before.
    pub(super) fn follow(&mut self, vault: &OpenVault) -> Result<(), vault::Error> {
        let record = vault.clock()?;
        self.clock = self.as_kept_by(record.clone());
        self.record = record;
        Ok(())
    }

    /// A record of a later version is no record: to lose one only widens what is known.
    fn as_kept_by(&self, record: Option<Zeroizing<Vec<u8>>>) -> Clock {
        if record == self.record {
            return self.clock.clone();
        }
        record.and_then(|record| Clock::decode(&record).ok()).unwrap_or_default()
    }
}

/// So many services are asked, one after the other.
const MAX_SERVICES: usize = 8;

/// Each answer halves what is left: from 20 minutes to 3 s, and some that are lost.
const MOST_REPEATS: usize = 8;

/// A host's next second comes before that, or it is not worth the wait.
const LONGEST_WAIT: Millis = Millis::from_secs(2);

/// For each exchange. A longer one would tell nothing.
const TIMEOUT: Millis = Millis::from_secs(30);
