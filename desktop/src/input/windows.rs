//! Keys where there is no `/dev/tty`. crossterm reads them; its buffers are wiped by the binary's
//! allocator alone.

use std::{
    io,
    time::{Duration, Instant},
};

use crossterm::{
    event::{self, Event, KeyCode, KeyEventKind, KeyModifiers},
    terminal::{disable_raw_mode, enable_raw_mode},
};
use zeroize::Zeroizing;

use super::{Key, Signal};

/// What a terminal is written to.
pub type Output = io::Stderr;

/// The console, to write to.
///
/// # Errors
/// None; the signature is that of other platforms.
pub fn output() -> io::Result<Output> {
    Ok(io::stderr())
}

/// The console's keyboard.
pub struct Terminal {
    last_key: Option<Instant>,
    is_in_burst: bool,
}

/// Nobody types two characters within this time.
const BURST: Duration = Duration::from_millis(20);

impl Terminal {
    /// Takes the console of this process.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotConnected`] where there is none.
    pub fn open() -> io::Result<Self> {
        use io::IsTerminal as _;
        if io::stdin().is_terminal() {
            Ok(Self { last_key: None, is_in_burst: false })
        } else {
            Err(io::ErrorKind::NotConnected.into())
        }
    }

    /// Switches off echo and line editing until the answer is dropped.
    ///
    /// # Errors
    /// What the system says.
    pub fn raw(&self) -> io::Result<Raw> {
        enable_raw_mode()?;
        Ok(Raw)
    }

    /// There is no signal to end by.
    pub(crate) fn end_process(&self) {}

    /// Waits for a key or a change of size, at most so long.
    ///
    /// # Errors
    /// What the system says.
    pub fn wait(&mut self, longest: Duration) -> io::Result<Option<Result<Key, Signal>>> {
        if !event::poll(longest)? {
            return Ok(None);
        }
        Ok(match event::read()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                let before = self.last_key.replace(Instant::now());
                self.is_in_burst = before.is_some_and(|at| at.elapsed() < BURST);
                key_of(key.code, key.modifiers).map(Ok)
            }
            Event::Paste(text) => Some(Ok(Key::Paste(Zeroizing::new(text)))),
            Event::Resize(..) => Some(Err(Signal::Redraw)),
            _ => None,
        })
    }

    /// Whether the last key came together with one before it, as of a text that is pasted without
    /// marks.
    pub fn is_in_burst(&self) -> bool {
        self.is_in_burst
    }
}

fn key_of(code: KeyCode, modifiers: KeyModifiers) -> Option<Key> {
    Some(match code {
        KeyCode::Char(c) if modifiers.contains(KeyModifiers::CONTROL) => {
            Key::Ctrl(c.to_ascii_lowercase())
        }
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Escape,
        KeyCode::Backspace | KeyCode::Delete => Key::Backspace,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        _ => return None,
    })
}

/// The console in raw mode; when this is dropped it is as it was.
#[derive(Debug)]
pub struct Raw;

impl Drop for Raw {
    fn drop(&mut self) {
        // Nothing can be done about a console that is gone.
        let _ = disable_raw_mode();
    }
}

/// There is nothing to stop for.
pub(crate) fn suspend_process() {}

/// The process ends by itself.
pub(crate) fn end_as_terminated() {}

/// Standard input.
pub(crate) fn stdin() -> impl io::Read {
    io::stdin().lock()
}
