//! Every screen in both languages, as text: `tests/screens/*.txt`, 80 by 24.
//!
//! Filled cells (reversed) are written as `█`, so that digits and bars can be read. After a change
//! that is meant, run with `WARIFU_KEEP=1` and look at what differs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on is to stop"
)]

mod fixture;

use std::{fs, path::PathBuf};

use ratatui::{
    Terminal,
    backend::TestBackend,
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};
use unicode_width::UnicodeWidthStr as _;
use warifu::time::{Millis, Uptime};
use warifu_desktop::{
    app::{App, Effect, Event, Outcome, Reading, Scene},
    draw::{Theme, draw},
    failure::{Failure, PcError},
    import,
    input::Key,
    locale::Lang,
    view::view,
};

use fixture::Fixture;

const NOW: Uptime = Uptime(10_000);

#[test]
fn every_screen_is_as_it_was() {
    let fixture = Fixture::new();
    let mut differ = Vec::new();
    for lang in [Lang::Ja, Lang::En] {
        for (name, app, reading, now) in scenes(&fixture, lang) {
            let text = text_of(&rendered(&app, &reading, now, (80, 24), true));
            let language = format!("{lang:?}").to_lowercase();
            let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
                .join(format!("tests/screens/{name}-{language}.txt"));
            if std::env::var_os("WARIFU_KEEP").is_some() {
                fs::write(&path, &text).unwrap();
            } else if fs::read_to_string(&path).unwrap_or_default() != text {
                println!("--- {name}-{language}, now:\n{text}");
                differ.push(format!("{name}-{language}"));
            }
        }
    }
    assert!(differ.is_empty(), "these screens look different: {differ:?}");
}

#[test]
fn no_cell_has_a_width_that_terminals_dispute() {
    let fixture = Fixture::new();
    for lang in [Lang::Ja, Lang::En] {
        for (name, app, reading, now) in scenes(&fixture, lang) {
            for cell in &rendered(&app, &reading, now, (80, 24), true).content {
                let symbol = cell.symbol();
                assert_eq!(symbol.width(), symbol.width_cjk(), "{name}: {symbol}");
            }
        }
    }
}

#[test]
fn without_colour_nothing_is_coloured_and_nothing_is_lost() {
    let fixture = Fixture::new();
    for (name, app, reading, now) in scenes(&fixture, Lang::Ja) {
        let plain = rendered(&app, &reading, now, (80, 24), false);
        let coloured = rendered(&app, &reading, now, (80, 24), true);
        let is_plain = |cell: &Cell| cell.fg == Color::Reset && cell.bg == Color::Reset;
        assert!(plain.content.iter().all(is_plain), "{name}");
        assert_eq!(text_of(&plain), text_of(&coloured), "{name}");
    }
}

#[test]
fn no_size_of_the_terminal_makes_it_panic() {
    let fixture = Fixture::new();
    for (_, app, reading, now) in scenes(&fixture, Lang::Ja) {
        for width in [1, 2, 10, 43, 44, 60, 200] {
            for height in [1, 2, 15, 16, 24, 60] {
                rendered(&app, &reading, now, (width, height), true);
            }
        }
    }
}

#[test]
fn a_large_terminal_shows_larger_digits() {
    let fixture = Fixture::new();
    let app = App::unlocked(Lang::En, Millis(300_000), NOW);
    let filled = |size| {
        let buffer = rendered(&app, &fixture.one(), NOW, size, true);
        text_of(&buffer).chars().filter(|&c| c == '█').count()
    };
    assert!(filled((140, 50)) > 2 * filled((80, 24)));
}

/// Each screen by its name: the state, what the core shows, and the time.
fn scenes(fixture: &Fixture, lang: Lang) -> Vec<(&'static str, App, Reading, Uptime)> {
    let locked = || Ok(fixture.locked());
    let start = |exists| App::new(lang, exists, Millis(300_000), NOW);
    let open = || App::unlocked(lang, Millis(300_000), NOW);
    let typed = |mut app: App, text: &str, reading: &Reading| {
        for c in text.chars() {
            app.update(Event::Key(Key::Char(c)), reading, NOW);
        }
        app
    };
    let press = |mut app: App, keys: &[Key], reading: &Reading| {
        for key in keys {
            app.update(Event::Key(key.clone()), reading, NOW);
        }
        app
    };
    let told = |mut app: App, outcome, reading: &Reading| {
        app.update(Event::Done(outcome), reading, NOW);
        app
    };
    let (one, all, none) = (fixture.one(), fixture.all(), fixture.none());
    let failed = |error: PcError| Err(Failure::from(error));
    let uri = import::from_source(fixture::HOTP_URI).unwrap();
    let add = |app| press(app, &[Key::Char('a')], &all);
    let mut working = typed(start(true), "correct horse", &locked());
    let effect = working.update(Event::Key(Key::Enter), &locked(), NOW);
    assert!(matches!(effect, Some(Effect::Unlock(_))));
    let differ = press(
        typed(
            press(typed(start(false), "correct horse", &locked()), &[Key::Enter], &locked()),
            "x",
            &locked(),
        ),
        &[Key::Enter],
        &locked(),
    );
    let wrong = warifu::token::Error::from(warifu::vault::Error::WrongPassphrase);
    let silent = warifu::vault::Error::KeyStore(warifu::vault::KeyRefusal::Unavailable);
    let silent = warifu::token::Error::from(silent);
    let [asking, asked] = [(), ()].map(|()| {
        let mut app = start(true);
        app.ask_keyring(NOW);
        app
    });
    let made = fixture.counter_code();
    let mut soon = fixture.one_at(57_000);
    if let Ok(screen) = &mut soon {
        assert_eq!(screen.cards.len(), 1);
    }
    vec![
        ("first-start", typed(start(false), "correct", &locked()), locked(), NOW),
        ("first-start-differ", differ, locked(), NOW),
        ("unlock", typed(start(true), "correct", &locked()), locked(), NOW),
        ("unlock-checking", working, locked(), Uptime(10_500)),
        (
            "unlock-wrong",
            told(start(true), Outcome::Unlocked(Err(wrong.into())), &locked()),
            locked(),
            NOW,
        ),
        ("unlock-keyring", asking, locked(), Uptime(10_500)),
        (
            "unlock-keyring-failed",
            told(asked, Outcome::UnlockedByKeyring(Err(silent.into())), &locked()),
            locked(),
            NOW,
        ),
        ("tokens-none", open(), none, NOW),
        ("tokens-one", open(), one, NOW),
        ("tokens-soon", open(), soon, NOW),
        ("tokens-all", press(open(), &[Key::Down], &all), fixture.all(), NOW),
        ("tokens-counter", press(open(), &[Key::End], &all), fixture.all(), NOW),
        (
            "tokens-counter-made",
            told(open(), Outcome::Advanced(fixture.counter_id(), Ok(made)), &all),
            fixture.all(),
            NOW,
        ),
        (
            "tokens-copied",
            told(open(), Outcome::Copied(Ok(Millis(60_000))), &all),
            fixture.one(),
            NOW,
        ),
        ("clock-2019", open(), fixture.clock_before_2020(), NOW),
        ("add-path", typed(add(open()), "/home/割符/qr.png", &all), fixture.all(), NOW),
        (
            "add-uri",
            press(add(open()), &[Key::Paste(fixture::HOTP_URI.to_owned().into())], &all),
            fixture.all(),
            NOW,
        ),
        (
            "add-no-qr",
            told(
                add(open()),
                Outcome::Parsed(failed(PcError::NoQr).map(|()| unreachable!())),
                &all,
            ),
            fixture.all(),
            NOW,
        ),
        ("confirm", told(add(open()), Outcome::Parsed(Ok(uri)), &all), fixture.all(), NOW),
        ("rename", press(open(), &[Key::Char('r'), Key::Tab], &all), fixture.all(), NOW),
        ("remove", press(open(), &[Key::Char('d')], &all), fixture.all(), NOW),
        ("help", press(open(), &[Key::Char('?')], &all), fixture.all(), NOW),
        (
            "duplicate",
            told(
                open(),
                Outcome::Added(Err(warifu::token::Error::Duplicate {
                    existing: fixture.first_id(),
                }
                .into())),
                &all,
            ),
            fixture.all(),
            NOW,
        ),
    ]
}

fn rendered(app: &App, reading: &Reading, now: Uptime, size: (u16, u16), color: bool) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    let view = view(app, reading, now);
    assert!(matches!(app.scene, Scene::FirstStart(_)) || !format!("{view:?}").contains("correct"));
    terminal
        .draw(|frame| {
            draw(&view, Theme::new(color), frame.buffer_mut());
        })
        .unwrap();
    terminal.backend().buffer().clone()
}

fn text_of(buffer: &Buffer) -> String {
    let mut text = String::new();
    for (at, row) in buffer.content.chunks(usize::from(buffer.area.width)).enumerate() {
        // The bar of the title is a bar in another colour, or reversed; it tells nothing.
        let is_filled = |cell: &Cell| {
            at > 0 && cell.symbol() == " " && cell.modifier.contains(Modifier::REVERSED)
        };
        let mut line = String::new();
        let mut skip = 0;
        for cell in row {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            line.push_str(if is_filled(cell) { "█" } else { cell.symbol() });
            skip = cell.symbol().width().saturating_sub(1);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
