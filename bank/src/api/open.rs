use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{App, answer::Answered, auth::Caller, problem::Problem};

/// The service's time: what its codes are judged by.
pub(super) async fn time(_: Caller, State(app): State<App>) -> Result<Answered<Time>, Problem> {
    Ok(Answered::ok(Time { now: app.clock.now().0 }))
}

/// Whether the service can do its work: the database answers.
pub(super) async fn health(State(app): State<App>) -> Result<Answered<Health>, Problem> {
    app.service.store().ping().await?;
    Ok(Answered::ok(Health { status: "ok" }))
}

/// What can be asked.
pub(super) async fn openapi() -> Response {
    let content_type = HeaderValue::from_static("application/json");
    (StatusCode::OK, [(header::CONTENT_TYPE, content_type)], OPENAPI).into_response()
}

#[derive(Serialize)]
pub(super) struct Time {
    now: i64,
}

#[derive(Serialize)]
pub(super) struct Health {
    status: &'static str,
}

const OPENAPI: &str = include_str!("../../openapi.json");
