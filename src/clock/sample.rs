//! One answer of a server that told its time.

use super::{EARLIEST, LATEST, interval::Interval};
use crate::time::{BootId, DeviceTime, Millis, UnixMillis, Uptime};

/// One answer of a server that told its time, and when it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Who told it.
    pub source: Source,
    /// When the device asked and heard.
    pub exchange: Exchange,
    /// What the server said.
    pub stamps: Stamps,
}

/// Who told the time, and so how far it is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The verifier, in an answer to this very request that the credential's *device* key
    /// authenticates.
    Verifier,
    /// The `Date` of a configured host (RFC 9110, section 6.6.1). The caller has refused an answer
    /// with an `Age`, which is of another time.
    Host(Host),
}

/// A configured host, by a number of its own: 0 to 63.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host(u8);

/// Between which uptimes the server was asked and heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchange {
    /// Read before the first byte of the request went out.
    pub sent: Uptime,
    /// Read after the stamps had come.
    pub received: Uptime,
    /// The boot that both belong to.
    pub boot: BootId,
}

/// The server's time when the request came and when the answer went, each rounded towards the
/// past. A server with one stamp gives it twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamps {
    /// When the request had come.
    pub received: UnixMillis,
    /// When the answer went.
    pub sent: UnixMillis,
    /// A stamp is less than this behind the server's clock: 1 ms for one cut to milliseconds, at
    /// most 2 s. A host's is taken as 2 s.
    pub resolution: Millis,
}

/// The sample says nothing about the time. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
    /// It was taken in another boot of the device than the present one.
    #[error("the sample is of another boot")]
    OtherBoot,
    /// It was heard before it was asked for, or after now.
    #[error("the sample's uptimes are out of order")]
    OutOfOrder,
    /// The round trip took more than [`LONGEST_ROUND_TRIP`].
    #[error("the server took {} ms to answer", round_trip.0)]
    TooSlow {
        /// How long it took.
        round_trip: Millis,
    },
    /// A stamp is coarser than [`COARSEST`].
    #[error("the server's stamps are {} ms coarse", resolution.0)]
    TooCoarse {
        /// What the server claims.
        resolution: Millis,
    },
    /// A stamp lies before 2020 or after 2106.
    #[error("the server's time cannot be right")]
    Implausible {
        /// That stamp.
        stamp: UnixMillis,
    },
    /// The answer went before the request came, or lay with the server for longer than the whole
    /// round trip took.
    #[error("the server's stamps contradict each other")]
    Impossible,
}

/// A slower answer is refused: it would narrow nothing.
pub const LONGEST_ROUND_TRIP: Millis = Millis::from_secs(30);

/// The longest form is `Wednesday, 09-Nov-94 08:49:37 GMT`.
const LONGEST_DATE: usize = 64;

/// Servers cut `Date` to seconds, and may build the line once a second: it is up to 2 s old.
pub const COARSEST: Millis = Millis::from_secs(2);

impl Host {
    /// Number 0.
    pub const FIRST: Self = Self(0);

    /// Accepts 0 to 63.
    pub const fn new(place: u8) -> Option<Self> {
        if place < 64 { Some(Self(place)) } else { None }
    }

    /// The host as a set of one.
    pub(super) fn bit(self) -> u64 {
        1_u64.checked_shl(self.0.into()).unwrap_or_default()
    }
}

impl Stamps {
    /// A single stamp of a server.
    pub const fn one(stamp: UnixMillis, resolution: Millis) -> Self {
        Self { received: stamp, sent: stamp, resolution }
    }

    /// The time that a `Date` header gives.
    pub const fn http_date(date: UnixMillis) -> Self {
        Self::one(date, COARSEST)
    }

    /// The time that the text of a `Date` header gives, in any form that RFC 9110 (section 5.6.7)
    /// has; `None` for anything else.
    pub fn parse_http_date(date: &str) -> Option<Self> {
        let date = date.trim_ascii();
        if date.len() > LONGEST_DATE {
            return None;
        }
        let since = httpdate::parse_http_date(date).ok()?.duration_since(std::time::UNIX_EPOCH);
        Some(Self::http_date(UnixMillis::from_secs(i64::try_from(since.ok()?.as_secs()).ok()?)))
    }
}

impl Sample {
    /// What the sample proves of θ at `now.uptime`; `docs/clock.md`, section 2, derives it.
    pub(super) fn interval(&self, now: DeviceTime) -> Result<Interval, SampleError> {
        let Exchange { sent, received, boot } = self.exchange;
        let stamps = self.stamps;
        if boot != now.boot {
            return Err(SampleError::OtherBoot);
        }
        if received < sent || now.uptime < received {
            return Err(SampleError::OutOfOrder);
        }
        let round_trip = received.since(sent);
        if round_trip > LONGEST_ROUND_TRIP {
            return Err(SampleError::TooSlow { round_trip });
        }
        if stamps.resolution > COARSEST {
            return Err(SampleError::TooCoarse { resolution: stamps.resolution });
        }
        let plausible = EARLIEST..LATEST;
        if let Some(stamp) =
            [stamps.received, stamps.sent].into_iter().find(|stamp| !plausible.contains(stamp))
        {
            return Err(SampleError::Implausible { stamp });
        }
        if stamps.sent < stamps.received {
            return Err(SampleError::Impossible);
        }
        // The request came after `sent`, so θ ≤ came + q − sent; the answer went before
        // `received` + 1 ms, the next reading, so θ ≥ went − received − 1 ms. Each was true at
        // some moment of the round trip: both age by all of it.
        let came_by = stamps.received.saturating_add(self.resolution());
        let high = Interval::of_utc(came_by, came_by, sent);
        let heard_by = received.saturating_add(Millis(1));
        let low = Interval::of_utc(stamps.sent, stamps.sent, heard_by);
        let (Some(low), Some(high)) = (low, high) else {
            return Err(SampleError::Impossible);
        };
        let span = heard_by.since(sent);
        let aged = |end: Interval| end.older_by(span, sent, heard_by);
        let at_received = Interval::new(aged(low).low(), aged(high).high());
        Ok(at_received.ok_or(SampleError::Impossible)?.aged(received, now.uptime))
    }

    fn resolution(&self) -> Millis {
        match self.source {
            Source::Verifier => self.stamps.resolution.max(Millis(1)),
            Source::Host(_) => COARSEST,
        }
    }
}
