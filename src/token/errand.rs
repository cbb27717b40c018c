use super::http::{Http, HttpAnswer, HttpErrand};
use crate::{
    time::DeviceTime,
    vault::{KeyAnswer, KeyErrand, Keys, Stop},
};

/// What a flow needs of the world outside.
#[derive(Debug, PartialEq, Eq)]
pub enum Errand {
    /// An operation of the platform's key store.
    Key(KeyErrand),
    /// A request over the network.
    Http(HttpErrand),
}

/// What the platform did of it.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// What the key store answers.
    Key(KeyAnswer),
    /// What came of the request.
    Http(HttpAnswer),
}

impl From<KeyAnswer> for Answer {
    fn from(answer: KeyAnswer) -> Self {
        Self::Key(answer)
    }
}

impl From<HttpAnswer> for Answer {
    fn from(answer: HttpAnswer) -> Self {
        Self::Http(answer)
    }
}

/// All that a flow's work can ask. It waits for one thing at a time.
#[derive(Clone)]
pub(super) struct Platform {
    pub(super) keys: Keys,
    pub(super) http: Http,
}

impl Platform {
    pub(super) fn new(now: DeviceTime) -> Self {
        Self { keys: Keys::new(now), http: Http::new(now) }
    }

    /// The device's clocks at the flow's last step.
    pub(super) fn now(&self) -> DeviceTime {
        self.keys.mailbox().now()
    }

    /// Before a step.
    pub(super) fn set_now(&self, now: DeviceTime) {
        self.keys.mailbox().set_now(now);
        self.http.mailbox().set_now(now);
    }

    /// Hands in an answer before a step. Who waits for one of the other sort learns that it is wrong.
    pub(super) fn put_answer(&self, answer: Answer) {
        let (key, http) = match answer {
            Answer::Key(answer) => (Some(answer), None),
            Answer::Http(answer) => (None, Some(answer)),
        };
        self.keys.mailbox().put_answer(key);
        self.http.mailbox().put_answer(http);
    }

    /// What the work waits for after a step that did not end it.
    pub(super) fn stopped_at(&self) -> Option<Stop<Errand>> {
        let http = || self.http.mailbox().stopped_at().map(|stop| stop.map(Errand::Http));
        self.keys.mailbox().stopped_at().map(|stop| stop.map(Errand::Key)).or_else(http)
    }

    /// Wipes what was asked and answered.
    pub(super) fn forget(&self) {
        self.keys.mailbox().forget();
        self.http.mailbox().forget();
    }
}
