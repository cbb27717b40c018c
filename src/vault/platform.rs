//! The slots *device* and *biometric*: one key of the platform wraps the data key.

use super::{
    Error, SlotId,
    keys::{KeyGate, KeyName, KeyUse, Keys},
    layout::Slot,
    seal::DataKey,
    wire::Reader,
};
use crate::secret::{Random, Secret};

pub(super) const DEVICE: u8 = 2;
pub(super) const BIOMETRIC: u8 = 3;

/// The number of the key that a slot is made with.
const FIRST: u32 = 1;

/// A wrapped data key is far smaller on every platform.
const MAX_WRAPPED: usize = 1_024;

/// The fixed part: which key, and what it made of the data key.
struct FixedPart<'a> {
    number: u32,
    wrapped: &'a [u8],
}

impl<'a> FixedPart<'a> {
    fn parse(fixed: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(fixed);
        let number = reader.u32()?;
        let wrapped = reader.counted().filter(|wrapped| wrapped.len() <= MAX_WRAPPED)?;
        reader.finish()?;
        Some(Self { number, wrapped })
    }

    fn encode(&self) -> Result<Vec<u8>, Error> {
        let len = u16::try_from(self.wrapped.len()).map_err(|_| Error::WrongAnswer)?;
        let mut out = self.number.to_be_bytes().to_vec();
        out.extend_from_slice(&len.to_be_bytes());
        out.extend_from_slice(self.wrapped);
        Ok(out)
    }
}

/// Has the platform make a key and wrap the data key with it. `gate` tells the kind of slot.
pub(super) async fn wrap(
    keys: &Keys,
    vault: [u8; 16],
    data_key: &DataKey,
    gate: KeyGate,
    random: &dyn Random,
) -> Result<Slot, Error> {
    let mut id = [0; 8];
    random.fill(&mut id)?;
    make(keys, KeyName { vault, slot: SlotId(id), number: FIRST }, data_key, gate).await
}

async fn make(keys: &Keys, key: KeyName, data_key: &DataKey, gate: KeyGate) -> Result<Slot, Error> {
    keys.create(key, KeyUse::Wrap, gate).await?;
    let wrapped = match keys.wrap(key, Secret::copy_of(data_key.secret().expose())).await {
        Ok(wrapped) => wrapped,
        Err(error) => {
            // A cancelled prompt leaves no key behind.
            let _ = keys.delete(key).await;
            return Err(error);
        }
    };
    let kind = match gate {
        KeyGate::Device => DEVICE,
        KeyGate::Biometric => BIOMETRIC,
    };
    let fixed = FixedPart { number: key.number, wrapped: &wrapped }.encode()?;
    Ok(Slot::new(key.slot, kind, fixed))
}

/// The data key behind a slot.
pub(super) async fn unwrap(keys: &Keys, vault: [u8; 16], slot: &Slot) -> Result<DataKey, Error> {
    let key = key_name(vault, slot)?;
    let fixed = FixedPart::parse(&slot.fixed).ok_or(Error::slot(slot.id))?;
    let data_key = keys.unwrap(key, fixed.wrapped).await?;
    DataKey::new(data_key).ok_or(Error::WrongAnswer)
}

/// Whether the slot's key is there and alive. It prompts nobody.
pub(super) async fn probe(keys: &Keys, vault: [u8; 16], slot: &Slot) -> Result<(), Error> {
    keys.find(key_name(vault, slot)?).await
}

/// The keys that a slot may have. The one that it was made with counts even if the row is damaged.
pub(super) fn key_names(vault: [u8; 16], slot: &Slot) -> Vec<KeyName> {
    let named = FixedPart::parse(&slot.fixed).map(|fixed| fixed.number);
    let mut numbers = vec![FIRST];
    numbers.extend(named.filter(|&number| number != FIRST));
    numbers.into_iter().map(|number| KeyName { vault, slot: slot.id, number }).collect()
}

/// The key that opens a slot.
pub(super) fn key_name(vault: [u8; 16], slot: &Slot) -> Result<KeyName, Error> {
    let fixed = FixedPart::parse(&slot.fixed).ok_or(Error::slot(slot.id))?;
    Ok(KeyName { vault, slot: slot.id, number: fixed.number })
}
