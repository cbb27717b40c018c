use crate::secret::Secret;

/// What a bank hands to one customer so that its service knows whose token it is: 16 digits, the last
/// of which is a check digit (Luhn, ISO/IEC 7812-1). Prints masked.
#[derive(Debug, PartialEq, Eq)]
pub struct ActivationCode(Secret);

impl ActivationCode {
    /// How many digits it has.
    pub const DIGITS: usize = 16;

    /// The greatest length of what is typed, in bytes.
    pub const MAX_TYPED: usize = 128;

    /// Reads what was typed: ASCII or full-width digits, white space and hyphens anywhere (and the long
    /// vowel sign, which a Japanese keyboard gives for a hyphen). The caller wipes `typed`.
    ///
    /// ```
    /// use warifu::provision::enrol::{ActivationCode, InvalidActivationCode};
    ///
    /// let code = ActivationCode::parse("1234 5678 9012 3452".as_bytes())?;
    /// assert_eq!(code, ActivationCode::parse("１２３４－５６７８－９０１２－３４５２".as_bytes())?);
    /// // A slip of the finger is told without asking the bank.
    /// let slip = ActivationCode::parse(b"1234 5678 9012 3462");
    /// assert_eq!(slip, Err(InvalidActivationCode::Mistyped));
    /// # Ok::<(), InvalidActivationCode>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidActivationCode`].
    pub fn parse(typed: &[u8]) -> Result<Self, InvalidActivationCode> {
        if typed.len() > Self::MAX_TYPED {
            return Err(InvalidActivationCode::NotDigits);
        }
        let typed = std::str::from_utf8(typed).map_err(|_| InvalidActivationCode::NotDigits)?;
        let mut digits = zeroize::Zeroizing::new(Vec::with_capacity(Self::DIGITS));
        for digit in typed.chars().filter(|c| !is_separator(*c)).map(digit) {
            if digits.len() == Self::DIGITS {
                return Err(InvalidActivationCode::WrongLength);
            }
            digits.push(digit.ok_or(InvalidActivationCode::NotDigits)?);
        }
        if digits.len() < Self::DIGITS {
            return Err(InvalidActivationCode::WrongLength);
        }
        if !passes_luhn(&digits) {
            return Err(InvalidActivationCode::Mistyped);
        }
        Ok(Self(Secret::from_zeroizing(digits)))
    }

    /// The 16 ASCII digits.
    pub(super) fn digits(&self) -> &[u8] {
        self.0.expose()
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | 'ー' | '－' | 'ｰ')
}

/// The ASCII digit that a character stands for.
fn digit(c: char) -> Option<u8> {
    let c = match c {
        '０'..='９' => char::from_u32(u32::from(c).checked_sub(0xfee0)?)?,
        c => c,
    };
    u8::try_from(c).ok().filter(u8::is_ascii_digit)
}

/// Every second digit from the right counts twice, its digits added up; the sum ends in 0.
fn passes_luhn(digits: &[u8]) -> bool {
    let sum = digits.iter().rev().enumerate().fold(0_u16, |sum, (place, digit)| {
        let value = u16::from(digit.wrapping_sub(b'0'));
        let value = match place.checked_rem(2) {
            Some(1) if value > 4 => value.saturating_mul(2).saturating_sub(9),
            Some(1) => value.saturating_mul(2),
            _ => value,
        };
        sum.saturating_add(value)
    });
    sum.checked_rem(10) == Some(0)
}

/// Why an activation code was refused. It holds nothing of the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidActivationCode {
    /// It holds something else than digits.
    #[error("an activation code has digits alone")]
    NotDigits,
    /// It has fewer or more than 16 digits.
    #[error("an activation code has 16 digits")]
    WrongLength,
    /// Its check digit does not fit: a digit is wrong, or two are swapped.
    #[error("the activation code is mistyped")]
    Mistyped,
}
