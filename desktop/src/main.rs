//! The PC token: `warifu`.

use std::{alloc::System, process::ExitCode};

use zeroizing_alloc::ZeroAlloc;

/// Wipes all memory on its way back: codes on the screen, pixels of a QR code, texts of dependencies.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    warifu_desktop::memory::keep_private();
    warifu_desktop::cli::main()
}
