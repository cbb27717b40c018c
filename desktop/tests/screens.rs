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
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};
use warifu::{
    clock::Neighbour,
    credential::Label,
    time::{Millis, Span, Uptime},
    token::{ClockNotice, EnrolmentError, Face, HttpFailure, NeighbourCode, SyncError},
};
use warifu_desktop::{
    app::{App, Effect, Event, Job, Outcome, Reading, Scene},
    clipboard::Certainty,
    draw::{Theme, draw},
    failure::{Failure, PcError},
    import,
    input::Key,
    locale::Lang,
    texts,
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
fn a_name_with_characters_of_disputed_width_moves_no_code_and_loses_nothing() {
    let fixture = Fixture::new();
    let app = App::unlocked(Lang::En, Millis(300_000), NOW);
    let mut reading = fixture.all();
    for card in &mut reading.as_mut().unwrap().cards {
        card.names.issuer = Some(Label::new("①銀行…×○ Café").unwrap());
    }
    let plain = rendered(&app, &fixture.all(), NOW, (80, 24), true);
    let buffer = rendered(&app, &reading, NOW, (80, 24), true);
    for disputed in [1, 2] {
        let (rows, plain) = (on_terminal(&buffer, disputed), on_terminal(&plain, disputed));
        let codes = |rows: &[Vec<String>]| -> Vec<_> {
            let columns = rows.iter().map(|row| row[48..].concat());
            columns.filter(|right| right.contains("s left")).collect()
        };
        assert_eq!(codes(&rows), codes(&plain), "{disputed}");
        assert!(rows.iter().all(|row| !row.concat().trim_end_matches('#').contains('#')));
        assert!(codes(&rows).iter().any(|right| right.starts_with("6927 9037")), "{rows:?}");
        for c in "①銀行…×○Café".chars() {
            let c = c.to_string();
            assert!(rows.iter().any(|row| row.contains(&c)), "{c} is lost");
        }
    }
}

/// What a terminal shows that gives characters of disputed width so many columns. Another frame was
/// there before, so that every cell is written.
fn on_terminal(buffer: &Buffer, disputed: usize) -> Vec<Vec<String>> {
    let (columns, rows) = (usize::from(buffer.area.width), usize::from(buffer.area.height));
    let mut other = Buffer::empty(buffer.area);
    other.content.iter_mut().for_each(|cell| _ = cell.set_symbol("#"));
    let mut screen = vec![vec!["#".to_owned(); columns + 2]; rows];
    let mut cursor = 0;
    let mut before = None;
    for (x, y, cell) in other.diff(buffer) {
        // The cursor is moved where a cell does not follow the one before it.
        if before != Some((x.wrapping_sub(1), y)) {
            cursor = usize::from(x);
        }
        before = Some((x, y));
        for c in cell.symbol().chars() {
            let is_disputed = c.width() != c.width_cjk();
            let width = if is_disputed { disputed } else { c.width().unwrap() };
            let row = &mut screen[usize::from(y)];
            row[cursor] = c.to_string();
            (1..width).for_each(|more| row[cursor + more] = String::new());
            cursor += width;
        }
    }
    screen
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

#[test]
fn a_low_terminal_keeps_the_first_line_that_stays_and_the_code() {
    let fixture = Fixture::new();
    let app = with_banner(App::unlocked(Lang::En, Millis(300_000), NOW), Lang::En);
    for (rows, lines) in [(16, 1), (17, 2), (18, 3), (19, 4), (24, 4)] {
        let text = text_of(&rendered(&app, &fixture.one(), NOW, (80, rows), true));
        let shown = app.banner.iter().filter(|line| text.contains(line.as_str()));
        assert_eq!(shown.count(), lines, "{rows}: {text}");
        assert!(text.contains(&app.banner[0]) && text.contains("10 s left"), "{rows}: {text}");
    }
}

/// Each screen by its name: the state, what the core shows, and the time.
/// 2 min 10 s.
const TWO_MINUTES: Span = Span::Minutes { minutes: 2, seconds: 10 };

fn noticed(reading: &Reading, notice: ClockNotice) -> Reading {
    let mut screen = reading.clone().unwrap();
    screen.clock.notice = Some(notice);
    Ok(screen)
}

fn with_neighbour(reading: &Reading) -> Reading {
    let mut screen = reading.clone().unwrap();
    if let Face::Totp { next, neighbour, .. } = &mut screen.cards[0].face {
        *neighbour = Some(NeighbourCode { which: Neighbour::Next, code: next.clone() });
    }
    Ok(screen)
}

fn without_time(reading: &Reading) -> Reading {
    let mut screen = noticed(reading, ClockNotice::NotSynced).unwrap();
    screen.cards[0].face = Face::NeedsSync;
    Ok(screen)
}

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
    let told = |mut app: App, event, reading: &Reading| {
        app.update(event, reading, NOW);
        app
    };
    // The job that the last key began ends.
    let ended = |app: App, outcome, reading: &Reading| {
        let job = app.working.unwrap().job;
        told(app, Event::Done(job, outcome), reading)
    };
    let (one, all, none) = (fixture.one(), fixture.all(), fixture.none());
    let failed = |error: PcError| Err(Failure::from(error));
    let uri = import::from_source(fixture::HOTP_URI).unwrap();
    let again = import::from_source(fixture::HOTP_URI).unwrap();
    let service = import::from_source(fixture::SERVICE_LINK).unwrap();
    let add = |app| press(app, &[Key::Char('a')], &all);
    let enter = |app, reading: &Reading| press(app, &[Key::Enter], reading);
    let unlocking = || enter(typed(start(true), "correct horse", &locked()), &locked());
    let parsing = || enter(typed(add(open()), "/home/割符/qr.png", &all), &all);
    let creating = {
        let twice = enter(typed(start(false), "correct horse", &locked()), &locked());
        enter(typed(twice, "correct horse", &locked()), &locked())
    };
    let core = |error: warifu::vault::Error| Failure::from(warifu::token::Error::from(error));
    let mut working = typed(start(true), "correct horse", &locked());
    let effect = working.update(Event::Key(Key::Enter), &locked(), NOW);
    assert!(matches!(effect, Some(Effect::Start(_, Job::Unlock(_)))));
    let differ = press(
        typed(
            press(typed(start(false), "correct horse", &locked()), &[Key::Enter], &locked()),
            "x",
            &locked(),
        ),
        &[Key::Enter],
        &locked(),
    );
    let wrong = core(warifu::vault::Error::WrongPassphrase);
    let gone = core(warifu::vault::Error::NotFound);
    let exists = core(warifu::vault::Error::AlreadyExists);
    let mut report = fixture.unlock_with_a_damaged_slot();
    report.kept_unread = 1;
    let silent = core(warifu::vault::Error::KeyStore(warifu::vault::KeyRefusal::Unavailable));
    let [asking, asked] = [(), ()].map(|()| {
        let mut app = start(true);
        app.ask_keyring(NOW);
        app
    });
    let resuming = || enter(add(open()), &all);
    let unreachable = EnrolmentError::Failed(HttpFailure::Unreachable);
    let unreachable = Failure::from(warifu::token::Error::from(unreachable));
    let made = fixture.counter_code();
    let mut soon = fixture.one_at(57_000);
    if let Ok(screen) = &mut soon {
        assert_eq!(screen.cards.len(), 1);
    }
    let no_time = warifu::token::Error::from(SyncError::Failed(HttpFailure::CertificateTime));
    let syncing = || press(open(), &[Key::Char('s')], &one);
    vec![
        ("tokens-clock-ahead", open(), noticed(&one, ClockNotice::Ahead(TWO_MINUTES)), NOW),
        ("tokens-clock-contradicted", open(), noticed(&one, ClockNotice::Contradicted), NOW),
        ("tokens-clock-not-synced", open(), noticed(&one, ClockNotice::NotSynced), NOW),
        ("tokens-neighbour", open(), with_neighbour(&one), NOW),
        ("tokens-needs-sync", open(), without_time(&one), NOW),
        ("sync-working", syncing(), Ok(one.clone().unwrap()), NOW),
        (
            "sync-date-wrong",
            ended(syncing(), Outcome::Synced(Err(no_time.into())), &one),
            Ok(one.clone().unwrap()),
            NOW,
        ),
        ("first-start", typed(start(false), "correct", &locked()), locked(), NOW),
        ("first-start-differ", differ, locked(), NOW),
        ("unlock", typed(start(true), "correct", &locked()), locked(), NOW),
        ("unlock-checking", working, locked(), Uptime(10_500)),
        (
            "unlock-wrong",
            ended(unlocking(), Outcome::Unlocked(Err(wrong)), &locked()),
            locked(),
            NOW,
        ),
        ("unlock-gone", told(open(), Event::Unreliable(gone), &all), locked(), NOW),
        ("unlock-there", ended(creating, Outcome::Created(Err(exists)), &locked()), locked(), NOW),
        (
            "unlocked-damaged",
            ended(unlocking(), Outcome::Unlocked(Ok(report)), &one),
            fixture.one(),
            NOW,
        ),
        ("unlock-keyring", asking, locked(), Uptime(10_500)),
        (
            "unlock-keyring-failed",
            ended(asked, Outcome::UnlockedByKeyring(Err(silent)), &locked()),
            locked(),
            NOW,
        ),
        ("enrol", ended(parsing(), Outcome::Parsed(Ok(service)), &all), fixture.all(), NOW),
        (
            "enrol-unreachable",
            ended(resuming(), Outcome::Added(Err(unreachable)), &all),
            fixture.all(),
            NOW,
        ),
        ("demo", with_banner(open(), lang), fixture.one(), NOW),
        ("demo-locked", with_banner(typed(start(true), "correct", &locked()), lang), locked(), NOW),
        (
            "demo-help",
            with_banner(press(open(), &[Key::Char('?')], &all), lang),
            fixture.all(),
            NOW,
        ),
        ("tokens-none", open(), none, NOW),
        ("tokens-one", open(), fixture.one(), NOW),
        ("tokens-soon", open(), soon, NOW),
        ("tokens-all", press(open(), &[Key::Down], &all), fixture.all(), NOW),
        ("tokens-counter", press(open(), &[Key::End], &all), fixture.all(), NOW),
        (
            "tokens-counter-made",
            ended(
                press(open(), &[Key::End, Key::Char(' ')], &all),
                Outcome::Advanced(fixture.counter_id(), Ok(made)),
                &all,
            ),
            fixture.all(),
            NOW,
        ),
        (
            "tokens-copied",
            told(open(), Event::Copied(Ok((Certainty::Known, Millis(60_000)))), &all),
            fixture.one(),
            NOW,
        ),
        (
            "tokens-copy-asked",
            told(open(), Event::Copied(Ok((Certainty::Asked, Millis(60_000)))), &all),
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
            ended(parsing(), Outcome::Parsed(failed(PcError::NoQr).map(|()| unreachable!())), &all),
            fixture.all(),
            NOW,
        ),
        ("confirm", ended(parsing(), Outcome::Parsed(Ok(uri)), &all), fixture.all(), NOW),
        ("rename", press(open(), &[Key::Char('r'), Key::Tab], &all), fixture.all(), NOW),
        ("remove", press(open(), &[Key::Char('d')], &all), fixture.all(), NOW),
        ("help", press(open(), &[Key::Char('?')], &all), fixture.all(), NOW),
        (
            "duplicate",
            ended(
                enter(ended(parsing(), Outcome::Parsed(Ok(again)), &all), &all),
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

/// As the demo shows it.
fn with_banner(mut app: App, lang: Lang) -> App {
    app.banner = vec![
        texts::demo_login(lang, &"http://127.0.0.1:65535/", &"0000000017", &"demo-password"),
        texts::demo_register(lang).to_owned(),
        texts::demo_payee_to_try(lang, &"0001", &"001", &"0000077", &texts::demo_payee(lang)),
        texts::demo_passphrase(lang, &"warifu-demo"),
    ];
    app
}
