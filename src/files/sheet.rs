//! Rows out: CSV or XLSX in which every cell is text and none can become a formula.

use std::io::{self, Write};

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

/// What a CSV does with a cell that a spreadsheet would take for a formula.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Escape {
    /// A leading apostrophe, for sheets that people open.
    #[default]
    Apostrophe,
    /// Nothing, for sheets that only a machine reads.
    None,
}

impl Escape {
    /// The cell as it is written.
    pub fn write(self, cell: &str) -> String {
        if self == Self::Apostrophe && needs_escape(cell) { format!("'{cell}") } else { cell.to_owned() }
    }

    /// The cell as it was before [`Escape::write`]: undoes exactly that and nothing else.
    pub fn read(self, cell: &str) -> &str {
        match cell.strip_prefix('\'') {
            Some(rest) if self == Self::Apostrophe && needs_escape(rest) => rest,
            _ => cell,
        }
    }
}

/// A formula, or a text that already begins with the apostrophe of one, which must survive the way back.
fn needs_escape(cell: &str) -> bool {
    let bare = cell.trim_start_matches('\'');
    bare.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Writes a CSV with comma, quotes where needed and CRLF, as spreadsheets expect it.
///
/// # Errors
/// The target cannot be written.
pub fn write_csv<'a, R>(target: impl Write, rows: impl IntoIterator<Item = R>, escape: Escape) -> io::Result<()>
where
    R: IntoIterator<Item = &'a str>,
{
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(target);
    for row in rows {
        writer.write_record(row.into_iter().map(|cell| escape.write(cell)))?;
    }
    writer.flush()
}

/// A workbook of one sheet, as bytes. Every cell is a text cell, so zeros and long numbers stay.
///
/// # Errors
/// More rows, columns or characters than a workbook can hold.
pub fn xlsx<'a, R>(sheet: &str, rows: impl IntoIterator<Item = R>) -> io::Result<Vec<u8>>
where
    R: IntoIterator<Item = &'a str>,
{
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    fill_page(page, sheet, rows).and_then(|()| book.save_to_buffer()).map_err(io::Error::other)
}

fn fill_page<'a, R>(page: &mut Worksheet, name: &str, rows: impl IntoIterator<Item = R>) -> Result<(), XlsxError>
where
    R: IntoIterator<Item = &'a str>,
{
    let text = Format::new().set_num_format("@");
    page.set_name(name)?;
    for (row, cells) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            page.write_string_with_format(row, column, cell, &text)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_looks_like_a_formula_goes_out_as_text_and_comes_back_as_it_was() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("+16175550142", "'+16175550142"),
            ("-5", "'-5"),
            ("@x", "'@x"),
            ("'=x", "''=x"),
            ("'t Hart", "'t Hart"),
            ("plain", "plain"),
            ("", ""),
        ] {
            assert_eq!(Escape::Apostrophe.write(cell), written);
            assert_eq!(Escape::Apostrophe.read(written), cell);
            assert_eq!(Escape::None.read(&Escape::None.write(cell)), cell);
        }
    }

    #[test]
    fn csv_rows_end_in_crlf_and_quote_only_where_needed() {
        let mut bytes = Vec::new();
        write_csv(&mut bytes, [["a", "b,c"], ["=x", "d\"e"]], Escape::Apostrophe).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), "a,\"b,c\"\r\n'=x,\"d\"\"e\"\r\n");
    }

    #[test]
    fn workbook_cells_are_text() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("po.xlsx");
        std::fs::write(&path, xlsx("Orders", [["zip", "id"], ["02139", "583871000000000001"]]).unwrap()).unwrap();
        let input = crate::files::Input::open(&path).unwrap();
        let mut rows = crate::files::Rows::open(&input, &crate::files::Layout::Workbook { sheet: 0 }).unwrap();
        rows.next_row().unwrap();
        let row = rows.next_row().unwrap().unwrap();
        assert_eq!((row.line, row.get(0), row.get(1)), (2, "02139", "583871000000000001"));
    }
}
