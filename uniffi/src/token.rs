use std::{path::Path, sync::Arc};

use warifu::{
    credential::{EntryId, Label, RequestId},
    otp::Code,
    provision::{enrol::BindingLevel, otpauth},
    secret::{Random, Secret as SecretBytes, SystemRandom, scrubbed},
    time::DeviceTime,
    token::{self, Added, EntryInfo, Error, Marker, PendingEnrolment, Screen},
    vault::{SlotId, SlotInfo, UnlockReport},
};

use crate::{
    Flow, KdfCost, NewSlot, UnlockWith, WarifuError, enrolment,
    flow::Count,
    slots::{kdf, passphrase},
};

/// A software token: one vault, locked or unlocked. Every call is synchronous, and any thread may
/// make it; keep those that say *slow* off the main thread.
#[derive(uniffi::Object)]
pub struct Token(token::Token);

/// A token that is being made, and the flow that makes it.
#[derive(uniffi::Record)]
pub struct NewToken {
    /// Locked until the flow has ended.
    pub token: Arc<Token>,
    /// Run it to its end.
    pub flow: Arc<Flow>,
}

#[uniffi::export]
impl Token {
    /// Makes a new vault and leaves it unlocked. Slow: Argon2 and a durable write.
    ///
    /// # Errors
    /// There is a file already, a passphrase under 8 characters, the disk's refusals.
    #[uniffi::constructor]
    pub fn create(
        path: String,
        passphrase: SecretBytes,
        kdf: Option<KdfCost>,
    ) -> Result<Arc<Self>, WarifuError> {
        Ok(Self::create_from(&path, &passphrase, kdf, random())?)
    }

    /// Finds the vault and leaves it locked. Reads the file.
    ///
    /// # Errors
    /// There is none, it is no vault, a later version made it, its table of contents is damaged.
    #[uniffi::constructor]
    pub fn open(path: String) -> Result<Arc<Self>, WarifuError> {
        Ok(Arc::new(Self(token::Token::open(Path::new(&path), random())?)))
    }

    /// Opens the vault with its passphrase and checks every part of it. Slow: Argon2.
    ///
    /// # Errors
    /// The passphrase is wrong, or damage that names its part; locked, if a lock came meanwhile.
    pub fn unlock(&self, passphrase: SecretBytes) -> Result<UnlockReport, WarifuError> {
        Ok(self.0.unlock(&crate::slots::passphrase(&passphrase)?)?)
    }

    /// Opens the vault by a slot of the platform: the device, biometrics, or a PIN.
    ///
    /// # Errors
    /// What was typed is no PIN. Everything else the flow tells.
    pub fn unlock_with(&self, way: UnlockWith, now: DeviceTime) -> Result<Arc<Flow>, WarifuError> {
        Ok(flow(self.0.unlock_with(way.try_into()?, now)))
    }

    /// Has the platform keep the vault's generation, so that an older file is noticed. Run it after
    /// each change.
    ///
    /// # Errors
    /// A malformed boot ID alone. Everything else the flow tells.
    pub fn anchor(&self, now: DeviceTime) -> Result<Arc<Flow>, WarifuError> {
        Ok(flow(self.0.anchor(now)))
    }

    /// Forgets the data key and ends every flow that waits for an answer.
    pub fn lock(&self) {
        self.0.lock();
    }

    /// Whether codes can be made.
    pub fn is_unlocked(&self) -> bool {
        self.0.is_unlocked()
    }

    /// All that there is to draw at `now`: no file is read, nothing is waited for.
    ///
    /// # Errors
    /// The device's clock cannot be right.
    pub fn screen(&self, now: DeviceTime) -> Result<Screen, WarifuError> {
        Ok(self.0.screen(now)?)
    }

    /// Takes in what another process wrote. Reads the file; true if anything changed.
    ///
    /// # Errors
    /// Locked; the file was rolled back, replaced or damaged.
    pub fn refresh(&self) -> Result<bool, WarifuError> {
        Ok(self.0.refresh()?)
    }

    /// What a backup may hold.
    ///
    /// # Errors
    /// Locked.
    pub fn marker(&self) -> Result<Marker, WarifuError> {
        Ok(self.0.marker()?)
    }

    /// The entries in the order of the list.
    ///
    /// # Errors
    /// Locked.
    pub fn entries(&self) -> Result<Vec<EntryInfo>, WarifuError> {
        Ok(self.0.entries().list()?)
    }

    /// Adds what an `otpauth://` link says at the end of the list. Slow: a durable write.
    ///
    /// # Errors
    /// The link is none; the same credential is there already; locked; the disk's refusals.
    pub fn add(&self, uri: SecretBytes) -> Result<Added, WarifuError> {
        let new = scrubbed(|| otpauth::parse(uri.expose())).map_err(Error::from)?;
        drop(uri);
        Ok(self.0.entries().add(new)?)
    }

    /// Gives an entry other names. The credential ID is the issuer's and stays. Slow: a durable
    /// write.
    ///
    /// # Errors
    /// A name that cannot be shown, or none; an unknown entry; locked; the disk's refusals.
    pub fn rename(
        &self,
        id: EntryId,
        issuer: Option<Label>,
        account: Option<Label>,
    ) -> Result<(), WarifuError> {
        Ok(self.0.entries().rename(id, issuer, account)?)
    }

    /// Removes an entry and its keys for good. Slow: a durable write.
    ///
    /// # Errors
    /// An unknown entry; locked; the disk's refusals.
    pub fn remove(&self, id: EntryId) -> Result<(), WarifuError> {
        Ok(self.0.entries().remove(id)?)
    }

    /// The next HOTP code (RFC 4226). The same `request` again gives the same code again. Slow: the
    /// counter is durable before the code is made.
    ///
    /// # Errors
    /// The entry is of another kind, its counters are spent, an unknown entry; locked; the disk's
    /// refusals, after which the same request may be repeated.
    pub fn advance(&self, id: EntryId, request: RequestId) -> Result<Code, WarifuError> {
        Ok(self.0.entries().advance(id, request)?)
    }

    /// The enrolment that is pending, if one is.
    ///
    /// # Errors
    /// Locked; a later version began it.
    pub fn pending_enrolment(&self) -> Result<Option<PendingEnrolment>, WarifuError> {
        Ok(self.0.enrolment().pending()?)
    }

    /// Enrols with the service of a link, from the beginning to the end. An activation code that was
    /// typed takes the place of the link's own. If an enrolment by the same link and code is pending,
    /// that goes on; another one is forgotten, unless its service has answered.
    ///
    /// # Errors
    /// The link or the code is none. Everything else the flow tells.
    pub fn begin_enrolment(
        &self,
        link: SecretBytes,
        activation: Option<SecretBytes>,
        binding: BindingLevel,
        now: DeviceTime,
    ) -> Result<Arc<Flow>, WarifuError> {
        let read = enrolment::read(&link, activation.as_ref())?;
        drop((link, activation));
        Ok(flow(self.0.enrolment().begin(read, binding, now)))
    }

    /// Goes on with the enrolment that is pending.
    ///
    /// # Errors
    /// A malformed boot ID alone. Everything else the flow tells.
    pub fn resume_enrolment(&self, now: DeviceTime) -> Result<Arc<Flow>, WarifuError> {
        Ok(flow(self.0.enrolment().resume(now)))
    }

    /// Forgets the enrolment that is pending, and ends its flow. Slow: a durable write.
    ///
    /// # Errors
    /// Locked; the disk's refusals.
    pub fn discard_enrolment(&self) -> Result<(), WarifuError> {
        Ok(self.0.enrolment().discard()?)
    }

    /// Names web servers whose `Date` is a hint where no issuer's service is to be had, the bank's own
    /// site for one. It can move codes by no more than 10 minutes, and nothing by it is ever *sure*.
    ///
    /// # Errors
    /// An address that is no `https` address; more than 8 of them.
    pub fn set_time_hosts(&self, hosts: Vec<String>) -> Result<(), WarifuError> {
        Ok(self.0.time().set_hosts(crate::time::hosts(&hosts)?)?)
    }

    /// Asks the issuers' services for their time, and the hosts where none answers. What was heard is
    /// kept, and holds until the device restarts.
    ///
    /// # Errors
    /// A malformed boot ID alone. Everything else the flow tells.
    pub fn sync_time(&self, now: DeviceTime) -> Result<Arc<Flow>, WarifuError> {
        Ok(flow(self.0.time().sync(now)))
    }

    /// The ways to open the vault, as its file lists them. Nobody vouches for them until the vault
    /// is open. Reads the file.
    ///
    /// # Errors
    /// As `open`.
    pub fn locked_slots(&self) -> Result<Vec<SlotInfo>, WarifuError> {
        Ok(self.0.locked_slots()?)
    }

    /// The ways to open the vault.
    ///
    /// # Errors
    /// Locked.
    pub fn slots(&self) -> Result<Vec<SlotInfo>, WarifuError> {
        Ok(self.0.slots().list()?)
    }

    /// How many keys of replaced or removed slots the key store has not deleted yet. Every unlock by
    /// the platform tries again. Until then an older copy of the file opens by what the slot took.
    ///
    /// # Errors
    /// Locked.
    pub fn kept_keys(&self) -> Result<Count, WarifuError> {
        Ok(self.0.slots().kept_keys()?)
    }

    /// Puts a new passphrase in the place of the current one. Slow: Argon2 twice and a durable write.
    ///
    /// # Errors
    /// `current` is not it, the new one is under 8 characters; locked; the disk's refusals.
    pub fn change_passphrase(
        &self,
        current: SecretBytes,
        new: SecretBytes,
        kdf: Option<KdfCost>,
    ) -> Result<(), WarifuError> {
        let (current, new) = (passphrase(&current)?, passphrase(&new)?);
        Ok(self.0.slots().change_passphrase(&current, &new, crate::slots::kdf(kdf)?)?)
    }

    /// Makes a slot, in the place of every other of its kind. So a PIN is set, changed, or set anew by
    /// the one call. The keys of the others are deleted; where the key store refuses that, the slot is
    /// made all the same, and `kept_keys` tells.
    ///
    /// # Errors
    /// What was typed is no PIN or passphrase. Everything else the flow tells.
    pub fn set_slot(&self, new: NewSlot, now: DeviceTime) -> Result<Arc<Flow>, WarifuError> {
        Ok(flow(self.0.slots().set(new.try_into()?, now)))
    }

    /// Makes a *device* or *biometric* slot anew, under a new ID and key.
    ///
    /// # Errors
    /// A malformed ID alone. Everything else the flow tells.
    pub fn remake_slot(&self, id: SlotId, now: DeviceTime) -> Result<Arc<Flow>, WarifuError> {
        Ok(flow(self.0.slots().remake(id, now)))
    }

    /// Removes a slot and deletes its keys. It leaves the list when all of them are gone; where the
    /// key store refuses that, the same call again finishes it.
    ///
    /// # Errors
    /// A malformed ID alone. Everything else the flow tells.
    pub fn remove_slot(&self, id: SlotId, now: DeviceTime) -> Result<Arc<Flow>, WarifuError> {
        Ok(flow(self.0.slots().remove(id, now)))
    }
}

/// A new vault that this device opens without a prompt, made by a flow; the token is locked until
/// that has ended.
///
/// # Errors
/// The system's randomness failed. Everything else the flow tells.
#[uniffi::export]
pub fn create_on_device(path: String, now: DeviceTime) -> Result<NewToken, WarifuError> {
    let (token, making) = token::Token::create_on_device(Path::new(&path), random(), now)?;
    Ok(NewToken { token: Arc::new(Token(token)), flow: flow(making) })
}

impl Token {
    pub(crate) fn create_from(
        path: &str,
        typed: &SecretBytes,
        cost: Option<KdfCost>,
        random: Arc<dyn Random>,
    ) -> Result<Arc<Self>, Error> {
        let passphrase = passphrase(typed)?;
        let token = token::Token::create(Path::new(path), &passphrase, kdf(cost)?, random)?;
        Ok(Arc::new(Self(token)))
    }
}

fn flow(flow: token::Flow) -> Arc<Flow> {
    Arc::new(flow.into())
}

fn random() -> Arc<dyn Random> {
    Arc::new(SystemRandom::new())
}
