use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::Digits;

/// A one-time code. It prints masked; [`Code::expose`] and [`Code::grouped`] are for the screen.
///
/// ```
/// use warifu::{otp::{hotp, Algorithm, Digits}, secret::Secret};
///
/// let seed = Secret::copy_of(b"12345678901234567890");
/// let code = hotp::code(&seed, Algorithm::Sha1, Digits::SIX, 0);
/// assert_eq!(code.expose(), "755224");
/// assert_eq!(code.grouped().as_str(), "755 224");
/// assert_eq!(format!("{code:?} {code}"), "Code(••••••) ••••••");
/// ```
#[derive(Clone, ZeroizeOnDrop)]
pub struct Code {
    digits: [u8; 10],
    count: u8,
}

impl Code {
    /// The lowest decimal digits of `value`, with leading zeros.
    pub(super) fn new(value: u32, digits: Digits) -> Self {
        let mut code = Self { digits: [b'0'; 10], count: digits.count() };
        let mut rest = value;
        for digit in code.digits.iter_mut().take(usize::from(digits.count())).rev() {
            // A remainder of ten fits a byte.
            *digit = b'0'.saturating_add(u8::try_from(rest % 10).unwrap_or_default());
            rest /= 10;
        }
        rest.zeroize();
        code
    }

    /// The digits as they are typed, without spaces.
    pub fn expose(&self) -> &str {
        // Only ASCII digits are ever written; the fallbacks cannot be reached.
        let digits = self.digits.get(..usize::from(self.count)).unwrap_or_default();
        std::str::from_utf8(digits).unwrap_or_default()
    }

    /// The digits in groups for reading: 123 456, 123 4567, 1234 5678, 123 456 789, 123 456 7890.
    pub fn grouped(&self) -> GroupedCode {
        let first_ends: &[usize] = match self.count {
            6 | 7 => &[3],
            8 => &[4],
            _ => &[3, 6],
        };
        let mut text = String::with_capacity(12);
        for (at, digit) in self.expose().chars().enumerate() {
            if first_ends.contains(&at) {
                text.push(' ');
            }
            text.push(digit);
        }
        GroupedCode(text)
    }
}

/// Equality of the digits. A verifier compares in constant time instead.
impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Code {}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({self})")
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..self.count).try_for_each(|_| f.write_str("•"))
    }
}

/// A code's digits in groups, wiped on drop.
#[derive(ZeroizeOnDrop)]
pub struct GroupedCode(String);

impl GroupedCode {
    /// The digits with their spaces.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for GroupedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GroupedCode(••••••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_grouped_and_keeps_its_leading_zeros() {
        let grouped =
            |count| Code::new(1_234_567, Digits::new(count).unwrap()).grouped().as_str().to_owned();
        assert_eq!(grouped(6), "234 567");
        assert_eq!(grouped(7), "123 4567");
        assert_eq!(grouped(8), "0123 4567");
        assert_eq!(grouped(9), "001 234 567");
        assert_eq!(grouped(10), "000 123 4567");
    }

    #[test]
    fn printing_shows_no_digit() {
        let code = Code::new(123_456, Digits::SIX);
        for text in [format!("{code}"), format!("{code:?}"), format!("{:?}", code.grouped())] {
            assert!(!text.contains(|c: char| c.is_ascii_digit()), "{text}");
        }
    }
}
