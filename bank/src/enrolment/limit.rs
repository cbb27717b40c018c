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

    /// Counts a request, if its address may still make one. Whoever asks at once is counted before any of
    /// them is answered.
    pub(super) fn admit(&self, from: IpAddr, now: UnixMillis) -> Result<(), Refusal> {
        let too_many = Refusal::TooMany { retry_after: Duration::from_millis(MINUTE.0) };
        let (from, mut counted) = (network(from), self.counted());
        if counted.len() >= MAX_ADDRESSES {
            counted.retain(|_, counted| counted.is_of(now));
            if counted.len() >= MAX_ADDRESSES && !counted.contains_key(&from) {
                return Err(too_many);
            }
        }
        let entry = counted.entry(from).or_insert(Counted { since: now, count: 0 });
        if !entry.is_of(now) {
            *entry = Counted { since: now, count: 0 };
        }
        if entry.count >= self.rate.per_minute {
            return Err(too_many);
        }
        entry.count = entry.count.saturating_add(1);
        Ok(())
    }

    /// Takes a count back: the request had a good code, and guessed nothing.
    pub(super) fn forgive(&self, from: IpAddr) {
        if let Some(entry) = self.counted().get_mut(&network(from)) {
            entry.count = entry.count.saturating_sub(1);
        }
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
