//! warifu (割符): a software token core for banks.
//!
//! The core stores the seed, makes the codes and knows the time. It opens no socket, draws
//! nothing, starts no thread and reads no clock: those belong to the app around it. An app holds
//! one [`token::Token`] and draws the [`token::Screen`] that it gives; [`provision`] reads what a
//! bank hands out; the other rooms are what these two stand on.
//!
//! Rooms, from the ground up; each knows only those below it:
//!
//! | level | rooms |
//! |---|---|
//! | L0 | [`secret`], [`time`] |
//! | L1 | [`otp`] |
//! | L2 | [`credential`] |
//! | L3 | [`vault`], [`provision`], [`clock`] |
//! | L4 | [`token`] |
//!
//! [`token`] opens with an example of the whole.

pub mod clock;
pub mod credential;
pub mod otp;
pub mod provision;
pub mod secret;
pub mod time;
pub mod token;
pub mod vault;

/// The README's example runs with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
