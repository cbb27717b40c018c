//! Contracts and their tokens, on both databases: who gets in, what a token is bound by, and what is told.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "support/customers.rs"]
mod customers;
#[path = "support/stored.rs"]
mod stored;
mod support;

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use customers::{PASSWORD, contract_id, on_both, password};
use stored::{NOW, id, import};
use support::{CODES, WRONG};
use warifu::{
    credential::{CredentialId, Label},
    time::{Millis, UnixMillis},
};
use warifu_bank::{
    bank::{Answer, BankError, NewToken, Remains, TokenService},
    service::{Act, Codes, Imported, Judged, Proof, Proven, Service, ServiceError, ViewedStatus},
    store::{Along, Event, Stage},
};

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

fn token<'a>(credential: &'a CredentialId, code: &'a str) -> NewToken<'a> {
    NewToken { credential, codes: Codes::One(code) }
}

fn after(seconds: u64) -> UnixMillis {
    NOW.saturating_add(Millis::from_secs(seconds))
}

#[test]
fn a_registered_token_is_asked_for_at_login_if_that_was_chosen() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let credential = customers.seed_from_elsewhere("BIND0001").await;
        let before = bank.log_in(&contract, password(PASSWORD), None, NOW).await.unwrap();
        assert!(!before.code_wanted && !before.has_token);
        let new = token(&credential, CODES[0]);
        bank.register(&contract, new, true, Some(HERE), after(1)).await.unwrap();

        let login = bank.log_in(&contract, password(PASSWORD), None, after(2)).await.unwrap();
        assert!(login.code_wanted && login.has_token);
        assert_eq!(login.last_login_at, Some(NOW));
        // The code that registered the token is spent.
        let again = bank.log_in_with_code(&contract, CODES[0], None, after(3)).await;
        assert_eq!(again, Err(BankError::Refused(Judged::Replayed)));
        let wrong = bank.log_in_with_code(&contract, WRONG, None, after(3)).await;
        assert_eq!(wrong, Err(BankError::Refused(Judged::Wrong { left: 9 })));
        let accepted = bank.log_in_with_code(&contract, CODES[1], None, after(4)).await.unwrap();
        assert_eq!(accepted.failures_before, 1);
        assert_eq!(
            customers.events(&contract).await,
            [Event::LoggedIn, Event::TokenRegistered, Event::LoggedIn, Event::ContractAdded]
        );
        let history = bank.store().history(&contract, 10).await.unwrap();
        let registered = history.iter().find(|past| past.event == Event::TokenRegistered).unwrap();
        assert_eq!(registered.origin.as_deref(), Some("192.0.2.1"));
        assert_eq!(
            (registered.credential.as_deref(), registered.step),
            (Some("BIND0001"), Some(0))
        );
        let login = &history[0];
        assert_eq!((login.credential.as_deref(), login.step), (Some("BIND0001"), Some(1)));
        let notices = bank.store().unsent_notices(10).await.unwrap();
        assert_eq!(notices.len(), 1);
        assert_eq!(notices[0].event, Event::TokenRegistered);
        assert_eq!(notices[0].address, "customer-1@mail.example");
        bank.store().notice_sent(notices[0].number, after(5)).await.unwrap();
        assert!(bank.store().unsent_notices(10).await.unwrap().is_empty());
    });
}

#[test]
fn one_credential_is_one_contracts_and_one_contract_has_one() {
    on_both(async |customers| {
        let bank = &customers.bank;
        let (one, other) = (customers.contract(1).await, customers.contract(2).await);
        let credential = customers.registered(&one, "BIND0001").await;
        // The second contract knows a good code of the first one's token, and even so.
        let taken = bank.register(&other, token(&credential, CODES[1]), false, None, NOW).await;
        assert_eq!(taken, Err(BankError::NotProven));
        let second = customers.seed_from_elsewhere("BIND0002").await;
        let twice = bank.register(&one, token(&second, CODES[0]), false, None, NOW).await;
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
                    bank.register(&contract, new, false, None, NOW).await
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
fn failures_before_a_registration_count_against_the_contract_and_not_the_credential() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let victim = customers.seed_from_elsewhere("BIND0001").await;
        let nobody = id("NONE0001");
        for failed in 0..6 {
            let credential = if failed % 2 == 0 { &victim } else { &nobody };
            let tried = bank.register(&contract, token(credential, WRONG), false, None, NOW).await;
            assert_eq!(tried, Err(BankError::NotProven), "{failed}");
        }
        let until = after(60);
        let tried = bank.register(&contract, token(&victim, CODES[0]), false, None, NOW).await;
        assert_eq!(tried, Err(BankError::TooSoon { until }));
        let view = customers.tokens.view(&victim, NOW).await.unwrap();
        assert_eq!((view.failures, view.status), (0, ViewedStatus::NotConfirmed));
        // Its holder is not held up.
        let holder = customers.contract(2).await;
        bank.register(&holder, token(&victim, CODES[0]), false, None, NOW).await.unwrap();
    });
}

#[test]
fn failures_from_one_address_are_bounded_over_all_contracts() {
    on_both(async |customers| {
        let contract = customers.contract(1).await;
        for number in 0..customers::PER_MINUTE {
            let id = contract_id(1000 + u64::from(number));
            let tried = customers.bank.log_in(&id, password("wrong words"), Some(HERE), NOW).await;
            assert_eq!(tried, Err(BankError::NotLoggedIn));
        }
        let log_in =
            async |origin| customers.bank.log_in(&contract, password(PASSWORD), origin, NOW).await;
        assert_eq!(log_in(Some(HERE)).await, Err(BankError::TooSoon { until: after(60) }));
        assert!(log_in(Some("192.0.2.2".parse().unwrap())).await.is_ok());
    });
}

#[test]
fn an_id_that_nobody_has_is_counted_and_made_to_wait_like_one_that_somebody_has() {
    on_both(async |customers| {
        let (bank, known) = (&customers.bank, customers.contract(1).await);
        let unknown = contract_id(999);
        let mut told = Vec::new();
        for contract in [&known, &unknown] {
            let mut answers = Vec::new();
            for second in [0, 1, 2, 3, 4, 5, 6, 60, 65, 66, 100, 200] {
                let typed = password("not the password");
                answers.push(bank.log_in(contract, typed, None, after(second)).await);
            }
            told.push(answers);
        }
        assert_eq!(told[0], told[1]);
        assert_eq!(told[0][5], Err(BankError::NotLoggedIn));
        assert_eq!(told[0][6], Err(BankError::TooSoon { until: after(65) }));
        assert_eq!(told[0][9], Err(BankError::TooSoon { until: after(65 + 120) }));
        // The right password is not looked at before the wait is over, and says afterwards how many failed.
        let right = async |at| bank.log_in(&known, password(PASSWORD), None, after(at)).await;
        assert!(matches!(right(300).await, Err(BankError::TooSoon { .. })));
        assert_eq!(right(500).await.unwrap().failures_before, 8);
        assert_eq!(right(501).await.unwrap().failures_before, 0);
        // Old counts are removed.
        assert_eq!(bank.tidy(after(200 + 30 * 86_400 + 1)).await.unwrap(), (4, 0));
    });
}

#[test]
fn what_was_refused_leaves_a_row_and_not_without_end() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        customers.registered(&contract, "BIND0001").await;
        let tried = bank.log_in_with_code(&contract, WRONG, Some(HERE), NOW).await;
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
            let _ = bank.log_in_with_code(&contract, WRONG, Some(HERE), NOW).await;
        }
        assert_eq!(refused().await, 20);
        let _ = bank.log_in_with_code(&contract, WRONG, Some(HERE), after(86_401)).await;
        assert_eq!(refused().await, 21);
    });
}

#[test]
fn another_key_for_digests_is_found_out_before_any_password_is_judged() {
    on_both(async |customers| {
        let bank = &customers.bank;
        assert_eq!(bank.hold_key().await, Ok(()));
        assert_eq!(bank.hold_key().await, Ok(()));
        let other = customers::bank(bank.store().clone(), customers.tokens.clone());
        assert_eq!(other.hold_key().await, Err(BankError::OtherKey));
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
        bank.log_in(&contract, password("another password"), None, NOW).await.unwrap();
        let history = bank.store().history(&contract, 3).await.unwrap();
        let staff: Vec<_> = history.iter().map(|past| past.staff.as_deref()).collect();
        assert_eq!(staff, [None, Some("uid 1000"), Some("uid 1000")]);
    });
}

fn elsewhere(number: u8) -> Option<IpAddr> {
    Some(IpAddr::from([198, 51, 100, number]))
}

#[test]
fn whoever_guesses_elsewhere_keeps_no_customer_out() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let log_in = async |typed: &str, from, at| {
            bank.log_in(&contract, password(typed), from, after(at)).await
        };
        log_in(PASSWORD, Some(HERE), 0).await.unwrap();
        // From many networks, each time as soon as it may be.
        let mut at = 100;
        let mut judged = 0;
        for number in 0..60 {
            match log_in("wrong words", elsewhere(number), at).await {
                Err(BankError::NotLoggedIn) => judged += 1,
                Err(BankError::TooSoon { until }) => {
                    assert_eq!(until, after(at + 60));
                    at += 60;
                }
                other => panic!("{other:?}"),
            }
        }
        assert!(judged < 60, "{judged}");
        // Where the customer has logged in before nothing is held up, and the tries come to light.
        let login = log_in(PASSWORD, Some(HERE), at + 1).await.unwrap();
        assert_eq!(login.failures_before, judged);
        // Anywhere else it is for a minute at most.
        let elsewhere = Some(IpAddr::from([203, 0, 113, 9]));
        assert!(log_in(PASSWORD, elsewhere, at + 61).await.is_ok());
    });
}

#[test]
fn the_owners_logins_do_not_show_a_guesser_elsewhere_that_there_is_such_a_contract() {
    on_both(async |customers| {
        let (bank, known) = (&customers.bank, customers.contract(1).await);
        let unknown = contract_id(999);
        let mut told = Vec::new();
        for contract in [&known, &unknown] {
            let mut answers = Vec::new();
            for second in [0, 1, 2, 10, 11, 12, 13, 80] {
                let typed = password("not the password");
                answers.push(bank.log_in(contract, typed, elsewhere(1), after(second)).await);
                if second == 2 {
                    let _ = bank.log_in(contract, password(PASSWORD), Some(HERE), after(3)).await;
                    let _ = bank.log_in(contract, password(PASSWORD), Some(HERE), after(4)).await;
                }
            }
            told.push(answers);
        }
        assert_eq!(told[0], told[1]);
        assert!(matches!(told[0][6], Err(BankError::TooSoon { .. })), "{:?}", told[0]);
    });
}

#[test]
fn staff_forget_what_failed_and_set_another_password() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let log_in = async |typed: &str| bank.log_in(&contract, password(typed), None, NOW).await;
        for _ in 0..6 {
            assert_eq!(log_in("wrong words").await, Err(BankError::NotLoggedIn));
        }
        assert!(matches!(log_in(PASSWORD).await, Err(BankError::TooSoon { .. })));
        bank.unlock(&contract, NOW).await.unwrap();
        log_in(PASSWORD).await.unwrap();

        let session = bank.begin_session(&contract, Stage::LoggedIn, NOW).await.unwrap();
        bank.set_password(&contract, password("another password"), NOW).await.unwrap();
        assert_eq!(bank.session(&session, NOW).await.unwrap(), None);
        assert_eq!(log_in(PASSWORD).await, Err(BankError::NotLoggedIn));
        log_in("another password").await.unwrap();
        let events = customers.events(&contract).await;
        assert_eq!(
            events[..4],
            [Event::LoggedIn, Event::PasswordSet, Event::LoggedIn, Event::ContractUnlocked]
        );
        let notices = bank.store().unsent_notices(10).await.unwrap();
        let told: Vec<_> = notices.iter().map(|notice| notice.event).collect();
        assert_eq!(told, [Event::PasswordSet]);
        assert_eq!(bank.unlock(&contract_id(9), NOW).await, Err(BankError::NoSuchContract));
    });
}

#[test]
fn a_code_of_the_banks_ends_the_waits_of_whoever_failed_with_the_password_alone() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        customers.registered(&contract, "BIND0001").await;
        let new = customers.seed_from_elsewhere("BIND0002").await;
        let exchange = async |remains: &Remains<'_>, code| {
            bank.exchange(&contract, remains, token(&new, code), None, NOW).await
        };
        for _ in 0..6 {
            let tried = exchange(&Remains::Code(CODES[1]), WRONG).await;
            assert_eq!(tried, Err(BankError::NotProven));
        }
        let tried = exchange(&Remains::Code(CODES[1]), CODES[0]).await;
        assert!(matches!(tried, Err(BankError::TooSoon { .. })));
        let code = bank.reset_token(&contract, Millis::from_secs(3600), NOW).await.unwrap();
        exchange(&Remains::Reset(&code), CODES[0]).await.unwrap();
    });
}

#[test]
fn who_registers_a_token_of_their_own_has_no_more_guesses_at_anothers() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let victim = customers.seed_from_elsewhere("FREE0001").await;
        let guess =
            async || bank.register(&contract, token(&victim, WRONG), false, None, NOW).await;
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
            let tried = other.register(&contract, token(&held, code), false, None, NOW).await;
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
            let again = bank.register(&contract, token(&second, CODES[0]), false, Some(HERE), NOW);
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

#[test]
fn a_right_password_over_and_over_is_bounded_too() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let log_in = async |at| bank.log_in(&contract, password(PASSWORD), Some(HERE), at).await;
        let mut done = 0;
        while log_in(after(1)).await.is_ok() {
            done += 1;
            assert!(done < 20);
        }
        assert!(
            log_in(after(1)).await.is_err_and(|error| matches!(error, BankError::TooSoon { .. }))
        );
        assert!(done >= 10, "{done}");
        // A customer who logs in once in a while never notices.
        for minute in 2..30 {
            log_in(after(60 * minute)).await.unwrap();
        }
    });
}

#[test]
fn sessions_end_with_the_token_that_they_rest_on() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        customers.registered(&contract, "BIND0001").await;
        let new = customers.seed_from_elsewhere("BIND0002").await;
        let begin = async || bank.begin_session(&contract, Stage::LoggedIn, NOW).await.unwrap();
        let is_there = async |token| bank.session(&token, NOW).await.unwrap().is_some();
        let thief = begin().await;
        bank.suspend(&contract, None, NOW).await.unwrap();
        assert!(!is_there(thief).await);
        let thief = begin().await;
        let code = bank.reset_token(&contract, Millis::from_secs(3600), NOW).await.unwrap();
        let remains = Remains::Reset(&code);
        bank.exchange(&contract, &remains, token(&new, CODES[0]), None, NOW).await.unwrap();
        assert!(!is_there(thief).await);
        let thief = begin().await;
        bank.release(&contract, CODES[1], None, NOW).await.unwrap();
        assert!(!is_there(thief).await);
    });
}

#[test]
fn wrong_passwords_at_once_are_each_counted() {
    on_both(async |customers| {
        let contract = customers.contract(1).await;
        let tries: Vec<_> = (0..12)
            .map(|_| {
                let (bank, contract) = (customers.bank.clone(), contract.clone());
                tokio::spawn(async move {
                    bank.log_in(&contract, password("wrong words"), None, NOW).await
                })
            })
            .collect();
        let mut judged = 0;
        for tried in tries {
            match tried.await.unwrap() {
                Err(BankError::NotLoggedIn) => judged += 1,
                other => assert_eq!(other, Err(BankError::TooSoon { until: after(60) })),
            }
        }
        assert_eq!(judged, 6);
    });
}

#[test]
fn an_exchange_ends_the_old_credential_in_the_moment_that_the_new_one_is_proven() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let old = customers.registered(&contract, "BIND0001").await;
        let new = customers.seed_from_elsewhere("BIND0002").await;
        let exchange = async |remains: &str, code: &str| {
            let remains = Remains::Code(remains);
            bank.exchange(&contract, &remains, token(&new, code), None, NOW).await
        };
        let status = async |id| customers.tokens.view(id, NOW).await.unwrap().status;
        assert_eq!(exchange(CODES[1], WRONG).await, Err(BankError::NotProven));
        assert_eq!(status(&old).await, ViewedStatus::Active);
        let refused = Err(BankError::Refused(Judged::Wrong { left: 9 }));
        assert_eq!(exchange(WRONG, CODES[0]).await, refused);
        assert_eq!(status(&new).await, ViewedStatus::NotConfirmed);

        exchange(CODES[1], CODES[0]).await.unwrap();
        assert_eq!(status(&old).await, ViewedStatus::Revoked);
        let read = bank.store().contract(&contract).await.unwrap().unwrap().value;
        assert_eq!(read.token.unwrap().credential, new);
        bank.set_code_at_login(&contract, true, CODES[1], None, NOW).await.unwrap();
        assert_eq!(
            customers.events(&contract).await[..2],
            [Event::CodeAtLoginOn, Event::TokenExchanged]
        );
    });
}

#[test]
fn a_lost_token_is_exchanged_by_a_code_of_the_banks_once_and_in_time() {
    on_both(async |customers| {
        let bank = &customers.bank;
        let (contract, other) = (customers.contract(1).await, customers.contract(2).await);
        let hour = Millis::from_secs(3600);
        let none = bank.reset_token(&contract, hour, NOW).await;
        assert_eq!(none.err(), Some(BankError::NoToken));
        let old = customers.registered(&contract, "BIND0001").await;
        customers.registered(&other, "BIND0002").await;
        bank.suspend(&contract, None, NOW).await.unwrap();
        let earlier = bank.reset_token(&contract, hour, NOW).await.unwrap();
        let code = bank.reset_token(&contract, hour, NOW).await.unwrap();

        let new = customers.seed_from_elsewhere("BIND0003").await;
        let exchange = async |contract, code, at| {
            bank.exchange(contract, &Remains::Reset(code), token(&new, CODES[0]), None, at).await
        };
        for (contract, code, at) in
            [(&contract, &earlier, NOW), (&other, &code, NOW), (&contract, &code, after(3600))]
        {
            assert_eq!(exchange(contract, code, at).await, Err(BankError::NotProven));
        }
        exchange(&contract, &code, after(3599)).await.unwrap();
        let view = customers.tokens.view(&old, NOW).await.unwrap();
        assert_eq!(view.status, ViewedStatus::Revoked);
        // A second time it is no proof.
        let third = customers.seed_from_elsewhere("BIND0004").await;
        let remains = Remains::Reset(&code);
        let again = bank.exchange(&contract, &remains, token(&third, CODES[0]), None, NOW).await;
        assert_eq!(again, Err(BankError::NotProven));
        let stored = bank.store().contract(&contract).await.unwrap().unwrap().value;
        assert!(!format!("{stored:?} {code:?}").contains(code.expose()));
    });
}

#[test]
fn a_token_that_is_suspended_lets_nobody_through_and_is_told_of() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        assert_eq!(bank.suspend(&contract, None, NOW).await, Err(BankError::NoToken));
        let credential = customers.registered(&contract, "BIND0001").await;
        bank.suspend(&contract, None, NOW).await.unwrap();
        let refused = bank.set_code_at_login(&contract, true, CODES[1], None, NOW).await;
        assert_eq!(refused, Err(BankError::Refused(Judged::Suspended)));
        let notices = bank.store().unsent_notices(10).await.unwrap();
        assert!(notices.iter().any(|notice| notice.event == Event::TokenSuspended));
        customers.tokens.act(&credential, Act::Resume, None, NOW).await.unwrap();
        bank.set_code_at_login(&contract, true, CODES[1], None, NOW).await.unwrap();
    });
}

#[test]
fn a_release_takes_a_code_and_ends_the_credential_and_the_codes_at_login() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let credential = customers.registered(&contract, "BIND0001").await;
        bank.set_code_at_login(&contract, true, CODES[1], None, NOW).await.unwrap();
        let no_code = bank.release(&contract, "12a456", None, NOW).await;
        assert_eq!(no_code, Err(BankError::NoCode));
        bank.release(&contract, CODES[2], None, NOW).await.unwrap();
        let view = customers.tokens.view(&credential, NOW).await.unwrap();
        assert_eq!(view.status, ViewedStatus::Revoked);
        let login = bank.log_in(&contract, password(PASSWORD), None, NOW).await.unwrap();
        assert!(!login.code_wanted && !login.has_token);
        // What has ended is nobody's again.
        let again = bank.register(&contract, token(&credential, CODES[3]), false, None, NOW).await;
        assert_eq!(again, Err(BankError::NotProven));
    });
}

#[test]
fn two_codes_bring_a_token_back_that_has_run_ahead() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        customers.registered(&contract, "BIND0001").await;
        // Counters 8 and 9 lie beyond the look-ahead of 5.
        let refused = bank.log_in_with_code(&contract, CODES[8], None, NOW).await;
        assert_eq!(refused, Err(BankError::Refused(Judged::OutOfSync { left: 9 })));
        bank.resync(&contract, CODES[8], CODES[9], None, NOW).await.unwrap();
        assert_eq!(customers.events(&contract).await[0], Event::TokenResynced);
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
        let taken = bank.register(&other, token(&credential, CODES[0]), false, None, NOW).await;
        assert_eq!(taken, Err(BankError::NotProven));
        bank.register(&whose, token(&credential, CODES[0]), false, None, NOW).await.unwrap();
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
