//! Lines from file descriptors that the caller opened, read past every buffer.

use std::io;

use warifu::vault::Passphrase;
use zeroize::Zeroizing;

/// The file descriptors that lines are read from.
#[derive(Default)]
pub(super) struct Descriptors {
    /// Kept open, so that a second line comes after the first.
    #[cfg(unix)]
    opened: std::collections::BTreeMap<i32, std::fs::File>,
}

#[cfg(unix)]
impl Descriptors {
    /// One line, byte by byte, so that what follows it is left for others.
    pub(super) fn read_line(&mut self, fd: i32) -> io::Result<Zeroizing<Vec<u8>>> {
        use std::{collections::btree_map::Entry, fs::File, os::fd::AsFd as _};

        use crate::input::read_byte;

        if fd == 0 {
            return line(|| read_byte(io::stdin().as_fd()));
        }
        let file = match self.opened.entry(fd) {
            Entry::Occupied(opened) => opened.into_mut(),
            // Opened anew by its number: taking the number itself over could not be safe.
            Entry::Vacant(new) => new.insert(File::open(format!("/dev/fd/{fd}"))?),
        };
        line(|| read_byte(file.as_fd()))
    }
}

#[cfg(windows)]
impl Descriptors {
    /// One line of standard input: other descriptors have no numbers here. Not of the console, which
    /// hands out text through std's buffer alone; there the question is asked instead.
    pub(super) fn read_line(&mut self, fd: i32) -> io::Result<Zeroizing<Vec<u8>>> {
        use std::{
            fs::File,
            io::{IsTerminal as _, Read as _},
            os::windows::io::AsHandle as _,
        };

        if fd != 0 || io::stdin().is_terminal() {
            return Err(io::ErrorKind::Unsupported.into());
        }
        // A handle of our own to the same stream: std's would keep what it read in its buffer.
        let mut stream = File::from(io::stdin().as_handle().try_clone_to_owned()?);
        let mut byte = Zeroizing::new([0; 1]);
        line(|| {
            stream.read_exact(&mut *byte)?;
            Ok(byte.first().copied())
        })
    }
}

/// A line without its end, at most one byte longer than a passphrase may be.
fn line(mut next: impl FnMut() -> io::Result<Option<u8>>) -> io::Result<Zeroizing<Vec<u8>>> {
    let room = Passphrase::MAX_BYTES.saturating_add(1);
    let mut line = Zeroizing::new(Vec::with_capacity(room));
    while line.len() < room {
        match next() {
            Ok(Some(b'\n')) => break,
            Ok(Some(byte)) => line.push(byte),
            Ok(None) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(error),
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(line)
}
