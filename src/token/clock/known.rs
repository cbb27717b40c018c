//! What is known of each issuer's time. One issuer's word is none for another's codes.

use ring::digest::{self, SHA256};
use zeroize::Zeroizing;

use crate::{
    clock::{Basis, Clock, ENCODED_LENGTH, Estimate, Implausible},
    credential::WebAddress,
    time::DeviceTime,
    vault::{self, OpenVault},
};

/// A clock for each service that told its time, and one for the credentials that have none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Clocks(Vec<(Whose, Clock)>);

/// SHA-256 of a service's base; zeros for the clock of the credentials without a service.
type Whose = [u8; 32];

const LAYOUT: u8 = 1;
const MOST: usize = 16;

impl Clocks {
    /// That of a service, or of the credentials without one.
    pub(crate) fn of(&self, service: Option<&WebAddress>) -> Clock {
        let whose = whose(service);
        let found = self.0.iter().find(|(other, _)| *other == whose);
        found.map(|(_, clock)| clock.clone()).unwrap_or_default()
    }

    /// What the time is for a credential of this service: the service's word, and until it has spoken
    /// in this boot what hosts say, if they do.
    ///
    /// # Errors
    /// [`Implausible`] if nobody but the device's clock has spoken, and it cannot be right.
    pub(crate) fn read(
        &self,
        service: Option<&WebAddress>,
        now: DeviceTime,
    ) -> Result<Estimate, Implausible> {
        let own = self.of(service).read(now);
        let is_told = own.as_ref().is_ok_and(|own| own.basis == Basis::Verifier);
        match self.of(None).read(now) {
            Ok(by_hosts) if !is_told && by_hosts.basis == Basis::Host => Ok(by_hosts),
            _ => own,
        }
    }

    /// Changes that of a service, or of the credentials without one.
    pub(super) fn with<T>(
        &mut self,
        service: Option<&WebAddress>,
        change: impl FnOnce(&mut Clock) -> T,
    ) -> T {
        let (whose, mut clock) = (whose(service), self.of(service));
        let outcome = change(&mut clock);
        self.0.retain(|(other, _)| *other != whose);
        let place = self.0.partition_point(|(other, _)| *other < whose);
        self.0.insert(place, (whose, clock));
        outcome
    }

    /// Notes how late it is, before it is stored, and forgets the clocks of other services.
    pub(super) fn settle<'a>(
        &mut self,
        services: impl Iterator<Item = &'a WebAddress>,
        now: DeviceTime,
    ) {
        let kept: Vec<_> = services.map(Some).chain([None]).map(whose).collect();
        self.0.retain(|(whose, _)| kept.contains(whose));
        // No more are ever asked; a vault of more services has some that are never heard.
        self.0.truncate(MOST);
        self.0.iter_mut().for_each(|(_, clock)| clock.settle(now));
    }

    /// The record's plaintext (`docs/clock.md`, "The record").
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut out = vec![LAYOUT, u8::try_from(self.0.len()).unwrap_or(u8::MAX)];
        for (whose, clock) in &self.0 {
            out.extend_from_slice(whose);
            out.extend_from_slice(&clock.encode());
        }
        Zeroizing::new(out)
    }

    /// `None` for a later version's, and for what `encode` does not write.
    pub(super) fn decode(record: &[u8]) -> Option<Self> {
        let (&[layout, count], rest) = record.split_first_chunk()?;
        let (clocks, rest) = rest.as_chunks::<{ 32 + ENCODED_LENGTH }>();
        let counts = usize::from(count) == clocks.len() && clocks.len() <= MOST;
        if layout != LAYOUT || !counts || !rest.is_empty() {
            return None;
        }
        let read = |bytes: &[u8; 32 + ENCODED_LENGTH]| {
            let (whose, clock) = bytes.split_first_chunk::<32>()?;
            Some((*whose, Clock::decode(clock).ok()?))
        };
        let clocks = clocks.iter().map(read).collect::<Option<Vec<_>>>()?;
        clocks.is_sorted_by(|(one, _), (other, _)| one < other).then_some(Self(clocks))
    }
}

fn whose(service: Option<&WebAddress>) -> Whose {
    let mut whose = [0; 32];
    if let Some(service) = service {
        whose.copy_from_slice(digest::digest(&SHA256, service.as_str().as_bytes()).as_ref());
    }
    whose
}

/// The clocks, and the record that they were read from: what has happened since, a probe that failed, is
/// in memory alone.
#[derive(Default)]
pub(crate) struct Known {
    pub(super) clocks: Clocks,
    record: Option<Zeroizing<Vec<u8>>>,
    /// Whether TLS failed since the last time that was heard, because the device's date is wrong.
    pub(super) date_is_wrong: bool,
}

impl Known {
    /// Follows the vault, if its record is another than before.
    pub(crate) fn follow(&mut self, vault: &OpenVault) -> Result<(), vault::Error> {
        let record = vault.clock()?;
        if record == self.record {
            return Ok(());
        }
        if let Some(clocks) = self.as_kept_by(record.as_ref()) {
            self.clocks = clocks;
            self.record = record;
        }
        Ok(())
    }

    /// What a record says, with what this process knows beyond it; `None` if a later version wrote it.
    pub(super) fn as_kept_by(&self, record: Option<&Zeroizing<Vec<u8>>>) -> Option<Clocks> {
        match record {
            record if record == self.record.as_ref() => Some(self.clocks.clone()),
            Some(record) => Clocks::decode(record),
            None => Some(Clocks::default()),
        }
    }

    pub(crate) fn clocks(&self) -> Clocks {
        self.clocks.clone()
    }

    pub(crate) fn date_is_wrong(&self) -> bool {
        self.date_is_wrong
    }
}
