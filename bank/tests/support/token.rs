//! A token that enrols, by the core's own hand.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::arithmetic_side_effects)]

use serde_json::json;
use sqlx::AnyPool;
use tokio::runtime::Runtime;
use warifu::{
    credential::Generator,
    otp::{Code, hotp, totp},
    provision::enrol::{
        AwaitedVerdict, BindingLevel, CONTENT_TYPE, Issued, Link, Pending, Verdict,
    },
    secret::SystemRandom,
    time::UnixMillis,
};
use warifu_bank::clock::Clock;

use crate::support::{
    Bank, Database,
    http::{Answer, Request},
};

/// A link with a new activation code, and the same without.
pub fn activation(bank: &Bank, account: Option<&str>) -> (Link, Link) {
    links(&bank.post("/v1/activations", &json!({ "account_ref": account })))
}

pub fn links(answer: &Answer) -> (Link, Link) {
    let link = answer.json()["link"].as_str().unwrap().to_owned();
    let (open, _) = link.split_once("&c=").unwrap();
    (Link::parse(link.as_bytes()).unwrap(), Link::parse(open.as_bytes()).unwrap())
}

pub fn begin(link: &Link) -> Pending {
    Pending::begin(link, BindingLevel::Hardware, &SystemRandom::new()).unwrap()
}

pub fn enrol(pending: &Pending) -> Request {
    Request::new("POST", "/token/enrol")
        .header("Content-Type", CONTENT_TYPE)
        .body(pending.request())
}

pub fn enrolled(link: &Link, address: &str) -> (Pending, Issued) {
    let mut pending = begin(link);
    let answer = enrol(&pending).send(address);
    assert_eq!(answer.status, 200, "{answer:?}");
    let issued = pending.take_answer(&answer.bytes).unwrap();
    (pending, issued)
}

pub fn confirm(pending: &Pending, issued: &Issued, address: &str) -> Verdict {
    let (request, awaited) = confirmation(pending, issued, now());
    let answer = request.send(address);
    assert_eq!(answer.status, 200, "{answer:?}");
    awaited.read_verdict(issued, &answer.bytes).unwrap().verdict
}

/// The message with the code of the step before this one.
pub fn confirmation(
    pending: &Pending,
    issued: &Issued,
    now: UnixMillis,
) -> (Request, AwaitedVerdict) {
    let before = UnixMillis(now.0 - 30_000);
    let code = code_at(issued, if now.0 == 0 { now } else { before });
    let made = pending.confirmation(issued, &code, &SystemRandom::new()).unwrap();
    let request = Request::new("POST", "/token/confirm")
        .header("Content-Type", CONTENT_TYPE)
        .body(made.message.expose());
    (request, made.awaited)
}

pub fn code_at(issued: &Issued, now: UnixMillis) -> Code {
    let seed = issued.credential().keys.code.secret();
    match issued.credential().generator {
        Generator::Totp { algorithm, digits, steps } => {
            totp::code(seed, algorithm, digits, steps.at(now).unwrap().number)
        }
        Generator::Hotp { algorithm, digits, counter } => {
            hotp::code(seed, algorithm, digits, counter)
        }
    }
}

pub fn path_of(issued: &Issued) -> String {
    format!("/v1/credentials/{}", issued.credential_id().unwrap().as_str())
}

pub fn now() -> UnixMillis {
    Clock::system().now()
}

/// How many rows a table has.
pub fn count(database: &Database, table: &str) -> usize {
    let url = match database.url() {
        url if url.starts_with("postgres") => url.to_owned(),
        path => format!("sqlite://{path}"),
    };
    let sql = match table {
        "credential" => "SELECT COUNT(*) FROM credential",
        _ => "SELECT COUNT(*) FROM enrolment",
    };
    sqlx::any::install_default_drivers();
    let counted: i64 = Runtime::new().unwrap().block_on(async {
        let pool = AnyPool::connect(&url).await.unwrap();
        let counted = sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap();
        pool.close().await;
        counted
    });
    usize::try_from(counted).unwrap()
}
