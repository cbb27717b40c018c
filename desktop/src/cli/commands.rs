mod keyring;

use std::{
    io::{self, IsTerminal as _},
    path::PathBuf,
    sync::Arc,
};

use warifu::{
    credential::Label,
    secret::{Random, SystemRandom},
    time::Millis,
    token::{self, Card, Face, Screen, Token},
    vault::{KdfParams, Passphrase},
};

use super::{
    Stop,
    arguments::{Arguments, Command, Common, KeyringAction},
    output, print,
    prompt::Prompter,
};
use crate::{
    app::label,
    device_clock::DeviceClock,
    failure::{Failure, PcError},
    import::{self, Uri},
    input,
    locale::Lang,
    names::{display_name, resolve},
    places,
    shell::{self, advance, retry_busy},
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
        Some(Command::List { json }) => session.list(json),
        Some(Command::Code { name, next, json }) => session.code(name.as_deref(), next, json),
        Some(Command::Rename { name, issuer, account }) => session.rename(&name, issuer, account),
        Some(Command::Remove { name, yes }) => session.remove(&name, yes),
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
    prompter: Prompter,
    has_passphrase_fd: bool,
}

impl Session {
    fn new(lang: Lang, common: Common) -> Result<Self, Failure> {
        let random: Arc<dyn Random> = Arc::new(SystemRandom::new());
        Ok(Self {
            lang,
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
        let Self { lang, vault, random, .. } = self;
        let options = shell::Options { lang, vault, token, auto_lock, color, banner: None, random };
        Ok(shell::run(options)?)
    }

    fn add(&mut self, source: &str) -> Result<(), Stop> {
        // Everything is read before anything is written: what is malformed changes nothing. Where
        // the passphrase is a line of standard input too, it is the first.
        let (key, uri) = if source == "-" {
            (self.key()?, import::from_stream(input::stdin())?)
        } else {
            if import::is_uri(source) {
                output::note(texts::uri_note(self.lang));
            }
            let uri = import::from_source(source)?;
            (self.key()?, uri)
        };
        let token = self.open_with(key)?;
        self.add_to(&token, &uri)
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
        let Ok(screen) = token.screen(self.clock.now()) else { return };
        for card in screen.cards.iter().filter(|card| card.id == existing) {
            output::note(&display_name(&card.names));
        }
    }

    fn list(&mut self, json: bool) -> Result<(), Stop> {
        let screen = self.open_screen()?.1;
        let text = if json {
            output::list_json(&screen.cards)
        } else if io::stdout().is_terminal() {
            output::list_table(self.lang, &screen.cards)
        } else {
            output::list_lines(&screen.cards)
        };
        print(&text)
    }

    fn code(&mut self, name: Option<&str>, next: bool, json: bool) -> Result<(), Stop> {
        let (token, screen) = self.open_screen()?;
        let card = resolve(&screen.cards, name)?;
        let shown = self.shown(&token, card, next)?;
        let text = if json {
            output::code_json(card, &shown)
        } else if io::stdout().is_terminal() {
            output::code_for_people(self.lang, &shown)
        } else {
            output::code_line(&shown)
        };
        print(&text)
    }

    /// The code to print. That of a counter is made now, and is spent.
    fn shown(&self, token: &Token, card: &Card, next: bool) -> Result<output::Shown, Failure> {
        Ok(match &card.face {
            Face::Totp {
                code, valid_from, valid_until, seconds_left, next: after, period, ..
            } => {
                let (valid_from, valid_until) = if next {
                    (*valid_until, valid_until.saturating_add(*period))
                } else {
                    (*valid_from, *valid_until)
                };
                let code = if next { after.clone() } else { code.clone() };
                let seconds_left = (!next).then_some(*seconds_left);
                output::Shown { code, life: Some((valid_from, valid_until)), seconds_left }
            }
            Face::Hotp { .. } => {
                let code = advance(token, card.id, &*self.random)?;
                output::Shown { code, life: None, seconds_left: None }
            }
            Face::NotYet { .. } => return Err(PcError::NotYet.into()),
        })
    }

    fn rename(
        &mut self,
        name: &str,
        issuer: Option<String>,
        account: Option<String>,
    ) -> Result<(), Stop> {
        let checked = |text: Option<String>| text.map(|text| label(&text)).transpose();
        let (issuer, account) = (checked(issuer)?, checked(account)?);
        let (token, screen) = self.open_screen()?;
        let card = resolve(&screen.cards, Some(name))?;
        // What was not named stays; what was named empty goes.
        let issuer: Option<Label> = issuer.unwrap_or_else(|| card.names.issuer.clone());
        let account: Option<Label> = account.unwrap_or_else(|| card.names.account.clone());
        retry_busy(|| token.entries().rename(card.id, issuer.clone(), account.clone()))?;
        print(&format!("{}\n", texts::renamed(self.lang)))
    }

    fn remove(&mut self, name: &str, yes: bool) -> Result<(), Stop> {
        if !yes && !self.prompter.is_attended() {
            return Err(PcError::NotConfirmed.into());
        }
        let (token, screen) = self.open_screen()?;
        let card = resolve(&screen.cards, Some(name))?;
        if !yes {
            let question = format!(
                "{}\n{}\n{}",
                display_name(&card.names),
                texts::remove_explain(self.lang),
                texts::remove_question(self.lang)
            );
            if !self.prompter.confirm(&question)? {
                return Err(PcError::Cancelled.into());
            }
        }
        retry_busy(|| token.entries().remove(card.id))?;
        print(&format!("{}\n", texts::removed(self.lang)))
    }

    fn change_passphrase(&mut self) -> Result<(), Stop> {
        let token = self.locked()?;
        let current = self.prompter.current(texts::current_passphrase(self.lang))?;
        self.prompter.tell(texts::checking(self.lang));
        retry_busy(|| token.unlock(&current))?;
        let new = self.prompter.new_passphrase()?;
        self.prompter.tell(texts::working(self.lang));
        retry_busy(|| token.slots().change_passphrase(&current, &new, KdfParams::DEFAULT))?;
        print(&format!("{}\n", texts::passphrase_changed(self.lang)))
    }

    /// The opened vault, and what it shows now.
    fn open_screen(&mut self) -> Result<(Token, Screen), Failure> {
        let token = self.open()?;
        let screen = token.screen(self.clock.now())?;
        Ok((token, screen))
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
        retry_busy(|| Token::open(&self.vault, Arc::clone(&self.random)))
    }

    /// Opens it with the passphrase.
    fn unlock(&mut self, token: &Token) -> Result<(), Failure> {
        let passphrase = self.prompter.current(texts::passphrase(self.lang))?;
        self.prompter.tell(texts::checking(self.lang));
        retry_busy(|| token.unlock(&passphrase))?;
        Ok(())
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
        self.prompter.tell(texts::checking(self.lang));
        match key {
            Key::Opened(token) => Ok(token),
            Key::Opens(token, passphrase) => {
                retry_busy(|| token.unlock(&passphrase))?;
                Ok(token)
            }
            Key::Makes(passphrase) => {
                places::make_folder(&self.vault)?;
                let random = Arc::clone(&self.random);
                Ok(Token::create(&self.vault, &passphrase, KdfParams::DEFAULT, random)?)
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
