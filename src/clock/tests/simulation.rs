use proptest::{prelude::*, test_runner::FileFailurePersistence};

use super::{
    world::{Act, Leap, MIDNIGHT, World},
    *,
};

/// Fastest and slowest that an oscillator may be: 100 ppm, less what a rate and its inverse differ.
const PPB: i128 = 99_980;

const TEN_MINUTES: i64 = 600_000;

fn pass() -> impl Strategy<Value = Act> {
    let us = prop_oneof![
        0..100_000_u64,
        0..60_000_000_u64,
        0..7_200_000_000_u64,
        0..200_000_000_000_u64,
    ];
    (us, prop_oneof![Just(-PPB), Just(PPB), -PPB..=PPB]).prop_map(|(us, ppb)| Act::Pass { us, ppb })
}

/// Most samples are taken as they are heard; some lie in a queue for a day.
fn late() -> impl Strategy<Value = u64> {
    prop_oneof![4 => Just(0_u64), 1 => 0..90_000_000_u64]
}

fn verifier() -> impl Strategy<Value = Act> {
    let way = || prop_oneof![0..100_u64, 0..10_000_u64];
    (way(), 0..500_u64, way(), late(), any::<bool>()).prop_map(
        |(there, work, back, late, in_seconds)| Act::Verifier {
            there,
            work,
            back,
            late,
            in_seconds,
        },
    )
}

fn date() -> impl Strategy<Value = Act> {
    (0..3_u8, 0..5000_u64, 0..5000_u64, late(), any::<bool>())
        .prop_map(|(place, there, back, late, kept)| Act::Date { place, there, back, late, kept })
}

fn wall() -> impl Strategy<Value = Act> {
    let ahead = prop_oneof![
        -TEN_MINUTES..=TEN_MINUTES,
        Just(32_400_000_i64),
        Just(-3_600_000_i64),
        Just(-MIDNIGHT),
        Just(2_145_916_800_000 - MIDNIGHT),
    ];
    ahead.prop_map(|ahead| Act::Wall { ahead })
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        5 => pass(),
        3 => verifier(),
        2 => date(),
        1 => wall(),
        1 => (0..600_000_u64).prop_map(|off| Act::Reboot { off }),
        1 => any::<usize>().prop_map(|which| Act::PutBack { which }),
    ];
    proptest::collection::vec(act, 1..40)
}

/// Far from a leap second, or up to three days before it, or after its midnight.
fn worlds() -> impl Strategy<Value = World> {
    let near =
        (-260_000_000..90_000_000_i64, prop_oneof![Just(Leap::Stepped), Just(Leap::Smeared)])
            .prop_map(|(from, leap)| World::new(MIDNIGHT + from, leap));
    prop_oneof![Just(World::new(STARTED, Leap::No)), near]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_truth_stays_inside_and_a_sure_code_is_accepted(mut world in worlds(), acts in acts()) {
        let mut wall_is_near = true;
        for act in acts {
            if let Act::Wall { ahead } = act {
                wall_is_near &= ahead.abs() <= TEN_MINUTES;
            }
            let taken = world.act(act);
            let is_refused_stamp = matches!(taken, Some(Err(SampleError::Impossible)));
            let is_slow = matches!(taken, Some(Err(SampleError::TooSlow { .. })));
            prop_assert!(is_refused_stamp || is_slow || !matches!(taken, Some(Err(_))), "{taken:?}");
            if let Act::Verifier { .. } = act {
                prop_assert_ne!(taken, Some(Ok(Taken::Disputed)), "an honest verifier agrees");
            }
            let Ok(estimate) = world.clock.read(world.device()) else { continue };
            if estimate.basis == Basis::Verifier || wall_is_near {
                prop_assert!(world.is_within(&estimate), "{act:?}: {estimate:?} {}", world.utc());
            }
            for period in [15, 20, 30, 60, 120] {
                let steps = steps(period);
                let shown = estimate.at(steps);
                let is_sure = shown.certainty == Certainty::Sure;
                prop_assert!(!is_sure || estimate.basis == Basis::Verifier);
                prop_assert!(!is_sure || !estimate.contradicted);
                for typing in [0, 5, 10, 20] {
                    prop_assert!(!is_sure || world.is_accepted(shown, steps, typing), "{act:?}");
                }
            }
        }
    }

    #[test]
    fn a_width_shrinks_by_an_accepted_sample_alone(mut world in worlds(), acts in acts()) {
        let mut before: Option<(DeviceTime, Estimate)> = None;
        for act in acts {
            let taken = world.act(act);
            let now = world.device();
            let estimate = world.clock.read(now).ok();
            if let (Some((then, before)), Some(estimate)) = (before, estimate)
                && then.boot == now.boot
                && before.basis == estimate.basis
                && before.basis != Basis::Wall
                && !matches!(act, Act::PutBack { .. })
                && taken != Some(Ok(Taken::Moved))
            {
                prop_assert!(before.half_width() <= estimate.half_width(), "{act:?}");
            }
            before = estimate.map(|estimate| (now, estimate));
        }
    }

    #[test]
    fn an_older_state_put_back_reads_no_narrower_and_no_surer(acts in acts()) {
        let mut world = World::new(STARTED, Leap::No);
        for act in acts {
            if matches!(act, Act::PutBack { .. }) {
                continue;
            }
            world.act(act);
            let now = world.device();
            let newest = world.clock.read(now);
            for older in &world.stored {
                let Ok(older) = Clock::decode(older).unwrap().read(now) else { continue };
                if older.basis != Basis::Verifier {
                    prop_assert_ne!(older.at(Steps::default()).certainty, Certainty::Sure);
                    continue;
                }
                let newest = newest.unwrap();
                prop_assert_eq!(newest.basis, Basis::Verifier);
                prop_assert!(older.earliest <= newest.earliest && newest.latest <= older.latest);
                for period in [15, 30, 60] {
                    let certainty = |estimate: &Estimate| estimate.at(steps(period)).certainty;
                    let is_everywhere_sure = older.half_width().0 + LONGEST_LEAN.0 <= u64::from(period) * 1000;
                    if is_everywhere_sure && certainty(&older) == Certainty::Sure {
                        prop_assert_eq!(certainty(&newest), Certainty::Sure);
                    }
                }
            }
        }
    }
}
