#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "numbers of the test's own"
)]

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
fn a_reader_that_panics_has_read_nothing() {
    assert_eq!(pixels::bounded(|| 1), Ok(1));
    assert!(!is_reading());
    assert_eq!(pixels::bounded::<()>(|| std::panic::panic_any("as `rqrr` does")), Err(TooMuchWork));
    assert!(!is_reading());
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
        let is_dark =
            inside(across) && inside(down) && code[(across as usize, down as usize)] == Color::Dark;
        if is_dark { 45.0 } else { 215.0 }
    };
    let mut noise = 1_u32;
    GrayImage::from_fn(width, height, |x, y| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (x, y) = (f64::from(x), f64::from(y));
        // Out of focus by a tenth of a module to each side.
        let off = module / 10.0;
        let light = (lit(x - off, y) + lit(x + off, y) + lit(x, y - off) + lit(x, y + off)) / 4.0;
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
