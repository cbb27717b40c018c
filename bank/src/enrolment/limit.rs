use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use warifu::time::{Millis, UnixMillis};

use super::Refusal;

/// How much of what needs no activation code, of guessing at one, and of asking for the time is let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// From one address, or one IPv6 network of 64 bits, in a minute. From one of 56 bits it is four times
    /// as many, and from one of 48 bits sixteen times: somebody may have a whole one.
    pub per_minute: u32,
    /// From one of those in a day, of enrolments without a code: so that a single one cannot fill all the
    /// places that wait. Guesses at a code do not count here, or somebody behind a carrier's address could
    /// keep all who share it out for a day, with their good codes.
    pub per_day: u32,
    /// Unconfirmed credentials in all that nobody's activation code asked for.
    pub waiting: u64,
    /// Questions for the time from one address in a minute. Each costs a read of the database and opens a
    /// key, and a carrier's address may be that of thousands.
    pub time_per_minute: u32,
}

impl Default for Rate {
    fn default() -> Self {
        Self { per_minute: 30, per_day: 500, waiting: 10_000, time_per_minute: 600 }
    }
}

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// To enrol without an activation code.
    Open,
    /// To enrol with one, or to log in: what may be a guess.
    WithCode,
    /// What time it is.
    Time,
}

/// Counts by address, in memory alone: a limit that wrote a row for each that it refuses would help
/// whoever it is to stop.
pub struct Limiter {
    rate: Rate,
    counted: Mutex<HashMap<Network, Counted>>,
}

/// The upper bits of an address, and how many they are.
type Network = (IpAddr, u8);

#[derive(Clone, Copy)]
struct Counted {
    minute: Window,
    day: Window,
}

/// A span of time that began with its first request.
#[derive(Clone, Copy)]
struct Window {
    since: UnixMillis,
    count: u32,
}

/// More addresses than this are not told apart in one minute; those that come after are refused. When there
/// are as many, the days of those that did not come in this minute are forgotten.
const MAX_ADDRESSES: usize = 65_536;
const MINUTE: Millis = Millis::from_secs(60);
const DAY: Millis = Millis::from_secs(24 * 60 * 60);

impl Limiter {
    /// Nobody is counted yet.
    pub fn new(rate: Rate) -> Self {
        Self { rate, counted: Mutex::new(HashMap::new()) }
    }

    pub(super) fn most_waiting(&self) -> u64 {
        self.rate.waiting
    }

    /// Counts a request, if its address may still make one. Whoever asks at once is counted before any of
    /// them is answered.
    ///
    /// # Errors
    /// [`Refusal::TooMany`], with how long to wait.
    pub fn admit(&self, from: IpAddr, asks: Asks, now: UnixMillis) -> Result<(), Refusal> {
        let mut counted = self.counted();
        let per_minute = match asks {
            Asks::Open | Asks::WithCode => self.rate.per_minute,
            Asks::Time => self.rate.time_per_minute,
        };
        // The widest first, and nothing is counted before all of them have room: so what is refused of a
        // wide network makes no entries for the narrow ones in it.
        for (network, times) in networks(from) {
            if counted.len() >= MAX_ADDRESSES {
                counted.retain(|_, counted| counted.minute.holds(now, MINUTE));
                if counted.len() >= MAX_ADDRESSES && !counted.contains_key(&network) {
                    return Err(Window::begin(now).over(now, MINUTE));
                }
            }
            let fresh = Window::begin(now);
            let entry = counted.entry(network).or_insert(Counted { minute: fresh, day: fresh });
            entry.minute.has_room(now, MINUTE, per_minute.saturating_mul(times))?;
            if asks == Asks::Open {
                entry.day.has_room(now, DAY, self.rate.per_day.saturating_mul(times))?;
            }
        }
        for (network, _) in networks(from) {
            if let Some(entry) = counted.get_mut(&network) {
                entry.minute.count = entry.minute.count.saturating_add(1);
                if asks == Asks::Open {
                    entry.day.count = entry.day.count.saturating_add(1);
                }
            }
        }
        Ok(())
    }

    /// Takes a count back: the request had a good code, and guessed nothing.
    pub fn forgive(&self, from: IpAddr) {
        let mut counted = self.counted();
        for (network, _) in networks(from) {
            if let Some(entry) = counted.get_mut(&network) {
                entry.minute.count = entry.minute.count.saturating_sub(1);
            }
        }
    }

    /// Takes a count of an earlier request back, unless the minute that it was counted in is over: what is
    /// counted now is others'.
    pub fn forgive_counted_at(&self, from: IpAddr, counted_at: UnixMillis) {
        let mut counted = self.counted();
        for (network, _) in networks(from) {
            if let Some(entry) = counted.get_mut(&network)
                && entry.minute.holds(counted_at, MINUTE)
            {
                entry.minute.count = entry.minute.count.saturating_sub(1);
            }
        }
    }

    fn counted(&self) -> MutexGuard<'_, HashMap<Network, Counted>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    fn begin(now: UnixMillis) -> Self {
        Self { since: now, count: 0 }
    }

    /// Whether it is still the one of now. Requests may come a little out of order; a clock that went back by
    /// more than that ends it too.
    fn holds(&self, now: UnixMillis, span: Millis) -> bool {
        now < self.since.saturating_add(span) && self.since < now.saturating_add(MINUTE)
    }

    /// Begins anew if it is over.
    fn has_room(&mut self, now: UnixMillis, span: Millis, most: u32) -> Result<(), Refusal> {
        if !self.holds(now, span) {
            *self = Self::begin(now);
        }
        if self.count < most { Ok(()) } else { Err(self.over(now, span)) }
    }

    /// It is full until it ends.
    fn over(&self, now: UnixMillis, span: Millis) -> Refusal {
        let left = self.since.saturating_add(span).since(now);
        Refusal::TooMany { retry_after: Duration::from_secs(left.secs_rounded_up()) }
    }
}

/// One household has a whole IPv6 network of 64 bits.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => upper(address, 64),
        address => address,
    }
}

/// What an address counts for, the widest first, and how many times as many that may have.
fn networks(address: IpAddr) -> impl Iterator<Item = (Network, u32)> {
    let (address, widths): (_, &'static [(u8, u32)]) = match address.to_canonical() {
        IpAddr::V6(address) => (address.into(), &[(48, 16), (56, 4), (64, 1)]),
        address => (address, &[(32, 1)]),
    };
    widths.iter().map(move |(bits, times)| match address {
        IpAddr::V6(address) => ((upper(address, *bits), *bits), *times),
        address => ((address, *bits), *times),
    })
}

fn upper(address: Ipv6Addr, bits: u8) -> IpAddr {
    let lower = u128::MAX.checked_shr(u32::from(bits)).unwrap_or(0);
    IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !lower))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const NOW: UnixMillis = UnixMillis::from_secs(1_800_000_000);

    fn waits(limiter: &Limiter, now: UnixMillis) -> Option<u64> {
        match limiter.admit(Ipv4Addr::LOCALHOST.into(), Asks::Open, now) {
            Ok(()) => None,
            Err(Refusal::TooMany { retry_after }) => Some(retry_after.as_secs()),
            Err(refusal) => panic!("{refusal}"),
        }
    }

    #[test]
    fn each_window_begins_with_its_first_request_and_says_when_it_ends() {
        let limiter = Limiter::new(Rate { per_minute: 2, per_day: 3, ..Rate::default() });
        let after = |seconds| NOW.saturating_add(Millis::from_secs(seconds));
        assert_eq!([0, 1].map(|at| waits(&limiter, after(at))), [None, None]);
        assert_eq!(waits(&limiter, after(20)), Some(40));
        assert_eq!(waits(&limiter, after(60)), None);
        assert_eq!(waits(&limiter, after(61)), Some(24 * 3600 - 61));
        assert_eq!(waits(&limiter, after(24 * 3600)), None);
    }

    #[test]
    fn a_request_of_a_moment_ago_begins_no_window_and_a_clock_that_went_back_does() {
        let limiter = Limiter::new(Rate { per_minute: 2, ..Rate::default() });
        let before = |seconds: i64| UnixMillis(NOW.0.saturating_sub(seconds * 1000));
        assert_eq!([0, 15].map(|at| waits(&limiter, before(at))), [None, None]);
        assert_eq!(waits(&limiter, before(15)), Some(75));
        assert_eq!(waits(&limiter, NOW), Some(60));
        assert_eq!(waits(&limiter, before(3600)), None);
    }

    #[test]
    fn who_has_a_wide_network_has_a_few_times_as_much_and_fills_no_places() {
        let limiter = Limiter::new(Rate { per_minute: 2, ..Rate::default() });
        let ask = |text: &str| limiter.admit(text.parse().unwrap(), Asks::WithCode, NOW);
        let mut taken = 0;
        for network in 0..=255 {
            for host in 0..3 {
                // One network of 56 bits, then the next ones of the same 48 bits.
                taken += u32::from(ask(&format!("2001:db8:7:{network:x}::{host}")).is_ok());
            }
        }
        assert_eq!(taken, 8);
        for network in 0x100..0x1000 {
            taken += u32::from(ask(&format!("2001:db8:7:{network:x}::1")).is_ok());
        }
        assert_eq!(taken, 32);
        assert!(limiter.counted().len() < 200, "{}", limiter.counted().len());
        assert!(ask("2001:db8:8::1").is_ok() && ask("192.0.2.1").is_ok());
        // What was right is taken back everywhere.
        limiter.forgive("2001:db8:7::1".parse().unwrap());
        assert!(ask("2001:db8:7:f000::1").is_ok());
    }
}
