//! The process that is killed.

use std::{
    io::{Write, stdout},
    path::Path,
    thread,
};

use warifu::{
    credential::{EntryId, RequestId},
    token::{Error, Token},
    vault,
};

use crate::{
    ledger::Step,
    vault::{HOTP, credential, entries, label, unlocked},
};

pub(crate) const READY: &str = "ready";
pub(crate) const BEGIN: &str = "begin";
pub(crate) const DONE: &str = "done";

/// Adds, renames, removes and presses the button, and says each step before and after.
pub(crate) fn work_until_killed(path: &Path, seed: u64) -> ! {
    let mut dice = Dice(seed);
    let token = unlocked(path);
    // What others add while this process works is left alone.
    let mut known: Vec<_> =
        entries(&token).into_iter().map(|entry| (entry.id, entry.key)).collect();
    let mut pressed = RequestId([0; 16]);
    say(&format!("\n{READY}"));
    loop {
        let step = next_step(&known, pressed, &mut dice);
        say(&format!("{BEGIN} {step}"));
        let outcome = perform(&token, &step);
        match &step {
            Step::Add { key } => known.push((Step::parse_id(&outcome), key.clone())),
            Step::Remove { id } => known.retain(|(other, _)| other != id),
            Step::Advance { request, .. } => pressed = *request,
            Step::Rename { .. } => {}
        }
        say(&format!("{DONE} {outcome}"));
    }
}

fn next_step(known: &[(EntryId, String)], pressed: RequestId, dice: &mut Dice) -> Step {
    let wish = dice.roll() % 8;
    if known.is_empty() || (known.len() < 6 && wish == 0) {
        let kind = if dice.roll().is_multiple_of(3) { "totp" } else { HOTP };
        return Step::Add { key: format!("{kind}{:016x}", dice.roll()) };
    }
    let at = usize::try_from(dice.roll() % 6).unwrap() % known.len();
    let (id, key) = known[at].clone();
    match wish {
        1 if known.len() > 2 => Step::Remove { id },
        3.. if key.starts_with(HOTP) => {
            let new = RequestId(u128::from(dice.roll()).to_be_bytes());
            let again = dice.roll().is_multiple_of(4);
            Step::Advance { id, request: if again { pressed } else { new } }
        }
        _ => Step::Rename { id, account: format!("renamed{:08x}", dice.roll() >> 32) },
    }
}

/// What came of it: the new entry's ID, the code, or a word.
fn perform(token: &Token, step: &Step) -> String {
    let entries = token.entries();
    match step {
        Step::Add { key } => Step::id_text(until_not_busy(|| entries.add(credential(key))).id),
        Step::Rename { id, account } => {
            let keys = crate::vault::entries(token);
            let key = &keys.iter().find(|entry| entry.id == *id).unwrap().key;
            until_not_busy(|| entries.rename(*id, Some(label(key)), Some(label(account))));
            "renamed".to_owned()
        }
        Step::Remove { id } => {
            until_not_busy(|| entries.remove(*id));
            "removed".to_owned()
        }
        Step::Advance { id, request } => {
            until_not_busy(|| entries.advance(*id, *request)).expose().to_owned()
        }
    }
}

pub(crate) fn until_not_busy<T>(mut call: impl FnMut() -> Result<T, Error>) -> T {
    loop {
        match call() {
            Err(Error::Vault(vault::Error::Busy)) => thread::yield_now(),
            done => return done.unwrap(),
        }
    }
}

/// One line in one write, so that a kill leaves all of it or nothing.
fn say(line: &str) {
    let mut out = stdout().lock();
    out.write_all(format!("{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// Numbers that look random and are the same for the same seed (SplitMix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
