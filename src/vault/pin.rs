//! The *PIN* slot: each guess costs a call to the hardware, and no file gives a try back.
//!
//! `docs/threat-model.md` ("The PIN") says what is assumed and why a try has the order that it has.

mod attempt;
mod envelope;
mod inner;
mod typed;

use super::{
    Error, SlotId,
    kdf::{KdfParams, SALT_LEN},
    keys::{KeyGate, KeyName, KeyRefusal, KeyUse, Keys},
    layout::Slot,
    seal::DataKey,
    wire::Reader,
};
use crate::{
    secret::Random,
    time::{Millis, Uptime},
};
use envelope::{Beside, Envelope, State, States, Wrapped, around};
use inner::Inner;

pub(super) use attempt::Try;
pub(crate) use attempt::TryCount;
pub use typed::{Pin, PinError};

pub(super) const KIND: u8 = 4;

/// The key that stands behind every guess. The envelopes' keys count from 1.
const INNER: u32 = 0;
const FIRST: u32 = 1;

/// What the platform's hardware can do for a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinHardware {
    /// HMAC with a key that never leaves it (Android's Keystore).
    Mac,
    /// Only to unwrap (the Secure Enclave). Code that runs as the app can then guess without it
    /// once the first layer is off; the threat model says so.
    Unwrap,
}

/// How a PIN slot is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinParams {
    /// What Argon2id costs.
    pub kdf: KdfParams,
    /// What the hardware can do.
    pub hardware: PinHardware,
    /// After how many wrong tries in a row the slot is destroyed: 2 to 20.
    pub limit: u8,
}

impl PinParams {
    fn check(&self) -> Result<(), Error> {
        if (2..=20).contains(&self.limit) { Ok(()) } else { Err(Error::PinLimitOutOfRange) }
    }
}

/// How long to wait after this many wrong tries in a row.
fn wait_after(tries: u8) -> Millis {
    Millis::from_secs(match tries {
        0..=3 => 0,
        4 => 30,
        5 => 60,
        6 => 5 * 60,
        7 => 15 * 60,
        _ => 60 * 60,
    })
}

/// The part of the slot that the root tag covers.
struct FixedPart {
    salt: [u8; SALT_LEN],
    params: PinParams,
}

impl FixedPart {
    fn parse(slot: &Slot) -> Result<Self, Error> {
        Self::read(&mut Reader::new(&slot.fixed)).ok_or(Error::slot(slot.id))?
    }

    fn read(reader: &mut Reader<'_>) -> Option<Result<Self, Error>> {
        let salt = reader.array()?;
        let kdf = KdfParams::parse(reader)?;
        let hardware = match reader.u8()? {
            1 => PinHardware::Mac,
            2 => PinHardware::Unwrap,
            _ => return None,
        };
        let limit = reader.u8()?;
        if reader.left() > 0 {
            return None;
        }
        let with_kdf = |kdf| {
            let params = PinParams { kdf, hardware, limit };
            params.check().map(|()| Self { salt, params })
        };
        Some(kdf.map_err(|_| Error::KdfOutOfRange).and_then(with_kdf))
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = self.salt.to_vec();
        self.params.kdf.encode_to(&mut out);
        out.push(match self.params.hardware {
            PinHardware::Mac => 1,
            PinHardware::Unwrap => 2,
        });
        out.push(self.params.limit);
        out
    }
}

/// Makes a PIN slot. Slow by design: Argon2. If it fails, its keys go; a flow that is dropped in the
/// middle leaves them.
pub(super) async fn wrap(
    keys: &Keys,
    vault: [u8; 16],
    data_key: &DataKey,
    pin: &Pin,
    params: PinParams,
    random: &dyn Random,
) -> Result<Slot, Error> {
    params.check()?;
    pin.check_new().map_err(Error::Pin)?;
    let (mut id, mut salt) = ([0; 8], [0; SALT_LEN]);
    random.fill(&mut id)?;
    random.fill(&mut salt)?;
    let (slot, fixed) = (SlotId(id), FixedPart { salt, params });
    let inner = Inner { keys, vault, slot, fixed: &fixed };
    let made = make(&inner, pin, data_key, random).await;
    if made.is_err() {
        for number in [INNER, FIRST] {
            let _ = keys.delete(KeyName { vault, slot, number }).await;
        }
    }
    made
}

async fn make(
    inner: &Inner<'_>,
    pin: &Pin,
    data_key: &DataKey,
    random: &dyn Random,
) -> Result<Slot, Error> {
    let Inner { keys, vault, slot, fixed } = *inner;
    inner.create_key().await?;
    let wrapped = inner.wrap(pin, data_key, random).await?;
    let state = State { tries: 0, boot: keys.now().boot, not_before: Uptime(0), inner: wrapped };
    let key = KeyName { vault, slot, number: FIRST };
    keys.create(key, KeyUse::Wrap, KeyGate::Device).await?;
    let state = keys.wrap(key, state.encode()?).await?;
    let room = Envelope::room_for(state.len());
    let newest = Wrapped { number: FIRST, state };
    let states = States { newest, beside: Beside::Nothing };
    let envelope = Envelope::States(states).encode(room)?;
    Ok(Slot::new(slot, KIND, fixed.encode()).with_envelope(envelope))
}

/// Whether a PIN may open the slot, as far as the file tells.
pub(super) fn is_destroyed(slot: &Slot) -> bool {
    !matches!(Envelope::parse(slot), Ok(Envelope::States(_)))
}

/// Whether the key of a state is there, and the one behind every guess. It costs no try.
pub(super) async fn probe(keys: &Keys, vault: [u8; 16], slot: &Slot) -> Result<(), Error> {
    let key = |number| KeyName { vault, slot: slot.id, number };
    keys.find(key(INNER)).await?;
    let mut found = Err(Error::KeyStore(KeyRefusal::Missing));
    for number in Envelope::parse(slot)?.opening().into_iter().rev() {
        found = keys.find(key(number)).await;
        if found.is_ok() {
            break;
        }
    }
    found
}

/// The platform's keys that a PIN slot may have.
pub(super) fn key_names(vault: [u8; 16], slot: &Slot) -> Vec<KeyName> {
    let named = Envelope::parse(slot).map(|envelope| envelope.numbers()).unwrap_or_default();
    let near = named.into_iter().flat_map(around);
    let mut numbers: Vec<_> = near.chain([INNER]).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter().map(|number| KeyName { vault, slot: slot.id, number }).collect()
}
