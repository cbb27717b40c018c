use warifu_bank::{
    bank::{BankError, Remains},
    service::ServiceError,
    store::Event,
};

use crate::{
    HERE, after,
    customers::{self, PASSWORD, contract_id, on_both, password},
    stored::{NOW, id},
    support::{CODES, WRONG},
    token,
};

#[test]
fn a_contract_is_added_once() {
    on_both(async |customers| {
        let contract = customers.contract(1).await;
        assert_eq!(customers.add(1).await, Err(BankError::Exists));
        let missing = customers.bank.release(&contract_id(7), CODES[0], None, NOW).await;
        assert_eq!(missing, Err(BankError::NoSuchContract));
        let view = customers.tokens.view(&id("NONE0001"), NOW).await;
        assert_eq!(view.err(), Some(ServiceError::NotFound));
        let released = customers.bank.release(&contract, CODES[0], None, NOW).await;
        assert_eq!(released, Err(BankError::NoToken));
    });
}

#[test]
fn staff_forget_what_failed_and_set_another_password() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let log_in = async |typed: &str| customers.log_in(&contract, typed, None, NOW).await;
        for _ in 0..6 {
            assert_eq!(log_in("wrong words").await.unwrap_err(), BankError::NotLoggedIn);
        }
        assert!(matches!(log_in(PASSWORD).await, Err(BankError::TooSoon { .. })));
        bank.unlock(&contract, NOW).await.unwrap();
        let session = log_in(PASSWORD).await.unwrap().session;

        bank.set_password(&contract, password("another password"), NOW).await.unwrap();
        assert_eq!(bank.session(&session, NOW).await.unwrap(), None);
        assert_eq!(log_in(PASSWORD).await.unwrap_err(), BankError::NotLoggedIn);
        log_in("another password").await.unwrap();
        let events = customers.events(&contract).await;
        assert_eq!(
            events[..4],
            [Event::LoggedIn, Event::PasswordSet, Event::LoggedIn, Event::ContractUnlocked]
        );
        let notices = bank.store().unsent_notices(10).await.unwrap();
        let told: Vec<_> = notices.iter().map(|notice| notice.event).collect();
        assert_eq!(told, [Event::PasswordsRefused, Event::PasswordSet]);
        assert_eq!(bank.unlock(&contract_id(9), NOW).await, Err(BankError::NoSuchContract));
    });
}

#[test]
fn what_staff_do_stands_under_their_name() {
    on_both(async |customers| {
        let contract = customers.contract(1).await;
        let bank = customers::bank(customers.bank.store().clone(), customers.tokens.clone());
        let bank = bank.for_staff("uid 1000");
        bank.unlock(&contract, NOW).await.unwrap();
        bank.set_password(&contract, password("another password"), NOW).await.unwrap();
        let typed = password("another password");
        bank.log_in(&contract, typed, None, None, NOW).await.unwrap();
        let history = bank.store().history(&contract, 3).await.unwrap();
        let staff: Vec<_> = history.iter().map(|past| past.staff.as_deref()).collect();
        assert_eq!(staff, [None, Some("uid 1000"), Some("uid 1000")]);
    });
}

#[test]
fn what_was_refused_leaves_a_row_and_not_without_end() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        customers.registered(&contract, "BIND0001").await;
        let tried = bank.set_code_at_login(&contract, true, WRONG, Some(HERE), NOW).await;
        assert!(matches!(tried, Err(BankError::Refused(_))));
        let past = bank.store().history(&contract, 1).await.unwrap().remove(0);
        assert_eq!((past.event, past.step), (Event::CodeRefused, None));
        assert_eq!(past.credential.as_deref(), Some("BIND0001"));
        assert_eq!(past.origin.as_deref(), Some("192.0.2.1"));
        let new = id("NONE0001");
        let remains = Remains::Code(CODES[1]);
        let tried = bank.exchange(&contract, &remains, token(&new, WRONG), None, NOW).await;
        assert_eq!(tried, Err(BankError::NotProven));
        let past = bank.store().history(&contract, 1).await.unwrap().remove(0);
        assert_eq!(past.event, Event::RegistrationRefused);
        assert_eq!(past.credential.as_deref(), Some("NONE0001"));
        let refused = async || {
            let history = bank.store().history(&contract, 100).await.unwrap();
            let refused = [Event::CodeRefused, Event::RegistrationRefused];
            history.iter().filter(|past| refused.contains(&past.event)).count()
        };
        for _ in 0..30 {
            let _ = bank.set_code_at_login(&contract, true, WRONG, Some(HERE), NOW).await;
        }
        assert_eq!(refused().await, 20);
        let _ = bank.set_code_at_login(&contract, true, WRONG, Some(HERE), after(86_401)).await;
        assert_eq!(refused().await, 21);
    });
}

#[test]
fn the_database_refuses_to_change_what_was_recorded() {
    on_both(async |customers| {
        customers.contract(1).await;
        for statement in ["UPDATE history SET event = 'x'", "DELETE FROM history"] {
            let done = sqlx::query(statement).execute(&customers.raw).await;
            assert!(done.is_err(), "{statement}");
        }
        // One credential for two, or a code at login without a token, neither.
        let contract = customers.contract(2).await;
        customers.registered(&contract, "BIND0001").await;
        for statement in [
            "UPDATE contract SET credential_id = 'BIND0001', bound_at = 1",
            "UPDATE contract SET code_at_login = 1 WHERE credential_id IS NULL",
        ] {
            let done = sqlx::query(statement).execute(&customers.raw).await;
            assert!(done.is_err(), "{statement}");
        }
    });
}
