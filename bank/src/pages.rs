//! The bank's pages: login, registration, exchange, transfers. Rendered here, and usable without JavaScript.
//!
//! A handler gets a `visit::Visit`: who asks, in which language, and what the form said, once its form
//! token was found right. It asks the [`Bank`], and draws a page. Texts are in `texts`, and in a table of
//! their own where one page alone has them.

mod activation;
mod home;
mod layout;
mod letter;
mod login;
mod refusal;
mod registration;
mod texts;
mod token;
mod transfer;
mod visit;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use tokio::sync::Semaphore;

use crate::{bank::Bank, clock::Clock};

/// What every page has at hand.
#[derive(Debug, Clone)]
pub struct Pages {
    bank: Arc<Bank>,
    name: Arc<str>,
    behind_proxy: bool,
    clock: Clock,
    at_once: Arc<Semaphore>,
}

impl Pages {
    /// The pages of a bank. `name` stands at the top of each; `behind_proxy` says whether a proxy of the
    /// bank's stands before it, whose word on addresses is taken.
    pub fn new(bank: Arc<Bank>, name: &str, behind_proxy: bool, clock: Clock) -> Self {
        let at_once = Arc::new(Semaphore::new(AT_ONCE));
        Self { bank, name: name.into(), behind_proxy, clock, at_once }
    }
}

/// All pages.
pub fn router(pages: Pages) -> Router {
    Router::new()
        .route("/", get(login::form))
        .route("/login", post(login::log_in))
        .route("/login/code", get(login::code_form).post(login::code))
        .route("/logout", post(login::log_out))
        .route("/language/{language}", get(login::language))
        .route("/registration", get(registration::begin).post(registration::identify))
        .route("/registration/token", get(registration::form).post(registration::register))
        .route("/registration/letter", post(letter::order))
        .route("/registration/suspend", post(registration::suspend))
        .route("/main", get(home::main))
        .route("/history", get(home::history))
        .route("/token", get(token::settings))
        .route("/token/new", get(activation::form).post(activation::draw))
        .route("/token/login-code", post(token::set_code_at_login))
        .route("/token/resync", post(token::resync))
        .route("/token/release", post(token::release))
        .route("/transfer", get(transfer::form).post(transfer::check))
        .route("/transfer/order", post(transfer::order))
        .route("/transfer/resync", post(transfer::resync))
        .route("/style.css", get(layout::style))
        .layer(middleware::from_fn_with_state(pages.clone(), handle))
        .with_state(pages)
}

/// Works on one request within limits, logs a line about it, and sets what each page's browser must hold to.
async fn handle(
    State(pages): State<Pages>,
    route: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let (began, is_post) = (Instant::now(), request.method().as_str() == "POST");
    let mut response = match pages.at_once.try_acquire() {
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Ok(_permit) => match tokio::time::timeout(TIMEOUT, next.run(request)).await {
            Ok(response) => response,
            Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        },
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    tracing::info!(
        method = if is_post { "POST" } else { "GET" },
        route = route.as_ref().map_or("none", MatchedPath::as_str),
        status = response.status().as_u16(),
        ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        "page"
    );
    response
}

/// A browser takes style sheets of ours, and nothing else: no script, no frame, no form elsewhere.
const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_FRAME_OPTIONS, "DENY"),
];
/// How many requests are worked on at once; more are told to come back.
const AT_ONCE: usize = 256;
const TIMEOUT: Duration = Duration::from_secs(15);
