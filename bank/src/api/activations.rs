use axum::extract::State;
use serde::{Deserialize, Serialize};
use warifu::time::Millis;
use zeroize::Zeroizing;

use super::{App, answer::Answered, asked::Asked, credentials::label, problem::Problem};

/// Gives out an activation code. Sent again under its key, the request gets the same code.
pub(super) async fn create(
    State(app): State<App>,
    asked: Asked,
) -> Result<Answered<Activation>, Problem> {
    let request: Request = asked.json()?;
    let account_ref = label(request.account_ref.as_deref())?;
    let lifetime = request.expires_in.unwrap_or(DEFAULT_LIFETIME);
    if !(MIN_LIFETIME..=MAX_LIFETIME).contains(&lifetime) {
        return Err(Problem::MalformedRequest);
    }
    let lifetime = Millis::from_secs(lifetime);
    let (key, now) = (asked.key.as_ref(), app.clock.now());
    let (code, issued) = app.service.activate(account_ref.as_ref(), lifetime, key, now).await?;
    Ok(Answered::created(Activation {
        link: app.enrolments.link(&app.public, Some(&code)),
        code: Zeroizing::new(code.expose().to_owned()),
        expires_at: issued.expires_at,
    }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    account_ref: Option<String>,
    /// In seconds.
    expires_in: Option<u64>,
}

#[derive(Serialize)]
pub(super) struct Activation {
    code: Zeroizing<String>,
    link: Zeroizing<String>,
    expires_at: i64,
}

const MIN_LIFETIME: u64 = 60;
const MAX_LIFETIME: u64 = 90 * 86_400;
const DEFAULT_LIFETIME: u64 = 86_400;
