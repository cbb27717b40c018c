//! A token as its service sees it: so that whatever the fuzzer makes up can be sealed and signed as a
//! token would, and gets in.

use std::sync::LazyLock;

use hpke::{
    Deserializable as _, OpModeR, OpModeS, PskBundle, Serializable as _,
    aead::{AeadTag, ChaCha20Poly1305},
    inout::InOutBuf,
    kdf::HkdfSha256,
    kem::{Kem as KemTrait, X25519HkdfSha256 as Kem},
    setup_receiver, setup_sender_with_rng,
};
use ring::hmac;
use warifu::secret::Secret;
use warifu_issuer::ServiceKeys;

use crate::{enrolment::Same, vault_file::sha256};

/// The length of what is sealed in a request.
pub const PLAINTEXT_LEN: usize = 96;

/// A credential's device key.
pub const DEVICE_KEY: [u8; 32] = [9; 32];

const SERVICE_RANDOM: [u8; 32] = [7; 32];
const APP_RANDOM: [u8; 32] = [8; 32];

/// The service's keys; an old one is among them.
pub static KEYS: LazyLock<ServiceKeys> = LazyLock::new(|| {
    let random = [[6; 32], SERVICE_RANDOM].map(|random| Secret::copy_of(&random));
    ServiceKeys::derive(&random).expect("there are two")
});

/// The public key that the token makes for this enrolment.
pub static APP_KEY: LazyLock<[u8; 32]> =
    LazyLock::new(|| Kem::derive_keypair(&APP_RANDOM).1.to_bytes().into());

/// A request and what only its token and the service know.
pub struct Sent {
    pub request: Vec<u8>,
    pub psk: [u8; 32],
}

/// The request that a token would make of this.
pub fn request(plaintext: &[u8; PLAINTEXT_LEN]) -> Sent {
    let (_, service) = Kem::derive_keypair(&SERVICE_RANDOM);
    let header = [&[1], &sha256(&service.to_bytes())[..8]].concat();
    let (enc, mut context) = setup_sender_with_rng::<ChaCha20Poly1305, HkdfSha256, Kem>(
        &OpModeS::Base,
        &service,
        b"warifu enrol request 1",
        &mut Same,
    )
    .expect("sealing takes all");
    let mut sealed = plaintext.to_vec();
    let tag = context.seal_inout_detached(InOutBuf::from(sealed.as_mut_slice()), &header);
    let tag = tag.expect("sealing takes all").to_bytes();
    let mut psk = [0; 32];
    context.export(b"warifu enrol psk 1", &mut psk).expect("32 bytes");
    let request = [&header, enc.to_bytes().as_slice(), &sealed, &tag].concat();
    Sent { request, psk }
}

/// What the token finds in an answer; nothing if it is not for this request.
pub fn open(answer: &[u8], enrolment_id: &[u8], sent: &Sent) -> Option<Vec<u8>> {
    let (version, rest) = answer.split_at_checked(1)?;
    let (enc, rest) = rest.split_at_checked(32)?;
    let (sealed, tag) = rest.split_at_checked(rest.len().checked_sub(16)?)?;
    let info = [b"warifu enrol answer 1".as_slice(), &sha256(&sent.request)].concat();
    let psk = PskBundle::new(&sent.psk, enrolment_id).ok()?;
    let mut context = setup_receiver::<ChaCha20Poly1305, HkdfSha256, Kem>(
        &OpModeR::Psk(psk),
        &Kem::derive_keypair(&APP_RANDOM).0,
        &<Kem as KemTrait>::EncappedKey::from_bytes(enc).ok()?,
        &info,
    )
    .ok()?;
    let mut package = sealed.to_vec();
    let tag = AeadTag::from_bytes(tag).ok()?;
    context.open_inout_detached(InOutBuf::from(package.as_mut_slice()), version, &tag).ok()?;
    Some(package)
}

/// The MAC by [`DEVICE_KEY`] over these parts.
pub fn mac(parts: &[&[u8]]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &DEVICE_KEY);
    hmac::sign(&key, &parts.concat()).as_ref().to_vec()
}
