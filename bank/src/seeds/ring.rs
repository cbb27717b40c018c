use std::fmt::Write as _;

use base32ct::{Base32UpperUnpadded, Encoding as _};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use warifu::secret::{Random, RandomFailed, Secret, scrubbed};
use zeroize::Zeroizing;

use super::{KeyId, Place, Purpose, SeedKeyError};

/// The bank's keys, as the file has them.
///
/// ```text
/// warifu-bank keys 1
/// seal 1 <32 bytes in base32>
/// seal 2 <32 bytes in base32>
/// digest <32 bytes in base32>
/// enrol <32 bytes in base32>
/// ```
///
/// The last `seal` is the current one: its number is the greatest. `digest` is the key of the digests that stand in
/// the database for what must not be guessed from it: activation codes, bodies of requests. `enrol` is
/// the service's key for enrolment, of which the last is in new links. A line that begins with `#` is
/// a comment.
#[derive(Debug)]
pub struct KeyRing {
    seal: Vec<(KeyId, Secret)>,
    digest: Secret,
    enrol: Vec<Secret>,
}

impl KeyRing {
    /// The longest file that is read, in bytes.
    pub const MAX_LEN: usize = 64 * 1024;

    /// Draws one key of each kind.
    ///
    /// # Errors
    /// [`RandomFailed`] if the source has none to give.
    pub fn generate(random: &dyn Random) -> Result<Self, RandomFailed> {
        let draw = || Secret::random(KEY_LEN, random);
        Ok(Self { seal: vec![(KeyId(1), draw()?)], digest: draw()?, enrol: vec![draw()?] })
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// [`InvalidKeys`] names the first line that cannot be taken.
    pub fn parse(text: &Secret) -> Result<Self, InvalidKeys> {
        let text = std::str::from_utf8(text.expose()).map_err(|_| InvalidKeys::Line(0))?;
        let mut lines = text.lines().zip(1..).filter(|(line, _)| is_content(line));
        if lines.next().is_none_or(|(line, _)| line.trim() != HEAD) {
            return Err(InvalidKeys::Version);
        }
        let (mut seal, mut digest, mut enrol) = (Vec::<(KeyId, Secret)>::new(), None, Vec::new());
        for (line, number) in lines {
            let invalid = InvalidKeys::Line(number);
            let words: Vec<&str> = line.split_ascii_whitespace().collect();
            match words.as_slice() {
                ["seal", id, key] => {
                    let id = KeyId(id.parse().map_err(|_| invalid)?);
                    if seal.last().is_some_and(|(last, _)| *last >= id) {
                        return Err(invalid);
                    }
                    seal.push((id, decode(key).ok_or(invalid)?));
                }
                ["digest", key] if digest.is_none() => digest = Some(decode(key).ok_or(invalid)?),
                ["enrol", key] => enrol.push(decode(key).ok_or(invalid)?),
                _ => return Err(invalid),
            }
        }
        match digest {
            Some(digest) if !seal.is_empty() => Ok(Self { seal, digest, enrol }),
            _ => Err(InvalidKeys::Missing),
        }
    }

    /// The text of a file with these keys.
    pub fn text(&self) -> Secret {
        // Sized up front, so that it never moves.
        let lines = self.seal.len().saturating_add(self.enrol.len()).saturating_add(2);
        let mut text = Zeroizing::new(String::with_capacity(lines.saturating_mul(LINE)));
        // Writing to a String does not fail.
        let _ = writeln!(text, "{HEAD}");
        for (id, key) in &self.seal {
            let _ = writeln!(text, "seal {} {}", id.0, encode(key).as_str());
        }
        let _ = writeln!(text, "digest {}", encode(&self.digest).as_str());
        for key in &self.enrol {
            let _ = writeln!(text, "enrol {}", encode(key).as_str());
        }
        Secret::copy_of(text.as_bytes())
    }

    /// Draws a new key for seeds. It is the current one from now on; the others stay, to open with.
    ///
    /// # Errors
    /// [`RandomFailed`] if the source has none to give.
    pub fn add_seal_key(&mut self, random: &dyn Random) -> Result<KeyId, RandomFailed> {
        let id = KeyId(self.current().0.saturating_add(1));
        self.seal.push((id, Secret::random(KEY_LEN, random)?));
        Ok(id)
    }

    /// The key under which seeds are sealed.
    pub fn current(&self) -> KeyId {
        // There is at least one, by `parse` and `generate`.
        self.seal.last().map_or(KeyId(0), |(id, _)| *id)
    }

    /// The service's keys for enrolment; the last is in new links.
    pub fn enrolment_keys(&self) -> &[Secret] {
        &self.enrol
    }

    /// HMAC-SHA-256 of the parts under the key for digests, for one use, which `label` names.
    /// Each part goes in with its length, so that no two lists of parts give the same bytes.
    pub fn digest(&self, label: &str, parts: &[&[u8]]) -> [u8; 32] {
        scrubbed(|| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, self.digest.expose());
            let mut context = hmac::Context::with_key(&key);
            for part in std::iter::once(&label.as_bytes()).chain(parts) {
                context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
                context.update(part);
            }
            let mut digest = [0; 32];
            digest.copy_from_slice(context.sign().as_ref());
            digest
        })
    }

    pub(super) fn seal(
        &self,
        seed: &Secret,
        place: Place<'_>,
        random: &dyn Random,
    ) -> Result<(KeyId, Vec<u8>), SeedKeyError> {
        let id = self.current();
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce).map_err(|_| SeedKeyError::Random)?;
        scrubbed(|| {
            let key = self.aead(id)?;
            let mut body = Zeroizing::new(seed.expose().to_vec());
            let nonce_of_ring = Nonce::assume_unique_for_key(nonce);
            let tag = key
                .seal_in_place_separate_tag(nonce_of_ring, Aad::from(bound(place, id)), &mut body)
                .map_err(|_| SeedKeyError::DoesNotOpen)?;
            Ok((id, [nonce.as_slice(), body.as_slice(), tag.as_ref()].concat()))
        })
    }

    pub(super) fn open(
        &self,
        id: KeyId,
        sealed: &[u8],
        place: Place<'_>,
    ) -> Result<Secret, SeedKeyError> {
        scrubbed(|| {
            let key = self.aead(id)?;
            let (nonce, body) =
                sealed.split_first_chunk::<NONCE_LEN>().ok_or(SeedKeyError::DoesNotOpen)?;
            let mut body = Zeroizing::new(body.to_vec());
            let nonce = Nonce::assume_unique_for_key(*nonce);
            let seed = key
                .open_in_place(nonce, Aad::from(bound(place, id)), &mut body)
                .map_err(|_| SeedKeyError::DoesNotOpen)?;
            Ok(Secret::copy_of(seed))
        })
    }

    pub(super) fn has(&self, id: KeyId) -> bool {
        self.seal.iter().any(|(known, _)| *known == id)
    }

    fn aead(&self, id: KeyId) -> Result<LessSafeKey, SeedKeyError> {
        let unknown = SeedKeyError::UnknownKey(id);
        let (_, key) = self.seal.iter().find(|(known, _)| *known == id).ok_or(unknown)?;
        UnboundKey::new(&AES_256_GCM, key.expose()).map(LessSafeKey::new).map_err(|_| unknown)
    }
}

/// What is authenticated beside a seed: where it belongs, and under which key.
fn bound(place: Place<'_>, key: KeyId) -> Vec<u8> {
    let id = place.credential.as_str().as_bytes();
    let purpose = match place.purpose {
        Purpose::Code => 1,
        Purpose::Sign => 2,
        Purpose::Device => 3,
    };
    // An ID has at most 32 bytes.
    let len = u8::try_from(id.len()).unwrap_or(u8::MAX);
    [b"warifu-bank seed 1".as_slice(), &[len], id, &[purpose], &key.0.to_be_bytes()].concat()
}

fn is_content(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#')
}

fn decode(text: &str) -> Option<Secret> {
    let mut key = Zeroizing::new(vec![0; KEY_LEN]);
    let decoded = Base32UpperUnpadded::decode(text, &mut key).ok()?.len();
    (decoded == KEY_LEN).then(|| Secret::from_zeroizing(key))
}

fn encode(key: &Secret) -> Zeroizing<String> {
    Zeroizing::new(Base32UpperUnpadded::encode_string(key.expose()))
}

/// Why a file of keys cannot be taken. It says nothing of the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKeys {
    /// It does not begin as one does, or is of a version to come.
    #[error("this is no file of keys of version 1")]
    Version,
    /// A line is none of those that there may be, or out of order.
    #[error("line {0} of the keys cannot be read")]
    Line(u32),
    /// There is no key for seeds, or none for digests.
    #[error("a key is missing: there must be a `seal` and a `digest`")]
    Missing,
}

const HEAD: &str = "warifu-bank keys 1";
const KEY_LEN: usize = 32;
/// The longest line, in bytes: a word, a number, a key.
const LINE: usize = 96;
