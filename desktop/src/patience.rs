//! What is tried again while another process writes to the vault.

use std::{
    thread,
    time::{Duration, Instant},
};

use warifu::{
    credential::{EntryId, RequestId},
    otp::Code,
    secret::Random,
    token::{self, Token},
    vault,
};

use crate::failure::Failure;

/// How long to wait for another process that writes.
const BUSY_PATIENCE: Duration = Duration::from_secs(2);
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// Tries again for two seconds while another process writes.
///
/// # Errors
/// What the last try said.
pub fn retry_busy<T>(
    mut attempt: impl FnMut() -> Result<T, token::Error>,
) -> Result<T, token::Error> {
    let began = Instant::now();
    loop {
        match attempt() {
            Err(token::Error::Vault(vault::Error::Busy)) if began.elapsed() < BUSY_PATIENCE => {
                thread::sleep(BETWEEN_TRIES);
            }
            result => return result,
        }
    }
}

/// Makes the next code of a counter. A try that failed is repeated under the same name, so that it
/// spends no second counter.
///
/// # Errors
/// [`Failure`] if no name can be drawn, and what the core says.
pub fn advance(token: &Token, id: EntryId, random: &dyn Random) -> Result<Code, Failure> {
    let mut request = RequestId([0; 16]);
    random.fill(&mut request.0)?;
    Ok(retry_busy(|| token.entries().advance(id, request))?)
}
