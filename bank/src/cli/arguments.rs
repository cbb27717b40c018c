use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use warifu::credential::{CredentialId, Label};
use warifu_issuer::{InvalidBase, PublicBase};

use super::contracts::Contract;
use crate::{
    bank::TransferTerms,
    store::{Database, Number, Yen},
};

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
    /// Looks after customers' contracts.
    #[command(subcommand)]
    Contract(Contract),
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
    /// Takes the last address of X-Forwarded-For for a token's: the proxy must set it.
    #[arg(long, requires = "behind_tls")]
    pub(super) forwarded: bool,
    #[command(flatten)]
    pub(super) offer: Offer,
    /// How many may enrol without an activation code from one address in a minute.
    #[arg(long, default_value_t = 30)]
    pub(super) enrol_per_minute: u32,
    /// And in a day.
    #[arg(long, default_value_t = 500)]
    pub(super) enrol_per_day: u32,
    /// How many such credentials may wait for their confirmation, in all.
    #[arg(long, default_value_t = 10_000)]
    pub(super) enrol_waiting: u64,
    /// How often tokens may ask for the time from one address in a minute.
    #[arg(long, default_value_t = 600)]
    pub(super) time_per_minute: u32,
    #[command(flatten)]
    pub(super) banking: Banking,
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
    /// How long to wait after the third failure in a row, in seconds; each further wait is twice as long.
    #[arg(long, default_value_t = 30)]
    pub(super) first_wait: u64,
    /// The longest wait, in seconds.
    #[arg(long, default_value_t = 3600)]
    pub(super) longest_wait: u64,
    /// No wait after failures: the lock is all that stops a guesser.
    #[arg(long, conflicts_with_all = ["first_wait", "longest_wait"])]
    pub(super) no_waits: bool,
}

/// The bank's pages, beside the API.
#[derive(Args)]
pub(super) struct Banking {
    /// Answers with the bank's pages for its customers too.
    #[arg(long)]
    pub(super) internet_banking: bool,
    /// The bank's number (金融機関コード), four digits: payees of this bank are paid within it.
    #[arg(long, requires = "internet_banking", value_parser = bank_number)]
    pub(super) bank_number: Option<Number<4>>,
    /// Wants the code of a letter too before a contract's first token is registered. `contract letters`
    /// prints what is to be posted.
    #[arg(long, requires = "internet_banking")]
    pub(super) registration_by_letter: bool,
    /// How many hours after its registration a token pays only whom the customer has paid before.
    #[arg(
        long,
        default_value_t = 72,
        requires = "internet_banking",
        value_parser = clap::value_parser!(u32).range(0..=8760)
    )]
    pub(super) new_payees_after: u32,
    /// How many yen a contract pays within 24 hours to payees whom it had not paid before.
    #[arg(
        long,
        default_value_t = TransferTerms::NEW_PAYEES_LIMIT.value(),
        requires = "internet_banking",
        value_parser = clap::value_parser!(i64).range(1..=Yen::MAX.value())
    )]
    pub(super) new_payees_limit: i64,
}

/// What the bank issues to a token that enrols.
#[derive(Args)]
pub(super) struct Offer {
    #[command(flatten)]
    pub(super) reached: Reached,
    /// The bank's name, as the customer reads it.
    #[arg(long, env = "WARIFU_ISSUER", default_value = "warifu", value_parser = label)]
    pub(super) issuer: Label,
    /// How long a code is valid, in seconds.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub(super) period: u32,
    /// How many digits a code has.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u8).range(6..=10))]
    pub(super) digits: u8,
    /// The hash under the codes' HMAC.
    #[arg(long, value_enum, default_value_t = Hash::Sha1)]
    pub(super) hash: Hash,
    /// A key to sign transactions with comes along.
    #[arg(long)]
    pub(super) signing: bool,
    /// The token must ask for a PIN, biometrics or a passphrase.
    #[arg(long)]
    pub(super) user_verification: bool,
    /// The token must have heard this service's time since its device started before it makes a code.
    #[arg(long)]
    pub(super) synced_clock: bool,
    /// The credential may be moved to another device.
    #[arg(long)]
    pub(super) export: bool,
    /// No token enrols without an activation code.
    #[arg(long)]
    pub(super) closed: bool,
}

/// Where tokens reach the service.
#[derive(Args)]
pub(super) struct Reached {
    /// What links begin with, like https://bank.example/token; the service answers under /token.
    #[arg(long, env = "WARIFU_PUBLIC_URL", value_parser = public_base)]
    pub(super) public_url: Option<PublicBase>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Hash {
    Sha1,
    Sha256,
    Sha512,
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
    /// Prints a new code, and the link with it if the service's URL is named.
    New {
        /// Whose it is, as the bank's own systems call them.
        #[arg(long, value_parser = label)]
        account: Option<Label>,
        #[command(flatten)]
        reached: Reached,
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

fn bank_number(text: &str) -> Result<Number<4>, &'static str> {
    Number::new(text).ok_or("four digits")
}

fn public_base(text: &str) -> Result<PublicBase, InvalidBase> {
    PublicBase::new(text)
}

fn id(text: &str) -> Result<CredentialId, warifu::credential::InvalidCredentialId> {
    CredentialId::new(text)
}

fn label(text: &str) -> Result<Label, warifu::credential::InvalidLabel> {
    Label::new(text)
}
