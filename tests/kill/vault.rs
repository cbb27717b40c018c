//! The vault under test, seen through the public interface.

use std::{path::Path, sync::Arc};

use warifu::{
    credential::{EntryId, Generator, Keys, Label, Names, NewCredential, Origin, Policy, Seed},
    otp::{
        Algorithm, Code, Digits, hotp,
        totp::{self, Steps},
    },
    secret::{Secret, SystemRandom},
    time::{BootId, DeviceTime, UnixMillis, Uptime},
    token::{Face, Token},
    vault::{KdfParams, Passphrase},
};

/// Names of HOTP credentials begin so; all others are TOTP.
pub(crate) const HOTP: &str = "hotp";

const PASSPHRASE: &[u8] = b"killed three hundred times";
const NOW: UnixMillis = UnixMillis::from_secs(2_000_000_000);

/// What a person sees of an entry, with its ID and its key's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: EntryId,
    pub(crate) key: String,
    pub(crate) account: String,
    /// The next counter; 0 for TOTP.
    pub(crate) counter: u64,
}

pub(crate) fn create(path: &Path) -> Token {
    let kdf = KdfParams::new(8, 1, 1).unwrap();
    Token::create(path, &passphrase(), kdf, Arc::new(SystemRandom::new())).unwrap()
}

pub(crate) fn unlocked(path: &Path) -> Token {
    let token = Token::open(path, Arc::new(SystemRandom::new())).unwrap();
    token.unlock(&passphrase()).unwrap();
    token
}

fn passphrase() -> Passphrase {
    Passphrase::new(PASSPHRASE).unwrap()
}

/// A credential whose key belongs to `key` alone; its issuer says so.
pub(crate) fn credential(key: &str) -> NewCredential {
    let algorithm = Algorithm::Sha1;
    let generator = if key.starts_with(HOTP) {
        Generator::Hotp { algorithm, digits: Digits::EIGHT, counter: 0 }
    } else {
        Generator::Totp { algorithm, digits: Digits::EIGHT, steps: Steps::default() }
    };
    let (issuer, account) = (Some(label(key)), Some(label("as added")));
    NewCredential {
        names: Names { issuer, account, credential_id: None },
        keys: Keys { code: Seed::new(secret(key)).unwrap(), sign: None, device: None },
        generator,
        origin: Origin::Otpauth,
        policy: Policy::default(),
        service: None,
    }
}

pub(crate) fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

pub(crate) fn hotp_code(key: &str, counter: u64) -> Code {
    hotp::code(&secret(key), Algorithm::Sha1, Digits::EIGHT, counter)
}

fn secret(key: &str) -> Secret {
    Secret::copy_of(format!("{key:-<20}").as_bytes())
}

/// All that is on the screen; a TOTP code that its key does not make is an error.
pub(crate) fn entries(token: &Token) -> Vec<Entry> {
    let now = DeviceTime { wall: NOW, uptime: Uptime(0), boot: BootId([0; 16]) };
    let cards = token.screen(now).unwrap().cards;
    let entry = |card: warifu::token::Card| {
        let text = |label: Option<Label>| label.unwrap().as_str().to_owned();
        let key = text(card.names.issuer);
        let counter = match card.face {
            Face::Hotp { counter } => counter,
            Face::Totp { code, .. } => {
                let step = Steps::default().at(NOW).unwrap().number;
                let expected = totp::code(&secret(&key), Algorithm::Sha1, Digits::EIGHT, step);
                assert_eq!(code.expose(), expected.expose(), "the key of {key}");
                0
            }
            Face::NeedsSync | Face::NotYet { .. } => panic!("no such credential was added"),
        };
        Entry { id: card.id, key, account: text(card.names.account), counter }
    };
    cards.into_iter().map(entry).collect()
}
