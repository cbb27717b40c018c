//! Pictures that the fuzzer describes in few bytes.

use std::io::Cursor;

use image::{GrayImage, ImageFormat, Luma};
use qrcode::{
    Color, EcLevel, QrCode, Version, bits::Bits, canvas::Canvas, canvas::MaskPattern, ec,
};

/// A QR code that holds this text, or `None` if it is too long for one.
pub fn qr_of_text(text: &[u8]) -> Option<GrayImage> {
    let code = QrCode::new(text).ok()?;
    Some(modules(code.width(), &code.to_colors()))
}

/// A QR code of one of [`VERSIONS`] that holds these codewords, cut or filled up with zeros: what
/// the error correction has passed, whether or not it means anything.
pub fn qr_of_codewords(version: u8, style: u8, codewords: &[u8]) -> Option<GrayImage> {
    let version = Version::Normal(VERSIONS[usize::from(version % 8)]);
    let level = [EcLevel::L, EcLevel::M, EcLevel::Q, EcLevel::H][usize::from(style & 3)];
    let mut data = codewords.to_vec();
    data.resize(Bits::new(version).max_len(level).ok()? / 8, 0);
    let (data, correction) = ec::construct_codewords(&data, version, level).ok()?;
    let mut canvas = Canvas::new(version, level);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&data, &correction);
    canvas.apply_mask(MASKS[usize::from(style >> 2 & 7)]);
    Some(modules(usize::try_from(version.width()).ok()?, &canvas.into_colors()))
}

/// Rows of so many pixels, 1 bit each, drawn in squares of 2.
pub fn bitmap(width: usize, bits: &[u8]) -> GrayImage {
    let bits = bits.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1));
    let mut colors: Vec<_> =
        bits.map(|dark| if dark { Color::Dark } else { Color::Light }).collect();
    let width = width.max(1);
    colors.resize(colors.len().div_ceil(width) * width, Color::Light);
    modules(width, &colors)
}

pub fn png(picture: &GrayImage) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, ImageFormat::Png).expect("memory takes all");
    out.into_inner()
}

/// In squares of 2 pixels, with a quiet zone of 4 modules around.
fn modules(width: usize, colors: &[Color]) -> GrayImage {
    let height = colors.len() / width;
    let pixels = |modules: usize| u32::try_from((modules + 8) * 2).expect("a few thousand");
    GrayImage::from_fn(pixels(width), pixels(height), |x, y| {
        let module = |pixel: u32| usize::try_from(pixel / 2).ok()?.checked_sub(4);
        let at = module(x).zip(module(y)).filter(|(x, y)| *x < width && *y < height);
        let dark = at.is_some_and(|(x, y)| colors[y * width + x] == Color::Dark);
        Luma([if dark { 0 } else { 255 }])
    })
}

/// Small ones, since drawing takes time: without and with alignment and version patterns, and one for
/// each length of the counts (ISO/IEC 18004, table 3).
const VERSIONS: [i16; 8] = [1, 2, 3, 4, 5, 7, 10, 27];

const MASKS: [MaskPattern; 8] = [
    MaskPattern::Checkerboard,
    MaskPattern::HorizontalLines,
    MaskPattern::VerticalLines,
    MaskPattern::DiagonalLines,
    MaskPattern::LargeCheckerboard,
    MaskPattern::Fields,
    MaskPattern::Diamonds,
    MaskPattern::Meadow,
];
