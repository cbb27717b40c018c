use std::collections::BTreeMap;

/// What a disk writes whole or not at all, in bytes.
pub(in super::super) const BLOCK: usize = 512;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in super::super) enum Name {
    Vault,
    Temp,
    Lock,
}

/// What lies on the disk for good: names, and the files behind them by number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(in super::super) struct Platter {
    names: BTreeMap<Name, usize>,
    files: BTreeMap<usize, File>,
}

/// The length is kept apart from the data, as file systems do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct File {
    data: Vec<u8>,
    len: usize,
}

/// One step from what lies on the disk to what the programs see.
#[derive(Debug, Clone)]
pub(in super::super) enum Change {
    /// At most one block, at a place in bytes.
    Data {
        file: usize,
        at: usize,
        bytes: Vec<u8>,
    },
    Length {
        file: usize,
        len: usize,
    },
    Link {
        name: Name,
        file: usize,
    },
    Unlink {
        name: Name,
        file: usize,
    },
    Rename {
        from: Name,
        to: Name,
        file: usize,
    },
}

impl Change {
    pub(in super::super) fn is_of_folder(&self) -> bool {
        matches!(self, Self::Link { .. } | Self::Unlink { .. } | Self::Rename { .. })
    }

    pub(super) fn is_data_of(&self, wanted: usize) -> bool {
        match self {
            Self::Data { file, .. } | Self::Length { file, .. } => *file == wanted,
            Self::Link { .. } | Self::Unlink { .. } | Self::Rename { .. } => false,
        }
    }
}

impl Platter {
    pub(super) fn file(&self, name: Name) -> Option<usize> {
        self.names.get(&name).copied()
    }

    pub(super) fn bytes(&self, file: usize) -> Vec<u8> {
        let File { data, len } = &self.files[&file];
        let mut bytes = data.clone();
        bytes.resize(*len, 0);
        bytes
    }

    pub(in super::super) fn vault(&self) -> Option<Vec<u8>> {
        self.file(Name::Vault).map(|file| self.bytes(file))
    }

    /// The same with something under the temporary file's name.
    pub(in super::super) fn with_leftover_temp(mut self) -> Self {
        let file = File { data: vec![7; 700], len: 700 };
        let number = self.next_file();
        self.files.insert(number, file);
        self.names.insert(Name::Temp, number);
        self
    }

    fn next_file(&self) -> usize {
        self.files.keys().next_back().map_or(0, |last| last + 1)
    }

    /// A change of the folder names the file that it meant, so that it may come out of order.
    fn apply(&mut self, change: &Change) {
        match change {
            Change::Data { file, at, bytes } => {
                let data = &mut self.files.entry(*file).or_default().data;
                let end = at + bytes.len();
                data.resize(data.len().max(end), 0);
                data[*at..end].copy_from_slice(bytes);
            }
            Change::Length { file, len } => self.files.entry(*file).or_default().len = *len,
            Change::Link { name, file } => {
                self.names.insert(*name, *file);
                self.files.entry(*file).or_default();
            }
            Change::Unlink { name, file } => self.unlink(*name, *file),
            Change::Rename { from, to, file } => {
                self.names.insert(*to, *file);
                self.files.entry(*file).or_default();
                self.unlink(*from, *file);
            }
        }
    }

    fn unlink(&mut self, name: Name, file: usize) {
        if self.names.get(&name) == Some(&file) {
            self.names.remove(&name);
        }
    }

    /// Without what no name leads to.
    fn settled(mut self) -> Self {
        let names = &self.names;
        self.files.retain(|number, _| names.values().any(|named| named == number));
        self
    }
}

/// A disk at one moment: what lies on it, and what is on its way there, in the order of the calls.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct State {
    lasting: Platter,
    pending: Vec<Change>,
    next_file: usize,
}

impl State {
    pub(in super::super) fn at_rest(lasting: Platter) -> Self {
        Self { next_file: lasting.next_file(), lasting, pending: vec![] }
    }

    pub(in super::super) fn pending(&self) -> &[Change] {
        &self.pending
    }

    /// What programs see, and what a kill leaves: all that was done.
    pub(in super::super) fn visible(&self) -> Platter {
        self.after_cut(0..self.pending.len())
    }

    /// What a power cut leaves if of the pending changes these alone had come through, in this
    /// order.
    pub(in super::super) fn after_cut(&self, kept: impl IntoIterator<Item = usize>) -> Platter {
        let mut platter = self.lasting.clone();
        kept.into_iter().for_each(|at| platter.apply(&self.pending[at]));
        platter.settled()
    }

    pub(super) fn create(&mut self, name: Name) -> usize {
        let file = self.next_file;
        self.next_file += 1;
        self.change(Change::Link { name, file });
        file
    }

    /// Block by block, and the length by itself.
    pub(super) fn write(&mut self, file: usize, start: usize, bytes: &[u8]) {
        for (block, bytes) in bytes.chunks(BLOCK).enumerate() {
            self.change(Change::Data { file, at: start + block * BLOCK, bytes: bytes.into() });
        }
        self.change(Change::Length { file, len: start + bytes.len() });
    }

    pub(super) fn change(&mut self, change: Change) {
        self.pending.push(change);
    }

    /// Makes the changes that are meant last, in their order.
    pub(super) fn sync(&mut self, meant: impl Fn(&Change) -> bool) {
        let pending = std::mem::take(&mut self.pending);
        let (synced, pending): (Vec<_>, Vec<_>) = pending.into_iter().partition(meant);
        synced.iter().for_each(|change| self.lasting.apply(change));
        self.pending = pending;
    }
}
