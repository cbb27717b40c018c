//! The bytes of a terminal become keys, one byte at a time.
//!
//! crossterm's reader takes what is there into a buffer of its own that nothing wipes; a passphrase
//! would stay in it. This one holds at most one character, or one paste in a buffer that is wiped.

use zeroize::{Zeroize as _, Zeroizing};

use super::Key;
use crate::typed::Typed;

/// Where the reader is between two bytes.
#[derive(Default)]
pub(super) struct Keys {
    state: State,
    character: Zeroizing<[u8; 4]>,
    paste: Option<Paste>,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    /// After ESC.
    Escape,
    /// After ESC O: one more byte.
    Single,
    /// After ESC [: the number so far, until the final byte.
    Control { number: u16 },
    /// Within a UTF-8 character of `length` bytes, `have` of them here.
    Character { have: usize, length: usize },
}

struct Paste {
    bytes: Zeroizing<Vec<u8>>,
    /// How many bytes came in all.
    length: usize,
}

/// What a terminal sends after a pasted text, where bracketed paste is on.
const PASTE_END: &[u8] = b"\x1b[201~";
const PASTE_BEGINS: u16 = 200;
/// A paste that is longer has lost its end: what follows are keys again.
const LONGEST_PASTE: usize = 1 << 20;

impl Keys {
    /// Takes one byte; gives a key if it is complete.
    pub(super) fn push(&mut self, byte: u8) -> Option<Key> {
        if self.paste.is_some() {
            return self.push_pasted(byte);
        }
        match self.state {
            State::Ground => self.begin(byte),
            State::Escape => self.after_escape(byte),
            State::Single => self.finish(byte, 0),
            State::Control { number } => self.within_control(byte, number),
            State::Character { have, length } => self.within_character(byte, have, length),
        }
    }

    /// Whether an ESC is here that may be the key or the beginning of a sequence: time tells.
    pub(super) fn is_undecided(&self) -> bool {
        self.state == State::Escape && self.paste.is_none()
    }

    /// Nothing followed the ESC: it was the key.
    pub(super) fn decide(&mut self) -> Option<Key> {
        self.is_undecided().then(|| {
            self.state = State::Ground;
            Key::Escape
        })
    }

    /// Whether a pasted text has begun and not ended.
    pub(super) fn is_pasting(&self) -> bool {
        self.paste.is_some()
    }

    /// Nothing more came: the end of the pasted text was lost, and perhaps more of it.
    pub(super) fn give_up_paste(&mut self) -> Option<Key> {
        self.paste.take().map(|_| Key::PasteTooLong)
    }

    fn begin(&mut self, byte: u8) -> Option<Key> {
        match byte {
            0x1b => self.state = State::Escape,
            b'\r' | b'\n' => return Some(Key::Enter),
            b'\t' => return Some(Key::Tab),
            0x08 | 0x7f => return Some(Key::Backspace),
            0x01..=0x1a => return Some(Key::Ctrl(char::from(byte | 0x60))),
            0x20..=0x7e => return Some(Key::Char(char::from(byte))),
            0xc2..=0xdf => self.begin_character(byte, 2),
            0xe0..=0xef => self.begin_character(byte, 3),
            0xf0..=0xf4 => self.begin_character(byte, 4),
            _ => {}
        }
        None
    }

    fn begin_character(&mut self, byte: u8, length: usize) {
        if let Some(first) = self.character.first_mut() {
            *first = byte;
        }
        self.state = State::Character { have: 1, length };
    }

    fn within_character(&mut self, byte: u8, have: usize, length: usize) -> Option<Key> {
        if byte & 0xc0 != 0x80 {
            // Broken UTF-8: drop what is there, take the byte as a beginning.
            self.state = State::Ground;
            return self.begin(byte);
        }
        if let Some(place) = self.character.get_mut(have) {
            *place = byte;
        }
        let have = have.saturating_add(1);
        if have < length {
            self.state = State::Character { have, length };
            return None;
        }
        self.state = State::Ground;
        let bytes = self.character.get(..length).unwrap_or_default();
        let character = std::str::from_utf8(bytes).ok().and_then(|text| text.chars().next());
        self.character.zeroize();
        character.map(Key::Char)
    }

    fn after_escape(&mut self, byte: u8) -> Option<Key> {
        match byte {
            b'[' => self.state = State::Control { number: 0 },
            b'O' => self.state = State::Single,
            0x1b => return Some(Key::Escape),
            _ => {
                // Alt with a key has no meaning here.
                self.state = State::Ground;
            }
        }
        None
    }

    fn within_control(&mut self, byte: u8, number: u16) -> Option<Key> {
        match byte {
            b'0'..=b'9' => {
                let digit = u16::from(byte.saturating_sub(b'0'));
                let number = number.saturating_mul(10).saturating_add(digit);
                self.state = State::Control { number };
                None
            }
            // Modifiers do not matter: what counts is the first number.
            0x20..=0x3f => {
                self.state = State::Control { number: number.saturating_mul(1000) };
                None
            }
            _ => self.finish(byte, number),
        }
    }

    fn finish(&mut self, last: u8, number: u16) -> Option<Key> {
        self.state = State::Ground;
        match (last, number) {
            (b'A', _) => Some(Key::Up),
            (b'B', _) => Some(Key::Down),
            (b'H', _) | (b'~', 1 | 7) => Some(Key::Home),
            (b'F', _) | (b'~', 4 | 8) => Some(Key::End),
            (b'Z', _) => Some(Key::BackTab),
            (b'M', 0) => Some(Key::Enter),
            (b'~', 3) => Some(Key::Backspace),
            (b'~', 5) => Some(Key::PageUp),
            (b'~', 6) => Some(Key::PageDown),
            (b'~', PASTE_BEGINS) => {
                let bytes = Zeroizing::new(Vec::with_capacity(Typed::INPUT));
                self.paste = Some(Paste { bytes, length: 0 });
                None
            }
            _ => None,
        }
    }

    fn push_pasted(&mut self, byte: u8) -> Option<Key> {
        let paste = self.paste.as_mut()?;
        if paste.bytes.len() == paste.bytes.capacity() {
            // Keep what may be the end mark, forget the rest; the buffer does not grow.
            let kept = paste.bytes.len().saturating_sub(PASTE_END.len());
            paste.bytes.drain(..kept);
        }
        paste.bytes.push(byte);
        paste.length = paste.length.saturating_add(1);
        if paste.length > LONGEST_PASTE {
            return self.give_up_paste();
        }
        if !paste.bytes.ends_with(PASTE_END) {
            return None;
        }
        let mut paste = self.paste.take()?;
        if paste.length > paste.bytes.len() {
            return Some(Key::PasteTooLong);
        }
        let end = paste.bytes.len().saturating_sub(PASTE_END.len());
        paste.bytes.truncate(end);
        let mut text = Zeroizing::new(String::with_capacity(end));
        match std::str::from_utf8(&paste.bytes) {
            Ok(pasted) => text.push_str(pasted),
            Err(_) => return Some(Key::PasteTooLong),
        }
        Some(Key::Paste(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(bytes: &[u8]) -> Vec<Key> {
        let mut keys = Keys::default();
        let mut all: Vec<_> = bytes.iter().filter_map(|&byte| keys.push(byte)).collect();
        all.extend(keys.decide());
        all
    }

    #[test]
    fn keys_of_every_kind_are_known() {
        let bytes = "a割\r\x7f\x03\x1b[A\x1bOB\x1b[5~\x1b[Z\x1b[1;5Cz\x1b".as_bytes();
        let expected = [
            Key::Char('a'),
            Key::Char('割'),
            Key::Enter,
            Key::Backspace,
            Key::Ctrl('c'),
            Key::Up,
            Key::Down,
            Key::PageUp,
            Key::BackTab,
            Key::Char('z'),
            Key::Escape,
        ];
        assert!(keys(bytes) == expected);
    }

    #[test]
    fn a_paste_is_one_key_whatever_is_in_it() {
        let pasted = keys(b"\x1b[200~otpauth://x\r\ny\x03\x1b[A\x1b[201~q");
        let text = Zeroizing::new("otpauth://x\r\ny\x03\x1b[A".to_owned());
        assert!(pasted == [Key::Paste(text), Key::Char('q')]);
    }

    #[test]
    fn a_paste_too_long_is_said_to_be_and_ends_where_it_ends() {
        let mut bytes = b"\x1b[200~".to_vec();
        bytes.resize(100_000, b'x');
        bytes.extend(b"\x1b[201~q");
        assert!(keys(&bytes) == [Key::PasteTooLong, Key::Char('q')]);
    }

    #[test]
    fn a_paste_whose_end_is_lost_swallows_no_keys_for_ever() {
        let mut keys = Keys::default();
        assert!(b"\x1b[200~otpauth://x".iter().all(|&byte| keys.push(byte).is_none()));
        assert!(keys.is_pasting());
        assert!(keys.give_up_paste() == Some(Key::PasteTooLong));
        assert!(keys.push(0x03) == Some(Key::Ctrl('c')));

        let mut keys = Keys::default();
        b"\x1b[200~".iter().for_each(|&byte| assert!(keys.push(byte).is_none()));
        let given_up = (0..2_000_000).find_map(|_| keys.push(b'x'));
        assert!(given_up == Some(Key::PasteTooLong));
        assert!(keys.push(0x03) == Some(Key::Ctrl('c')));
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let mut keys = Keys::default();
        let mut random = 1_u64;
        for _ in 0..200_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let byte = u8::try_from(random >> 56).unwrap();
            keys.push(if byte > 0xa0 { 0x1b } else { byte });
        }
    }
}
