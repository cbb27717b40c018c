//! What time it is, and how sure that is (L3).
//!
//! [`Clock`] estimates the verifier's time from what the verifier and others told, and says how
//! sure it is; `docs/clock.md` holds the proofs. [`TimeQuery`] is how the verifier is asked. A wall
//! clock outside of 2020 to 2106 cannot be right; where nothing else has spoken it is refused rather
//! than turned into codes that a bank would refuse.

mod estimate;
mod estimator;
mod interval;
mod leap;
mod plan;
mod query;
mod record;
mod sample;

#[cfg(test)]
mod tests;

pub use estimate::{Basis, Certainty, Estimate, LONGEST_LEAN, LONGEST_TYPING, Neighbour, Shown};
pub use estimator::{Asked, Clock, Taken, WALL_BOUND};
pub use plan::Plan;
pub use query::{AwaitedTime, TIME_ANSWER_LEN, TimeAnswerError, TimeQuery};
pub use record::{DecodeError, ENCODED_LENGTH};
pub use sample::{
    COARSEST, Exchange, Host, LONGEST_ROUND_TRIP, Sample, SampleError, Source, Stamps,
};

use crate::time::{DeviceTime, UnixMillis};

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

/// What the wall clock says, if it can be right.
fn plausible_wall(device: DeviceTime) -> Result<UnixMillis, Implausible> {
    let wall = device.wall;
    if wall < EARLIEST {
        Err(Implausible::BeforeEarliest { wall })
    } else if wall >= LATEST {
        Err(Implausible::AfterLatest { wall })
    } else {
        Ok(wall)
    }
}
