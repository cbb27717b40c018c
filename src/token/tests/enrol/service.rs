//! A token service of a page, from `docs/enrolment.md` alone: it knows nothing of warifu's code.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
};

use base32ct::Encoding as _;
use base64ct::{Base64, Encoding as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use hpke::{
    Deserializable as _, OpModeR, OpModeS, PskBundle, Serializable as _,
    aead::{AeadTag, ChaCha20Poly1305},
    inout::InOutBuf,
    kdf::HkdfSha256,
    kem::{Kem, X25519HkdfSha256},
    rand_core::{TryCryptoRng, TryRng},
    setup_receiver, setup_sender_with_rng,
};
use ring::rand::{SecureRandom as _, SystemRandom};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

type PrivateKey = <X25519HkdfSha256 as Kem>::PrivateKey;
type PublicKey = <X25519HkdfSha256 as Kem>::PublicKey;
type EncappedKey = <X25519HkdfSha256 as Kem>::EncappedKey;

/// What a service has of an enrolment.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) digest: [u8; 32],
    pub(super) answer: Vec<u8>,
    /// The step or counter whose code has confirmed it.
    pub(super) confirmed_by: Option<u64>,
    pub(super) binding: u8,
    pub(super) credential_id: String,
}

#[derive(Clone)]
pub(super) struct Service {
    seed: [u8; 32],
    pub(super) rows: BTreeMap<[u8; 16], Row>,
    /// The activation codes that are still good. Without any, enrolment is open.
    pub(super) codes: BTreeSet<String>,
    pub(super) used: BTreeMap<String, [u8; 16]>,
    /// What it issues.
    pub(super) unlock: &'static str,
    pub(super) hotp_counter: Option<u64>,
    /// The code key of all that it issues; if none, each has its own.
    pub(super) same_key: Option<[u8; 20]>,
    /// Its clock, in Unix ms.
    pub(super) clock: i64,
    /// Whether what it issues demands its time.
    pub(super) synced: bool,
    /// Whether its front page comes of a cache.
    pub(super) ages: bool,
    /// What it says to every confirmation that is genuine and not confirmed, instead of judging it.
    pub(super) verdict: Option<u8>,
}

/// A status, and a body where that is 200.
pub(super) type Reply = (u16, Vec<u8>);

impl Service {
    pub(super) fn new(seed: u8, clock: i64) -> Self {
        Self {
            seed: [seed; 32],
            rows: BTreeMap::new(),
            codes: BTreeSet::new(),
            used: BTreeMap::new(),
            unlock: "any",
            hotp_counter: None,
            same_key: None,
            clock,
            synced: false,
            ages: false,
            verdict: None,
        }
    }

    /// The link that leads here.
    pub(super) fn link(&self, code: Option<&str>) -> String {
        let (_, public) = self.keys();
        let mut text = [0; 52];
        let key = base32ct::Base32Unpadded::encode(&public.to_bytes(), &mut text).unwrap();
        let code = code.map(|code| format!("&c={code}")).unwrap_or_default();
        format!("https://bank.example/token#k={}{code}", key.to_ascii_uppercase())
    }

    pub(super) fn post(&mut self, url: &str, body: &[u8]) -> Reply {
        match url {
            "https://bank.example/token/enrol" => self.enrol(body),
            "https://bank.example/token/confirm" => self.confirm(body),
            "https://bank.example/token/time" => self.time(body),
            other => panic!("nobody is at {other}"),
        }
    }

    /// The `Date` of its front page, and whether there is an `Age` too.
    pub(super) fn date(&self) -> (String, bool) {
        let seconds = u64::try_from(self.clock / 1000).unwrap();
        let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        (httpdate::fmt_http_date(at), self.ages)
    }

    /// Confirmed credentials.
    pub(super) fn active(&self) -> usize {
        self.rows.values().filter(|row| row.confirmed_by.is_some()).count()
    }

    pub(super) fn code_key(id: &[u8; 16]) -> [u8; 20] {
        let digest = sha256(&[b"code", id]);
        digest[..20].try_into().unwrap()
    }

    fn enrol(&mut self, request: &[u8]) -> Reply {
        let Some((plaintext, psk)) = self.open(request) else { return (400, vec![]) };
        let id: [u8; 16] = plaintext[1..17].try_into().unwrap();
        let digest = sha256(&[request]);
        if let Some(row) = self.rows.get(&id) {
            return match row {
                row if row.digest != digest => (409, vec![]),
                row if row.confirmed_by.is_some() => (410, vec![]),
                row => (200, row.answer.clone()),
            };
        }
        let code_len = usize::from(plaintext[50]);
        let code = String::from_utf8(plaintext[51..51 + code_len].to_vec()).unwrap();
        if !code.is_empty() && !self.codes.remove(&code)
            || code.is_empty() && !self.codes.is_empty()
        {
            return (403, vec![]);
        }
        self.used.insert(code, id);
        let credential_id = format!("WRFU{:08}", self.rows.len());
        let package = self.package(&id);
        let app_key = &plaintext[17..49];
        let answer = answer(app_key, &id, &digest, &psk, package.as_bytes());
        let binding = plaintext[49];
        self.rows.insert(
            id,
            Row { digest, answer: answer.clone(), confirmed_by: None, binding, credential_id },
        );
        (200, answer)
    }

    /// What a request holds, and the psk.
    pub(super) fn open(&self, request: &[u8]) -> Option<(Vec<u8>, [u8; 32])> {
        let (private, public) = self.keys();
        if request.len() != 153
            || request[..9] != [&[1], &sha256(&[&public.to_bytes()])[..8]].concat()
        {
            return None;
        }
        let mut context = setup_receiver::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &private,
            &EncappedKey::from_bytes(&request[9..41]).ok()?,
            b"warifu enrol request 1",
        )
        .ok()?;
        let mut plaintext = request[41..137].to_vec();
        let tag = AeadTag::from_bytes(&request[137..]).ok()?;
        let buffer = InOutBuf::from(&mut plaintext[..]);
        context.open_inout_detached(buffer, &request[..9], &tag).ok()?;
        let mut psk = [0; 32];
        context.export(b"warifu enrol psk 1", &mut psk).ok()?;
        assert_eq!((plaintext[0], &plaintext[67..]), (1, &[0; 29][..]));
        Some((plaintext, psk))
    }

    fn confirm(&mut self, message: &[u8]) -> Reply {
        let at = message.len() - 32;
        let (body, tag) = message.split_at(at);
        let id: [u8; 16] = body[1..17].try_into().unwrap();
        let genuine = mac(&device_key(&id), &[b"warifu confirm 1", body]);
        let known = self.rows.get(&id).is_some_and(|row| row.digest == body[17..49]);
        if !known || tag != genuine {
            return (404, vec![]);
        }
        assert_eq!((body[0], usize::from(body[65])), (1, body.len() - 66));
        let code = std::str::from_utf8(&body[66..]).unwrap();
        let verdict = self.judge(&id, code);
        (200, Self::verdict(&id, message, verdict, self.clock))
    }

    /// Tells its time to whom it knows.
    fn time(&self, message: &[u8]) -> Reply {
        let (body, tag) = message.split_at(message.len() - 32);
        assert_eq!((body[0], body.len()), (1, 2 + usize::from(body[1]) + 16));
        let named = std::str::from_utf8(&body[2..body.len() - 16]).unwrap();
        let known = self.rows.iter().find(|(_, row)| row.credential_id == named);
        let Some((id, _)) = known.filter(|(_, row)| row.confirmed_by.is_some()) else {
            return (404, vec![]);
        };
        if tag != mac(&device_key(id), &[b"warifu time 1", body]) {
            return (404, vec![]);
        }
        let mut out = vec![1];
        out.extend_from_slice(&self.clock.to_be_bytes());
        out.extend_from_slice(&self.clock.to_be_bytes());
        let digest = sha256(&[message]);
        let tag = mac(&device_key(id), &[b"warifu time answer 1", &digest, &out]);
        out.extend_from_slice(&tag);
        (200, out)
    }

    fn judge(&mut self, id: &[u8; 16], code: &str) -> u8 {
        let candidates: Vec<u64> = match self.hotp_counter {
            Some(counter) => (counter..counter + 10).collect(),
            None => {
                let step = u64::try_from(self.clock / 30_000).unwrap();
                (step - 10..=step + 10).collect()
            }
        };
        let key = self.key_of(id);
        let row = self.rows.get_mut(id).unwrap();
        if row.confirmed_by.is_some() {
            return 1;
        }
        if let Some(verdict) = self.verdict {
            return verdict;
        }
        row.confirmed_by = candidates.into_iter().find(|counter| hotp(&key, *counter) == code);
        if row.confirmed_by.is_some() { 1 } else { 2 }
    }

    pub(super) fn verdict(id: &[u8; 16], message: &[u8], verdict: u8, clock: i64) -> Vec<u8> {
        let mut out = vec![1, verdict];
        out.extend_from_slice(&clock.to_be_bytes());
        let digest = sha256(&[message]);
        let tag = mac(&device_key(id), &[b"warifu confirm answer 1", &digest, &out]);
        out.extend_from_slice(&tag);
        out
    }

    pub(super) fn package(&self, id: &[u8; 16]) -> String {
        let serial = format!("WRFU{:08}", self.rows.len());
        let values = match self.hotp_counter {
            Some(counter) => format!("<Counter><PlainValue>{counter}</PlainValue></Counter>"),
            None => "<Time><PlainValue>0</PlainValue></Time>\
                     <TimeInterval><PlainValue>30</PlainValue></TimeInterval>"
                .to_owned(),
        };
        let algorithm = if self.hotp_counter.is_some() { "hotp" } else { "totp" };
        let (code, device) = (self.key_of(id), device_key(id));
        let (code, device) = (base64(&code), base64(&device));
        let unlock = self.unlock;
        let clock = if self.synced { r#" Clock="synced""# } else { "" };
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<KeyContainer xmlns="urn:ietf:params:xml:ns:keyprov:pskc" Version="1.0">
 <KeyPackage>
  <DeviceInfo><Manufacturer>warifu</Manufacturer><SerialNo>{serial}</SerialNo></DeviceInfo>
  <Key Id="{serial}" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:{algorithm}">
   <Issuer>割符信用金庫</Issuer>
   <AlgorithmParameters><ResponseFormat Length="6" Encoding="DECIMAL"/></AlgorithmParameters>
   <Data><Secret><PlainValue>{code}</PlainValue></Secret>{values}</Data>
   <Policy><KeyUsage>OTP</KeyUsage><CredentialPolicy xmlns="urn:x-warifu:pskc:1" Unlock="{unlock}" Export="no"{clock}/></Policy>
  </Key>
 </KeyPackage>
 <KeyPackage>
  <DeviceInfo><Manufacturer>warifu</Manufacturer><SerialNo>{serial}</SerialNo></DeviceInfo>
  <Key Id="{serial}.device" Algorithm="http://www.w3.org/2001/04/xmldsig-more#hmac-sha256">
   <Data><Secret><PlainValue>{device}</PlainValue></Secret></Data>
   <Policy><KeyUsage>Integrity</KeyUsage></Policy>
  </Key>
 </KeyPackage>
</KeyContainer>"#
        )
    }

    fn key_of(&self, id: &[u8; 16]) -> [u8; 20] {
        self.same_key.unwrap_or_else(|| Self::code_key(id))
    }

    fn keys(&self) -> (PrivateKey, PublicKey) {
        X25519HkdfSha256::derive_keypair(&self.seed)
    }
}

fn base64(key: &[u8]) -> String {
    let mut text = [0; 64];
    Base64::encode(key, &mut text).unwrap().to_owned()
}

/// Seals a package for a request.
pub(super) fn answer(
    app_key: &[u8],
    id: &[u8; 16],
    digest: &[u8; 32],
    psk: &[u8; 32],
    package: &[u8],
) -> Vec<u8> {
    let info = [&b"warifu enrol answer 1"[..], digest].concat();
    let (enc, mut context) =
        setup_sender_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Psk(PskBundle::new(psk, id).unwrap()),
            &PublicKey::from_bytes(app_key).unwrap(),
            &info,
            &mut Rng,
        )
        .unwrap();
    let mut sealed = package.to_vec();
    let tag = context.seal_inout_detached(InOutBuf::from(&mut sealed[..]), &[1]).unwrap();
    [&[1], &enc.to_bytes()[..], &sealed, &tag.to_bytes()[..]].concat()
}

/// Six digits (RFC 4226, section 5.3). Of a time step it is the code of TOTP.
fn hotp(key: &[u8], counter: u64) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).unwrap();
    mac.update(&counter.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 15);
    let cut = u32::from_be_bytes(hash[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", cut % 1_000_000)
}

fn device_key(id: &[u8; 16]) -> [u8; 32] {
    sha256(&[b"device", id])
}

pub(super) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut digest = Sha256::new();
    parts.iter().for_each(|part| digest.update(part));
    digest.finalize().into()
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// The system's randomness, as `hpke` wants it.
struct Rng;

impl TryRng for Rng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes).map(|()| u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes).map(|()| u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        SystemRandom::new().fill(to).unwrap();
        Ok(())
    }
}

impl TryCryptoRng for Rng {}
