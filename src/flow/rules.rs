//! Match rules from and to a person's table.

use super::table::{Table, TableRow};
use crate::core::address::country;
use crate::core::incoming::RowProblem;
use crate::core::listing::ListingKey;
use crate::core::matching::{Rule, clash};

/// Columns of `matches.csv`, in the order in which they are written.
pub const COLUMNS: [&str; 8] = ["store", "sku", "supplier", "listing_id", "quantity", "country", "priority", "part"];
pub const REQUIRED: [&str; 3] = ["sku", "supplier", "listing_id"];

/// All rules of a table, or every cell that cannot be used.
///
/// # Errors
/// The problems, with their lines; two rows with equal keys are named both.
pub fn rules(table: &Table) -> Result<Vec<Rule>, Vec<RowProblem>> {
    let mut found = vec![];
    let mut problems = vec![];
    for row in &table.rows {
        match rule(table, row) {
            Ok(rule) => found.push((row, rule)),
            Err(problem) => problems.push(problem),
        }
    }
    let rules: Vec<Rule> = found.iter().map(|(_, rule)| rule.clone()).collect();
    if let Some(clash) = clash(&rules) {
        let (first, second) = clash.rows;
        let message = format!(
            "lines {} and {} ({}) {}",
            found[first].0.line,
            found[second].0.line,
            rules[first].describe(),
            clash.why
        );
        problems.push(table.problem(found[second].0, "sku", "SAME_KEY", message));
    }
    if problems.is_empty() { Ok(rules) } else { Err(problems) }
}

fn rule(table: &Table, row: &TableRow) -> Result<Rule, RowProblem> {
    let filled = |column| match table.cell(row, column) {
        "" => Err(table.problem(row, column, "MISSING", "is empty")),
        text => Ok(text.to_owned()),
    };
    let at_least_one = |column| match table.number(row, column, 1_u32)? {
        0 => Err(table.problem(row, column, "BAD_NUMBER", "must be at least 1")),
        n => Ok(n),
    };
    let store = match table.cell(row, "store") {
        "" => None,
        slug => Some(
            slug.parse()
                .map_err(|e: crate::core::ids::IdError| table.problem(row, "store", "BAD_STORE", e.to_string()))?,
        ),
    };
    let country = match table.cell(row, "country") {
        "" => None,
        name => Some(
            country::code(name)
                .ok_or_else(|| {
                    table.problem(row, "country", "BAD_COUNTRY", "is not a country that dsf knows; write US, GB, DE")
                })?
                .to_owned(),
        ),
    };
    Ok(Rule {
        store,
        sku: filled("sku")?,
        listing: ListingKey { supplier: filled("supplier")?, listing_id: filled("listing_id")? },
        quantity: at_least_one("quantity")?,
        country,
        priority: at_least_one("priority")?,
        part: table.number(row, "part", 0)?,
        fingerprint: None,
    })
}

/// A rule as a row of the table.
pub fn cells(rule: &Rule) -> [String; 8] {
    [
        rule.store.as_ref().map(ToString::to_string).unwrap_or_default(),
        rule.sku.clone(),
        rule.listing.supplier.clone(),
        rule.listing.listing_id.clone(),
        rule.quantity.to_string(),
        rule.country.clone().unwrap_or_default(),
        rule.priority.to_string(),
        if rule.part == 0 { String::new() } else { rule.part.to_string() },
    ]
}
