//! PSKC documents (RFC 6030), in the profile of `docs/enrolment.md`, "The package": one credential
//! with its keys by purpose, in the clear, from a service that speaks this profile.
//!
//! Strict: what the profile does not have is refused, and so is a document type declaration. The text
//! of a key is decoded from where it stands in the document, in constant time, into a buffer that
//! wipes itself; no other copy of it is made.

mod part;
mod tree;

use base64ct::{Base64, Encoding as _};
use zeroize::Zeroizing;

use crate::{
    credential::{
        CredentialId, Generator, InvalidLabel, Keys, Label, Names, NewCredential, Origin, Policy,
        Seed, SeedLength, UnlockPolicy,
    },
    otp::{
        Algorithm, Digits,
        totp::{Period, Steps},
    },
    secret::Secret,
};
use tree::Element;

pub use part::Part;

/// The greatest length of a document, in bytes.
pub const MAX_LEN: usize = 12_288;

/// The length of a device key, in bytes.
const DEVICE_KEY_LEN: usize = 32;

/// Reads a credential. It has a credential ID, an issuer and a device key. The caller wipes
/// `document`.
///
/// # Errors
/// [`Error`]: the first rule that the document breaks.
pub fn parse(document: &[u8]) -> Result<NewCredential, Error> {
    if document.len() > MAX_LEN {
        return Err(Error::TooLong);
    }
    let document = std::str::from_utf8(document).map_err(|_| Error::NotUtf8)?;
    let mut container = tree::read(document)?;
    if container.part != Part::KeyContainer {
        return Err(Error::Missing { part: Part::KeyContainer });
    }
    if container.attribute(Part::Version)? != "1.0" {
        return Err(Error::OutOfRange { part: Part::Version });
    }
    let packages = container.take_all(Part::KeyPackage);
    container.end()?;

    let (mut code, mut sign, mut device) = (None, None, None);
    for package in packages {
        let key = Key::read(package)?;
        let before = match key.usage {
            Usage::Otp => code.replace(key).is_some(),
            Usage::ChallengeResponse => sign.replace(key).is_some(),
            Usage::Integrity => device.replace(key).is_some(),
        };
        if before {
            return Err(Error::Repeated { part: Part::KeyUsage });
        }
    }
    let missing = Error::Missing { part: Part::KeyPackage };
    credential(code.ok_or(missing)?, sign, device.ok_or(missing)?)
}

fn credential(code: Key, sign: Option<Key>, device: Key) -> Result<NewCredential, Error> {
    let credential_id = CredentialId::new(&code.serial).map_err(|_| Error::CredentialId)?;
    if credential_id.as_str() != code.serial {
        return Err(Error::CredentialId);
    }
    code.is_of(&credential_id, "")?;
    let generator = code.generator.ok_or(Error::Missing { part: Part::Data })?;
    let sign = sign.map(|key| key.without_generator(&credential_id, ".sign")).transpose()?;
    let device = device.without_generator(&credential_id, ".device")?;
    if device.secret().len() != DEVICE_KEY_LEN {
        return Err(Error::DeviceKeyLength);
    }
    let issuer = code.issuer.ok_or(Error::Missing { part: Part::Issuer })?;
    Ok(NewCredential {
        names: Names {
            issuer: Some(issuer),
            account: code.account,
            credential_id: Some(credential_id),
        },
        keys: Keys { code: code.seed, sign, device: Some(device) },
        generator,
        origin: Origin::Enrolment,
        policy: code.policy.unwrap_or_default(),
        service: None,
    })
}

/// One key package.
struct Key {
    serial: String,
    id: String,
    usage: Usage,
    issuer: Option<Label>,
    account: Option<Label>,
    generator: Option<Generator>,
    seed: Seed,
    policy: Option<Policy>,
}

/// RFC 6030, section 5: what a key may be used for.
#[derive(Clone, Copy)]
enum Usage {
    Otp,
    ChallengeResponse,
    Integrity,
}

impl Key {
    fn read(mut package: Element<'_>) -> Result<Self, Error> {
        let mut info = package.take(Part::DeviceInfo)?;
        let mut key = package.take(Part::Key)?;
        package.end()?;

        info.take_optional(Part::Manufacturer)?.map(Element::text).transpose()?;
        let serial = info.take(Part::SerialNo)?.text()?;
        info.end()?;

        let id = key.attribute(Part::Id)?;
        let algorithm = key.attribute(Part::Algorithm)?;
        let issuer = key.take_optional(Part::Issuer)?.map(label).transpose()?;
        let account = key.take_optional(Part::FriendlyName)?.map(label).transpose()?;
        let parameters = key.take_optional(Part::AlgorithmParameters)?;
        let mut data = key.take(Part::Data)?;
        let mut policy = key.take(Part::Policy)?;
        key.end()?;

        let usage = match policy.take(Part::KeyUsage)?.text()?.as_str() {
            "OTP" => Usage::Otp,
            "CR" => Usage::ChallengeResponse,
            "Integrity" => Usage::Integrity,
            _ => return Err(Error::OutOfRange { part: Part::KeyUsage }),
        };
        let demands = policy.take_optional(Part::CredentialPolicy)?.map(demands).transpose()?;
        policy.end()?;

        let seed = seed(data.take(Part::Secret)?)?;
        let generator = match (usage, parameters) {
            (Usage::Otp, parameters) => Some(generator(&algorithm, parameters, &mut data)?),
            (_, Some(_)) => return Err(Error::Unknown),
            (Usage::ChallengeResponse, None) => None,
            (Usage::Integrity, None) if algorithm == HMAC_SHA256 => None,
            (Usage::Integrity, None) => return Err(Error::OutOfRange { part: Part::Algorithm }),
        };
        data.end()?;
        // Names and demands stand with the code key alone.
        let is_bare = issuer.is_none() && account.is_none() && demands.is_none();
        if generator.is_none() && !is_bare {
            return Err(Error::Unknown);
        }
        Ok(Self { serial, id, usage, issuer, account, generator, seed, policy: demands })
    }

    fn is_of(&self, credential: &CredentialId, suffix: &str) -> Result<(), Error> {
        let fits = self.serial == credential.as_str()
            && self.id.strip_prefix(credential.as_str()) == Some(suffix);
        if fits { Ok(()) } else { Err(Error::CredentialId) }
    }

    /// The key of this credential that makes no codes.
    fn without_generator(self, credential: &CredentialId, suffix: &str) -> Result<Seed, Error> {
        self.is_of(credential, suffix)?;
        Ok(self.seed)
    }
}

const TOTP: &str = "urn:ietf:params:xml:ns:keyprov:pskc:totp";
const HOTP: &str = "urn:ietf:params:xml:ns:keyprov:pskc:hotp";
const HMAC_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";

fn generator(
    name: &str,
    parameters: Option<Element<'_>>,
    data: &mut Element<'_>,
) -> Result<Generator, Error> {
    let mut parameters = parameters.ok_or(Error::Missing { part: Part::AlgorithmParameters })?;
    let suite = parameters.take_optional(Part::Suite)?.map(Element::text).transpose()?;
    let algorithm = match suite.as_deref() {
        None | Some("HMAC-SHA1") => Algorithm::Sha1,
        Some("HMAC-SHA256") => Algorithm::Sha256,
        Some("HMAC-SHA512") => Algorithm::Sha512,
        Some(_) => return Err(Error::OutOfRange { part: Part::Suite }),
    };
    let mut format = parameters.take(Part::ResponseFormat)?;
    parameters.end()?;
    if format.attribute(Part::Encoding)? != "DECIMAL" {
        return Err(Error::OutOfRange { part: Part::Encoding });
    }
    let length = format.attribute(Part::Length)?;
    format.end()?;
    let digits = number(&length, Part::Length)?;
    let digits = Digits::new(digits).map_err(|_| Error::OutOfRange { part: Part::Length })?;
    match name {
        TOTP => {
            let period = plain_number(data.take(Part::TimeInterval)?, Part::TimeInterval)?;
            let period = Period::from_secs(period)
                .map_err(|_| Error::OutOfRange { part: Part::TimeInterval })?;
            let t0 = plain_number(data.take(Part::Time)?, Part::Time)?;
            Ok(Generator::Totp { algorithm, digits, steps: Steps { t0, period } })
        }
        HOTP => {
            let counter = plain_number(data.take(Part::Counter)?, Part::Counter)?;
            // After the code of the last counter there would be none to store.
            if counter == u64::MAX {
                return Err(Error::OutOfRange { part: Part::Counter });
            }
            Ok(Generator::Hotp { algorithm, digits, counter })
        }
        _ => Err(Error::OutOfRange { part: Part::Algorithm }),
    }
}

fn label(element: Element<'_>) -> Result<Label, Error> {
    Ok(Label::new(&element.text()?)?)
}

fn demands(mut element: Element<'_>) -> Result<Policy, Error> {
    let unlock = match element.attribute(Part::Unlock)?.as_str() {
        "any" => UnlockPolicy::Any,
        "user-verification" => UnlockPolicy::UserVerification,
        _ => return Err(Error::OutOfRange { part: Part::Unlock }),
    };
    let may_leave_device = match element.attribute(Part::Export)?.as_str() {
        "no" => false,
        "yes" => true,
        _ => return Err(Error::OutOfRange { part: Part::Export }),
    };
    let synced_clock = match element.optional_attribute(Part::Clock).as_deref() {
        None | Some("any") => false,
        Some("synced") => true,
        Some(_) => return Err(Error::OutOfRange { part: Part::Clock }),
    };
    element.end()?;
    Ok(Policy { unlock, may_leave_device, synced_clock })
}

/// The key in `<Secret><PlainValue>`.
fn seed(mut secret: Element<'_>) -> Result<Seed, Error> {
    let value = secret.take(Part::PlainValue)?;
    secret.end()?;
    let text = value.whole_text()?.trim_ascii();
    let most = text.len().div_ceil(4).saturating_mul(3);
    let mut bytes = Zeroizing::new(vec![0; most]);
    let decoded = Base64::decode(text, &mut bytes).map_err(|_| Error::NotBase64)?;
    Ok(Seed::new(Secret::copy_of(decoded))?)
}

/// The number in `<PlainValue>`.
fn plain_number<T: std::str::FromStr>(mut element: Element<'_>, part: Part) -> Result<T, Error> {
    let value = element.take(Part::PlainValue)?.text()?;
    element.end()?;
    number(&value, part)
}

/// A decimal number, with a sign where its type has one.
fn number<T: std::str::FromStr>(text: &str, part: Part) -> Result<T, Error> {
    let out_of_range = Error::OutOfRange { part };
    if text.starts_with('+') {
        return Err(out_of_range);
    }
    text.parse().map_err(|_| out_of_range)
}

/// Why a document was refused. It holds nothing of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is longer than [`MAX_LEN`].
    #[error("the document is longer than 12,288 bytes")]
    TooLong,
    /// It is not UTF-8.
    #[error("the document is not UTF-8")]
    NotUtf8,
    /// It is not well-formed XML.
    #[error("the document is not well-formed")]
    Malformed,
    /// It has a document type declaration, a processing instruction, an entity that XML does not have
    /// by itself, or a CDATA section.
    #[error("the document uses a part of XML that is not taken")]
    NotTaken,
    /// It has more than 256 elements, or more than 12 one in another.
    #[error("the document has too many elements")]
    TooComplex,
    /// It has an element, an attribute or a text where the profile has none.
    #[error("the document has a part that is not known")]
    Unknown,
    /// A part that must be there is not.
    #[error("{part} is missing")]
    Missing {
        /// Which one.
        part: Part,
    },
    /// A part stands twice.
    #[error("{part} stands twice")]
    Repeated {
        /// Which one.
        part: Part,
    },
    /// A part's value is none that the profile has.
    #[error("{part} has a value that is not known")]
    OutOfRange {
        /// Which one.
        part: Part,
    },
    /// A key is not base64, or not one text.
    #[error("a key is not base64")]
    NotBase64,
    /// A key is too short or too long.
    #[error(transparent)]
    Seed(#[from] SeedLength),
    /// The device key does not have 32 bytes.
    #[error("the device key does not have 32 bytes")]
    DeviceKeyLength,
    /// Issuer or account cannot be shown.
    #[error(transparent)]
    Label(#[from] InvalidLabel),
    /// The credential ID is none, or the keys do not all have the same.
    #[error("the credential ID is not the same everywhere, or none")]
    CredentialId,
}
