//! Buffers that cross are wiped when they are given back, since both sides free them here.
#![cfg(target_os = "linux")]

use std::{fs::File, os::unix::fs::FileExt};

use super::{bytes, foreign::call};

/// Small enough to stay mapped when it is free.
const LEN: usize = 4_096;

/// An allocator writes two links over the beginning of what it takes back.
const LINKS: usize = 16;

#[test]
fn a_buffer_that_was_given_back_holds_nothing() {
    let buffer = bytes([0xa5; LEN]);
    let address = u64::try_from(buffer.data_pointer().addr()).unwrap();
    let held = read(address);
    assert!(held.windows(LEN - LINKS).any(|run| run.iter().all(|byte| *byte == 0xa5)));
    call(|status| uniffi::ffi::uniffi_rustbuffer_free(buffer, status)).unwrap();
    let left = read(address);
    let kept = left.iter().skip(LINKS).filter(|byte| **byte == 0xa5).count();
    assert_eq!(kept, 0, "bytes of {LEN} are left");
}

fn read(address: u64) -> Vec<u8> {
    let mut found = vec![0; LEN];
    File::open("/proc/self/mem").unwrap().read_exact_at(&mut found, address).unwrap();
    found
}
