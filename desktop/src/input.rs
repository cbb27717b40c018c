//! What the person at the terminal does.

use std::fmt;

use zeroize::Zeroizing;

#[cfg(unix)]
mod keys;
#[cfg(unix)]
mod unix;
#[cfg(not(unix))]
mod windows;

#[cfg(unix)]
pub use unix::{Output, Raw, Terminal, output};
#[cfg(unix)]
pub(crate) use unix::{end_as_terminated, read_byte, stdin, suspend_process};
#[cfg(not(unix))]
pub use windows::{Output, Raw, Terminal, output};
#[cfg(not(unix))]
pub(crate) use windows::{end_as_terminated, stdin, suspend_process};

/// A key, or a text that the terminal pasted.
#[derive(Clone, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Char(char),
    /// A letter with Ctrl, in lower case.
    Ctrl(char),
    /// Return.
    Enter,
    /// Escape.
    Escape,
    /// Backspace or Delete.
    Backspace,
    /// Tab.
    Tab,
    /// Tab with Shift.
    BackTab,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Home.
    Home,
    /// End.
    End,
    /// A pasted text; it may hold a seed.
    Paste(Zeroizing<String>),
    /// A pasted text that is longer than anything to paste here, or whose end never came.
    PasteTooLong,
}

/// No character is shown: it may be one of a passphrase.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Char(_) => "Char(_)",
            Self::Ctrl(_) => "Ctrl(_)",
            Self::Paste(_) => "Paste(_)",
            _ => "Key",
        })
    }
}

/// Why waiting for a key ended without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// The system or somebody asks the program to end.
    Terminate,
    /// The program is to stop until it is continued.
    Suspend,
    /// The terminal has another size, or the program was continued.
    Redraw,
}
