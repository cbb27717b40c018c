use warifu::{
    time::{Millis, Uptime},
    token::{Card, Face, Screen},
    vault::{Passphrase, PassphraseError},
};

use super::{
    AddForm, App, CounterCode, Effect, Job, NewPassphraseForm, Reading, RenameForm, Scene,
};
use crate::{
    failure::{Failure, PcError},
    input::Key,
    texts,
    typed::Typed,
};

/// A key held down makes no second code before this: each unused code brings the counter nearer to
/// where the bank no longer follows.
const BETWEEN_COUNTER_CODES: Millis = Millis::from_secs(2);

/// What a key does.
impl App {
    /// A paste never acts: what comes in a burst is taken as text, where there is a line for it.
    pub(super) fn key_in_burst(
        &mut self,
        key: Key,
        reading: &Reading,
        now: Uptime,
    ) -> Option<Effect> {
        let is_text = matches!(key, Key::Char(_) | Key::Enter | Key::Tab | Key::Backspace);
        let is_taken = match &self.scene {
            // Programs that keep passphrases type them, with an Enter behind.
            Scene::FirstStart(_) | Scene::Unlock { .. } | Scene::Add(_) => true,
            Scene::Rename(_) => key != Key::Enter,
            Scene::Tokens if is_text && self.working.is_none() => {
                self.note(texts::paste_after_a(self.lang), false, now);
                false
            }
            _ => false,
        };
        if is_taken || !is_text { self.key(key, reading, now) } else { None }
    }

    pub(super) fn key(&mut self, key: Key, reading: &Reading, now: Uptime) -> Option<Effect> {
        match key {
            Key::Ctrl('c' | 'd') => return Some(Effect::Quit),
            Key::Ctrl('z') => return Some(self.suspend()),
            Key::Escape if matches!(self.scene, Scene::Keyring) => return Some(self.lock()),
            _ if self.working.is_some() || self.leave_what_is_gone(reading, now) => return None,
            _ => {}
        }
        let lang = self.lang;
        let say = |failure: Failure| Some(failure.explain(lang));
        match &mut self.scene {
            Scene::FirstStart(form) => match key {
                Key::Escape if form.again.is_some() => *form = NewPassphraseForm::new(),
                Key::Escape => return Some(Effect::Quit),
                Key::Enter if form.again.is_none() => match check_new(&form.first) {
                    Ok(()) => {
                        form.again = Some(Typed::new(Typed::PASSPHRASE));
                        form.trouble = None;
                    }
                    Err(error) => form.trouble = say(error.into()),
                },
                Key::Enter => {
                    let again = form.again.take()?;
                    if again.expose() == form.first.expose() {
                        form.first.clear();
                        form.trouble = None;
                        return self.start(Job::Create(again), now);
                    }
                    *form = NewPassphraseForm::new();
                    form.trouble = say(PcError::PassphrasesDiffer.into());
                }
                key => edit(form.active(), key),
            },
            Scene::Unlock { passphrase, trouble } => match key {
                Key::Escape if passphrase.is_empty() => return Some(Effect::Quit),
                Key::Escape => passphrase.clear(),
                Key::Enter if !passphrase.is_empty() => {
                    *trouble = None;
                    let typed = std::mem::replace(passphrase, Typed::new(Typed::PASSPHRASE));
                    return self.start(Job::Unlock(typed), now);
                }
                key => edit(passphrase, key),
            },
            Scene::Tokens => return self.tokens_key(key, reading, now),
            Scene::Add(form) => match key {
                Key::Escape => self.scene = Scene::Tokens,
                Key::Enter if !form.source.is_empty() => {
                    form.trouble = None;
                    let source = Typed::with(Typed::INPUT, form.source.expose());
                    return self.start(Job::Parse(source), now);
                }
                Key::Enter => return self.start(Job::Enrol(None), now),
                Key::Paste(text) => {
                    form.source.clear();
                    form.source.push_text(text.trim());
                }
                Key::PasteTooLong => form.trouble = say(PcError::BadInput.into()),
                key => edit(&mut form.source, key),
            },
            Scene::Confirm(preview) => match command(key) {
                Key::Enter | Key::Char('y') => {
                    let uri = preview.uri.take()?;
                    return self.start(Job::Add(uri), now);
                }
                Key::Escape | Key::Char('n' | 'q') => self.scene = Scene::Tokens,
                _ => {}
            },
            Scene::Enrol(preview) => match command(key) {
                Key::Enter | Key::Char('y') => {
                    let link = preview.link.take()?;
                    return self.start(Job::Enrol(Some(link)), now);
                }
                Key::Escape | Key::Char('n' | 'q') => self.scene = Scene::Tokens,
                _ => {}
            },
            Scene::Rename(form) => match key {
                Key::Escape => self.scene = Scene::Tokens,
                Key::Tab | Key::BackTab | Key::Up | Key::Down => form.switch(),
                Key::Enter => match form.names() {
                    Ok((issuer, account)) => {
                        form.trouble = None;
                        let id = form.id;
                        return self.start(Job::Rename { id, issuer, account }, now);
                    }
                    Err(error) => form.trouble = say(error.into()),
                },
                key => edit(form.active(), key),
            },
            Scene::Remove(id) => match command(key) {
                Key::Char('y') => {
                    let id = *id;
                    return self.start(Job::Remove(id), now);
                }
                Key::Escape | Key::Enter | Key::Char('n' | 'q') => self.scene = Scene::Tokens,
                _ => {}
            },
            Scene::Keyring => {}
            Scene::Help | Scene::Message(_) => self.scene = Scene::Tokens,
        }
        None
    }

    fn tokens_key(&mut self, key: Key, reading: &Reading, now: Uptime) -> Option<Effect> {
        let key = command(key);
        match &key {
            Key::Char('q') => return Some(Effect::Quit),
            Key::Char('l') => return Some(self.lock()),
            Key::Char('a') => self.scene = Scene::Add(AddForm::new()),
            Key::Char('s') => {
                self.note(texts::syncing(self.lang), false, now);
                return self.start(Job::SyncTime, now);
            }
            Key::Char('?' | 'h') => self.scene = Scene::Help,
            Key::Paste(text) if crate::picture::is_registration(text.trim().as_bytes()) => {
                let source = Typed::with(Typed::INPUT, text.trim());
                return self.start(Job::Parse(source), now);
            }
            Key::Paste(_) | Key::PasteTooLong => {
                self.note(texts::paste_after_a(self.lang), false, now);
            }
            _ => {}
        }
        let screen = reading.as_ref().ok()?;
        let card = self.selected_card(screen)?;
        match key {
            Key::Up | Key::Char('k') => self.select(screen, -1),
            Key::Down | Key::Char('j') | Key::Tab => self.select(screen, 1),
            Key::PageUp => self.select(screen, -5),
            Key::PageDown => self.select(screen, 5),
            Key::Home => self.select(screen, isize::MIN),
            Key::End => self.select(screen, isize::MAX),
            Key::Enter | Key::Char('c') => return self.copy(card, now),
            Key::Char(' ') => return self.advance(card, now),
            Key::Char('r') => self.scene = Scene::Rename(RenameForm::of(card.id, &card.names)),
            Key::Char('d') => {
                self.selected = Some(card.id);
                self.scene = Scene::Remove(card.id);
            }
            _ => {}
        }
        None
    }

    fn select(&mut self, screen: &Screen, by: isize) {
        let Some(card) = self.selected_card(screen) else { return };
        let at = screen.cards.iter().position(|other| other.id == card.id).unwrap_or_default();
        let last = screen.cards.len().saturating_sub(1);
        let next = screen.cards.get(at.saturating_add_signed(by).min(last));
        self.selected = next.map(|card| card.id);
        if self.counter_code.as_ref().map(|made| made.id) != self.selected {
            self.counter_code = None;
        }
    }

    fn copy(&mut self, card: &Card, now: Uptime) -> Option<Effect> {
        let code = match &card.face {
            Face::Totp { code, .. } => code.clone(),
            Face::Hotp { .. } => {
                let made = self.counter_code.as_ref().filter(|made| made.id == card.id);
                match made {
                    Some(made) => made.code.clone(),
                    None => {
                        self.note(texts::press_space_first(self.lang), false, now);
                        return None;
                    }
                }
            }
            Face::NotYet { .. } | Face::NeedsSync => return None,
        };
        Some(Effect::Copy { code, clear_after: card.copy.clear_after })
    }

    fn advance(&mut self, card: &Card, now: Uptime) -> Option<Effect> {
        let recent =
            |made: &CounterCode| made.id == card.id && now.since(made.made) < BETWEEN_COUNTER_CODES;
        let is_hotp = matches!(card.face, Face::Hotp { .. });
        if !is_hotp || self.counter_code.as_ref().is_some_and(recent) {
            return None;
        }
        self.selected = Some(card.id);
        self.start(Job::Advance(card.id), now)
    }
}

/// Whether a passphrase may protect a vault, told before it is typed once more.
fn check_new(typed: &Typed) -> Result<(), PassphraseError> {
    Passphrase::new(typed.expose().as_bytes())?.check_new()
}

/// A key that commands, whatever Shift and the input method make of it: `C` and `ｃ` are `c`.
fn command(key: Key) -> Key {
    let Key::Char(c) = key else { return key };
    let narrow = match c {
        '\u{3000}' => Some(' '),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c).saturating_sub(0xfee0)),
        _ => None,
    };
    Key::Char(narrow.unwrap_or(c).to_ascii_lowercase())
}

/// The keys that every line understands.
fn edit(line: &mut Typed, key: Key) {
    match key {
        Key::Char(c) => line.push(c),
        Key::Backspace => line.backspace(),
        Key::Ctrl('u') => line.clear(),
        // What a password manager pastes ends where a line ends.
        Key::Paste(text) => line.push_text(text.lines().next().unwrap_or_default()),
        _ => {}
    }
}
