//! Requests, opened, and the answers to them, sealed.

use std::{convert::Infallible, fmt};

use hpke::{
    Deserializable as _, HpkeError, OpModeR, OpModeS, PskBundle, Serializable as _,
    aead::AeadTag,
    inout::InOutBuf,
    kem::Kem as KemTrait,
    rand_core::{TryCryptoRng, TryRng},
    setup_receiver, setup_sender_with_rng,
};
use warifu::secret::{Random, RandomFailed, Secret};
use zeroize::Zeroizing;

use crate::{
    ActivationCode, EnrolmentId, ServiceKeys, Unreadable,
    keys::{Aead, ID_LEN, KEY_LEN, Kdf, Kem, PublicKey},
    sha256,
};

/// The length of a request, in bytes.
pub const REQUEST_LEN: usize = 153;

/// The greatest length of an answer, in bytes.
const MAX_ANSWER: usize = 16_384;

const VERSION: u8 = 1;
const LAYOUT: u8 = 1;
const HEADER_LEN: usize = 1 + ID_LEN;
const TAG_LEN: usize = 16;
const PLAINTEXT_LEN: usize = 96;
const CODE_LEN: u8 = 16;
const MAX_BINDING: u8 = 2;

const REQUEST_INFO: &[u8] = b"warifu enrol request 1";
const PSK_INFO: &[u8] = b"warifu enrol psk 1";
const ANSWER_INFO: &[u8] = b"warifu enrol answer 1";

/// What a token asks for, opened.
pub struct Request {
    /// What the token calls its enrolment.
    pub id: EnrolmentId,
    /// SHA-256 of the request as it came: what makes it this one and no other.
    pub digest: [u8; 32],
    /// What the token says of its key store: 0 nothing binds its keys, 1 the system, 2 hardware.
    pub binding: u8,
    /// The activation code, if it has one.
    pub activation: Option<ActivationCode>,
    app_key: PublicKey,
    psk: Secret,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// There is no randomness.
    #[error(transparent)]
    Random(#[from] RandomFailed),
    /// The package is longer than a token takes.
    #[error("the package is too long")]
    TooLong,
    /// It could not be sealed.
    #[error("the answer could not be sealed")]
    Seal,
}

impl Request {
    /// Opens a request, and takes nothing that is not exactly as the page has it.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn open(keys: &ServiceKeys, request: &[u8]) -> Result<Self, Unreadable> {
        let digest = sha256(request);
        let (plaintext, psk) = unseal(keys, request)?;
        parse(&plaintext, psk, digest).ok_or(Unreadable)
    }

    /// Seals a package for the token that asked, bound to what it asked.
    ///
    /// # Errors
    /// [`AnswerError`].
    pub fn answer(&self, package: &[u8], random: &dyn Random) -> Result<Vec<u8>, AnswerError> {
        let drawn = Secret::random(KEY_LEN, random)?;
        let answer = self.seal(package, &drawn).map_err(|_| AnswerError::Seal)?;
        if answer.len() > MAX_ANSWER { Err(AnswerError::TooLong) } else { Ok(answer) }
    }

    fn seal(&self, package: &[u8], drawn: &Secret) -> Result<Vec<u8>, HpkeError> {
        let info = [ANSWER_INFO, &self.digest].concat();
        let mut sealed = Zeroizing::new(package.to_vec());
        let psk = PskBundle::new(self.psk.expose(), &self.id.0)?;
        let mut drawn = Drawn { bytes: drawn.expose(), ran_out: false };
        let mode = OpModeS::Psk(psk);
        let (enc, mut context) =
            setup_sender_with_rng::<Aead, Kdf, Kem>(&mode, &self.app_key, &info, &mut drawn)?;
        if drawn.ran_out || !drawn.bytes.is_empty() {
            return Err(HpkeError::EncapError);
        }
        let tag = context.seal_inout_detached(InOutBuf::from(&mut sealed[..]), &[VERSION])?;
        let (mut enc_bytes, mut tag_bytes) = ([0; KEY_LEN], [0; TAG_LEN]);
        enc.write_exact(&mut enc_bytes);
        tag.write_exact(&mut tag_bytes);
        Ok([&[VERSION][..], &enc_bytes, &sealed, &tag_bytes].concat())
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What is in a request, and the secret that only its token and this service have.
fn unseal(keys: &ServiceKeys, request: &[u8]) -> Result<(Zeroizing<Vec<u8>>, Secret), Unreadable> {
    let request: &[u8; REQUEST_LEN] = request.try_into().map_err(|_| Unreadable)?;
    let (header, rest) = request.split_at(HEADER_LEN);
    let (enc, sealed) = rest.split_at(KEY_LEN);
    let (ciphertext, tag) = sealed.split_at(PLAINTEXT_LEN);
    let private = match header.split_first() {
        Some((&VERSION, id)) => keys.private(id).ok_or(Unreadable)?,
        _ => return Err(Unreadable),
    };
    let mut plaintext = Zeroizing::new(ciphertext.to_vec());
    let mut psk = Zeroizing::new(vec![0; KEY_LEN]);
    let opened = (|| -> Result<(), HpkeError> {
        let enc = <Kem as KemTrait>::EncappedKey::from_bytes(enc)?;
        let mut context =
            setup_receiver::<Aead, Kdf, Kem>(&OpModeR::Base, private, &enc, REQUEST_INFO)?;
        let tag = AeadTag::from_bytes(tag)?;
        context.open_inout_detached(InOutBuf::from(&mut plaintext[..]), header, &tag)?;
        context.export(PSK_INFO, &mut psk)
    })();
    opened.map_err(|_| Unreadable)?;
    Ok((plaintext, Secret::from_zeroizing(psk)))
}

fn parse(mut rest: &[u8], psk: Secret, digest: [u8; 32]) -> Option<Request> {
    let rest = &mut rest;
    if *rest.split_off_first()? != LAYOUT {
        return None;
    }
    let id = EnrolmentId(*rest.split_off(..16)?.first_chunk()?);
    let app_key = public_key(rest.split_off(..KEY_LEN)?)?;
    let binding = *rest.split_off_first().filter(|binding| **binding <= MAX_BINDING)?;
    let code_len = *rest.split_off_first()?;
    let code = rest.split_off(..usize::from(CODE_LEN))?;
    let activation = match code_len {
        0 if code.iter().all(|byte| *byte == 0) => None,
        CODE_LEN => Some(ActivationCode::new(code).ok()?),
        _ => return None,
    };
    // Room for what a later layout may say.
    rest.iter().all(|byte| *byte == 0).then_some(())?;
    Some(Request { id, digest, binding, activation, app_key, psk })
}

/// A key with which a secret can be agreed: a point of small order gives the same one to everybody.
fn public_key(bytes: &[u8]) -> Option<PublicKey> {
    let key = PublicKey::from_bytes(bytes).ok()?;
    let probe = &mut Drawn { bytes: &[1; KEY_LEN], ran_out: false };
    setup_sender_with_rng::<Aead, Kdf, Kem>(&OpModeS::Base, &key, &[], probe).ok()?;
    Some(key)
}

/// Randomness that was drawn before, so that a source that fails is met before any work is done.
struct Drawn<'a> {
    bytes: &'a [u8],
    /// More was asked for than there is; what was given then is not random.
    ran_out: bool,
}

impl TryRng for Drawn<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        if let Some((given, left)) = self.bytes.split_at_checked(to.len()) {
            to.copy_from_slice(given);
            self.bytes = left;
        } else {
            self.ran_out = true;
        }
        Ok(())
    }
}

impl TryCryptoRng for Drawn<'_> {}
