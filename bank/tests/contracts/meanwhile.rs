//! Another password is set while a login is under way: because somebody has the old one, and is logging in.

use std::sync::{Arc, Mutex};

use tokio::{runtime::Handle, task::block_in_place};
use warifu_bank::{
    bank::BankError,
    service::Service,
    store::{ContractId, Event},
};

use crate::{
    customers::{self, Customers, PASSWORD, on_both_with, password},
    stored::NOW,
    support::CODES,
};

/// What the staff do as the bank makes its next digest with this label.
type Armed = Arc<Mutex<Option<(&'static str, Box<dyn FnOnce() + Send>)>>>;

/// The digest of a password is made between reading the contract and comparing.
const JUDGING: &str = "contract password 1";
/// That of a browser, after the session was found and before the code is judged.
const CODE_WANTED: &str = "device 1";

fn on_both(test: impl AsyncFn(&Customers, &Armed)) {
    let armed = Armed::default();
    let make = |tokens: &Arc<Service>| {
        let armed = armed.clone();
        customers::bank_with(tokens.store().clone(), tokens.clone(), move |label| {
            let due = armed.lock().unwrap().take_if(|(at, _)| *at == label);
            if let Some((_, set_password)) = due {
                set_password();
            }
        })
    };
    on_both_with(make, async |customers| test(&customers, &armed).await);
}

fn arm(armed: &Armed, at: &'static str, customers: &Customers, contract: &ContractId) {
    let (bank, contract) = (customers.bank.clone(), contract.clone());
    let set_password = move || {
        let done = bank.set_password(&contract, password("another password"), NOW);
        block_in_place(|| Handle::current().block_on(done)).unwrap();
    };
    *armed.lock().unwrap() = Some((at, Box::new(set_password)));
}

async fn sessions(customers: &Customers) -> i64 {
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM session");
    count.fetch_one(&customers.raw).await.unwrap()
}

#[test]
fn whoever_is_logging_in_with_the_old_password_gets_no_session_by_it() {
    on_both(async |customers, armed| {
        // Without a code, with one, and to register a token.
        for (number, code_at_login, registers) in
            [(1, false, false), (2, true, false), (3, false, true), (4, true, true)]
        {
            let (bank, contract) = (&customers.bank, customers.contract(number).await);
            if code_at_login {
                customers.registered(&contract, &format!("BIND000{number}")).await;
                bank.set_code_at_login(&contract, true, CODES[1], None, NOW).await.unwrap();
            }
            arm(armed, JUDGING, customers, &contract);
            let old = password(PASSWORD);
            let tried = if registers {
                bank.identify(&contract, old, None, None, NOW).await.map(|_| ())
            } else {
                bank.log_in(&contract, old, None, None, NOW).await.map(|_| ())
            };
            assert_eq!(tried, Err(BankError::NotLoggedIn), "{number}");
            assert!(armed.lock().unwrap().is_none());
            assert_eq!(sessions(customers).await, 0, "{number}");
            // It stands nowhere as a login, and the new password has its own.
            assert_eq!(customers.events(&contract).await[0], Event::PasswordSet, "{number}");
            let new = customers.log_in(&contract, "another password", None, NOW).await.unwrap();
            assert_eq!(new.code_wanted, code_at_login);
            bank.end_session(&new.session).await.unwrap();
        }
    });
}

#[test]
fn whoever_is_about_to_show_the_code_has_it_not_judged() {
    on_both(async |customers, armed| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        customers.registered(&contract, "BIND0001").await;
        bank.set_code_at_login(&contract, true, CODES[1], None, NOW).await.unwrap();
        let half = customers.log_in(&contract, PASSWORD, None, NOW).await.unwrap();
        arm(armed, CODE_WANTED, customers, &contract);
        let tried = bank.log_in_with_code(&half.session, CODES[2], None, NOW).await;
        assert_eq!(tried.unwrap_err(), BankError::SessionOver);
        assert!(armed.lock().unwrap().is_none());
        assert_eq!(sessions(customers).await, 0);
        assert_eq!(customers.events(&contract).await[0], Event::PasswordSet);
        // The code is not spent: it is the customer's, for their own login.
        let half = customers.log_in(&contract, "another password", None, NOW).await.unwrap();
        bank.log_in_with_code(&half.session, CODES[2], None, NOW).await.unwrap();
    });
}
