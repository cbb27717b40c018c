//! All file I/O of the core: one small trait, and the real disk behind it.
//!
//! The trait is as fine as a crash is: a test puts a disk behind it that fails the n-th call, or
//! forgets what was not synced.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{Error, IoCause, Operation, layout::MAX_FILE};

/// The vault's place on a disk: the file, its lock beside it, and a temporary file for the next
/// version. None of it decides anything.
pub(crate) trait Disk: Send + Sync {
    /// Takes the lock that all processes respect, or fails with [`ErrorKind::WouldBlock`].
    fn lock(&self) -> io::Result<Box<dyn Lock>>;
    /// Reads the vault; one byte more than the limit at the most.
    fn read(&self) -> io::Result<Vec<u8>>;
    /// Removes the temporary file; that there is none is fine.
    fn remove_temp(&self) -> io::Result<()>;
    /// Creates the temporary file, readable by its owner alone.
    fn create_temp(&self) -> io::Result<Box<dyn Temp>>;
    /// Puts the temporary file in the vault's place.
    fn rename_temp(&self) -> io::Result<()>;
    /// Makes what was renamed durable.
    fn sync_folder(&self) -> io::Result<()>;
}

/// Held while one process reads, modifies and writes; released on drop.
pub(crate) trait Lock {}

/// The next version of the vault on its way to the disk.
pub(crate) trait Temp {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()>;
    fn sync(&mut self) -> io::Result<()>;
}

/// A vault's file, read and replaced whole.
pub(crate) struct VaultFile {
    disk: Box<dyn Disk>,
    /// Held with the disk's lock: this process waits for itself, and is busy for others alone.
    here: Mutex<()>,
}

impl VaultFile {
    pub(crate) fn new(path: &Path) -> Self {
        Self { disk: Box::new(OsDisk::new(path)), here: Mutex::new(()) }
    }

    #[cfg(test)]
    pub(crate) fn on(disk: impl Disk + 'static) -> Self {
        Self { disk: Box::new(disk), here: Mutex::new(()) }
    }

    pub(super) fn read(&self) -> Result<Vec<u8>, Error> {
        let bytes = retry(|| self.disk.read()).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Error::NotFound,
            ErrorKind::InvalidData => Error::NotAVault,
            _ => io_error(Operation::Read, &error),
        })?;
        if bytes.len() > MAX_FILE { Err(Error::TooLarge) } else { Ok(bytes) }
    }

    pub(super) fn lock(&self) -> Result<LockedFile<'_>, Error> {
        let here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = retry(|| self.disk.lock()).map_err(|error| match error.kind() {
            ErrorKind::WouldBlock => Error::Busy,
            ErrorKind::InvalidData => {
                Error::Io { operation: Operation::Lock, cause: IoCause::Other }
            }
            // The lock is created where it is missing, so it is its folder that is not there.
            ErrorKind::NotFound | ErrorKind::NotADirectory => {
                Error::Io { operation: Operation::Lock, cause: IoCause::NoFolder }
            }
            _ => io_error(Operation::Lock, &error),
        })?;
        Ok(LockedFile { file: self, _lock: lock, _here: here })
    }
}

/// The file while this process holds its lock.
pub(super) struct LockedFile<'a> {
    file: &'a VaultFile,
    /// Released before this process's own.
    _lock: Box<dyn Lock>,
    _here: MutexGuard<'a, ()>,
}

impl LockedFile<'_> {
    pub(super) fn read(&self) -> Result<Vec<u8>, Error> {
        self.file.read()
    }

    /// Replaces the file. On `Ok` the new version survives a power cut; on an error the file is
    /// the old version or the new one, whole, and a later [`Self::settle`] makes it last.
    pub(super) fn replace(&self, bytes: &[u8]) -> Result<(), Error> {
        let disk = &*self.file.disk;
        let written = self.write_temp(bytes);
        if written.is_err() {
            // The temporary file is sealed like the vault, so one left behind tells nothing; the
            // next write removes it.
            let _ = disk.remove_temp();
        }
        written?;
        self.settle()
    }

    /// Makes durable whatever version is in place.
    pub(super) fn settle(&self) -> Result<(), Error> {
        retry(|| self.file.disk.sync_folder()).map_err(|error| io_error(Operation::Write, &error))
    }

    fn write_temp(&self, bytes: &[u8]) -> Result<(), Error> {
        let disk = &*self.file.disk;
        let write = || {
            retry(|| disk.remove_temp())?;
            let mut temp = retry(|| disk.create_temp())?;
            temp.write_all(bytes)?;
            retry(|| temp.sync())?;
            drop(temp);
            retry(|| disk.rename_temp())
        };
        write().map_err(|error| io_error(Operation::Write, &error))
    }
}

/// Repeats a call that a signal interrupted, a bounded number of times.
fn retry<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    for _ in 0..16 {
        match call() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return done,
        }
    }
    call()
}

fn io_error(operation: Operation, error: &io::Error) -> Error {
    let cause = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            IoCause::Full
        }
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => IoCause::NotPermitted,
        _ => IoCause::Other,
    };
    Error::Io { operation, cause }
}

/// The real disk.
struct OsDisk {
    vault: PathBuf,
    lock: PathBuf,
    temp: PathBuf,
}

impl OsDisk {
    fn new(path: &Path) -> Self {
        // Behind a symbolic link the file itself is replaced, not the link.
        let path = &fs::canonicalize(path).unwrap_or_else(|_| path.into());
        let beside = |extension: &str| {
            let mut name = OsString::from(path);
            name.push(extension);
            PathBuf::from(name)
        };
        Self { vault: path.into(), lock: beside(".lock"), temp: beside(".tmp") }
    }
}

impl Disk for OsDisk {
    fn lock(&self) -> io::Result<Box<dyn Lock>> {
        // A pipe in the lock's place would be waited for without end.
        if fs::metadata(&self.lock).is_ok_and(|there| !there.is_file()) {
            return Err(ErrorKind::InvalidData.into());
        }
        // The vault itself is replaced by rename, so its own inode cannot carry the lock.
        let file = private(OpenOptions::new().create(true).truncate(false).write(true))
            .open(&self.lock)?;
        try_lock(&file)?;
        Ok(Box::new(OsLock { _file: file }))
    }

    fn read(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let limit = u64::try_from(MAX_FILE).unwrap_or(u64::MAX).saturating_add(1);
        // A pipe or a device in the vault's place would be waited for without end.
        if !fs::metadata(&self.vault)?.is_file() {
            return Err(ErrorKind::InvalidData.into());
        }
        File::open(&self.vault)?.take(limit).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn remove_temp(&self) -> io::Result<()> {
        match fs::remove_file(&self.temp) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn create_temp(&self) -> io::Result<Box<dyn Temp>> {
        let file = private(OpenOptions::new().create_new(true).write(true)).open(&self.temp)?;
        Ok(Box::new(OsTemp(file)))
    }

    fn rename_temp(&self) -> io::Result<()> {
        fs::rename(&self.temp, &self.vault)
    }

    #[cfg(unix)]
    fn sync_folder(&self) -> io::Result<()> {
        let folder = self.vault.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }

    /// Windows has no folder to sync: NTFS journals the rename itself.
    #[cfg(not(unix))]
    fn sync_folder(&self) -> io::Result<()> {
        Ok(())
    }
}

struct OsLock {
    /// Closing it releases the lock.
    _file: File,
}

impl Lock for OsLock {}

#[cfg(not(target_os = "android"))]
fn try_lock(file: &File) -> io::Result<()> {
    Ok(file.try_lock()?)
}

/// The call that std makes on Linux. On Android, as of Rust 1.96, it makes none and fails.
#[cfg(target_os = "android")]
fn try_lock(file: &File) -> io::Result<()> {
    Ok(rustix::fs::flock(file, rustix::fs::FlockOperation::NonBlockingLockExclusive)?)
}

struct OsTemp(File);

impl Temp for OsTemp {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_all()
    }
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}
