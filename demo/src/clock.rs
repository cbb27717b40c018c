//! The demo's clock, which can be put ahead.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use warifu::time::Millis;
use warifu_bank::clock::Clock;
use warifu_desktop::device_clock::DeviceClock;

/// By how much the clocks of the bank and of its customer's devices are ahead of this machine's: nothing,
/// until a wait is skipped. All of them go ahead together, as they would if the time went by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Skipped(Arc<AtomicU64>);

impl Skipped {
    /// Skips so much time.
    pub(crate) fn pass(&self, time: Millis) {
        self.0.fetch_add(time.0, Ordering::Relaxed);
    }

    /// The bank's clock.
    pub(crate) fn of_bank(&self) -> Clock {
        let (skipped, system) = (self.clone(), Clock::system());
        Clock::from_fn(move || system.now().saturating_add(skipped.so_far()))
    }

    /// A device's clock, as it is now.
    pub(crate) fn of_device(&self, device: &DeviceClock) -> DeviceClock {
        device.ahead(self.so_far())
    }

    fn so_far(&self) -> Millis {
        Millis(self.0.load(Ordering::Relaxed))
    }
}
