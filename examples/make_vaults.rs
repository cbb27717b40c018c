//! Makes vaults, and says what a reader must find in them: `make_vaults FOLDER`.
//!
//! Beside each `NAME.warifu` stands a `NAME.json` with the passphrase, the names, the codes at fixed
//! times and the next HOTP codes; no key. Seeds are drawn anew each time. `tests/reader/check.py`
//! reads the vaults with an independent reader; the golden files began here too.

use std::{collections::HashMap, env, error::Error, fs, path::Path, sync::Arc};

use serde_json::{Map, Value, json};
use warifu::{
    credential::{EntryId, RequestId},
    provision::otpauth,
    secret::{Random, SystemRandom},
    time::{BootId, DeviceTime, UnixMillis, Uptime},
    token::{Card, Face, Token},
    vault::{KdfParams, Passphrase},
};

/// In 2020 and 2033, just past 2038 (2³¹ seconds), and close to 2106 (2³² seconds).
const TIMES: [i64; 4] = [1_600_000_000, 2_000_000_000, 2_147_483_648, 4_294_967_290];

/// The vault's generation stands at this place of the file.
const GENERATION: std::ops::Range<usize> = 26..34;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let folder = env::args().nth(1).ok_or("usage: make_vaults FOLDER")?;
    fs::create_dir_all(&folder)?;
    for recipe in recipes()? {
        recipe.make(Path::new(&folder))?;
    }
    Ok(())
}

/// One vault to make.
struct Recipe {
    name: &'static str,
    passphrase: &'static str,
    kdf: KdfParams,
    uris: Vec<String>,
    /// How often each HOTP button is pressed.
    presses: usize,
    change_to: Option<(&'static str, KdfParams)>,
}

fn recipes() -> Outcome<Vec<Recipe>> {
    let cheap = KdfParams::new(8, 1, 1)?;
    let plain = |name, uris| {
        let passphrase = "correct horse battery staple";
        Recipe { name, passphrase, kdf: cheap, uris, presses: 0, change_to: None }
    };
    let japanese = "割符は二つで一つ　ﾜﾘﾌ１２３";
    Ok(vec![
        plain("empty", vec![]),
        plain("minimal", vec![totp("Bank:0001", 32, "")?]),
        plain("totp", every_totp()?),
        Recipe { presses: 3, ..plain("hotp", every_hotp()?) },
        Recipe { passphrase: japanese, presses: 1, ..plain("full", full()?) },
        plain(
            "many",
            (0..300).map(|n| totp(&format!("Bank:{n:04}"), 32, "")).collect::<Outcome<_>>()?,
        ),
        Recipe {
            change_to: Some((japanese, KdfParams::new(64, 2, 4)?)),
            ..plain("changed", full()?)
        },
        Recipe {
            kdf: KdfParams::DEFAULT,
            ..plain("default-kdf", vec![totp("Bank:0001", 32, "")?])
        },
    ])
}

fn every_totp() -> Outcome<Vec<String>> {
    let mut uris = Vec::new();
    for algorithm in ["SHA1", "SHA256", "SHA512"] {
        for digits in 6..=10 {
            for period in [1, 30, 60, 86_400] {
                let label = format!("{algorithm}:{digits} digits, {period} s");
                let rest = format!("&algorithm={algorithm}&digits={digits}&period={period}");
                uris.push(totp(&label, 52, &rest)?);
            }
        }
    }
    Ok(uris)
}

fn every_hotp() -> Outcome<Vec<String>> {
    let mut uris = Vec::new();
    for algorithm in ["SHA1", "SHA256", "SHA512"] {
        for counter in [0, 4_294_967_294, 18_446_744_073_709_551_600_u64] {
            let rest = format!("&algorithm={algorithm}&digits=8&counter={counter}");
            uris.push(uri("hotp", &format!("{algorithm}:from {counter}"), 32, &rest)?);
        }
    }
    Ok(uris)
}

/// A bit of everything: names with and without each part, the shortest and the longest seed.
fn full() -> Outcome<Vec<String>> {
    Ok(vec![
        totp("割符信用金庫:普通 1234567", 32, "&credential_id=WRFU12345678")?,
        totp("口座番号だけ", 32, "&digits=8")?,
        totp("Weak:80 bits", 16, "")?,
        totp("Long:1024 bits", 205, "&algorithm=SHA512&digits=10&period=60")?,
        totp("Äpfel & Öl:ﾊﾝｶｸ 🏦", 32, "")?,
        uri("hotp", "割符銀行:法人 甲", 32, "&counter=0&digits=8&credential_id=WRFU87654321")?,
        uri("hotp", "割符銀行:法人 乙", 52, "&counter=4294967295&algorithm=SHA256")?,
    ])
}

fn totp(label: &str, letters: usize, rest: &str) -> Outcome<String> {
    uri("totp", label, letters, rest)
}

fn uri(kind: &str, label: &str, letters: usize, rest: &str) -> Outcome<String> {
    const BASE32: [u8; 32] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut random = vec![0; letters];
    SystemRandom::new().fill(&mut random)?;
    let letter = |byte: u8| BASE32.iter().copied().cycle().nth(byte.into()).map(char::from);
    let secret: String = random.into_iter().filter_map(letter).collect();
    Ok(format!("otpauth://{kind}/{label}?secret={secret}{rest}"))
}

impl Recipe {
    fn make(self, folder: &Path) -> Outcome<()> {
        let Self { name, passphrase, kdf, uris, presses, change_to } = self;
        let work = tempfile::tempdir()?;
        let path = work.path().join("vault");
        let mut typed = passphrase;
        let mut token = Token::create(&path, &secret(typed)?, kdf, Arc::new(SystemRandom::new()))?;
        for uri in uris {
            token.entries().add(otpauth::parse(uri.as_bytes())?)?;
        }
        let mut again = HashMap::new();
        for card in token.screen(at(TIMES[0]))?.cards {
            for _ in 0..presses {
                if let Face::Hotp { .. } = card.face {
                    let request = RequestId(random()?);
                    let code = token.entries().advance(card.id, request)?;
                    let request: String = request.0.iter().map(|b| format!("{b:02x}")).collect();
                    again.insert(card.id, json!({ "request": request, "code": code.expose() }));
                }
            }
        }
        if let Some((new, kdf)) = change_to {
            token.slots().change_passphrase(&secret(typed)?, &secret(new)?, kdf)?;
            typed = new;
            token = Token::open(&path, Arc::new(SystemRandom::new()))?;
            token.unlock(&secret(typed)?)?;
        }

        let bytes = fs::read(&path)?;
        let generation = bytes.get(GENERATION).ok_or("no generation")?.try_into()?;
        fs::write(folder.join(format!("{name}.warifu")), bytes)?;
        let expected = json!({
            "passphrase": typed,
            "generation": u64::from_be_bytes(generation),
            "unread": 0,
            "damaged": [],
            "entries": entries(&token, &again)?,
        });
        let text = serde_json::to_string_pretty(&expected)?;
        fs::write(folder.join(format!("{name}.json")), text + "\n")?;
        Ok(())
    }
}

/// What the cards show, and the next HOTP codes, which are spent in the folder of work alone.
fn entries(token: &Token, again: &HashMap<EntryId, Value>) -> Outcome<Vec<Value>> {
    let mut entries: Vec<_> = token.screen(at(TIMES[0]))?.cards.iter().map(named).collect();
    for time in TIMES {
        for (card, entry) in token.screen(at(time))?.cards.iter().zip(&mut entries) {
            if let Face::Totp { code, .. } = &card.face {
                let codes = entry.entry("totp").or_insert_with(|| json!({}));
                codes[time.to_string()] = code.expose().into();
            }
        }
    }
    for (card, entry) in token.screen(at(TIMES[0]))?.cards.iter().zip(&mut entries) {
        if let Face::Hotp { counter } = card.face {
            let mut next = Vec::new();
            for _ in 0..3 {
                next.push(
                    token.entries().advance(card.id, RequestId(random()?))?.expose().to_owned(),
                );
            }
            let again = again.get(&card.id);
            let hotp = json!({ "counter": counter, "next": next, "again": again });
            entry.insert("hotp".into(), hotp);
        }
    }
    Ok(entries.into_iter().map(Value::Object).collect())
}

fn named(card: &Card) -> Map<String, Value> {
    let names = &card.names;
    let mut entry = Map::new();
    entry.insert("issuer".into(), names.issuer.as_ref().map(|name| name.as_str()).into());
    entry.insert("account".into(), names.account.as_ref().map(|name| name.as_str()).into());
    let id = names.credential_id.as_ref().map(|id| id.as_str());
    entry.insert("credential_id".into(), id.into());
    entry
}

fn secret(text: &str) -> Outcome<Passphrase> {
    Ok(Passphrase::new(text.as_bytes())?)
}

fn random<const N: usize>() -> Outcome<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes)?;
    Ok(bytes)
}

fn at(secs: i64) -> DeviceTime {
    DeviceTime { wall: UnixMillis::from_secs(secs), uptime: Uptime(0), boot: BootId([0; 16]) }
}
