//! The bank's time, on a PC.

use warifu::{
    token::{self, Errand, Token},
    vault::{KeyAnswer, KeyRefusal},
};

use crate::{device_clock::DeviceClock, drive::drive, http::Carrier};

/// Asks the banks' services for their time, and the hosts that were named where none answers. It waits
/// for the network: keep it off the thread that draws.
///
/// # Errors
/// What the core says.
pub fn sync(token: &Token, carrier: &Carrier, clock: &DeviceClock) -> Result<(), token::Error> {
    let outcome = drive(&token.time().sync(clock.now()), clock, |errand| match errand {
        Errand::Http(errand) => carrier.carry(&errand).into(),
        Errand::Key(_) => KeyAnswer::Refused(KeyRefusal::Unavailable).into(),
    });
    outcome.map(drop)
}
