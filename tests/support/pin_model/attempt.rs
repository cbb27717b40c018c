//! One try, step by step: what `Try::judge` does, and the orders that it must not have.

use super::world::{Disk, Envelope, File};

/// An errand, half of a durable write, or the judgement. A process can die before and after each.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Step {
    OpenNewest,
    OpenOlder,
    Settle,
    DropBefore,
    DropUnnamed,
    Limit,
    WaitRename,
    WaitSync,
    Mac,
    Create,
    WrapUnderOld,
    WrapUnderNew,
    Rename,
    Sync,
    DeleteOld,
    Judge,
    ResetRename,
    ResetSync,
    DropInner,
    TombRename,
    TombSync,
    DropLast,
}
use Step::*;

const TRY: [Step; 16] = [
    OpenNewest,
    OpenOlder,
    Settle,
    DropBefore,
    DropUnnamed,
    Limit,
    WaitRename,
    WaitSync,
    Mac,
    Create,
    WrapUnderOld,
    WrapUnderNew,
    Rename,
    Sync,
    DeleteOld,
    Judge,
];

/// The order that is built, or one that the checker must catch.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Variant {
    Built,
    JudgedBeforeTheDeleteIsConfirmed,
    JudgedBeforeTheWrite,
    DeletedBeforeTheWrite,
    /// The folder is not synced after the rename.
    WriteNotSynced,
    NotCountedUnderTheOldKey,
    NotCounted,
    OneTryTooMany,
    /// An interrupted try's file is taken for durable, and the older key deleted on its word.
    NotSettled,
    /// A key that an undone clean-up brought back stays for ever.
    OrphanKept,
    /// A right PIN's file names the new key alone.
    OldEnvelopeDropped,
    /// A number that belongs to another key by now ends the try.
    NoFallBack,
    /// The keys go before the tombstone stands.
    TombstoneLast,
}

impl Variant {
    pub(crate) fn falls_back(self) -> bool {
        self != Self::NoFallBack
    }

    fn plan(self, plan: Plan) -> Vec<Step> {
        match plan {
            Plan::Try => {
                let mut steps = TRY.to_vec();
                match self {
                    Self::JudgedBeforeTheDeleteIsConfirmed => {
                        move_before(&mut steps, Judge, DeleteOld)
                    }
                    Self::JudgedBeforeTheWrite => move_before(&mut steps, Judge, Create),
                    Self::DeletedBeforeTheWrite => move_before(&mut steps, DeleteOld, Rename),
                    Self::WriteNotSynced => steps.retain(|step| *step != Sync),
                    Self::NotSettled => steps.retain(|step| *step != Settle),
                    Self::OrphanKept => steps.retain(|step| *step != DropBefore),
                    _ => {}
                }
                steps
            }
            Plan::Right => vec![ResetRename, ResetSync],
            Plan::Destroy if self == Self::TombstoneLast => {
                vec![DropInner, DropLast, TombRename, TombSync]
            }
            Plan::Destroy => vec![DropInner, TombRename, TombSync, DropLast],
            Plan::Buried => vec![Settle, DropInner, DropLast],
        }
    }
}

fn move_before(steps: &mut Vec<Step>, step: Step, other: Step) {
    steps.retain(|kept| *kept != step);
    let at = steps.iter().position(|kept| *kept == other).unwrap();
    steps.insert(at, step);
}

/// Which part of the work a try is in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Plan {
    Try,
    /// The PIN was right.
    Right,
    /// The limit was reached.
    Destroy,
    /// It was reached long ago.
    Buried,
}

/// What a try holds in memory; it dies with the process.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Try {
    pub(crate) right: bool,
    pub(crate) plan: Plan,
    at: usize,
    /// Whether somebody put another file there since it was read: then no write succeeds.
    pub(crate) changed: bool,
    newest: Envelope,
    older: Option<Envelope>,
    /// The envelope that opened; after the judgement the next one.
    opened: Option<Envelope>,
    pub(crate) verdict: Option<bool>,
    /// Whether the count was written where the next try reads it.
    pub(crate) counted: bool,
}

/// What a step came to.
pub(crate) enum Next {
    Goes(Try),
    Ended,
}

/// The order under test and the slot's limit.
#[derive(Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) variant: Variant,
    pub(crate) limit: u8,
}

impl Rules {
    pub(crate) fn begin(self, disk: &Disk, right: bool) -> Try {
        let (plan, newest, older, opened) = match &disk.file {
            File::Tombstone(number) => {
                let named = Envelope { number: *number, instance: 0, tries: 0 };
                (Plan::Buried, named, None, Some(named))
            }
            File::Envelopes(all) => {
                let older = all.iter().rev().nth(1).copied();
                (Plan::Try, *all.last().unwrap(), older, None)
            }
        };
        let (at, changed, verdict, counted) = (0, false, None, false);
        Try { right, plan, at, changed, newest, older, opened, verdict, counted }
    }

    pub(crate) fn step(self, running: &Try) -> Option<Step> {
        self.variant.plan(running.plan).get(running.at).copied()
    }

    /// What the step does to the disk and the key store; `false` if it cannot, and ends the try.
    pub(crate) fn act(self, running: &Try, disk: &mut Disk) -> bool {
        let Some(step) = self.step(running) else { return false };
        let written = matches!(step, WaitRename | Rename | ResetRename | TombRename | Settle);
        if written && running.changed {
            return false;
        }
        let opened = running.opened;
        let number = opened.map_or(0, |envelope| envelope.number);
        match step {
            OpenNewest | OpenOlder | Limit | WrapUnderOld | WrapUnderNew | Judge => {}
            Mac => return disk.inner,
            Settle | WaitSync | Sync | ResetSync | TombSync => disk.sync(),
            DropBefore => disk.delete(number - 1),
            DropUnnamed => disk.delete(number + 1),
            WaitRename => disk.rename(File::Envelopes(opened.into_iter().collect())),
            Create => disk.create(number + 1),
            Rename => disk.rename(File::Envelopes(self.counted(running, disk))),
            DeleteOld | DropLast => disk.delete(number),
            ResetRename => {
                let old = running.older.filter(|_| self.variant != Variant::OldEnvelopeDropped);
                let fresh = opened.map(|envelope| Envelope { tries: 0, ..envelope });
                disk.rename(File::Envelopes(old.into_iter().chain(fresh).collect()));
            }
            DropInner => disk.delete_inner(),
            TombRename => disk.rename(File::Tombstone(number)),
        }
        true
    }

    /// Goes on in memory after the step was done and its answer came.
    pub(crate) fn go_on(self, running: &Try, disk: &Disk) -> Next {
        let mut next = Try { at: running.at + 1, ..running.clone() };
        match self.step(running) {
            Some(OpenNewest) if disk.opens(&running.newest) => next.opened = Some(running.newest),
            Some(OpenNewest) => {
                let taken = disk.keys.contains_key(&running.newest.number);
                if taken && !self.variant.falls_back() {
                    return Next::Ended;
                }
            }
            Some(OpenOlder) if running.opened.is_none() => {
                next.opened = running.older.filter(|older| disk.opens(older));
                if next.opened.is_none() {
                    return Next::Ended;
                }
            }
            Some(Limit) if self.is_spent(running.opened.map_or(0, |envelope| envelope.tries)) => {
                (next.plan, next.at) = (Plan::Destroy, 0);
            }
            Some(Rename) => next.counted = true,
            Some(Judge) => next.verdict = Some(running.right),
            _ => {}
        }
        if next.plan == Plan::Try && self.step(&next).is_none() {
            return self.after_judgement(next, disk);
        }
        if self.step(&next).is_none() { Next::Ended } else { Next::Goes(next) }
    }

    /// Whether a process that dies here leaves what it leaves at the next step.
    pub(crate) fn only_thinks(self, running: &Try) -> bool {
        matches!(self.step(running), Some(Limit | WrapUnderOld | WrapUnderNew))
    }

    /// Whether a failure at this step is not the end: the older envelope is tried.
    pub(crate) fn survives_failure(self, running: &Try) -> Option<Try> {
        let goes_on = self.step(running) == Some(OpenNewest) && self.variant.falls_back();
        goes_on.then(|| Try { at: running.at + 1, ..running.clone() })
    }

    /// The wait is written down after a reboot alone, so with spent tries a try goes either way.
    pub(crate) fn without_wait(self, running: &Try) -> Option<Try> {
        let at_wait = self.step(running) == Some(WaitRename);
        at_wait.then(|| Try { at: running.at + 2, ..running.clone() })
    }

    fn after_judgement(self, mut next: Try, disk: &Disk) -> Next {
        let [old, new] = self.counted(&next, disk)[..] else { return Next::Ended };
        (next.older, next.opened, next.at) = (Some(old), Some(new), 0);
        next.plan = match next.verdict {
            Some(true) => Plan::Right,
            _ if self.is_spent(new.tries) => Plan::Destroy,
            _ => return Next::Ended,
        };
        Next::Goes(next)
    }

    fn is_spent(self, tries: u8) -> bool {
        if self.variant == Variant::OneTryTooMany {
            tries > self.limit
        } else {
            tries >= self.limit
        }
    }

    /// The try counted under the old key and the next.
    fn counted(self, running: &Try, disk: &Disk) -> Vec<Envelope> {
        let Some(old) = running.opened else { return Vec::new() };
        let by = u8::from(self.variant != Variant::NotCounted);
        let tries = old.tries + by;
        let number = old.number + 1;
        let instance = disk.keys.get(&number).copied().unwrap_or(0);
        let new = Envelope { number, instance, tries };
        let uncounted = self.variant == Variant::NotCountedUnderTheOldKey;
        let tries = if uncounted { old.tries } else { tries };
        vec![Envelope { tries, ..old }, new]
    }
}

impl Try {
    /// The envelopes that it holds, to be renamed with the disk's.
    pub(crate) fn envelopes(&mut self) -> Vec<&mut Envelope> {
        let held = self.older.iter_mut().chain(&mut self.opened);
        std::iter::once(&mut self.newest).chain(held).collect()
    }
}
