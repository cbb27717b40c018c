//! What people type into the fields of a form: full-width digits and letters, white space, hyphens, lower
//! case. What cannot be meant is none.

use unicode_normalization::UnicodeNormalization as _;
use warifu::credential::{CredentialId, Label};
use warifu_issuer::ActivationCode;
use zeroize::Zeroizing;

use crate::store::{ContractId, Number, Yen};

/// A contract ID (契約者ID).
pub fn contract_id(text: &str) -> Option<ContractId> {
    ContractId::new(&digits(text)?).ok()
}

/// A credential ID (クレデンシャルID).
pub fn credential_id(text: &str) -> Option<CredentialId> {
    let plain = plain(text)?;
    CredentialId::new(&plain).ok()
}

/// A code that staff gave out, or of a letter: sixteen digits, of which the last checks the others.
pub fn reset_code(text: &str) -> Option<ActivationCode> {
    ActivationCode::new(digits(text)?.as_bytes()).ok()
}

/// The number of a bank or a branch, with all its digits.
pub fn number<const N: usize>(text: &str) -> Option<Number<N>> {
    Number::new(&digits(text)?)
}

/// An account's number. Shorter ones are filled up with zeros in front, as banks do.
pub fn account_number(text: &str) -> Option<Number<7>> {
    let digits = digits(text)?;
    if digits.is_empty() { None } else { Number::new(&format!("{:0>7}", digits.as_str())) }
}

/// An amount in whole yen, with or without 円 or ¥, and with commas before each three digits or none. A
/// hyphen, or a comma that stands elsewhere, is none that this takes away: it may be a slip of the finger.
pub fn yen(text: &str) -> Option<Yen> {
    let plain = without(text, char::is_whitespace)?;
    let number = plain.strip_suffix('円').unwrap_or(&plain);
    let number = number.strip_prefix(['¥', '\\']).unwrap_or(number);
    let mut groups = number.split(',');
    let first = groups.next().unwrap_or_default();
    let mut digits = String::from(first);
    let mut is_grouped = false;
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        digits.push_str(group);
        is_grouped = true;
    }
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    let well_formed = all_digits && digits.len() <= 15 && (!is_grouped || first.len() <= 3);
    if well_formed && !first.is_empty() { digits.parse().ok().and_then(Yen::new) } else { None }
}

/// A name: white space around it is none of it.
pub fn name(text: &str) -> Option<Label> {
    if text.len() > MAX_BYTES { None } else { Label::new(text.trim()).ok() }
}

/// Digits by four, as people type them off: what is printed of a code of sixteen.
pub fn in_groups(digits: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(digits.len().saturating_mul(2)));
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at.is_multiple_of(4) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// ASCII digits alone.
fn digits(text: &str) -> Option<Zeroizing<String>> {
    plain(text).filter(|plain| plain.bytes().all(|byte| byte.is_ascii_digit()))
}

/// NFKC, without white space and hyphens.
fn plain(text: &str) -> Option<Zeroizing<String>> {
    without(text, |sign| sign.is_whitespace() || is_hyphen(sign))
}

/// NFKC, without such signs.
fn without(text: &str, leave_out: impl Fn(char) -> bool) -> Option<Zeroizing<String>> {
    if text.len() > MAX_BYTES {
        return None;
    }
    // What one byte becomes under NFKC is bounded, but not by one byte: sized for the longest.
    let mut plain = Zeroizing::new(String::with_capacity(MAX_BYTES.saturating_mul(11)));
    plain.extend(text.nfkc().filter(|sign| !leave_out(*sign)));
    Some(plain)
}

/// What a Japanese keyboard gives for a hyphen too; as the verifier takes it in codes.
fn is_hyphen(sign: char) -> bool {
    matches!(sign, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}')
}

/// More than anybody types into one field.
const MAX_BYTES: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_as_people_type_them() {
        for typed in [
            "0000000017",
            "００００００００１７",
            " 00000-00017 ",
            "0000 000 ０１７",
            "00000ー00017",
        ] {
            assert_eq!(contract_id(typed).unwrap().as_str(), "0000000017", "{typed}");
        }
        for typed in ["", "17", "00000000017", "000000001a", "+000000017", "٠٠٠٠٠٠٠٠١٧"] {
            assert!(contract_id(typed).is_none(), "{typed}");
        }
        assert_eq!(number::<3>("００１").unwrap().as_str(), "001");
        assert!(number::<3>("1").is_none());
        assert_eq!(account_number("１２３").unwrap().as_str(), "0000123");
        assert!(account_number("").is_none() && account_number("12345678").is_none());
    }

    #[test]
    fn a_code_is_typed_as_it_is_printed() {
        let printed = in_groups("1234567890123452");
        assert_eq!(printed.as_str(), "1234 5678 9012 3452");
        assert_eq!(reset_code(&printed).unwrap().expose(), "1234567890123452");
    }

    #[test]
    fn credential_ids_are_taken_in_full_width_and_lower_case() {
        for typed in [
            "WRFU12345678",
            "wrfu 1234-5678",
            "ＷＲＦＵ　１２３４　５６７８",
            "ｗｒｆｕ１２３４５６７８",
        ] {
            assert_eq!(credential_id(typed).unwrap().as_str(), "WRFU12345678", "{typed}");
        }
        assert!(credential_id("").is_none() && credential_id(&"A".repeat(600)).is_none());
    }

    #[test]
    fn amounts_are_taken_with_what_stands_around_them() {
        for typed in ["12000", "１２，０００円", "¥12,000", "￥１２０００", " 12 000 "]
        {
            assert_eq!(yen(typed).map(Yen::value), Some(12_000), "{typed}");
        }
        for typed in [
            "",
            "0",
            "円",
            "12.5",
            "-5x",
            "1000000000000",
            "十万",
            "99999999999999999999",
            "-5000",
            "－５０００",
            "10-20",
            "10ー20",
            "12,50",
            "1,2345",
            "1234,567",
            ",500",
            "500,",
            "1,,000",
            "¥¥5",
        ] {
            assert_eq!(yen(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_code_of_the_banks_is_taken_in_groups() {
        let code = ActivationCode::of(&[7; 32]);
        let text = code.expose().to_owned();
        let grouped = format!("{} {}-{}　{}", &text[..4], &text[4..8], &text[8..12], &text[12..]);
        assert!(reset_code(&grouped).unwrap() == code);
        assert!(reset_code(&text[1..]).is_none());
    }
}
