//! Browsers from which somebody has logged in to a contract, and what that is good for: tries of their own.
//!
//! After a right login the browser gets a [`DeviceToken`] (OWASP calls it a device cookie). A try at the same
//! contract that brings it is counted for the browser, so that nobody who shares the customer's network holds
//! them up. It lets nobody in: whoever steals one has ten more guesses, with waits between them, and then it
//! is of no use.
//!
//! The database keeps nothing of a token that nobody has failed with. It rests on the key for digests and on
//! the salt of the contract's password, so that another password ends all that were given out before.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use base32ct::{Base32UpperUnpadded, Encoding as _};
use subtle::ConstantTimeEq as _;
use warifu::time::{Millis, UnixMillis};
use zeroize::Zeroizing;

use super::{Bank, BankError, attempts};
use crate::store::ContractId;

/// What a browser keeps once somebody has logged in with it. It prints masked.
pub struct DeviceToken(Zeroizing<[u8; LEN]>);

impl DeviceToken {
    /// Reads what [`Self::text`] gave; none if it cannot be that. Whether it is the bank's is not looked at.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; LEN]);
        let decoded = Base32UpperUnpadded::decode(text, &mut *bytes).ok()?.len();
        (decoded == LEN).then_some(Self(bytes))
    }

    /// As it stands in a cookie: 90 letters and digits.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(Base32UpperUnpadded::encode_string(&*self.0))
    }

    /// Its number, which is drawn at random, from when on it is nothing any more, and what makes it the bank's.
    fn parts(&self) -> (&[u8], UnixMillis, &[u8]) {
        let (number, rest) = self.0.split_at(NUMBER_LEN);
        let (expires_at, mac) = rest.split_at(8);
        let mut instant = [0; 8];
        instant.copy_from_slice(expires_at);
        (number, UnixMillis(i64::from_be_bytes(instant)), mac)
    }
}

impl std::fmt::Debug for DeviceToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceToken(…)")
    }
}

/// A browser that is known to a contract: the name under which its failures are counted.
#[derive(Debug)]
pub(super) struct Device {
    pub(super) subject: String,
}

impl Bank {
    /// What a browser keeps after a right login, so that others' failures do not hold it up for [`REMEMBERED`].
    /// It rests on the salt of the password that was judged.
    pub(super) fn device_token(
        &self,
        id: &ContractId,
        salt: &[u8; 16],
        now: UnixMillis,
    ) -> Result<DeviceToken, BankError> {
        let mut token = Zeroizing::new([0; LEN]);
        let (number, rest) = token.split_at_mut(NUMBER_LEN);
        let (expires_at, mac) = rest.split_at_mut(8);
        self.random.fill(number)?;
        expires_at.copy_from_slice(&now.saturating_add(REMEMBERED).0.to_be_bytes());
        mac.copy_from_slice(&self.device_mac(id, number, expires_at, salt));
        Ok(DeviceToken(token))
    }

    /// The browser that a token is of, if the bank gave it out for this contract and its present password. The
    /// same is done for an ID that nobody has.
    pub(super) async fn known_device(
        &self,
        id: &ContractId,
        token: &DeviceToken,
        now: UnixMillis,
    ) -> Result<Option<Device>, BankError> {
        let (number, expires_at, mac) = token.parts();
        let read = self.store.contract(id).await?;
        let salt = read.map_or([0; 16], |read| read.value.password.salt);
        let made = self.device_mac(id, number, &expires_at.0.to_be_bytes(), &salt);
        let in_time = now < expires_at && expires_at <= now.saturating_add(REMEMBERED);
        if !bool::from(made.ct_eq(mac)) || !in_time {
            return Ok(None);
        }
        let subject = attempts::of_device(id, &Base32UpperUnpadded::encode_string(number));
        Ok(Some(Device { subject }))
    }

    fn device_mac(
        &self,
        id: &ContractId,
        number: &[u8],
        expires_at: &[u8],
        salt: &[u8; 16],
    ) -> [u8; 32] {
        (self.digests)("device 1", &[id.as_str().as_bytes(), number, expires_at, salt])
    }
}

/// How many tries with a known browser are let through, where its network has used up what an address may try:
/// of each browser, and of all browsers of a contract together. They are counted in memory, and there are no
/// more entries than contracts whose customers have logged in.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    counted: Mutex<HashMap<ContractId, Minute>>,
}

/// The tries of one contract's browsers in the minute that began with the first of them.
#[derive(Debug)]
struct Minute {
    since: UnixMillis,
    by_device: HashMap<String, u32>,
}

impl Lanes {
    /// Counts a try with the browser of this name ([`Device`]), if there is one left.
    pub(super) fn admits(&self, id: &ContractId, device: &str, now: UnixMillis) -> bool {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.len() >= MANY {
            counted.retain(|_, minute| minute.holds(now));
        }
        let minute = counted.entry(id.clone()).or_insert_with(|| Minute::begin(now));
        if !minute.holds(now) {
            *minute = Minute::begin(now);
        }
        let is_left = minute.has_room(device);
        if is_left {
            let tries = minute.by_device.entry(device.to_owned()).or_insert(0);
            *tries = tries.saturating_add(1);
        }
        is_left
    }

    /// Whether a try with this browser would be let through. It counts nothing, so that whoever is refused by
    /// it costs no write.
    pub(super) fn have_room(&self, id: &ContractId, device: &str, now: UnixMillis) -> bool {
        let counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = counted.get(id).filter(|minute| minute.holds(now));
        minute.is_none_or(|minute| minute.has_room(device))
    }
}

impl Minute {
    fn begin(now: UnixMillis) -> Self {
        Self { since: now, by_device: HashMap::new() }
    }

    /// Whether it is the one of now. Requests may come a little out of order; a clock that went back by more
    /// than that ends it too.
    fn holds(&self, now: UnixMillis) -> bool {
        now < self.since.saturating_add(MINUTE) && self.since < now.saturating_add(MINUTE)
    }

    fn has_room(&self, device: &str) -> bool {
        let all = self.by_device.values().fold(0, |all: u32, tries| all.saturating_add(*tries));
        let its = self.by_device.get(device).copied().unwrap_or(0);
        all < OF_ONE_CONTRACT && its < PER_MINUTE
    }
}

/// How long a browser is known after a login with it.
pub const REMEMBERED: Millis = attempts::KNOWN;
const NUMBER_LEN: usize = 16;
const LEN: usize = NUMBER_LEN + 8 + 32;
const MINUTE: Millis = Millis::from_secs(60);
/// How many tries of one browser.
const PER_MINUTE: u32 = 10;
/// How many of all browsers of one contract.
const OF_ONE_CONTRACT: u32 = 30;
/// With as many entries those of minutes that are over are removed.
const MANY: usize = 65_536;

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis::from_secs(1_800_000_000);

    #[test]
    fn a_token_is_read_as_it_is_written_and_prints_masked() {
        let mut bytes = [7; LEN];
        bytes[NUMBER_LEN..NUMBER_LEN + 8].copy_from_slice(&NOW.0.to_be_bytes());
        let token = DeviceToken(Zeroizing::new(bytes));
        let text = token.text();
        assert_eq!(text.len(), 90);
        let read = DeviceToken::parse(&text).unwrap();
        assert_eq!(read.parts(), ([7; NUMBER_LEN].as_slice(), NOW, [7; 32].as_slice()));
        assert!(!format!("{token:?}").contains(&text[..8]));
        for bad in ["", "A", &text[1..], &format!("{}A", text.as_str()), &text.to_lowercase()] {
            assert!(DeviceToken::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_known_browser_has_ten_tries_a_minute_and_all_of_a_contract_thirty() {
        let (lanes, one) = (Lanes::default(), ContractId::new("0000000001").unwrap());
        let admitted =
            |device: &str, at| (0..12).filter(|_| lanes.admits(&one, device, at)).count();
        assert_eq!(admitted("a", NOW), 10);
        let late = NOW.saturating_add(Millis::from_secs(59));
        assert_eq!(admitted("a", late), 0);
        // Who has used up one browser's has taken none of another's.
        assert_eq!((admitted("b", late), admitted("c", late)), (10, 10));
        assert_eq!(admitted("d", late), 0);
        assert!(lanes.admits(&ContractId::new("0000000002").unwrap(), "d", late));
        assert_eq!(admitted("d", NOW.saturating_add(MINUTE)), 10);
        // The clock went back.
        assert_eq!(admitted("d", NOW), 10);
    }
}
