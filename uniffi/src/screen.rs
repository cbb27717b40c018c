use warifu::{
    clock::{Certainty, Neighbour},
    credential::{EntryId, Names, Weakness},
    otp::Code,
    time::{Millis, UnixMillis, Uptime},
    token::{Card, ClockView, CopyPolicy, Face, LockStatus, NeighbourCode, Screen},
};

/// All that there is to draw at one instant, as a plain value.
#[uniffi::remote(Record)]
pub struct Screen {
    /// Whether the vault is open.
    pub lock: LockStatus,
    /// What is known of the time.
    pub clock: ClockView,
    /// One per credential, in the order of the list; none while locked.
    pub cards: Vec<Card>,
    /// When to ask again: the uptime at which a code, a countdown's second or how sure a code is
    /// changes. Nothing if nothing changes by itself.
    pub refresh_at: Option<Uptime>,
}

/// Whether the vault is open.
#[uniffi::remote(Enum)]
pub enum LockStatus {
    /// The codes cannot be made.
    Locked,
    /// The codes are on the cards.
    Unlocked,
}

/// One credential on the screen.
#[uniffi::remote(Record)]
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
#[uniffi::remote(Enum)]
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
        /// How sure it is that the verifier takes the code from who types it now, in up to 20 s.
        certainty: Certainty,
        /// The code to try if the verifier refuses this one; there near the boundary of a step alone.
        neighbour: Option<NeighbourCode>,
    },
    /// The issuer demands that its clock is heard first: synchronise.
    NeedsSync,
    /// A code comes on request, by `advance`.
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

/// The code of the step beside the shown one.
#[uniffi::remote(Record)]
pub struct NeighbourCode {
    /// Before it or after it.
    pub which: Neighbour,
    /// The code.
    pub code: Code,
}

/// How a copied code is to be treated.
#[uniffi::remote(Record)]
pub struct CopyPolicy {
    /// After which time the clipboard is cleared, if it still holds the code.
    pub clear_after: Millis,
}
