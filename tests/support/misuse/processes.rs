//! Two processes on one vault and one key store during a PIN try.

use std::fs::File;

use warifu::{
    provision::otpauth,
    token::{Errand, Error, Flow, Outcome, Step, Token},
    vault::{self, KeyErrand, PinHardware, SlotKind, UnlockWith},
};

use super::{
    begin,
    keystore::{
        client,
        phone::{Phone, RIGHT, WRONG},
    },
};

/// Another process opens the vault, adds, and locks, between any two errands of a try.
#[test]
fn a_write_by_another_process_during_a_pin_try_is_lost_by_neither() {
    let mut changed = 0;
    for at in 1..10 {
        let (mut phone, other) = Phone::with_pin(PinHardware::Mac, 6);
        let token = phone.open();
        let flow = begin(&phone, &token, WRONG);
        let (mut errands, mut step) = (0, phone.step(&flow));
        while let Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) = step {
            errands += 1;
            if errands == at {
                let uri = b"otpauth://totp/B:a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
                let new = otpauth::parse(uri).unwrap();
                client::undisturbed(|| other.entries().add(new)).unwrap();
            }
            let answer = phone.store.act(&errand);
            step = phone.answer(&flow, ticket, answer);
        }
        let spent = match step {
            Err(Error::Vault(vault::Error::Changed)) => 0,
            Err(Error::Vault(vault::Error::WrongPin { tries_left: 5, .. })) => 1,
            other => panic!("{other:?}"),
        };
        if errands < at {
            break;
        }
        changed += u8::from(spent == 0);
        let again = phone.try_pin(WRONG);
        let Err(Error::Vault(vault::Error::WrongPin { tries_left, .. })) = again else {
            panic!("{again:?}")
        };
        assert_eq!(tries_left, 5 - spent);
        assert!(phone.try_pin(RIGHT).is_ok());
        let reopened = phone.open();
        assert!(phone.unlock(&reopened, UnlockWith::Device).is_ok());
        assert_eq!(reopened.screen(phone.now).unwrap().cards.len(), 1);
    }
    assert!(changed > 0);
}

/// One of two processes that try a PIN at once, and how far it is.
struct Process {
    /// Its end drops the flow.
    flow: Flow,
    _token: Token,
    step: Result<Step, Error>,
}

impl Process {
    fn begin(phone: &Phone, typed: &str) -> Self {
        let token = phone.open();
        let flow = begin(phone, &token, typed);
        let step = phone.step(&flow);
        Self { flow, _token: token, step }
    }

    /// Does so many errands, or all that there are.
    fn goes_on(&mut self, phone: &mut Phone, errands: usize) {
        for _ in 0..errands {
            let Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) = &self.step else { break };
            let (ticket, answer) = (*ticket, phone.store.act(errand));
            self.step = phone.answer(&self.flow, ticket, answer);
        }
    }
}

/// The first makes `before` errands, the second `between`, then the first goes on to its end, or dies
/// where it stands, and the second goes on to its own.
fn meet(typed: [&str; 2], before: usize, between: usize, dies: bool) -> [Result<Step, Error>; 2] {
    let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 8);
    // No other slot, and a pair of keys before the one in use.
    phone.remove(&token, SlotKind::Device).unwrap();
    assert!(phone.try_pin(WRONG).is_err() && phone.try_pin(RIGHT).is_ok());
    let mut first = Process::begin(&phone, typed[0]);
    first.goes_on(&mut phone, before);
    let mut second = Process::begin(&phone, typed[1]);
    second.goes_on(&mut phone, between);
    let first = if dies {
        Err(Error::Locked)
    } else {
        first.goes_on(&mut phone, usize::MAX);
        first.step
    };
    second.goes_on(&mut phone, usize::MAX);
    let ends = [first, second.step];
    let wrong = |end: &&Result<Step, Error>| {
        matches!(end, Err(Error::Vault(vault::Error::WrongPin { .. })))
    };
    let judged = u8::try_from(ends.iter().filter(wrong).count()).unwrap();
    let right = ends.iter().any(|end| matches!(end, Ok(Step::Done(_))));
    let told = |end: &Result<Step, Error>| match end {
        Ok(Step::Done(Outcome::Unlocked(_))) => true,
        Err(Error::Vault(error)) => {
            matches!(error, vault::Error::WrongPin { .. } | vault::Error::Changed)
        }
        Err(Error::Locked) => dies,
        _ => false,
    };
    assert!(ends.iter().all(told), "{typed:?}, {before}, {between}, {dies}: {ends:?}");
    // Each wrong guess that was judged is counted, and the slot is there.
    let Err(Error::Vault(vault::Error::WrongPin { tries_left, .. })) = phone.try_pin(WRONG) else {
        panic!("{typed:?}, {before}, {between}, {dies}: {ends:?}, and the slot is lost");
    };
    if !right {
        assert!(tries_left <= 7 - judged, "{typed:?}, {before}, {between}, {dies}: {ends:?}");
    }
    assert!(phone.try_pin(RIGHT).is_ok());
    ends
}

#[test]
fn two_processes_that_try_a_pin_at_once_lose_nothing_wherever_they_meet() {
    let mut judged_both = 0;
    for typed in [[WRONG, WRONG], [RIGHT, WRONG], [WRONG, RIGHT]] {
        for (before, between) in (0..14).flat_map(|a| (0..14).map(move |b| (a, b))) {
            for dies in [false, true] {
                let ends = meet(typed, before, between, dies);
                let is_judged = |end: &Result<Step, Error>| {
                    matches!(
                        end,
                        Ok(Step::Done(_)) | Err(Error::Vault(vault::Error::WrongPin { .. }))
                    )
                };
                judged_both += u32::from(ends.iter().all(is_judged));
            }
        }
    }
    assert!(judged_both > 0);
}

/// A right PIN is written down though another process holds the file just then, and though that
/// process changed something else meanwhile.
#[test]
fn a_right_pin_is_written_down_though_the_file_is_busy_or_changed_just_then() {
    for changes in [false, true] {
        let (mut phone, other) = Phone::with_pin(PinHardware::Mac, 2);
        assert!(phone.try_pin(WRONG).is_err());
        let token = phone.open();
        let flow = begin(&phone, &token, RIGHT);
        let (mut wraps, mut step) = (0, phone.step(&flow));
        let mut lock = phone.path().into_os_string();
        lock.push(".lock");
        let lock = File::open(lock).unwrap();
        let mut waits = 0;
        loop {
            step = match step {
                Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) => {
                    wraps += usize::from(matches!(errand, KeyErrand::Wrap { .. }));
                    // The third wrap is the state of a right PIN.
                    if wraps == 3 && waits == 0 {
                        if changes {
                            let uri = b"otpauth://totp/B:a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
                            let new = otpauth::parse(uri).unwrap();
                            client::undisturbed(|| other.entries().add(new)).unwrap();
                        }
                        lock.lock().unwrap();
                    }
                    let answer = phone.store.act(&errand);
                    phone.answer(&flow, ticket, answer)
                }
                Ok(Step::Wait { until }) => {
                    waits += 1;
                    phone.now.uptime = until;
                    lock.unlock().unwrap();
                    phone.step(&flow)
                }
                ended => break assert!(matches!(ended, Ok(Step::Done(_))), "{ended:?}"),
            };
        }
        assert_eq!(waits, 1);
        // With the one try before it, a try that was not written off would have been the last.
        assert!(phone.try_pin(WRONG).is_err());
        assert!(phone.try_pin(RIGHT).is_ok(), "changes: {changes}");
    }
}
