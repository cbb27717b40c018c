//! What the house forbids in the core.

use std::fmt;

use crate::paths::{End, Path, Place, Source};

/// The rooms by level. One may know those below it, and none beside it.
const ROOMS: [(&str, u8); 9] = [
    ("secret", 0),
    ("time", 0),
    ("otp", 1),
    ("credential", 2),
    ("vault", 3),
    ("provision", 3),
    ("clock", 3),
    ("transaction", 3),
    ("token", 4),
];

/// What the crate's root is called, which stands above all rooms.
const ROOT: &str = "lib";

/// What the core may not name, for it has no network, no clock and no process.
const OUTSIDE: [&[&str]; 4] = [
    &["std", "net"],
    &["std", "process"],
    &["std", "time", "SystemTime"],
    &["std", "time", "Instant"],
];

/// What only tests may name: the core starts no thread, but must stand several, and it has nothing to
/// say on standard output and reads no environment.
const TESTS: [&[&str]; 6] =
    [&["std", "thread"], &["std", "env"], &["print!"], &["println!"], &["eprint!"], &["eprintln!"]];

/// What only the file of [`FILE_IO`] may name, and tests.
const FILES: [&[&str]; 4] =
    [&["std", "fs"], &["std", "os"], &["std", "io", "Write"], &["io", "Write"]];

/// The one place for file I/O, with its folder.
const FILE_IO: [&str; 2] = ["vault", "file"];

/// A place that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) what: Breach,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Breach {
    /// A room knows another that is not below it.
    Knows {
        from: String,
        to: String,
    },
    /// Something that is not to be named here.
    Names(String),
    /// Something that would hide a reference from this test.
    Hides(&'static str),
    /// A file that belongs to no room.
    NoRoom,
    Unreadable(String),
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        match &self.what {
            Breach::Knows { from, to } => write!(f, "{from} knows {to}, which is not below it"),
            Breach::Names(what) => write!(f, "{what} is not to be named here"),
            Breach::Hides(what) => write!(f, "{what} hides what knows what"),
            Breach::NoRoom => write!(f, "the file belongs to no room"),
            Breach::Unreadable(why) => write!(f, "{why}"),
        }
    }
}

/// A source file of the core: where it is below the repository, and what it says.
pub(crate) struct CoreFile {
    name: String,
    room: String,
    source: Source,
    /// Compiled for tests alone.
    pub(crate) is_test: bool,
    pub(crate) module: Vec<String>,
}

impl CoreFile {
    /// Reads the file `name`, like `src/vault/file.rs`.
    pub(crate) fn parse(name: &str, text: &str) -> Result<Self, Violation> {
        let fails = |what| Violation { file: name.into(), line: 1, what };
        let module = module_of(name);
        let room = module.first().map_or(ROOT, String::as_str).to_owned();
        if room != ROOT && level(&room).is_none() {
            return Err(fails(Breach::NoRoom));
        }
        let source = Source::parse(text, &module).map_err(|why| fails(Breach::Unreadable(why)))?;
        Ok(Self { name: name.into(), room, source, is_test: false, module })
    }

    /// The modules in files of their own that this file compiles for tests alone.
    pub(crate) fn test_modules(&self) -> impl Iterator<Item = Vec<String>> + '_ {
        let child = |name: &String| [self.module.as_slice(), std::slice::from_ref(name)].concat();
        self.source.test_files.iter().map(child)
    }

    /// All that this file breaks.
    pub(crate) fn violations(&self) -> Vec<Violation> {
        let breach = |path| {
            let found = self.hides(path).or_else(|| self.knows(path)).or_else(|| self.names(path));
            found.map(|what| Violation { file: self.name.clone(), line: path.line, what })
        };
        self.source.paths.iter().filter_map(breach).collect()
    }

    /// Which other rooms this file refers to.
    pub(crate) fn rooms_known(&self) -> impl Iterator<Item = String> + '_ {
        self.source.paths.iter().filter_map(target).filter(|room| *room != self.room)
    }

    fn hides(&self, path: &Path) -> Option<Breach> {
        hides(path, self.room == ROOT)
    }

    fn knows(&self, path: &Path) -> Option<Breach> {
        let to = target(path)?;
        let below = match (level(&self.room), level(&to)) {
            (None, _) => true,
            (Some(from), Some(to)) => to < from,
            (Some(_), None) => false,
        };
        (to != self.room && !below).then(|| Breach::Knows { from: self.room.clone(), to })
    }

    fn names(&self, path: &Path) -> Option<Breach> {
        let named = Breach::Names(path.segments.join("::"));
        let foreign = path.segments.iter().any(|segment| segment.starts_with("uniffi"));
        let touches = |places: &[&[&str]]| places.iter().any(|place| path.leads_to(place));
        if foreign || names_the_outside(path) {
            return Some(named);
        }
        let is_test = self.is_test || self.source.is_test(path.line);
        let may_touch_files = is_test || self.module.iter().take(2).eq(FILE_IO.iter());
        let forbidden = (!is_test && touches(&TESTS)) || (!may_touch_files && touches(&FILES));
        forbidden.then_some(named)
    }
}

/// Whether a path would hide from this test what it leads to. A macro of the `root` needs no path.
pub(crate) fn hides(path: &Path, root: bool) -> Option<Breach> {
    let segments: Vec<&str> = path.segments.iter().map(String::as_str).collect();
    let hidden = match (segments.as_slice(), path.place) {
        (["extern_crate"], _) => "extern crate",
        (["macro_use" | "macro_export"], Place::Attribute) => "a macro without a path",
        (["#[path]"], _) => "a module in a foreign file",
        (["macro_rules"], _) if root => "a macro without a path",
        ([.., "include!"], _) => "include!",
        (["super" | "self", _, ..], Place::MacroRules) => "super:: or self:: in a macro",
        _ => return None,
    };
    Some(Breach::Hides(hidden))
}

/// Whether a path names what neither the core nor the verifier has: a network, a clock, a process.
fn names_the_outside(path: &Path) -> bool {
    let reads_clock = path.segments.windows(2).any(|pair| pair == ["Instant", "now"]);
    let system_time = path.segments.iter().any(|segment| segment == "SystemTime");
    reads_clock || system_time || OUTSIDE.iter().any(|place| path.leads_to(place))
}

/// Whether a path names anything that is not pure: what the core has at the places for it alone, and
/// the verifier nowhere.
pub(crate) fn names_anything_impure(path: &Path) -> bool {
    let touches = |places: &[&[&str]]| places.iter().any(|place| path.leads_to(place));
    names_the_outside(path) || touches(&TESTS) || touches(&FILES)
}

/// The room that a path of this crate leads to. Only what begins with `crate`, `super` or `self`
/// can leave its module.
fn target(path: &Path) -> Option<String> {
    let mut segments = path.segments.iter().map(String::as_str).peekable();
    if !is_reference(path) {
        return None;
    }
    let mut base = match segments.next()? {
        "crate" => Vec::new(),
        "self" if path.segments.len() > 1 || path.end == End::Glob => path.module.clone(),
        "super" => parent(&path.module),
        _ => return None,
    };
    while let Some(step) = segments.next_if(|step| matches!(*step, "super" | "self")) {
        if step == "super" {
            base = parent(&base);
        }
    }
    base.extend(segments.map(str::to_owned));
    let first = base.into_iter().next();
    Some(first.filter(|room| level(room).is_some()).unwrap_or_else(|| ROOT.into()))
}

/// Whether a path is more than one keyword, as in `pub(crate)` or `pub(super)`.
fn is_reference(path: &Path) -> bool {
    path.segments.len() > 1 || path.end != End::Name
}

fn level(room: &str) -> Option<u8> {
    ROOMS.iter().find(|(name, _)| *name == room).map(|(_, level)| *level)
}

fn parent(module: &[String]) -> Vec<String> {
    module.split_last().map(|(_, rest)| rest.to_vec()).unwrap_or_default()
}

/// `src/vault/file.rs` is the module `vault::file`, `src/lib.rs` the root.
fn module_of(name: &str) -> Vec<String> {
    let path = name.strip_prefix("src/").unwrap_or(name);
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let path = path.strip_suffix("/mod").unwrap_or(path);
    match path {
        ROOT => Vec::new(),
        path => path.split('/').map(str::to_owned).collect(),
    }
}
