//! The token screen as values: a state, what happens to it, and what it asks for.
//!
//! [`App::update`] is the whole of its behaviour. It touches no clock, file or terminal: it takes
//! what happened and what the core shows at that moment, and answers with effects.

mod effect;
mod forms;
mod keys;
mod outcomes;
mod scene;
mod update;

use warifu::{
    credential::EntryId,
    otp::Code,
    time::{Millis, Uptime},
    token::{self, Card, Screen},
};

pub use effect::{Effect, Event, Job, JobId, Outcome};
pub use forms::{AddForm, NewPassphraseForm, Preview, RenameField, RenameForm, ServicePreview};
pub use scene::Scene;

use crate::locale::Lang;

/// What the core shows: a screen, or why there is none, as where the clock cannot be right.
pub type Reading = Result<Screen, token::Error>;

/// The state of the token screen.
#[derive(Debug)]
pub struct App {
    /// The language of all texts.
    pub lang: Lang,
    /// What is on the screen.
    pub scene: Scene,
    /// The job under way.
    pub working: Option<Work>,
    /// The credential drawn large.
    pub selected: Option<EntryId>,
    /// The last code that a counter made, while it is shown.
    pub counter_code: Option<CounterCode>,
    /// One line about what just happened.
    pub notice: Option<Notice>,
    /// Lines that stay on every page, as where the demo's bank is.
    pub banner: Vec<String>,
    auto_lock: Millis,
    last_key: Uptime,
    jobs: u64,
}

/// A job under way. Nothing else is begun before it is over, or given up by a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// Which.
    pub job: JobId,
    /// Since when.
    pub since: Uptime,
}

impl App {
    /// The state at the start: the passphrase is asked for, or chosen where there is no vault yet.
    pub fn new(lang: Lang, vault_exists: bool, auto_lock: Millis, now: Uptime) -> Self {
        let scene = if vault_exists { Scene::unlock() } else { Scene::first_start() };
        Self {
            lang,
            scene,
            working: None,
            selected: None,
            counter_code: None,
            notice: None,
            banner: Vec::new(),
            auto_lock,
            last_key: now,
            jobs: 0,
        }
    }

    /// The state of a token that is open already, as the demo's.
    pub fn unlocked(lang: Lang, auto_lock: Millis, now: Uptime) -> Self {
        Self { scene: Scene::Tokens, ..Self::new(lang, true, auto_lock, now) }
    }

    /// At the start, and only then: asks the keyring in place of the person. After a lock the
    /// passphrase is asked for, whatever the keyring would give: lock means lock.
    pub fn ask_keyring(&mut self, now: Uptime) -> Effect {
        self.scene = Scene::Keyring;
        self.begin(Job::UnlockByKeyring, now)
    }

    /// The credential drawn large: the selected one, else the first.
    pub fn selected_card<'a>(&self, screen: &'a Screen) -> Option<&'a Card> {
        let selected = screen.cards.iter().find(|card| Some(card.id) == self.selected);
        selected.or(screen.cards.first())
    }

    /// When something changes by itself next, apart from the codes.
    pub fn next_change(&self) -> Option<Uptime> {
        let notice = self.notice.as_ref().map(|notice| notice.until);
        let lock = self.is_open().then(|| self.last_key.saturating_add(self.auto_lock));
        notice.into_iter().chain(lock).min()
    }

    /// Whether what is shown is for the owner's eyes alone.
    pub(crate) fn is_open(&self) -> bool {
        !matches!(self.scene, Scene::FirstStart(_) | Scene::Keyring | Scene::Unlock { .. })
    }
}

/// A code that a counter made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterCode {
    /// Of which credential.
    pub id: EntryId,
    /// The code.
    pub code: Code,
    /// When it was made.
    pub made: Uptime,
}

/// One line about what just happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The words.
    pub text: String,
    /// Whether something went wrong.
    pub is_warning: bool,
    /// When it goes away.
    pub until: Uptime,
}
