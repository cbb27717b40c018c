use warifu::credential::CredentialId;

use super::{NewKeys, Service, ServiceError};
use crate::{
    seeds::{Place, Purpose},
    store::{Sealed, SealedKeys},
};

/// How far a rotation got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotated {
    /// So many were sealed anew, up to this one.
    Some {
        /// How many.
        count: u64,
        /// The last of them.
        last: CredentialId,
    },
    /// There is none left after the one that was named.
    Done,
}

impl Service {
    /// Seals a batch of credentials under the bank's current key that are under another, after the one
    /// that is named. It may be stopped anywhere and begun again; codes are judged meanwhile.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn rotate(&self, after: Option<&CredentialId>) -> Result<Rotated, ServiceError> {
        let old = self.store.sealed_under_others(self.keys.current(), after, BATCH).await?;
        let Some(last) = old.last().map(|sealed| sealed.credential.clone()) else {
            return Ok(Rotated::Done);
        };
        let resealed = old.into_iter().map(|sealed| {
            let anew = self.reseal(&sealed)?;
            Ok((sealed, anew))
        });
        let resealed = resealed.collect::<Result<Vec<_>, ServiceError>>()?;
        let count = self.store.replace_sealed(&resealed).await?;
        Ok(Rotated::Some { count, last })
    }

    fn reseal(&self, old: &Sealed) -> Result<SealedKeys, ServiceError> {
        let open = |sealed: &Vec<u8>, purpose| {
            let place = Place { credential: &old.credential, purpose };
            let seed = self.keys.open(old.keys.key, sealed, place)?;
            warifu::credential::Seed::new(seed).map_err(|_| ServiceError::SeedLength)
        };
        let code = open(&old.keys.code, Purpose::Code)?;
        let sign = old.keys.sign.as_ref().map(|key| open(key, Purpose::Sign)).transpose()?;
        let device = old.keys.device.as_ref().map(|key| open(key, Purpose::Device)).transpose()?;
        let keys = NewKeys { code: &code, sign: sign.as_ref(), device: device.as_ref() };
        self.seal(&old.credential, &keys)
    }
}

/// Small enough that a login never waits long for SQLite's one writer.
const BATCH: u16 = 200;
