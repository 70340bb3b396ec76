//! A sheet in any layout as rows to decide about: columns are found by what a person mapped, the supplier's own template, and
//! words that everybody uses, in this order.

use super::ImportError;
use super::field::Field;
use crate::carrier::named;
use crate::core::tracking::sheet::Row as Said;
use crate::files::rows::{DELIMITERS, Kind, Marks};
use crate::files::sheet::Escape;
use crate::files::{Input, Layout, Row, Rows, sheets};
use crate::supplier::sheet::Sheet;
use crate::supplier::sheet::cell::join_name;
use crate::supplier::sheet::read_back::folded;

/// How far down the headers may stand, below a title or a greeting.
const HEADER_WITHIN: usize = 20;

/// A sheet as it was understood.
#[derive(Debug)]
pub struct Read {
    pub rows: Vec<Said>,
    /// Which column was taken for what.
    pub columns: Vec<(Field, String)>,
    /// Headers that say nothing here.
    pub unknown: Vec<String>,
}

struct Header {
    line: u64,
    cells: Vec<(usize, Field, String)>,
    unknown: Vec<String>,
    escape: Escape,
}

/// # Errors
/// Not readable, no row of headers with a tracking number and a key, a mapped header that is not there, one field twice.
pub fn read(input: &Input, sheet: &Sheet, mapped: &[(Field, String)]) -> Result<Read, ImportError> {
    let (header, mut rows) = header(input, sheet, mapped)?;
    let mut read = Read {
        rows: vec![],
        columns: header.cells.iter().map(|(_, field, title)| (*field, title.clone())).collect(),
        unknown: header.unknown.clone(),
    };
    while let Some(row) = rows.next_row()? {
        if !row.is_blank() {
            read.rows.push(said(&header, &row));
        }
    }
    Ok(read)
}

/// The row of headers that shows most of them, in whatever delimiter or page.
fn header(input: &Input, sheet: &Sheet, mapped: &[(Field, String)]) -> Result<(Header, Rows), ImportError> {
    let (layouts, escape): (Vec<Layout>, Escape) = match Kind::of(input, None)? {
        Kind::Workbook => ((0..sheets(input)?).map(|sheet| Layout::Workbook { sheet }).collect(), Escape::None),
        Kind::Text { decoding, newline, separator } => {
            let delimiters = separator.map_or(DELIMITERS.to_vec(), |one| vec![one]);
            let marks = |delimiter| Marks { delimiter, newline, quotes: true };
            (delimiters.into_iter().map(|d| Layout::Text { decoding, marks: marks(d) }).collect(), sheet.facts.escape)
        }
    };
    let mut best: Option<(Header, Rows)> = None;
    let mut seen: Vec<String> = vec![];
    for layout in layouts {
        let mut rows = Rows::open(input, &layout)?;
        for _ in 0..HEADER_WITHIN {
            // A wrong delimiter may leave a quote open; that is not the file's fault.
            let Ok(Some(row)) = rows.next_row() else { break };
            if row.is_blank() {
                continue;
            }
            let found = columns(&row, sheet, mapped, escape);
            if seen.len() < found.cells.len() + found.unknown.len() {
                seen = row.cells().map(|c| c.trim().to_owned()).filter(|c| !c.is_empty()).collect();
            }
            if best.as_ref().map_or(1, |(b, _)| b.cells.len()) < found.cells.len() && is_header(&found) {
                best = Some((found, rows));
                break;
            }
        }
    }
    let file = || input.name().to_owned();
    let Some((found, rows)) = best else { return Err(ImportError::NoHeader { file: file(), seen }) };
    if let Some((field, title)) = mapped
        .iter()
        .find(|(field, title)| !found.cells.iter().any(|(_, f, t)| f == field && folded(t) == folded(title)))
    {
        return Err(ImportError::NoSuchColumn {
            file: file(),
            line: found.line,
            header: title.clone(),
            field: *field,
            seen,
        });
    }
    for (at, (_, field, title)) in found.cells.iter().enumerate() {
        if let Some((.., other)) = found.cells.iter().take(at).find(|(_, f, _)| f == field) {
            let (first, second) = (other.clone(), title.clone());
            return Err(ImportError::TwiceColumn { file: file(), line: found.line, field: *field, first, second });
        }
    }
    Ok((found, rows))
}

fn is_header(found: &Header) -> bool {
    let has = |wanted: &dyn Fn(Field) -> bool| found.cells.iter().any(|(_, field, _)| wanted(*field));
    has(&|f| f == Field::TrackingNumber) && has(&Field::is_key)
}

/// Each field from the best source that has it; a worse one does not take a second column.
fn columns(row: &Row<'_>, sheet: &Sheet, mapped: &[(Field, String)], escape: Escape) -> Header {
    let mut header = Header { line: row.line, cells: vec![], unknown: vec![], escape };
    let titles: Vec<(usize, String)> = row
        .cells()
        .enumerate()
        .map(|(i, c)| (i, escape.read(c).trim().to_owned()))
        .filter(|(_, t)| !folded(t).is_empty())
        .collect();
    let of_map = |title: &str| mapped.iter().find(|(_, h)| folded(h) == folded(title)).map(|(field, _)| *field);
    let of_template = |title: &str| {
        let key = folded(title);
        sheet
            .columns
            .iter()
            .find(|c| c.header.iter().any(|h| folded(h) == key))
            .and_then(|c| Field::of_content(c.content()?))
    };
    let field_of = |source: usize, title: &str| match source {
        0 => of_map(title),
        1 => of_template(title),
        _ => Field::of_words(title),
    };
    let mut taken: Vec<(Field, usize)> = mapped.iter().map(|(field, _)| (*field, 0)).collect();
    for source in 0..3 {
        for (index, title) in &titles {
            let used = header.cells.iter().any(|(i, ..)| i == index);
            let Some(field) = field_of(source, title).filter(|_| !used) else { continue };
            if taken.iter().any(|(f, by)| *f == field && *by < source) {
                continue;
            }
            taken.push((field, source));
            header.cells.push((*index, field, title.clone()));
        }
    }
    let known = |index: &usize| header.cells.iter().any(|(i, ..)| i == index);
    header.unknown = titles.iter().filter(|(i, _)| !known(i)).map(|(_, t)| t.clone()).collect();
    header
}

fn said(header: &Header, row: &Row<'_>) -> Said {
    let mut out = Said { row: row.line, ..Said::default() };
    let [mut first, mut last, mut product, mut variant] = [const { String::new() }; 4];
    for (index, field, _) in &header.cells {
        let text = header.escape.read(row.get(*index)).trim().to_owned();
        match field {
            Field::Reference => out.reference = text,
            Field::SupplierOrder => out.supplier_order = text,
            Field::Store => out.store = text,
            Field::Order => out.order = text,
            Field::CheckCode => out.check_code = text,
            Field::FirstName => first = text,
            Field::LastName => last = text,
            Field::Sku => out.sku = text,
            Field::ListingId => out.listing_id = text,
            Field::ListingProduct => product = text,
            Field::ListingVariant => variant = text,
            Field::Quantity => out.quantity = text,
            Field::TrackingNumber => out.tracking = text,
            Field::Carrier => out.carrier = text,
            Field::ShippedAt => out.shipped_at = text,
            other => {
                if let Some(place) = out.ship_to.field_mut(other.as_str()) {
                    *place = text;
                }
            }
        }
    }
    if !(first.is_empty() && last.is_empty()) {
        out.ship_to.name = join_name(&first, &last);
    }
    if !product.is_empty() {
        out.listing_id = if variant.is_empty() { product } else { format!("{product}:{variant}") };
    }
    out.named = named(&out.carrier).ids().to_vec();
    out
}
