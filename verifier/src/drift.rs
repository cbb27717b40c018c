use warifu::time::{Millis, UnixMillis};

/// How far a clock may be off and still be followed, in steps either way.
pub const MAX_DRIFT: u8 = 10;

/// How long a learned drift stands without being confirmed before it shrinks by a step: 45 days.
///
/// A window learned long ago helps a guesser and nobody else: people set their clocks, and phones set
/// themselves. Who logs in once a month, as people do on pay day, is never touched by it.
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

/// What is known of a clock after a code was accepted that lies `offset` steps ahead of ours, beyond
/// `window` steps only because of `known`.
///
/// Typing takes time and never gives any: a code can arrive a step after it was read, not before. So
/// a code one step behind the drift says nothing (a slow typist is no slow clock), and one ahead says
/// that the clock is at least that far. Within the window around no drift neither is of use, since
/// that window stands anyway.
pub(crate) fn after_a_code(
    known: Option<Drift>,
    offset: i64,
    window: u8,
    now: UnixMillis,
) -> Option<Drift> {
    let drift = known?;
    let learned = i64::from(drift.steps);
    let left = i64::from(drift.at(now));
    let near = |steps: i64| offset.abs_diff(steps) <= 1;
    if left == 0 {
        return None;
    }
    match (offset.unsigned_abs() <= u64::from(window), near(left)) {
        // Somebody set the clock right.
        (true, false) => None,
        // Either clock explains it.
        (true, true) => known,
        (false, _) => {
            // Time has moved the window, but did not unlearn what fits this code.
            let base = if near(learned) { learned } else { left };
            Drift::nearest(offset.max(base), now)
        }
    }
}

/// What is known of a clock after a single code was accepted anywhere in the wide window.
pub(crate) fn after_the_first_code(offset: i64, window: u8, now: UnixMillis) -> Option<Drift> {
    if offset.unsigned_abs() <= u64::from(window) { None } else { Drift::new(offset, now) }
}

/// What is known of a clock after two consecutive codes, of which the second lies `offset` steps
/// ahead of ours.
///
/// Who reads both off one screen sends the second a step early; who waits for it sends it on time or
/// late. The place of the *first* is the right one most of the time for either. Where it is a step too
/// low the next code corrects it, since one step ahead does teach.
pub(crate) fn after_two_codes(offset: i64, window: u8, now: UnixMillis) -> Option<Drift> {
    let first = offset.saturating_sub(1);
    let within = |limit: u8| {
        let inside = |steps: i64| steps.unsigned_abs() <= u64::from(limit);
        (inside(first), inside(offset))
    };
    match (within(window), within(MAX_DRIFT)) {
        ((true, true), _) | (_, (false, false)) => None,
        _ => Drift::nearest(first, now),
    }
}
