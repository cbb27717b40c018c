//! The picture of a QR code for a random seed, as a bank's page would show it.

use std::path::Path;

use base32ct::{Base32UpperUnpadded, Encoding as _};
use image::{GrayImage, ImageError, Luma};
use qrcode::{Color, QrCode};
use warifu::secret::{Random, Secret};
use warifu_desktop::{
    failure::{Failure, PcError},
    locale::Lang,
    texts,
};
use zeroize::Zeroizing;

/// 160 bits, as RFC 4226 recommends (section 4, R6).
const SEED: usize = 20;
/// A module's side in pixels, and the white around the code in modules (ISO/IEC 18004 demands 4).
const MODULE: u32 = 8;
const QUIET: u32 = 4;

/// Draws a seed, makes a URI of it, and writes the picture.
pub(crate) fn draw(lang: Lang, random: &dyn Random, picture: &Path) -> Result<(), Failure> {
    let uri = uri(lang, random)?;
    let unwritable = |reason| PcError::UnreadableFile { path: picture.into(), reason };
    let code = QrCode::new(&*uri).map_err(|_| unwritable(std::io::ErrorKind::InvalidData))?;
    let image = image_of(&code);
    image.save(picture).map_err(|error| match error {
        ImageError::IoError(error) => unwritable(error.kind()).into(),
        _ => unwritable(std::io::ErrorKind::Other).into(),
    })
}

fn uri(lang: Lang, random: &dyn Random) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let seed = Secret::random(SEED, random)?;
    let secret = Zeroizing::new(Base32UpperUnpadded::encode_string(seed.expose()));
    let issuer = percent_encode(texts::demo_bank(lang));
    let account = percent_encode(texts::demo_account(lang));
    // A credential ID as the bank would give it: letters for who, digits for which.
    let number = Secret::random(8, random)?;
    let digits: String =
        number.expose().iter().map(|b| char::from(b'0'.wrapping_add(b % 10))).collect();
    let mut uri = Zeroizing::new(Vec::with_capacity(1024));
    for part in [
        "otpauth://totp/",
        &issuer,
        ":",
        &account,
        "?issuer=",
        &issuer,
        "&credential_id=WRFU",
        &digits,
    ] {
        uri.extend_from_slice(part.as_bytes());
    }
    uri.extend_from_slice(b"&secret=");
    uri.extend_from_slice(secret.as_bytes());
    Ok(uri)
}

/// RFC 3986, section 2.1: everything but unreserved characters.
fn percent_encode(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

fn image_of(code: &QrCode) -> GrayImage {
    let modules = u32::try_from(code.width()).unwrap_or_default();
    let side = modules.saturating_add(2 * QUIET).saturating_mul(MODULE);
    GrayImage::from_fn(side, side, |x, y| {
        let at = |pixel: u32| (pixel / MODULE).checked_sub(QUIET).filter(|&at| at < modules);
        let is_dark = at(x).zip(at(y)).is_some_and(|(x, y)| {
            let index = |at| usize::try_from(at).unwrap_or_default();
            code[(index(x), index(y))] == Color::Dark
        });
        Luma([if is_dark { 0 } else { 255 }])
    })
}
