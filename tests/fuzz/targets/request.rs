//! Any bytes as a request, and any plaintext in a request that is sealed as a token would, on the
//! service's side.
//!
//! The first byte says which: even, the rest is the request; odd, its plaintext, with zeros up to its 96
//! bytes. Nothing opens but what was sealed to a key of the service; of that, exactly what the page has
//! is taken, and its answer opens for the token that asked, and for no other.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use ring::{
    agreement::{EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral},
    rand::SystemRandom,
};
use warifu_fuzz::{
    Repeatable, memory,
    token::{APP_KEY, KEYS, PLAINTEXT_LEN, Sent, open, request},
};
use warifu_issuer::{Request, Unreadable};

const PACKAGE: &[u8] = b"<KeyContainer/>";
const SOUND: &[u8] = include_bytes!("../seeds/request/whole");

fuzz_target!(init: { let _ = (&*KEYS, &*APP_KEY, sealed_to_none(&[])); }, |bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else { return };
    memory::watch((16 << 10) + rest.len(), || match kind % 2 {
        0 => judge_request(rest),
        _ => judge_plaintext(rest),
    });
});

fn judge_request(request: &[u8]) {
    match Request::open(&KEYS, request) {
        Ok(_) => assert_eq!(request, &SOUND[1..]),
        Err(Unreadable) => assert_ne!(request, &SOUND[1..]),
    }
}

fn judge_plaintext(bytes: &[u8]) {
    let mut plaintext = [0; PLAINTEXT_LEN];
    for (to, from) in plaintext.iter_mut().zip(bytes) {
        *to = *from;
    }
    let sent = request(&plaintext);
    let opened = Request::open(&KEYS, &sent.request);
    assert_eq!(opened.is_ok(), is_sound(&plaintext), "{plaintext:?}");
    let Ok(opened) = opened else { return };
    assert_eq!((&opened.id.0[..], opened.binding), (&plaintext[1..17], plaintext[49]));
    let code = opened.activation.as_ref().map_or("", |code| code.expose());
    assert_eq!(code.as_bytes(), &plaintext[51..][..usize::from(plaintext[50])]);
    let said = format!("Request {{ id: {:?}, .. }}", opened.id);
    assert_eq!(format!("{opened:?}"), said, "more is printed than the ID");

    // With a key whose other half is here.
    plaintext[17..49].copy_from_slice(&*APP_KEY);
    let sent = request(&plaintext);
    let opened = Request::open(&KEYS, &sent.request).unwrap();
    let answer = opened.answer(PACKAGE, &Repeatable::default()).unwrap();
    assert_eq!(open(&answer, &plaintext[1..17], &sent).as_deref(), Some(PACKAGE));
    let other = Sent { psk: [0; 32], ..sent };
    assert_eq!(open(&answer, &plaintext[1..17], &other), None);
}

/// `docs/enrolment.md`, "The request".
fn is_sound(plaintext: &[u8; PLAINTEXT_LEN]) -> bool {
    let code = &plaintext[51..67];
    let is_code = match plaintext[50] {
        0 => code == [0; 16],
        16 => code.iter().all(u8::is_ascii_digit) && luhn(code).is_multiple_of(10),
        _ => false,
    };
    plaintext[0] == 1
        && plaintext[49] <= 2
        && is_code
        && plaintext[67..] == [0; 29]
        && !sealed_to_none(&plaintext[17..49])
}

/// From the right, every second digit counts twice, its own digits added up.
fn luhn(code: &[u8]) -> u32 {
    let digits = code.iter().rev().map(|digit| u32::from(digit - b'0'));
    digits
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum()
}

/// With such a key anybody agrees on the same secret, by another library.
fn sealed_to_none(key: &[u8]) -> bool {
    static RANDOM: LazyLock<SystemRandom> = LazyLock::new(SystemRandom::new);
    let ours = EphemeralPrivateKey::generate(&X25519, &*RANDOM).unwrap();
    agree_ephemeral(ours, &UnparsedPublicKey::new(&X25519, key), |_| ()).is_err()
}
