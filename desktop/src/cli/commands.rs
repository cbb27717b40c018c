mod clock;
mod enrol;
mod keyring;

use std::{
    io::{self, IsTerminal as _},
    path::PathBuf,
    sync::Arc,
};

use warifu::{
    credential::{Generator, Label, WebAddress},
    secret::{Random, SystemRandom},
    time::Millis,
    token::{self, EntryInfo, Face, SyncError, Token},
    vault::{DamagedSlot, KdfParams, Passphrase, SlotKind, UnlockReport},
};

use super::{
    Stop,
    arguments::{Arguments, ClockAction, Command, Common, KeyringAction},
    output, print,
    prompt::Prompter,
};
use crate::{
    clock_text,
    device_clock::DeviceClock,
    failure::{Failure, PcError},
    http::Carrier,
    import::{self, Source, Uri},
    input,
    locale::Lang,
    names::{display_name, label, resolve, resolve_exact},
    patience::{advance, retry_busy},
    places, shell,
    sync::sync,
    texts,
};

pub(super) fn run(lang: Lang, arguments: Arguments) -> Result<(), Stop> {
    let Arguments { common, auto_lock, command, .. } = arguments;
    let no_color = common.no_color;
    let mut session = Session::new(lang, common)?;
    match command {
        None if io::stdin().is_terminal() && io::stdout().is_terminal() => {
            session.live(Millis::from_secs(auto_lock), !no_color)
        }
        None => session.list(false),
        Some(Command::Add { source }) => session.add(&source),
        Some(Command::Enrol { discard: true, .. }) => session.discard_enrolment(),
        Some(Command::Enrol { source: None, json, .. }) => session.resume_enrolment(json),
        Some(Command::Enrol { source: Some(source), activation, json, .. }) => {
            session.enrol(&source, activation, json)
        }
        Some(Command::List { json }) => session.list(json),
        Some(Command::Code { name, next, json }) => session.code(name.as_deref(), next, json),
        Some(Command::Rename { name, issuer, account }) => session.rename(&name, issuer, account),
        Some(Command::Remove { name, yes }) => session.remove(&name, yes),
        Some(Command::Clock { action: ClockAction::Status, json }) => session.clock_status(json),
        Some(Command::Clock { action: ClockAction::Sync, json }) => session.clock_sync(json),
        Some(Command::Passphrase) => session.change_passphrase(),
        Some(Command::Keyring { action: KeyringAction::On }) => session.keyring_on(),
        Some(Command::Keyring { action: KeyringAction::Off }) => session.keyring_off(),
        Some(Command::Keyring { action: KeyringAction::Status }) => session.keyring_status(),
    }
}

/// What the commands share.
struct Session {
    lang: Lang,
    vault: PathBuf,
    random: Arc<dyn Random>,
    clock: DeviceClock,
    hosts: Vec<WebAddress>,
    prompter: Prompter,
    has_passphrase_fd: bool,
}

impl Session {
    fn new(lang: Lang, common: Common) -> Result<Self, Failure> {
        let random: Arc<dyn Random> = Arc::new(SystemRandom::new());
        let hosts: Result<Vec<_>, _> =
            common.time_host.iter().map(|host| WebAddress::parse(host)).collect();
        Ok(Self {
            lang,
            hosts: hosts.map_err(SyncError::from).map_err(token::Error::from)?,
            vault: common.vault.map_or_else(places::default_vault, Ok)?,
            clock: DeviceClock::new(&*random)?,
            random,
            prompter: Prompter::new(lang, common.passphrase_fd, common.new_passphrase_fd),
            has_passphrase_fd: common.passphrase_fd.is_some(),
        })
    }

    fn live(mut self, auto_lock: Millis, color: bool) -> Result<(), Stop> {
        let exists = self.vault.try_exists().unwrap_or(true);
        let token = (exists && self.has_passphrase_fd).then(|| self.open()).transpose()?;
        let color = color && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let Self { lang, vault, random, hosts, .. } = self;
        let banner = Vec::new();
        let options =
            shell::Options { lang, vault, token, auto_lock, color, banner, random, hosts };
        Ok(shell::run(options)?)
    }

    fn add(&mut self, source: &str) -> Result<(), Stop> {
        let (key, source) = self.read(source)?;
        let token = self.open_with(key)?;
        match source {
            Source::Credential(uri) => self.add_to(&token, &uri),
            Source::Service(link) => self.enrol_with(&token, &link, None, false),
        }
    }

    /// Everything is read before anything is written: what is malformed changes nothing. Where the
    /// passphrase is a line of standard input too, it is the first.
    fn read(&mut self, source: &str) -> Result<(Key, Source), Failure> {
        if source == "-" {
            return Ok((self.key()?, import::from_stream(input::stdin())?));
        }
        let read = import::from_source(source)?;
        if import::is_uri(source) && read.is_secret() {
            output::note(texts::uri_note(self.lang));
        }
        Ok((self.key()?, read))
    }

    fn add_to(&mut self, token: &Token, uri: &Uri) -> Result<(), Stop> {
        let lang = self.lang;
        let added = uri.add_to(token).inspect_err(|error| self.tell_duplicate(token, *error))?;
        let name = display_name(&uri.credential()?.names);
        if added.weakness.is_some() {
            output::note(texts::weak(lang));
        }
        if !added.same_name.is_empty() {
            output::note(texts::same_name_line(lang));
        }
        print(&format!("{}\n", texts::added_line(lang, &name)))
    }

    /// Says under which name it is registered already.
    fn tell_duplicate(&self, token: &Token, error: token::Error) {
        let token::Error::Duplicate { existing } = error else { return };
        let Ok(entries) = token.entries().list() else { return };
        for entry in entries.iter().filter(|entry| entry.id == existing) {
            output::note(&display_name(&entry.names));
        }
    }

    fn list(&mut self, json: bool) -> Result<(), Stop> {
        let entries = self.open()?.entries().list()?;
        let text = if json {
            output::list_json(&entries)
        } else if io::stdout().is_terminal() {
            output::list_table(self.lang, &entries)
        } else {
            output::list_lines(&entries)
        };
        print(&text)
    }

    fn code(&mut self, name: Option<&str>, next: bool, json: bool) -> Result<(), Stop> {
        let token = self.open()?;
        let entries = token.entries().list()?;
        let entry = resolve(&entries, name)?;
        let shown = match entry.generator {
            Generator::Hotp { .. } if next => return Err(PcError::NoNextOfCounter.into()),
            // That of a counter is made now, whatever the time, and is spent.
            Generator::Hotp { .. } => output::Shown {
                code: advance(&token, entry.id, &*self.random)?,
                life: None,
                seconds_left: None,
            },
            _ => self.timed(&token, entry, next)?,
        };
        let text = if json {
            output::code_json(entry, &shown)
        } else if io::stdout().is_terminal() {
            output::code_for_people(self.lang, &shown)
        } else {
            output::code_line(&shown)
        };
        print(&text)
    }

    /// The code of this moment, or the one after it.
    fn timed(
        &self,
        token: &Token,
        entry: &EntryInfo,
        next: bool,
    ) -> Result<output::Shown, Failure> {
        let face = match self.face(token, entry)? {
            // No code before the bank's time.
            Some(Face::NeedsSync) => {
                output::note(texts::syncing(self.lang));
                sync(token, &Carrier::default(), &self.clock)?;
                self.face(token, entry)?
            }
            face => face,
        };
        match face {
            Some(Face::Totp { valid_until, next: code, period, .. }) if next => {
                let life = Some((valid_until, valid_until.saturating_add(period)));
                Ok(output::Shown { code, life, seconds_left: None })
            }
            Some(Face::Totp { code, valid_from, valid_until, seconds_left, .. }) => {
                let life = Some((valid_from, valid_until));
                Ok(output::Shown { code, life, seconds_left: Some(seconds_left) })
            }
            Some(Face::NeedsSync) => Err(token::Error::from(SyncError::NoTime).into()),
            _ => Err(PcError::NotYet.into()),
        }
    }

    /// What the entry's card shows. What is to be told of the time goes to people.
    fn face(&self, token: &Token, entry: &EntryInfo) -> Result<Option<Face>, Failure> {
        let screen = token.screen(self.clock.now())?;
        if let Some(notice) = screen.clock.notice {
            output::note(&clock_text::notice(self.lang, notice));
        }
        let card = screen.cards.into_iter().find(|card| card.id == entry.id);
        Ok(card.map(|card| card.face))
    }

    fn rename(
        &mut self,
        name: &str,
        issuer: Option<String>,
        account: Option<String>,
    ) -> Result<(), Stop> {
        let checked = |text: Option<String>| text.map(|text| label(&text)).transpose();
        let (issuer, account) = (checked(issuer)?, checked(account)?);
        let token = self.open()?;
        let entries = token.entries().list()?;
        let entry = resolve_exact(&entries, name)?;
        // What was not named stays; what was named empty goes.
        let issuer: Option<Label> = issuer.unwrap_or_else(|| entry.names.issuer.clone());
        let account: Option<Label> = account.unwrap_or_else(|| entry.names.account.clone());
        retry_busy(|| token.entries().rename(entry.id, issuer.clone(), account.clone()))?;
        print(&format!("{}\n", texts::renamed(self.lang)))
    }

    fn remove(&mut self, name: &str, yes: bool) -> Result<(), Stop> {
        if !yes && !self.prompter.is_attended() {
            return Err(PcError::NotConfirmed.into());
        }
        let token = self.open()?;
        let entries = token.entries().list()?;
        let entry = resolve_exact(&entries, name)?;
        if !yes {
            let question = format!(
                "{}\n{}\n{}",
                display_name(&entry.names),
                texts::remove_explain(self.lang),
                texts::remove_question(self.lang)
            );
            if !self.prompter.confirm(&question)? {
                return Err(PcError::Cancelled.into());
            }
        }
        retry_busy(|| token.entries().remove(entry.id))?;
        print(&format!("{}\n", texts::removed(self.lang)))
    }

    fn change_passphrase(&mut self) -> Result<(), Stop> {
        let token = self.locked()?;
        let current = self.prompter.current(texts::current_passphrase(self.lang))?;
        self.unlock_with(&token, &current)?;
        let new = self.prompter.new_passphrase()?;
        self.prompter.tell(texts::working(self.lang));
        retry_busy(|| token.slots().change_passphrase(&current, &new, KdfParams::DEFAULT))?;
        print(&format!("{}\n", texts::passphrase_changed(self.lang)))
    }

    /// The vault that is there, opened.
    fn open(&mut self) -> Result<Token, Failure> {
        let token = self.locked()?;
        if !self.opens_by_keyring(&token) {
            self.unlock(&token)?;
        }
        Ok(token)
    }

    /// The vault that is there.
    fn locked(&self) -> Result<Token, token::Error> {
        let token = retry_busy(|| Token::open(&self.vault, Arc::clone(&self.random)))?;
        token.time().set_hosts(self.hosts.clone())?;
        Ok(token)
    }

    /// Asks for the passphrase and opens it.
    fn unlock(&mut self, token: &Token) -> Result<(), Failure> {
        let passphrase = self.prompter.current(texts::passphrase(self.lang))?;
        self.unlock_with(token, &passphrase)
    }

    fn unlock_with(&mut self, token: &Token, passphrase: &Passphrase) -> Result<(), Failure> {
        self.prompter.tell(texts::checking(self.lang));
        self.tell_report(&retry_busy(|| token.unlock(passphrase))?);
        Ok(())
    }

    /// Says what unlocking found besides the entries.
    fn tell_report(&self, report: &UnlockReport) {
        if !report.damaged_slots.is_empty() {
            let is_passphrase = |slot: &DamagedSlot| slot.kind == SlotKind::Passphrase;
            let has_passphrase = report.damaged_slots.iter().any(is_passphrase);
            let next =
                if has_passphrase { texts::damaged_slot_next } else { texts::damaged_other_next };
            output::note(texts::damaged_slot(self.lang));
            output::note(next(self.lang));
        }
        if report.kept_unread > 0 {
            output::note(&texts::newer_entries_line(self.lang, &report.kept_unread));
        }
    }

    /// What opens the vault that is there, or the passphrase of one to make.
    fn key(&mut self) -> Result<Key, Failure> {
        if self.vault.try_exists().unwrap_or(true) {
            let token = self.locked()?;
            if self.opens_by_keyring(&token) {
                return Ok(Key::Opened(token));
            }
            Ok(Key::Opens(token, self.prompter.current(texts::passphrase(self.lang))?))
        } else {
            Ok(Key::Makes(self.prompter.new_passphrase()?))
        }
    }

    fn open_with(&mut self, key: Key) -> Result<Token, Failure> {
        match key {
            Key::Opened(token) => Ok(token),
            Key::Opens(token, passphrase) => {
                self.unlock_with(&token, &passphrase)?;
                Ok(token)
            }
            Key::Makes(passphrase) => {
                self.prompter.tell(texts::creating(self.lang));
                places::make_folder(&self.vault)?;
                let random = Arc::clone(&self.random);
                let create = || {
                    let random = Arc::clone(&random);
                    Token::create(&self.vault, &passphrase, KdfParams::DEFAULT, random)
                };
                Ok(retry_busy(create)?)
            }
        }
    }
}

/// A passphrase and what it is for, or what needs none.
enum Key {
    /// The keyring has opened this vault.
    Opened(Token),
    /// It opens this vault.
    Opens(Token, Passphrase),
    /// It protects a new one.
    Makes(Passphrase),
}
