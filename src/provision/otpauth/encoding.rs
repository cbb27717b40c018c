use base32ct::{Base32UpperUnpadded, Encoding};
use zeroize::Zeroizing;

use super::{Error, parameters::Text};
use crate::secret::Secret;

/// Percent-decodes part of a path: `+` is itself.
pub(super) fn decode_path(text: &str) -> Result<Text, Error> {
    decode(text, b'+')
}

/// Percent-decodes a name or a value of a query: `+` is a space.
pub(super) fn decode_query(text: &str) -> Result<Text, Error> {
    decode(text, b' ')
}

fn decode(text: &str, plus: u8) -> Result<Text, Error> {
    // Decoded text is never longer, so the buffer never moves and leaves no copy behind.
    let mut decoded = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => (hexadecimal(bytes.next())? << 4) | hexadecimal(bytes.next())?,
            b'+' => plus,
            other => other,
        });
    }
    Ok(decoded)
}

fn hexadecimal(digit: Option<u8>) -> Result<u8, Error> {
    digit
        .and_then(|digit| char::from(digit).to_digit(16))
        .and_then(|value| u8::try_from(value).ok())
        .ok_or(Error::Malformed)
}

/// Decodes base32 of either case, with `=` at its end or without. `base32ct` refuses the lengths
/// that no bytes have and drops left-over bits.
pub(super) fn base32(mut text: Text) -> Result<Secret, Error> {
    while text.last() == Some(&b'=') {
        text.pop();
    }
    text.make_ascii_uppercase();
    let mut bytes = Zeroizing::new(vec![0; text.len().saturating_mul(5) / 8]);
    Base32UpperUnpadded::decode(&*text, &mut bytes).map_err(|_| Error::NotBase32)?;
    Ok(Secret::from_zeroizing(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(of: &str) -> Text {
        Zeroizing::new(of.into())
    }

    #[test]
    fn a_decoded_text_never_outgrows_its_first_buffer() {
        for encoded in ["", "abc", "%41%42%43", "a+b%2B"] {
            let decoded = decode_query(encoded).unwrap();
            assert_eq!(decoded.capacity(), encoded.len(), "{encoded}");
        }
    }

    #[test]
    fn a_plus_is_a_space_in_a_query_and_itself_in_a_path() {
        assert_eq!(decode_query("a+b%2Bc").unwrap().as_slice(), b"a b+c");
        assert_eq!(decode_path("a+b%2bc").unwrap().as_slice(), b"a+b+c");
    }

    #[test]
    fn a_percent_sign_needs_two_hexadecimal_digits() {
        for bad in ["%", "%4", "%4g", "%g4", "%%41", "%+1", "%-1", "a%"] {
            assert_eq!(decode_path(bad), Err(Error::Malformed), "{bad}");
        }
    }

    #[test]
    fn base32_gives_the_vectors_of_rfc_4648() {
        for (encoded, decoded) in [
            ("MY======", "f"),
            ("MZXQ====", "fo"),
            ("MZXW6===", "foo"),
            ("MZXW6YQ=", "foob"),
            ("MZXW6YTB", "fooba"),
            ("MZXW6YTBOI======", "foobar"),
        ] {
            for form in [encoded.to_owned(), encoded.to_lowercase(), encoded.replace('=', "")] {
                assert_eq!(base32(text(&form)).unwrap().expose(), decoded.as_bytes(), "{form}");
            }
        }
    }

    #[test]
    fn base32_of_impossible_length_or_foreign_characters_is_refused() {
        for bad in ["M", "MZX", "MZXW6Y", "MZXW6YTBO", "M=Y", "=MY", "M Y", "M1", "M0", "M8", "MÉ"]
        {
            assert_eq!(base32(text(bad)), Err(Error::NotBase32), "{bad}");
        }
    }

    #[test]
    fn left_over_bits_of_base32_are_dropped() {
        assert_eq!(base32(text("MZ")), base32(text("MY")));
    }
}
