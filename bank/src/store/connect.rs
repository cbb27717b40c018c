use std::{
    fmt, fs,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{Arc, Once},
    time::Duration,
};

use sqlx::{
    ConnectOptions as _, Connection as _, Executor as _, SqlStr,
    any::{AnyConnectOptions, AnyPoolOptions},
    migrate::{MigrateError, Migration, MigrationType, Migrator},
    postgres::{PgConnectOptions, PgSslMode},
};
use warifu::secret::Secret;

use super::{Store, StoreError};

/// Which database. It prints without its password.
#[derive(Clone)]
pub enum Database {
    /// One file.
    Sqlite(PathBuf),
    /// A server, by its URL.
    Postgres(Arc<Secret>),
}

impl Database {
    /// Reads `postgres://…`, `sqlite:PATH`, or a path.
    ///
    /// # Errors
    /// [`InvalidDatabase`] if it is none of them, or a server elsewhere that need not say who it is.
    pub fn parse(text: &str) -> Result<Self, InvalidDatabase> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let options: PgConnectOptions = text.parse().map_err(|_| InvalidDatabase::Other)?;
            let is_near = options.get_socket().is_some() || is_loopback(options.get_host());
            if !is_near && !matches!(options.get_ssl_mode(), PgSslMode::VerifyFull) {
                return Err(InvalidDatabase::Unverified);
            }
            return Ok(Self::Postgres(Arc::new(Secret::copy_of(text.as_bytes()))));
        }
        let path = text.strip_prefix("sqlite:").unwrap_or(text);
        if path.is_empty() || path.contains("://") || path == ":memory:" {
            return Err(InvalidDatabase::Other);
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres(_) => f.write_str("Postgres"),
        }
    }
}

/// Why a text names no database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDatabase {
    /// It is none of what it may be.
    #[error("a database is `postgres://…`, `sqlite:PATH` or a path")]
    Other,
    /// Whoever sits between could change a state, or bring a spent code back to life.
    #[error("a PostgreSQL on another machine must prove who it is: add `sslmode=verify-full`")]
    Unverified,
}

impl Store {
    /// Opens a database, makes it if it is a file that is not there, and brings its tables up to date.
    ///
    /// `connections` is how many PostgreSQL has to serve at once.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be reached, or its tables are of a version to come.
    pub async fn open(database: &Database, connections: u32) -> Result<Self, StoreError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let store = match database {
            Database::Sqlite(path) => open_file(path).await?,
            Database::Postgres(url) => open_server(url, connections).await?,
        };
        let migrations = match database {
            Database::Sqlite(_) => SQLITE_MIGRATIONS,
            Database::Postgres(_) => POSTGRES_MIGRATIONS,
        };
        match migrator(migrations).run(&store.writing).await {
            Ok(()) => Ok(store),
            Err(MigrateError::Execute(error)) => Err(error.into()),
            Err(MigrateError::ExecuteMigration(error, _)) => Err(error.into()),
            Err(_) => Err(StoreError::OtherVersion),
        }
    }
}

async fn open_file(path: &Path) -> Result<Store, StoreError> {
    private_file(path).map_err(|error| StoreError::File { kind: error.kind() })?;
    let path = path.to_str().ok_or(StoreError::File { kind: std::io::ErrorKind::InvalidInput })?;
    // In the order in which they matter: the first ones decide how the others are carried out.
    let pragmas = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                   PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; \
                   PRAGMA recursive_triggers = ON;";
    let options: AnyConnectOptions = format!("sqlite://{}", encoded(path)).parse()?;
    // The first connection makes the file one of WAL, which two at once cannot do.
    let writing = pool(1, options.clone(), pragmas).await?;
    let reading = pool(SQLITE_READERS, options, pragmas).await?;
    Ok(Store { reading, writing })
}

async fn open_server(url: &Secret, connections: u32) -> Result<Store, StoreError> {
    let url = std::str::from_utf8(url.expose()).map_err(|_| StoreError::Unreachable)?;
    let options: AnyConnectOptions = url.parse()?;
    // A server may be set to acknowledge commits that a power cut loses. Ours are promises.
    let settings = "SELECT set_config('synchronous_commit', 'on', false) \
                    WHERE current_setting('synchronous_commit') = 'off'; \
                    SELECT set_config('statement_timeout', '10s', false); \
                    SELECT set_config('idle_in_transaction_session_timeout', '20s', false);";
    let pool = pool(connections, options, settings).await?;
    Ok(Store { reading: pool.clone(), writing: pool })
}

async fn pool(
    connections: u32,
    options: AnyConnectOptions,
    settings: &'static str,
) -> Result<sqlx::AnyPool, StoreError> {
    // The pool would try again until its time is over; who is wrong here is told at once.
    options.connect().await?.close().await?;
    let pool = AnyPoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                connection.execute(sqlx::raw_sql(settings)).await?;
                Ok(())
            })
        });
    Ok(pool.connect_with(options).await?)
}

/// Makes the file if it is not there, and refuses one that others may read. What SQLite puts beside it
/// gets the same mode.
fn private_file(path: &Path) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::mode(&fs::metadata(path)?) & 0o077 != 0 {
        return Err(std::io::ErrorKind::PermissionDenied.into());
    }
    Ok(())
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    // A path is a socket's.
    host == "localhost" || host.starts_with('/') || address.is_ok_and(|it| it.is_loopback())
}

/// A path as it stands in a URL. The driver decodes it.
fn encoded(path: &str) -> String {
    path.bytes().fold(String::with_capacity(path.len()), |mut url, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_') {
            url.push(char::from(byte));
        } else {
            // Writing to a String does not fail.
            let _ = fmt::Write::write_fmt(&mut url, format_args!("%{byte:02X}"));
        }
        url
    })
}

fn migrator(texts: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migration = |(version, name, text): &(i64, &'static str, &'static str)| {
        let text = SqlStr::from_static(text);
        Migration::new(*version, (*name).into(), MigrationType::Simple, text, false)
    };
    Migrator::with_migrations(texts.iter().map(migration).collect())
}

const SQLITE_MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "begin", include_str!("../../migrations/sqlite/1_begin.sql")),
    (2, "contracts", include_str!("../../migrations/sqlite/2_contracts.sql")),
    (3, "ledger", include_str!("../../migrations/sqlite/3_ledger.sql")),
    (4, "sessions", include_str!("../../migrations/sqlite/4_sessions.sql")),
    (5, "letters", include_str!("../../migrations/sqlite/5_letters.sql")),
    (6, "refused passwords", include_str!("../../migrations/sqlite/6_refused_passwords.sql")),
    (7, "counted logins", include_str!("../../migrations/sqlite/7_counted_logins.sql")),
];
const POSTGRES_MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "begin", include_str!("../../migrations/postgres/1_begin.sql")),
    (2, "contracts", include_str!("../../migrations/postgres/2_contracts.sql")),
    (3, "ledger", include_str!("../../migrations/postgres/3_ledger.sql")),
    (4, "sessions", include_str!("../../migrations/postgres/4_sessions.sql")),
    (5, "letters", include_str!("../../migrations/postgres/5_letters.sql")),
    (6, "refused passwords", include_str!("../../migrations/postgres/6_refused_passwords.sql")),
    (7, "counted logins", include_str!("../../migrations/postgres/7_counted_logins.sql")),
];

/// How long to wait for a connection that is free.
const ACQUIRE: Duration = Duration::from_secs(10);
const SQLITE_READERS: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_a_path_or_a_url() {
        for (text, path) in [("bank.db", "bank.db"), ("sqlite:/a b/c", "/a b/c")] {
            let database = Database::parse(text).unwrap();
            assert!(matches!(database, Database::Sqlite(found) if found == Path::new(path)));
        }
        for text in ["", "sqlite:", "mysql://x", "sqlite::memory:"] {
            assert!(Database::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_server_elsewhere_must_prove_who_it_is() {
        for (url, taken) in [
            ("postgres://bank@localhost/bank", true),
            ("postgres://bank@127.0.0.1:5433/bank", true),
            ("postgresql://bank@[::1]/bank", true),
            ("postgres://bank@localhost/bank?host=/run/postgresql", true),
            ("postgres://bank@db.example/bank", false),
            ("postgres://bank@db.example/bank?sslmode=require", false),
            ("postgres://bank@db.example/bank?sslmode=verify-ca", false),
            ("postgres://bank@localhost/bank?host=db.example", false),
            ("postgres://bank@localhost/bank?hostaddr=192.0.2.1", false),
            ("postgres://bank@192.0.2.1/bank?sslmode=disable", false),
            ("postgres://bank@db.example/bank?sslmode=verify-full", true),
        ] {
            let found = Database::parse(url).map(|_| ());
            assert_eq!(
                found,
                if taken { Ok(()) } else { Err(InvalidDatabase::Unverified) },
                "{url}"
            );
        }
    }

    #[test]
    fn a_password_is_not_printed() {
        let database = Database::parse("postgres://bank:hidden@localhost/bank").unwrap();
        assert_eq!(format!("{database:?}"), "Postgres");
    }

    #[test]
    fn any_path_can_stand_in_a_url() {
        assert_eq!(encoded("/a b/割?#%.db"), "/a%20b/%E5%89%B2%3F%23%25.db");
    }
}
