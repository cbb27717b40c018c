//! The command line.

mod arguments;
mod commands;
mod descriptors;
mod output;
mod prompt;
mod usage;

use std::{io::Write as _, process::ExitCode};

use clap::FromArgMatches;

use crate::{
    failure::{Failure, PcError},
    locale::Lang,
};

/// Refused or failed.
const FAILED: u8 = 1;
/// Not understood.
const USAGE: u8 = 2;

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let lang = Lang::of_arguments(std::env::args_os()).unwrap_or_else(Lang::of_system);
    match understand(lang, arguments::command(lang)) {
        Ok(arguments) => finish(lang, commands::run(lang, arguments)),
        Err(status) => status,
    }
}

/// Reads the command line. Where there is nothing to do, because it is wrong or asks for help, that
/// is told.
///
/// # Errors
/// The status to end with.
pub fn understand<T: FromArgMatches>(lang: Lang, command: clap::Command) -> Result<T, ExitCode> {
    let matches = command.try_get_matches();
    matches.and_then(|matches| T::from_arg_matches(&matches)).map_err(|error| {
        if error.use_stderr() {
            output::note(&usage::explain(lang, &error));
            return USAGE.into();
        }
        // Help and version go to standard output and are no error.
        let _ = error.print();
        ExitCode::SUCCESS
    })
}

/// Why a command ended before it was done.
pub enum Stop {
    /// It failed.
    Failed(Failure),
    /// Nobody reads its output any more; that is no error.
    ReaderGone,
}

impl<E: Into<Failure>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Says on standard error what went wrong, and turns it into an exit code.
pub fn finish(lang: Lang, result: Result<(), Stop>) -> ExitCode {
    match result {
        Ok(()) | Err(Stop::ReaderGone) => ExitCode::SUCCESS,
        Err(Stop::Failed(failure)) => {
            let _ = writeln!(std::io::stderr(), "{}", failure.explain(lang));
            FAILED.into()
        }
    }
}

/// Writes to standard output.
///
/// # Errors
/// [`Stop::ReaderGone`] if nobody reads it any more, else [`PcError::Output`].
pub fn print(text: &str) -> Result<(), Stop> {
    let mut stdout = std::io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::BrokenPipe => Stop::ReaderGone,
        reason => PcError::Output { reason }.into(),
    })
}
