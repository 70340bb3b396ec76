//! Cuts a stream of UTF-8 into rows and cells, borrowed from one buffer.
//!
//! The `csv` crate is right for writing, but reading a million wide rows twice with it costs more than the whole
//! import may take, it drops a stray quote, and it hides blank lines, which end the table in an eBay report.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter};

/// A row may be long, but one that swallows the rest of a file is a lost quote.
pub(super) const LONGEST_ROW: usize = 2 * 1024 * 1024;
const FIRST_BUFFER: usize = 256 * 1024;

/// One cell: a range of the row's own bytes, or of the scratch where its quotes were undone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub start: u32,
    pub end: u32,
    pub scratch: bool,
}

/// What separates cells and rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Marks {
    pub delimiter: u8,
    /// `\n`, or `\r` alone in a file that has no `\n`.
    pub newline: u8,
    /// Off where a `"` is a letter like any other (Amazon).
    pub quotes: bool,
}

#[derive(Debug)]
pub(super) enum SplitError {
    Io(io::Error),
    OpenQuote(u64),
    TooLong(u64),
}

pub(super) struct Splitter<R> {
    source: R,
    marks: Marks,
    buffer: Vec<u8>,
    /// Unread bytes are `start..end`.
    start: usize,
    end: usize,
    ended: bool,
    line: u64,
    pub spans: Vec<Span>,
    pub scratch: Vec<u8>,
}

/// Where a row lies in the buffer and on which line of the file it begins.
pub(super) struct Found {
    pub line: u64,
    pub bytes: std::ops::Range<usize>,
}

enum Cut {
    /// The row ends before this byte; the next begins at the second.
    Row(usize, usize),
    More,
    OpenQuote,
}

impl<R: Read> Splitter<R> {
    pub fn new(source: R, marks: Marks) -> Self {
        Self {
            source,
            marks,
            buffer: vec![0; FIRST_BUFFER],
            start: 0,
            end: 0,
            ended: false,
            line: 1,
            spans: Vec::new(),
            scratch: Vec::new(),
        }
    }

    pub fn buffer(&self) -> &[u8] {
        &self.buffer
    }

    pub fn line(&self) -> u64 {
        self.line
    }

    /// The next row; `None` at the end. A blank line is a row with one empty cell.
    pub fn next(&mut self) -> Result<Option<Found>, SplitError> {
        loop {
            if self.start == self.end && self.ended {
                return Ok(None);
            }
            match self.cut() {
                Cut::Row(end, next) => {
                    let found = Found { line: self.line, bytes: self.start..end };
                    self.line += memchr_iter(self.marks.newline, &self.buffer[self.start..next]).count() as u64;
                    self.start = next;
                    return Ok(Some(found));
                }
                Cut::OpenQuote => return Err(SplitError::OpenQuote(self.line)),
                Cut::More => self.read_more()?,
            }
        }
    }

    fn read_more(&mut self) -> Result<(), SplitError> {
        let kept = self.end - self.start;
        if kept > LONGEST_ROW {
            return Err(SplitError::TooLong(self.line));
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.start = 0;
        self.end = kept;
        if kept * 2 > self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        // One read at a time: what came before a bad byte is cut into rows first, so its line is known.
        loop {
            match self.source.read(&mut self.buffer[kept..]) {
                Ok(read) => {
                    self.ended = read == 0;
                    self.end += read;
                    return Ok(());
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(SplitError::Io(e)),
            }
        }
    }

    /// Finds the cells of the row that begins at `start`.
    fn cut(&mut self) -> Cut {
        self.spans.clear();
        self.scratch.clear();
        let mut cell = self.start;
        loop {
            let quoted = self.marks.quotes && cell < self.end && self.buffer[cell] == b'"';
            let stop = if quoted { self.quoted_cell(cell) } else { self.plain_cells(cell) };
            match stop {
                Stop::Cell(next) => cell = next,
                Stop::Row(end, next) => return Cut::Row(end, next),
                Stop::EndOfBytes if !self.ended => return Cut::More,
                Stop::EndOfBytes if quoted => return Cut::OpenQuote,
                Stop::EndOfBytes => return Cut::Row(self.end, self.end),
            }
        }
    }

    /// Cells up to the end of the row or the next cell that begins with a quote; eight bytes at a step.
    fn plain_cells(&mut self, from: usize) -> Stop {
        let Marks { delimiter, newline, quotes } = self.marks;
        let bytes = &self.buffer[..self.end];
        let base = self.start;
        let mut cell = from;
        let mut at = from;
        while at < bytes.len() {
            let mut hits = match bytes[at..].first_chunk::<8>() {
                Some(chunk) => {
                    let word = u64::from_le_bytes(*chunk);
                    equal_bytes(word, delimiter) | equal_bytes(word, newline)
                }
                None => tail_hits(&bytes[at..], delimiter, newline),
            };
            while hits != 0 {
                let hit = at + (hits.trailing_zeros() / 8) as usize;
                hits &= hits - 1;
                if bytes[hit] == newline {
                    let end = if newline == b'\n' && hit > cell && bytes[hit - 1] == b'\r' { hit - 1 } else { hit };
                    self.spans.push(Span { start: (cell - base) as u32, end: (end - base) as u32, scratch: false });
                    return Stop::Row(end, hit + 1);
                }
                self.spans.push(Span { start: (cell - base) as u32, end: (hit - base) as u32, scratch: false });
                cell = hit + 1;
                if quotes && bytes.get(cell) == Some(&b'"') {
                    return Stop::Cell(cell);
                }
            }
            at += 8;
        }
        if self.ended {
            let end = if bytes.len() > cell && bytes.ends_with(b"\r") { bytes.len() - 1 } else { bytes.len() };
            self.spans.push(Span { start: (cell - base) as u32, end: (end - base) as u32, scratch: false });
        }
        Stop::EndOfBytes
    }

    /// One cell in quotes. A quote inside that ends nothing is a letter: `"15" lamp",` holds `15" lamp`.
    fn quoted_cell(&mut self, from: usize) -> Stop {
        let bytes = &self.buffer[..self.end];
        let kept = self.scratch.len();
        let mut copied = false;
        let mut piece = from + 1;
        let mut at = from + 1;
        loop {
            let Some(quote) = memchr(b'"', &bytes[at..]).map(|i| at + i) else { return Stop::EndOfBytes };
            match bytes.get(quote + 1) {
                None if !self.ended => return Stop::EndOfBytes,
                Some(b'"') => {
                    self.scratch.extend_from_slice(&bytes[piece..=quote]);
                    copied = true;
                    piece = quote + 2;
                    at = quote + 2;
                }
                _ => match after_quote(&bytes[quote + 1..], self.marks, self.ended) {
                    Closing::Letter => at = quote + 1,
                    Closing::Unsure => return Stop::EndOfBytes,
                    closing => {
                        let span = if copied {
                            self.scratch.extend_from_slice(&bytes[piece..quote]);
                            Span { start: kept as u32, end: self.scratch.len() as u32, scratch: true }
                        } else {
                            let base = self.start;
                            Span { start: (piece - base) as u32, end: (quote - base) as u32, scratch: false }
                        };
                        self.spans.push(span);
                        return closing.stop(quote + 1);
                    }
                },
            }
        }
    }
}

enum Stop {
    Cell(usize),
    Row(usize, usize),
    EndOfBytes,
}

/// What follows a quote inside a quoted cell, with the number of bytes to the next cell or row.
enum Closing {
    Cell(usize),
    Row(usize),
    Letter,
    Unsure,
}

impl Closing {
    fn stop(self, after: usize) -> Stop {
        match self {
            Self::Cell(length) => Stop::Cell(after + length),
            Self::Row(length) => Stop::Row(after, after + length),
            Self::Letter | Self::Unsure => Stop::EndOfBytes,
        }
    }
}

fn after_quote(rest: &[u8], marks: Marks, ended: bool) -> Closing {
    let blanks = rest.iter().take_while(|b| **b == b' ' && marks.delimiter != b' ').count();
    let unsure = if ended { Closing::Row(rest.len()) } else { Closing::Unsure };
    match rest.get(blanks) {
        None => unsure,
        Some(b) if *b == marks.delimiter => Closing::Cell(blanks + 1),
        Some(b) if *b == marks.newline => Closing::Row(blanks + 1),
        Some(b'\r') => match rest.get(blanks + 1) {
            None => unsure,
            Some(b) if *b == marks.newline => Closing::Row(blanks + 2),
            Some(_) => Closing::Letter,
        },
        Some(_) => Closing::Letter,
    }
}

/// The high bit of every byte of `word` that equals `wanted`; exact, no borrow between bytes.
fn equal_bytes(word: u64, wanted: u8) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let differ = word ^ (u64::from(wanted) * 0x0101_0101_0101_0101);
    !(((differ & LOW) + LOW) | differ) & !LOW
}

/// The same for the last few bytes of the buffer.
fn tail_hits(tail: &[u8], delimiter: u8, newline: u8) -> u64 {
    let hit = |b: u8| if b == delimiter || b == newline { 0x80 } else { 0 };
    tail.iter().enumerate().fold(0, |hits, (i, b)| hits | (hit(*b) << (8 * i)))
}
