//! A customer was talked into telling a code, and whoever has it knows contract ID and password too.

use warifu::{
    credential::{CredentialId, Generator},
    otp::{
        Algorithm, Digits,
        totp::{self, Steps},
    },
    time::Millis,
};
use warifu_bank::{
    bank::NewToken,
    service::{Codes, Imported},
};

use crate::{
    browser::{Browser, Site, on_both},
    customers::{PASSWORD, contract_id},
    steps::{ORDER, WAIT, confirmation, customer, log_in, log_in_from, register, with_code},
    stored,
    support::CODES,
};

/// Contract `number` with a token that goes by the time, of steps of 30 seconds.
fn by_time(site: &Site, number: u64) -> CredentialId {
    let name = format!("TIME{number:08}");
    let steps = Steps::default();
    let (algorithm, digits) = (Algorithm::Sha1, Digits::SIX);
    let generator = Generator::Totp { algorithm, digits, steps };
    site.run(async {
        let customers = &site.customers;
        let contract = customers.contract(number).await;
        let imported = Imported { generator, ..stored::import(&name) };
        customers.tokens.import(&imported, None, site.now()).await.unwrap();
        let credential = stored::id(&name);
        let code = code(site, 0);
        let new = NewToken { credential: &credential, codes: Codes::One(&code) };
        customers.bank.register(&contract, new, None, false, None, site.now()).await.unwrap();
        credential
    })
}

/// The code of so many steps from now.
fn code(site: &Site, steps: i64) -> String {
    let now = Steps::default().at(site.now()).unwrap().number;
    let step = now.checked_add_signed(steps).unwrap();
    let code = totp::code(stored::seed().secret(), Algorithm::Sha1, Digits::SIX, step);
    code.expose().to_owned()
}

/// Tries a code on the setting of the login.
fn tries<'a, 'b>(browser: &'b mut Browser<'a>, code: &str) -> &'b mut Browser<'a> {
    let setting = [("code_at_login", "no"), ("code", code)];
    browser.get("/token").post("/token/login-code", &setting)
}

#[test]
fn a_code_dies_in_its_window_on_both_sides() {
    on_both(|site| {
        // Within its step, of a code of so many steps from there. The window is one step to either side.
        let edges = [(0, 1, true), (29_999, 2, false), (29_999, -1, true), (0, -2, false)];
        for (number, (within, steps, is_good)) in (1..).zip(edges) {
            by_time(site, number);
            // Past the steps that the registration has spent, and to the beginning of one.
            site.pass(Millis::from_secs(600));
            assert_eq!(site.now().0 % 30_000, 0);
            site.pass(Millis(within));
            let id = contract_id(number);
            let mut browser = log_in_from(site, id.as_str(), None);
            let code = code(site, steps);
            let tried = tries(&mut browser, &code);
            if is_good {
                tried.shows(200, "設定を変更しました");
            } else {
                tried.shows(422, "トークンの時刻がずれています");
            }
            site.pass(Millis(30_000 - within));
        }
    });
}

#[test]
fn a_code_of_another_moment_or_another_act_opens_nothing() {
    on_both(|site| {
        by_time(site, 1);
        site.pass(Millis::from_secs(600));
        let mut thief = log_in(site);
        // The customer reads out a code, and it is used an hour later, or was used by the customer first.
        let told = code(site, 0);
        let mut customer = log_in(site);
        tries(&mut customer, &told).shows(200, "設定を変更しました");
        tries(&mut thief, &told).shows(422, "使用済み");
        thief.get("/token").post("/token/release", &[("code", &told)]).shows(422, "使用済み");
        let told = code(site, 1);
        site.pass(Millis::from_secs(3600));
        let mut thief = log_in(site);
        tries(&mut thief, &told).shows(422, "違います");
        // A code that is out of its window is not made good by another that is out of it: two in a row are a
        // resync, and do nothing but that.
        let two = [("first", &*code(site, -5)), ("second", &*code(site, -4))];
        thief.get("/token").post("/token/resync", &two).shows(200, "同期ズレを補正しました");
        thief.get("/token").post("/token/release", &[("code", two[1].1)]).shows(422, "使用済み");
    });
}

#[test]
fn two_codes_in_a_row_that_were_phished_exchange_no_token() {
    on_both(|site| {
        // The customer has read out two codes in a row: of the time, twelve minutes before they are used, and of
        // a counter, to which the bank has not come yet.
        let by_time = by_time(site, 1);
        let by_counter = site.run(async {
            let contract = site.customers.contract(2).await;
            let held = site.customers.registered(&contract, "HOTP00000002").await;
            site.customers.confirmed_elsewhere("THEF00000001").await;
            site.customers.confirmed_elsewhere("THEF00000002").await;
            held
        });
        site.pass(Millis::from_secs(600));
        let of_time = [code(site, 0), code(site, 1)];
        site.pass(Millis::from_secs(720));
        let fresh = code(site, 0);
        let of_counter = [CODES[7].to_owned(), CODES[8].to_owned()];
        // A spent code that is far out of its window is told as a wrong one.
        for (number, held, [first, second], fresh, done, why) in [
            (1, by_time, of_time, &*fresh, "端末の時刻を合わせてください", "違います"),
            (2, by_counter, of_counter, CODES[9], "同期ズレを補正しました", "使用済み"),
        ] {
            let id = contract_id(number);
            let mut thief = site.browser();
            let identity = [("contract", id.as_str()), ("password", PASSWORD)];
            thief.get("/registration").post("/registration", &identity);
            let exchange = |thief: &mut Browser<'_>, old: &str, next_old: &str, status, shows| {
                // The thief's own token shows what it should.
                let credential = format!("THEF{number:08}");
                let fields = [
                    ("credential", credential.as_str()),
                    ("code", CODES[1]),
                    ("old_code", old),
                    ("next_old_code", next_old),
                ];
                let form_token = thief.get("/registration/token").form_token();
                thief.send("/registration/token", &form_token, &fields).shows(status, shows);
            };
            exchange(&mut thief, &first, &second, 422, "同期ズレ補正");
            exchange(&mut thief, &second, &first, 422, "同期ズレ補正");
            // They are good for a resync, and spent by it.
            let two = [("first", first.as_str()), ("second", second.as_str())];
            thief.post("/token/resync", &two).shows(200, done);
            exchange(&mut thief, &first, &second, 422, "違います");
            exchange(&mut thief, &second, "", 422, why);
            let read = site.run(site.customers.bank.store().contract(&id)).unwrap().unwrap();
            assert_eq!(read.value.token.unwrap().credential, held);
            // It was for want of a fresh code, which the thief would have to be told anew.
            exchange(&mut thief, fresh, "", 200, "交換が完了しました");
        }
    });
}

#[test]
fn a_phished_code_pays_a_new_payee_no_more_than_the_limit_however_old_the_token_is() {
    on_both(|site| {
        customer(site);
        let paid_in = async {
            let contract = contract_id(1);
            site.customers.open_account(&contract, 2, 1_000_000).await;
        };
        site.run(paid_in);
        register(site, "no");
        site.pass(Millis(WAIT.0 * 100));
        let mut thief = log_in(site);
        let pays = |number, amount| {
            let mut order = ORDER;
            order[0].1 = "001-1-0000002";
            order[4].1 = number;
            order[6].1 = amount;
            order
        };
        // A code says nothing of the payee: what it is worth is bounded.
        thief
            .get("/transfer")
            .post("/transfer", &pays("77", "100001"))
            .shows(422, "はじめての振込先");
        let fields = confirmation(&mut thief, &pays("77", "99999"));
        let form_token = thief.form_token();
        let mut raised = with_code(&fields, CODES[1]);
        raised[6].1 = "900000";
        thief.send("/transfer/order", &form_token, &raised).shows(422, "はじめての振込先");
        let _ = confirmation(&mut thief, &pays("77", "99999"));
        thief.post("/transfer/order", &with_code(&fields, CODES[1]));
        thief.shows(200, "振込を受け付けました");
        // A second code, for yet another payee, on the same day.
        thief.get("/transfer").post("/transfer", &pays("78", "2")).shows(422, "はじめての振込先");
        let fields = confirmation(&mut thief, &pays("78", "1"));
        thief.post("/transfer/order", &with_code(&fields, CODES[2]));
        thief.shows(200, "振込を受け付けました");
    });
}
