use proptest::{prelude::*, test_runner::FileFailurePersistence};

use super::*;

fn instant() -> impl Strategy<Value = UnixMillis> {
    prop_oneof![
        any::<i64>(),
        EARLIEST.0..LATEST.0,
        (0..100_000_i64).prop_map(|after| STARTED + after),
        Just(i64::MAX),
        Just(i64::MIN),
    ]
    .prop_map(UnixMillis)
}

fn uptime() -> impl Strategy<Value = Uptime> {
    prop_oneof![any::<u64>(), 0..100_000_u64, Just(u64::MAX)].prop_map(Uptime)
}

fn boot() -> impl Strategy<Value = BootId> {
    (0..2_u8).prop_map(|boot| BootId([boot; 16]))
}

fn devices() -> impl Strategy<Value = DeviceTime> {
    (instant(), uptime(), boot()).prop_map(|(wall, uptime, boot)| DeviceTime { wall, uptime, boot })
}

fn samples() -> impl Strategy<Value = Sample> {
    let source = prop_oneof![Just(Source::Verifier), (0..64_u8).prop_map(host)];
    let resolution = prop_oneof![0..3000_u64, any::<u64>()].prop_map(Millis);
    let sent = prop_oneof![Just(None), instant().prop_map(Some)];
    (source, uptime(), 0..31_000_u64, boot(), instant(), sent, resolution).prop_map(
        |(source, sent, round_trip, boot, received, answered, resolution)| Sample {
            source,
            exchange: Exchange { sent, received: sent.saturating_add(Millis(round_trip)), boot },
            stamps: Stamps { received, sent: answered.unwrap_or(received), resolution },
        },
    )
}

/// Reads all that there is to be read.
fn look(clock: &Clock, now: DeviceTime) -> Option<Estimate> {
    clock.plan(now);
    let estimate = clock.read(now).ok()?;
    assert!(estimate.earliest <= estimate.point && estimate.point <= estimate.latest);
    estimate.wall_ahead();
    for period in [1, 6, 7, 10, 30, 86_400] {
        for t0 in [0, i64::MAX, i64::MIN] {
            estimate.at(Steps { t0, ..steps(period) });
        }
    }
    Some(estimate)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4000,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_sequence_of_samples_panics_or_makes_a_contradiction_sure(
        calls in proptest::collection::vec((samples(), devices(), any::<bool>()), 1..30),
    ) {
        let mut clock = Clock::new();
        for (mut sample, now, is_timely) in calls {
            if is_timely {
                sample.exchange.boot = now.boot;
                sample.exchange.received = now.uptime;
                sample.exchange.sent = Uptime(now.uptime.0.saturating_sub(100));
            }
            let before = clock.clone();
            match clock.take(&sample, now) {
                Ok(Taken::Disputed) => {
                    let estimate = look(&clock, now);
                    prop_assert!(estimate.is_none_or(|estimate| estimate.contradicted));
                    let shown = estimate.map(|estimate| estimate.at(Steps::default()).certainty);
                    prop_assert_ne!(shown, Some(Certainty::Sure));
                }
                Ok(_) => { look(&clock, now); }
                Err(_) => prop_assert_eq!(&clock, &before),
            }
            clock.failed(if is_timely { Asked::Verifier } else { Asked::Host }, now);
            clock.settle(now);
            prop_assert_eq!(Clock::decode(&clock.encode()), Ok(clock.clone()));
        }
    }

    #[test]
    fn no_record_panics(
        bytes in proptest::collection::vec(any::<u8>(), ENCODED_LENGTH),
        kind in 0..5_u8,
        has_floor in 0..2_u8,
        now in devices(),
        sample in samples(),
    ) {
        let mut bytes = bytes;
        (bytes[0], bytes[1], bytes[10]) = (1, has_floor, kind);
        // So that more than a few are whole: the failures, then what the kind does not have.
        (bytes[75], bytes[84]) = (1, 11);
        if has_floor == 0 {
            bytes[2..10].fill(0);
        }
        let unused = match kind { 0 => 11..93, 1 => 35..67, 2 | 3 => 51..67, _ => 67..67 };
        bytes[unused].fill(0);
        if kind > 0 {
            bytes[11..27].fill(now.boot.0[0]);
            bytes[27] = 0;
        }
        if let Ok(mut clock) = Clock::decode(&bytes) {
            look(&clock, now);
            let _ = clock.take(&sample, now);
            look(&clock, now);
        }
    }
}
