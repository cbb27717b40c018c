//! The bank's token service: issues credentials, judges their codes, and keeps both. Beside it the bank
//! that its customers see.
//!
//! The rooms, each knowing only those below it:
//!
//! | room | what it is for |
//! |---|---|
//! | [`cli`] | the command line of `warifu-bank`; starts and stops the service |
//! | [`api`] | HTTP and JSON: parses, asks the service, answers, logs a line |
//! | [`pages`] | the bank's pages, over HTTP: parses forms, asks the bank, draws |
//! | [`bank`] | the bank behind its pages: contracts, logins, registration and exchange of a token |
//! | [`enrolment`] | the service's side of `docs/enrolment.md`: issues credentials, judges confirmations; the messages themselves are the package `warifu-issuer`'s |
//! | [`service`] | what the service does: judge, confirm, resync, suspend, revoke, issue |
//! | [`store`] | the database: SQLite or PostgreSQL; what is committed, and with what |
//! | [`seeds`] | seeds at rest, sealed under keys that the database does not have |
//! | [`calendar`] | dates for people |
//!
//! [`clock`] is read by `cli`, `api` and `pages` alone: below them time is an argument. `bank` knows the
//! token service by a trait.
//!
//! `docs/bank.md` is for who runs it.

pub mod api;
pub mod bank;
pub mod calendar;
pub mod cli;
pub mod clock;
pub mod enrolment;
pub mod pages;
pub mod peer;
pub mod seeds;
pub mod service;
pub mod store;
