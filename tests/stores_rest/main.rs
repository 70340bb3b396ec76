//! Stores that are spoken to by REST: `every` runs on each kind against its sandbox; the files beside it have what is
//! one kind's own, with answers as its documentation has them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

mod amazon;
mod bigcommerce;
mod csv;
mod ebay;
mod etsy;
mod every;
#[path = "../sandbox/mod.rs"]
mod sandbox;
mod squarespace;
mod support;
