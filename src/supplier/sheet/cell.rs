//! What is written into one cell.

use std::borrow::Cow;

use super::check_code::check_code;
use super::content::Content;
use super::rows::SheetOrder;
use super::template::{Column, Sheet};
use crate::core::address::Address;

/// Between two remarks that share a cell.
const BETWEEN: &str = " | ";

/// All that a cell can be made from; `country` is the code, whatever the sheet writes.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    pub sheet: &'a Sheet,
    pub order: &'a SheetOrder<'a>,
    /// The ship-to with the sheet's rules applied.
    pub ship_to: &'a Address,
    pub country: &'a str,
}

impl<'a> Source<'a> {
    /// One row of the sheet: the line with this index.
    pub fn row(&self, line: usize) -> Vec<String> {
        self.sheet.columns.iter().map(|column| self.cell(column, line)).collect()
    }

    fn cell(&self, column: &Column, line: usize) -> String {
        if !column.serves(self.country) {
            return String::new();
        }
        if let Some(text) = &column.constant {
            return text.clone();
        }
        match column.content() {
            Some(content) => self.text(content, line).into_owned(),
            None => {
                let texts: Vec<Cow<'_, str>> = column.holds.iter().map(|c| self.text(*c, line)).collect();
                texts.into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(BETWEEN)
            }
        }
    }

    fn text(&self, content: Content, line: usize) -> Cow<'a, str> {
        let po = self.order.dispatch;
        match content {
            Content::Reference => po.reference.as_str().into(),
            Content::CheckCode => check_code(po.reference.as_str(), &po.ship_to_hash).into(),
            Content::OrderNumber => po.order_number.as_str().into(),
            Content::OrderDate => self.order.placed_on.map_or_else(String::new, |d| d.to_string()).into(),
            Content::FirstName => name_in_two(&self.ship_to.name).0.into(),
            Content::LastName => name_in_two(&self.ship_to.name).1.into(),
            Content::TaxId => po.tax_id.as_deref().unwrap_or("").into(),
            Content::Method => po.method.as_str().into(),
            Content::GiftMessage => po.gift_message.as_deref().unwrap_or("").into(),
            Content::StandingNote => self.sheet.facts.standing_note.as_str().into(),
            Content::Resend => self.resend().into(),
            Content::Note => self.note(),
            Content::TrackingNumber | Content::Carrier | Content::ShippedAt => "".into(),
            _ => match content.address_field() {
                Some(field) => self
                    .ship_to
                    .fields()
                    .into_iter()
                    .find(|(name, _)| *name == field)
                    .map_or("", |(_, text)| text)
                    .into(),
                None => self.of_line(content, line),
            },
        }
    }

    fn of_line(&self, content: Content, index: usize) -> Cow<'a, str> {
        let Some(line) = self.order.dispatch.lines.get(index) else { return "".into() };
        let extra = self.order.extras.get(index);
        let (product, variant) = line.listing_id.split_once(':').unwrap_or((&line.listing_id, ""));
        match content {
            Content::Sku => line.sku.as_str().into(),
            Content::ListingId => line.listing_id.as_str().into(),
            Content::ListingProduct => product.into(),
            Content::ListingVariant => variant.into(),
            Content::Url => extra.map_or("", |e| e.url.as_str()).into(),
            Content::Title => line.title.as_str().into(),
            Content::Options => line.options.as_str().into(),
            Content::QuantityPacks => line.quantity.to_string().into(),
            Content::Pieces => extra.and_then(|e| e.pieces).map_or_else(String::new, |n| n.to_string()).into(),
            Content::UnitCost => line.unit_cost.amount().into(),
            Content::Currency => line.unit_cost.currency.to_string().into(),
            // A packer sees one parcel and sends one piece, unless something says more.
            Content::Attention if line.quantity > 1 => format!("QUANTITY {}", line.quantity).into(),
            _ => "".into(),
        }
    }

    fn resend(&self) -> String {
        self.order.resend.as_ref().map_or_else(String::new, |why| format!("RESEND: {why}"))
    }

    /// A sheet without a column for it says a second sending in the note.
    fn note(&self) -> Cow<'a, str> {
        let note = self.order.dispatch.note.as_deref().unwrap_or("");
        if self.order.resend.is_none() || self.sheet.carries(Content::Resend) {
            return note.into();
        }
        let stamp = self.resend();
        if note.is_empty() { stamp.into() } else { format!("{stamp}{BETWEEN}{note}").into() }
    }
}

/// All words but the last, and the last: `join_name` puts them together again exactly.
fn name_in_two(name: &str) -> (&str, &str) {
    name.trim().rsplit_once(' ').unwrap_or(("", name.trim()))
}

/// The inverse of writing a name in two columns.
pub fn join_name(first: &str, last: &str) -> String {
    if first.is_empty() || last.is_empty() { format!("{first}{last}") } else { format!("{first} {last}") }
}
