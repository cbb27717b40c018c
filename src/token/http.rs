//! What a flow asks of the network, and what comes back. The core opens no socket.

use super::Error;
use crate::{
    secret::Secret,
    time::{DeviceTime, Millis, Uptime},
    vault::{self, Mailbox},
};

/// An HTTP request for the platform to make.
///
/// Whoever carries it
/// - takes HTTPS alone, with the platform's own judgement of certificates; plain HTTP to 127.0.0.1,
///   `[::1]` or `localhost`, and nowhere else;
/// - follows no redirect: that is a response like any other;
/// - sends and keeps no cookie, asks no cache, and adds no credentials;
/// - sends it once, and answers [`HttpFailure`] where nothing came of it. To try again is the
///   customer's to say;
/// - stops reading beyond `max_response` bytes of body, and when `timeout` is over;
/// - logs neither of the bodies.
#[derive(Debug, PartialEq, Eq)]
pub struct HttpErrand {
    /// GET, HEAD or POST.
    pub method: HttpMethod,
    /// Where to. ASCII, without a fragment, at most 1,024 characters.
    pub url: String,
    /// The `Content-Type` of the body, and what to `Accept`.
    pub content_type: String,
    /// What to send. It may hold a one-time code, so it prints masked.
    pub body: Secret,
    /// A longer body is [`HttpFailure::TooLarge`]. In bytes.
    pub max_response: u32,
    /// From the beginning to the last byte of the response.
    pub timeout: Millis,
}

/// The method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpMethod {
    /// Without a body.
    Get,
    /// Without a body, either way: the headers alone are asked for.
    Head,
    /// With one.
    Post,
}

/// What came of a request.
#[derive(Debug, PartialEq, Eq)]
pub enum HttpAnswer {
    /// A whole response came, with whichever status.
    Response {
        /// The status, like 200.
        status: u16,
        /// The body. That of a status other than 200 is not looked at, and may be left out.
        body: Secret,
        /// The value of the `Date` header, as it came, with whichever status.
        date: Option<String>,
        /// Whether there is an `Age` header: the answer comes of a cache.
        has_age: bool,
    },
    /// None came.
    Failed(HttpFailure),
}

/// A response of which status and body alone are known.
impl From<(u16, Secret)> for HttpAnswer {
    fn from((status, body): (u16, Secret)) -> Self {
        Self::Response { status, body, date: None, has_age: false }
    }
}

/// Why no response came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HttpFailure {
    /// The host was not found or did not answer, or the connection broke.
    #[error("the service cannot be reached")]
    Unreachable,
    /// It took too long.
    #[error("the service took too long")]
    TimedOut,
    /// The host could not show that it is the one in the URL.
    #[error("the service's certificate is not trusted")]
    Untrusted,
    /// The host's certificate is not valid yet, or no more, by the device's clock.
    #[error("the service's certificate is not valid at the device's time")]
    CertificateTime,
    /// The body is longer than was asked for.
    #[error("the response is too large")]
    TooLarge,
    /// The carrier cannot do it, or failed in another way.
    #[error("the request could not be made")]
    Unavailable,
}

/// A flow's way to the network.
#[derive(Clone)]
pub(super) struct Http(Mailbox<HttpErrand, HttpAnswer>);

impl Http {
    pub(super) fn new(now: DeviceTime) -> Self {
        Self(Mailbox::new(now))
    }

    /// Has the request made. A body that is longer than was asked for is no response.
    pub(super) async fn send(&self, errand: HttpErrand) -> Result<HttpAnswer, Error> {
        let most = usize::try_from(errand.max_response).unwrap_or(usize::MAX);
        match self.0.ask(errand).await {
            Some(HttpAnswer::Response { body, .. }) if body.len() > most => {
                Ok(HttpAnswer::Failed(HttpFailure::TooLarge))
            }
            Some(answer) => Ok(answer),
            None => Err(vault::Error::WrongAnswer.into()),
        }
    }

    /// Goes on when the flow is stepped at `until` or later in this boot.
    pub(super) async fn wait(&self, until: Uptime) {
        self.0.wait(until).await;
    }

    pub(super) fn mailbox(&self) -> &Mailbox<HttpErrand, HttpAnswer> {
        &self.0
    }
}
