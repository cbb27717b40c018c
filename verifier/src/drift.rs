use std::ops::RangeInclusive;

use warifu::time::{Millis, UnixMillis};

/// How far a clock may be off and still be followed, in steps either way.
pub const MAX_DRIFT: u8 = 10;

/// How long a learned drift stands without being confirmed before it shrinks by a step: 45 days.
///
/// A window learned long ago helps a guesser and nobody else: people set their clocks, and phones set
/// themselves. Who logs in once a month, as people do on pay day, is not touched by it with a clock that
/// is off by more than 95 s. Closer than that a code may fit the plain window too, and bears out nothing.
pub const DECAY: Millis = Millis::from_secs(45 * 24 * 60 * 60);

/// What was learned of a device's clock: by how many steps it is ahead of ours, and when that was
/// last confirmed. Never zero: a clock that is right is no drift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Drift {
    steps: i8,
    confirmed_at: UnixMillis,
}

impl Drift {
    /// A drift of −10 to 10 steps; none for anything else, and for zero.
    pub(crate) fn new(steps: i64, confirmed_at: UnixMillis) -> Option<Self> {
        let in_range = steps != 0 && steps.unsigned_abs() <= u64::from(MAX_DRIFT);
        let steps = i8::try_from(steps).ok().filter(|_| in_range)?;
        Some(Self { steps, confirmed_at })
    }

    /// The drift of so many steps, or the limit's if they are beyond it.
    fn nearest(steps: i64, confirmed_at: UnixMillis) -> Option<Self> {
        let limit = i64::from(MAX_DRIFT);
        Self::new(steps.clamp(limit.saturating_neg(), limit), confirmed_at)
    }

    /// The steps that were learned: positive for a clock that is ahead.
    pub const fn steps(&self) -> i8 {
        self.steps
    }

    /// When a code last bore it out.
    pub const fn confirmed_at(&self) -> UnixMillis {
        self.confirmed_at
    }

    /// What is left of it: a step less for each [`DECAY`] since it was confirmed. A clock of ours
    /// that went back takes nothing off.
    pub fn at(&self, now: UnixMillis) -> i8 {
        let lost = now.since(self.confirmed_at).0.checked_div(DECAY.0).unwrap_or_default();
        let lost = i8::try_from(lost).unwrap_or(i8::MAX);
        let left = self.steps.saturating_abs().saturating_sub(lost).max(0);
        if self.steps < 0 { left.saturating_neg() } else { left }
    }
}

/// Where the codes of a clock lie that is ahead by `steps`, as far as was learned: from two steps
/// behind that to one ahead.
///
/// A clock is ahead by whole steps and a part of one, k + f. A code that is sent as soon as it is read
/// lies k or k + 1 steps ahead of ours, one that takes a while lies one less: three places, which no
/// ±1 holds for long, since it is the highest that is learned. Hence one more on the side to which
/// typing moves a code, and none on the other.
pub(crate) fn around(steps: i8) -> RangeInclusive<i64> {
    let steps = i64::from(steps);
    steps.saturating_sub(2)..=steps.saturating_add(1)
}

/// What is known of a clock after a code was accepted that lies `offset` steps ahead of ours: within
/// `window` around no drift, or around what time has left of the drift that was `known`.
///
/// Typing takes time and never gives any: a code arrives as early as it was read, or later. So a code
/// behind the drift says nothing (a slow typist is no slow clock), and one ahead of it does. Within the
/// window around no drift that is of no use, since that window stands anyway.
pub(crate) fn after_a_code(
    known: Option<Drift>,
    offset: i64,
    window: u8,
    now: UnixMillis,
) -> Option<Drift> {
    let drift = known?;
    let left = drift.at(now);
    if left == 0 {
        return None;
    }
    match (offset.unsigned_abs() <= u64::from(window), around(left).contains(&offset)) {
        // Somebody set the clock right.
        (true, false) => None,
        // Either clock explains it.
        (true, true) => known,
        (false, _) => {
            // Time has moved the window, but did not unlearn what fits this code.
            let fits = around(drift.steps).contains(&offset);
            let base = if fits { drift.steps } else { left };
            Drift::nearest(offset.max(base.into()), now)
        }
    }
}

/// What is known of a clock after a single code was accepted anywhere in the wide window.
pub(crate) fn after_the_first_code(offset: i64, window: u8, now: UnixMillis) -> Option<Drift> {
    if offset.unsigned_abs() <= u64::from(window) { None } else { Drift::new(offset, now) }
}

/// What is known of a clock after two consecutive codes, of which the second lies `offset` steps
/// ahead of ours. Both within the window: the clock is right.
///
/// The second is what counts. Who waits for it sends it as early as can be or a step later, and
/// [`around`] holds both; who reads both off one screen sends it up to a step too early, and [`around`]
/// reaches as far down.
pub(crate) fn after_two_codes(offset: i64, window: u8, now: UnixMillis) -> Option<Drift> {
    let first = offset.saturating_sub(1);
    let within = |limit: u8| {
        let inside = |steps: i64| steps.unsigned_abs() <= u64::from(limit);
        (inside(first), inside(offset))
    };
    match (within(window), within(MAX_DRIFT)) {
        ((true, true), _) | (_, (false, false)) => None,
        _ => Drift::nearest(offset, now),
    }
}
