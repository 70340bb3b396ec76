//! What cannot be written whole is held, by name; what must be written otherwise is a named change.

use dsf::config::SheetFormat;
use dsf::core::address::Address;
use dsf::core::address::verdict::{Overall, Verdict};
use dsf::supplier::sheet::Sheet;

use super::support::*;

/// Rule, field, and what it says now; region and country are left to a test of their own.
type Changed = (&'static str, &'static str, String);

fn one(sheet: &Sheet, ship_to: Address) -> (Option<Overall>, Vec<&'static str>, Vec<Changed>) {
    let orders = [dispatch("1001", ship_to)];
    let proved = prove(sheet, SheetFormat::Csv, &orders);
    let changed = proved.proofs.first().map_or(vec![], |p| p.changed.clone());
    (
        proved.proofs.first().map(|p| p.verdict),
        codes(&proved.held),
        changed
            .into_iter()
            .filter(|c| c.field != "country" && c.field != "region")
            .map(|c| (c.rule, c.field, c.to))
            .collect(),
    )
}

fn with(change: impl FnOnce(&mut Address)) -> Address {
    let mut address = nora();
    change(&mut address);
    address
}

#[test]
fn tv12_a_line_of_41_is_wrapped_at_35_and_named() {
    let line1 = "1234 North Washington Boulevard Bldg 1234";
    assert_eq!(line1.chars().count(), 41);
    let (verdict, held, changed) = one(&sheet("dsers"), with(|a| (a.line1, a.line2) = (line1.into(), String::new())));
    assert_eq!(verdict, Some(Overall::Same), "{held:?}");
    assert!(held.is_empty());
    assert_eq!(
        changed,
        [
            ("wrap_lines", "line1", "1234 North Washington Boulevard".to_owned()),
            ("wrap_lines", "line2", "Bldg 1234".to_owned())
        ]
        .map(|(a, b, c)| (a, b, c))
    );
}

#[test]
fn tv12_what_cannot_be_wrapped_is_held_and_never_cut() {
    let word = "x".repeat(41);
    let (_, held, _) = one(&sheet("dsers"), with(|a| a.line1 = word.clone()));
    assert_eq!(held, ["FIELD_TOO_LONG"]);
    let both = with(|a| (a.line1, a.line2) = ("12 Long Street ".repeat(4), "Apartment ".repeat(3)));
    assert_eq!(one(&sheet("dsers"), both).1, ["FIELD_TOO_LONG"]);
    let exactly = format!("12 {}", "y".repeat(32));
    assert!(one(&sheet("dsers"), with(|a| (a.line1, a.line2) = (exactly, String::new()))).1.is_empty());
    assert_eq!(
        one(&sheet("dsers"), with(|a| a.name = "Maximilian Bartholomew Featherstonehaugh".into())).1,
        ["FIELD_TOO_LONG"]
    );
    assert_eq!(one(&sheet("generic"), with(|a| a.line1 = "9 ".repeat(20_000))).1, ["FIELD_TOO_LONG"]);
}

#[test]
fn letters() {
    let german = with(|a| {
        a.name = "Jörg Müßig".into();
        a.city = "Köln".into();
        a.region = String::new();
        a.postcode = "50667".into();
        a.country = "DE".into();
    });
    // A supplier who reads Unicode gets what the customer typed.
    let (verdict, held, changed) = one(&sheet("generic"), german.clone());
    assert_eq!((verdict, held.len(), changed.len()), (Some(Overall::Same), 0, 0));
    let (verdict, held, changed) = one(&sheet("dsers"), german);
    assert_eq!((verdict, held.len()), (Some(Overall::Same), 0));
    assert_eq!(changed[0], ("ascii_letters", "name", "Joerg Muessig".to_owned()));
    assert_eq!(changed[1], ("ascii_letters", "city", "Koeln".to_owned()));

    let japanese = with(|a| a.name = "山田太郎".into());
    for name in ["dsers", "wayfair", "costway"] {
        assert_eq!(one(&sheet(name), japanese.clone()).1, ["NOT_LATIN"], "{name}");
    }
    assert!(one(&sheet("generic"), japanese).1.is_empty());
    let (_, held, changed) = one(&sheet("wayfair"), with(|a| a.name = "Иван Петров".into()));
    assert_eq!(changed, [("latin_letters", "name", "Ivan Petrov".to_owned())], "{held:?}");
}

#[test]
fn phones() {
    let without = with(|a| a.phone.clear());
    for name in ["wayfair", "costway", "autods", "dsers"] {
        assert_eq!(one(&sheet(name), without.clone()).1, ["PHONE_REQUIRED"], "{name}");
    }
    assert!(one(&sheet("generic"), without).1.is_empty());
    let dressed = with(|a| a.phone = "+1 (617) 555-0142".into());
    assert_eq!(one(&sheet("dsers"), dressed).2, [("phone_digits", "phone", "+16175550142".to_owned())]);
    let extension = with(|a| a.phone = "617-555-0142 ext. 9".into());
    assert_eq!(one(&sheet("dsers"), extension).1, ["ADDRESS_PROBLEM"]);
}

#[test]
fn regions_and_countries() {
    let orders = [dispatch("1001", with(|a| a.region = "Massachusetts".into()))];
    let proved = prove(&sheet("wayfair"), SheetFormat::Xlsx, &orders);
    assert_eq!((proved.proofs[0].changed[0].rule, proved.proofs[0].changed[0].to.as_str()), ("region_code", "MA"));
    assert_eq!(one(&sheet("wayfair"), with(|a| a.region = "Nowhere".into())).1, ["REGION_UNKNOWN"]);
    assert_eq!(one(&sheet("generic"), with(|a| a.country = "Atlantis".into())).1, ["ADDRESS_PROBLEM"]);
    let proved = prove(&sheet("dsers"), SheetFormat::Csv, &orders);
    let country = proved.proofs[0].fields.iter().find(|f| f.field == "country").unwrap();
    assert_eq!(
        (country.verdict, country.rule, country.b.as_str()),
        (Verdict::Equivalent, Some("country_name"), "United States")
    );
}

#[test]
fn a_field_without_a_column_moves_by_name_or_is_held() {
    let company = with(|a| (a.company, a.line2) = ("Acme Ltd".into(), "Apt 4".into()));
    let (verdict, held, changed) = one(&sheet("dsers"), company.clone());
    assert_eq!((verdict, held.len()), (Some(Overall::Same), 0), "{held:?}");
    assert!(changed.contains(&("company_in_line2", "line2", "Apt 4, Acme Ltd".to_owned())), "{changed:?}");

    let text = dsf::supplier::sheet::BUILT_IN[4].1.replace("\"company_in_line2\", ", "");
    let strict = Sheet::parse("strict", &text, "strict.toml").unwrap();
    assert_eq!(one(&strict, company).1, ["ADDRESS_PROBLEM"]);
    let orders = [dispatch("1001", nora())];
    let no_phone =
        dsf::supplier::sheet::BUILT_IN[0].1.lines().filter(|l| !l.contains("\"phone\"")).collect::<Vec<_>>().join("\n");
    let proved = prove(&Sheet::parse("quiet", &no_phone, "quiet.toml").unwrap(), SheetFormat::Csv, &orders);
    let phone = proved.proofs[0].fields.iter().find(|f| f.field == "phone").unwrap();
    assert_eq!((proved.proofs[0].verdict, phone.verdict), (Overall::Same, Verdict::Unavailable));
    assert!(proved.proofs[0].left_out.is_empty());
}

#[test]
fn a_control_character_holds_its_own_order_and_no_other() {
    let orders = [dispatch("1", nora()), dispatch("2", with(|a| a.line1 = "12\u{0} Ln".into())), dispatch("3", nora())];
    for format in FORMATS {
        let proved = prove(&sheet("generic"), format, &orders);
        assert_eq!(codes(&proved.held), ["ADDRESS_PROBLEM"]);
        assert_eq!(proved.held[0].order, "us/2/1");
        assert_eq!(proved.proofs.len(), 2);
    }
}

#[test]
fn what_no_column_takes_is_said() {
    let mut order = dispatch("1001", nora());
    order.tax_id = Some("123.456.789-09".into());
    let orders = [order];
    let proved = prove(&sheet("wayfair"), SheetFormat::Csv, &orders);
    assert_eq!(proved.proofs[0].left_out, ["tax_id"]);
    // Only the column of the country is filled.
    let mut brazil =
        dispatch("1002", with(|a| (a.country, a.region, a.postcode) = ("BR".into(), "SP".into(), "01310-100".into())));
    brazil.tax_id = Some("123.456.789-09".into());
    let orders = [brazil];
    let proved = prove(&sheet("dsers"), SheetFormat::Csv, &orders);
    let row = &proved.fitted[0].cells()[0];
    assert_eq!(row.iter().filter(|cell| *cell == "123.456.789-09").count(), 1);
    assert!(proved.proofs[0].left_out.is_empty());
}
