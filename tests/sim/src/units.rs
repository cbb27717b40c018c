//! Spans in nanoseconds, which is what a simulated world counts in.

pub(crate) const US: i64 = 1000;
pub(crate) const MS: i64 = 1000 * US;
pub(crate) const SECOND: i64 = 1000 * MS;
pub(crate) const HOUR: i64 = 3600 * SECOND;
pub(crate) const DAY: i64 = 24 * HOUR;

pub(crate) fn ms(span: f64) -> i64 {
    (span * MS as f64) as i64
}

pub(crate) fn secs(span: f64) -> i64 {
    (span * SECOND as f64) as i64
}

pub(crate) fn hours(span: f64) -> i64 {
    (span * HOUR as f64) as i64
}
