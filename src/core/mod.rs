//! What dropshipping is, as values: orders, listings, matches, plans, proofs.
//!
//! Pure: no files, clock, network, terminal or SQL. Time comes in as a value. `tests/layers.rs` keeps it so.

pub mod address;
pub mod amount;
pub mod change;
pub mod date_order;
pub mod delivery;
pub mod hold;
pub mod ids;
pub mod incoming;
pub mod journal;
pub mod listing;
pub mod mail;
pub mod matching;
pub mod money;
pub mod order;
pub mod parcel;
pub mod plan;
pub mod purchase;
pub mod push;
pub mod push_state;
pub mod rates;
pub mod sending;
pub mod shipping;
pub mod split;
pub mod store_kind;
pub mod suggest;
pub mod tracking;
pub mod watch;
