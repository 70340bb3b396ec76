//! The type of a format's TOML: what its columns are called and how its rows become orders.
//!
//! Every key is explained here once; a format states facts about one kind of file and holds no logic.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::field::Field;
use crate::core::date_order::DateOrder;
use crate::core::money::DecimalMark;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Format {
    /// `shopify-orders`: what `--format` takes.
    pub name: String,
    /// Where a person gets such a file.
    pub about: String,
    /// Store kind of the config: shopify woocommerce ebay etsy amazon bigcommerce squarespace wix tiktok walmart file.
    pub kind: String,
    #[serde(default)]
    pub role: Role,
    /// Why a file with `role = "refused"` cannot be used, and what to download instead.
    pub reason: Option<String>,
    pub instead: Option<String>,
    /// Another format whose keys hold where this one is silent.
    pub extends: Option<String>,
    /// External ids are unique in the whole world, not only in one shop.
    #[serde(default)]
    pub ids_global: bool,
    /// The store lets a seller edit an order's lines after the sale.
    #[serde(default)]
    pub edits: bool,
    #[serde(default)]
    pub recognise: Recognise,
    /// Columns without which nothing can be bought; a file without one is refused by name.
    #[serde(default)]
    pub required: Vec<Field>,
    #[serde(default)]
    pub shape: Shape,
    /// `blanks`: a row with any of these cells begins an order's head; other cells may repeat on later rows.
    #[serde(default)]
    pub head: Vec<Field>,
    /// Rows with equal cells here are one order; the order's number unless said otherwise.
    pub group: Option<Field>,
    /// Off for files in which a `"` is a letter like any other.
    #[serde(default = "yes")]
    pub quotes: bool,
    /// Day and month order of all-number dates that do not begin with the year.
    #[serde(default)]
    pub dates: DateRule,
    #[serde(default)]
    pub decimal: Mark,
    #[serde(default)]
    pub paid: PaidBy,
    /// Texts that mean an empty cell (`--`).
    #[serde(default)]
    pub empty: Vec<String>,
    /// Fields whose HTML entities are decoded, once.
    #[serde(default)]
    pub html: Vec<Field>,
    /// Where every address of such a file lies, for formats without a country column.
    pub country: Option<String>,
    /// Columns that prove a billing block; its values are never used.
    #[serde(default)]
    pub billing: Vec<String>,
    #[serde(default)]
    pub columns: BTreeMap<Field, Spellings>,
    /// Columns that begin with this and hold what the customer asked to have made; `Label: value` each.
    pub personalisation_columns: Option<String>,
    pub variations: Option<Variations>,
    pub packing: Option<Packing>,
    /// What the words of a status column mean.
    #[serde(default)]
    pub words: BTreeMap<Field, Words>,
    /// Rows that are not lines of orders, with the reason that is counted.
    #[serde(default)]
    pub skip: Vec<Skip>,
    pub footer: Option<Footer>,
    /// Set by the reader: a person's own file, which wins over a built-in one.
    #[serde(skip)]
    pub own: bool,
}

/// What a recognised file is good for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    #[default]
    Orders,
    /// Says something about orders that are known already; cannot bring new ones.
    Status,
    /// Recognised only to say what is wrong with it.
    Refused,
}

/// How rows become orders.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// One row a line, order cells only on the first.
    Blanks,
    /// One row a line, order cells on every row.
    #[default]
    Repeats,
    /// A row for the order, then rows for its items; an order of one item is one row.
    Summary,
    /// One row an order, items inside cells.
    Packed,
    /// One row an order, items in numbered columns (`SKU #2`).
    Columns,
}

/// Headers that tell this format from all others. Compared without case, spaces at the ends and byte order marks.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recognise {
    /// All must be there; a list inside means any of its spellings.
    pub has: Vec<Spellings>,
    /// None may be there.
    #[serde(default)]
    pub lacks: Vec<String>,
}

/// One header, or several spellings of it; the first one found wins.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Spellings {
    One(String),
    Many(Vec<String>),
}

impl Spellings {
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(spelling) => std::slice::from_ref(spelling),
            Self::Many(spellings) => spellings,
        }
    }
}

/// `mdy`, `dmy`, `ymd` where the store always writes so; `ask` where it depends on the shop.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateRule {
    Mdy,
    Dmy,
    Ymd,
    /// The column proves it (`13/02`), or the config says it, or the file is refused.
    #[default]
    Ask,
}

impl DateRule {
    pub fn fixed(self) -> Option<DateOrder> {
        match self {
            Self::Mdy => Some(DateOrder::Mdy),
            Self::Dmy => Some(DateOrder::Dmy),
            Self::Ymd | Self::Ask => None,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    Point,
    Comma,
    #[default]
    Either,
}

impl From<Mark> for DecimalMark {
    fn from(mark: Mark) -> Self {
        match mark {
            Mark::Point => Self::Point,
            Mark::Comma => Self::Comma,
            Mark::Either => Self::Either,
        }
    }
}

/// What says that the customer has paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaidBy {
    #[default]
    Status,
    /// A date in `paid_at`.
    PaidAt,
    /// The file holds paid orders only.
    Always,
}

/// `Label:value` pairs in one cell, of which some are the customer's own words.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variations {
    /// Labels of the customer's words; a number may follow the label.
    pub personalisation: Vec<String>,
    /// Values that stand for nothing.
    #[serde(default)]
    pub empty: Vec<String>,
}

/// Items in cells: `name:Hat|sku:003|quantity:1`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Packing {
    /// Header of the cell; `{n}` stands for 1, 2, 3 … with one item in each.
    pub column: String,
    /// Key with which every item begins; of several, the one at the beginning of the cell.
    pub first: Spellings,
    /// Between two items of one cell.
    pub item: Option<String>,
    /// Between two keys.
    pub between: String,
    /// Between key and value.
    pub mark: String,
    /// Keys of the cell with their fields.
    pub keys: BTreeMap<String, Field>,
    /// Keys that are known and not used.
    #[serde(default)]
    pub other: Vec<String>,
}

/// Effects of the words of one status column. A word may stand in several lists; case does not matter.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Words {
    pub paid: Vec<String>,
    pub partly_refunded: Vec<String>,
    pub refunded: Vec<String>,
    pub not_paid: Vec<String>,
    pub cancelled: Vec<String>,
    pub fulfilled: Vec<String>,
    pub unfulfilled: Vec<String>,
    /// Part of it was shipped by others, and which part is not said.
    pub partly_fulfilled: Vec<String>,
    /// The line was taken out of the order.
    pub removed: Vec<String>,
    pub test: Vec<String>,
    /// Known, and saying nothing that matters.
    pub nothing: Vec<String>,
}

/// A row that fits is not a line.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    pub reason: String,
    /// Only where the row does not go on with the order above it.
    #[serde(default)]
    pub alone: bool,
    /// All of these cells are empty.
    #[serde(default)]
    pub blank: Vec<Field>,
    /// This cell …
    pub field: Option<Field>,
    /// … begins with one of these.
    #[serde(default)]
    pub begins: Vec<String>,
}

/// Lines below (or, in joined files, between) the orders.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Footer {
    /// One of the first two cells begins with one of these.
    pub begins: Vec<String>,
    /// Such a second cell has in front of it the number of orders above, as a check sum.
    #[serde(default)]
    pub counted: Vec<String>,
}

fn yes() -> bool {
    true
}
