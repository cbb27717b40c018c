//! A software key store in a process of its own, and a phone around it.
#![allow(dead_code)] // Each test file uses a part.

#[path = "keystore/client.rs"]
pub(crate) mod client;
#[path = "keystore/phone.rs"]
pub(crate) mod phone;
#[path = "keystore/server.rs"]
pub(crate) mod server;
#[path = "keystore/walk.rs"]
pub(crate) mod walk;
#[path = "keystore/wire.rs"]
pub(crate) mod wire;
