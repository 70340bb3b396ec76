//! Stores: where orders come from. Their export formats are data (`formats/*.toml`); this is the engine that reads them.
//! For stores with an API, `api` is what all of them have in common and `kinds` the table of them.
//!
//! What an order means for buying is decided in `flow`; what its fields are lives in `core::incoming`.

mod amazon;
pub mod api;
mod bigcommerce;
mod cells;
mod columns;
mod dates;
mod detect;
mod ebay;
mod etsy;
pub mod field;
pub mod format;
mod formats;
mod group;
mod head;
pub mod kinds;
mod line;
mod loose;
mod plan;
pub mod problem;
mod read;
mod rest;
mod shape;
pub mod shopify;
mod squarespace;
mod statuses;
mod survey;
mod text;
pub mod uploads;
pub mod woocommerce;

use jiff::{Timestamp, tz::TimeZone};

use crate::core::date_order::DateOrder;
use crate::core::money::Currency;

pub use detect::Detected;
pub use format::{Format, Role};
pub use formats::Formats;
pub use problem::FileProblem;
pub use read::{Item, Refusal, Tally, read};
pub use survey::{Survey, survey};

/// What the config says about the store, and the time of reading.
#[derive(Clone, Debug)]
pub struct StoreFacts {
    /// For times without a zone.
    pub zone: TimeZone,
    /// For formats without a currency column.
    pub currency: Option<Currency>,
    /// `date_order = "dmy"` in the config, for columns that prove nothing themselves.
    pub date_order: Option<DateOrder>,
    /// A stamp later than a day after this is no news.
    pub now: Timestamp,
}
