//! Orders in. From files: look at all of them first, then apply each whole or not at all. From the APIs of stores: page by
//! page, each page whole or not at all.
//!
//! `inspect` finds out what each file is and whose; `apply` reads it into the database in one transaction; `pull` does so
//! with each page of an API. `save` is what both have in common.

mod apply;
mod error;
mod inspect;
mod one;
mod outcome;
mod place;
mod pull;
mod save;
mod told;

pub use apply::apply;
pub use error::ApplyError;
pub use inspect::{InspectError, Inspected, Said, Stores, inspect};
pub use one::take_one;
pub use outcome::{FileOutcome, NotApplied, OrderChange, Outcome, Rejected};
pub use pull::{PullFailure, Pulling, pull};
pub use save::Settings;
pub use told::Seen;
