//! Rust's part of `bindings/speed`, which measures a tick in every language in one run:
//! `speed FOLDER`, with vaults of `many_credentials` in it that are named `COUNT.warifu`.
//!
//! It first prints what the first call of the process took, then answers each line of its input with
//! one of nanoseconds:
//!
//! - `open COUNT`: unlocks the vault; what the first tick took.
//! - `WAY COUNT CALLS`: so many ticks; their median. A way is `core`, within the core, or `c`, by the C
//!   function that Kotlin and Swift call. What those make of its buffer is theirs to measure.
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "as in a test")]

#[allow(dead_code, reason = "another example makes the vaults")]
#[path = "../tests/support/many.rs"]
mod many;

use std::{
    collections::HashMap,
    env,
    error::Error,
    hint::black_box,
    io::{self, BufRead as _, Write as _},
    path::Path,
    sync::Arc,
    time::Instant,
};

use uniffi::{Lower, RustBuffer, RustCallStatus, RustCallStatusCode, ffi::uniffi_rustbuffer_free};
use warifu::{
    secret::{Secret, SystemRandom},
    time::{BootId, DeviceTime, UnixMillis, Uptime},
    token,
    vault::Passphrase,
};
use warifu_ffi::{Token, UniFfiTag, describe, uniffi_warifu_ffi_fn_method_token_screen};

const NOW: DeviceTime = DeviceTime {
    wall: UnixMillis::from_secs(2_000_000_000),
    uptime: Uptime(7_000_000),
    boot: BootId([1; 16]),
};

fn main() -> Result<(), Box<dyn Error>> {
    say(nanoseconds(|| drop(black_box(describe(token::Error::Locked)))))?;
    let folder = env::args().nth(1).ok_or("usage: speed FOLDER")?;
    let mut opened = HashMap::new();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        match words.as_slice() {
            ["open", count] => {
                let pair = Pair::open(&Path::new(&folder).join(format!("{count}.warifu")))?;
                say(nanoseconds(|| drop(black_box(pair.within.screen(NOW)))))?;
                assert_eq!(pair.within.screen(NOW)?.cards.len().to_string(), *count);
                opened.insert((*count).to_owned(), pair);
            }
            [way, count, calls] => {
                let pair = opened.get(*count).ok_or("it was not opened")?;
                let calls = calls.parse()?;
                say(match *way {
                    "core" => median(calls, || drop(black_box(pair.within.screen(black_box(NOW))))),
                    "c" => median(calls, || _ = black_box(by_c_function(&pair.outside))),
                    _ => return Err("no such way".into()),
                })?;
            }
            _ => return Err("no such request".into()),
        }
    }
    Ok(())
}

/// The same vault within the core and behind the boundary.
struct Pair {
    within: token::Token,
    outside: Arc<Token>,
}

impl Pair {
    fn open(file: &Path) -> Result<Self, Box<dyn Error>> {
        let within = token::Token::open(file, Arc::new(SystemRandom::new()))?;
        within.unlock(&Passphrase::new(many::PASSPHRASE.as_bytes())?)?;
        let outside = Token::open(file.to_str().ok_or("a path in UTF-8")?.to_owned())?;
        outside.unlock(Secret::copy_of(many::PASSPHRASE.as_bytes()))?;
        Ok(Self { within, outside })
    }
}

/// The call as the other side makes it, but for reading the buffer. Gives the buffer's length.
fn by_c_function(token: &Arc<Token>) -> usize {
    let token = <Arc<Token> as Lower<UniFfiTag>>::lower(Arc::clone(token));
    let now: RustBuffer = <DeviceTime as Lower<UniFfiTag>>::lower(NOW);
    let mut status = RustCallStatus::default();
    let screen = uniffi_warifu_ffi_fn_method_token_screen(token, now, &mut status);
    assert!(status.code == RustCallStatusCode::Success);
    let len = screen.len();
    uniffi_rustbuffer_free(screen, &mut status);
    len
}

fn median(calls: usize, call: impl Fn()) -> u128 {
    let mut times: Vec<_> = (0..calls).map(|_| nanoseconds(&call)).collect();
    times.sort_unstable();
    times[calls / 2]
}

fn nanoseconds(call: impl FnOnce()) -> u128 {
    let begin = Instant::now();
    call();
    begin.elapsed().as_nanos()
}

fn say(nanoseconds: u128) -> io::Result<()> {
    println!("{nanoseconds}");
    io::stdout().flush()
}
