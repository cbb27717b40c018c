//! Where leap seconds may lie.

use crate::time::{Millis, UnixMillis};

/// How far a leap second may move the verifier's UTC, in either direction.
pub(super) const LEAP: Millis = Millis::from_secs(1);

/// How many leap seconds may touch what passes from `from` to `until`.
///
/// A leap second comes at the end of June or of December, as all have since 1972. Whether it is
/// stepped or smeared, and over which hours, is not ours to know: every published way lies within
/// a day of it, so a passage that comes within a day of such a midnight counts it whole.
pub(super) fn possible(from: UnixMillis, until: UnixMillis) -> u64 {
    let from = from.0.saturating_sub_unsigned(DAY.0);
    let until = until.0.saturating_add_unsigned(DAY.0);
    let near = midnights().filter(|midnight| (from..=until).contains(&midnight.0));
    u64::try_from(near.count()).unwrap_or(u64::MAX)
}

/// The midnights that end December and June, from 2020-01-01T00:00:00Z to 2107-07-01T00:00:00Z.
fn midnights() -> impl Iterator<Item = UnixMillis> {
    let mut day = FIRST_DAY_OF_2020;
    (2020_u32..=2107).flat_map(move |year| {
        let is_leap_year = year.is_multiple_of(4) && !year.is_multiple_of(100);
        let january = day;
        let july = january.saturating_add(if is_leap_year { 182 } else { 181 });
        day = july.saturating_add(184);
        [january, july].map(|day| UnixMillis(day.saturating_mul(86_400_000)))
    })
}

const DAY: Millis = Millis::from_secs(86_400);

/// In days since 1970-01-01.
const FIRST_DAY_OF_2020: i64 = 18_262;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_midnights_are_those_of_the_calendar() {
        // From `date -u -d 2020-01-01 +%s`, and so on; 2100 is no leap year.
        let known = [1_577_836_800, 1_593_561_600, 1_609_459_200, 4_118_083_200, 4_133_980_800];
        let all: Vec<i64> = midnights().map(UnixMillis::secs).collect();
        for midnight in known {
            assert!(all.contains(&midnight), "{midnight}");
        }
        assert_eq!(all.len(), 176);
    }

    #[test]
    fn a_passage_within_a_day_of_a_midnight_counts_it_and_one_further_away_does_not() {
        let midnight = UnixMillis::from_secs(1_593_561_600);
        let day_before = UnixMillis(midnight.0 - 86_400_000);
        assert_eq!(possible(UnixMillis(day_before.0 - 5), UnixMillis(day_before.0 - 1)), 0);
        assert_eq!(possible(UnixMillis(day_before.0 - 5), day_before), 1);
        let day_after = midnight.saturating_add(DAY);
        assert_eq!(possible(day_after, day_after), 1);
        assert_eq!(possible(UnixMillis(day_after.0 + 1), UnixMillis(day_after.0 + 2)), 0);
        assert_eq!(possible(midnight, UnixMillis::from_secs(1_609_459_200)), 2);
    }
}
