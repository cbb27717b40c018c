//! HTTP and JSON for the bank's own systems.
//!
//! `openapi.json` says what there is; [`ROUTES`] is what there is, and a test holds the two together.
//! Whoever calls is known by an API key. Errors are problem documents (RFC 9457) with a stable `code`.

mod activations;
mod answer;
mod asked;
mod auth;
mod credentials;
mod open;
mod problem;
mod request;
mod serve;
mod token;

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{MethodRouter, get, post},
};

use warifu_issuer::PublicBase;

pub use auth::{ApiKey, Clients, InvalidApiKey};
pub use request::Limits;
pub use serve::{Listening, serve};

use crate::{clock::Clock, enrolment::Enrolments, service::Service};

/// What every request has at hand.
#[derive(Debug, Clone)]
pub struct App {
    /// What the service does.
    pub service: Arc<Service>,
    /// Enrols tokens.
    pub enrolments: Arc<Enrolments>,
    /// Where tokens reach this service, for new links.
    pub public: PublicBase,
    /// Whether a proxy of the bank's stands before it, whose word on addresses is taken.
    pub behind_proxy: bool,
    /// What time it is.
    pub clock: Clock,
    /// Whose keys came lately.
    pub clients: Clients,
    /// How much at once, and for how long.
    pub limits: Limits,
}

/// All that can be asked.
pub fn router(app: App) -> Router {
    let routes = ROUTES
        .iter()
        .fold(Router::new(), |router, route| router.route(route.path, (route.handler)()));
    routes
        .fallback(problem::no_such_route)
        .method_not_allowed_fallback(problem::no_such_method)
        .layer(middleware::from_fn_with_state(app.clone(), request::handle))
        .with_state(app)
}

/// One thing that can be asked.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The method.
    pub method: &'static str,
    /// The path, as `openapi.json` writes it.
    pub path: &'static str,
    /// Whether an API key is wanted.
    pub authenticated: bool,
    handler: fn() -> MethodRouter<App>,
}

const fn route(
    method: &'static str,
    path: &'static str,
    handler: fn() -> MethodRouter<App>,
) -> Route {
    Route { method, path, authenticated: true, handler }
}

const fn open_route(
    method: &'static str,
    path: &'static str,
    handler: fn() -> MethodRouter<App>,
) -> Route {
    Route { method, path, authenticated: false, handler }
}

/// All that can be asked, as a table.
pub const ROUTES: &[Route] = &[
    route("POST", "/v1/activations", || post(activations::create)),
    route("POST", "/v1/credentials", || post(credentials::import)),
    route("GET", "/v1/credentials/{id}", || get(credentials::view)),
    route("POST", "/v1/credentials/{id}/confirm", || post(credentials::confirm)),
    route("POST", "/v1/credentials/{id}/verify", || post(credentials::verify)),
    route("POST", "/v1/credentials/{id}/resync", || post(credentials::resync)),
    route("POST", "/v1/credentials/{id}/suspend", || post(credentials::suspend)),
    route("POST", "/v1/credentials/{id}/resume", || post(credentials::resume)),
    route("POST", "/v1/credentials/{id}/unlock", || post(credentials::unlock)),
    route("POST", "/v1/credentials/{id}/revoke", || post(credentials::revoke)),
    route("GET", "/v1/time", || get(open::time)),
    open_route("POST", "/token/enrol", || post(token::enrol)),
    open_route("POST", "/token/confirm", || post(token::confirm)),
    open_route("POST", "/token/time", || post(token::time)),
    open_route("GET", "/health", || get(open::health)),
    open_route("GET", "/openapi.json", || get(open::openapi)),
];
