//! Which export a file is: told by its headers, never by its name.

use std::sync::Arc;

use super::columns::{Columns, any_present, fold};
use super::format::{Format, Role, Shape};
use super::formats::Formats;
use super::problem::{FileProblem, Nearest};
use crate::files::rows::{DELIMITERS, Kind, Marks};
use crate::files::{Decoding, Input, Layout, Rows, Unreadable, sheets};

/// Rows in which a header is looked for; some reports begin with a page of explanations.
const HEADER_WITHIN: usize = 25;
const NEAREST_SHOWN: usize = 3;

/// A file, understood.
#[derive(Clone, Debug)]
pub struct Detected {
    pub format: Arc<Format>,
    /// `None` for a workbook.
    pub decoding: Option<Decoding>,
    /// False when the format was named by a person and the headers alone would not have told.
    pub sure: bool,
    /// Line of the file with the header.
    pub header_line: u64,
    pub columns: Columns,
    layout: Layout,
    /// Rows up to and with the header.
    rows_before: usize,
}

impl Detected {
    /// `UTF-8`, `windows-1252`, `xlsx`.
    pub fn encoding(&self) -> &'static str {
        self.decoding.map_or("xlsx", |d| d.name())
    }

    pub fn encoding_guessed(&self) -> bool {
        self.decoding.is_some_and(|d| d.guessed)
    }

    /// The rows below the header.
    pub(super) fn rows(&self, input: &Input) -> Result<Rows, Unreadable> {
        let mut rows = Rows::open(input, &self.layout)?;
        for _ in 0..self.rows_before {
            rows.next_row()?;
        }
        Ok(rows)
    }
}

/// A row that may be the header.
struct Candidate {
    layout: Layout,
    at: usize,
    line: u64,
    headers: Vec<String>,
    folded: Vec<String>,
}

impl Formats {
    /// Finds the one format that `input` has.
    ///
    /// # Errors
    /// No format or several fit, the file is of a kind that cannot be used, a column is missing, or it cannot be read.
    pub fn detect(&self, input: &Input, wanted: Option<&str>, encoding: Option<&str>) -> Result<Detected, FileProblem> {
        let wanted = wanted.map(|name| self.wanted(name)).transpose()?;
        let kind = Kind::of(input, encoding)?;
        let candidates = candidates(input, kind)?;
        let fitting = |c: &Candidate| -> Vec<Arc<Format>> {
            match &wanted {
                Some(format) => Some(format.clone())
                    .filter(|f| fits(f, &c.folded) || has_required(f, &c.headers))
                    .into_iter()
                    .collect(),
                None => preferred(self.all().filter(|f| fits(f, &c.folded)).cloned().collect()),
            }
        };
        for candidate in &candidates {
            match fitting(candidate).as_slice() {
                [] => {}
                [format] => return accept(input, kind, candidate, format, wanted.is_some()),
                several => {
                    let formats = several.iter().map(|f| f.name.clone()).collect();
                    let file = input.name().to_owned();
                    return Err(FileProblem::SeveralFit { file, line: candidate.line, formats });
                }
            }
        }
        Err(self.no_fit(input, &candidates, wanted.as_deref()))
    }

    fn wanted(&self, name: &str) -> Result<Arc<Format>, FileProblem> {
        self.get(name).ok_or_else(|| {
            let near = self.all().map(|f| (strsim::damerau_levenshtein(&f.name, name), f.name.clone())).min();
            FileProblem::UnknownFormat {
                wanted: name.to_owned(),
                nearest: near.filter(|(d, _)| *d <= 4).map(|(_, n)| n),
            }
        })
    }

    fn no_fit(&self, input: &Input, candidates: &[Candidate], wanted: Option<&Format>) -> FileProblem {
        let file = input.name().to_owned();
        // The fullest row is the likeliest header; of equals the first.
        let filled = |c: &&Candidate| c.headers.iter().filter(|h| !h.trim().is_empty()).count();
        let Some(best) = candidates.iter().rev().max_by_key(filled) else {
            return FileProblem::NoFit { file, line: 1, header: Vec::new(), nearest: Vec::new() };
        };
        let header = best.headers.iter().filter(|h| !h.trim().is_empty()).cloned().collect();
        FileProblem::NoFit { file, line: best.line, header, nearest: self.nearest(&best.folded, wanted) }
    }

    /// The formats with the largest share of their headers found, or the one that was asked for.
    fn nearest(&self, folded: &[String], wanted: Option<&Format>) -> Vec<Nearest> {
        let asked = self.all().filter(|f| wanted.is_none_or(|w| w.name == f.name));
        let mut near: Vec<(usize, Nearest)> = asked
            .map(|f| {
                let lacks = lacking(f, folded);
                let all = f.recognise.has.len().max(1);
                ((all - lacks.len()) * 100 / all, Nearest { format: f.name.clone(), lacks })
            })
            .filter(|(share, near)| wanted.is_some() || (*share > 0 && !near.lacks.is_empty()))
            .collect();
        near.sort_by_key(|(share, _)| std::cmp::Reverse(*share));
        near.into_iter().take(NEAREST_SHOWN).map(|(_, near)| near).collect()
    }
}

/// Every row near the top, cut with every delimiter that may be meant.
fn candidates(input: &Input, kind: Kind) -> Result<Vec<Candidate>, Unreadable> {
    let layouts: Vec<Layout> = match kind {
        Kind::Workbook => (0..sheets(input)?).map(|sheet| Layout::Workbook { sheet }).collect(),
        Kind::Text { decoding, newline, separator } => {
            let delimiters = separator.map_or(DELIMITERS.to_vec(), |d| vec![d]);
            let layout = |delimiter| Layout::Text { decoding, marks: Marks { delimiter, newline, quotes: true } };
            delimiters.into_iter().map(layout).collect()
        }
    };
    let mut found = Vec::new();
    let mut trouble = None;
    for layout in layouts {
        if let Err(e) = rows_near_top(input, layout, &mut found) {
            trouble = Some(e);
        }
    }
    match trouble {
        Some(e) if found.is_empty() => Err(e),
        _ => Ok(found),
    }
}

/// A quote that never closes below the header is no reason not to see the header.
fn rows_near_top(input: &Input, layout: Layout, found: &mut Vec<Candidate>) -> Result<(), Unreadable> {
    let mut rows = Rows::open(input, &layout)?;
    for at in 0..HEADER_WITHIN {
        let Some(row) = rows.next_row()? else { break };
        if row.len() >= 2 {
            let headers: Vec<String> = row.cells().map(|c| c.trim_matches('\u{feff}').to_owned()).collect();
            let folded = headers.iter().map(|h| fold(h)).collect();
            found.push(Candidate { layout, at, line: row.line, headers, folded });
        }
    }
    Ok(())
}

fn fits(format: &Format, folded: &[String]) -> bool {
    !format.recognise.has.is_empty()
        && format.recognise.has.iter().all(|s| any_present(folded, s))
        && !format.recognise.lacks.iter().any(|s| folded.contains(&fold(s)))
}

fn has_required(format: &Format, headers: &[String]) -> bool {
    let columns = Columns::new(format, headers.to_vec());
    let items_found = format.shape != Shape::Packed || !columns.packed.is_empty();
    items_found && format.required.iter().all(|f| columns.has(*f) || packed_field(format, *f))
}

/// A person's own format was written for this file; the built-in ones step back.
fn preferred(fitting: Vec<Arc<Format>>) -> Vec<Arc<Format>> {
    if fitting.iter().any(|f| f.own) { fitting.into_iter().filter(|f| f.own).collect() } else { fitting }
}

fn lacking(format: &Format, folded: &[String]) -> Vec<String> {
    let missing = format.recognise.has.iter().filter(|s| !any_present(folded, s));
    missing.filter_map(|s| s.all().first().cloned()).collect()
}

fn accept(
    input: &Input,
    kind: Kind,
    found: &Candidate,
    format: &Arc<Format>,
    named: bool,
) -> Result<Detected, FileProblem> {
    let file = input.name().to_owned();
    let line = found.line;
    if format.role == Role::Refused {
        let reason = format.reason.clone().unwrap_or_default();
        let instead = format.instead.clone().unwrap_or_default();
        return Err(FileProblem::Refused { file, line, about: format.about.clone(), reason, instead });
    }
    let columns = Columns::new(format, found.headers.clone());
    if let Some(missing) = format.required.iter().find(|f| !columns.has(**f) && !packed_field(format, **f)) {
        let spellings = format.columns.get(missing).map_or_else(Vec::new, |s| s.all().to_vec());
        return Err(FileProblem::MissingColumn { file, line, format: format.name.clone(), spellings });
    }
    let layout = match found.layout {
        Layout::Text { decoding, marks } => Layout::Text { decoding, marks: Marks { quotes: format.quotes, ..marks } },
        Layout::Workbook { sheet } => Layout::Workbook { sheet },
    };
    let decoding = match kind {
        Kind::Text { decoding, .. } => Some(decoding),
        Kind::Workbook => None,
    };
    let sure = !named || fits(format, &found.folded);
    Ok(Detected {
        format: format.clone(),
        decoding,
        sure,
        header_line: line,
        columns,
        layout,
        rows_before: found.at + 1,
    })
}

fn packed_field(format: &Format, field: super::field::Field) -> bool {
    format.shape == Shape::Packed && format.packing.as_ref().is_some_and(|p| p.keys.values().any(|f| *f == field))
}
