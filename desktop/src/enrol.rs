//! Credentials from a bank's token service, on a PC.

use warifu::{
    provision::enrol::{BindingLevel, Link},
    token::{self, Added, Errand, Flow, Misuse, Outcome, Token},
    vault::{KeyAnswer, KeyRefusal},
};

use crate::{device_clock::DeviceClock, drive::drive, http::Carrier};

/// Enrols, over the network. Every call waits for it: keep it off the thread that draws.
#[derive(Debug)]
pub struct Enroller<'a> {
    /// What carries requests.
    pub carrier: &'a Carrier,
    /// What the core is told of the time.
    pub clock: &'a DeviceClock,
}

impl Enroller<'_> {
    /// Gets a credential from the service of a link, or goes on where that was interrupted.
    ///
    /// # Errors
    /// What the core says; what was done so far is kept.
    pub fn enrol(&self, token: &Token, link: Link) -> Result<Added, token::Error> {
        self.run(&token.enrolment().begin(link, BINDING, self.clock.now()))
    }

    /// Goes on with what was interrupted.
    ///
    /// # Errors
    /// As [`Enroller::enrol`].
    pub fn resume(&self, token: &Token) -> Result<Added, token::Error> {
        self.run(&token.enrolment().resume(self.clock.now()))
    }

    fn run(&self, flow: &Flow) -> Result<Added, token::Error> {
        let outcome = drive(flow, self.clock, |errand| match errand {
            Errand::Http(errand) => self.carrier.carry(&errand).into(),
            Errand::Key(_) => KeyAnswer::Refused(KeyRefusal::Unavailable).into(),
        });
        match outcome? {
            Outcome::Enrolled(added) => Ok(added),
            // A flow that enrols has no other end.
            _ => Err(Misuse::Ended.into()),
        }
    }
}

/// A PC's vault opens with a passphrase: who copies the file and knows that, has its keys.
const BINDING: BindingLevel = BindingLevel::None;
