//! The process whose memory is read. What it does is told by the first frame.

use std::{hint::black_box, os::unix::net::UnixStream, panic, path::Path, sync::Mutex};

use hmac::{Hmac, KeyInit};
use warifu::{
    otp::{Algorithm, Digits, hotp},
    secret::{Random, RandomFailed, Secret, scrubbed},
};
use zeroize::Zeroizing;

use crate::{
    life,
    link::{self, Link},
};

/// Lives a token's life and stands still at each point of interest.
pub(crate) const LIFE: u8 = b'L';
/// Leaves bytes lying about, on the heap, on the stack, among the statics.
pub(crate) const ON_THE_HEAP: u8 = b'H';
pub(crate) const ON_THE_STACK: u8 = b'S';
pub(crate) const IN_A_STATIC: u8 = b'T';
/// Puts bytes where only the allocator, or the scrub, can wipe them, and lets go of them.
pub(crate) const FREED: u8 = b'F';
pub(crate) const RETURNED: u8 = b'R';
pub(crate) const SCRUBBED: u8 = b'Q';
pub(crate) const PANICKED: u8 = b'P';
/// Makes secrets in every way, and wipes or drops them; beside each a plain buffer.
pub(crate) const SECRETS: u8 = b'W';
/// Makes codes outside of any scrub; then the library's own HMAC.
pub(crate) const UNSCRUBBED: u8 = b'U';
/// Keeps the libraries' own keys alive.
pub(crate) const KEYED: u8 = b'K';

/// Plays the child's part and ends the process: back in the harness it would count as a test.
pub(crate) fn run(socket: &Path) -> ! {
    let link = Link::new(UnixStream::connect(socket).unwrap());
    let (role, contents) = link.receive();
    match role {
        LIFE => life::live(&link, Path::new(std::str::from_utf8(&contents).unwrap())),
        ON_THE_HEAP => stand_still(&link, "planted"),
        ON_THE_STACK => {
            let mut planted = [0; PLANT];
            planted[..contents.len()].copy_from_slice(&contents);
            drop(contents);
            stand_still(&link, "planted");
            black_box(&planted);
        }
        IN_A_STATIC => {
            PLANTED.lock().unwrap()[..contents.len()].copy_from_slice(&contents);
            drop(contents);
            stand_still(&link, "planted");
        }
        FREED => {
            let mut grown = Vec::with_capacity(contents.len());
            grown.extend_from_slice(&contents);
            grown.reserve_exact(1 << 20);
            black_box(grown);
            drop(contents);
            stand_still(&link, "freed");
        }
        RETURNED => {
            use_the_stack(&contents);
            drop(contents);
            stand_still(&link, "returned");
        }
        SCRUBBED => {
            scrubbed(|| use_the_stack(&contents));
            drop(contents);
            stand_still(&link, "scrubbed");
        }
        PANICKED => {
            let work = || -> () {
                use_the_stack(&contents);
                panic::resume_unwind(Box::new(()));
            };
            assert!(panic::catch_unwind(|| scrubbed(work)).is_err());
            drop(contents);
            stand_still(&link, "panicked");
        }
        SECRETS => make_and_wipe(&link, &contents),
        UNSCRUBBED => use_a_seed(&link, &contents),
        KEYED => keep_keys(&link, &contents),
        _ => panic!("no such role"),
    }
    link.send(link::END, &[]);
    std::process::exit(0);
}

/// How much can be planted.
pub(crate) const PLANT: usize = 512 * 1024;

static PLANTED: Mutex<[u8; PLANT]> = Mutex::new([0; PLANT]);

/// A place at which the parent reads all there is.
pub(crate) fn stand_still(link: &Link, place: &str) {
    let (kind, _) = link.ask(link::STANDSTILL, place.as_bytes());
    assert_eq!(kind, link::DONE);
}

/// Copies the bytes onto the stack and returns.
#[inline(never)]
fn use_the_stack(bytes: &[u8]) {
    let mut frame = [0_u8; 16 * 1024];
    for place in frame.chunks_exact_mut(bytes.len()) {
        place.copy_from_slice(bytes);
    }
    black_box(&frame);
}

/// Each standstill is with what a call left on the stack deep below.
fn use_a_seed(link: &Link, seed: &[u8]) {
    for algorithm in [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512] {
        deep_down(|| {
            let seed = Secret::copy_of(seed);
            black_box(hotp::code(&seed, algorithm, Digits::SIX, 1));
        });
        stand_still(link, "a code was made");
    }
    deep_down(|| {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, seed);
        black_box(ring::hmac::sign(&key, &[1; 8]));
    });
    stand_still(link, "an HMAC was made");
}

/// So far down that nothing which comes after writes over it.
#[inline(never)]
fn deep_down(work: impl FnOnce()) {
    let frame = [0_u8; 64 * 1024];
    black_box(&frame);
    work();
    black_box(&frame);
}

/// What [`make_and_wipe`] is given is masked by this, so that only what it makes is found.
pub(crate) const MASK: u8 = 0x5a;

/// How [`make_and_wipe`] makes secrets: three standstills for each, held, dropped and wiped.
pub(crate) const WAYS: [&str; 4] = ["copied", "taken over", "taken over, with room", "drawn"];

fn make_and_wipe(link: &Link, masked: &[u8]) {
    let plain = |room: usize| {
        let mut bytes = Vec::with_capacity(masked.len() + room);
        bytes.extend(masked.iter().map(|byte| byte ^ MASK));
        bytes
    };
    let exact = || Zeroizing::new(plain(0));
    let roomy = || Zeroizing::new(plain(40));
    let makers: [&dyn Fn() -> Secret; WAYS.len()] = [
        &|| Secret::copy_of(&exact()),
        &|| Secret::from_zeroizing(exact()),
        &|| Secret::from_zeroizing(roomy()),
        &|| Secret::random(masked.len(), &Unmasked(masked)).unwrap(),
    ];
    for make in makers {
        let secret = make();
        stand_still(link, "held");
        drop(black_box(secret));
        stand_still(link, "dropped");
        let mut secret = make();
        secret.wipe();
        stand_still(link, "wiped");
        drop(black_box(secret));
    }
    // Last, since nothing wipes it.
    drop(black_box(plain(0)));
    stand_still(link, "a plain buffer was dropped");
}

/// A source that gives what is behind the mask.
struct Unmasked<'a>(&'a [u8]);

impl Random for Unmasked<'_> {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomFailed> {
        bytes.iter_mut().zip(self.0).for_each(|(byte, masked)| *byte = masked ^ MASK);
        Ok(())
    }
}

/// The libraries' keys as they lie in memory: `ring`'s AES and HMAC, RustCrypto's HMAC.
fn keep_keys(link: &Link, key: &[u8]) {
    use ring::{aead, hmac as ring_hmac};
    let cipher = aead::UnboundKey::new(&aead::AES_256_GCM, key).unwrap();
    let kept = Box::new((
        aead::LessSafeKey::new(cipher),
        ring_hmac::Key::new(ring_hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key),
        ring_hmac::Key::new(ring_hmac::HMAC_SHA256, key),
        ring_hmac::Key::new(ring_hmac::HMAC_SHA512, key),
    ));
    stand_still(link, "ring");
    drop(black_box(kept));
    let kept = Box::new((
        <Hmac<sha1::Sha1> as KeyInit>::new_from_slice(key).unwrap(),
        <Hmac<sha2::Sha256> as KeyInit>::new_from_slice(key).unwrap(),
        <Hmac<sha2::Sha512> as KeyInit>::new_from_slice(key).unwrap(),
    ));
    stand_still(link, "RustCrypto");
    drop(black_box(kept));
}
