//! `enrolments`: whole ones, byte by byte, on the token's side; `refused`: what it takes not.

mod time;

use std::{fmt::Debug, sync::Mutex};

use serde::Deserialize;
use warifu::{
    credential::{Generator, Label, NewCredential, Seed, UnlockPolicy},
    otp::{Algorithm, Code, hotp, totp},
    provision::{
        enrol::{
            ActivationCode, BindingLevel, Confirmation, Issued, Link, Pending, Stage, Verdict,
        },
        pskc,
    },
    secret::{Random, RandomFailed},
    time::UnixMillis,
};

use crate::{Hash, hexadecimal, same, same_bytes};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    #[serde(rename = "note")]
    _note: String,
    enrolments: Vec<Case>,
    times: Vec<time::Asked>,
    refused: Refused,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    links: Vec<BadLink>,
    activation_codes: Vec<BadCode>,
    packages: Vec<BadPackage>,
    answers: Vec<BadAnswer>,
    verdicts: Vec<BadVerdict>,
    time_answers: Vec<time::BadAnswer>,
    /// For the service.
    #[serde(rename = "requests")]
    _requests: Vec<serde_json::Value>,
    #[serde(rename = "time_queries")]
    _time_queries: Vec<serde_json::Value>,
}

impl File {
    pub(crate) fn check(&self) -> Vec<Result<(), String>> {
        let Refused { links, activation_codes, packages, answers, verdicts, time_answers, .. } =
            &self.refused;
        let first = self.enrolments.first();
        let mut results: Vec<_> = self.enrolments.iter().map(Case::check).collect();
        results.extend(links.iter().map(BadLink::check));
        results.extend(activation_codes.iter().map(BadCode::check));
        results.extend(packages.iter().map(BadPackage::check));
        results
            .extend(answers.iter().zip(first.iter().cycle()).map(|(bad, first)| bad.check(first)));
        results
            .extend(verdicts.iter().zip(first.iter().cycle()).map(|(bad, first)| bad.check(first)));
        results.extend(self.times.iter().map(time::Asked::check));
        let asked = self.times.first();
        results.extend(
            time_answers.iter().zip(asked.iter().cycle()).map(|(bad, first)| bad.check(first)),
        );
        results
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    link: String,
    #[serde(rename = "service_random")]
    _service_random: String,
    #[serde(rename = "service_private_key")]
    _service_private_key: String,
    #[serde(rename = "service_public_key")]
    _service_public_key: String,
    binding: String,
    activation: String,
    enrolment_id: String,
    app_random: String,
    #[serde(rename = "app_private_key")]
    _app_private_key: String,
    request_random: String,
    #[serde(rename = "request_plaintext")]
    _request_plaintext: String,
    request: String,
    #[serde(rename = "psk")]
    _psk: String,
    record_requested: String,
    package: String,
    credential: Expected,
    #[serde(rename = "answer_random")]
    _answer_random: String,
    answer: String,
    record_answered: String,
    time: i64,
    code: String,
    nonce: String,
    confirmation: String,
    verdicts: Vec<GoodVerdict>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoodVerdict {
    verdict: String,
    service_time: i64,
    bytes: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    credential_id: String,
    issuer: String,
    account: Option<String>,
    r#type: String,
    algorithm: Hash,
    digits: u8,
    t0: Option<i64>,
    period: Option<u32>,
    counter: Option<u64>,
    unlock: String,
    export: String,
    clock: Option<String>,
    code_key: String,
    sign_key: Option<String>,
    device_key: String,
}

impl Case {
    fn check(&self) -> Result<(), String> {
        self.compare().map_err(|why| format!("{}: {why}", self.name))
    }

    fn compare(&self) -> Result<(), String> {
        let mut pending = self.begin()?;
        same_bytes("request", pending.request(), &self.request)?;
        same_bytes("record", &pending.encode(), &self.record_requested)?;
        let again = Pending::decode(&pending.encode()).map_err(|error| error.to_string())?;
        same_bytes("record read again", &again.encode(), &self.record_requested)?;

        let answer = hexadecimal(&self.answer)?;
        let issued = pending.take_answer(&answer).map_err(|error| error.to_string())?;
        self.credential.compare(&issued)?;
        let package = pskc::parse(self.package.as_bytes()).map_err(|error| error.to_string())?;
        // The package does not say where its service is.
        let package = NewCredential { service: issued.credential().service.clone(), ..package };
        same("package", format!("{package:?}"), format!("{:?}", issued.credential()))?;
        let service = issued.credential().service.as_ref();
        same("service", service.map_or("", |service| service.base.as_str()), self.base())?;
        let key_id = service.map(|service| service.key_id).unwrap_or_default();
        same_bytes("service's key", &key_id, &self.request[2..18])?;
        same_bytes("record", &pending.encode(), &self.record_answered)?;
        let again = Pending::decode(&pending.encode()).map_err(|error| error.to_string())?;
        same("stage", format!("{:?}", again.stage()), format!("{:?}", Stage::Answered))?;
        let kept =
            again.issued().map_err(|error| error.to_string())?.ok_or("no answer was kept")?;
        self.credential.compare(&kept)?;

        let confirmation = self.confirmation(&pending, &issued)?;
        same("URL", confirmation.url.as_str(), &format!("{}/confirm", self.base()))?;
        same_bytes("confirmation", confirmation.message.expose(), &self.confirmation)?;
        for good in &self.verdicts {
            let judged = confirmation.awaited.read_verdict(&issued, &hexadecimal(&good.bytes)?);
            let judged = judged.map_err(|error| format!("{}: {error}", good.verdict))?;
            same("verdict", verdict_name(judged.verdict), good.verdict.as_str())?;
            same("service's time", judged.service_time.0, good.service_time)?;
        }
        Ok(())
    }

    fn begin(&self) -> Result<Pending, String> {
        let link = Link::parse(self.link.as_bytes()).map_err(|error| error.to_string())?;
        same("presence of a code", link.has_activation(), !self.activation.is_empty())?;
        let binding = match self.binding.as_str() {
            "none" => BindingLevel::None,
            "operating system" => BindingLevel::OperatingSystem,
            "hardware" => BindingLevel::Hardware,
            other => return Err(format!("an unknown binding level: {other}")),
        };
        let random = Drawn::new(&[&self.enrolment_id, &self.app_random, &self.request_random])?;
        let pending = Pending::begin(&link, binding, &random).map_err(|error| error.to_string())?;
        random.is_spent()?;
        same("URL", &pending.request_url(), &format!("{}/enrol", self.base()))?;
        same("being for the link", pending.is_for(&link), true)?;
        let other =
            ActivationCode::parse(b"9999999999999995").map_err(|error| error.to_string())?;
        same("being for another link", pending.is_for(&link.with_activation(other)), false)?;
        Ok(pending)
    }

    fn base(&self) -> &str {
        self.link.split('#').next().unwrap_or_default()
    }

    fn confirmation(&self, pending: &Pending, issued: &Issued) -> Result<Confirmation, String> {
        let code = self.credential.code_before(issued, self.time)?;
        same("code", code.expose(), &self.code)?;
        let random = Drawn::new(&[&self.nonce])?;
        let confirmation = pending.confirmation(issued, &code, &random);
        random.is_spent()?;
        confirmation.map_err(|error| error.to_string())
    }
}

impl Expected {
    fn compare(&self, issued: &Issued) -> Result<(), String> {
        let new = issued.credential();
        let id = new.names.credential_id.as_ref().map(|id| id.as_str());
        same("credential ID", id.unwrap_or_default(), &self.credential_id)?;
        let text = |label: &Option<Label>| label.as_ref().map_or(String::new(), Label::to_string);
        same("issuer", &text(&new.names.issuer), &self.issuer)?;
        same("account", text(&new.names.account), self.account.clone().unwrap_or_default())?;
        let (kind, algorithm, digits, t0, period, counter) = match new.generator {
            Generator::Totp { algorithm, digits, steps } => {
                ("totp", algorithm, digits, Some(steps.t0), Some(steps.period.secs()), None)
            }
            Generator::Hotp { algorithm, digits, counter } => {
                ("hotp", algorithm, digits, None, None, Some(counter))
            }
        };
        same("type", kind, &self.r#type)?;
        let expected = Algorithm::from(self.algorithm);
        same("algorithm", format!("{algorithm:?}"), format!("{expected:?}"))?;
        same("number of digits", digits.count(), self.digits)?;
        if (t0, period, counter) != (self.t0, self.period, self.counter) {
            return Err(format!("{t0:?}, {period:?}, {counter:?} are not as in the vector"));
        }
        let is_verified = new.policy.unlock == UnlockPolicy::UserVerification;
        same("unlock", if is_verified { "user-verification" } else { "any" }, &self.unlock)?;
        let clock = self.clock.as_deref().unwrap_or("any");
        same("clock", if new.policy.synced_clock { "synced" } else { "any" }, clock)?;
        same("export", if new.policy.may_leave_device { "yes" } else { "no" }, &self.export)?;
        let bytes = |seed: &Seed| seed.secret().expose().to_vec();
        same_bytes("code key", &bytes(&new.keys.code), &self.code_key)?;
        let sign = new.keys.sign.as_ref().map(bytes).unwrap_or_default();
        same_bytes("sign key", &sign, self.sign_key.as_deref().unwrap_or_default())?;
        let device = new.keys.device.as_ref().map(bytes).unwrap_or_default();
        same_bytes("device key", &device, &self.device_key)
    }

    /// The code that confirms: of the step before that of `time`, or of the counter.
    fn code_before(&self, issued: &Issued, time: i64) -> Result<Code, String> {
        let new = issued.credential();
        let seed = new.keys.code.secret();
        match new.generator {
            Generator::Totp { algorithm, digits, steps } => {
                let step = steps.at(UnixMillis::from_secs(time)).map_err(|e| e.to_string())?;
                Ok(totp::code(seed, algorithm, digits, step.number - 1))
            }
            Generator::Hotp { algorithm, digits, counter } => {
                Ok(hotp::code(seed, algorithm, digits, counter))
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BadLink {
    link: String,
    error: String,
}

impl BadLink {
    fn check(&self) -> Result<(), String> {
        refused(&self.link, Link::parse(self.link.as_bytes()), &self.error)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BadCode {
    typed: String,
    error: String,
}

impl BadCode {
    fn check(&self) -> Result<(), String> {
        refused(&self.typed, ActivationCode::parse(self.typed.as_bytes()), &self.error)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BadPackage {
    name: String,
    package: String,
    error: String,
}

impl BadPackage {
    fn check(&self) -> Result<(), String> {
        refused(&self.name, pskc::parse(self.package.as_bytes()), &self.error)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BadAnswer {
    name: String,
    answer: String,
    error: String,
}

impl BadAnswer {
    /// Nothing of it is kept, and the right answer is taken after it.
    fn check(&self, first: &Case) -> Result<(), String> {
        let mut pending = first.begin()?;
        refused(&self.name, pending.take_answer(&hexadecimal(&self.answer)?), &self.error)?;
        same_bytes("record", &pending.encode(), &first.record_requested)?;
        let taken = pending.take_answer(&hexadecimal(&first.answer)?);
        taken.map(drop).map_err(|error| format!("{}: afterwards: {error}", self.name))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BadVerdict {
    name: String,
    verdict: String,
    error: String,
}

impl BadVerdict {
    fn check(&self, first: &Case) -> Result<(), String> {
        let mut pending = first.begin()?;
        let issued =
            pending.take_answer(&hexadecimal(&first.answer)?).map_err(|e| e.to_string())?;
        let awaited = first.confirmation(&pending, &issued)?.awaited;
        refused(
            &self.name,
            awaited.read_verdict(&issued, &hexadecimal(&self.verdict)?),
            &self.error,
        )
    }
}

/// The error is named as `Debug` prints it.
fn refused<T, E: Debug>(name: &str, result: Result<T, E>, error: &str) -> Result<(), String> {
    match result {
        Ok(_) => Err(format!("{name}: accepted, the vector says {error}")),
        Err(actual) => same("error", format!("{actual:?}").as_str(), error)
            .map_err(|why| format!("{name}: {why}")),
    }
}

fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Confirmed => "confirmed",
        Verdict::CodeWrong => "code wrong",
        Verdict::Ended => "ended",
        Verdict::Later => "later",
        Verdict::Stopped => "stopped",
    }
}

/// The vector's random bytes in their order, and no others.
struct Drawn(Mutex<Vec<Vec<u8>>>);

impl Drawn {
    fn new(parts: &[&str]) -> Result<Self, String> {
        let mut parts =
            parts.iter().map(|part| hexadecimal(part)).collect::<Result<Vec<_>, _>>()?;
        parts.reverse();
        Ok(Self(Mutex::new(parts)))
    }

    fn is_spent(&self) -> Result<(), String> {
        same("number of draws left", self.0.lock().unwrap().len(), 0)
    }
}

impl Random for Drawn {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomFailed> {
        let part = self.0.lock().unwrap().pop().ok_or(RandomFailed)?;
        if part.len() != bytes.len() {
            return Err(RandomFailed);
        }
        bytes.copy_from_slice(&part);
        Ok(())
    }
}
