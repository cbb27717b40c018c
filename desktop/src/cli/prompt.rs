use std::{
    io::{self, Write as _},
    time::Duration,
};

use warifu::{provision::enrol::ActivationCode, vault::Passphrase};

use super::descriptors::Descriptors;
use crate::{
    failure::{Failure, PcError},
    input::{self, Key, Signal, Terminal},
    locale::Lang,
    texts,
    typed::Typed,
};

/// Asks for passphrases: file descriptors where they were named, else the terminal. Never an
/// argument, and never through a buffer that somebody else owns.
pub(super) struct Prompter {
    lang: Lang,
    current: Option<i32>,
    new: Option<i32>,
    terminal: Option<Terminal>,
    descriptors: Descriptors,
}

impl Prompter {
    pub(super) fn new(lang: Lang, current: Option<i32>, new: Option<i32>) -> Self {
        Self { lang, current, new, terminal: None, descriptors: Descriptors::default() }
    }

    /// The passphrase that opens the vault.
    pub(super) fn current(&mut self, label: &str) -> Result<Passphrase, Failure> {
        match self.current {
            Some(fd) => self.read(fd),
            None => self.ask(label).and_then(|typed| passphrase(&typed)),
        }
    }

    /// A passphrase to protect a vault with; a person types it twice.
    pub(super) fn new_passphrase(&mut self) -> Result<Passphrase, Failure> {
        if let Some(fd) = self.new {
            return self.read(fd);
        }
        let first = self.ask(texts::new_passphrase(self.lang))?;
        let chosen = passphrase(&first)?;
        chosen.check_new()?;
        let again = self.ask(texts::new_passphrase_again(self.lang))?;
        if first.expose() == again.expose() {
            Ok(chosen)
        } else {
            Err(PcError::PassphrasesDiffer.into())
        }
    }

    /// Whether a person can be asked.
    pub(super) fn is_attended(&mut self) -> bool {
        self.terminal().is_ok()
    }

    /// The activation code that the bank has given out.
    pub(super) fn activation(&mut self) -> Result<ActivationCode, Failure> {
        let typed = self.ask(texts::activation_code(self.lang))?;
        Ok(ActivationCode::parse(typed.expose().as_bytes())?)
    }

    /// Asks for a yes; every other key is a no.
    pub(super) fn confirm(&mut self, question: &str) -> Result<bool, Failure> {
        let terminal = self.terminal()?;
        let raw = terminal.raw().map_err(terminal_failed)?;
        say(&format!("{question} "))?;
        let key = next_key(terminal);
        drop(raw);
        let is_yes = matches!(key, Ok(Typing::Key(Key::Char('y' | 'Y'))));
        say(if is_yes { "y\n" } else { "n\n" })?;
        match key? {
            Typing::Key(_) => Ok(is_yes),
            Typing::End => Err(interrupted(terminal)),
        }
    }

    /// Tells the person at the terminal, if there is one, that work goes on.
    pub(super) fn tell(&mut self, text: &str) {
        if self.terminal.is_some() {
            let _ = say(&format!("{text} ..\n"));
        }
    }

    fn ask(&mut self, label: &str) -> Result<Typed, Failure> {
        let terminal = self.terminal()?;
        let raw = terminal.raw().map_err(terminal_failed)?;
        say(&format!("{label}: "))?;
        let typed = type_line(terminal);
        drop(raw);
        say("\n")?;
        typed?.ok_or_else(|| interrupted(terminal))
    }

    fn terminal(&mut self) -> Result<&mut Terminal, Failure> {
        if self.terminal.is_none() {
            self.terminal = Some(Terminal::open().map_err(|_| PcError::NobodyToAsk)?);
        }
        self.terminal.as_mut().ok_or_else(|| PcError::NobodyToAsk.into())
    }

    /// One line, byte by byte, so that what follows it is left for others.
    fn read(&mut self, fd: i32) -> Result<Passphrase, Failure> {
        let line = self.descriptors.read_line(fd).map_err(|_| PcError::PassphraseFd { fd })?;
        if line.is_empty() {
            return Err(PcError::PassphraseFd { fd }.into());
        }
        Ok(Passphrase::new(&line)?)
    }
}

/// What came of waiting for the person.
enum Typing {
    Key(Key),
    /// The program is to end: a signal came, or Ctrl-C.
    End,
}

/// A line that shows as stars; nothing if the program is to end.
fn type_line(terminal: &mut Terminal) -> Result<Option<Typed>, Failure> {
    let mut typed = Typed::new(Typed::PASSPHRASE);
    loop {
        let before = typed.chars();
        let Typing::Key(key) = next_key(terminal)? else { return Ok(None) };
        match key {
            Key::Enter => return Ok(Some(typed)),
            Key::Escape | Key::Ctrl('d') => return Err(PcError::Cancelled.into()),
            Key::Backspace => typed.backspace(),
            Key::Ctrl('u') => typed.clear(),
            Key::Char(c) => typed.push(c),
            Key::Paste(text) => typed.push_text(text.lines().next().unwrap_or_default()),
            _ => {}
        }
        let after = typed.chars();
        let stars = "*".repeat(after.saturating_sub(before));
        let gone = "\x08 \x08".repeat(before.saturating_sub(after));
        say(&format!("{stars}{gone}"))?;
    }
}

fn next_key(terminal: &mut Terminal) -> Result<Typing, Failure> {
    loop {
        match terminal.wait(Duration::from_secs(3600)) {
            Ok(Some(Ok(Key::Ctrl('c')) | Err(Signal::Terminate))) => return Ok(Typing::End),
            Ok(Some(Ok(key))) => return Ok(Typing::Key(key)),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Err(PcError::Cancelled.into());
            }
            Err(error) => return Err(terminal_failed(error)),
        }
    }
}

/// Ends the process by the signal, once the terminal is as it was. Where there are no signals, this
/// is a cancel like any other.
fn interrupted(terminal: &Terminal) -> Failure {
    terminal.end_process();
    PcError::Cancelled.into()
}

fn passphrase(typed: &Typed) -> Result<Passphrase, Failure> {
    Ok(Passphrase::new(typed.expose().as_bytes())?)
}

fn say(text: &str) -> Result<(), Failure> {
    let mut output = input::output().map_err(terminal_failed)?;
    output.write_all(text.as_bytes()).and_then(|()| output.flush()).map_err(terminal_failed)
}

fn terminal_failed(error: io::Error) -> Failure {
    PcError::Terminal { reason: error.kind() }.into()
}
