use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    os::unix::fs::MetadataExt as _,
    path::Path,
};

use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use zeroize::Zeroizing;

use super::Failure;

/// The secret in the first line of a file that others may not read; or else, what is typed at the terminal,
/// unseen and twice. Never an argument: those are seen by others on the machine.
pub(super) fn secret(file: Option<&Path>, prompt: &str) -> Result<Zeroizing<String>, Failure> {
    let Some(path) = file else { return typed_twice(prompt) };
    let read = read_private(path).map_err(|error| Failure::File(path.to_owned(), error))?;
    let line = read.split(|byte| matches!(byte, b'\n' | b'\r')).next();
    let text = std::str::from_utf8(line.unwrap_or_default()).map_err(|_| Failure::NotText)?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Reads a file that nobody but its owner may read.
fn read_private(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = File::open(path)?;
    if file.metadata()?.mode() & 0o077 != 0 {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    // Sized up front, so that it never moves.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_LEN.saturating_add(1)));
    let limit = u64::try_from(MAX_LEN).unwrap_or(u64::MAX);
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn typed_twice(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    // The terminal itself, whatever the standard streams are.
    let terminal = File::options().read(true).write(true).open("/dev/tty")?;
    let silent = Silent::make(&terminal)?;
    let ask = |prompt: &str| {
        write!(&terminal, "{prompt}: ")?;
        let line = read_line(&terminal)?;
        writeln!(&terminal)?;
        Ok::<_, Failure>(line)
    };
    let (first, second) = (ask(prompt)?, ask("the same again")?);
    drop(silent);
    if first == second { Ok(first) } else { Err(Failure::NotTheSame) }
}

/// Unbuffered, so that nothing of it stays behind.
fn read_line(mut terminal: &File) -> Result<Zeroizing<String>, Failure> {
    let mut line = Zeroizing::new(Vec::with_capacity(MAX_LEN));
    let mut byte = Zeroizing::new([0; 1]);
    while terminal.read(&mut *byte)? > 0 && *byte != *b"\n" {
        if *byte == [CTRL_C] {
            return Err(io::Error::from(io::ErrorKind::Interrupted).into());
        }
        if line.len() == MAX_LEN {
            return Err(io::Error::from(io::ErrorKind::InvalidInput).into());
        }
        line.extend_from_slice(&*byte);
    }
    let text = std::str::from_utf8(&line).map_err(|_| Failure::NotText)?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// A terminal that does not show what is typed, until this is dropped.
struct Silent<'a> {
    terminal: &'a File,
    before: Termios,
}

impl<'a> Silent<'a> {
    fn make(terminal: &'a File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        // Ctrl-C ends the line, and not the program: whoever is killed here leaves a terminal that shows
        // nothing of what is typed into it afterwards.
        silent.local_modes.remove(LocalModes::ISIG);
        silent.special_codes[SpecialCodeIndex::VEOL] = CTRL_C;
        tcsetattr(terminal, OptionalActions::Flush, &silent)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Silent<'_> {
    fn drop(&mut self) {
        // There is nobody left to tell.
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}

/// What the key sends.
const CTRL_C: u8 = 3;
/// Far more than a password's 128 characters.
const MAX_LEN: usize = 1024;
