//! What is being typed: a passphrase, a URI, a name.

use std::fmt;

use zeroize::{Zeroize as _, Zeroizing};

/// A line being typed, in a buffer of fixed capacity that is wiped when dropped. It never grows, so
/// no copy of a passphrase or a seed stays behind in freed memory.
pub struct Typed {
    text: Zeroizing<String>,
}

impl Typed {
    /// Room for a passphrase: more than the core accepts.
    pub const PASSPHRASE: usize = 2048;
    /// Room for a URI or a path: a QR code holds at most 2,953 bytes.
    pub const INPUT: usize = 8192;
    /// Room for a name: more than the core accepts.
    pub const NAME: usize = 1024;

    /// An empty line with room for `capacity` bytes.
    pub fn new(capacity: usize) -> Self {
        Self { text: Zeroizing::new(String::with_capacity(capacity)) }
    }

    /// A line that begins with a text, cut where the room ends.
    pub fn with(capacity: usize, text: &str) -> Self {
        let mut typed = Self::new(capacity);
        typed.push_text(text);
        typed
    }

    /// Adds a character at the end, if there is room. Control characters are dropped.
    pub fn push(&mut self, c: char) {
        let room = self.text.capacity().saturating_sub(self.text.len());
        if !c.is_control() && c.len_utf8() <= room {
            self.text.push(c);
        }
    }

    /// Adds a text at the end, as far as there is room.
    pub fn push_text(&mut self, text: &str) {
        text.chars().for_each(|c| self.push(c));
    }

    /// Takes the last character off and wipes it.
    pub fn backspace(&mut self) {
        if let Some(last) = self.text.pop() {
            let end = self.text.len();
            // Writing over the freed place needs no `unsafe`: zeros in, zeros out.
            (0..last.len_utf8()).for_each(|_| self.text.push('\0'));
            self.text.truncate(end);
        }
    }

    /// Wipes the line.
    pub fn clear(&mut self) {
        self.text.zeroize();
    }

    /// The line itself.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// How many characters there are.
    pub fn chars(&self) -> usize {
        self.text.chars().count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

/// The length alone.
impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Typed({} characters)", self.chars())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_grows_beyond_its_buffer() {
        let mut typed = Typed::new(4);
        let (buffer, room) = (typed.expose().as_ptr(), typed.text.capacity());
        typed.push_text(&"割".repeat(100));
        assert!(typed.expose().len() <= room);
        assert_eq!(typed.expose().as_ptr(), buffer);
    }

    #[test]
    fn a_backspace_takes_a_whole_character() {
        let mut typed = Typed::with(64, "a割符");
        typed.backspace();
        assert_eq!(typed.expose(), "a割");
        typed.backspace();
        typed.backspace();
        typed.backspace();
        assert!(typed.is_empty());
    }

    #[test]
    fn debug_shows_the_length_alone() {
        assert_eq!(format!("{:?}", Typed::with(64, "correct horse")), "Typed(13 characters)");
    }
}
