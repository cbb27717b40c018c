//! A token that asks for the time, by `docs/enrolment.md` alone.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use ring::{digest, hmac};
use warifu::{
    provision::enrol::{CONTENT_TYPE, Issued},
    secret::{Random as _, SystemRandom},
};

use crate::support::http::{Answer, Request};

/// A message that asks, and the key that its answer must be under.
#[derive(Clone)]
pub struct Asking {
    pub message: Vec<u8>,
    key: hmac::Key,
}

impl Asking {
    pub fn of(issued: &Issued) -> Self {
        let key = issued.credential().keys.device.as_ref().unwrap();
        Self::new(issued.credential_id().unwrap().as_str(), key.secret().expose())
    }

    pub fn new(credential_id: &str, device_key: &[u8]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, device_key);
        let mut nonce = [0; 16];
        SystemRandom::new().fill(&mut nonce).unwrap();
        let length = u8::try_from(credential_id.len()).unwrap();
        let body = [&[1, length], credential_id.as_bytes(), &nonce].concat();
        let mac = hmac::sign(&key, &[b"warifu time 1", body.as_slice()].concat());
        Self { message: [&body, mac.as_ref()].concat(), key }
    }

    pub fn request(&self) -> Request {
        octets(&self.message)
    }

    /// When it was received and when the answer was sent, by the service's own word on this message.
    pub fn stamps(&self, answer: &Answer) -> (i64, i64) {
        assert_eq!((answer.status, answer.bytes.len()), (200, 49), "{answer:?}");
        let (body, mac) = answer.bytes.split_at(17);
        let digest = digest::digest(&digest::SHA256, &self.message);
        let signed = [b"warifu time answer 1", digest.as_ref(), body].concat();
        hmac::verify(&self.key, &signed, mac).unwrap();
        let (version, stamps) = body.split_first().unwrap();
        assert_eq!(*version, 1);
        let (received, sent) = stamps.split_first_chunk().unwrap();
        (i64::from_be_bytes(*received), i64::from_be_bytes(sent.try_into().unwrap()))
    }
}

pub fn octets(message: &[u8]) -> Request {
    Request::new("POST", "/token/time").header("Content-Type", CONTENT_TYPE).body(message)
}
