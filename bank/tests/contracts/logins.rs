use std::net::IpAddr;

use warifu_bank::{
    bank::BankError,
    service::Judged,
    store::{ContractId, Event, Stage},
};

use crate::{
    HERE, after,
    customers::{self, Customers, PASSWORD, contract_id, on_both, password},
    stored::NOW,
    support::{CODES, WRONG},
    token,
};

/// What somebody is told who guesses at the password, in each of these seconds.
async fn guesses(
    customers: &Customers,
    contract: &ContractId,
    from: Option<IpAddr>,
    seconds: &[u64],
) -> Vec<BankError> {
    let mut told = Vec::new();
    for second in seconds {
        let tried = customers.log_in(contract, "not the password", from, after(*second)).await;
        told.push(tried.unwrap_err());
    }
    told
}

fn elsewhere(number: u8) -> Option<IpAddr> {
    Some(IpAddr::from([198, 51, 100, number]))
}

#[test]
fn a_registered_token_is_asked_for_at_login_if_that_was_chosen() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let credential = customers.seed_from_elsewhere("BIND0001").await;
        let before = customers.log_in(&contract, PASSWORD, None, NOW).await.unwrap();
        assert!(!before.code_wanted && before.device.is_some());
        let new = token(&credential, CODES[0]);
        bank.register(&contract, new, None, true, Some(HERE), after(1)).await.unwrap();

        let login = customers.log_in(&contract, PASSWORD, None, after(2)).await.unwrap();
        assert!(login.code_wanted && login.device.is_none());
        let stage = async |token| bank.session(token, after(4)).await.unwrap().map(|it| it.stage);
        assert_eq!(stage(&login.session).await, Some(Stage::CodeWanted));
        let log_in = async |code, at| {
            let done = bank.log_in_with_code(&login.session, code, None, after(at)).await;
            done.map(|(logged_in, accepted)| (logged_in.session, accepted.failures_before))
        };
        // The code that registered the token is spent.
        let again = log_in(CODES[0], 3).await.unwrap_err();
        assert_eq!(again, BankError::Refused(Judged::Replayed));
        let wrong = log_in(WRONG, 3).await.unwrap_err();
        assert_eq!(wrong, BankError::Refused(Judged::Wrong { left: 9 }));
        let (session, failures_before) = log_in(CODES[1], 4).await.unwrap();
        assert_eq!(failures_before, 1);
        // Another session has begun in the place of that one, in which no further code is judged.
        assert_eq!(stage(&session).await, Some(Stage::LoggedIn));
        assert_eq!(stage(&login.session).await, None);
        for session in [&login.session, &session] {
            let again = bank.log_in_with_code(session, CODES[2], None, after(4)).await;
            assert_eq!(again.unwrap_err(), BankError::SessionOver);
        }
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
fn failures_from_one_address_are_bounded_over_all_contracts() {
    on_both(async |customers| {
        let contract = customers.contract(1).await;
        for number in 0..customers::PER_MINUTE {
            let id = contract_id(1000 + u64::from(number));
            let tried = customers.log_in(&id, "wrong words", Some(HERE), NOW).await;
            assert_eq!(tried.unwrap_err(), BankError::NotLoggedIn);
        }
        let log_in = async |origin| customers.log_in(&contract, PASSWORD, origin, NOW).await;
        let too_soon = BankError::TooSoon { until: after(60) };
        assert_eq!(log_in(Some(HERE)).await.unwrap_err(), too_soon);
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
            let seconds = [0, 1, 2, 3, 4, 5, 6, 60, 65, 66, 100, 200];
            told.push(guesses(&customers, contract, None, &seconds).await);
        }
        assert_eq!(told[0], told[1]);
        assert_eq!(told[0][5], BankError::NotLoggedIn);
        assert_eq!(told[0][6], BankError::TooSoon { until: after(65) });
        assert_eq!(told[0][9], BankError::TooSoon { until: after(65 + 120) });
        // The right password is not looked at before the wait is over, and says afterwards how many failed.
        let right = async |at| customers.log_in(&known, PASSWORD, None, after(at)).await;
        assert!(matches!(right(300).await, Err(BankError::TooSoon { .. })));
        right(500).await.unwrap();
        right(501).await.unwrap();
        assert_eq!(customers.refused(&known).await, [8]);
        // Old counts are removed, and the two sessions.
        assert_eq!(bank.tidy(after(200 + 30 * 86_400 + 1)).await.unwrap(), (4, 2));
    });
}

#[test]
fn the_owners_logins_do_not_show_a_guesser_elsewhere_that_there_is_such_a_contract() {
    on_both(async |customers| {
        let (known, unknown) = (customers.contract(1).await, contract_id(999));
        let mut told = Vec::new();
        for contract in [&known, &unknown] {
            let mut answers = guesses(&customers, contract, elsewhere(1), &[0, 1, 2]).await;
            for second in [3, 4] {
                let _ = customers.log_in(contract, PASSWORD, Some(HERE), after(second)).await;
            }
            answers
                .extend(guesses(&customers, contract, elsewhere(1), &[10, 11, 12, 13, 80]).await);
            told.push(answers);
        }
        assert_eq!(told[0], told[1]);
        assert!(matches!(told[0][6], BankError::TooSoon { .. }), "{:?}", told[0]);
    });
}

#[test]
fn whoever_guesses_elsewhere_keeps_no_customer_out() {
    on_both(async |customers| {
        let contract = customers.contract(1).await;
        let log_in =
            async |typed: &str, from, at| customers.log_in(&contract, typed, from, after(at)).await;
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
        log_in(PASSWORD, Some(HERE), at + 1).await.unwrap();
        assert_eq!(customers.refused(&contract).await, [judged]);
        // Anywhere else it is for a minute at most.
        let elsewhere = Some(IpAddr::from([203, 0, 113, 9]));
        assert!(log_in(PASSWORD, elsewhere, at + 61).await.is_ok());
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
                    let typed = password("wrong words");
                    bank.log_in(&contract, typed, None, None, NOW).await.map(|_| ())
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
fn a_right_password_over_and_over_is_bounded_too() {
    on_both(async |customers| {
        let contract = customers.contract(1).await;
        let log_in = async |at| customers.log_in(&contract, PASSWORD, Some(HERE), at).await;
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
fn a_login_with_a_code_takes_back_its_own_count_of_the_address_and_no_others() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        customers.registered(&contract, "BIND0001").await;
        bank.set_code_at_login(&contract, true, CODES[1], None, NOW).await.unwrap();
        let wrong = async |count: u64, at| {
            for number in 0..count {
                let id = contract_id(1000 + number);
                let tried = customers.log_in(&id, "wrong words", Some(HERE), after(at)).await;
                assert_eq!(tried.unwrap_err(), BankError::NotLoggedIn, "{number}");
            }
        };
        let is_full = async |at| {
            let id = contract_id(2000);
            let tried = customers.log_in(&id, "wrong words", Some(HERE), after(at)).await;
            assert!(matches!(tried.unwrap_err(), BankError::TooSoon { .. }), "{at}");
        };
        let half = async |device, at| {
            let typed = password(PASSWORD);
            bank.log_in(&contract, typed, device, Some(HERE), after(at)).await.unwrap().session
        };
        let complete = async |session, code, at| {
            let done = bank.log_in_with_code(&session, code, Some(HERE), after(at)).await;
            done.unwrap().0.device.unwrap()
        };
        // In one minute.
        let device = complete(half(None, 0).await, CODES[2], 1).await;
        wrong(10, 2).await;
        is_full(2).await;
        // By the known browser's own tries: that was not counted for the address.
        complete(half(Some(&device), 3).await, CODES[3], 4).await;
        is_full(5).await;
        // The code comes in another minute than the password.
        let session = half(None, 3700).await;
        wrong(10, 3760).await;
        complete(session, CODES[4], 3761).await;
        is_full(3762).await;
    });
}

#[test]
fn from_five_refused_passwords_on_the_login_is_told_to_the_registered_address() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let told = async || bank.store().unsent_notices(10).await.unwrap();
        for (failures, from) in [(4, 1), (5, 2)] {
            assert!(told().await.is_empty(), "{failures}");
            let guessed = guesses(&customers, &contract, elsewhere(from), &[0; 5][..failures]);
            assert!(guessed.await.iter().all(|error| *error == BankError::NotLoggedIn));
            // By whoever has guessed it, too: the next page that says so is theirs.
            customers.log_in(&contract, PASSWORD, elsewhere(from), after(60)).await.unwrap();
        }
        let notices = told().await;
        assert_eq!(notices.len(), 1);
        assert_eq!(notices[0].event, Event::PasswordsRefused);
        assert_eq!((&*notices[0].address, notices[0].at), ("customer-1@mail.example", after(60)));
        assert_eq!(customers.refused(&contract).await, [5, 4]);
        // Whoever logs in next takes nothing of it away before 30 days are over.
        customers.log_in(&contract, PASSWORD, Some(HERE), after(120)).await.unwrap();
        let shown = async |at| {
            let refused = bank.refused_passwords(&contract, after(at)).await.unwrap();
            refused.iter().map(|refused| (refused.login_at, refused.failures)).collect::<Vec<_>>()
        };
        let day = 86_400;
        assert_eq!(shown(30 * day + 59).await, [(after(60), 5), (after(60), 4)]);
        assert!(shown(30 * day + 60).await.is_empty());
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
