//! Parcels by hand, from suppliers and trackers, to stores and in upload files: the real binary, as a person and cron run it.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../sandbox/mod.rs"]
mod sandbox;

mod add;
mod limits;
mod suppliers;
mod support;
mod tracked;
mod uploads;
#[path = "../common/wire.rs"]
mod wire;
