//! One try at a PIN. `docs/threat-model.md` ("The PIN") says what is assumed and why the order is
//! this one; the numbers in [`Try::judge`] are its steps.

use super::{
    FixedPart, INNER,
    envelope::{Beside, Envelope, State, States, Wrapped, around, before, beside, next_number},
    inner::Inner,
    typed::Pin,
    wait_after,
};
use crate::{
    time::{Millis, Uptime},
    vault::{
        Error, SealedVault, SlotId, VaultFile,
        keys::{KeyGate, KeyName, KeyRefusal, KeyUse, Keys},
        read, replace_envelope,
        seal::DataKey,
    },
};

/// One try at one slot.
pub(in crate::vault) struct Try<'a> {
    pub(in crate::vault) file: &'a VaultFile,
    pub(in crate::vault) keys: &'a Keys,
    pub(in crate::vault) vault: [u8; 16],
    pub(in crate::vault) slot: SlotId,
    pub(in crate::vault) pin: &'a Pin,
}

/// What became of the count of wrong tries at a right PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TryCount {
    /// It is 0, or the slot has none.
    Reset,
    /// It could not be set back: this right try counts like a wrong one.
    Stays,
}

/// The state that counts.
struct Found {
    wrapped: Wrapped,
    state: State,
    /// The number behind it that another try has taken.
    taken: Option<u32>,
}

impl Try<'_> {
    /// The data key, if the PIN is right. A try whose key another one took away is told that the
    /// file changed, which it did: the slot is well.
    pub(in crate::vault) async fn judge(&self) -> Result<(DataKey, TryCount), Error> {
        let sealed = read(self.file)?;
        let mut seen = sealed.digest;
        match self.attempt(sealed, &mut seen).await {
            Err(Error::KeyLost { .. } | Error::KeyStore(KeyRefusal::Missing))
                if read(self.file)?.digest != seen =>
            {
                Err(Error::Changed)
            }
            judged => judged,
        }
    }

    /// `seen`: the file as this try last read or wrote it.
    async fn attempt(
        &self,
        sealed: SealedVault,
        seen: &mut [u8; 32],
    ) -> Result<(DataKey, TryCount), Error> {
        if sealed.image.vault_id != self.vault {
            return Err(Error::Changed);
        }
        let slot = sealed.image.whole_slot(self.slot)?;
        let fixed = FixedPart::parse(slot)?;
        let states = match Envelope::parse(slot)? {
            Envelope::States(states) => states,
            Envelope::Tombstone { last } => return Err(self.bury(&sealed, last).await),
        };

        // (1) The newest state whose key exists.
        let mut found = self.newest_that_opens(states).await?;
        let number = found.wrapped.number;
        if found.state.tries >= fixed.params.limit {
            return Err(self.destroy(&sealed, number).await);
        }
        let sealed = self.wait(sealed, &mut found).await?;
        *seen = sealed.digest;
        let Found { wrapped, mut state, taken } = found;

        // (2) What the hardware must do for a guess.
        let inner = Inner { keys: self.keys, vault: self.vault, slot: self.slot, fixed: &fixed };
        let guess = inner.guess(self.pin, &state.inner).await?;

        // (3) A number for the next key, durably, so that a try that meets this one takes another.
        // A try that began before cannot write any more. What older tries left can go.
        let next = next_number(number, taken)?;
        let reserved = States { newest: wrapped, beside: Beside::Reserved(next) };
        let sealed = self.write(&sealed, Envelope::States(reserved))?;
        *seen = sealed.digest;
        self.delete(before(number)).await?;

        // (4) The next key, and the try counted under both.
        self.keys.create(self.key(next), KeyUse::Wrap, KeyGate::Device).await?;
        state.tries = state.tries.saturating_add(1);
        let now = self.keys.now();
        state.boot = now.boot;
        state.not_before = now.uptime.saturating_add(wait_after(state.tries));
        let under_old = self.wrap(number, &state).await?;
        let under_new = self.wrap(next, &state).await?;

        // (5) Both, durably.
        let counted = self.encode(&sealed, both(under_old.clone(), under_new))?;
        let sealed = sealed.with_envelope(self.file, self.slot, counted.clone())?;
        *seen = sealed.digest;

        // (6) From here on no older count can be opened. Nothing is judged before the store has
        // confirmed.
        self.delete([beside(next), number].into_iter()).await?;

        // (7) Now, and in this very call.
        let Some(data_key) = guess.judge(&inner) else {
            return Err(self.wrong(&sealed, &fixed, next, &state).await);
        };

        // (8) Right: no try is spent. The state before stays: a power cut may undo (4) and (6), and
        // then it is the only one whose key exists.
        (state.tries, state.not_before) = (0, Uptime(0));
        let written = async {
            let fresh = self.wrap(next, &state).await?;
            let right = self.encode(&sealed, both(under_old, fresh))?;
            self.write_down(&counted, right).await
        };
        let count = if written.await.is_ok() { TryCount::Reset } else { TryCount::Stays };
        Ok((data_key, count))
    }

    /// The older state counts the try as well, so to fall back on it gives none back. The power
    /// went, and the store forgot that it made the newer key; or it has a key of that number from
    /// an earlier, interrupted try again, and fails. While the device runs on, a failure is a
    /// failure: the try that made the newer key may still be under way.
    async fn newest_that_opens(&self, states: States) -> Result<Found, Error> {
        let States { newest, beside } = states;
        let refused = match self.open(&newest).await {
            Ok(state) => {
                let taken = if let Beside::Reserved(number) = beside { Some(number) } else { None };
                return Ok(Found { wrapped: newest, state, taken });
            }
            Err(error @ Error::KeyStore(KeyRefusal::Missing | KeyRefusal::Unavailable)) => error,
            Err(error) => return Err(error),
        };
        let is_failure = refused == Error::KeyStore(KeyRefusal::Unavailable);
        let lost = match refused {
            Error::KeyStore(KeyRefusal::Missing) => Error::KeyLost { slot: self.slot },
            other => other,
        };
        let Beside::Older(older) = beside else { return Err(lost) };
        match self.open(&older).await {
            Ok(state) if is_failure && state.boot == self.keys.now().boot => Err(lost),
            Ok(state) => Ok(Found { wrapped: older, state, taken: Some(newest.number) }),
            Err(Error::KeyStore(KeyRefusal::Missing)) => Err(lost),
            Err(error) => Err(error),
        }
    }

    async fn open(&self, wrapped: &Wrapped) -> Result<State, Error> {
        let bytes = self.keys.unwrap(self.key(wrapped.number), &wrapped.state).await?;
        State::parse(&bytes).ok_or(Error::slot(self.slot))
    }

    /// Waits out what an earlier wrong try cost. After a reboot the wait starts anew, and that is
    /// written down before it begins.
    async fn wait(&self, mut sealed: SealedVault, found: &mut Found) -> Result<SealedVault, Error> {
        let Found { wrapped, state, taken } = found;
        let wait = wait_after(state.tries);
        if wait == Millis::ZERO {
            return Ok(sealed);
        }
        loop {
            let now = self.keys.now();
            if state.boot != now.boot {
                (state.boot, state.not_before) = (now.boot, now.uptime.saturating_add(wait));
                *wrapped = self.wrap(wrapped.number, state).await?;
                let beside = taken.map_or(Beside::Nothing, Beside::Reserved);
                let waiting = States { newest: wrapped.clone(), beside };
                sealed = self.write(&sealed, Envelope::States(waiting))?;
            }
            if now.uptime >= state.not_before {
                return Ok(sealed);
            }
            self.keys.wait(state.not_before).await;
        }
    }

    async fn wrong(
        &self,
        sealed: &SealedVault,
        fixed: &FixedPart,
        number: u32,
        state: &State,
    ) -> Error {
        let left = fixed.params.limit.saturating_sub(state.tries);
        if left == 0 {
            // Even if this fails: no state opens below the limit any more.
            let _ = self.destroy(sealed, number).await;
            return Error::PinDestroyed;
        }
        Error::WrongPin { tries_left: left, wait: wait_after(state.tries) }
    }

    /// Leaves a tombstone, durably, and deletes all keys. Whatever of it fails is finished by the
    /// next try, which finds the limit reached or the tombstone.
    async fn destroy(&self, sealed: &SealedVault, last: u32) -> Error {
        match self.write(sealed, Envelope::Tombstone { last }) {
            Ok(_) => self.delete_all(last).await,
            Err(error) => error,
        }
    }

    /// Finishes what the tombstone says. The process that wrote it may have died before it was
    /// durable.
    async fn bury(&self, sealed: &SealedVault, last: u32) -> Error {
        match sealed.settle(self.file) {
            Ok(()) => self.delete_all(last).await,
            Err(error) => error,
        }
    }

    async fn delete_all(&self, last: u32) -> Error {
        self.delete([INNER].into_iter().chain(around(last)))
            .await
            .err()
            .unwrap_or(Error::PinDestroyed)
    }

    async fn delete(&self, numbers: impl Iterator<Item = u32>) -> Result<(), Error> {
        for number in numbers {
            self.keys.delete(self.key(number)).await?;
        }
        Ok(())
    }

    /// Puts `right` in the place of `counted`. Another process that writes just then is waited for,
    /// and other changes of the file stand; where another try has moved on, its count stands. If
    /// this fails the vault opens all the same, and the count falls at the next right try; there is
    /// none if this was the last.
    async fn write_down(&self, counted: &[u8], right: Vec<u8>) -> Result<(), Error> {
        let write = || replace_envelope(self.file, self.vault, self.slot, counted, &right);
        for _ in 0..WRITE_PAUSES {
            let written = write();
            if written != Err(Error::Busy) {
                return written;
            }
            self.keys.wait(self.keys.now().uptime.saturating_add(WRITE_PAUSE)).await;
        }
        write()
    }

    async fn wrap(&self, number: u32, state: &State) -> Result<Wrapped, Error> {
        let state = self.keys.wrap(self.key(number), state.encode()?).await?;
        Ok(Wrapped { number, state })
    }

    fn write(&self, sealed: &SealedVault, envelope: Envelope) -> Result<SealedVault, Error> {
        let encoded = self.encode(sealed, envelope)?;
        sealed.with_envelope(self.file, self.slot, encoded)
    }

    fn encode(&self, sealed: &SealedVault, envelope: Envelope) -> Result<Vec<u8>, Error> {
        envelope.encode(sealed.image.whole_slot(self.slot)?.envelope.len())
    }

    fn key(&self, number: u32) -> KeyName {
        KeyName { vault: self.vault, slot: self.slot, number }
    }
}

/// How often a busy file is waited for after a right PIN, and for how long each time: a second in
/// all. Others hold it for one write.
const WRITE_PAUSES: u32 = 50;
const WRITE_PAUSE: Millis = Millis(20);

fn both(older: Wrapped, newest: Wrapped) -> Envelope {
    Envelope::States(States { newest, beside: Beside::Older(older) })
}
