//! A working token with nothing set up: `cargo run`.
//!
//! It draws a QR code for a random seed, registers it as `warifu add IMAGE` does, and opens the live
//! screen; off a terminal it prints three ticks, one second apart, and ends.

mod qr;

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
    secret::{Random, SystemRandom, WIPING_ALLOCATOR, WipingAllocator},
    time::{Millis, UnixMillis},
    token::{Face, Token},
    vault::{KdfParams, Passphrase},
};
use warifu_desktop::{
    cli::{Stop, finish, print, understand},
    device_clock::DeviceClock,
    failure::{Failure, PcError},
    import, instant,
    locale::Lang,
    memory, shell, texts,
};

/// Wipes all memory on its way back.
#[global_allocator]
static ALLOCATOR: WipingAllocator = WIPING_ALLOCATOR;

#[derive(Parser)]
#[command(name = "warifu-demo", version)]
struct Arguments {
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
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
        .mut_arg("lang", |arg| arg.help(texts::cli_lang(lang)));
    match understand::<Arguments>(lang, command) {
        Ok(Arguments { folder, .. }) => finish(lang, run(lang, folder)),
        Err(status) => status,
    }
}

fn run(lang: Lang, folder: Option<PathBuf>) -> Result<(), Stop> {
    let folder = Folder::open(folder)?;
    let random: Arc<dyn Random> = Arc::new(SystemRandom::new());
    // The vault first: where one is kept already, nothing of it or its picture is replaced.
    let vault = folder.path().join("demo.warifu");
    let passphrase = Passphrase::new(PASSPHRASE.as_bytes())?;
    let token = Token::create(&vault, &passphrase, KdfParams::DEFAULT, random.clone())?;
    let picture = folder.path().join("warifu-demo-qr.png");
    qr::draw(lang, &*random, &picture)?;
    import::from_picture(&picture)?.add_to(&token)?;
    let banner = texts::demo_picture(lang, &PASSPHRASE, &picture.display());
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        let auto_lock = Millis::from_secs(86_400);
        let color = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let (token, banner) = (Some(token), Some(banner));
        let options = shell::Options { lang, vault, token, auto_lock, color, banner, random };
        return Ok(shell::run(options)?);
    }
    print(&format!("{banner}\n"))?;
    ticks(lang, &token, &DeviceClock::new(&*random)?)
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

/// Known to everybody, and told on the screen, so that a locked demo opens again. Its vault protects
/// nothing.
const PASSPHRASE: &str = "warifu-demo";

/// Where the picture and the vault are: for good, or until the end.
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
