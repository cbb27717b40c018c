//! Steps in the background, and the clock that they wait by. Nothing here reads a clock but to give
//! up: after each step of a scenario every task has come to rest.

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use warifu::time::{BootId, DeviceTime, Millis, UnixMillis, Uptime};

use super::observed::Outcome;

/// A wait of the vault's own, rather than a PIN's.
const SHORT: Millis = Millis(1_000);

pub(crate) struct Tasks {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    now: DeviceTime,
    tasks: HashMap<String, Status>,
}

enum Status {
    Running,
    /// The key store has its errand and does not answer.
    Held,
    Waiting {
        until: Uptime,
    },
    Cancelled,
    Ended(thread::Result<Outcome>),
}

/// How a rest came to its end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    Over,
    Cancelled,
}

impl Tasks {
    pub(crate) fn new() -> Self {
        let now = DeviceTime {
            wall: UnixMillis(2_000_000_010_000),
            uptime: Uptime(7_000_000),
            boot: BootId([1; 16]),
        };
        Self { state: Mutex::new(State { now, tasks: HashMap::new() }), changed: Condvar::new() }
    }

    pub(crate) fn now(&self) -> DeviceTime {
        self.state().now
    }

    pub(crate) fn set_clock(&self, set: impl FnOnce(&mut DeviceTime)) {
        set(&mut self.state().now);
        self.changed.notify_all();
    }

    pub(crate) fn start(
        self: &Arc<Self>,
        name: &str,
        work: impl FnOnce() -> Outcome + Send + 'static,
    ) {
        let before = self.state().tasks.insert(name.to_owned(), Status::Running);
        assert!(before.is_none(), "the task {name} was not finished");
        let (tasks, name) = (Arc::clone(self), name.to_owned());
        thread::spawn(move || {
            let ended = catch_unwind(AssertUnwindSafe(work));
            tasks.set(&name, Status::Ended(ended));
        });
    }

    /// Called by a task whose errand is held.
    pub(crate) fn hold(&self, task: Option<&str>) -> Rest {
        let name = task.unwrap_or_else(|| panic!("a step in the foreground is held"));
        self.rest(name, Status::Held)
    }

    /// Called by whoever has to wait. A short wait moves the clock.
    pub(crate) fn wait(&self, task: Option<&str>, until: Uptime) -> Rest {
        let span = until.since(self.now().uptime);
        if span <= SHORT {
            self.set_clock(|now| advance(now, span));
            return Rest::Over;
        }
        let name = task.unwrap_or_else(|| panic!("a step in the foreground waits {} ms", span.0));
        self.rest(name, Status::Waiting { until })
    }

    pub(crate) fn release(&self) {
        for status in self.state().tasks.values_mut() {
            if matches!(status, Status::Held) {
                *status = Status::Running;
            }
        }
        self.changed.notify_all();
    }

    pub(crate) fn cancel(&self, name: &str) {
        let mut state = self.state();
        let status = state.task(name);
        assert!(!matches!(status, Status::Ended(_)), "the task {name} has ended");
        *status = Status::Cancelled;
        drop(state);
        self.changed.notify_all();
    }

    /// Comes back when every task is held, waits for a later time, or has ended.
    pub(crate) fn settle(&self) {
        let state = self.state();
        let patience = Duration::from_secs(120);
        let busy = |state: &mut State| {
            let now = state.now.uptime;
            state.tasks.values().any(|status| match status {
                Status::Running | Status::Cancelled => true,
                Status::Waiting { until } => *until <= now,
                Status::Held | Status::Ended(_) => false,
            })
        };
        let (_state, late) = self.changed.wait_timeout_while(state, patience, busy).unwrap();
        assert!(!late.timed_out(), "a task does not come to rest");
    }

    pub(crate) fn look(&self, name: &str) -> Value {
        let mut state = self.state();
        let now = state.now.uptime;
        match state.task(name) {
            Status::Held => json!({ "is": "held" }),
            Status::Waiting { until } => json!({ "is": "waiting", "wait_ms": until.since(now).0 }),
            Status::Ended(_) => json!({ "is": "ended" }),
            Status::Running | Status::Cancelled => json!({ "is": "running" }),
        }
    }

    pub(crate) fn finish(&self, name: &str) -> Outcome {
        let status = self.state().tasks.remove(name);
        match status {
            Some(Status::Ended(outcome)) => outcome.unwrap_or_else(|panic| resume_unwind(panic)),
            Some(_) => panic!("the task {name} has not ended"),
            None => panic!("no task is called {name}"),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.state().tasks.is_empty()
    }

    fn rest(&self, name: &str, status: Status) -> Rest {
        self.set(name, status);
        let is_at_rest = |state: &mut State| {
            let now = state.now.uptime;
            match state.task(name) {
                Status::Held => true,
                Status::Waiting { until } => *until > now,
                Status::Running | Status::Cancelled | Status::Ended(_) => false,
            }
        };
        let mut state = self.changed.wait_while(self.state(), is_at_rest).unwrap();
        let status = state.task(name);
        let rest = if matches!(status, Status::Cancelled) { Rest::Cancelled } else { Rest::Over };
        *status = Status::Running;
        rest
    }

    fn set(&self, name: &str, status: Status) {
        self.state().tasks.insert(name.to_owned(), status);
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl State {
    fn task(&mut self, name: &str) -> &mut Status {
        self.tasks.get_mut(name).unwrap_or_else(|| panic!("no task is called {name}"))
    }
}

/// Both clocks go on.
pub(crate) fn advance(now: &mut DeviceTime, span: Millis) {
    now.wall = now.wall.saturating_add(span);
    now.uptime = now.uptime.saturating_add(span);
}
