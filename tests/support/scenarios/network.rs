//! The way to the scenario's token service, and what becomes of a request on it.

use std::sync::{Mutex, MutexGuard};

use serde_json::{Value, json};
use warifu::{
    secret::Secret,
    token::{Added, Error, HttpAnswer, HttpErrand, HttpFailure, HttpMethod},
};

use super::{
    key_store::Thrown,
    observed::{self, Called, Outcome},
    phone::Phone,
    service::Service,
    tasks::Rest,
    words::{Fate, Verdict},
};

/// RFC 6238's key, whose codes `oathtool` gives.
const KEY: [u8; 20] = *b"12345678901234567890";

pub(crate) struct Network(Mutex<State>);

struct State {
    service: Service,
    /// What becomes of which of the next requests.
    next: Option<(Next, u32)>,
    hold: Option<u32>,
}

#[derive(Clone, Copy)]
pub(crate) enum Next {
    Fate(Fate),
    Status(u16),
}

impl Network {
    pub(crate) fn new() -> Self {
        let mut service = Service::new(1, 2_000_000_010_000);
        service.same_key = Some(KEY);
        Self(Mutex::new(State { service, next: None, hold: None }))
    }

    pub(crate) fn set_service(
        &self,
        wall_ms: Option<i64>,
        code: Option<String>,
        unlock: Option<&'static str>,
        verdict: Option<Verdict>,
        (synced, ages): (Option<bool>, Option<bool>),
    ) {
        let service = &mut self.state().service;
        service.clock = wall_ms.unwrap_or(service.clock);
        service.codes.extend(code);
        service.unlock = unlock.unwrap_or(service.unlock);
        service.synced = synced.unwrap_or(service.synced);
        service.ages = ages.unwrap_or(service.ages);
        service.verdict = verdict.map(Verdict::number).or(service.verdict);
    }

    pub(crate) fn set_next(&self, next: Next, nth: u32) {
        self.state().next = Some((next, nth));
    }

    pub(crate) fn hold_next(&self, nth: u32) {
        self.state().hold = Some(nth);
    }

    /// With `{link}` written out.
    pub(crate) fn link(&self, written: Option<&str>) -> String {
        let own = self.state().service.link(None);
        written.map_or_else(|| own.clone(), |written| written.replace("{link}", &own))
    }

    /// Whether this request is the one to be held.
    pub(crate) fn holds(&self) -> bool {
        let mut state = self.state();
        let left = state.hold.take();
        state.hold = left.filter(|left| *left > 1).map(|left| left - 1);
        left == Some(1)
    }

    pub(crate) fn act(&self, errand: &HttpErrand) -> Result<HttpAnswer, Thrown> {
        let mut state = self.state();
        let next = match state.next.take() {
            Some((next, 1)) => Some(next),
            other => {
                state.next = other.map(|(next, left)| (next, left - 1));
                None
            }
        };
        if errand.method == HttpMethod::Head && next.is_none() {
            assert_eq!(errand.url, "https://bank.example/");
            let (date, has_age) = state.service.date();
            let (date, body) = (Some(date), Secret::copy_of(&[]));
            return Ok(HttpAnswer::Response { status: 200, body, date, has_age });
        }
        let mut send = || state.service.post(&errand.url, errand.body.expose());
        let failed = |why| Ok(HttpAnswer::Failed(why));
        let (status, body) = match next {
            None => send(),
            Some(Next::Status(status)) => (status, Vec::new()),
            Some(Next::Fate(Fate::Cut)) => {
                let (status, body) = send();
                (status, body[..body.len() / 2].to_vec())
            }
            Some(Next::Fate(Fate::AnswerLost)) => {
                send();
                return failed(HttpFailure::Unreachable);
            }
            Some(Next::Fate(Fate::Thrown)) => return Err(Thrown),
            Some(Next::Fate(Fate::Lost | Fate::Unreachable)) => {
                return failed(HttpFailure::Unreachable);
            }
            Some(Next::Fate(Fate::TimedOut)) => return failed(HttpFailure::TimedOut),
            Some(Next::Fate(Fate::Untrusted)) => return failed(HttpFailure::Untrusted),
            Some(Next::Fate(Fate::CertificateTime)) => return failed(HttpFailure::CertificateTime),
            Some(Next::Fate(Fate::TooLarge)) => return failed(HttpFailure::TooLarge),
            Some(Next::Fate(Fate::Unavailable)) => return failed(HttpFailure::Unavailable),
        };
        Ok(HttpAnswer::from((status, Secret::copy_of(&body))))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl Phone {
    /// A request, held if it is to be.
    pub(crate) fn send(
        &self,
        task: Option<&str>,
        errand: &HttpErrand,
        has_thrown: &mut bool,
    ) -> Result<HttpAnswer, Rest> {
        if self.network.holds() && self.tasks.hold(task) == Rest::Cancelled {
            return Err(Rest::Cancelled);
        }
        Ok(self.network.act(errand).unwrap_or_else(|_| {
            *has_thrown = true;
            HttpAnswer::Failed(HttpFailure::Unavailable)
        }))
    }

    /// What was added, which the scenario calls so from now on.
    pub(crate) fn added(&self, name: Option<String>, added: &Added) -> Value {
        if let Some(name) = name {
            self.put_entry(&name, added.id);
        }
        let mut observed = observed::weakness(added.weakness);
        observed["same_name"] = added.same_name.iter().map(|id| Called::entry(self, *id)).collect();
        observed
    }

    pub(crate) fn pending(&self, token: Option<&str>) -> Outcome {
        let failed = |error: Error| self.failed(error);
        let pending = self.token(token)?.enrolment().pending().map_err(failed)?;
        Ok(json!({ "pending": pending.map(|pending| observed::pending(&pending)) }))
    }
}
