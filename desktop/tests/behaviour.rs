//! What keys, time and finished work do to the state, without a terminal.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on is to stop"
)]

mod fixture;

use warifu::{
    time::{Millis, Uptime},
    token::{self, Face, LockStatus},
    vault,
};
use warifu_desktop::{
    app::{App, Effect, Event, Outcome, Reading, Scene},
    import,
    input::Key,
    locale::Lang,
    view::{Body, FaceView, view},
};

use fixture::{Fixture, HOTP_URI};

const IDLE: Millis = Millis(300_000);
const START: Uptime = Uptime(10_000);

fn open() -> App {
    App::unlocked(Lang::En, IDLE, START)
}

fn press(app: &mut App, key: Key, reading: &Reading) -> Option<Effect> {
    app.update(Event::Key(key), reading, START)
}

#[test]
fn the_code_that_is_copied_is_that_of_the_moment_of_the_key() {
    let fixture = Fixture::new();
    let mut app = open();
    // Drawn at second 29, pressed at second 30: the old code is over.
    let (drawn, pressed) = (fixture.one_at(29_999), fixture.one_at(30_000));
    view(&app, &drawn, START);
    let Some(Effect::Copy { code, clear_after }) = press(&mut app, Key::Char('c'), &pressed) else {
        panic!("nothing is copied");
    };
    let Face::Totp { next, .. } = &drawn.unwrap().cards[0].face else { panic!("no TOTP") };
    assert_eq!((&code, clear_after), (next, Millis(60_000)));
}

#[test]
fn a_view_holds_the_codes_of_its_reading_and_no_others() {
    let fixture = Fixture::new();
    let app = open();
    let code_at = |millis| match view(&app, &fixture.one_at(millis), START).body {
        Body::Tokens(tokens) => match tokens.large.face {
            FaceView::Timed { code, next: (_, next), .. } => (code, next),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let (early, late) = (code_at(0), code_at(30_000));
    assert_eq!(early.1, late.0);
    assert_ne!(early.0, late.0);
}

#[test]
fn a_key_held_down_makes_one_counter_code() {
    let fixture = Fixture::new();
    let reading = fixture.all();
    let mut app = open();
    press(&mut app, Key::End, &reading);
    let effect = press(&mut app, Key::Char(' '), &reading);
    assert!(matches!(effect, Some(Effect::Advance(id)) if id == fixture.counter_id()));
    assert!(press(&mut app, Key::Char(' '), &reading).is_none(), "one is being made");
    let made = Outcome::Advanced(fixture.counter_id(), Ok(fixture.counter_code()));
    app.update(Event::Done(made), &reading, START);
    assert!(press(&mut app, Key::Char(' '), &reading).is_none(), "one was made just now");
    let later = START.saturating_add(Millis(2_000));
    assert!(app.update(Event::Key(Key::Char(' ')), &reading, later).is_some());
}

#[test]
fn capital_and_full_width_letters_are_the_same_keys() {
    let fixture = Fixture::new();
    let reading = fixture.all();
    for c in ['c', 'C', 'ｃ', 'Ｃ'] {
        let effect = press(&mut open(), Key::Char(c), &reading);
        assert!(matches!(effect, Some(Effect::Copy { .. })), "{c}");
    }
    let mut app = open();
    press(&mut app, Key::End, &reading);
    assert!(matches!(press(&mut app, Key::Char('　'), &reading), Some(Effect::Advance(_))));
    let mut app = open();
    press(&mut app, Key::Char('Ｄ'), &reading);
    assert!(matches!(press(&mut app, Key::Char('Ｙ'), &reading), Some(Effect::Remove(_))));
}

#[test]
fn a_counter_code_goes_when_another_credential_is_selected_or_the_token_locked() {
    let fixture = Fixture::new();
    let reading = fixture.all();
    for leave in [Key::Up, Key::Char('l')] {
        let mut app = open();
        let made = Outcome::Advanced(fixture.counter_id(), Ok(fixture.counter_code()));
        app.update(Event::Done(made), &reading, START);
        assert!(app.counter_code.is_some());
        press(&mut app, leave, &reading);
        assert!(app.counter_code.is_none());
    }
}

#[test]
fn it_locks_when_idle_counted_from_the_last_key_and_not_while_it_works() {
    let fixture = Fixture::new();
    let reading = fixture.one();
    let at = |millis| Uptime(START.0 + millis);
    let mut app = open();
    app.update(Event::Key(Key::Char('?')), &reading, at(200_000));
    assert!(app.update(Event::Tick, &reading, at(499_999)).is_none());
    assert_eq!(app.next_change(), Some(at(500_000)));
    assert!(matches!(app.update(Event::Tick, &reading, at(500_000)), Some(Effect::Lock)));
    assert!(matches!(app.scene, Scene::Unlock { .. }));
    assert!(app.update(Event::Tick, &reading, at(900_000)).is_none(), "it locks once");

    let mut app = open();
    assert!(
        app.update(Event::Key(Key::Paste(HOTP_URI.to_owned().into())), &reading, at(0)).is_some()
    );
    assert!(app.update(Event::Tick, &reading, at(900_000)).is_none(), "work is under way");
}

#[test]
fn a_token_locked_elsewhere_asks_for_its_passphrase() {
    let fixture = Fixture::new();
    let mut app = open();
    let locked = Ok(fixture.locked());
    assert!(matches!(app.update(Event::Tick, &locked, START), Some(Effect::Lock)));
    assert!(matches!(app.scene, Scene::Unlock { .. }));
}

#[test]
fn a_keyring_that_opens_shows_the_codes_and_one_that_does_not_leaves_the_passphrase() {
    let fixture = Fixture::new();
    let locked = Ok(fixture.locked());
    let asking = || {
        let mut app = App::new(Lang::En, true, IDLE, START);
        assert!(matches!(app.ask_keyring(START), Effect::UnlockByKeyring));
        assert!(app.working.is_some());
        app
    };
    let mut app = asking();
    assert!(app.update(Event::Tick, &locked, Uptime(START.0 + IDLE.0)).is_none());
    let opened = Outcome::UnlockedByKeyring(Ok(fixture.unlock()));
    assert!(app.update(Event::Done(opened), &locked, START).is_none());
    assert!(matches!(app.scene, Scene::Tokens) && app.working.is_none());

    let mut app = asking();
    let lost = vault::Error::KeyStore(vault::KeyRefusal::Unavailable);
    let refused = Outcome::UnlockedByKeyring(Err(token::Error::from(lost).into()));
    assert!(app.update(Event::Done(refused), &locked, START).is_none());
    let Scene::Unlock { trouble: Some(trouble), .. } = &app.scene else { panic!("{app:?}") };
    assert!(trouble.support.contains("W-136") && app.working.is_none());
}

#[test]
fn whoever_will_not_wait_for_the_keyring_types_the_passphrase() {
    let fixture = Fixture::new();
    let locked = Ok(fixture.locked());
    let mut app = App::new(Lang::En, true, IDLE, START);
    app.ask_keyring(START);
    assert!(press(&mut app, Key::Char('x'), &locked).is_none());
    // The lock undoes what the keyring may still open.
    assert!(matches!(press(&mut app, Key::Escape, &locked), Some(Effect::Lock)));
    assert!(matches!(app.scene, Scene::Unlock { .. }) && app.working.is_none());
    "correct".chars().for_each(|c| assert!(press(&mut app, Key::Char(c), &locked).is_none()));
    assert!(matches!(press(&mut app, Key::Enter, &locked), Some(Effect::Unlock(_))));
    let late = Outcome::UnlockedByKeyring(Ok(fixture.unlock()));
    assert!(app.update(Event::Done(late), &locked, START).is_none());
    assert!(matches!(app.scene, Scene::Unlock { .. }) && app.working.is_some());
}

#[test]
fn nothing_is_removed_without_a_yes_and_nothing_added_without_an_enter() {
    let fixture = Fixture::new();
    let reading = fixture.all();
    for key in [Key::Enter, Key::Escape, Key::Char('n'), Key::Char('d'), Key::Char(' ')] {
        let mut app = open();
        press(&mut app, Key::Char('d'), &reading);
        assert!(press(&mut app, key, &reading).is_none());
    }
    let mut app = open();
    press(&mut app, Key::Char('d'), &reading);
    let effect = press(&mut app, Key::Char('y'), &reading);
    assert!(matches!(effect, Some(Effect::Remove(id)) if id == fixture.first_id()));

    let mut app = open();
    let parsed = Outcome::Parsed(import::from_source(HOTP_URI));
    assert!(app.update(Event::Done(parsed), &reading, START).is_none());
    assert!(matches!(app.scene, Scene::Confirm(_)));
    assert!(matches!(press(&mut app, Key::Enter, &reading), Some(Effect::Add(_))));
}

#[test]
fn while_it_works_only_the_end_of_the_program_is_heard() {
    let fixture = Fixture::new();
    let reading = Ok(fixture.locked());
    let mut app = App::new(Lang::En, true, IDLE, START);
    "correct horse"
        .chars()
        .for_each(|c| assert!(press(&mut app, Key::Char(c), &reading).is_none()));
    assert!(matches!(press(&mut app, Key::Enter, &reading), Some(Effect::Unlock(_))));
    assert!(press(&mut app, Key::Enter, &reading).is_none());
    assert!(press(&mut app, Key::Char('q'), &reading).is_none());
    assert!(matches!(press(&mut app, Key::Ctrl('c'), &reading), Some(Effect::Quit)));
    let unlocked = Outcome::Unlocked(Ok(fixture.unlock()));
    app.update(Event::Done(unlocked), &reading, START);
    assert!(matches!(app.scene, Scene::Tokens) && app.working.is_none());
}

#[test]
fn a_passphrase_and_a_seed_are_in_no_debug_output() {
    let fixture = Fixture::new();
    let reading = Ok(fixture.locked());
    let mut app = App::new(Lang::En, false, IDLE, START);
    let paste = Key::Paste("correct horse battery".to_owned().into());
    let event = Event::Key(paste.clone());
    let mut all = format!("{event:?}");
    press(&mut app, paste, &reading);
    all += &format!("{app:?} {:?}", view(&app, &reading, START));
    let open_reading = fixture.one();
    let mut app = open();
    press(&mut app, Key::Char('a'), &open_reading);
    press(&mut app, Key::Paste(HOTP_URI.to_owned().into()), &open_reading);
    all += &format!("{app:?} {:?}", view(&app, &open_reading, START));
    let effect = press(&mut app, Key::Enter, &open_reading);
    let parsed = Outcome::Parsed(import::from_source(HOTP_URI));
    all += &format!("{effect:?} {parsed:?}");
    app.update(Event::Done(parsed), &open_reading, START);
    all += &format!("{app:?} {:?}", view(&app, &open_reading, START));
    assert!(!all.contains("horse") && !all.contains("GEZD"), "{all}");
    let screen = open_reading.unwrap();
    assert_eq!(screen.lock, LockStatus::Unlocked);
    let Face::Totp { code, .. } = &screen.cards[0].face else { panic!("no TOTP") };
    assert!(
        !format!("{screen:?} {:?}", view(&app, &Ok(screen.clone()), START)).contains(code.expose())
    );
}
