//! Rows of a table, whatever the file: borrowed cells with the line of the file on which the row begins.

use std::io::{ErrorKind, Seek, SeekFrom};

use super::encoding::{Decoding, Utf8Stream, fill};
use super::input::{Bytes, Input};
use super::problem::Unreadable;
use super::split::{LONGEST_ROW, Span, SplitError, Splitter};
use super::workbook::Workbook;

pub use super::split::Marks;

/// Delimiters that exports are seen with, the likeliest first.
pub const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How the bytes of a file become rows; found once, used for every pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Layout {
    Text {
        decoding: Decoding,
        marks: Marks,
    },
    /// Of a workbook, the sheet with this number, from 0.
    Workbook {
        sheet: usize,
    },
}

/// What can be told from the first bytes alone. A text's delimiter is then found by whoever knows the headers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `separator` is the one that a `sep=;` line declares.
    Text {
        decoding: Decoding,
        newline: u8,
        separator: Option<u8>,
    },
    Workbook,
}

impl Kind {
    /// # Errors
    /// Empty, binary, an unknown encoding name, or not readable.
    pub fn of(input: &Input, encoding: Option<&str>) -> Result<Self, Unreadable> {
        let mut head = vec![0_u8; 64 * 1024];
        let length = fill(&mut input.reader()?, &mut head).map_err(|e| input.io(e))?;
        head.truncate(length);
        let binary = |found| Unreadable::Binary { file: input.name().to_owned(), found };
        match head.as_slice() {
            [] => return Err(Unreadable::Empty { file: input.name().to_owned() }),
            [0xd0, 0xcf, 0x11, 0xe0, ..] => return Err(binary("an old .xls workbook")),
            [b'%', b'P', b'D', b'F', ..] => return Err(binary("a PDF")),
            [0x1f, 0x8b, ..] => return Err(binary("a gzip archive")),
            // A workbook is a zip archive whose first entries have names of their own.
            [b'P', b'K', 3, 4, ..] if mentions(&head, b"[Content_Types].xml") || mentions(&head, b"xl/") => {
                return Ok(Self::Workbook);
            }
            [b'P', b'K', 3, 4, ..] => return Err(binary("a zip archive")),
            _ if is_web_page(&head) => return Err(binary("a web page, though its name may say .xls")),
            _ => {}
        }
        let decoding = Decoding::of(input, encoding)?;
        let mut text = Vec::new();
        let mut stream = Utf8Stream::new(&head[decoding.mark as usize..], decoding.encoding);
        // An undecodable byte this early is reported with its line by the pass that reads rows.
        let mut piece = vec![0; 64 * 1024];
        if let Ok(read) = fill(&mut stream, &mut piece) {
            text.extend_from_slice(&piece[..read]);
        }
        let newline = if !text.contains(&b'\n') && text.contains(&b'\r') { b'\r' } else { b'\n' };
        Ok(Self::Text { decoding, newline, separator: declared_separator(&text) })
    }
}

/// Some programs give a table of a web page the name of a workbook.
fn is_web_page(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let begins = |word: &&[u8]| text.get(..word.len()).is_some_and(|t| t.eq_ignore_ascii_case(word));
    [b"<html".as_slice(), b"<!doctype html", b"<table", b"<meta"].iter().any(begins)
}

/// `sep=;` on the first line, as Excel writes it; quotes around it are seen too.
fn declared_separator(text: &[u8]) -> Option<u8> {
    let line = text.split(|b| *b == b'\n' || *b == b'\r').next()?;
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let rest = line.strip_prefix(b"sep=").or_else(|| line.strip_prefix(b"SEP="))?;
    rest.first().copied().filter(|b| DELIMITERS.contains(b))
}

fn mentions(head: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(head, word).is_some()
}

/// One row; cells live as long as the borrow of [`Rows`].
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// 1-based line of the file (row of the sheet) in which this row begins.
    pub line: u64,
    text: &'a str,
    scratch: &'a str,
    spans: &'a [Span],
}

impl<'a> Row<'a> {
    /// Number of cells.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// A line with nothing at all on it, not even a delimiter.
    pub fn is_empty(&self) -> bool {
        self.spans.len() <= 1 && self.get(0).is_empty()
    }

    /// A cell, as found; empty when the row is shorter.
    pub fn get(&self, index: usize) -> &'a str {
        let Some(span) = self.spans.get(index) else { return "" };
        let from = if span.scratch { self.scratch } else { self.text };
        from.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    pub fn cells(&self) -> impl Iterator<Item = &'a str> + '_ {
        (0..self.len()).map(|i| self.get(i))
    }

    /// No cell holds anything but spaces.
    pub fn is_blank(&self) -> bool {
        self.cells().all(|c| c.trim().is_empty())
    }
}

/// A pass over the rows of a file, from its first line.
pub struct Rows {
    file: String,
    from: Source,
}

enum Source {
    Text(Box<Splitter<Utf8Stream<Bytes>>>, &'static str),
    Workbook(Workbook),
}

impl Rows {
    /// # Errors
    /// The file cannot be opened, or is no workbook although it looks like one.
    pub fn open(input: &Input, layout: &Layout) -> Result<Self, Unreadable> {
        let from = match layout {
            Layout::Workbook { sheet } => Source::Workbook(Workbook::open(input, *sheet)?),
            Layout::Text { decoding, marks } => {
                let mut file = input.reader()?;
                file.seek(SeekFrom::Start(decoding.mark)).map_err(|e| input.io(e))?;
                let stream = Utf8Stream::new(file, decoding.encoding);
                Source::Text(Box::new(Splitter::new(stream, *marks)), decoding.encoding.name())
            }
        };
        Ok(Self { file: input.name().to_owned(), from })
    }

    /// # Errors
    /// Bytes that are not of the encoding, a quote that never closes, a row without end, a disk that fails.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, Unreadable> {
        match &mut self.from {
            Source::Workbook(book) => {
                Ok(book.next_row().map(|r| Row { line: r.line, text: r.text, scratch: "", spans: r.spans }))
            }
            Source::Text(splitter, encoding) => {
                let found = splitter.next().map_err(|e| named(e, &self.file, splitter.line(), encoding))?;
                let Some(found) = found else { return Ok(None) };
                let undecodable = |_| Unreadable::Undecodable { file: self.file.clone(), line: found.line, encoding };
                let text = std::str::from_utf8(&splitter.buffer()[found.bytes]).map_err(undecodable)?;
                let scratch = std::str::from_utf8(&splitter.scratch).map_err(undecodable)?;
                Ok(Some(Row { line: found.line, text, scratch, spans: &splitter.spans }))
            }
        }
    }
}

fn named(error: SplitError, file: &str, line: u64, encoding: &'static str) -> Unreadable {
    let file = file.to_owned();
    match error {
        // All rows before the bad byte have been cut; the line is that of the row with it.
        SplitError::Io(e) if e.kind() == ErrorKind::InvalidData => Unreadable::Undecodable { file, line, encoding },
        SplitError::Io(source) => Unreadable::Io { file, source },
        SplitError::OpenQuote(line) => Unreadable::OpenQuote { file, line },
        SplitError::TooLong(line) => Unreadable::RowTooLong { file, line, limit: LONGEST_ROW },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all_rows(bytes: &[u8], quotes: bool) -> Result<Vec<(u64, Vec<String>)>, Unreadable> {
        let folder = tempfile::tempdir().unwrap();
        let input = Input::spool("rows", &mut &*bytes, folder.path())?;
        let decoding = Decoding { encoding: encoding_rs::UTF_8, guessed: false, mark: 0 };
        let marks = Marks { delimiter: b',', newline: b'\n', quotes };
        let mut rows = Rows::open(&input, &Layout::Text { decoding, marks })?;
        let mut all = Vec::new();
        while let Some(row) = rows.next_row()? {
            all.push((row.line, row.cells().map(str::to_owned).collect()));
        }
        Ok(all)
    }

    #[test]
    fn lines_are_those_of_the_file_and_blank_lines_are_rows() {
        let rows = all_rows(b"a,b\r\n\n\"x\ny\",2\n,\nlast,\"\"", true).unwrap();
        let lines: Vec<(u64, usize)> = rows.iter().map(|(line, cells)| (*line, cells.len())).collect();
        assert_eq!(lines, [(1, 2), (2, 1), (3, 2), (5, 2), (6, 2)]);
        assert_eq!(rows[2].1, ["x\ny", "2"]);
    }

    #[test]
    fn quotes_can_be_letters() {
        assert_eq!(all_rows(b"\"a,b\"\"\n", false).unwrap()[0].1, ["\"a", "b\"\""]);
        assert_eq!(all_rows(b"\"a \"b\" c\",\"d\" ,e\n", true).unwrap()[0].1, ["a \"b\" c", "d", "e"]);
    }

    #[test]
    fn rows_longer_than_the_buffer_and_rows_across_its_end() {
        let long = "é\"x,".repeat(100_000);
        let mut bytes = Vec::new();
        let mut writer = csv::WriterBuilder::new().from_writer(&mut bytes);
        let rows: Vec<Vec<String>> =
            (0..6000).map(|i| vec![i.to_string(), "a,\"b\"\n".repeat(i % 30), String::new()]).collect();
        rows.iter().for_each(|r| writer.write_record(r).unwrap());
        writer.write_record([long.as_str(), "", "end"]).unwrap();
        drop(writer);
        let read = all_rows(&bytes, true).unwrap();
        assert_eq!(read.len(), 6001);
        assert!(read.iter().zip(&rows).all(|((_, cells), wrote)| cells == wrote));
        assert_eq!(read[6000].1, [long.as_str(), "", "end"]);
        assert!(read.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_the_csv_crate_writes_is_read_back(
            rows in prop::collection::vec(prop::collection::vec("[a-z\",\n\r' é]{0,12}", 2..9), 1..20)
        ) {
            let mut bytes = Vec::new();
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(&mut bytes);
            rows.iter().for_each(|r| writer.write_record(r).unwrap());
            drop(writer);
            let read: Vec<Vec<String>> = all_rows(&bytes, true).unwrap().into_iter().map(|(_, cells)| cells).collect();
            prop_assert_eq!(read, rows);
        }
    }
}
