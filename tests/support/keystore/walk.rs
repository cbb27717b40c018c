//! PIN tries that are disturbed in every way, on the real code, and what must hold all the while.

use warifu::{
    token::{Errand, Error, Outcome, Step},
    vault::{self, KeyErrand, PinHardware, UnlockWith},
};

use super::{
    phone::{Phone, RIGHT, WRONG, pin},
    wire::{Control, Refusal},
};

/// How a try ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Whole,
    /// The process dies at the errand of this number: before the key store did it, or after.
    Crash {
        at: usize,
        done: bool,
    },
    /// The key store refuses this errand, having done it or not.
    Refused {
        at: usize,
        done: bool,
        refusal: Refusal,
    },
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    Try { right: bool, end: End },
    PowerCut { lost: usize },
    PutBack { version: usize },
}

/// What was judged and spent, as the model in `pin_model` counts it.
#[derive(Clone, Default)]
struct Ghost {
    /// Wrong guesses since the last right one.
    judged: u8,
    /// Tries that were counted since a right one was written down.
    spent: u8,
    spent_before: Option<u8>,
    /// A file was put back: from then on a power cut that loses something may give one try.
    tampered: bool,
}

pub(crate) struct Walk {
    pub(crate) phone: Phone,
    limit: u8,
    ghost: Ghost,
    /// Every version of the file that ever was.
    pub(crate) versions: Vec<Vec<u8>>,
    pub(crate) tries: usize,
}

/// A place to come back to.
pub(crate) struct Place {
    store: usize,
    file: Vec<u8>,
    ghost: Ghost,
    versions: usize,
}

impl Walk {
    pub(crate) fn new(hardware: PinHardware, limit: u8) -> Self {
        let (mut phone, _) = Phone::with_pin(hardware, limit);
        phone.store.control(Control::Settle);
        let versions = vec![phone.file()];
        Self { phone, limit, ghost: Ghost::default(), versions, tries: 0 }
    }

    pub(crate) fn place(&mut self) -> Place {
        let (store, file) = (self.phone.store.save(), self.phone.file());
        Place { store, file, ghost: self.ghost.clone(), versions: self.versions.len() }
    }

    pub(crate) fn go_back(&mut self, place: &Place) {
        self.phone.store.control(Control::Restore(place.store));
        self.phone.put_file(&place.file);
        self.ghost = place.ghost.clone();
        self.versions.truncate(place.versions);
    }

    /// How many operations a power cut may lose now.
    pub(crate) fn soft(&mut self) -> usize {
        self.phone.store.look().soft
    }

    /// False if the act has no meaning here: the try ended before that errand.
    pub(crate) fn act(&mut self, act: Act) -> bool {
        let reached = match act {
            Act::Try { right, end } => self.attempt(right, end),
            Act::PowerCut { lost } => {
                self.phone.store.control(Control::PowerCut { lost });
                self.phone.reboot();
                if lost > 0 {
                    if self.ghost.tampered {
                        self.ghost.judged = self.ghost.judged.saturating_sub(1);
                    }
                    self.ghost.spent = self.ghost.spent_before.unwrap_or(self.ghost.spent);
                }
                self.ghost.spent_before = None;
                true
            }
            Act::PutBack { version } => {
                self.ghost.tampered = true;
                let file = self.versions[version % self.versions.len()].clone();
                self.phone.put_file(&file);
                true
            }
        };
        assert!(self.ghost.judged <= self.limit, "{} wrong guesses judged", self.ghost.judged);
        self.check_owner();
        reached
    }

    fn attempt(&mut self, right: bool, end: End) -> bool {
        self.tries += 1;
        self.phone.store.control(Control::Settle);
        self.ghost.spent_before = None;
        let before = self.phone.file();
        let mut counted = before.clone();
        let token = self.phone.open();
        let typed = pin(if right { RIGHT } else { WRONG });
        let flow = token.unlock_with(UnlockWith::Pin(typed), self.phone.now);
        let (mut errands, mut wraps, mut judged, mut reached) = (0, 0, false, end == End::Whole);
        let mut step = self.phone.step(&flow);
        while let Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) = step {
            errands += 1;
            match end {
                End::Crash { at, done } if at == errands => {
                    if done {
                        self.phone.store.act(&errand);
                    }
                    reached = true;
                    step = Err(Error::Locked);
                    break;
                }
                End::Refused { at, done, refusal } if at == errands => {
                    self.phone.store.refuse_next(refusal, done);
                    reached = true;
                }
                _ => {}
            }
            let answer = self.phone.store.act(&errand);
            let confirmed = answer == vault::KeyAnswer::Done;
            wraps += usize::from(matches!(errand, KeyErrand::Wrap { .. }));
            let deletes = matches!(errand, KeyErrand::Delete { .. });
            // The delete after the two wraps is the one that the judgement waits for.
            if wraps == 2 && deletes && confirmed && !judged {
                judged = true;
                self.ghost.judged = if right { 0 } else { self.ghost.judged + 1 };
            }
            step = self.phone.answer(&flow, ticket, answer);
            if wraps == 2 && !judged {
                counted = self.phone.file();
            }
        }
        drop((flow, token));
        let after = self.phone.file();
        let opened = matches!(step, Ok(Step::Done(Outcome::Unlocked(_))));
        assert_eq!(opened, right && judged && step.is_ok(), "{step:?}");
        let told = matches!(step, Err(Error::Vault(vault::Error::WrongPin { .. })));
        assert!(judged || !told, "judged before the old key's deletion was confirmed");
        if counted != before {
            self.versions.push(counted.clone());
            self.ghost.spent = (self.ghost.spent + 1).min(self.limit);
        }
        if after != counted {
            self.versions.push(after);
            // The right PIN's, written down: no try is spent.
            if opened {
                (self.ghost.spent, self.ghost.spent_before) = (0, Some(self.ghost.spent));
            }
        }
        reached
    }

    /// Without somebody who puts files back, the owner's PIN opens until the limit is spent.
    fn check_owner(&mut self) {
        if self.ghost.tampered || self.ghost.spent >= self.limit {
            return;
        }
        let place = self.place();
        let opened = self.phone.try_pin(RIGHT);
        assert!(matches!(opened, Ok(Outcome::Unlocked(_))), "{opened:?}");
        // The device's key, the inner one and the envelope's: interrupted tries left none.
        let keys = self.phone.store.look().keys;
        assert_eq!(keys.len(), 3, "{keys:?}");
        self.go_back(&place);
    }
}
