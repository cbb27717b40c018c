//! The table of cases as types. Steps count from the key's base and milliseconds from its beginning,
//! counters from 0. A key that is not known is a failure.

use std::{collections::HashMap, path::Path};

use serde::{Deserialize, Deserializer};
use warifu::{
    credential::{Generator, Seed},
    otp::{
        Algorithm, Digits,
        totp::{Period, Steps},
    },
    secret::Secret,
    time::UnixMillis,
};
use warifu_verifier::{Accepted, Row, Rules, Verdict, Waits};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    format: u8,
    pub(crate) keys: HashMap<String, Key>,
    pub(crate) cases: Vec<Case>,
}

impl Table {
    pub(crate) fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases.json");
        let table: Self = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(table.format, 1);
        table
    }
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Key {
    Totp { algorithm: Hash, digits: u8, period: u32, t0: i64, base: u64, key_hex: String },
    Hotp { algorithm: Hash, digits: u8, counter: u64, key_hex: String },
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Hash {
    Sha1,
    Sha256,
    Sha512,
}

impl Key {
    pub(crate) fn generator(&self) -> Generator {
        let algorithm = |hash| match hash {
            Hash::Sha1 => Algorithm::Sha1,
            Hash::Sha256 => Algorithm::Sha256,
            Hash::Sha512 => Algorithm::Sha512,
        };
        let digits = self.digits();
        match *self {
            Self::Totp { algorithm: hash, period, t0, .. } => {
                let steps = Steps { t0, period: Period::from_secs(period).unwrap() };
                Generator::Totp { algorithm: algorithm(hash), digits, steps }
            }
            Self::Hotp { algorithm: hash, counter, .. } => {
                Generator::Hotp { algorithm: algorithm(hash), digits, counter }
            }
        }
    }

    pub(crate) fn seed(&self) -> Seed {
        let (Self::Totp { key_hex, .. } | Self::Hotp { key_hex, .. }) = self;
        let byte = |at| u8::from_str_radix(&key_hex[at..at + 2], 16).unwrap();
        let bytes: Vec<u8> = (0..key_hex.len()).step_by(2).map(byte).collect();
        Seed::new(Secret::copy_of(&bytes)).unwrap()
    }

    pub(crate) fn digits(&self) -> Digits {
        let (Self::Totp { digits, .. } | Self::Hotp { digits, .. }) = self;
        Digits::new(*digits).unwrap()
    }

    /// The Unix time, in milliseconds, of an instant of the table.
    pub(crate) fn instant(&self, at_ms: i64) -> i64 {
        match self {
            Self::Totp { period, t0, base, .. } => {
                (t0 + base.cast_signed() * i64::from(*period)) * 1000 + at_ms
            }
            Self::Hotp { .. } => at_ms,
        }
    }

    /// The step or the counter that the table means.
    fn factor(&self, of: i128) -> u64 {
        match self {
            Self::Totp { base, .. } => u64::try_from(i128::from(*base) + of).unwrap(),
            Self::Hotp { .. } => u64::try_from(of).unwrap(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) key: String,
    pub(crate) start: Option<Columns>,
    #[serde(default)]
    pub(crate) rules: Changes,
    pub(crate) calls: Vec<Call>,
}

/// What differs from the default rules.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changes {
    window: Option<u8>,
    resync_window: Option<u16>,
    failures_until_locked: Option<u8>,
    waits: Option<Off>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Off {
    Off,
}

impl Changes {
    pub(crate) fn build(&self) -> Rules {
        let default = Rules::default();
        let waits = self.waits.map_or(default.waits(), |Off::Off| Waits::OFF);
        Rules::builder()
            .window(self.window.unwrap_or(default.window()))
            .resync_window(self.resync_window.unwrap_or(default.resync_window()))
            .failures_until_locked(
                self.failures_until_locked.unwrap_or(default.failures_until_locked()),
            )
            .waits(waits)
            .build()
            .unwrap()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    pub(crate) call: Act,
    pub(crate) at_ms: Option<i64>,
    /// Whose code each is, for `case_codes.py`; none for one that is wrong.
    #[serde(default, rename = "of")]
    _of: Vec<Option<serde_json::Number>>,
    #[serde(default)]
    pub(crate) codes: Vec<String>,
    pub(crate) verdict: Option<Expected>,
    pub(crate) error: Option<Which>,
    #[serde(default)]
    pub(crate) row: Columns,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Hash)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Act {
    Verify,
    Resync,
    Confirm,
    Suspend,
    Resume,
    Unlock,
    Revoke,
}

#[derive(Deserialize, Clone, Copy, Debug)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Which {
    Revoked,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Expected {
    Accepted(Code),
    Wrong(u8),
    Replayed,
    OutOfSync(u8),
    TooSoon(i64),
    Locked,
    NotConfirmed,
    AlreadyConfirmed,
    Suspended,
    Revoked,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum Code {
    Step { step: i64, offset: i64, drift: i8 },
    Counter { counter: u64 },
}

impl Expected {
    pub(crate) fn of(&self, key: &Key) -> Verdict {
        match *self {
            Self::Accepted(Code::Step { step, offset, drift }) => {
                Verdict::Accepted(Accepted::Step { step: key.factor(step.into()), offset, drift })
            }
            Self::Accepted(Code::Counter { counter }) => {
                Verdict::Accepted(Accepted::Counter { counter })
            }
            Self::Wrong(left) => Verdict::Wrong { left },
            Self::Replayed => Verdict::Replayed,
            Self::OutOfSync(left) => Verdict::OutOfSync { left },
            Self::TooSoon(at) => Verdict::TooSoon { until: UnixMillis(key.instant(at)) },
            Self::Locked => Verdict::Locked,
            Self::NotConfirmed => Verdict::NotConfirmed,
            Self::AlreadyConfirmed => Verdict::AlreadyConfirmed,
            Self::Suspended => Verdict::Suspended,
            Self::Revoked => Verdict::Revoked,
        }
    }
}

/// The columns that the table names; `null` is a value.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct Columns {
    confirmed: Option<bool>,
    locked: Option<bool>,
    #[serde(default, deserialize_with = "named")]
    spent: Option<Option<serde_json::Number>>,
    sighted: Option<Vec<serde_json::Number>>,
    drift: Option<i8>,
    #[serde(default, deserialize_with = "named")]
    drift_confirmed_at_ms: Option<Option<i64>>,
    failures: Option<u8>,
    #[serde(default, deserialize_with = "named")]
    next_try_at_ms: Option<Option<i64>>,
}

fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    value: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(value).map(Some)
}

impl Columns {
    /// Writes what is named into a row.
    pub(crate) fn write(&self, key: &Key, row: &mut Row) {
        let factor = |of: &serde_json::Number| key.factor(of.as_i128().unwrap());
        let instant = |at: i64| key.instant(at);
        row.confirmed = self.confirmed.unwrap_or(row.confirmed);
        row.locked = self.locked.unwrap_or(row.locked);
        row.drift = self.drift.unwrap_or(row.drift);
        row.failures = self.failures.unwrap_or(row.failures);
        if let Some(spent) = &self.spent {
            row.spent = spent.as_ref().map(factor);
        }
        if let Some(sighted) = &self.sighted {
            row.sighted = sighted.iter().map(factor).collect();
        }
        if let Some(at) = self.drift_confirmed_at_ms {
            row.drift_confirmed_at = at.map(instant);
        }
        if let Some(at) = self.next_try_at_ms {
            row.next_try_at = at.map(instant);
        }
    }
}
