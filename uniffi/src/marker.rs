use warifu::{
    credential::Label,
    token::{self, MarkedBank, Marker},
};

use crate::WarifuError;

/// What a backup may hold of a token: which banks, and the last four of each credential ID. It
/// holds no secret.
#[uniffi::remote(Record)]
pub struct Marker {
    /// One per credential, in the order of the list.
    pub banks: Vec<MarkedBank>,
}

/// One credential in a marker.
#[uniffi::remote(Record)]
pub struct MarkedBank {
    /// Who issued the credential.
    pub issuer: Option<Label>,
    /// The last four characters of its ID.
    pub last_four: Option<String>,
}

/// The marker as a file holds it.
#[uniffi::export]
pub fn marker_text(marker: Marker) -> String {
    marker.to_string()
}

/// Reads what [`marker_text`] wrote.
///
/// # Errors
/// The bytes are no marker.
#[uniffi::export]
pub fn read_marker(bytes: Vec<u8>) -> Result<Marker, WarifuError> {
    Ok(Marker::parse(&bytes).map_err(token::Error::from)?)
}
