use super::*;

#[test]
fn the_verifier_is_asked_at_once_until_it_has_spoken_and_then_before_the_code_must_lean() {
    let mut clock = Clock::new();
    let now = device(100_000, 0);
    assert_eq!(clock.plan(now).verifier, now.uptime);
    clock.take(&sample(Source::Verifier, 100_000, 0), now).unwrap();
    let due = clock.plan(now).verifier;
    let half_width_at = |uptime| clock.read(device(uptime, 0)).unwrap().half_width();
    assert!(half_width_at(due.0 - 60_000) < Millis(10_000));
    assert!(half_width_at(due.0).0.abs_diff(10_000) <= 2);
    // Reading changes nothing, so the plan is the same later.
    assert_eq!(clock.plan(device(50_000_000, 0)).verifier, due);
    // A contradiction is worth a probe at once.
    clock.take(&sample(host(0), 100_000, 60_000), now).unwrap();
    assert_eq!(clock.plan(now).verifier, now.uptime);
}

#[test]
fn a_leap_second_to_come_brings_the_probe_forward() {
    let start = 1_782_777_600_000; // 2026-06-30T00:00:00Z
    let at = |wall: i64| {
        let now = DeviceTime { wall: UnixMillis(wall), uptime: Uptime(1000), boot: BOOT };
        let exchange = Exchange { sent: Uptime(1000), received: Uptime(1000), boot: BOOT };
        let stamps = Stamps::one(now.wall, Millis(1));
        let mut clock = Clock::new();
        clock.take(&Sample { source: Source::Verifier, exchange, stamps }, now).unwrap();
        let due = clock.plan(now).verifier;
        let half = clock.read(DeviceTime { uptime: due, ..now }).unwrap().half_width();
        (due, half)
    };
    let (quiet, leaping) = (at(STARTED), at(start));
    assert!(leaping.0 < quiet.0);
    assert!(leaping.1 <= Millis(10_002), "{leaping:?}");
}

#[test]
fn failures_are_waited_out_twice_as_long_each_time_up_to_six_hours() {
    let mut clock = Clock::new();
    let now = device(100_000, 0);
    let mut waits = Vec::new();
    for _ in 0..14 {
        clock.failed(Asked::Verifier, now);
        waits.push(clock.plan(now).verifier.since(now.uptime).0 / 1000);
    }
    let expected =
        [30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 15_360, 21_600, 21_600, 21_600, 21_600];
    assert_eq!(waits, expected);
    // A host's failures are its own, and a success or a new boot forgets them.
    assert!(clock.plan(now).date.unwrap().since(now.uptime) < Millis(1000));
    let other = DeviceTime { boot: BootId([2; 16]), ..now };
    assert_eq!(clock.plan(other).verifier, other.uptime);
    clock.take(&sample(Source::Verifier, 100_000, 0), now).unwrap();
    let long_after = device(500_000_000, 0);
    clock.failed(Asked::Verifier, long_after);
    assert_eq!(clock.plan(long_after).verifier.since(long_after.uptime), Millis(30_000));
}

#[test]
fn a_date_is_asked_for_where_its_second_changes_in_the_middle_and_only_while_it_tells() {
    let mut clock = Clock::new();
    let now = device(100_123, 0);
    let due = clock.plan(now).date.unwrap();
    let middle = clock.read(device(due.0, 0)).unwrap().point;
    assert_eq!(middle.0.rem_euclid(1000), 0);
    assert!(due.since(now.uptime) < Millis(1000));
    clock.take(&sample(host(0), 100_123, 0), now).unwrap();
    assert_eq!(clock.plan(now).date, None);
    clock.take(&sample(Source::Verifier, 100_123, 0), now).unwrap();
    assert_eq!(clock.plan(now).date, None);
}

#[test]
fn a_host_that_contradicts_is_left_alone_for_longer_each_time() {
    let mut clock = Clock::new();
    let now = device(100_000, 0);
    for least in [30_000, 60_000, 120_000] {
        clock.take(&sample(host(0), 100_000, 3_600_000), now).unwrap();
        let wait = clock.plan(now).date.unwrap().since(now.uptime);
        assert!((least..least + 1000).contains(&wait.0), "{wait:?}");
    }
}

#[test]
fn a_link_too_slow_to_sharpen_is_not_asked_without_end() {
    let mut clock = Clock::new();
    let now = device(100_000, 0);
    let exchange = Exchange { sent: Uptime(70_000), received: Uptime(100_000), boot: BOOT };
    let stamps = Stamps::one(UnixMillis(STARTED + 85_000), Millis(1));
    let slow = Sample { source: Source::Verifier, exchange, stamps };
    clock.take(&slow, now).unwrap();
    assert!(clock.read(now).unwrap().half_width() > Millis(15_000));
    assert_eq!(clock.plan(now).verifier.since(now.uptime), Millis(30_000));
}
