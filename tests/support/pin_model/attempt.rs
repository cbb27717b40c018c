//! One try, step by step: what `Try::judge` does, and the orders that it must not have.

use super::world::{Disk, Envelope, File, Number, next_pair};

/// An errand, half of a durable write, or the judgement. A process can die before and after each.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Step {
    OpenNewest,
    OpenOlder,
    Limit,
    WaitRename,
    WaitSync,
    Mac,
    ReserveRename,
    ReserveSync,
    DropPairBefore,
    DropBefore,
    Create,
    WrapUnderOld,
    WrapUnderNew,
    Rename,
    Sync,
    DropBeside,
    DeleteOld,
    Judge,
    ResetRename,
    ResetSync,
    Settle,
    TombRename,
    TombSync,
    DropInner,
    DropAround,
    DropLast,
}
use Step::*;

const TRY: [Step; 18] = [
    OpenNewest,
    OpenOlder,
    Limit,
    WaitRename,
    WaitSync,
    Mac,
    ReserveRename,
    ReserveSync,
    DropPairBefore,
    DropBefore,
    Create,
    WrapUnderOld,
    WrapUnderNew,
    Rename,
    Sync,
    DropBeside,
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
    /// A tombstone is taken for durable, and the last key deleted on its word.
    NotSettled,
    /// A key that an undone clean-up brought back stays for ever.
    OrphanKept,
    /// A key that an interrupted try made stays beside the newer one.
    BesideKept,
    /// A right PIN's file names the new key alone.
    OldEnvelopeDropped,
    /// A number that belongs to another key by now ends the try.
    NoFallBack,
    /// The keys go before the tombstone stands.
    TombstoneLast,
    /// The next number is taken without a word in the file.
    NotReserved,
    /// A right PIN's file replaces whatever another try wrote meanwhile.
    ResetOverAll,
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
                    Self::OrphanKept => {
                        steps.retain(|step| !matches!(step, DropBefore | DropPairBefore))
                    }
                    Self::BesideKept => steps.retain(|step| *step != DropBeside),
                    Self::NotReserved => {
                        steps.retain(|step| !matches!(step, ReserveRename | ReserveSync))
                    }
                    _ => {}
                }
                steps
            }
            Plan::Right => vec![ResetRename, ResetSync],
            Plan::Destroy if self == Self::TombstoneLast => {
                vec![DropInner, DropAround, DropLast, TombRename, TombSync]
            }
            Plan::Destroy => vec![TombRename, TombSync, DropInner, DropAround, DropLast],
            Plan::Buried if self == Self::NotSettled => vec![DropInner, DropAround, DropLast],
            Plan::Buried => vec![Settle, DropInner, DropAround, DropLast],
        }
    }
}

fn move_before(steps: &mut Vec<Step>, step: Step, other: Step) {
    steps.retain(|kept| *kept != step);
    let at = steps.iter().position(|kept| *kept == other).unwrap();
    steps.insert(at, step);
}

/// Which part of the work a try is in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
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
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct Try {
    pub(crate) right: bool,
    pub(crate) plan: Plan,
    at: usize,
    /// Whether somebody put another file there since it was read: then no write succeeds.
    pub(crate) changed: bool,
    newest: Envelope,
    older: Option<Envelope>,
    /// The number that the file named besides, as an envelope under no key.
    reserved: Option<Envelope>,
    /// The newer one was refused, for whatever reason.
    refused: bool,
    /// The envelope that opened.
    opened: Option<Envelope>,
    /// The count as it was wrapped, under the old key and the next.
    under_old: Option<Envelope>,
    under_new: Option<Envelope>,
    pub(crate) verdict: Option<bool>,
    /// Whether the count was written where the next try reads it.
    pub(crate) counted: bool,
    /// How many other tries began since.
    pub(crate) met: u8,
    /// Whether a right PIN was judged since this try was counted: that writes it off.
    pub(crate) written_off: bool,
    /// How many other tries were counted since the right PIN was written down.
    pub(crate) counted_since: u8,
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
        let (plan, newest, older, reserved) = match &disk.file {
            File::Tombstone(number) => (Plan::Buried, Envelope::dead(*number), None, None),
            File::States { states, reserved } => {
                let older = states.iter().rev().nth(1).copied();
                (Plan::Try, *states.last().unwrap(), older, reserved.map(Envelope::dead))
            }
        };
        let opened = (plan == Plan::Buried).then_some(newest);
        Try {
            right,
            plan,
            at: 0,
            changed: false,
            newest,
            older,
            reserved,
            refused: false,
            opened,
            under_old: None,
            under_new: None,
            verdict: None,
            counted: false,
            met: 0,
            written_off: false,
            counted_since: 0,
        }
    }

    pub(crate) fn step(self, running: &Try) -> Option<Step> {
        self.variant.plan(running.plan).get(running.at).copied()
    }

    /// What the step does to the disk and the key store; `false` if it cannot, and ends the try.
    pub(crate) fn act(self, running: &Try, disk: &mut Disk) -> bool {
        let Some(step) = self.step(running) else { return false };
        let over_all = step == ResetRename && self.variant == Variant::ResetOverAll;
        if step.writes() && running.changed && !over_all {
            return false;
        }
        let opened = running.opened;
        let number = opened.map_or(0, |envelope| envelope.number);
        let next = self.next_number(running);
        match step {
            OpenNewest | OpenOlder | Limit | Judge => {}
            Mac => return disk.inner,
            WrapUnderOld => return disk.keys.contains_key(&number),
            WrapUnderNew => return disk.keys.contains_key(&next),
            Settle | WaitSync | ReserveSync | Sync | ResetSync | TombSync => disk.sync(),
            WaitRename if !disk.keys.contains_key(&number) => return false,
            WaitRename => {
                let waiting = opened.map(|opened| Envelope { this_boot: true, ..opened });
                let states = waiting.into_iter().collect();
                disk.rename(File::States { states, reserved: running.taken() });
            }
            ReserveRename => {
                let states = opened.into_iter().collect();
                disk.rename(File::States { states, reserved: Some(next) });
            }
            Create => disk.create(next),
            Rename => {
                let counted = [running.under_old, running.under_new].into_iter().flatten();
                disk.rename(File::states(counted.collect()));
            }
            DropPairBefore => {
                disk.delete((number & !1) - 2);
                disk.delete((number & !1) - 1);
            }
            DropBefore => disk.delete(number ^ 1),
            DropBeside => disk.delete(next ^ 1),
            DeleteOld => disk.delete(number),
            ResetRename => {
                let Some(instance) = disk.keys.get(&next).copied() else { return false };
                let old = running.under_old.filter(|_| self.variant != Variant::OldEnvelopeDropped);
                let fresh = Envelope { number: next, instance, tries: 0, this_boot: true };
                disk.rename(File::states(old.into_iter().chain([fresh]).collect()));
            }
            TombRename => disk.rename(File::Tombstone(running.last())),
            DropInner => disk.delete_inner(),
            DropAround => {
                let first = running.last() & !1;
                let around = (first - 2..first + 4).filter(|other| *other != running.last());
                around.for_each(|other| disk.delete(other));
            }
            DropLast => disk.delete(running.last()),
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
                next.refused = taken;
            }
            Some(OpenOlder) if running.opened.is_none() => {
                let may = |older: &Envelope| !(running.refused && older.this_boot);
                next.opened = running.older.filter(|older| disk.opens(older) && may(older));
                if next.opened.is_none() {
                    return Next::Ended;
                }
            }
            Some(Limit) if self.is_spent(running.opened.map_or(0, |envelope| envelope.tries)) => {
                (next.plan, next.at) = (Plan::Destroy, 0);
            }
            Some(WaitSync) => {
                next.opened = running.opened.map(|opened| Envelope { this_boot: true, ..opened });
            }
            Some(WrapUnderOld) => {
                let uncounted = self.variant == Variant::NotCountedUnderTheOldKey;
                let number = running.opened.map_or(0, |opened| opened.number);
                next.under_old = self.wrapped(running, disk, number, !uncounted);
            }
            Some(WrapUnderNew) => {
                next.under_new = self.wrapped(running, disk, self.next_number(running), true);
            }
            Some(Rename) => next.counted = true,
            Some(Judge) => next.verdict = Some(running.right),
            _ => {}
        }
        if next.plan == Plan::Try && self.step(&next).is_none() {
            return self.after_judgement(next);
        }
        if self.step(&next).is_none() { Next::Ended } else { Next::Goes(next) }
    }

    /// Whether a process that dies here leaves what it leaves at the next step, and no other try can
    /// tell the two apart. `alone`: there is no other.
    pub(crate) fn only_thinks(self, running: &Try, alone: bool) -> bool {
        match self.step(running) {
            Some(OpenOlder) => running.opened.is_some(),
            Some(Limit) => true,
            Some(WaitRename | WaitSync) => running.opened.is_some_and(|opened| opened.this_boot),
            Some(WrapUnderOld | WrapUnderNew) => alone,
            _ => false,
        }
    }

    /// Whether a failure at this step is not the end: the older envelope is tried.
    pub(crate) fn survives_failure(self, running: &Try) -> Option<Try> {
        let goes_on = self.step(running) == Some(OpenNewest) && self.variant.falls_back();
        goes_on.then(|| Try { at: running.at + 1, refused: true, ..running.clone() })
    }

    /// The wait is written down after a reboot alone, and then it depends on the spent tries.
    pub(crate) fn without_wait(self, running: &Try) -> Option<Try> {
        let at_wait = self.step(running) == Some(WaitRename);
        at_wait.then(|| Try { at: running.at + 2, ..running.clone() })
    }

    fn after_judgement(self, mut next: Try) -> Next {
        let tries = next.under_new.map_or(0, |envelope| envelope.tries);
        next.at = 0;
        next.plan = match next.verdict {
            Some(true) => Plan::Right,
            _ if self.is_spent(tries) => Plan::Destroy,
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

    /// The number of the next pair that no other try has taken.
    fn next_number(self, running: &Try) -> Number {
        let first = next_pair(running.opened.map_or(0, |envelope| envelope.number));
        let taken = running.taken() == Some(first) && self.variant != Variant::NotReserved;
        if taken { first + 1 } else { first }
    }

    fn wrapped(
        self,
        running: &Try,
        disk: &Disk,
        number: Number,
        counted: bool,
    ) -> Option<Envelope> {
        let counted = counted && self.variant != Variant::NotCounted;
        let tries = running.opened?.tries + u8::from(counted);
        let instance = disk.keys.get(&number).copied()?;
        Some(Envelope { number, instance, tries, this_boot: true })
    }
}

impl Try {
    /// The number behind the one that opened which the file names.
    fn taken(&self) -> Option<Number> {
        let is_newest = self.opened.is_none_or(|opened| opened.number == self.newest.number);
        let newest = Some(self.newest).filter(|_| !is_newest);
        newest.or(self.reserved).map(|named| named.number)
    }

    /// The key that a tombstone names.
    fn last(&self) -> Number {
        self.under_new.or(self.opened).map_or(0, |envelope| envelope.number)
    }

    /// The envelopes that it holds, to be renamed with the disk's.
    pub(crate) fn envelopes(&mut self) -> Vec<&mut Envelope> {
        let held = [
            &mut self.older,
            &mut self.reserved,
            &mut self.opened,
            &mut self.under_old,
            &mut self.under_new,
        ];
        let held = held.into_iter().flatten();
        std::iter::once(&mut self.newest).chain(held).collect()
    }
}

impl Step {
    /// Whether it replaces the file, or vouches for the one that was read.
    pub(crate) fn writes(self) -> bool {
        matches!(self, WaitRename | ReserveRename | Rename | ResetRename | TombRename | Settle)
    }
}
