//! What the fuzz targets share.

pub mod drawing;
pub mod enrolment;
pub mod key_store;
pub mod memory;
pub mod mutation;
pub mod token;
pub mod vault_file;

use warifu::{
    secret::{Random, RandomFailed},
    time::{BootId, DeviceTime, UnixMillis, Uptime},
};

/// Opens each vault in `seeds/vault`.
pub const PASSPHRASE: &[u8] = b"correct horse battery staple";
/// Opens each PIN slot there.
pub const PIN: &[u8] = b"271828";

/// A device whose clocks stand still.
pub const NOW: DeviceTime = DeviceTime {
    wall: UnixMillis::from_secs(2_000_000_000),
    uptime: Uptime(5_000),
    boot: BootId([7; 16]),
};

/// Bytes that look random and are the same in each run.
#[derive(Default)]
pub struct Repeatable(std::sync::atomic::AtomicU64);

impl Random for Repeatable {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomFailed> {
        for chunk in bytes.chunks_mut(32) {
            let count = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            chunk.copy_from_slice(&vault_file::sha256(&count.to_be_bytes())[..chunk.len()]);
        }
        Ok(())
    }
}
