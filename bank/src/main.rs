//! The bank's token service: `warifu-bank`.

use std::process::ExitCode;

use warifu::secret::{WIPING_ALLOCATOR, WipingAllocator};

/// Wipes all memory on its way back: bodies of requests, rows of the database, texts of dependencies.
#[global_allocator]
static ALLOCATOR: WipingAllocator = WIPING_ALLOCATOR;

fn main() -> ExitCode {
    warifu_bank::cli::main()
}
