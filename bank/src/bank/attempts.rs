use warifu::time::{Millis, UnixMillis};

use super::BankError;
use crate::store::{Attempts, ContractId, Store, Written};

/// At what somebody may fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// The login password of a contract ID, whether there is such a contract or not.
    Login,
    /// Showing that a new token is theirs, or that they hold the bank's code for an exchange.
    Registration,
}

/// Counts a try as a failure before it is judged, so that of many at once each is counted; gives the
/// failures before it. Who succeeds has the count forgotten.
///
/// The first five tries are free of waits; after each further one there is a wait, a minute first, then
/// each twice the one before, up to a day. So nobody is locked out for ever by others, and a guesser has a
/// try a day in the end. What lies 30 days back is forgotten.
///
/// # Errors
/// [`BankError::TooSoon`] before a wait is over; then nothing is counted.
pub(super) async fn begin(
    store: &Store,
    at: At,
    id: &ContractId,
    now: UnixMillis,
) -> Result<u32, BankError> {
    let subject = subject(at, id);
    for _ in 0..ROUNDS {
        let read = store.attempts(&subject).await?;
        let counted = read.filter(|read| now < read.last_at.saturating_add(KEPT));
        if let Some(counted) = counted {
            // A clock that went back makes nobody wait for longer than the rules say.
            let until = counted.next_try_at.min(now.saturating_add(wait(counted.failures)));
            if now < until {
                return Err(BankError::TooSoon { until });
            }
        }
        let before = counted.map_or(0, |counted| counted.failures);
        let failures = before.saturating_add(1);
        let next =
            Attempts { failures, next_try_at: now.saturating_add(wait(failures)), last_at: now };
        if store.replace_attempts(&subject, read.as_ref(), &next).await? == Written::Yes {
            return Ok(before);
        }
    }
    Err(BankError::Busy)
}

/// Forgets the failures: the last try was right.
pub(super) async fn succeeded(store: &Store, at: At, id: &ContractId) -> Result<(), BankError> {
    Ok(store.forget_attempts(&subject(at, id)).await?)
}

fn subject(at: At, id: &ContractId) -> String {
    let word = match at {
        At::Login => "login",
        At::Registration => "registration",
    };
    format!("{word} {}", id.as_str())
}

/// How long to wait after so many failures.
fn wait(failures: u32) -> Millis {
    match failures.checked_sub(FREE) {
        None | Some(0) => Millis(0),
        Some(over) => {
            let doubled = 1_u64.checked_shl(over.saturating_sub(1)).unwrap_or(u64::MAX);
            Millis::from_secs(doubled.saturating_mul(60).min(LONGEST_SECS))
        }
    }
}

/// How long failures are kept, after the last of them.
pub(super) const KEPT: Millis = Millis::from_secs(30 * 86_400);
const FREE: u32 = 5;
const LONGEST_SECS: u64 = 86_400;
/// Each round that fails is another's try, and there are few before a wait.
const ROUNDS: u16 = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_are_free_and_each_further_wait_is_twice_as_long_up_to_a_day() {
        let seconds = |failures| wait(failures).0 / 1000;
        assert_eq!([0, 1, 5].map(seconds), [0, 0, 0]);
        assert_eq!([6, 7, 8, 16].map(seconds), [60, 120, 240, 61_440]);
        assert_eq!([17, 64, 70, u32::MAX].map(seconds), [86_400; 4]);
    }
}
