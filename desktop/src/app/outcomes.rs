use warifu::{
    credential::EntryId,
    otp::Code,
    time::{Millis, Uptime},
    token::{self, Added, SupportCode},
    vault::{self, DamagedSlot, IoCause, SlotKind, UnlockReport},
};

use super::{
    App, CounterCode, Effect, Notice, Outcome, Preview, Reading, Scene, ServicePreview,
    forms::may_hold_seed,
};
use crate::{
    clipboard::Certainty,
    failure::{Failure, PcError, Trouble},
    import::Source,
    locale::Lang,
    names::display_name,
    texts,
};

/// How long a line about what just happened stays.
const NOTICE: Millis = Millis::from_secs(6);

/// What the end of a piece of work changes.
impl App {
    /// Locks, and says why. What is locked already needs no reason.
    pub(super) fn lock_because(&mut self, failure: &Failure) -> Option<Effect> {
        self.is_open().then(|| {
            let effect = self.lock();
            self.scene = self.unlock_after(self.explain(failure));
            effect
        })
    }

    fn unlock_after(&self, trouble: Trouble) -> Scene {
        match Scene::unlock() {
            Scene::Unlock { passphrase, .. } => {
                Scene::Unlock { passphrase, trouble: Some(trouble) }
            }
            scene => scene,
        }
    }

    /// The words for a failure. A vault that is gone from under an open token is none that was never
    /// made.
    fn explain(&self, failure: &Failure) -> Trouble {
        let trouble = failure.explain(self.lang);
        if is_gone(failure) {
            let (what, next) = (texts::vault_gone(self.lang), texts::vault_gone_next(self.lang));
            return Trouble { what, next, ..trouble };
        }
        trouble
    }

    pub(super) fn done(
        &mut self,
        outcome: Outcome,
        reading: &Reading,
        now: Uptime,
    ) -> Option<Effect> {
        match outcome.failure() {
            Some(failure) if is_gone(failure) && self.is_open() => {
                return self.lock_because(failure);
            }
            _ => {}
        }
        match outcome {
            Outcome::Created(result) => self.created(result),
            Outcome::Unlocked(result) => self.unlocked_now(result, now),
            Outcome::UnlockedByKeyring(Err(failure)) => {
                self.scene = self.unlock_after(failure.explain_keyring(self.lang));
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
                self.scene = Scene::trouble(failure.explain(self.lang));
            }
            Outcome::Removed(Ok(())) => {
                self.selected = None;
                self.counter_code = None;
                self.finished(texts::removed(self.lang), now);
            }
            Outcome::Advanced(_, Err(failure)) => {
                self.scene = Scene::trouble(failure.explain(self.lang));
            }
            Outcome::Advanced(id, Ok(code)) => self.made(id, code, now),
            Outcome::Synced(Err(failure)) => {
                self.scene = Scene::trouble(failure.explain(self.lang));
            }
            Outcome::Synced(Ok(())) => self.finished(texts::synced(self.lang), now),
        }
        None
    }

    /// Nothing is promised about a clipboard that does not answer.
    pub(super) fn copied(&mut self, result: Result<(Certainty, Millis), Failure>, now: Uptime) {
        match result {
            Ok((Certainty::Known, clear_after)) => {
                let seconds = clear_after.secs_rounded_up();
                self.note(&texts::copied(self.lang, &seconds), false, now);
            }
            Ok((Certainty::Asked, _)) => self.note(texts::copy_asked(self.lang), false, now),
            Err(failure) => self.note(failure.explain(self.lang).what, true, now),
        }
    }

    pub(super) fn clipboard_cleared(&mut self, certainty: Certainty, now: Uptime) {
        let text = match certainty {
            Certainty::Known => texts::clipboard_cleared,
            Certainty::Asked => texts::clear_asked,
        };
        self.note(text(self.lang), false, now);
    }

    fn created(&mut self, result: Result<(), Failure>) {
        let lang = self.lang;
        match (result, &mut self.scene) {
            (Ok(()), scene) => *scene = Scene::Tokens,
            // As after a try whose last step failed: the vault is there, and opens.
            (Err(Failure::Core(token::Error::Vault(vault::Error::AlreadyExists))), _) => {
                let (what, next) = (texts::vault_is_there(lang), texts::vault_is_there_next(lang));
                let support = texts::support_code(lang, &SupportCode::W103);
                let trouble = Trouble { what, details: Vec::new(), next, support };
                self.scene = self.unlock_after(trouble);
            }
            (Err(failure), Scene::FirstStart(form)) => {
                form.trouble = Some(failure.explain(self.lang));
            }
            (Err(_), _) => {}
        }
    }

    fn unlocked_now(&mut self, result: Result<UnlockReport, Failure>, now: Uptime) {
        match (result, &mut self.scene) {
            (Ok(report), scene) => {
                let findings = findings(self.lang, &report);
                *scene = if findings.is_empty() { Scene::Tokens } else { Scene::Message(findings) };
                self.last_key = now;
            }
            (Err(failure), Scene::Unlock { .. }) => {
                self.scene = self.unlock_after(self.explain(&failure));
            }
            (Err(_), _) => {}
        }
    }

    fn parsed(&mut self, result: Result<Source, Failure>) {
        let next = result.and_then(|source| match source {
            Source::Credential(uri) => Ok(Scene::Confirm(Preview::of(uri)?)),
            Source::Service(link) => Ok(Scene::Enrol(ServicePreview::of(link)?)),
        });
        match (next.map_err(without_seed), &mut self.scene) {
            (Ok(next), scene) => *scene = next,
            (Err(failure), Scene::Add(form)) => {
                form.trouble = Some(failure.explain(self.lang));
                // A mistyped path can be mended; what may hold a seed does not stay.
                if form.holds_seed() {
                    form.source.clear();
                }
            }
            (Err(failure), scene) => *scene = Scene::trouble(failure.explain(self.lang)),
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
                self.scene = Scene::trouble(trouble);
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

fn is_gone(failure: &Failure) -> bool {
    let Failure::Core(token::Error::Vault(error)) = failure else { return false };
    matches!(error, vault::Error::NotFound | vault::Error::Io { cause: IoCause::NoFolder, .. })
}

/// What was found when the vault was opened: what it is, and what to do about it.
fn findings(lang: Lang, report: &UnlockReport) -> Vec<Trouble> {
    let say = |what, next| Trouble { what, details: Vec::new(), next, support: String::new() };
    let mut findings = Vec::new();
    if !report.damaged_slots.is_empty() {
        let is_passphrase = |slot: &DamagedSlot| slot.kind == SlotKind::Passphrase;
        let has_passphrase = report.damaged_slots.iter().any(is_passphrase);
        let next =
            if has_passphrase { texts::damaged_slot_next } else { texts::damaged_other_next };
        findings.push(say(texts::damaged_slot(lang), next(lang)));
    }
    if report.kept_unread > 0 {
        findings.push(say(texts::kept_unread(lang), texts::kept_unread_next(lang)));
    }
    findings
}

/// A text that was taken for a path is not repeated where it may hold a seed.
fn without_seed(failure: Failure) -> Failure {
    match &failure {
        Failure::Pc(PcError::UnreadableFile { path, .. })
            if may_hold_seed(&path.to_string_lossy()) =>
        {
            PcError::BadInput.into()
        }
        _ => failure,
    }
}
