use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use warifu::time::{Millis, UnixMillis};

use super::Refusal;

/// How much of what needs no activation code, and of guessing at one, is let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// From one address, or one IPv6 network of 64 bits, in a minute.
    pub per_minute: u32,
    /// Unconfirmed credentials in all that nobody's activation code asked for.
    pub waiting: u64,
}

impl Default for Rate {
    fn default() -> Self {
        Self { per_minute: 30, waiting: 10_000 }
    }
}

/// Counts by address, in memory alone: a limit that wrote a row for each that it refuses would help
/// whoever it is to stop.
pub(super) struct Limiter {
    rate: Rate,
    counted: Mutex<HashMap<IpAddr, Counted>>,
}

struct Counted {
    since: UnixMillis,
    count: u32,
}

/// More addresses than this are not told apart in one minute; those that come after are refused.
const MAX_ADDRESSES: usize = 65_536;
const MINUTE: Millis = Millis::from_secs(60);

impl Limiter {
    pub(super) fn new(rate: Rate) -> Self {
        Self { rate, counted: Mutex::new(HashMap::new()) }
    }

    pub(super) fn most_waiting(&self) -> u64 {
        self.rate.waiting
    }

    /// Whether this address may ask.
    pub(super) fn check(&self, from: IpAddr, now: UnixMillis) -> Result<(), Refusal> {
        let mut counted = self.counted();
        if counted.len() >= MAX_ADDRESSES {
            counted.retain(|_, counted| counted.is_of(now));
        }
        match counted.get(&network(from)) {
            Some(counted) if counted.is_of(now) && counted.count >= self.rate.per_minute => {
                Err(Refusal::TooMany { retry_after: Duration::from_millis(MINUTE.0) })
            }
            None if counted.len() >= MAX_ADDRESSES => {
                Err(Refusal::TooMany { retry_after: Duration::from_millis(MINUTE.0) })
            }
            _ => Ok(()),
        }
    }

    /// Counts one that is limited.
    pub(super) fn count(&self, from: IpAddr, now: UnixMillis) {
        let mut counted = self.counted();
        let entry = counted.entry(network(from)).or_insert(Counted { since: now, count: 0 });
        if !entry.is_of(now) {
            *entry = Counted { since: now, count: 0 };
        }
        entry.count = entry.count.saturating_add(1);
    }

    fn counted(&self) -> MutexGuard<'_, HashMap<IpAddr, Counted>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counted {
    /// Whether its minute is this one. A clock that went back ends it too.
    fn is_of(&self, now: UnixMillis) -> bool {
        (self.since..self.since.saturating_add(MINUTE)).contains(&now)
    }
}

/// One household has a whole IPv6 network of 64 bits.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
        }
        address => address,
    }
}
