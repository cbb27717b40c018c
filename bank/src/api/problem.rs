use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{service::ServiceError, store::StoreError};

/// An answer that says why there is no other: a problem document (RFC 9457). It repeats nothing that was
/// sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    BodyTooLarge,
    Busy,
    CredentialExists,
    CredentialNotFound,
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    Internal,
    MalformedCode,
    MalformedRequest,
    MethodNotAllowed,
    NotFound,
    Revoked,
    TimedOut,
    Unauthorized,
    Unavailable,
    UnsupportedMediaType,
}

impl Problem {
    const fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::BodyTooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large")
            }
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy", "Too much at once; try again"),
            Self::CredentialExists => {
                (StatusCode::CONFLICT, "credential_exists", "There is a credential of this ID")
            }
            Self::CredentialNotFound => {
                (StatusCode::NOT_FOUND, "credential_not_found", "There is no such credential")
            }
            Self::IdempotencyKeyInvalid => (
                StatusCode::BAD_REQUEST,
                "idempotency_key_invalid",
                "An idempotency key is 1 to 128 printable ASCII characters",
            ),
            Self::IdempotencyKeyReused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "The idempotency key was used for another request",
            ),
            Self::Internal => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", "The service has failed")
            }
            Self::MalformedCode => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "malformed_code",
                "What was typed cannot be a code; it has cost no try",
            ),
            Self::MalformedRequest => {
                (StatusCode::BAD_REQUEST, "malformed_request", "The request cannot be read")
            }
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Another method is wanted")
            }
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "There is nothing here"),
            Self::Revoked => (StatusCode::CONFLICT, "revoked", "The credential is revoked"),
            Self::TimedOut => {
                (StatusCode::SERVICE_UNAVAILABLE, "timed_out", "It took too long; try again")
            }
            Self::Unauthorized => {
                (StatusCode::UNAUTHORIZED, "unauthorized", "An API key is wanted")
            }
            Self::Unavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The database cannot be reached")
            }
            Self::UnsupportedMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "The body must be application/json",
            ),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code, title) = self.parts();
        let document = Document { title, status: status.as_u16(), code };
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, CONTENT_TYPE)], body).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response.extensions_mut().insert(super::request::Told(code));
        response
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::NotFound => Self::CredentialNotFound,
            ServiceError::Exists => Self::CredentialExists,
            ServiceError::Code(_) => Self::MalformedCode,
            ServiceError::Revoked => Self::Revoked,
            ServiceError::KeyReused => Self::IdempotencyKeyReused,
            ServiceError::Busy | ServiceError::Store(StoreError::Busy) => Self::Busy,
            error => {
                // No error of the service holds a secret; `error.rs` of each room says so.
                tracing::error!(%error, "a request has failed");
                match error {
                    ServiceError::Store(StoreError::Unreachable) => Self::Unavailable,
                    _ => Self::Internal,
                }
            }
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        ServiceError::Store(error).into()
    }
}

pub(super) async fn no_such_route() -> Problem {
    Problem::NotFound
}

pub(super) async fn no_such_method() -> Problem {
    Problem::MethodNotAllowed
}

#[derive(Serialize)]
struct Document {
    title: &'static str,
    status: u16,
    code: &'static str,
}

const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");
