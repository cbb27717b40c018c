use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, RawPathParams, Request, State, rejection::RawPathParamsRejection},
    http::{HeaderValue, Method},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use tokio::sync::Semaphore;
use warifu::credential::CredentialId;

use super::{App, problem::Problem};

/// How much at once, and for how long.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How many requests are worked on; more are told to come back.
    requests: Arc<Semaphore>,
    /// How long one may take.
    timeout: Duration,
}

impl Limits {
    /// So many requests at once, each for so long.
    pub fn new(requests: usize, timeout: Duration) -> Self {
        Self { requests: Arc::new(Semaphore::new(requests)), timeout }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(512, Duration::from_secs(15))
    }
}

/// What was told, in a word, for the log: a verdict, or a problem's code.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told(pub(super) &'static str);

/// Works on one request within its limits, and logs one line about it: never a body, a header or a path
/// as it was sent.
pub(super) async fn handle(
    State(app): State<App>,
    route: Option<MatchedPath>,
    parameters: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let id = request_id(&app);
    let mut response = match app.limits.requests.try_acquire() {
        Err(_) => Problem::Busy.into_response(),
        Ok(_permit) => match tokio::time::timeout(app.limits.timeout, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Problem::TimedOut.into_response(),
        },
    };
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    tracing::info!(
        method = word(&method),
        route = route.as_ref().map_or("none", MatchedPath::as_str),
        status = response.status().as_u16(),
        ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        request = id,
        credential = parameters.ok().as_ref().and_then(last_four).unwrap_or_default(),
        told = response.extensions().get::<Told>().map_or("", |told| told.0),
        "request"
    );
    response
}

/// A method that there is. What else a client may have written there is not logged.
fn word(method: &Method) -> &str {
    match *method {
        Method::GET
        | Method::POST
        | Method::PUT
        | Method::PATCH
        | Method::DELETE
        | Method::HEAD
        | Method::OPTIONS => method.as_str(),
        _ => "other",
    }
}

/// Tells one request from another; the caller gets it in a header.
fn request_id(app: &App) -> String {
    let mut bytes = [0; 8];
    // Without randomness the service fails where it matters; here it is but a name.
    let _ = app.service.random().fill(&mut bytes);
    format!("{:016x}", u64::from_be_bytes(bytes))
}

/// Enough for a call centre, too little to be of use to who reads the log.
fn last_four(parameters: &RawPathParams) -> Option<String> {
    let (_, text) = parameters.iter().find(|(name, _)| *name == "id")?;
    let id = CredentialId::new(text).ok()?;
    id.as_str().get(id.as_str().len().saturating_sub(4)..).map(str::to_owned)
}
