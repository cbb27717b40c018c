//! Any bytes as a package. What is accepted keeps what the profile promises and is the same credential
//! when it is written down again; what is refused is refused in one of a few sentences.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use warifu::{
    credential::{Generator, InvalidLabel, NewCredential, Seed, SeedLength, UnlockPolicy},
    otp::Algorithm,
    provision::pskc::{self, Error, MAX_LEN, Part},
};
use warifu_fuzz::{
    enrolment::{assert_same, keeps_its_promises},
    memory,
};

fuzz_target!(init: LazyLock::force(&SENTENCES), |document: &[u8]| {
    // A tree of 256 elements with their attributes, and what this target writes.
    memory::watch(32 * MAX_LEN, || judge(document));
});

fn judge(document: &[u8]) {
    match pskc::parse(document) {
        Ok(new) => {
            assert!(document.len() <= MAX_LEN);
            keeps_its_promises(&new);
            let again = written(&new);
            // Escaped, a name can take so much that the document is too long.
            match pskc::parse(again.as_bytes()) {
                Ok(again) => assert_same(&new, &again),
                Err(error) => assert!(error == Error::TooLong && again.len() > MAX_LEN, "{error}"),
            }
        }
        Err(error) => {
            let said = (error.to_string(), format!("{error:?}"));
            assert!(SENTENCES.contains(&said), "{said:?}");
        }
    }
}

/// As plain as it can be, with every sign of a name by its number.
fn written(new: &NewCredential) -> String {
    let NewCredential { names, keys, generator, policy, .. } = new;
    let id = names.credential_id.as_ref().unwrap().as_str();
    let name = |tag, text: &str| {
        let text: String = text.chars().map(|c| format!("&#{};", u32::from(c))).collect();
        format!("<{tag}>{text}</{tag}>")
    };
    let issuer = name("Issuer", names.issuer.as_ref().unwrap().as_str());
    let account = names.account.as_ref().map(|account| name("FriendlyName", account.as_str()));
    let (algorithm, digits, kind, moving) = match *generator {
        Generator::Totp { algorithm, digits, steps } => {
            let (t0, period) = (steps.t0, steps.period.secs());
            let time = format!("<Time><PlainValue>{t0}</PlainValue></Time>");
            let interval =
                format!("<TimeInterval><PlainValue>{period}</PlainValue></TimeInterval>");
            (algorithm, digits, "totp", time + &interval)
        }
        Generator::Hotp { algorithm, digits, counter } => {
            let counter = format!("<Counter><PlainValue>{counter}</PlainValue></Counter>");
            (algorithm, digits, "hotp", counter)
        }
    };
    let suite = match algorithm {
        Algorithm::Sha1 => "HMAC-SHA1",
        Algorithm::Sha256 => "HMAC-SHA256",
        Algorithm::Sha512 => "HMAC-SHA512",
    };
    let unlock = match policy.unlock {
        UnlockPolicy::Any => "any",
        UnlockPolicy::UserVerification => "user-verification",
    };
    let clock = if policy.synced_clock { "synced" } else { "any" };
    let export = if policy.may_leave_device { "yes" } else { "no" };
    let names = issuer + &account.unwrap_or_default();
    let digits = digits.count();
    let parameters = format!(
        "<AlgorithmParameters><Suite>{suite}</Suite><ResponseFormat Length='{digits}' \
         Encoding='DECIMAL'/></AlgorithmParameters>"
    );
    let demands = format!(
        "<CredentialPolicy xmlns='urn:x-warifu:pskc:1' Unlock='{unlock}' Export='{export}' \
         Clock='{clock}'/>"
    );
    let kind = format!("urn:ietf:params:xml:ns:keyprov:pskc:{kind}");
    let code =
        package(id, ("", &kind, "OTP"), &(names + &parameters), &keys.code, &moving, &demands);
    let hmac = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";
    let device = keys.device.as_ref().unwrap();
    let device = package(id, (".device", hmac, "Integrity"), "", device, "", "");
    let sign = keys.sign.as_ref().map(|sign| package(id, (".sign", "", "CR"), "", sign, "", ""));
    format!(
        "<KeyContainer xmlns='urn:ietf:params:xml:ns:keyprov:pskc' Version='1.0'>\
         {code}{device}{}</KeyContainer>",
        sign.unwrap_or_default()
    )
}

fn package(
    id: &str,
    (suffix, algorithm, usage): (&str, &str, &str),
    head: &str,
    key: &Seed,
    moving: &str,
    demands: &str,
) -> String {
    let key = base64(key.secret().expose());
    format!(
        "<KeyPackage><DeviceInfo><SerialNo>{id}</SerialNo></DeviceInfo>\
         <Key Id='{id}{suffix}' Algorithm='{algorithm}'>{head}\
         <Data><Secret><PlainValue>{key}</PlainValue></Secret>{moving}</Data>\
         <Policy><KeyUsage>{usage}</KeyUsage>{demands}</Policy></Key></KeyPackage>"
    )
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            let value = bits >> (18 - 6 * digit) & 63;
            out.push(if digit > chunk.len() { '=' } else { char::from(DIGITS[value as usize]) });
        }
    }
    out
}

/// All that an error can say: nothing of the document is among it.
static SENTENCES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    use Part as P;
    let parts = [
        P::KeyContainer,
        P::Version,
        P::KeyPackage,
        P::DeviceInfo,
        P::Manufacturer,
        P::SerialNo,
        P::Key,
        P::Id,
        P::Algorithm,
        P::Issuer,
        P::FriendlyName,
        P::AlgorithmParameters,
        P::Suite,
        P::ResponseFormat,
        P::Length,
        P::Encoding,
        P::Data,
        P::Secret,
        P::Time,
        P::TimeInterval,
        P::Counter,
        P::PlainValue,
        P::Policy,
        P::KeyUsage,
        P::CredentialPolicy,
        P::Unlock,
        P::Export,
        P::Clock,
    ];
    let labels = [InvalidLabel::Empty, InvalidLabel::TooLong, InvalidLabel::ForbiddenCharacter];
    let mut errors = vec![
        Error::TooLong,
        Error::NotUtf8,
        Error::Malformed,
        Error::NotTaken,
        Error::TooComplex,
        Error::Unknown,
        Error::NotBase64,
        Error::Seed(SeedLength::TooShort),
        Error::Seed(SeedLength::TooLong),
        Error::DeviceKeyLength,
        Error::CredentialId,
    ];
    errors.extend(labels.map(Error::Label));
    errors.extend(parts.into_iter().flat_map(|part| {
        [Error::Missing { part }, Error::Repeated { part }, Error::OutOfRange { part }]
    }));
    errors.iter().map(|error| (error.to_string(), format!("{error:?}"))).collect()
});
