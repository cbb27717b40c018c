//! The real program on a fresh database, and as little as it takes to talk to it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::panic)]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing)]

pub mod cluster;
pub mod http;

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use cluster::Cluster;
use http::{Answer, Request};

/// The seed of RFC 4226, appendix D, in base32.
pub const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// The codes of RFC 4226, appendix D, from counter 0 on.
pub const CODES: [&str; 10] = [
    "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
    "520489",
];

/// Six digits that are none of the first 110 codes of [`SEED`].
pub const WRONG: &str = "000000";

/// Runs a test on SQLite, and then on PostgreSQL.
pub fn on_both(test: impl Fn(&Database)) {
    test(&Database::sqlite());
    if let Some(cluster) = Cluster::shared() {
        test(&Database::postgres(&cluster));
    }
}

/// A fresh database, keys, and an API key. All of it vanishes afterwards.
pub struct Database {
    folder: TempDir,
    url: String,
    cluster: Option<std::sync::Arc<Cluster>>,
    pub api_key: String,
}

impl Database {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = folder.path().join("bank.db").to_str().unwrap().to_owned();
        Self::new(folder, url, None)
    }

    pub fn postgres(cluster: &std::sync::Arc<Cluster>) -> Self {
        let url = cluster.new_database();
        Self::new(tempfile::tempdir().unwrap(), url, Some(cluster.clone()))
    }

    fn new(folder: TempDir, url: String, cluster: Option<std::sync::Arc<Cluster>>) -> Self {
        let mut database = Self { folder, url, cluster, api_key: String::new() };
        let out = database.command(&["init"]).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        database.api_key = fs::read_to_string(database.path("warifu-bank.api-key")).unwrap();
        database
    }

    pub fn name(&self) -> &'static str {
        if self.cluster.is_some() { "PostgreSQL" } else { "SQLite" }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `warifu-bank` in this database's folder. The URL goes as a bank would hand it over.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_warifu-bank"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("WARIFU_DATABASE", &self.url)
            .env_remove("WARIFU_KEYS")
            .stdin(Stdio::null());
        command
    }

    pub fn start(&self, options: &[&str]) -> Bank {
        Bank::start(self, options)
    }
}

/// A running service.
pub struct Bank {
    child: Child,
    address: String,
    api_key: String,
    log: PathBuf,
}

impl Bank {
    fn start(database: &Database, options: &[&str]) -> Self {
        let log = tempfile::Builder::new().prefix("log").tempfile_in(database.folder.path());
        let (log_file, log) = log.unwrap().keep().unwrap();
        let mut child = database
            .command(&["serve", "--listen", "127.0.0.1:0"])
            .args(options)
            .stdout(Stdio::piped())
            .stderr(log_file)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Some(address) = line.trim().strip_prefix("listening on http://") else {
            panic!("it did not start: {}", fs::read_to_string(&log).unwrap());
        };
        let address = address.to_owned();
        Self { child, address, api_key: database.api_key.clone(), log }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send(&self.address)
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.request("POST", path).json(body).send(&self.address)
    }

    /// A request with the API key.
    pub fn request(&self, method: &str, path: &str) -> Request {
        Request::new(method, path).header("Authorization", &format!("Bearer {}", self.api_key))
    }

    /// Adds the credential of [`SEED`] by counter, not confirmed; gives its path.
    pub fn import(&self, id: &str) -> String {
        let body = json!({ "id": id, "seed": SEED, "generator": { "type": "hotp" } });
        let answer = self.post("/v1/credentials", &body);
        assert_eq!(answer.status, 201, "{answer:?}");
        format!("/v1/credentials/{id}")
    }

    /// Adds it and confirms it with the code of counter 0.
    pub fn import_confirmed(&self, id: &str) -> String {
        let path = self.import(id);
        let answer = self.post(&format!("{path}/confirm"), &code(CODES[0]));
        assert_eq!(answer.json()["verdict"], "accepted", "{answer:?}");
        path
    }

    /// Sends all of these at once, each over a connection of its own that is there before.
    pub fn at_once(&self, requests: Vec<Request>) -> Vec<Answer> {
        at_once(requests.into_iter().map(|request| (self.address.clone(), request)).collect())
    }

    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    pub fn wait(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Bank {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends all of these at once, each to its address.
pub fn at_once(requests: Vec<(String, Request)>) -> Vec<Answer> {
    let barrier = std::sync::Barrier::new(requests.len());
    thread::scope(|scope| {
        let senders: Vec<_> = requests
            .into_iter()
            .map(|(address, request)| {
                let barrier = &barrier;
                scope.spawn(move || {
                    let connection = http::Connection::to(&address);
                    barrier.wait();
                    connection.exchange(&request)
                })
            })
            .collect();
        senders.into_iter().map(|sender| sender.join().unwrap()).collect()
    })
}

pub fn code(code: &str) -> Value {
    json!({ "code": code })
}

/// How often each verdict came.
pub fn verdicts(answers: &[Answer]) -> std::collections::BTreeMap<String, usize> {
    let mut counted = std::collections::BTreeMap::new();
    for answer in answers {
        let verdict = answer.json()["verdict"].as_str().unwrap_or("none").to_owned();
        *counted.entry(verdict).or_default() += 1;
    }
    counted
}

pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}
