//! `cases`: codes of HOTP and TOTP.

use serde::Deserialize;
use warifu::{
    credential::Seed,
    otp::{
        Digits, hotp,
        totp::{self, Period, Steps},
    },
    provision::otpauth,
    secret::Secret,
    time::UnixMillis,
};

use crate::{Hash, hexadecimal, same};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    #[serde(rename = "generator")]
    _generator: Option<String>,
    #[serde(rename = "note")]
    _note: Option<String>,
    cases: Vec<Case>,
}

impl File {
    pub(crate) fn check(&self) -> Vec<Result<(), String>> {
        let named = |case: &Case| case.check().map_err(|why| format!("{}: {why}", case.id));
        self.cases.iter().map(named).collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    r#type: Type,
    alg: Hash,
    key_hex: String,
    key_b32: String,
    digits: u8,
    counter: Option<u64>,
    time: Option<i64>,
    period: Option<u32>,
    t0: Option<i64>,
    code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Type {
    Hotp,
    Totp,
}

impl Case {
    fn check(&self) -> Result<(), String> {
        let key = Secret::copy_of(&hexadecimal(&self.key_hex)?);
        self.key_survives_a_uri(&key)?;
        let digits = Digits::new(self.digits).map_err(|error| error.to_string())?;
        let code = match (&self.r#type, self.counter, self.time, self.period, self.t0) {
            (Type::Hotp, Some(counter), None, None, None) => {
                hotp::code(&key, self.alg.into(), digits, counter)
            }
            (Type::Totp, counter, Some(time), Some(period), Some(t0)) => {
                let period = Period::from_secs(period).map_err(|error| error.to_string())?;
                let step = Steps { t0, period }
                    .at(UnixMillis::from_secs(time))
                    .map_err(|error| error.to_string())?;
                if let Some(counter) = counter {
                    same("time step", step.number, counter)?;
                }
                totp::code(&key, self.alg.into(), digits, step.number)
            }
            _ => return Err("the fields do not fit the type".into()),
        };
        same("code", code.expose(), &self.code)
    }

    /// `key_b32` is `key_hex`, as far as the parser takes a seed of that length.
    fn key_survives_a_uri(&self, key: &Secret) -> Result<(), String> {
        let uri = format!("otpauth://totp/a?secret={}", self.key_b32);
        match (otpauth::parse(uri.as_bytes()), key.len()) {
            (Ok(new), _) if new.keys.code.secret() == key => Ok(()),
            (Ok(_), _) => Err("key_b32 is not key_hex".into()),
            (Err(otpauth::Error::SeedTooShort), ..Seed::MIN_LEN) => Ok(()),
            (Err(otpauth::Error::SeedTooLong), len) if len > Seed::MAX_LEN => Ok(()),
            (Err(error), _) => Err(format!("key_b32: {error}")),
        }
    }
}

pub(crate) mod tests {
    /// A file of one case, right (RFC 4226, appendix D) if it is HOTP and says 755224.
    pub(crate) fn case(kind: &str, code: &str) -> String {
        format!(
            r#"{{"cases": [{{"id": "made-up", "type": "{kind}", "alg": "SHA1",
            "key_hex": "3132333435363738393031323334353637383930",
            "key_b32": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
            "digits": 6, "counter": 0, "code": "{code}"}}]}}"#
        )
    }
}
