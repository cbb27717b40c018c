use warifu::{
    credential::{CredentialId, Generator, Label, Seed},
    secret::{Random, RandomFailed},
    time::UnixMillis,
};
use warifu_verifier::State;

use super::{Service, ServiceError, View};
use crate::{
    seeds::{Place, Purpose},
    store::{AnswerKey, Credential, SealedKeys, StoreError, Written},
};

/// A seed that comes from elsewhere: from a hardware token, or from another system.
#[derive(Debug)]
pub struct Imported {
    /// Its ID, if it has one; else one is drawn.
    pub id: Option<CredentialId>,
    /// The bank, as the customer reads it.
    pub issuer: Option<Label>,
    /// Whose it is, as the customer reads it.
    pub account: Option<Label>,
    /// Whose it is, as the bank's own systems call them.
    pub account_ref: Option<Label>,
    /// How it makes codes.
    pub generator: Generator,
    /// What it makes them from.
    pub seed: Seed,
}

/// The keys of a credential that is about to be issued.
#[derive(Debug)]
pub struct NewKeys<'a> {
    /// Makes the codes.
    pub code: &'a Seed,
    /// Signs transactions, if there is one.
    pub sign: Option<&'a Seed>,
    /// Speaks for the device, if there is one.
    pub device: Option<&'a Seed>,
}

impl Service {
    /// Takes a seed from elsewhere as a credential that is not confirmed yet.
    ///
    /// # Errors
    /// [`ServiceError::Exists`] if the ID is taken, or what else [`ServiceError`] has.
    pub async fn import(
        &self,
        imported: &Imported,
        key: Option<&AnswerKey>,
        now: UnixMillis,
    ) -> Result<View, ServiceError> {
        for _ in 0..DRAWS {
            if let Some(kept) = self.kept(key).await? {
                return Ok(kept);
            }
            let id = imported.id.clone().map_or_else(|| self.draw_id(), Ok)?;
            let keys = NewKeys { code: &imported.seed, sign: None, device: None };
            let credential = Credential {
                keys: self.seal(&id, &keys)?,
                id,
                issuer: imported.issuer.clone(),
                account: imported.account.clone(),
                account_ref: imported.account_ref.clone(),
                generator: imported.generator,
                binding: None,
                state: State::new(&imported.generator),
                created_at: now,
                expires_at: None,
            };
            let view = View::from(&credential);
            let answer = self.answer(key, &view, now)?;
            match self.store.insert(&credential, answer.as_ref()).await {
                Ok(Written::Yes) => return Ok(view),
                Ok(Written::Overtaken) => {}
                // Perhaps by this very request, sent twice at once.
                Err(StoreError::Exists) if imported.id.is_none() => {}
                Err(StoreError::Exists) => {
                    return self.kept(key).await?.ok_or(ServiceError::Exists);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(ServiceError::Busy)
    }

    /// Seals the keys of a credential under the bank's current one.
    ///
    /// # Errors
    /// [`ServiceError::Seed`].
    pub fn seal(
        &self,
        credential: &CredentialId,
        keys: &NewKeys<'_>,
    ) -> Result<SealedKeys, ServiceError> {
        let seal =
            |seed: &Seed, purpose| self.keys.seal(seed.secret(), Place { credential, purpose });
        let (key, code) = seal(keys.code, Purpose::Code)?;
        // The current key may change between two seals; a row has one.
        let same =
            |(under, sealed)| if under == key { Ok(sealed) } else { Err(ServiceError::Busy) };
        let sign = keys.sign.map(|seed| seal(seed, Purpose::Sign)).transpose()?;
        let device = keys.device.map(|seed| seal(seed, Purpose::Device)).transpose()?;
        Ok(SealedKeys {
            key,
            code,
            sign: sign.map(same).transpose()?,
            device: device.map(same).transpose()?,
        })
    }

    /// Draws an ID: the bank's four letters and eight digits.
    ///
    /// # Errors
    /// [`RandomFailed`] if there is no randomness.
    pub fn draw_id(&self) -> Result<CredentialId, ServiceError> {
        let number = below(100_000_000, &*self.random)?;
        let prefix = String::from_utf8_lossy(&self.terms.prefix);
        CredentialId::new(&format!("{prefix}{number:08}")).map_err(|_| ServiceError::Answer)
    }
}

/// A random number below `bound`, each as likely as any other.
pub(super) fn below(bound: u64, random: &dyn Random) -> Result<u64, RandomFailed> {
    // Draws beyond the last whole multiple of `bound` would favour small numbers.
    let whole = u64::MAX.checked_rem(bound).map_or(0, |rest| u64::MAX.saturating_sub(rest));
    loop {
        let mut bytes = [0; 8];
        random.fill(&mut bytes)?;
        let drawn = u64::from_be_bytes(bytes);
        if drawn < whole {
            return drawn.checked_rem(bound).ok_or(RandomFailed);
        }
    }
}

/// How often an ID is drawn anew. With a hundredth of all IDs in use, one draw in a hundred is in vain.
const DRAWS: u8 = 20;
