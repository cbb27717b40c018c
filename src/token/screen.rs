use crate::{
    clock,
    credential::{Credential, EntryId, Generator, Names, Weakness},
    otp::{Code, totp},
    time::{Millis, UnixMillis, Uptime},
};

/// All that there is to draw at one instant, as a plain value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screen {
    /// Whether the vault is open.
    pub lock: LockStatus,
    /// How sure the time is.
    pub clock: clock::Status,
    /// One per credential, in the order of the list; none while locked.
    pub cards: Vec<Card>,
    /// When to ask again: the uptime at which a code or a countdown's second changes. `None` if
    /// nothing changes by itself.
    pub refresh_at: Option<Uptime>,
}

/// Whether the vault is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockStatus {
    /// The codes cannot be made.
    Locked,
    /// The codes are on the cards.
    Unlocked,
}

/// One credential on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Our name for the credential.
    pub id: EntryId,
    /// What a person reads.
    pub names: Names,
    /// The code, or what stands in its place.
    pub face: Face,
    /// What is weak about the credential, if anything.
    pub weakness: Option<Weakness>,
    /// How a copied code is to be treated.
    pub copy: CopyPolicy,
}

/// What a card shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Face {
    /// A code that lives from `valid_from` (inclusive) to `valid_until` (exclusive).
    Totp {
        /// The code now.
        code: Code,
        /// The code after it.
        next: Code,
        /// From when the code is valid.
        valid_from: UnixMillis,
        /// Until when, and from when the next one is.
        valid_until: UnixMillis,
        /// How long the code still lives: 1 ms to the period.
        remaining: Millis,
        /// How long a code lives from its first moment.
        period: Millis,
        /// `remaining` as a countdown shows it: it reaches 0 only with the next code.
        seconds_left: u64,
    },
    /// A code comes on request, by [`super::Entries::advance`].
    Hotp {
        /// The counter that the next code will be made from.
        counter: u64,
    },
    /// The credential's time has not begun.
    NotYet {
        /// When it begins.
        from: UnixMillis,
    },
}

/// How a copied code is to be treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyPolicy {
    /// After which time the clipboard is cleared, if it still holds the code.
    pub clear_after: Millis,
}

impl Default for CopyPolicy {
    /// One minute: long enough to switch to the bank's page and paste.
    fn default() -> Self {
        Self { clear_after: Millis::from_secs(60) }
    }
}

impl Screen {
    pub(super) fn locked(reading: clock::Reading) -> Self {
        Self {
            lock: LockStatus::Locked,
            clock: reading.status,
            cards: Vec::new(),
            refresh_at: None,
        }
    }

    /// The credentials, and with them their seeds, are dropped when the cards are made.
    pub(super) fn unlocked(
        reading: clock::Reading,
        uptime: Uptime,
        credentials: Vec<Credential>,
    ) -> Self {
        let cards: Vec<_> =
            credentials.into_iter().map(|credential| Card::new(credential, reading.now)).collect();
        let refresh_at = cards
            .iter()
            .filter_map(|card| card.face.changes_in(reading.now))
            .min()
            .map(|span| uptime.saturating_add(span));
        Self { lock: LockStatus::Unlocked, clock: reading.status, cards, refresh_at }
    }
}

impl Card {
    fn new(credential: Credential, now: UnixMillis) -> Self {
        let face = Face::new(&credential, now);
        let weakness = credential.content.keys.code.weakness();
        let copy = CopyPolicy::default();
        Self { id: credential.id, names: credential.content.names, face, weakness, copy }
    }
}

impl Face {
    fn new(credential: &Credential, now: UnixMillis) -> Self {
        let (algorithm, digits, steps) = match credential.content.generator {
            Generator::Hotp { counter, .. } => return Self::Hotp { counter },
            Generator::Totp { algorithm, digits, steps } => (algorithm, digits, steps),
        };
        let Ok(step) = steps.at(now) else {
            return Self::NotYet { from: UnixMillis::from_secs(steps.t0) };
        };
        let seed = credential.content.keys.code.secret();
        let code = |number| totp::code(seed, algorithm, digits, number);
        let remaining = step.until.since(now);
        Self::Totp {
            code: code(step.number),
            next: code(step.number.saturating_add(1)),
            valid_from: step.from,
            valid_until: step.until,
            remaining,
            period: steps.period.millis(),
            seconds_left: remaining.secs_rounded_up(),
        }
    }

    /// How long until this face looks different: the end of the countdown's second or of the wait.
    fn changes_in(&self, now: UnixMillis) -> Option<Millis> {
        match self {
            Self::Totp { remaining, .. } => {
                let whole = Millis::from_secs(remaining.secs_rounded_up().saturating_sub(1));
                Some(Millis(remaining.0.saturating_sub(whole.0)))
            }
            Self::Hotp { .. } => None,
            Self::NotYet { from } => Some(from.since(now)),
        }
    }
}
