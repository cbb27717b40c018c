//! The pages as a customer's browser sees them, on both databases: what the bank tells customers about the
//! one-time password service, page by page, and what somebody else would try.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "support/browser.rs"]
mod browser;
#[path = "support/customers.rs"]
mod customers;
#[path = "pages/refused.rs"]
mod refused;
#[path = "support/steps.rs"]
mod steps;
#[path = "support/stored.rs"]
mod stored;
mod support;

use browser::{Browser, on_both};
use customers::{PASSWORD, contract_id};
use steps::{ORDER, WAIT, balance, confirmation, customer, identify, log_in, register, with_code};
use support::{CODES, WRONG, http::Request};
use warifu::time::Millis;
use warifu_bank::service::ViewedStatus;

#[test]
fn a_customer_registers_logs_in_and_transfers_money() {
    on_both(|site| {
        customer(site);
        log_in(site)
            .shows(200, "メイン画面")
            .shows(200, "10,000円")
            .shows(200, "トークンが登録されていません")
            .shows_not("href=\"/transfer\"")
            .post("/logout", &[])
            .shows(200, "契約者ID");
        register(site, "yes");
        site.pass(WAIT);
        let mut browser = log_in(site);
        browser.shows(200, "ワンタイムパスワード確認");
        browser.post("/login/code", &[("code", "２８７　０８２")]).shows(200, "前回のログイン");

        let fields = confirmation(&mut browser, &ORDER);
        browser.shows(200, "0000077").shows(200, "3,000円");
        browser.post("/transfer/order", &with_code(&fields, WRONG));
        browser.shows(422, "ワンタイムパスワードが違います").shows(422, "ワリフ　タロウ");
        browser.post("/transfer/order", &with_code(&fields, CODES[1]));
        browser.shows(422, "使用済み").shows(422, "次のワンタイムパスワード");
        browser.post("/transfer/order", &with_code(&fields, CODES[2]));
        browser.shows(200, "振込を受け付けました").shows(200, "受付番号");
        browser.get("/main").shows(200, "7,000円").shows(200, "−3,000円").shows(200, "お預入れ");
        browser.get("/history").shows(200, "ワンタイムパスワード利用登録").shows(200, "127.0.0.1");
        assert_eq!(balance(site), 7000);
    });
}

#[test]
fn a_form_that_is_sent_again_is_one_transfer_and_one_that_was_changed_is_none() {
    on_both(|site| {
        customer(site);
        register(site, "no");
        site.pass(WAIT);
        let mut browser = log_in(site);
        let fields = confirmation(&mut browser, &ORDER);
        let form_token = browser.form_token();
        let sent = with_code(&fields, CODES[1]);
        browser.post("/transfer/order", &sent).shows(200, "振込を受け付けました");
        let receipt = browser.page().body.clone();
        browser.send("/transfer/order", &form_token, &sent);
        assert_eq!(browser.page().body, receipt);
        let mut changed = sent.clone();
        changed[6].1 = "9000";
        changed[8].1 = CODES[2];
        browser.send("/transfer/order", &form_token, &changed).shows(422, "受付済み");
        assert_eq!(balance(site), 7000);
    });
}

#[test]
fn what_is_typed_into_a_transfer_is_checked_and_shown_as_text() {
    on_both(|site| {
        customer(site);
        register(site, "no");
        let mut browser = log_in(site);
        // The token is too new for anybody whom the contract has not paid.
        browser.get("/transfer").post("/transfer", &ORDER).shows(422, "はじめての振込先");
        browser.shows(422, "再開できる時刻：2027年1月18日 17時00分");
        site.pass(WAIT);
        let mut browser = log_in(site);
        for (at, value, told) in [
            (0, "001-1-0000002", "口座が見つかりません"),
            (1, "123", "金融機関コードは数字4桁です"),
            (2, "一二三", "店番号は数字3桁です"),
            (3, "savings", "預金種目を選んでください"),
            (4, "12345678", "口座番号は数字7桁までです"),
            (5, "　", "受取人名を入力してください"),
            (6, "0", "金額は1円以上"),
            (6, "10001", "残高が足りません"),
        ] {
            let mut order = ORDER;
            order[at].1 = value;
            browser.get("/transfer").post("/transfer", &order).shows(422, told);
        }
        let mut order = ORDER;
        order[5].1 = "\"><script>alert(1)</script>";
        let _ = browser.get("/transfer").post("/transfer", &order);
        browser.shows(200, "&lt;script&gt;").shows_not("<script");
    });
}

#[test]
fn a_form_that_is_not_ours_does_nothing() {
    on_both(|site| {
        customer(site);
        register(site, "no");
        site.pass(WAIT);
        let mut browser = log_in(site);
        let fields = confirmation(&mut browser, &ORDER);
        let sent = with_code(&fields, CODES[1]);
        let mut stranger = site.browser();
        let theirs = stranger.get("/").form_token();
        for form_token in ["", &theirs] {
            browser.send("/transfer/order", form_token, &sent).shows(403, "有効期限");
            browser
                .send("/token/release", form_token, &[("code", CODES[1])])
                .shows(403, "有効期限");
        }
        // A form without a cookie, as another site would have it sent: not even for a login.
        let identity = [("contract", "0000000001"), ("password", PASSWORD)];
        let mut without = site.browser();
        without.send("/login", &theirs, &identity).shows(403, "有効期限");
        let request = Request::new("POST", "/login").header("Content-Type", "text/plain");
        assert_eq!(site.send(&request.body(b"contract=1")).status, 415);
        let kind = "application/x-www-form-urlencoded";
        let long = Request::new("POST", "/login").header("Content-Type", kind);
        assert_eq!(site.send(&long.body(&[b'a'; 9000])).status, 413);
        assert_eq!(balance(site), 10_000);
    });
}

#[test]
fn a_session_is_renewed_at_each_step_and_reaches_no_further_than_what_was_shown() {
    on_both(|site| {
        customer(site);
        register(site, "yes");
        site.pass(WAIT);
        let mut browser = site.browser();
        let visitor = browser.get("/").cookie.clone();
        identify(&mut browser, "/login").shows(200, "ワンタイムパスワード確認");
        let half = browser.cookie.clone();
        let form_token = browser.form_token();
        for path in ["/main", "/transfer", "/token", "/history"] {
            browser.get(path).shows(200, "ワンタイムパスワード確認");
        }
        browser.send("/transfer/order", &form_token, &ORDER).shows(200, "ワンタイムパスワード確認");
        browser.post("/login/code", &[("code", CODES[1])]).shows(200, "メイン画面");
        let whole = browser.cookie.clone();
        assert!(visitor != half && half != whole && visitor != whole);
        for old in [visitor, half] {
            let mut thief = site.browser();
            thief.cookie = old;
            thief.get("/main").shows(200, "契約者ID");
        }
        // A session for a registration is none for anything else.
        let mut other = site.browser();
        identify(other.get("/registration"), "/registration").shows(200, "トークンの交換");
        other.get("/main").shows(200, "契約者ID");
        // Idle for ten minutes, it is over.
        site.pass(Millis::from_secs(599));
        browser.get("/main").shows(200, "メイン画面");
        site.pass(Millis::from_secs(600));
        browser.get("/main").shows(200, "契約者ID");
    });
}

#[test]
fn a_token_is_exchanged_and_the_old_one_is_of_no_use() {
    on_both(|site| {
        customer(site);
        register(site, "no");
        site.run(site.customers.seed_from_elsewhere("WRFU00000002"));
        let mut elsewhere = log_in(site);
        let mut browser = site.browser();
        let exchange = |browser: &mut Browser<'_>, code: &str, old: &str, reset: &str| {
            let fields = [
                ("credential", "ＷＲＦＵ００００-０００２"),
                ("code", code),
                ("old_code", old),
                ("reset_code", reset),
            ];
            browser.post("/registration/token", &fields).page().body.clone()
        };
        identify(browser.get("/registration"), "/registration").shows(200, "トークンの交換");
        assert!(exchange(&mut browser, CODES[0], "", "").contains("どちらかを入力"));
        assert!(exchange(&mut browser, CODES[0], "", "1234").contains("数字16桁"));
        assert!(exchange(&mut browser, WRONG, CODES[1], "").contains("正しくありません"));
        assert!(exchange(&mut browser, CODES[0], WRONG, "").contains("違います"));
        assert!(exchange(&mut browser, CODES[0], CODES[1], "").contains("交換が完了しました"));
        elsewhere.get("/main").shows(200, "契約者ID");

        // And again, by a code of the bank's.
        site.run(site.customers.seed_from_elsewhere("WRFU00000003"));
        let lifetime = Millis::from_secs(3600);
        let bank = &site.customers.bank;
        let code = site.run(bank.reset_token(&contract_id(1), lifetime, site.now())).unwrap();
        let mut browser = site.browser();
        identify(browser.get("/registration"), "/registration").post(
            "/registration/token",
            &[("credential", "WRFU00000003"), ("code", CODES[0]), ("reset_code", code.expose())],
        );
        browser.shows(200, "交換が完了しました").shows_not(code.expose());
        for (name, status) in [
            ("WRFU00000001", ViewedStatus::Revoked),
            ("WRFU00000002", ViewedStatus::Revoked),
            ("WRFU00000003", ViewedStatus::Active),
        ] {
            let view = site.run(site.customers.tokens.view(&stored::id(name), site.now()));
            assert_eq!(view.unwrap().status, status, "{name}");
        }
    });
}

#[test]
fn the_settings_of_a_token_take_a_code_each() {
    on_both(|site| {
        customer(site);
        register(site, "no");
        let mut browser = log_in(site);
        browser.get("/token").shows(200, "WRFU00000001");
        browser.post("/token/login-code", &[("code", CODES[1])]).shows(422, "選んでください");
        let on = [("code_at_login", "yes"), ("code", CODES[1])];
        browser.post("/token/login-code", &on).shows(200, "設定を変更しました");
        browser.get("/token").post("/token/release", &[("code", CODES[8])]);
        browser.shows(422, "トークンの時刻がずれています").shows(422, "同期ズレ補正");
        let two = [("first", CODES[8]), ("second", CODES[9])];
        browser.post("/token/resync", &two).shows(200, "同期ズレを補正しました");
        browser.get("/token").post("/token/release", &[("code", CODES[9])]).shows(422, "使用済み");
        browser.get("/token").post("/token/release", &[("code", "")]).shows(422, "桁数");
        browser.get("/token").post("/registration/suspend", &[]).shows(200, "停止しました");
        // All sessions have ended, and no code gets in.
        browser.get("/main").shows(200, "契約者ID");
        let mut browser = log_in(site);
        browser.post("/login/code", &[("code", CODES[1])]).shows(422, "利用停止中");
    });
}

#[test]
fn a_release_ends_the_use_of_the_token() {
    on_both(|site| {
        customer(site);
        register(site, "no");
        let mut browser = log_in(site);
        browser.get("/token").post("/token/release", &[("code", CODES[1])]);
        browser.shows(200, "利用を解除しました");
        // All sessions have ended with it, this one too.
        browser.get("/main").shows(200, "契約者ID");
        let mut browser = log_in(site);
        browser.get("/main").shows(200, "トークンが登録されていません");
        browser.get("/token").shows(200, "利用登録");
    });
}

#[test]
fn whoever_cannot_log_in_for_the_clocks_sake_resyncs_there() {
    on_both(|site| {
        customer(site);
        register(site, "yes");
        let mut browser = log_in(site);
        browser.post("/login/code", &[("code", CODES[7])]).shows(422, "時刻がずれています");
        let two = [("first", CODES[7]), ("second", CODES[8])];
        browser.post("/token/resync", &two).shows(200, "同期ズレを補正しました");
        // That was no login.
        browser.get("/main").shows(200, "ワンタイムパスワード確認");
        browser.post("/login/code", &[("code", CODES[9])]);
        browser.shows(200, "メイン画面");
    });
}

#[test]
fn an_order_goes_on_after_a_resync_and_takes_a_fresh_code() {
    on_both(|site| {
        customer(site);
        register(site, "no");
        site.pass(WAIT);
        let mut browser = log_in(site);
        let fields = confirmation(&mut browser, &ORDER);
        browser.shows_not("/transfer/resync");
        browser.post("/transfer/order", &with_code(&fields, CODES[7]));
        browser.shows(422, "時刻がずれています").shows(422, "href=\"#resync\"");
        let two = |first, second| {
            let order = fields.iter().map(|(name, value)| (*name, value.as_str()));
            order.chain([("first", first), ("second", second)]).collect::<Vec<_>>()
        };
        browser.post("/transfer/resync", &two(CODES[7], WRONG));
        browser.shows(422, "振込内容の確認").shows(422, "0000077");
        browser.post("/transfer/resync", &two(CODES[7], CODES[8]));
        browser.shows(200, "同期ズレを補正しました").shows(200, "0000077");
        browser.shows_not("/transfer/resync");
        browser.post("/transfer/order", &with_code(&fields, CODES[8])).shows(422, "使用済み");
        assert_eq!(balance(site), 10_000);
        browser.post("/transfer/order", &with_code(&fields, CODES[9]));
        browser.shows(200, "振込を受け付けました");
        assert_eq!(balance(site), 7000);
    });
}

#[test]
fn every_page_is_there_in_english_and_sets_what_a_browser_must_hold_to() {
    on_both(|site| {
        customer(site);
        register(site, "no");
        site.pass(WAIT);
        let mut browser = site.browser();
        browser.language = "en-GB,ja;q=0.5";
        for (path, text) in [("/", "Enter your contract ID"), ("/registration", "Next")] {
            browser.get(path).shows(200, text).shows(200, "<html lang=\"en\">");
        }
        identify(browser.get("/"), "/login").shows(200, "10,000 yen");
        for (path, text) in [
            ("/main", "Last login"),
            ("/transfer", "Bank number"),
            ("/token", "Stop using the token"),
            ("/history", "Token registered"),
        ] {
            browser.get(path).shows(200, text).shows_not("ください");
            let head = browser.page().head.clone();
            for line in [
                "content-security-policy: default-src 'none'; style-src 'self'; form-action 'self'",
                "x-content-type-options: nosniff",
                "referrer-policy: no-referrer",
                "cache-control: no-store",
                "x-frame-options: deny",
                "content-type: text/html; charset=utf-8",
            ] {
                assert!(head.contains(line), "{line}: {head}");
            }
            let body = &browser.page().body;
            assert!(
                !body.contains("<script") && !body.contains("style=") && !body.contains("http:")
            );
        }
        let chosen = site.send(&Request::new("GET", "/language/en"));
        assert!(chosen.head.contains("set-cookie: language=en;"), "{chosen:?}");
        assert_eq!(site.send(&Request::new("GET", "/language/fr")).status, 404);
        let style = site.send(&Request::new("GET", "/style.css"));
        assert!(style.head.contains("text/css") && style.body.contains("prefers-color-scheme"));
    });
}
