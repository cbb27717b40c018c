//! A QR code in a picture becomes a URI. Whatever the picture is, time and memory are bounded: the
//! file's size and the sides are checked, then the picture is shrunk, and each look at a pixel of
//! what remains is counted, see [`pixels`].

mod pixels;
mod samples;

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

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{GrayImage, Luma, RgbaImage};
    use qrcode::{Color, QrCode};

    use super::*;

    const URI: &[u8] =
        b"otpauth://totp/Example:alice?issuer=Example&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    /// The work of one reading at each size, and its end.
    fn work(bytes: &[u8]) -> (u64, Result<(), PcError>) {
        let picture = samples(bytes).unwrap();
        let mut spent = 0;
        for most in SIZES {
            let meter = Meter::of(most.min(picture.pixels()));
            let read = read_qr_codes(picture.shrunk(most), &meter);
            spent += meter.spent();
            match read {
                Err(error) => return (spent, Err(error)),
                Ok(texts) if !texts.is_empty() => return (spent, choose(texts).map(|_| ())),
                Ok(_) => {}
            }
        }
        (spent, Err(PcError::NoQr))
    }

    #[test]
    fn a_picture_made_of_finder_patterns_costs_little_more_than_an_ordinary_one() {
        let (ordinary, read) = work(&png(&photo(3000, 3000, 12.0, 0.0)));
        assert_eq!(read, Ok(()));
        for module in [1, 2, 3, 5, 8, 13] {
            let evil = png(&finder_patterns(3000, module));
            assert!(evil.len() < MAX_FILE);
            let (spent, read) = work(&evil);
            assert_eq!(read, Err(PcError::UnreadableImage), "{module}");
            assert!(spent < 10 * ordinary, "{module}: {spent} against {ordinary}");
        }
    }

    #[test]
    fn photos_of_twelve_megapixels_are_read() {
        for (module, turn) in [(40.0, 3.0), (14.0, -12.0), (6.0, 0.0)] {
            let mut jpeg = Cursor::new(Vec::new());
            photo(4000, 3000, module, turn).write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
            let uri = read(&jpeg.into_inner());
            assert_eq!(uri.as_deref().map(Vec::as_slice), Ok(URI), "{module} {turn}");
        }
    }

    #[test]
    fn transparent_pixels_are_white() {
        let code = photo(400, 400, 8.0, 0.0);
        let clear = RgbaImage::from_fn(400, 400, |x, y| {
            image::Rgba([0, 0, 0, 255 - code.get_pixel(x, y).0[0]])
        });
        let mut bytes = Cursor::new(Vec::new());
        clear.write_to(&mut bytes, ImageFormat::Png).unwrap();
        assert_eq!(read(&bytes.into_inner()).as_deref().map(Vec::as_slice), Ok(URI));
    }

    /// A QR code with modules of so many pixels, turned by so many degrees, on unevenly lit paper,
    /// a little out of focus and noisy.
    fn photo(width: u32, height: u32, module: f64, turn: f64) -> GrayImage {
        let code = QrCode::new(URI).unwrap();
        let modules = code.width() as f64;
        let (sin, cos) = turn.to_radians().sin_cos();
        let lit = |x: f64, y: f64| {
            let (x, y) = (x - f64::from(width) / 2.0, y - f64::from(height) / 2.0);
            let across = (x * cos + y * sin) / module + modules / 2.0;
            let down = (y * cos - x * sin) / module + modules / 2.0;
            let inside = |at: f64| (0.0..modules).contains(&at);
            let is_dark = inside(across)
                && inside(down)
                && code[(across as usize, down as usize)] == Color::Dark;
            if is_dark { 45.0 } else { 215.0 }
        };
        let mut noise = 1_u32;
        GrayImage::from_fn(width, height, |x, y| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (x, y) = (f64::from(x), f64::from(y));
            // Out of focus by a tenth of a module to each side.
            let off = module / 10.0;
            let light =
                (lit(x - off, y) + lit(x + off, y) + lit(x, y - off) + lit(x, y + off)) / 4.0;
            let shade = 1.0 - 0.25 * x / f64::from(width);
            Luma([(light * shade + f64::from(noise >> 28)) as u8])
        })
    }

    /// Nothing but the pattern of a QR code's corners, over and over.
    fn finder_patterns(side: u32, module: u32) -> GrayImage {
        GrayImage::from_fn(side, side, |x, y| {
            let (x, y) = (x / module % 8, y / module % 8);
            let ring = x.abs_diff(3).max(y.abs_diff(3));
            Luma([if x < 7 && y < 7 && ring != 2 { 0 } else { 255 }])
        })
    }

    fn png(picture: &GrayImage) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }
}
