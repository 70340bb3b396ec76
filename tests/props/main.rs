//! Properties over invented orders: the order of files, their cuts and repeats change nothing; money adds up to the cent.
#![allow(clippy::unwrap_used)]

mod any_bytes;
#[path = "../common/mod.rs"]
mod common;
mod generations;
mod money;
