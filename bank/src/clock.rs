//! The one place where the time is read.

use std::{fmt, sync::Arc, time::SystemTime};

use warifu::time::UnixMillis;

/// What time it is. A test brings its own.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> UnixMillis + Send + Sync>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::from_fn(|| match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => UnixMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)),
            Err(before) => UnixMillis(
                i64::try_from(before.duration().as_millis()).map_or(i64::MIN, i64::saturating_neg),
            ),
        })
    }

    /// A clock that asks `read`.
    pub fn from_fn(read: impl Fn() -> UnixMillis + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// The present instant.
    pub fn now(&self) -> UnixMillis {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
