//! Reads a sheet that went out: our own bytes for the proof, or what a supplier sent back with the tracking filled in.
//!
//! The exact inverse of writing: the apostrophe is taken off, and nothing else is undone. Columns are found by their
//! headers, so that they may stand in another order and have strangers between them.

use super::cell::join_name;
use super::content::Content;
use super::problem::SheetProblem;
use super::template::Sheet;
use crate::core::address::Address;
use crate::core::address::compare::Echo;
use crate::core::incoming::RowProblem;
use crate::files::rows::{DELIMITERS, Kind, Marks};
use crate::files::sheet::Escape;
use crate::files::{Input, Layout, Row, Rows, sheets};

/// How far down the headers may stand, below a title or a greeting.
const HEADER_WITHIN: usize = 20;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SheetRead {
    pub rows: Vec<SheetRow>,
    /// Fields of an address that the file has a column for.
    pub echo: Echo,
    /// Rows with nothing in them: read = rows + blank.
    pub blank: u64,
    /// Headers that the template does not know.
    pub unknown: Vec<String>,
    /// Columns of the template that the file has.
    pub has: Vec<Content>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SheetRow {
    /// Line of the file, row of the workbook.
    pub line: u64,
    pub reference: String,
    pub check_code: String,
    pub order_number: String,
    /// As written, with the sheet's changes; fields without a column are empty.
    pub ship_to: Address,
    pub sku: String,
    pub listing_id: String,
    /// Packs.
    pub quantity: Option<u32>,
    pub tracking_number: String,
    pub carrier: String,
    pub shipped_at: String,
    pub problems: Vec<RowProblem>,
}

/// Which cell of a row holds what.
struct Header {
    escape: Escape,
    /// Index of the cell, with the column of the template.
    cells: Vec<(usize, Content)>,
    unknown: Vec<String>,
}

/// # Errors
/// Not readable, no row of headers with the reference, or a column that stands twice.
pub fn read_back(sheet: &Sheet, input: &Input) -> Result<SheetRead, SheetProblem> {
    let (header, mut rows) = header(sheet, input)?;
    let fields: Vec<&str> = header.cells.iter().filter_map(|(_, content)| content.address_field()).collect();
    let mut read = SheetRead {
        rows: vec![],
        echo: Echo::only(&fields),
        blank: 0,
        unknown: header.unknown.clone(),
        has: header.cells.iter().map(|(_, content)| *content).collect(),
    };
    while let Some(row) = rows.next_row()? {
        if row.is_blank() {
            read.blank += 1;
        } else {
            read.rows.push(sheet_row(&header, &row));
        }
    }
    Ok(read)
}

/// The row of headers, in whatever delimiter or page shows most of them, and the rows below it.
fn header(sheet: &Sheet, input: &Input) -> Result<(Header, Rows), SheetProblem> {
    let (layouts, escape): (Vec<Layout>, Escape) = match Kind::of(input, None)? {
        Kind::Workbook => ((0..sheets(input)?).map(|sheet| Layout::Workbook { sheet }).collect(), Escape::None),
        Kind::Text { decoding, newline, separator } => {
            let delimiters = separator.map_or(DELIMITERS.to_vec(), |one| vec![one]);
            let marks = |delimiter| Marks { delimiter, newline, quotes: true };
            let layouts = delimiters.into_iter().map(|d| Layout::Text { decoding, marks: marks(d) }).collect();
            (layouts, sheet.facts.escape)
        }
    };
    let mut best: Option<(Header, Rows)> = None;
    for layout in layouts {
        let mut rows = Rows::open(input, &layout)?;
        for _ in 0..HEADER_WITHIN {
            // A wrong delimiter may leave a quote open; that is not the file's fault.
            let Ok(Some(row)) = rows.next_row() else { break };
            let found = columns(sheet, &row, escape, input)?;
            if found.cells.iter().any(|(_, content)| *content == Content::Reference) {
                if best.as_ref().is_none_or(|(b, _)| b.cells.len() < found.cells.len()) {
                    best = Some((found, rows));
                }
                break;
            }
        }
    }
    best.ok_or_else(|| SheetProblem::NoHeader {
        file: input.name().to_owned(),
        sheet: sheet.name.clone(),
        reference: sheet.column(Content::Reference).map_or("", |c| c.title()).to_owned(),
    })
}

fn columns(sheet: &Sheet, row: &Row<'_>, escape: Escape, input: &Input) -> Result<Header, SheetProblem> {
    let mut header = Header { escape, cells: vec![], unknown: vec![] };
    let mut taken = vec![];
    for (index, cell) in row.cells().enumerate() {
        let cell = escape.read(cell);
        let key = folded(cell);
        if key.is_empty() {
            continue;
        }
        let Some(at) = sheet.columns.iter().position(|c| c.header.iter().any(|h| folded(h) == key)) else {
            header.unknown.push(cell.trim().to_owned());
            continue;
        };
        if taken.contains(&at) && sheet.columns[at].content().is_some() {
            let file = input.name().to_owned();
            return Err(SheetProblem::TwiceColumn { file, line: row.line, header: cell.trim().to_owned() });
        }
        taken.push(at);
        header.cells.extend(sheet.columns[at].content().map(|content| (index, content)));
    }
    Ok(header)
}

/// Headers are one without case, spaces, underscores, hyphens and the marks of required columns.
pub fn folded(header: &str) -> String {
    header
        .chars()
        .filter(|c| !matches!(c, '\u{feff}' | '_' | '-' | '*' | '.') && !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

fn sheet_row(header: &Header, row: &Row<'_>) -> SheetRow {
    let mut out = SheetRow { line: row.line, ..SheetRow::default() };
    let [mut first, mut last, mut product, mut variant] = [const { String::new() }; 4];
    for (index, content) in &header.cells {
        let text = header.escape.read(row.get(*index));
        let id = || text.trim().to_owned();
        match content {
            Content::Reference => out.reference = id(),
            Content::CheckCode => out.check_code = id(),
            Content::OrderNumber => out.order_number = id(),
            Content::Sku => text.clone_into(&mut out.sku),
            Content::ListingId => text.clone_into(&mut out.listing_id),
            Content::ListingProduct => text.clone_into(&mut product),
            Content::ListingVariant => text.clone_into(&mut variant),
            Content::FirstName => text.clone_into(&mut first),
            Content::LastName => text.clone_into(&mut last),
            Content::TrackingNumber => out.tracking_number = id(),
            Content::Carrier => out.carrier = id(),
            Content::ShippedAt => out.shipped_at = id(),
            Content::QuantityPacks => match id().parse() {
                Ok(quantity) => out.quantity = Some(quantity),
                Err(_) => out.problems.push(problem(row, *content, text, "BAD_QUANTITY", "is not a whole number")),
            },
            _ => {
                if let Some(field) = content.address_field().and_then(|field| out.ship_to.field_mut(field)) {
                    text.clone_into(field);
                }
            }
        }
        if is_id(*content) && is_destroyed(text.trim()) {
            let message = "a spreadsheet has destroyed this number: format the column as text and fill it in again";
            out.problems.push(problem(row, *content, text, "DAMAGED_ID", message));
        }
    }
    if !(first.is_empty() && last.is_empty()) {
        out.ship_to.name = join_name(&first, &last);
    }
    if !product.is_empty() {
        out.listing_id = if variant.is_empty() { product } else { format!("{product}:{variant}") };
    }
    out
}

fn problem(row: &Row<'_>, content: Content, value: &str, code: &'static str, message: &str) -> RowProblem {
    let column = format!("{content:?}");
    RowProblem { row: row.line, column, value: value.to_owned(), code, message: message.to_owned() }
}

fn is_id(content: Content) -> bool {
    use Content as C;
    matches!(
        content,
        C::Reference
            | C::OrderNumber
            | C::Postcode
            | C::Phone
            | C::Sku
            | C::ListingId
            | C::ListingProduct
            | C::TrackingNumber
    )
}

/// `9.4001E+21`: what a spreadsheet makes of a long number.
fn is_destroyed(cell: &str) -> bool {
    let Some((mantissa, exponent)) = cell.split_once("E+") else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits(exponent) && digits(&mantissa.replacen(['.', ','], "", 1))
}
