//! A QR code in a picture becomes a URI. Whatever the picture is, time and memory are bounded.

use std::io::{Cursor, Read};

use image::{GrayImage, ImageFormat, ImageReader, Limits, error::ImageError};
use zeroize::{Zeroize as _, Zeroizing};

use crate::failure::PcError;

/// The greatest size of a picture's file, in bytes.
pub const MAX_FILE: usize = 10 << 20;
/// The greatest width and height of a picture, in pixels.
pub const MAX_SIDE: u32 = 8192;
/// The most that decoding may allocate: four bytes for each pixel of the largest picture.
const MAX_ALLOC: u64 = 4 * 8192 * 8192;

/// Whether these bytes begin as a picture does that [`read`] knows.
pub fn is_picture(bytes: &[u8]) -> bool {
    format(bytes).is_some()
}

/// The `otpauth` URI in the one QR code of this picture that has one.
///
/// The pixels, the QR codes' texts and the URI hold the seed; all are wiped before this returns, or
/// when the URI is dropped.
///
/// # Errors
/// [`PcError`] if the picture cannot be read, is too large, or has no QR code, none with an
/// `otpauth` URI, or several of these.
pub fn read(bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, PcError> {
    let mut pixels = decode(bytes)?;
    let texts = read_qr_codes(&pixels);
    pixels.as_flat_samples_mut().samples.zeroize();
    choose(texts)
}

/// Reads a stream to its end, but not more than [`MAX_FILE`].
///
/// # Errors
/// What the stream says, or [`PcError::ImageTooLarge`].
pub fn read_bounded(stream: impl Read) -> std::io::Result<Result<Zeroizing<Vec<u8>>, PcError>> {
    let mut bytes = Zeroizing::new(Vec::new());
    let limit = u64::try_from(MAX_FILE).unwrap_or(u64::MAX).saturating_add(1);
    stream.take(limit).read_to_end(&mut bytes)?;
    Ok(if bytes.len() > MAX_FILE { Err(PcError::ImageTooLarge) } else { Ok(bytes) })
}

fn format(bytes: &[u8]) -> Option<ImageFormat> {
    let format = image::guess_format(bytes).ok()?;
    matches!(format, ImageFormat::Png | ImageFormat::Jpeg).then_some(format)
}

fn decode(bytes: &[u8]) -> Result<GrayImage, PcError> {
    if bytes.len() > MAX_FILE {
        return Err(PcError::ImageTooLarge);
    }
    let format = format(bytes).ok_or(PcError::UnreadableImage)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_ALLOC);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    match reader.decode() {
        Ok(picture) => Ok(picture.into_luma8()),
        Err(ImageError::Limits(_)) => Err(PcError::ImageTooLarge),
        Err(_) => Err(PcError::UnreadableImage),
    }
}

fn read_qr_codes(pixels: &GrayImage) -> Vec<Zeroizing<Vec<u8>>> {
    let side = |length| usize::try_from(length).unwrap_or_default();
    let (width, height) = (side(pixels.width()), side(pixels.height()));
    let samples = pixels.as_raw();
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        let at = y.saturating_mul(width).saturating_add(x);
        samples.get(at).copied().unwrap_or(u8::MAX)
    });
    let grids = prepared.detect_grids();
    let texts = grids.iter().filter_map(|grid| {
        // The greatest QR code holds 2,953 bytes: the buffer never grows, so no copy stays behind.
        let mut text = Zeroizing::new(Vec::with_capacity(4096));
        grid.decode_to(&mut *text).ok()?;
        Some(text)
    });
    texts.collect()
}

fn choose(texts: Vec<Zeroizing<Vec<u8>>>) -> Result<Zeroizing<Vec<u8>>, PcError> {
    if texts.is_empty() {
        return Err(PcError::NoQr);
    }
    let mut uris: Vec<_> = texts.into_iter().filter(|text| is_otpauth(text)).collect();
    // A code that the finder saw twice is still one code.
    uris.dedup();
    match (uris.pop(), uris.is_empty()) {
        (None, _) => Err(PcError::NotOtpauthQr),
        (Some(uri), true) => Ok(uri),
        (Some(_), false) => Err(PcError::SeveralQr),
    }
}

/// Whether a text says of itself that it holds a token, in this format or a kindred one. The core
/// judges the rest.
pub fn is_otpauth(text: &[u8]) -> bool {
    text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"otpauth"))
}
