//! On the way in: what an issuer hands out becomes a [`NewCredential`] (L3).
//!
//! Each format has its own module. All of them parse rather than validate: what comes out of them
//! is valid by its type, and what cannot be made valid is a typed error that holds no secret.
//!
//! [`NewCredential`]: crate::credential::NewCredential

pub mod enrol;
pub mod otpauth;
pub mod pskc;
