use std::fmt;

use warifu::otp::Digits;
use zeroize::ZeroizeOnDrop;

/// A code as a person typed it: 6 to 10 digits, and nothing else any more. It prints masked.
///
/// ```
/// use warifu::otp::Digits;
/// use warifu_verifier::{InvalidCode, TypedCode};
///
/// for typed in ["755224", " 755 224 ", "755-224", "７５５　２２４", "７５５ー２２４"] {
///     assert!(TypedCode::new(typed, Digits::SIX).is_ok(), "{typed}");
/// }
/// assert_eq!(TypedCode::new("75522", Digits::SIX).err(), Some(InvalidCode::WrongLength));
/// assert_eq!(TypedCode::new("75522O", Digits::SIX).err(), Some(InvalidCode::NotADigit));
/// assert_eq!(format!("{:?}", TypedCode::new("755224", Digits::SIX)?), "TypedCode(••••••)");
/// # Ok::<(), InvalidCode>(())
/// ```
#[derive(Clone, ZeroizeOnDrop)]
pub struct TypedCode {
    digits: [u8; 10],
    count: u8,
}

impl TypedCode {
    /// The longest text that is looked at, in characters; white space and all.
    pub const MAX_CHARS: usize = 64;

    /// Reads what was typed: ASCII or full-width digits, with white space and hyphens anywhere.
    ///
    /// A full-width digit is what NFKC makes of it. As a hyphen counts whatever a Japanese keyboard
    /// gives for its key, the long vowel sign among them.
    ///
    /// # Errors
    /// [`InvalidCode`] for anything else. Such a text cannot be right, so it need not be judged, and
    /// counts as no try.
    pub fn new(text: &str, digits: Digits) -> Result<Self, InvalidCode> {
        let mut code = Self { digits: [0; 10], count: 0 };
        for (at, sign) in text.chars().enumerate() {
            if at >= Self::MAX_CHARS {
                return Err(InvalidCode::WrongLength);
            }
            if sign.is_whitespace() || is_hyphen(sign) {
                continue;
            }
            let digit = ascii_digit(sign).ok_or(InvalidCode::NotADigit)?;
            let place = code.digits.get_mut(usize::from(code.count));
            *place.ok_or(InvalidCode::WrongLength)? = digit;
            code.count = code.count.saturating_add(1);
        }
        if code.count == digits.count() { Ok(code) } else { Err(InvalidCode::WrongLength) }
    }

    /// The ASCII digits.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.digits.get(..usize::from(self.count)).unwrap_or_default()
    }
}

fn ascii_digit(sign: char) -> Option<u8> {
    let digit = match sign {
        '0'..='9' => sign,
        // U+FF10 to U+FF19 lie 0xFEE0 above their ASCII twins.
        '０'..='９' => char::from_u32(u32::from(sign).checked_sub(0xfee0)?)?,
        _ => return None,
    };
    u8::try_from(digit).ok()
}

/// ASCII, the hyphens and dashes of U+2010 to U+2015, minus, full width, and the long vowel sign in
/// both widths.
fn is_hyphen(sign: char) -> bool {
    matches!(
        sign,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' | '\u{30fc}' | '\u{ff70}'
    )
}

impl fmt::Debug for TypedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedCode(")?;
        (0..self.count).try_for_each(|_| f.write_str("•"))?;
        f.write_str(")")
    }
}

/// Why a text cannot be a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCode {
    /// More digits than the credential's codes have, or fewer.
    #[error("a code of another length")]
    WrongLength,
    /// Something that is no digit, no white space and no hyphen.
    #[error("a code has digits alone")]
    NotADigit,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_read_digit_by_digit() {
        for typed in [
            "0123456789",
            "０１２３４５６７８９",
            "0１2３4５6７8９",
            "\u{3000}012 345\u{a0}6789\n",
            "012-345‐6789",
            "０１２ー３４５－６７８ｰ９",
            "0\u{2212}1\u{2013}2\u{2014}3456789",
        ] {
            let code = TypedCode::new(typed, Digits::new(10).unwrap()).unwrap();
            assert_eq!(code.as_bytes(), b"0123456789", "{typed}");
        }
    }

    #[test]
    fn what_is_no_digit_is_refused() {
        // Arabic-Indic, superscript and circled digits are digits to Unicode, and no keyboard here
        // gives them for a digit's key.
        for typed in
            ["12345a", "12345.", "12345+", "12345٦", "12345⁶", "12345⑥", "12345\0", "一23456"]
        {
            assert_eq!(
                TypedCode::new(typed, Digits::SIX).err(),
                Some(InvalidCode::NotADigit),
                "{typed}"
            );
        }
    }

    #[test]
    fn another_length_is_refused_and_a_long_text_is_not_read_to_its_end() {
        for typed in ["", "  ", "12345", "1234567", "12345678901", &" ".repeat(65)] {
            assert_eq!(
                TypedCode::new(typed, Digits::SIX).err(),
                Some(InvalidCode::WrongLength),
                "{typed}"
            );
        }
        let endless = format!("{}123456", " ".repeat(10_000_000));
        assert_eq!(TypedCode::new(&endless, Digits::SIX).err(), Some(InvalidCode::WrongLength));
        assert!(TypedCode::new(&format!("{}123456", " ".repeat(58)), Digits::SIX).is_ok());
    }
}
