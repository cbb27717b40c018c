use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{problem::Problem, request::Told};
use crate::service::Judged;

/// An answer in JSON. It is of one moment, so nobody may keep it.
#[derive(Debug)]
pub(super) struct Answered<T> {
    status: StatusCode,
    told: Option<Told>,
    body: T,
}

impl<T> Answered<T> {
    pub(super) const fn ok(body: T) -> Self {
        Self { status: StatusCode::OK, told: None, body }
    }

    pub(super) const fn created(body: T) -> Self {
        Self { status: StatusCode::CREATED, told: None, body }
    }
}

impl Answered<Judged> {
    pub(super) const fn judged(body: Judged) -> Self {
        Self { status: StatusCode::OK, told: Some(Told(word(&body))), body }
    }
}

impl<T: Serialize> IntoResponse for Answered<T> {
    fn into_response(self) -> Response {
        let Ok(body) = serde_json::to_vec(&self.body) else {
            return Problem::Internal.into_response();
        };
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        let mut response = (self.status, headers, body).into_response();
        if let Some(told) = self.told {
            response.extensions_mut().insert(told);
        }
        response
    }
}

/// A verdict for the log.
const fn word(judged: &Judged) -> &'static str {
    match judged {
        Judged::Accepted { .. } => "accepted",
        Judged::Wrong { .. } => "wrong",
        Judged::Replayed => "replayed",
        Judged::OutOfSync { .. } => "out_of_sync",
        Judged::TooSoon { .. } => "too_soon",
        Judged::Locked => "locked",
        Judged::NotConfirmed => "not_confirmed",
        Judged::AlreadyConfirmed => "already_confirmed",
        Judged::Suspended => "suspended",
        Judged::Revoked => "revoked",
    }
}
