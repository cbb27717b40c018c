//! The core asks, the platform answers.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Context, Poll, Waker},
};

use super::{
    Added, Error, Shared,
    errand::{Answer, Errand, Platform},
};
use crate::{
    secret::scrubbed,
    time::{DeviceTime, Uptime},
    vault::{SlotId, Stop, UnlockReport},
};

/// Work that needs the platform's key store or the network, step by step.
///
/// Call [`Flow::step`], do the errand that it asks for, hand the answer to [`Flow::answer`], and so
/// on until [`Step::Done`]. A step may run Argon2 and write the disk: keep it off the main thread.
/// A newer flow of the same kind makes this one stale; dropping it abandons it.
pub struct Flow {
    shared: Arc<Shared>,
    kind: FlowKind,
    serial: u64,
    /// Counts the locks; a lock ends the flow.
    epoch: u64,
    state: Arc<Mutex<State>>,
}

/// What a flow does; one of each kind is current.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FlowKind {
    Unlock,
    Slots,
    Anchor,
    Enrol,
    Sync,
}

impl FlowKind {
    pub(super) const COUNT: usize = 5;

    fn index(self) -> usize {
        match self {
            Self::Unlock => 0,
            Self::Slots => 1,
            Self::Anchor => 2,
            Self::Enrol => 3,
            Self::Sync => 4,
        }
    }
}

/// The newest flow of each kind.
#[derive(Default)]
pub(super) struct Current(Mutex<Newest>);

#[derive(Default)]
struct Newest {
    last_serial: u64,
    flows: [Option<(u64, Weak<Mutex<State>>)>; FlowKind::COUNT],
}

impl Current {
    /// Makes a flow the newest of its kind and ends the one before.
    fn begin(&self, kind: FlowKind, state: &Arc<Mutex<State>>) -> u64 {
        let mut newest = self.newest();
        newest.last_serial = newest.last_serial.wrapping_add(1);
        let serial = newest.last_serial;
        if let Some(place) = newest.flows.get_mut(kind.index()) {
            let before = place.replace((serial, Arc::downgrade(state)));
            end(before.as_ref());
        }
        serial
    }

    /// Makes the newest flow of a kind stale: work of that kind that is no flow has begun.
    pub(super) fn overtake(&self, kind: FlowKind) {
        let mut newest = self.newest();
        if let Some(place) = newest.flows.get_mut(kind.index()) {
            end(place.take().as_ref());
        }
    }

    /// Ends every flow that is not in the middle of a step; one that is finds out at its end.
    pub(super) fn end_all(&self) {
        self.newest().flows.iter().for_each(|flow| end(flow.as_ref()));
    }

    fn is_current(&self, kind: FlowKind, serial: u64) -> bool {
        let newest = self.newest();
        matches!(newest.flows.get(kind.index()), Some(Some((current, _))) if *current == serial)
    }

    fn newest(&self) -> MutexGuard<'_, Newest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops a flow's work, and with it what it held, unless it is being stepped.
fn end(flow: Option<&(u64, Weak<Mutex<State>>)>) {
    if let Some(state) = flow.and_then(|(_, state)| state.upgrade())
        && let Ok(mut state) = state.try_lock()
    {
        state.drop_work();
    }
}

/// Names one errand of one flow of one token. It is no secret; it goes back as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket {
    /// Which token, drawn at random when it was opened: an answer meant for another one is stale.
    pub token: u64,
    /// Which of the token's flows.
    pub flow: u64,
    /// Which of the flow's errands.
    pub number: u64,
}

/// Where a flow stands.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Do this and answer it with the ticket.
    Ask {
        /// To be handed back with the answer.
        ticket: Ticket,
        /// What the platform is to do.
        errand: Errand,
    },
    /// Step again at this uptime, or later: a PIN's next try has to wait, and to end the flow then
    /// costs no try. Or the PIN was right and another process writes the file; that takes a second at
    /// most, and to end the flow then leaves the try counted. Or the time is being asked for, and a
    /// moment later tells more; that is a second at most.
    Wait {
        /// When, in this boot.
        until: Uptime,
    },
    /// It is done.
    Done(Outcome),
}

/// What a flow came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The vault is open.
    Unlocked(UnlockReport),
    /// A slot was made, or made anew.
    Slot(SlotId),
    /// A slot was removed, with its keys.
    Removed,
    /// The platform keeps the vault's generation.
    Anchored,
    /// A credential was enrolled and confirmed, and is an entry now.
    Enrolled(Added),
    /// A clock was heard; [`super::Screen::clock`] says what is known now.
    Synced,
}

/// A flow was used out of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Misuse {
    /// A newer flow of this kind has taken over, or the answer is to another errand or flow.
    #[error("the answer is stale")]
    Stale,
    /// The flow waits for an answer, not for a step.
    #[error("the flow waits for an answer")]
    AnswerAwaited,
    /// The flow has ended or was abandoned.
    #[error("the flow has ended")]
    Ended,
}

type Work = Pin<Box<dyn Future<Output = Result<Outcome, Error>> + Send>>;

struct State {
    /// `None` once it has ended. Dropping it wipes what it held.
    work: Option<Work>,
    platform: Platform,
    /// The number of the errand that is out.
    asked: Option<u64>,
    errands: u64,
    /// Whether it came to its end or was abandoned, rather than overtaken by a lock or a newer flow.
    is_finished: bool,
}

impl State {
    fn finish(&mut self) {
        self.drop_work();
        self.is_finished = true;
    }

    /// Wipes what the work and its mailbox held.
    fn drop_work(&mut self) {
        self.work = None;
        self.asked = None;
        self.platform.forget();
    }
}

impl Flow {
    pub(super) fn begin<F>(
        shared: &Arc<Shared>,
        kind: FlowKind,
        now: DeviceTime,
        work: impl FnOnce(Arc<Shared>, Platform) -> F,
    ) -> Self
    where
        F: Future<Output = Result<Outcome, Error>> + Send + 'static,
    {
        let platform = Platform::new(now);
        let work: Work = Box::pin(work(Arc::clone(shared), platform.clone()));
        let state =
            State { work: Some(work), platform, asked: None, errands: 0, is_finished: false };
        let state = Arc::new(Mutex::new(state));
        let serial = shared.current.begin(kind, &state);
        let epoch = shared.state().epoch;
        Self { shared: Arc::clone(shared), kind, serial, epoch, state }
    }

    /// Goes on to the next errand, the next wait or the end.
    ///
    /// # Errors
    /// Whatever ends the work; [`Misuse::AnswerAwaited`] while an errand is out.
    pub fn step(&self, now: DeviceTime) -> Result<Step, Error> {
        let mut state = self.state();
        self.check_current(&mut state)?;
        if state.asked.is_some() {
            return Err(Misuse::AnswerAwaited.into());
        }
        self.go_on(&mut state, now)
    }

    /// Hands in what the platform answered, and goes on: a [`KeyAnswer`](crate::vault::KeyAnswer) or an
    /// [`HttpAnswer`](super::HttpAnswer), as the errand was.
    ///
    /// # Errors
    /// Whatever ends the work; [`Misuse::Stale`] for an answer that nobody waits for, and then
    /// nothing changed.
    pub fn answer(
        &self,
        ticket: Ticket,
        answer: impl Into<Answer>,
        now: DeviceTime,
    ) -> Result<Step, Error> {
        let mut state = self.state();
        self.check_current(&mut state)?;
        if state.asked.map(|number| self.ticket(number)) != Some(ticket) {
            return Err(Misuse::Stale.into());
        }
        state.asked = None;
        state.platform.put_answer(answer.into());
        self.go_on(&mut state, now)
    }

    /// Ends the flow where it stands and wipes what it held. Ending it twice is fine.
    pub fn abandon(&self) {
        self.state().finish();
    }

    fn go_on(&self, state: &mut State, now: DeviceTime) -> Result<Step, Error> {
        let Some(work) = state.work.as_mut() else { return Err(Misuse::Ended.into()) };
        state.platform.set_now(now);
        let polled = scrubbed(|| work.as_mut().poll(&mut Context::from_waker(Waker::noop())));
        if let Poll::Ready(ended) = polled {
            state.finish();
            return ended.map(Step::Done);
        }
        // A lock or a newer flow may have come in the middle of the step.
        self.check_current(state)?;
        match state.platform.stopped_at() {
            Some(Stop::Ask(errand)) => {
                state.errands = state.errands.wrapping_add(1);
                state.asked = Some(state.errands);
                Ok(Step::Ask { ticket: self.ticket(state.errands), errand })
            }
            Some(Stop::Wait(until)) => Ok(Step::Wait { until }),
            // Work stops for these two reasons alone.
            None => Err(Misuse::Ended.into()),
        }
    }

    fn ticket(&self, number: u64) -> Ticket {
        Ticket { token: self.shared.id, flow: self.serial, number }
    }

    fn check_current(&self, state: &mut State) -> Result<(), Error> {
        if state.is_finished {
            return Err(Misuse::Ended.into());
        }
        let why = if !self.shared.current.is_current(self.kind, self.serial) {
            Misuse::Stale.into()
        } else if self.shared.state().epoch != self.epoch {
            Error::Locked
        } else {
            return Ok(());
        };
        state.finish();
        Err(why)
    }

    /// A panic in a step leaves work that would panic again when polled; it is dropped instead.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| {
            let mut state = poisoned.into_inner();
            state.finish();
            state
        })
    }
}

impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flow({:?}, {})", self.kind, self.serial)
    }
}
