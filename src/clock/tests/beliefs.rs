use super::*;

#[test]
fn alone_the_wall_clock_is_followed_and_never_sure() {
    let clock = Clock::new();
    for wall_ahead in [0, 3_600_000, -3_600_000] {
        let now = device(100_000, wall_ahead);
        let estimate = clock.read(now).unwrap();
        assert_eq!(estimate.point, now.wall);
        assert_eq!(estimate.at(Steps::default()).instant, now.wall);
        assert_eq!(estimate.half_width().0.abs_diff(WALL_BOUND.0), 1);
        assert_eq!(certainty(&clock, now), Certainty::Unsynced);
    }
}

#[test]
fn a_host_within_the_bound_anchors_the_time_and_a_wall_step_changes_nothing_then() {
    let mut clock = Clock::new();
    let behind = 300_000;
    assert_eq!(
        clock.take(&sample(host(0), 100_000, 0), device(100_000, -behind)),
        Ok(Taken::Moved)
    );
    let before = clock.read(device(200_000, -behind)).unwrap();
    let after = clock.read(device(200_000, 7_200_000)).unwrap();
    assert_eq!(
        (before.earliest, before.point, before.latest),
        (after.earliest, after.point, after.latest)
    );
    let truth = STARTED + 200_000;
    assert!(before.earliest.0 <= truth && truth < before.latest.0);
    assert!(before.half_width() < Millis(1100));
    assert_eq!(certainty(&clock, device(200_000, 0)), Certainty::Unsynced);
}

#[test]
fn a_host_beyond_the_bound_moves_nothing_and_the_contradiction_is_shown() {
    let mut clock = Clock::new();
    let now = device(100_000, 0);
    let further = 601_500 + 2000;
    assert_eq!(clock.take(&sample(host(0), 100_000, further), now), Ok(Taken::Disputed));
    assert_eq!(clock.read(now).unwrap().point, now.wall);
    assert_eq!(certainty(&clock, now), Certainty::Contradicted);
    // Another host's agreement is not this one's.
    assert_eq!(clock.take(&sample(host(1), 100_000, 0), now), Ok(Taken::Moved));
    assert_eq!(certainty(&clock, now), Certainty::Contradicted);
    assert_eq!(clock.take(&sample(host(0), 100_000, 0), now), Ok(Taken::Moved));
    assert_eq!(certainty(&clock, now), Certainty::Unsynced);
}

#[test]
fn the_verifiers_first_word_replaces_what_hosts_and_the_wall_clock_said() {
    let mut clock = Clock::new();
    let now = device(100_000, 3_600_000);
    clock.take(&sample(host(0), 100_000, 3_600_000), now).unwrap();
    clock.take(&sample(host(1), 100_000, 0), now).unwrap();
    assert_eq!(certainty(&clock, now), Certainty::Contradicted);
    assert_eq!(clock.take(&sample(Source::Verifier, 100_000, 0), now), Ok(Taken::Moved));
    assert_eq!(certainty(&clock, now), Certainty::Sure);
    let estimate = clock.read(now).unwrap();
    assert!(estimate.half_width() < Millis(30));
    assert!(estimate.wall_ahead().unwrap().abs_diff(3_600_000) < 30);
}

#[test]
fn after_the_verifier_a_host_moves_nothing_and_a_contradiction_ends_by_who_may_end_it() {
    let mut clock = Clock::new();
    let now = device(100_000, 0);
    clock.take(&sample(Source::Verifier, 100_000, 0), now).unwrap();
    let settled = clock.read(now).unwrap();
    assert_eq!(clock.take(&sample(host(0), 100_000, 0), now), Ok(Taken::Agreed));
    assert_eq!(clock.read(now).unwrap(), settled);

    let lie = sample(host(0), 100_000, 60_000);
    assert_eq!(clock.take(&lie, now), Ok(Taken::Disputed));
    let disputed = clock.read(now).unwrap();
    assert_eq!((disputed.earliest, disputed.latest), (settled.earliest, settled.latest));
    assert_eq!(certainty(&clock, now), Certainty::Contradicted);

    let mut by_host = clock.clone();
    by_host.take(&sample(host(1), 100_000, 0), now).unwrap();
    assert_eq!(certainty(&by_host, now), Certainty::Contradicted);
    by_host.take(&sample(host(0), 100_000, 0), now).unwrap();
    assert_eq!(certainty(&by_host, now), Certainty::Sure);

    clock.take(&sample(Source::Verifier, 100_000, 0), now).unwrap();
    assert_eq!(certainty(&clock, now), Certainty::Sure);
}

/// A clock whose verifier has contradicted itself by `apart`.
fn split(apart: i64) -> Clock {
    let mut clock = Clock::new();
    clock.take(&sample(Source::Verifier, 100_000, 0), device(100_000, 0)).unwrap();
    let taken = clock.take(&sample(Source::Verifier, 100_000, apart), device(100_000, 0));
    assert_eq!(taken, Ok(Taken::Disputed));
    clock
}

#[test]
fn a_verifier_that_contradicts_itself_leaves_both_possible_and_moves_no_code() {
    let now = device(100_000, 0);
    let estimate = split(60_000).read(now).unwrap();
    assert!(estimate.earliest.0 < STARTED + 100_000);
    assert!(estimate.latest.0 > STARTED + 160_000);
    assert!(estimate.at(Steps::default()).instant.0.abs_diff(STARTED + 100_000) < 30);
    assert_eq!(estimate.at(Steps::default()).certainty, Certainty::Contradicted);
    assert_eq!(estimate.wall_ahead(), None);
}

#[test]
fn the_verifiers_next_word_ends_its_contradiction_either_way() {
    let now = device(100_000, 0);
    for (said, point) in [(60_000, 60_000), (0, 0)] {
        let mut clock = split(60_000);
        assert_eq!(clock.take(&sample(Source::Verifier, 100_000, said), now), Ok(Taken::Moved));
        assert_eq!(certainty(&clock, now), Certainty::Sure);
        let estimate = clock.read(now).unwrap();
        assert!(estimate.point.0.abs_diff(STARTED + 100_000 + point) < 30);
        assert!(estimate.half_width() < Millis(30));
    }
    // One that agrees with neither moves no code, and the next may agree with it.
    let mut clock = split(60_000);
    assert_eq!(clock.take(&sample(Source::Verifier, 100_000, -60_000), now), Ok(Taken::Disputed));
    let estimate = clock.read(now).unwrap();
    assert!(estimate.earliest.0 < STARTED + 40_000 && estimate.latest.0 > STARTED + 100_000);
    assert!(estimate.point.0.abs_diff(STARTED + 100_000) < 30);
    assert_eq!(certainty(&clock, now), Certainty::Contradicted);
    assert_eq!(clock.take(&sample(Source::Verifier, 100_000, -60_000), now), Ok(Taken::Moved));
    assert!(clock.read(now).unwrap().point.0.abs_diff(STARTED + 40_000) < 30);
}

#[test]
fn a_word_that_agrees_with_both_sides_of_a_contradiction_keeps_both_in_the_interval() {
    let now = device(100_000, 0);
    let mut clock = split(100);
    let mut slow = sample(Source::Verifier, 100_000, 0);
    slow.exchange.sent = Uptime(99_000);
    slow.stamps = Stamps::one(UnixMillis(STARTED + 99_500), Millis(1));
    assert_eq!(clock.take(&slow, now), Ok(Taken::Moved));
    let estimate = clock.read(now).unwrap();
    assert!(estimate.earliest.0 < STARTED + 100_000);
    assert!(estimate.latest.0 > STARTED + 100_100);
    assert!(estimate.half_width() < Millis(110));
    assert_eq!(certainty(&clock, now), Certainty::Sure);
}

/// The device's clocks in the next boot, when the verifier's UTC is `since_start` after the first.
fn rebooted(since_start: i64, wall_ahead: i64) -> DeviceTime {
    let wall = UnixMillis(STARTED + since_start + wall_ahead);
    DeviceTime { wall, uptime: Uptime(5000), boot: BootId([2; 16]) }
}

#[test]
fn after_a_reboot_only_the_last_lower_bound_stays() {
    let mut clock = Clock::new();
    clock.take(&sample(Source::Verifier, 3_600_000, 0), device(3_600_000, 0)).unwrap();
    let now = rebooted(3_700_000, 0);
    assert_eq!(certainty(&clock, now), Certainty::Unsynced);
    let estimate = clock.read(now).unwrap();
    assert_eq!(estimate.point, now.wall);
    let floor = STARTED + 3_600_000;
    // 25 ms of half a round trip, and the second that a leap may repeat.
    assert!((floor - 1030..floor).contains(&estimate.earliest.0));

    // The wall clock went back by five minutes: the code does not go back behind the floor.
    let estimate = clock.read(rebooted(3_700_000, -300_000)).unwrap();
    assert_eq!(estimate.point, estimate.earliest);
    assert_eq!(estimate.at(Steps::default()).certainty, Certainty::Unsynced);

    // By an hour: that contradicts.
    let estimate = clock.read(rebooted(3_700_000, -3_600_000)).unwrap();
    assert_eq!((estimate.point, estimate.contradicted), (estimate.earliest, true));
    assert_eq!(estimate.at(Steps::default()).certainty, Certainty::Contradicted);

    // To a time that cannot be: nothing is shown.
    let gone = DeviceTime { wall: UnixMillis(0), ..rebooted(0, 0) };
    assert_eq!(clock.read(gone), Err(Implausible::BeforeEarliest { wall: UnixMillis(0) }));
}

#[test]
fn an_uptime_that_went_back_is_another_boot() {
    let mut clock = Clock::new();
    clock.take(&sample(Source::Verifier, 100_000, 0), device(100_000, 0)).unwrap();
    assert_eq!(certainty(&clock, device(39_999, 0)), Certainty::Unsynced);
}

#[test]
fn calls_out_of_order_forget_nothing() {
    let mut clock = Clock::new();
    clock.take(&sample(Source::Verifier, 100_000, 0), device(100_000, 0)).unwrap();
    let earlier = device(99_990, 3_600_000);
    assert_eq!(certainty(&clock, earlier), Certainty::Sure);
    clock.settle(earlier);
    clock.failed(Asked::Verifier, earlier);
    assert_eq!(certainty(&clock, device(100_001, 3_600_000)), Certainty::Sure);
}

#[test]
fn an_answer_after_the_floor_takes_the_place_of_one_before_it() {
    let mut clock = Clock::new();
    clock.take(&sample(Source::Verifier, 3_600_000, 7_200_000), device(3_600_000, 0)).unwrap();
    let answer = |now: DeviceTime, ahead: i64| Sample {
        source: Source::Verifier,
        exchange: Exchange { sent: now.uptime, received: now.uptime, boot: now.boot },
        stamps: Stamps::one(UnixMillis(now.wall.0 + ahead), Millis(1)),
    };
    let now = rebooted(3_700_000, 0);
    assert_eq!(clock.take(&answer(now, 0), now), Ok(Taken::Disputed));
    let now = rebooted(3_800_000, 0);
    assert_eq!(clock.take(&answer(now, 14_400_000), now), Ok(Taken::Moved));
    assert_eq!(certainty(&clock, now), Certainty::Sure);
}

#[test]
fn settling_raises_what_the_next_boot_knows() {
    let mut clock = Clock::new();
    clock.take(&sample(Source::Verifier, 100_000, 0), device(100_000, 0)).unwrap();
    clock.settle(device(86_500_000, 0));
    let estimate = clock.read(rebooted(86_400_000, -86_400_000)).unwrap();
    // A day of age is 8.64 s.
    let floor = STARTED + 86_500_000 - 8640;
    assert!((floor - 1030..floor).contains(&estimate.earliest.0));
}

#[test]
fn a_verifier_behind_what_it_proved_before_the_reboot_is_asked_twice() {
    let mut clock = Clock::new();
    clock.take(&sample(Source::Verifier, 3_600_000, 7_200_000), device(3_600_000, 0)).unwrap();
    let now = rebooted(3_700_000, 0);
    let answer = Sample {
        source: Source::Verifier,
        exchange: Exchange { sent: now.uptime, received: now.uptime, boot: now.boot },
        stamps: Stamps::one(now.wall, Millis(1)),
    };
    assert_eq!(clock.take(&answer, now), Ok(Taken::Disputed));
    assert_eq!(certainty(&clock, now), Certainty::Contradicted);
    assert_eq!(clock.take(&answer, now), Ok(Taken::Moved));
    assert_eq!(certainty(&clock, now), Certainty::Sure);
    // And the floor is what holds now: a later boot with the right wall clock is undisturbed.
    let next = DeviceTime { boot: BootId([3; 16]), ..rebooted(3_800_000, 0) };
    assert_eq!(certainty(&clock, next), Certainty::Unsynced);
}

#[test]
fn a_wall_clock_that_cannot_be_right_is_refused_until_the_verifier_has_spoken() {
    let mut clock = Clock::new();
    let now = DeviceTime { wall: UnixMillis(0), ..device(100_000, 0) };
    clock.take(&sample(host(0), 100_000, 0), now).unwrap();
    assert_eq!(clock.read(now), Err(Implausible::BeforeEarliest { wall: UnixMillis(0) }));
    clock.take(&sample(Source::Verifier, 100_000, 0), now).unwrap();
    assert_eq!(certainty(&clock, now), Certainty::Sure);
}

#[test]
fn two_seconds_beyond_doubt_are_worth_a_word_and_less_is_not() {
    let mut clock = Clock::new();
    clock.take(&sample(Source::Verifier, 100_000, 0), device(100_000, 0)).unwrap();
    let ahead = |wall_ahead| clock.read(device(100_000, wall_ahead)).unwrap().wall_ahead();
    assert_eq!((ahead(0), ahead(2000), ahead(-2000)), (None, None, None));
    assert!(ahead(130_000).unwrap().abs_diff(130_000) < 30);
    assert!(ahead(-130_000).unwrap().abs_diff(-130_000) < 30);
    // A host's word is none, and the verifier's is none while anything contradicts.
    let mut by_host = Clock::new();
    by_host.take(&sample(host(0), 100_000, 0), device(100_000, 0)).unwrap();
    clock.take(&sample(host(1), 100_000, 60_000), device(100_000, 0)).unwrap();
    for clock in [by_host, split(60_000), clock] {
        assert_eq!(clock.read(device(100_000, 3_600_000)).unwrap().wall_ahead(), None);
    }
}
