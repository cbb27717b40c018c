//! A process that works on a vault is killed at random, 300 times: the vault stays whole.
//!
//! The test starts itself as the child, which says each step before and after it is done. The
//! parent knows from that what must be found. `WARIFU_KILL_SEED` repeats a run.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that goes wrong is to panic"
)]

#[path = "kill/child.rs"]
mod child;
#[path = "kill/ledger.rs"]
mod ledger;
#[path = "kill/vault.rs"]
mod vault;

use std::{
    env,
    io::{BufRead, BufReader, Lines},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant, SystemTime},
};

use child::{Dice, until_not_busy};
use ledger::{Ledger, Step};

const KILLS: usize = 300;
const VAULT: &str = "WARIFU_KILL_VAULT";
const SEED: &str = "WARIFU_KILL_SEED";

/// Not a test: what the other tests start and kill.
#[test]
fn child_process() {
    if let Some(path) = env::var_os(VAULT) {
        child::work_until_killed(Path::new(&path), seed());
    }
}

#[test]
fn three_hundred_kills_leave_the_vault_as_before_the_step_or_after_it_and_repeat_no_code() {
    let (mut dice, begun) = (Dice(seed()), Instant::now());
    println!("{SEED}={}", dice.0);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.warifu");
    drop(vault::create(&path));
    let mut ledger = Ledger::default();
    for kill in 0..KILLS {
        let mut process = Process::start(&path, dice.roll());
        thread::sleep(Duration::from_micros(dice.roll() % 40_000));
        let interrupted = process.kill_and_read(&mut ledger);

        let token = vault::unlocked(&path);
        ledger.settle(&vault::entries(&token), interrupted);
        // Half of the presses whose answer got lost are made again; the rest stay unanswered.
        if let Some(Step::Advance { id, request }) = interrupted_press(&ledger, kill) {
            let code = token.entries().advance(id, request).unwrap();
            ledger.done(Step::Advance { id, request }, code.expose());
            assert_eq!(vault::entries(&token), ledger.entries());
        }
    }
    println!("{} in {:?}", ledger.tally(), begun.elapsed());
    ledger.assert_that_much_happened();
}

#[test]
fn two_processes_on_one_vault_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.warifu");
    let (token, seed) = (vault::create(&path), seed());
    println!("{SEED}={seed}");
    let mut process = Process::start(&path, seed);
    let names: Vec<_> = (0..40).map(|number| format!("parent {number}")).collect();
    for name in &names {
        until_not_busy(|| token.entries().add(vault::credential(name)));
    }
    let mut ledger = Ledger::default();
    let interrupted = process.kill_and_read(&mut ledger);
    let (ours, theirs): (Vec<_>, Vec<_>) = vault::entries(&vault::unlocked(&path))
        .into_iter()
        .partition(|entry| entry.key.starts_with("parent"));
    assert!(ours.iter().map(|entry| &entry.key).eq(&names));
    ledger.settle(&theirs, interrupted);
}

fn interrupted_press(ledger: &Ledger, kill: usize) -> Option<Step> {
    ledger.unanswered().filter(|_| kill.is_multiple_of(2))
}

/// The seed of this run: the one that was asked for, or the time.
fn seed() -> u64 {
    let asked = env::var(SEED).ok().map(|seed| seed.parse().unwrap());
    asked.unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        u64::from(now.subsec_nanos()) ^ now.as_secs().rotate_left(32)
    })
}

struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Returns when the child has the vault open.
    fn start(path: &Path, seed: u64) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "child_process", "--nocapture", "--test-threads=1"])
            .env(VAULT, path)
            .env(SEED, seed.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = lines.by_ref().any(|line| line.unwrap() == child::READY);
        assert!(ready, "the child did not open the vault");
        Self { child, lines }
    }

    /// SIGKILL; the steps that were said to be done go into the ledger, one that was only begun
    /// comes back.
    fn kill_and_read(&mut self, ledger: &mut Ledger) -> Option<Step> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let mut begun = None;
        for line in self.lines.by_ref() {
            let line = line.unwrap();
            match line.split_once(' ') {
                Some((child::BEGIN, step)) => begun = Some(Step::parse(step)),
                Some((child::DONE, outcome)) => ledger.done(begun.take().unwrap(), outcome),
                _ => panic!("the child failed: {line}"),
            }
        }
        begun
    }
}
