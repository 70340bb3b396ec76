//! The conformance suite: every supplier with an API does the same things in the same way, against its own sandbox. A new
//! kind is one row in `rows.rs`; the first test here fails until it has one.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;
mod in_the_binary;
mod one_client;
mod rows;
#[path = "../sandbox/mod.rs"]
mod sandbox;
#[path = "../common/wire.rs"]
mod wire;
