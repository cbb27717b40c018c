//! `openapi.json`, and whether a value is as one of its schemas says.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::panic
)]

use std::collections::BTreeSet;

use serde_json::Value;

pub struct Document(Value);

impl Document {
    pub fn read() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
        Self(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    }

    pub fn value(&self) -> &Value {
        &self.0
    }

    /// Method, path, and whether a key is wanted.
    pub fn routes(&self) -> BTreeSet<(String, String, bool)> {
        let mut routes = BTreeSet::new();
        for (path, methods) in self.0["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let open = operation["security"].as_array().is_some_and(Vec::is_empty);
                routes.insert((method.to_uppercase(), path.clone(), !open));
            }
        }
        routes
    }

    pub fn check_request(&self, method: &str, path: &str, body: &Value) {
        let operation = &self.0["paths"][path][method.to_lowercase()];
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        self.check(body, schema, &format!("{method} {path}"));
    }

    pub fn check_answer(&self, method: &str, path: &str, status: u16, body: &Value) {
        let operation = &self.0["paths"][path][method.to_lowercase()];
        let response = self.resolve(&operation["responses"][status.to_string()]);
        let kind = if status < 400 { "application/json" } else { "application/problem+json" };
        let schema = &response["content"][kind]["schema"];
        self.check(body, schema, &format!("{method} {path} {status}"));
    }

    fn check(&self, value: &Value, schema: &Value, place: &str) {
        if let Err(why) = self.fits(value, schema) {
            panic!("{place}: {why}: {value}");
        }
    }

    /// As much of JSON Schema as the document uses; a word that is not known here is an error.
    fn fits(&self, value: &Value, schema: &Value) -> Result<(), String> {
        let schema = self.resolve(schema);
        let words = schema.as_object().ok_or("no schema")?;
        for (word, rule) in words {
            let holds = match word.as_str() {
                "type" => self.is_of_type(value, rule),
                "const" => value == rule,
                "enum" => rule.as_array().unwrap().contains(value),
                "minimum" => value.as_i64() >= rule.as_i64(),
                "maximum" => value.as_i64() <= rule.as_i64(),
                "maxLength" => {
                    value.as_str().unwrap().chars().count() <= rule.as_u64().unwrap() as usize
                }
                "pattern" => {
                    assert_eq!(rule, "^[0-9]{16}$");
                    let text = value.as_str().unwrap();
                    text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_digit())
                }
                "oneOf" => {
                    let all = rule.as_array().unwrap();
                    all.iter().filter(|one| self.fits(value, one).is_ok()).count() == 1
                }
                "properties" => {
                    for (name, schema) in rule.as_object().unwrap() {
                        if let Some(value) = value.get(name) {
                            self.fits(value, schema).map_err(|why| format!("{name}: {why}"))?;
                        }
                    }
                    true
                }
                "required" => rule
                    .as_array()
                    .unwrap()
                    .iter()
                    .all(|name| value.get(name.as_str().unwrap()).is_some()),
                "additionalProperties" => {
                    let none = serde_json::Map::new();
                    let known = schema["properties"].as_object().unwrap_or(&none);
                    value
                        .as_object()
                        .is_some_and(|object| object.keys().all(|name| known.contains_key(name)))
                }
                "description" | "format" | "default" => true,
                word => return Err(format!("a word that is not known: {word}")),
            };
            if !holds {
                return Err(format!("{word} {rule}"));
            }
        }
        Ok(())
    }

    fn is_of_type(&self, value: &Value, rule: &Value) -> bool {
        let is = |name: &Value| match name.as_str().unwrap() {
            "object" => value.is_object(),
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "null" => value.is_null(),
            name => panic!("a type that is not known: {name}"),
        };
        match rule {
            Value::Array(names) => names.iter().any(is),
            name => is(name),
        }
    }

    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(path) => self.0.pointer(path.strip_prefix('#').unwrap()).unwrap(),
            None => value,
        }
    }
}
