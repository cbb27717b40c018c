//! The PC token: `warifu`.

use std::process::ExitCode;

use warifu::secret::{WIPING_ALLOCATOR, WipingAllocator};

/// Wipes all memory on its way back: codes on the screen, pixels of a QR code, texts of dependencies.
#[global_allocator]
static ALLOCATOR: WipingAllocator = WIPING_ALLOCATOR;

fn main() -> ExitCode {
    warifu_desktop::memory::keep_private();
    warifu_desktop::cli::main()
}
