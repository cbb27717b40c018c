//! The boundary seen from the other side: each call goes through the C function that Kotlin and
//! Swift call, and what it gives is read byte by byte, as they read it.
#![allow(clippy::arithmetic_side_effects, reason = "a test that overflows is to panic")]

mod enrolment;
mod errors;
mod foreign;
mod ids;
mod key_store;
mod life;
mod masks;
mod memory;
mod panics;
mod slots;

use std::path::Path;

use uniffi::Lower;
use warifu::time::{BootId, DeviceTime, UnixMillis, Uptime};

use crate::{KdfCost, UniFfiTag};

/// A folder for one vault, and the vault's place in it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn vault(&self) -> String {
        self.path().join("token.warifu").to_str().unwrap().to_owned()
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

const PASSPHRASE: &str = "correct horse battery";

/// What a test can wait for.
const QUICK: Option<KdfCost> = Some(KdfCost { memory_kib: 8, passes: 1, lanes: 1 });

/// 2033-05-18T03:33:20Z: ten seconds before a period of thirty ends.
const NOW: DeviceTime = DeviceTime {
    wall: UnixMillis::from_secs(2_000_000_000),
    uptime: Uptime(7_000_000),
    boot: BootId([1; 16]),
};

/// A link whose seed is that of RFC 4226, appendix D. Its codes from [`NOW`] on are 279037 and 637009, by
/// oathtool.
const LINK: &str = "otpauth://totp/Bank:0001?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Bank\
                    &credential_id=WRFU12345678";

/// The same seed with a counter.
const COUNTED: &str =
    "otpauth://hotp/Bank:0002?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Bank&counter=0";

/// As the other side hands a value in.
fn lower<T: Lower<UniFfiTag>>(value: T) -> T::FfiType {
    T::lower(value)
}

/// As the other side hands bytes or text in.
fn bytes(content: impl AsRef<[u8]>) -> uniffi::RustBuffer {
    lower(content.as_ref().to_vec())
}

fn text(content: impl Into<String>) -> uniffi::RustBuffer {
    lower(content.into())
}
