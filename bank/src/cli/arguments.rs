use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use warifu::credential::{CredentialId, Label};

use crate::store::Database;

/// The bank's token service: issues credentials, judges codes, keeps both.
#[derive(Parser)]
#[command(name = "warifu-bank", version)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) places: Places,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Args)]
pub(super) struct Places {
    /// postgres://…, sqlite:PATH or a path. A URL with a password belongs in the environment.
    #[arg(
        long,
        global = true,
        env = "WARIFU_DATABASE",
        hide_env_values = true,
        default_value = "warifu-bank.db",
        value_parser = database
    )]
    pub(super) database: Database,
    /// The file of the bank's keys. If WARIFU_KEYS is set, its text is taken instead.
    #[arg(long, global = true, env = "WARIFU_KEYS_FILE", default_value = "warifu-bank.keys")]
    pub(super) keys: PathBuf,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Makes keys, the database's tables and a first API key, whichever are not there.
    Init {
        /// Where the API key is written; the file must not be there.
        #[arg(long, default_value = "warifu-bank.api-key")]
        api_key: PathBuf,
    },
    /// Answers requests until it is told to stop.
    Serve(Serve),
    /// Looks after one credential.
    #[command(subcommand)]
    Credential(Credential),
    /// Gives out activation codes.
    #[command(subcommand)]
    Activation(Activation),
    /// Looks after the keys that seal seeds.
    #[command(subcommand)]
    Keys(Keys),
    /// Looks after the keys of those who may call the API.
    #[command(subcommand)]
    ApiKey(ApiKey),
}

#[derive(Args)]
pub(super) struct Serve {
    /// Where to listen; port 0 takes one that is free.
    #[arg(long, env = "WARIFU_LISTEN", default_value = "127.0.0.1:8480")]
    pub(super) listen: SocketAddr,
    /// Lets others than this machine connect: a proxy before the service ends TLS.
    #[arg(long)]
    pub(super) behind_tls: bool,
    /// How many connections to PostgreSQL.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=512))]
    pub(super) connections: u32,
    /// How much is logged.
    #[arg(long, value_enum, default_value_t = Level::Info)]
    pub(super) log: Level,
    /// How many steps either side of now a code is accepted from.
    #[arg(long, default_value_t = 1)]
    pub(super) window: u8,
    /// How many failures in a row lock a credential.
    #[arg(long, default_value_t = 10)]
    pub(super) failures_until_locked: u8,
    /// No wait after failures: the lock is all that stops a guesser.
    #[arg(long)]
    pub(super) no_waits: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

#[derive(Subcommand)]
pub(super) enum Credential {
    /// Shows where it stands, as JSON.
    Show {
        /// Its ID.
        #[arg(value_parser = id)]
        id: CredentialId,
    },
    /// Stops it until it is resumed.
    Suspend {
        /// Its ID.
        #[arg(value_parser = id)]
        id: CredentialId,
    },
    /// Takes a suspension back.
    Resume {
        /// Its ID.
        #[arg(value_parser = id)]
        id: CredentialId,
    },
    /// Forgets its failures, and the lock that came of them.
    Unlock {
        /// Its ID.
        #[arg(value_parser = id)]
        id: CredentialId,
    },
    /// Ends it for ever.
    Revoke {
        /// Its ID.
        #[arg(value_parser = id)]
        id: CredentialId,
    },
}

#[derive(Subcommand)]
pub(super) enum Activation {
    /// Prints a new code.
    New {
        /// Whose it is, as the bank's own systems call them.
        #[arg(long, value_parser = label)]
        account: Option<Label>,
        /// How long it may be used.
        #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=2160))]
        hours: u32,
    },
}

#[derive(Subcommand)]
pub(super) enum Keys {
    /// Says how many credentials are sealed under each key.
    Show,
    /// Adds a key to the file, and seals all seeds under it.
    Rotate,
    /// Seals under the current key what is not yet: goes on with a rotation that was stopped.
    Reseal,
}

#[derive(Subcommand)]
pub(super) enum ApiKey {
    /// Writes a new key into a file.
    New {
        /// What the bank calls who gets it.
        #[arg(long, value_parser = label)]
        name: Label,
        /// The file, which must not be there.
        #[arg(long)]
        out: PathBuf,
    },
    /// Makes a key useless, by the number in it.
    Revoke {
        /// The number between `wbk_` and the next `_`.
        number: u32,
    },
}

fn database(text: &str) -> Result<Database, crate::store::InvalidDatabase> {
    Database::parse(text)
}

fn id(text: &str) -> Result<CredentialId, warifu::credential::InvalidCredentialId> {
    CredentialId::new(text)
}

fn label(text: &str) -> Result<Label, warifu::credential::InvalidLabel> {
    Label::new(text)
}
