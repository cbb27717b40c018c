//! How many codes the service judges in a second, and how long each takes: over HTTP, with a
//! database that has as many credentials as a bank.
//!
//! ```text
//! cargo build --release -p warifu-bank
//! cargo run --release -p warifu-bank --example load -- target/release/warifu-bank bank.db
//! cargo run --release -p warifu-bank --example load -- target/release/warifu-bank postgres://…
//! ```
//!
//! The database must be an empty one; what is put into it stays there. Each credential is used once,
//! with its right code, so every request is an acceptance: a state is replaced and committed before the
//! answer. The load comes from this process, on the same machine.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

#[path = "../benches/banking/http.rs"]
mod http;

use std::{
    path::PathBuf,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use clap::Parser;
use http::{Connection, Fallible, Served};
use warifu::{
    credential::{CredentialId, Generator, Seed},
    otp::{Algorithm, Digits, totp},
    secret::{Secret, SystemRandom},
    time::UnixMillis,
};
use warifu_bank::{
    clock::Clock,
    seeds::{KeySource, Place, Purpose, RingKeys, SeedKeys as _},
    store::{Credential, Database, SealedKeys, Store},
};
use warifu_verifier::{Row, Rules, State, TypedCode, Verifier};

#[derive(Parser)]
struct Arguments {
    /// The service's program, built for release.
    program: PathBuf,
    /// A path or postgres://…: an empty database.
    database: String,
    /// How many credentials.
    #[arg(long, default_value_t = 1_000_000)]
    credentials: usize,
    /// How long each line of the table is measured.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// How many requests at once, for each line of the table.
    #[arg(long, value_delimiter = ',', default_value = "1,8,64")]
    at_once: Vec<usize>,
}

fn main() -> Fallible<()> {
    let arguments = Arguments::parse();
    tokio::runtime::Runtime::new()?.block_on(run(&arguments))
}

async fn run(arguments: &Arguments) -> Fallible<()> {
    let folder = tempfile::tempdir()?;
    let program = arguments.program.canonicalize()?;
    let database = match Database::parse(&arguments.database)? {
        Database::Sqlite(path) => std::path::absolute(path)?.to_string_lossy().into_owned(),
        Database::Postgres(_) => arguments.database.clone(),
    };
    let command = |line: &[&str]| {
        let mut command = Command::new(&program);
        command.args(line).current_dir(&folder).env("WARIFU_DATABASE", &database);
        command
    };
    if !command(&["init"]).stdout(Stdio::null()).status()?.success() {
        return Err("`init` has failed".into());
    }
    let api_key = std::fs::read_to_string(folder.path().join("warifu-bank.api-key"))?;
    let keys = KeySource::File(folder.path().join("warifu-bank.keys"));
    let keys = RingKeys::read(keys, Box::new(SystemRandom::new()))?;

    alone(&keys)?;
    fill(&database, arguments.credentials, &keys).await?;
    let served = Served::start(command(&["serve", "--listen", "127.0.0.1:0", "--log", "warn"]))?;
    let load = Arc::new(Load {
        address: served.address.clone(),
        api_key,
        credentials: arguments.credentials,
        next: AtomicUsize::new(0),
    });
    println!("| at once | verifications per second | median | 99th percentile | longest |");
    println!("|---:|---:|---:|---:|---:|");
    for at_once in &arguments.at_once {
        let took = load.clone().measure(*at_once, Duration::from_secs(arguments.seconds)).await?;
        let per_second = took.len() as f64 / arguments.seconds as f64;
        let at = |part: f64| {
            let index = ((took.len() as f64 * part) as usize).min(took.len().saturating_sub(1));
            took.get(index).map_or(0.0, |took| took.as_secs_f64() * 1e3)
        };
        println!(
            "| {at_once} | {per_second:.0} | {:.1} ms | {:.1} ms | {:.1} ms |",
            at(0.5),
            at(0.99),
            at(1.0)
        );
    }
    Ok(())
}

/// The verifier by itself, on one core: without a database, with and without opening the seed.
fn alone(keys: &RingKeys) -> Fallible<()> {
    let (id, seed, generator) = (id(0)?, seed(0)?, generator());
    let rules = Rules::default();
    let place = Place { credential: &id, purpose: Purpose::Code };
    let (key, sealed) = keys.seal(seed.secret(), place)?;
    let now = UnixMillis::from_secs(1_800_000_000);
    let code = TypedCode::new(&code(&seed, now)?, Digits::SIX)?;
    let state = confirmed()?;
    let rate = |open: bool| -> Fallible<f64> {
        let (began, mut judged) = (Instant::now(), 0_u32);
        while began.elapsed() < Duration::from_secs(2) {
            let opened = match open {
                true => Some(Seed::new(keys.open(key, &sealed, place)?)?),
                false => None,
            };
            let verifier = Verifier::new(&generator, opened.as_ref().unwrap_or(&seed), &rules);
            let (verdict, _) = verifier.verify(&state, &code, now);
            judged += u32::from(verdict.is_accepted());
        }
        Ok(f64::from(judged) / began.elapsed().as_secs_f64())
    };
    println!("one core, no database: {:.0} verifications per second", rate(false)?);
    println!("one core, no database, seed opened for each: {:.0} per second", rate(true)?);
    Ok(())
}

/// Puts confirmed credentials into the database, a few thousand in a transaction.
async fn fill(database: &str, credentials: usize, keys: &RingKeys) -> Fallible<()> {
    let began = Instant::now();
    let store = Store::open(&Database::parse(database)?, 2).await?;
    let all: Vec<usize> = (0..credentials).collect();
    for batch in all.chunks(5_000) {
        let batch = batch.iter().map(|number| credential(*number, keys));
        store.insert_all(&batch.collect::<Fallible<Vec<_>>>()?).await?;
    }
    store.close().await;
    println!("{credentials} credentials in {:.0} s", began.elapsed().as_secs_f64());
    Ok(())
}

struct Load {
    address: String,
    api_key: String,
    credentials: usize,
    next: AtomicUsize,
}

impl Load {
    /// How long each verification took, from the shortest to the longest.
    async fn measure(self: Arc<Self>, at_once: usize, time: Duration) -> Fallible<Vec<Duration>> {
        let end = Instant::now() + time;
        let client = |load: Arc<Self>| async move { load.client(end).await };
        let clients: Vec<_> =
            (0..at_once).map(|_| tokio::spawn(client(Arc::clone(&self)))).collect();
        let mut all = Vec::new();
        for client in clients {
            all.extend(client.await??);
        }
        all.sort_unstable();
        Ok(all)
    }

    /// One connection, one request after the other.
    async fn client(&self, end: Instant) -> Fallible<Vec<Duration>> {
        let mut connection = Connection::to(&self.address).await?;
        let mut took = Vec::new();
        while Instant::now() < end {
            // Neighbours in time are not neighbours in the database.
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.credentials {
                return Err("each credential is used once: more of them are needed".into());
            }
            let number = number * 7_919 % self.credentials;
            let body = format!(r#"{{"code":"{}"}}"#, code(&seed(number)?, Clock::system().now())?);
            let request = format!(
                "POST /v1/credentials/{}/verify HTTP/1.1\r\nHost: bank\r\nAuthorization: Bearer {}\r\n\
                 Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                id(number)?.as_str(),
                self.api_key,
                body.len()
            );
            let began = Instant::now();
            let answer = connection.exchange(&request).await?.body;
            took.push(began.elapsed());
            if !answer.contains(r#""verdict":"accepted""#) {
                return Err(format!("not accepted: {answer}").into());
            }
        }
        Ok(took)
    }
}

fn credential(number: usize, keys: &RingKeys) -> Fallible<Credential> {
    let (id, seed) = (id(number)?, seed(number)?);
    let (key, code) =
        keys.seal(seed.secret(), Place { credential: &id, purpose: Purpose::Code })?;
    Ok(Credential {
        id,
        issuer: None,
        account: None,
        account_ref: None,
        generator: generator(),
        keys: SealedKeys { key, code, sign: None, device: None },
        binding: None,
        state: confirmed()?,
        created_at: UnixMillis::from_secs(0),
        expires_at: None,
    })
}

fn confirmed() -> Fallible<State> {
    Ok(State::try_from(Row { confirmed: true, spent: Some(1), ..Row::default() })?)
}

fn id(number: usize) -> Fallible<CredentialId> {
    Ok(CredentialId::new(&format!("LOAD{number:08}"))?)
}

fn seed(number: usize) -> Fallible<Seed> {
    Ok(Seed::new(Secret::copy_of(format!("{number:020}").as_bytes()))?)
}

fn generator() -> Generator {
    Generator::Totp {
        algorithm: Algorithm::Sha1,
        digits: Digits::SIX,
        steps: totp::Steps::default(),
    }
}

fn code(seed: &Seed, now: UnixMillis) -> Fallible<String> {
    let step = totp::Steps::default().at(now).map_err(|_| "before the first step")?;
    let code = totp::code(seed.secret(), Algorithm::Sha1, Digits::SIX, step.number);
    Ok(code.expose().to_owned())
}
