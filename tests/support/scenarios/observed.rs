//! What a step gave, written as the table writes it, and how the two are compared.

use serde_json::{Value, json};
use warifu::{
    clock,
    credential::{EntryId, Generator, Names, Weakness},
    otp::{Algorithm, Code},
    provision::{enrol::LinkError, otpauth},
    time::Span,
    token::{
        Card, ClockNotice, EnrolmentError, Error, Face, LockStatus, MarkedBank, Misuse,
        PendingEnrolment, Screen, SyncError,
    },
    vault::{self, SlotId, SlotKind, SlotPart},
};

/// A result, or an error, as the table writes it.
pub(crate) type Outcome = Result<Value, Value>;

/// What the scenario calls things.
pub(crate) trait Called {
    fn entry(&self, id: EntryId) -> Value;
    fn slot(&self, id: SlotId) -> Value;
}

/// Whether all that the table says is so. What it does not mention may be anything.
pub(crate) fn fits(expected: &Value, observed: &Value, path: &str) -> Result<(), String> {
    match (expected, observed) {
        (Value::Object(expected), Value::Object(observed)) => {
            expected.iter().try_for_each(|(key, expected)| match observed.get(key) {
                Some(observed) => fits(expected, observed, &format!("{path}.{key}")),
                None => Err(format!("{path}: there is no {key}")),
            })
        }
        (Value::Array(expected), Value::Array(observed)) if expected.len() != observed.len() => {
            Err(format!("{path}: {} in the table, {} observed", expected.len(), observed.len()))
        }
        (Value::Array(expected), Value::Array(observed)) => {
            let mut pairs = expected.iter().zip(observed).enumerate();
            pairs.try_for_each(|(at, (expected, observed))| {
                fits(expected, observed, &format!("{path}[{at}]"))
            })
        }
        _ if expected == observed => Ok(()),
        _ => Err(format!("{path}: {expected} in the table, {observed} observed")),
    }
}

pub(crate) fn screen(screen: &Screen, only: Option<&[String]>, called: &impl Called) -> Value {
    let cards = screen.cards.iter().map(|shown| card(shown, called));
    let is_asked_for = |card: &Value| {
        only.is_none_or(|only| only.iter().any(|name| card["entry"] == name.as_str()))
    };
    json!({
        "lock": match screen.lock {
            LockStatus::Locked => "locked",
            LockStatus::Unlocked => "unlocked",
        },
        "clock": snake(&format!("{:?}", screen.clock.certainty)),
        "clock_uncertainty_ms": screen.clock.uncertainty.map(|span| span.0),
        "clock_ahead_ms": screen.clock.wall_ahead,
        "clock_notice": screen.clock.notice.map(notice),
        "card_count": screen.cards.len(),
        "cards": cards.filter(is_asked_for).collect::<Vec<_>>(),
    })
}

fn card(card: &Card, called: &impl Called) -> Value {
    let face = match &card.face {
        Face::Totp {
            code: shown,
            next,
            valid_from,
            valid_until,
            remaining,
            period,
            seconds_left,
            certainty,
            neighbour,
        } => {
            let neighbour = neighbour.as_ref().map(|neighbour| {
                let which = snake(&format!("{:?}", neighbour.which));
                json!({ "which": which, "code": neighbour.code.expose() })
            });
            json!({
                "face": "totp",
                "code": shown.expose(),
                "grouped": shown.grouped().as_str(),
                "next": next.expose(),
                "valid_from_ms": valid_from.0,
                "valid_until_ms": valid_until.0,
                "remaining_ms": remaining.0,
                "period_ms": period.0,
                "seconds_left": seconds_left,
                "certainty": snake(&format!("{certainty:?}")),
                "neighbour": neighbour,
            })
        }
        Face::Hotp { counter } => json!({ "face": "hotp", "counter": counter.to_string() }),
        Face::NeedsSync => json!({ "face": "needs_sync" }),
        Face::NotYet { from } => json!({ "face": "not_yet", "from_ms": from.0 }),
    };
    joined([
        json!({ "entry": called.entry(card.id), "clear_after_ms": card.copy.clear_after.0 }),
        names(&card.names),
        weakness(card.weakness),
        face,
    ])
}

/// As `ahead 2 min 10 s`.
fn notice(notice: ClockNotice) -> String {
    match notice {
        ClockNotice::Ahead(by) => format!("ahead {}", span(by)),
        ClockNotice::Behind(by) => format!("behind {}", span(by)),
        ClockNotice::SetDate
        | ClockNotice::Contradicted
        | ClockNotice::Stale
        | ClockNotice::NotSynced => snake(&format!("{notice:?}")),
    }
}

fn span(span: Span) -> String {
    match span {
        Span::Days { days, hours } => format!("{days} d {hours} h"),
        Span::Hours { hours, minutes } => format!("{hours} h {minutes} min"),
        Span::Minutes { minutes, seconds } => format!("{minutes} min {seconds} s"),
        Span::Seconds { seconds } => format!("{seconds} s"),
    }
}

pub(crate) fn code(code: &Code) -> Value {
    json!({ "code": code.expose(), "grouped": code.grouped().as_str() })
}

/// A credential as a list or a preview shows it.
pub(crate) fn credential(shown: &Names, generator: Generator, weak: Option<Weakness>) -> Value {
    let name_of = |algorithm| match algorithm {
        Algorithm::Sha1 => "sha1",
        Algorithm::Sha256 => "sha256",
        Algorithm::Sha512 => "sha512",
    };
    let generator = match generator {
        Generator::Totp { algorithm, digits, steps } => json!({
            "type": "totp",
            "algorithm": name_of(algorithm),
            "digits": digits.count(),
            "period_ms": steps.period.millis().0,
        }),
        Generator::Hotp { algorithm, digits, counter } => json!({
            "type": "hotp",
            "algorithm": name_of(algorithm),
            "digits": digits.count(),
            "counter": counter.to_string(),
        }),
    };
    joined([names(shown), generator, weakness(weak)])
}

fn names(names: &Names) -> Value {
    json!({
        "issuer": names.issuer.as_ref().map(|label| label.as_str()),
        "account": names.account.as_ref().map(|label| label.as_str()),
        "credential_id": names.credential_id.as_ref().map(|id| id.as_str()),
    })
}

pub(crate) fn weakness(weakness: Option<Weakness>) -> Value {
    json!({ "weakness_bits": weakness.map(|Weakness::ShortSeed { bits }| bits) })
}

pub(crate) fn pending(pending: &PendingEnrolment) -> Value {
    let answered = pending.answered.as_ref().map(|answered| {
        json!({
            "issuer": answered.issuer.as_ref().map(|label| label.as_str()),
            "account": answered.account.as_ref().map(|label| label.as_str()),
            "credential_id": answered.credential_id.as_ref().map(|id| id.as_str()),
            "unlock": snake(&format!("{:?}", answered.unlock)),
        })
    });
    json!({ "host": pending.host, "answered": answered })
}

pub(crate) fn bank(bank: &MarkedBank) -> Value {
    let issuer = bank.issuer.as_ref().map(|label| label.as_str());
    json!({ "issuer": issuer, "last_four": bank.last_four })
}

pub(crate) fn kind(kind: SlotKind) -> Value {
    match kind {
        SlotKind::Passphrase => "passphrase".into(),
        SlotKind::Device => "device".into(),
        SlotKind::Biometric => "biometric".into(),
        SlotKind::Pin => "pin".into(),
        SlotKind::Other(number) => number.into(),
    }
}

pub(crate) fn part(part: SlotPart) -> &'static str {
    match part {
        SlotPart::Fixed => "fixed",
        SlotPart::Envelope => "envelope",
    }
}

pub(crate) fn error(error: Error, called: &impl Called) -> Value {
    let data = match error {
        Error::Vault(vault::Error::WrongPin { tries_left, wait }) => {
            json!({ "tries_left": tries_left, "wait_ms": wait.0 })
        }
        Error::Vault(vault::Error::KeyInvalidated { slot } | vault::Error::KeyLost { slot }) => {
            json!({ "slot": called.slot(slot) })
        }
        Error::Vault(vault::Error::Corrupt { part }) => damage(part, called),
        Error::Vault(vault::Error::UnsupportedVersion { found }) => json!({ "found": found }),
        Error::Duplicate { existing } => json!({ "existing": called.entry(existing) }),
        Error::Clock(
            clock::Implausible::BeforeEarliest { wall } | clock::Implausible::AfterLatest { wall },
        ) => json!({ "wall_ms": wall.0 }),
        Error::Otpauth(error) => otpauth_error(error),
        Error::Label(why) => json!({ "why": snake(&format!("{why:?}")) }),
        Error::EnrolmentLink(LinkError::Activation(why)) => {
            json!({ "why": snake(&format!("{why:?}")) })
        }
        Error::EnrolmentLink(why) => json!({ "why": snake(&format!("{why:?}")) }),
        Error::Enrolment(EnrolmentError::Failed(why)) => {
            json!({ "why": snake(&format!("{why:?}")) })
        }
        Error::Enrolment(EnrolmentError::Status { status }) => json!({ "status": status }),
        Error::Enrolment(EnrolmentError::SlotTooWeak { slot }) => {
            json!({ "slot": called.slot(slot) })
        }
        Error::Enrolment(EnrolmentError::CodeWrong { ahead_millis }) => {
            json!({ "ahead_ms": ahead_millis })
        }
        Error::Sync(SyncError::Failed(why)) => json!({ "why": snake(&format!("{why:?}")) }),
        Error::Sync(SyncError::Status { status }) => json!({ "why": "status", "status": status }),
        Error::Sync(why) => json!({ "why": snake(&format!("{why:?}")) }),
        Error::Flow(Misuse::Stale) => json!({ "why": "stale" }),
        Error::Flow(Misuse::AnswerAwaited) => json!({ "why": "answer_awaited" }),
        Error::Flow(Misuse::Ended) => json!({ "why": "ended" }),
        _ => json!({}),
    };
    joined([json!({ "code": error.support_code().to_string() }), data])
}

fn damage(part: vault::Corrupt, called: &impl Called) -> Value {
    match part {
        vault::Corrupt::Contents => json!({ "part": "contents" }),
        vault::Corrupt::RootTag => json!({ "part": "root_tag" }),
        vault::Corrupt::Slot(slot) => json!({ "part": "slot", "slot": called.slot(slot) }),
        vault::Corrupt::Record(id) => {
            json!({ "part": "record", "entry": called.entry(EntryId(id)) })
        }
        vault::Corrupt::Envelopes => json!({ "part": "envelopes" }),
    }
}

/// `why` is the variant's name; the parameter is as a URI writes it.
fn otpauth_error(error: otpauth::Error) -> Value {
    let name = format!("{error:?}");
    let name = name.split([' ', '{']).next().unwrap();
    let parameter = match error {
        otpauth::Error::Missing { parameter }
        | otpauth::Error::Repeated { parameter }
        | otpauth::Error::OutOfRange { parameter } => Some(parameter.to_string()),
        _ => None,
    };
    let why = snake(name);
    match (parameter, error) {
        (Some(parameter), _) => json!({ "why": why, "parameter": parameter }),
        (None, otpauth::Error::Issuer { why: label } | otpauth::Error::Account { why: label }) => {
            json!({ "why": why, "label": snake(&format!("{label:?}")) })
        }
        _ => json!({ "why": why }),
    }
}

/// `NotBase32` as `not_base32`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

fn joined<const N: usize>(parts: [Value; N]) -> Value {
    let objects = parts.into_iter().map(|part| match part {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    });
    Value::Object(objects.flatten().collect())
}
