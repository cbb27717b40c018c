//! Contracts and their tokens, on both databases: who gets in, what a token is bound by, and what is told.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "support/customers.rs"]
mod customers;
#[path = "support/stored.rs"]
mod stored;
mod support;

#[path = "contracts/exchange.rs"]
mod exchange;
#[path = "contracts/logins.rs"]
mod logins;
#[path = "contracts/meanwhile.rs"]
mod meanwhile;
#[path = "contracts/records.rs"]
mod records;
#[path = "contracts/registration.rs"]
mod registration;

use std::net::{IpAddr, Ipv4Addr};

use warifu::{
    credential::CredentialId,
    time::{Millis, UnixMillis},
};
use warifu_bank::{bank::NewToken, service::Codes};

use stored::NOW;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

fn token<'a>(credential: &'a CredentialId, code: &'a str) -> NewToken<'a> {
    NewToken { credential, codes: Codes::One(code) }
}

fn after(seconds: u64) -> UnixMillis {
    NOW.saturating_add(Millis::from_secs(seconds))
}
