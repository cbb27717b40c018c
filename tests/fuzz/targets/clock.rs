//! Any bytes as the clock's record, and after it any calls.
//!
//! The first 93 bytes are the record. What is read is written again byte for byte; what is not stands for
//! a clock that knows nothing. Each 26 bytes that follow are a call: what, when, and a server's stamp.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warifu::{
    clock::{
        Asked, Basis, Certainty, Clock, ENCODED_LENGTH, Exchange, Host, Sample, Source, Stamps,
    },
    otp::totp::{Period, Steps},
    time::{BootId, DeviceTime, Millis, UnixMillis, Uptime},
};
use warifu_fuzz::memory;

const CALL: usize = 26;

fuzz_target!(|bytes: &[u8]| memory::watch(4 << 10, || run(bytes)));

fn run(bytes: &[u8]) {
    let (record, calls) = bytes.split_at(bytes.len().min(ENCODED_LENGTH));
    let mut clock = match Clock::decode(record) {
        Ok(clock) => {
            assert_eq!(clock.encode(), record);
            clock
        }
        Err(_) => Clock::new(),
    };
    for call in calls.chunks_exact(CALL).take(16) {
        let number = |at: usize| u64::from_be_bytes(call[at..at + 8].try_into().unwrap());
        let (wall, at) = (UnixMillis(number(2) as i64), number(10));
        let now = DeviceTime { wall, uptime: Uptime(at), boot: BootId([call[1] % 3; 16]) };
        let stamp = UnixMillis(number(18) as i64);
        let trip = u64::from(call[1]) * 200;
        let exchange = Exchange {
            sent: Uptime(at.saturating_sub(trip)),
            received: now.uptime,
            boot: now.boot,
        };
        let source = Host::new(call[0] >> 2).map_or(Source::Verifier, Source::Host);
        let source = if call[0] & 128 == 0 { source } else { Source::Verifier };
        let sample = Sample { source, exchange, stamps: Stamps::one(stamp, Millis(1)) };
        let before = clock.clone();
        match call[0] % 4 {
            0 => clock.settle(now),
            1 => clock.failed(Asked::Verifier, now),
            _ => {
                if clock.take(&sample, now).is_err() {
                    assert_eq!(clock, before, "a sample that was refused changed something");
                }
            }
        }
        keeps_its_promises(&clock, now);
    }
}

fn keeps_its_promises(clock: &Clock, now: DeviceTime) {
    let written = clock.encode();
    assert_eq!(Clock::decode(&written).as_ref().map(Clock::encode), Ok(written));
    let plan = clock.plan(now);
    assert!(plan.date.is_none_or(|date| date >= now.uptime));
    let Ok(estimate) = clock.read(now) else { return };
    assert!(estimate.earliest <= estimate.latest);
    for period in [1, 30, 86_400] {
        let shown = estimate.at(Steps { t0: 0, period: Period::from_secs(period).unwrap() });
        let sure = matches!(shown.certainty, Certainty::Sure | Certainty::NearBoundary);
        assert!(!sure || estimate.basis == Basis::Verifier && !estimate.contradicted);
        assert!(!sure || estimate.half_width().0 < u64::from(period) * 1500);
        assert_eq!(shown.neighbour.is_some(), shown.certainty == Certainty::NearBoundary);
    }
}
