//! A test's end of the key store.

use std::{
    env,
    io::{BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{PoisonError, RwLock},
};

use warifu::vault::{KeyAnswer, KeyErrand};

use super::wire::{Control, Errand, HELLO, Refusal, Reply, Request, Seen, receive, send};

/// Holds only the mode: that this process is the key store.
const MODE: &str = "WARIFU_TEST_KEYSTORE";
/// The test that each test file with a key store has; without the mode it returns at once.
const SERVER: &str = "key_store_process";

/// Whether this process was started as a key store.
pub(crate) fn is_server() -> bool {
    env::var_os(MODE).is_some_and(|mode| mode == "serve")
}

/// A process that is just being started holds its parent's files open, and with them their locks,
/// until it becomes another program: a write in another thread would meet [`vault::Error::Busy`].
///
/// [`vault::Error::Busy`]: warifu::vault::Error::Busy
static STARTING: RwLock<()> = RwLock::new(());

/// Runs what writes a vault while no process is being started.
pub(crate) fn undisturbed<T>(write: impl FnOnce() -> T) -> T {
    let _guard = STARTING.read().unwrap_or_else(PoisonError::into_inner);
    write()
}

/// A key store in a process of its own. It is stopped on drop; its keys stay in their file.
pub(crate) struct KeyStore {
    path: PathBuf,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl KeyStore {
    pub(crate) fn start(path: &Path) -> Self {
        let starting = STARTING.write().unwrap_or_else(PoisonError::into_inner);
        let mut child = Command::new(env::current_exe().unwrap())
            .args([SERVER, "--exact", "--nocapture", "--test-threads=1"])
            .env(MODE, "serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        drop(starting);
        let mut input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        skip_greeting(&mut output);
        send(&mut input, &Request::Open(path.to_str().unwrap().to_owned())).unwrap();
        Self { path: path.to_owned(), child, input, output }
    }

    /// The process dies and another takes its place.
    pub(crate) fn restart(&mut self) {
        let path = self.path.clone();
        *self = Self::start(&path);
    }

    pub(crate) fn act(&mut self, errand: &KeyErrand) -> KeyAnswer {
        self.ask(errand);
        self.answer()
    }

    /// Asks without waiting for the answer.
    pub(crate) fn ask(&mut self, errand: &KeyErrand) {
        send(&mut self.input, &Request::Errand(Errand::from(errand))).unwrap();
    }

    pub(crate) fn answer(&mut self) -> KeyAnswer {
        receive::<Reply>(&mut self.output).unwrap().into_answer()
    }

    pub(crate) fn control(&mut self, control: Control) {
        self.controlled(control);
    }

    pub(crate) fn refuse_next(&mut self, refusal: Refusal, done: bool) {
        self.control(Control::Refuse { refusal, done });
    }

    pub(crate) fn save(&mut self) -> usize {
        let Reply::Saved(at) = self.controlled(Control::Save) else { panic!("not saved") };
        at
    }

    pub(crate) fn look(&mut self) -> Seen {
        let Reply::Seen(seen) = self.controlled(Control::Look) else { panic!("nothing seen") };
        seen
    }

    /// The numbers of the keys that there are, of whatever slot.
    pub(crate) fn key_count(&mut self) -> usize {
        self.look().keys.len()
    }

    fn controlled(&mut self, control: Control) -> Reply {
        send(&mut self.input, &Request::Control(control)).unwrap();
        receive(&mut self.output).unwrap()
    }
}

impl Drop for KeyStore {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn skip_greeting(output: &mut impl Read) {
    let mut tail = Vec::new();
    while !tail.ends_with(HELLO) {
        let mut byte = [0];
        output.read_exact(&mut byte).unwrap();
        tail.push(byte[0]);
    }
}
