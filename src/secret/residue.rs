//! What secrets leave behind where no type can wipe it: freed memory, and the stack.

use std::{alloc::System, hint::black_box};

use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use zeroize::zeroize_stack;
use zeroizing_alloc::ZeroAlloc;

/// The system's allocator, and every block is wiped as it is given back.
///
/// A [`Secret`](super::Secret) wipes itself, but not what lay in a buffer before it grew, in a value
/// that was moved out of its box, or in a future that has ended. Every binary and every library
/// that is loaded by itself installs this:
///
/// ```
/// use warifu::secret::{WIPING_ALLOCATOR, WipingAllocator};
///
/// #[global_allocator]
/// static ALLOCATOR: WipingAllocator = WIPING_ALLOCATOR;
/// # fn main() {}
/// ```
///
/// It comes from the crate `zeroizing-alloc`, which wipes by a `memset` behind a pointer that is
/// read as volatile, so that no optimiser can see through it. It has no `realloc` of its own, and so
/// gets the trait's: allocate, copy, free, which wipes; a block is never grown in place or moved
/// by the system.
pub type WipingAllocator = ZeroAlloc<System>;

/// The one value of [`WipingAllocator`].
pub const WIPING_ALLOCATOR: WipingAllocator = ZeroAlloc(System);

/// Runs `work` and then overwrites the stack that it used and, by best effort, the vector registers;
/// also if it panics.
///
/// Cryptographic code leaves its working state on the stack when it returns: one AES-GCM call leaves
/// whole copies of its key there, an HMAC the states that stand for its key. Nothing in safe Rust
/// can reach into those frames, but a later call can lie over them. So each entry of the core that
/// handles a secret runs inside this, once, at the outermost place.
///
/// ```
/// use warifu::secret::{Secret, scrubbed};
///
/// let seed = Secret::copy_of(b"12345678901234567890");
/// assert_eq!(scrubbed(|| seed.len()), 20);
/// ```
///
/// Vector registers keep round keys and a hash's states when the code that used them returns, and a
/// caller may spill them where no scrub comes: a Java machine does, onto its threads' stacks. So the
/// same code runs once more, over nothing. That is best effort: which registers it uses is the
/// compiler's choice and the processor's, and nothing promises that they are the same ones.
///
/// What it cannot reach: what `work` returns, and the frames above the call. A signal that comes
/// meanwhile has the kernel write the registers onto the stack, within the scrub's reach.
/// [`SCRUBBED`] says how deep that is.
pub fn scrubbed<T>(work: impl FnOnce() -> T) -> T {
    let _scrub = ScrubOnDrop;
    lowered(work)
}

/// How much of the stack [`scrubbed`] overwrites, in bytes.
///
/// The deepest entry, a step of a PIN's flow, was measured on x86-64 to use 13 KiB in release and
/// 47 KiB in debug; `tests/residue.rs` fails where any entry goes deeper than this. A thread that
/// calls into the core needs that much stack, and some for itself.
pub const SCRUBBED: usize = 128 * 1024;

/// The scrub's own frame has a few bytes above its buffer, for saved registers. This puts the
/// work's frames lower than those.
const HEADROOM: usize = 256;

/// Runs one call of ring's and overwrites the stack that it used, long before the scrub does.
///
/// A value is moved with its gaps: where an `Option` holds nothing, whatever lay there on the stack
/// goes along into the heap, which no scrub reaches. So nothing of a key may lie on the stack when
/// the values are made that come of what it opened.
pub(crate) fn swept<T>(work: impl FnOnce() -> T) -> T {
    let outcome = lowered(work);
    zeroize_stack::<SWEPT>();
    outcome
}

/// The same for HPKE and Argon2, which go deeper and are seldom called.
pub(crate) fn swept_deep<T>(work: impl FnOnce() -> T) -> T {
    let outcome = lowered(work);
    zeroize_stack::<SWEPT_DEEP>();
    outcome
}

/// In bytes. On x86-64 ring went down by 4.3 KiB for AES-GCM, by 2.5 KiB for HKDF with an HMAC, and by
/// 2 KiB for an HMAC alone; code without optimisation goes deeper.
const SWEPT: usize = if cfg!(debug_assertions) { 32 * 1024 } else { 8 * 1024 };

/// In bytes: as deep as the deepest entry, with all that it calls ([`SCRUBBED`]).
const SWEPT_DEEP: usize = if cfg!(debug_assertions) { 48 * 1024 } else { 16 * 1024 };

struct ScrubOnDrop;

impl Drop for ScrubOnDrop {
    fn drop(&mut self) {
        overwrite_registers();
        zeroize_stack::<SCRUBBED>();
    }
}

/// Long enough for the code that works on many blocks at once, then short, as a key or a name is.
#[inline(never)]
fn overwrite_registers() {
    let nonce = || Nonce::assume_unique_for_key([0; NONCE_LEN]);
    if let Ok(key) = UnboundKey::new(&AES_256_GCM, &[0; 32]) {
        let key = LessSafeKey::new(key);
        for len in [512, 32] {
            let mut bytes = [0; 512];
            let bytes = bytes.get_mut(..len).unwrap_or_default();
            if let Ok(tag) = key.seal_in_place_separate_tag(nonce(), Aad::empty(), bytes) {
                let opened = key.open_in_place_separate_tag(nonce(), Aad::empty(), tag, bytes, 0..);
                let _ = black_box(opened);
            }
        }
    }
    for hash in [hmac::HMAC_SHA512, hmac::HMAC_SHA256, hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY] {
        black_box(hmac::sign(&hmac::Key::new(hash, &[0; 20]), &[0; 8]));
    }
    let mut copied = [0; 256];
    for len in [256, 128, 64, 32] {
        let from = black_box([0_u8; 256]);
        let len = black_box(len);
        if let (Some(to), Some(from)) = (copied.get_mut(..len), from.get(..len)) {
            to.copy_from_slice(from);
        }
        black_box(&mut copied);
    }
}

#[inline(never)]
fn lowered<T>(work: impl FnOnce() -> T) -> T {
    let headroom = [0_u8; HEADROOM];
    black_box(&headroom);
    let outcome = apart(work);
    black_box(&headroom);
    outcome
}

#[inline(never)]
fn apart<T>(work: impl FnOnce() -> T) -> T {
    work()
}
