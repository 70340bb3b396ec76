//! What dropshipping is, as values: orders, listings, matches, plans, proofs.
//!
//! Pure: no files, clock, network, terminal or SQL. Time comes in as a value. `tests/layers.rs` keeps it so.

pub mod address;
pub mod ids;
pub mod incoming;
pub mod money;
