//! A verifier that takes the code of its step, of the one before and of the one after.

use warifu::{
    clock::Neighbour,
    otp::totp::{Period, Steps},
};

use crate::{
    tally::{DELAYS, DELAYS_S},
    units::SECOND,
    world::World,
};

/// The steps that the verifier will be in when a code of this moment reaches it, for each delay.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judged {
    steps: [i64; DELAYS],
    /// In milliseconds.
    period: i64,
}

impl Judged {
    pub(crate) fn new(world: &World, steps: Steps, typing: i64) -> Self {
        let period = i64::from(steps.period.secs());
        let mut delays = [typing; DELAYS];
        for (delay, seconds) in delays.iter_mut().zip(DELAYS_S) {
            *delay = seconds * SECOND;
        }
        let steps = delays.map(|delay| world.verifier_utc_after(delay).div_euclid(period * SECOND));
        Self { steps, period: period * 1000 }
    }

    /// Whether it takes the code of that instant, in ms. No code is none that it takes.
    pub(crate) fn accepts(&self, shown: Option<i64>) -> [bool; DELAYS] {
        let Some(shown) = shown else { return [false; DELAYS] };
        let step = shown.div_euclid(self.period);
        self.steps.map(|judged| (judged - 1..=judged + 1).contains(&step))
    }

    pub(crate) fn accepts_either(&self, shown: i64, neighbour: Neighbour) -> [bool; DELAYS] {
        let by = match neighbour {
            Neighbour::Previous => -self.period,
            Neighbour::Next => self.period,
        };
        let mut either = self.accepts(Some(shown));
        for (either, other) in either.iter_mut().zip(self.accepts(Some(shown + by))) {
            *either |= other;
        }
        either
    }
}

pub(crate) fn period(secs: u32) -> Period {
    Period::from_secs(secs).expect("a period that the simulation uses")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mix::Displaced;

    /// 2026-09-01T00:00:00Z, and so the beginning of a step.
    const BORN: i64 = 1_788_220_800;

    fn judged(into_step: i64, typing: i64) -> Judged {
        let mut world = World::quiet(BORN * SECOND, Displaced::None);
        world.pass(into_step * SECOND);
        Judged::new(&world, Steps::default(), typing * SECOND)
    }

    #[test]
    fn a_step_early_or_late_is_taken_and_a_second_one_is_not() {
        let at = |shown: i64| judged(0, 0).accepts(Some((BORN + shown) * 1000))[0];
        assert!(!at(-31) && at(-30) && at(0) && at(59) && !at(60));
    }

    #[test]
    fn a_delay_makes_a_code_older() {
        let late_in_its_step = judged(29, 32).accepts(Some((BORN + 29) * 1000));
        assert_eq!(late_in_its_step, [true, true, true, true, false]);
        assert_eq!(judged(29, 32).accepts(None), [false; DELAYS]);
    }

    #[test]
    fn a_neighbour_is_tried_beside_the_shown_one() {
        let judged = judged(0, 0);
        let ahead = (BORN + 61) * 1000;
        assert!(!judged.accepts(Some(ahead))[0]);
        assert!(judged.accepts_either(ahead, Neighbour::Previous)[0]);
        assert!(!judged.accepts_either(ahead, Neighbour::Next)[0]);
    }
}
