//! Any text in any field comes back as it went out, or the order is held: never a third thing.

use dsf::config::SheetFormat;
use dsf::core::address::Address;
use dsf::core::address::verdict::Overall;
use dsf::supplier::sheet::Sheet;
use proptest::prelude::*;

use super::support::*;

/// What spreadsheets, CSV and XML are known to change.
const NASTY: [&str; 22] = [
    "=1+1",
    "+16175550142",
    "-5",
    "@home",
    "'quoted",
    "'=x",
    "\"a\", b",
    "two\nlines",
    "two\r\nlines",
    "007",
    "02139",
    "1E5",
    "583871000000000001",
    "Müller-Lüdenscheidt",
    "Straße; 5",
    "東京都千代田区",
    "a_x000D_b",
    "<b>&amp;</b>",
    " spaced ",
    "TRUE",
    "\ttab",
    "Ім'я",
];

/// Each nasty text in each field; `generic` changes nothing but line breaks.
#[test]
fn texts_that_programs_change_come_back_unchanged() {
    let sheet = sheet("generic");
    for format in FORMATS {
        for text in NASTY {
            for field in ["name", "company", "line1", "line2", "city", "region", "postcode", "phone"] {
                let mut ship_to = nora();
                *ship_to.field_mut(field).unwrap() = text.into();
                let orders = [dispatch("1001", ship_to.clone())];
                let proved = prove(&sheet, format, &orders);
                assert!(proved.held.is_empty(), "{field} {text:?} {format:?}: {:?}", proved.held);
                let back = read(&sheet, made(&sheet, format, &orders));
                let (_, read) = *back.rows[0].ship_to.fields().iter().find(|(f, _)| *f == field).unwrap();
                let breaks = text.contains(['\n', '\t']);
                assert!(breaks || read == text, "{field} {text:?} came back {read:?} ({format:?})");
                assert_eq!(breaks, proved.proofs[0].changed.iter().any(|c| c.rule == "one_line"), "{text:?}");
            }
        }
    }
}

/// The same without any rule: not even a line break may change by itself.
#[test]
fn without_rules_a_line_break_survives_or_holds() {
    let text = dsf::supplier::sheet::BUILT_IN[0].1.replace("rules = [\"one_line\"]", "");
    let sheet = Sheet::parse("raw", &text, "raw.toml").unwrap();
    for format in FORMATS {
        let mut ship_to = nora();
        ship_to.line1 = "12 Sample Ln\r\nRear".into();
        let orders = [dispatch("1001", ship_to)];
        let proved = prove(&sheet, format, &orders);
        let written = read(&sheet, made(&sheet, format, &orders)).rows[0].ship_to.line1 == "12 Sample Ln\r\nRear";
        assert_eq!(written, proved.held.is_empty(), "{format:?} {:?}", proved.held);
    }
}

fn address() -> impl Strategy<Value = Address> {
    let text =
        || prop_oneof![prop::sample::select(&NASTY[..]).prop_map(str::to_owned), "[ -~äßéЖ中'\"=]{0,50}", "\\PC{0,12}"];
    (text(), text(), text(), text(), text(), text(), text()).prop_map(
        |(name, company, line1, line2, city, postcode, phone)| Address {
            name,
            company,
            line1,
            line2,
            city,
            region: "MA".into(),
            postcode,
            country: "US".into(),
            phone,
            email: String::new(),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn proved_and_identical_but_for_named_changes_or_held(ship_to in address(), other in address()) {
        let orders = [dispatch("1", ship_to), dispatch("2", other)];
        for sheet in all_built_in() {
            for format in FORMATS {
                let proved = prove(&sheet, format, &orders);
                for order in &orders {
                    let id = order.id.to_string();
                    let held = proved.held.iter().any(|h| h.order == id);
                    let proof = proved.proofs.iter().find(|p| p.purchase_order == order.id);
                    prop_assert!(held || proof.is_some_and(|p| p.verdict == Overall::Same), "{} {:?}", sheet.name, order);
                }
                let back = if proved.fitted.is_empty() { continue } else {
                    read(&sheet, dsf::supplier::sheet::bytes(&sheet, &dsf::supplier::sheet::rows(&sheet, &proved.fitted), format).unwrap())
                };
                let mut rows = back.rows.iter();
                for fitted in &proved.fitted {
                    if proved.held.iter().any(|h| h.order == fitted.order.dispatch.id.to_string()) {
                        rows.nth(fitted.cells().len() - 1);
                        continue;
                    }
                    // Undo the named changes, last first: what remains is the order's own text.
                    let mut undone = rows.next().unwrap().ship_to.clone();
                    rows.nth(fitted.cells().len() - 2);
                    for change in fitted.changed.iter().rev() {
                        let field = undone.field_mut(change.field).unwrap();
                        prop_assert_eq!(field.trim(), change.to.trim());
                        change.from.clone_into(field);
                    }
                    for ((_, was), (field, is)) in fitted.order.dispatch.ship_to.fields().iter().zip(undone.fields()) {
                        prop_assert_eq!(was.trim(), is.trim(), "{} of {}", field, sheet.name);
                    }
                }
            }
        }
    }
}

/// Two thousand open orders of one supplier share one workbook.
#[test]
fn a_plan_of_thousands_is_one_table() {
    let orders: Vec<_> = (0..2000).map(|n| dispatch(&n.to_string(), nora())).collect();
    let proved = prove(&sheet("generic"), SheetFormat::Xlsx, &orders);
    assert!(proved.held.is_empty() && proved.proofs.len() == 2000);
}

/// R2: rows that moved are seen, whatever the addresses say.
#[test]
fn a_row_of_another_order_is_no_proof() {
    let sheet = sheet("generic");
    let orders = [dispatch("1001", nora()), dispatch("1002", nora())];
    let fitted = prove(&sheet, SheetFormat::Csv, &orders).fitted;
    let mut table = dsf::supplier::sheet::rows(&sheet, &fitted);
    table.swap(1, 3);
    let moved = read(&sheet, dsf::supplier::sheet::bytes(&sheet, &table, SheetFormat::Csv).unwrap());
    let (_, held) = dsf::flow::prove::against(&sheet, &fitted, &moved);
    assert_eq!(codes(&held), ["WRITTEN_MISMATCH", "WRITTEN_MISMATCH"]);
    table.pop();
    let short = read(&sheet, dsf::supplier::sheet::bytes(&sheet, &table, SheetFormat::Csv).unwrap());
    assert_eq!(dsf::flow::prove::against(&sheet, &fitted, &short).1.len(), 2);
}
