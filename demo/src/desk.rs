//! The bank's own system, as the demo plays it: asks the token service over HTTP and JSON.

use serde_json::{Value, json};
use ureq::Agent;
use warifu::secret::Secret;

/// Where the service is, and the key to it.
pub(crate) struct Desk {
    agent: Agent,
    url: String,
    api_key: Secret,
}

/// What the service did not answer as it should.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeskError {
    /// It cannot be reached, or speaks something else.
    #[error("the service does not answer: {0}")]
    Unreachable(#[from] ureq::Error),
    /// What came is no JSON.
    #[error("the answer is no JSON")]
    NotJson,
    /// It refused, with its stable code.
    #[error("the service refused: {0}")]
    Refused(String),
}

impl Desk {
    pub(crate) fn new(url: &str, api_key: Secret) -> Self {
        let config = Agent::config_builder().proxy(None).http_status_as_error(false).build();
        Self { agent: config.into(), url: url.to_owned(), api_key }
    }

    /// Has a code judged: the verdict.
    pub(crate) fn verify(&self, id: &str, code: &str) -> Result<Value, DeskError> {
        self.post(&format!("/v1/credentials/{id}/verify"), &json!({ "code": code }))
    }

    /// Suspends, resumes, unlocks or revokes a credential.
    pub(crate) fn act(&self, id: &str, act: &str) -> Result<Value, DeskError> {
        self.post(&format!("/v1/credentials/{id}/{act}"), &json!({}))
    }

    /// All that the service tells of a credential.
    pub(crate) fn view(&self, id: &str) -> Result<Value, DeskError> {
        let request = self.agent.get(format!("{}/v1/credentials/{id}", self.url));
        let response = request.header("Authorization", self.bearer()).call()?;
        answer(response)
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, DeskError> {
        let request = self.agent.post(format!("{}{path}", self.url));
        let request = request.header("Authorization", self.bearer());
        let response = request.content_type("application/json").send(body.to_string())?;
        answer(response)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", String::from_utf8_lossy(self.api_key.expose()).trim())
    }
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> Result<Value, DeskError> {
    let body = response.body_mut().read_to_string()?;
    let answer: Value = serde_json::from_str(&body).map_err(|_| DeskError::NotJson)?;
    if response.status().is_success() {
        return Ok(answer);
    }
    let code = answer.get("code").and_then(Value::as_str).unwrap_or("without a code");
    Err(DeskError::Refused(code.to_owned()))
}
