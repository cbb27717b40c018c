//! The bank's half of the tally: judges one-time codes, as pure functions.
//!
//! A bank keeps one [`State`] per credential. A code comes in, [`Verifier::verify`] takes the state,
//! the code and the time, and gives a [`Verdict`] and the state to store. There is no clock here, no
//! storage, no randomness and no thread: the same arguments give the same answer, so every rule can
//! be tried at a desk.
//!
//! ```
//! use warifu::{
//!     credential::{Generator, Seed},
//!     otp::{Algorithm, Digits, totp::Steps},
//!     secret::Secret,
//!     time::UnixMillis,
//! };
//! use warifu_verifier::{Rules, State, TypedCode, Verdict, Verifier};
//!
//! let seed = Seed::new(Secret::copy_of(b"12345678901234567890"))?;
//! let generator = Generator::Totp {
//!     algorithm: Algorithm::Sha1,
//!     digits: Digits::EIGHT,
//!     steps: Steps::default(),
//! };
//! let rules = Rules::default();
//! let verifier = Verifier::new(&generator, &seed, &rules);
//!
//! // The first code shows that the seed has arrived. RFC 6238, appendix B, has these codes.
//! let issued = State::new(&generator);
//! let code = TypedCode::new("9428 7082", Digits::EIGHT)?;
//! let (verdict, state) = verifier.confirm(&issued, &code, UnixMillis::from_secs(59));
//! assert!(verdict.is_accepted());
//!
//! // A later one is accepted, and never again.
//! let code = TypedCode::new("０７０８１８０４", Digits::EIGHT)?; // as a Japanese keyboard may type it
//! let now = UnixMillis::from_secs(1_111_111_109);
//! let (verdict, state) = verifier.verify(&state, &code, now);
//! assert!(verdict.is_accepted());
//! let (verdict, state) = verifier.verify(&state, &code, now);
//! assert_eq!(verdict, Verdict::Replayed);
//!
//! // A wrong one counts.
//! let code = TypedCode::new("00000000", Digits::EIGHT)?;
//! let (verdict, state) = verifier.verify(&state, &code, now);
//! assert_eq!(verdict, Verdict::Wrong { left: 9 });
//! assert_eq!(state.failures(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `docs/verifier.md` has the rules with their reasons, the chance of a guesser, and how to store a
//! state so that of two requests at once one wins.

mod drift;
mod row;
mod rules;
mod search;
mod state;
mod typed;
mod verdict;
mod verifier;
mod window;

pub use drift::{DECAY, Drift, MAX_DRIFT};
pub use row::{InvalidRow, Row};
pub use rules::{InvalidRules, Rules, RulesBuilder, Waits};
pub use state::{AlreadyRevoked, MAX_SIGHTED, State, Status};
pub use typed::{InvalidCode, TypedCode};
pub use verdict::{Accepted, Verdict};
pub use verifier::Verifier;

/// The page's example runs with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../../docs/verifier.md")]
struct Page;
