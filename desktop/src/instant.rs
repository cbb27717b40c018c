//! Instants in words: always UTC, always the same form.

use jiff::Timestamp;
use warifu::time::UnixMillis;

/// RFC 3339 with whole seconds, like `2026-08-01T00:00:00Z`; empty beyond the year 9999.
pub fn rfc3339(instant: UnixMillis) -> String {
    Timestamp::from_second(instant.secs()).map(|time| time.to_string()).unwrap_or_default()
}

/// Date, hour and minute, like `2026-08-01 00:00`.
pub fn minutes(instant: UnixMillis) -> String {
    let text = rfc3339(instant);
    text.get(..16).unwrap_or_default().replace('T', " ")
}
