//! The only place of the PC token that reads a clock.

use std::time::{SystemTime, UNIX_EPOCH};

use warifu::{
    secret::{Random, RandomFailed},
    time::{BootId, DeviceTime, Millis, UnixMillis, Uptime},
};

/// The device's clocks: civil time, time since boot, and which boot it is.
#[derive(Debug, Clone, Copy)]
pub struct DeviceClock {
    boot: BootId,
    ahead: Millis,
    fast: Millis,
    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    started: std::time::Instant,
}

impl DeviceClock {
    /// Finds out which boot this is. Where the system does not tell, each run counts as a boot of
    /// its own; that only makes the time look less sure than it is.
    ///
    /// # Errors
    /// [`RandomFailed`] if an identifier had to be drawn and could not.
    pub fn new(random: &dyn Random) -> Result<Self, RandomFailed> {
        let boot = match boot_id() {
            Some(boot) => boot,
            None => {
                let mut drawn = [0; 16];
                random.fill(&mut drawn)?;
                BootId(drawn)
            }
        };
        Ok(Self {
            boot,
            ahead: Millis(0),
            fast: Millis(0),
            #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
            started: std::time::Instant::now(),
        })
    }

    /// The same clocks so much later, as if that time had gone by: how a demonstration waits.
    #[must_use]
    pub const fn ahead(self, by: Millis) -> Self {
        Self { ahead: by, ..self }
    }

    /// The same clocks with a civil time that is so much fast: somebody has set it wrong.
    #[must_use]
    pub const fn fast(self, by: Millis) -> Self {
        Self { fast: by, ..self }
    }

    /// The same clocks after a restart, of which it is another boot.
    #[must_use]
    pub const fn restarted(self, boot: BootId) -> Self {
        Self { boot, ..self }
    }

    /// What the clocks say now.
    pub fn now(&self) -> DeviceTime {
        DeviceTime {
            wall: wall().saturating_add(self.ahead).saturating_add(self.fast),
            uptime: self.uptime().saturating_add(self.ahead),
            boot: self.boot,
        }
    }

    /// A clock that goes on while the machine sleeps, so that an idle time counts sleep.
    ///
    /// On Linux `CLOCK_BOOTTIME`. On Apple's systems `CLOCK_MONOTONIC`, which counts sleep there, as
    /// `clock_gettime(3)` of macOS says; it may be slewed with the wall clock, unlike
    /// `mach_continuous_time`, for which there is no safe call.
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    fn uptime(&self) -> Uptime {
        use rustix::time::{ClockId, clock_gettime};
        #[cfg(target_vendor = "apple")]
        let time = clock_gettime(ClockId::Monotonic);
        #[cfg(not(target_vendor = "apple"))]
        let time = clock_gettime(ClockId::Boottime);
        let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
        let millis = u64::try_from(time.tv_nsec).unwrap_or_default() / 1_000_000;
        Uptime(seconds.saturating_mul(1000).saturating_add(millis))
    }

    /// Time since this process began. On Windows `Instant` counts sleep; elsewhere it depends.
    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    fn uptime(&self) -> Uptime {
        Uptime(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX))
    }
}

/// The wall clock. A clock set before 1970 is a negative number, which the core then refuses.
fn wall() -> UnixMillis {
    let now = SystemTime::now();
    let millis = |span: std::time::Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
    match now.duration_since(UNIX_EPOCH) {
        Ok(since) => UnixMillis(millis(since)),
        Err(before) => UnixMillis(millis(before.duration()).saturating_neg()),
    }
}

/// The 16 bytes that the kernel drew at boot.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn boot_id() -> Option<BootId> {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let mut digits = text.chars().filter_map(|c| c.to_digit(16));
    let mut id = [0_u8; 16];
    for byte in &mut id {
        let (high, low) = (digits.next()?, digits.next()?);
        *byte = u8::try_from((high << 4) | low).ok()?;
    }
    Some(BootId(id))
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn boot_id() -> Option<BootId> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use warifu::secret::SystemRandom;

    #[test]
    fn two_readings_name_the_same_boot_and_go_forward() {
        let clock = DeviceClock::new(&SystemRandom::new()).unwrap();
        let (first, second) = (clock.now(), clock.now());
        assert_eq!(first.boot, second.boot);
        assert_ne!(first.boot, BootId([0; 16]));
        assert!(first.uptime <= second.uptime);
    }

    #[test]
    fn a_clock_that_is_set_wrong_or_restarted_differs_in_that_alone() {
        let clock = DeviceClock::new(&SystemRandom::new()).unwrap();
        let (now, fast) = (clock.now(), clock.fast(Millis::from_secs(600)).now());
        assert!(fast.wall.since(now.wall) >= Millis::from_secs(600));
        assert!(fast.uptime.since(now.uptime) < Millis::from_secs(600));
        assert_eq!(fast.boot, now.boot);
        let restarted = clock.restarted(BootId([7; 16])).now();
        assert_eq!(restarted.boot, BootId([7; 16]));
        assert!(restarted.wall.since(now.wall) < Millis::from_secs(600));
    }

    #[test]
    fn a_clock_that_is_ahead_is_ahead_in_both_of_its_readings() {
        let clock = DeviceClock::new(&SystemRandom::new()).unwrap();
        let (now, later) = (clock.now(), clock.ahead(Millis::from_secs(259_200)).now());
        assert_eq!(now.boot, later.boot);
        assert!(later.wall.since(now.wall) >= Millis::from_secs(259_100));
        assert!(later.uptime.since(now.uptime) >= Millis::from_secs(259_200));
    }
}
