//! An entry record's plaintext: one credential (`docs/vault-format.md`, "Entry").

use zeroize::Zeroizing;

use super::wire::Reader;
use crate::{
    credential::{
        Credential, CredentialId, EntryId, Generator, Keys, Label, Names, NewCredential, Origin,
        Policy, RequestId, Seed, TokenService, UnlockPolicy, WebAddress,
    },
    otp::{
        Algorithm, Digits,
        totp::{Period, Steps},
    },
    secret::Secret,
};

pub(super) const KIND: u8 = 1;

/// The layout of the plaintext; a record of another layout is kept and not read.
const LAYOUT: u8 = 1;

/// Origins.
const OTPAUTH: u8 = 1;
const ENROLMENT: u8 = 2;
/// Its service's base follows the names.
const ENROLMENT_WITH_BASE: u8 = 3;
/// And the ID of the service's key.
const ENROLMENT_WITH_SERVICE: u8 = 4;

/// What stands for a key that was not written down.
const NO_KEY: [u8; 8] = [0; 8];

/// Bits of the policy.
const USER_VERIFICATION: u8 = 1;
const SYNCED_CLOCK: u8 = 2;

/// What an entry record turned out to be.
pub(super) enum Decoded {
    Credential(Box<Credential>),
    /// Made by a later warifu in a way that this one does not know. Kept, not shown.
    Newer,
}

/// The plaintext, in a buffer that never grows and wipes itself.
pub(super) fn encode(credential: &Credential) -> Zeroizing<Vec<u8>> {
    let Credential { id: _, rank, last_request, content } = credential;
    let NewCredential { names, keys, generator, origin, policy, service } = content;
    let keys = [(1, Some(&keys.code)), (2, keys.sign.as_ref()), (3, keys.device.as_ref())];
    let mut out = Zeroizing::new(Vec::with_capacity(encoded_len(content, &keys)));
    out.push(LAYOUT);
    out.extend_from_slice(&rank.to_be_bytes());
    out.push(match (origin, service) {
        (Origin::Otpauth, _) => OTPAUTH,
        (Origin::Enrolment, None) => ENROLMENT,
        (Origin::Enrolment, Some(service)) if service.key_id == NO_KEY => ENROLMENT_WITH_BASE,
        (Origin::Enrolment, Some(_)) => ENROLMENT_WITH_SERVICE,
    });
    out.push(policy_bits(*policy));
    out.push(policy.may_leave_device.into());
    for text in texts(names) {
        push_counted(&mut out, text.as_bytes());
    }
    if let (Origin::Enrolment, Some(service)) = (origin, service) {
        push_counted(&mut out, service.base.as_str().as_bytes());
        if service.key_id != NO_KEY {
            out.extend_from_slice(&service.key_id);
        }
    }
    push_generator(&mut out, generator, *last_request);
    out.push(u8::try_from(keys.iter().filter(|(_, key)| key.is_some()).count()).unwrap_or(0));
    for (purpose, key) in keys {
        if let Some(seed) = key {
            out.push(purpose);
            push_counted(&mut out, seed.secret().expose());
        }
    }
    out
}

/// The credential in a plaintext; `None` where the bytes do not fit the layout.
pub(super) fn decode(id: EntryId, plaintext: &[u8]) -> Option<Decoded> {
    let mut reader = Reader::new(plaintext);
    if reader.u8()? != LAYOUT {
        return Some(Decoded::Newer);
    }
    let rank = reader.u32()?;
    let written = reader.u8()?;
    let origin = match written {
        OTPAUTH => Origin::Otpauth,
        ENROLMENT | ENROLMENT_WITH_BASE | ENROLMENT_WITH_SERVICE => Origin::Enrolment,
        _ => return Some(Decoded::Newer),
    };
    let policy_bits = reader.u8()?;
    if policy_bits & !(USER_VERIFICATION | SYNCED_CLOCK) != 0 {
        return Some(Decoded::Newer);
    }
    let unlock = match policy_bits & USER_VERIFICATION {
        0 => UnlockPolicy::Any,
        _ => UnlockPolicy::UserVerification,
    };
    let synced_clock = policy_bits & SYNCED_CLOCK != 0;
    let policy = Policy { unlock, may_leave_device: reader.flag()?, synced_clock };
    let names = Names {
        issuer: read_text(&mut reader, |text| Label::new(text).ok())?,
        account: read_text(&mut reader, |text| Label::new(text).ok())?,
        credential_id: read_text(&mut reader, |text| CredentialId::new(text).ok())?,
    };
    let service = match written {
        ENROLMENT_WITH_BASE | ENROLMENT_WITH_SERVICE => Some(read_service(&mut reader, written)?),
        _ => None,
    };
    let Some((generator, last_request)) = read_generator(&mut reader)? else {
        return Some(Decoded::Newer);
    };
    let keys = read_keys(&mut reader)?;
    reader.finish()?;
    let content = NewCredential { names, keys, generator, origin, policy, service };
    Some(Decoded::Credential(Box::new(Credential { id, rank, last_request, content })))
}

fn texts(names: &Names) -> [&str; 3] {
    [
        names.issuer.as_ref().map_or("", Label::as_str),
        names.account.as_ref().map_or("", Label::as_str),
        names.credential_id.as_ref().map_or("", CredentialId::as_str),
    ]
}

fn policy_bits(policy: Policy) -> u8 {
    let unlock = match policy.unlock {
        UnlockPolicy::Any => 0,
        UnlockPolicy::UserVerification => USER_VERIFICATION,
    };
    if policy.synced_clock { unlock | SYNCED_CLOCK } else { unlock }
}

/// An upper bound: 64 bytes hold every part of fixed length.
fn encoded_len(content: &NewCredential, keys: &[(u8, Option<&Seed>); 3]) -> usize {
    let seeds = keys.iter().filter_map(|(_, key)| key.map(|seed| seed.secret().len()));
    let service = content.service.iter().map(|service| service.base.as_str().len());
    let texts = texts(&content.names).map(str::len);
    texts.into_iter().chain(service).chain(seeds).fold(64, usize::saturating_add)
}

fn push_counted(out: &mut Vec<u8>, bytes: &[u8]) {
    // Labels and seeds are bounded far below 64 KiB by their types.
    out.extend_from_slice(&u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes());
    out.extend_from_slice(bytes);
}

fn push_generator(out: &mut Vec<u8>, generator: &Generator, last_request: Option<RequestId>) {
    match generator {
        Generator::Totp { algorithm, digits, steps } => {
            out.extend_from_slice(&[1, algorithm_number(*algorithm), digits.count()]);
            out.extend_from_slice(&steps.period.secs().to_be_bytes());
            out.extend_from_slice(&steps.t0.to_be_bytes());
        }
        Generator::Hotp { algorithm, digits, counter } => {
            out.extend_from_slice(&[2, algorithm_number(*algorithm), digits.count()]);
            out.extend_from_slice(&counter.to_be_bytes());
            out.push(last_request.is_some().into());
            if let Some(RequestId(request)) = last_request {
                out.extend_from_slice(&request);
            }
        }
    }
}

/// `Some(None)` for a generator of a later warifu.
#[allow(clippy::option_option, reason = "malformed and unknown are two different things")]
fn read_generator(reader: &mut Reader<'_>) -> Option<Option<(Generator, Option<RequestId>)>> {
    let kind = reader.u8()?;
    if !(1..=2).contains(&kind) {
        return Some(None);
    }
    let algorithm = match reader.u8()? {
        1 => Algorithm::Sha1,
        2 => Algorithm::Sha256,
        3 => Algorithm::Sha512,
        _ => return Some(None),
    };
    let digits = Digits::new(reader.u8()?).ok()?;
    if kind == 1 {
        let period = Period::from_secs(reader.u32()?).ok()?;
        let steps = Steps { period, t0: reader.i64()? };
        return Some(Some((Generator::Totp { algorithm, digits, steps }, None)));
    }
    let counter = reader.u64()?;
    let last_request = if reader.flag()? { Some(RequestId(reader.array()?)) } else { None };
    Some(Some((Generator::Hotp { algorithm, digits, counter }, last_request)))
}

fn algorithm_number(algorithm: Algorithm) -> u8 {
    match algorithm {
        Algorithm::Sha1 => 1,
        Algorithm::Sha256 => 2,
        Algorithm::Sha512 => 3,
    }
}

/// As it was written: an address has one text, and a key that is named is one.
fn read_service(reader: &mut Reader<'_>, origin: u8) -> Option<TokenService> {
    let text = std::str::from_utf8(reader.counted()?).ok()?;
    let base = WebAddress::parse(text).ok().filter(|address| address.as_str() == text)?;
    let key_id = match origin {
        ENROLMENT_WITH_SERVICE => reader.array().filter(|key_id| *key_id != NO_KEY)?,
        _ => NO_KEY,
    };
    Some(TokenService { base, key_id })
}

/// An empty text is no text; any other must pass its type's own rules.
#[allow(clippy::option_option, reason = "malformed and absent are two different things")]
fn read_text<T>(
    reader: &mut Reader<'_>,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Option<Option<T>> {
    match std::str::from_utf8(reader.counted()?).ok()? {
        "" => Some(None),
        text => parse(text).map(Some),
    }
}

/// Purposes ascend, each at most once; the code key is always there.
fn read_keys(reader: &mut Reader<'_>) -> Option<Keys> {
    let mut keys = [None, None, None];
    let mut last = 0;
    for _ in 0..reader.u8()? {
        let purpose = reader.u8().filter(|&purpose| purpose > last)?;
        last = purpose;
        let seed = Seed::new(Secret::copy_of(reader.counted()?)).ok()?;
        *keys.get_mut(usize::from(purpose).checked_sub(1)?)? = Some(seed);
    }
    let [code, sign, device] = keys;
    Some(Keys { code: code?, sign, device })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credential(generator: Generator) -> Credential {
        let seed = |byte| Seed::new(Secret::copy_of(&[byte; 20])).unwrap();
        let names = Names {
            issuer: Some(Label::new("割符信用金庫").unwrap()),
            account: None,
            credential_id: Some(CredentialId::new("WRFU12345678").unwrap()),
        };
        let keys = Keys { code: seed(1), sign: Some(seed(2)), device: Some(seed(3)) };
        let policy = Policy {
            unlock: UnlockPolicy::UserVerification,
            may_leave_device: true,
            synced_clock: true,
        };
        let last_request = match generator {
            Generator::Hotp { .. } => Some(RequestId([9; 16])),
            Generator::Totp { .. } => None,
        };
        let origin = match generator {
            Generator::Hotp { .. } => Origin::Enrolment,
            Generator::Totp { .. } => Origin::Otpauth,
        };
        let base = WebAddress::parse("https://bank.example/token").unwrap();
        let service =
            matches!(origin, Origin::Enrolment).then_some(TokenService { base, key_id: [8; 8] });
        let content = NewCredential { names, keys, generator, origin, policy, service };
        Credential { id: EntryId([4; 16]), rank: 7, last_request, content }
    }

    fn each_generator() -> [Generator; 2] {
        let (algorithm, digits) = (Algorithm::Sha512, Digits::EIGHT);
        let steps = Steps { t0: -5, period: Period::from_secs(60).unwrap() };
        [
            Generator::Totp { algorithm, digits, steps },
            Generator::Hotp { algorithm, digits, counter: 41 },
        ]
    }

    #[test]
    fn what_goes_in_comes_out_without_the_buffer_growing() {
        for generator in each_generator() {
            let original = credential(generator);
            let plaintext = encode(&original);
            let Some(Decoded::Credential(read)) = decode(original.id, &plaintext) else {
                panic!("not read back")
            };
            assert_eq!(format!("{read:?}"), format!("{original:?}"));
            assert_eq!(read.content.keys.sign, original.content.keys.sign);
            assert_eq!(encode(&read)[..], plaintext[..]);
            assert_eq!(read.content.service, original.content.service);
            let keys = &original.content.keys;
            let keys = [(1, Some(&keys.code)), (2, keys.sign.as_ref()), (3, keys.device.as_ref())];
            assert!(plaintext.len() <= encoded_len(&original.content, &keys));
        }
    }

    #[test]
    fn no_prefix_and_no_longer_text_is_an_entry() {
        for generator in each_generator() {
            let mut plaintext = encode(&credential(generator)).to_vec();
            for len in 0..plaintext.len() {
                assert!(decode(EntryId([0; 16]), &plaintext[..len]).is_none(), "{len}");
            }
            plaintext.push(0);
            assert!(decode(EntryId([0; 16]), &plaintext).is_none());
        }
    }

    #[test]
    fn an_entry_of_a_later_layout_or_generator_is_newer_not_malformed() {
        let mut plaintext = encode(&credential(each_generator()[0])).to_vec();
        plaintext[0] = 2;
        assert!(matches!(decode(EntryId([0; 16]), &plaintext), Some(Decoded::Newer)));
    }
}
