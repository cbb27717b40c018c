//! Presses of the HOTP button through faults, kills and power cuts.

use std::{collections::HashMap, io::ErrorKind};

use super::{
    Token, create_on,
    dice::Dice,
    disk::{Fault, SimDisk, State, When},
    found::entries_of,
    hotp, hotp_code, open_on,
    operations::OLD,
    passphrase,
    power_cut::random_cut,
};
use crate::credential::{EntryId, RequestId};

const WALKS: usize = 60;
const PRESSES: usize = 40;

/// What the bank's side would see: which request got the code of which counter.
#[derive(Default)]
struct Ledger(HashMap<String, RequestId>);

impl Ledger {
    fn note(&mut self, code: &str, request: RequestId) {
        let first = *self.0.entry(code.to_owned()).or_insert(request);
        assert_eq!(first, request, "one code for two requests");
    }
}

#[test]
fn no_fault_kill_or_power_cut_gives_one_code_to_two_requests() {
    let mut shown = 0;
    for walk in 0..WALKS {
        let mut dice = Dice(u64::try_from(walk).unwrap());
        let disk = SimDisk::empty();
        let token = create_on(disk.clone(), OLD).unwrap();
        let id = token.entries().add(hotp("press", 0)).unwrap().id;
        let (mut disk, mut token) = (disk, token);
        let mut ledger = Ledger::default();
        let mut request = RequestId([0; 16]);
        for press in 0..PRESSES {
            // A press whose answer got lost is repeated now and then; a new press is a new request.
            if dice.below(3) > 0 {
                request = RequestId([u8::try_from(press + 1).unwrap(); 16]);
            }
            disk.watch(fault(&mut dice));
            if let Ok(code) = token.entries().advance(id, request) {
                ledger.note(code.expose(), request);
            }
            disk.watch(None);
            if let Some(after) = crash(&disk.state(), &mut dice) {
                disk = SimDisk::new(after, None);
                token = reopened(&disk);
            }
        }
        shown += ledger.0.len();
        assert_that_codes_are_spent(&token, id, &ledger);
    }
    println!("{shown} codes of {} presses", WALKS * PRESSES);
    assert!(shown > 500, "{shown} codes");
}

/// Every code that was shown lies below the counter.
fn assert_that_codes_are_spent(token: &Token, id: EntryId, ledger: &Ledger) {
    token.refresh().unwrap();
    let entry = entries_of(token).unwrap().into_iter().find(|entry| entry.id == id).unwrap();
    let super::Generator::Hotp { counter, .. } = entry.generator else { unreachable!() };
    let spent: Vec<_> =
        (0..counter).map(|counter| hotp_code("press", counter).expose().to_owned()).collect();
    assert!(ledger.0.keys().all(|code| spent.contains(code)));
}

fn fault(dice: &mut Dice) -> Option<Fault> {
    let kinds = [ErrorKind::StorageFull, ErrorKind::Interrupted, ErrorKind::Other];
    let whens = [When::Before, When::Half, When::After];
    dice.flip().then(|| Fault {
        call: dice.below(8),
        kind: kinds[dice.below(kinds.len())],
        when: whens[dice.below(whens.len())],
        lasting: dice.below(4) == 0,
    })
}

/// Nothing, a kill, or a power cut.
fn crash(state: &State, dice: &mut Dice) -> Option<State> {
    match dice.below(3) {
        0 => None,
        1 => Some(state.clone()),
        _ => Some(State::at_rest(random_cut(state, dice))),
    }
}

fn reopened(disk: &SimDisk) -> Token {
    let token = open_on(disk.clone()).unwrap();
    token.unlock(&passphrase(OLD)).unwrap();
    token
}
