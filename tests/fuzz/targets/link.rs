//! Any bytes as an enrolment link, and as an activation code that is typed. Each is accepted exactly
//! if an independent reading of `docs/enrolment.md` accepts it, and means what that reads.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warifu::provision::enrol::{ActivationCode, BindingLevel, Link, Pending};
use warifu_fuzz::{Repeatable, memory, vault_file::sha256};

fuzz_target!(|bytes: &[u8]| {
    memory::watch(16 << 10, || {
        judge_link(bytes);
        judge_code(bytes);
    });
});

fn judge_link(bytes: &[u8]) {
    let (link, model) = match (Link::parse(bytes), Model::read(bytes)) {
        (Ok(link), Some(model)) => (link, model),
        (Err(error), None) => return assert!(!error.to_string().is_empty()),
        (link, model) => panic!("{link:?}, not {model:?}"),
    };
    assert_eq!(link.has_activation(), model.code.is_some());
    let said = format!("{link:?}");
    // A host or a path may have the same digits.
    let shows = |code: &String| said.contains(code) && !model.base.contains(code);
    assert!(!model.code.as_ref().is_some_and(shows), "{said}");
    // Only some keys are a point that something can be agreed with.
    let Ok(pending) = Pending::begin(&link, BindingLevel::None, &Repeatable::default()) else {
        return;
    };
    assert_eq!(pending.request_url(), format!("{}/enrol", model.base));
    assert!(model.base.ends_with(link.host()) || model.base.contains(&format!("{}/", link.host())));
    assert_eq!(pending.request()[1..9], sha256(&model.key)[..8]);
    assert!(pending.is_for(&link));
    let (same, other) = (model.code.unwrap_or_default(), "1234567890123452");
    let other_code = ActivationCode::parse(other.as_bytes()).unwrap();
    assert_eq!(pending.is_for(&link.with_activation(other_code)), same == other);
}

fn judge_code(typed: &[u8]) {
    let model = digits(typed).filter(|code| fits(code));
    match (ActivationCode::parse(typed), model) {
        (Ok(code), Some(model)) => {
            assert_eq!(code, ActivationCode::parse(model.as_bytes()).unwrap());
            assert!(!format!("{code:?}").contains(&model));
        }
        (Err(error), None) => assert!(!error.to_string().is_empty()),
        (code, model) => panic!("{code:?}, not {model:?}"),
    }
}

#[derive(Debug)]
struct Model {
    base: String,
    key: Vec<u8>,
    code: Option<String>,
}

impl Model {
    fn read(bytes: &[u8]) -> Option<Self> {
        let link = std::str::from_utf8(bytes.trim_ascii()).ok().filter(|link| link.len() <= 640)?;
        let (address, fragment) = link.split_once('#')?;
        let base = base(address)?;
        let (mut keys, mut codes) = (Vec::new(), Vec::new());
        for parameter in fragment.split('&') {
            match parameter.split_once('=')? {
                ("k", key) => keys.push(base32(key)?),
                ("c", code) => codes.push(code.to_owned()),
                _ => return None,
            }
        }
        let is_code = |code: &String| code.bytes().all(|byte| byte.is_ascii_digit()) && fits(code);
        (keys.len() == 1 && codes.len() <= 1 && codes.iter().all(is_code)).then_some(())?;
        Some(Self { base, key: keys.pop()?, code: codes.pop() })
    }
}

fn base(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://").filter(|_| address.len() <= 512)?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (scheme, authority) = (scheme.to_ascii_lowercase(), authority.to_ascii_lowercase());
    // The last colon outside of brackets parts the port.
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority.as_str(), None),
    };
    let is_of = |text: &str, signs: &str| {
        text.chars().all(|c| c.is_ascii_alphanumeric() || signs.contains(c))
    };
    let is_host = match host.strip_prefix('[') {
        Some(inner) => {
            let inner = inner.strip_suffix(']')?;
            let is_digit = |c: char| c.is_ascii_hexdigit() || c == ':' || c == '.';
            (2..46).contains(&inner.len()) && inner.chars().all(is_digit)
        }
        None => !host.is_empty() && is_of(host, "-."),
    };
    let is_port = port.is_none_or(|port| {
        let value = port.trim_start_matches('0');
        let is_number = !port.is_empty() && port.chars().all(|c| c.is_ascii_digit());
        is_number && (value.len() < 5 || value.len() == 5 && value <= "65535")
    });
    let is_secure = scheme == "https"
        || scheme == "http" && ["127.0.0.1", "[::1]", "localhost"].contains(&host);
    let is_path = is_of(path, "/-._~%!$&'()*+,;=:@");
    let base = format!("{scheme}://{authority}{path}");
    (is_host && is_port && is_secure && is_path).then(|| base.trim_end_matches('/').to_owned())
}

/// RFC 4648, section 6, of 32 bytes, without padding.
fn base32(text: &str) -> Option<Vec<u8>> {
    let digits = text.bytes().map(|byte| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'2'..=b'7' => Some(byte - b'2' + 26),
        _ => None,
    });
    let digits = digits.collect::<Option<Vec<u8>>>().filter(|digits| digits.len() == 52)?;
    let mut bits: Vec<u8> =
        digits.iter().flat_map(|digit| (0..5).rev().map(move |at| digit >> at & 1)).collect();
    let spare = bits.split_off(256);
    let byte = |bits: &[u8]| bits.iter().fold(0, |byte, bit| byte << 1 | bit);
    spare.iter().all(|bit| *bit == 0).then(|| bits.chunks(8).map(byte).collect())
}

/// The digits of what is typed, if there is nothing else in it than what may be.
fn digits(typed: &[u8]) -> Option<String> {
    let typed = std::str::from_utf8(typed).ok().filter(|typed| typed.len() <= 128)?;
    let between = "-‐‑‒–—―−ー－ｰ";
    let mut digits = String::new();
    for c in typed.chars().filter(|c| !c.is_whitespace() && !between.contains(*c)) {
        let wide = "０１２３４５６７８９".chars().position(|digit| digit == c);
        let narrow = c.to_digit(10).map(|digit| digit as usize);
        digits.push_str(&wide.or(narrow)?.to_string());
    }
    Some(digits)
}

/// 16 digits that add up, with every other one doubled, to a multiple of ten (ISO/IEC 7812-1).
fn fits(digits: &str) -> bool {
    const DOUBLED: [u32; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let values = digits.bytes().map(|digit| u32::from(digit - b'0'));
    let add = |(at, digit): (usize, u32)| if at % 2 == 0 { DOUBLED[digit as usize] } else { digit };
    digits.len() == 16 && values.enumerate().map(add).sum::<u32>() % 10 == 0
}
