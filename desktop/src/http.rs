//! Carries the core's HTTP errands: it sends what it is given, and hands back what came, bounded.

use std::{
    io::{self, Read as _},
    sync::Arc,
    time::Duration,
};

use rustls::CertificateError;
use ureq::{
    Agent, Body,
    http::{
        Request, Response, StatusCode, Uri,
        header::{ACCEPT, AGE, CONTENT_TYPE, DATE, HeaderMap},
        response::Parts,
    },
    tls::{RootCerts, TlsConfig},
};
use warifu::{
    secret::Secret,
    token::{HttpAnswer, HttpErrand, HttpFailure, HttpMethod},
};
use zeroize::Zeroizing;

/// Does what the core asks of the network. Every call waits for it: keep it off the thread that draws.
///
/// No redirect is followed, no cookie kept, nothing cached and nothing logged. Plain HTTP goes to this
/// PC itself alone, and never through a proxy.
#[derive(Debug)]
pub struct Carrier {
    far: Agent,
    here: Agent,
}

impl Default for Carrier {
    fn default() -> Self {
        let config = || {
            Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .max_idle_connections(0)
                .user_agent(concat!("warifu/", env!("CARGO_PKG_VERSION")))
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(provider)
            .build();
        Self {
            far: config().https_only(true).tls_config(tls).build().into(),
            here: config().proxy(None).build().into(),
        }
    }
}

impl Carrier {
    /// Sends a request and reads the answer, up to the length and the time that the errand allows.
    pub fn carry(&self, errand: &HttpErrand) -> HttpAnswer {
        match self.exchange(errand) {
            Ok((head, body)) => HttpAnswer::Response {
                status: head.status.as_u16(),
                body,
                date: date(&head.headers),
                has_age: head.headers.contains_key(AGE),
            },
            Err(failure) => HttpAnswer::Failed(failure),
        }
    }

    fn exchange(&self, errand: &HttpErrand) -> Result<(Parts, Secret), HttpFailure> {
        let uri: Uri = errand.url.parse().map_err(|_| HttpFailure::Unavailable)?;
        let agent = self.agent(&uri).ok_or(HttpFailure::Untrusted)?;
        let (method, body) = match errand.method {
            HttpMethod::Get => ("GET", &[][..]),
            HttpMethod::Head => ("HEAD", &[][..]),
            HttpMethod::Post => ("POST", errand.body.expose()),
        };
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header(CONTENT_TYPE, &errand.content_type)
            .header(ACCEPT, &errand.content_type)
            .body(body)
            .map_err(|_| HttpFailure::Unavailable)?;
        let timeout = Some(Duration::from_millis(errand.timeout.0));
        let request = agent.configure_request(request).timeout_global(timeout).build();
        let response = agent.run(request).map_err(|error| failure(&error))?;
        read(response, errand.max_response)
    }

    /// Which way to a host; none for plain HTTP to another machine.
    fn agent(&self, uri: &Uri) -> Option<&Agent> {
        match (uri.scheme_str(), uri.host()) {
            (Some("https"), _) => Some(&self.far),
            (Some("http"), Some("127.0.0.1" | "[::1]" | "localhost")) => Some(&self.here),
            _ => None,
        }
    }
}

/// The body of a success; that of anything else is not looked at.
fn read(response: Response<Body>, most: u32) -> Result<(Parts, Secret), HttpFailure> {
    let (parts, body) = response.into_parts();
    if parts.status != StatusCode::OK {
        return Ok((parts, Secret::copy_of(&[])));
    }
    // One byte more than is allowed tells that there is more; the buffer does not grow.
    let bound = u64::from(most).saturating_add(1);
    let capacity = usize::try_from(bound).unwrap_or(usize::MAX).min(MAX_BUFFER);
    let mut bytes = Zeroizing::new(Vec::with_capacity(capacity));
    let mut reader = body.into_reader().take(bound);
    reader.read_to_end(&mut bytes).map_err(|error| of_io(&error))?;
    if bytes.len() > usize::try_from(most).unwrap_or(usize::MAX) {
        return Err(HttpFailure::TooLarge);
    }
    Ok((parts, Secret::from_zeroizing(bytes)))
}

/// The `Date`, if there is one and no more.
fn date(headers: &HeaderMap) -> Option<String> {
    let mut dates = headers.get_all(DATE).iter();
    let date = dates.next().filter(|_| dates.next().is_none())?;
    date.to_str().ok().map(str::to_owned)
}

/// What is held for a body before its first byte has come.
const MAX_BUFFER: usize = 64 * 1024;

fn failure(error: &ureq::Error) -> HttpFailure {
    match error {
        ureq::Error::Timeout(_) => HttpFailure::TimedOut,
        ureq::Error::Rustls(error) => of_tls(error),
        ureq::Error::Tls(_) | ureq::Error::RequireHttpsOnly(_) => HttpFailure::Untrusted,
        ureq::Error::LargeResponseHeader(..) => HttpFailure::TooLarge,
        ureq::Error::Io(error) => of_io(error),
        ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::ConnectProxyFailed(_)
        | ureq::Error::Protocol(_) => HttpFailure::Unreachable,
        _ => HttpFailure::Unavailable,
    }
}

fn of_io(error: &io::Error) -> HttpFailure {
    if let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref::<ureq::Error>()) {
        return failure(inner);
    }
    if let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return of_tls(inner);
    }
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => HttpFailure::TimedOut,
        // What rustls has to say of a certificate.
        io::ErrorKind::InvalidData => HttpFailure::Untrusted,
        _ => HttpFailure::Unreachable,
    }
}

/// A certificate that is not valid yet, or no more, is mostly a device whose date is wrong.
fn of_tls(error: &rustls::Error) -> HttpFailure {
    match error {
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. }
            | CertificateError::Expired
            | CertificateError::ExpiredContext { .. },
        ) => HttpFailure::CertificateTime,
        _ => HttpFailure::Untrusted,
    }
}
