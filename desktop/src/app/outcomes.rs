use warifu::{
    credential::EntryId,
    otp::Code,
    time::{Millis, Uptime},
    token::{self, Added},
    vault::UnlockReport,
};

use super::{App, CounterCode, Effect, Notice, Outcome, Preview, Reading, Scene};
use crate::{failure::Failure, import::Uri, names::display_name, texts, typed::Typed};

/// How long a line about what just happened stays.
const NOTICE: Millis = Millis::from_secs(6);

/// What the end of a piece of work changes.
impl App {
    fn lock_because(&mut self, failure: &Failure) -> Effect {
        let effect = self.lock();
        if let Scene::Unlock { trouble, .. } = &mut self.scene {
            *trouble = Some(failure.explain(self.lang));
        }
        effect
    }

    pub(super) fn done(
        &mut self,
        outcome: Outcome,
        reading: &Reading,
        now: Uptime,
    ) -> Option<Effect> {
        match outcome {
            Outcome::Created(result) => self.created(result),
            Outcome::Unlocked(result) => self.unlocked_now(result, now),
            Outcome::UnlockedByKeyring(Err(failure)) => {
                let trouble = Some(failure.explain_keyring(self.lang));
                self.scene = Scene::Unlock { passphrase: Typed::new(Typed::PASSPHRASE), trouble };
            }
            Outcome::UnlockedByKeyring(result) => self.unlocked_now(result, now),
            Outcome::Parsed(result) => self.parsed(result),
            Outcome::Added(result) => self.added(result, reading, now),
            Outcome::Renamed(Err(failure)) => {
                if let Scene::Rename(form) = &mut self.scene {
                    form.trouble = Some(failure.explain(self.lang));
                }
            }
            Outcome::Renamed(Ok(())) => self.finished(texts::renamed(self.lang), now),
            Outcome::Removed(Err(failure)) => {
                self.scene = Scene::Message(failure.explain(self.lang))
            }
            Outcome::Removed(Ok(())) => {
                self.selected = None;
                self.counter_code = None;
                self.finished(texts::removed(self.lang), now);
            }
            Outcome::Advanced(_, Err(failure)) => {
                self.scene = Scene::Message(failure.explain(self.lang));
            }
            Outcome::Advanced(id, Ok(code)) => self.made(id, code, now),
            Outcome::Copied(Ok(clear_after)) => {
                let seconds = clear_after.secs_rounded_up();
                self.note(&texts::copied(self.lang, &seconds), false, now);
            }
            Outcome::Copied(Err(failure)) => {
                self.note(failure.explain(self.lang).what, true, now);
            }
            Outcome::ClipboardCleared => {
                self.note(texts::clipboard_cleared(self.lang), false, now);
            }
            Outcome::Unreliable(failure) => return Some(self.lock_because(&failure)),
        }
        None
    }

    fn created(&mut self, result: Result<(), Failure>) {
        match (result, &mut self.scene) {
            (Ok(()), scene) => *scene = Scene::Tokens,
            (Err(failure), Scene::FirstStart(form)) => {
                form.trouble = Some(failure.explain(self.lang));
            }
            (Err(_), _) => {}
        }
    }

    fn unlocked_now(&mut self, result: Result<UnlockReport, Failure>, now: Uptime) {
        match (result, &mut self.scene) {
            (Ok(report), scene) => {
                *scene = Scene::Tokens;
                self.last_key = now;
                if !report.damaged_slots.is_empty() {
                    self.note(texts::damaged_slot(self.lang), true, now);
                }
            }
            (Err(failure), Scene::Unlock { trouble, .. }) => {
                *trouble = Some(failure.explain(self.lang));
            }
            (Err(_), _) => {}
        }
    }

    fn parsed(&mut self, result: Result<Uri, Failure>) {
        let preview = result.and_then(|uri| Ok(Preview::of(uri)?));
        match (preview, &mut self.scene) {
            (Ok(preview), scene) => *scene = Scene::Confirm(preview),
            (Err(failure), Scene::Add(form)) => {
                form.trouble = Some(failure.explain(self.lang));
                // A mistyped path can be mended; what may hold a seed does not stay.
                if crate::picture::is_otpauth(form.source.expose().as_bytes()) {
                    form.source.clear();
                }
            }
            (Err(failure), scene) => *scene = Scene::Message(failure.explain(self.lang)),
        }
    }

    fn added(&mut self, result: Result<Added, Failure>, reading: &Reading, now: Uptime) {
        match result {
            Ok(added) => {
                self.selected = Some(added.id);
                self.counter_code = None;
                let same_name = !added.same_name.is_empty();
                let text = if same_name { texts::added_same_name } else { texts::added };
                self.finished(text(self.lang), now);
            }
            Err(failure) => {
                let mut trouble = failure.explain(self.lang);
                if let (Failure::Core(token::Error::Duplicate { existing }), Ok(screen)) =
                    (&failure, reading)
                {
                    self.selected = Some(*existing);
                    let card = screen.cards.iter().find(|card| card.id == *existing);
                    trouble.details.extend(card.map(|card| display_name(&card.names)));
                }
                self.scene = Scene::Message(trouble);
            }
        }
    }

    fn made(&mut self, id: EntryId, code: Code, now: Uptime) {
        self.selected = Some(id);
        self.counter_code = Some(CounterCode { id, code, made: now });
    }

    fn finished(&mut self, text: &str, now: Uptime) {
        self.scene = Scene::Tokens;
        self.note(text, false, now);
    }

    pub(super) fn note(&mut self, text: &str, is_warning: bool, now: Uptime) {
        let until = now.saturating_add(NOTICE);
        self.notice = Some(Notice { text: text.to_owned(), is_warning, until });
    }
}
