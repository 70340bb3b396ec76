//! The pass that turns a file into orders, one after another, with every row accounted for.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::StoreFacts;
use super::cells::Cells;
use super::detect::Detected;
use super::field::Field;
use super::group::{self, Group};
use super::plan::{Plan, Remembered};
use super::problem::FileProblem;
use super::survey::Survey;
use crate::core::incoming::{Incoming, RowProblem};
use crate::files::{Input, Row};

/// What one step of reading brings.
#[derive(Clone, PartialEq, Eq, Debug)]
// Handed over one at a time and never kept in lists, so its size costs nothing and a box would.
#[allow(clippy::large_enum_variant)]
pub enum Item {
    Order(Incoming),
    Rejected(Refusal),
    /// Worth saying; changes nothing.
    Note {
        row: u64,
        message: String,
    },
}

/// Rows of one order that cannot be used, because at least one of them cannot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// Empty where not even the number can be told.
    pub number: String,
    pub external_id: Option<String>,
    pub rows: u64,
    pub problems: Vec<RowProblem>,
}

/// Where the rows went: `rows` = `imported` + all `skipped` + `rejected`, always.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    pub rows: u64,
    pub imported: u64,
    /// By reason.
    pub skipped: BTreeMap<String, u64>,
    pub rejected: u64,
    pub orders: u64,
    pub lines: u64,
}

impl Tally {
    pub fn skipped_rows(&self) -> u64 {
        self.skipped.values().sum()
    }
}

/// Reads all orders of a surveyed file. `sink` may end the pass early; then rows not yet handed over are not counted.
///
/// # Errors
/// Only what makes the whole file unreadable; bad rows go to `sink`.
pub fn read(
    input: &Input,
    detected: &Detected,
    survey: &Survey,
    facts: &StoreFacts,
    sink: &mut dyn FnMut(Item) -> ControlFlow<()>,
) -> Result<Tally, FileProblem> {
    let plan = Plan::new(&detected.format, &detected.columns, facts, survey.date_order);
    let mut pass = Pass { plan: &plan, known: Remembered::default(), tally: Tally::default(), counted: 0, sink };
    let mut rows = detected.rows(input)?;
    let mut group: Option<Group> = None;
    while let Some(row) = rows.next_row()? {
        pass.tally.rows += 1;
        if pass.row(row, &mut group).is_break() {
            let handed = pass.tally.imported + pass.tally.skipped_rows() + pass.tally.rejected;
            return Ok(Tally { rows: handed, ..pass.tally });
        }
    }
    // The file is at its end either way.
    let _ = pass.finish(group);
    Ok(pass.tally)
}

struct Pass<'a> {
    plan: &'a Plan<'a>,
    known: Remembered,
    tally: Tally,
    /// Orders since the last footer, for its check sum.
    counted: u64,
    sink: &'a mut dyn FnMut(Item) -> ControlFlow<()>,
}

impl Pass<'_> {
    fn row(&mut self, row: Row<'_>, group: &mut Option<Group>) -> ControlFlow<()> {
        let plan = self.plan;
        let cells = Cells::of_row(plan, row, &plan.columns.index);
        if let Some(reason) = not_a_line(&cells, row, group.as_ref()) {
            let ends_table = reason == FOOTER;
            *self.tally.skipped.entry(reason.to_owned()).or_default() += 1;
            if !ends_table {
                self.counted += u64::from(reason != REPEATED_HEADER && cells.filled(Field::Record));
                return ControlFlow::Continue(());
            }
            self.finish(group.take())?;
            return self.footer(row);
        }
        if row.len() != plan.columns.headers.len() {
            return self.ragged(&cells, row, group);
        }
        if let Some(group) = group.as_mut().filter(|g| g.goes_on_with(&cells)) {
            group.add(&cells, &mut self.known);
            return ControlFlow::Continue(());
        }
        self.finish(group.take())?;
        self.counted += 1;
        *group = Some(Group::begin(&cells, &mut self.known).unwrap_or_else(|| {
            let message = "this row has no order number and no order before it; export again".to_owned();
            Group::of_broken_row("", whole_row(row, "NO_NUMBER", message))
        }));
        ControlFlow::Continue(())
    }

    /// A row of the wrong width may be shifted: none of its cells is believed, and its order is refused with it.
    fn ragged(&mut self, cells: &Cells<'_>, row: Row<'_>, group: &mut Option<Group>) -> ControlFlow<()> {
        let wanted = self.plan.columns.headers.len();
        let message =
            format!("this row has {} cells, the header has {wanted}; export again, or mend the row", row.len());
        let problem = whole_row(row, "RAGGED_ROW", message);
        let key = group::key(cells);
        if let Some(group) = group.as_mut().filter(|g| g.key() == key) {
            group.add_broken_row(problem);
            return ControlFlow::Continue(());
        }
        self.finish(group.take())?;
        self.counted += 1;
        *group = Some(Group::of_broken_row(key, problem));
        ControlFlow::Continue(())
    }

    /// Hands over an order whose rows have all come.
    fn finish(&mut self, group: Option<Group>) -> ControlFlow<()> {
        let Some(group) = group else { return ControlFlow::Continue(()) };
        let rows = group.rows;
        let (order, mut problems) = group.finish();
        // One cell can have two meanings, such as number and id.
        problems.dedup();
        if problems.is_empty() {
            self.tally.imported += rows;
            self.tally.orders += 1;
            self.tally.lines += order.lines.len() as u64;
            (self.sink)(Item::Order(order))
        } else {
            self.tally.rejected += rows;
            let Incoming { number, external_id, .. } = order;
            (self.sink)(Item::Rejected(Refusal { number, external_id, rows, problems }))
        }
    }

    /// Compares the count that a footer states with the orders above it.
    fn footer(&mut self, row: Row<'_>) -> ControlFlow<()> {
        let counts = self.plan.format.footer.as_ref().map_or(&[][..], |f| &f.counted);
        if !begins_with(row.get(1), counts) && !counts.iter().any(|c| row.get(0).contains(c.as_str())) {
            return ControlFlow::Continue(());
        }
        let counted = std::mem::take(&mut self.counted);
        let stated = row.get(0).split_whitespace().next().and_then(|n| n.parse::<u64>().ok());
        match stated {
            Some(stated) if stated != counted => (self.sink)(Item::Note {
                row: row.line,
                message: format!("the file says {stated} records, {counted} stand above; was it cut or joined?"),
            }),
            _ => ControlFlow::Continue(()),
        }
    }
}

const FOOTER: &str = "footer";
const REPEATED_HEADER: &str = "repeated header";

/// Why a row is not part of any order, if it is not.
fn not_a_line<'p>(cells: &Cells<'p>, row: Row<'_>, above: Option<&Group>) -> Option<&'p str> {
    let format = cells.plan.format;
    if row.get(0).is_empty() && row.is_blank() {
        return Some("blank row");
    }
    if let Some(footer) = &format.footer {
        if begins_with(row.get(0), &footer.begins) || begins_with(row.get(1), &footer.begins) {
            return Some(FOOTER);
        }
        if footer.counted.iter().any(|c| row.get(0).contains(c.as_str())) {
            return Some(FOOTER);
        }
    }
    let headers = &cells.plan.columns.headers;
    // Joined files bring their header, and the mark before it, along.
    let cell = |c: &'_ str, h: &String| c.trim_matches('\u{feff}') == h;
    if headers.first().is_some_and(|h| cell(row.get(0), h)) && row.cells().zip(headers).all(|(c, h)| cell(c, h)) {
        return Some(REPEATED_HEADER);
    }
    let fits = |skip: &&super::format::Skip| {
        let begins = skip.field.is_none_or(|f| begins_with(cells.raw(f).unwrap_or(""), &skip.begins));
        let blank =
            skip.blank.is_empty() || (row.len() == headers.len() && !skip.blank.iter().any(|f| cells.filled(*f)));
        begins && blank && !(skip.alone && above.is_some_and(|g| g.goes_on_with(cells)))
    };
    format.skip.iter().find(fits).map(|skip| skip.reason.as_str())
}

fn begins_with(cell: &str, beginnings: &[String]) -> bool {
    let cell = cell.trim();
    beginnings.iter().any(|b| cell.starts_with(b.as_str()))
}

/// The first cell tells which row is meant; the others may hold a customer's address, which is nobody's business here.
fn whole_row(row: Row<'_>, code: &'static str, message: String) -> RowProblem {
    let first = row.cells().map(str::trim).find(|c| !c.is_empty()).unwrap_or("");
    let value = first.chars().take(40).collect();
    RowProblem { row: row.line, column: String::new(), value, code, message }
}
