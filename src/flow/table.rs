//! A small table with a header, as a person writes it: `listings.csv`, `matches.csv`. Cells by name, rows with their line.

use std::io;
use std::path::Path;

use thiserror::Error;

use crate::core::incoming::RowProblem;
use crate::files::rows::{DELIMITERS, Kind};
use crate::files::split::Marks;
use crate::files::{Input, Layout, Rows, TemporaryFolder, Unreadable};

#[derive(Debug, Error)]
pub enum TableError {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("{file} line {line}: no column \"{column}\"; the header is {header}")]
    NoColumn { file: String, line: u64, column: &'static str, header: String },
    #[error("{file} line {line}: \"{column}\" is not a column of this table")]
    UnknownColumn { file: String, line: u64, column: String, nearest: String },
    #[error("{file} line {line}: column \"{column}\" stands twice")]
    TwiceColumn { file: String, line: u64, column: String },
    #[error("stdin: {0}")]
    Stdin(io::Error),
}

impl TableError {
    pub fn hint(&self) -> String {
        match self {
            Self::Unreadable(why) => why.hint(),
            Self::NoColumn { column, .. } => format!("add a column \"{column}\""),
            Self::UnknownColumn { nearest, .. } => format!("did you mean \"{nearest}\"?"),
            Self::TwiceColumn { .. } => "remove one of the two".to_owned(),
            Self::Stdin(_) => "name a file".to_owned(),
        }
    }
}

/// All rows in memory: these tables are a person's, not a store's.
#[derive(Debug)]
pub struct Table {
    pub file: String,
    columns: Vec<String>,
    pub rows: Vec<TableRow>,
}

#[derive(Debug)]
pub struct TableRow {
    pub line: u64,
    cells: Vec<String>,
}

impl Table {
    /// Reads CSV, TSV or XLSX; `-` is stdin. Columns may stand in any order; `known` are all there can be.
    ///
    /// # Errors
    /// Not readable, a column that is missing, unknown or there twice.
    pub fn read(path: &Path, known: &[&'static str], required: &[&'static str]) -> Result<Self, TableError> {
        if path == Path::new("-") {
            let folder = TemporaryFolder::new("stdin").map_err(TableError::Stdin)?;
            let input = Input::spool("stdin", &mut io::stdin().lock(), folder.path())?;
            return Self::of(&input, known, required);
        }
        Self::of(&Input::open(path)?, known, required)
    }

    fn of(input: &Input, known: &[&'static str], required: &[&'static str]) -> Result<Self, TableError> {
        let layout = layout(input, required)?;
        let mut rows = Rows::open(input, &layout)?;
        let mut table = Self { file: input.name().to_owned(), columns: vec![], rows: vec![] };
        while let Some(row) = rows.next_row()? {
            if row.is_blank() || (table.columns.is_empty() && row.get(0).to_lowercase().starts_with("sep=")) {
                continue;
            }
            let cells: Vec<String> = row.cells().map(|c| c.trim().to_owned()).collect();
            if table.columns.is_empty() {
                table.columns = cells.iter().map(|c| c.to_lowercase().replace(' ', "_")).collect();
                table.check_header(row.line, known, required)?;
            } else {
                table.rows.push(TableRow { line: row.line, cells });
            }
        }
        Ok(table)
    }

    fn check_header(&self, line: u64, known: &[&'static str], required: &[&'static str]) -> Result<(), TableError> {
        let file = || self.file.clone();
        for (i, column) in self.columns.iter().enumerate().filter(|(_, c)| !c.is_empty()) {
            if !known.contains(&column.as_str()) {
                let nearest = known.iter().min_by_key(|k| strsim::levenshtein(column, k)).copied().unwrap_or_default();
                return Err(TableError::UnknownColumn {
                    file: file(),
                    line,
                    column: column.clone(),
                    nearest: nearest.to_owned(),
                });
            }
            if self.columns[..i].contains(column) {
                return Err(TableError::TwiceColumn { file: file(), line, column: column.clone() });
            }
        }
        match required.iter().find(|r| !self.columns.iter().any(|c| c == *r)) {
            Some(column) => Err(TableError::NoColumn { file: file(), line, column, header: self.columns.join(", ") }),
            None => Ok(()),
        }
    }

    /// A cell by the name of its column; empty where the table has no such column.
    pub fn cell<'a>(&self, row: &'a TableRow, column: &str) -> &'a str {
        let index = self.columns.iter().position(|c| c == column);
        index.and_then(|i| row.cells.get(i)).map_or("", String::as_str)
    }

    /// A problem with one cell, with its place.
    pub fn problem(&self, row: &TableRow, column: &str, code: &'static str, message: impl Into<String>) -> RowProblem {
        let value = self.cell(row, column).to_owned();
        RowProblem { row: row.line, column: column.to_owned(), value, code, message: message.into() }
    }

    /// A whole number, or `default` for an empty cell.
    ///
    /// # Errors
    /// Anything else.
    pub fn number<T: std::str::FromStr>(&self, row: &TableRow, column: &str, default: T) -> Result<T, RowProblem> {
        match self.cell(row, column) {
            "" => Ok(default),
            text => text
                .parse()
                .map_err(|_| self.problem(row, column, "BAD_NUMBER", "is not a whole number; write digits only")),
        }
    }
}

/// The delimiter under which the header has the required columns.
fn layout(input: &Input, required: &[&str]) -> Result<Layout, Unreadable> {
    let Kind::Text { decoding, newline, separator } = Kind::of(input, None)? else {
        return Ok(Layout::Workbook { sheet: 0 });
    };
    let with = |delimiter| Layout::Text { decoding, marks: Marks { delimiter, newline, quotes: true } };
    if let Some(separator) = separator {
        return Ok(with(separator));
    }
    for delimiter in DELIMITERS {
        let mut rows = Rows::open(input, &with(delimiter))?;
        while let Some(row) = rows.next_row()? {
            if row.is_blank() {
                continue;
            }
            let header: Vec<String> = row.cells().map(|c| c.trim().to_lowercase().replace(' ', "_")).collect();
            if required.iter().all(|r| header.iter().any(|h| h == r)) {
                return Ok(with(delimiter));
            }
            break;
        }
    }
    Ok(with(b','))
}
