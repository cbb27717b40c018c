#![allow(clippy::arithmetic_side_effects, reason = "a test that overflows is to panic")]

use super::*;
use crate::{
    otp::totp::{Period, Steps},
    time::{BootId, DeviceTime, Millis, UnixMillis, Uptime},
};

mod acceptance;
mod arbitrary;
mod beliefs;
mod hostile;
mod plan;
mod record;
mod samples;
mod simulation;
mod world;

/// The verifier's UTC when the device started: 2026-08-01T00:00:00Z, far from any leap second.
const STARTED: i64 = 1_785_542_400_000;

const BOOT: BootId = BootId([1; 16]);

/// The device's clocks at `uptime`, its wall clock ahead of the verifier by `wall_ahead`.
fn device(uptime: u64, wall_ahead: i64) -> DeviceTime {
    let wall = UnixMillis(STARTED + i64::try_from(uptime).unwrap() + wall_ahead);
    DeviceTime { wall, uptime: Uptime(uptime), boot: BOOT }
}

/// An answer heard at `received` after a round trip of 50 ms, from a server ahead by `ahead`.
fn sample(source: Source, received: u64, ahead: i64) -> Sample {
    let exchange = Exchange { sent: Uptime(received - 50), received: Uptime(received), boot: BOOT };
    let utc = STARTED + i64::try_from(received).unwrap() - 25 + ahead;
    let stamps = match source {
        Source::Verifier => Stamps::one(UnixMillis(utc), Millis(1)),
        Source::Host(_) => Stamps::http_date(UnixMillis(utc.div_euclid(1000) * 1000)),
    };
    Sample { source, exchange, stamps }
}

fn host(place: u8) -> Source {
    Source::Host(Host::new(place).unwrap())
}

fn steps(period: u32) -> Steps {
    Steps { t0: 0, period: Period::from_secs(period).unwrap() }
}

fn certainty(clock: &Clock, now: DeviceTime) -> Certainty {
    clock.read(now).unwrap().at(Steps::default()).certainty
}

#[test]
fn a_clock_before_2020_or_after_2106_is_refused_and_all_between_is_plausible() {
    let read_at =
        |wall| plausible_wall(DeviceTime { wall, uptime: Uptime(0), boot: BootId([0; 16]) });
    let before = UnixMillis(EARLIEST.0 - 1);
    assert_eq!(read_at(before), Err(Implausible::BeforeEarliest { wall: before }));
    assert_eq!(read_at(LATEST), Err(Implausible::AfterLatest { wall: LATEST }));
    for wall in [EARLIEST, EARLIEST.saturating_add(Millis(1)), UnixMillis(LATEST.0 - 1)] {
        assert_eq!(read_at(wall), Ok(wall));
    }
}
