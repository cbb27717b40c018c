//! How a leap second displaces a server's UTC.

use crate::{mix::Displaced, units::SECOND};

/// By how many nanoseconds the second at `midnight` has displaced UTC at `time`; both count on
/// without it.
pub(crate) fn displacement(time: i64, midnight: i64, how: Displaced) -> i64 {
    let into = time - midnight;
    match how {
        Displaced::None => 0,
        Displaced::Stepped => {
            if into < 0 {
                0
            } else {
                SECOND
            }
        }
        Displaced::Smeared => spread(into + HALF_DAY, 2 * HALF_DAY),
        Displaced::Slewed => spread(into + 1000 * SECOND, 1000 * SECOND),
        Displaced::After => spread(into, 18 * 3600 * SECOND),
    }
}

/// A second's share of `over` that has passed.
fn spread(into: i64, over: i64) -> i64 {
    into.clamp(0, over) / (over / SECOND)
}

const HALF_DAY: i64 = 43_200 * SECOND;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_ends_at_one_second_and_lies_within_a_day() {
        for how in [Displaced::Stepped, Displaced::Smeared, Displaced::Slewed, Displaced::After] {
            let day = 2 * HALF_DAY;
            let at = |hours: i64| displacement(day + hours * 3600 * SECOND, day, how);
            assert_eq!((at(-24), at(24)), (0, SECOND), "{how:?}");
            assert!((-24..24).all(|hour| at(hour) <= at(hour + 1)), "{how:?}");
        }
        assert_eq!(displacement(0, 0, Displaced::Smeared), SECOND / 2);
        assert_eq!(displacement(-500 * SECOND, 0, Displaced::Slewed), SECOND / 2);
        assert_eq!(displacement(9 * 3600 * SECOND, 0, Displaced::After), SECOND / 2);
    }
}
