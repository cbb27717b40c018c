//! The clock's state as bytes. `docs/clock.md`, section 9, describes them one by one.

use super::{
    Clock,
    estimator::{Belief, Era},
    interval::Interval,
    plan::Retry,
};
use crate::time::{BootId, UnixMillis, Uptime};

/// How long every encoded clock is.
pub const ENCODED_LENGTH: usize = 93;

/// The bytes are no clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// They are not [`ENCODED_LENGTH`] bytes.
    #[error("a clock's record has another length")]
    Length,
    /// They are of a version that this code does not know.
    #[error("a clock's record of version {version}")]
    Version {
        /// The version they name.
        version: u8,
    },
    /// A field holds what no clock writes.
    #[error("a clock's record holds an impossible value")]
    Value,
}

impl Clock {
    /// The state as bytes; equal states give equal bytes. Call [`Self::settle`] before.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(ENCODED_LENGTH);
        bytes.push(VERSION);
        bytes.push(self.floor.is_some().into());
        bytes.extend(self.floor.map_or(0, |floor| floor.0).to_be_bytes());
        let (kind, era) = match &self.era {
            Some(era) => (era.belief.kind(), *era),
            None => (NO_ERA, BLANK),
        };
        bytes.push(kind);
        bytes.extend(era.boot.0);
        bytes.extend(era.at.0.to_be_bytes());
        bytes.extend(era.belief.ends().into_iter().flat_map(i64::to_be_bytes));
        bytes.extend(era.disputed.to_be_bytes());
        for retry in [era.verifier, era.host] {
            bytes.push(retry.failures);
            bytes.extend(retry.last.0.to_be_bytes());
        }
        bytes
    }

    /// The state that [`Self::encode`] gave these bytes for.
    ///
    /// # Errors
    /// [`DecodeError`] for any other bytes. Start with [`Self::new`] then: nothing but the floor
    /// and the sureness is lost.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let bytes: &[u8; ENCODED_LENGTH] = bytes.try_into().map_err(|_| DecodeError::Length)?;
        let mut fields = Fields(bytes);
        let version = fields.byte()?;
        if version != VERSION {
            return Err(DecodeError::Version { version });
        }
        let clock = fields.clock()?;
        // One state has one text: what is not there is zero.
        if clock.encode() == bytes { Ok(clock) } else { Err(DecodeError::Value) }
    }
}

impl Belief {
    const fn kind(self) -> u8 {
        match self {
            Self::Wall => 1,
            Self::Date(_) => 2,
            Self::Verified(_) => 3,
            Self::Split { .. } => 4,
        }
    }

    const fn ends(self) -> [i64; 4] {
        match self {
            Self::Wall => [0; 4],
            Self::Date(one) | Self::Verified(one) => [one.low(), one.high(), 0, 0],
            Self::Split { older, newer } => [older.low(), older.high(), newer.low(), newer.high()],
        }
    }

    fn from_ends(kind: u8, [low, high, newer_low, newer_high]: [i64; 4]) -> Option<Self> {
        let one = Interval::new(low, high)?;
        match kind {
            1 => Some(Self::Wall),
            2 => Some(Self::Date(one)),
            3 => Some(Self::Verified(one)),
            4 => Some(Self::Split { older: one, newer: Interval::new(newer_low, newer_high)? }),
            _ => None,
        }
    }
}

/// What is still to be read.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn clock(&mut self) -> Result<Clock, DecodeError> {
        let has_floor = self.byte()? == 1;
        let floor = Some(UnixMillis(self.signed()?)).filter(|_| has_floor);
        let kind = self.byte()?;
        let boot = BootId(self.array()?);
        let at = Uptime(self.unsigned()?);
        let ends = [self.signed()?, self.signed()?, self.signed()?, self.signed()?];
        let disputed = self.unsigned()?;
        let (verifier, host) = (self.retry()?, self.retry()?);
        if kind == NO_ERA {
            return Ok(Clock { floor, era: None });
        }
        let belief = Belief::from_ends(kind, ends).ok_or(DecodeError::Value)?;
        let era = Era { boot, at, belief, disputed, verifier, host };
        Ok(Clock { floor, era: Some(era) })
    }

    fn retry(&mut self) -> Result<Retry, DecodeError> {
        let retry = Retry { failures: self.byte()?, last: Uptime(self.unsigned()?) };
        let is_written = if retry.failures == 0 {
            retry == Retry::default()
        } else {
            retry.failures <= Retry::MOST
        };
        if is_written { Ok(retry) } else { Err(DecodeError::Value) }
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        self.array().map(u8::from_be_bytes)
    }

    fn signed(&mut self) -> Result<i64, DecodeError> {
        self.array().map(i64::from_be_bytes)
    }

    fn unsigned(&mut self) -> Result<u64, DecodeError> {
        self.array().map(u64::from_be_bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (array, rest) = self.0.split_first_chunk().ok_or(DecodeError::Length)?;
        self.0 = rest;
        Ok(*array)
    }
}

const VERSION: u8 = 1;

const NO_ERA: u8 = 0;

const BLANK: Era = Era {
    boot: BootId([0; 16]),
    at: Uptime(0),
    belief: Belief::Wall,
    disputed: 0,
    verifier: Retry { failures: 0, last: Uptime(0) },
    host: Retry { failures: 0, last: Uptime(0) },
};
