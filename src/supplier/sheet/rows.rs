//! Purchase orders as rows, and rows as the bytes of a CSV or XLSX. Pure: no file, no clock.

use std::io;

use jiff::civil::Date;

use super::fit::Fitted;
use super::template::Sheet;
use crate::config::SheetFormat;
use crate::core::sending::Dispatch;
use crate::files::sheet::{Escape, write_csv, xlsx};

/// A purchase order on its way into a sheet.
#[derive(Clone, Debug)]
pub struct SheetOrder<'a> {
    pub dispatch: &'a Dispatch,
    /// The day on which the customer ordered.
    pub placed_on: Option<Date>,
    /// Why it goes out a second time.
    pub resend: Option<String>,
    /// Of each line, in the order of the lines: pieces that the customer gets, and the page of the listing.
    pub extras: Vec<LineExtra>,
}

#[derive(Clone, Debug, Default)]
pub struct LineExtra {
    pub pieces: Option<u32>,
    pub url: String,
}

impl<'a> SheetOrder<'a> {
    pub fn of(dispatch: &'a Dispatch) -> Self {
        Self { dispatch, placed_on: None, resend: None, extras: vec![] }
    }
}

/// The header, then one row a line; each row carries the whole ship-to.
pub fn rows(sheet: &Sheet, orders: &[Fitted<'_>]) -> Vec<Vec<String>> {
    let header = sheet.columns.iter().map(|c| c.title().to_owned()).collect();
    std::iter::once(header).chain(orders.iter().flat_map(|o| o.cells().iter().cloned())).collect()
}

/// The real bytes.
///
/// # Errors
/// More rows or characters than a workbook holds.
pub fn bytes(sheet: &Sheet, rows: &[Vec<String>], format: SheetFormat) -> io::Result<Vec<u8>> {
    let cells = rows.iter().map(|row| row.iter().map(String::as_str));
    match format {
        SheetFormat::Xlsx => xlsx("Orders", cells),
        SheetFormat::Csv => {
            let mut out = vec![];
            // Without the mark a spreadsheet shows ü as Ã¼, and that is what gets printed on the label.
            if sheet.facts.escape == Escape::Apostrophe && !rows.iter().flatten().all(|cell| cell.is_ascii()) {
                out.extend_from_slice("\u{feff}".as_bytes());
            }
            write_csv(&mut out, cells, sheet.facts.escape)?;
            Ok(out)
        }
    }
}
