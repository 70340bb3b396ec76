//! Every field that a row says must be the purchase order's own: what differs stops the row, and what is another purchase
//! order's says that rows have moved.

use super::shift::Owners;
use super::{Order, Row, Stop, stop};
use crate::core::address::Address;
use crate::core::address::compare::{Echo, compare_sides};
use crate::core::address::verdict::{FieldVerdict, Verdict};

/// # Errors
/// The first field that does not agree.
pub(super) fn compare(row: &Row, order: &Order, owners: &Owners, at: usize) -> Result<(), Stop> {
    let id = &order.id;
    if !row.check_code.trim().is_empty() && !code_agrees(&order.check_code, &row.check_code) {
        return Err(match owners.other("check_code", &row.check_code, at) {
            Some(other) => {
                stop("ROWS_SHIFTED", format!("the check code is that of {other}, not of {id}: have rows moved?"))
            }
            None => stop(
                "CHECK_CODE",
                format!("the check code {} is not that of {id} ({})", row.check_code.trim(), order.check_code),
            ),
        });
    }
    for (field, value) in row.ship_to.fields().into_iter().filter(|(_, v)| !v.trim().is_empty()) {
        let Some(wrong) = disagreeing(field, row, order) else { continue };
        if wrong.rule == Some("leading_zero") && !row.check_code.trim().is_empty() {
            continue; // a spreadsheet took the zero off; the check code, which agrees, stands for the row
        }
        return Err(match owners.other(field, value, at) {
            Some(other) => stop(
                "ROWS_SHIFTED",
                format!("the {field} is not that of {id}; it is that of {other}: have rows moved?"),
            ),
            None => stop("FIELD_DISAGREES", format!("the {} is not that of {id}", wrong.field)),
        });
    }
    Ok(())
}

fn code_agrees(code: &str, typed: &str) -> bool {
    let bare: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    !code.is_empty() && bare.eq_ignore_ascii_case(code)
}

/// The verdict of a field that is neither the ship-to's nor the written one's.
fn disagreeing(field: &'static str, row: &Row, order: &Order) -> Option<FieldVerdict> {
    let own = |address: &Address| {
        address.fields().into_iter().find(|(f, _)| *f == field).map_or(String::new(), |(_, v)| v.trim().to_owned())
    };
    let said = own(&row.ship_to);
    if said == own(&order.ship_to) || said == own(&order.written) {
        return None;
    }
    let first = worst(field, &row.ship_to, &order.ship_to)?;
    if order.written == order.ship_to {
        Some(first)
    } else {
        worst(field, &row.ship_to, &order.written).and(Some(first))
    }
}

/// What of a comparison concerns the field, where it is worse than a note.
fn worst(field: &str, said: &Address, own: &Address) -> Option<FieldVerdict> {
    let present: Vec<&str> = said.fields().into_iter().filter(|(_, v)| !v.trim().is_empty()).map(|(f, _)| f).collect();
    let compared = compare_sides(own, Echo::ALL, said, Echo::only(&present));
    let concerns = |verdict: &FieldVerdict| match field {
        "line1" | "line2" => !Address::FIELDS.contains(&verdict.field),
        other => verdict.field == other,
    };
    // A flat that stands in a line the sheet has no column for is not missing.
    let unsaid = |verdict: &FieldVerdict| {
        verdict.verdict == Verdict::Missing && !present.contains(&"line2") && !own.line2.trim().is_empty()
    };
    compared.fields.into_iter().filter(|v| concerns(v) && !unsaid(v)).find(|v| v.verdict > Verdict::Unavailable)
}
