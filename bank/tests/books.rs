//! Whatever is sent, sent again, or breaks off: a code that is spent is one transfer, and one transfer is
//! a code that is spent.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "support/customers.rs"]
mod customers;
#[path = "support/stored.rs"]
mod stored;
mod support;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use customers::{Customers, account, name, on_both, order, order_key};
use proptest::{
    prelude::*,
    test_runner::{TestCaseError, TestRunner},
};
use sqlx::Row as _;
use stored::NOW;
use support::WRONG;
use tokio::runtime::Handle;
use warifu::{
    credential::CredentialId,
    otp::{Algorithm, Digits, hotp},
    time::{Millis, UnixMillis},
};
use warifu_bank::{
    bank::{Answer, Bank, BankError, Order, TokenService},
    service::{Proof, Proven, Service, ServiceError},
    store::{Along, ContractId, Payee, StoreError, Transfer, Yen},
};
use warifu_verifier::Row;

/// What the customer's browser sends, and what befalls it.
#[derive(Debug, Clone, Copy)]
struct Sending {
    /// Under which name.
    key: u64,
    amount: i64,
    code: Typed,
    fault: Fault,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Typed {
    /// The token's next.
    Next,
    /// The last that was accepted.
    Spent,
    Wrong,
}

/// Where it breaks off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Nowhere,
    /// Before the code is judged.
    Before,
    /// After the money has moved, and before the commit.
    Within,
    /// After the commit, before the answer.
    After,
}

fn sending() -> impl Strategy<Value = Sending> {
    let code =
        prop_oneof![4 => Just(Typed::Next), 1 => Just(Typed::Spent), 1 => Just(Typed::Wrong)];
    let fault = prop_oneof![
        3 => Just(Fault::Nowhere),
        1 => Just(Fault::Before),
        1 => Just(Fault::Within),
        1 => Just(Fault::After)
    ];
    let amount = prop_oneof![Just(100_i64), Just(250), Just(700)];
    (0..4_u64, amount, code, fault).prop_map(|(key, amount, code, fault)| Sending {
        key,
        amount,
        code,
        fault,
    })
}

#[test]
fn no_sequence_of_transfers_faults_and_retries_loses_or_doubles_money() {
    on_both(async |customers| {
        break_within(&customers).await;
        let (numbers, runner) = (AtomicU64::new(1), ProptestConfig::with_cases(24));
        let runner = ProptestConfig { failure_persistence: None, ..runner };
        let run = |sendings: Vec<Sending>| {
            let number = numbers.fetch_add(1, Ordering::Relaxed);
            tokio::task::block_in_place(|| {
                Handle::current().block_on(one_customer(&customers, number, &sendings))
            })
        };
        TestRunner::new(runner).run(&prop::collection::vec(sending(), 1..16), run).unwrap();
        assert!(customers.bank.store().unbalanced_accounts().await.unwrap().is_empty());
        let row = sqlx::query("SELECT CAST(SUM(balance) AS BIGINT) AS total FROM account");
        let total: i64 = row.fetch_one(&customers.raw).await.unwrap().try_get("total").unwrap();
        assert_eq!(total, 0);
    });
}

/// A customer with 1,000 yen sends these, and looks at the account after each.
async fn one_customer(
    customers: &Customers,
    number: u64,
    sendings: &[Sending],
) -> Result<(), TestCaseError> {
    let contract = customers.contract(number).await;
    customers.open_account(&contract, number, PAID_IN).await;
    let credential = customers.registered(&contract, &format!("BOOK{number:04}")).await;
    let bank = Flaky::bank(customers);
    let mut books = BTreeMap::<u64, (Order, Transfer)>::new();
    for (hour, sending) in (1_u64..).zip(sendings) {
        let spent = spent(customers, &credential).await;
        let asked = asked(number, sending);
        let code = match sending.code {
            Typed::Next => code(spent + 1),
            Typed::Spent => code(spent),
            Typed::Wrong => WRONG.into(),
        };
        // Each waits for whatever wait the one before has begun.
        let now = NOW.saturating_add(Millis::from_secs(30 * 86_400 + hour * 7200));
        bank.faults.set(sending.fault);
        let key = order_key(sending.key);
        let told = bank.bank.transfer(&contract, &asked, &key, &code, None, now).await;
        bank.faults.set(Fault::Nowhere);
        let before = books.get(&sending.key).cloned();
        let booked = customers.bank.store().transfer(&contract, &key_text(sending.key)).await;
        let booked = booked.unwrap();
        check(sending, &asked, &told, before.as_ref(), booked.as_ref())?;
        if let (None, Some(booked)) = (before, booked) {
            books.insert(sending.key, (asked, booked));
        }
        let paid: i64 = books.values().map(|(order, _)| order.amount.value()).sum();
        let account = customers.bank.store().account(&account(number)).await.unwrap().unwrap();
        prop_assert_eq!(account.balance, PAID_IN - paid);
        // The code of counter 0 registered the token; each other one that is spent is a transfer.
        let spent = self::spent(customers, &credential).await;
        prop_assert_eq!(spent, u64::try_from(books.len()).unwrap());
        prop_assert_eq!(transfers(customers, &contract).await, books.len());
    }
    Ok(())
}

/// What was told is what is in the books.
fn check(
    sending: &Sending,
    asked: &Order,
    told: &Result<Transfer, BankError>,
    before: Option<&(Order, Transfer)>,
    booked: Option<&Transfer>,
) -> Result<(), TestCaseError> {
    if let Some((order, transfer)) = before {
        // What is booked stays as it was, and is the answer to the same order again.
        prop_assert_eq!(booked, Some(transfer));
        let same = order == asked;
        let expected = if same { Ok(transfer.clone()) } else { Err(BankError::OrderKeyReused) };
        prop_assert_eq!(told, &expected);
        return Ok(());
    }
    match told {
        Ok(transfer) => {
            prop_assert_eq!(booked, Some(transfer));
            // Where the token service's answer is lost, the bank finds the booking all the same.
            prop_assert!(matches!(sending.fault, Fault::Nowhere | Fault::After));
            prop_assert_eq!(sending.code, Typed::Next);
        }
        Err(BankError::Store(StoreError::Unreachable)) => {
            prop_assert!(booked.is_none() && sending.fault != Fault::Nowhere);
        }
        Err(_) => prop_assert!(booked.is_none()),
    }
    Ok(())
}

fn asked(number: u64, sending: &Sending) -> Order {
    let order = order(number, "0001", 7, sending.amount);
    if sending.fault != Fault::Within {
        return order;
    }
    Order { payee: Payee { name: name(BROKEN), ..order.payee }, ..order }
}

/// Has the database refuse transfers to one name, which come after their bookings.
async fn break_within(customers: &Customers) {
    let trigger = "CREATE TRIGGER broken BEFORE INSERT ON transfer WHEN NEW.name = 'ｺﾜﾚ' \
                   BEGIN SELECT RAISE(ABORT, 'broken'); END";
    if sqlx::query(trigger).execute(&customers.raw).await.is_err() {
        let constraint = "ALTER TABLE transfer ADD CONSTRAINT broken CHECK (name <> 'ｺﾜﾚ')";
        sqlx::query(constraint).execute(&customers.raw).await.unwrap();
    }
}

async fn spent(customers: &Customers, credential: &CredentialId) -> u64 {
    let read = customers.bank.store().credential(credential).await.unwrap().unwrap();
    Row::from(&read.value.state).spent.unwrap()
}

async fn transfers(customers: &Customers, contract: &ContractId) -> usize {
    let query = sqlx::query("SELECT COUNT(*) AS many FROM transfer WHERE contract_id = $1");
    let row = query.bind(contract.as_str()).fetch_one(&customers.raw).await.unwrap();
    usize::try_from(row.try_get::<i64, _>("many").unwrap()).unwrap()
}

fn code(counter: u64) -> String {
    let seed = stored::seed();
    hotp::code(seed.secret(), Algorithm::Sha1, Digits::SIX, counter).expose().to_owned()
}

fn key_text(number: u64) -> String {
    format!("order-{number:020}")
}

const PAID_IN: i64 = 1000;
const BROKEN: &str = "ｺﾜﾚ";

/// A bank whose connection to its token service breaks.
struct Flaky {
    bank: Bank,
    faults: Faults,
}

#[derive(Clone)]
struct Faults(Arc<Mutex<Fault>>);

struct FlakyTokens {
    tokens: Arc<Service>,
    faults: Faults,
}

impl Flaky {
    fn bank(customers: &Customers) -> Self {
        let faults = Faults(Arc::new(Mutex::new(Fault::Nowhere)));
        let tokens = FlakyTokens { tokens: customers.tokens.clone(), faults: faults.clone() };
        Self { bank: customers::bank(customers.tokens.store().clone(), Arc::new(tokens)), faults }
    }
}

impl Faults {
    fn set(&self, fault: Fault) {
        *self.0.lock().unwrap() = fault;
    }

    fn is(&self, fault: Fault) -> bool {
        *self.0.lock().unwrap() == fault
    }
}

impl TokenService for FlakyTokens {
    fn prove<'a>(
        &'a self,
        proof: &'a Proof<'a>,
        along: &'a Along<'a>,
        now: UnixMillis,
    ) -> Answer<'a, Proven> {
        Box::pin(async move {
            let lost = Err(ServiceError::Store(StoreError::Unreachable));
            if self.faults.is(Fault::Before) {
                return lost;
            }
            let proven = self.tokens.prove(proof, along, now).await;
            if self.faults.is(Fault::After) { lost } else { proven }
        })
    }
}

#[test]
fn an_amount_that_is_paid_in_is_as_much_as_the_account_begins_with() {
    on_both(async |customers| {
        let contract = customers.contract(1).await;
        customers.open_account(&contract, 1, PAID_IN).await;
        customers.open_account(&contract, 2, 0).await;
        let accounts = customers.bank.store().accounts(&contract).await.unwrap();
        let balances: Vec<_> = accounts.iter().map(|account| account.balance).collect();
        assert_eq!(balances, [PAID_IN, 0]);
        assert_eq!(Yen::new(0), None);
    });
}
