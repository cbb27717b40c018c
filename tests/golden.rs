//! Vaults as earlier versions of warifu wrote them open forever, and keep what this one does not
//! know. The files in `tests/golden` never change; each has its expectation beside it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::Deserialize;
use warifu::{
    credential::{Label, RequestId, UnlockPolicy},
    provision::otpauth,
    secret::SystemRandom,
    time::{BootId, DeviceTime, UnixMillis, Uptime},
    token::{Card, Face, Token},
    vault::Passphrase,
};

#[derive(Deserialize)]
struct Expected {
    passphrase: String,
    generation: u64,
    unread: usize,
    damaged: [String; 0],
    entries: Vec<Entry>,
    pending: Option<Pending>,
}

/// An enrolment that has not come to its end.
#[derive(Deserialize)]
struct Pending {
    host: String,
    stage: String,
    issuer: Option<String>,
    credential_id: Option<String>,
    unlock: Option<String>,
}

#[derive(Deserialize)]
struct Entry {
    issuer: Option<String>,
    account: Option<String>,
    credential_id: Option<String>,
    /// By Unix time in seconds.
    totp: Option<BTreeMap<String, String>>,
    hotp: Option<Hotp>,
    /// Whether the issuer demands that its time is heard first. In another boot than the file's it was not.
    #[serde(default)]
    synced: bool,
}

#[derive(Deserialize)]
struct Hotp {
    counter: u64,
    next: Vec<String>,
    again: Option<Again>,
}

/// The last press of the button.
#[derive(Deserialize)]
struct Again {
    request: String,
    code: String,
}

/// A copy of a golden file, and what must be in it.
struct Golden {
    _folder: tempfile::TempDir,
    path: PathBuf,
    expected: Expected,
}

impl Golden {
    fn copy(vault: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault");
        fs::write(&path, fs::read(vault).unwrap()).unwrap();
        let json = fs::read(vault.with_extension("json")).unwrap();
        Self { _folder: folder, path, expected: serde_json::from_slice(&json).unwrap() }
    }

    fn open(&self) -> Token {
        let token = Token::open(&self.path, Arc::new(SystemRandom::new())).unwrap();
        let passphrase = Passphrase::new(self.expected.passphrase.as_bytes()).unwrap();
        let report = token.unlock(&passphrase).unwrap();
        assert_eq!(report.kept_unread, self.expected.unread);
        assert_eq!(report.damaged_slots.len(), self.expected.damaged.len());
        token
    }
}

fn golden_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut vaults: Vec<_> = files.filter(|file| file.extension().unwrap() == "warifu").collect();
    vaults.sort();
    vaults
}

fn at(secs: i64) -> DeviceTime {
    DeviceTime { wall: UnixMillis::from_secs(secs), uptime: Uptime(0), boot: BootId([0; 16]) }
}

#[test]
fn each_golden_file_opens_with_its_names_and_codes() {
    let files = golden_files();
    assert!(files.len() >= 4);
    for file in files {
        let golden = Golden::copy(&file);
        let token = golden.open();
        assert_eq!(Table::read(&golden.path).generation, golden.expected.generation, "{file:?}");
        let cards = token.screen(at(2_000_000_100)).unwrap().cards;
        assert_eq!(cards.len(), golden.expected.entries.len(), "{file:?}");
        for (place, (card, entry)) in cards.iter().zip(&golden.expected.entries).enumerate() {
            assert_names(card, entry);
            assert_eq!(entry.totp.is_some(), entry.hotp.is_none());
            for (secs, code) in entry.totp.iter().flatten() {
                let card = &token.screen(at(secs.parse().unwrap())).unwrap().cards[place];
                if entry.synced {
                    assert_eq!(card.face, Face::NeedsSync, "{file:?}");
                    continue;
                }
                let Face::Totp { code: shown, .. } = &card.face else { panic!("{card:?}") };
                assert_eq!(shown.expose(), code, "{file:?} {card:?} {secs}");
            }
            if let Some(hotp) = &entry.hotp {
                assert_hotp(&token, card, hotp);
            }
        }
        assert_pending(&token, golden.expected.pending.as_ref());
    }
}

fn assert_names(card: &Card, entry: &Entry) {
    let names = &card.names;
    assert_eq!(names.issuer.as_ref().map(Label::as_str), entry.issuer.as_deref());
    assert_eq!(names.account.as_ref().map(Label::as_str), entry.account.as_deref());
    let id = names.credential_id.as_ref().map(|id| id.as_str());
    assert_eq!(id, entry.credential_id.as_deref());
}

fn assert_pending(token: &Token, expected: Option<&Pending>) {
    // That of a later version is kept and not read.
    let pending = token.enrolment().pending().ok().flatten();
    assert_eq!(pending.is_some(), expected.is_some());
    let (Some(pending), Some(expected)) = (pending, expected) else { return };
    assert_eq!(pending.host, expected.host);
    let stage = if pending.answered.is_some() { "answered" } else { "requested" };
    assert_eq!(stage, expected.stage);
    let Some(answered) = pending.answered else { return };
    assert_eq!(answered.issuer.as_ref().map(Label::as_str), expected.issuer.as_deref());
    let id = answered.credential_id.as_ref().map(|id| id.as_str());
    assert_eq!(id, expected.credential_id.as_deref());
    let unlock = match answered.unlock {
        UnlockPolicy::Any => "any",
        UnlockPolicy::UserVerification => "user-verification",
    };
    assert_eq!(Some(unlock), expected.unlock.as_deref());
}

/// The last press gives its code again and spends nothing; new ones give the next codes.
fn assert_hotp(token: &Token, card: &Card, hotp: &Hotp) {
    assert_eq!(card.face, Face::Hotp { counter: hotp.counter });
    if let Some(again) = &hotp.again {
        let number = u128::from_str_radix(&again.request, 16).unwrap();
        let code = token.entries().advance(card.id, RequestId(number.to_be_bytes())).unwrap();
        assert_eq!(code.expose(), again.code);
    }
    for (press, code) in (0xa0..).zip(&hotp.next) {
        let next = token.entries().advance(card.id, RequestId([press; 16])).unwrap();
        assert_eq!(next.expose(), code);
    }
}

#[test]
fn what_a_later_version_wrote_is_kept_byte_for_byte_over_every_change() {
    let later = golden_files().into_iter().find(|file| file.ends_with("v1-later.warifu")).unwrap();
    let golden = Golden::copy(&later);
    let token = golden.open();
    let before = Table::read(&golden.path);
    let cards = token.screen(at(2_000_000_000)).unwrap().cards;
    let shown: Vec<_> = cards.iter().map(|card| card.id.0).collect();
    let mut unread = before.records.clone();
    unread.retain(|record| shown.iter().all(|id| id[..] != record.id));
    let mut kinds: Vec<_> = unread.iter().map(|record| record.kind).collect();
    kinds.sort();
    assert_eq!(kinds, [1, 2, 3, 0x7f]);
    assert!(before.slots.iter().any(|slot| slot.kind == 9 && slot.envelope.len() == 8 + 24));

    let changes: [&dyn Fn(); 3] = [
        &|| {
            let uri = b"otpauth://totp/New?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&period=60";
            token.entries().add(otpauth::parse(uri).unwrap()).unwrap();
        },
        &|| token.entries().rename(cards[0].id, None, Label::new("another").ok()).unwrap(),
        &|| token.entries().remove(cards[1].id).unwrap(),
    ];
    for (change, generation) in changes.iter().zip(golden.expected.generation + 1..) {
        change();
        let after = Table::read(&golden.path);
        assert_eq!(after.generation, generation);
        assert_eq!(after.slots, before.slots);
        assert!(unread.iter().all(|record| after.records.contains(record)));
    }
    assert_eq!(golden.open().screen(at(2_000_000_000)).unwrap().cards.len(), 3);
}

/// The file's parts as `docs/vault-format.md` has them, read without a key.
struct Table {
    generation: u64,
    slots: Vec<Slot>,
    records: Vec<Record>,
}

#[derive(Debug, Clone, PartialEq)]
struct Slot {
    row: Vec<u8>,
    kind: u8,
    fixed: Vec<u8>,
    envelope: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq)]
struct Record {
    row: Vec<u8>,
    id: Vec<u8>,
    kind: u8,
    body: Vec<u8>,
}

impl Table {
    fn read(path: &Path) -> Self {
        let file = fs::read(path).unwrap();
        let mut rest = &file[..];
        let header = take(&mut rest, 40);
        let (slots, records) = (number(&header[34..36]), number(&header[36..40]));
        let slot_rows: Vec<_> = (0..slots).map(|_| take(&mut rest, 45)).collect();
        let record_rows: Vec<_> = (0..records).map(|_| take(&mut rest, 49)).collect();
        take(&mut rest, 64);
        let mut slots: Vec<_> = slot_rows
            .into_iter()
            .map(|row| {
                let fixed = take(&mut rest, number(&row[11..13]));
                Slot { kind: row[8], row, fixed, envelope: Vec::new() }
            })
            .collect();
        let records = record_rows
            .into_iter()
            .map(|row| {
                let body = take(&mut rest, number(&row[17..21]));
                Record { id: row[..16].to_vec(), kind: row[16], row, body }
            })
            .collect();
        for slot in slots.iter_mut().filter(|slot| slot.row[9..11] != [0, 0]) {
            slot.envelope =
                [take(&mut rest, 8), take(&mut rest, number(&slot.row[9..11]))].concat();
        }
        assert!(rest.is_empty());
        Self { generation: u64::try_from(number(&header[26..34])).unwrap(), slots, records }
    }
}

fn take(rest: &mut &[u8], len: usize) -> Vec<u8> {
    let (taken, left) = rest.split_at(len);
    *rest = left;
    taken.to_vec()
}

fn number(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}
