//! What the child does to a vault: all that a customer does, on a phone and on a PC.

use std::{hint::black_box, path::Path, sync::Arc, thread};

use warifu::{
    credential::{EntryId, RequestId},
    otp::Code,
    provision::otpauth,
    secret::{Random, RandomFailed, Secret, SystemRandom},
    time::{BootId, DeviceTime, UnixMillis, Uptime},
    token::{Errand, Error, Face, Flow, Misuse, Outcome, Step, Token},
    vault::{
        self, KdfParams, KeyAnswer, KeyErrand, NewSlot, Passphrase, Pin, PinHardware, PinParams,
        UnlockWith,
    },
};
use zeroize::Zeroizing;

use crate::{
    child::stand_still,
    derived::Cost,
    enrolment,
    link::{self, Link},
};

/// The instant at which the child makes its codes.
pub(crate) const NOW: DeviceTime = DeviceTime {
    wall: UnixMillis::from_secs(1_800_000_000),
    uptime: Uptime(1_000),
    boot: BootId([1; 16]),
};

/// What Argon2id costs here: memory in KiB, passes, lanes.
pub(crate) const COST: Cost = (256, 2, 2);

/// Lives in a thread of its own, whose stack nothing has touched: below what the scrub reaches it
/// must stay so.
pub(crate) fn live(link: &Link, folder: &Path) {
    thread::scope(|scope| {
        let life = thread::Builder::new().stack_size(2 * link::STACK_READ);
        let life = life.spawn_scoped(scope, || {
            let top = 0_u8;
            let address = std::ptr::from_ref(black_box(&top)).addr() as u64;
            link.send(link::STACK, &address.to_be_bytes());
            read_and_forget(link);
            live_on_a_phone(link, &folder.join("phone"));
            live_on_a_pc(link, &folder.join("pc"));
            enrolment::enrol(link, &folder.join("enrolled"));
        });
        life.unwrap().join().unwrap();
    });
}

/// What is typed or scanned and then not used.
fn read_and_forget(link: &Link) {
    let new = otpauth::parse(&give(link, "uri 3")).unwrap();
    stand_still(link, "a link was read");
    drop(new);
    stand_still(link, "a link was forgotten");
    let pin = pin(link, "first PIN");
    stand_still(link, "a PIN was read");
    drop(pin);
    stand_still(link, "a PIN was forgotten");
    let words = passphrase(link, "first passphrase");
    stand_still(link, "a passphrase was read");
    drop(words);
    stand_still(link, "a passphrase was forgotten");
}

fn live_on_a_phone(link: &Link, path: &Path) {
    let (token, flow) = Token::create_on_device(path, drawn(link), NOW).unwrap();
    unlocked(run_flow(link, &flow));
    stand_still(link, "unlocked: made");
    let ids = add_all(link, &token);
    set_pin(link, &token, "first PIN", PinHardware::Mac);
    stand_still(link, "unlocked: the PIN is set");
    show_codes(link, &token);
    stand_still(link, "unlocked: codes were made");

    token.lock();
    stand_still(link, "locked at first");
    let wrong = token.unlock_with(UnlockWith::Pin(pin(link, "wrong PIN")), NOW);
    let refused = run_flow(link, &wrong).unwrap_err();
    assert!(matches!(refused, Error::Vault(vault::Error::WrongPin { .. })), "{refused:?}");
    stand_still(link, "after the failed unlock");
    let abandoned = token.unlock_with(UnlockWith::Pin(pin(link, "first PIN")), NOW);
    walk_to_the_mac(link, &abandoned);
    abandoned.abandon();
    assert_eq!(abandoned.step(NOW), Err(Misuse::Ended.into()));
    stand_still(link, "after an abandoned unlock");

    let right = token.unlock_with(UnlockWith::Pin(pin(link, "first PIN")), NOW);
    unlocked(run_flow(link, &right));
    stand_still(link, "unlocked: by PIN");
    set_pin(link, &token, "second PIN", PinHardware::Unwrap);
    stand_still(link, "unlocked: the PIN is changed");
    change_entries(link, &token, &ids);
    another_changes_it(link, path);
    assert!(token.refresh().unwrap());
    stand_still(link, "unlocked: refreshed");
    assert_eq!(run_flow(link, &token.anchor(NOW)), Ok(Outcome::Anchored));
    show_codes(link, &token);

    token.lock();
    stand_still(link, "after the lock");
    let again = token.unlock_with(UnlockWith::Pin(pin(link, "second PIN")), NOW);
    unlocked(run_flow(link, &again));
    stand_still(link, "unlocked: by the second PIN");
    token.lock();
    stand_still(link, "after another lock");
}

fn live_on_a_pc(link: &Link, path: &Path) {
    let first = passphrase(link, "first passphrase");
    let token = Token::create(path, &first, cost(), drawn(link)).unwrap();
    drop(first);
    stand_still(link, "unlocked: made with a passphrase");
    add_all(link, &token);
    show_codes(link, &token);
    stand_still(link, "unlocked: with a passphrase");
    token.lock();
    let wrong = token.unlock(&passphrase(link, "wrong passphrase"));
    assert_eq!(wrong, Err(vault::Error::WrongPassphrase.into()));
    stand_still(link, "after the wrong passphrase");
    token.unlock(&passphrase(link, "first passphrase")).unwrap();
    stand_still(link, "unlocked: by passphrase");
    let (first, second) =
        (passphrase(link, "first passphrase"), passphrase(link, "second passphrase"));
    token.slots().change_passphrase(&first, &second, cost()).unwrap();
    drop((first, second));
    stand_still(link, "unlocked: the passphrase is changed");
    token.lock();
    stand_still(link, "after the PC's lock");
}

fn add_all(link: &Link, token: &Token) -> Vec<EntryId> {
    let mut ids = Vec::new();
    loop {
        let uri = give(link, &format!("uri {}", ids.len()));
        if uri.is_empty() {
            return ids;
        }
        let new = otpauth::parse(&uri).unwrap();
        drop(uri);
        ids.push(token.entries().add(new).unwrap().id);
        stand_still(link, "unlocked: an entry was added");
    }
}

/// Each entry of the token that opens a seed, with a standstill behind it.
fn change_entries(link: &Link, token: &Token, ids: &[EntryId]) {
    let hotp = *ids.last().unwrap();
    for press in 0..3 {
        code(link, &token.entries().advance(hotp, RequestId([press; 16])).unwrap());
        stand_still(link, "unlocked: a button was pressed");
    }
    let names = token.screen(NOW).unwrap().cards.remove(0).names;
    token.entries().rename(ids[0], names.account, names.issuer).unwrap();
    stand_still(link, "unlocked: an entry was renamed");
    token.entries().remove(ids[1]).unwrap();
    stand_still(link, "unlocked: an entry was removed");
    assert_eq!(token.marker().unwrap().banks.len(), ids.len() - 1);
    stand_still(link, "unlocked: the marker was made");
}

/// Another process would do the same.
fn another_changes_it(link: &Link, path: &Path) {
    let other = Token::open(path, Arc::new(SystemRandom::new())).unwrap();
    unlocked(run_flow(link, &other.unlock_with(UnlockWith::Device, NOW)));
    let card = other.screen(NOW).unwrap().cards.remove(0);
    other.entries().rename(card.id, card.names.account, None).unwrap();
}

pub(crate) fn passphrase(link: &Link, which: &str) -> Passphrase {
    Passphrase::new(&give(link, which)).unwrap()
}

pub(crate) fn cost() -> KdfParams {
    let (memory, passes, lanes) = COST;
    KdfParams::new(memory, passes, lanes).unwrap()
}

pub(crate) fn drawn(link: &Link) -> Arc<dyn Random> {
    Arc::new(Drawn(link.another()))
}

/// Randomness that the parent knows, so that it knows the data key.
struct Drawn(Link);

impl Random for Drawn {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomFailed> {
        bytes.copy_from_slice(&give(&self.0, &format!("random {}", bytes.len())));
        Ok(())
    }
}

pub(crate) fn give(link: &Link, what: &str) -> Zeroizing<Vec<u8>> {
    link.ask(link::GIVE, what.as_bytes()).1
}

fn pin(link: &Link, which: &str) -> Pin {
    Pin::new(&give(link, which)).unwrap()
}

fn set_pin(link: &Link, token: &Token, which: &str, hardware: PinHardware) {
    let params = PinParams { kdf: cost(), hardware, limit: 5 };
    let flow = token.slots().set(NewSlot::Pin(pin(link, which), params), NOW);
    assert!(matches!(run_flow(link, &flow), Ok(Outcome::Slot(_))));
}

pub(crate) fn show_codes(link: &Link, token: &Token) {
    for card in token.screen(NOW).unwrap().cards {
        if let Face::Totp { code: now, next, .. } = card.face {
            code(link, &now);
            code(link, &next);
        }
    }
}

fn code(link: &Link, code: &Code) {
    assert_eq!(link.ask(link::CODE, code.expose().as_bytes()).0, link::DONE);
}

fn unlocked(outcome: Result<Outcome, Error>) {
    assert!(matches!(outcome, Ok(Outcome::Unlocked(_))), "{outcome:?}");
}

pub(crate) fn run_flow(link: &Link, flow: &Flow) -> Result<Outcome, Error> {
    let mut step = flow.step(NOW)?;
    loop {
        step = match step {
            Step::Ask { ticket, errand: Errand::Key(errand) } => {
                flow.answer(ticket, ask(link, &errand), NOW)?
            }
            Step::Ask { ticket, errand: Errand::Http(errand) } => {
                flow.answer(ticket, enrolment::post(link, errand), NOW)?
            }
            Step::Wait { .. } => panic!("nothing has to wait here"),
            Step::Done(outcome) => return Ok(outcome),
        };
    }
}

/// Answers every errand up to the MAC, and leaves that one open.
fn walk_to_the_mac(link: &Link, flow: &Flow) {
    let mut step = flow.step(NOW).unwrap();
    while let Step::Ask { ticket, errand: Errand::Key(errand) } = step {
        if matches!(errand, KeyErrand::Mac { .. }) {
            return;
        }
        step = flow.answer(ticket, ask(link, &errand), NOW).unwrap();
    }
    panic!("the flow ended without a MAC");
}

fn ask(link: &Link, errand: &KeyErrand) -> KeyAnswer {
    let with_bytes = |kind, key: &vault::KeyName, bytes: &[u8]| {
        link.send(kind, key.to_string().as_bytes());
        let (_, answer) = link.ask(link::BYTES, bytes);
        KeyAnswer::Bytes(Secret::from_zeroizing(answer))
    };
    let done = |kind, contents: &[u8]| {
        assert_eq!(link.ask(kind, contents).0, link::DONE);
        KeyAnswer::Done
    };
    match errand {
        KeyErrand::Create { key, .. } => done(link::CREATE, key.to_string().as_bytes()),
        KeyErrand::Delete { key } => done(link::DELETE, key.to_string().as_bytes()),
        KeyErrand::Find { key } => done(link::FIND, key.to_string().as_bytes()),
        KeyErrand::Wrap { key, plaintext } => with_bytes(link::WRAP, key, plaintext.expose()),
        KeyErrand::Unwrap { key, wrapped } => with_bytes(link::UNWRAP, key, wrapped),
        KeyErrand::Mac { key, message } => with_bytes(link::MAC, key, message.expose()),
        KeyErrand::ReadAnchor { .. } => {
            let (_, anchor) = link.ask(link::READ_ANCHOR, &[]);
            KeyAnswer::Anchor(anchor.first_chunk().map(|anchor| u64::from_be_bytes(*anchor)))
        }
        KeyErrand::RaiseAnchor { generation, .. } => {
            done(link::RAISE_ANCHOR, &generation.to_be_bytes())
        }
    }
}
