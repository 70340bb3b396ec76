//! A format made ready for one file: columns found, words sorted, and what repeats from row to row remembered.

use std::sync::Arc;

use jiff::Timestamp;

use super::StoreFacts;
use super::columns::Columns;
use super::field::Field;
use super::format::Format;
use super::statuses::Meanings;
use crate::core::address::country;
use crate::core::date_order::DateOrder;
use crate::core::money::{Currency, DecimalMark};

pub(super) struct Plan<'a> {
    pub format: &'a Format,
    pub columns: &'a Columns,
    pub facts: &'a StoreFacts,
    pub order: Option<DateOrder>,
    pub mark: DecimalMark,
    pub meanings: Meanings,
    pub html: [bool; Field::COUNT],
}

impl<'a> Plan<'a> {
    pub fn new(format: &'a Arc<Format>, columns: &'a Columns, facts: &'a StoreFacts, order: Option<DateOrder>) -> Self {
        let mut html = [false; Field::COUNT];
        format.html.iter().for_each(|f| html[*f as usize] = true);
        let meanings = Meanings::of(format);
        Self { format, columns, facts, order, mark: format.decimal.into(), meanings, html }
    }
}

/// Looking up a country or currency costs more than reading the row; files hold few different ones.
#[derive(Default)]
pub(super) struct Remembered {
    countries: Vec<(String, String)>,
    currencies: Vec<(String, Option<Currency>)>,
}

impl Remembered {
    const MOST: usize = 64;

    /// Alpha-2, or the cell as found.
    pub fn country(&mut self, cell: &str) -> String {
        if let Some((_, known)) = self.countries.iter().find(|(raw, _)| raw == cell) {
            return known.clone();
        }
        let found = country::code(cell).unwrap_or(cell).to_owned();
        if self.countries.len() < Self::MOST {
            self.countries.push((cell.to_owned(), found.clone()));
        }
        found
    }

    pub fn currency(&mut self, cell: &str) -> Option<Currency> {
        if let Some((_, known)) = self.currencies.iter().find(|(raw, _)| raw == cell) {
            return *known;
        }
        let found = cell.parse().ok();
        if self.currencies.len() < Self::MOST {
            self.currencies.push((cell.to_owned(), found));
        }
        found
    }
}

/// Later than any honest stamp: a clock or a typing error, not the newest news.
pub(super) fn is_future(stamp: Timestamp, now: Timestamp) -> bool {
    stamp.as_second() > now.as_second() + 24 * 60 * 60
}
