//! Orders in from files: look at all of them first, then apply each whole or not at all.
//!
//! `inspect` finds out what each file is and whose; `apply` reads it into the database in one transaction.

mod apply;
mod error;
mod inspect;
mod outcome;
mod place;
mod told;

pub use apply::{Settings, apply};
pub use error::ApplyError;
pub use inspect::{InspectError, Inspected, Said, Stores, inspect};
pub use outcome::{FileOutcome, NotApplied, OrderChange, Outcome, Rejected};
pub use told::Seen;
