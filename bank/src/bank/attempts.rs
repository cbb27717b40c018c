//! Failures at logins and registrations, and the waits that they bring.

use std::net::IpAddr;

use warifu::time::{Millis, UnixMillis};

use super::{Bank, BankError, devices::Device};
use crate::{
    enrolment::network,
    store::{Attempts, ContractId, Login, RefusedPasswords, Store, Written},
};

/// A try that is counted as a failure before it is judged, so that of many at once each is counted.
///
/// Whoever drops it lets the failure stand.
#[derive(Debug)]
#[must_use]
pub(super) struct Begun {
    counts: Vec<Count>,
    /// Whether it is counted for the network, and not for a browser that is known.
    is_of_network: bool,
}

#[derive(Debug)]
struct Count {
    subject: String,
    before: Option<Attempts>,
    counted: Attempts,
}

/// Counts a try at the login password of a contract ID, whether there is such a contract or not: for the
/// browser, where it is known and has a try left, and for the network otherwise. So a known browser is never
/// worse off than another one.
///
/// # Errors
/// [`BankError::TooSoon`] before a wait is over; then nothing is counted.
pub(super) async fn begin_login(
    store: &Store,
    id: &ContractId,
    device: Option<&Device>,
    from: Option<IpAddr>,
    now: UnixMillis,
) -> Result<Begun, BankError> {
    let Some(device) = device else { return begin_of_network(store, id, from, now).await };
    match begin_with_device(store, device, now).await {
        Err(BankError::TooSoon { until }) => {
            let begun = begin_of_network(store, id, from, now).await;
            begun.map_err(|error| match error {
                BankError::TooSoon { until: other } => {
                    BankError::TooSoon { until: until.min(other) }
                }
                error => error,
            })
        }
        begun => begun,
    }
}

/// Counts a try for a browser that is known, and for nothing else.
///
/// # Errors
/// [`BankError::TooSoon`] before a wait of its own is over, or if it has ended; then nothing is counted.
pub(super) async fn begin_with_device(
    store: &Store,
    device: &Device,
    now: UnixMillis,
) -> Result<Begun, BankError> {
    let own = count(store, device.subject.clone(), Waits::Device, now).await?;
    Ok(Begun { counts: vec![own], is_of_network: false })
}

/// Each network has its own count and its own long waits, so that nobody elsewhere can keep a customer out.
/// Over all networks there is a short wait only. It is not for a network from which this contract has
/// logged in before, and what fails there does not count for it: then a customer's own logins leave
/// nothing that a guesser elsewhere could tell from an ID that nobody has.
async fn begin_of_network(
    store: &Store,
    id: &ContractId,
    from: Option<IpAddr>,
    now: UnixMillis,
) -> Result<Begun, BankError> {
    let is_known = store.knows_network(id, &network_name(from), earlier(now, KNOWN)).await?;
    let own = count(store, of_network(id, from), Waits::Long, now).await?;
    let mut begun = Begun { counts: vec![own], is_of_network: true };
    if !is_known {
        match count(store, of_all(id), Waits::Short, now).await {
            Ok(all) => begun.counts.push(all),
            Err(error) => {
                begun.take_back(store).await;
                return Err(error);
            }
        }
    }
    Ok(begun)
}

/// Counts a try to show that a new token is the customer's, or that they hold the bank's code for an
/// exchange. It is the contract's count, wherever the try comes from: whoever tries has the password. Staff
/// forget it when they give out a code of either kind, or set another password.
///
/// # Errors
/// As of [`begin_login`].
pub(super) async fn begin_registration(
    store: &Store,
    id: &ContractId,
    now: UnixMillis,
) -> Result<Begun, BankError> {
    let counted = count(store, of_registration(id), Waits::Long, now).await?;
    Ok(Begun { counts: vec![counted], is_of_network: false })
}

/// Notes that a login was right: what this network has failed at is forgotten, unless a known browser came by
/// its own tries, and the network is known from now on. What others have failed at stands.
pub(super) async fn login_was_right(
    store: &Store,
    begun: Begun,
    id: &ContractId,
    from: Option<IpAddr>,
    now: UnixMillis,
) {
    let is_of_network = begun.is_of_network;
    begun.take_back(store).await;
    let noted = async {
        if is_of_network {
            store.forget_attempts(&of_network(id, from)).await?;
        }
        store.know_network(id, &network_name(from), now).await
    };
    if let Err(error) = noted.await {
        // The login is done. That its count stands is a nuisance, and no reason to say that it failed.
        tracing::warn!(%error, "what a login leaves was not noted");
    }
}

/// Notes that a password was refused, so that the next login can tell it. It brings no wait.
pub(super) async fn password_was_refused(store: &Store, id: &ContractId, now: UnixMillis) {
    if let Err(error) = store.count_failure(&of_refused(id), now).await {
        tracing::warn!(%error, "a refused password was not counted");
    }
}

/// What a login that is recorded takes along: how many passwords were refused before it.
pub(super) fn login(id: &ContractId, now: UnixMillis) -> Login<'_> {
    Login { contract: id, refused: of_refused(id), at: now }
}

impl Bank {
    /// The logins of the last 30 days before which passwords were refused, the latest first; ten of them.
    ///
    /// # Errors
    /// [`BankError::Store`].
    pub async fn refused_passwords(
        &self,
        id: &ContractId,
        now: UnixMillis,
    ) -> Result<Vec<RefusedPasswords>, BankError> {
        Ok(self.store.refused_passwords(id, earlier(now, SHOWN), MOST_SHOWN).await?)
    }
}

/// What is counted at the registrations of a contract.
pub(super) fn of_registration(id: &ContractId) -> String {
    format!("registration {}", id.as_str())
}

/// What is counted at the logins of a contract over all networks; of each network it is this and a word.
pub(super) fn of_all(id: &ContractId) -> String {
    format!("login {}", id.as_str())
}

/// What is counted of a browser that is known to a contract. The first word is the one that
/// [`Store::remove_attempts`] goes by.
pub(super) fn of_device(id: &ContractId, number: &str) -> String {
    format!("device {} {number}", id.as_str())
}

/// Passwords that were refused since the last login, from wherever.
fn of_refused(id: &ContractId) -> String {
    format!("refused {}", id.as_str())
}

fn of_network(id: &ContractId, from: Option<IpAddr>) -> String {
    format!("{} {}", of_all(id), network_name(from))
}

fn network_name(from: Option<IpAddr>) -> String {
    from.map_or_else(|| "none".to_owned(), |from| network(from).to_string())
}

impl Begun {
    /// Takes the counts back: nothing was judged, or the try was right.
    pub(super) async fn take_back(self, store: &Store) {
        for count in self.counts {
            if let Err(error) = count.take_back(store).await {
                tracing::warn!(%error, "a count was not taken back");
            }
        }
    }
}

impl Count {
    async fn take_back(self, store: &Store) -> Result<(), BankError> {
        let Self { subject, before, counted } = self;
        let mut read = counted;
        let mut next = before;
        for _ in 0..ROUNDS {
            if store.restore_attempts(&subject, &read, next.as_ref()).await? == Written::Yes {
                return Ok(());
            }
            // Others were counted since. One less is theirs, and their wait.
            let Some(now_there) = store.attempts(&subject).await? else { return Ok(()) };
            read = now_there;
            let failures = read.failures.saturating_sub(1);
            next = (failures > 0).then_some(Attempts { failures, ..read });
        }
        Err(BankError::Busy)
    }
}

/// How long the waits of a count become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waits {
    /// Five tries are free; after each further one there is a wait, a minute first, then each twice the one
    /// before, up to a day. What lies 30 days back is forgotten.
    Long,
    /// Ten tries are free; after each further one there is a wait of a minute. What lies a day back is
    /// forgotten.
    Short,
    /// As [`Self::Long`], but the tenth failure ends the browser's tries: it is not known for any longer than
    /// that is kept.
    Device,
}

async fn count(
    store: &Store,
    subject: String,
    waits: Waits,
    now: UnixMillis,
) -> Result<Count, BankError> {
    for _ in 0..ROUNDS {
        let read = store.attempts(&subject).await?;
        let recent = read.filter(|read| now < read.last_at.saturating_add(waits.kept()));
        if let Some(recent) = recent {
            // A clock that went back makes nobody wait for longer than the rules say.
            let until = recent.next_try_at.min(now.saturating_add(waits.after(recent.failures)));
            if now < until {
                return Err(BankError::TooSoon { until });
            }
        }
        let failures = recent.map_or(0, |recent| recent.failures).saturating_add(1);
        let next_try_at = now.saturating_add(waits.after(failures));
        let counted = Attempts { failures, next_try_at, last_at: now };
        if store.replace_attempts(&subject, read.as_ref(), &counted).await? == Written::Yes {
            return Ok(Count { subject, before: recent, counted });
        }
    }
    Err(BankError::Busy)
}

impl Waits {
    /// How long to wait after so many failures.
    fn after(self, failures: u32) -> Millis {
        let (free, longest) = match self {
            Self::Device if failures >= OF_ONE_DEVICE => return self.kept(),
            Self::Long | Self::Device => (5, 86_400),
            Self::Short => (10, 60),
        };
        match failures.checked_sub(free) {
            None | Some(0) => Millis(0),
            Some(over) => {
                let doubled = 1_u64.checked_shl(over.saturating_sub(1)).unwrap_or(u64::MAX);
                Millis::from_secs(doubled.saturating_mul(60).min(longest))
            }
        }
    }

    const fn kept(self) -> Millis {
        match self {
            Self::Long => KEPT,
            Self::Short => Millis::from_secs(86_400),
            Self::Device => KNOWN,
        }
    }
}

/// So long before an instant.
pub(super) fn earlier(now: UnixMillis, span: Millis) -> UnixMillis {
    UnixMillis(now.0.saturating_sub(i64::try_from(span.0).unwrap_or(i64::MAX)))
}

/// How long failures are kept at the most, after the last of them.
pub(super) const KEPT: Millis = Millis::from_secs(30 * 86_400);
/// How long a network is known after a login from it.
pub(super) const KNOWN: Millis = Millis::from_secs(90 * 86_400);
/// For how long the main page shows refused passwords, whoever has logged in since.
const SHOWN: Millis = Millis::from_secs(30 * 86_400);
const MOST_SHOWN: u16 = 10;
/// With so many failures a browser is no longer known.
const OF_ONE_DEVICE: u32 = 10;
/// Each round that fails is another's try, and there are few before a wait.
const ROUNDS: u16 = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_waits_double_up_to_a_day_and_short_ones_stay_a_minute() {
        let long = |failures| Waits::Long.after(failures).0 / 1000;
        assert_eq!([0, 1, 5].map(long), [0, 0, 0]);
        assert_eq!([6, 7, 8, 16].map(long), [60, 120, 240, 61_440]);
        assert_eq!([17, 64, 70, u32::MAX].map(long), [86_400; 4]);
        let short = |failures| Waits::Short.after(failures).0 / 1000;
        assert_eq!([0, 10].map(short), [0, 0]);
        assert_eq!([11, 12, 100, u32::MAX].map(short), [60; 4]);
        let device = |failures| Waits::Device.after(failures).0 / 1000;
        assert_eq!([5, 6, 7, 8, 9].map(device), [0, 60, 120, 240, 480]);
        assert_eq!([10, 11, u32::MAX].map(device), [90 * 86_400; 3]);
    }
}
