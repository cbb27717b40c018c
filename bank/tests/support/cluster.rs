use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use tempfile::TempDir;

/// A PostgreSQL of our own, in a folder that vanishes; it listens on a socket there, and nowhere else.
///
/// The tests of one process that run at the same time share one.
pub struct Cluster {
    folder: TempDir,
    server: Child,
    port: u16,
    databases: AtomicU32,
}

impl Cluster {
    /// The cluster; none if `WARIFU_WITHOUT_POSTGRES` is set.
    pub fn shared() -> Option<Arc<Self>> {
        static SHARED: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
        if std::env::var_os("WARIFU_WITHOUT_POSTGRES").is_some() {
            return None;
        }
        let mut shared = SHARED.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(cluster) = shared.upgrade() {
            return Some(cluster);
        }
        let cluster = Arc::new(Self::start(5432, &|_| vec!["listen_addresses=".into()]));
        *shared = Arc::downgrade(&cluster);
        Some(cluster)
    }

    /// Makes a database, and gives its URL.
    pub fn new_database(&self) -> String {
        let name = format!("bank{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.tool("createdb").arg(&name).ok();
        format!("postgres://postgres@localhost/{name}?host={}", self.folder.path().display())
    }

    /// A cluster that is reached by TLS on a port of 127.0.0.1, under the name `localhost`; and its URL.
    /// The root that its certificate is of lies in `root`.
    pub fn by_tls(root: &Path) -> (Self, String) {
        let key = root.with_extension("key");
        let mut openssl = Command::new("openssl");
        openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
        openssl.args(["-nodes", "-days", "2", "-subj", "/CN=localhost"]);
        // Without what the system's configuration adds: it would make the certificate one of an authority.
        let configuration = root.with_extension("cnf");
        fs::write(&configuration, "[req]\ndistinguished_name = dn\n[dn]\n").unwrap();
        openssl.arg("-config").arg(configuration);
        openssl.args(["-addext", "subjectAltName=DNS:localhost", "-keyout"]).arg(&key);
        openssl.arg("-out").arg(root).ok();
        // One that is free now; nobody else asks for it in the meantime, as good as surely.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let cluster = Self::start(port, &|folder| {
            let of_server = |from: &Path, name: &str| {
                let path = folder.join(name);
                fs::copy(from, &path).unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
                chown(&path, other_user(), None).unwrap();
                path.display().to_string()
            };
            vec![
                "listen_addresses=127.0.0.1".into(),
                "ssl=on".into(),
                format!("ssl_cert_file={}", of_server(root, "certificate")),
                format!("ssl_key_file={}", of_server(&key, "key")),
            ]
        });
        (cluster, format!("postgres://postgres@localhost:{port}/postgres"))
    }

    fn start(port: u16, settings: &dyn Fn(&Path) -> Vec<String>) -> Self {
        // A socket's path may be 107 bytes long, so it lies near the root.
        let folder = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap();
        let data = folder.path().join("data");
        if let Some(user) = other_user() {
            // Not readable for others; but the server itself must get in.
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
            chown(folder.path(), Some(user), None).unwrap();
        }
        let mut initdb = as_server(&program("initdb"));
        initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale"]);
        initdb.arg("--pgdata").arg(&data).ok();
        let mut server = as_server(&program("postgres"));
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let server = server
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(settings(folder.path()).iter().flat_map(|setting| ["-c", setting]))
            .args(["-c", "max_connections=100", "-p", &port.to_string()])
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut cluster = Self { folder, server, port, databases: AtomicU32::new(0) };
        cluster.wait_until_ready();
        cluster
    }

    fn wait_until_ready(&mut self) {
        loop {
            if self.tool("pg_isready").status().unwrap().success() {
                return;
            }
            if let Some(status) = self.server.try_wait().unwrap() {
                let log = fs::read_to_string(self.folder.path().join("log")).unwrap();
                panic!("PostgreSQL did not start: {status}\n{log}");
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn tool(&self, name: &str) -> Command {
        let mut command = as_server(&program(name));
        command.arg("-h").arg(self.folder.path()).args(["-p", &self.port.to_string()]);
        command.args(["-U", "postgres"]).stdout(Stdio::null());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast shutdown.
        let id = self.server.id().to_string();
        let _ = Command::new("kill").args(["-INT", &id]).status();
        let _ = self.server.wait();
    }
}

/// PostgreSQL will not run as root; then it runs as the user that its package has made. `setpriv` becomes
/// the program, so that a signal reaches that.
fn as_server(program: &Path) -> Command {
    let mut command = match other_user() {
        None => Command::new(program),
        Some(_) => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]);
            command.arg(program);
            command
        }
    };
    command.current_dir("/").stdin(Stdio::null());
    command
}

fn other_user() -> Option<u32> {
    let number = |arguments: &[&str]| {
        let out = Command::new("id").args(arguments).output().unwrap();
        String::from_utf8(out.stdout).unwrap().trim().parse::<u32>().ok()
    };
    (number(&["-u"]) == Some(0)).then(|| number(&["-u", "postgres"]).unwrap())
}

/// A program of Debian's package, of the latest version that is installed.
fn program(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found = versions.map(|version| version.path().join("bin").join(name));
    found.filter(|path| path.is_file()).max().unwrap_or_else(|| {
        panic!("no PostgreSQL: install `postgresql`, or set WARIFU_WITHOUT_POSTGRES")
    })
}

trait Ok {
    fn ok(&mut self);
}

impl Ok for Command {
    fn ok(&mut self) {
        let out = self.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
        assert!(out.status.success(), "{self:?}: {}", String::from_utf8_lossy(&out.stderr));
    }
}
