//! Pixels that count how often they are looked at.
//!
//! The reader of QR codes (`rqrr`) has no bounds: it compares every corner pattern with every pair of
//! others, and some of its searches run as far as the picture's geometry says. A picture of 28 KB can
//! keep it busy for hours. But all that it does goes through the picture: it asks for a pixel, for
//! the sides, or for a copy. So these end the work when it is more than a picture is worth. The one
//! part that asks for nothing, ranking groups of corner patterns, is bounded by their number: a
//! pattern found is painted, and the paint is counted.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    rc::Rc,
    sync::Once,
};

use image::{GenericImage, GenericImageView, Luma};
use zeroize::Zeroize as _;

/// How often each pixel may be looked at, on average. An ordinary picture takes about 10, and a
/// group of three corner patterns as many again.
const LOOKS_PER_PIXEL: u64 = 60;
/// What the smallest picture may take: the geometry of the largest QR code is tried out 160 times.
const LEAST_LOOKS: u64 = 60_000_000;
/// The most corner patterns. A QR code has three; `n` of them make up to `n³ / 4` groups.
const MAX_PATTERNS: u32 = 128;

/// What `rqrr` paints a suspected corner pattern with, and then the one it is sure of.
const SUSPECTED: u8 = 4;
const FOUND: u8 = 2;

/// Looking for QR codes took more work than the picture is worth, or it failed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooMuchWork;

/// Counts the work on one picture, and all its copies.
#[derive(Clone)]
pub(super) struct Meter(Rc<Counts>);

struct Counts {
    allowed: u64,
    spent: Cell<u64>,
    patterns: Cell<u32>,
    last_paint: Cell<u8>,
}

impl Meter {
    /// For a picture of at most so many pixels.
    pub(super) fn of(pixels: u64) -> Self {
        let allowed = pixels.saturating_mul(LOOKS_PER_PIXEL).max(LEAST_LOOKS);
        let (spent, patterns, last_paint) = (Cell::new(0), Cell::new(0), Cell::new(0));
        Self(Rc::new(Counts { allowed, spent, patterns, last_paint }))
    }

    #[cfg(test)]
    pub(super) fn spent(&self) -> u64 {
        self.0.spent.get()
    }

    fn spend(&self, looks: u64) {
        let spent = self.0.spent.get().saturating_add(looks);
        self.0.spent.set(spent);
        if spent > self.0.allowed {
            resume_unwind(Box::new(TooMuchWork));
        }
    }

    fn painted(&self, paint: u8) {
        let before = self.0.last_paint.replace(paint);
        if paint == FOUND && before == SUSPECTED {
            let patterns = self.0.patterns.get().saturating_add(1);
            self.0.patterns.set(patterns);
            if patterns > MAX_PATTERNS {
                resume_unwind(Box::new(TooMuchWork));
            }
        }
    }
}

/// Does work that may end for [`TooMuchWork`], or by a panic that nobody need see: `rqrr` asserts
/// what a picture can be made to contradict.
pub(super) fn bounded<T>(work: impl FnOnce() -> T) -> Result<T, TooMuchWork> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !is_reading() {
                before(panic);
            }
        }));
    });
    READING.set(true);
    let ending = catch_unwind(AssertUnwindSafe(work));
    READING.set(false);
    ending.map_err(|_| TooMuchWork)
}

thread_local! {
    static READING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread reads a picture, so that a panic is answered and nothing to show.
pub(crate) fn is_reading() -> bool {
    READING.get()
}

/// A picture in shades of grey, wiped with each of its copies.
pub(super) struct Pixels {
    width: u32,
    height: u32,
    pixels: Vec<Luma<u8>>,
}

impl Pixels {
    /// Without its pixels, and with room for all of them.
    pub(super) fn with_capacity(width: u32, height: u32) -> Self {
        let side = |length| usize::try_from(length).unwrap_or_default();
        let room = side(width).saturating_mul(side(height));
        Self { width, height, pixels: Vec::with_capacity(room) }
    }

    /// Adds a pixel, if there is room for one.
    pub(super) fn push(&mut self, pixel: Luma<u8>) {
        if self.pixels.len() < self.pixels.capacity() {
            self.pixels.push(pixel);
        }
    }

    pub(super) fn metered(self, meter: &Meter) -> Metered {
        Metered { pixels: self, meter: meter.clone(), beyond: Luma([u8::MAX]) }
    }

    fn at(&self, x: u32, y: u32) -> usize {
        let at = u64::from(y).saturating_mul(self.width.into()).saturating_add(x.into());
        usize::try_from(at).unwrap_or(usize::MAX)
    }
}

impl Drop for Pixels {
    fn drop(&mut self) {
        self.pixels.iter_mut().for_each(|pixel| pixel.0.zeroize());
    }
}

/// A picture that counts the work on it.
pub(super) struct Metered {
    pixels: Pixels,
    meter: Meter,
    /// Outside of the picture.
    beyond: Luma<u8>,
}

impl Metered {
    fn look_at(&mut self, x: u32, y: u32) -> &mut Luma<u8> {
        self.meter.spend(1);
        let at = self.pixels.at(x, y);
        self.pixels.pixels.get_mut(at).unwrap_or(&mut self.beyond)
    }
}

impl Clone for Metered {
    fn clone(&self) -> Self {
        let Pixels { width, height, pixels } = &self.pixels;
        self.meter.spend(u64::try_from(pixels.len()).unwrap_or(u64::MAX));
        let pixels = Pixels { width: *width, height: *height, pixels: pixels.clone() };
        Self { pixels, meter: self.meter.clone(), beyond: self.beyond }
    }
}

impl GenericImageView for Metered {
    type Pixel = Luma<u8>;

    fn dimensions(&self) -> (u32, u32) {
        self.meter.spend(1);
        (self.pixels.width, self.pixels.height)
    }

    fn get_pixel(&self, x: u32, y: u32) -> Luma<u8> {
        self.meter.spend(1);
        *self.pixels.pixels.get(self.pixels.at(x, y)).unwrap_or(&self.beyond)
    }
}

impl GenericImage for Metered {
    fn get_pixel_mut(&mut self, x: u32, y: u32) -> &mut Luma<u8> {
        self.look_at(x, y)
    }

    fn put_pixel(&mut self, x: u32, y: u32, pixel: Luma<u8>) {
        self.meter.painted(pixel.0[0]);
        *self.look_at(x, y) = pixel;
    }

    fn blend_pixel(&mut self, x: u32, y: u32, pixel: Luma<u8>) {
        self.put_pixel(x, y, pixel);
    }
}
