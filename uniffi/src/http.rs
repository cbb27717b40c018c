use warifu::{
    secret::Secret as SecretBytes,
    time::Millis,
    token::{HttpAnswer, HttpErrand, HttpFailure, HttpMethod},
};

/// An HTTP request for the platform to make.
///
/// Whoever carries it takes HTTPS alone, with the platform's own judgement of certificates, and plain
/// HTTP to 127.0.0.1, `[::1]` or `localhost`; follows no redirect, which is a response like any other;
/// sends and keeps no cookie, asks no cache and adds no credentials; sends it once; stops reading beyond
/// `max_response` bytes of body, and when `timeout` is over; logs neither of the bodies.
#[uniffi::remote(Record)]
pub struct HttpErrand {
    /// GET, HEAD or POST.
    pub method: HttpMethod,
    /// Where to. ASCII, without a fragment, at most 1,024 characters.
    pub url: String,
    /// The `Content-Type` of the body, and what to `Accept`.
    pub content_type: String,
    /// What to send. It may hold a one-time code, so it prints masked.
    pub body: SecretBytes,
    /// A longer body is too large. In bytes.
    pub max_response: u32,
    /// From the beginning to the last byte of the response, in milliseconds.
    pub timeout: Millis,
}

/// The method of a request.
#[uniffi::remote(Enum)]
pub enum HttpMethod {
    /// Without a body.
    Get,
    /// Without a body, either way: the headers alone are asked for.
    Head,
    /// With one.
    Post,
}

/// What came of a request.
#[uniffi::remote(Enum)]
pub enum HttpAnswer {
    /// A whole response came, with whichever status.
    Response {
        /// The status, like 200.
        status: u16,
        /// The body. That of a status other than 200 is not looked at, and may be left out.
        body: SecretBytes,
        /// The value of the `Date` header, as it came, with whichever status.
        date: Option<String>,
        /// Whether there is an `Age` header: the answer comes of a cache.
        has_age: bool,
    },
    /// None came.
    Failed(HttpFailure),
}

/// Why no response came.
#[uniffi::remote(Enum)]
pub enum HttpFailure {
    /// The host was not found or did not answer, or the connection broke.
    Unreachable,
    /// It took too long.
    TimedOut,
    /// The host could not show that it is the one in the URL.
    Untrusted,
    /// The host's certificate is not valid yet, or no more, by the device's clock.
    CertificateTime,
    /// The body is longer than was asked for.
    TooLarge,
    /// The carrier cannot do it, or failed in another way.
    Unavailable,
}
