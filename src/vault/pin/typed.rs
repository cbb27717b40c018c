use zeroize::Zeroizing;

use crate::secret::Secret;

/// A PIN: 4 to 12 digits, full-width ones taken as plain ones.
#[derive(Debug)]
pub struct Pin(pub(super) Secret);

impl Pin {
    /// Takes what was typed, in UTF-8. The caller wipes its own bytes.
    ///
    /// # Errors
    /// [`PinError::NotDigits`] if it is anything but 4 to 12 digits.
    pub fn new(typed: &[u8]) -> Result<Self, PinError> {
        let text = std::str::from_utf8(typed).map_err(|_| PinError::NotDigits)?;
        let mut digits = Zeroizing::new(Vec::with_capacity(12));
        for c in text.chars() {
            let digit = match c {
                '0'..='9' => u32::from(c).checked_sub(u32::from('0')),
                '０'..='９' => u32::from(c).checked_sub(u32::from('０')),
                _ => None,
            };
            let digit = digit.and_then(|digit| u8::try_from(digit).ok());
            if digits.len() == 12 {
                return Err(PinError::NotDigits);
            }
            digits.push(digit.ok_or(PinError::NotDigits)?.saturating_add(b'0'));
        }
        if digits.len() < 4 { Err(PinError::NotDigits) } else { Ok(Self(Secret::copy_of(&digits))) }
    }

    /// Whether it may protect a vault from now on.
    ///
    /// # Errors
    /// [`PinError::TooSimple`] for one digit repeated, or digits that count up or down.
    pub fn check_new(&self) -> Result<(), PinError> {
        let digits = self.0.expose();
        let steps = |by: u8| {
            digits.iter().zip(digits.iter().skip(1)).all(|(a, b)| a.wrapping_add(by) == *b)
        };
        if steps(0) || steps(1) || steps(u8::MAX) { Err(PinError::TooSimple) } else { Ok(()) }
    }
}

/// Why a PIN was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// Not 4 to 12 digits.
    #[error("a PIN is 4 to 12 digits")]
    NotDigits,
    /// A new one that anybody tries first.
    #[error("the new PIN is too simple")]
    TooSimple,
}
