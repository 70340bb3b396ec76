//! Every export that dsf reads, and what goes wrong with such files in real life. One test per point of the checklist.

// Helpers of tests are no tests to clippy; a test that cannot go on should stop.
#![allow(clippy::unwrap_used)]

mod addresses;
mod any_bytes;
mod bytes;
mod rows;
mod support;
mod values;

use dsf::store::{FileProblem, Formats, Role};

use support::{example, examples, facts, read, read_with};

#[test]
fn every_example_is_recognised_and_read_whole() {
    let currencies = [("ebay-orders.de", "EUR"), ("ebay-orders.uk", "GBP")];
    for path in examples() {
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let currency = currencies.iter().find(|(name, _)| *name == stem).map_or("USD", |(_, c)| c);
        let outcome = read_with(&std::fs::read(&path).unwrap(), None, None, &facts(currency)).unwrap();
        let format = stem.split('.').next().unwrap();
        assert_eq!(outcome.detected.format.name, format, "{stem}");
        assert!(outcome.refused.is_empty(), "{stem}: {:?}", outcome.refused);
        assert!(!outcome.orders.is_empty() && outcome.notes.is_empty(), "{stem}");
        assert!(outcome.survey.newest.is_some(), "{stem}");
        for order in &outcome.orders {
            let head = order.head.as_ref().unwrap();
            assert!(!order.number.is_empty() && order.row > 1, "{stem}");
            if outcome.detected.format.role == Role::Orders {
                assert!(head.ship_to.is_some() && !order.lines.is_empty(), "{stem}");
                assert!(head.payment.is_some() || head.cancelled == Some(true), "{stem}");
            }
        }
    }
}

#[test]
fn every_built_in_format_can_be_loaded_and_has_an_example_unless_refused() {
    let formats = Formats::builtin().unwrap();
    let examples: Vec<String> =
        examples().iter().map(|p| p.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    for format in formats.all().filter(|f| f.role != Role::Refused) {
        assert!(examples.contains(&format.name), "{} has no file in examples/exports", format.name);
    }
}

#[test]
fn an_xlsx_is_read_like_its_csv() {
    let rows: Vec<Vec<String>> = String::from_utf8(example("dsers-orders.csv"))
        .unwrap()
        .lines()
        .map(|l| l.split(',').map(str::to_owned).collect())
        .collect();
    let bytes = dsf::files::sheet::xlsx("Orders", rows.iter().map(|r| r.iter().map(String::as_str))).unwrap();
    let outcome = read(&bytes).unwrap();
    assert_eq!(outcome.detected.encoding(), "xlsx");
    assert_eq!(outcome.orders, read(&example("dsers-orders.csv")).unwrap().orders);
    assert_eq!(outcome.orders[0].head.as_ref().unwrap().tax_id.as_deref(), Some("000.000.000-00"));
}

#[test]
fn files_that_are_no_tables_say_what_they_are() {
    for (bytes, word) in [
        (b"PK\x03\x04 something".as_slice(), "zip"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", ".xls"),
        (b"a\0\0\0\x01\x02\x03", "zero bytes"),
    ] {
        let error = read(bytes).unwrap_err();
        assert!(error.to_string().contains(word) && !error.hint().is_empty(), "{error}");
    }
    assert!(matches!(read(b"one\ntwo\n"), Err(FileProblem::NoFit { .. })));
    let nearest = read(b"Name,Financial Status,Lineitem name\n#1,paid,Mug\n").unwrap_err();
    assert!(nearest.hint().contains("shopify-orders lacks Lineitem quantity"), "{}", nearest.hint());
}

#[test]
fn orders_may_be_on_the_second_sheet_below_a_title() {
    let text = String::from_utf8(example("dsers-orders.csv")).unwrap();
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().write_string(0, 0, "Read me").unwrap();
    let page = book.add_worksheet();
    page.write_string(0, 0, "Orders").unwrap();
    for (row, line) in (2_u32..).zip(text.lines()) {
        for (column, cell) in (0_u16..).zip(line.split(',')) {
            page.write_string(row, column, cell).unwrap();
        }
    }
    // A number that a spreadsheet holds as a number: sixteen digits are more than it keeps.
    page.write_number(3, 4, 1_005_000_000_000_001.0).unwrap();
    let outcome = read(&book.save_to_buffer().unwrap()).unwrap();
    assert_eq!(outcome.refused[0].problems[0].code, "DAMAGED_ID");
    assert_eq!((outcome.refused[0].problems[0].row, outcome.detected.header_line), (4, 3));
}

#[test]
fn a_reader_that_has_seen_enough_can_stop() {
    use std::ops::ControlFlow;
    let path = support::examples().into_iter().find(|p| p.ends_with("shopify-orders.csv")).unwrap();
    let input = dsf::files::Input::open(&path).unwrap();
    let detected = Formats::builtin().unwrap().detect(&input, None, None).unwrap();
    let survey = dsf::store::survey(&input, &detected, &facts("USD")).unwrap();
    let mut seen = 0;
    let tally = dsf::store::read(&input, &detected, &survey, &facts("USD"), &mut |_| {
        seen += 1;
        ControlFlow::Break(())
    });
    let tally = tally.unwrap();
    assert_eq!((seen, tally.orders, tally.rows), (1, 1, tally.imported));
}
