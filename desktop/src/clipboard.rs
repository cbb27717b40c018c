//! The clipboard: a code goes on it for a while, and is taken off again.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use warifu::{
    otp::Code,
    time::{Millis, Uptime},
};
use zeroize::Zeroizing;

use crate::{failure::PcError, input::Output};

/// How sure it is what a clipboard holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// The clipboard answers.
    Known,
    /// It was asked, and nobody knows what it did.
    Asked,
}

/// Where a code can be put for pasting.
pub trait Clipboard {
    /// How sure it is that it does what it is asked for.
    fn certainty(&self) -> Certainty;

    /// Puts the code there.
    ///
    /// # Errors
    /// [`PcError::Clipboard`] if it took nothing.
    fn put(&mut self, code: &Code) -> Result<(), PcError>;

    /// Takes the code off again. What somebody copied since stays, where that can be told.
    fn take_off(&mut self, code: &Code);
}

/// The code that is on the clipboard, until when.
pub struct CopiedCode {
    clipboard: Box<dyn Clipboard>,
    code: Option<(Code, Uptime)>,
}

impl CopiedCode {
    /// Nothing is copied yet.
    pub fn new(clipboard: Box<dyn Clipboard>) -> Self {
        Self { clipboard, code: None }
    }

    /// Copies a code for a time.
    ///
    /// # Errors
    /// [`PcError::Clipboard`] if the clipboard took nothing.
    pub fn copy(&mut self, code: Code, span: Millis, now: Uptime) -> Result<Certainty, PcError> {
        self.clipboard.put(&code)?;
        self.code = Some((code, now.saturating_add(span)));
        Ok(self.clipboard.certainty())
    }

    /// Takes the code off if its time is over; how sure it is that it is gone, if it was.
    pub fn expire(&mut self, now: Uptime) -> Option<Certainty> {
        let is_over = self.until().is_some_and(|until| until <= now);
        is_over.then(|| {
            self.clear();
            self.clipboard.certainty()
        })
    }

    /// Takes the code off now.
    pub fn clear(&mut self) {
        if let Some((code, _)) = self.code.take() {
            self.clipboard.take_off(&code);
        }
    }

    /// When the code is to be taken off.
    pub fn until(&self) -> Option<Uptime> {
        self.code.as_ref().map(|(_, until)| *until)
    }
}

/// A code is not left behind, however the program ends.
impl Drop for CopiedCode {
    fn drop(&mut self) {
        self.clear();
    }
}

/// The system's clipboard, or the terminal's where there is no display.
pub fn of_platform(terminal: Output) -> Box<dyn Clipboard> {
    match display_clipboard() {
        Some(system) => Box::new(SystemClipboard(system)),
        None => Box::new(TerminalClipboard(terminal)),
    }
}

fn display_clipboard() -> Option<arboard::Clipboard> {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let needs_display = cfg!(all(unix, not(target_os = "macos")));
    let may_ask = !needs_display || is_set("WAYLAND_DISPLAY") || is_set("DISPLAY");
    may_ask.then(arboard::Clipboard::new)?.ok()
}

/// The clipboard of the desktop.
struct SystemClipboard(arboard::Clipboard);

impl Clipboard for SystemClipboard {
    fn certainty(&self) -> Certainty {
        Certainty::Known
    }

    fn put(&mut self, code: &Code) -> Result<(), PcError> {
        unremembered(self.0.set()).text(code.expose()).map_err(|_| PcError::Clipboard)
    }

    fn take_off(&mut self, code: &Code) {
        let held = self.0.get_text().map(Zeroizing::new);
        if held.is_ok_and(|text| text.as_str() == code.expose()) {
            let _ = self.0.clear();
        }
    }
}

/// Marks the text as not for the histories that clipboard managers keep.
#[cfg(all(unix, not(target_os = "macos")))]
fn unremembered(set: arboard::Set<'_>) -> arboard::Set<'_> {
    arboard::SetExtLinux::exclude_from_history(set)
}

/// Marks the text as not for the histories that clipboard managers keep.
#[cfg(target_os = "macos")]
fn unremembered(set: arboard::Set<'_>) -> arboard::Set<'_> {
    arboard::SetExtApple::exclude_from_history(set)
}

/// Marks the text as not for the histories that clipboard managers keep, nor for the cloud.
#[cfg(windows)]
fn unremembered(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtWindows as _;
    set.exclude_from_history().exclude_from_cloud().exclude_from_monitoring()
}

/// The clipboard of the terminal, by OSC 52: it works over SSH. Terminals do not tell whether they
/// listen nor what it holds, so it is overwritten when the time is over, whatever it holds.
struct TerminalClipboard<W>(W);

impl<W: std::io::Write> TerminalClipboard<W> {
    fn send(&mut self, base64: &str) -> std::io::Result<()> {
        write!(self.0, "\x1b]52;c;{base64}\x07")?;
        self.0.flush()
    }
}

impl<W: std::io::Write> Clipboard for TerminalClipboard<W> {
    fn certainty(&self) -> Certainty {
        Certainty::Asked
    }

    fn put(&mut self, code: &Code) -> Result<(), PcError> {
        let base64 = Zeroizing::new(STANDARD.encode(code.expose()));
        self.send(&base64).map_err(|_| PcError::Clipboard)
    }

    fn take_off(&mut self, _: &Code) {
        // Some terminals ignore an empty text: a space takes the code's place first. A terminal that
        // is gone holds nothing.
        let _ = self.send(&STANDARD.encode(" ")).and_then(|()| self.send(""));
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, rc::Rc};

    use warifu::{
        otp::{Algorithm, Digits, hotp},
        secret::Secret,
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Fake(Rc<RefCell<String>>);

    impl Clipboard for Fake {
        fn certainty(&self) -> Certainty {
            Certainty::Known
        }

        fn put(&mut self, code: &Code) -> Result<(), PcError> {
            code.expose().clone_into(&mut self.0.borrow_mut());
            Ok(())
        }

        fn take_off(&mut self, code: &Code) {
            let mut held = self.0.borrow_mut();
            if *held == code.expose() {
                held.clear();
            }
        }
    }

    fn code(counter: u64) -> Code {
        hotp::code(&Secret::copy_of(b"12345678901234567890"), Algorithm::Sha1, Digits::SIX, counter)
    }

    #[test]
    fn a_copied_code_goes_when_its_time_is_over_and_not_before() {
        let fake = Fake::default();
        let mut copied = CopiedCode::new(Box::new(fake.clone()));
        copied.copy(code(0), Millis(60_000), Uptime(1_000)).unwrap();
        assert_eq!(*fake.0.borrow(), "755224");
        assert_eq!(copied.expire(Uptime(60_999)), None);
        assert_eq!(copied.expire(Uptime(61_000)), Some(Certainty::Known));
        assert_eq!(*fake.0.borrow(), "");
        assert_eq!(copied.expire(Uptime(61_000)), None);
    }

    #[test]
    fn a_terminal_is_asked_to_overwrite_the_code_before_it_is_asked_to_hold_nothing() {
        let mut sent = Vec::new();
        let mut terminal = TerminalClipboard(&mut sent);
        terminal.put(&code(0)).unwrap();
        terminal.take_off(&code(0));
        assert_eq!(terminal.certainty(), Certainty::Asked);
        let expected = b"\x1b]52;c;NzU1MjI0\x07\x1b]52;c;IA==\x07\x1b]52;c;\x07";
        assert_eq!(sent, expected);
    }

    #[test]
    fn what_was_copied_since_stays_and_the_end_of_the_program_clears_the_code() {
        let fake = Fake::default();
        let mut copied = CopiedCode::new(Box::new(fake.clone()));
        copied.copy(code(0), Millis(60_000), Uptime(0)).unwrap();
        "other".clone_into(&mut fake.0.borrow_mut());
        copied.clear();
        assert_eq!(*fake.0.borrow(), "other");
        copied.copy(code(1), Millis(60_000), Uptime(0)).unwrap();
        drop(copied);
        assert_eq!(*fake.0.borrow(), "");
    }
}
