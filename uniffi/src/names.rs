//! Identifiers, in lower-case hexadecimal, and texts that a person reads: parsed on the way in.

use warifu::{
    credential::{CredentialId, EntryId, Label, RequestId},
    time::BootId,
    token,
    vault::{KeyName, SlotId},
};

use crate::error::{IdKind, OnlyGoesOut, WarifuError};

uniffi::custom_type!(
    /// Our own name for an entry: 32 hexadecimal digits.
    EntryId, String, {
        remote,
        lower: |id| hex(&id.0),
        try_lift: |text| Ok(EntryId(parse(&text, IdKind::Entry)?)),
    }
);

uniffi::custom_type!(
    /// Names one press of the button that makes a HOTP code: 32 hexadecimal digits, drawn at random.
    RequestId, String, {
        remote,
        lower: |id| hex(&id.0),
        try_lift: |text| Ok(RequestId(parse(&text, IdKind::Request)?)),
    }
);

uniffi::custom_type!(
    /// Names a slot within its vault: 16 hexadecimal digits.
    SlotId, String, {
        remote,
        lower: |id| hex(&id.0),
        try_lift: |text| Ok(SlotId(parse(&text, IdKind::Slot)?)),
    }
);

uniffi::custom_type!(
    /// Tells one boot of the device from another: 32 hexadecimal digits.
    BootId, String, {
        remote,
        lower: |id| hex(&id.0),
        try_lift: |text| Ok(BootId(parse(&text, IdKind::Boot)?)),
    }
);

/// A vault's ID, or a record's, which the core keeps as bare bytes.
pub(crate) type RawId = [u8; 16];

uniffi::custom_type!(
    /// A vault's ID, or a record's: 32 hexadecimal digits. A record's is its entry's.
    RawId, String, {
        remote,
        lower: |id| hex(&id),
        try_lift: |text| Ok(parse(&text, IdKind::Raw)?),
    }
);

uniffi::custom_type!(
    /// The alias under which a key store keeps a key: `vault.slot.number`.
    KeyName, String, {
        remote,
        lower: |key| key.to_string(),
        try_lift: |_text| Err(OnlyGoesOut.into()),
    }
);

uniffi::custom_type!(
    /// A text that a person reads: 1 to 128 characters, none of which can deceive.
    Label, String, {
        remote,
        lower: |label| label.as_str().to_owned(),
        try_lift: |text| Ok(Label::new(&text).map_err(|why| WarifuError::from(token::Error::from(why)))?),
    }
);

uniffi::custom_type!(
    /// The issuer's ID for a credential (クレデンシャルID), without spaces.
    CredentialId, String, {
        remote,
        lower: |id| id.as_str().to_owned(),
        try_lift: |text| Ok(CredentialId::new(&text)?),
    }
);

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// Exactly `N` bytes in lower-case hexadecimal: one name for each thing, so that names compare.
fn parse<const N: usize>(text: &str, kind: IdKind) -> Result<[u8; N], WarifuError> {
    let bytes: Option<Vec<u8>> = text
        .as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect();
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(WarifuError::MalformedId { kind })
}

fn digit(c: u8) -> Option<u8> {
    let value = char::from(c).to_digit(16).filter(|_| !c.is_ascii_uppercase())?;
    u8::try_from(value).ok()
}
