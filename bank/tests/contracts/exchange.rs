use warifu::{
    credential::Generator,
    otp::{
        Algorithm, Digits,
        totp::{Period, Steps},
    },
    time::Millis,
};
use warifu_bank::{
    bank::{BankError, Remains},
    service::{Act, ClockOff, Imported, Judged, ViewedStatus},
    store::{Event, Stage},
};

use crate::{
    after,
    customers::{PASSWORD, on_both, password},
    stored::{self, NOW, id},
    support::{CODES, WRONG},
    token,
};

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
        let again =
            bank.register(&contract, token(&credential, CODES[3]), None, false, None, NOW).await;
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
fn a_clock_that_is_too_far_off_is_told_of_for_its_codes_are_not_taken_yet() {
    on_both(async |customers| {
        let (bank, contract) = (&customers.bank, customers.contract(1).await);
        let credential = id("BIND0001");
        let (algorithm, digits) = (Algorithm::Sha1, Digits::SIX);
        let steps = Steps { t0: NOW.0 / 1000, period: Period::from_secs(30).unwrap() };
        let generator = Generator::Totp { algorithm, digits, steps };
        let imported = Imported { generator, ..stored::import("BIND0001") };
        customers.tokens.import(&imported, None, NOW).await.unwrap();
        bank.register(&contract, token(&credential, CODES[0]), None, false, None, NOW)
            .await
            .unwrap();
        // At step 23 the token shows what it should have shown at 3 and 4.
        let now = after(30 * 23 + 15);
        let refused = bank.release(&contract, CODES[3], None, now).await;
        assert_eq!(refused, Err(BankError::Refused(Judged::OutOfSync { left: 9 })));
        let slow = bank.resync(&contract, CODES[3], CODES[4], None, now).await.unwrap();
        assert_eq!(slow.clock_off, Some(ClockOff::Behind(Millis::from_secs(30 * 19))));
        let refused = bank.release(&contract, CODES[5], None, now).await;
        assert!(
            matches!(refused, Err(BankError::Refused(Judged::OutOfSync { .. }))),
            "{refused:?}"
        );
        // Set right, it goes on at once.
        let released = bank.release(&contract, CODES[9], None, after(30 * 9)).await.unwrap();
        assert_eq!(released.clock_off, None);
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
