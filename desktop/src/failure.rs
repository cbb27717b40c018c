//! What can go wrong, with the words for it.

use std::{fmt, path::PathBuf};

use warifu::{
    clock,
    credential::{InvalidLabel, deceives},
    provision::{
        enrol::{InvalidActivationCode, LinkError},
        otpauth,
    },
    secret::RandomFailed,
    token,
    vault::PassphraseError,
};

use crate::{
    locale::Lang,
    texts::{self, ErrorText},
};

/// What goes wrong around the core, on a PC.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PcError {
    /// The picture shows no QR code.
    #[error("the picture has no QR code")]
    NoQr,
    /// The picture's QR code is for something else.
    #[error("the QR code is not an otpauth one")]
    NotOtpauthQr,
    /// Several tokens are in one picture.
    #[error("the picture has several otpauth QR codes")]
    SeveralQr,
    /// The file is no PNG or JPEG picture, or a damaged one.
    #[error("the picture cannot be read")]
    UnreadableImage,
    /// More than 10 MiB, or more than 8192 pixels on a side.
    #[error("the picture is too large")]
    ImageTooLarge,
    /// The file cannot be read.
    #[error("the file cannot be read: {reason}")]
    UnreadableFile {
        /// Which.
        path: PathBuf,
        /// What the system said.
        reason: std::io::ErrorKind,
    },
    /// Standard input held nothing, more than it may, or no text.
    #[error("standard input holds no URI and no picture")]
    BadInput,
    /// The vault holds no credential.
    #[error("the vault holds no credential")]
    EmptyVault,
    /// No credential has this name.
    #[error("no credential has this name")]
    NoMatch {
        /// The name asked for.
        name: String,
    },
    /// Several credentials have this name, or no name was given.
    #[error("the name fits several credentials")]
    Ambiguous {
        /// What they are called.
        candidates: Vec<String>,
    },
    /// A passphrase is needed, and there is neither a terminal nor a file descriptor.
    #[error("there is no terminal to ask for the passphrase")]
    NobodyToAsk,
    /// The passphrase's file descriptor cannot be read, or holds no line.
    #[error("the file descriptor {fd} gives no passphrase")]
    PassphraseFd {
        /// Its number.
        fd: i32,
    },
    /// The two passphrases typed differ.
    #[error("the two passphrases differ")]
    PassphrasesDiffer,
    /// The person gave up.
    #[error("cancelled")]
    Cancelled,
    /// Nobody is there to confirm a removal.
    #[error("the removal was not confirmed")]
    NotConfirmed,
    /// The platform names no folder for data, or it cannot be made.
    #[error("there is no folder to keep the vault in")]
    NoFolder,
    /// The terminal failed.
    #[error("the terminal failed: {reason}")]
    Terminal {
        /// What the system said.
        reason: std::io::ErrorKind,
    },
    /// The clipboard took nothing.
    #[error("the clipboard is not available")]
    Clipboard,
    /// The credential's time has not begun.
    #[error("the credential makes no codes yet")]
    NotYet,
    /// The next code of a counter was asked for without spending it.
    #[error("the codes of a counter have no next one")]
    NoNextOfCounter,
    /// The demo's service does not start.
    #[error("the service does not start")]
    NoService,
    /// What was given to enrol with is no link to a service.
    #[error("this is no link to a bank's service")]
    NotALink,
    /// The system has no keyring that answers.
    #[error("no keyring answers")]
    NoKeyring,
    /// Standard output takes nothing.
    #[error("standard output failed: {reason}")]
    Output {
        /// What the system said.
        reason: std::io::ErrorKind,
    },
}

/// Each kind of error with its support code: a kind without one does not compile, and a code without
/// its text fails a test.
macro_rules! support_codes {
    ($($kind:pat = $code:literal,)+) => {
        impl PcError {
            /// Every support code of this type.
            pub const CODES: &[&'static str] = &[$($code),+];

            /// The stable code that a person reads out to support.
            pub const fn support_code(&self) -> &'static str {
                match self {
                    $($kind => $code,)+
                }
            }
        }
    };
}

support_codes! {
    Self::NoQr = "W-501",
    Self::NotOtpauthQr = "W-502",
    Self::SeveralQr = "W-503",
    Self::UnreadableImage = "W-504",
    Self::ImageTooLarge = "W-505",
    Self::UnreadableFile { .. } = "W-506",
    Self::BadInput = "W-507",
    Self::EmptyVault = "W-508",
    Self::NoMatch { .. } = "W-509",
    Self::Ambiguous { .. } = "W-510",
    Self::NobodyToAsk = "W-511",
    Self::PassphraseFd { .. } = "W-512",
    Self::PassphrasesDiffer = "W-513",
    Self::Cancelled = "W-514",
    Self::NotConfirmed = "W-515",
    Self::NoFolder = "W-516",
    Self::Terminal { .. } = "W-517",
    Self::Clipboard = "W-518",
    Self::Output { .. } = "W-519",
    Self::NotYet = "W-520",
    Self::NoKeyring = "W-521",
    Self::NoNextOfCounter = "W-522",
    Self::NotALink = "W-523",
    Self::NoService = "W-524",
}

impl PcError {
    /// What the texts leave open: a path, the names that fit.
    fn details(&self) -> Vec<String> {
        match self {
            Self::UnreadableFile { path, .. } => vec![path.display().to_string()],
            Self::NoMatch { name } => vec![name.clone()],
            Self::Ambiguous { candidates } => candidates.clone(),
            Self::PassphraseFd { fd } => vec![fd.to_string()],
            _ => Vec::new(),
        }
    }
}

/// Anything that ends a piece of work: the core's error or the PC's own.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// From the core.
    #[error(transparent)]
    Core(#[from] token::Error),
    /// From the PC token.
    #[error(transparent)]
    Pc(#[from] PcError),
}

impl Failure {
    /// The words for it in one language.
    pub fn explain(&self, lang: Lang) -> Trouble {
        let code = self.support_code();
        let details = match self {
            Self::Core(_) => Vec::new(),
            Self::Pc(error) => error.details(),
        };
        // A test proves that every code has its texts.
        let ErrorText { what, next } =
            texts::error(lang, &code).unwrap_or(ErrorText { what: "", next: "" });
        // What a file or an argument is called comes from outside: it must not steer the terminal.
        let details = details.iter().map(|detail| printable(detail)).collect();
        Trouble { what, details, next, support: texts::support_code(lang, &code) }
    }

    /// The words for it where it kept the keyring from opening the vault: whatever it was, the
    /// passphrase is the way on.
    pub fn explain_keyring(&self, lang: Lang) -> Trouble {
        Trouble {
            what: texts::keyring_failed(lang),
            details: Vec::new(),
            next: texts::keyring_failed_next(lang),
            support: texts::support_code(lang, &self.support_code()),
        }
    }

    fn support_code(&self) -> String {
        match self {
            Self::Core(error) => error.support_code().to_string(),
            Self::Pc(error) => error.support_code().to_owned(),
        }
    }
}

/// What the core's functions answer with outside of a token has its place in the token's error.
macro_rules! core_errors {
    ($($error:ty),+) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::Core(error.into())
            }
        })+
    };
}

core_errors!(
    clock::Implausible,
    otpauth::Error,
    LinkError,
    InvalidActivationCode,
    InvalidLabel,
    PassphraseError,
    RandomFailed
);

/// An error in a customer's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What happened.
    pub what: &'static str,
    /// Which file, which names.
    pub details: Vec<String>,
    /// What to do next.
    pub next: &'static str,
    /// The line to read out to support.
    pub support: String,
}

/// The lines for standard error.
impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.what)?;
        for detail in &self.details {
            writeln!(f, "  {detail}")?;
        }
        write!(f, "{}\n{}", self.next, self.support)
    }
}

/// A text from outside with what could deceive made visible. Lines stay lines only where the caller
/// parts them.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if deceives(c) { '\u{fffd}' } else { c }).collect()
}
