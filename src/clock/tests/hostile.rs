use proptest::{prelude::*, test_runner::FileFailurePersistence};

use super::{
    world::{Act, Leap, World},
    *,
};

#[derive(Debug, Clone, Copy)]
enum Push {
    /// A host says any time at all.
    Lie {
        place: u8,
        round_trip: u64,
        stamp: i64,
    },
    /// Someone sets the wall clock.
    Wall {
        wall: i64,
    },
    Pass {
        ms: u64,
        ppb: i128,
    },
}

fn pushes() -> impl Strategy<Value = Vec<Push>> {
    let any_stamp = || {
        prop_oneof![
            EARLIEST.0..LATEST.0,
            (-120_000..120_000_i64).prop_map(|ahead| STARTED + ahead),
            (0..40_000_000_000_i64).prop_map(|ahead| STARTED + ahead),
        ]
    };
    let push = prop_oneof![
        3 => (0..64_u8, 0..1000_u64, any_stamp())
            .prop_map(|(place, round_trip, stamp)| Push::Lie { place, round_trip, stamp }),
        1 => prop_oneof![any_stamp(), any::<i64>()].prop_map(|wall| Push::Wall { wall }),
        2 => (0..2_600_000_000_u64, -99_980..=99_980_i128).prop_map(|(ms, ppb)| Push::Pass { ms, ppb }),
    ];
    proptest::collection::vec(push, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn hosts_and_the_wall_clock_push_no_code_after_the_verifier_spoke(
        there in 0..15_000_u64,
        back in 0..14_900_u64,
        pushes in pushes(),
    ) {
        let mut world = World::new(STARTED, Leap::No);
        world.act(Act::Pass { us: 60_000_000, ppb: 0 });
        world.act(Act::Verifier { there, work: 10, back, late: 0, in_seconds: false });
        let alone = world.clock.clone();
        let since = world.device().uptime;
        let first = world.clock.read(world.device()).unwrap();
        let mut wall = None;
        for push in pushes {
            let real = world.device();
            let now = DeviceTime { wall: wall.unwrap_or(real.wall), ..real };
            match push {
                Push::Pass { ms, ppb } => { world.act(Act::Pass { us: 1000 * ms, ppb }); },
                Push::Wall { wall: to } => wall = Some(UnixMillis(to)),
                Push::Lie { place, round_trip, stamp } => {
                    let sent = Uptime(now.uptime.0 - round_trip);
                    let exchange = Exchange { sent, received: now.uptime, boot: now.boot };
                    let stamps = Stamps::http_date(UnixMillis(stamp));
                    let lie = Sample { source: host(place), exchange, stamps };
                    let taken = world.clock.take(&lie, now).unwrap();
                    prop_assert_ne!(taken, Taken::Moved);
                }
            }
            let now = DeviceTime { wall: wall.unwrap_or(real.wall), ..world.device() };
            let pushed = world.clock.read(now).unwrap();
            let untouched = alone.read(world.device()).unwrap();
            prop_assert_eq!((pushed.earliest, pushed.latest), (untouched.earliest, untouched.latest));
            prop_assert_eq!(pushed.point, untouched.point);
            let age = now.uptime.since(since).0;
            let leaps = leap::possible(first.earliest, pushed.latest);
            let bound = first.half_width().0 + age.div_ceil(10_000) + 1000 * leaps + 1;
            prop_assert!(pushed.half_width().0 <= bound, "{} > {bound}", pushed.half_width().0);
            let utc = i64::try_from(world.utc() / 1_000_000).unwrap();
            for period in [15, 30, 60] {
                let ahead = pushed.at(steps(period)).instant.0 - utc;
                let furthest = pushed.half_width().0 + LONGEST_LEAN.0 + 1;
                prop_assert!(ahead <= i64::try_from(furthest).unwrap());
            }
        }
    }
}
