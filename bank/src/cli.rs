//! The command line of `warifu-bank`.

mod arguments;
mod commands;
mod contracts;
mod memory;
mod secret;
mod serve;

use std::{io::Write as _, process::ExitCode};

use clap::Parser as _;

use crate::{
    api::InvalidApiKey,
    bank::{BankError, InvalidPassword},
    seeds::SourceError,
    service::ServiceError,
    store::StoreError,
};

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    memory::keep_private();
    // What is wrong with a command line is told by clap, with status 2.
    let arguments = arguments::Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(commands::run(arguments)),
        Err(error) => Err(Failure::System(error)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "warifu-bank: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Why a command ended before it was done. It says nothing of any secret.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    System(#[from] std::io::Error),
    #[error("{0}: {1}")]
    File(std::path::PathBuf, std::io::Error),
    #[error(transparent)]
    Keys(#[from] SourceError),
    #[error(transparent)]
    Service(#[from] ServiceError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Bank(#[from] BankError),
    #[error(transparent)]
    Password(#[from] InvalidPassword),
    #[error("what was read is no text")]
    NotText,
    #[error("what was typed differs from what was typed before")]
    NotTheSame,
    #[error(transparent)]
    Rules(#[from] warifu_verifier::InvalidRules),
    #[error(transparent)]
    Random(#[from] warifu::secret::RandomFailed),
    #[error("no client has this number")]
    NoSuchClient,
    #[error(transparent)]
    ApiKey(#[from] InvalidApiKey),
    #[error(transparent)]
    ServiceKey(#[from] warifu_issuer::InvalidServiceKey),
    #[error(transparent)]
    Base(#[from] warifu_issuer::InvalidBase),
    #[error(
        "{0} can be reached from other machines, and this service speaks plain HTTP: put a proxy with \
         TLS before it, and say --behind-tls"
    )]
    Exposed(std::net::SocketAddr),
}
