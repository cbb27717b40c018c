//! What the API says, and that `openapi.json` tells the truth about it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "support/document.rs"]
mod document;
mod support;

use std::collections::BTreeSet;

use document::Document;
use serde_json::{Value, json};
use support::{CODES, Database, SEED, WRONG, code, http::Request, on_both};
use warifu_bank::api::ROUTES;

#[test]
fn the_document_and_the_router_have_the_same_routes() {
    let document = Document::read();
    let served: BTreeSet<(String, String, bool)> = ROUTES
        .iter()
        .map(|route| (route.method.into(), route.path.into(), route.authenticated))
        .collect();
    assert_eq!(document.routes(), served);
}

#[test]
fn every_answer_is_as_the_document_says() {
    on_both(|database| {
        let tour = Tour { document: Document::read(), bank: database.start(&["--no-waits"]) };
        tour.walk();
    });
}

struct Tour {
    document: Document,
    bank: support::Bank,
}

impl Tour {
    fn walk(&self) {
        let totp = json!({ "seed": SEED, "generator": { "type": "totp", "digits": 8 } });
        let imported = self.ask("POST", "/v1/credentials", "", Some(&totp), 201);
        assert_eq!(imported["generator"]["period"], 30);
        let hotp = json!({
            "id": "tour 0001", "seed": SEED.to_lowercase(), "issuer": "割符信用金庫",
            "account": "普通預金 0001", "account_ref": "c-17", "generator": { "type": "hotp" },
        });
        let imported = self.ask("POST", "/v1/credentials", "", Some(&hotp), 201);
        assert_eq!(
            (&imported["id"], &imported["account_ref"]),
            (&json!("TOUR0001"), &json!("c-17"))
        );
        self.problem("POST", "/v1/credentials", "", Some(&hotp), 409, "credential_exists");

        self.verdict("verify", &code(CODES[0]), "not_confirmed");
        self.verdict("confirm", &code(WRONG), "wrong");
        let confirmed = self.verdict("confirm", &code("７５５　２２４"), "accepted");
        assert_eq!((&confirmed["counter"], &confirmed["failures_before"]), (&json!(0), &json!(1)));
        self.verdict("confirm", &code(CODES[1]), "already_confirmed");
        self.verdict("verify", &code(CODES[1]), "accepted");
        self.verdict("verify", &code(CODES[1]), "replayed");
        self.verdict("verify", &code(CODES[9]), "out_of_sync");
        self.verdict("resync", &json!({ "first": CODES[7], "second": CODES[8] }), "accepted");

        assert_eq!(self.act("suspend")["status"], "suspended");
        self.verdict("verify", &code(CODES[9]), "suspended");
        assert_eq!(self.act("resume")["status"], "active");
        for left in (0..10).rev() {
            assert_eq!(self.verdict("verify", &code(WRONG), "wrong")["left"], left);
        }
        self.verdict("verify", &code(CODES[9]), "locked");
        let seen = self.ask("GET", "/v1/credentials/{id}", "wrfu-0000", None, 404);
        assert_eq!(seen["code"], "credential_not_found");
        let seen = self.ask("GET", "/v1/credentials/{id}", ID, None, 200);
        assert_eq!((&seen["status"], &seen["failures"]), (&json!("locked"), &json!(10)));
        assert_eq!(self.act("unlock")["status"], "active");
        assert_eq!(self.act("revoke")["status"], "revoked");
        assert_eq!(self.act("revoke")["status"], "revoked");
        self.verdict("verify", &code(CODES[9]), "revoked");
        self.problem("POST", &format!("{OF_ONE}/resume"), ID, None, 409, "revoked");

        let asked = json!({ "account_ref": "c-18", "expires_in": 3600 });
        let activation = self.ask("POST", "/v1/activations", "", Some(&asked), 201);
        let now = self.ask("GET", "/v1/time", "", None, 200)["now"].as_i64().unwrap();
        let lives = activation["expires_at"].as_i64().unwrap() - now;
        assert!((3_500_000..=3_600_000).contains(&lives), "{lives}");
        self.ask("GET", "/health", "", None, 200);
        assert_eq!(self.ask("GET", "/openapi.json", "", None, 200), *self.document.value());
    }

    fn verdict(&self, call: &str, body: &Value, verdict: &str) -> Value {
        let answer = self.ask("POST", &format!("{OF_ONE}/{call}"), ID, Some(body), 200);
        assert_eq!(answer["verdict"], verdict, "{call}: {answer}");
        answer
    }

    fn act(&self, act: &str) -> Value {
        self.ask("POST", &format!("{OF_ONE}/{act}"), ID, None, 200)
    }

    fn problem(
        &self,
        method: &str,
        route: &str,
        id: &str,
        body: Option<&Value>,
        status: u16,
        code: &str,
    ) {
        assert_eq!(self.ask(method, route, id, body, status)["code"], code);
    }

    /// Asks, and holds both the request and the answer against the document.
    fn ask(&self, method: &str, route: &str, id: &str, body: Option<&Value>, status: u16) -> Value {
        let request = self.bank.request(method, &route.replace("{id}", &id.replace(' ', "%20")));
        let request = match body {
            Some(body) => {
                self.document.check_request(method, route, body);
                request.json(body)
            }
            None => request,
        };
        let answer = request.send(self.bank.address());
        assert_eq!(answer.status, status, "{method} {route}: {answer:?}");
        self.document.check_answer(method, route, status, &answer.json());
        answer.json()
    }
}

#[test]
fn without_a_key_nothing_is_answered() {
    let database = Database::sqlite();
    let bank = database.start(&[]);
    let path = bank.import_confirmed("AUTH0001");
    let other = {
        let (head, secret) = database.api_key.rsplit_once('_').unwrap();
        let flipped = if secret.starts_with('A') { "B" } else { "A" };
        format!("{head}_{flipped}{}", &secret[1..])
    };
    let bad = [
        None,
        Some(String::new()),
        Some("Bearer".into()),
        Some(format!("Basic {}", database.api_key)),
        Some(format!("Bearer {other}")),
        Some("Bearer wbk_1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into()),
    ];
    for authorization in bad {
        for route in ROUTES.iter().filter(|route| route.authenticated) {
            let request = Request::new(route.method, &route.path.replace("{id}", "AUTH0001"));
            let request = match &authorization {
                Some(text) => request.header("Authorization", text),
                None => request,
            };
            let answer = request.json(&code(CODES[1])).send(bank.address());
            assert_eq!((answer.status, answer.code().as_str()), (401, "unauthorized"), "{route:?}");
            assert!(answer.head.contains("www-authenticate: bearer"), "{answer:?}");
        }
    }
    // None of these has spent the code.
    let answer = bank.post(&format!("{path}/verify"), &code(CODES[1]));
    assert_eq!(answer.json()["verdict"], "accepted");
}

#[test]
fn a_key_that_was_revoked_is_of_no_use() {
    let database = Database::sqlite();
    let bank = database.start(&[]);
    assert_eq!(bank.get("/v1/time").status, 200);
    let number = database.api_key.split('_').nth(1).unwrap();
    let mut revoke = database.command(&["api-key", "revoke", number]);
    assert!(revoke.status().unwrap().success());
    // Within a second, and then for ever.
    while bank.get("/v1/time").status == 200 {}
    assert_eq!(bank.get("/v1/time").status, 401);
    assert!(!revoke.status().unwrap().success());
}

#[test]
fn what_cannot_be_a_code_costs_no_try() {
    let database = Database::sqlite();
    let bank = database.start(&[]);
    let path = bank.import_confirmed("COST0001");
    for typed in ["", "12345", "1234567", "12345a", &"1".repeat(5000)] {
        let answer = bank.post(&format!("{path}/verify"), &code(typed));
        assert_eq!((answer.status, answer.code().as_str()), (422, "malformed_code"), "{typed}");
        let two = json!({ "first": CODES[1], "second": typed });
        assert_eq!(bank.post(&format!("{path}/resync"), &two).status, 422, "{typed}");
    }
    assert_eq!(bank.get(&path).json()["failures"], 0);
}

#[test]
fn what_cannot_be_read_is_refused_and_not_repeated() {
    let database = Database::sqlite();
    let bank = database.start(&[]);
    let path = format!("{}/verify", bank.import_confirmed("READ0001"));
    let huge = "x".repeat(9000);
    let post = |path: &str| bank.request("POST", path);
    let json =
        |body: &str| post(&path).header("Content-Type", "application/json").body(body.as_bytes());
    for (request, status, code) in [
        (json(""), 400, "malformed_request"),
        (json("{"), 400, "malformed_request"),
        (json(r#"{"code":287082}"#), 400, "malformed_request"),
        (json(r#"{"code":"287082","id":"READ0001"}"#), 400, "malformed_request"),
        (json(r#"{"code":"287082","code":"287082"}"#), 400, "malformed_request"),
        (json(&format!(r#"{{"code":"{huge}"}}"#)), 413, "body_too_large"),
        (json(&"[".repeat(4000)), 400, "malformed_request"),
        (post(&path).body(br#"{"code":"287082"}"#), 415, "unsupported_media_type"),
        (json("{}").header("Idempotency-Key", ""), 400, "idempotency_key_invalid"),
        (json("{}").header("Idempotency-Key", &"k".repeat(129)), 400, "idempotency_key_invalid"),
        (post("/v1/credentials/READ0001/delete"), 404, "not_found"),
        (post("/v1/credentials/%FF/verify").json(&support::code("1")), 404, "credential_not_found"),
        (post("/v1/credentials/x/verify").json(&support::code("1")), 404, "credential_not_found"),
        (bank.request("DELETE", "/v1/time"), 405, "method_not_allowed"),
    ] {
        let answer = request.send(bank.address());
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{answer:?}");
        assert!(!answer.body.contains("287082"), "{answer:?}");
    }
    let imports = [
        json!({ "seed": "GEZDGNBV", "generator": { "type": "totp" } }),
        json!({ "seed": "1", "generator": { "type": "totp" } }),
        json!({ "seed": "A".repeat(600), "generator": { "type": "totp" } }),
        json!({ "seed": SEED, "generator": { "type": "totp", "digits": 5 } }),
        json!({ "seed": SEED, "generator": { "type": "totp", "period": 0 } }),
        json!({ "seed": SEED, "generator": { "type": "totp", "algorithm": "MD5" } }),
        json!({ "seed": SEED, "generator": { "type": "hotp", "counter": -1 } }),
        json!({ "seed": SEED, "generator": { "type": "ocra" } }),
        json!({ "seed": SEED, "generator": { "type": "hotp" }, "id": "A_B" }),
        json!({ "seed": SEED, "generator": { "type": "hotp" }, "account": "a\u{202e}b" }),
    ];
    for import in imports {
        let answer = bank.post("/v1/credentials", &import);
        assert_eq!((answer.status, answer.code().as_str()), (400, "malformed_request"), "{import}");
    }
    for expires_in in [0, 59, 7_776_001] {
        let answer = bank.post("/v1/activations", &json!({ "expires_in": expires_in }));
        assert_eq!(answer.status, 400, "{expires_in}");
    }
}

const ID: &str = "tour 0001";
const OF_ONE: &str = "/v1/credentials/{id}";
