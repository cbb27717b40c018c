//! What a bank demands before a credential is confirmed, and what its service decides.

use std::collections::BTreeSet;

use super::*;
use crate::clock::Certainty;
use crate::vault::{KeyAnswer, KeyErrand, KeyName, KeyRefusal, NewSlot, SlotKind, UnlockWith};

/// A key store in memory: it keeps no secret, and knows which keys there are.
#[derive(Default)]
struct Store {
    keys: BTreeSet<KeyName>,
    refuses_to_delete: bool,
}

impl Store {
    fn act(&mut self, errand: KeyErrand) -> KeyAnswer {
        let missing = KeyAnswer::Refused(KeyRefusal::Missing);
        match errand {
            KeyErrand::Create { key, .. } => {
                self.keys.insert(key);
                KeyAnswer::Done
            }
            KeyErrand::Delete { .. } if self.refuses_to_delete => {
                KeyAnswer::Refused(KeyRefusal::Unavailable)
            }
            KeyErrand::Delete { key } => {
                self.keys.remove(&key);
                KeyAnswer::Done
            }
            KeyErrand::Find { key } if self.keys.contains(&key) => KeyAnswer::Done,
            KeyErrand::Wrap { key, plaintext } if self.keys.contains(&key) => {
                KeyAnswer::Bytes(plaintext)
            }
            KeyErrand::Unwrap { key, wrapped } if self.keys.contains(&key) => {
                KeyAnswer::Bytes(Secret::copy_of(&wrapped))
            }
            KeyErrand::ReadAnchor { .. } => KeyAnswer::Anchor(None),
            KeyErrand::RaiseAnchor { .. } => KeyAnswer::Done,
            _ => missing,
        }
    }

    fn run(&mut self, flow: &Flow) -> Result<Outcome, Error> {
        let mut step = flow.step(at(NOON))?;
        loop {
            step = match step {
                Step::Ask { ticket, errand: Errand::Key(errand) } => {
                    flow.answer(ticket, self.act(errand), at(NOON))?
                }
                Step::Done(outcome) => return Ok(outcome),
                other => panic!("{other:?}"),
            };
        }
    }
}

fn slot_of(token: &Token, kind: SlotKind) -> crate::vault::SlotId {
    token.slots().list().unwrap().into_iter().find(|slot| slot.kind == kind).unwrap().id
}

/// A vault that the device alone opens, and whose passphrase is gone.
fn device_alone() -> (Bench, Token, Store) {
    let (bench, token) = Bench::new();
    let mut store = Store::default();
    store.run(&token.slots().set(NewSlot::Device, at(NOON))).unwrap();
    let passphrase = slot_of(&token, SlotKind::Passphrase);
    store.run(&token.slots().remove(passphrase, at(NOON))).unwrap();
    (bench, token, store)
}

fn new_passphrase() -> NewSlot {
    NewSlot::Passphrase(passphrase(OLD), QUICK)
}

#[test]
fn where_user_verification_is_demanded_nothing_is_confirmed_before_the_slots_are_so() {
    let (mut bench, token, mut store) = device_alone();
    bench.service.unlock = "user-verification";
    let flow = bench.begin(&token);
    assert_eq!(bench.run(&flow), failed(EnrolmentError::VerificationMissing));
    let answered = token.enrolment().pending().unwrap().unwrap().answered.unwrap();
    assert_eq!(answered.unlock, UnlockPolicy::UserVerification);

    store.run(&token.slots().set(new_passphrase(), at(NOON))).unwrap();
    let device = slot_of(&token, SlotKind::Device);
    let too_weak = failed(EnrolmentError::SlotTooWeak { slot: device });
    let flow = bench.resume(&token);
    assert_eq!(bench.run(&flow), too_weak);

    // As long as its key is there the slot is.
    store.refuses_to_delete = true;
    assert!(store.run(&token.slots().remove(device, at(NOON))).is_err());
    let flow = bench.resume(&token);
    assert_eq!(bench.run(&flow), too_weak);
    assert_eq!(bench.service.active(), 0);

    store.refuses_to_delete = false;
    store.run(&token.slots().remove(device, at(NOON))).unwrap();
    assert!(store.keys.is_empty());
    let flow = bench.resume(&token);
    assert!(matches!(bench.run(&flow), Ok(Outcome::Enrolled(_))));
    assert_one_credential(&bench, &token);
}

#[test]
fn where_it_is_demanded_no_slot_of_the_device_alone_is_made_afterwards() {
    let (mut bench, token) = Bench::new();
    let mut store = Store::default();
    bench.service.unlock = "user-verification";
    let flow = bench.begin(&token);
    assert!(matches!(bench.run(&flow), Ok(Outcome::Enrolled(_))));
    let refused = store.run(&token.slots().set(NewSlot::Device, at(NOON)));
    assert_eq!(refused, failed(EnrolmentError::VerificationDemanded));
    assert!(store.keys.is_empty(), "and its key is gone");
    assert!(store.run(&token.slots().set(NewSlot::Biometric, at(NOON))).is_ok());
    // The credential goes, and with it the demand.
    let id = token.entries().list().unwrap()[0].id;
    token.entries().remove(id).unwrap();
    assert!(store.run(&token.slots().set(NewSlot::Device, at(NOON))).is_ok());
}

#[test]
fn where_it_is_not_demanded_the_device_is_enough() {
    let (mut bench, token, mut store) = device_alone();
    let flow = bench.begin(&token);
    assert!(matches!(bench.run(&flow), Ok(Outcome::Enrolled(_))));
    token.lock();
    store.run(&token.unlock_with(UnlockWith::Device, at(NOON))).unwrap();
    assert_eq!(token.entries().list().unwrap().len(), 1);
}

#[test]
fn a_phone_whose_clock_is_wrong_enrols_by_the_services_time_and_its_codes_are_right() {
    for ahead in [3_600_000, -3_600_000, 1, -NOON] {
        let (mut bench, token) = Bench::new();
        bench.now.wall.0 += ahead;
        let flow = bench.begin(&token);
        assert!(matches!(bench.run(&flow), Ok(Outcome::Enrolled(_))), "{ahead}");
        assert_one_credential(&bench, &token);
        let (id, _) = bench.service.rows.first_key_value().unwrap();
        let key = Secret::copy_of(&Service::code_key(id));
        let present = u64::try_from(NOON).unwrap() / 30_000;
        for token in [&token, &bench.open()] {
            let screen = token.screen(bench.now).unwrap();
            let Face::Totp { code, certainty, .. } = &screen.cards[0].face else { panic!() };
            assert_eq!(*code, totp::code(&key, Algorithm::Sha1, Digits::SIX, present));
            assert_eq!(*certainty, Certainty::Sure);
            let told = screen.clock.wall_ahead.map(|millis| millis.abs_diff(ahead) <= 2);
            assert_eq!(told, (ahead != 1).then_some(true));
        }
    }
}

#[test]
fn a_service_that_refuses_a_right_code_is_asked_once_and_says_how_far_the_clock_is_off() {
    for (ahead, asked) in [(600_000, 2), (0, 1)] {
        let (mut bench, token) = Bench::new();
        bench.service.verdict = Some(2);
        bench.now.wall.0 += ahead;
        let mut confirmations = 0;
        let flow = bench.begin(&token);
        let ended = bench.run_over(&flow, |_, errand, service| {
            confirmations += usize::from(errand.url.ends_with("/confirm"));
            Some(service.post(&errand.url, errand.body.expose()))
        });
        assert_eq!(ended, failed(EnrolmentError::CodeWrong { ahead_millis: ahead }));
        assert_eq!(confirmations, asked);
        assert!(token.entries().list().unwrap().is_empty());
        // The bank sees to it, and it goes on.
        bench.service.verdict = None;
        let flow = bench.resume(&token);
        assert!(matches!(bench.run(&flow), Ok(Outcome::Enrolled(_))));
        assert_one_credential(&bench, &token);
    }
}

#[test]
fn what_the_service_has_ended_is_forgotten_and_what_it_holds_up_is_kept() {
    for (verdict, error) in [(4, EnrolmentError::Wait), (5, EnrolmentError::Stopped)] {
        let (mut bench, token) = Bench::new();
        bench.service.verdict = Some(verdict);
        let flow = bench.begin(&token);
        assert_eq!(bench.run(&flow), failed(error));
        bench.service.verdict = None;
        let flow = bench.resume(&token);
        assert!(matches!(bench.run(&flow), Ok(Outcome::Enrolled(_))));
        assert_one_credential(&bench, &token);
    }
    let (mut bench, token) = Bench::new();
    bench.service.verdict = Some(3);
    let flow = bench.begin(&token);
    assert_eq!(bench.run(&flow), failed(EnrolmentError::Ended));
    for token in [&token, &bench.open()] {
        assert_eq!(token.enrolment().pending(), Ok(None));
        assert!(token.entries().list().unwrap().is_empty());
    }
}
