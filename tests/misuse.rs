//! Flows used out of order, by two at once, and while others wait: typed errors, nothing lost.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
#![allow(clippy::panic)]

#[path = "support/keystore.rs"]
mod keystore;
#[path = "support/misuse/processes.rs"]
mod processes;

use std::{sync::atomic::AtomicBool, sync::atomic::Ordering::SeqCst, thread};

use keystore::{
    client::{self, undisturbed},
    phone::{Phone, RIGHT, WRONG, failed, params, pin},
    server,
    wire::Control,
};
use warifu::{
    secret::Secret,
    token::{Answer, Errand, Error, Flow, HttpAnswer, Misuse, Outcome, Step, Ticket, Token},
    vault::{
        self, KdfParams, KeyAnswer, KeyErrand, NewSlot, Passphrase, PinHardware, PinParams,
        UnlockWith,
    },
};

/// Not a test: the key store's own process, which the other tests start.
#[test]
fn key_store_process() {
    if client::is_server() {
        server::serve();
        std::process::exit(0);
    }
}

fn asked(step: Result<Step, Error>) -> (Ticket, KeyErrand) {
    match step {
        Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) => (ticket, errand),
        other => panic!("{other:?}"),
    }
}

fn begin(phone: &Phone, token: &Token, typed: &str) -> Flow {
    token.unlock_with(UnlockWith::Pin(pin(typed)), phone.now)
}

#[test]
fn an_answer_counts_once_and_in_its_turn_only() {
    let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 6);
    token.lock();
    let flow = begin(&phone, &token, RIGHT);
    let (first, errand) = asked(phone.step(&flow));
    let answer = phone.store.act(&errand);
    let step = phone.answer(&flow, first, answer);
    let (second, errand) = asked(step);
    assert_ne!(first, second);
    // Twice, and out of order: nothing changed.
    let again = phone.answer(&flow, first, KeyAnswer::Done);
    assert_eq!(again, Err(Misuse::Stale.into()));
    let answer = phone.store.act(&errand);
    let step = phone.answer(&flow, second, answer);
    assert!(matches!(phone.go_on(&flow, step.unwrap()), Ok(Step::Done(_))));
    let after = phone.answer(&flow, second, KeyAnswer::Done);
    assert_eq!(after, Err(Misuse::Ended.into()));
    assert_eq!(phone.step(&flow), Err(Misuse::Ended.into()));
}

#[test]
fn an_answer_to_another_flow_changes_nothing() {
    let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 6);
    let one = token.slots().set(NewSlot::Biometric, phone.now);
    let other = token.anchor(phone.now);
    let (ticket_of_one, errand_of_one) = asked(phone.step(&one));
    let (ticket_of_other, errand_of_other) = asked(phone.step(&other));
    for (flow, ticket) in [(&one, ticket_of_other), (&other, ticket_of_one)] {
        let crossed = phone.answer(flow, ticket, KeyAnswer::Done);
        assert_eq!(crossed, Err(Misuse::Stale.into()));
    }
    for (flow, ticket, errand) in
        [(&one, ticket_of_one, errand_of_one), (&other, ticket_of_other, errand_of_other)]
    {
        let answer = phone.store.act(&errand);
        let step = phone.answer(flow, ticket, answer).unwrap();
        assert!(matches!(phone.go_on(flow, step), Ok(Step::Done(_))));
    }
}

#[test]
fn an_answer_meant_for_another_token_changes_nothing() {
    let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 6);
    let (other_phone, other_token) = Phone::with_pin(PinHardware::Mac, 6);
    let (flow, other) = (token.anchor(phone.now), other_token.anchor(other_phone.now));
    let (ticket, errand) = asked(phone.step(&flow));
    let (other_ticket, _) = asked(other_phone.step(&other));
    // The same flow and errand by count, of another token.
    assert_eq!((ticket.flow, ticket.number), (other_ticket.flow, other_ticket.number));
    let crossed = phone.answer(&flow, other_ticket, KeyAnswer::Anchor(Some(u64::MAX)));
    assert_eq!(crossed, Err(Misuse::Stale.into()));
    let answer = phone.store.act(&errand);
    let step = phone.answer(&flow, ticket, answer).unwrap();
    assert!(matches!(phone.go_on(&flow, step), Ok(Step::Done(Outcome::Anchored))));
}

#[test]
fn a_step_while_an_errand_is_out_is_refused_and_costs_nothing() {
    let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 6);
    let flow = begin(&phone, &token, RIGHT);
    let (ticket, errand) = asked(phone.step(&flow));
    for _ in 0..2 {
        assert_eq!(phone.step(&flow), Err(Misuse::AnswerAwaited.into()));
    }
    let answer = phone.store.act(&errand);
    let step = phone.answer(&flow, ticket, answer).unwrap();
    assert!(matches!(phone.go_on(&flow, step), Ok(Step::Done(_))));
}

#[test]
fn a_newer_flow_makes_the_older_stale_at_every_errand() {
    for at in 1..12 {
        let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 6);
        let older = begin(&phone, &token, WRONG);
        let mut step = phone.step(&older);
        for _ in 1..at {
            if let Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) = step {
                let answer = phone.store.act(&errand);
                step = phone.answer(&older, ticket, answer);
            }
        }
        let newer = begin(&phone, &token, RIGHT);
        assert!(matches!(phone.run(&newer), Ok(Outcome::Unlocked(_))), "at {at}");
        if let Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) = step {
            let before = phone.file();
            drop(errand);
            let late = phone.answer(&older, ticket, KeyAnswer::Done);
            assert_eq!(late, Err(Misuse::Stale.into()));
            assert_eq!(phone.step(&older), Err(Misuse::Ended.into()));
            assert_eq!(phone.file(), before);
        }
        assert!(phone.try_pin(RIGHT).is_ok());
    }
}

#[test]
fn a_passphrase_makes_an_older_unlock_stale() {
    let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 6);
    let passphrase = Passphrase::new(b"correct horse battery").unwrap();
    phone.set(&token, NewSlot::Passphrase(passphrase, KdfParams::new(8, 1, 1).unwrap()));
    token.lock();
    let older = begin(&phone, &token, WRONG);
    let (ticket, _) = asked(phone.step(&older));
    let passphrase = Passphrase::new(b"correct horse battery").unwrap();
    undisturbed(|| token.unlock(&passphrase)).unwrap();
    let late = phone.answer(&older, ticket, KeyAnswer::Done);
    assert_eq!(late, Err(Misuse::Stale.into()));
    assert_eq!(phone.step(&older), Err(Misuse::Ended.into()));
    assert!(token.is_unlocked());
}

#[test]
fn after_a_lock_no_flow_opens_or_changes_the_vault() {
    let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 6);
    let unlock = begin(&phone, &token, RIGHT);
    let slots = token.slots().set(NewSlot::Biometric, phone.now);
    let before = phone.file();
    let (ticket, errand) = asked(phone.step(&slots));
    token.lock();
    let answer = phone.store.act(&errand);
    let ended = phone.answer(&slots, ticket, answer).and_then(|step| phone.go_on(&slots, step));
    assert_eq!(ended, Err(Error::Locked));
    assert_eq!(phone.file(), before);
    assert_eq!(phone.run(&unlock), Err(Error::Locked));
    assert!(!token.is_unlocked());
    // What was made for a vault that was locked meanwhile leaves no key that opens anything.
    assert!(phone.unlock(&token, UnlockWith::Pin(pin(RIGHT))).is_ok());
}

#[test]
fn an_empty_answer_is_no_answer() {
    let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 6);
    let before = phone.file();
    let flow = begin(&phone, &token, RIGHT);
    let (ticket, _) = asked(phone.step(&flow));
    let empty = KeyAnswer::Bytes(Secret::copy_of(b""));
    assert_eq!(phone.answer(&flow, ticket, empty), Err(vault::Error::WrongAnswer.into()));
    assert_eq!(phone.file(), before);
    assert!(phone.try_pin(RIGHT).is_ok());
}

#[test]
fn an_abandoned_flow_has_ended() {
    let (phone, token) = Phone::with_pin(PinHardware::Mac, 6);
    let flow = begin(&phone, &token, RIGHT);
    let (ticket, _) = asked(phone.step(&flow));
    flow.abandon();
    flow.abandon();
    assert_eq!(phone.answer(&flow, ticket, KeyAnswer::Done), Err(Misuse::Ended.into()));
    assert_eq!(phone.step(&flow), Err(Misuse::Ended.into()));
    // Dropped: its ticket is of no use to the next one.
    drop(flow);
    let next = begin(&phone, &token, RIGHT);
    asked(phone.step(&next));
    assert_eq!(phone.answer(&next, ticket, KeyAnswer::Done), Err(Misuse::Stale.into()));
}

#[test]
fn an_answer_of_the_wrong_kind_or_size_ends_the_flow_and_opens_nothing() {
    let wrong: [fn(&KeyErrand) -> Option<Answer>; 5] = [
        |errand| {
            let creates = matches!(errand, KeyErrand::Create { .. } | KeyErrand::Delete { .. });
            creates.then(|| KeyAnswer::Bytes(Secret::copy_of(&[0; 32])).into())
        },
        |errand| {
            let gives = matches!(errand, KeyErrand::Wrap { .. } | KeyErrand::Mac { .. });
            gives.then(|| KeyAnswer::Done.into())
        },
        |errand| {
            let gives = matches!(errand, KeyErrand::Wrap { .. } | KeyErrand::Mac { .. });
            gives.then(|| KeyAnswer::Bytes(Secret::copy_of(&[7; 1_000_000])).into())
        },
        |errand| {
            let macs = matches!(errand, KeyErrand::Mac { .. });
            macs.then(|| KeyAnswer::Anchor(Some(1)).into())
        },
        // Of another sort altogether, and with what would be a key if anyone took it for one.
        |errand| {
            let macs = matches!(errand, KeyErrand::Mac { .. });
            macs.then(|| HttpAnswer::from((200, Secret::copy_of(&[7; 32]))).into())
        },
    ];
    for wrong in wrong {
        let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 6);
        token.lock();
        let flow = begin(&phone, &token, RIGHT);
        let mut step = phone.step(&flow);
        while let Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) = step {
            let answer = wrong(&errand).unwrap_or_else(|| phone.store.act(&errand).into());
            step = phone.answer(&flow, ticket, answer);
        }
        assert_eq!(step, Err(failed(vault::Error::WrongAnswer)));
        assert!(!token.is_unlocked());
        // It cost no try.
        let again = phone.try_pin(WRONG);
        assert!(matches!(again, Err(Error::Vault(vault::Error::WrongPin { tries_left: 5, .. }))));
        assert!(phone.try_pin(RIGHT).is_ok());
    }
}

/// While a step runs Argon2 at its full cost, and while a prompt is up, the screen is drawn. Counted
/// by screens that were drawn before the step had ended, not by a time.
#[test]
fn the_screen_waits_for_neither_argon2_nor_a_prompt() {
    let (mut phone, token) = Phone::new();
    let params = PinParams { kdf: KdfParams::DEFAULT, ..params(PinHardware::Mac, 6) };
    phone.set(&token, NewSlot::Pin(pin(RIGHT), params));
    phone.set(&token, NewSlot::Biometric);

    let flow = begin(&phone, &token, RIGHT);
    let mut step = phone.step(&flow);
    let mut drawn_during_argon2 = 0;
    while let Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) = step {
        let answer = phone.store.act(&errand);
        let ended = AtomicBool::new(false);
        let mut drawn = 0;
        step = thread::scope(|scope| {
            let running = scope.spawn(|| {
                let step = phone.answer(&flow, ticket, answer);
                ended.store(true, SeqCst);
                step
            });
            loop {
                token.screen(phone.now).unwrap();
                if ended.load(SeqCst) {
                    break;
                }
                drawn += 1;
            }
            running.join().unwrap()
        });
        if matches!(step, Ok(Step::Ask { errand: Errand::Key(KeyErrand::Mac { .. }), .. })) {
            drawn_during_argon2 = drawn;
        }
    }
    assert!(matches!(step, Ok(Step::Done(_))));
    assert!(drawn_during_argon2 >= 3, "{drawn_during_argon2} screens");

    phone.store.control(Control::Hold);
    let flow = token.unlock_with(UnlockWith::Biometric, phone.now);
    let (ticket, errand) = asked(phone.step(&flow));
    phone.store.ask(&errand);
    for _ in 0..100 {
        token.screen(phone.now).unwrap();
    }
    phone.store.control(Control::Release);
    let answer = phone.store.answer();
    let step = phone.answer(&flow, ticket, answer).unwrap();
    assert!(matches!(phone.go_on(&flow, step), Ok(Step::Done(_))));
}

#[test]
fn nothing_that_a_flow_hands_out_prints_a_secret() {
    let (mut phone, token) = Phone::with_pin(PinHardware::Mac, 6);
    let secrets = |bytes: &[u8], out: &mut Vec<String>| {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let numbers: Vec<_> = bytes.iter().take(4).map(u8::to_string).collect();
        out.extend([hex[..8].to_owned(), numbers.join(", ")]);
    };
    let (mut printed, mut secret) = (String::new(), vec![RIGHT.to_owned()]);
    let typed = pin(RIGHT);
    printed += &format!("{typed:?} {typed:#?}");
    let ways = [UnlockWith::Pin(typed), UnlockWith::Device];
    for way in ways {
        printed += &format!("{way:?}");
        let flow = token.unlock_with(way, phone.now);
        let mut step = phone.step(&flow);
        loop {
            printed += &format!("{step:?} {step:#?} {flow:?}");
            let Ok(Step::Ask { ticket, errand: Errand::Key(errand) }) = step else { break };
            match &errand {
                KeyErrand::Wrap { plaintext, .. } => secrets(plaintext.expose(), &mut secret),
                KeyErrand::Mac { message, .. } => secrets(message.expose(), &mut secret),
                _ => {}
            }
            let answer = phone.store.act(&errand);
            printed += &format!("{errand:?} {answer:?} {answer:#?}");
            if let KeyAnswer::Bytes(bytes) = &answer {
                secrets(bytes.expose(), &mut secret);
            }
            step = phone.answer(&flow, ticket, answer);
        }
    }
    let new = NewSlot::Pin(pin(RIGHT), params(PinHardware::Mac, 6));
    printed += &format!("{new:?}");
    assert!(secret.len() > 10 && printed.contains("bytes)"));
    for secret in secret {
        assert!(!printed.contains(&secret), "{secret}");
    }
    assert_eq!(token.slots().list().unwrap().len(), 2);
}
