//! Carriers: who they are, what each store calls them, where a parcel can be followed.
//!
//! `table` is the one place with names and links (`carriers.tsv`), `words` finds a carrier by what people write for it.
//! `trackers` are those who tell where a parcel is. Forms of tracking numbers are `core::tracking`'s.

pub mod table;
pub mod trackers;
pub mod words;

use crate::core::tracking::{Context, Detection, Problem, detect};

pub use table::{Carrier, by_id, carriers};
pub use words::{Words, named};

/// A number with what the supplier called its carrier: a word that nobody knows is a problem of its own.
pub fn look_up(number: &str, words: &Words, known: &Context<'_>) -> Detection {
    let mut found = detect(number, &Context { named: words.ids(), ..*known });
    if matches!(words, Words::Unknown { .. }) && !number.is_empty() {
        found.problems.push(Problem::CarrierUnknown);
    }
    found
}
