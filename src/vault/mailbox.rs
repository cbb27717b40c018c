//! How work that is one `async` function asks for something and goes on with the answer.
//!
//! There is no runtime, no thread and no waker: the work stops, the flow that drives it sees what
//! for, and the work goes on when its flow is stepped.

use std::{
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use crate::time::{DeviceTime, Uptime};

/// What passes between work that asks for `E` and the flow that hands in `A`. Both hold one.
pub(crate) struct Mailbox<E, A>(Arc<Mutex<(Letter<E, A>, DeviceTime)>>);

enum Letter<E, A> {
    Empty,
    Asked(E),
    /// What was asked for is out.
    Out,
    /// `None` is an answer to something else.
    Answered(Option<A>),
    Waiting(Uptime),
}

/// What work stopped at.
pub(crate) enum Stop<E> {
    Ask(E),
    Wait(Uptime),
}

impl<E> Stop<E> {
    pub(crate) fn map<T>(self, errand: impl FnOnce(E) -> T) -> Stop<T> {
        match self {
            Self::Ask(asked) => Stop::Ask(errand(asked)),
            Self::Wait(until) => Stop::Wait(until),
        }
    }
}

impl<E, A> Mailbox<E, A> {
    pub(crate) fn new(now: DeviceTime) -> Self {
        Self(Arc::new(Mutex::new((Letter::Empty, now))))
    }

    /// Before a step.
    pub(crate) fn set_now(&self, now: DeviceTime) {
        self.open().1 = now;
    }

    /// Hands in an answer before a step; `None` is an answer to something else. One that is not waited
    /// for is wiped.
    pub(crate) fn put_answer(&self, answer: Option<A>) {
        let mut inner = self.open();
        if let Letter::Out = inner.0 {
            inner.0 = Letter::Answered(answer);
        }
    }

    /// What the work waits for after a step that did not end it.
    pub(crate) fn stopped_at(&self) -> Option<Stop<E>> {
        let mut inner = self.open();
        match std::mem::replace(&mut inner.0, Letter::Empty) {
            Letter::Asked(errand) => {
                inner.0 = Letter::Out;
                Some(Stop::Ask(errand))
            }
            Letter::Waiting(until) => {
                inner.0 = Letter::Waiting(until);
                Some(Stop::Wait(until))
            }
            Letter::Empty | Letter::Out | Letter::Answered(_) => None,
        }
    }

    /// Wipes what is in it.
    pub(crate) fn forget(&self) {
        self.open().0 = Letter::Empty;
    }

    /// The device's clocks at the flow's last step.
    pub(crate) fn now(&self) -> DeviceTime {
        self.open().1
    }

    /// Goes on with the answer; `None` is an answer to something else.
    pub(crate) async fn ask(&self, errand: E) -> Option<A> {
        self.open().0 = Letter::Asked(errand);
        poll_fn(|_| {
            let mut inner = self.open();
            match std::mem::replace(&mut inner.0, Letter::Empty) {
                Letter::Answered(answer) => Poll::Ready(answer),
                other => {
                    inner.0 = other;
                    Poll::Pending
                }
            }
        })
        .await
    }

    /// Goes on when the flow is stepped at `until` or later in this boot.
    pub(crate) async fn wait(&self, until: Uptime) {
        let boot = self.now().boot;
        poll_fn(|_| {
            let mut inner = self.open();
            let over = inner.1.boot != boot || inner.1.uptime >= until;
            inner.0 = if over { Letter::Empty } else { Letter::Waiting(until) };
            if over { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    fn open(&self) -> MutexGuard<'_, (Letter<E, A>, DeviceTime)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E, A> Clone for Mailbox<E, A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
