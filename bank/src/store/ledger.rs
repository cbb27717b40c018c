//! The ledger: accounts, bookings with both their sides in one row, and the transfers that they are of.

mod accounts;
mod money;
mod transfers;

pub use accounts::{Account, Movement};
pub use money::{AccountId, AccountKind, Number, Payee, Yen};
pub(in crate::store) use transfers::insert;
pub use transfers::{NewTransfer, Transfer};
