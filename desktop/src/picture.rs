//! A QR code in a picture becomes a URI. Whatever the picture is, time and memory are bounded: the
//! file's size and the sides are checked, then the picture is shrunk, and each look at a pixel of
//! what remains is counted, see `picture/pixels.rs`.

mod pixels;
mod samples;
#[cfg(test)]
mod tests;

use std::io::Read;

use image::ImageFormat;
use zeroize::Zeroizing;

use crate::failure::PcError;

use pixels::{Meter, Pixels, TooMuchWork};
use samples::Samples;

pub(crate) use pixels::is_reading;

/// The greatest size of a picture's file, in bytes.
pub const MAX_FILE: usize = 10 << 20;
/// The greatest width and height of a picture, in pixels.
pub const MAX_SIDE: u32 = 8192;

/// How many pixels are looked at: first so many, which takes noise and blur out of a photo, then
/// more of them for a small code in a large picture.
const SIZES: [u64; 2] = [2_000_000, 8_000_000];

/// Whether these bytes begin as a picture does that [`read`] knows.
pub fn is_picture(bytes: &[u8]) -> bool {
    format(bytes).is_some()
}

/// The `otpauth` URI in the one QR code of this picture that has one.
///
/// The pixels, the QR codes' texts and the URI hold the seed. Those kept here are wiped before this
/// returns, or when the URI is dropped. What the decoders of PNG and JPEG and the reader of QR codes
/// keep for themselves is on their heap, wiped by the allocator of the binaries and by nobody
/// elsewhere, and on the stack of the calling thread, which nobody wipes.
///
/// # Errors
/// [`PcError`] if the picture cannot be read, is too large, or has no QR code, none with an
/// `otpauth` URI, or several of these; [`PcError::UnreadableImage`] also where it is made so that
/// looking for a QR code does not come to an end.
pub fn read(bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, PcError> {
    let picture = samples(bytes)?;
    for most in SIZES {
        let meter = Meter::of(most.min(picture.pixels()));
        let texts = read_qr_codes(picture.shrunk(most), &meter)?;
        if !texts.is_empty() || picture.pixels() <= most {
            return choose(texts);
        }
    }
    Err(PcError::NoQr)
}

/// Reads a stream to its end, but not more than [`MAX_FILE`]. The buffer never grows, so that no
/// copy stays behind.
///
/// # Errors
/// What the stream says, or [`PcError::ImageTooLarge`].
pub fn read_bounded(stream: impl Read) -> std::io::Result<Result<Zeroizing<Vec<u8>>, PcError>> {
    let limit = MAX_FILE.saturating_add(1);
    // A reader that fills it to the last byte would make it larger to see whether more comes.
    let mut bytes = Zeroizing::new(Vec::with_capacity(limit.saturating_add(64)));
    stream.take(u64::try_from(limit).unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
    Ok(if bytes.len() > MAX_FILE { Err(PcError::ImageTooLarge) } else { Ok(bytes) })
}

fn format(bytes: &[u8]) -> Option<ImageFormat> {
    let format = image::guess_format(bytes).ok()?;
    matches!(format, ImageFormat::Png | ImageFormat::Jpeg).then_some(format)
}

fn samples(bytes: &[u8]) -> Result<Samples, PcError> {
    if bytes.len() > MAX_FILE {
        return Err(PcError::ImageTooLarge);
    }
    Samples::decode(bytes, format(bytes).ok_or(PcError::UnreadableImage)?)
}

fn read_qr_codes(pixels: Pixels, meter: &Meter) -> Result<Vec<Zeroizing<Vec<u8>>>, PcError> {
    let pixels = pixels.metered(meter);
    let read = pixels::bounded(|| {
        let mut prepared = rqrr::PreparedImage::prepare(pixels);
        let grids = prepared.detect_grids();
        let texts = grids.iter().filter_map(|grid| {
            // More than the greatest QR code holds, so that the buffer never grows.
            let mut text = Zeroizing::new(Vec::with_capacity(rqrr::MAX_PAYLOAD_SIZE));
            grid.decode_to(&mut *text).ok()?;
            Some(text)
        });
        texts.collect()
    });
    read.map_err(|TooMuchWork| PcError::UnreadableImage)
}

fn choose(texts: Vec<Zeroizing<Vec<u8>>>) -> Result<Zeroizing<Vec<u8>>, PcError> {
    if texts.is_empty() {
        return Err(PcError::NoQr);
    }
    let mut uris: Vec<_> = texts.into_iter().filter(|text| is_registration(text)).collect();
    // A code that the finder saw twice is still one code.
    uris.dedup();
    match (uris.pop(), uris.is_empty()) {
        (None, _) => Err(PcError::NotOtpauthQr),
        (Some(uri), true) => Ok(uri),
        (Some(_), false) => Err(PcError::SeveralQr),
    }
}

/// Whether a text registers a token: a credential itself, or the link to a bank's service. Other links
/// have no key.
pub fn is_registration(text: &[u8]) -> bool {
    let is_link = text.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"http"));
    is_otpauth(text) || is_link && text.windows(3).any(|part| matches!(part, b"#k=" | b"&k="))
}

/// Whether a text says of itself that it holds a token, in this format or a kindred one. The core
/// judges the rest.
pub fn is_otpauth(text: &[u8]) -> bool {
    text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"otpauth"))
}
