//! Run on every built-in template by itself: a new file under `sheets/` and its name in the table is all it takes.

use dsf::core::address::verdict::{Overall, Verdict};
use dsf::supplier::sheet::{Content, Fitted, SheetOrder, fit, letter, rows};

use super::support::*;

#[test]
fn every_built_in_sheet_names_its_sources_and_loads() {
    for (name, text) in dsf::supplier::sheet::BUILT_IN {
        assert!(text.starts_with("# ") && text.contains("Source"), "{name} names the source of its facts");
        let sheet = sheet(name);
        assert!(!sheet.facts.about.is_empty());
        for content in [Content::TrackingNumber, Content::Carrier, Content::ShippedAt] {
            assert!(sheet.carries(content), "{name} {content:?}");
        }
    }
}

#[test]
fn a_plain_order_is_proved_in_both_formats() {
    let orders = [dispatch("1001", nora()), dispatch("0002", nora())];
    for sheet in all_built_in() {
        for format in FORMATS {
            let proved = prove(&sheet, format, &orders);
            assert!(proved.held.is_empty(), "{} {:?}", sheet.name, proved.held);
            assert_eq!(proved.proofs.len(), 2);
            for proof in &proved.proofs {
                assert_eq!(proof.verdict, Overall::Same, "{} {:?}", sheet.name, proof.fields);
                for field in &proof.fields {
                    let named = proof.changed.iter().any(|c| c.field == field.field)
                        || field.field == "street" && proof.changed.iter().any(|c| c.field.starts_with("line"));
                    assert!(field.verdict == Verdict::Identical || named, "{} {field:?}", sheet.name);
                }
            }
        }
    }
}

#[test]
fn what_was_written_comes_back_row_for_row() {
    let orders = [dispatch("1001", nora()), dispatch("1002", nora())];
    for sheet in all_built_in() {
        for format in FORMATS {
            let back = read(&sheet, made(&sheet, format, &orders));
            assert_eq!((back.rows.len(), back.blank), (4, 0), "{}", sheet.name);
            assert!(back.unknown.is_empty(), "{:?}", back.unknown);
            for (row, (order, line)) in
                back.rows.iter().zip(orders.iter().flat_map(|o| o.lines.iter().map(move |l| (o, l))))
            {
                assert_eq!(row.reference, order.reference.as_str());
                assert_eq!((&row.listing_id, row.quantity), (&line.listing_id, Some(line.quantity)), "{}", sheet.name);
                assert_eq!(row.ship_to.postcode, "02139");
                assert!(row.problems.is_empty() && row.tracking_number.is_empty());
            }
        }
    }
}

#[test]
fn no_sheet_has_the_e_mail_or_what_the_customer_paid() {
    for sheet in all_built_in() {
        let orders = [dispatch("1001", nora())];
        let text = String::from_utf8(made(&sheet, FORMATS[0], &orders)).unwrap();
        assert!(!text.contains('@'), "{text}");
        assert!(!sheet.echo().has("email"));
    }
}

/// R14: nothing is dropped, doubled or joined without a name.
#[test]
fn every_field_stands_in_a_row_exactly_once_or_in_a_named_change() {
    let mut ship_to = nora();
    for (field, text) in
        [("name", "Qname Qlast"), ("company", "Qcompany"), ("line1", "12 Qstreet"), ("line2", "Apt 88")]
    {
        *ship_to.field_mut(field).unwrap() = text.into();
    }
    ship_to.city = "Qcity".into();
    let order = dispatch("1001", ship_to);
    for sheet in all_built_in() {
        let fitted = fit(&sheet, SheetOrder::of(&order)).unwrap();
        for (field, text) in order.ship_to.fields().into_iter().filter(|(field, _)| *field != "email") {
            let now = fitted.changed.iter().rfind(|c| c.field == field).map_or(text, |c| c.to.as_str());
            let words: Vec<&str> = now.split(' ').filter(|w| !w.is_empty()).collect();
            for row in fitted.cells() {
                // A name may stand in two columns, so its words are counted.
                for word in words.iter().filter(|w| w.len() > 3) {
                    let cells = row.iter().filter(|cell| cell.split([' ', ',']).any(|part| part == *word));
                    assert_eq!(cells.count(), 1, "{} {field} {word} in {row:?}", sheet.name);
                }
            }
        }
    }
}

#[test]
fn more_than_one_is_marked_and_a_second_sending_says_so() {
    for sheet in all_built_in() {
        let order = dispatch("1001", nora());
        let again = SheetOrder { resend: Some("lost mail".into()), ..SheetOrder::of(&order) };
        let fitted: Fitted<'_> = fit(&sheet, again).unwrap();
        assert!(fitted.cells()[0].iter().any(|cell| cell.contains("RESEND: lost mail")), "{}", sheet.name);
        let marked = |row: usize| fitted.cells()[row].iter().any(|cell| cell.contains("QUANTITY 3"));
        assert_eq!((marked(0), marked(1)), (false, sheet.carries(Content::Attention)), "{}", sheet.name);
    }
}

#[test]
fn sheets_ordered_by_hand_are_text_too() {
    let order = dispatch("1001", nora());
    let hands: Vec<String> = all_built_in().iter().filter(|s| s.facts.by_hand).map(|s| s.name.clone()).collect();
    assert_eq!(hands, ["wayfair", "costway"]);
    let sheet = sheet("wayfair");
    let text = letter::text(&sheet, &fit(&sheet, SheetOrder::of(&order)).unwrap());
    for part in [
        "PURCHASE ORDER US-1001-1   check ",
        "  line1     12 Sample Ln\n  line2     Apt 4\n",
        "United States",
        "3 x 0007   at most 4.10 USD each   << QUANTITY 3",
        "gift: Happy birthday",
        "dsf confirm us/1001/1 --order-no NUMBER",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    assert!(!text.contains('@'), "{text}");
}

#[test]
fn a_csv_that_people_open_is_marked_as_unicode_where_it_must_be() {
    let mut other = nora();
    other.name = "Jörg Müller".into();
    let plain = made(&sheet("generic"), FORMATS[0], &[dispatch("1", nora())]);
    assert!(plain.is_ascii());
    let marked = made(&sheet("generic"), FORMATS[0], &[dispatch("1", other.clone())]);
    assert!(marked.starts_with("\u{feff}".as_bytes()));
    let machine = made(&sheet("autods"), FORMATS[0], &[dispatch("1", other)]);
    assert!(!machine.starts_with("\u{feff}".as_bytes()));
    assert_eq!(rows(&sheet("generic"), &[]).len(), 1);
}
