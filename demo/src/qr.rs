//! The picture of a QR code, as a bank's page would show it.

use std::path::Path;

use image::{GrayImage, ImageError, Luma};
use qrcode::{Color, QrCode};
use warifu_desktop::failure::{Failure, PcError};

/// A module's side in pixels, and the white around the code in modules (ISO/IEC 18004 demands 4).
const MODULE: u32 = 8;
const QUIET: u32 = 4;

/// Writes the picture of a text.
pub(crate) fn draw(text: &[u8], picture: &Path) -> Result<(), Failure> {
    let unwritable = |reason| PcError::UnreadableFile { path: picture.into(), reason };
    let code = QrCode::new(text).map_err(|_| unwritable(std::io::ErrorKind::InvalidData))?;
    let image = image_of(&code);
    image.save(picture).map_err(|error| match error {
        ImageError::IoError(error) => unwritable(error.kind()).into(),
        _ => unwritable(std::io::ErrorKind::Other).into(),
    })
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
