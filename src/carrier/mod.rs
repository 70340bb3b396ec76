//! Carriers: who they are, what each store calls them, where a parcel can be followed.
//!
//! `table` is the one place with names and links (`carriers.tsv`), `words` finds a carrier by what people write for it.
//! Forms of tracking numbers are `core::tracking`'s.

pub mod table;
pub mod words;

pub use table::{Carrier, by_id, carriers};
pub use words::{Words, named};
