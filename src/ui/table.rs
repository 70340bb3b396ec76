//! Tables without borders: a header, aligned columns, wrapped between words to the terminal and never to a pipe.

use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Width, presets};

use super::{Tone, Ui};

pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

/// A column by its header.
pub struct Column {
    header: String,
    /// Numbers and amounts: aligned to the right, never wrapped.
    number: bool,
    /// Left out where the terminal is too narrow for all.
    optional: bool,
}

impl From<&str> for Column {
    fn from(header: &str) -> Self {
        Self { header: header.to_uppercase(), number: false, optional: false }
    }
}

/// A column of numbers.
pub fn right(header: &str) -> Column {
    Column { number: true, ..Column::from(header) }
}

impl Column {
    #[must_use]
    pub fn optional(self) -> Self {
        Self { optional: true, ..self }
    }
}

/// Spaces between two columns.
const GAP: u16 = 2;

impl Table {
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: vec![] }
    }

    pub fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn render(&self, ui: &Ui) -> String {
        let shown = self.shown(ui.width);
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING);
        match ui.width {
            Some(width) => table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width),
            None => table.set_content_arrangement(ContentArrangement::Disabled),
        };
        table.set_header(shown.iter().map(|i| &self.columns[*i].header));
        for row in &self.rows {
            table.add_row(shown.iter().map(|i| Cell::new(clean(row.get(*i).map_or("", String::as_str)))));
        }
        for (column, i) in table.column_iter_mut().zip(&shown) {
            column.set_padding((0, GAP));
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(self.least(*i) + GAP)));
            if self.columns[*i].number {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let text: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
        let mut lines = text.into_iter();
        let header = lines.next().map(|h| ui.paint(&h, Tone::Dim)).into_iter();
        header.chain(lines).collect::<Vec<_>>().join("\n")
    }

    /// Columns for which there is room; optional ones go first, the last of them first.
    fn shown(&self, width: Option<u16>) -> Vec<usize> {
        let mut shown: Vec<usize> = (0..self.columns.len()).collect();
        let Some(width) = width else { return shown };
        while shown.iter().map(|i| u32::from(self.least(*i) + GAP)).sum::<u32>() > u32::from(width) {
            match shown.iter().rposition(|i| self.columns[*i].optional) {
                Some(at) => shown.remove(at),
                None => break,
            };
        }
        shown
    }

    /// The narrowest a column can be without breaking a word, a number or the first column's id.
    fn least(&self, column: usize) -> u16 {
        let whole = self.columns[column].number || column == 0;
        let width = |text: &str| text.chars().count();
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        let widest =
            cells.map(|cell| if whole { width(cell) } else { cell.split_whitespace().map(width).max().unwrap_or(0) });
        let widest = widest.max().unwrap_or(0).max(width(&self.columns[column].header));
        u16::try_from(widest).unwrap_or(u16::MAX / 64)
    }
}

/// A customer's text must not move the cursor or break the row.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
