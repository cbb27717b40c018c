use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use warifu::{credential::Label, time::UnixMillis};
use warifu_bank::{
    bank::{Answer, BankError, Remains, TokenService},
    service::{Imported, Proof, Proven, Service, ViewedStatus},
    store::Along,
};

use crate::{
    HERE, after,
    customers::{self, on_both},
    stored::{NOW, id, import},
    support::{CODES, WRONG},
    token,
};

#[test]
fn one_credential_is_one_contracts_and_one_contract_has_one() {
    on_both(async |customers| {
        let bank = &customers.bank;
        let (one, other) = (customers.contract(1).await, customers.contract(2).await);
        let credential = customers.registered(&one, "BIND0001").await;
        // The second contract knows a good code of the first one's token, and even so.
        let taken =
            bank.register(&other, token(&credential, CODES[1]), None, false, None, NOW).await;
        assert_eq!(taken, Err(BankError::NotProven));
        let second = customers.seed_from_elsewhere("BIND0002").await;
        let twice = bank.register(&one, token(&second, CODES[0]), None, false, None, NOW).await;
        assert_eq!(twice, Err(BankError::HasToken));
        // Nothing of that was committed: the code is good for its holder still.
        bank.release(&one, CODES[1], None, NOW).await.unwrap();
    });
}

#[test]
fn of_two_contracts_that_register_one_credential_at_once_one_gets_it() {
    on_both(async |customers| {
        for round in 0..5 {
            let contracts = [
                customers.contract(10 + 2 * round).await,
                customers.contract(11 + 2 * round).await,
            ];
            let credential = customers.seed_from_elsewhere(&format!("RACE{round:04}")).await;
            let register = |at: usize| {
                let (bank, contract) = (customers.bank.clone(), contracts[at].clone());
                let credential = credential.clone();
                tokio::spawn(async move {
                    let new = token(&credential, CODES[0]);
                    bank.register(&contract, new, None, false, None, NOW).await
                })
            };
            let (first, second) = (register(0), register(1));
            let done = [first.await.unwrap(), second.await.unwrap()];
            assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
            assert!(done.contains(&Err(BankError::NotProven)), "{done:?}");
        }
    });
}

#[test]
fn what_was_issued_to_one_contract_is_not_anothers() {
    on_both(async |customers| {
        let bank = &customers.bank;
        let (whose, other) = (customers.contract(1).await, customers.contract(2).await);
        let account_ref = Some(Label::new(whose.as_str()).unwrap());
        let issued = Imported { account_ref, ..import("BIND0001") };
        customers.tokens.import(&issued, None, NOW).await.unwrap();
        let credential = id("BIND0001");
        let taken =
            bank.register(&other, token(&credential, CODES[0]), None, false, None, NOW).await;
        assert_eq!(taken, Err(BankError::NotProven));
        bank.register(&whose, token(&credential, CODES[0]), None, false, None, NOW).await.unwrap();
    });
}

#[test]
fn failures_before_a_registration_count_against_the_contract_and_not_the_credential() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let victim = customers.seed_from_elsewhere("BIND0001").await;
        let nobody = id("NONE0001");
        for failed in 0..6 {
            let credential = if failed % 2 == 0 { &victim } else { &nobody };
            let tried =
                bank.register(&contract, token(credential, WRONG), None, false, None, NOW).await;
            assert_eq!(tried, Err(BankError::NotProven), "{failed}");
        }
        let until = after(60);
        let tried =
            bank.register(&contract, token(&victim, CODES[0]), None, false, None, NOW).await;
        assert_eq!(tried, Err(BankError::TooSoon { until }));
        let view = customers.tokens.view(&victim, NOW).await.unwrap();
        assert_eq!((view.failures, view.status), (0, ViewedStatus::NotConfirmed));
        // Its holder is not held up.
        let holder = customers.contract(2).await;
        bank.register(&holder, token(&victim, CODES[0]), None, false, None, NOW).await.unwrap();
    });
}

#[test]
fn who_registers_a_token_of_their_own_has_no_more_guesses_at_anothers() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let victim = customers.seed_from_elsewhere("FREE0001").await;
        let guess =
            async || bank.register(&contract, token(&victim, WRONG), None, false, None, NOW).await;
        for round in 0..6 {
            assert_eq!(guess().await, Err(BankError::NotProven), "{round}");
            if round < 5 {
                customers.registered(&contract, &format!("MINE{round:04}")).await;
                bank.release(&contract, CODES[1], None, NOW).await.unwrap();
            }
        }
        assert_eq!(guess().await, Err(BankError::TooSoon { until: after(60) }));
    });
}

#[test]
fn a_token_that_is_anothers_is_not_judged_at_a_registration() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let holder = customers.contract(2).await;
        let held = customers.registered(&holder, "BIND0001").await;
        let counting = Arc::new(Counting { tokens: customers.tokens.clone(), asked: 0.into() });
        let other = customers::bank(bank.store().clone(), counting.clone());
        for code in [CODES[1], WRONG] {
            let tried = other.register(&contract, token(&held, code), None, false, None, NOW).await;
            assert_eq!(tried, Err(BankError::NotProven));
        }
        assert_eq!(counting.asked.load(Ordering::Relaxed), 0);
    });
}

/// A token service that counts what it is asked to prove.
struct Counting {
    tokens: Arc<Service>,
    asked: AtomicU32,
}

impl TokenService for Counting {
    fn prove<'a>(
        &'a self,
        proof: &'a Proof<'a>,
        along: &'a Along<'a>,
        now: UnixMillis,
    ) -> Answer<'a, Proven> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Box::pin(self.tokens.prove(proof, along, now))
    }
}

#[test]
fn what_was_not_judged_is_not_counted() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        customers.registered(&contract, "BIND0001").await;
        let second = customers.seed_from_elsewhere("BIND0002").await;
        // A registration that is sent again after its answer was lost.
        for _ in 0..12 {
            let again =
                bank.register(&contract, token(&second, CODES[0]), None, false, Some(HERE), NOW);
            assert_eq!(again.await, Err(BankError::HasToken));
        }
        let remains = Remains::Code(CODES[1]);
        let exchange = async || {
            let new = token(&second, CODES[0]);
            bank.exchange(&contract, &remains, new, Some(HERE), NOW).await
        };
        exchange().await.unwrap();
        for _ in 0..12 {
            assert_eq!(exchange().await, Err(BankError::HasToken));
        }
    });
}
