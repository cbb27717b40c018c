use axum::{
    extract::{FromRequestParts, Path, State},
    http::request::Parts,
};
use base32ct::{Base32UpperUnpadded, Encoding as _};
use serde::Deserialize;
use warifu::{
    credential::{CredentialId, Generator, Label, Seed},
    otp::{
        Digits,
        totp::{Period, Steps},
    },
    secret::Secret,
};
use zeroize::Zeroizing;

use super::{
    App,
    answer::Answered,
    asked::{Asked, SecretText},
    auth::Caller,
    problem::Problem,
};
use crate::service::{Act, Acted, Imported, Judged, View, ViewedAlgorithm};

pub(super) async fn import(
    State(app): State<App>,
    asked: Asked,
) -> Result<Answered<View>, Problem> {
    let imported = asked.json::<Import>()?.imported().ok_or(Problem::MalformedRequest)?;
    let view = app.service.import(&imported, asked.key.as_ref(), app.clock.now()).await?;
    Ok(Answered::created(view))
}

pub(super) async fn view(
    _: Caller,
    State(app): State<App>,
    Id(id): Id,
) -> Result<Answered<View>, Problem> {
    Ok(Answered::ok(app.service.view(&id, app.clock.now()).await?))
}

pub(super) async fn confirm(
    State(app): State<App>,
    Id(id): Id,
    asked: Asked,
) -> Result<Answered<Judged>, Problem> {
    let Typed { code } = asked.json()?;
    let (key, now) = (asked.key.as_ref(), app.clock.now());
    Ok(Answered::judged(app.service.confirm(&id, code.expose(), key, now).await?))
}

pub(super) async fn verify(
    State(app): State<App>,
    Id(id): Id,
    asked: Asked,
) -> Result<Answered<Judged>, Problem> {
    let Typed { code } = asked.json()?;
    let (key, now) = (asked.key.as_ref(), app.clock.now());
    Ok(Answered::judged(app.service.verify(&id, code.expose(), key, now).await?))
}

pub(super) async fn resync(
    State(app): State<App>,
    Id(id): Id,
    asked: Asked,
) -> Result<Answered<Judged>, Problem> {
    let TypedTwo { first, second } = asked.json()?;
    let (key, now) = (asked.key.as_ref(), app.clock.now());
    let codes = (first.expose(), second.expose());
    Ok(Answered::judged(app.service.resync(&id, codes, key, now).await?))
}

pub(super) async fn suspend(
    app: State<App>,
    id: Id,
    asked: Asked,
) -> Result<Answered<Acted>, Problem> {
    act(app, id, asked, Act::Suspend).await
}

pub(super) async fn resume(
    app: State<App>,
    id: Id,
    asked: Asked,
) -> Result<Answered<Acted>, Problem> {
    act(app, id, asked, Act::Resume).await
}

pub(super) async fn unlock(
    app: State<App>,
    id: Id,
    asked: Asked,
) -> Result<Answered<Acted>, Problem> {
    act(app, id, asked, Act::Unlock).await
}

pub(super) async fn revoke(
    app: State<App>,
    id: Id,
    asked: Asked,
) -> Result<Answered<Acted>, Problem> {
    act(app, id, asked, Act::Revoke).await
}

/// A text that a person reads, if there is one.
pub(super) fn label(text: Option<&str>) -> Result<Option<Label>, Problem> {
    text.map(Label::new).transpose().map_err(|_| Problem::MalformedRequest)
}

async fn act(
    State(app): State<App>,
    Id(id): Id,
    asked: Asked,
    act: Act,
) -> Result<Answered<Acted>, Problem> {
    asked.nothing()?;
    let (key, now) = (asked.key.as_ref(), app.clock.now());
    Ok(Answered::ok(app.service.act(&id, act, key, now).await?))
}

/// The ID in a path. What cannot be one is nobody's.
pub(super) struct Id(CredentialId);

impl FromRequestParts<App> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, app).await;
        let text = path.map_err(|_| Problem::CredentialNotFound)?.0;
        CredentialId::new(&text).map(Self).map_err(|_| Problem::CredentialNotFound)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    code: SecretText,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TypedTwo {
    first: SecretText,
    second: SecretText,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Import {
    id: Option<String>,
    issuer: Option<String>,
    account: Option<String>,
    account_ref: Option<String>,
    generator: ImportedGenerator,
    /// In base32 (RFC 4648), of either case, with padding or without.
    seed: SecretText,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum ImportedGenerator {
    Totp {
        #[serde(default = "sha1")]
        algorithm: ViewedAlgorithm,
        #[serde(default = "six")]
        digits: u8,
        #[serde(default = "thirty")]
        period: u32,
        #[serde(default)]
        t0: i64,
    },
    Hotp {
        #[serde(default = "sha1")]
        algorithm: ViewedAlgorithm,
        #[serde(default = "six")]
        digits: u8,
        #[serde(default)]
        counter: u64,
    },
}

impl Import {
    fn imported(&self) -> Option<Imported> {
        Some(Imported {
            id: self.id.as_deref().map(CredentialId::new).transpose().ok()?,
            issuer: label(self.issuer.as_deref()).ok()?,
            account: label(self.account.as_deref()).ok()?,
            account_ref: label(self.account_ref.as_deref()).ok()?,
            generator: self.generator.generator()?,
            seed: seed(self.seed.expose())?,
        })
    }
}

impl ImportedGenerator {
    fn generator(&self) -> Option<Generator> {
        Some(match *self {
            Self::Totp { algorithm, digits, period, t0 } => Generator::Totp {
                algorithm: algorithm.into(),
                digits: Digits::new(digits).ok()?,
                steps: Steps { t0, period: Period::from_secs(period).ok()? },
            },
            Self::Hotp { algorithm, digits, counter } => Generator::Hotp {
                algorithm: algorithm.into(),
                digits: Digits::new(digits).ok()?,
                counter,
            },
        })
    }
}

fn seed(text: &str) -> Option<Seed> {
    let text = text.trim_end_matches('=');
    if text.len() > Seed::MAX_LEN.saturating_mul(2) {
        return None;
    }
    let text = Zeroizing::new(text.to_ascii_uppercase());
    let mut bytes = Zeroizing::new(vec![0; text.len().saturating_mul(5) / 8]);
    Base32UpperUnpadded::decode(text.as_bytes(), &mut bytes).ok()?;
    Seed::new(Secret::from_zeroizing(bytes)).ok()
}

const fn sha1() -> ViewedAlgorithm {
    ViewedAlgorithm::Sha1
}

const fn six() -> u8 {
    6
}

const fn thirty() -> u32 {
    30
}
