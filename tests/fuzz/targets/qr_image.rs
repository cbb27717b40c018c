//! Any bytes as a picture with a QR code.
//!
//! Most bytes that are no picture would be refused at once, so the first of them may say what to draw
//! of the rest: `T` the QR code of a text, `C` one of raw codewords, `B` a bitmap. A PNG's checksums
//! are not looked at while fuzzing. Pictures past `MAX_PIXELS` are left out for the sake of speed;
//! the bounds on size are tested elsewhere.
#![no_main]

use std::{io::Cursor, sync::LazyLock};

use image::{GrayImage, ImageReader};
use libfuzzer_sys::fuzz_target;
use warifu_desktop::{failure::PcError, picture};
use warifu_fuzz::{drawing, memory};

const MAX_PIXELS: u64 = 1 << 18;
/// Drawing a longer one takes more time than reading it.
const MAX_TEXT: usize = 250;

fuzz_target!(init: LazyLock::force(&WARM), |input: &[u8]| {
    let drawn = draw(input);
    let bytes = drawn.as_ref().map_or(input, |(picture, _)| picture);
    let text = drawn.as_ref().and_then(|(_, text)| *text);
    let pixels = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok();
    let pixels = pixels.and_then(|reader| reader.into_dimensions().ok());
    let pixels = pixels.map_or(0, |(width, height)| u64::from(width) * u64::from(height));
    if pixels <= MAX_PIXELS {
        memory::watch(64 << 20, || judge(bytes, text));
    }
});

fn judge(bytes: &[u8], text: Option<&[u8]>) {
    match picture::read(bytes) {
        Ok(uri) => {
            assert!(picture::is_picture(bytes) && picture::is_otpauth(&uri));
            // The greatest QR code, version 40 with the least correction.
            assert!(uri.len() <= 7_089);
            if let Some(text) = text {
                assert_eq!(uri.as_slice(), text, "it reads another text than was drawn");
            }
        }
        Err(error) => assert!(matches!(
            error,
            PcError::NoQr
                | PcError::NotOtpauthQr
                | PcError::SeveralQr
                | PcError::UnreadableImage
                | PcError::ImageTooLarge
        )),
    }
}

/// The picture that an input describes, and the text that is in it if that is known.
fn draw(input: &[u8]) -> Option<(Vec<u8>, Option<&[u8]>)> {
    let (picture, text): (Option<GrayImage>, _) = match input {
        [b'T', text @ ..] if text.len() <= MAX_TEXT => (drawing::qr_of_text(text), Some(text)),
        [b'C', version, style, codewords @ ..] => {
            (drawing::qr_of_codewords(*version, *style, codewords), None)
        }
        [b'B', width, bits @ ..] => (Some(drawing::bitmap(usize::from(*width), bits)), None),
        _ => return None,
    };
    Some((drawing::png(&picture?), text))
}

/// What is made once stays.
static WARM: LazyLock<()> = LazyLock::new(|| {
    let (picture, text) = draw(b"Totpauth://totp/a?secret=AAAAAAAAAAAAAAAA").expect("it fits");
    assert_eq!(picture::read(&picture).expect("a plain code").as_slice(), text.expect("known"));
});
