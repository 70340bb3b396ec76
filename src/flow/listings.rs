//! A supplier's catalogue from a person's table.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::table::{Table, TableRow};
use crate::core::address::country;
use crate::core::incoming::RowProblem;
use crate::core::listing::{Listing, ListingKey};
use crate::core::money::{Amount, Currency, DecimalMark, Price};

/// Columns of `listings.csv`, in the order in which they are written.
pub const COLUMNS: [&str; 18] = [
    "supplier",
    "listing_id",
    "title",
    "options",
    "price",
    "shipping",
    "currency",
    "pack_size",
    "min_quantity",
    "stock",
    "ships_from",
    "ships_to",
    "method",
    "processing_days",
    "transit_days_min",
    "transit_days_max",
    "url",
    "checked_at",
];
pub const REQUIRED: [&str; 2] = ["supplier", "listing_id"];

/// All listings of a table, or every cell that cannot be used.
///
/// # Errors
/// The problems, with their lines.
pub fn listings(table: &Table) -> Result<Vec<Listing>, Vec<RowProblem>> {
    let mut found: Vec<(u64, Listing)> = vec![];
    let mut problems = vec![];
    for row in &table.rows {
        match listing(table, row) {
            Ok(listing) => match found.iter().find(|(_, l)| l.key == listing.key) {
                Some((line, known)) if *known != listing => {
                    let message = format!("the same listing stands on line {line} with other values");
                    problems.push(table.problem(row, "listing_id", "TWICE", message));
                }
                Some(_) => {}
                None => found.push((row.line, listing)),
            },
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(found.into_iter().map(|(_, l)| l).collect()) } else { Err(problems) }
}

fn listing(table: &Table, row: &TableRow) -> Result<Listing, RowProblem> {
    let text = |column| table.cell(row, column).to_owned();
    let id = |column| match table.cell(row, column) {
        "" => Err(table.problem(row, column, "MISSING", "is empty")),
        damaged if looks_damaged(damaged) => Err(table.problem(
            row,
            column,
            "DAMAGED_ID",
            "was destroyed by a spreadsheet; format the column as text and export again",
        )),
        id => Ok(id.to_owned()),
    };
    let currency = match table.cell(row, "currency") {
        "" => None,
        code => {
            Some(code.parse::<Currency>().map_err(|e| table.problem(row, "currency", "BAD_CURRENCY", e.to_string()))?)
        }
    };
    let price = |column| price(table, row, column, currency);
    let days = |column| maybe(table, row, column);
    let at_least_one = |column| match table.number(row, column, 1_u32)? {
        0 => Err(table.problem(row, column, "BAD_NUMBER", "must be at least 1")),
        n => Ok(n),
    };
    Ok(Listing {
        key: ListingKey { supplier: id("supplier")?, listing_id: id("listing_id")? },
        title: text("title"),
        options: text("options"),
        price: price("price")?,
        shipping: price("shipping")?,
        pack_size: at_least_one("pack_size")?,
        min_quantity: at_least_one("min_quantity")?,
        stock: maybe(table, row, "stock")?,
        ships_from: text("ships_from"),
        ships_to: countries(table, row)?,
        method: text("method"),
        processing_days: days("processing_days")?,
        transit_days: (days("transit_days_min")?, days("transit_days_max")?),
        url: text("url"),
        checked_at: checked_at(table, row)?,
        accepted_price: None,
        gone: false,
    })
}

/// `4.1E+09` where an id stood.
fn looks_damaged(id: &str) -> bool {
    id.split_once("E+").is_some_and(|(mantissa, exponent)| {
        mantissa.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
            && exponent.bytes().all(|b| b.is_ascii_digit())
    })
}

fn price(
    table: &Table,
    row: &TableRow,
    column: &'static str,
    currency: Option<Currency>,
) -> Result<Option<Price>, RowProblem> {
    let text = table.cell(row, column);
    if text.is_empty() {
        return Ok(None);
    }
    let amount =
        Amount::parse(text, DecimalMark::Either).map_err(|e| table.problem(row, column, "BAD_MONEY", e.to_string()))?;
    if amount.ten_thousandths < 0 {
        return Err(table.problem(row, column, "BAD_MONEY", "is less than nothing"));
    }
    let currency = currency
        .ok_or_else(|| table.problem(row, "currency", "MISSING", "is empty beside a price; write it as USD"))?;
    Ok(Some(amount.price(currency)))
}

fn maybe(table: &Table, row: &TableRow, column: &'static str) -> Result<Option<u32>, RowProblem> {
    match table.cell(row, column) {
        "" => Ok(None),
        _ => table.number(row, column, 0).map(Some),
    }
}

fn countries(table: &Table, row: &TableRow) -> Result<Vec<String>, RowProblem> {
    let text = table.cell(row, "ships_to");
    if matches!(text.to_lowercase().as_str(), "*" | "any" | "worldwide") {
        return Ok(vec![]);
    }
    let names = text.split([',', ';', '|']).map(str::trim).filter(|n| !n.is_empty());
    let names = names
        .flat_map(|name| if country::code(name).is_some() { vec![name] } else { name.split_whitespace().collect() });
    names.map(|name| country::code(name).map(str::to_owned)).collect::<Option<Vec<_>>>().ok_or_else(|| {
        table.problem(row, "ships_to", "BAD_COUNTRY", "names a country that dsf does not know; write US, GB, DE")
    })
}

fn checked_at(table: &Table, row: &TableRow) -> Result<Option<Timestamp>, RowProblem> {
    let text = table.cell(row, "checked_at");
    let in_utc = |at: DateTime| TimeZone::UTC.to_timestamp(at).ok();
    match text {
        "" => Ok(None),
        _ => text
            .parse::<Timestamp>()
            .ok()
            .or_else(|| text.parse::<DateTime>().ok().and_then(in_utc))
            .or_else(|| text.parse::<Date>().ok().and_then(|d| in_utc(d.to_datetime(jiff::civil::Time::midnight()))))
            .map(Some)
            .ok_or_else(|| {
                table.problem(row, "checked_at", "BAD_DATE", "is not a time; write 2026-11-20 or 2026-11-20T09:00:00Z")
            }),
    }
}
