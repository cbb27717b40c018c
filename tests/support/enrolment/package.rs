//! Writes valid packages (`docs/enrolment.md`, "The package") in every style that XML allows.

use proptest::{collection::vec, option, prelude::*, sample::select};
use warifu::{
    credential::{Generator, Label, Policy, UnlockPolicy},
    otp::{
        Algorithm, Digits,
        totp::{Period, Steps},
    },
};

/// What a package holds.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) credential_id: String,
    pub(crate) issuer: String,
    pub(crate) account: Option<String>,
    pub(crate) generator: Generator,
    pub(crate) policy: Policy,
    pub(crate) code_key: Vec<u8>,
    pub(crate) sign_key: Option<Vec<u8>>,
    pub(crate) device_key: [u8; 32],
}

impl Parts {
    pub(crate) fn write(&self, style: &Style) -> String {
        let mut pen = Pen { choices: style.choices.iter().cycle(), style };
        let mut packages =
            vec![self.code_package(&mut pen), self.package(&mut pen, "device", &self.device_key)];
        if let Some(key) = &self.sign_key {
            packages.push(self.package(&mut pen, "sign", key));
        }
        let turn = style.turn % packages.len();
        packages.rotate_left(turn);
        let binding = match style.prefix.as_str() {
            "" => "xmlns".into(),
            prefix => format!("xmlns:{prefix}"),
        };
        let attributes = [(binding.as_str(), PSKC), ("Version", "1.0")];
        let container = pen.element("KeyContainer", &attributes, &packages);
        let declaration = match (pen.flip(), pen.flip()) {
            (true, true) => "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
            (true, false) => "<?xml version='1.0'?>",
            _ => "",
        };
        [declaration, &container, &pen.between()].concat()
    }

    fn code_package(&self, pen: &mut Pen<'_>) -> String {
        let (algorithm, digits, kind, moving) = match self.generator {
            Generator::Totp { algorithm, digits, steps } => {
                let t0 = pen.value("Time", &steps.t0.to_string());
                let period = pen.value("TimeInterval", &steps.period.secs().to_string());
                (algorithm, digits, TOTP, vec![t0, period])
            }
            Generator::Hotp { algorithm, digits, counter } => {
                (algorithm, digits, HOTP, vec![pen.value("Counter", &counter.to_string())])
            }
        };
        let mut parameters = Vec::new();
        let suite = match algorithm {
            Algorithm::Sha1 => "HMAC-SHA1",
            Algorithm::Sha256 => "HMAC-SHA256",
            Algorithm::Sha512 => "HMAC-SHA512",
        };
        if algorithm != Algorithm::Sha1 || pen.flip() {
            parameters.push(pen.text_element("Suite", suite));
        }
        let digits = digits.count().to_string();
        let format = [("Length", digits.as_str()), ("Encoding", "DECIMAL")];
        parameters.push(pen.element("ResponseFormat", &format, &[]));

        let issuer = pen.text_element("Issuer", &self.issuer);
        let account = self.account.as_ref().map(|name| pen.text_element("FriendlyName", name));
        let parameters = pen.element("AlgorithmParameters", &[], &parameters);
        let data = pen.data(&self.code_key, moving);
        let mut policy = vec![pen.text_element("KeyUsage", "OTP")];
        if self.policy != Policy::default() || pen.flip() {
            policy.push(pen.demands(self.policy));
        }
        let policy = pen.element("Policy", &[], &policy);
        let key = [Some(issuer), account, Some(parameters), Some(data), Some(policy)];
        self.key_package(pen, kind, "", key.into_iter().flatten().collect())
    }

    /// Of a key that makes no codes.
    fn package(&self, pen: &mut Pen<'_>, purpose: &str, key: &[u8]) -> String {
        let (usage, kind) = match purpose {
            "device" => ("Integrity", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"),
            _ => ("CR", "urn:ietf:params:xml:ns:keyprov:pskc:ocra"),
        };
        let usage = [pen.text_element("KeyUsage", usage)];
        let parts = vec![pen.data(key, Vec::new()), pen.element("Policy", &[], &usage)];
        self.key_package(pen, kind, &format!(".{purpose}"), parts)
    }

    fn key_package(
        &self,
        pen: &mut Pen<'_>,
        kind: &str,
        suffix: &str,
        parts: Vec<String>,
    ) -> String {
        let mut info = vec![pen.text_element("SerialNo", &self.credential_id)];
        if pen.flip() {
            info.insert(0, pen.text_element("Manufacturer", "a <bank> & its \"makers\""));
        }
        let id = format!("{}{suffix}", self.credential_id);
        let attributes = [("Id", id.as_str()), ("Algorithm", kind)];
        let parts =
            [pen.element("DeviceInfo", &[], &info), pen.element("Key", &attributes, &parts)];
        pen.element("KeyPackage", &[], &parts)
    }
}

const PSKC: &str = "urn:ietf:params:xml:ns:keyprov:pskc";
const TOTP: &str = "urn:ietf:params:xml:ns:keyprov:pskc:totp";
const HOTP: &str = "urn:ietf:params:xml:ns:keyprov:pskc:hotp";

/// How a service writes its XML.
#[derive(Debug, Clone, Default)]
pub(crate) struct Style {
    choices: Vec<bool>,
    /// Of the namespace; none makes it the default one.
    prefix: String,
    turn: usize,
}

/// Draws on the style's choices for everything that can be written in two ways.
struct Pen<'a> {
    choices: std::iter::Cycle<std::slice::Iter<'a, bool>>,
    style: &'a Style,
}

impl Pen<'_> {
    fn flip(&mut self) -> bool {
        self.choices.next().copied().unwrap_or_default()
    }

    /// `<PlainValue>` in an element.
    fn value(&mut self, name: &str, value: &str) -> String {
        let value = self.element("PlainValue", &[], &[value.to_owned()]);
        self.element(name, &[], &[value])
    }

    fn data(&mut self, key: &[u8], more: Vec<String>) -> String {
        let space = if self.flip() { "\n   " } else { "" };
        let key = format!("{space}{}{space}", base64(key));
        let mut parts = vec![self.value("Secret", &key)];
        parts.extend(more);
        self.element("Data", &[], &parts)
    }

    fn demands(&mut self, policy: Policy) -> String {
        let unlock = match policy.unlock {
            UnlockPolicy::Any => "any",
            UnlockPolicy::UserVerification => "user-verification",
        };
        let export = if policy.may_leave_device { "yes" } else { "no" };
        let mut attributes =
            vec![("xmlns", "urn:x-warifu:pskc:1"), ("Unlock", unlock), ("Export", export)];
        if policy.synced_clock || self.flip() {
            attributes.push(("Clock", if policy.synced_clock { "synced" } else { "any" }));
        }
        let attributes = self.attributes(&attributes);
        format!("<CredentialPolicy{attributes}/>")
    }

    fn text_element(&mut self, name: &str, text: &str) -> String {
        let text = self.escape(text, "<&");
        self.element(name, &[], &[text])
    }

    fn element(&mut self, name: &str, attributes: &[(&str, &str)], inside: &[String]) -> String {
        let prefix = match self.style.prefix.as_str() {
            "" => String::new(),
            prefix => format!("{prefix}:"),
        };
        let attributes = self.attributes(attributes);
        let has_elements = inside.iter().any(|part| part.starts_with('<'));
        let mut content = String::new();
        for part in inside {
            if has_elements {
                content.push_str(&self.between());
            }
            content.push_str(part);
        }
        if has_elements {
            content.push_str(&self.between());
        }
        if content.is_empty() && self.flip() {
            return format!("<{prefix}{name}{attributes}/>");
        }
        format!("<{prefix}{name}{attributes}>{content}</{prefix}{name}>")
    }

    fn attributes(&mut self, attributes: &[(&str, &str)]) -> String {
        let mut attributes = attributes.to_vec();
        if self.flip() {
            attributes.reverse();
        }
        let mut out = String::new();
        for (name, value) in attributes {
            let quote = if self.flip() { '"' } else { '\'' };
            let space = if self.flip() { " " } else { "\n  " };
            // Of a namespace's name the profile has no other writing.
            let is_namespace = name.starts_with("xmlns");
            let value = if is_namespace { value.to_owned() } else { self.escape(value, "<&\"'") };
            out.push_str(&format!("{space}{name}={quote}{value}{quote}"));
        }
        out
    }

    /// What may stand between elements and means nothing.
    fn between(&mut self) -> String {
        match (self.flip(), self.flip()) {
            (true, true) => "\n  ".into(),
            (true, false) => "<!-- <Secret> & co. -->".into(),
            _ => String::new(),
        }
    }

    /// Writes what it must as an entity, and of the rest what it likes.
    fn escape(&mut self, text: &str, reserved: &str) -> String {
        let mut out = String::new();
        for c in text.chars() {
            let named = ["<lt", ">gt", "&amp", "'apos", "\"quot"];
            let named = named.into_iter().find_map(|entity| entity.strip_prefix(c));
            match named {
                Some(name) if reserved.contains(c) && self.flip() => {
                    out.push_str(&format!("&{name};"));
                }
                _ if reserved.contains(c) => out.push_str(&format!("&#{};", u32::from(c))),
                Some(name) if self.flip() => out.push_str(&format!("&{name};")),
                None if self.flip() && self.flip() => {
                    out.push_str(&format!("&#x{:x};", u32::from(c)));
                }
                _ => out.push(c),
            }
        }
        out
    }
}

/// Any valid parts, of which a document has at most 12,288 bytes.
pub(crate) fn parts() -> impl Strategy<Value = Parts> {
    let algorithm = select(vec![Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512]);
    let moving = prop_oneof![
        (any::<i64>(), 1_u32..=86_400).prop_map(|(t0, period)| (Some((t0, period)), 0)),
        (0..u64::MAX).prop_map(|counter| (None, counter)),
    ];
    let generator = (algorithm, 6_u8..=10, moving).prop_map(|(algorithm, digits, moving)| {
        let digits = Digits::new(digits).unwrap();
        match moving {
            (Some((t0, period)), _) => {
                let period = Period::from_secs(period).unwrap();
                Generator::Totp { algorithm, digits, steps: Steps { t0, period } }
            }
            (None, counter) => Generator::Hotp { algorithm, digits, counter },
        }
    });
    let policy = any::<[bool; 3]>().prop_map(|[verified, may_leave_device, synced_clock]| {
        let unlock = if verified { UnlockPolicy::UserVerification } else { UnlockPolicy::Any };
        Policy { unlock, may_leave_device, synced_clock }
    });
    let keys = (key(), option::of(key()), any::<[u8; 32]>());
    ("[A-Z0-9]{4,32}", text(), option::of(text()), generator, policy, keys).prop_map(
        |(credential_id, issuer, account, generator, policy, keys)| {
            let (code_key, sign_key, device_key) = keys;
            Parts {
                credential_id,
                issuer,
                account,
                generator,
                policy,
                code_key,
                sign_key,
                device_key,
            }
        },
    )
}

pub(crate) fn style() -> impl Strategy<Value = Style> {
    // Names that begin with `xml` are XML's own.
    (vec(any::<bool>(), 1..64), "([a-w][a-z0-9]{0,3})?", 0_usize..3)
        .prop_map(|(choices, prefix, turn)| Style { choices, prefix, turn })
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 10..=256)
}

/// A text that is a label as it stands.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z0-9 @.:&<>\"'割符銀行é😀_-]{1,24}", "\\PC{1,24}"]
        .prop_map(|text| text.trim().to_owned())
        .prop_filter("not a label", |text| {
            Label::new(text).is_ok_and(|label| label.as_str() == text)
        })
}

/// Base64 by its definition (RFC 4648, section 4), bit by bit.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> =
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1)).collect();
    let mut text: String = bits
        .chunks(6)
        .map(|six| (0..6).fold(0, |value, at| value << 1 | six.get(at).copied().unwrap_or(0)))
        .map(|value: u8| char::from(DIGITS[usize::from(value)]))
        .collect();
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}
