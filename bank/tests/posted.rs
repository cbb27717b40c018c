//! The real program: a customer asks for a letter and for an activation code at the pages, the mailing house
//! prints the letter, and the log has nothing of either.
#![allow(clippy::unwrap_used)]

mod support;

use std::{
    fs::{self, File},
    os::unix::fs::PermissionsExt as _,
    process::Output,
};

use form_urlencoded::Serializer;
use support::{
    Bank, Database,
    http::{Answer, Request},
    on_both,
};

const PASSWORD: &str = "a-password-of-its-own";

/// What a browser keeps, and the page that it shows.
struct Visitor<'a> {
    bank: &'a Bank,
    cookie: String,
    page: Answer,
}

impl<'a> Visitor<'a> {
    fn at(bank: &'a Bank, path: &str) -> Self {
        let page = Request::new("GET", path).send(bank.address());
        Self { bank, cookie: cookie_of(&page).unwrap(), page }
    }

    fn get(&mut self, path: &str) -> String {
        let cookie = format!("__Host-session={}", self.cookie);
        let request = Request::new("GET", path).header("Cookie", &cookie);
        self.page = request.send(self.bank.address());
        self.page.body.clone()
    }

    /// Sends a form of this page; gives what comes of it.
    fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> String {
        let (_, rest) = self.page.body.split_once("name=\"form_token\" value=\"").unwrap();
        let form_token = rest.split_once('"').unwrap().0;
        let mut body = Serializer::new(String::new());
        body.append_pair("form_token", form_token).extend_pairs(fields);
        let answer = Request::new("POST", path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Cookie", &format!("__Host-session={}", self.cookie))
            .body(body.finish().as_bytes())
            .send(self.bank.address());
        if let Some(cookie) = cookie_of(&answer) {
            self.cookie = cookie;
        }
        self.page = answer;
        self.page.body.clone()
    }
}

/// Answers are read in lower case; the cookie is base32.
fn cookie_of(answer: &Answer) -> Option<String> {
    let (_, rest) = answer.head.split_once("__host-session=")?;
    Some(rest.split_once(';')?.0.to_uppercase())
}

fn add(database: &Database, id: &str, name: &str) {
    let file = database.path("password");
    fs::write(&file, PASSWORD).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let mut add = database.command(&["contract", "add", id, "--name", name]);
    add.args(["--address", "customer@mail.example", "--password-file", "password"]);
    assert!(add.output().unwrap().status.success());
}

fn lines(out: &Output) -> Vec<String> {
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn letters_are_printed_once_and_no_code_is_logged() {
    on_both(|database| {
        add(database, "0000000017", "見本　花子");
        add(database, "0000000018", "割符　太郎");
        let bank = database.start(&[
            "--internet-banking",
            "--registration-by-letter",
            "--public-url",
            "https://bank.example/token",
            "--log",
            "trace",
        ]);
        for id in ["0000000017", "0000000018"] {
            let mut visitor = Visitor::at(&bank, "/registration");
            visitor.post("/registration", &[("contract", id), ("password", PASSWORD)]);
            assert!(visitor.get("/registration/token").contains("確認コードを申し込む"));
            assert!(visitor.post("/registration/letter", &[]).contains("お送りします"));
        }
        let print = || database.command(&["contract", "letters"]).output().unwrap();
        // What could not be written is not noted as printed.
        let mut full = database.command(&["contract", "letters"]);
        full.stdout(File::options().write(true).open("/dev/full").unwrap());
        assert_eq!(full.output().unwrap().status.code(), Some(1));
        // A pipe's reader may lose them, which a file does not.
        let (letters, told) = (print(), "standard output is no file");
        assert!(String::from_utf8_lossy(&letters.stderr).contains(told));
        let letters = lines(&letters);
        assert_eq!(letters.len(), 2, "{letters:?}");
        let fields: Vec<&str> = letters.first().unwrap().split('\t').collect();
        let [id, name, code, until] = fields.as_slice() else { panic!("{fields:?}") };
        assert_eq!((*id, *name), ("0000000017", "見本　花子"));
        assert!(code.len() == 19 && until.len() == "2027-01-15 17:00".len(), "{fields:?}");
        assert_eq!(lines(&print()), Vec::<String>::new());
        let at_desk = database.command(&["contract", "letter", "0000000017"]).output().unwrap();
        let at_desk = lines(&at_desk).remove(0);
        assert_eq!(lines(&print()), Vec::<String>::new());
        let nobody = database.command(&["contract", "letter", "0000000019"]).output().unwrap();
        assert_eq!(nobody.status.code(), Some(1));

        // The code is taken where it is typed: what is wrong now is the token.
        let mut visitor = Visitor::at(&bank, "/registration");
        visitor.post("/registration", &[("contract", id), ("password", PASSWORD)]);
        visitor.get("/registration/token");
        let token = [("credential", "WRFU00000001"), ("code", "123456"), ("code_at_login", "no")];
        let typed = [&token[..], &[("letter_code", *code)]].concat();
        assert!(visitor.post("/registration/token", &typed).contains("正しくありません"));

        let mut visitor = Visitor::at(&bank, "/");
        visitor.post("/login", &[("contract", id), ("password", PASSWORD)]);
        visitor.get("/token/new");
        let page = visitor.post("/token/new", &[]);
        let (_, rest) = page.split_once("href=\"https://bank.example/token#").unwrap();
        let link = rest.split_once('"').unwrap().0;
        let (_, activation) = link.split_once("c=").unwrap();
        let log = bank.log();
        assert!(log.contains("\"route\":\"/token/new\""), "{log}");
        for secret in [*code, &at_desk, activation] {
            for form in [secret.to_owned(), secret.replace(' ', "")] {
                assert!(!log.contains(&form), "{}", database.name());
            }
        }
    });
}

#[test]
fn letters_go_into_a_file_without_a_word() {
    on_both(|database| {
        add(database, "0000000017", "見本　花子");
        let bank = database.start(&["--internet-banking", "--registration-by-letter"]);
        let mut visitor = Visitor::at(&bank, "/registration");
        visitor.post("/registration", &[("contract", "0000000017"), ("password", PASSWORD)]);
        visitor.get("/registration/token");
        visitor.post("/registration/letter", &[]);
        let place = database.path("letters");
        for length in [1, 0] {
            let mut print = database.command(&["contract", "letters"]);
            let printed = print.stdout(File::create(&place).unwrap()).output().unwrap();
            assert!(printed.status.success());
            assert_eq!(String::from_utf8_lossy(&printed.stderr), "");
            assert_eq!(fs::read_to_string(&place).unwrap().lines().count(), length);
        }
    });
}
