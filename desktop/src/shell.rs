//! Joins the screen's three pure functions to the terminal, the vault and the clock.
//!
//! Each turn of the loop goes wake, compute, draw: no frame is drawn from a [`Screen`] that is older
//! than the wake, however late that came.
//!
//! [`Screen`]: warifu::token::Screen

mod stage;
mod work;

use std::{path::PathBuf, sync::Arc, time::Duration};

use warifu::{
    credential::WebAddress,
    secret::Random,
    time::{DeviceTime, Millis, Uptime},
    token::{self, Token},
    vault,
};

use crate::{
    app::{App, Effect, Event, Reading},
    clipboard::{self, CopiedCode},
    device_clock::DeviceClock,
    draw::Theme,
    failure::{Failure, PcError},
    input::{Signal, Terminal},
    keyring,
    locale::Lang,
    patience::retry_busy,
    view::view,
};

use stage::Stage;
use work::{Finished, Workers};

/// How often the file is looked at for what another process wrote.
const BETWEEN_REFRESHES: Millis = Millis::from_secs(2);
/// How often the time is asked for at most.
const BETWEEN_SYNCS: Millis = Millis::from_secs(20);
/// How often a mark moves that shows that work goes on.
const BETWEEN_TICKS: Millis = Millis(100);
/// The longest sleep: a clock that was set, or a sleep of the machine, shows after this.
const LONGEST_SLEEP: Millis = Millis::from_secs(1);

/// What the screen is to be opened with.
pub struct Options {
    /// The language of all texts.
    pub lang: Lang,
    /// Where the vault is or will be.
    pub vault: PathBuf,
    /// The token, if it is open already.
    pub token: Option<Token>,
    /// The time without a key after which it is locked.
    pub auto_lock: Millis,
    /// Whether to use colour.
    pub color: bool,
    /// Lines that stay on every page, the most needed one first; none but for a demonstration.
    pub banner: Vec<String>,
    /// Where randomness comes from.
    pub random: Arc<dyn Random>,
    /// Which sites may be asked for the time.
    pub hosts: Vec<WebAddress>,
}

/// Shows the screen until the person quits, or somebody ends the program.
///
/// # Errors
/// [`Failure`] if the vault cannot be read or the terminal fails.
pub fn run(options: Options) -> Result<(), Failure> {
    let mut shell = Shell::new(options)?;
    let ending = shell.run();
    shell.leave();
    if ending? == Ending::Terminated {
        crate::input::end_as_terminated();
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Quit,
    Terminated,
}

struct Shell {
    app: App,
    token: Option<Arc<Token>>,
    workers: Workers,
    clock: DeviceClock,
    copied: CopiedCode,
    terminal: Terminal,
    stage: Stage,
    refreshed: Uptime,
    /// When the last screen wants the time to be asked for.
    sync_at: Option<Uptime>,
    /// Before when it is not asked for by itself.
    synced: Uptime,
    ending: Option<Ending>,
}

impl Shell {
    fn new(options: Options) -> Result<Self, Failure> {
        let Options { lang, vault, token, auto_lock, color, banner, random, hosts } = options;
        let clock = DeviceClock::new(&*random)?;
        let now = clock.now().uptime;
        let is_open = token.is_some();
        let token = match token {
            Some(token) => Some(token),
            None if may_exist(&vault) => {
                Some(retry_busy(|| Token::open(&vault, Arc::clone(&random)))?)
            }
            None => None,
        };
        if let Some(token) = &token {
            token.time().set_hosts(hosts.clone())?;
        }
        let mut app = if is_open {
            App::unlocked(lang, auto_lock, now)
        } else {
            App::new(lang, token.is_some(), auto_lock, now)
        };
        app.banner = banner;
        let terminal = Terminal::open().map_err(terminal_failed)?;
        let clipboard = crate::input::output().map_err(terminal_failed)?;
        let stage = Stage::enter(&terminal, Theme::new(color)).map_err(terminal_failed)?;
        let mut shell = Self {
            app,
            token: token.map(Arc::new),
            workers: Workers::new(vault, random, clock, hosts),
            clock,
            copied: CopiedCode::new(clipboard::of_platform(clipboard)),
            terminal,
            stage,
            refreshed: now,
            sync_at: None,
            synced: now,
            ending: None,
        };
        if !is_open {
            shell.ask_keyring(now);
        }
        Ok(shell)
    }

    /// Begins to open the vault by the keyring, if it is on.
    fn ask_keyring(&mut self, now: Uptime) {
        if let Some(token) = &self.token
            && keyring::is_on(token).is_ok_and(|is_on| is_on)
        {
            let effect = self.app.ask_keyring(now);
            self.act(effect, now);
        }
    }

    fn run(&mut self) -> Result<Ending, Failure> {
        loop {
            self.take_in();
            let sleep = self.draw()?;
            if let Some(ending) = self.ending {
                return Ok(ending);
            }
            self.wait(sleep)?;
        }
    }

    /// Everything that happened by itself since the last frame.
    fn take_in(&mut self) {
        while let Some(Finished { job, outcome, token }) = self.workers.finished() {
            self.token = token.map(Arc::new).or(self.token.take());
            self.happened(Event::Done(job, outcome));
        }
        // A job that was given up may have opened the token all the same.
        let is_closed = !self.app.is_open() && self.app.working.is_none();
        if let Some(token) = self.token.as_ref().filter(|token| is_closed && token.is_unlocked()) {
            token.lock();
        }
        let now = self.clock.now().uptime;
        if let Some(certainty) = self.copied.expire(now) {
            self.happened(Event::ClipboardCleared(certainty));
        }
        self.refresh(now);
        self.sync();
        self.happened(Event::Tick);
    }

    /// Looks at what another process wrote: on a thread, since it waits for who writes.
    fn refresh(&mut self, now: Uptime) {
        match self.workers.refreshed() {
            None | Some(Ok(_)) => {}
            Some(Err(token::Error::Locked | token::Error::Vault(vault::Error::Busy))) => {}
            Some(Err(error)) => {
                self.happened(Event::Unreliable(error.into()));
            }
        }
        let is_due = now.since(self.refreshed) >= BETWEEN_REFRESHES && self.app.working.is_none();
        if let Some(token) = self.token.as_ref().filter(|token| is_due && token.is_unlocked()) {
            self.refreshed = now;
            self.workers.refresh(Arc::clone(token));
        }
    }

    /// Asks for the time where that is worth it, if nothing else is under way.
    fn sync(&mut self) {
        let now = self.clock.now().uptime;
        let Some(token) = self.token.as_ref().filter(|token| token.is_unlocked()) else { return };
        // One that failed where the core does not count it is not begun at once again.
        let is_due = self.sync_at.is_some_and(|due| due <= now) && self.synced <= now;
        if is_due && self.app.working.is_none() {
            self.synced = now.saturating_add(BETWEEN_SYNCS);
            self.workers.sync(Arc::clone(token));
        }
    }

    /// Computes the screen anew, draws it, and says when it is over.
    fn draw(&mut self) -> Result<Duration, Failure> {
        let now = self.clock.now();
        let reading = self.reading(now);
        self.sync_at = reading.as_ref().ok().and_then(|screen| screen.clock.sync_at);
        let view = view(&self.app, &reading, now.uptime);
        self.stage.draw(&view).map_err(terminal_failed)?;
        Ok(self.sleep(&reading, now.uptime))
    }

    fn sleep(&self, reading: &Reading, now: Uptime) -> Duration {
        let working = self.app.working.map(|_| now.saturating_add(BETWEEN_TICKS));
        let screen = reading.as_ref().ok().and_then(|screen| screen.refresh_at);
        let longest = now.saturating_add(LONGEST_SLEEP);
        let due = [working, screen, self.app.next_change(), self.copied.until(), Some(longest)];
        let wake = due.into_iter().flatten().min().unwrap_or(longest);
        Duration::from_millis(wake.since(now).0)
    }

    /// Sleeps until something happens; takes in all keys that are there.
    fn wait(&mut self, sleep: Duration) -> Result<(), Failure> {
        let mut longest = sleep;
        while let Some(input) = self.terminal.wait(longest).map_err(terminal_failed)? {
            match input {
                Ok(key) if self.terminal.is_in_burst() => self.told(Event::InBurst(key))?,
                Ok(key) => self.told(Event::Key(key))?,
                Err(Signal::Terminate) => self.ending = Some(Ending::Terminated),
                Err(Signal::Suspend) => self.told(Event::Stopped)?,
                Err(Signal::Redraw) => self.stage.forget().map_err(terminal_failed)?,
            }
            if self.ending.is_some() || self.app.working.is_some() {
                break;
            }
            longest = Duration::ZERO;
        }
        Ok(())
    }

    fn told(&mut self, event: Event) -> Result<(), Failure> {
        match self.happened(event) {
            Some(Effect::Suspend) => self.suspend(),
            _ => Ok(()),
        }
    }

    /// Tells the state what happened, and does what it asks for; a suspension is handed back.
    fn happened(&mut self, event: Event) -> Option<Effect> {
        let now = self.clock.now();
        let reading = self.reading(now);
        let effect = self.app.update(event, &reading, now.uptime)?;
        self.act(effect, now.uptime)
    }

    fn act(&mut self, effect: Effect, now: Uptime) -> Option<Effect> {
        match effect {
            Effect::Suspend => return Some(Effect::Suspend),
            Effect::Quit => self.ending = Some(Ending::Quit),
            Effect::Lock => self.lock(),
            Effect::Copy { code, clear_after } => {
                let copied = self.copied.copy(code, clear_after, now);
                let copied = copied.map(|certainty| (certainty, clear_after));
                self.happened(Event::Copied(copied.map_err(Failure::from)));
            }
            Effect::Start(id, job) => self.workers.start(id, job, self.token.clone()),
        }
        None
    }

    fn reading(&self, now: DeviceTime) -> Reading {
        match &self.token {
            Some(token) => token.screen(now),
            None => Err(token::Error::Locked),
        }
    }

    fn lock(&mut self) {
        self.copied.clear();
        self.workers.forget_refresh();
        if let Some(token) = &self.token {
            token.lock();
        }
    }

    /// Locks, gives the terminal back, stops, and takes it again when continued.
    fn suspend(&mut self) -> Result<(), Failure> {
        self.lock();
        self.stage.leave();
        crate::input::suspend_process();
        self.stage.enter_again(&self.terminal).map_err(terminal_failed)
    }

    fn leave(&mut self) {
        self.lock();
        self.stage.leave();
    }
}

/// Whether something is at this place that must not be taken for nothing.
fn may_exist(vault: &std::path::Path) -> bool {
    vault.try_exists().unwrap_or(true)
}

fn terminal_failed(error: std::io::Error) -> Failure {
    PcError::Terminal { reason: error.kind() }.into()
}
