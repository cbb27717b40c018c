//! A process's memory as another sees it, and the search in it.

use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, File},
    ops::Range,
    os::unix::fs::FileExt,
};

/// One thing that must not be there: at least eight bytes, and what they are.
#[derive(Debug, Clone)]
pub(crate) struct Needle {
    /// Whose it is and in which form, like `seed of alice: base32`.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

impl Needle {
    pub(crate) fn new(name: &str, bytes: &[u8]) -> Self {
        assert!(bytes.len() >= HEAD, "{name} is too short to be told from chance");
        Self { name: name.to_owned(), bytes: bytes.to_vec() }
    }

    /// Every piece of `len` bytes, at steps of `step`, each a needle of the same name.
    pub(crate) fn pieces(name: &str, whole: &[u8], len: usize, step: usize) -> Vec<Self> {
        whole.windows(len).step_by(step).map(|piece| Self::new(name, piece)).collect()
    }
}

/// A needle that was found.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// Its place in the list that was searched for.
    pub(crate) needle: usize,
    pub(crate) name: String,
    pub(crate) len: usize,
    /// The mapping, as the system names it.
    pub(crate) mapping: String,
    pub(crate) address: u64,
}

/// What one search went through.
pub(crate) struct Search {
    pub(crate) found: Vec<Found>,
    pub(crate) mappings: Vec<String>,
    pub(crate) bytes: usize,
}

impl Search {
    /// Reads everything that the process can write to, and looks for every needle at every byte.
    pub(crate) fn of(process: u32, needles: &[Needle]) -> Self {
        let memory = File::open(format!("/proc/{process}/mem")).unwrap();
        let index = Index::of(needles);
        let mut search = Self { found: Vec::new(), mappings: Vec::new(), bytes: 0 };
        for mapping in Mapping::of(process) {
            let contents = mapping.read(&memory);
            search.bytes += contents.len();
            for (at, needle) in index.search(&contents) {
                search.found.push(Found {
                    needle,
                    name: needles[needle].name.clone(),
                    len: needles[needle].bytes.len(),
                    mapping: mapping.name.clone(),
                    address: mapping.from + at as u64,
                });
            }
            search.mappings.push(mapping.name);
        }
        search
    }

    /// A part of what was found.
    pub(crate) fn made_of(found: Vec<Found>) -> Self {
        Self { found, mappings: Vec::new(), bytes: 0 }
    }

    /// What was found, told for a person: each name with its mappings and first addresses.
    pub(crate) fn report(&self) -> String {
        let mut by_name: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for found in &self.found {
            by_name.entry((&found.name, &found.mapping)).or_default().push(found.address);
        }
        let line = |((name, mapping), at): ((&String, &String), Vec<u64>)| {
            format!("  {name}: {} times in {mapping}, first at {:x}\n", at.len(), at[0])
        };
        by_name.into_iter().map(line).collect()
    }
}

/// The `len` bytes below `top`, those nearest to it first.
pub(crate) fn below(process: u32, top: u64, len: usize) -> Vec<u8> {
    let memory = File::open(format!("/proc/{process}/mem")).unwrap();
    let mut stack = vec![0; len];
    memory.read_exact_at(&mut stack, top - len as u64).unwrap();
    stack.reverse();
    stack
}

/// Where the stacks of the process's threads lie: the mapping that each thread's pointer is in. A thread
/// that runs has none to tell.
pub(crate) fn stacks(process: u32) -> Vec<Range<u64>> {
    let mappings = Mapping::of(process);
    let threads = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let pointers = threads.filter_map(|thread| {
        let call = fs::read_to_string(thread.unwrap().path().join("syscall")).ok()?;
        let pointer = call.split_ascii_whitespace().rev().nth(1)?.strip_prefix("0x")?.to_owned();
        u64::from_str_radix(&pointer, 16).ok()
    });
    let stack = |pointer| {
        let ranges = mappings.iter().map(|mapping| mapping.from..mapping.from + mapping.len as u64);
        ranges.into_iter().find(|range| range.contains(&pointer))
    };
    pointers.filter_map(stack).collect()
}

/// A range of addresses that the process can read and write: stacks, heap, statics, all the rest.
struct Mapping {
    from: u64,
    len: usize,
    name: String,
}

impl Mapping {
    fn of(process: u32) -> Vec<Self> {
        let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
        let mut joined: Vec<Self> = Vec::new();
        for next in maps.lines().filter_map(Self::parse) {
            match joined.last_mut() {
                // A static may lie across two, and so may anything else.
                Some(last) if last.from + last.len as u64 == next.from => {
                    last.len += next.len;
                    last.name = format!("{} and {}", last.name, next.name);
                }
                _ => joined.push(next),
            }
        }
        joined
    }

    /// `from-to rw-p offset device inode   name`
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split_ascii_whitespace();
        let (from, to) = fields.next()?.split_once('-')?;
        if !fields.next()?.starts_with("rw") {
            return None;
        }
        let from = u64::from_str_radix(from, 16).unwrap();
        let to = u64::from_str_radix(to, 16).unwrap();
        let name = fields.nth(3).unwrap_or("anonymous");
        let name = name.rsplit('/').next().unwrap_or(name).to_owned();
        Some(Self { from, len: usize::try_from(to - from).unwrap(), name })
    }

    fn read(&self, memory: &File) -> Vec<u8> {
        let mut contents = vec![0; self.len];
        memory
            .read_exact_at(&mut contents, self.from)
            .unwrap_or_else(|error| panic!("{} at {:x}: {error}", self.name, self.from));
        contents
    }
}

/// Needles by their first eight bytes, behind a table of the first three.
struct Index<'a> {
    needles: &'a [Needle],
    begins: Vec<bool>,
    by_head: HashMap<[u8; HEAD], Vec<usize>>,
}

const HEAD: usize = 8;

impl<'a> Index<'a> {
    fn of(needles: &'a [Needle]) -> Self {
        let mut begins = vec![false; 1 << 24];
        let mut by_head: HashMap<_, Vec<_>> = HashMap::new();
        for (place, needle) in needles.iter().enumerate() {
            let head: [u8; HEAD] = needle.bytes[..HEAD].try_into().unwrap();
            begins[begin(&head)] = true;
            by_head.entry(head).or_default().push(place);
        }
        Self { needles, begins, by_head }
    }

    /// The offset of each hit and which needle it is.
    fn search(&self, contents: &[u8]) -> Vec<(usize, usize)> {
        let mut hits = Vec::new();
        for (at, head) in contents.windows(HEAD).enumerate() {
            if !self.begins[begin(head)] {
                continue;
            }
            let places = self.by_head.get(head).into_iter().flatten();
            let whole = |place: &&usize| contents[at..].starts_with(&self.needles[**place].bytes);
            hits.extend(places.filter(whole).map(|place| (at, *place)));
        }
        hits
    }
}

fn begin(head: &[u8]) -> usize {
    usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2])
}
