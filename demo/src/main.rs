//! A bank and a PC token, joined on loopback: `cargo run`.
//!
//! It starts the bank with a fresh database, one contract and its account, draws the link with an
//! activation code as a QR code, enrols the token from that picture as `warifu enrol IMAGE` does, and opens
//! the live screen. The bank's pages stand at the address on the screen, for a browser: the token is not
//! registered there yet. Off a terminal it prints three ticks, one second apart, and ends. `--walk` does
//! all that customer and staff do with a token by itself.

mod bank;
mod browser;
mod clock;
mod customer;
mod desk;
mod html;
mod page;
mod phone;
mod qr;
mod walk;

use std::{
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    thread,
    time::Duration,
};

use clap::{CommandFactory as _, Parser};
use tempfile::TempDir;
use warifu::{
    secret::{Random, Secret, SystemRandom, WIPING_ALLOCATOR, WipingAllocator},
    time::{Millis, UnixMillis},
    token::{Face, Token},
    vault::{KdfParams, Passphrase},
};
use warifu_bank::bank::TransferTerms;
use warifu_desktop::{
    cli::{Stop, finish, print, understand},
    device_clock::DeviceClock,
    enrol::Enroller,
    failure::{Failure, PcError},
    http::Carrier,
    import::{self, ServiceLink, Source},
    instant,
    locale::Lang,
    memory, shell, texts,
};

use bank::{Bank, LinkText, Setup};
use browser::Browser;
use clock::Skipped;
use customer::{CONTRACT, PASSWORD, Payee};
use desk::Desk;
use walk::{Enrolling, Walk};

/// Wipes all memory on its way back.
#[global_allocator]
static ALLOCATOR: WipingAllocator = WIPING_ALLOCATOR;

#[derive(Parser)]
#[command(name = "warifu-demo", version)]
struct Arguments {
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    port: u16,
    #[arg(long)]
    walk: bool,
    /// Read ahead of all others by [`Lang::of_arguments`]; here so that it is accepted.
    #[arg(long, value_name = "ja|en", value_enum, hide_possible_values = true)]
    lang: Option<Lang>,
}

fn main() -> ExitCode {
    memory::keep_private();
    let lang = Lang::of_arguments(std::env::args_os()).unwrap_or_else(Lang::of_system);
    let command = Arguments::command()
        .about(texts::demo_about(lang))
        .mut_arg("folder", |arg| arg.help(texts::cli_keep(lang)))
        .mut_arg("port", |arg| arg.help(texts::demo_port(lang)))
        .mut_arg("walk", |arg| arg.help(texts::demo_walk(lang)))
        .mut_arg("lang", |arg| arg.help(texts::cli_lang(lang)));
    match understand::<Arguments>(lang, command) {
        Ok(arguments) => match Demo::start(lang, &arguments) {
            Ok(demo) if arguments.walk => demo.walk(),
            Ok(demo) => finish(lang, demo.show()),
            Err(stop) => finish(lang, Err(stop)),
        },
        Err(status) => status,
    }
}

/// A running bank, and a token that has enrolled with nobody yet.
struct Demo {
    lang: Lang,
    random: Arc<dyn Random>,
    clock: DeviceClock,
    skipped: Skipped,
    vault: PathBuf,
    token: Token,
    bank: Bank,
    /// The last to go.
    folder: Folder,
}

impl Demo {
    fn start(lang: Lang, arguments: &Arguments) -> Result<Self, Stop> {
        let folder = Folder::open(arguments.folder.clone())?;
        let random: Arc<dyn Random> = Arc::new(SystemRandom::new());
        // The vault first: where one is kept already, nothing of it or beside it is replaced.
        let vault = folder.path().join("demo.warifu");
        let token = create_vault(&vault, &random)?;
        let skipped = Skipped::default();
        // Nobody at the demo waits for three days; the walk skips them.
        let terms = if arguments.walk {
            TransferTerms::default()
        } else {
            TransferTerms { new_payees_after: Millis(0), ..TransferTerms::default() }
        };
        let (port, clock) = (arguments.port, &skipped);
        let setup = Setup { folder: folder.path(), lang, port, clock, terms };
        let bank = Bank::start(setup).map_err(|error| {
            output_error(&error.to_string());
            PcError::NoService
        })?;
        let clock = DeviceClock::new(&*random).map_err(Failure::from)?;
        Ok(Self { lang, random, clock, skipped, vault, token, bank, folder })
    }

    /// The token's screen, and below it where the bank is and how to get in.
    fn show(self) -> Result<(), Stop> {
        let lang = self.lang;
        let [first, second] = &self.bank.links;
        let picture = self.draw(first, FIRST_PICTURE)?;
        self.draw(second, SECOND_PICTURE)?;
        let enroller = Enroller { carrier: &Carrier::default(), clock: &self.clock };
        let link = link_in(&picture)?;
        let added = enroller.enrol(&self.token, link.link().map_err(Failure::from)?);
        let added = added.map_err(Failure::from)?;
        let banner = self.banner();
        if io::stdin().is_terminal() && io::stdout().is_terminal() {
            let auto_lock = Millis::from_secs(86_400);
            let color = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            let (token, banner, hosts) = (Some(self.token), banner.into(), Vec::new());
            let (vault, random) = (self.vault, self.random);
            let options =
                shell::Options { lang, vault, token, auto_lock, color, banner, random, hosts };
            return Ok(shell::run(options)?);
        }
        let entries = self.token.entries().list().map_err(Failure::from)?;
        let names = entries.into_iter().find(|entry| entry.id == added.id).map(|entry| entry.names);
        let id = names.and_then(|names| names.credential_id);
        let id = id.as_ref().map(|id| id.as_str()).unwrap_or_default();
        print(&format!("{}\n", texts::demo_enrolled(lang, &id, &picture.display())))?;
        ticks(lang, &self.token, &self.clock)?;
        let [where_to, ..] = banner;
        print(&format!("{where_to}\n{}\n", texts::demo_stays(lang)))
    }

    /// The most needed line first: a low screen has room for one.
    fn banner(&self) -> [String; 4] {
        let (lang, url) = (self.lang, format!("{}/", self.bank.url));
        let name = texts::demo_payee(lang);
        [
            texts::demo_login(lang, &url, &CONTRACT, &PASSWORD),
            texts::demo_register(lang).to_owned(),
            texts::demo_payee_to_try(lang, &Payee::BANK, &Payee::BRANCH, &Payee::NUMBER, &name),
            texts::demo_passphrase(lang, &PASSPHRASE),
        ]
    }

    fn walk(self) -> ExitCode {
        let lang = self.lang;
        match self.go() {
            Ok(Ok(())) => finish(lang, print(&format!("{}\n", texts::walk_done(lang)))),
            Ok(Err(failed)) => {
                output_error(&texts::walk_failed(lang, &failed));
                ExitCode::FAILURE
            }
            Err(stop) => finish(lang, Err(stop)),
        }
    }

    fn go(&self) -> Result<Result<(), walk::StepFailed>, Stop> {
        let [first, _] = &self.bank.links;
        let first = link_in(&self.draw(first, FIRST_PICTURE)?)?;
        let second = create_vault(&self.folder.path().join("demo-second.warifu"), &self.random)?;
        let desk = Desk::new(&self.bank.url, Secret::copy_of(self.bank.api_key.expose()));
        let mut walk = Walk {
            lang: self.lang,
            browser: Browser::new(&self.bank.url, self.lang),
            desk: &desk,
            clock: self.clock,
            skipped: &self.skipped,
        };
        print(&format!("{}\n", texts::walk_time(self.lang)))?;
        let first = Enrolling { token: &self.token, link: &first };
        Ok(walk.run(&first, &second))
    }

    /// Draws a link as a picture in the folder; gives the picture's path.
    fn draw(&self, link: &LinkText, name: &str) -> Result<PathBuf, Failure> {
        let picture = self.folder.path().join(name);
        qr::draw(link.as_bytes(), &picture)?;
        Ok(picture)
    }
}

fn create_vault(path: &Path, random: &Arc<dyn Random>) -> Result<Token, Failure> {
    let passphrase = Passphrase::new(PASSPHRASE.as_bytes())?;
    Ok(Token::create(path, &passphrase, KdfParams::DEFAULT, Arc::clone(random))?)
}

/// The link, read from its picture.
fn link_in(picture: &Path) -> Result<ServiceLink, Failure> {
    match import::from_picture(picture)? {
        Source::Service(link) => Ok(link),
        Source::Credential(_) => Err(PcError::NotALink.into()),
    }
}

/// Three looks at the token, a second apart.
fn ticks(lang: Lang, token: &Token, clock: &DeviceClock) -> Result<(), Stop> {
    for tick in 0..3 {
        if tick > 0 {
            thread::sleep(Duration::from_secs(1));
        }
        let now = clock.now();
        let screen = token.screen(now)?;
        for card in &screen.cards {
            let Face::Totp { code, next, seconds_left, .. } = &card.face else { continue };
            let time = instant::rfc3339(UnixMillis(now.wall.0));
            let (code, next) = (code.expose(), next.expose());
            print(&format!("{}\n", texts::demo_tick(lang, &time, &code, seconds_left, &next)))?;
        }
    }
    Ok(())
}

fn output_error(line: &str) {
    use io::Write as _;
    let _ = writeln!(io::stderr(), "{line}");
}

/// Known to everybody, and told on the screen, so that a locked demo opens again. Its vault protects
/// nothing.
const PASSPHRASE: &str = "warifu-demo";

/// The customer's link, and that for another token.
const FIRST_PICTURE: &str = "warifu-demo-qr.png";
const SECOND_PICTURE: &str = "warifu-demo-second-qr.png";

/// Where the pictures, the database and the vault are: for good, or until the end.
enum Folder {
    Kept(PathBuf),
    Temporary(TempDir),
}

impl Folder {
    fn open(kept: Option<PathBuf>) -> Result<Self, Failure> {
        match kept {
            Some(folder) => {
                std::fs::create_dir_all(&folder).map_err(|_| PcError::NoFolder)?;
                Ok(Self::Kept(folder))
            }
            None => Ok(Self::Temporary(TempDir::new().map_err(|_| PcError::NoFolder)?)),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Kept(folder) => folder,
            Self::Temporary(folder) => folder.path(),
        }
    }
}
