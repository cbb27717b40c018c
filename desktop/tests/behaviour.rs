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
    app::{App, Effect, Event, Job, JobId, Outcome, Reading, Scene},
    clipboard::Certainty,
    failure::{Failure, PcError},
    import,
    input::Key,
    locale::Lang,
    texts,
    view::{Block, Body, FaceView, Page, view},
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

/// The job under way ends.
fn end(app: &mut App, outcome: Outcome, reading: &Reading) -> Option<Effect> {
    let job = app.working.unwrap().job;
    app.update(Event::Done(job, outcome), reading, START)
}

fn id(effect: &Option<Effect>) -> JobId {
    let Some(Effect::Start(id, _)) = effect else { panic!("no job: {effect:?}") };
    *id
}

fn page(app: &App, reading: &Reading) -> Page {
    match view(app, reading, START).body {
        Body::Page(page) => page,
        Body::Tokens(tokens) => panic!("{tokens:?}"),
    }
}

/// All that is there to read.
fn words(app: &App, reading: &Reading) -> String {
    format!("{:?}", view(app, reading, START))
}

/// At the page of a counter's credential.
fn at_counter(fixture: &Fixture) -> App {
    let mut app = open();
    press(&mut app, Key::End, &fixture.all());
    app
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
    assert!(
        matches!(effect, Some(Effect::Start(_, Job::Advance(id))) if id == fixture.counter_id())
    );
    assert!(press(&mut app, Key::Char(' '), &reading).is_none(), "one is being made");
    let made = Outcome::Advanced(fixture.counter_id(), Ok(fixture.counter_code()));
    end(&mut app, made, &reading);
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
    let effect = press(&mut app, Key::Char('　'), &reading);
    assert!(matches!(effect, Some(Effect::Start(_, Job::Advance(_)))));
    let mut app = open();
    press(&mut app, Key::Char('Ｄ'), &reading);
    let effect = press(&mut app, Key::Char('Ｙ'), &reading);
    assert!(matches!(effect, Some(Effect::Start(_, Job::Remove(_)))));
}

#[test]
fn a_counter_code_goes_when_another_credential_is_selected_or_the_token_locked() {
    let fixture = Fixture::new();
    let reading = fixture.all();
    for leave in [Key::Up, Key::Char('l')] {
        let mut app = at_counter(&fixture);
        press(&mut app, Key::Char(' '), &reading);
        let made = Outcome::Advanced(fixture.counter_id(), Ok(fixture.counter_code()));
        end(&mut app, made, &reading);
        assert!(app.counter_code.is_some());
        press(&mut app, leave, &reading);
        assert!(app.counter_code.is_none());
    }
}

#[test]
fn it_locks_when_idle_counted_from_the_last_key_also_while_it_works() {
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
    let paste = Event::Key(Key::Paste(HOTP_URI.to_owned().into()));
    let parse = id(&app.update(paste, &reading, at(0)));
    assert!(app.update(Event::Tick, &reading, at(299_999)).is_none());
    assert!(matches!(app.update(Event::Tick, &reading, at(300_000)), Some(Effect::Lock)));
    assert!(matches!(app.scene, Scene::Unlock { .. }));
    let late = Outcome::Parsed(import::from_source(HOTP_URI));
    assert!(app.update(Event::Done(parse, late), &reading, at(300_001)).is_none());
    assert!(matches!(app.scene, Scene::Unlock { .. }), "a lock gives the job up");
}

#[test]
fn what_is_told_while_a_job_runs_does_not_end_it() {
    let fixture = Fixture::new();
    let reading = fixture.all();
    let mut app = at_counter(&fixture);
    let first = id(&press(&mut app, Key::Char(' '), &reading));
    for told in [
        Event::ClipboardCleared(Certainty::Known),
        Event::ClipboardCleared(Certainty::Asked),
        Event::Copied(Ok((Certainty::Known, Millis(60_000)))),
        Event::Copied(Err(PcError::Clipboard.into())),
        Event::Tick,
    ] {
        assert!(app.update(told, &reading, START).is_none());
        assert!(press(&mut app, Key::Char(' '), &reading).is_none(), "a second counter is spent");
        assert_eq!(app.working.map(|work| work.job), Some(first));
    }
}

#[test]
fn only_the_job_that_is_waited_for_changes_the_screen() {
    let fixture = Fixture::new();
    let (reading, locked) = (fixture.all(), Ok(fixture.locked()));
    let mut app = at_counter(&fixture);
    let old = id(&press(&mut app, Key::Char(' '), &reading));
    let gone = Failure::from(token::Error::from(vault::Error::RolledBack));
    let effect = app.update(Event::Unreliable(gone), &reading, START);
    assert!(matches!(effect, Some(Effect::Lock)));
    // The passphrase is typed and checked while the old job still runs.
    press(&mut app, Key::Char('x'), &locked);
    let new = id(&press(&mut app, Key::Enter, &locked));
    assert_ne!(old, new);
    let late = Outcome::Advanced(fixture.counter_id(), Ok(fixture.counter_code()));
    assert!(app.update(Event::Done(old, late), &locked, START).is_none());
    assert!(app.counter_code.is_none() && matches!(app.scene, Scene::Unlock { .. }));
    assert_eq!(app.working.map(|work| work.job), Some(new));
    end(&mut app, Outcome::Unlocked(Ok(fixture.unlock())), &reading);
    assert!(matches!(app.scene, Scene::Tokens) && app.working.is_none());
}

#[test]
fn a_program_that_is_stopped_is_locked_before() {
    let fixture = Fixture::new();
    let reading = fixture.all();
    for stop in [Event::Key(Key::Ctrl('z')), Event::Stopped] {
        let mut app = at_counter(&fixture);
        press(&mut app, Key::Char(' '), &reading);
        assert!(matches!(app.update(stop, &reading, START), Some(Effect::Suspend)));
        assert!(matches!(app.scene, Scene::Unlock { .. }) && app.working.is_none());
    }
    // So is one whose vault is being made at that moment.
    let reading = Err(token::Error::Locked);
    let mut app = App::new(Lang::En, false, IDLE, START);
    for _ in 0..2 {
        press(&mut app, Key::Paste("correct horse battery".to_owned().into()), &reading);
        press(&mut app, Key::Enter, &reading);
    }
    let create = app.working.unwrap().job;
    app.update(Event::Stopped, &reading, START);
    app.update(Event::Done(create, Outcome::Created(Ok(()))), &fixture.none(), START);
    assert!(matches!(app.scene, Scene::Unlock { .. }));
    // What was typed of a passphrase goes, too.
    for exists in [false, true] {
        let mut app = App::new(Lang::En, exists, IDLE, START);
        press(&mut app, Key::Char('x'), &Ok(fixture.locked()));
        app.update(Event::Stopped, &Ok(fixture.locked()), START);
        assert!(!words(&app, &Ok(fixture.locked())).contains('*'));
        assert_eq!(matches!(app.scene, Scene::Unlock { .. }), exists);
    }
}

#[test]
fn a_seed_is_never_shown_whatever_stands_before_it_and_goes_after_an_error() {
    let fixture = Fixture::new();
    let reading = fixture.all();
    for text in [
        HOTP_URI.to_owned(),
        format!("link: {HOTP_URI}"),
        HOTP_URI.to_uppercase(),
        format!("<{HOTP_URI}>"),
        "totp/Bank?SeCrEt=GEZDGNBVGY3TQOJQ".to_owned(),
        "/home/a/secret=GEZDGNBVGY3TQOJQ".to_owned(),
    ] {
        let mut app = open();
        press(&mut app, Key::Char('a'), &reading);
        text.chars().for_each(|c| {
            app.update(Event::InBurst(Key::Char(c)), &reading, START);
        });
        assert!(!words(&app, &reading).contains("GEZD"), "{}", words(&app, &reading));
        press(&mut app, Key::Enter, &reading);
        let path = text.clone().into();
        let reason = std::io::ErrorKind::NotFound;
        let failed = Outcome::Parsed(Err(PcError::UnreadableFile { path, reason }.into()));
        end(&mut app, failed, &reading);
        let Scene::Add(form) = &app.scene else { panic!("{:?}", app.scene) };
        assert!(form.source.is_empty() && form.trouble.is_some());
        assert!(!words(&app, &reading).contains("GEZD"), "{}", words(&app, &reading));
    }
    let mut app = open();
    press(&mut app, Key::Char('a'), &reading);
    press(&mut app, Key::Paste("/home/a/secret.png".to_owned().into()), &reading);
    assert!(words(&app, &reading).contains("/home/a/secret.png"));
}

#[test]
fn a_paste_without_marks_never_acts() {
    let fixture = Fixture::new();
    let reading = fixture.all();
    let burst = |app: &mut App, text: &str| {
        let mut effects = Vec::new();
        for c in text.chars() {
            let key = if c == '\n' { Key::Enter } else { Key::Char(c) };
            effects.extend(app.update(Event::InBurst(key), &reading, START));
        }
        effects
    };
    let mut app = open();
    assert!(burst(&mut app, "dy dylcqr\n ").is_empty());
    assert!(matches!(app.scene, Scene::Tokens));
    assert!(app.notice.is_some(), "it is said how to paste");
    for command in ['d', 'r', '?'] {
        let mut app = open();
        press(&mut app, Key::Char(command), &reading);
        let before = format!("{:?}", std::mem::discriminant(&app.scene));
        assert!(burst(&mut app, "y\ny\n").is_empty(), "{command}");
        assert_eq!(before, format!("{:?}", std::mem::discriminant(&app.scene)), "{command}");
    }
    let mut app = open();
    press(&mut app, Key::Paste(HOTP_URI.to_owned().into()), &reading);
    end(&mut app, Outcome::Parsed(import::from_source(HOTP_URI)), &reading);
    assert!(burst(&mut app, "y\n").is_empty());
    assert!(matches!(app.scene, Scene::Confirm(_)));
    // What ends the program is heard all the same, and a passphrase may be typed by a program.
    let quit = app.update(Event::InBurst(Key::Ctrl('c')), &reading, START);
    assert!(matches!(quit, Some(Effect::Quit)));
    let mut app = App::new(Lang::En, true, IDLE, START);
    let effects = burst(&mut app, "correct horse\n");
    assert!(matches!(effects[..], [Effect::Start(_, Job::Unlock(_))]));
}

#[test]
fn what_another_process_removed_is_not_asked_about_under_another_name() {
    let fixture = Fixture::new();
    let (all, others) = (fixture.all(), fixture.one());
    for command in ['d', 'r'] {
        let mut app = open();
        press(&mut app, Key::Down, &all);
        press(&mut app, Key::Char(command), &all);
        assert!(words(&app, &all).contains("Example Bank"));
        let asked = words(&app, &others);
        assert!(!asked.contains("割符信用金庫"), "{asked}");
        // A key that comes before the next tick does nothing either.
        for event in [Event::Tick, Event::Key(Key::Char('y')), Event::Key(Key::Enter)] {
            let mut app = open();
            press(&mut app, Key::Char(command), &all);
            assert!(app.update(event, &others, START).is_none());
            assert!(matches!(app.scene, Scene::Tokens), "{command}");
            assert_eq!(app.notice.unwrap().text, texts::entry_gone(Lang::En));
        }
    }
    // Its own removal is not somebody else's.
    let mut app = open();
    press(&mut app, Key::Char('d'), &all);
    press(&mut app, Key::Char('y'), &all);
    app.update(Event::Tick, &others, START);
    assert!(app.notice.is_none());
    end(&mut app, Outcome::Removed(Ok(())), &others);
    assert_eq!(app.notice.unwrap().text, texts::removed(Lang::En));
}

#[test]
fn a_vault_that_is_there_already_is_opened_and_not_made() {
    let fixture = Fixture::new();
    let reading = Err(token::Error::Locked);
    let mut app = App::new(Lang::En, false, IDLE, START);
    for _ in 0..2 {
        press(&mut app, Key::Paste("correct horse battery".to_owned().into()), &reading);
        press(&mut app, Key::Enter, &reading);
    }
    let exists = Failure::from(token::Error::from(vault::Error::AlreadyExists));
    end(&mut app, Outcome::Created(Err(exists)), &reading);
    assert!(matches!(&app.scene, Scene::Unlock { trouble: Some(_), .. }));
    assert!(words(&app, &reading).contains(texts::vault_is_there(Lang::En)));
    press(&mut app, Key::Char('x'), &reading);
    let effect = press(&mut app, Key::Enter, &reading);
    assert!(matches!(effect, Some(Effect::Start(_, Job::Unlock(_)))));
    end(&mut app, Outcome::Unlocked(Ok(fixture.unlock())), &fixture.one());
    assert!(matches!(app.scene, Scene::Tokens));
}

#[test]
fn a_vault_that_vanishes_locks_and_nobody_is_invited_to_make_another() {
    let fixture = Fixture::new();
    let reading = fixture.all();
    let gone = || Failure::from(token::Error::from(vault::Error::NotFound));
    let check = |app: &App| {
        assert!(matches!(app.scene, Scene::Unlock { .. }), "{:?}", app.scene);
        let said = words(app, &Ok(fixture.locked()));
        assert!(said.contains(texts::vault_gone(Lang::En)), "{said}");
        let invitation = texts::error(Lang::En, "W-102").unwrap();
        assert!(!said.contains(invitation.next) && !said.contains(invitation.what), "{said}");
    };
    let mut app = open();
    let effect = app.update(Event::Unreliable(gone()), &reading, START);
    assert!(matches!(effect, Some(Effect::Lock)));
    check(&app);
    // Neither does a passphrase typed then change that.
    press(&mut app, Key::Char('x'), &Ok(fixture.locked()));
    press(&mut app, Key::Enter, &Ok(fixture.locked()));
    end(&mut app, Outcome::Unlocked(Err(gone())), &Ok(fixture.locked()));
    check(&app);
    // The job that notices first is as good as the look at the file.
    let mut app = at_counter(&fixture);
    press(&mut app, Key::Char(' '), &reading);
    let cause = vault::IoCause::NoFolder;
    let no_folder = vault::Error::Io { operation: vault::Operation::Lock, cause };
    let failed = Err(token::Error::from(no_folder).into());
    let failed = Outcome::Advanced(fixture.counter_id(), failed);
    assert!(matches!(end(&mut app, failed, &reading), Some(Effect::Lock)));
    check(&app);
}

#[test]
fn what_is_damaged_or_unreadable_stays_until_a_key_and_says_what_to_do() {
    let fixture = Fixture::new();
    let reading = fixture.one();
    let whole = fixture.unlock();
    let unlocked = |report| {
        let mut app = App::new(Lang::En, true, IDLE, START);
        press(&mut app, Key::Char('x'), &Ok(fixture.locked()));
        press(&mut app, Key::Enter, &Ok(fixture.locked()));
        end(&mut app, Outcome::Unlocked(Ok(report)), &reading);
        app
    };
    assert!(matches!(unlocked(whole.clone()).scene, Scene::Tokens));
    let damaged = fixture.unlock_with_a_damaged_slot();
    assert_eq!(damaged.damaged_slots.len(), 1);
    let mut app = unlocked(vault::UnlockReport { kept_unread: 2, ..damaged });
    let later = START.saturating_add(Millis(60_000));
    assert!(app.update(Event::Tick, &reading, later).is_none());
    let blocks = page(&app, &reading).blocks;
    let said: Vec<_> = blocks
        .iter()
        .map(|block| match block {
            Block::Trouble(trouble) => (trouble.what, trouble.next),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        (texts::damaged_slot(Lang::En), texts::damaged_slot_next(Lang::En)),
        (texts::kept_unread(Lang::En), texts::kept_unread_next(Lang::En)),
    ];
    assert_eq!(said, expected);
    press(&mut app, Key::Char('x'), &reading);
    assert!(matches!(app.scene, Scene::Tokens));
}

#[test]
fn nothing_is_promised_about_a_terminals_clipboard() {
    let fixture = Fixture::new();
    let reading = fixture.one();
    let mut app = open();
    app.update(Event::Copied(Ok((Certainty::Asked, Millis(60_000)))), &reading, START);
    assert_eq!(app.notice.as_ref().unwrap().text, texts::copy_asked(Lang::En));
    app.update(Event::ClipboardCleared(Certainty::Asked), &reading, START);
    assert_eq!(app.notice.as_ref().unwrap().text, texts::clear_asked(Lang::En));
}

#[test]
fn escape_is_called_what_it_does_on_the_first_page() {
    let reading = Err(token::Error::Locked);
    let mut app = App::new(Lang::Ja, false, IDLE, START);
    assert!(view(&app, &reading, START).keys.contains(&texts::key_esc_quit(Lang::Ja)));
    press(&mut app, Key::Paste("correct horse battery".to_owned().into()), &reading);
    press(&mut app, Key::Enter, &reading);
    assert!(view(&app, &reading, START).keys.contains(&texts::key_esc_cancel(Lang::Ja)));
    assert!(press(&mut app, Key::Escape, &reading).is_none());
    assert!(matches!(press(&mut app, Key::Escape, &reading), Some(Effect::Quit)));
}

#[test]
fn the_clock_is_named_where_codes_come_from_it_and_only_there() {
    let fixture = Fixture::new();
    let hint = |app: &App, reading: &Reading| view(app, reading, START).hint;
    assert_eq!(hint(&open(), &fixture.one()), Some(texts::clock_hint(Lang::En).to_owned()));
    assert_eq!(hint(&at_counter(&fixture), &fixture.all()), None);
    assert_eq!(hint(&open(), &fixture.none()), None);
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
        assert!(matches!(app.ask_keyring(START), Effect::Start(_, Job::UnlockByKeyring)));
        assert!(app.working.is_some());
        app
    };
    let mut app = asking();
    assert!(app.update(Event::Tick, &locked, Uptime(START.0 + IDLE.0)).is_none());
    let opened = Outcome::UnlockedByKeyring(Ok(fixture.unlock()));
    assert!(end(&mut app, opened, &locked).is_none());
    assert!(matches!(app.scene, Scene::Tokens) && app.working.is_none());

    let mut app = asking();
    let lost = vault::Error::KeyStore(vault::KeyRefusal::Unavailable);
    let refused = Outcome::UnlockedByKeyring(Err(token::Error::from(lost).into()));
    assert!(end(&mut app, refused, &locked).is_none());
    let Scene::Unlock { trouble: Some(trouble), .. } = &app.scene else { panic!("{app:?}") };
    assert!(trouble.support.contains("W-136") && app.working.is_none());
}

#[test]
fn whoever_will_not_wait_for_the_keyring_types_the_passphrase() {
    let fixture = Fixture::new();
    let locked = Ok(fixture.locked());
    let mut app = App::new(Lang::En, true, IDLE, START);
    let asked = id(&Some(app.ask_keyring(START)));
    assert!(press(&mut app, Key::Char('x'), &locked).is_none());
    // The lock undoes what the keyring may still open.
    assert!(matches!(press(&mut app, Key::Escape, &locked), Some(Effect::Lock)));
    assert!(matches!(app.scene, Scene::Unlock { .. }) && app.working.is_none());
    "correct".chars().for_each(|c| assert!(press(&mut app, Key::Char(c), &locked).is_none()));
    let effect = press(&mut app, Key::Enter, &locked);
    assert!(matches!(effect, Some(Effect::Start(_, Job::Unlock(_)))));
    let late = Outcome::UnlockedByKeyring(Ok(fixture.unlock()));
    assert!(app.update(Event::Done(asked, late), &locked, START).is_none());
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
    let first = fixture.first_id();
    assert!(matches!(effect, Some(Effect::Start(_, Job::Remove(id))) if id == first));

    let mut app = open();
    press(&mut app, Key::Paste(HOTP_URI.to_owned().into()), &reading);
    let parsed = Outcome::Parsed(import::from_source(HOTP_URI));
    assert!(end(&mut app, parsed, &reading).is_none());
    assert!(matches!(app.scene, Scene::Confirm(_)));
    let effect = press(&mut app, Key::Enter, &reading);
    assert!(matches!(effect, Some(Effect::Start(_, Job::Add(_)))));
}

#[test]
fn while_it_works_only_the_end_of_the_program_is_heard() {
    let fixture = Fixture::new();
    let reading = Ok(fixture.locked());
    let mut app = App::new(Lang::En, true, IDLE, START);
    "correct horse"
        .chars()
        .for_each(|c| assert!(press(&mut app, Key::Char(c), &reading).is_none()));
    let effect = press(&mut app, Key::Enter, &reading);
    assert!(matches!(effect, Some(Effect::Start(_, Job::Unlock(_)))));
    assert!(press(&mut app, Key::Enter, &reading).is_none());
    assert!(press(&mut app, Key::Char('q'), &reading).is_none());
    assert!(matches!(press(&mut app, Key::Ctrl('c'), &reading), Some(Effect::Quit)));
    let unlocked = Outcome::Unlocked(Ok(fixture.unlock()));
    end(&mut app, unlocked, &reading);
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
    end(&mut app, parsed, &open_reading);
    all += &format!("{app:?} {:?}", view(&app, &open_reading, START));
    assert!(!all.contains("horse") && !all.contains("GEZD"), "{all}");
    let screen = open_reading.unwrap();
    assert_eq!(screen.lock, LockStatus::Unlocked);
    let Face::Totp { code, .. } = &screen.cards[0].face else { panic!("no TOTP") };
    assert!(
        !format!("{screen:?} {:?}", view(&app, &Ok(screen.clone()), START)).contains(code.expose())
    );
}
