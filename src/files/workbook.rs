//! XLSX in. Every cell becomes text; a number that a spreadsheet has already rounded keeps the look that gives it away.
//!
//! The sheet is loaded whole: the format is a compressed archive and cannot be streamed from the middle.

use std::io::BufReader;

use calamine::{Data, Range, Reader, Xlsx, XlsxError};

use super::input::{Bytes, Input};
use super::problem::Unreadable;
use super::split::Span;

/// Digits that a spreadsheet's number keeps; an id with more has lost some.
const KEPT_DIGITS: usize = 15;

pub(super) struct Workbook {
    range: Range<Data>,
    at: usize,
    /// Row of the sheet in which the range begins.
    first_row: u64,
    text: String,
    spans: Vec<Span>,
}

pub(super) struct SheetRow<'a> {
    pub line: u64,
    pub text: &'a str,
    pub spans: &'a [Span],
}

impl Workbook {
    pub fn open(input: &Input, sheet: usize) -> Result<Self, Unreadable> {
        let range = match book(input)?.worksheet_range_at(sheet) {
            Some(range) => range.map_err(|e| bad(input, &e))?,
            None => Range::default(),
        };
        let first_row = range.start().map_or(0, |(row, _)| u64::from(row));
        Ok(Self { range, at: 0, first_row, text: String::new(), spans: Vec::new() })
    }

    pub fn next_row(&mut self) -> Option<SheetRow<'_>> {
        if self.at >= self.range.height() {
            return None;
        }
        self.text.clear();
        self.spans.clear();
        for column in 0..self.range.width() {
            let start = self.text.len() as u32;
            if let Some(cell) = self.range.get((self.at, column)) {
                push_cell(&mut self.text, cell);
            }
            self.spans.push(Span { start, end: self.text.len() as u32, scratch: false });
        }
        self.at += 1;
        Some(SheetRow { line: self.first_row + self.at as u64, text: &self.text, spans: &self.spans })
    }
}

/// How many sheets a workbook has; the orders need not be on the first.
pub fn sheets(input: &Input) -> Result<usize, Unreadable> {
    Ok(book(input)?.sheet_names().len())
}

fn book(input: &Input) -> Result<Xlsx<BufReader<Bytes>>, Unreadable> {
    Xlsx::new(BufReader::new(input.reader()?)).map_err(|e| bad(input, &e))
}

fn bad(input: &Input, error: &XlsxError) -> Unreadable {
    Unreadable::BadWorkbook { file: input.name().to_owned(), reason: error.to_string() }
}

fn push_cell(text: &mut String, cell: &Data) {
    match cell {
        Data::Empty => {}
        Data::String(s) | Data::DateTimeIso(s) | Data::DurationIso(s) => text.push_str(s),
        Data::Bool(b) => text.push_str(if *b { "true" } else { "false" }),
        Data::Int(i) => text.push_str(&number(&i.to_string())),
        Data::Float(f) => text.push_str(&number(&f.to_string())),
        Data::Error(e) => text.push_str(&e.to_string()),
        Data::DateTime(at) => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            text.push_str(&format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"));
        }
    }
}

/// A whole number with more digits than a spreadsheet keeps is written in E-notation, which every id check refuses.
fn number(digits: &str) -> String {
    let plain = digits.trim_start_matches('-');
    if plain.len() <= KEPT_DIGITS || !plain.bytes().all(|b| b.is_ascii_digit()) {
        return digits.to_owned();
    }
    let (first, rest) = plain.split_at(1);
    let sign = if digits.starts_with('-') { "-" } else { "" };
    format!("{sign}{first}.{}E+{}", rest[..rest.len().min(KEPT_DIGITS - 1)].trim_end_matches('0'), plain.len() - 1)
        .replace(".E", "E")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits_or_show_that_they_lost_some() {
        assert_eq!(number("2139"), "2139");
        assert_eq!(number("12.5"), "12.5");
        assert_eq!(number("100200300400500"), "100200300400500");
        assert_eq!(number("583871000000000000"), "5.83871E+17");
        assert_eq!(number("1000000000000000"), "1E+15");
    }
}
