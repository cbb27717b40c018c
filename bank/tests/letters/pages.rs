use warifu::time::Millis;
use warifu_issuer::ActivationCode;

use crate::{
    DAY, WEEK, bank,
    browser::{self, Site},
    customers::{self, PASSWORD},
    letter, printed, register,
    stored::{self, NOW},
    support::CODES,
};

/// Contract 1, and a token that nobody has registered, which is shown to be somebody's.
fn customer(site: &Site) {
    site.run(async {
        site.customers.contract(1).await;
        site.customers.seed_from_elsewhere("WRFU00000001").await;
    });
}

const IDENTITY: [(&str, &str); 2] = [("contract", "0000000001"), ("password", PASSWORD)];

#[test]
fn a_customer_asks_for_the_letter_and_registers_when_it_has_come() {
    browser::on_both_with(bank, |site| {
        customer(site);
        let mut browser = site.browser();
        browser.get("/registration").post("/registration", &IDENTITY);
        browser.shows(200, "確認コードのお申し込み").shows_not("クレデンシャルID");
        // Whoever sends the form of the registration all the same is told what is missing.
        let form_token = browser.form_token();
        let fields = [("credential", "WRFU00000001"), ("code", CODES[0]), ("code_at_login", "no")];
        browser.send("/registration/token", &form_token, &fields);
        browser.shows(422, "書面の確認コードが必要です");
        browser.post("/registration/letter", &[]).shows(200, "確認コードをお送りします");
        browser.send("/registration/letter", &form_token, &[]).shows(422, "もう一度お申し込み");
        browser.shows(422, "2027年1月22日 17時00分");

        let code = site.run(printed(&site.customers, site.now())).pop().unwrap().1;
        site.pass(Millis::from_secs(3 * DAY));
        let mut browser = site.browser();
        browser.get("/registration").post("/registration", &IDENTITY);
        browser.shows(200, "書面の確認コード（16桁）").shows_not("もう一度申し込む<");
        browser.shows(200, "もう一度申し込める日時：2027年1月22日 17時00分");
        browser.shows(200, "確認コードの有効期限：2027年2月14日 17時00分");
        let sent = |letter_code: &'static str| {
            [fields[0], fields[1], fields[2], ("letter_code", letter_code)]
        };
        browser.post("/registration/token", &fields).shows(422, "確認コードは数字16桁です");
        browser.post("/registration/token", &sent("1234")).shows(422, "確認コードは数字16桁です");
        let other = "0000000000000000";
        browser.post("/registration/token", &sent(other)).shows(422, "正しくありません");
        browser.shows_not(other);
        let typed = full_width(&code);
        let right = [fields[0], fields[1], fields[2], ("letter_code", typed.as_str())];
        browser.post("/registration/token", &right).shows(200, "利用登録が完了しました");
    });
}

/// By four, as it is printed, and as a Japanese keyboard gives it.
fn full_width(code: &ActivationCode) -> String {
    let printed = warifu_bank::bank::typed::in_groups(code.expose());
    let wide = |digit: char| match digit.to_digit(10) {
        Some(value) => char::from_u32(0xff10 + value).unwrap(),
        None => '　',
    };
    printed.chars().map(wide).collect()
}

#[test]
fn who_cannot_ask_yet_is_told_from_when() {
    browser::on_both_with(bank, |site| {
        customer(site);
        let (bank, contract) = (&site.customers.bank, customers::contract_id(1));
        let code = site.run(letter(&site.customers, &contract, NOW));
        let credential = stored::id("WRFU00000001");
        site.run(register(&site.customers, &contract, &credential, &code, NOW)).unwrap();
        site.run(bank.release(&contract, CODES[1], None, NOW)).unwrap();
        // No letter is under way any more, and the next one is for a week later.
        let mut browser = site.browser();
        browser.get("/registration").post("/registration", &IDENTITY);
        browser.shows(200, "確認コードのお申し込み").shows_not("/registration/letter");
        browser.shows(200, "もう一度申し込める日時：2027年1月22日 17時00分");
        site.pass(Millis::from_secs(WEEK));
        browser.get("/registration").post("/registration", &IDENTITY);
        browser.post("/registration/letter", &[]).shows(200, "確認コードをお送りします");
    });
}

#[test]
fn the_pages_of_the_letter_are_there_in_english() {
    browser::on_both_with(bank, |site| {
        customer(site);
        let mut browser = site.browser();
        browser.language = "en";
        browser.get("/registration").post("/registration", &IDENTITY);
        browser.shows(200, "Ask for your confirmation code").shows_not("ください");
        browser.post("/registration/letter", &[]).shows(200, "We will post a letter");
        browser.shows_not("ください").get("/registration/token");
        browser
            .shows(200, "Confirmation code of our letter")
            .shows(200, "another from: 2027-01-22");
        browser.shows_not("ください");
        site.pass(Millis::from_secs(WEEK));
        browser.get("/registration").post("/registration", &IDENTITY);
        browser.post("/registration/letter", &[]).shows(200, "We will post a letter");
        assert_eq!(site.run(printed(&site.customers, site.now())).len(), 2);
    });
}
