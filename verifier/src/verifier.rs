use warifu::{
    credential::{Generator, Seed},
    secret::scrubbed,
    time::UnixMillis,
};

use crate::{
    drift::{self, Drift},
    rules::Rules,
    search::Search,
    state::State,
    typed::TypedCode,
    verdict::{Accepted, Verdict},
    window::{NotYet, Window},
};

/// Judges the codes of one credential. It borrows the seed for as long as that takes.
///
/// Each call is a pure function of its arguments: it gives the verdict and the state to store. Store
/// it only if the stored one is still the one that was passed in, and judge anew if it is not; so of
/// two requests at once one wins. `docs/verifier.md` shows how.
#[derive(Debug)]
pub struct Verifier<'a> {
    search: Search<'a>,
    rules: &'a Rules,
}

impl<'a> Verifier<'a> {
    /// Of a HOTP generator the counter does not matter here: where it stands is in the [`State`].
    pub const fn new(generator: &'a Generator, seed: &'a Seed, rules: &'a Rules) -> Self {
        Self { search: Search::new(generator, seed), rules }
    }

    /// Judges a code.
    ///
    /// It is accepted if it is that of a step within the window, around no drift or around the learned
    /// one, or of a counter within the look-ahead; and if that lies after all that were accepted,
    /// and was not out of sync before.
    pub fn verify(&self, state: &State, code: &TypedCode, now: UnixMillis) -> (Verdict, State) {
        let window = match self.open(state, now, Stage::Confirmed) {
            Ok(window) => window,
            Err(refusal) => return refusal,
        };
        scrubbed(|| {
            // What is dead wins, even if the same digits are right for a step that is not: else whoever
            // knows a dead code could try it again and again, uncounted, until a new step happens to
            // have it too.
            match self.search.one(code, window.narrow(), state) {
                (Some(_), _) => (Verdict::Replayed, state.clone()),
                (None, Some(factor)) => self.accept(state, &window, factor, |offset, known| {
                    drift::after_a_code(known, offset, self.rules.window(), now)
                }),
                (None, None) => {
                    let ahead = window.wide().filter(|factor| !state.is_spent(*factor));
                    self.fail(state, &self.search.all(code, ahead), now)
                }
            }
        })
    }

    /// Judges two consecutive codes within the wide window (同期ズレ補正), and learns from them how far
    /// the clock or the counter is off.
    ///
    /// Both must lie after all that were accepted. Both are spent then. Nothing is told of one that is
    /// right beside one that is wrong.
    pub fn resync(
        &self,
        state: &State,
        first: &TypedCode,
        second: &TypedCode,
        now: UnixMillis,
    ) -> (Verdict, State) {
        let window = match self.open(state, now, Stage::Confirmed) {
            Ok(window) => window,
            Err(refusal) => return refusal,
        };
        scrubbed(|| {
            // Only a pair that is spent as a whole is a replay.
            let (spent, live) = self.search.two(first, second, window.wide_for_two(), state);
            match (spent, live) {
                (Some(_), _) => (Verdict::Replayed, state.clone()),
                (None, Some(factor)) => self.accept(state, &window, factor, |offset, _| {
                    drift::after_two_codes(offset, self.rules.window(), now)
                }),
                (None, None) => self.fail(state, &[], now),
            }
        })
    }

    /// Judges the first code of a credential, which shows that its seed has arrived.
    ///
    /// It is looked for in the wide window, since a clock may be wrong that nothing is known of yet.
    /// Until then no other code is judged.
    pub fn confirm(&self, state: &State, code: &TypedCode, now: UnixMillis) -> (Verdict, State) {
        let window = match self.open(state, now, Stage::NotConfirmed) {
            Ok(window) => window,
            Err(refusal) => return refusal,
        };
        scrubbed(|| {
            let ahead = window.wide().filter(|factor| !state.is_spent(*factor));
            match self.search.one(code, ahead, state).1 {
                Some(factor) => self.accept(state, &window, factor, |offset, _| {
                    drift::after_the_first_code(offset, self.rules.window(), now)
                }),
                None => self.fail(state, &[], now),
            }
        })
    }

    /// Where to look, or why nothing is judged. No code has a part in this.
    fn open(
        &self,
        state: &State,
        now: UnixMillis,
        stage: Stage,
    ) -> Result<Window, (Verdict, State)> {
        let refuse = |verdict| Err((verdict, state.clone()));
        if state.revoked {
            return refuse(Verdict::Revoked);
        }
        if state.suspended {
            return refuse(Verdict::Suspended);
        }
        // The rules may have become stricter since the last failure.
        if state.locked || state.failures >= self.rules.failures_until_locked() {
            let locked = State { locked: true, next_try_at: None, ..state.clone() };
            return Err((Verdict::Locked, locked));
        }
        match (stage, state.confirmed) {
            (Stage::Confirmed, false) => return refuse(Verdict::NotConfirmed),
            (Stage::NotConfirmed, true) => return refuse(Verdict::AlreadyConfirmed),
            _ => {}
        }
        if let Some(until) = self.wait(state, now) {
            let waiting = State { next_try_at: Some(until), ..state.clone() };
            return Err((Verdict::TooSoon { until }, waiting));
        }
        let window = Window::new(self.search.generator(), self.rules, state, now);
        window.or_else(|NotYet { until }| refuse(Verdict::TooSoon { until }))
    }

    /// Until when to wait. Never longer from now than the rules say: if our clock went back, or the
    /// rules became milder, the end that was stored is brought forward.
    fn wait(&self, state: &State, now: UnixMillis) -> Option<UnixMillis> {
        let longest = now.saturating_add(self.rules.waits().after(state.failures));
        state.next_try_at.map(|until| until.min(longest)).filter(|until| now < *until)
    }

    fn accept(
        &self,
        state: &State,
        window: &Window,
        factor: u64,
        learn: impl FnOnce(i64, Option<Drift>) -> Option<Drift>,
    ) -> (Verdict, State) {
        let (accepted, drift) = match *window {
            Window::Steps { now, .. } => {
                // The wide window reaches 1,000 steps at most.
                let offset = factor.wrapping_sub(now).cast_signed();
                let drift = learn(offset, state.drift);
                let steps = drift.as_ref().map_or(0, Drift::steps);
                (Accepted::Step { step: factor, offset, drift: steps }, drift)
            }
            Window::Counters { .. } => (Accepted::Counter { counter: factor }, state.drift),
        };
        let next = State {
            confirmed: true,
            spent: Some(factor),
            sighted: state.sighted.iter().copied().filter(|sighted| *sighted > factor).collect(),
            drift,
            failures: 0,
            next_try_at: None,
            ..*state
        };
        (Verdict::Accepted(accepted), next)
    }

    /// Counts a failure. A code that is right for `sights`, too far off, is told, and so must be of no
    /// use alone when their time comes: what cannot be remembered is not told.
    fn fail(&self, state: &State, sights: &[u64], now: UnixMillis) -> (Verdict, State) {
        let sighted = state.sighted_with(sights);
        let failures = state.failures.saturating_add(1);
        let left = self.rules.failures_until_locked().saturating_sub(failures);
        let wait_until = now.saturating_add(self.rules.waits().after(failures));
        let next = State {
            locked: left == 0,
            failures,
            next_try_at: Some(wait_until).filter(|until| left > 0 && now < *until),
            ..state.clone()
        };
        match sighted {
            Some(sighted) => (Verdict::OutOfSync { left }, State { sighted, ..next }),
            None => (Verdict::Wrong { left }, next),
        }
    }
}

/// For which credentials a call is.
#[derive(Clone, Copy)]
enum Stage {
    NotConfirmed,
    Confirmed,
}
