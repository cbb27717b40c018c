use std::io::Cursor;

use image::{
    ColorType, ImageDecoder as _, ImageFormat, ImageReader, Limits, Luma, error::ImageError,
};
use zeroize::Zeroizing;

use super::{MAX_SIDE, pixels::Pixels};
use crate::failure::PcError;

/// The most that decoding may allocate: four bytes for each pixel of the largest picture.
const MAX_ALLOC: u64 = 4 * 8192 * 8192;

/// A decoded picture, as the decoder hands it out.
pub(super) struct Samples {
    bytes: Zeroizing<Vec<u8>>,
    width: u32,
    height: u32,
    bytes_per_channel: usize,
    channels: usize,
}

impl Samples {
    /// Decodes a picture into a buffer of known size.
    pub(super) fn decode(bytes: &[u8], format: ImageFormat) -> Result<Self, PcError> {
        let refused = |error: ImageError| match error {
            ImageError::Limits(_) => PcError::ImageTooLarge,
            _ => PcError::UnreadableImage,
        };
        let mut limits = Limits::default();
        limits.max_image_width = Some(MAX_SIDE);
        limits.max_image_height = Some(MAX_SIDE);
        limits.max_alloc = Some(MAX_ALLOC);
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        reader.limits(limits);
        let decoder = reader.into_decoder().map_err(refused)?;
        let (width, height) = decoder.dimensions();
        if width > MAX_SIDE || height > MAX_SIDE || decoder.total_bytes() > MAX_ALLOC {
            return Err(PcError::ImageTooLarge);
        }
        let (bytes_per_channel, channels) = match decoder.color_type() {
            ColorType::L8 => (1, 1),
            ColorType::La8 => (1, 2),
            ColorType::Rgb8 => (1, 3),
            ColorType::Rgba8 => (1, 4),
            ColorType::L16 => (2, 1),
            ColorType::La16 => (2, 2),
            ColorType::Rgb16 => (2, 3),
            ColorType::Rgba16 => (2, 4),
            _ => return Err(PcError::UnreadableImage),
        };
        let size = usize::try_from(decoder.total_bytes()).map_err(|_| PcError::ImageTooLarge)?;
        let mut bytes = Zeroizing::new(vec![0; size]);
        decoder.read_image(&mut bytes).map_err(refused)?;
        Ok(Self { bytes, width, height, bytes_per_channel, channels })
    }

    /// How many pixels there are.
    pub(super) fn pixels(&self) -> u64 {
        u64::from(self.width).saturating_mul(self.height.into())
    }

    /// In shades of grey, with at most so many pixels: each is the average of those it stands for.
    pub(super) fn shrunk(&self, most: u64) -> Pixels {
        let (width, height) = self.size_within(most);
        let index = |length| usize::try_from(length).unwrap_or_default();
        let columns: Vec<_> =
            (0..self.width).map(|x| index(scaled(x, width, self.width))).collect();
        let pixel_bytes = self.bytes_per_channel.saturating_mul(self.channels).max(1);
        let row_bytes = pixel_bytes.saturating_mul(columns.len()).max(1);
        let mut averages = Zeroizing::new(vec![(0_u32, 0_u32); index(width)]);
        let mut shrunk = Pixels::with_capacity(width, height);
        let mut row_to_fill = 0;
        for (y, row) in (0..self.height).zip(self.bytes.chunks_exact(row_bytes)) {
            if scaled(y, height, self.height) != row_to_fill {
                row_to_fill = scaled(y, height, self.height);
                flush(&mut averages, &mut shrunk);
            }
            for (pixel, column) in row.chunks_exact(pixel_bytes).zip(&columns) {
                if let Some((sum, count)) = averages.get_mut(*column) {
                    *sum = sum.saturating_add(self.grey(pixel));
                    *count = count.saturating_add(1);
                }
            }
        }
        flush(&mut averages, &mut shrunk);
        shrunk
    }

    /// The greatest size of the same shape.
    fn size_within(&self, most: u64) -> (u32, u32) {
        let within = |side: u32, other: u32| {
            let square = u64::from(side).saturating_mul(most).checked_div(other.into());
            let side_within = u32::try_from(square.unwrap_or_default().isqrt());
            side_within.unwrap_or(u32::MAX).clamp(1, side.max(1))
        };
        if self.pixels() <= most {
            (self.width, self.height)
        } else {
            (within(self.width, self.height), within(self.height, self.width))
        }
    }

    /// From 0, black, to 255. What shines through is white, as on paper.
    fn grey(&self, pixel: &[u8]) -> u32 {
        let mut channels =
            pixel.chunks_exact(self.bytes_per_channel).map(|channel| match channel {
                [high] => u32::from(*high),
                [first, second] => u32::from(u16::from_ne_bytes([*first, *second]) >> 8),
                _ => 0,
            });
        let mut next = || channels.next().unwrap_or_default();
        let (grey, alpha) = match self.channels {
            1 => (next(), 255),
            2 => (next(), next()),
            // ITU-R BT.601.
            3 => (luma(next(), next(), next()), 255),
            _ => (luma(next(), next(), next()), next()),
        };
        let through = 255_u32.saturating_sub(alpha).saturating_mul(255);
        (grey.saturating_mul(alpha).saturating_add(through)) / 255
    }
}

fn luma(red: u32, green: u32, blue: u32) -> u32 {
    let sum = red.saturating_mul(299).saturating_add(green.saturating_mul(587));
    sum.saturating_add(blue.saturating_mul(114)) / 1000
}

/// Where a place of the whole is in a part that is so many long.
fn scaled(at: u32, part: u32, whole: u32) -> u32 {
    let place = u64::from(at).saturating_mul(part.into()).checked_div(whole.into());
    u32::try_from(place.unwrap_or_default()).unwrap_or(u32::MAX)
}

fn flush(averages: &mut [(u32, u32)], shrunk: &mut Pixels) {
    for (sum, count) in averages {
        let average = sum.checked_div(*count).and_then(|average| u8::try_from(average).ok());
        shrunk.push(Luma([average.unwrap_or(u8::MAX)]));
        (*sum, *count) = (0, 0);
    }
}
