//! What is logged: a line for each request, and at the most verbose level nothing that is secret.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]

mod support;
#[path = "support/time.rs"]
mod time;
#[path = "support/token.rs"]
mod token;

use base32ct::{Base32UpperUnpadded, Encoding as _};
use serde_json::{Value, json};
use support::{CODES, SEED, code, http::Connection, on_both};
use warifu::{
    otp::{Algorithm, Digits, hotp},
    provision::enrol::Verdict,
    secret::Secret,
};

#[test]
fn nothing_secret_is_logged_at_the_most_verbose_level() {
    on_both(|database| {
        let bank = database.start(&["--log", "trace", "--no-waits"]);
        let codes = codes_of_ten_digits();
        let wide: String = codes[0].chars().map(full_width).collect();
        let mut secrets: Vec<String> =
            [SEED, "12345678901234567890", WRONG, &wide].map(str::to_owned).into();
        secrets.extend(codes.clone());
        secrets.push(database.api_key.clone());
        secrets.push(database.api_key.rsplit('_').next().unwrap().to_owned());
        secrets.extend(keys_of(database));
        // The name of a request is the client's own, and may be what it should not.
        secrets.push("idempotency-key-of-a-test".into());

        let import = json!({
            "id": "LOGS0001", "seed": SEED, "generator": { "type": "hotp", "digits": 10 },
        });
        assert_eq!(bank.post("/v1/credentials", &import).status, 201);
        let path = "/v1/credentials/LOGS0001";
        let verify = format!("{path}/verify");
        bank.post(&verify, &code(&codes[0]));
        bank.post(&format!("{path}/confirm"), &code(&wide));
        bank.post(&verify, &code(&codes[1]));
        bank.post(&verify, &code(&codes[1]));
        bank.post(&verify, &code(&format!("{WRONG}x")));
        bank.post(&format!("{path}/resync"), &json!({ "first": codes[3], "second": codes[4] }));
        let named = |body: &Value| {
            bank.request("POST", &verify)
                .header("Idempotency-Key", "idempotency-key-of-a-test")
                .json(body)
                .send(bank.address())
        };
        assert_eq!(named(&code(&codes[5])).json()["verdict"], "accepted");
        assert_eq!(named(&code(&codes[5])).json()["verdict"], "accepted");
        assert_eq!(named(&code(WRONG)).status, 422);
        for _ in 0..12 {
            bank.post(&verify, &code(WRONG));
        }
        // Refused at each stage, with what is secret where it does not belong.
        bank.post(&verify, &json!({ "code": codes[6], "seed": SEED }));
        bank.post(&verify, &json!({ SEED: codes[6] }));
        bank.post("/v1/credentials", &json!({ "seed": SEED, "generator": { "type": SEED } }));
        bank.post(
            "/v1/credentials",
            &json!({ "seed": format!("{SEED}!"), "generator": { "type": "totp" } }),
        );
        bank.get(&format!("/v1/credentials/{SEED}"));
        bank.get(&format!("/v1/credentials/LOGS0001/{}", codes[7]));
        bank.get(&format!("/{SEED}?code={}", codes[8]));
        bank.request(SEED, "/v1/time").send(bank.address());
        bank.request("GET", "/v1/time").header("X-Seed", SEED).send(bank.address());
        let wrong = support::http::Request::new("GET", "/v1/time");
        wrong.header("Authorization", &format!("Bearer {SEED}")).send(bank.address());
        let mut connection = Connection::to(bank.address());
        connection.send(format!("{SEED} {}\r\n\r\n", codes[9]).as_bytes());
        connection.answer();
        let activation = bank.post("/v1/activations", &json!({})).json();
        secrets.push(activation["code"].as_str().unwrap().to_owned());
        secrets.push(activation["link"].as_str().unwrap().to_owned());
        secrets.extend(enrolled(&bank));
        let url = database.url();
        if let Some(password) = url.split_once("://").filter(|_| url.starts_with("postgres")) {
            secrets.push(password.1.to_owned());
        }
        bank.signal("-TERM");
        let log = bank.log();
        let _ = bank.wait();

        for secret in &secrets {
            let line = log.lines().find(|line| line.contains(secret.as_str()));
            assert_eq!(line, None, "{}: {secret}", database.name());
        }
        // The database's statements are there, and the verdicts.
        assert!(log.contains("\"target\":\"sqlx::query\""), "{}", database.name());
        assert!(log.contains("\"told\":\"accepted\""), "{}", database.name());
    });
}

#[test]
fn each_request_is_one_line_with_the_end_of_the_id_at_most() {
    let database = support::Database::sqlite();
    let bank = database.start(&[]);
    let path = bank.import_confirmed("WRFU12345678");
    let answer = bank.post(&format!("{path}/verify"), &code(CODES[1]));
    bank.get("/nowhere");
    let log = bank.log();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let requests: Vec<&Value> = lines.iter().filter(|line| line["message"] == "request").collect();
    assert_eq!(requests.len(), 4, "{log}");
    let verify = requests[2];
    assert_eq!(verify["method"], "POST");
    assert_eq!(verify["route"], "/v1/credentials/{id}/verify");
    assert_eq!(verify["status"], 200);
    assert_eq!(verify["credential"], "5678");
    assert_eq!(verify["told"], "accepted");
    assert!(verify["ms"].is_u64());
    let id = verify["request"].as_str().unwrap();
    assert!(answer.head.contains(&format!("x-request-id: {id}")), "{answer:?}");
    assert_eq!(
        (&requests[3]["route"], &requests[3]["told"]),
        (&json!("none"), &json!("not_found"))
    );
    assert!(!log.contains("12345678"), "{log}");
}

/// Enrols a token; gives what is secret of it, in all forms in which it goes by.
fn enrolled(bank: &support::Bank) -> Vec<String> {
    let (link, _) = token::activation(bank, Some("c-17"));
    let (pending, issued) = token::enrolled(&link, bank.address());
    assert_eq!(token::confirm(&pending, &issued, bank.address()), Verdict::Confirmed);
    let refused = token::enrol(&token::begin(&link)).send(bank.address());
    assert_eq!(refused.status, 403);
    let asking = time::Asking::of(&issued);
    asking.stamps(&asking.request().send(bank.address()));
    let keys = &issued.credential().keys;
    let (code, device) = (keys.code.secret(), keys.device.as_ref().unwrap().secret());
    let forms = [code, device].into_iter().flat_map(|key| {
        let bytes = key.expose();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        [hex, format!("{bytes:?}"), Base32UpperUnpadded::encode_string(bytes)]
    });
    forms.collect()
}

/// Of six digits one might stand in an instant by chance.
fn codes_of_ten_digits() -> Vec<String> {
    let seed = Secret::copy_of(b"12345678901234567890");
    let digits = Digits::new(10).unwrap();
    let code = |counter| hotp::code(&seed, Algorithm::Sha1, digits, counter);
    (0..10).map(|counter| code(counter).expose().to_owned()).collect()
}

/// A digit as a Japanese keyboard may give it.
fn full_width(digit: char) -> char {
    char::from_u32(u32::from(digit) + 0xfee0).unwrap()
}

/// The keys of the file, as it has them.
fn keys_of(database: &support::Database) -> Vec<String> {
    let text = support::read(&database.path("warifu-bank.keys"));
    text.split_ascii_whitespace().filter(|word| word.len() == 52).map(str::to_owned).collect()
}

/// Ten digits that are no code.
const WRONG: &str = "9876543210";
