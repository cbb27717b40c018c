//! Counts the bytes that are allocated: an input may take so much memory, and must give all back.
//!
//! LeakSanitizer needs a nightly compiler; this needs none, and bounds the peak too.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

/// Runs `work` on one input. It may hold `limit` bytes at a time and none when it has ended.
///
/// # Panics
/// If it holds more. What a first run leaves behind may be a table that is made once, so only work
/// that leaves something behind each time leaks.
pub fn watch(limit: usize, work: impl Fn()) {
    let mut left = 0;
    for _ in 0..8 {
        let before = LIVE.load(Relaxed);
        PEAK.store(before, Relaxed);
        work();
        let peak = PEAK.load(Relaxed) - before;
        assert!(peak <= limit, "{peak} bytes at a time, of {limit} that it may take");
        left = LIVE.load(Relaxed).saturating_sub(before);
        if left == 0 {
            return;
        }
    }
    panic!("leaks {left} bytes each time");
}

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct Counting;

// SAFETY: all is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both blocks may be there for a moment.
        add(size);
        LIVE.fetch_sub(layout.size(), Relaxed);
        unsafe { System.realloc(place, layout, size) }
    }
}

fn add(size: usize) {
    PEAK.fetch_max(LIVE.fetch_add(size, Relaxed) + size, Relaxed);
}
