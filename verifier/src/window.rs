use std::ops::RangeInclusive;

use warifu::{
    credential::Generator,
    otp::totp::{BeforeT0, Steps},
    time::UnixMillis,
};

use crate::{drift, rules::Rules, state::State};

/// Where a code is looked for. Which steps or counters these are depends on the rules, the state and
/// the time, and never on the code or the seed.
pub(crate) enum Window {
    /// Around the step that it is now.
    Steps { now: u64, each_side: u8, drift: i8, wide: u16 },
    /// Past the last counter that was accepted.
    Counters { spent: Option<u64>, look_ahead: u16, wide: u16 },
}

impl Window {
    pub(crate) fn new(
        generator: &Generator,
        rules: &Rules,
        state: &State,
        now: UnixMillis,
    ) -> Result<Self, NotYet> {
        match generator {
            Generator::Totp { steps, .. } => Ok(Self::Steps {
                now: steps.at(now).map_err(|BeforeT0| NotYet { until: begin(*steps) })?.number,
                each_side: rules.window(),
                drift: state.drift.map_or(0, |drift| drift.at(now)),
                wide: rules.resync_window(),
            }),
            Generator::Hotp { .. } => Ok(Self::Counters {
                spent: state.spent,
                look_ahead: rules.look_ahead(),
                wide: rules.resync_look_ahead(),
            }),
        }
    }

    /// What a single code is compared with, the spent ones among them, in rising order.
    pub(crate) fn narrow(&self) -> Vec<u64> {
        match *self {
            Self::Steps { now, each_side, drift, .. } => {
                let side = i64::from(each_side);
                // Around no drift there is the window itself.
                let drifted = || drift::around(drift).filter(move |_| drift != 0);
                let below = drifted().filter(|offset| *offset < side.saturating_neg());
                let above = drifted().filter(|offset| *offset > side);
                let offsets = below.chain(side.saturating_neg()..=side).chain(above);
                offsets.filter_map(|offset| now.checked_add_signed(offset)).collect()
            }
            Self::Counters { spent, look_ahead, .. } => {
                spent.into_iter().chain(ahead(spent, look_ahead)).collect()
            }
        }
    }

    /// Where a code that is out of step is looked for, and the first one. It holds all that is not
    /// spent of [`Window::narrow`].
    pub(crate) fn wide(&self) -> RangeInclusive<u64> {
        match *self {
            Self::Steps { now, wide, .. } => {
                let reach = u64::from(wide);
                now.saturating_sub(reach)..=now.saturating_add(reach)
            }
            Self::Counters { spent, wide, .. } => ahead(spent, wide),
        }
    }

    /// Where two consecutive codes are looked for: [`Window::wide`], and of spent counters the last
    /// two.
    pub(crate) fn wide_for_two(&self) -> RangeInclusive<u64> {
        match *self {
            Self::Steps { .. } => self.wide(),
            Self::Counters { spent: None, .. } => self.wide(),
            Self::Counters { spent: Some(spent), wide, .. } => {
                spent.saturating_sub(1)..=spent.saturating_add(1).saturating_add(u64::from(wide))
            }
        }
    }
}

/// The next counter and those past it; none once the last of all is spent.
fn ahead(spent: Option<u64>, past: u16) -> RangeInclusive<u64> {
    match spent.map_or(Some(0), |spent| spent.checked_add(1)) {
        Some(next) => next..=next.saturating_add(u64::from(past)),
        None => RangeInclusive::new(1, 0),
    }
}

/// The credential's time has not begun.
pub(crate) struct NotYet {
    pub(crate) until: UnixMillis,
}

fn begin(steps: Steps) -> UnixMillis {
    UnixMillis::from_secs(steps.t0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(now: u64, each_side: u8, drift: i8) -> Window {
        Window::Steps { now, each_side, drift, wide: 12 }
    }

    fn counters(spent: Option<u64>) -> Window {
        Window::Counters { spent, look_ahead: 2, wide: 4 }
    }

    #[test]
    fn the_window_is_around_no_drift_and_around_the_drift_and_each_step_comes_once() {
        let offsets = |each_side, drift| -> Vec<i64> {
            let narrow = steps(100, each_side, drift).narrow().into_iter();
            narrow.map(|step| step.cast_signed() - 100).collect()
        };
        assert_eq!(offsets(1, 0), [-1, 0, 1]);
        assert_eq!(offsets(1, 1), [-1, 0, 1, 2]);
        assert_eq!(offsets(1, 2), [-1, 0, 1, 2, 3]);
        assert_eq!(offsets(1, 5), [-1, 0, 1, 3, 4, 5, 6]);
        assert_eq!(offsets(1, -1), [-3, -2, -1, 0, 1]);
        assert_eq!(offsets(1, -10), [-12, -11, -10, -9, -1, 0, 1]);
        assert_eq!(offsets(3, 3), [-3, -2, -1, 0, 1, 2, 3, 4]);
        assert_eq!(offsets(3, -2), [-4, -3, -2, -1, 0, 1, 2, 3]);
    }

    #[test]
    fn no_step_lies_before_the_first_or_after_the_last() {
        assert_eq!(steps(0, 1, -3).narrow(), [0, 1]);
        assert_eq!(steps(3, 1, -3).narrow(), [0, 1, 2, 3, 4]);
        assert_eq!(steps(u64::MAX, 1, 3).narrow(), [u64::MAX - 1, u64::MAX]);
        assert_eq!(steps(3, 1, 0).wide(), 0..=15);
        assert_eq!(steps(u64::MAX, 1, 0).wide(), u64::MAX - 12..=u64::MAX);
    }

    #[test]
    fn counters_are_looked_for_ahead_and_the_last_one_is_known_again() {
        assert_eq!(counters(None).narrow(), [0, 1, 2]);
        assert_eq!(counters(Some(0)).narrow(), [0, 1, 2, 3]);
        assert_eq!(counters(Some(9)).narrow(), [9, 10, 11, 12]);
        assert_eq!(counters(None).wide(), 0..=4);
        assert_eq!(counters(Some(9)).wide(), 10..=14);
        assert_eq!(counters(None).wide_for_two(), 0..=4);
        assert_eq!(counters(Some(0)).wide_for_two(), 0..=5);
        assert_eq!(counters(Some(9)).wide_for_two(), 8..=14);
    }

    #[test]
    fn after_the_last_counter_of_all_there_is_none() {
        assert_eq!(counters(Some(u64::MAX)).narrow(), [u64::MAX]);
        assert!(counters(Some(u64::MAX)).wide().is_empty());
        assert_eq!(counters(Some(u64::MAX)).wide_for_two(), u64::MAX - 1..=u64::MAX);
        assert_eq!(counters(Some(u64::MAX - 1)).narrow(), [u64::MAX - 1, u64::MAX]);
    }
}
