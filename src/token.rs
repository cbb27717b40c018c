//! What an app holds: open, unlock, lock, and one value that says what to draw (L4).
//!
//! ```
//! use std::sync::Arc;
//! use warifu::{
//!     provision::otpauth,
//!     secret::SystemRandom,
//!     time::{BootId, DeviceTime, UnixMillis, Uptime},
//!     token::{Face, Token},
//!     vault::{KdfParams, Passphrase},
//! };
//!
//! # fn main() -> Result<(), warifu::token::Error> {
//! # let folder = tempfile::tempdir().unwrap();
//! # let path = folder.path().join("token.warifu");
//! # let quick = KdfParams::new(8, 1, 1).unwrap();
//! # #[allow(unused)]
//! let cost = KdfParams::DEFAULT;
//! # let cost = quick;
//! let passphrase = Passphrase::new("correct horse battery".as_bytes())?;
//! let token = Token::create(&path, &passphrase, cost, Arc::new(SystemRandom::new()))?;
//! let uri = b"otpauth://totp/Bank:0001?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Bank";
//! token.entries().add(otpauth::parse(uri)?)?;
//!
//! let now = DeviceTime {
//!     wall: UnixMillis::from_secs(2_000_000_000),
//!     uptime: Uptime(5_000),
//!     boot: BootId([0; 16]),
//! };
//! let screen = token.screen(now)?;
//! let Face::Totp { code, seconds_left, .. } = &screen.cards[0].face else { unreachable!() };
//! assert_eq!((code.expose(), *seconds_left), ("279037", 10));
//! # Ok(())
//! # }
//! ```

mod clock;
mod enrol;
mod entries;
mod errand;
mod error;
mod flow;
mod http;
mod marker;
mod screen;
mod slots;
#[cfg(test)]
mod tests;

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    credential::WebAddress,
    secret::{Random, scrubbed},
    time::DeviceTime,
    vault::{
        self, Draft, KdfParams, OpenVault, Passphrase, SlotInfo, TryCount, UnlockReport,
        UnlockWith, VaultFile, Version,
    },
};
use clock::Known;
use errand::Platform;
use flow::FlowKind;

pub use clock::{SyncError, TimeSync};
pub use enrol::{AnsweredEnrolment, Enrolment, EnrolmentError, PendingEnrolment};
pub use entries::{Added, Entries, EntryInfo};
pub use errand::{Answer, Errand};
pub use error::{Error, SupportCode};
use flow::Current;
pub use flow::{Flow, Misuse, Outcome, Step, Ticket};
pub use http::{HttpAnswer, HttpErrand, HttpFailure, HttpMethod};
pub use marker::{MarkedBank, Marker, MarkerError};
pub use screen::{
    Card, ClockNotice, ClockView, CopyPolicy, Face, LockStatus, NeighbourCode, Screen,
};
pub use slots::Slots;

/// A software token: one vault, locked or unlocked. Every method takes `&self`; share it as you
/// like. What is slow says so; nothing here starts a thread or reads a clock.
pub struct Token {
    shared: Arc<Shared>,
}

/// What a token and its flows share.
struct Shared {
    file: VaultFile,
    random: Arc<dyn Random>,
    /// Tells this token's tickets from another's.
    id: u64,
    /// Held only to read or swap memory, so that [`Token::screen`] never waits for work.
    state: Mutex<State>,
    /// One read-modify-write of the file at a time, or one unlock.
    writer: Mutex<()>,
    /// Which flow of each kind is the newest.
    current: Current,
}

/// The opened vault, or nothing while locked. `epoch` counts the locks, so that work begun before
/// a lock cannot undo it.
struct State {
    vault: Option<Arc<OpenVault>>,
    epoch: u64,
    /// The last version seen; an older one put back while locked is noticed by it.
    seen: Option<Version>,
    /// What is known of the time. It is no secret, and outlives a lock.
    clock: Known,
    /// Who else may be asked for it.
    hosts: Arc<[WebAddress]>,
}

impl Token {
    /// Makes a new vault and leaves it unlocked. Slow by design: Argon2 and a durable write.
    ///
    /// # Errors
    /// A vault error: `AlreadyExists` if any file is there, a passphrase under 8 characters, the
    /// disk's refusals.
    pub fn create(
        path: &Path,
        passphrase: &Passphrase,
        kdf: KdfParams,
        random: Arc<dyn Random>,
    ) -> Result<Self, Error> {
        Self::create_in(VaultFile::new(path), passphrase, kdf, random)
    }

    /// Finds the vault and leaves it locked. Only what can be told without a key is checked.
    ///
    /// # Errors
    /// A vault error: `NotFound`, `NotAVault`, `UnsupportedVersion`, damage to the table of contents.
    pub fn open(path: &Path, random: Arc<dyn Random>) -> Result<Self, Error> {
        let file = VaultFile::new(path);
        vault::read(&file)?;
        Self::new(file, random)
    }

    pub(crate) fn create_in(
        file: VaultFile,
        passphrase: &Passphrase,
        kdf: KdfParams,
        random: Arc<dyn Random>,
    ) -> Result<Self, Error> {
        let token = Self::new(file, random)?;
        let shared = &token.shared;
        scrubbed(|| {
            let vault = vault::create(&shared.file, passphrase, kdf, &*shared.random)?;
            shared.unlocked_since(0, vault)
        })?;
        Ok(token)
    }

    /// Locked.
    fn new(file: VaultFile, random: Arc<dyn Random>) -> Result<Self, Error> {
        let mut id = [0; 8];
        random.fill(&mut id)?;
        let id = u64::from_be_bytes(id);
        let state = Mutex::new(State {
            vault: None,
            epoch: 0,
            seen: None,
            clock: Known::default(),
            hosts: Arc::new([]),
        });
        let (writer, current) = (Mutex::new(()), Current::default());
        Ok(Self { shared: Arc::new(Shared { file, random, id, state, writer, current }) })
    }

    /// Opens the vault with its passphrase and checks every part of it. Slow by design: Argon2;
    /// call it off the main thread. It makes an unlock by a flow that began before it stale.
    ///
    /// # Errors
    /// A vault error: `WrongPassphrase`, or damage that names its part. A [`Token::lock`] that comes
    /// while the key is being made wins: [`Error::Locked`].
    pub fn unlock(&self, passphrase: &Passphrase) -> Result<UnlockReport, Error> {
        let epoch = self.shared.state().epoch;
        self.shared.current.overtake(FlowKind::Unlock);
        scrubbed(|| {
            let vault = vault::read(&self.shared.file)?.open_with_passphrase(passphrase)?;
            self.shared.unlocked_since(epoch, vault)
        })
    }

    /// A new vault that this device opens without a prompt, made by a flow; locked until that has
    /// ended. A bank's policy may demand more: add a PIN or biometrics, then remove this slot.
    ///
    /// # Errors
    /// The system's randomness failed. Everything else the flow tells.
    pub fn create_on_device(
        path: &Path,
        random: Arc<dyn Random>,
        now: DeviceTime,
    ) -> Result<(Self, Flow), Error> {
        let token = Self::new(VaultFile::new(path), random)?;
        let epoch = token.shared.state().epoch;
        let flow = Flow::begin(
            &token.shared,
            FlowKind::Unlock,
            now,
            |shared, Platform { keys, .. }| async move {
                let vault = vault::create_with_device(&shared.file, &keys, &*shared.random).await?;
                shared.unlocked_since(epoch, vault).map(Outcome::Unlocked)
            },
        );
        Ok((token, flow))
    }

    /// Opens the vault by a slot of the platform: the device, biometrics, or a PIN. It is open before
    /// the flow's last errands, which delete keys that no slot needs any more: whoever abandons the
    /// flow asks [`Token::is_unlocked`].
    ///
    /// The flow's errors: `WrongPin` with the tries that are left, `KeyInvalidated`,
    /// `RestoredOnAnotherDevice`, `NeedsReEnrolment`, `RolledBack`, what the key store refused.
    pub fn unlock_with(&self, way: UnlockWith, now: DeviceTime) -> Flow {
        let epoch = self.shared.state().epoch;
        Flow::begin(
            &self.shared,
            FlowKind::Unlock,
            now,
            move |shared, Platform { keys, .. }| async move {
                let (vault, count) = vault::open_with(&shared.file, &keys, &way).await?;
                drop(way);
                let report = UnlockReport {
                    pin_count_stays: count == TryCount::Stays,
                    ..shared.unlocked_since(epoch, vault)?
                };
                // Nothing that the person waits for depends on it; see `Slots::kept_keys`.
                let _ = slots::sweep(&shared, &keys).await;
                Ok(Outcome::Unlocked(report))
            },
        )
    }

    /// Has the platform keep the vault's generation, so that an older file is noticed. Run it after
    /// each change; a change that was not anchored is made good at the next unlock.
    pub fn anchor(&self, now: DeviceTime) -> Flow {
        Flow::begin(
            &self.shared,
            FlowKind::Anchor,
            now,
            |shared, Platform { keys, .. }| async move {
                // Another process may have anchored what it wrote.
                shared.refresh()?;
                let vault = shared.unlocked()?;
                vault.check_anchor(&shared.file, &keys).await?;
                Ok(Outcome::Anchored)
            },
        )
    }

    /// Forgets the data key and ends every flow that waits for an answer. Work that is under way ends
    /// with what it began with; the key is wiped when the last of it has ended.
    pub fn lock(&self) {
        {
            let mut state = self.shared.state();
            state.epoch = state.epoch.wrapping_add(1);
            state.vault = None;
        }
        self.shared.current.end_all();
    }

    /// Whether codes can be made.
    pub fn is_unlocked(&self) -> bool {
        self.shared.state().vault.is_some()
    }

    /// All that there is to draw at `now`: no file is read, nothing is waited for.
    ///
    /// # Errors
    /// [`Error::Clock`] if a code is to come from the time, and nothing but the device's clock tells it,
    /// which cannot be right. While locked the answer is a [`Screen`] that says so.
    pub fn screen(&self, now: DeviceTime) -> Result<Screen, Error> {
        let (vault, epoch, clocks, wrong_date, has_hosts) = {
            let state = self.shared.state();
            let (clocks, wrong_date) = (state.clock.clocks(), state.clock.wrong_date());
            (state.vault.clone(), state.epoch, clocks, wrong_date, !state.hosts.is_empty())
        };
        let known = clock::Now { clocks, wrong_date, has_hosts, at: now };
        let Some(vault) = vault else { return Ok(Screen::locked(&known)) };
        let screen = |credentials| Screen::unlocked(&known, credentials);
        let screen = scrubbed(|| vault.entries().map(screen))?;
        // A lock that came meanwhile wins.
        if self.shared.state().epoch == epoch { Ok(screen?) } else { Ok(Screen::locked(&known)) }
    }

    /// Takes in what another process wrote. Reads the file; true if anything changed.
    ///
    /// # Errors
    /// [`Error::Locked`], or a vault error: `RolledBack`, `Replaced`, damage.
    pub fn refresh(&self) -> Result<bool, Error> {
        scrubbed(|| self.shared.refresh())
    }

    /// What a backup may hold: see [`Marker`].
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn marker(&self) -> Result<Marker, Error> {
        scrubbed(|| Ok(Marker::of(&self.shared.unlocked()?.entries()?)))
    }

    /// The credentials: add, rename, remove, and the HOTP button.
    pub fn entries(&self) -> Entries<'_> {
        Entries(&self.shared)
    }

    /// Credentials from a bank's token service: begin, resume, discard.
    pub fn enrolment(&self) -> Enrolment<'_> {
        Enrolment(&self.shared)
    }

    /// The verifier's time: whom to ask, and to ask.
    pub fn time(&self) -> TimeSync<'_> {
        TimeSync(&self.shared)
    }

    /// The ways to open the vault, as its file lists them. They are read without a key, so nobody
    /// vouches for them until the vault is open: enough to choose what to ask for.
    ///
    /// # Errors
    /// As [`Token::open`].
    pub fn locked_slots(&self) -> Result<Vec<SlotInfo>, Error> {
        Ok(vault::read(&self.shared.file)?.slots())
    }

    /// The ways to open the vault.
    pub fn slots(&self) -> Slots<'_> {
        Slots(&self.shared)
    }
}

impl Shared {
    fn refresh(&self) -> Result<bool, Error> {
        let _writer = self.writer();
        let vault = self.unlocked()?;
        let Some(next) = vault.refreshed(&self.file)? else { return Ok(false) };
        self.swap(&vault, next)?;
        Ok(true)
    }

    /// Takes an opened vault in, unless a lock came since `epoch`. A change that is under way is
    /// waited for, so that what is taken in is not older than it.
    fn unlocked_since(&self, epoch: u64, vault: OpenVault) -> Result<UnlockReport, Error> {
        let _writer = self.writer();
        let vault = vault.refreshed(&self.file)?.unwrap_or(vault);
        let mut report = vault.report()?;
        if vault.pending()?.is_some_and(|pending| enrol::can_read(&pending)) {
            report.kept_unread = report.kept_unread.saturating_sub(1);
        }
        if vault.clock()?.is_some_and(|record| clock::can_read(&record)) {
            report.kept_unread = report.kept_unread.saturating_sub(1);
        }
        let version = vault.version();
        let mut state = self.state();
        if state.epoch != epoch {
            return Err(Error::Locked);
        }
        if state.seen.is_some_and(|seen| version.is_older_than(seen)) {
            return Err(vault::Error::RolledBack.into());
        }
        state.clock.follow(&vault)?;
        state.vault = Some(Arc::new(vault));
        state.seen = Some(version);
        Ok(report)
    }

    /// Changes the vault durably and takes the new version into memory.
    fn commit<T>(
        &self,
        change: impl FnOnce(&mut Draft<'_>) -> Result<T, vault::Error>,
    ) -> Result<T, Error> {
        let _writer = self.writer();
        let vault = self.unlocked()?;
        let (next, outcome) = vault.commit(&self.file, &*self.random, change)?;
        self.swap(&vault, next)?;
        Ok(outcome)
    }

    fn unlocked(&self) -> Result<Arc<OpenVault>, Error> {
        self.state().vault.clone().ok_or(Error::Locked)
    }

    /// Puts `next` in the place of `before`, unless a lock came meanwhile.
    fn swap(&self, before: &Arc<OpenVault>, next: OpenVault) -> Result<(), Error> {
        let mut state = self.state();
        state.seen = Some(next.version());
        if state.vault.as_ref().is_some_and(|current| Arc::ptr_eq(current, before)) {
            state.clock.follow(&next)?;
            state.vault = Some(Arc::new(next));
        }
        Ok(())
    }

    /// The state is swapped whole, so a panic elsewhere cannot have left it half-made.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writer(&self) -> MutexGuard<'_, ()> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
