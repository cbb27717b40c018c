//! The program as a process: how it starts, stops, and is looked after by its command line.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use std::{fs, os::unix::fs::PermissionsExt as _, process::Output, thread, time::Duration};

use serde_json::{Value, json};
use support::{
    CODES, Database,
    cluster::Cluster,
    code,
    http::{Answer, Connection, Request},
    on_both,
};

#[test]
fn a_stop_lets_a_request_end_and_takes_no_other() {
    for signal in ["-TERM", "-INT"] {
        on_both(|database| {
            let bank = database.start(&[]);
            let path = bank.import_confirmed("STOP0001");
            let request = bank.request("POST", &format!("{path}/verify")).json(&code(CODES[1]));
            let bytes = request.bytes();
            let (begin, rest) = bytes.split_at(bytes.len() - 5);
            let mut connection = Connection::to(bank.address());
            connection.send(begin);
            // Answered only once the service has read that much of the first.
            assert_eq!(bank.get("/health").status, 200);
            bank.signal(signal);
            while !bank.log().contains("\"stopping\"") {
                thread::sleep(Duration::from_millis(5));
            }
            // Nobody else is let in, unless the port is another service's by now.
            let other = bank.request("GET", "/v1/time");
            let told = Connection::risk(bank.address(), &other);
            assert!(told.is_none_or(|told| told.status == 401));
            connection.send(rest);
            let answer = connection.answer().unwrap();
            assert_eq!(answer.json()["verdict"], "accepted", "{}", database.name());
            let log = bank.log();
            assert_eq!(bank.wait().code(), Some(0), "{}: {log}", database.name());
        });
    }
}

#[test]
fn a_head_that_never_ends_holds_nobody_up() {
    let database = Database::sqlite();
    let bank = database.start(&[]);
    let mut connections: Vec<_> = (0..100).map(|_| Connection::to(bank.address())).collect();
    for connection in &mut connections {
        connection.send(b"POST /v1/credentials HTTP/1.1\r\nX: ");
    }
    assert_eq!(bank.get("/v1/time").status, 200);
    let mut long = Connection::to(bank.address());
    long.send(b"GET /health HTTP/1.1\r\n");
    long.send("X: y\r\n".repeat(70).as_bytes());
    long.send(b"\r\n");
    assert_eq!(long.answer().map(|answer| answer.status), Some(431));
}

#[test]
fn the_command_line_looks_after_a_credential() {
    on_both(|database| {
        let bank = database.start(&[]);
        bank.import_confirmed("LINE0001");
        for (act, status) in [
            ("suspend", "suspended"),
            ("resume", "active"),
            ("unlock", "active"),
            ("revoke", "revoked"),
        ] {
            let said =
                json_of(&database.command(&["credential", act, "line 0001"]).output().unwrap());
            assert_eq!(said["status"], status, "{}", database.name());
            assert_eq!(bank.get("/v1/credentials/LINE0001").json()["status"], status);
        }
        let shown = database.command(&["credential", "show", "LINE0001"]).output().unwrap();
        assert_eq!(json_of(&shown), bank.get("/v1/credentials/LINE0001").json());
        // The database may be named by the option as well.
        let mut by_option = database.command(&["credential", "show", "LINE0001"]);
        by_option.args(["--database", database.url()]).env_remove("WARIFU_DATABASE");
        assert_eq!(text_of(&by_option.output().unwrap()), text_of(&shown));
        for arguments in [["resume", "LINE0001"], ["show", "NONE0001"], ["show", "no"]] {
            let out = database.command(&["credential"]).args(arguments).output().unwrap();
            assert!(!out.status.success(), "{arguments:?}");
        }
        let out = database.command(&["activation", "new", "--account", "c-17"]).output().unwrap();
        let printed = String::from_utf8(out.stdout).unwrap();
        assert!(printed.trim().len() == 16 && printed.trim().bytes().all(|b| b.is_ascii_digit()));
    });
}

#[test]
fn the_command_line_looks_after_a_contract() {
    on_both(|database| {
        let file = database.path("password");
        fs::write(&file, "a long password\n").unwrap();
        let add = |name: &str| {
            let mut add = database.command(&["contract", "add", "0000000017", "--name", name]);
            add.args(["--address", "customer@mail.example", "--password-file", "password"]);
            add.output().unwrap()
        };
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(add("見本　花子").status.code(), Some(1));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(text_of(&add("見本　花子")).trim(), "contract: 0000000017");
        assert_eq!(add("見本　花子").status.code(), Some(1));
        let open = |id: &str| {
            let mut open = database.command(&["contract", "open-account", id]);
            open.args(["--branch", "001", "--number", "0000017", "--holder", "ミホン　ハナコ"]);
            open.args(["--paid-in", "100000"]).output().unwrap()
        };
        assert_eq!(open("0000000018").status.code(), Some(1));
        assert_eq!(text_of(&open("0000000017")).trim(), "account: 001-1-0000017");
        // There is no token to exchange.
        let reset = database.command(&["contract", "reset-token", "0000000017"]).output().unwrap();
        assert_eq!(reset.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&reset.stderr).contains("has no token"));
        fs::write(&file, "another long password\n").unwrap();
        let mut set = database.command(&["contract", "set-password", "0000000017"]);
        assert!(set.args(["--password-file", "password"]).output().unwrap().status.success());
        let unlock = |id| database.command(&["contract", "unlock", id]).output().unwrap();
        assert!(unlock("0000000017").status.success());
        assert_eq!(unlock("0000000018").status.code(), Some(1));
        for wrong in [&["add", "17"][..], &["reset-token", "00000000017"], &["open-account"]] {
            let out = database.command(&["contract"]).args(wrong).output().unwrap();
            assert_eq!(out.status.code(), Some(2), "{wrong:?}");
        }
        fs::write(&file, "short").unwrap();
        let out = add("見本　花子");
        assert!(String::from_utf8_lossy(&out.stderr).contains("8 to 128"));
        assert!(!String::from_utf8_lossy(&out.stderr).contains("short"));
    });
}

#[test]
fn the_pages_are_there_where_they_are_asked_for_beside_the_api() {
    let database = Database::sqlite();
    let page = |options: &[&str]| {
        let bank = database.start(options);
        let page = Request::new("GET", "/").send(bank.address());
        assert_eq!(bank.get("/v1/time").status, 200);
        assert_eq!(Request::new("GET", "/v1/time").send(bank.address()).status, 401);
        assert_eq!(bank.get("/none").code(), "not_found");
        (page, bank.log())
    };
    assert_eq!(page(&[]).0.status, 404);
    let (page, log) = page(&["--internet-banking", "--bank-number", "9999", "--issuer", "割符"]);
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<title>ログイン | 割符</title>"), "{page:?}");
    assert!(page.head.contains("set-cookie: __host-session="));
    assert!(log.contains("\"route\":\"/\"") && !log.to_lowercase().contains("__host"), "{log}");
}

#[test]
fn a_login_leaves_no_password_and_no_session_in_the_log() {
    let database = Database::sqlite();
    let password = "a-password-of-its-own";
    let file = database.path("password");
    fs::write(&file, password).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let mut add = database.command(&["contract", "add", "0000000017", "--name", "x"]);
    add.args(["--address", "customer@mail.example", "--password-file", "password"]);
    assert!(add.status().unwrap().success());
    let bank = database.start(&["--internet-banking", "--log", "trace"]);
    let page = Request::new("GET", "/").send(bank.address());
    let cookie = cookie_of(&page);
    let (_, rest) = page.body.split_once("name=\"form_token\" value=\"").unwrap();
    let form_token = rest.split_once('"').unwrap().0;
    let body = format!("form_token={form_token}&contract=0000000017&password={password}");
    let login = Request::new("POST", "/login")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("Cookie", &format!("__Host-session={cookie}"))
        .body(body.as_bytes())
        .send(bank.address());
    assert_eq!(login.status, 303, "{login:?}");
    let log = bank.log();
    assert!(log.contains("\"route\":\"/login\""), "{log}");
    for secret in [password, form_token, &cookie, &cookie_of(&login)] {
        assert!(!log.to_uppercase().contains(&secret.to_uppercase()), "{log}");
    }
}

/// Answers are read in lower case; the cookie is base32.
fn cookie_of(answer: &Answer) -> String {
    let (_, rest) = answer.head.split_once("__host-session=").unwrap();
    rest.split_once(';').unwrap().0.to_uppercase()
}

#[test]
fn a_rotation_seals_all_seeds_anew_while_codes_are_judged() {
    on_both(|database| {
        let bank = database.start(&[]);
        let seeds = json!({ "seed": support::SEED, "generator": { "type": "totp" } });
        let path = bank.import_confirmed("ROTA0001");
        for _ in 0..450 {
            assert_eq!(bank.post("/v1/credentials", &seeds).status, 201);
        }
        let rotation = database.command(&["keys", "rotate"]).output().unwrap();
        assert_eq!(text_of(&rotation), "current: key 2\nsealed anew: 451 credentials\n");
        // The service has not been started again; it finds the new key by itself.
        let answer = bank.post(&format!("{path}/verify"), &code(CODES[1]));
        assert_eq!(answer.json()["verdict"], "accepted", "{}", database.name());
        bank.import("ROTA0002");
        let shown = text_of(&database.command(&["keys", "show"]).output().unwrap());
        assert_eq!(shown, "key 2: 452 credentials\ncurrent: key 2\n", "{}", database.name());
        let again = database.command(&["keys", "reseal"]).output().unwrap();
        assert_eq!(text_of(&again), "sealed anew: 0 credentials\n");
        // Old keys may go once nothing is sealed under them.
        let keys = database.path("warifu-bank.keys");
        let text = support::read(&keys);
        let without: String = text
            .lines()
            .filter(|line| !line.starts_with("seal 1 "))
            .map(|l| format!("{l}\n"))
            .collect();
        fs::write(&keys, without).unwrap();
        drop(bank);
        let bank = database.start(&[]);
        let answer = bank.post(&format!("{path}/verify"), &code(CODES[2]));
        assert_eq!(answer.json()["verdict"], "accepted", "{}", database.name());
    });
}

#[test]
fn init_makes_what_is_not_there_and_leaves_what_is() {
    let database = Database::sqlite();
    let keys = support::read(&database.path("warifu-bank.keys"));
    let api_key = support::read(&database.path("warifu-bank.api-key"));
    assert!(database.command(&["init"]).status().unwrap().success());
    assert_eq!(support::read(&database.path("warifu-bank.keys")), keys);
    assert_eq!(support::read(&database.path("warifu-bank.api-key")), api_key);
    let shown = database.command(&["init"]).output().unwrap();
    let said = text_of(&shown);
    assert!(!said.contains(api_key.rsplit('_').next().unwrap()));
}

#[test]
fn what_is_wrong_with_the_start_is_said_and_nothing_is_served() {
    let database = Database::sqlite();
    let fails = |arguments: &[&str], why: &str| {
        let out = database.command(arguments).output().unwrap();
        let said = String::from_utf8(out.stderr).unwrap();
        assert!(!out.status.success() && said.contains(why), "{arguments:?}: {said}");
        assert!(out.stdout.is_empty());
    };
    fails(&["serve", "--listen", "0.0.0.0:0"], "--behind-tls");
    fails(&["serve", "--failures-until-locked", "101"], "1 to 100 failures");
    fails(&["serve", "--database", "mysql://x"], "a database is");
    fails(&["serve", "--database", "postgres://db.example/x"], "sslmode=verify-full");
    fails(&["serve", "--database", "postgres://localhost:1/x"], "cannot be reached");
    fails(&["serve", "--keys", "none"], "file of keys");
    fs::write(database.path("bad"), "warifu-bank keys 9\n").unwrap();
    fails(&["serve", "--keys", "bad"], "may be read by others");
}

#[test]
fn a_postgresql_that_is_not_who_it_should_be_gets_nothing() {
    if std::env::var_os("WARIFU_WITHOUT_POSTGRES").is_some() {
        return;
    }
    let database = Database::sqlite();
    let (root, other) = (database.path("root.pem"), database.path("other.pem"));
    let (_cluster, url) = Cluster::by_tls(&root);
    drop(Cluster::by_tls(&other));
    let init = |url: &str, root: &std::path::Path| {
        let url = format!("{url}?sslmode=verify-full&sslrootcert={}", root.display());
        let mut init = database.command(&["init", "--api-key", "another"]);
        init.env("WARIFU_DATABASE", url).output().unwrap()
    };
    assert!(!init(&url, &other).status.success());
    // Its certificate is for a name, and not for that address.
    assert!(!init(&url.replace("localhost", "127.0.0.1"), &root).status.success());
    let right = init(&url, &root);
    assert!(right.status.success(), "{}", String::from_utf8_lossy(&right.stderr));
}

#[test]
fn keys_may_come_from_the_environment() {
    let database = Database::sqlite();
    let bank = database.start(&[]);
    let path = bank.import_confirmed("ENVI0001");
    drop(bank);
    let text = support::read(&database.path("warifu-bank.keys"));
    fs::remove_file(database.path("warifu-bank.keys")).unwrap();
    let mut show = database.command(&["keys", "show"]);
    assert_eq!(
        text_of(&show.env("WARIFU_KEYS", &text).output().unwrap()),
        "key 1: 1 credentials\ncurrent: key 1\n"
    );
    let mut rotate = database.command(&["keys", "rotate"]);
    assert!(!rotate.env("WARIFU_KEYS", &text).output().unwrap().status.success());
    assert!(path.ends_with("ENVI0001"));
}

fn json_of(out: &Output) -> Value {
    serde_json::from_str(&text_of(out)).unwrap()
}

fn text_of(out: &Output) -> String {
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout.clone()).unwrap()
}
