//! A purchase order as text, for a supplier whose site a person orders on: lines to copy, and what to type afterwards.

use std::fmt::Write;

use super::check_code::check_code;
use super::fit::Fitted;
use super::template::Sheet;
use crate::core::address::country;

/// The ship-to is the one of the sheet, with its changes.
pub fn text(sheet: &Sheet, order: &Fitted<'_>) -> String {
    let po = order.order.dispatch;
    let code = check_code(po.reference.as_str(), &po.ship_to_hash);
    let mut out = format!("PURCHASE ORDER {}   check {code}\n", po.reference);
    let mut say = |text: &str| {
        // Writing into a String cannot fail.
        let _ = writeln!(out, "{text}");
    };
    if let Some(why) = &order.order.resend {
        say(&format!("RESEND: {why}. The same order went out before; do not ship it twice."));
    }
    say(&format!("supplier {}   order {}", po.supplier, po.order_number));
    say("\nSHIP TO");
    for (field, text) in order.ship_to.fields().into_iter().filter(|(_, text)| !text.is_empty()) {
        say(&format!("  {field:<9} {text}"));
    }
    let country = country::code(&order.ship_to.country).and_then(country::english_name).unwrap_or_default();
    if !country.is_empty() && country != order.ship_to.country {
        say(&format!("  {:<9} {country}", ""));
    }
    if let Some(id) = po.tax_id.as_deref().filter(|id| !id.is_empty()) {
        say(&format!("  {:<9} {id}", "tax id"));
    }
    say("\nITEMS");
    for (index, line) in po.lines.iter().enumerate() {
        let attention = if line.quantity > 1 { format!("   << QUANTITY {}", line.quantity) } else { String::new() };
        say(&format!("  {} x {}   at most {} each{attention}", line.quantity, line.listing_id, line.unit_cost));
        let words: Vec<&str> = [line.title.as_str(), &line.options].into_iter().filter(|w| !w.is_empty()).collect();
        say(&format!("      {}", words.join(", ")));
        if let Some(extra) = order.order.extras.get(index).filter(|e| !e.url.is_empty()) {
            say(&format!("      {}", extra.url));
        }
    }
    say("");
    for (label, remark) in [
        ("method", po.method.as_str()),
        ("always", sheet.facts.standing_note.as_str()),
        ("note", po.note.as_deref().unwrap_or("")),
        ("gift", po.gift_message.as_deref().unwrap_or("")),
    ] {
        if !remark.is_empty() {
            // Indented, so that no note looks like a part of the order.
            say(&format!("{label}: {}", remark.lines().collect::<Vec<_>>().join("\n    ")));
        }
    }
    say(&format!("\nwhen it is ordered: dsf confirm {} --order-no NUMBER", po.id));
    out
}
