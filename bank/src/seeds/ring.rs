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

#[cfg(test)]
mod tests {
    use warifu::{credential::CredentialId, secret::SystemRandom};

    use super::*;

    fn ring() -> KeyRing {
        KeyRing::generate(&SystemRandom::new()).unwrap()
    }

    fn id(text: &str) -> CredentialId {
        CredentialId::new(text).unwrap()
    }

    fn sealed(ring: &KeyRing, credential: &CredentialId, purpose: Purpose) -> (KeyId, Vec<u8>) {
        let seed = Secret::copy_of(b"12345678901234567890");
        ring.seal(&seed, Place { credential, purpose }, &SystemRandom::new()).unwrap()
    }

    #[test]
    fn a_seed_opens_in_its_place() {
        let (ring, credential) = (ring(), id("WRFU12345678"));
        let place = Place { credential: &credential, purpose: Purpose::Code };
        let (key, bytes) = sealed(&ring, &credential, Purpose::Code);
        assert_eq!(ring.open(key, &bytes, place).unwrap().expose(), b"12345678901234567890");
        assert!(!bytes.windows(4).any(|window| window == b"1234"));
    }

    #[test]
    fn a_seed_that_was_moved_to_another_credential_does_not_open() {
        let (ring, other) = (ring(), id("WRFU12345679"));
        let (key, bytes) = sealed(&ring, &id("WRFU12345678"), Purpose::Code);
        let place = Place { credential: &other, purpose: Purpose::Code };
        assert_eq!(ring.open(key, &bytes, place), Err(SeedKeyError::DoesNotOpen));
    }

    #[test]
    fn a_key_of_one_purpose_does_not_open_as_another() {
        let (ring, credential) = (ring(), id("WRFU12345678"));
        let (key, bytes) = sealed(&ring, &credential, Purpose::Sign);
        for purpose in [Purpose::Code, Purpose::Device] {
            let place = Place { credential: &credential, purpose };
            assert_eq!(ring.open(key, &bytes, place), Err(SeedKeyError::DoesNotOpen));
        }
    }

    #[test]
    fn a_sealed_seed_with_any_byte_changed_does_not_open() {
        let (ring, credential) = (ring(), id("WRFU12345678"));
        let place = Place { credential: &credential, purpose: Purpose::Code };
        let (key, bytes) = sealed(&ring, &credential, Purpose::Code);
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(ring.open(key, &changed, place), Err(SeedKeyError::DoesNotOpen), "{at}");
            let cut = &bytes[..at];
            assert_eq!(ring.open(key, cut, place), Err(SeedKeyError::DoesNotOpen), "{at}");
        }
    }

    #[test]
    fn a_key_of_another_number_does_not_open_even_with_the_same_bytes() {
        let credential = id("WRFU12345678");
        let text = ring().text();
        let text = std::str::from_utf8(text.expose()).unwrap();
        let renumbered =
            KeyRing::parse(&Secret::copy_of(text.replace("seal 1 ", "seal 2 ").as_bytes()));
        let original = KeyRing::parse(&Secret::copy_of(text.as_bytes())).unwrap();
        let (_, bytes) = sealed(&original, &credential, Purpose::Code);
        let place = Place { credential: &credential, purpose: Purpose::Code };
        let opened = renumbered.unwrap().open(KeyId(2), &bytes, place);
        assert_eq!(opened, Err(SeedKeyError::DoesNotOpen));
        assert_eq!(original.open(KeyId(9), &bytes, place), Err(SeedKeyError::UnknownKey(KeyId(9))));
    }

    #[test]
    fn old_keys_still_open_and_new_seals_are_under_the_new_one() {
        let (mut ring, credential) = (ring(), id("WRFU12345678"));
        let place = Place { credential: &credential, purpose: Purpose::Code };
        let (old, bytes) = sealed(&ring, &credential, Purpose::Code);
        let added = ring.add_seal_key(&SystemRandom::new()).unwrap();
        let read = KeyRing::parse(&ring.text()).unwrap();
        assert!(read.open(old, &bytes, place).is_ok());
        let (key, bytes) = sealed(&read, &credential, Purpose::Code);
        assert_eq!((key, read.current()), (added, added));
        assert!(ring.open(key, &bytes, place).is_ok());
    }

    #[test]
    fn digests_differ_by_use_and_by_where_a_part_ends() {
        let ring = ring();
        let digests = [
            ring.digest("a", &[b"bc"]),
            ring.digest("ab", &[b"c"]),
            ring.digest("a", &[b"b", b"c"]),
            ring.digest("a", &[b"bc", b""]),
            KeyRing::generate(&SystemRandom::new()).unwrap().digest("a", &[b"bc"]),
        ];
        for (at, digest) in digests.iter().enumerate() {
            assert!(!digests[..at].contains(digest), "{at}");
        }
        assert_eq!(ring.digest("a", &[b"bc"]), digests[0]);
    }

    #[test]
    fn a_file_of_keys_is_read_line_by_line() {
        let key = "A".repeat(52);
        let parse = |text: &str| KeyRing::parse(&Secret::copy_of(text.as_bytes())).err();
        let head = format!("# ours\n\n{HEAD}\nseal 3 {key}\n");
        assert_eq!(parse(&format!("{head}digest {key}\n")), None);
        for (text, why) in [
            (String::new(), InvalidKeys::Version),
            ("warifu-bank keys 2\n".into(), InvalidKeys::Version),
            (head.clone(), InvalidKeys::Missing),
            (format!("{HEAD}\ndigest {key}\n"), InvalidKeys::Missing),
            (format!("{head}seal 3 {key}\n"), InvalidKeys::Line(5)),
            (format!("{head}seal x {key}\n"), InvalidKeys::Line(5)),
            (format!("{head}digest {}\n", &key[1..]), InvalidKeys::Line(5)),
            (format!("{head}digest {key} {key}\n"), InvalidKeys::Line(5)),
            (format!("{head}digest {key}\ndigest {key}\n"), InvalidKeys::Line(6)),
            (format!("{head}other {key}\n"), InvalidKeys::Line(5)),
        ] {
            assert_eq!(parse(&text), Some(why), "{text}");
        }
    }

    #[test]
    fn nothing_of_a_key_is_printed() {
        let ring = ring();
        let text = ring.text();
        let text = std::str::from_utf8(text.expose()).unwrap();
        let printed = format!("{ring:?}");
        for key in text.split_ascii_whitespace().filter(|word| word.len() == 52) {
            assert!(!printed.contains(key));
        }
        assert!(printed.contains("Secret(32 bytes)"), "{printed}");
    }
}
