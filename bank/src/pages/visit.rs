use std::net::IpAddr;

use axum::{
    body::{HttpBody as _, to_bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use warifu::time::UnixMillis;
use zeroize::Zeroizing;

use super::{Pages, layout, refusal, texts::Language};
use crate::{
    bank::{BankError, DeviceToken, REMEMBERED, SessionToken},
    peer,
    store::{ContractId, Session, Stage},
};

/// One request: who asks, in which language, and what the form said.
pub(super) struct Visit {
    pub(super) language: Language,
    pub(super) token: SessionToken,
    pub(super) session: Option<Session>,
    /// What an earlier login left in this browser.
    pub(super) device: Option<DeviceToken>,
    pub(super) from: Option<IpAddr>,
    pub(super) now: UnixMillis,
    /// Whether the browser had no token: then it gets this one.
    is_new: bool,
    fields: Fields,
}

type Fields = Vec<(Zeroizing<String>, Zeroizing<String>)>;

impl Visit {
    /// What was typed into a field; nothing where there is no such field.
    pub(super) fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(found, _)| found.as_str() == name);
        found.map_or("", |(_, value)| value)
    }

    /// Whose session it is, if it has come as far as this.
    pub(super) fn contract(&self, stage: Stage) -> Option<&ContractId> {
        let session = self.session.as_ref().filter(|session| session.stage == stage);
        session.map(|session| &session.contract)
    }

    /// A page, with the token in a cookie if it is new.
    pub(super) fn page(&self, status: StatusCode, page: maud::Markup) -> Response {
        let mut response =
            (status, [(header::CONTENT_TYPE, HTML)], page.into_string()).into_response();
        if self.is_new {
            keep(&self.token, response.headers_mut());
        }
        response
    }
}

/// On to another page, with another token: what was shown is bound to a token that nobody had before.
pub(super) fn renewed(token: &SessionToken, to: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    keep(token, response.headers_mut());
    response
}

impl FromRequest<Pages> for Visit {
    type Rejection = Response;

    async fn from_request(request: Request, pages: &Pages) -> Result<Self, Response> {
        let from = peer::address(request.headers(), request.extensions(), pages.behind_proxy);
        let language = Language::of(request.headers());
        let carried = cookie(request.headers(), COOKIE).and_then(|text| SessionToken::parse(&text));
        let device =
            cookie(request.headers(), DEVICE_COOKIE).and_then(|text| DeviceToken::parse(&text));
        let failed = |error: &BankError| refusal::failed(pages, language, error);
        let is_new = carried.is_none();
        let token = match carried {
            Some(token) => token,
            None => pages.bank.draw_token().map_err(|error| failed(&error))?,
        };
        let is_form = *request.method() == Method::POST;
        let fields = if is_form { fields(request).await? } else { Vec::new() };
        // Not before all of it is there: whoever holds a request back is judged by the time at which it comes,
        // and by a session that is there still.
        let now = pages.clock.now();
        let session = if is_new {
            None
        } else {
            pages.bank.session(&token, now).await.map_err(|error| failed(&error))?
        };
        let from = Some(from);
        let visit = Self { language, token, session, device, from, now, is_new, fields };
        // Whoever came without a cookie sent no form of ours.
        let is_ours = !is_new && pages.bank.is_form_token(&visit.token, visit.field(FORM_TOKEN));
        if is_form && !is_ours {
            return Err(visit.page(StatusCode::FORBIDDEN, layout::expired(pages, &visit)));
        }
        Ok(visit)
    }
}

async fn fields(request: Request) -> Result<Fields, Response> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind.is_none_or(|kind| !kind.starts_with("application/x-www-form-urlencoded")) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response());
    }
    // What is said to be too large is not waited for.
    if request.body().size_hint().lower() > MAX_BODY as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response());
    }
    let body = to_bytes(request.into_body(), MAX_BODY).await;
    let body = body.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE.into_response())?;
    let owned = |text: std::borrow::Cow<'_, str>| Zeroizing::new(text.into_owned());
    let pairs = form_urlencoded::parse(&body).take(MAX_FIELDS);
    Ok(pairs.map(|(name, value)| (owned(name), owned(value))).collect())
}

/// The value of a cookie; none where it is sent twice, since then one of them is not ours.
pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<Zeroizing<String>> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut found = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(found, _)| *found == name);
    let (_, value) = found.next()?;
    if found.next().is_some() { None } else { Some(Zeroizing::new(value.to_owned())) }
}

/// Leaves in the browser that somebody has logged in with it.
pub(super) fn remember(device: &DeviceToken, response: &mut Response) {
    let (text, seconds) = (device.text(), REMEMBERED.0 / 1000);
    let text = format!("{DEVICE_COOKIE}={}; Max-Age={seconds}{ATTRIBUTES}", text.as_str());
    set_cookie(&Zeroizing::new(text), response.headers_mut());
}

fn keep(token: &SessionToken, headers: &mut HeaderMap) {
    let text = Zeroizing::new(format!("{COOKIE}={}{ATTRIBUTES}", token.text().as_str()));
    set_cookie(&text, headers);
}

fn set_cookie(text: &str, headers: &mut HeaderMap) {
    if let Ok(mut value) = HeaderValue::from_str(text) {
        value.set_sensitive(true);
        headers.append(header::SET_COOKIE, value);
    }
}

/// The field of a form that says that it is ours.
pub(super) const FORM_TOKEN: &str = "form_token";
/// Of this name, a browser takes it by TLS or from its own machine alone, for this host and no other.
const COOKIE: &str = "__Host-session";
/// It outlives the session, and lets nobody in.
const DEVICE_COOKIE: &str = "__Host-device";
const ATTRIBUTES: &str = "; Path=/; Secure; HttpOnly; SameSite=Strict";
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const MAX_BODY: usize = 8 * 1024;
const MAX_FIELDS: usize = 32;
