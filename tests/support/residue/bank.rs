//! A bank's token service for one enrolment (`docs/enrolment.md`). It lives in the parent, which so
//! knows every secret that the child's enrolment makes.

use ring::digest::{SHA256, digest};
use warifu::otp::Algorithm;

use crate::{
    forms,
    memory::Needle,
    sealing::{Context, Key, Pair, mac},
    store::random,
};

pub(crate) struct Bank {
    service: Pair,
    activation: String,
    /// What it issues, by purpose.
    pub(crate) code_key: Vec<u8>,
    sign_key: Vec<u8>,
    device_key: Vec<u8>,
    /// What came of the request: its digest, the psk, both contexts.
    enrolled: Option<(Key, Key, [Context; 2])>,
}

impl Bank {
    pub(crate) fn new() -> Self {
        Self {
            service: Pair::derive(&random::<32>()),
            activation: activation_code(),
            code_key: random::<20>().to_vec(),
            sign_key: random::<32>().to_vec(),
            device_key: random::<32>().to_vec(),
            enrolled: None,
        }
    }

    pub(crate) fn link(&self) -> String {
        let key = forms::base32(&self.service.public);
        format!("https://bank.example/token#k={key}&c={}", self.activation)
    }

    /// The answer to a request, the verdict on a confirmation.
    pub(crate) fn post(&mut self, url: &str, body: &[u8]) -> Vec<u8> {
        match url {
            "https://bank.example/token/enrol" => self.enrol(body),
            "https://bank.example/token/confirm" => self.confirm(body),
            _ => panic!("nobody is there"),
        }
    }

    /// All that is secret of it, on the token's side. `drawn`: the random bytes of a key's length
    /// that the token has drawn, two of which are its key pairs'.
    pub(crate) fn needles<'a>(&self, drawn: impl Iterator<Item = &'a Vec<u8>>) -> Vec<Needle> {
        let mut needles = forms::of_text("activation code", &self.activation, 13);
        let numbers: Vec<u8> = self.activation.bytes().map(|digit| digit - b'0').collect();
        needles.extend(Needle::pieces("activation code, numbers", &numbers, 13, 1));
        for (whose, key, algorithm) in [
            ("issued code key", &self.code_key, Algorithm::Sha1),
            ("issued sign key", &self.sign_key, Algorithm::Sha256),
            ("issued device key", &self.device_key, Algorithm::Sha256),
        ] {
            needles.extend(forms::of_seed(whose, key, algorithm));
            needles.extend(forms::of_text(&format!("{whose}: base64"), &base64(key), 12));
        }
        for random in drawn {
            needles.extend(Pair::derive(random).needles("the token"));
        }
        if let Some((_, psk, [request, answer])) = &self.enrolled {
            needles.extend(forms::of_bytes("psk", psk));
            needles.extend(request.needles("request"));
            needles.extend(answer.needles("answer"));
        }
        needles
    }

    fn enrol(&mut self, request: &[u8]) -> Vec<u8> {
        let enc = request[9..41].try_into().unwrap();
        let opened = Context::of_receiver(&self.service, enc, b"warifu enrol request 1");
        let plaintext = opened.open(&request[..9], &request[41..]);
        assert_eq!(&plaintext[51..67], self.activation.as_bytes());
        let psk = opened.export(b"warifu enrol psk 1");
        let digest = sha256(request);

        let info = [&b"warifu enrol answer 1"[..], &digest].concat();
        let (id, app_key) = (&plaintext[1..17], plaintext[17..49].try_into().unwrap());
        let pair = Pair::derive(&random::<32>());
        let sealed = Context::of_sender(&pair, app_key, &info, &psk, id);
        let package = self.package();
        let answer = [&[1], &pair.public[..], &sealed.seal(&[1], package.as_bytes())].concat();
        self.enrolled = Some((digest, psk, [opened, sealed]));
        answer
    }

    fn confirm(&self, message: &[u8]) -> Vec<u8> {
        let (digest, ..) = self.enrolled.as_ref().unwrap();
        let (body, tag) = message.split_at(message.len() - 32);
        assert_eq!(&body[17..49], digest);
        assert_eq!(tag, mac(&self.device_key, &[b"warifu confirm 1", body]));
        let verdict = [1, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        let signed: [&[u8]; 3] = [b"warifu confirm answer 1", &sha256(message), &verdict];
        [&verdict[..], &mac(&self.device_key, &signed)].concat()
    }

    fn package(&self) -> String {
        let package = |suffix, algorithm, head, key, more, usage| {
            format!(
                "<KeyPackage><DeviceInfo><SerialNo>WRFU12345678</SerialNo></DeviceInfo>\
                 <Key Id=\"WRFU12345678{suffix}\" Algorithm=\"{algorithm}\">{head}<Data><Secret>\
                 <PlainValue>{}</PlainValue></Secret>{more}</Data><Policy><KeyUsage>{usage}\
                 </KeyUsage></Policy></Key></KeyPackage>",
                base64(key)
            )
        };
        let head = "<Issuer>Bank</Issuer><AlgorithmParameters><ResponseFormat Length=\"6\" \
                    Encoding=\"DECIMAL\"/></AlgorithmParameters>";
        let steps = "<Time><PlainValue>0</PlainValue></Time>\
                     <TimeInterval><PlainValue>30</PlainValue></TimeInterval>";
        let totp = "urn:ietf:params:xml:ns:keyprov:pskc:totp";
        let hmac = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";
        format!(
            "<KeyContainer xmlns=\"urn:ietf:params:xml:ns:keyprov:pskc\" Version=\"1.0\">\
             {}{}{}</KeyContainer>",
            package("", totp, head, &self.code_key, steps, "OTP"),
            package(".sign", "OCRA", "", &self.sign_key, "", "CR"),
            package(".device", hmac, "", &self.device_key, "", "Integrity"),
        )
    }
}

/// 15 random digits and the check digit.
fn activation_code() -> String {
    let digits = random::<15>().map(|byte| byte % 10);
    let doubled = |(at, digit): (usize, &u8)| if at % 2 == 0 { digit * 2 } else { *digit };
    let sum: u8 = digits.iter().enumerate().map(doubled).map(|n| n / 10 + n % 10).sum();
    let check = (10 - sum % 10) % 10;
    digits.iter().chain([&check]).map(|digit| char::from(b'0' + digit)).collect()
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> =
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let letter = |six: &[u8]| {
        let number = six.iter().fold(0, |number, bit| number << 1 | bit) << (6 - six.len());
        char::from(LETTERS[usize::from(number)])
    };
    let text: String = bits.chunks(6).map(letter).collect();
    let padding = "=".repeat((4 - text.len() % 4) % 4);
    text + &padding
}

fn sha256(bytes: &[u8]) -> Key {
    digest(&SHA256, bytes).as_ref().try_into().unwrap()
}
