use warifu::{
    secret::{Secret as SecretBytes, scrubbed},
    token::Error,
    vault::{
        self, DamagedSlot, KdfParams, Passphrase, Pin, PinHardware, PinParams, SlotId, SlotInfo,
        SlotKind, SlotPart,
    },
};

/// What one guess at a passphrase or a PIN costs (Argon2id, RFC 9106). Nothing in its place is the
/// core's choice, which is the one for every app; a smaller one is for tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct KdfCost {
    /// Memory in KiB: 8 a lane to 262,144.
    pub memory_kib: u32,
    /// 1 to 10.
    pub passes: u32,
    /// 1 to 16.
    pub lanes: u32,
}

/// A slot to be made.
#[derive(Debug, uniffi::Enum)]
pub enum NewSlot {
    /// A passphrase, in UTF-8.
    Passphrase {
        /// What was typed.
        passphrase: SecretBytes,
        /// What a guess at it costs.
        kdf: Option<KdfCost>,
    },
    /// A key of the platform, without a prompt.
    Device,
    /// A key of the platform that is bound to the enrolled fingers or face. Making it prompts.
    Biometric,
    /// A PIN, in UTF-8.
    Pin {
        /// What was typed.
        pin: SecretBytes,
        /// How the slot is made.
        setting: PinSetting,
    },
}

/// How a PIN slot is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct PinSetting {
    /// What Argon2id costs.
    pub kdf: Option<KdfCost>,
    /// What the hardware can do.
    pub hardware: PinHardware,
    /// After how many wrong tries in a row the slot is destroyed: 2 to 20.
    pub limit: u8,
}

/// A slot to open the vault with.
#[derive(Debug, uniffi::Enum)]
pub enum UnlockWith {
    /// The device's own key.
    Device,
    /// A finger or the face; prompts.
    Biometric,
    /// The PIN, in UTF-8.
    Pin {
        /// What was typed.
        pin: SecretBytes,
    },
}

/// What the platform's hardware can do for a guess at a PIN.
#[uniffi::remote(Enum)]
pub enum PinHardware {
    /// HMAC with a key that never leaves it (Android's Keystore).
    Mac,
    /// Only to unwrap (the Secure Enclave).
    Unwrap,
}

/// Which way to the data key a slot is.
#[uniffi::remote(Enum)]
pub enum SlotKind {
    /// A passphrase, by Argon2id.
    Passphrase,
    /// A key of the platform, without a prompt.
    Device,
    /// A key of the platform that is bound to the enrolled fingers or face.
    Biometric,
    /// A PIN, hardened by a key of the platform, with a limit on tries.
    Pin,
    /// A kind that this version does not know. It is kept and skipped.
    Other(u8),
}

/// The two parts of a slot.
#[uniffi::remote(Enum)]
pub enum SlotPart {
    /// The part that the root tag covers.
    Fixed,
    /// The part that may change while the vault is locked.
    Envelope,
}

/// A slot of the vault, as a settings page lists it.
#[uniffi::remote(Record)]
pub struct SlotInfo {
    /// Which one.
    pub id: SlotId,
    /// Which way it is.
    pub kind: SlotKind,
    /// What about it is damaged, if anything.
    pub damage: Option<SlotPart>,
}

/// A slot that does not fit the rest of the vault. It is never used and blocks no other.
#[uniffi::remote(Record)]
pub struct DamagedSlot {
    /// Which one.
    pub id: SlotId,
    /// What kind it says it is.
    pub kind: SlotKind,
    /// What about it is damaged.
    pub part: SlotPart,
}

pub(crate) fn kdf(cost: Option<KdfCost>) -> Result<KdfParams, Error> {
    let Some(KdfCost { memory_kib, passes, lanes }) = cost else { return Ok(KdfParams::DEFAULT) };
    Ok(KdfParams::new(memory_kib, passes, lanes)?)
}

pub(crate) fn passphrase(typed: &SecretBytes) -> Result<Passphrase, Error> {
    Ok(scrubbed(|| Passphrase::new(typed.expose()))?)
}

fn pin(typed: &SecretBytes) -> Result<Pin, Error> {
    Ok(scrubbed(|| Pin::new(typed.expose()))?)
}

impl TryFrom<NewSlot> for vault::NewSlot {
    type Error = Error;

    fn try_from(new: NewSlot) -> Result<Self, Error> {
        Ok(match new {
            NewSlot::Passphrase { passphrase: typed, kdf: cost } => {
                Self::Passphrase(passphrase(&typed)?, kdf(cost)?)
            }
            NewSlot::Device => Self::Device,
            NewSlot::Biometric => Self::Biometric,
            NewSlot::Pin { pin: typed, setting: PinSetting { kdf: cost, hardware, limit } } => {
                Self::Pin(pin(&typed)?, PinParams { kdf: kdf(cost)?, hardware, limit })
            }
        })
    }
}

impl TryFrom<UnlockWith> for vault::UnlockWith {
    type Error = Error;

    fn try_from(way: UnlockWith) -> Result<Self, Error> {
        Ok(match way {
            UnlockWith::Device => Self::Device,
            UnlockWith::Biometric => Self::Biometric,
            UnlockWith::Pin { pin: typed } => Self::Pin(pin(&typed)?),
        })
    }
}
