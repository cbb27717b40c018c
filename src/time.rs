//! Instants and device time (L0). Time is always an argument: nothing here reads a clock.

use std::fmt;

/// A span of time in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Millis(pub u64);

impl Millis {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A span of whole seconds; saturates far beyond any human span.
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// The two largest units of it, for people, rounded down.
    pub const fn for_people(self) -> Span {
        let seconds = self.0 / 1000;
        let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
        if days > 0 {
            Span::Days { days, hours: hours % 24 }
        } else if hours > 0 {
            Span::Hours { hours, minutes: minutes % 60 }
        } else if minutes > 0 {
            Span::Minutes { minutes, seconds: seconds % 60 }
        } else {
            Span::Seconds { seconds }
        }
    }

    /// Whole seconds, rounded up: what a countdown shows, so that it reaches 0 only at the end.
    pub const fn secs_rounded_up(self) -> u64 {
        self.0.div_ceil(1000)
    }
}

/// A span as people say it: its two largest units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Span {
    /// A day or more.
    Days {
        /// Whole days.
        days: u64,
        /// 0 to 23.
        hours: u64,
    },
    /// An hour to a day.
    Hours {
        /// 1 to 23.
        hours: u64,
        /// 0 to 59.
        minutes: u64,
    },
    /// A minute to an hour.
    Minutes {
        /// 1 to 59.
        minutes: u64,
        /// 0 to 59.
        seconds: u64,
    },
    /// Less than a minute.
    Seconds {
        /// 0 to 59.
        seconds: u64,
    },
}

/// An instant of civil time: milliseconds since 1970-01-01T00:00:00Z, without leap seconds (POSIX).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMillis(pub i64);

impl UnixMillis {
    /// An instant at a whole second; saturates at the ends of the range.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// Whole seconds since the epoch, rounded towards the past.
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This instant moved towards the future; saturates at the end of the range.
    pub const fn saturating_add(self, span: Millis) -> Self {
        Self(self.0.saturating_add_unsigned(span.0))
    }

    /// The span from `earlier` to here, or zero if `earlier` is later.
    pub const fn since(self, earlier: Self) -> Millis {
        if self.0 <= earlier.0 { Millis::ZERO } else { Millis(self.0.abs_diff(earlier.0)) }
    }
}

/// An instant on the device's monotonic clock: milliseconds since boot, sleep included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uptime(pub u64);

impl Uptime {
    /// This instant moved towards the future; saturates at the end of the range.
    pub const fn saturating_add(self, span: Millis) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// This instant moved towards the past; the boot at the earliest.
    pub const fn before(self, span: Millis) -> Self {
        Self(self.0.saturating_sub(span.0))
    }

    /// The span from `earlier` to here, or zero if `earlier` is later.
    pub const fn since(self, earlier: Self) -> Millis {
        Millis(self.0.saturating_sub(earlier.0))
    }
}

/// Tells one boot of the device from another.
///
/// Linux: the 16 bytes of `/proc/sys/kernel/random/boot_id`. Android: `Settings.Global.BOOT_COUNT`.
/// Apple: the boot session's UUID.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BootId(pub [u8; 16]);

impl fmt::Debug for BootId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The identifier is the device's; a log needs only to tell two apart.
        let [first, second, ..] = self.0;
        write!(f, "BootId({first:02x}{second:02x}…)")
    }
}

/// What the device's clocks say at one moment. The platform layer reads it; the core never does.
///
/// ```
/// use warifu::time::{BootId, DeviceTime, UnixMillis, Uptime};
///
/// let now = DeviceTime {
///     wall: UnixMillis::from_secs(1_785_542_400),
///     uptime: Uptime(86_400_000),
///     boot: BootId([7; 16]),
/// };
/// assert_eq!(now.wall.secs(), 1_785_542_400);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceTime {
    /// The wall clock, as the user may have set it.
    pub wall: UnixMillis,
    /// The monotonic clock that counts sleep.
    pub uptime: Uptime,
    /// Which boot `uptime` counts from.
    pub boot: BootId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_countdown_reaches_zero_only_at_the_end() {
        assert_eq!(Millis(1).secs_rounded_up(), 1);
        assert_eq!(Millis(1000).secs_rounded_up(), 1);
        assert_eq!(Millis(1001).secs_rounded_up(), 2);
        assert_eq!(Millis::ZERO.secs_rounded_up(), 0);
    }

    #[test]
    fn people_read_the_two_largest_units() {
        let second = Millis::from_secs;
        assert_eq!(Millis(59_999).for_people(), Span::Seconds { seconds: 59 });
        assert_eq!(second(130).for_people(), Span::Minutes { minutes: 2, seconds: 10 });
        assert_eq!(second(3_600).for_people(), Span::Hours { hours: 1, minutes: 0 });
        assert_eq!(second(90_061).for_people(), Span::Days { days: 1, hours: 1 });
    }

    #[test]
    fn seconds_before_the_epoch_round_towards_the_past() {
        assert_eq!(UnixMillis(-1).secs(), -1);
        assert_eq!(UnixMillis(999).secs(), 0);
        assert_eq!(UnixMillis::from_secs(i64::MAX).0, i64::MAX);
    }
}
