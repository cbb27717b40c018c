//! How many customers the bank's pages serve in a second, and which limit that is: logins with a code, and
//! transfers, over HTTP with the real program, on SQLite and on a PostgreSQL that is started for it.
//!
//! ```text
//! cargo bench -p warifu-bank --bench banking
//! cargo bench -p warifu-bank --bench banking -- --seconds 2 --at-once 8 sqlite
//! ```
//!
//! In the same run: how many passwords Argon2id works on alone, with the service's parameters, and how many
//! commits of one row the database does alone, over connections as the service has them. A line of the table
//! that comes near to one of those is held up by it.
//!
//! In the end the database is looked at: each login and each transfer that was told is in it once, and the
//! books are in balance. Load, service and database are on one machine.
#![allow(clippy::arithmetic_side_effects, clippy::cast_precision_loss)]
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
#![allow(clippy::unwrap_used, reason = "a cluster for tests stops where it goes wrong")]

mod alone;
mod browser;
#[path = "../../tests/support/cluster.rs"]
#[allow(dead_code, unreachable_pub, clippy::panic)]
mod cluster;
mod customers;
mod figures;
mod http;

use std::{
    collections::BTreeSet,
    process::{Command, Stdio},
    sync::Arc,
    thread::available_parallelism,
    time::{Duration, Instant},
};

use clap::Parser;
use sqlx::{AnyPool, Row as _};
use warifu::time::UnixMillis;
use warifu_bank::{
    clock::Clock,
    seeds::KeySource,
    store::{Database, Store},
};

use browser::Browser;
use cluster::Cluster;
use customers::{Customer, OUR_BANK, Pays};
use figures::{Figures, HEAD};
use http::{Fallible, Served};

#[derive(Parser)]
struct Arguments {
    /// How long each line of the table is measured.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// How many customers at once, for each line of the table.
    #[arg(long, value_delimiter = ',', default_value = "1,8,64")]
    at_once: Vec<usize>,
    /// How many customers there are.
    #[arg(long, default_value_t = 256)]
    customers: usize,
    /// Cargo says this.
    #[arg(long, hide = true)]
    bench: bool,
    /// Which databases: sqlite, postgres.
    #[arg(default_values = ["sqlite", "postgres"])]
    databases: Vec<String>,
}

fn main() -> Fallible<()> {
    let arguments = Arguments::parse();
    let span = Duration::from_secs(arguments.seconds);
    for name in &arguments.databases {
        let cluster = if name == "postgres" { Cluster::shared() } else { None };
        let url = match (name.as_str(), &cluster) {
            ("sqlite", _) => None,
            ("postgres", Some(cluster)) => Some(cluster.new_database()),
            ("postgres", None) => return Err("WARIFU_WITHOUT_POSTGRES is set".into()),
            _ => return Err(format!("{name}: not one of sqlite, postgres").into()),
        };
        println!("\n{name}\n\n{HEAD}");
        tokio::runtime::Runtime::new()?.block_on(run(&arguments, url, span))?;
    }
    Ok(())
}

/// All lines of one database.
async fn run(arguments: &Arguments, url: Option<String>, span: Duration) -> Fallible<()> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name);
    let url = url.unwrap_or_else(|| path("bank.db").to_string_lossy().into_owned());
    let command = |line: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_warifu-bank"));
        command.args(line).current_dir(&folder).env("WARIFU_DATABASE", &url);
        command
    };
    if !command(&["init"]).stdout(Stdio::null()).status()?.success() {
        return Err("`init` has failed".into());
    }
    let store = Arc::new(Store::open(&Database::parse(&url)?, CONNECTIONS).await?);
    let keys = KeySource::File(path("warifu-bank.keys"));
    let customers = Arc::new(customers::make(&store, keys, arguments.customers).await?);
    let (mut most_commits, mut most_logins, mut most_transfers) = (0.0_f64, 0.0_f64, 0.0_f64);
    for &at_once in &arguments.at_once {
        let figures = alone::commits(&store, at_once, span).await?;
        most_commits = most_commits.max(figures.per_second());
        println!("{}", figures.line("commits of one row, the database alone", at_once));
    }
    let mut passwords = 0.0_f64;
    for threads in BTreeSet::from([1, available_parallelism()?.get()]) {
        let figures = alone::passwords(threads, span)?;
        passwords = passwords.max(figures.per_second());
        println!("{}", figures.line("Argon2id alone, a thread for each core at the most", threads));
    }

    let mut line = vec!["serve", "--listen", "127.0.0.1:0", "--log", "error", "--behind-tls"];
    line.extend(["--forwarded", "--internet-banking", "--bank-number", OUR_BANK]);
    // All come from one machine, and each of them again and again.
    line.extend(["--enrol-per-minute", "1000000000"]);
    let served = Served::start(command(&line))?;
    // Its connections to the database are opened by the first who need them.
    let most_at_once = arguments.at_once.iter().copied().max().unwrap_or(1);
    let second = span.min(Duration::from_secs(1));
    let warm = load(&served.address, &customers, Asks::Login, most_at_once, second).await?;
    let (mut logins, mut transfers) = (warm.1, 0);
    for (what, asks) in [
        ("logins with a code", Asks::Login),
        ("transfers within the bank", Asks::Transfer(Pays::Neighbour)),
        ("transfers to other banks", Asks::Transfer(Pays::OtherBank)),
    ] {
        for &at_once in &arguments.at_once {
            let (figures, all) = load(&served.address, &customers, asks, at_once, span).await?;
            println!("{}", figures.line(what, at_once));
            let (many, most) = match asks {
                Asks::Login => (&mut logins, &mut most_logins),
                Asks::Transfer(_) => (&mut transfers, &mut most_transfers),
            };
            *many += all;
            *most = most.max(figures.per_second());
        }
    }
    drop(served);
    let part = |most: f64, alone: f64| 100.0 * most / alone;
    println!(
        "\nAt the most, logins are {:.0} % of what Argon2id does alone, transfers {:.0} % of the commits",
        part(most_logins, passwords),
        part(most_transfers, most_commits)
    );
    check(&store, &url, (logins, transfers), arguments.customers).await
}

/// What a customer does over and over.
#[derive(Clone, Copy)]
enum Asks {
    Login,
    Transfer(Pays),
}

/// So many customers at once, each the next as soon as one has done. Gives the figures of those who had done
/// within the span, and how many had in the end.
async fn load(
    address: &str,
    customers: &Arc<Vec<Arc<Customer>>>,
    asks: Asks,
    at_once: usize,
    span: Duration,
) -> Fallible<(Figures, usize)> {
    let end = Instant::now() + span;
    let client = |first: usize, address: String, customers: Arc<Vec<Arc<Customer>>>| async move {
        let mut browser = Browser::to(&address).await?;
        let (mut took, mut late) = (Vec::new(), 0);
        // Nobody is two clients' customer: a token shows one code after the other.
        for customer in customers.iter().skip(first).step_by(at_once).cycle() {
            let began = Instant::now();
            if began > end {
                break;
            }
            match asks {
                Asks::Login => browser.log_in(customer).await?,
                Asks::Transfer(pays) => browser.transfer(customer, pays).await?,
            }
            if Instant::now() > end {
                late += 1;
            } else {
                took.push(began.elapsed());
            }
        }
        Fallible::Ok((took, late))
    };
    if at_once > customers.len() {
        return Err("there are not as many customers".into());
    }
    let clients: Vec<_> = (0..at_once)
        .map(|first| tokio::spawn(client(first, address.to_owned(), Arc::clone(customers))))
        .collect();
    let (mut all, mut late) = (Vec::new(), 0);
    for client in clients {
        let (took, after) = client.await??;
        all.extend(took);
        late += after;
    }
    let many = all.len() + late;
    Ok((Figures::new(all, span), many))
}

/// Whether the database has what was told: so many logins and transfers.
async fn check(store: &Store, url: &str, told: (usize, usize), customers: usize) -> Fallible<()> {
    let raw = if url.starts_with("postgres") { url.to_owned() } else { format!("sqlite://{url}") };
    let raw = AnyPool::connect(&raw).await?;
    let mut kept = Vec::new();
    for rows in [
        "SELECT COUNT(*) AS many FROM history WHERE event = 'logged_in'",
        "SELECT COUNT(*) AS many FROM transfer",
    ] {
        let row = sqlx::query(rows).fetch_one(&raw).await?;
        kept.push(usize::try_from(row.try_get::<i64, _>("many")?)?);
    }
    raw.close().await;
    // Each customer has logged in and paid two payees before.
    let expected = vec![told.0 + customers, told.1 + 2 * customers];
    let unbalanced = store.unbalanced_accounts().await?.len();
    if kept != expected || unbalanced > 0 {
        return Err(format!("told {expected:?}, kept {kept:?}, {unbalanced} out of balance").into());
    }
    println!(
        "{} logins and {} transfers, each once in the database; the books are in balance",
        told.0, told.1
    );
    Ok(())
}

fn clock_now() -> UnixMillis {
    Clock::system().now()
}

/// As many as the service opens.
const CONNECTIONS: u32 = 16;
