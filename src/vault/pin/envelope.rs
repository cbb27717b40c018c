use zeroize::Zeroizing;

use super::{FIRST, INNER};
use crate::{
    secret::Secret,
    time::{BootId, Uptime},
    vault::{Error, layout::Slot, wire::Reader},
};

const LAYOUT: u8 = 1;
const MAX_WRAPPED: usize = 1_024;

/// By how much a later wrap of the same length may be longer than the first.
const SLACK: usize = 32;

/// What stands in the slot's envelope.
pub(super) enum Envelope {
    States(States),
    /// The limit was reached: no PIN opens the slot any more.
    Tombstone {
        /// The last key, which may still be there.
        last: u32,
    },
}

/// The newest wrapped state counts.
pub(super) struct States {
    pub(super) newest: Wrapped,
    pub(super) beside: Beside,
}

/// What stands beside the newest state.
pub(super) enum Beside {
    Nothing,
    /// The state under the key before, which a power cut may bring back.
    Older(Wrapped),
    /// The number of the key that a try under way, or an interrupted one, may have made.
    Reserved(u32),
}

/// One wrapped [`State`] and the number of the key that wrapped it.
#[derive(Clone)]
pub(super) struct Wrapped {
    pub(super) number: u32,
    pub(super) state: Vec<u8>,
}

impl Envelope {
    pub(super) fn parse(slot: &Slot) -> Result<Self, Error> {
        let mut reader = Reader::new(&slot.envelope);
        let mut read = || -> Option<Self> {
            let mut rows = Vec::with_capacity(2);
            for _ in 0..reader.u8().filter(|count| (1..=2).contains(count))? {
                let number = reader.u32()?;
                let state = reader.counted().filter(|state| state.len() <= MAX_WRAPPED)?.to_vec();
                rows.push(Wrapped { number, state });
            }
            let ascending = rows.is_sorted_by(|a, b| a.number < b.number);
            let filled = reader.take(reader.left())?.iter().all(|&byte| byte == 0);
            let numbered = rows.iter().all(|row| row.number != INNER);
            if ascending && filled && numbered { Self::of(rows) } else { None }
        };
        read().ok_or(Error::slot(slot.id))
    }

    /// A row without a state names a key that counts for nothing: alone it is the tombstone, behind
    /// a state the reserved number.
    fn of(rows: Vec<Wrapped>) -> Option<Self> {
        let mut rows = rows.into_iter();
        let (first, second) = (rows.next()?, rows.next());
        let (newest, beside) = match second {
            None if first.state.is_empty() => {
                return Some(Self::Tombstone { last: first.number });
            }
            Some(_) if first.state.is_empty() => return None,
            None => (first, Beside::Nothing),
            Some(row) if row.state.is_empty() => (first, Beside::Reserved(row.number)),
            Some(newest) => (newest, Beside::Older(first)),
        };
        Some(Self::States(States { newest, beside }))
    }

    /// At the length that the slot's envelope has for good; zeros fill it up.
    pub(super) fn encode(self, len: usize) -> Result<Vec<u8>, Error> {
        let named = |number| Wrapped { number, state: Vec::new() };
        let (first, second) = match self {
            Self::Tombstone { last } => (named(last), None),
            Self::States(States { newest, beside }) => match beside {
                Beside::Nothing => (newest, None),
                Beside::Older(older) => (older, Some(newest)),
                Beside::Reserved(number) => (newest, Some(named(number))),
            },
        };
        let mut out = vec![if second.is_some() { 2 } else { 1 }];
        for row in [first].into_iter().chain(second) {
            let len = u16::try_from(row.state.len()).map_err(|_| Error::WrongAnswer)?;
            out.extend_from_slice(&row.number.to_be_bytes());
            out.extend_from_slice(&len.to_be_bytes());
            out.extend_from_slice(&row.state);
        }
        if out.len() > len {
            return Err(Error::WrongAnswer);
        }
        out.resize(len, 0);
        Ok(out)
    }

    /// The numbers of the keys that open a state.
    pub(super) fn opening(&self) -> Vec<u32> {
        match self {
            Self::States(States { newest, beside: Beside::Older(older) }) => {
                vec![older.number, newest.number]
            }
            Self::States(States { newest, .. }) => vec![newest.number],
            Self::Tombstone { .. } => Vec::new(),
        }
    }

    /// The numbers that stand in it.
    pub(super) fn numbers(&self) -> Vec<u32> {
        match self {
            Self::States(States { newest, beside }) => match beside {
                Beside::Nothing => vec![newest.number],
                Beside::Older(older) => vec![older.number, newest.number],
                Beside::Reserved(number) => vec![newest.number, *number],
            },
            Self::Tombstone { last } => vec![*last],
        }
    }

    /// Room for two states as the platform wraps them, each with [`SLACK`] bytes to spare.
    pub(super) fn room_for(wrapped: usize) -> usize {
        wrapped.saturating_add(6).saturating_add(SLACK).saturating_mul(2).saturating_add(1)
    }
}

/// Numbers come in pairs: 2k and 2k + 1. A count moves from a number of one pair to one of the next,
/// and two tries that meet take one each.
pub(super) fn next_number(number: u32, taken: Option<u32>) -> Result<u32, Error> {
    let first = number.checked_add(2).ok_or(Error::TooLarge)? & !1;
    Ok(if taken == Some(first) { first | 1 } else { first })
}

/// The other number of the pair.
pub(super) fn beside(number: u32) -> u32 {
    number ^ 1
}

/// The numbers that tries before the one that made `number` may have left: the pair before, and the
/// other of its own.
pub(super) fn before(number: u32) -> impl Iterator<Item = u32> {
    let first = number & !1;
    [first.checked_sub(2), first.checked_sub(1), Some(beside(number))]
        .into_iter()
        .flatten()
        .filter(|&other| other != INNER)
}

/// All numbers of the pair, the one before and the one behind.
pub(super) fn around(number: u32) -> impl Iterator<Item = u32> {
    let first = (number & !1).saturating_sub(2).max(FIRST);
    first..=(number | 1).saturating_add(2)
}

/// What a platform's key keeps safe: how many tries are spent, when the next may come, and the data
/// key behind the PIN.
pub(super) struct State {
    pub(super) tries: u8,
    pub(super) boot: BootId,
    pub(super) not_before: Uptime,
    pub(super) inner: Vec<u8>,
}

impl State {
    pub(super) fn parse(bytes: &Secret) -> Option<Self> {
        let mut reader = Reader::new(bytes.expose());
        if reader.u8()? != LAYOUT {
            return None;
        }
        let tries = reader.u8()?;
        let boot = BootId(reader.array()?);
        let not_before = Uptime(reader.u64()?);
        let inner = reader.counted()?.to_vec();
        reader.finish()?;
        Some(Self { tries, boot, not_before, inner })
    }

    pub(super) fn encode(&self) -> Result<Secret, Error> {
        let len = u16::try_from(self.inner.len()).map_err(|_| Error::WrongAnswer)?;
        let mut out = Zeroizing::new(Vec::with_capacity(self.inner.len().saturating_add(28)));
        out.extend_from_slice(&[LAYOUT, self.tries]);
        out.extend_from_slice(&self.boot.0);
        out.extend_from_slice(&self.not_before.0.to_be_bytes());
        out.extend_from_slice(&len.to_be_bytes());
        out.extend_from_slice(&self.inner);
        Ok(Secret::from_zeroizing(out))
    }
}
