//! Questions for the time, byte by byte, and the answers that are taken and not.

use serde::Deserialize;
use warifu::{
    clock::TimeQuery,
    credential::{CredentialId, Seed},
    secret::Secret,
};

use super::{Drawn, refused};
use crate::{hexadecimal, same, same_bytes};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    credential_id: String,
    device_key: String,
    nonce: String,
    message: String,
    answers: Vec<Answer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    received: i64,
    sent: i64,
    bytes: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BadAnswer {
    name: String,
    answer: String,
    error: String,
}

impl Asked {
    pub(super) fn check(&self) -> Result<(), String> {
        let (query, key) = self.ask()?;
        same_bytes("message", &query.message, &self.message)?;
        for answer in &self.answers {
            let stamps = query.awaited.read(&key, &hexadecimal(&answer.bytes)?);
            let stamps = stamps.map_err(|error| format!("{}: {error}", self.credential_id))?;
            same("received", stamps.received.0, answer.received)?;
            same("sent", stamps.sent.0, answer.sent)?;
        }
        Ok(())
    }

    fn ask(&self) -> Result<(TimeQuery, Seed), String> {
        let id = CredentialId::new(&self.credential_id).map_err(|error| error.to_string())?;
        let key = Secret::copy_of(&hexadecimal(&self.device_key)?);
        let key = Seed::new(key).map_err(|error| error.to_string())?;
        let random = Drawn::new(&[&self.nonce])?;
        let query = TimeQuery::new(&id, &key, &random).map_err(|error| error.to_string())?;
        random.is_spent()?;
        Ok((query, key))
    }
}

impl BadAnswer {
    /// To the first question.
    pub(super) fn check(&self, first: &Asked) -> Result<(), String> {
        let (query, key) = first.ask()?;
        refused(&self.name, query.awaited.read(&key, &hexadecimal(&self.answer)?), &self.error)
    }
}
