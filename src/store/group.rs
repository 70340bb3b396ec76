//! Rows that stand together and belong to one order.

use super::cells::{Cells, Problems};
use super::field::Field;
use super::format::Shape;
use super::head::{self, NothingLeft};
use super::plan::Remembered;
use super::shape;
use crate::core::ids::order_number;
use crate::core::incoming::{Head, Incoming, IncomingLine, RowProblem};
use crate::core::money::Currency;

/// More lines than this in one order are a file gone wrong, and would be kept in memory.
const MOST_LINES: usize = 5000;
/// Nobody reads further; the rows are counted all the same.
const MOST_PROBLEMS: usize = 1000;

/// An order whose rows are still coming.
pub(super) struct Group {
    key: String,
    order: Incoming,
    /// The store's count of the first line within its order, where it has one.
    first_ordinal: String,
    nothing_left: Option<NothingLeft>,
    /// Rows of the file that went into it.
    pub rows: u64,
    problems: Problems,
}

impl Group {
    /// `None` for a row that belongs to no order; the caller says so.
    pub fn begin(cells: &Cells<'_>, known: &mut Remembered) -> Option<Self> {
        let key = key(cells);
        let named = [Field::Number, Field::Record, Field::ExternalId].into_iter().find(|f| cells.filled(*f))?;
        let mut problems = Vec::new();
        let number = order_number(&cells.id(named, &mut problems).unwrap_or_default());
        if number.is_empty() {
            problems.push(cells.problem(named, "NO_NUMBER", "there is no order number in this; export again"));
        }
        let external_id = cells.id(Field::ExternalId, &mut problems);
        let order = Incoming { number, external_id, head: None, lines: Vec::new(), row: cells.line, rows: 0 };
        let mut group =
            Self { key: key.to_owned(), order, first_ordinal: String::new(), nothing_left: None, rows: 0, problems };
        group.first_ordinal = cells.raw(Field::LineOrdinal).unwrap_or("").to_owned();
        group.add(cells, known);
        Some(group)
    }

    /// A row so broken that only its key can be believed, if that.
    pub fn of_broken_row(key: &str, problem: RowProblem) -> Self {
        let order = Incoming { number: order_number(key), row: problem.row, ..Incoming::default() };
        Self {
            key: key.to_owned(),
            order,
            first_ordinal: String::new(),
            nothing_left: None,
            rows: 1,
            problems: vec![problem],
        }
    }

    /// A row of this order of which no cell can be believed.
    pub fn add_broken_row(&mut self, problem: RowProblem) {
        self.rows += 1;
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        }
    }

    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether the next row of the file is one more of this order.
    pub fn goes_on_with(&self, cells: &Cells<'_>) -> bool {
        match cells.plan.format.shape {
            Shape::Packed | Shape::Columns => return false,
            Shape::Blanks if key(cells).is_empty() => return !has_head(cells),
            Shape::Blanks | Shape::Repeats | Shape::Summary => {}
        }
        if key(cells).is_empty() || key(cells) != self.key {
            return false;
        }
        let id = cells.raw(Field::ExternalId).unwrap_or("");
        let other_id = !id.is_empty() && self.order.external_id.as_deref().is_some_and(|known| known != id);
        !other_id && !self.is_begun_again_by(cells)
    }

    /// A whole order below itself, as joined files have it: the same head and the same first line once more.
    fn is_begun_again_by(&self, cells: &Cells<'_>) -> bool {
        let first = match self.order.lines.first() {
            Some(first) if cells.plan.format.shape == Shape::Blanks && self.order.head.is_some() => first,
            _ => return false,
        };
        let same = |field, text: &str| cells.raw(field).is_none_or(|cell| cell == text);
        has_head(cells)
            && same(Field::LineOrdinal, &self.first_ordinal)
            && same(Field::Sku, &first.sku)
            && same(Field::Title, &first.title)
    }

    pub fn add(&mut self, cells: &Cells<'_>, known: &mut Remembered) {
        self.rows += 1;
        if has_head(cells) {
            self.take_head(cells, known);
        }
        if self.order.external_id.is_none() {
            self.order.external_id = cells.id(Field::ExternalId, &mut self.problems);
        }
        let mut lines = Vec::new();
        shape::lines(cells, self.currency(cells), &mut self.problems, &mut lines);
        for line in lines {
            self.take_line(cells, line);
        }
        self.problems.truncate(MOST_PROBLEMS);
    }

    fn take_head(&mut self, cells: &Cells<'_>, known: &mut Remembered) {
        let Some(head) = &mut self.order.head else {
            let head = head::head(cells, known, &mut self.problems);
            // Lines that stand above their order had no currency yet; without a price no sum could be checked.
            self.order.lines.iter_mut().for_each(|line| line.price_in(head.currency));
            self.order.head = Some(head);
            self.nothing_left = head::nothing_left(cells);
            return;
        };
        if let Some(asked) = head::asked_to_cancel(cells) {
            head.payment = Some(asked);
        }
        // Rows of one order that name two places: perhaps a sorted column, and then one of them is a stranger's.
        let again = head::ship_to(cells, known, &mut self.problems);
        if again.is_some() && again != head.ship_to {
            let message = "rows of one order name different addresses; export again, and do not sort single columns";
            self.problems.push(cells.problem(Field::ShipLine1, "SHIP_TO_DIFFERS", message));
        }
    }

    fn take_line(&mut self, cells: &Cells<'_>, line: IncomingLine) {
        let twin = |known: &&IncomingLine| line.external_id.is_some() && known.external_id == line.external_id;
        if let Some(twin) = self.order.lines.iter().find(twin) {
            if (IncomingLine { row: twin.row, ..line }) != *twin {
                let message = "the same line stands twice with different contents; export again";
                self.problems.push(cells.problem(Field::LineId, "LINE_TWICE", message));
            }
        } else if self.order.lines.len() < MOST_LINES {
            self.order.lines.push(line);
        } else if self.problems.is_empty() {
            let message = format!("an order with more than {MOST_LINES} lines; export again");
            self.problems.push(cells.problem(Field::Number, "TOO_MANY_LINES", message));
        }
    }

    /// Lines of an order that began elsewhere have no currency that could be believed, unless the store has only one.
    fn currency(&self, cells: &Cells<'_>) -> Option<Currency> {
        match &self.order.head {
            Some(Head { currency, .. }) => *currency,
            None if cells.has(Field::Currency) => None,
            None => cells.plan.facts.currency,
        }
    }

    /// Where the order and its lines disagree about what is left to send, less of it is believed: the rest would be
    /// sent twice. A line that comes later is not meant.
    pub fn finish(mut self) -> (Incoming, Problems) {
        for line in &mut self.order.lines {
            match self.nothing_left {
                Some(NothingLeft::Shipped) if line.shipped.is_some() => {
                    line.shipped = Some(line.quantity.saturating_sub(line.removed.unwrap_or(0)));
                }
                Some(NothingLeft::Removed) => line.removed = Some(line.quantity),
                _ => {}
            }
        }
        (Incoming { rows: self.rows, ..self.order }, self.problems)
    }
}

/// What rows of one order have in common.
pub(super) fn key<'r>(cells: &Cells<'r>) -> &'r str {
    let field = cells.plan.format.group.unwrap_or(Field::Number);
    let cell = cells.raw(field).unwrap_or("");
    if cell.is_empty() { cells.raw(Field::ExternalId).unwrap_or("") } else { cell }
}

/// Whether the row has cells of the order, not of a line alone.
fn has_head(cells: &Cells<'_>) -> bool {
    let format = cells.plan.format;
    match format.shape {
        Shape::Blanks | Shape::Summary if !format.head.is_empty() => format.head.iter().any(|f| cells.filled(*f)),
        _ => true,
    }
}
