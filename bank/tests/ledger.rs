//! Transfers on both databases: a code each time, one booking for each order, and no yen lost or doubled.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "support/customers.rs"]
mod customers;
#[path = "support/stored.rs"]
mod stored;
mod support;

use customers::{Customers, OUR_BANK, account, name, on_both, order, order_key};
use stored::NOW;
use support::{CODES, WRONG};
use warifu::time::{Millis, UnixMillis};
use warifu_bank::{
    bank::{BankError, NewToken, Order, TransferTerms},
    service::{Codes, Judged},
    store::{AccountId, ContractId, Event, Payee, StoreError, Transfer, Yen},
};

/// When the wait before new payees is over.
const LATER: UnixMillis = NOW.saturating_add(Millis::from_secs(3 * 86_400));

/// A contract with an account of so many yen, a token at counter 1, and no wait before it any more.
async fn payer(customers: &Customers, number: u64, yen: i64) -> ContractId {
    let contract = customers.contract(number).await;
    customers.open_account(&contract, number, yen).await;
    customers.registered(&contract, &format!("PAYS{number:04}")).await;
    contract
}

async fn balance(customers: &Customers, id: &AccountId) -> i64 {
    customers.bank.store().account(id).await.unwrap().unwrap().balance
}

async fn transfer(
    customers: &Customers,
    contract: &ContractId,
    order: &Order,
    key: u64,
    code: &str,
) -> Result<Transfer, BankError> {
    customers.bank.transfer(contract, order, &order_key(key), code, None, LATER).await
}

#[test]
fn a_transfer_takes_a_code_and_moves_the_money_once() {
    on_both(async |customers| {
        let one = payer(&customers, 1, 10_000).await;
        payer(&customers, 2, 500).await;
        let within = order(1, OUR_BANK, 2, 3000);
        let outside = order(1, "0001", 7, 1500);
        let booked = transfer(&customers, &one, &within, 1, CODES[1]).await.unwrap();
        assert_eq!((booked.amount, booked.at), (Yen::new(3000).unwrap(), LATER));
        assert_eq!(booked.payee, within.payee);
        let spent = transfer(&customers, &one, &outside, 2, CODES[1]).await;
        assert_eq!(spent, Err(BankError::Refused(Judged::Replayed)));
        let wrong = transfer(&customers, &one, &outside, 2, WRONG).await;
        assert_eq!(wrong, Err(BankError::Refused(Judged::Wrong { left: 9 })));
        let no_code = transfer(&customers, &one, &outside, 2, "").await;
        assert_eq!(no_code, Err(BankError::NoCode));
        transfer(&customers, &one, &outside, 2, CODES[2]).await.unwrap();

        assert_eq!(balance(&customers, &account(1)).await, 5500);
        assert_eq!(balance(&customers, &account(2)).await, 3500);
        assert_eq!(balance(&customers, &AccountId::settlement()).await, 1500);
        assert_eq!(balance(&customers, &AccountId::cash()).await, -10_500);
        let movements = customers.bank.store().movements(&account(1), 10).await.unwrap();
        let amounts: Vec<_> = movements.iter().map(|movement| movement.amount).collect();
        assert_eq!(amounts, [-1500, -3000, 10_000]);
        assert_eq!(movements[0].other, "ワリフ　タロウ");
        let received = customers.bank.store().movements(&account(2), 1).await.unwrap();
        assert_eq!((received[0].amount, received[0].other.as_str()), (3000, "ミホン　ハナコ"));
        assert_eq!(customers.events(&one).await[..2], [Event::Transferred, Event::Transferred]);
        // Which order, with which code of which token.
        let past = customers.bank.store().history(&one, 1).await.unwrap().remove(0);
        assert_eq!(past.request_key.as_deref(), Some("order-00000000000000000002"));
        assert_eq!((past.credential.as_deref(), past.step), (Some("PAYS0001"), Some(2)));
        let notices = customers.bank.store().unsent_notices(10).await.unwrap();
        let told = notices.iter().filter(|notice| notice.event == Event::Transferred);
        assert_eq!(told.count(), 2);
    });
}

#[test]
fn an_order_that_is_sent_again_is_answered_with_its_transfer_and_its_key_is_no_others() {
    on_both(async |customers| {
        let one = payer(&customers, 1, 10_000).await;
        let first = order(1, "0001", 7, 3000);
        let booked = transfer(&customers, &one, &first, 1, CODES[1]).await.unwrap();
        for code in [CODES[1], CODES[2], WRONG] {
            let again = transfer(&customers, &one, &first, 1, code).await;
            assert_eq!(again.as_ref(), Ok(&booked));
        }
        let other_amount = Order { amount: Yen::new(3001).unwrap(), ..first.clone() };
        let payee = Payee { name: name("ワリフ　ジロウ"), ..first.payee.clone() };
        let other_name = Order { payee, ..first };
        for other in [other_amount, other_name] {
            let reused = transfer(&customers, &one, &other, 1, CODES[2]).await;
            assert_eq!(reused, Err(BankError::OrderKeyReused));
        }
        // Another contract's order of the same name is another order.
        let two = payer(&customers, 2, 100).await;
        transfer(&customers, &two, &order(2, "0001", 7, 100), 1, CODES[1]).await.unwrap();
        assert_eq!(balance(&customers, &account(1)).await, 7000);
    });
}

#[test]
fn what_cannot_be_paid_is_refused_before_the_code_is_judged() {
    on_both(async |customers| {
        let one = payer(&customers, 1, 1000).await;
        payer(&customers, 2, 1000).await;
        for (order, why) in [
            (order(1, "0001", 7, 1001), BankError::Funds),
            (order(1, OUR_BANK, 3, 10), BankError::NoAccount),
            (order(2, "0001", 7, 10), BankError::NoAccount),
            (order(1, OUR_BANK, 1, 10), BankError::SameAccount),
        ] {
            let checked = customers.bank.check_order(&one, &order, LATER).await;
            assert_eq!(checked, Err(why.clone()));
            assert_eq!(transfer(&customers, &one, &order, 1, CODES[1]).await, Err(why));
        }
        // None of them spent it.
        let all = order(1, "0001", 7, 1000);
        assert_eq!(customers.bank.check_order(&one, &all, LATER).await, Ok(()));
        transfer(&customers, &one, &all, 1, CODES[1]).await.unwrap();
        let without = customers.contract(3).await;
        let refused = transfer(&customers, &without, &all, 1, CODES[1]).await;
        assert_eq!(refused, Err(BankError::NoToken));
    });
}

#[test]
fn a_token_that_is_new_pays_only_whom_the_contract_has_paid_before() {
    on_both(async |customers| {
        let bank = &customers.bank;
        let one = payer(&customers, 1, 10_000).await;
        let (known, unknown) = (order(1, "0001", 7, 100), order(1, "0001", 8, 100));
        let early = UnixMillis(LATER.0 - 1);
        let pay = async |order: &Order, key, code, at| {
            bank.transfer(&one, order, &order_key(key), code, None, at).await.map(|_| ())
        };
        let waits = |until| Err(BankError::NewPayee { until });
        assert_eq!(pay(&known, 1, CODES[1], early).await, waits(LATER));
        assert_eq!(pay(&known, 1, CODES[1], LATER).await, Ok(()));

        // Whoever exchanges the token begins the wait anew.
        let new = customers.seed_from_elsewhere("SWAP0001").await;
        let new = NewToken { credential: &new, codes: Codes::One(CODES[0]) };
        let at = LATER.saturating_add(Millis::from_secs(1));
        let remains = warifu_bank::bank::Remains::Code(CODES[2]);
        bank.exchange(&one, &remains, new, None, at).await.unwrap();
        let until = at.saturating_add(Millis::from_secs(3 * 86_400));
        assert_eq!(pay(&unknown, 2, CODES[1], at).await, waits(until));
        assert_eq!(pay(&known, 3, CODES[1], at).await, Ok(()));
        assert_eq!(pay(&unknown, 4, CODES[2], until).await, Ok(()));
    });
}

#[test]
fn new_payees_are_paid_a_bounded_amount_in_a_day() {
    on_both(async |customers| {
        let bank = &customers.bank;
        let one = payer(&customers, 1, 1_000_000).await;
        let limit = TransferTerms::NEW_PAYEES_LIMIT;
        let pay = async |to, yen, code: usize, hours: u64| {
            let key = order_key(u64::try_from(code).unwrap());
            let at = LATER.saturating_add(Millis::from_secs(hours * 3600));
            let order = order(1, "0001", to, yen);
            bank.transfer(&one, &order, &key, CODES[code], None, at).await.map(|_| ())
        };
        let refused = Err(BankError::NewPayeesLimit { limit });
        assert_eq!(pay(7, limit.value() + 1, 1, 0).await, refused);
        // Nothing was judged, and so the code is good still.
        assert_eq!(pay(7, 60_000, 1, 0).await, Ok(()));
        assert_eq!(pay(8, 40_001, 2, 1).await, refused);
        assert_eq!(pay(8, 40_000, 2, 1).await, Ok(()));
        assert_eq!(pay(7, 1, 3, 23).await, refused);
        // The first payee is known by now, and what it gets does not count. The second is new for an hour.
        assert_eq!(pay(7, 500_000, 3, 25).await, Ok(()));
        assert_eq!(pay(9, 100_000, 4, 25).await, refused);
        assert_eq!(pay(9, 60_000, 4, 25).await, Ok(()));
    });
}

#[test]
fn of_many_sendings_at_once_one_is_booked() {
    on_both(async |customers| {
        let one = payer(&customers, 1, 100_000).await;
        let send = |key: u64, code: &'static str| {
            let (bank, one) = (customers.bank.clone(), one.clone());
            tokio::spawn(async move {
                let order = order(1, "0001", 7, 1000);
                bank.transfer(&one, &order, &order_key(key), code, None, LATER).await
            })
        };
        // One order, sent 16 times.
        let sent: Vec<_> = (0..16).map(|_| send(1, CODES[1])).collect();
        let mut numbers = std::collections::BTreeSet::new();
        for sent in sent {
            numbers.insert(sent.await.unwrap().unwrap().number);
        }
        assert_eq!(numbers.len(), 1);
        // One code for 16 orders.
        let sent: Vec<_> = (2..18).map(|key| send(key, CODES[2])).collect();
        let mut booked = 0;
        for sent in sent {
            match sent.await.unwrap() {
                Ok(_) => booked += 1,
                refused => assert_eq!(refused, Err(BankError::Refused(Judged::Replayed))),
            }
        }
        assert_eq!(booked, 1);
        assert_eq!(balance(&customers, &account(1)).await, 98_000);
    });
}

#[test]
fn an_order_of_most_of_the_balance_that_is_sent_twice_at_once_is_never_told_that_it_is_too_much() {
    on_both(async |customers| {
        let one = payer(&customers, 1, 1000).await;
        for (round, code) in (1..).zip(&CODES[1..]) {
            let sent: Vec<_> = (0..8)
                .map(|_| {
                    let (bank, one) = (customers.bank.clone(), one.clone());
                    tokio::spawn(async move {
                        let order = order(1, "0001", 7, 600);
                        bank.transfer(&one, &order, &order_key(round), code, None, LATER).await
                    })
                })
                .collect();
            for sent in sent {
                let sent = sent.await.unwrap();
                assert!(sent.is_ok(), "{sent:?}");
            }
            assert_eq!(balance(&customers, &account(1)).await, 400);
            let paid_in = "INSERT INTO booking (payer, receiver, amount, at) \
                           VALUES ('cash', '001-1-0000001', 600, 1)";
            sqlx::query(paid_in).execute(&customers.raw).await.unwrap();
        }
    });
}

#[test]
fn transfers_both_ways_at_once_lose_nothing_and_overdraw_nothing() {
    on_both(async |customers| {
        let contracts = [payer(&customers, 1, 1000).await, payer(&customers, 2, 1000).await];
        for (round, code) in (1_u64..).zip(&CODES[1..8]) {
            let send = |from: usize| {
                let (bank, contract) = (customers.bank.clone(), contracts[from].clone());
                tokio::spawn(async move {
                    let (payer, receiver) = if from == 0 { (1, 2) } else { (2, 1) };
                    let order =
                        order(payer, OUR_BANK, receiver, 300 + 200 * i64::try_from(from).unwrap());
                    let key = order_key(round);
                    bank.transfer(&contract, &order, &key, code, None, LATER).await
                })
            };
            for done in [send(0), send(1)] {
                let done = done.await.unwrap();
                assert!(done.is_ok() || done == Err(BankError::Funds), "{done:?}");
            }
        }
        let (one, two) =
            (balance(&customers, &account(1)).await, balance(&customers, &account(2)).await);
        assert_eq!(one + two, 2000);
        assert!(one >= 0 && two >= 0);
        assert!(customers.bank.store().unbalanced_accounts().await.unwrap().is_empty());
    });
}

#[test]
fn bookings_both_ways_at_once_do_not_wait_for_each_other_in_a_ring() {
    on_both(async |customers| {
        let contract = customers.contract(1).await;
        customers.open_account(&contract, 1, 1000).await;
        customers.open_account(&contract, 2, 1000).await;
        let pay = |payer: u64, receiver: u64| {
            let raw = customers.raw.clone();
            tokio::spawn(async move {
                for _ in 0..50 {
                    let query = sqlx::query(
                        "INSERT INTO booking (payer, receiver, amount, at) VALUES ($1, $2, 1, 1)",
                    );
                    let (payer, receiver) = (account(payer), account(receiver));
                    query.bind(payer.as_str()).bind(receiver.as_str()).execute(&raw).await?;
                }
                Ok::<_, sqlx::Error>(())
            })
        };
        for done in [pay(1, 2), pay(2, 1), pay(1, 2), pay(2, 1)] {
            done.await.unwrap().unwrap();
        }
        assert_eq!(balance(&customers, &account(1)).await, 1000);
    });
}

#[test]
fn the_database_itself_keeps_the_books() {
    on_both(async |customers| {
        let one = payer(&customers, 1, 1000).await;
        transfer(&customers, &one, &order(1, "0001", 7, 400), 1, CODES[1]).await.unwrap();
        let id = account(1);
        for statement in [
            "UPDATE booking SET amount = 1",
            "DELETE FROM booking",
            "UPDATE transfer SET name = 'x'",
            "DELETE FROM transfer",
            "INSERT INTO booking (payer, receiver, amount, at) VALUES ('001-1-0000001', 'cash', 601, 1)",
            "INSERT INTO booking (payer, receiver, amount, at) VALUES ('cash', 'cash', 1, 1)",
            "INSERT INTO booking (payer, receiver, amount, at) VALUES ('cash', '001-1-0000001', 0, 1)",
            "INSERT INTO booking (payer, receiver, amount, at) VALUES ('cash', '001-1-0000001', -5, 1)",
            "INSERT INTO account (id, holder, balance, created_at) VALUES ('x', 'x', 1, 1)",
            "UPDATE account SET balance = -1 WHERE contract_id IS NOT NULL",
            "UPDATE account SET contract_id = NULL",
            "UPDATE account SET id = 'x' WHERE contract_id IS NULL",
        ] {
            assert!(sqlx::query(statement).execute(&customers.raw).await.is_err(), "{statement}");
        }
        // Whatever an INSERT is told to do with a row that is there. SQLite alone knows REPLACE.
        for columns in [
            "booking (number, payer, receiver, amount, at) SELECT number, payer, receiver, 1, at FROM booking",
            "transfer SELECT booking, contract_id, request_key, request_digest, bank, branch, kind, \
             account_number, 'x' FROM transfer",
            "transfer SELECT 1, contract_id, request_key, request_digest, bank, branch, kind, \
             account_number, 'x' FROM transfer",
            "account (id, contract_id, holder, created_at) SELECT id, NULL, 'x', 1 FROM account",
            "history (number, contract_id, at, event) SELECT number, contract_id, 1, event FROM history",
        ] {
            let statement = format!("INSERT OR REPLACE INTO {columns}");
            let statement = sqlx::AssertSqlSafe(statement);
            let done = sqlx::query(statement).execute(&customers.raw).await;
            assert!(done.is_err() || done.is_ok_and(|done| done.rows_affected() == 0), "{columns}");
        }
        assert_eq!(balance(&customers, &id).await, 600);
        assert_eq!(customers.bank.store().movements(&id, 9).await.unwrap().len(), 2);
        let kept = customers.bank.store().transfer(&one, "order-00000000000000000001").await;
        assert_eq!(kept.unwrap().unwrap().payee.name, name("ワリフ　タロウ"));
        let store = customers.bank.store();
        let twice = store.open_account(&id, &one, &name("ミホン"), None, NOW).await;
        assert_eq!(twice, Err(StoreError::Exists));
        assert!(store.unbalanced_accounts().await.unwrap().is_empty());
        // Whoever writes a balance by hand is found out.
        let by_hand = "UPDATE account SET balance = 700 WHERE id = '001-1-0000001'";
        sqlx::query(by_hand).execute(&customers.raw).await.unwrap();
        assert_eq!(store.unbalanced_accounts().await.unwrap(), [id]);
    });
}
