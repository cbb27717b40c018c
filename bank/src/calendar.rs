//! Dates for people, who are in Japan.

use warifu::time::UnixMillis;

/// An instant in Japan's time, to the minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InJapan {
    /// Of the Gregorian calendar.
    pub year: i64,
    /// From 1.
    pub month: i64,
    /// From 1.
    pub day: i64,
    /// From 0 to 23.
    pub hour: i64,
    /// From 0 to 59.
    pub minute: i64,
}

impl From<UnixMillis> for InJapan {
    fn from(at: UnixMillis) -> Self {
        let minutes = at.secs().saturating_add(JST_SECS).div_euclid(60);
        let (days, minute) = (minutes.div_euclid(1440), minutes.rem_euclid(1440));
        let (year, month, day) = civil(days);
        Self { year, month, day, hour: minute / 60, minute: minute % 60 }
    }
}

/// As ISO 8601 has it, without a zone: `2027-01-15 17:00`.
impl std::fmt::Display for InJapan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { year, month, day, hour, minute } = self;
        write!(f, "{year}-{month:02}-{day:02} {hour:02}:{minute:02}")
    }
}

/// The Gregorian date of a day since 1970-01-01 (H. Hinnant, "chrono-compatible low-level date
/// algorithms": eras of 400 years that begin in March).
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let leaps = (day_of_era / 1460).saturating_sub(day_of_era / 36_524);
    let leaps = leaps.saturating_add(day_of_era / 146_096);
    let year_of_era = day_of_era.saturating_sub(leaps) / 365;
    let before = year_of_era.saturating_mul(365).saturating_add(year_of_era / 4);
    let before = before.saturating_sub(year_of_era / 100);
    let day_of_year = day_of_era.saturating_sub(before);
    let month_from_march = day_of_year.saturating_mul(5).saturating_add(2) / 153;
    let begins = month_from_march.saturating_mul(153).saturating_add(2) / 5;
    let day = day_of_year.saturating_sub(begins).saturating_add(1);
    let month = month_from_march.saturating_add(2).rem_euclid(12).saturating_add(1);
    let year = year_of_era.saturating_add(era.saturating_mul(400));
    (if month <= 2 { year.saturating_add(1) } else { year }, month, day)
}

const JST_SECS: i64 = 9 * 3600;
