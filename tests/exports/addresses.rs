//! Points 28 to 32: addresses, other languages, formulas.

use dsf::store::{FileProblem, Formats};

use crate::support::{Table, codes, example, examples, facts, read, read_by, read_with, shopify, shopify_order, with};

#[test]
fn point_28_addresses_as_they_come() {
    let ship_to = |name: &str| read(&example(name)).unwrap().orders[0].head.as_ref().unwrap().ship_to.clone().unwrap();
    assert_eq!(ship_to("woo-aoe-rows.csv").line1, "5 Mill Lane, Unit 2");
    let amazon = ship_to("amazon-unshipped.txt");
    assert_eq!((amazon.line1.as_str(), amazon.line2.as_str()), ("Unit 9", "3 Sample Street, Rear entrance"));
    assert_eq!(ship_to("wix-orders.csv").country, "DE");
    assert_eq!(ship_to("wix-orders.csv").region, "DE-HB");
    assert_eq!(ship_to("bigcommerce-orders.csv").country, "AU");
    assert_eq!(ship_to("bigcommerce-orders.csv").region, "Western Australia");
    assert_eq!(ship_to("woo-webtoffee.csv").name, "Jill Invented");
    let odd = read(
        &shopify()
            .row(&with(
                with(shopify_order("#1", "71"), "Shipping Country", "Atlantis"),
                "Shipping City",
                "PARIS (75008)",
            ))
            .csv(),
    )
    .unwrap();
    let odd = odd.orders[0].head.as_ref().unwrap().ship_to.clone().unwrap();
    assert_eq!((odd.country.as_str(), odd.city.as_str()), ("Atlantis", "PARIS (75008)"));
}

#[test]
fn point_29_masked_addresses_are_refused() {
    let text = String::from_utf8(example("tiktok-orders.csv")).unwrap();
    for (from, to) in
        [("Jo Madeup", "J***p"), ("(+1)480-555-0199", "(+1)480*****99"), ("7014 E Fable Rd", "7*** E F*** Rd")]
    {
        let outcome = read(text.replace(from, to).as_bytes()).unwrap();
        assert!(codes(&outcome).iter().all(|c| *c == "MASKED_ADDRESS") && outcome.orders.is_empty(), "{to}");
    }
}

#[test]
fn point_30_a_blank_shipping_block_is_never_filled_from_billing() {
    let rows = Table::like("shopify-orders.csv").row(
        &[
            ("Name", "#1"),
            ("Id", "71"),
            ("Financial Status", "paid"),
            ("Total", "1.00"),
            ("Currency", "USD"),
            ("Lineitem name", "Mug"),
            ("Lineitem quantity", "1"),
            ("Billing Name", "Bill Payer"),
            ("Billing Address1", "1 Office Park"),
            ("Billing City", "Elsewhere"),
        ]
        .map(|(h, v)| (h, v.to_owned())),
    );
    let head = read(&rows.csv()).unwrap().orders[0].head.clone().unwrap();
    assert_eq!((head.ship_to, head.has_billing), (None, true));
    for path in examples() {
        let bytes = std::fs::read(&path).unwrap();
        let outcome = read(&bytes).or_else(|_| read_with(&bytes, None, None, &facts("EUR"))).unwrap();
        for order in outcome.orders {
            let said = format!("{:?}", order.head.and_then(|h| h.ship_to));
            for billing in ["Office Park", "Billing Rd", "Zahlgasse", "Rechnungsweg", "Money St", "Payer"] {
                assert!(!said.contains(billing), "{path:?}: {said}");
            }
        }
    }
}

#[test]
fn point_30_rows_of_one_order_that_name_two_places_are_refused() {
    let text = String::from_utf8(example("wix-orders.csv")).unwrap();
    let at = text.rfind("Erfundener Weg 5").unwrap();
    let shifted = format!("{}Fremder Weg 9{}", &text[..at], &text[at + "Erfundener Weg 5".len()..]);
    let outcome = read(shifted.as_bytes()).unwrap();
    assert_eq!((codes(&outcome), outcome.orders.len()), (vec!["SHIP_TO_DIFFERS"], 0));
}

#[test]
fn point_31_headers_and_words_of_other_languages() {
    let british = read_with(&example("ebay-orders.uk.csv"), None, None, &facts("GBP")).unwrap();
    let ship_to = british.orders[0].head.as_ref().unwrap().ship_to.clone().unwrap();
    assert_eq!(
        (ship_to.line1.as_str(), ship_to.line2.as_str(), ship_to.country.as_str()),
        ("Flat 2", "10 Invented Street", "GB")
    );
    let german = read_with(&example("ebay-orders.de.csv"), None, None, &facts("EUR")).unwrap();
    assert_eq!(german.orders[0].head.as_ref().unwrap().placed_at.unwrap().to_string(), "2026-03-10T00:00:00Z");
    let thai = String::from_utf8(example("tiktok-orders.csv")).unwrap().replacen("To ship,", "ยกเลิกแล้ว,", 2);
    assert_eq!(read(thai.as_bytes()).unwrap().orders[0].head.as_ref().unwrap().cancelled, Some(true));
    let unknown = read("Número de pedido,Artículo,Cantidad\n1,Taza,2\n".as_bytes()).unwrap_err();
    assert!(matches!(unknown, FileProblem::NoFit { .. }) && unknown.to_string().contains("Artículo"), "{unknown}");
}

#[test]
fn point_31_a_renamed_header_is_one_small_file_in_the_config_folder() {
    let folder = tempfile::tempdir().unwrap();
    let own = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/formats/my-shop.toml");
    std::fs::copy(own, folder.path().join("my-shop.toml")).unwrap();
    let mut formats = Formats::builtin().unwrap();
    formats.with_folder(folder.path()).unwrap();
    let text = String::from_utf8(example("shopify-orders.csv")).unwrap().replacen("Name,", "Bestellung,", 1);
    let outcome = read_by(&formats, text.as_bytes(), None, None, &facts("USD")).unwrap();
    assert_eq!((outcome.detected.format.name.as_str(), outcome.orders.len()), ("my-shop", 4));

    std::fs::write(folder.path().join("z.toml"), "name = \"z\"\nabout = \"z\"\nkind = \"shopify\"\nrequred = []\n")
        .unwrap();
    let error = Formats::builtin().unwrap().with_folder(folder.path()).unwrap_err().to_string();
    assert!(error.contains("z.toml") && error.contains("line 4") && error.contains("requred"), "{error}");
}

#[test]
fn point_32_a_cell_that_looks_like_a_formula_is_data() {
    let cells = with(with(shopify_order("#1", "71"), "Lineitem name", "=HYPERLINK(\"x\")"), "Lineitem sku", "-SKU+1");
    let outcome = read(&shopify().row(&cells).csv()).unwrap();
    let line = &outcome.orders[0].lines[0];
    assert_eq!((line.title.as_str(), line.sku.as_str()), ("=HYPERLINK(\"x\")", "-SKU+1"));
}
