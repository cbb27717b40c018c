//! `otpauth`: URIs and what they hold; `malformed`: URIs and whether they are accepted.

use serde::Deserialize;
use warifu::{
    credential::{Generator, Label, NewCredential},
    otp::Algorithm,
    provision::otpauth,
    secret::Secret,
};

use crate::{Hash, hexadecimal, same};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    #[serde(rename = "generator")]
    _generator: Option<String>,
    #[serde(rename = "note")]
    _note: Option<String>,
    #[serde(default)]
    otpauth: Vec<Case>,
    #[serde(default)]
    malformed: Vec<Judged>,
}

impl File {
    pub(crate) fn check(&self) -> Vec<Result<(), String>> {
        let cases = self.otpauth.iter().map(Case::check);
        cases.chain(self.malformed.iter().map(Judged::check)).collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    uri: String,
    expected: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    r#type: String,
    issuer: String,
    account: String,
    secret_hex: String,
    alg: Hash,
    digits: u8,
    period: Option<u32>,
    counter: Option<u64>,
    credential_id: Option<String>,
}

impl Case {
    fn check(&self) -> Result<(), String> {
        otpauth::parse(self.uri.as_bytes())
            .map_err(|error| error.to_string())
            .and_then(|new| self.expected.compare(&new))
            .map_err(|why| format!("{}: {why}", self.uri))
    }
}

impl Expected {
    fn compare(&self, new: &NewCredential) -> Result<(), String> {
        let text = |label: &Option<Label>| label.as_ref().map_or(String::new(), Label::to_string);
        same("issuer", &text(&new.names.issuer), &self.issuer)?;
        same("account", &text(&new.names.account), &self.account)?;
        let id = new.names.credential_id.as_ref().map(|id| id.as_str());
        same(
            "credential ID",
            id.unwrap_or_default(),
            self.credential_id.as_deref().unwrap_or_default(),
        )?;
        if *new.keys.code.secret() != Secret::copy_of(&hexadecimal(&self.secret_hex)?) {
            return Err("the secret is another".into());
        }
        let (kind, algorithm, digits, period, counter) = match new.generator {
            Generator::Totp { algorithm, digits, steps } => {
                ("totp", algorithm, digits, Some(steps.period.secs()), None)
            }
            Generator::Hotp { algorithm, digits, counter } => {
                ("hotp", algorithm, digits, None, Some(counter))
            }
        };
        same("type", kind, &self.r#type)?;
        let expected = Algorithm::from(self.alg);
        same("algorithm", format!("{algorithm:?}"), format!("{expected:?}"))?;
        same("number of digits", digits.count(), self.digits)?;
        if (period, counter) != (self.period, self.counter) {
            return Err(format!("{period:?} and {counter:?} are not the period and counter"));
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Judged {
    uri: String,
    #[serde(default)]
    why: String,
    expect: Judgement,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Judgement {
    Accept,
    Reject,
}

impl Judged {
    fn check(&self) -> Result<(), String> {
        match (otpauth::parse(self.uri.as_bytes()), &self.expect) {
            (Ok(_), Judgement::Accept) | (Err(_), Judgement::Reject) => Ok(()),
            (Ok(_), Judgement::Reject) => Err(format!("{} ({}): accepted", self.uri, self.why)),
            (Err(error), Judgement::Accept) => Err(format!("{} ({}): {error}", self.uri, self.why)),
        }
    }
}

pub(crate) mod tests {
    /// A file whose three cases hold.
    pub(crate) const FILE: &str = r#"{
        "otpauth": [{"uri": "otpauth://totp/alice?secret=GEZDGNBVGY3TQOJQ", "expected": {
            "type": "totp", "issuer": "", "account": "alice",
            "secret_hex": "31323334353637383930", "alg": "SHA1", "digits": 6, "period": 30}}],
        "malformed": [
            {"why": "no secret", "uri": "otpauth://totp/a", "expect": "reject"},
            {"uri": "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ", "expect": "accept"}]
    }"#;
}
