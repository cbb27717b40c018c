//! Writes valid links and activation codes.

use proptest::{option, prelude::*, sample::select};

/// What a link holds.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) authority: String,
    pub(crate) path: String,
    pub(crate) key: [u8; 32],
    pub(crate) code: Option<[u8; 16]>,
    code_first: bool,
    scheme: String,
}

impl Parts {
    pub(crate) fn write(&self) -> String {
        let key = format!("k={}", base32(&self.key));
        let code = self.code.map(|code| format!("c={}", digits(code)));
        let mut parameters: Vec<String> = [Some(key), code].into_iter().flatten().collect();
        if self.code_first {
            parameters.reverse();
        }
        let Self { scheme, authority, path, .. } = self;
        format!("{scheme}://{authority}{path}#{}", parameters.join("&"))
    }
}

pub(crate) fn parts() -> impl Strategy<Value = Parts> {
    let host = prop_oneof!["[a-zA-Z0-9.-]{1,40}", "\\[[0-9a-f:]{2,39}\\]"];
    let port = prop_oneof![Just(None), any::<u16>().prop_map(Some)];
    let authority = (host, port).prop_map(|(host, port)| match port {
        Some(port) => format!("{host}:{port}"),
        None => host,
    });
    let scheme = select(vec!["https".to_owned(), "HTTPS".to_owned(), "hTtPs".to_owned()]);
    let path = "(/[a-zA-Z0-9._~%!$&'()*+,;=:@-]{0,20}){0,4}";
    (authority, path, any::<[u8; 32]>(), option::of(code()), any::<bool>(), scheme).prop_map(
        |(authority, path, key, code, code_first, scheme)| Parts {
            authority,
            path,
            key,
            code,
            code_first,
            scheme,
        },
    )
}

/// The digits of an activation code. The check digit is made by the rule's words (ISO/IEC 7812-1,
/// annex B): double every second digit, add the digits of all, and fill up to a multiple of ten.
pub(crate) fn code() -> impl Strategy<Value = [u8; 16]> {
    prop::array::uniform15(0_u8..10).prop_map(|random| {
        let mut code = [0; 16];
        code[..15].copy_from_slice(&random);
        let doubled = |(at, digit): (usize, &u8)| if at % 2 == 0 { digit * 2 } else { *digit };
        let sum: u8 = random.iter().enumerate().map(doubled).map(|n| n / 10 + n % 10).sum();
        code[15] = (10 - sum % 10) % 10;
        code
    })
}

pub(crate) fn digits(code: [u8; 16]) -> String {
    code.map(|digit| char::from(b'0' + digit)).iter().collect()
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
