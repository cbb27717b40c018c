//! The verifier's time, asked for over the network (`docs/clock.md`, `docs/enrolment.md`, "The time").

mod error;
mod known;

use std::sync::Arc;

use ring::digest::{self, SHA256};

use super::{
    Error, Flow, HttpAnswer, HttpErrand, HttpMethod, Outcome, Shared, errand::Platform,
    flow::FlowKind,
};
use crate::{
    clock::{
        Asked, Basis, Exchange, Host, Sample, SampleError, Source, Stamps, TIME_ANSWER_LEN, Taken,
        TimeQuery,
    },
    credential::{EntryId, TokenService, WebAddress},
    provision::enrol,
    secret::{Secret, scrubbed},
    time::{DeviceTime, Millis},
    vault::{self, Draft, OpenVault},
};

pub use error::SyncError;
pub(super) use known::{Clocks, Known};

/// What a screen is made from.
pub(super) struct Now {
    pub(super) clocks: Clocks,
    /// When TLS failed because the device's date is wrong, if nothing was heard since.
    pub(super) wrong_date: Option<DeviceTime>,
    /// Whether there are hosts to ask for the time.
    pub(super) has_hosts: bool,
    pub(super) at: DeviceTime,
}

impl Now {
    /// Whether the date is still to be set: once the wall clock was moved, it may be right.
    pub(super) fn date_is_wrong(&self) -> bool {
        self.wrong_date.is_some_and(|then| !was_set_between(then, self.at))
    }

    /// Whether the date was set since it was told to be wrong, and nobody was asked after that.
    pub(super) fn date_was_set(&self) -> bool {
        self.wrong_date.is_some_and(|then| was_set_between(then, self.at))
    }
}

/// Whether the wall clock went otherwise than the uptime. Between two boots nothing is known of that.
fn was_set_between(then: DeviceTime, now: DeviceTime) -> bool {
    let offset = |at: DeviceTime| at.wall.0.saturating_sub_unsigned(at.uptime.0);
    then.boot != now.boot || offset(then).abs_diff(offset(now)) > SET_BY.0
}

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
    /// if any told it, though what it told may contradict what is known: the screen says so. What was
    /// heard is kept, and holds until the device restarts. Of more than 8 services those are asked that
    /// are due for the longest; the others are due after that.
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
    let hosts = Arc::clone(&shared.state().hosts);
    let services = services(&*shared.unlocked()?, &shared.clocks(), platform.now())?;
    if services.is_empty() && hosts.is_empty() {
        return Err(SyncError::NothingToAsk.into());
    }
    let (mut heard, mut first_error, mut is_of_the_date) = (false, None, false);
    for service in &services {
        match ask_service(shared, platform, service).await {
            Ok(()) => heard = true,
            Err(Error::Sync(error)) => {
                shared.probe_failed(Some(&service.service), Asked::Verifier, platform.now());
                is_of_the_date |= error.is_of_the_date();
                first_error = first_error.or(Some(error));
            }
            Err(error) => return Err(error),
        }
    }
    if !heard && !hosts.is_empty() && hosts_help(shared, platform.now())? {
        match ask_hosts(shared, platform, &hosts).await {
            Ok(()) => heard = true,
            Err(Error::Sync(error)) => {
                is_of_the_date |= error.is_of_the_date();
                first_error = first_error.or(Some(error));
            }
            Err(error) => return Err(error),
        }
    }
    // Where another could be reached, it is that service's certificate.
    shared.state().clock.wrong_date = (is_of_the_date && !heard).then(|| platform.now());
    match first_error {
        Some(error) if !heard => Err(error.into()),
        _ => Ok(Outcome::Synced),
    }
}

/// Whether any code comes from a time that no service has told since the device started.
fn hosts_help(shared: &Shared, now: DeviceTime) -> Result<bool, Error> {
    scrubbed(|| {
        let (entries, clocks) = (shared.unlocked()?.entries()?, shared.clocks());
        let mut timed = entries.iter().filter(|entry| entry.steps().is_some());
        Ok(timed.any(|entry| {
            let read = clocks.read(entry.content.service.as_ref(), now);
            !read.is_ok_and(|estimate| estimate.basis == Basis::Verifier)
        }))
    })
}

/// A service, and whose credentials it may know. One that was exchanged is revoked.
struct Asks {
    service: TokenService,
    entries: Vec<EntryId>,
}

/// The services of the credentials, the newest credential of each first; of too many those that are due
/// for the longest.
fn services(vault: &OpenVault, clocks: &Clocks, now: DeviceTime) -> Result<Vec<Asks>, Error> {
    scrubbed(|| {
        let mut found: Vec<Asks> = Vec::new();
        for entry in vault.entries()?.iter().rev() {
            let Some((service, ..)) = entry.content.asks_time() else { continue };
            if let Some(asks) = found.iter_mut().find(|asks| asks.service == *service) {
                asks.entries.push(entry.id);
                asks.entries.truncate(MOST_CREDENTIALS);
            } else {
                found.push(Asks { service: service.clone(), entries: vec![entry.id] });
            }
        }
        if found.len() > MAX_SERVICES {
            found.sort_by_key(|asks| clocks.of(Some(&asks.service)).plan(now).verifier);
            found.truncate(MAX_SERVICES);
        }
        Ok(found)
    })
}

/// Goes on to the next credential where the service does not know one.
async fn ask_service(shared: &Shared, platform: &Platform, asks: &Asks) -> Result<(), Error> {
    let mut first_error = None;
    for entry in &asks.entries {
        match ask_for(shared, platform, *entry).await {
            Err(Error::Sync(error @ (SyncError::Status { .. } | SyncError::NotAuthentic))) => {
                first_error = first_error.or(Some(error));
            }
            ended => return ended,
        }
    }
    Err(first_error.unwrap_or(SyncError::NothingToAsk).into())
}

async fn ask_for(shared: &Shared, platform: &Platform, entry: EntryId) -> Result<(), Error> {
    let (service, url, query) = scrubbed(|| {
        let vault = shared.unlocked()?;
        let credential = vault.entry(entry)?;
        let (service, id, key) =
            credential.content.asks_time().ok_or(vault::Error::UnknownEntry)?;
        let query = TimeQuery::new(id, key, &*shared.random)?;
        Ok::<_, Error>((service.clone(), format!("{}/time", service.base.as_str()), query))
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
    shared.take(Some(&service), &sample, heard)?;
    Ok(())
}

/// Each host once, and then the first that told the time: as long as another answer narrows it.
async fn ask_hosts(
    shared: &Shared,
    platform: &Platform,
    hosts: &[WebAddress],
) -> Result<(), Error> {
    let (mut told, mut first_error, mut half_trip) = (None, None, Millis::ZERO);
    // Before the first round, so that a plan that waits for a failed one holds up none of it.
    let begun = shared.clocks().of(None).plan(platform.now()).date;
    for turn in 0..hosts.len().saturating_add(MOST_REPEATS) {
        let is_first_round = turn < hosts.len() && begun.is_some();
        let place = if is_first_round { Some(turn) } else { told };
        let Some(place) = place else { break };
        match shared.clocks().of(None).plan(platform.now()).date {
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
            shared.probe_failed(None, Asked::Host, platform.now());
            Err(error.into())
        }
        _ => Ok(()),
    }
}

async fn ask_host(
    shared: &Shared,
    platform: &Platform,
    hosts: &[WebAddress],
    place: usize,
) -> Result<Taken, Error> {
    let address = hosts.get(place).ok_or(SyncError::NothingToAsk)?;
    let host = host(address);
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
    shared.take(None, &sample, heard)
}

/// The same host has the same number, wherever in the list it stands. That two of 64 have one only makes
/// the one's word undo the other's dispute.
fn host(address: &WebAddress) -> Host {
    let digest = digest::digest(&SHA256, address.as_str().as_bytes());
    let number = digest.as_ref().first().map_or(0, |byte| byte & 63);
    Host::new(number).unwrap_or(Host::FIRST)
}

pub(super) fn between(sent: DeviceTime, heard: DeviceTime) -> Exchange {
    Exchange { sent: sent.uptime, received: heard.uptime, boot: sent.boot }
}

/// Whether this version reads the clock's record.
pub(super) fn can_read(plaintext: &[u8]) -> bool {
    Clocks::decode(plaintext).is_some()
}

impl Shared {
    /// What is known of the time now.
    pub(super) fn clocks(&self) -> Clocks {
        self.state().clock.clocks()
    }

    /// Takes a sample in, durably.
    fn take(
        &self,
        service: Option<&TokenService>,
        sample: &Sample,
        now: DeviceTime,
    ) -> Result<Taken, Error> {
        let in_memory = || self.state().clock.clocks.with(service, |clock| clock.take(sample, now));
        let put = |draft: &mut Draft<'_>| self.put_sample(draft, service, sample, now);
        let taken = match scrubbed(|| self.commit(put)) {
            Err(Error::Locked) => return Err(Error::Locked),
            // The disk refuses, or a later version's record is kept as it is: the time is known all the
            // same, until this process ends.
            Err(_) | Ok(None) => in_memory(),
            Ok(Some(taken)) => taken,
        };
        Ok(taken.map_err(SyncError::from)?)
    }

    /// Has the next version of the vault know of a sample of a service, or of a host. Nothing, and nothing
    /// is changed, where a later version wrote the clocks.
    fn put_sample(
        &self,
        draft: &mut Draft<'_>,
        service: Option<&TokenService>,
        sample: &Sample,
        now: DeviceTime,
    ) -> Result<Option<Result<Taken, SampleError>>, vault::Error> {
        let record = draft.clock()?;
        let hosts = Arc::clone(&self.state().hosts);
        let mut state = self.state();
        state.clock.wrong_date = None;
        // What another process wrote is newer than what this one holds.
        let Some(mut clocks) = state.clock.as_kept_by(record.as_ref()) else {
            return Ok(None);
        };
        drop(state);
        let taken = clocks.with(service, |clock| {
            clock.heed_only(hosts.iter().map(host));
            clock.take(sample, now)
        });
        if taken.is_ok() {
            let entries = draft.entries()?;
            let kept = entries.iter().filter_map(|entry| entry.content.service.as_ref());
            clocks.settle(kept.chain(service), now);
            let next = clocks.encode();
            if record.as_ref() != Some(&next) {
                draft.put_clock(next)?;
            }
        }
        Ok(Some(taken))
    }

    /// The same beside another change, which may fail by itself. A sample that tells nothing hinders
    /// nothing.
    pub(super) fn put_sample_beside(
        &self,
        draft: &mut Draft<'_>,
        service: Option<&TokenService>,
        sample: &Sample,
        now: DeviceTime,
    ) -> Result<(), vault::Error> {
        if self.put_sample(draft, service, sample, now)?.is_none() {
            let _ = self.state().clock.clocks.with(service, |clock| clock.take(sample, now));
        }
        Ok(())
    }

    /// Kept in memory alone: a new process may well have another network.
    fn probe_failed(&self, service: Option<&TokenService>, asked: Asked, now: DeviceTime) {
        self.state().clock.clocks.with(service, |clock| clock.failed(asked, now));
    }
}

/// By so many ms more or less than the uptime the wall clock goes only if somebody has set it.
const SET_BY: Millis = Millis::from_secs(60);

/// So many services are asked, one after the other.
const MAX_SERVICES: usize = 8;

/// So many credentials of a service are asked for, until it knows one.
const MOST_CREDENTIALS: usize = 4;

/// Each answer halves what is left: from 20 minutes to 3 s, and some that are lost.
const MOST_REPEATS: usize = 8;

/// A host's next second comes before that, or it is not worth the wait.
const LONGEST_WAIT: Millis = Millis::from_secs(2);

/// For each exchange. A longer one would tell nothing.
const TIMEOUT: Millis = Millis::from_secs(30);
