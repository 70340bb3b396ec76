//! What an export or a store's API says about orders, before it is compared with what is already known.
//!
//! `None` means that the source has no such column or field: it says nothing. An empty text means that the
//! source has it, and it is blank.

use jiff::Timestamp;

use super::address::Address;
use super::money::{Currency, Money, Price};

/// What one source says about one order: a whole order, or some of its lines.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Incoming {
    /// As the store writes it, without `#`.
    pub number: String,
    /// The store's own key, where the source has one. Text, never a number.
    pub external_id: Option<String>,
    /// Absent when the source only continues an order that began elsewhere (a file cut between its lines).
    pub head: Option<Head>,
    pub lines: Vec<IncomingLine>,
    /// 1-based row of the source in which the order begins; 0 for an API.
    pub row: u64,
    /// Rows of the source that it was read from.
    pub rows: u64,
}

/// What stands once per order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Head {
    pub placed_at: Option<Timestamp>,
    pub payment: Option<Payment>,
    /// `Some(false)` when the source can tell and says no.
    pub cancelled: Option<bool>,
    /// A gateway for testing, a store's test mode.
    pub test: Option<bool>,
    /// The whole order was shipped by someone else, and the source has no quantities per line.
    pub fulfilled: Option<bool>,
    pub currency: Option<Currency>,
    /// What the lines must add up to: before shipping and tax.
    pub subtotal: Option<Money>,
    /// Discount on the whole order, as a positive amount.
    pub discount: Option<Money>,
    pub total: Option<Money>,
    /// Refunded on the order as a whole; says nothing about lines.
    pub refunded: Option<Money>,
    /// How many pieces the source says the order has, as a check sum.
    pub pieces: Option<u32>,
    /// The order's own shipping block, never another. `None` when the source has no such block or all of it is blank.
    pub ship_to: Option<Address>,
    /// A billing block exists: said to the person when the shipping block is missing, never used.
    pub has_billing: bool,
    pub email: Option<String>,
    pub note: Option<String>,
    pub gift_message: Option<String>,
    /// Shipping method that the customer chose.
    pub method: Option<String>,
    pub ship_by: Option<Timestamp>,
    /// The store's word for fraud risk.
    pub risk: Option<String>,
    /// CPF, RUT, PCCC and their like.
    pub tax_id: Option<String>,
}

/// Whether the customer's money has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Payment {
    Paid,
    /// Paid, and some of it went back; which lines is not said.
    PartlyRefunded,
    Refunded,
    /// Pending, authorised, voided, on hold: with the store's own word.
    NotPaid(String),
    /// A word that no table knows. Never treated as paid.
    Unknown(String),
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct IncomingLine {
    /// The store's own key of the line. Without one a line is known by SKU (or title) and ordinal.
    pub external_id: Option<String>,
    pub sku: String,
    pub title: String,
    pub variant: String,
    /// What the customer asked to have made: engraving, custom text.
    pub personalisation: Option<String>,
    /// What the customer bought, before any refund.
    pub quantity: u32,
    /// Removed or refunded since, where the source counts it per line.
    pub removed: Option<u32>,
    /// Shipped by others than dsf, where the source counts it per line.
    pub shipped: Option<u32>,
    /// For one piece, before discounts.
    pub unit_price: Option<Price>,
    /// That price in ten-thousandths, where the currency stands with the order's head in another file.
    pub bare_price: Option<i64>,
    /// `Some(false)`: digital, a tip, gift wrap. Nothing to send.
    pub requires_shipping: Option<bool>,
    /// This line alone was cancelled.
    pub cancelled: Option<bool>,
    pub row: u64,
}

impl IncomingLine {
    /// What a person calls the line: its SKU, or its title where it has none.
    pub fn name(&self) -> &str {
        if self.sku.is_empty() { &self.title } else { &self.sku }
    }

    /// The currency of the order is known now.
    pub fn price_in(&mut self, currency: Option<Currency>) {
        if let (None, Some(ten_thousandths), Some(currency)) = (self.unit_price, self.bare_price, currency) {
            self.unit_price = Some(Price { ten_thousandths, currency });
            self.bare_price = None;
        }
    }
}

/// One cell or row that cannot be used. Data, not an exception: a file's other rows are still read and shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowProblem {
    /// 1-based line of the file in which the row begins; 0 for an order of an API.
    pub row: u64,
    /// Header of the cell, empty when the whole row is meant.
    pub column: String,
    pub value: String,
    /// Upper-case word for programs: `BAD_DATE`, `BAD_MONEY`, `BAD_QUANTITY`, `RAGGED_ROW`, `DAMAGED_ID` …
    pub code: &'static str,
    pub message: String,
}
