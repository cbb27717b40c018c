//! A bank's token service and a PC token, joined on loopback: `cargo run`.
//!
//! It starts the service with a fresh database, draws the link with an activation code as a QR code,
//! enrols the token from that picture as `warifu enrol IMAGE` does, and opens the live screen; off a
//! terminal it prints three ticks, one second apart, and ends. `--judge CODE`, in another terminal, has
//! a code judged. `--walk` goes through the whole life of a credential by itself.

mod bank;
mod desk;
mod qr;
mod running;
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

use bank::Bank;
use desk::Desk;
use running::Note;
use walk::Walk;

/// Wipes all memory on its way back.
#[global_allocator]
static ALLOCATOR: WipingAllocator = WIPING_ALLOCATOR;

#[derive(Parser)]
#[command(name = "warifu-demo", version)]
struct Arguments {
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    #[arg(long, conflicts_with = "judge")]
    walk: bool,
    #[arg(long, value_name = "CODE")]
    judge: Option<String>,
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
        .mut_arg("walk", |arg| arg.help(texts::demo_walk(lang)))
        .mut_arg("judge", |arg| arg.help(texts::demo_judge(lang)))
        .mut_arg("lang", |arg| arg.help(texts::cli_lang(lang)));
    match understand::<Arguments>(lang, command) {
        Ok(Arguments { judge: Some(code), .. }) => judge(lang, &code),
        Ok(Arguments { folder, walk, .. }) => match Demo::start(lang, folder) {
            Ok(demo) if walk => demo.walk(),
            Ok(demo) => finish(lang, demo.show()),
            Err(stop) => finish(lang, Err(stop)),
        },
        Err(status) => status,
    }
}

/// A running service, and a token that has enrolled with nobody yet.
struct Demo {
    lang: Lang,
    random: Arc<dyn Random>,
    clock: DeviceClock,
    vault: PathBuf,
    token: Token,
    bank: Bank,
    picture: PathBuf,
    /// The last to go.
    _folder: Folder,
}

impl Demo {
    fn start(lang: Lang, folder: Option<PathBuf>) -> Result<Self, Stop> {
        let folder = Folder::open(folder)?;
        let random: Arc<dyn Random> = Arc::new(SystemRandom::new());
        // The vault first: where one is kept already, nothing of it or beside it is replaced.
        let vault = folder.path().join("demo.warifu");
        let passphrase = Passphrase::new(PASSPHRASE.as_bytes()).map_err(Failure::from)?;
        let create = Token::create(&vault, &passphrase, KdfParams::DEFAULT, random.clone());
        let token = create.map_err(Failure::from)?;
        let bank = Bank::start(folder.path(), texts::demo_bank(lang)).map_err(|error| {
            output_error(lang, &error.to_string());
            PcError::NoService
        })?;
        let picture = folder.path().join("warifu-demo-qr.png");
        qr::draw(bank.link.as_bytes(), &picture)?;
        let clock = DeviceClock::new(&*random).map_err(Failure::from)?;
        Ok(Self { lang, random, clock, vault, token, bank, picture, _folder: folder })
    }

    /// The token's screen, and below it how to have a code judged.
    fn show(self) -> Result<(), Stop> {
        let lang = self.lang;
        let enroller = Enroller { carrier: &Carrier::default(), clock: &self.clock };
        let link = self.link()?.link().map_err(Failure::from)?;
        let added = enroller.enrol(&self.token, link).map_err(Failure::from)?;
        let entries = self.token.entries().list().map_err(Failure::from)?;
        let names = entries.into_iter().find(|entry| entry.id == added.id).map(|entry| entry.names);
        let id = names.and_then(|names| names.credential_id);
        let id = id.as_ref().map(|id| id.as_str()).unwrap_or_default();
        let _note = Note::leave(&self.bank.url, &self.bank.api_key, id).ok();
        let banner = texts::demo_how(lang, &PASSPHRASE);
        if io::stdin().is_terminal() && io::stdout().is_terminal() {
            let auto_lock = Millis::from_secs(86_400);
            let color = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            let (token, banner) = (Some(self.token), Some(banner));
            let (vault, random) = (self.vault, self.random);
            let hosts = Vec::new();
            let options =
                shell::Options { lang, vault, token, auto_lock, color, banner, random, hosts };
            return Ok(shell::run(options)?);
        }
        print(&format!("{}\n", texts::demo_enrolled(lang, &id, &self.picture.display())))?;
        ticks(lang, &self.token, &self.clock)?;
        print(&format!("{banner}\n"))
    }

    fn walk(self) -> ExitCode {
        let lang = self.lang;
        let desk = Desk::new(&self.bank.url, Secret::copy_of(self.bank.api_key.expose()));
        let walk = Walk { lang, token: &self.token, clock: &self.clock, desk: &desk };
        let link = match self.link() {
            Ok(link) => link,
            Err(failure) => return finish(lang, Err(failure.into())),
        };
        match walk.run(&link) {
            Ok(()) => finish(lang, print(&format!("{}\n", texts::walk_done(lang)))),
            Err(failed) => {
                output_error(lang, &texts::walk_failed(lang, &failed));
                ExitCode::FAILURE
            }
        }
    }

    /// The link, read from its picture.
    fn link(&self) -> Result<ServiceLink, Failure> {
        match import::from_picture(&self.picture)? {
            Source::Service(link) => Ok(link),
            Source::Credential(_) => Err(PcError::NotALink.into()),
        }
    }
}

/// Has a code judged by the service of the demo that runs.
fn judge(lang: Lang, code: &str) -> ExitCode {
    let Some((desk, id)) = running::find() else {
        output_error(lang, texts::judge_nobody(lang));
        return ExitCode::FAILURE;
    };
    match desk.verify(&id, code) {
        Ok(judged) => {
            let verdict = judged.get("verdict").and_then(serde_json::Value::as_str);
            let verdict = verdict.unwrap_or_default();
            let text = match verdict {
                "accepted" => texts::judge_accepted(lang),
                "replayed" => texts::judge_replayed(lang),
                "out_of_sync" => texts::judge_out_of_sync(lang),
                "too_soon" => texts::judge_too_soon(lang),
                "locked" => texts::judge_locked(lang),
                _ => texts::judge_wrong(lang),
            };
            let status = finish(lang, print(&format!("{text} ({verdict})\n")));
            if verdict == "accepted" { status } else { ExitCode::FAILURE }
        }
        Err(error) => {
            output_error(lang, &texts::judge_failed(lang, &error));
            ExitCode::FAILURE
        }
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

fn output_error(_: Lang, line: &str) {
    use io::Write as _;
    let _ = writeln!(io::stderr(), "{line}");
}

/// Known to everybody, and told on the screen, so that a locked demo opens again. Its vault protects
/// nothing.
const PASSPHRASE: &str = "warifu-demo";

/// Where the picture, the database and the vault are: for good, or until the end.
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
