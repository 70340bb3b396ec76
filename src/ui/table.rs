//! Tables without borders: a header, aligned columns, wrapped to the terminal and never to a pipe.

use comfy_table::{Cell, CellAlignment, ContentArrangement, presets};

use super::{Tone, Ui};

pub struct Table {
    header: Vec<String>,
    right: Vec<usize>,
    rows: Vec<Vec<String>>,
}

/// Marks a header whose column is aligned to the right.
pub fn right(name: &str) -> String {
    format!("{RIGHT}{name}")
}

const RIGHT: char = '\u{2}';

impl Table {
    pub fn new<S: Into<String>>(header: impl IntoIterator<Item = S>) -> Self {
        let header: Vec<String> = header.into_iter().map(Into::into).collect();
        let right = header.iter().enumerate().filter(|(_, h)| h.starts_with(RIGHT)).map(|(i, _)| i).collect();
        Self { header: header.iter().map(|h| h.trim_start_matches(RIGHT).to_owned()).collect(), right, rows: vec![] }
    }

    pub fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn render(&self, ui: &Ui) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING);
        match ui.width {
            Some(width) => table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width),
            None => table.set_content_arrangement(ContentArrangement::Disabled),
        };
        table.set_header(self.header.iter().map(|h| h.to_uppercase()));
        for row in &self.rows {
            table.add_row(row.iter().map(|text| Cell::new(clean(text))));
        }
        for (i, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, 2));
            if self.right.contains(&i) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let text: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
        let mut lines = text.into_iter();
        let header = lines.next().map(|h| ui.paint(&h, Tone::Dim)).into_iter();
        header.chain(lines).collect::<Vec<_>>().join("\n")
    }
}

/// A customer's text must not move the cursor or break the row.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
