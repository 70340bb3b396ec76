//! Reads bytes as a person's file would be read, and builds files from the headers of the examples.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use dsf::core::incoming::Incoming;
use dsf::files::Input;
use dsf::store::{self, Detected, FileProblem, Formats, Item, Refusal, StoreFacts, Survey, Tally};

#[derive(Debug)]
pub struct Outcome {
    pub detected: Detected,
    pub survey: Survey,
    pub tally: Tally,
    pub orders: Vec<Incoming>,
    pub refused: Vec<Refusal>,
    pub notes: Vec<String>,
}

pub fn facts(currency: &str) -> StoreFacts {
    StoreFacts {
        zone: jiff::tz::TimeZone::UTC,
        currency: Some(currency.parse().unwrap()),
        date_order: None,
        now: "2026-11-24T00:00:00Z".parse().unwrap(),
    }
}

pub fn read(bytes: &[u8]) -> Result<Outcome, FileProblem> {
    read_as(bytes, None)
}

pub fn read_as(bytes: &[u8], encoding: Option<&str>) -> Result<Outcome, FileProblem> {
    read_with(bytes, None, encoding, &facts("USD"))
}

pub fn read_with(
    bytes: &[u8],
    format: Option<&str>,
    encoding: Option<&str>,
    facts: &StoreFacts,
) -> Result<Outcome, FileProblem> {
    static FORMATS: LazyLock<Formats> = LazyLock::new(|| Formats::builtin().unwrap());
    read_by(&FORMATS, bytes, format, encoding, facts)
}

/// Every row that was read went somewhere: checked here, so for every file of every test.
pub fn read_by(
    formats: &Formats,
    bytes: &[u8],
    format: Option<&str>,
    encoding: Option<&str>,
    facts: &StoreFacts,
) -> Result<Outcome, FileProblem> {
    let folder = tempfile::tempdir().unwrap();
    let input = Input::spool("orders", &mut &*bytes, folder.path())?;
    let detected = formats.detect(&input, format, encoding)?;
    let survey = store::survey(&input, &detected, facts)?;
    let (mut orders, mut refused, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    let tally = store::read(&input, &detected, &survey, facts, &mut |item| {
        match item {
            Item::Order(order) => orders.push(order),
            Item::Rejected(refusal) => refused.push(refusal),
            Item::Note { message, .. } => notes.push(message),
        }
        ControlFlow::Continue(())
    })?;
    assert_eq!(tally.rows, tally.imported + tally.skipped_rows() + tally.rejected);
    assert_eq!(tally.rows, survey.rows);
    assert_eq!(tally.rejected, refused.iter().map(|r| r.rows).sum::<u64>());
    assert!(refused.iter().all(|r| !r.problems.is_empty()));
    Ok(Outcome { detected, survey, tally, orders, refused, notes })
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn examples() -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(root().join("examples/exports")).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    paths
}

pub fn example(name: &str) -> Vec<u8> {
    std::fs::read(root().join("examples/exports").join(name)).unwrap()
}

pub fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(root().join("tests/fixtures/exports").join(name)).unwrap()
}

/// A file with the header of an example and rows of one's own.
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn like(name: &str) -> Self {
        let bytes = example(name);
        let header = csv::Reader::from_reader(&*bytes).headers().unwrap().iter().map(str::to_owned).collect();
        Self { header, rows: Vec::new() }
    }

    /// A later value for the same header wins.
    pub fn row(mut self, cells: &[(&str, String)]) -> Self {
        let mut row = vec![String::new(); self.header.len()];
        for (header, value) in cells {
            let at = self.header.iter().position(|h| h == header).unwrap();
            row[at].clone_from(value);
        }
        self.rows.push(row);
        self
    }

    pub fn csv(&self) -> Vec<u8> {
        self.delimited(',')
    }

    pub fn delimited(&self, delimiter: char) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter as u8).from_writer(Vec::new());
        writer.write_record(&self.header).unwrap();
        self.rows.iter().for_each(|r| writer.write_record(r).unwrap());
        writer.into_inner().unwrap()
    }
}

pub fn codes(outcome: &Outcome) -> Vec<&str> {
    outcome.refused.iter().flat_map(|r| r.problems.iter().map(|p| p.code)).collect()
}

pub fn shopify() -> Table {
    Table::like("shopify-orders.csv")
}

/// A whole order of one line in the Shopify export.
pub fn shopify_order(number: &str, id: &str) -> Vec<(&'static str, String)> {
    let fixed = [
        ("Email", "ann@buyer.example"),
        ("Financial Status", "paid"),
        ("Currency", "USD"),
        ("Subtotal", "10.00"),
        ("Total", "10.00"),
        ("Created at", "2026-11-08 01:58:02 -0500"),
        ("Lineitem quantity", "1"),
        ("Lineitem name", "Mug"),
        ("Lineitem price", "10.00"),
        ("Lineitem sku", "MUG"),
        ("Shipping Name", "Ann Madeup"),
        ("Shipping Address1", "1 Fable St"),
        ("Shipping City", "Austin"),
        ("Shipping Zip", "'78701"),
        ("Shipping Province", "TX"),
        ("Shipping Country", "US"),
    ];
    let mut cells: Vec<(&'static str, String)> = fixed.iter().map(|(h, v)| (*h, (*v).to_owned())).collect();
    cells.push(("Name", number.to_owned()));
    cells.push(("Id", id.to_owned()));
    cells
}

pub fn shopify_line(number: &str, sku: &str) -> Vec<(&'static str, String)> {
    let fixed = [
        ("Name", number),
        ("Lineitem quantity", "1"),
        ("Lineitem name", sku),
        ("Lineitem price", "1.00"),
        ("Lineitem sku", sku),
    ];
    fixed.iter().map(|(h, v)| (*h, (*v).to_owned())).collect()
}

pub fn with(mut cells: Vec<(&'static str, String)>, header: &'static str, value: &str) -> Vec<(&'static str, String)> {
    cells.push((header, value.to_owned()));
    cells
}
