//! The PSKC document (RFC 6030) that an answer brings.

use std::io;

use base64ct::{Base64, Encoding as _};
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};
use warifu::{
    credential::{CredentialId, Generator, Seed},
    otp::{Algorithm, Digits},
};
use zeroize::Zeroizing;

use crate::{DrawnKeys, Offer, Unlock};

/// The greatest length of a document, in bytes; one of ours has far fewer.
const MAX_LEN: usize = 12_288;

const PSKC: &str = "urn:ietf:params:xml:ns:keyprov:pskc";
const WARIFU: &str = "urn:x-warifu:pskc:1";
const TOTP: &str = "urn:ietf:params:xml:ns:keyprov:pskc:totp";
const HOTP: &str = "urn:ietf:params:xml:ns:keyprov:pskc:hotp";
const OCRA: &str = "urn:ietf:params:xml:ns:keyprov:pskc:ocra";
const HMAC_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";

/// It fails where the buffer ends.
type Xml<'a> = Writer<&'a mut [u8]>;

impl Offer {
    /// Writes a credential's keys into a buffer that does not grow and wipes itself.
    ///
    /// # Errors
    /// Where the buffer ends. No offer is as long as that.
    pub fn package(&self, id: &CredentialId, keys: &DrawnKeys) -> io::Result<Zeroizing<Vec<u8>>> {
        write(id, self, keys)
    }
}

fn write(id: &CredentialId, offer: &Offer, keys: &DrawnKeys) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut document = Zeroizing::new(vec![0; MAX_LEN]);
    let mut xml = Writer::new(&mut document[..]);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("KeyContainer")
        .with_attribute(("xmlns", PSKC))
        .with_attribute(("Version", "1.0"))
        .write_inner_content(|xml| {
            package(xml, id, |xml| code_key(xml, id, offer, &keys.code))?;
            if let Some(sign) = &keys.sign {
                let name = format!("{}.sign", id.as_str());
                package(xml, id, |xml| plain_key(xml, &name, OCRA, "CR", sign))?;
            }
            let name = format!("{}.device", id.as_str());
            package(xml, id, |xml| plain_key(xml, &name, HMAC_SHA256, "Integrity", &keys.device))
        })?;
    let left = xml.into_inner().len();
    document.truncate(MAX_LEN.saturating_sub(left));
    Ok(document)
}

fn package(
    xml: &mut Xml<'_>,
    id: &CredentialId,
    key: impl FnOnce(&mut Xml<'_>) -> io::Result<()>,
) -> io::Result<()> {
    xml.create_element("KeyPackage").write_inner_content(|xml| {
        xml.create_element("DeviceInfo").write_inner_content(|xml| {
            text(xml, "Manufacturer", "warifu")?;
            text(xml, "SerialNo", id.as_str())
        })?;
        key(xml)
    })?;
    Ok(())
}

fn code_key(xml: &mut Xml<'_>, id: &CredentialId, offer: &Offer, seed: &Seed) -> io::Result<()> {
    let (name, algorithm, digits) = match &offer.generator {
        Generator::Totp { algorithm, digits, .. } => (TOTP, *algorithm, *digits),
        Generator::Hotp { algorithm, digits, .. } => (HOTP, *algorithm, *digits),
    };
    let element = xml.create_element("Key");
    let element = element.with_attribute(("Id", id.as_str())).with_attribute(("Algorithm", name));
    element.write_inner_content(|xml| {
        text(xml, "Issuer", offer.issuer.as_str())?;
        parameters(xml, algorithm, digits)?;
        xml.create_element("Data").write_inner_content(|xml| {
            secret(xml, seed)?;
            match &offer.generator {
                Generator::Totp { steps, .. } => {
                    plain(xml, "Time", &steps.t0.to_string())?;
                    plain(xml, "TimeInterval", &steps.period.secs().to_string())
                }
                Generator::Hotp { counter, .. } => plain(xml, "Counter", &counter.to_string()),
            }
        })?;
        xml.create_element("Policy").write_inner_content(|xml| {
            text(xml, "KeyUsage", "OTP")?;
            let unlock = match offer.unlock {
                Unlock::Any => "any",
                Unlock::UserVerification => "user-verification",
            };
            let mut policy = xml
                .create_element("CredentialPolicy")
                .with_attribute(("xmlns", WARIFU))
                .with_attribute(("Unlock", unlock))
                .with_attribute(("Export", if offer.export { "yes" } else { "no" }));
            // Without the demand a token that does not know of it takes the package too.
            if offer.synced_clock {
                policy = policy.with_attribute(("Clock", "synced"));
            }
            policy.write_empty()?;
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(())
}

fn parameters(xml: &mut Xml<'_>, algorithm: Algorithm, digits: Digits) -> io::Result<()> {
    xml.create_element("AlgorithmParameters").write_inner_content(|xml| {
        match algorithm {
            Algorithm::Sha1 => {}
            Algorithm::Sha256 => text(xml, "Suite", "HMAC-SHA256")?,
            Algorithm::Sha512 => text(xml, "Suite", "HMAC-SHA512")?,
        }
        xml.create_element("ResponseFormat")
            .with_attribute(("Length", digits.count().to_string().as_str()))
            .with_attribute(("Encoding", "DECIMAL"))
            .write_empty()?;
        Ok(())
    })?;
    Ok(())
}

/// A key that makes no codes.
fn plain_key(
    xml: &mut Xml<'_>,
    id: &str,
    algorithm: &str,
    usage: &str,
    seed: &Seed,
) -> io::Result<()> {
    let element = xml.create_element("Key");
    element
        .with_attribute(("Id", id))
        .with_attribute(("Algorithm", algorithm))
        .write_inner_content(|xml| {
            xml.create_element("Data").write_inner_content(|xml| secret(xml, seed))?;
            xml.create_element("Policy").write_inner_content(|xml| text(xml, "KeyUsage", usage))?;
            Ok(())
        })?;
    Ok(())
}

fn secret(xml: &mut Xml<'_>, seed: &Seed) -> io::Result<()> {
    let bytes = seed.secret().expose();
    let mut encoded = Zeroizing::new(vec![0; Base64::encoded_len(bytes)]);
    let encoded = Base64::encode(bytes, &mut encoded).map_err(io::Error::other)?;
    xml.create_element("Secret").write_inner_content(|xml| text(xml, "PlainValue", encoded))?;
    Ok(())
}

fn plain(xml: &mut Xml<'_>, name: &str, value: &str) -> io::Result<()> {
    xml.create_element(name).write_inner_content(|xml| text(xml, "PlainValue", value))?;
    Ok(())
}

/// What needs no escape, as base64 needs none, is written from where it stands.
fn text(xml: &mut Xml<'_>, name: &str, value: &str) -> io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(value))?;
    Ok(())
}
