use super::*;

/// The verifier's UTC as a sample alone proves it, and how wide that is, in milliseconds.
fn proven(sample: &Sample, now: DeviceTime) -> Result<(i64, i64), SampleError> {
    let mut clock = Clock::new();
    clock.take(sample, now)?;
    let estimate = clock.read(now).unwrap();
    Ok((estimate.earliest.0, estimate.latest.0))
}

#[test]
fn the_ends_are_the_servers_stamps_moved_outward_by_the_round_trip() {
    let now = device(10_050, 0);
    let sample = Sample {
        source: Source::Verifier,
        exchange: Exchange { sent: Uptime(10_000), received: Uptime(10_050), boot: BOOT },
        stamps: Stamps {
            received: UnixMillis(STARTED + 20_000),
            sent: UnixMillis(STARTED + 20_030),
            resolution: Millis(1),
        },
    };
    // θ ≥ 20,030 − 10,050 − 1 and θ ≤ 20,000 + 1 − 10,000, and 51 ms of age round each to the next
    // millisecond; the reading itself is up to 1 ms late.
    let (low, high) = (9_979 - 1, 10_001 + 1);
    let expected = (STARTED + 10_050 + low, STARTED + 10_050 + high + 1);
    assert_eq!(proven(&sample, now), Ok(expected));
    // An hour later 100 ppm are 360 ms.
    let mut clock = Clock::new();
    clock.take(&sample, now).unwrap();
    let later = clock.read(device(10_050 + 3_600_000, 0)).unwrap();
    assert_eq!(later.earliest.0 - expected.0, 3_600_000 - 360);
    assert_eq!(later.latest.0 - expected.1, 3_600_000 + 360);
}

#[test]
fn a_passage_near_a_leap_second_widens_both_ends_by_a_second_once() {
    let half_width_after = |start: i64, passed: u64| {
        let now = DeviceTime { wall: UnixMillis(start), uptime: Uptime(1000), boot: BOOT };
        let exchange = Exchange { sent: Uptime(1000), received: Uptime(1000), boot: BOOT };
        let stamps = Stamps::one(UnixMillis(start), Millis(1));
        let sample = Sample { source: Source::Verifier, exchange, stamps };
        let mut clock = Clock::new();
        clock.take(&sample, now).unwrap();
        clock.read(DeviceTime { uptime: Uptime(1000 + passed), ..now }).unwrap().half_width().0
    };
    const DAY: u64 = 86_400_000;
    let june = 1_782_604_800_000; // 2026-06-28T00:00:00Z
    let far = half_width_after(STARTED, 4 * DAY);
    assert_eq!(half_width_after(june, 4 * DAY), far + 1000);
    assert_eq!(half_width_after(june, DAY), half_width_after(STARTED, DAY));
}

#[test]
fn what_a_sample_cannot_mean_is_refused_and_changes_nothing() {
    let now = device(100_000, 0);
    let good = sample(Source::Verifier, 100_000, 0);
    let with =
        |sent, received| Exchange { sent: Uptime(sent), received: Uptime(received), boot: BOOT };
    let span = |received: i64, sent: i64| Stamps {
        received: UnixMillis(STARTED + received),
        sent: UnixMillis(STARTED + sent),
        resolution: Millis(1),
    };
    let other = BootId([2; 16]);
    let early = UnixMillis(EARLIEST.0 - 1);
    let cases = [
        (
            Sample { exchange: Exchange { boot: other, ..good.exchange }, ..good },
            SampleError::OtherBoot,
        ),
        (Sample { exchange: with(100, 99), ..good }, SampleError::OutOfOrder),
        (Sample { exchange: with(100_000, 100_001), ..good }, SampleError::OutOfOrder),
        (
            Sample { exchange: with(0, 30_001), ..good },
            SampleError::TooSlow { round_trip: Millis(30_001) },
        ),
        (
            Sample { stamps: Stamps::one(good.stamps.sent, Millis(2001)), ..good },
            SampleError::TooCoarse { resolution: Millis(2001) },
        ),
        (
            Sample { stamps: Stamps::one(early, Millis(1)), ..good },
            SampleError::Implausible { stamp: early },
        ),
        (
            Sample { stamps: Stamps { sent: LATEST, ..good.stamps }, ..good },
            SampleError::Implausible { stamp: LATEST },
        ),
        (Sample { stamps: span(100_000, 99_999), ..good }, SampleError::Impossible),
        // 50 ms of round trip cannot hold 60 ms at the server.
        (Sample { stamps: span(100_000, 100_060), ..good }, SampleError::Impossible),
    ];
    let mut clock = Clock::new();
    clock.take(&sample(Source::Verifier, 90_000, 0), device(90_000, 0)).unwrap();
    let before = clock.clone();
    for (bad, why) in cases {
        assert_eq!(clock.take(&bad, now), Err(why));
        assert_eq!(clock, before);
    }
    assert_eq!(clock.take(&good, now), Ok(Taken::Moved));
}

#[test]
fn a_hosts_stamp_is_never_taken_as_finer_than_two_seconds() {
    let now = device(100_000, 0);
    let mut sample = sample(host(0), 100_000, 0);
    let coarse = proven(&sample, now);
    sample.stamps.resolution = Millis(1);
    assert_eq!(proven(&sample, now), coarse);
}

#[test]
fn a_host_is_one_of_sixty_four() {
    assert!(Host::new(63).is_some());
    assert_eq!(Host::new(64), None);
}
