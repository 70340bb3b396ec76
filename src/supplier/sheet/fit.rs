//! Makes a purchase order fit a sheet: named changes, then every cell within its limit. What cannot be done whole is held.

use super::cell::Source;
use super::content::Content;
use super::rows::SheetOrder;
use super::rule::{Refusal, country_as, region_as};
use super::template::{Column, Sheet};
use crate::core::address::Address;
use crate::core::address::country;
use crate::core::address::transform::Change;
use crate::core::hold::{Hold, HoldCode};

/// What a cell of a workbook holds, in UTF-16 units.
const LONGEST_CELL: usize = 32_767;

/// An order that fits: only such a one can become rows.
#[derive(Clone, Debug)]
pub struct Fitted<'a> {
    pub order: SheetOrder<'a>,
    /// As the sheet writes it.
    pub ship_to: Address,
    pub changed: Vec<Change>,
    /// What the order has and no column takes, beside the fields of an address: `gift_message`, `note`, `tax_id`.
    pub left_out: Vec<&'static str>,
    cells: Vec<Vec<String>>,
}

impl Fitted<'_> {
    /// One row a line.
    pub fn cells(&self) -> &[Vec<String>] {
        &self.cells
    }
}

/// # Errors
/// Everything that holds the order back, each with what to do.
pub fn fit<'a>(sheet: &Sheet, order: SheetOrder<'a>) -> Result<Fitted<'a>, Vec<Hold>> {
    let mut refused = vec![];
    if sheet.facts.phone_required && order.dispatch.ship_to.phone.trim().is_empty() {
        let message = format!("the sheet {} needs a phone number", sheet.name);
        refused.push(Refusal { code: HoldCode::PhoneRequired, message });
    }
    let (ship_to, changed) = changed(sheet, &order.dispatch.ship_to, &mut refused);
    uncarried(sheet, &ship_to, &mut refused);
    let country = country::code(&ship_to.country).unwrap_or("");
    let source = Source { sheet, order: &order, ship_to: &ship_to, country };
    let cells: Vec<Vec<String>> = (0..order.dispatch.lines.len()).map(|line| source.row(line)).collect();
    // What a rule has refused already is not said twice.
    if refused.iter().all(|r| r.code != HoldCode::FieldTooLong) {
        for row in &cells {
            for (column, cell) in sheet.columns.iter().zip(row) {
                refused.extend(cell_refusal(sheet, column, cell).filter(|r| !refused.contains(r)));
            }
        }
    }
    if !refused.is_empty() {
        return Err(refused.into_iter().map(|r| hold(&order, r)).collect());
    }
    let left_out = left_out(sheet, &order, country);
    Ok(Fitted { order, ship_to, changed, left_out, cells })
}

/// The ship-to with every rule of the sheet applied; a rule that cannot leaves it as it was and says why.
fn changed(sheet: &Sheet, ship_to: &Address, refused: &mut Vec<Refusal>) -> (Address, Vec<Change>) {
    let mut now = ship_to.clone();
    now.email.clear();
    let mut all = vec![];
    let mut step = |done: Result<(Address, Vec<Change>), Refusal>, now: &mut Address| match done {
        Ok((next, mut changes)) => {
            *now = next;
            all.append(&mut changes);
        }
        // Two rules may stumble over the same letters.
        Err(refusal) if refused.contains(&refusal) => {}
        Err(refusal) => refused.push(refusal),
    };
    for rule in &sheet.facts.rules {
        step(rule.apply(&now, sheet.longest_line(), sheet.facts.length_unit), &mut now);
    }
    for (content, by_name) in [(Content::RegionCode, false), (Content::RegionName, true)] {
        if sheet.carries(content) {
            step(region_as(&now, by_name), &mut now);
        }
    }
    step(country_as(&now, sheet.carries(Content::CountryName)), &mut now);
    (now, all)
}

/// A company or a second line without a column would be lost; a phone or an e-mail is only not said.
fn uncarried(sheet: &Sheet, ship_to: &Address, refused: &mut Vec<Refusal>) {
    let said = ship_to.fields();
    for field in sheet.lacks().filter(|f| !matches!(*f, "phone" | "email")) {
        if let Some((_, text)) = said.iter().find(|(name, text)| *name == field && !text.trim().is_empty()) {
            let message = format!("the sheet {} has no column for {field}: {text}", sheet.name);
            refused.push(Refusal { code: HoldCode::AddressProblem, message });
        }
    }
}

fn cell_refusal(sheet: &Sheet, column: &Column, cell: &str) -> Option<Refusal> {
    let what = column.content().and_then(Content::address_field).unwrap_or(column.title());
    let unwritable =
        |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t') || matches!(c, '\u{fffe}' | '\u{ffff}');
    if cell.contains(unwritable) {
        let message = format!("{what} has a control character, which no sheet can carry");
        return Some(Refusal { code: HoldCode::AddressProblem, message });
    }
    let length = sheet.facts.length_unit.length(cell);
    let too_long = |length: usize, longest: usize| Refusal {
        code: HoldCode::FieldTooLong,
        message: format!("{what} has {length}, the sheet takes {longest}: {cell}"),
    };
    match column.longest {
        Some(longest) if length > longest => Some(too_long(length, longest)),
        _ if cell.len() > LONGEST_CELL && cell.encode_utf16().count() > LONGEST_CELL => {
            Some(too_long(cell.encode_utf16().count(), LONGEST_CELL))
        }
        _ => None,
    }
}

fn left_out(sheet: &Sheet, order: &SheetOrder<'_>, country: &str) -> Vec<&'static str> {
    let po = order.dispatch;
    let taken =
        |content: Content| sheet.columns.iter().any(|column| column.holds.contains(&content) && column.serves(country));
    [
        ("note", Content::Note, &po.note),
        ("gift_message", Content::GiftMessage, &po.gift_message),
        ("tax_id", Content::TaxId, &po.tax_id),
    ]
    .into_iter()
    .filter(|(_, content, text)| text.as_ref().is_some_and(|t| !t.trim().is_empty()) && !taken(*content))
    .map(|(name, ..)| name)
    .collect()
}

/// Nothing here can be decided away: the bytes cannot be written until the order or the sheet changes.
fn hold(order: &SheetOrder<'_>, refusal: Refusal) -> Hold {
    let id = &order.dispatch.id;
    let hint = format!("correct it: dsf address set {}; or change the supplier's sheet", id.order);
    Hold { releasable: false, ..Hold::new(id, refusal.code, refusal.message, hint) }
}
