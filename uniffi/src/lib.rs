//! The boundary of warifu: everything that [`warifu::token`] offers, for Kotlin and Swift, by uniffi.
//!
//! There is no logic here. Records and enums of the core cross as they are; what the core keeps
//! private crosses as its text or its number and is parsed on the way in. `docs/boundary.md` says
//! what crosses and how.

mod credential;
mod enrolment;
mod error;
mod flow;
mod http;
mod key_store;
mod marker;
mod masked;
mod names;
mod screen;
mod slots;
mod time;
mod token;

use warifu::secret::{WIPING_ALLOCATOR, WipingAllocator};

pub use credential::{Preview, preview};
pub use enrolment::{EnrolmentPreview, preview_enrolment};
pub use error::{IdKind, WarifuError, describe, support_code};
pub use flow::{Flow, overwrite_registers};
pub use marker::{marker_text, read_marker};
pub use slots::{KdfCost, NewSlot, PinSetting, UnlockWith};
pub use token::{NewToken, Token, create_on_device};

/// The C function behind [`Token::screen`], for the bench.
#[doc(hidden)]
pub use token::uniffi_warifu_ffi_fn_method_token_screen;

uniffi::setup_scaffolding!();

/// Every buffer that crosses is freed here, on this side, and wiped by it.
#[global_allocator]
static ALLOCATOR: WipingAllocator = WIPING_ALLOCATOR;

#[cfg(test)]
mod tests;
