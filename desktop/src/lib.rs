//! The PC token of warifu: its screens, its command line, and what a PC adds to the core.
//!
//! The core decides and computes; this crate reads the clock, the keyboard and pictures, and draws.
//! [`app`] is the behaviour, [`view`] what is to be seen, [`draw`] the drawing: three pure
//! functions. The shell joins them to the terminal.

pub mod app;
pub mod cli;
pub mod clipboard;
mod clock_text;
pub mod device_clock;
pub mod draw;
pub mod drive;
pub mod enrol;
pub mod failure;
pub mod http;
pub mod import;
pub mod input;
pub mod instant;
pub mod keyring;
pub mod locale;
pub mod memory;
pub mod names;
pub mod patience;
pub mod picture;
pub mod places;
pub mod shell;
pub mod sync;
pub mod texts;
pub mod typed;
pub mod view;
