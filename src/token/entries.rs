use super::{Error, Shared};
use crate::{
    credential::{
        Credential, EntryId, Generator, Label, Names, NewCredential, RequestId, Weakness,
    },
    otp::{Code, hotp},
    secret::scrubbed,
    vault::{self, Draft},
};

/// The credentials of an unlocked token. Every change is durable when its call returns.
pub struct Entries<'a>(pub(super) &'a Shared);

/// What came of adding a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// Our name for it.
    pub id: EntryId,
    /// What is weak about it, if anything: tell the customer or refuse it.
    pub weakness: Option<Weakness>,
    /// Entries with the same issuer and account and another key, as after an exchange (交換).
    pub same_name: Vec<EntryId>,
}

/// An entry as a settings page lists it. It needs no time and holds no code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryInfo {
    /// Our name for it.
    pub id: EntryId,
    /// What a person reads.
    pub names: Names,
    /// How its codes are made; for HOTP, the next counter.
    pub generator: Generator,
    /// What is weak about it, if anything.
    pub weakness: Option<Weakness>,
}

/// What a change decided, once it saw the vault as it is now. Refused, it has changed nothing but what is
/// known of the time.
pub(super) enum Decision<T> {
    Done(T),
    Refused(Error),
}

impl Entries<'_> {
    /// The entries in the order of the list.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn list(&self) -> Result<Vec<EntryInfo>, Error> {
        scrubbed(|| {
            let entries = self.0.unlocked()?.entries()?;
            Ok(entries.into_iter().map(EntryInfo::of).collect())
        })
    }

    /// Adds a credential at the end of the list.
    ///
    /// # Errors
    /// [`Error::Duplicate`] if the same key with the same generator is there already;
    /// [`Error::Locked`]; a vault error, and then nothing changed or the next
    /// [`super::Token::refresh`] shows the entry.
    pub fn add(&self, new: NewCredential) -> Result<Added, Error> {
        self.change(|draft| {
            if let Some(existing) = twin(&draft.entries()?, &new) {
                return Ok(Decision::Refused(Error::Duplicate { existing }));
            }
            put_new(draft, new).map(Decision::Done)
        })
    }

    /// Gives an entry other names. The credential ID is the issuer's and stays.
    ///
    /// # Errors
    /// [`Error::Nameless`] if neither name is left; an unknown entry; [`Error::Locked`]; a vault
    /// error.
    pub fn rename(
        &self,
        id: EntryId,
        issuer: Option<Label>,
        account: Option<Label>,
    ) -> Result<(), Error> {
        if issuer.is_none() && account.is_none() {
            return Err(Error::Nameless);
        }
        self.commit(|draft| {
            let mut entry = draft.entry(id)?;
            let names = &mut entry.content.names;
            if (&names.issuer, &names.account) == (&issuer, &account) {
                return Ok(());
            }
            (names.issuer, names.account) = (issuer, account);
            draft.put(&entry)
        })
    }

    /// Removes an entry and its keys for good. The bank must be told, or it goes on asking for codes.
    ///
    /// # Errors
    /// An unknown entry; [`Error::Locked`]; a vault error.
    pub fn remove(&self, id: EntryId) -> Result<(), Error> {
        self.commit(|draft| draft.remove(id))
    }

    /// The next HOTP code (RFC 4226). The counter is durable before the code is made, so no crash
    /// shows one twice; the same `request` again gives the same code again, so a repeated call
    /// spends none.
    ///
    /// # Errors
    /// [`Error::NotHotp`], [`Error::CounterExhausted`], an unknown entry, [`Error::Locked`] also if
    /// the lock came meanwhile; a vault error, after which the same request may be repeated.
    pub fn advance(&self, id: EntryId, request: RequestId) -> Result<Code, Error> {
        // The whole of it: a credential that is moved takes along what lay on the stack where it has
        // nothing, and this frame would keep that.
        scrubbed(|| self.advance_in_scrub(id, request))
    }

    fn advance_in_scrub(&self, id: EntryId, request: RequestId) -> Result<Code, Error> {
        let code = self.change(|draft| {
            let mut entry = draft.entry(id)?;
            let last_request = entry.last_request;
            let Generator::Hotp { algorithm, digits, counter } = &mut entry.content.generator
            else {
                return Ok(Decision::Refused(Error::NotHotp));
            };
            let (algorithm, digits) = (*algorithm, *digits);
            let spent = if last_request == Some(request) {
                // The counter behind the answer that may have got lost.
                counter.saturating_sub(1)
            } else {
                let Some(next) = counter.checked_add(1) else {
                    return Ok(Decision::Refused(Error::CounterExhausted));
                };
                let spent = std::mem::replace(counter, next);
                entry.last_request = Some(request);
                draft.put(&entry)?;
                spent
            };
            Ok(Decision::Done((entry, algorithm, digits, spent)))
        });
        let (entry, algorithm, digits, spent) = code?;
        self.0.unlocked()?;
        let seed = entry.content.keys.code.secret();
        Ok(hotp::code(seed, algorithm, digits, spent))
    }

    pub(super) fn change<T>(
        &self,
        decide: impl FnOnce(&mut Draft<'_>) -> Result<Decision<T>, vault::Error>,
    ) -> Result<T, Error> {
        match self.commit(decide)? {
            Decision::Done(outcome) => Ok(outcome),
            Decision::Refused(error) => Err(error),
        }
    }

    fn commit<T>(
        &self,
        change: impl FnOnce(&mut Draft<'_>) -> Result<T, vault::Error>,
    ) -> Result<T, Error> {
        scrubbed(|| self.0.commit(change))
    }
}

impl EntryInfo {
    fn of(credential: Credential) -> Self {
        let Credential { id, content, .. } = credential;
        let weakness = content.keys.code.weakness();
        Self { id, names: content.names, generator: content.generator, weakness }
    }
}

/// Adds a credential that has no twin, at the end of the list.
pub(super) fn put_new(draft: &mut Draft<'_>, new: NewCredential) -> Result<Added, vault::Error> {
    let entries = draft.entries()?;
    let same_name = entries
        .iter()
        .filter(|entry| is_same_name(&entry.content.names, &new.names))
        .map(|entry| entry.id)
        .collect();
    let rank = entries.iter().map(|entry| entry.rank).max();
    let credential = Credential {
        id: draft.new_id()?,
        rank: rank.map_or(0, |last| last.saturating_add(1)),
        last_request: None,
        content: new,
    };
    draft.put(&credential)?;
    let weakness = credential.content.keys.code.weakness();
    Ok(Added { id: credential.id, weakness, same_name })
}

/// The entry that is the same credential.
pub(super) fn twin(entries: &[Credential], new: &NewCredential) -> Option<EntryId> {
    entries.iter().find(|entry| is_same_credential(entry, new)).map(|entry| entry.id)
}

/// The same key that makes the same codes. A HOTP counter may have moved since; it is the same
/// credential all the same.
fn is_same_credential(entry: &Credential, new: &NewCredential) -> bool {
    let same_generator = match (entry.content.generator, new.generator) {
        (
            Generator::Hotp { algorithm, digits, .. },
            Generator::Hotp { algorithm: new_algorithm, digits: new_digits, .. },
        ) => (algorithm, digits) == (new_algorithm, new_digits),
        (old, new) => old == new,
    };
    same_generator & (entry.content.keys.code == new.keys.code)
}

fn is_same_name(old: &Names, new: &Names) -> bool {
    (&old.issuer, &old.account) == (&new.issuer, &new.account)
}
