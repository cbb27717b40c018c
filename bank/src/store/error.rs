use sqlx::error::ErrorKind;

/// Why the database did not do what was asked. It holds no value of any column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached, or the connection broke.
    #[error("the database cannot be reached")]
    Unreachable,
    /// It is busy for too long. Nothing was changed.
    #[error("the database is busy")]
    Busy,
    /// There is one of this name already.
    #[error("there is one already")]
    Exists,
    /// A rule that the database itself holds would be broken, for instance that an account is not
    /// overdrawn. Nothing was changed.
    #[error("a rule of the database would be broken")]
    Rule,
    /// It refused a statement; the code is the database's own.
    #[error("the database refused a statement, code {code:?}")]
    Refused {
        /// SQLSTATE, or SQLite's number.
        code: Option<Box<str>>,
    },
    /// A row holds what this program never wrote.
    #[error("a row of the database holds what was never written: {column}")]
    Corrupt {
        /// Where.
        column: &'static str,
    },
    /// The tables are those of another version of this program.
    #[error("the database's tables are of another version")]
    OtherVersion,
    /// The file cannot be made, or others may read it.
    #[error("the database's file: {kind}")]
    File {
        /// What the system says.
        kind: std::io::ErrorKind,
    },
}

impl StoreError {
    /// Whether two transactions got in each other's way, so that one of them was given up.
    pub(super) fn is_conflict(&self) -> bool {
        let conflicts = [SERIALIZATION_FAILURE, DEADLOCK];
        matches!(self, Self::Refused { code: Some(code) } if conflicts.contains(&code.as_ref()))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::Database(error) if error.kind() == ErrorKind::UniqueViolation => {
                Self::Exists
            }
            sqlx::Error::Database(error) if error.kind() == ErrorKind::CheckViolation => Self::Rule,
            sqlx::Error::Database(error) => match error.code().as_deref() {
                Some(code) if SQLITE_BUSY.contains(&code) => Self::Busy,
                code => Self::Refused { code: code.map(Box::from) },
            },
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::Configuration(_)
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unreachable,
            _ => Self::Corrupt { column: "unknown" },
        }
    }
}

/// SQLITE_BUSY, SQLITE_BUSY_RECOVERY, SQLITE_BUSY_SNAPSHOT, SQLITE_LOCKED.
const SQLITE_BUSY: [&str; 4] = ["5", "261", "517", "6"];
/// PostgreSQL, appendix A of its manual.
const SERIALIZATION_FAILURE: &str = "40001";
const DEADLOCK: &str = "40P01";
