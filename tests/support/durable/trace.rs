//! A process's system calls on files, as `strace` writes them down.

use std::{
    collections::HashMap,
    env, fs,
    io::ErrorKind,
    path::Path,
    process::{Command, Stdio},
};

/// Where the child works; that it is set makes it the child.
pub(crate) const FOLDER: &str = "WARIFU_DURABLE_FOLDER";
/// The file that the child writes a line to before and after each step.
pub(crate) const MARKS: &str = "marks";
pub(crate) const BEGIN: &str = "begin";
pub(crate) const END: &str = "end";

/// Runs this program again, for this one test, and takes down all that it asks of files.
pub(crate) fn traced(test: &str, folder: &Path) -> Vec<Call> {
    let written = folder.join("trace");
    // Every call that takes a path or a descriptor, so that none goes by unseen; with `-y` each
    // descriptor comes with its path.
    let run = Command::new("strace")
        .args(["-f", "-y", "-qq", "-s", "1024", "-e", "trace=%file,%desc", "-o"])
        .arg(&written)
        .arg(env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdin(Stdio::null())
        .output();
    let run = match run {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            panic!("strace is missing; `tests/run test` says how to install it")
        }
        run => run.unwrap(),
    };
    let told = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{}: may strace trace here?\n{told}", run.status);
    parse(&fs::read_to_string(&written).unwrap())
}

/// One system call.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) thread: u32,
    pub(crate) name: String,
    /// As they are written: texts in quotes, descriptors with their paths.
    pub(crate) arguments: Vec<String>,
    pub(crate) returned: String,
    /// The lines of the trace on which it began and ended.
    pub(crate) begun: usize,
    pub(crate) ended: usize,
}

impl Call {
    /// What it returned, if it was not an error.
    pub(crate) fn result(&self) -> Option<u64> {
        number(&self.returned)
    }

    /// The descriptor that it acts on.
    pub(crate) fn descriptor(&self) -> Option<u64> {
        self.arguments.first().and_then(|first| number(first))
    }

    /// Whether it acts on a descriptor of this file.
    pub(crate) fn acts_on(&self, path: &str) -> bool {
        let opened = self.arguments.first().and_then(|first| first.split_once('<'));
        opened.is_some_and(|(_, opened)| opened.strip_suffix('>') == Some(path))
    }

    /// Whether it is given this file's path.
    pub(crate) fn names(&self, path: &str) -> bool {
        let quoted = format!("\"{path}\"");
        self.arguments.contains(&quoted)
    }

    fn parse(thread: u32, (begun, ended): (usize, usize), text: &str) -> Self {
        let (call, returned) = text.rsplit_once(" = ").unwrap_or_else(|| panic!("{text}"));
        let (name, arguments) = call.split_once('(').unwrap_or_else(|| panic!("{text}"));
        let arguments = arguments.trim_end().strip_suffix(')').unwrap_or_else(|| panic!("{text}"));
        let (name, returned) = (name.to_owned(), returned.to_owned());
        Self { thread, name, arguments: split(arguments), returned, begun, ended }
    }
}

/// The calls in the order in which they began. One that was under way while another thread's began
/// stands on two lines.
pub(crate) fn parse(trace: &str) -> Vec<Call> {
    let mut under_way: HashMap<u32, (usize, &str)> = HashMap::new();
    let mut calls = Vec::new();
    for (at, line) in trace.lines().enumerate() {
        let (thread, text) = line.split_once(' ').unwrap();
        let (thread, text) = (thread.parse().unwrap(), text.trim_start());
        if text.starts_with("+++") || text.starts_with("---") {
            continue;
        }
        if let Some(beginning) = text.strip_suffix("<unfinished ...>") {
            under_way.insert(thread, (at, beginning.trim_end()));
        } else if let Some(resumed) = text.strip_prefix("<... ") {
            let (name, rest) = resumed.split_once(" resumed>").unwrap();
            let (begun, beginning) = under_way.remove(&thread).unwrap();
            assert!(beginning.starts_with(name), "{beginning} {line}");
            calls.push(Call::parse(thread, (begun, at), &format!("{beginning}{rest}")));
        } else {
            calls.push(Call::parse(thread, (at, at), text));
        }
    }
    calls.sort_by_key(|call| call.begun);
    calls
}

/// What happened between two marks of the child.
#[derive(Clone)]
pub(crate) struct Section {
    pub(crate) name: String,
    /// The vault's path, and the length of its file afterwards.
    pub(crate) vault: String,
    pub(crate) len: u64,
    /// The thread that made the marks.
    pub(crate) thread: u32,
    /// Its calls, and those of every other thread and process.
    pub(crate) calls: Vec<Call>,
}

impl Section {
    /// Puts two calls in each other's place.
    pub(crate) fn exchange(&mut self, one: usize, other: usize) {
        let calls = &mut self.calls;
        let (first, second) =
            ((calls[one].begun, calls[one].ended), (calls[other].begun, calls[other].ended));
        (calls[one].begun, calls[one].ended) = second;
        (calls[other].begun, calls[other].ended) = first;
        calls.swap(one, other);
    }

    /// The calls that concern the vault, for a person.
    pub(crate) fn text(&self) -> String {
        let about = |argument: &String| argument.contains(&self.vault);
        let folder = |call: &Call| call.name == "fsync";
        let concerned =
            self.calls.iter().filter(|call| folder(call) || call.arguments.iter().any(about));
        let line = |call: &Call| {
            let (arguments, returned) = (call.arguments.join(", "), &call.returned);
            let short: String = arguments.chars().take(160).collect();
            format!("  {} {}({short}) = {returned}\n", call.thread, call.name)
        };
        concerned.map(line).collect()
    }
}

/// The trace cut at the child's marks: `begin|NAME|VAULT`, `end|LENGTH`.
pub(crate) fn sections(calls: &[Call]) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut begun: Option<(usize, String, String)> = None;
    for (at, call) in calls.iter().enumerate() {
        let Some(mark) = mark(call) else { continue };
        match &mark[..] {
            [BEGIN, name, vault] => begun = Some((at, (*name).to_owned(), (*vault).to_owned())),
            [END, len] => {
                let (from, name, vault) = begun.take().unwrap();
                let len = len.parse().unwrap();
                let calls = calls[from + 1..at].to_vec();
                sections.push(Section { name, vault, len, thread: call.thread, calls });
            }
            other => panic!("{other:?}"),
        }
    }
    sections
}

fn mark(call: &Call) -> Option<Vec<&str>> {
    let opened = call.arguments.first()?.ends_with(&format!("/{MARKS}>"));
    let text = call.arguments.get(1)?.strip_prefix('"')?.strip_suffix("\\n\"")?;
    (call.name == "write" && opened).then(|| text.split('|').collect())
}

/// `3</path>` and `3` are 3; `-1 ENOENT (…)` and `?` are none.
fn number(text: &str) -> Option<u64> {
    text.split('<').next()?.parse().ok()
}

/// At the commas that stand in no quotes, no brackets and no descriptor's path.
fn split(arguments: &str) -> Vec<String> {
    let (mut all, mut next) = (Vec::new(), String::new());
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for c in arguments.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' if !next.contains('<') || quoted => quoted = !quoted,
            '{' | '[' | '<' if !quoted => depth += 1,
            '}' | ']' | '>' if !quoted => depth = depth.saturating_sub(1),
            ',' if !quoted && depth == 0 => {
                all.push(std::mem::take(&mut next).trim().to_owned());
                continue;
            }
            _ => {}
        }
        next.push(c);
    }
    if !next.trim().is_empty() {
        all.push(next.trim().to_owned());
    }
    all
}
