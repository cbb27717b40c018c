//! An enrolment of the vectors, with what its token and its service know: so that whatever the fuzzer
//! makes up can be sealed and signed as the service would, and gets in.

use std::{convert::Infallible, sync::LazyLock};

use hpke::{
    Deserializable as _, OpModeS, PskBundle, Serializable as _,
    aead::ChaCha20Poly1305,
    inout::InOutBuf,
    kdf::HkdfSha256,
    kem::{Kem as KemTrait, X25519HkdfSha256},
    rand_core::{TryCryptoRng, TryRng},
    setup_sender_with_rng,
};
use ring::hmac;
use warifu::{
    credential::{CredentialId, Generator, Keys, Label, NewCredential, Origin, Seed},
    otp::{Algorithm, Digits, hotp},
    provision::enrol::{AwaitedVerdict, Confirmation, Issued, Pending},
    secret::Secret,
};

use crate::{Repeatable, vault_file::sha256};

/// The pending record before and after the answer.
pub const REQUESTED: &[u8] = include_bytes!("../seeds/record/requested-0");
pub const ANSWERED: &[u8] = include_bytes!("../seeds/record/answered-0");

/// The parts of a record (`docs/enrolment.md`, "What the token keeps").
pub struct Record<'a> {
    pub stage: u8,
    pub base: &'a [u8],
    pub enrolment_id: &'a [u8],
    pub private_key: &'a [u8],
    pub psk: &'a [u8],
    pub request: &'a [u8],
    pub answer: &'a [u8],
}

impl<'a> Record<'a> {
    /// Nothing if a part is too long or too short.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (head, rest) = bytes.split_at_checked(4)?;
        let (base, rest) = rest.split_at_checked(number(&head[2..]))?;
        let (fixed, rest) = rest.split_at_checked(32 + 16 + 32 + 32 + 153)?;
        let (count, answer) = rest.split_at_checked(2)?;
        (answer.len() == number(count)).then(|| Self {
            stage: head[1],
            base,
            enrolment_id: &fixed[32..48],
            private_key: &fixed[48..80],
            psk: &fixed[80..112],
            request: &fixed[112..],
            answer,
        })
    }
}

fn number(two: &[u8]) -> usize {
    usize::from(two[0]) << 8 | usize::from(two[1])
}

/// The answer that the service would give, with this as its package.
pub fn sealed(package: &[u8]) -> Vec<u8> {
    let record = Record::read(REQUESTED).expect("a seed");
    let private = <Kem as KemTrait>::PrivateKey::from_bytes(record.private_key).expect("a key");
    let info = [b"warifu enrol answer 1".as_slice(), &sha256(record.request)].concat();
    let psk = PskBundle::new(record.psk, record.enrolment_id).expect("a psk");
    let (enc, mut context) = setup_sender_with_rng::<ChaCha20Poly1305, HkdfSha256, Kem>(
        &OpModeS::Psk(psk),
        &Kem::sk_to_pk(&private),
        &info,
        &mut Same,
    )
    .expect("sealing takes all");
    let mut sealed = package.to_vec();
    let tag = context.seal_inout_detached(InOutBuf::from(sealed.as_mut_slice()), &[1]);
    let tag = tag.expect("sealing takes all").to_bytes();
    [&[1], enc.to_bytes().as_slice(), &sealed, &tag].concat()
}

/// A confirmation that waits for its verdict.
pub struct Confirmed {
    pub issued: Issued,
    pub awaited: AwaitedVerdict,
    message_digest: [u8; 32],
}

impl Confirmed {
    /// The MAC that the service would make.
    pub fn mac(&self, body: &[u8]) -> [u8; 32] {
        let key = self.issued.credential().keys.device.as_ref().expect("a device key");
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.secret().expose());
        let signed = [b"warifu confirm answer 1".as_slice(), &self.message_digest, body].concat();
        hmac::sign(&key, &signed).as_ref().try_into().expect("32 bytes")
    }
}

pub static CONFIRMED: LazyLock<Confirmed> = LazyLock::new(|| {
    let pending = Pending::decode(ANSWERED).expect("a seed");
    let issued = pending.issued().expect("a seed").expect("a seed");
    let code = hotp::code(&Secret::copy_of(b"a key"), Algorithm::Sha1, Digits::SIX, 0);
    let confirmation = pending.confirmation(&issued, &code, &Repeatable::default());
    let Confirmation { message, awaited, .. } = confirmation.expect("randomness");
    Confirmed { issued, awaited, message_digest: sha256(message.expose()) }
});

/// What the profile promises of a credential, whatever the document was.
pub fn keeps_its_promises(new: &NewCredential) {
    let NewCredential { names, keys, generator, origin, .. } = new;
    assert!(names.issuer.is_some());
    for label in [&names.issuer, &names.account].into_iter().flatten() {
        assert_eq!(Label::new(label.as_str()).as_ref(), Ok(label));
    }
    let id = names.credential_id.as_ref().expect("a credential ID");
    assert_eq!(CredentialId::new(id.as_str()).as_ref(), Ok(id));
    assert_eq!(keys.device.as_ref().map(|key| key.secret().len()), Some(32));
    for key in [Some(&keys.code), keys.sign.as_ref()].into_iter().flatten() {
        assert!((Seed::MIN_LEN..=Seed::MAX_LEN).contains(&key.secret().len()));
    }
    if let Generator::Hotp { counter, .. } = generator {
        assert!(*counter < u64::MAX);
    }
    assert_eq!(*origin, Origin::Enrolment);
    assert_eq!(format!("{new:?}"), format!("{:?}", blank(new)), "a key prints");
}

/// The same credential with other keys of the same lengths.
fn blank(new: &NewCredential) -> NewCredential {
    let zeros = |key: &Seed| {
        Seed::new(Secret::copy_of(&vec![0; key.secret().len()])).expect("as long as one")
    };
    let NewCredential { ref names, ref keys, generator, origin, policy, ref service } = *new;
    let keys = Keys {
        code: zeros(&keys.code),
        sign: keys.sign.as_ref().map(zeros),
        device: keys.device.as_ref().map(zeros),
    };
    NewCredential {
        names: names.clone(),
        keys,
        generator,
        origin,
        policy,
        service: service.clone(),
    }
}

/// Equal in all, keys too.
pub fn assert_same(one: &NewCredential, other: &NewCredential) {
    assert_eq!(format!("{one:?}"), format!("{other:?}"));
    assert!(one.keys.code == other.keys.code);
    assert!(one.keys.sign == other.keys.sign && one.keys.device == other.keys.device);
}

type Kem = X25519HkdfSha256;

/// The same bytes each time: nothing here is to be kept secret.
pub(crate) struct Same;

impl TryRng for Same {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(7)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(7)
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        to.fill(7);
        Ok(())
    }
}

impl TryCryptoRng for Same {}
