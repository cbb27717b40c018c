//! What the calls on a vault must be.

use std::path::Path;

use crate::trace::{Call, Section};

/// What is done from taking the lock until letting go of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// The file is read and replaced.
    Replace,
    /// The file is read, and whatever version is there is made to last.
    Settle,
}

/// What was done under each lock, or what about it is wrong.
pub(crate) fn works(section: &Section) -> Result<Vec<Work>, String> {
    let spans = spans(section)?;
    let is_under_lock =
        |call: &&Call| spans.iter().any(|span| span.calls.iter().any(|held| same(held, call)));
    if let Some(call) =
        section.calls.iter().filter(|call| !is_under_lock(call)).find(|call| alters(call, section))
    {
        return Err(format!("outside of the lock: {call:?}"));
    }
    spans.iter().map(|span| span.judge().map(|(work, _)| work)).collect()
}

/// The calls of a section's only replacement that must be there in their order, by their places:
/// lock, read, create, write, sync, rename, open the folder, sync it, let go of the lock.
pub(crate) fn chain(section: &Section) -> Result<Vec<usize>, String> {
    let [span] = &spans(section)?[..] else { return Err("not one lock".to_owned()) };
    let (_, chain) = span.judge()?;
    let place = |call: &&Call| section.calls.iter().position(|other| same(call, other));
    chain.iter().map(|call| place(call).ok_or_else(|| "not of this section".to_owned())).collect()
}

/// One holding of the lock.
struct Span<'a> {
    section: &'a Section,
    taken: &'a Call,
    let_go: &'a Call,
    /// What the thread that holds it did meanwhile.
    calls: Vec<&'a Call>,
}

/// The lock must be let go of before the section ends, and so before the call returned.
fn spans(section: &Section) -> Result<Vec<Span<'_>>, String> {
    let lock = format!("{}.lock", section.vault);
    let own: Vec<&Call> =
        section.calls.iter().filter(|call| call.thread == section.thread).collect();
    let mut spans = Vec::new();
    for (at, taken) in own.iter().enumerate() {
        let is_exclusive = |flags: &String| flags.contains("LOCK_EX");
        if taken.name != "flock"
            || !taken.acts_on(&lock)
            || !taken.arguments.last().is_some_and(is_exclusive)
            || taken.result() != Some(0)
        {
            continue;
        }
        let after = &own[at + 1..];
        let closes = |call: &&Call| call.name == "close" && call.descriptor() == taken.descriptor();
        let until = after.iter().position(closes).ok_or("the lock is not let go of")?;
        let (calls, let_go) = (after[..until].to_vec(), after[until]);
        spans.push(Span { section, taken, let_go, calls });
    }
    Ok(spans)
}

impl<'a> Span<'a> {
    /// Which work it is, with the calls that it cannot do without.
    fn judge(&self) -> Result<(Work, Vec<&'a Call>), String> {
        let (vault, temp) = (&self.section.vault, self.temp());
        let folder = Path::new(vault).parent().and_then(Path::to_str).ok_or("no folder")?;
        let renames = |call: &Call| call.name.starts_with("rename");
        let begins = self.calls.iter().any(|call| call.names(&temp));
        let mut chain = vec![self.taken, self.read()?];
        if begins {
            let created = self.only("creates the temporary file", |call| {
                call.name == "openat"
                    && call.names(&temp)
                    && ["O_WRONLY", "O_CREAT", "O_EXCL"].iter().all(|flag| has(call, 2, flag))
                    && call.arguments.get(3).is_some_and(|mode| mode == "0600")
            })?;
            let writes: Vec<&Call> = self.all(|call| call.name == "write" && call.acts_on(&temp));
            let written: u64 = writes.iter().filter_map(|call| call.result()).sum();
            if written != self.section.len {
                return Err(format!("{written} of {} bytes are written", self.section.len));
            }
            chain.push(created);
            chain.extend(writes);
            chain.push(self.only("syncs the temporary file", |call| {
                call.name == "fsync" && call.acts_on(&temp)
            })?);
            chain.push(self.only("renames it", |call| {
                renames(call) && call.names(&temp) && call.names(vault)
            })?);
        }
        chain.push(self.only("opens the folder", |call| {
            call.name == "openat" && call.names(folder) && has(call, 2, "O_RDONLY")
        })?);
        chain.push(
            self.only("syncs the folder", |call| call.name == "fsync" && call.acts_on(folder))?,
        );
        chain.push(self.let_go);
        if let Some(pair) = chain.windows(2).find(|pair| pair[0].ended >= pair[1].begun) {
            return Err(format!("not in this order: {:?}, {:?}", pair[0], pair[1]));
        }
        let other = |call: &&&Call| {
            let of_the_chain = chain.iter().any(|known| same(known, call));
            // The temporary file of one that was killed is removed first.
            let clears = call.name.starts_with("unlink") && call.names(&temp);
            alters(call, self.section) && !of_the_chain && !clears
        };
        if let Some(call) = self.calls.iter().find(other) {
            return Err(format!("more than there should be: {call:?}"));
        }
        Ok((if begins { Work::Replace } else { Work::Settle }, chain))
    }

    /// The call that came to the end of the file, or found that there is none.
    fn read(&self) -> Result<&'a Call, String> {
        let vault = &self.section.vault;
        self.only("reads the vault", |call| {
            let at_its_end = call.name == "read" && call.acts_on(vault) && call.result() == Some(0);
            let missing = call.names(vault) && call.returned.starts_with("-1 ENOENT");
            at_its_end || missing
        })
    }

    fn only(&self, what: &str, is: impl Fn(&Call) -> bool) -> Result<&'a Call, String> {
        match self.all(is)[..] {
            [call] => Ok(call),
            ref calls => Err(format!("{what}: {} calls", calls.len())),
        }
    }

    fn all(&self, is: impl Fn(&Call) -> bool) -> Vec<&'a Call> {
        self.calls.iter().copied().filter(|call| is(call)).collect()
    }

    fn temp(&self) -> String {
        temp(self.section)
    }
}

/// Whether a call, of whatever thread, touches the temporary file or changes the vault's.
fn alters(call: &Call, section: &Section) -> bool {
    let (vault, temp) = (&section.vault, temp(section));
    let looks = LOOKING.contains(&&*call.name) || (call.name == "fcntl" && has(call, 1, "F_GETFD"));
    if looks {
        return false;
    }
    let opens_to_read =
        call.name == "openat" && has(call, 2, "O_RDONLY") && !has(call, 2, "O_TRUNC");
    let of_the_vault = (call.names(vault) && !opens_to_read) || call.acts_on(vault);
    of_the_vault || call.names(&temp) || call.acts_on(&temp)
}

/// Calls that change nothing, whatever they are given.
const LOOKING: [&str; 8] =
    ["read", "pread64", "statx", "fstat", "newfstatat", "readlink", "lseek", "close"];

fn temp(section: &Section) -> String {
    format!("{}.tmp", section.vault)
}

fn has(call: &Call, argument: usize, flag: &str) -> bool {
    call.arguments.get(argument).is_some_and(|flags| flags.split('|').any(|one| one == flag))
}

fn same(one: &Call, other: &Call) -> bool {
    one.begun == other.begun
}
