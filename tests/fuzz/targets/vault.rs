//! Any bytes as a vault file, opened by its passphrase and by each slot of the platform.
//!
//! Without a key the answer is exactly that of an independent reader (`vault_file`). With a key a
//! file opens only if it is one of `seeds/vault` in all that the root tag stands for, and then shows
//! exactly what that one shows; and it does open, if what it is opened by is whole.
//!
//! What a guess costs stands in the file, up to 256 MiB and 10 passes. A file that asks for more than
//! `MAX_COST` is not unlocked here, so that the fuzzer is not slowed down; that the cap is kept is
//! tested elsewhere.
#![no_main]

use std::{fs, path::PathBuf, sync::Arc, sync::LazyLock};

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use warifu::{
    credential::RequestId,
    otp::Code,
    time::{DeviceTime, UnixMillis},
    token::{Card, Error, Face, LockStatus, Outcome, Token},
    vault::{self, Corrupt, Passphrase, Pin, UnlockReport, UnlockWith},
};
use warifu_fuzz::{
    NOW, PASSPHRASE, PIN, Repeatable,
    key_store::KeyStore,
    memory,
    mutation::{self, Choices},
    vault_file::{Slot, Sum, VaultFile},
};

/// Memory in KiB times passes, of one slot.
const MAX_COST: u64 = 64;

fuzz_target!(init: LazyLock::force(&SEEDS), |bytes: &[u8]| {
    // The reader and this target's own model each hold the file some times; Argon2 its memory.
    memory::watch((256 << 10) + 64 * bytes.len(), || judge(bytes));
});

// One in four inputs comes as the engine makes it; the others are edited by parts.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut choices = Choices::new(seed);
    let by_parts = choices.one_of(4) > 0;
    let Ok(mut vault) = VaultFile::read(&data[..size], Sum::Ignored) else {
        return fuzzer_mutate(data, size, max_size);
    };
    if !by_parts {
        let size = fuzzer_mutate(data, size, max_size);
        return match VaultFile::read(&data[..size], Sum::Ignored) {
            Ok(vault) if choices.one_of(2) == 0 => replace(data, max_size, &vault.write()),
            _ => size,
        };
    }
    mutation::edit(&mut vault, &mut choices, &mut |part, most| {
        let size = part.len();
        part.resize(most.min(size + 64), 0);
        let size = fuzzer_mutate(part, size, most.min(size + 64));
        part.truncate(size);
    });
    replace(data, max_size, &vault.write())
});

fn replace(data: &mut [u8], max_size: usize, bytes: &[u8]) -> usize {
    let size = bytes.len().min(max_size).min(data.len());
    data[..size].copy_from_slice(&bytes[..size]);
    size
}

fn judge(bytes: &[u8]) {
    let file = match (VaultFile::read(bytes, Sum::Checked), open(bytes)) {
        (Ok(file), Ok(_)) => file,
        (Err(expected), Err(error)) => return assert_eq!(error, Error::Vault(expected)),
        (model, token) => panic!("{:?}, not {:?}", token.err(), model.err()),
    };
    if file.slots.iter().any(|slot| cost(slot) > MAX_COST) {
        return;
    }
    let seed = SEEDS.iter().find(|seed| file.has_contents_of(&seed.file));
    let origin = SEEDS.iter().find(|seed| file.vault_id == seed.file.vault_id);
    let passphrase = origin.map_or(PASSPHRASE, |seed| seed.passphrase);
    for way in Way::ALL.into_iter().filter(|way| file.slots.iter().any(|slot| way.fits(slot))) {
        let token = open(bytes).unwrap();
        match way.unlock(&token, passphrase) {
            Ok(report) => {
                let seed = seed.unwrap_or_else(|| panic!("{way:?} opens what nobody wrote"));
                assert_eq!(report.kept_unread, seed.unread);
                if way != Way::Pin {
                    assert_eq!(report.damaged_slots, file.damaged_slots());
                }
                let changed = bytes != seed.bytes;
                assert_eq!(Shown::by(&token, changed), seed.shown.of(changed));
            }
            Err(Error::Vault(error)) => {
                assert!(expected_of_an_edit(error), "{way:?}: {error:?}");
                let whole = seed.is_some_and(|seed| way.is_whole(&file, &seed.file));
                assert!(!whole, "{way:?}: {error:?}, although it is whole");
                assert!(!token.is_unlocked());
            }
            Err(other) => panic!("{way:?}: {other:?}"),
        }
        token.lock();
        assert_eq!(token.screen(NOW).unwrap().lock, LockStatus::Locked);
    }
}

/// What may come of a file that was edited. Nothing else happens here: the disk is whole, nobody
/// else writes, randomness does not run out.
fn expected_of_an_edit(error: vault::Error) -> bool {
    use vault::Error as E;
    matches!(
        error,
        E::Corrupt { part: Corrupt::Slot(_) | Corrupt::RootTag | Corrupt::Record(_) }
            | E::WrongPassphrase
            | E::KdfOutOfRange
            | E::TooLarge
            | E::PinLimitOutOfRange
            | E::WrongPin { .. }
            | E::PinDestroyed
            | E::KeyLost { .. }
            | E::NeedsReEnrolment
            | E::RestoredOnAnotherDevice
            | E::KeyStore(_)
            | E::WrongAnswer
    )
}

/// A way to the data key.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    Passphrase = 1,
    Device,
    Biometric,
    Pin,
}

impl Way {
    const ALL: [Self; 4] = [Self::Passphrase, Self::Device, Self::Biometric, Self::Pin];

    fn fits(self, slot: &Slot) -> bool {
        slot.kind == self as u8
    }

    fn unlock(self, token: &Token, passphrase: &[u8]) -> Result<UnlockReport, Error> {
        let way = match self {
            Self::Passphrase => return token.unlock(&Passphrase::new(passphrase)?),
            Self::Device => UnlockWith::Device,
            Self::Biometric => UnlockWith::Biometric,
            Self::Pin => UnlockWith::Pin(Pin::new(PIN).unwrap()),
        };
        match KeyStore::default().drive(&token.unlock_with(way, NOW), NOW)? {
            Outcome::Unlocked(report) => Ok(report),
            other => panic!("{other:?}"),
        }
    }

    /// Whether this way must open the file, whose table and records are the seed's.
    fn is_whole(self, file: &VaultFile, seed: &VaultFile) -> bool {
        let mut slots = file.slots.iter().zip(&seed.slots).filter(|(slot, _)| self.fits(slot));
        match self {
            // Its envelope, which it has no use for, may be what it likes.
            Self::Passphrase => slots.any(|(slot, seed)| slot.fixed == seed.fixed),
            _ => slots.next().is_some_and(|(slot, seed)| slot == seed),
        }
    }
}

/// What a guess at the slot costs, whatever its kind makes of those bytes.
fn cost(slot: &Slot) -> u64 {
    let number = |at: usize| {
        slot.fixed
            .get(at..at + 4)
            .map_or(0, |bytes| bytes.iter().fold(0, |n, b| n << 8 | u64::from(*b)))
    };
    let (memory, passes) = (number(16), number(20));
    let accepted = memory <= 256 * 1024 && passes <= 10;
    if matches!(slot.kind, 1 | 4) && accepted { memory * passes } else { 0 }
}

/// All that a person sees of a vault.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    cards: Vec<Vec<Card>>,
    /// The next code of each counter; making one writes the file.
    codes: Vec<Code>,
}

impl Shown {
    fn by(token: &Token, with_counters: bool) -> Self {
        let at = |secs| DeviceTime { wall: UnixMillis::from_secs(secs), ..NOW };
        let cards = [1_700_000_000, 2_000_000_000, 4_294_967_290]
            .map(|secs| token.screen(at(secs)).unwrap().cards)
            .to_vec();
        let counters = cards[0].iter().filter(|card| matches!(card.face, Face::Hotp { .. }));
        let press = |card: &Card| token.entries().advance(card.id, RequestId([9; 16])).unwrap();
        let codes = if with_counters { counters.map(press).collect() } else { Vec::new() };
        Self { cards, codes }
    }

    fn of(&self, with_counters: bool) -> Self {
        let codes = if with_counters { self.codes.clone() } else { Vec::new() };
        Self { cards: self.cards.clone(), codes }
    }
}

struct Seed {
    bytes: &'static [u8],
    passphrase: &'static [u8],
    file: VaultFile,
    unread: usize,
    shown: Shown,
}

static SEEDS: LazyLock<Vec<Seed>> = LazyLock::new(|| {
    const PLAIN: &str = "correct horse battery staple";
    let read = |(bytes, passphrase): (&'static [u8], &'static str)| {
        let passphrase = passphrase.as_bytes();
        let file = VaultFile::read(bytes, Sum::Checked).unwrap();
        let token = open(bytes).unwrap();
        let report = Way::Passphrase.unlock(&token, passphrase).unwrap();
        Seed { bytes, passphrase, file, unread: report.kept_unread, shown: Shown::by(&token, true) }
    };
    [
        (&include_bytes!("../seeds/vault/minimal")[..], PLAIN),
        (include_bytes!("../seeds/vault/full"), "割符は二つで一つ　ﾜﾘﾌ１２３"),
        (include_bytes!("../seeds/vault/later"), PLAIN),
        (include_bytes!("../seeds/vault/slots-mac"), PLAIN),
        (include_bytes!("../seeds/vault/slots-unwrap"), PLAIN),
    ]
    .map(read)
    .into()
});

fn open(bytes: &[u8]) -> Result<Token, Error> {
    fs::write(&*PLACE, bytes).unwrap();
    Token::open(&PLACE, Arc::new(Repeatable::default()))
}

/// In memory where the system has such a folder: each input is a file, and some are synced.
static PLACE: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let chosen = std::env::var_os("TMPDIR").is_some() || !memory.is_dir();
    let folder = if chosen { std::env::temp_dir() } else { memory };
    let folder = folder.join(format!("warifu-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder.join("vault")
});
