//! What prints masked on the other side: `uniffi.toml` puts hand-written classes in the place of
//! generated ones.

use warifu::{otp::Code, secret::Secret as SecretBytes};
use zeroize::Zeroizing;

use crate::error::OnlyGoesOut;

uniffi::custom_type!(
    /// Bytes that are secret: a passphrase, a PIN, a link with its seed, a key store's bytes.
    SecretBytes, Vec<u8>, {
        remote,
        lower: |secret| secret.expose().to_vec(),
        try_lift: |bytes| Ok(SecretBytes::from_zeroizing(Zeroizing::new(bytes))),
    }
);

uniffi::custom_type!(
    /// A one-time code, in groups for reading.
    Code, String, {
        remote,
        lower: |code| code.grouped().as_str().to_owned(),
        try_lift: |_text| Err(OnlyGoesOut.into()),
    }
);
