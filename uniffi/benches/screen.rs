//! What a tick costs: a screen of 1, 100 and 10,000 credentials, within the core and by the C function
//! that Kotlin and Swift call. What those make of the buffer is theirs to measure.
//!
//! `cargo bench -p warifu-uniffi --bench screen`; `docs/performance.md` has the figures. The vault of
//! 10,000 is made once, which takes a minute or two.
//!
//! On a machine that does other work too, Criterion's two figures are of two different moments. So
//! each pair is taken once more in turns, and the medians are printed.
#![allow(clippy::unwrap_used, reason = "a bench that cannot go on is to stop")]
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "as in a test")]

#[path = "../tests/support/many.rs"]
mod many;

use std::{
    env,
    hint::black_box,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use uniffi::{Lower, RustBuffer, RustCallStatus, RustCallStatusCode, ffi::uniffi_rustbuffer_free};
use warifu::{
    secret::{Secret, SystemRandom},
    time::{BootId, DeviceTime, UnixMillis, Uptime},
    token,
    vault::Passphrase,
};
use warifu_ffi::{Token, UniFfiTag, uniffi_warifu_ffi_fn_method_token_screen};

criterion_group!(benches, screen);
criterion_main!(benches);

const NOW: DeviceTime = DeviceTime {
    wall: UnixMillis::from_secs(2_000_000_000),
    uptime: Uptime(7_000_000),
    boot: BootId([1; 16]),
};

const IN_TURNS: Duration = Duration::from_secs(3);

fn screen(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("screen");
    for count in counts() {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{count}.warifu"));
        many::make(&file, *count).unwrap();
        if *count > 1_000 {
            group.sample_size(20);
        }

        let within = token::Token::open(&file, Arc::new(SystemRandom::new())).unwrap();
        within.unlock(&Passphrase::new(many::PASSPHRASE.as_bytes()).unwrap()).unwrap();
        let cards = within.screen(NOW).unwrap().cards.len();
        assert_eq!(u32::try_from(cards), Ok(*count));
        group.bench_function(BenchmarkId::new("within", count), |bencher| {
            bencher.iter(|| within.screen(black_box(NOW)));
        });

        let outside = Token::open(file.to_str().unwrap().to_owned()).unwrap();
        outside.unlock(Secret::copy_of(many::PASSPHRASE.as_bytes())).unwrap();
        let len = by_c_function(&outside);
        assert!(len > u64::from(*count));
        group.bench_function(BenchmarkId::new("by the C function", count), |bencher| {
            bencher.iter(|| by_c_function(black_box(&outside)));
        });

        if measures() {
            let [within, outside] =
                in_turns(&|| drop(black_box(within.screen(black_box(NOW)))), &|| {
                    _ = black_box(by_c_function(black_box(&outside)))
                });
            println!(
                "{count} in turns: within {within:?}, by the C function {outside:?}, {len} bytes"
            );
        }
    }
}

/// The medians of two calls that are made in turns, for some seconds.
fn in_turns(one: &dyn Fn(), other: &dyn Fn()) -> [Duration; 2] {
    let mut times = [Vec::new(), Vec::new()];
    let begin = Instant::now();
    while begin.elapsed() < IN_TURNS {
        for (call, times) in [one, other].iter().zip(&mut times) {
            let begin = Instant::now();
            call();
            times.push(begin.elapsed());
        }
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    })
}

/// The call as the other side makes it, but for reading the buffer. Gives the buffer's length.
fn by_c_function(token: &Arc<Token>) -> u64 {
    let token = <Arc<Token> as Lower<UniFfiTag>>::lower(Arc::clone(token));
    let now: RustBuffer = <DeviceTime as Lower<UniFfiTag>>::lower(NOW);
    let mut status = RustCallStatus::default();
    let screen = uniffi_warifu_ffi_fn_method_token_screen(token, now, &mut status);
    assert!(status.code == RustCallStatusCode::Success);
    let len = u64::try_from(screen.len()).unwrap();
    uniffi_rustbuffer_free(screen, &mut status);
    len
}

/// Without `--bench`, as when `cargo test` tries it, none that takes long to make.
fn counts() -> &'static [u32] {
    if measures() { &[1, 100, 10_000] } else { &[1, 100] }
}

fn measures() -> bool {
    env::args().any(|argument| argument == "--bench")
}
