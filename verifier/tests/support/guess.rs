//! What a guesser types.

use warifu_verifier::TypedCode;

use crate::token::{Token, typed};

/// A code that no step or counter near has.
pub(crate) fn wrong(factor: u64) -> TypedCode {
    let token = Token::new();
    let near: Vec<String> =
        (factor.saturating_sub(130)..factor + 130).map(|near| token.digits(near)).collect();
    let digits = (0..).map(|n| format!("{n:06}")).find(|digits| !near.contains(digits));
    typed(&digits.unwrap())
}
