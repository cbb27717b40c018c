use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use unicode_normalization::UnicodeNormalization as _;
use warifu::secret::{Random, Secret, scrubbed};
use zeroize::{Zeroize as _, Zeroizing};

use super::BankError;
use crate::{
    enrolment::network,
    service::Digests,
    store::{ContractId, PasswordDigest},
};

/// A login password as it was typed, in the form that is compared: NFKC, so that full-width letters are
/// what they look like. It prints masked.
#[derive(Debug)]
pub struct Password(Secret);

impl Password {
    /// The fewest characters of a password that is set (NIST SP 800-63B-4, section 3.1.1.2, beside a
    /// second factor).
    pub const MIN_CHARS: usize = 8;
    /// The most characters that are looked at.
    pub const MAX_CHARS: usize = 128;
    /// How much memory Argon2id fills for one password, in KiB: what OWASP's password storage cheat sheet
    /// asks for at the least. RFC 9106's 64 MiB and three passes are for who has few logins at once; the
    /// digest's key and the waits stand before a guesser here too.
    pub const MEMORY_KIB: u32 = 19 * 1024;
    /// How often it goes over that.
    pub const PASSES: u32 = 2;
    /// How many parts of it could be worked on at once.
    pub const LANES: u32 = 1;

    /// Reads what was typed at a login. White space is part of it.
    ///
    /// # Errors
    /// [`InvalidPassword::Length`] if it has none or too many characters.
    pub fn typed(text: &str) -> Result<Self, InvalidPassword> {
        let count = text.chars().take(Self::MAX_CHARS.saturating_add(1)).count();
        if count == 0 || count > Self::MAX_CHARS {
            return Err(InvalidPassword::Length);
        }
        // Sized up front, so that it never moves.
        let len = text.nfkc().map(char::len_utf8).fold(0, usize::saturating_add);
        let mut normal = Zeroizing::new(Vec::with_capacity(len));
        for sign in text.nfkc() {
            let mut bytes = [0; 4];
            normal.extend_from_slice(sign.encode_utf8(&mut bytes).as_bytes());
            bytes.zeroize();
        }
        Ok(Self(Secret::from_zeroizing(normal)))
    }

    /// Reads a password that is to be set.
    ///
    /// # Errors
    /// [`InvalidPassword::Length`] unless it has [`Self::MIN_CHARS`] to [`Self::MAX_CHARS`] characters.
    pub fn new(text: &str) -> Result<Self, InvalidPassword> {
        if text.chars().take(Self::MIN_CHARS).count() < Self::MIN_CHARS {
            return Err(InvalidPassword::Length);
        }
        Self::typed(text)
    }
}

/// Why a text is no password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPassword {
    /// It is too short or too long.
    #[error("a password has 8 to 128 characters")]
    Length,
}

/// Makes and compares what is kept of passwords, a few at a time: each takes [`Password::MEMORY_KIB`].
pub(super) struct Passwords {
    at_once: Arc<Semaphore>,
    /// How many are worked on, or wait for it, of each network.
    by_network: Arc<Mutex<HashMap<IpAddr, u8>>>,
    digests: Digests,
    /// How many passwords were worked at.
    worked_at: Arc<AtomicU64>,
}

/// A place to work at one password.
#[derive(Debug)]
pub(super) struct Turn {
    _permit: OwnedSemaphorePermit,
    _place: Option<Place>,
}

/// One of the places of a network.
#[derive(Debug)]
struct Place {
    by_network: Arc<Mutex<HashMap<IpAddr, u8>>>,
    network: IpAddr,
}

impl Passwords {
    pub(super) fn new(digests: Digests) -> Self {
        let (by_network, worked_at) = (Arc::default(), Arc::default());
        Self { at_once: Arc::new(Semaphore::new(AT_ONCE)), by_network, digests, worked_at }
    }

    /// Waits for a place to work at a password. One network has two at most, so that it cannot keep all
    /// others out.
    ///
    /// # Errors
    /// [`BankError::Busy`] if there is none in time.
    pub(super) async fn turn(&self, from: Option<IpAddr>) -> Result<Turn, BankError> {
        let place = from.map(|from| Place::take(&self.by_network, network(from))).transpose()?;
        let waiting = Arc::clone(&self.at_once).acquire_owned();
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(Ok(permit)) => Ok(Turn { _permit: permit, _place: place }),
            Ok(Err(_)) | Err(_) => Err(BankError::Busy),
        }
    }

    pub(super) fn worked_at(&self) -> u64 {
        self.worked_at.load(Ordering::Relaxed)
    }

    pub(super) async fn set(
        &self,
        id: &ContractId,
        password: Password,
        random: &dyn Random,
    ) -> Result<PasswordDigest, BankError> {
        let mut salt = [0; 16];
        random.fill(&mut salt)?;
        let digest = self.digest(self.turn(None).await?, id, password, CURRENT, salt).await?;
        Ok(PasswordDigest { kdf: CURRENT, salt, digest })
    }

    /// Whether the password is the one of which `kept` was made. Where there is none the same work is
    /// done, and the answer is no.
    pub(super) async fn is_right(
        &self,
        turn: Turn,
        id: &ContractId,
        password: Password,
        kept: Option<&PasswordDigest>,
    ) -> Result<bool, BankError> {
        let (kdf, salt) = kept.map_or((CURRENT, [0; 16]), |kept| (kept.kdf, kept.salt));
        let made = self.digest(turn, id, password, kdf, salt).await?;
        let expected = kept.map_or([0; 32], |kept| kept.digest);
        Ok(bool::from(made.ct_eq(&expected)) && kept.is_some())
    }

    async fn digest(
        &self,
        turn: Turn,
        id: &ContractId,
        password: Password,
        kdf: i64,
        salt: [u8; 16],
    ) -> Result<[u8; 32], BankError> {
        let worked_at = Arc::clone(&self.worked_at);
        let made = tokio::task::spawn_blocking(move || {
            // It goes with the work: a request that is given up frees its place when the memory is free.
            let _turn = turn;
            let made = argon2id(&password, kdf, &salt);
            worked_at.fetch_add(1, Ordering::Relaxed);
            made
        });
        let made = made.await.map_err(|_| BankError::Busy)??;
        // With this a stolen database alone does not let anybody try passwords.
        Ok((self.digests)("contract password 1", &[id.as_str().as_bytes(), made.expose()]))
    }
}

impl Place {
    fn take(
        by_network: &Arc<Mutex<HashMap<IpAddr, u8>>>,
        network: IpAddr,
    ) -> Result<Self, BankError> {
        let mut places = by_network.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = places.entry(network).or_insert(0);
        if *taken >= OF_ONE_NETWORK {
            return Err(BankError::Busy);
        }
        *taken = taken.saturating_add(1);
        Ok(Self { by_network: Arc::clone(by_network), network })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.by_network.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = places.get_mut(&self.network) {
            *taken = taken.saturating_sub(1);
            if *taken == 0 {
                places.remove(&self.network);
            }
        }
    }
}

fn argon2id(password: &Password, kdf: i64, salt: &[u8; 16]) -> Result<Secret, BankError> {
    if kdf != CURRENT {
        return Err(BankError::Password);
    }
    let params = Params::new(Password::MEMORY_KIB, Password::PASSES, Password::LANES, Some(32));
    let params = params.map_err(|_| BankError::Password)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut blocks = Vec::new();
    let count = argon2.params().block_count();
    blocks.try_reserve_exact(count).map_err(|_| BankError::Busy)?;
    blocks.resize(count, Block::default());
    let mut key = Zeroizing::new(vec![0; 32]);
    let done = scrubbed(|| {
        argon2.hash_password_into_with_memory(password.0.expose(), salt, &mut key, &mut blocks)
    });
    for block in &mut blocks {
        block.zeroize();
    }
    done.map_err(|_| BankError::Password)?;
    Ok(Secret::from_zeroizing(key))
}

/// The number of [`Password`]'s parameters. Others get another number, beside these.
const CURRENT: i64 = 1;
/// How many passwords are worked on at once: 76 MiB at most.
const AT_ONCE: usize = 4;
/// How many of them for one network, with those that wait.
const OF_ONE_NETWORK: u8 = 2;
/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        Password::typed(text).unwrap().0.expose().to_vec()
    }

    #[test]
    fn a_full_width_password_is_the_same_password() {
        assert_eq!(bytes("ｐａｓｓ　１２３４"), bytes("pass 1234"));
        assert_ne!(bytes("Pass 1234"), bytes("pass 1234"));
        assert_ne!(bytes("pass 1234 "), bytes("pass 1234"));
    }

    #[test]
    fn a_password_is_bounded_and_prints_masked() {
        assert!(Password::typed("").is_err());
        assert!(Password::typed(&"あ".repeat(128)).is_ok());
        assert!(Password::typed(&"a".repeat(129)).is_err());
        assert!(Password::new("1234567").is_err());
        assert!(Password::new("12345678").is_ok());
        let printed = format!("{:?}", Password::typed("hidden words").unwrap());
        assert!(!printed.contains("hidden"), "{printed}");
    }

    #[test]
    fn the_same_work_makes_the_same_key_and_another_salt_another() {
        let password = Password::typed("correct horse").unwrap();
        let key = |salt| argon2id(&password, CURRENT, &[salt; 16]).unwrap();
        assert_eq!(key(1).expose(), key(1).expose());
        assert_ne!(key(1).expose(), key(2).expose());
        assert!(argon2id(&password, CURRENT + 1, &[1; 16]).is_err());
    }
}
