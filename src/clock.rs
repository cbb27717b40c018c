//! What time it is, and how sure that is (L3).
//!
//! No verifier has told its time yet, so the honest answer is the wall clock, and the status says
//! so: [`Status::Unsynced`]. A wall clock outside of 2020 to 2106 cannot be right; it is refused
//! rather than turned into codes that a bank would refuse.

use crate::time::{DeviceTime, UnixMillis};

/// How sure the token is of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Nothing but the device's own clock speaks for the time.
    Unsynced,
}

/// The time, and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The instant, UTC.
    pub now: UnixMillis,
    /// How sure it is.
    pub status: Status,
}

/// The first wall clock reading that can be right: 2020-01-01T00:00:00Z, before warifu existed.
pub const EARLIEST: UnixMillis = UnixMillis::from_secs(1_577_836_800);

/// The first wall clock reading that cannot be right any more: 2106-02-07T06:28:16Z, where 32-bit
/// clocks wrap.
pub const LATEST: UnixMillis = UnixMillis::from_secs(1 << 32);

/// The device's clock cannot be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Implausible {
    /// The wall clock says a time before 2020.
    #[error("the device's clock is set before 2020")]
    BeforeEarliest {
        /// What it says.
        wall: UnixMillis,
    },
    /// The wall clock says a time after 2106.
    #[error("the device's clock is set after 2106")]
    AfterLatest {
        /// What it says.
        wall: UnixMillis,
    },
}

/// Reads the time off the device's clocks.
///
/// # Errors
/// [`Implausible`] if the wall clock cannot be right.
pub fn read(device: DeviceTime) -> Result<Reading, Implausible> {
    let wall = device.wall;
    if wall < EARLIEST {
        Err(Implausible::BeforeEarliest { wall })
    } else if wall >= LATEST {
        Err(Implausible::AfterLatest { wall })
    } else {
        Ok(Reading { now: wall, status: Status::Unsynced })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{BootId, Millis, Uptime};

    #[test]
    fn a_clock_before_2020_or_after_2106_is_refused_and_all_between_is_unsynced() {
        let read_at = |wall| read(DeviceTime { wall, uptime: Uptime(0), boot: BootId([0; 16]) });
        let before = UnixMillis(EARLIEST.0 - 1);
        assert_eq!(read_at(before), Err(Implausible::BeforeEarliest { wall: before }));
        assert_eq!(read_at(LATEST), Err(Implausible::AfterLatest { wall: LATEST }));
        for wall in [EARLIEST, EARLIEST.saturating_add(Millis(1)), UnixMillis(LATEST.0 - 1)] {
            assert_eq!(read_at(wall), Ok(Reading { now: wall, status: Status::Unsynced }));
        }
    }
}
