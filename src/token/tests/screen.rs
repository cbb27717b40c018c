//! What is drawn, and when to draw again.

use proptest::prelude::*;

use super::{
    Error, Face, LockStatus, NOON, Screen, Token, at, create_on, credential, disk::SimDisk, hotp,
    operations::OLD, seed, totp,
};
use crate::{
    clock::{self, Certainty},
    credential::Generator,
    otp::{
        Algorithm, Digits,
        totp::{self, Period, Steps},
    },
    time::{DeviceTime, Millis, UnixMillis, Uptime},
    token::ClockView,
};

fn token_with(generators: &[Generator]) -> Token {
    let token = create_on(SimDisk::empty(), OLD).unwrap();
    for (number, generator) in generators.iter().enumerate() {
        token.entries().add(credential(&number.to_string(), *generator)).unwrap();
    }
    token
}

fn timed(t0: i64, period: u32) -> Generator {
    let steps = Steps { t0, period: Period::from_secs(period).unwrap() };
    Generator::Totp { algorithm: Algorithm::Sha256, digits: Digits::EIGHT, steps }
}

/// The device's clocks some time later.
fn later(now: DeviceTime, span: u64) -> DeviceTime {
    let span = Millis(span);
    let (wall, uptime) = (now.wall.saturating_add(span), now.uptime.saturating_add(span));
    DeviceTime { wall, uptime, ..now }
}

/// What a person sees of the screen; the rest moves with every millisecond.
fn drawn(screen: &Screen) -> Vec<String> {
    let face = |face: &Face| match face {
        Face::Totp { code, next, seconds_left, .. } => {
            format!("{} {} {seconds_left}", code.expose(), next.expose())
        }
        Face::Hotp { counter } => format!("counter {counter}"),
        Face::NotYet { from } => format!("from {from:?}"),
        Face::NeedsSync => "needs the bank's time".to_owned(),
    };
    screen.cards.iter().map(|card| face(&card.face)).collect()
}

#[test]
fn a_card_has_the_code_the_next_and_when_each_is_valid() {
    let token = create_on(SimDisk::empty(), OLD).unwrap();
    token.entries().add(totp("one")).unwrap();
    let code = |secs: i64| {
        let step = Steps::default().at(UnixMillis::from_secs(secs)).unwrap().number;
        totp::code(seed("one").secret(), Algorithm::Sha1, Digits::SIX, step)
    };
    let screen = token.screen(at(NOON + 10_001)).unwrap();
    let expected = Face::Totp {
        code: code(2_000_000_010),
        next: code(2_000_000_040),
        valid_from: UnixMillis(NOON),
        valid_until: UnixMillis(NOON + 30_000),
        remaining: Millis(19_999),
        period: Millis(30_000),
        seconds_left: 20,
        certainty: Certainty::Unsynced,
        neighbour: None,
    };
    assert_eq!(screen.cards[0].face, expected);
    assert_eq!(screen.refresh_at, Some(Uptime(7_000_999)));
    let nothing = ClockView {
        certainty: Certainty::Unsynced,
        uncertainty: None,
        wall_ahead: None,
        notice: None,
        sync_at: None,
    };
    assert_eq!(screen.clock, nothing);
}

#[test]
fn a_late_poll_gives_the_code_of_its_own_moment() {
    let token = token_with(&[timed(0, 30)]);
    let face = |unix_millis| token.screen(at(unix_millis)).unwrap().cards.remove(0).face;
    let Face::Totp { next: awaited, valid_until, .. } = face(NOON + 29_999) else { panic!() };
    // The poll that was due at `valid_until` comes at the next period's last millisecond.
    let Face::Totp { code, valid_from, remaining, .. } = face(valid_until.0 + 29_999) else {
        panic!()
    };
    assert_eq!((code, valid_from, remaining), (awaited, valid_until, Millis(1)));
}

#[test]
fn a_clock_that_was_turned_back_gives_the_codes_of_what_it_says() {
    let token = token_with(&[timed(0, 30)]);
    let first = token.screen(at(NOON)).unwrap();
    token.screen(at(NOON + 3_600_000)).unwrap();
    assert_eq!(token.screen(at(NOON)).unwrap(), first);
}

#[test]
fn a_screen_without_a_clock_of_its_own_never_asks_to_be_drawn_again() {
    let token = create_on(SimDisk::empty(), OLD).unwrap();
    assert_eq!(token.screen(at(NOON)).unwrap().refresh_at, None);
    token.entries().add(hotp("press", 0)).unwrap();
    assert_eq!(token.screen(at(NOON)).unwrap().refresh_at, None);
}

#[test]
fn a_clock_that_cannot_be_right_is_an_error_where_a_code_comes_from_it() {
    let token = token_with(&[
        timed(0, 30),
        Generator::Hotp { algorithm: Algorithm::Sha1, digits: Digits::SIX, counter: 3 },
    ]);
    let before = Error::Clock(clock::Implausible::BeforeEarliest { wall: UnixMillis(0) });
    let after = Error::Clock(clock::Implausible::AfterLatest { wall: clock::LATEST });
    assert_eq!(token.screen(at(0)), Err(before));
    assert_eq!(token.screen(at(clock::LATEST.0)), Err(after));
    let [timed, counted] = &token.entries().list().unwrap()[..] else { panic!() };
    token.entries().remove(timed.id).unwrap();
    let screen = token.screen(at(0)).unwrap();
    assert_eq!(
        (screen.cards[0].id, &screen.cards[0].face),
        (counted.id, &Face::Hotp { counter: 3 })
    );
    // Whoever is to unlock it must see that it is locked.
    token.lock();
    assert_eq!(token.screen(at(0)).unwrap().lock, LockStatus::Locked);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Not a millisecond too early, not one too late.
    #[test]
    fn the_screen_changes_at_refresh_at_and_not_before(
        now in clock::EARLIEST.0..clock::LATEST.0 - 100_000,
        periods in prop::collection::vec((1_u32..=120, 0_i64..60), 1..4),
        begins_in in 1_i64..100,
        waits in any::<bool>(),
    ) {
        let mut generators: Vec<_> =
            periods.iter().map(|&(period, t0)| timed(t0, period)).collect();
        if waits {
            generators.push(timed(now / 1000 + begins_in, 30));
        }
        let token = token_with(&generators);
        let now = at(now);
        let screen = token.screen(now).unwrap();
        let span = screen.refresh_at.unwrap().since(now.uptime).0;
        prop_assert!((1..=1000).contains(&span));
        let just_before = token.screen(later(now, span - 1)).unwrap();
        prop_assert_eq!(drawn(&just_before), drawn(&screen));
        prop_assert_eq!(just_before.refresh_at, screen.refresh_at);
        let then = token.screen(later(now, span)).unwrap();
        prop_assert_ne!(drawn(&then), drawn(&screen));
    }

    /// Every code on every card is the one that a verifier makes of the same moment.
    #[test]
    fn a_code_is_valid_at_the_moment_it_is_drawn_for(
        now in clock::EARLIEST.0..clock::LATEST.0,
        period in 1_u32..=86_400,
        t0 in -1_000_000_i64..1_000_000,
    ) {
        let screen = token_with(&[timed(t0, period)]).screen(at(now)).unwrap();
        let Face::Totp { code, valid_from, valid_until, remaining, .. } = &screen.cards[0].face
        else { panic!("no code") };
        prop_assert!((valid_from.0..valid_until.0).contains(&now));
        prop_assert_eq!(i64::try_from(remaining.0).unwrap(), valid_until.0 - now);
        let step = (now - t0 * 1000).div_euclid(i64::from(period) * 1000);
        let step = u64::try_from(step).unwrap();
        let expected = totp::code(seed("0").secret(), Algorithm::Sha256, Digits::EIGHT, step);
        prop_assert_eq!(code, &expected);
    }
}
