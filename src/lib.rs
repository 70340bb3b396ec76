//! `dsf`: orders out of stores, purchase orders to suppliers, tracking back, and a proof for every parcel.
//!
//! Dependencies point one way: `main → cmd → flow → {db, files, net, store, supplier, carrier} → core`, and
//! `cmd → ui → core`. `core` is pure. `tests/layers.rs` reads this folder and fails when a layer reaches the wrong way.

pub mod carrier;
pub mod cli;
pub mod cmd;
pub mod config;
pub mod core;
pub mod ctx;
pub mod db;
pub mod exit;
pub mod files;
pub mod flow;
pub mod lock;
pub mod net;
pub mod secret;
pub mod store;
pub mod supplier;
pub mod token;
pub mod ui;
