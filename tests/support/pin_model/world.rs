//! What a PIN try can touch: the file, the key store, and what a power cut may take back.

use std::collections::BTreeMap;

/// A key's number within the slot, relative to the oldest key that matters.
pub(crate) type Number = i8;
/// Which key stands behind a number: a key created again under an old number is another one.
pub(crate) type Instance = u8;

/// A key that no store can bring back.
const DEAD: Instance = 0;

/// One wrapped state: how many tries are spent, under which key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct Envelope {
    pub(crate) number: Number,
    pub(crate) instance: Instance,
    pub(crate) tries: u8,
    /// Whether it was wrapped since the device started: the state names the boot.
    pub(crate) this_boot: bool,
}

/// A version of the file, as far as the PIN slot goes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) enum File {
    States {
        /// One or two, ascending.
        states: Vec<Envelope>,
        /// The number that a try took for its next key. One of two states stands for itself.
        reserved: Option<Number>,
    },
    /// The limit was reached; names the key that may still be there.
    Tombstone(Number),
}

/// How to take one operation of the key store back.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Undo {
    /// What stood under the number before.
    Key(Number, Option<Instance>),
    /// The inner key was there before.
    Inner,
}

/// Everything that outlives a process.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Disk {
    /// What a read gives.
    pub(crate) file: File,
    /// What may be there after a power cut: `file`, and versions that were not synced away.
    pub(crate) after_cut: Vec<File>,
    /// The wrapped states that somebody may have kept and that can still open. Envelopes stand
    /// outside of the root tag, so a file can be put together from any of them.
    pub(crate) kept: Vec<Envelope>,
    pub(crate) keys: BTreeMap<Number, Instance>,
    pub(crate) inner: bool,
    /// Operations of the try under way or just ended, the latest last: a power cut may lose some.
    pub(crate) soft: Vec<Undo>,
}

/// What a try that nothing disturbs would find.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Found {
    Open(u8),
    Destroyed,
    Lost,
}

/// The first number of the next pair: numbers come in pairs, 2k and 2k + 1.
pub(crate) fn next_pair(number: Number) -> Number {
    (number + 2) & !1
}

impl Envelope {
    /// Under no key: it names a number, or was forged.
    pub(crate) fn dead(number: Number) -> Self {
        Self { number, instance: DEAD, tries: 0, this_boot: false }
    }
}

impl File {
    pub(crate) fn states(states: Vec<Envelope>) -> Self {
        Self::States { states, reserved: None }
    }
}

impl Disk {
    pub(crate) fn new() -> Self {
        let envelope = Envelope { number: 1, instance: 1, tries: 0, this_boot: true };
        let file = File::states(vec![envelope]);
        Self {
            after_cut: vec![file.clone()],
            kept: vec![envelope],
            file,
            keys: BTreeMap::from([(1, 1)]),
            inner: true,
            soft: Vec::new(),
        }
    }

    pub(crate) fn create(&mut self, number: Number) {
        let undone = self.soft.iter().filter_map(|undo| match undo {
            Undo::Key(_, instance) => *instance,
            Undo::Inner => None,
        });
        let unused = self.keys.values().copied().chain(undone).max().map_or(1, |most| most + 1);
        // An envelope under a dead key has no instance, so `unused` opens none.
        let before = self.keys.insert(number, unused);
        self.soft.push(Undo::Key(number, before));
    }

    pub(crate) fn delete(&mut self, number: Number) {
        if let Some(before) = self.keys.remove(&number) {
            self.soft.push(Undo::Key(number, Some(before)));
        }
    }

    pub(crate) fn delete_inner(&mut self) {
        if std::mem::replace(&mut self.inner, false) {
            self.soft.push(Undo::Inner);
        }
    }

    /// The new version is read from now on; whether it survives a power cut, nobody knows yet.
    pub(crate) fn rename(&mut self, file: File) {
        self.after_cut.push(file.clone());
        if let File::States { states, .. } = &file {
            self.kept.extend(states);
        }
        self.file = file;
    }

    pub(crate) fn sync(&mut self) {
        self.after_cut = vec![self.file.clone()];
    }

    /// Somebody puts a file of their choice there.
    pub(crate) fn put_back(&mut self, file: File) {
        self.file = file;
        self.sync();
    }

    /// The power goes: the latest `lost` operations are undone, and `file` is what is there.
    pub(crate) fn cut(&mut self, lost: usize, file: File) {
        for _ in 0..lost {
            match self.soft.pop() {
                Some(Undo::Key(number, Some(before))) => {
                    self.keys.insert(number, before);
                }
                Some(Undo::Key(number, None)) => {
                    self.keys.remove(&number);
                }
                Some(Undo::Inner) => self.inner = true,
                None => {}
            }
        }
        self.soft.clear();
        self.file = file;
        self.forget_boots();
        self.sync();
    }

    /// The device starts anew.
    pub(crate) fn forget_boots(&mut self) {
        let states = match &mut self.file {
            File::States { states, .. } => states.as_mut_slice(),
            File::Tombstone(_) => &mut [],
        };
        states.iter_mut().chain(&mut self.kept).for_each(|state| state.this_boot = false);
    }

    /// Every file that somebody can put together: of what was kept, and of bytes that open nothing.
    pub(crate) fn forgeries(&self) -> Vec<File> {
        let forged = |number: &Number| Envelope::dead(*number);
        let parts: Vec<_> = self.kept.iter().copied().chain(self.keys.keys().map(forged)).collect();
        let mut files: Vec<_> = self.keys.keys().map(|number| File::Tombstone(*number)).collect();
        for newest in &parts {
            for reserved in [None, Some(next_pair(newest.number))] {
                files.push(File::States { states: vec![*newest], reserved });
            }
            let older = parts.iter().filter(|older| older.number < newest.number);
            files.extend(older.map(|older| File::states(vec![*older, *newest])));
        }
        files
    }

    pub(crate) fn opens(&self, envelope: &Envelope) -> bool {
        envelope.instance != DEAD && self.keys.get(&envelope.number) == Some(&envelope.instance)
    }

    /// `falls_back`: whether the older envelope is tried where the newer one's number belongs to
    /// another key.
    pub(crate) fn found(&self, limit: u8, falls_back: bool) -> Found {
        let states = match &self.file {
            File::Tombstone(_) => return Found::Destroyed,
            File::States { states, .. } => states,
        };
        for envelope in states.iter().rev() {
            if self.opens(envelope) {
                return match envelope.tries {
                    tries if tries >= limit => Found::Destroyed,
                    tries if self.inner => Found::Open(tries),
                    _ => Found::Lost,
                };
            }
            let older = states.first().filter(|older| *older != envelope);
            let stays = !falls_back || older.is_some_and(|older| older.this_boot);
            if self.keys.contains_key(&envelope.number) && stays {
                return Found::Lost;
            }
        }
        Found::Lost
    }

    /// Renames numbers and instances so that states which differ in names alone are one state, and
    /// forgets kept versions that nothing can open. Returns how `running`'s number is now called.
    pub(crate) fn canonical(&mut self, running: &mut [&mut Envelope]) {
        let mut live = vec![DEAD];
        let undone = self.soft.iter().rev().filter_map(|undo| match undo {
            Undo::Key(_, instance) => *instance,
            Undo::Inner => None,
        });
        live.extend(self.keys.values().copied().chain(undone));
        let instance = |old: Instance| {
            let at = live.iter().position(|known| *known == old).unwrap_or(0);
            u8::try_from(at).unwrap()
        };
        let numbers =
            self.keys.keys().copied().chain(self.soft.iter().filter_map(|undo| {
                if let Undo::Key(number, _) = undo { Some(*number) } else { None }
            }));
        let named = match &self.file {
            File::Tombstone(number) => vec![*number],
            File::States { states, .. } => states.iter().map(|e| e.number).collect(),
        };
        let running_numbers = running.iter().map(|envelope| envelope.number);
        let base = numbers.chain(running_numbers).min().or(named.into_iter().min()).unwrap_or(1);
        // An even shift keeps the pairs.
        let shift = (base - 1) & !1;
        let number = |old: Number| (old - shift).max(-1);
        let envelope = |e: &mut Envelope| {
            e.number = number(e.number);
            e.instance = instance(e.instance);
            if e.instance == DEAD {
                (e.tries, e.this_boot) = (0, false);
            }
        };
        let rename = |file: &mut File| match file {
            File::Tombstone(named) => *named = number(*named),
            File::States { states, reserved } => {
                states.iter_mut().for_each(envelope);
                *reserved = reserved.map(number);
            }
        };

        self.keys = self.keys.iter().map(|(n, i)| (number(*n), instance(*i))).collect();
        for undo in &mut self.soft {
            if let Undo::Key(n, i) = undo {
                (*n, *i) = (number(*n), i.map(instance));
            }
        }
        rename(&mut self.file);
        self.after_cut.iter_mut().for_each(rename);
        self.kept.iter_mut().for_each(envelope);
        running.iter_mut().for_each(|e| envelope(e));
        self.kept.retain(|e| e.instance != DEAD);
        // Of the states under one key, the one with the fewest tries: it serves for all that a
        // state with more would, and the limit comes later.
        self.kept.sort_unstable();
        self.kept.dedup_by_key(|e| (e.number, e.instance));
        self.after_cut.sort_unstable();
        self.after_cut.dedup();
    }
}
