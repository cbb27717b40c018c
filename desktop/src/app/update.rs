use warifu::{
    time::Uptime,
    token::{self, LockStatus, Screen},
};

use super::{App, Effect, Event, Job, JobId, NewPassphraseForm, Reading, Scene, Work};
use crate::texts;

impl App {
    /// Takes in what happened, and says what is to be done.
    pub fn update(&mut self, event: Event, reading: &Reading, now: Uptime) -> Option<Effect> {
        match event {
            Event::Key(key) => {
                self.last_key = now;
                self.key(key, reading, now)
            }
            Event::InBurst(key) => {
                self.last_key = now;
                self.key_in_burst(key, reading, now)
            }
            Event::Tick => self.tick(reading, now),
            Event::Done(job, outcome) => {
                if self.working.is_none_or(|work| work.job != job) {
                    return None;
                }
                self.working = None;
                self.done(outcome, reading, now)
            }
            Event::Copied(result) => {
                self.copied(result, now);
                None
            }
            Event::ClipboardCleared(certainty) => {
                self.clipboard_cleared(certainty, now);
                None
            }
            Event::Unreliable(failure) => self.lock_because(&failure),
            Event::Stopped => Some(self.suspend()),
        }
    }

    /// Begins a job; from now on its outcome, and no other, is waited for.
    pub(super) fn begin(&mut self, job: Job, now: Uptime) -> Effect {
        self.jobs = self.jobs.wrapping_add(1);
        let id = JobId(self.jobs);
        self.working = Some(Work { job: id, since: now });
        Effect::Start(id, job)
    }

    pub(super) fn start(&mut self, job: Job, now: Uptime) -> Option<Effect> {
        Some(self.begin(job, now))
    }

    fn tick(&mut self, reading: &Reading, now: Uptime) -> Option<Effect> {
        if self.notice.as_ref().is_some_and(|notice| notice.until <= now) {
            self.notice = None;
        }
        let was_locked = matches!(
            reading,
            Ok(Screen { lock: LockStatus::Locked, .. }) | Err(token::Error::Locked)
        );
        // Also while a job runs: the core lets no work that began before a lock undo it.
        let is_idle = now.since(self.last_key) >= self.auto_lock;
        if self.is_open() && (was_locked || is_idle) {
            return Some(self.lock());
        }
        self.leave_what_is_gone(reading, now);
        None
    }

    /// Another process may have removed what is to be renamed or removed here. Whether it had.
    pub(super) fn leave_what_is_gone(&mut self, reading: &Reading, now: Uptime) -> bool {
        let id = match &self.scene {
            Scene::Remove(id) => *id,
            Scene::Rename(form) => form.id,
            _ => return false,
        };
        let Ok(screen) = reading else { return false };
        if self.working.is_some() || screen.cards.iter().any(|card| card.id == id) {
            return false;
        }
        self.scene = Scene::Tokens;
        self.note(texts::entry_gone(self.lang), true, now);
        true
    }

    /// Nobody is at a program that is stopped, and no timer of it runs: it locks before.
    pub(super) fn suspend(&mut self) -> Effect {
        if let (Scene::FirstStart(form), None) = (&mut self.scene, self.working) {
            *form = NewPassphraseForm::new();
        } else {
            self.lock();
        }
        Effect::Suspend
    }

    /// Forgets all that was shown and gives up the job under way; the passphrase is asked for.
    pub(super) fn lock(&mut self) -> Effect {
        self.scene = Scene::unlock();
        self.working = None;
        self.counter_code = None;
        self.notice = None;
        Effect::Lock
    }
}
