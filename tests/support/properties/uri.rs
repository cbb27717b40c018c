//! Writes valid URIs in every style that issuers have.

use proptest::{collection::vec, option, prelude::*, sample::select};
use warifu::{
    credential::{Generator, Label},
    otp::{
        Algorithm, Digits,
        totp::{Period, Steps},
    },
};

/// What a URI holds.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) issuer: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) credential_id: Option<String>,
    pub(crate) key: Vec<u8>,
    pub(crate) algorithm: Option<Algorithm>,
    pub(crate) digits: Option<u8>,
    pub(crate) kind: Kind,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            issuer: None,
            account: Some("alice".into()),
            credential_id: None,
            key: Vec::new(),
            algorithm: None,
            digits: None,
            kind: Kind::Totp { period: None },
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Totp { period: Option<u32> },
    Hotp { counter: u64 },
}

impl Parts {
    pub(crate) fn generator(&self) -> Generator {
        let algorithm = self.algorithm.unwrap_or(Algorithm::Sha1);
        let digits = Digits::new(self.digits.unwrap_or(6)).unwrap();
        match self.kind {
            Kind::Totp { period } => {
                let period = Period::from_secs(period.unwrap_or(30)).unwrap();
                Generator::Totp { algorithm, digits, steps: Steps { t0: 0, period } }
            }
            Kind::Hotp { counter } => Generator::Hotp { algorithm, digits, counter },
        }
    }

    pub(crate) fn write(&self, style: &Style) -> String {
        let mut pen = Pen { choices: style.choices.iter().cycle() };
        let scheme = pen.any_case("otpauth");
        let kind = match self.kind {
            Kind::Totp { .. } => pen.any_case("totp"),
            Kind::Hotp { .. } => pen.any_case("hotp"),
        };
        let account = self.account.as_deref().unwrap_or_default();
        let label_has_issuer = style.issuer_in_label || account.contains(':');
        let mut label = String::new();
        if label_has_issuer {
            label.push_str(&pen.encode(self.issuer.as_deref().unwrap_or_default(), "%#?:"));
            label.push_str(if pen.flip() { ":" } else { "%3A" });
            label.push_str(if pen.flip() { "" } else { "%20" });
        }
        label.push_str(&pen.encode(account, "%#?"));

        let mut parameters = vec![("secret", self.secret(&mut pen, style))];
        if let Some(issuer) = &self.issuer
            && (style.issuer_in_query || !label_has_issuer)
        {
            parameters.push(("issuer", issuer.clone()));
        }
        if let Some(algorithm) = self.algorithm {
            parameters.push(("algorithm", pen.any_case(&format!("{algorithm:?}"))));
        }
        if let Some(digits) = self.digits {
            parameters.push(("digits", digits.to_string()));
        }
        if let Some(id) = &self.credential_id {
            parameters.push(("credential_id", pen.any_case(id)));
        }
        match self.kind {
            Kind::Totp { period: Some(period) } => parameters.push(("period", period.to_string())),
            Kind::Totp { period: None } => parameters.push(("counter", "ignored".into())),
            Kind::Hotp { counter } => parameters.push(("counter", counter.to_string())),
        }
        for unknown in &style.unknown {
            parameters.push(("image", unknown.clone()));
        }
        let turn = style.turn % parameters.len();
        parameters.rotate_left(turn);
        let query: Vec<String> = parameters
            .iter()
            .map(|(name, value)| format!("{name}={}", pen.encode(value, "%#&+")))
            .collect();
        format!("{scheme}://{kind}/{label}?{}", query.join("&"))
    }

    fn secret(&self, pen: &mut Pen<'_>, style: &Style) -> String {
        let secret = base32(&self.key);
        let padding =
            if style.padded { "=".repeat((8 - secret.len() % 8) % 8) } else { String::new() };
        pen.any_case(&secret) + &padding
    }
}

/// How an issuer writes its URIs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Style {
    choices: Vec<bool>,
    issuer_in_label: bool,
    issuer_in_query: bool,
    padded: bool,
    turn: usize,
    unknown: Vec<String>,
}

/// Draws on the style's choices for every sign that can be written in two ways.
struct Pen<'a> {
    choices: std::iter::Cycle<std::slice::Iter<'a, bool>>,
}

impl Pen<'_> {
    fn flip(&mut self) -> bool {
        self.choices.next().copied().unwrap_or_default()
    }

    fn any_case(&mut self, text: &str) -> String {
        let upper =
            |c: char, flip| if flip { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
        text.chars().map(|c| upper(c, self.flip())).collect()
    }

    /// Percent-encodes what it must, and of the rest whatever it likes.
    fn encode(&mut self, text: &str, reserved: &str) -> String {
        let mut encoded = String::new();
        for c in text.chars() {
            if reserved.contains(c) || self.flip() {
                for byte in c.to_string().bytes() {
                    let hexadecimal = format!("%{byte:02x}");
                    encoded.push_str(&self.any_case(&hexadecimal));
                }
            } else if c == ' ' && reserved.contains('+') && self.flip() {
                encoded.push('+');
            } else {
                encoded.push(c);
            }
        }
        encoded
    }
}

/// Any valid parts. An account that holds a colon comes with an issuer, or it could not be told.
pub(crate) fn parts() -> impl Strategy<Value = Parts> {
    let issuer = option::of(text().prop_filter("splits the label", |text| !text.contains(':')));
    let names =
        (issuer, option::of(text())).prop_filter("ambiguous or nameless", |names| match names {
            (None, None) => false,
            (None, Some(account)) => !account.contains(':'),
            _ => true,
        });
    let kind = prop_oneof![
        option::of(1_u32..=86_400).prop_map(|period| Kind::Totp { period }),
        (0..u64::MAX).prop_map(|counter| Kind::Hotp { counter }),
    ];
    let algorithm = select(vec![Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512]);
    (
        names,
        option::of("[A-Z0-9]{4,32}"),
        vec(any::<u8>(), 10..=128),
        option::of(algorithm),
        option::of(6_u8..=10),
        kind,
    )
        .prop_map(|((issuer, account), credential_id, key, algorithm, digits, kind)| Parts {
            issuer,
            account,
            credential_id,
            key,
            algorithm,
            digits,
            kind,
        })
}

pub(crate) fn style() -> impl Strategy<Value = Style> {
    (vec(any::<bool>(), 1..64), any::<[bool; 3]>(), 0_usize..8, vec("[ -~]{0,20}", 0..3)).prop_map(
        |(choices, [issuer_in_label, issuer_in_query, padded], turn, unknown)| Style {
            choices,
            issuer_in_label,
            issuer_in_query,
            padded,
            turn,
            unknown,
        },
    )
}

/// A text that is a label as it stands.
fn text() -> impl Strategy<Value = String> {
    let common = "[a-zA-Z0-9 @.:+/?#&=%割符銀行é😀_-]{1,24}";
    prop_oneof![common, "\\PC{1,24}"]
        .prop_map(|text| text.trim().to_owned())
        .prop_filter("not a label", |text| {
            Label::new(text).is_ok_and(|label| label.as_str() == text)
        })
}

/// Base32 by its definition (RFC 4648, section 6), bit by bit.
fn base32(bytes: &[u8]) -> String {
    let bits: Vec<u8> =
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1)).collect();
    bits.chunks(5)
        .map(|five| (0..5).fold(0, |value, at| value << 1 | five.get(at).copied().unwrap_or(0)))
        .map(|value: u8| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[usize::from(value)]))
        .collect()
}
