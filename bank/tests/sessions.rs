//! Sessions on both databases: how long they live, and what their forms carry.
#![allow(clippy::unwrap_used)]

#[path = "support/customers.rs"]
mod customers;
#[path = "support/stored.rs"]
mod stored;
mod support;

use customers::{Customers, PASSWORD, on_both};
use stored::NOW;
use warifu::time::{Millis, UnixMillis};
use warifu_bank::{
    bank::{IDLE, LONGEST, SessionToken},
    store::{Along, ContractId, NewSession, Session, Stage, Written},
};

fn after(span: Millis) -> UnixMillis {
    NOW.saturating_add(span)
}

async fn begin(customers: &Customers, contract: &ContractId) -> SessionToken {
    customers.log_in(contract, PASSWORD, None, NOW).await.unwrap().session
}

#[test]
fn a_session_lives_while_it_is_used_and_no_longer_than_a_day_at_work() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let token = begin(&customers, &contract).await;
        let is_there = async |at| bank.session(&token, at).await.unwrap().is_some();
        let mut at = Millis::ZERO;
        while at.0 < LONGEST.0 {
            assert!(is_there(after(at)).await, "{at:?}");
            at = Millis(at.0.saturating_add(IDLE.0.saturating_sub(60_000)));
        }
        assert!(!is_there(after(LONGEST)).await);
        // It is gone, and no earlier instant brings it back.
        assert!(!is_there(NOW).await);
    });
}

#[test]
fn an_idle_session_is_over() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let one = begin(&customers, &contract).await;
        let other = begin(&customers, &contract).await;
        let last = Millis(IDLE.0.saturating_sub(1));
        let session = bank.session(&one, after(last)).await.unwrap().unwrap();
        assert_eq!((session.contract, session.stage), (contract.clone(), Stage::LoggedIn));
        assert_eq!(bank.session(&other, after(IDLE)).await.unwrap(), None);
        // The first was used meanwhile.
        assert!(bank.session(&one, after(IDLE)).await.unwrap().is_some());
        let long_after = after(Millis(IDLE.0.saturating_mul(3)));
        assert_eq!(bank.tidy(long_after).await.unwrap(), (0, 1));
    });
}

#[test]
fn a_session_is_ended_by_itself_or_with_all_others_of_its_contract() {
    on_both(async |customers| {
        let bank = &customers.bank;
        let (one, two) = (customers.contract(1).await, customers.contract(2).await);
        let begin = async |contract| begin(&customers, contract).await;
        let (a, b, c) = (begin(&one).await, begin(&one).await, begin(&two).await);
        let is_there = async |token| bank.session(token, NOW).await.unwrap().is_some();
        bank.end_session(&a).await.unwrap();
        assert!(!is_there(&a).await && is_there(&b).await && is_there(&c).await);
        let along = Along { ends_sessions_of: Some(&one), ..Along::default() };
        assert_eq!(bank.store().commit(&[], &along).await.unwrap(), Written::Yes);
        assert!(!is_there(&b).await && is_there(&c).await);
        // A visitor's token is no session.
        assert!(!is_there(&bank.draw_token().unwrap()).await);
    });
}

#[test]
fn a_session_begins_in_the_place_of_one_that_is_there_and_of_no_other() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let session = Session {
            contract: contract.clone(),
            stage: Stage::LoggedIn,
            created_at: NOW,
            last_seen_at: NOW,
            counted: Some("2001:db8::7".parse().unwrap()),
        };
        let begin = async |digest, in_place_of| {
            let new = NewSession { digest: [digest; 32], session: session.clone(), in_place_of };
            let along = Along { session: Some(&new), ..Along::default() };
            bank.store().commit(&[], &along).await.unwrap()
        };
        let read = async |digest| bank.store().session(&[digest; 32]).await.unwrap();
        assert_eq!(begin(1, None).await, Written::Yes);
        assert_eq!(begin(2, Some([1; 32])).await, Written::Yes);
        assert_eq!((read(1).await, read(2).await), (None, Some(session.clone())));
        assert_eq!(begin(3, Some([1; 32])).await, Written::Overtaken);
        assert_eq!((read(2).await, read(3).await), (Some(session.clone()), None));
    });
}

#[test]
fn a_form_is_bound_to_its_session_and_the_database_has_nothing_to_make_one_of() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let token = begin(&customers, &contract).await;
        let other = bank.draw_token().unwrap();
        let form = bank.form_token(&token);
        assert!(bank.is_form_token(&token, &form));
        assert!(!bank.is_form_token(&other, &form) && !bank.is_form_token(&token, ""));
        assert_ne!(form, token.text().as_str());
        let kept: Vec<u8> = sqlx::query_scalar("SELECT token_digest FROM session")
            .fetch_one(&customers.raw)
            .await
            .unwrap();
        // Another bank's keys make another digest of the same token.
        let elsewhere = customers::bank(bank.store().clone(), customers.tokens.clone());
        assert!(elsewhere.session(&token, NOW).await.unwrap().is_none());
        assert_eq!(kept.len(), 32);
    });
}
