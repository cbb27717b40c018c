use std::{
    fs::{self, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::{PoisonError, RwLock},
};

use warifu::secret::{Random, RandomFailed, Secret};
use zeroize::Zeroizing;

use super::{InvalidKeys, KeyId, KeyRing, Place, SeedKeyError, SeedKeys};

/// Where the bank's keys come from.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// A file that its owner alone may read and write.
    File(PathBuf),
    /// An environment variable with the text of such a file.
    Environment(&'static str),
}

impl KeySource {
    /// Reads the keys.
    ///
    /// # Errors
    /// [`SourceError`] if they are not there, if others may read them, or if they are none.
    pub fn read(&self) -> Result<KeyRing, SourceError> {
        let text = match self {
            Self::File(path) => read_private(path)?,
            Self::Environment(name) => {
                let text = std::env::var(name).map_err(|_| SourceError::NotSet(name))?;
                Secret::from_zeroizing(Zeroizing::new(text.into_bytes()))
            }
        };
        Ok(KeyRing::parse(&text)?)
    }

    /// Adds a key, under which seeds are sealed from now on, and says which it is. Of several at once each
    /// adds one of its own: a key that was given out is never written over.
    ///
    /// # Errors
    /// [`SourceError::Environment`], [`SourceError::AnothersFile`], or what else [`SourceError`] has; then
    /// the file is as it was, or has the key.
    pub fn add_seal_key(&self, random: &dyn Random) -> Result<KeyId, SourceError> {
        let Self::File(path) = self else { return Err(SourceError::Environment) };
        check_owner(path)?;
        // The file of keys is replaced, so a lock on itself would not hold.
        let lock = lock_beside(path)?;
        let mut ring = self.read()?;
        let added = ring.add_seal_key(random)?;
        replace_private(path, &ring.text())?;
        drop(lock);
        Ok(added)
    }
}

/// What another user replaces, the service could not read any more.
fn check_owner(path: &Path) -> Result<(), SourceError> {
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::uid(&fs::metadata(path)?)
        != rustix::process::geteuid().as_raw()
    {
        return Err(SourceError::AnothersFile);
    }
    Ok(())
}

/// Waits until nobody else holds it. It ends with the file, also where the process dies.
fn lock_beside(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(beside(path, ".lock"))?;
    file.lock()?;
    Ok(file)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(suffix);
    beside.into()
}

/// Writes a file that must not be there yet, for its owner alone, and waits until the disk has it. It is
/// there whole or not at all.
///
/// # Errors
/// What the system says.
pub fn create_private(path: &Path, content: &Secret) -> io::Result<()> {
    let beside = beside(path, ".new");
    let linked = write_afresh(&beside, content).and_then(|()| fs::hard_link(&beside, path));
    let removed = fs::remove_file(&beside);
    linked.and(removed)?;
    sync_folder_of(path)
}

/// In the place of what a process that died may have left there.
fn write_afresh(path: &Path, content: &Secret) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content.expose())?;
    file.sync_all()
}

/// Replaces a file of keys by one with other content: whole, and durably.
///
/// # Errors
/// What the system says.
pub fn replace_private(path: &Path, content: &Secret) -> io::Result<()> {
    let beside = beside(path, ".new");
    write_afresh(&beside, content)?;
    fs::rename(&beside, path)?;
    sync_folder_of(path)
}

/// Keys that are held in memory, from a source that is read again when a key is not among them.
///
/// So a running service opens what `warifu-bank keys rotate` has sealed under a newer key.
pub struct RingKeys {
    source: Option<KeySource>,
    ring: RwLock<KeyRing>,
    random: Box<dyn Random>,
}

impl RingKeys {
    /// Keys that are read now, and again when one is missing.
    ///
    /// # Errors
    /// [`SourceError`] if they cannot be read.
    pub fn read(source: KeySource, random: Box<dyn Random>) -> Result<Self, SourceError> {
        let ring = RwLock::new(source.read()?);
        Ok(Self { source: Some(source), ring, random })
    }

    /// Keys that never change.
    pub fn fixed(ring: KeyRing, random: Box<dyn Random>) -> Self {
        Self { source: None, ring: RwLock::new(ring), random }
    }

    /// Whether the key is at hand, after another look at the source if need be.
    fn find(&self, key: KeyId) -> bool {
        let held = || self.ring.read().unwrap_or_else(PoisonError::into_inner).has(key);
        if held() {
            return true;
        }
        if let Some(ring) = self.source.as_ref().and_then(|source| source.read().ok()) {
            *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
        }
        held()
    }
}

impl SeedKeys for RingKeys {
    fn current(&self) -> KeyId {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).current()
    }

    fn seal(&self, seed: &Secret, place: Place<'_>) -> Result<(KeyId, Vec<u8>), SeedKeyError> {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        ring.seal(seed, place, &*self.random)
    }

    fn open(&self, key: KeyId, sealed: &[u8], place: Place<'_>) -> Result<Secret, SeedKeyError> {
        if !self.find(key) {
            return Err(SeedKeyError::UnknownKey(key));
        }
        self.ring.read().unwrap_or_else(PoisonError::into_inner).open(key, sealed, place)
    }
}

/// Reads a file that nobody but its owner may read or write.
fn read_private(path: &Path) -> Result<Secret, SourceError> {
    let file = match fs::File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(SourceError::Missing),
        file => file?,
    };
    let metadata = file.metadata()?;
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::mode(&metadata) & 0o077 != 0 {
        return Err(SourceError::NotPrivate);
    }
    let limit = u64::try_from(KeyRing::MAX_LEN).unwrap_or(u64::MAX);
    if metadata.len() > limit {
        return Err(SourceError::TooLong);
    }
    // Sized up front, so that it never moves.
    let mut text = Zeroizing::new(Vec::with_capacity(KeyRing::MAX_LEN.saturating_add(1)));
    file.take(limit).read_to_end(&mut text)?;
    Ok(Secret::from_zeroizing(text))
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file cannot be read or written.
    #[error("the file of keys: {0}")]
    File(#[from] io::Error),
    /// There is no file.
    #[error("there is no file of keys: `warifu-bank init` makes one, or name it with --keys")]
    Missing,
    /// The environment has no such variable.
    #[error("the environment variable {0} is not set")]
    NotSet(&'static str),
    /// Keys of the environment are changed where that is made.
    #[error("keys of the environment cannot be changed here")]
    Environment,
    /// The file is another user's.
    #[error("the file of keys is another user's: do this as the user that the service runs as")]
    AnothersFile,
    /// Others than its owner may read or write the file.
    #[error("the file of keys may be read by others: it must have mode 0600")]
    NotPrivate,
    /// The file is too long to be one of keys.
    #[error("the file of keys has more than 64 KiB")]
    TooLong,
    /// The file holds no keys.
    #[error(transparent)]
    Invalid(#[from] InvalidKeys),
    /// New keys cannot be drawn.
    #[error(transparent)]
    Random(#[from] RandomFailed),
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use warifu::{credential::CredentialId, secret::SystemRandom};

    use super::*;
    use crate::seeds::Purpose;

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let text = KeyRing::generate(&SystemRandom::new()).unwrap().text();
        create_private(&path, &text).unwrap();
        assert!(KeySource::File(path.clone()).read().is_ok());
        for mode in [0o640, 0o604, 0o620, 0o602, 0o610] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let read = KeySource::File(path.clone()).read();
            assert!(matches!(read, Err(SourceError::NotPrivate)), "{mode:o}");
        }
    }

    #[test]
    fn a_file_is_made_once_and_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        create_private(&path, &Secret::copy_of(b"one")).unwrap();
        let again = create_private(&path, &Secret::copy_of(b"two"));
        assert_eq!(again.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        // What an interrupted one has left is no hindrance.
        fs::write(folder.path().join("keys.new"), "half").unwrap();
        replace_private(&path, &Secret::copy_of(b"two")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn of_keys_that_are_added_at_once_none_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let source = KeySource::File(folder.path().join("keys"));
        let text = KeyRing::generate(&SystemRandom::new()).unwrap().text();
        create_private(&folder.path().join("keys"), &text).unwrap();
        let added = std::thread::scope(|scope| {
            let add = || source.add_seal_key(&SystemRandom::new()).unwrap();
            let adding: Vec<_> = (0..16).map(|_| scope.spawn(add)).collect();
            adding.into_iter().map(|adding| adding.join().unwrap().0).collect::<Vec<_>>()
        });
        let mut sorted = added.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (2..=17).collect::<Vec<u32>>(), "{added:?}");
        let ring = source.read().unwrap();
        assert!((1..=17).all(|key| ring.has(KeyId(key))));
        assert_eq!(ring.current(), KeyId(17));
    }

    #[test]
    fn keys_are_read_again_when_one_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let random = || Box::new(SystemRandom::new());
        let mut ring = KeyRing::generate(&SystemRandom::new()).unwrap();
        create_private(&path, &ring.text()).unwrap();
        let running = RingKeys::read(KeySource::File(path.clone()), random()).unwrap();

        ring.add_seal_key(&SystemRandom::new()).unwrap();
        replace_private(&path, &ring.text()).unwrap();
        let rotating = RingKeys::read(KeySource::File(path), random()).unwrap();
        let credential = CredentialId::new("WRFU12345678").unwrap();
        let place = Place { credential: &credential, purpose: Purpose::Code };
        let seed = Secret::copy_of(b"12345678901234567890");
        let (key, sealed) = rotating.seal(&seed, place).unwrap();
        assert_eq!(running.open(key, &sealed, place), Ok(seed));
    }
}
