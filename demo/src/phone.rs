//! The customer's device, as the walk plays it: a token, and clocks that may be wrong.

use std::collections::BTreeSet;

use warifu::{
    credential::{CredentialId, EntryId},
    time::{BootId, DeviceTime, Millis, UnixMillis},
    token::{self, Face, Token},
};
use warifu_desktop::{
    device_clock::DeviceClock, enrol::Enroller, http::Carrier, import::ServiceLink, sync::sync,
};

use crate::{clock::Skipped, walk::Why};

/// How long a code is shown.
pub(crate) const PERIOD: Millis = Millis::from_secs(30);

/// A device with an enrolled token.
pub(crate) struct Phone<'a> {
    pub(crate) id: CredentialId,
    token: &'a Token,
    entry: EntryId,
    clock: DeviceClock,
    skipped: &'a Skipped,
}

impl<'a> Phone<'a> {
    /// Enrols the token through a link.
    pub(crate) fn enrol(
        token: &'a Token,
        link: &ServiceLink,
        clock: DeviceClock,
        skipped: &'a Skipped,
    ) -> Result<Self, Why> {
        let now = skipped.of_device(&clock);
        let enroller = Enroller { carrier: &Carrier::default(), clock: &now };
        let entry = enroller.enrol(token, link.link().map_err(token::Error::from)?)?.id;
        let entries = token.entries().list()?;
        let names = entries.into_iter().find(|known| known.id == entry).map(|known| known.names);
        let id = names.and_then(|names| names.credential_id).ok_or(Why::NoCode)?;
        Ok(Self { id, token, entry, clock, skipped })
    }

    /// Sets the clock wrong, as its owner may.
    pub(crate) fn set_fast(&mut self, by: Millis) {
        self.clock = self.clock.fast(by);
    }

    /// Restarts. Until it hears the bank's time again, nothing but its clock tells the time.
    pub(crate) fn restart(&mut self) {
        self.clock = self.clock.restarted(ANOTHER_BOOT);
    }

    /// Asks the bank for its time.
    pub(crate) fn hear_time(&self) -> Result<(), Why> {
        let clock = self.skipped.of_device(&self.clock);
        Ok(sync(self.token, &Carrier::default(), &clock)?)
    }

    /// The code that is shown.
    pub(crate) fn code(&self) -> Result<String, Why> {
        self.code_at(self.now())
    }

    /// Waits until another code is shown: each is taken once.
    pub(crate) fn next_code(&self) -> Result<String, Why> {
        self.skipped.pass(PERIOD);
        self.code()
    }

    /// The code that is shown and the one after it, off one screen: of two, the time might take the second
    /// a step too far. Both are seen when the second is shown.
    pub(crate) fn two_codes(&self) -> Result<(String, String), Why> {
        let Face::Totp { code, next, .. } = self.face_at(self.now())? else {
            return Err(Why::NoCode);
        };
        self.skipped.pass(PERIOD);
        Ok((code.expose().to_owned(), next.expose().to_owned()))
    }

    /// Six digits that are none of this token's within half an hour of now.
    pub(crate) fn wrong_code(&self) -> Result<String, Why> {
        let near = self.near()?;
        let mut candidates = (0..1_000_000_u32).map(|number| format!("{number:06}"));
        candidates.find(|code| !near.contains(code)).ok_or(Why::NoCode)
    }

    /// Whether it shows this code within half an hour of now.
    pub(crate) fn is_near(&self, code: &str) -> Result<bool, Why> {
        Ok(self.near()?.contains(code))
    }

    /// What it would show without anything but a clock, at each step of an hour.
    fn near(&self) -> Result<BTreeSet<String>, Why> {
        let now = self.skipped.of_device(&self.clock.restarted(NO_BOOT)).now();
        let at = |step: i64| {
            let wall = UnixMillis(now.wall.0.saturating_add(step.saturating_mul(30_000)));
            self.code_at(DeviceTime { wall, ..now })
        };
        (-60..=60).map(at).collect()
    }

    fn now(&self) -> DeviceTime {
        self.skipped.of_device(&self.clock).now()
    }

    fn code_at(&self, at: DeviceTime) -> Result<String, Why> {
        match self.face_at(at)? {
            Face::Totp { code, .. } => Ok(code.expose().to_owned()),
            _ => Err(Why::NoCode),
        }
    }

    fn face_at(&self, at: DeviceTime) -> Result<Face, Why> {
        let screen = self.token.screen(at)?;
        let card = screen.cards.into_iter().find(|card| card.id == self.entry);
        card.map(|card| card.face).ok_or(Why::NoCode)
    }
}

const ANOTHER_BOOT: BootId = BootId([0xff; 16]);
/// One in which no time was heard.
const NO_BOOT: BootId = BootId([0xfe; 16]);
