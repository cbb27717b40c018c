//! What is known of each issuer's time. One issuer's word is none for another's codes.

#[cfg(test)]
mod tests;

use ring::digest::{self, SHA256};
use zeroize::Zeroizing;

use crate::{
    clock::{Basis, Clock, ENCODED_LENGTH, Estimate, Implausible},
    credential::TokenService,
    time::DeviceTime,
    vault::{self, OpenVault},
};

/// A clock for each service that told its time, and one for the credentials that have none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Clocks(Vec<(Whose, Clock)>);

/// SHA-256 of a service's base and its key's ID; zeros for the clock of the credentials without a service.
type Whose = [u8; 32];

const LAYOUT: u8 = 1;
/// More services than anybody has. What was not heard for the longest is forgotten before it is too many.
const MOST: usize = 64;

impl Clocks {
    /// That of a service, or of the credentials without one.
    pub(crate) fn of(&self, service: Option<&TokenService>) -> Clock {
        let whose = whose(service);
        let found = self.0.iter().find(|(other, _)| *other == whose);
        found.map(|(_, clock)| clock.clone()).unwrap_or_default()
    }

    /// What the time is for a credential of this service: the service's word, and until it has spoken
    /// in this boot what hosts say, if they do. They can say nothing that lies before what the service
    /// has proven in an earlier boot.
    ///
    /// # Errors
    /// [`Implausible`] if nobody but the device's clock has spoken, and it cannot be right.
    pub(crate) fn read(
        &self,
        service: Option<&TokenService>,
        now: DeviceTime,
    ) -> Result<Estimate, Implausible> {
        let clock = self.of(service);
        let own = clock.read(now);
        let is_told = own.as_ref().is_ok_and(|own| own.basis == Basis::Verifier);
        match self.of(None).read(now) {
            Ok(by_hosts)
                if !is_told
                    && by_hosts.basis == Basis::Host
                    && clock.floor_at(now).is_none_or(|floor| floor <= by_hosts.earliest) =>
            {
                Ok(by_hosts)
            }
            _ => own,
        }
    }

    /// Changes that of a service, or of the credentials without one.
    pub(super) fn with<T>(
        &mut self,
        service: Option<&TokenService>,
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
        services: impl Iterator<Item = &'a TokenService>,
        now: DeviceTime,
    ) {
        let kept: Vec<_> = services.map(Some).chain([None]).map(whose).collect();
        self.0.retain(|(whose, _)| kept.contains(whose));
        self.0.iter_mut().for_each(|(_, clock)| clock.settle(now));
        while self.0.len() > MOST {
            let unheard =
                self.0.iter().enumerate().min_by_key(|(_, (_, clock))| clock.heard_at(now));
            let Some((place, _)) = unheard else { break };
            self.0.remove(place);
        }
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

fn whose(service: Option<&TokenService>) -> Whose {
    let mut whose = [0; 32];
    if let Some(TokenService { base, key_id }) = service {
        let mut named = base.as_str().as_bytes().to_vec();
        // Where the key was not written down the base stands alone.
        if *key_id != [0; 8] {
            named.push(b'#');
            named.extend_from_slice(key_id);
        }
        whose.copy_from_slice(digest::digest(&SHA256, &named).as_ref());
    }
    whose
}

/// The clocks, and the record that they were read from: what has happened since, a probe that failed, is
/// in memory alone.
#[derive(Default)]
pub(crate) struct Known {
    pub(super) clocks: Clocks,
    record: Option<Zeroizing<Vec<u8>>>,
    /// When TLS failed because the device's date is wrong, if nothing was heard since.
    pub(super) wrong_date: Option<DeviceTime>,
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

    pub(crate) fn wrong_date(&self) -> Option<DeviceTime> {
        self.wrong_date
    }
}
