//! Confirmation codes by letter, on both databases: who asks for one, what it is good for, and what somebody
//! gets who has contract ID and password alone.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "support/browser.rs"]
mod browser;
#[path = "support/customers.rs"]
mod customers;
#[path = "support/stored.rs"]
mod stored;
mod support;

#[path = "letters/pages.rs"]
mod pages;

use std::sync::Arc;

use customers::Customers;
use stored::NOW;
use support::{CODES, WRONG};
use warifu::{
    credential::CredentialId,
    time::{Millis, UnixMillis},
};
use warifu_bank::{
    bank::{Accepted, Bank, BankError, LetterTerms, NewToken, Remains},
    service::{Codes, Service},
    store::{ContractId, Event},
};
use warifu_issuer::ActivationCode;

const WEEK: u64 = 7 * DAY;
const DAY: u64 = 86_400;

fn bank(tokens: &Arc<Service>) -> Bank {
    customers::bank(tokens.store().clone(), tokens.clone()).with_letters(LetterTerms::default())
}

fn on_both(test: impl AsyncFn(Customers)) {
    customers::on_both_with(bank, test);
}

fn after(seconds: u64) -> UnixMillis {
    NOW.saturating_add(Millis::from_secs(seconds))
}

fn token<'a>(credential: &'a CredentialId, code: &'a str) -> NewToken<'a> {
    NewToken { credential, codes: Codes::One(code) }
}

/// The codes of all letters that wait, as the mailing house prints them. They are not noted as printed.
async fn printed(customers: &Customers, at: UnixMillis) -> Vec<(ContractId, ActivationCode)> {
    let bank = &customers.bank;
    let letters = bank.unprinted_letters(0, at, 100).await.unwrap();
    let letters = letters.iter().map(|letter| bank.print_letter(letter));
    letters.map(|letter| (letter.contract, letter.code)).collect()
}

/// Has a letter sent now, and gives its code.
async fn letter(customers: &Customers, contract: &ContractId, at: UnixMillis) -> ActivationCode {
    customers.bank.order_letter(contract, None, at).await.unwrap();
    printed(customers, at).await.pop().unwrap().1
}

/// Registers this token, by the code of counter 0.
async fn register(
    customers: &Customers,
    contract: &ContractId,
    credential: &CredentialId,
    code: &ActivationCode,
    at: UnixMillis,
) -> Result<Accepted, BankError> {
    let new = token(credential, CODES[0]);
    customers.bank.register(contract, new, Some(code), false, None, at).await
}

#[test]
fn a_thief_of_the_password_registers_no_token_without_a_letter() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let thiefs = customers.seed_from_elsewhere("THEF0001").await;
        // As often as they like: nothing is judged, and nothing counted.
        for _ in 0..12 {
            let new = token(&thiefs, CODES[0]);
            let tried = bank.register(&contract, new, None, false, None, NOW).await;
            assert_eq!(tried, Err(BankError::LetterWanted));
        }
        let new = token(&thiefs, CODES[0]);
        let around = bank.exchange(&contract, &Remains::Code(WRONG), new, None, NOW).await;
        assert_eq!(around, Err(BankError::NoToken));
        // The letter that the thief asks for goes to the customer's house, and so does word of it.
        let posted = letter(&customers, &contract, NOW).await;
        let notices = bank.store().unsent_notices(10).await.unwrap();
        assert_eq!(notices.last().unwrap().event, Event::LetterOrdered);
        // Guesses at its code are counted as other failures are, and the right one comes too late.
        for number in 0_u8..6 {
            let guess = ActivationCode::of(&[number; 32]);
            let tried = register(&customers, &contract, &thiefs, &guess, NOW).await;
            assert_eq!(tried, Err(BankError::NotProven));
        }
        let tried = register(&customers, &contract, &thiefs, &posted, NOW).await;
        assert_eq!(tried, Err(BankError::TooSoon { until: after(60) }));
        assert!(bank.store().contract(&contract).await.unwrap().unwrap().value.token.is_none());
        let history = bank.store().history(&contract, 100).await.unwrap();
        assert!(history.iter().any(|past| past.event == Event::RegistrationRefused));
    });
}

#[test]
fn a_letter_registers_one_token_once_and_the_next_first_token_takes_another() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let code = letter(&customers, &contract, NOW).await;
        let first = customers.seed_from_elsewhere("BIND0001").await;
        // A code of the token that is wrong does not spend the letter.
        let wrong = token(&first, WRONG);
        let tried = bank.register(&contract, wrong, Some(&code), false, None, NOW).await;
        assert_eq!(tried, Err(BankError::NotProven));
        register(&customers, &contract, &first, &code, after(DAY)).await.unwrap();
        bank.release(&contract, CODES[1], None, after(DAY)).await.unwrap();

        let second = customers.seed_from_elsewhere("BIND0002").await;
        let again = register(&customers, &contract, &second, &code, after(DAY)).await;
        assert_eq!(again, Err(BankError::NotProven));
        let without =
            bank.register(&contract, token(&second, CODES[0]), None, false, None, NOW).await;
        assert_eq!(without, Err(BankError::LetterWanted));
        let code = letter(&customers, &contract, after(WEEK)).await;
        register(&customers, &contract, &second, &code, after(WEEK)).await.unwrap();
        // With a token there is nothing to send a letter for; it can be exchanged.
        let more = bank.order_letter(&contract, None, after(3 * WEEK)).await;
        assert_eq!(more, Err(BankError::HasToken));
        let third = customers.seed_from_elsewhere("BIND0003").await;
        let remains = Remains::Code(CODES[1]);
        bank.exchange(&contract, &remains, token(&third, CODES[0]), None, NOW).await.unwrap();
    });
}

#[test]
fn a_code_is_its_contracts_alone_and_good_for_thirty_days() {
    on_both(async |customers| {
        let (one, other) = (customers.contract(1).await, customers.contract(2).await);
        let codes = [letter(&customers, &one, NOW).await, letter(&customers, &other, NOW).await];
        let credential = customers.seed_from_elsewhere("BIND0001").await;
        let tried = register(&customers, &one, &credential, &codes[1], NOW).await;
        assert_eq!(tried, Err(BankError::NotProven));
        let tried = register(&customers, &one, &credential, &codes[0], after(30 * DAY)).await;
        assert_eq!(tried, Err(BankError::NotProven));
        let at = after(30 * DAY - 1);
        register(&customers, &one, &credential, &codes[0], at).await.unwrap();
        // The other is too old to print, and goes some time later: tidying by a clock that is ahead costs none.
        assert!(printed(&customers, after(30 * DAY)).await.is_empty());
        customers.bank.tidy(after(60 * DAY - 1)).await.unwrap();
        assert_eq!(rows(&customers).await, 2);
        assert_eq!(printed(&customers, NOW).await.len(), 1);
        customers.bank.tidy(after(60 * DAY)).await.unwrap();
        assert_eq!(rows(&customers).await, 0);
    });
}

async fn rows(customers: &Customers) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM letter").fetch_one(&customers.raw).await.unwrap()
}

#[test]
fn a_letter_is_asked_for_once_a_week_and_ends_none_that_is_under_way() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let state = async |at| bank.letter_state(&contract, at).await.unwrap().unwrap();
        let before = state(NOW).await;
        assert_eq!((before.good_until, before.next_from), (None, None));
        let asked: Vec<_> = (0..4)
            .map(|_| {
                let (bank, contract) = (bank.clone(), contract.clone());
                tokio::spawn(async move { bank.order_letter(&contract, None, NOW).await })
            })
            .collect();
        let too_often = Err(BankError::AskedTooOften { until: after(WEEK) });
        let mut sent = 0;
        for asked in asked {
            match asked.await.unwrap() {
                Ok(()) => sent += 1,
                refused => assert_eq!(refused, too_often),
            }
        }
        assert_eq!((sent, rows(&customers).await), (1, 1));
        assert_eq!(bank.order_letter(&contract, None, after(WEEK - 1)).await, too_often);
        let waiting = state(after(WEEK - 1)).await;
        assert_eq!(waiting.good_until, Some(after(30 * DAY)));
        assert_eq!(waiting.next_from, Some(after(WEEK)));
        assert_eq!(state(after(WEEK)).await.next_from, None);

        // Whoever has the password asks again: the customer's letter is good still.
        let first = printed(&customers, NOW).await.pop().unwrap().1;
        let second = letter(&customers, &contract, after(WEEK)).await;
        assert_ne!(first, second);
        let credential = customers.seed_from_elsewhere("BIND0001").await;
        register(&customers, &contract, &credential, &first, after(WEEK)).await.unwrap();
        // Both have ended with it, and what nobody has printed is not printed.
        assert!(printed(&customers, after(WEEK)).await.is_empty());
        bank.release(&contract, CODES[1], None, after(WEEK)).await.unwrap();
        let other = customers.seed_from_elsewhere("BIND0002").await;
        let tried = register(&customers, &contract, &other, &second, after(WEEK)).await;
        assert_eq!(tried, Err(BankError::NotProven));
    });
}

#[test]
fn a_letter_that_was_asked_for_by_a_clock_that_was_ahead_holds_up_no_other() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        bank.order_letter(&contract, None, after(365 * DAY)).await.unwrap();
        let state = bank.letter_state(&contract, NOW).await.unwrap().unwrap();
        assert_eq!(state.next_from, None);
        bank.order_letter(&contract, None, NOW).await.unwrap();
        let again = bank.order_letter(&contract, None, after(1)).await;
        assert_eq!(again, Err(BankError::AskedTooOften { until: after(WEEK) }));
        // Requests come out of order, by clocks that differ a little: what lies just ahead counts.
        let earlier = UnixMillis(NOW.0 - 1);
        let again = bank.order_letter(&contract, None, earlier).await;
        let until = earlier.saturating_add(Millis::from_secs(WEEK));
        assert_eq!(again, Err(BankError::AskedTooOften { until }));
    });
}

#[test]
fn letters_wait_until_they_are_noted_as_printed_and_then_nobody_prints_them() {
    on_both(async |customers| {
        let contracts = [customers.contract(1).await, customers.contract(2).await];
        let bank = bank(&customers.tokens).for_staff("uid 1000");
        for contract in &contracts {
            bank.order_letter(contract, None, NOW).await.unwrap();
        }
        let waiting = bank.unprinted_letters(0, NOW, 100).await.unwrap();
        let names: Vec<_> = waiting.iter().map(|letter| bank.print_letter(letter)).collect();
        assert_eq!(
            names.iter().map(|letter| &letter.contract).collect::<Vec<_>>(),
            [&contracts[0], &contracts[1]]
        );
        assert_eq!(names[0].name.as_str(), "見本　花子");
        assert_eq!(names[0].expires_at, after(30 * DAY));
        // Whoever was stopped before it was noted prints the same again.
        let again = bank.unprinted_letters(0, NOW, 1).await.unwrap();
        assert_eq!(bank.print_letter(&again[0]).code, names[0].code);
        let next = bank.unprinted_letters(again[0].number, NOW, 100).await.unwrap();
        assert_eq!(bank.print_letter(&next[0]).code, names[1].code);
        bank.letters_printed(&waiting, after(1)).await.unwrap();
        bank.letters_printed(&waiting, after(2)).await.unwrap();
        assert!(bank.unprinted_letters(0, NOW, 100).await.unwrap().is_empty());
        let salts = sqlx::query_scalar("SELECT COUNT(*) FROM letter WHERE salt IS NOT NULL");
        let salts: i64 = salts.fetch_one(&customers.raw).await.unwrap();
        assert_eq!(salts, 0);
        let history = bank.store().history(&contracts[0], 10).await.unwrap();
        let noted: Vec<_> =
            history.iter().filter(|past| past.event == Event::LetterPrinted).collect();
        assert_eq!(noted.len(), 1);
        assert_eq!((noted[0].staff.as_deref(), noted[0].at), (Some("uid 1000"), after(1)));
        assert!(!format!("{waiting:?} {names:?}").contains(names[0].code.expose()));
    });
}

#[test]
fn staff_hand_a_code_over_at_the_desk_and_it_is_not_posted_too() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        bank.order_letter(&contract, None, NOW).await.unwrap();
        let day = Millis::from_secs(DAY);
        let credential = customers.seed_from_elsewhere("BIND0001").await;
        // Somebody has guessed until there is a wait; whoever is at the desk does not wait for it.
        for number in 0_u8..6 {
            let guess = ActivationCode::of(&[number; 32]);
            let tried = register(&customers, &contract, &credential, &guess, NOW).await;
            assert_eq!(tried, Err(BankError::NotProven));
        }
        let code = bank.hand_over_letter(&contract, day, NOW).await.unwrap();
        assert_eq!(printed(&customers, NOW).await.len(), 1);
        let late = register(&customers, &contract, &credential, &code, after(DAY)).await;
        assert_eq!(late, Err(BankError::NotProven));
        register(&customers, &contract, &credential, &code, NOW).await.unwrap();
        let more = bank.hand_over_letter(&contract, day, NOW).await;
        assert_eq!(more.err(), Some(BankError::HasToken));
        let nobody = customers::contract_id(9);
        let more = bank.hand_over_letter(&nobody, day, NOW).await;
        assert_eq!(more.err(), Some(BankError::NoSuchContract));
    });
}

#[test]
fn what_is_handed_over_at_the_desk_ends_the_waits_and_counts_as_no_order() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let credential = customers.seed_from_elsewhere("BIND0001").await;
        // Somebody with the password alone has failed until there is a wait.
        letter(&customers, &contract, NOW).await;
        let guess = ActivationCode::of(&[1; 32]);
        for _ in 0..6 {
            let tried = register(&customers, &contract, &credential, &guess, NOW).await;
            assert_eq!(tried, Err(BankError::NotProven));
        }
        let tried = register(&customers, &contract, &credential, &guess, NOW).await;
        assert!(matches!(tried, Err(BankError::TooSoon { .. })));
        let day = Millis::from_secs(DAY);
        let code = bank.hand_over_letter(&contract, day, NOW).await.unwrap();
        register(&customers, &contract, &credential, &code, NOW).await.unwrap();

        let other = customers.contract(2).await;
        bank.hand_over_letter(&other, day, NOW).await.unwrap();
        let last = bank.store().unsent_notices(10).await.unwrap().pop().unwrap();
        assert_eq!((last.contract, last.event), (other.clone(), Event::LetterHandedOver));
        bank.order_letter(&other, None, NOW).await.unwrap();
    });
}

#[test]
fn a_bank_that_wants_no_letter_sends_none() {
    customers::on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        assert_eq!(bank.letter_state(&contract, NOW).await, Ok(None));
        let asked = bank.order_letter(&contract, None, NOW).await;
        assert_eq!(asked, Err(BankError::LetterNotWanted));
        customers.registered(&contract, "BIND0001").await;
    });
}

#[test]
fn a_registration_and_the_printing_of_its_letter_at_once_are_both_done() {
    on_both(async |customers| {
        for number in 0..10 {
            let contract = customers.contract(10 + number).await;
            let code = letter(&customers, &contract, NOW).await;
            let credential = customers.seed_from_elsewhere(&format!("RACE{number:04}")).await;
            let waiting = customers.bank.unprinted_letters(0, NOW, 100).await.unwrap();
            let bank = customers.bank.clone();
            let printing =
                tokio::spawn(async move { bank.letters_printed(&waiting, after(1)).await });
            register(&customers, &contract, &credential, &code, NOW).await.unwrap();
            printing.await.unwrap().unwrap();
            assert!(printed(&customers, NOW).await.is_empty());
        }
    });
}
