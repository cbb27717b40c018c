//! Enrolment: a credential straight from a bank's token service (`docs/enrolment.md`).
//!
//! The messages alone, as pure functions over bytes: nothing here sends, stores or reads a clock.
//!
//! ```text
//! Link ─▶ Pending::begin ─▶ request  ══▶ service
//!                             answer ◀══
//!         Pending::take_answer ─▶ Issued
//!         Pending::confirmation ─▶ message ══▶ service
//!                                   verdict ◀══
//!         AwaitedVerdict::read_verdict ─▶ Judgement
//! ```
//!
//! ```
//! use warifu::{
//!     provision::enrol::{BindingLevel, Link, Pending, Stage},
//!     secret::SystemRandom,
//! };
//!
//! let link = Link::parse(
//!     b"https://bank.example/token\
//!       #k=BEFQUBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HZAEERA&c=1234567890123452",
//! )?;
//! assert_eq!(link.host(), "bank.example");
//! let pending = Pending::begin(&link, BindingLevel::None, &SystemRandom::new())?;
//! assert_eq!(pending.request_url(), "https://bank.example/token/enrol");
//! assert_eq!(pending.request().len(), 153);
//! assert_eq!(pending.stage(), Stage::Requested);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod activation;
mod confirmation;
mod link;
mod pending;
mod record;
mod seal;

pub use activation::{ActivationCode, InvalidActivationCode};
pub use confirmation::{AwaitedVerdict, Confirmation, Judgement, Verdict, VerdictError};
pub use link::{Link, LinkError};
pub use pending::{AnswerError, BeginError, Issued, Pending, Stage};
pub use record::RecordError;

/// The greatest length of an answer, in bytes.
pub const MAX_ANSWER: usize = 16_384;

/// The length of a verdict, in bytes.
pub const VERDICT_LEN: usize = 42;

/// The content type of every message.
pub const CONTENT_TYPE: &str = "application/octet-stream";

/// Whether the vault's keys can leave the device, as the token says; the bank decides what it thinks
/// of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BindingLevel {
    /// Nothing holds them but a passphrase: who copies the file and knows that, has them.
    #[default]
    None,
    /// The operating system keeps a key for this user.
    OperatingSystem,
    /// Hardware keeps a key that it does not give out.
    Hardware,
}
