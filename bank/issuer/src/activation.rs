use std::fmt;

use warifu::secret::Secret;
use zeroize::Zeroizing;

/// An activation code: 16 digits, of which the last is a check digit (Luhn, ISO/IEC 7812-1). It prints
/// masked.
#[derive(PartialEq, Eq)]
pub struct ActivationCode(Secret);

impl ActivationCode {
    /// Reads 16 ASCII digits whose last is right.
    ///
    /// # Errors
    /// [`InvalidActivationCode`] for anything else.
    pub fn new(digits: &[u8]) -> Result<Self, InvalidActivationCode> {
        let Some((check, body)) = digits.split_last() else { return Err(InvalidActivationCode) };
        let well_formed = digits.len() == LEN && digits.iter().all(u8::is_ascii_digit);
        if !well_formed || *check != check_digit(body) {
            return Err(InvalidActivationCode);
        }
        Ok(Self(Secret::copy_of(digits)))
    }

    /// The 16 digits.
    pub fn expose(&self) -> &str {
        std::str::from_utf8(self.0.expose()).unwrap_or_default()
    }

    /// The code that belongs to 32 random bytes: the last 15 decimal digits of the first 16 bytes, and
    /// the check digit.
    pub fn of(drawn: &[u8; 32]) -> Self {
        let mut number = drawn.first_chunk().map_or(0, |first| u128::from_be_bytes(*first));
        let mut digits = Zeroizing::new(Vec::with_capacity(LEN));
        for _ in 1..LEN {
            digits.push(b'0'.saturating_add(u8::try_from(number % 10).unwrap_or_default()));
            number /= 10;
        }
        let check = check_digit(&digits);
        digits.push(check);
        Self(Secret::from_zeroizing(digits))
    }
}

impl fmt::Debug for ActivationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ActivationCode(••••)")
    }
}

/// An activation code has 16 digits, of which the last is a check digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an activation code has 16 digits, and the last checks the others")]
pub struct InvalidActivationCode;

/// The digit that makes the Luhn sum a multiple of ten.
fn check_digit(body: &[u8]) -> u8 {
    let doubled = |digit: u32| {
        if digit > 4 { digit.saturating_mul(2).saturating_sub(9) } else { digit.saturating_mul(2) }
    };
    let sum = body.iter().rev().zip(0_u32..).fold(0_u32, |sum, (digit, place)| {
        let digit = u32::from(digit.saturating_sub(b'0'));
        sum.saturating_add(if place % 2 == 0 { doubled(digit) } else { digit })
    });
    let check = 10_u32.saturating_sub(sum % 10) % 10;
    b'0'.saturating_add(u8::try_from(check).unwrap_or_default())
}

const LEN: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_ends_with_its_check_digit() {
        // Numbers that card schemes publish for tests.
        for digits in ["4111111111111111", "5555555555554444", "3530111333300000"] {
            assert!(ActivationCode::new(digits.as_bytes()).is_ok(), "{digits}");
        }
        for digits in
            ["4111111111111112", "411111111111111", "41111111111111111", "", "411111111111111x"]
        {
            assert_eq!(
                ActivationCode::new(digits.as_bytes()),
                Err(InvalidActivationCode),
                "{digits}"
            );
        }
    }

    #[test]
    fn a_drawn_code_is_well_formed_and_prints_masked() {
        for byte in 0..=u8::MAX {
            let code = ActivationCode::of(&[byte; 32]);
            assert!(ActivationCode::new(code.expose().as_bytes()).is_ok());
            assert_eq!(format!("{code:?}"), "ActivationCode(••••)");
        }
    }
}
