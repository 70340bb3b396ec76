//! Whatever a person's own files hold, the answer is a value or an error with its place: never a panic.

use dsf::config::Config;
use dsf::flow::listings::{self, listings};
use dsf::flow::rules::{self, rules};
use dsf::flow::table::Table;
use dsf::store::Formats;
use proptest::prelude::*;

const LISTINGS: &str = "supplier,listing_id,title,price,currency,pack_size,stock,ships_to,checked_at\n\
    cj,VID88,\"Lamp, L\",4.10,USD,2,100,US CA,2026-11-24T06:00:00Z\nli,BAG,\"Bag \"\"R\"\"\",1.234,EUR,1,,,\n";
const RULES: &str =
    "store,sku,supplier,listing_id,quantity,country,priority,part\nus,KIT,cj,VID88,2,US,1,1\n,KIT,li,BAG,1,,1,2\n";
const CONFIG: &str = "[store.us]\nkind = \"shopify\"\ncurrency = \"USD\"\ntime_zone = \"Europe/Berlin\"\n\n[supplier.cj]\nkind = \"sheet\"\n\
    fee_per_order = \"0.50 USD\"\n\n[guard]\nmin_margin_percent = 5\n\n[rates]\ndate = 2026-11-20\nEUR_USD = \"1.10\"\n";
const FORMAT: &str = "name = \"mine\"\nabout = \"x\"\nkind = \"file\"\nextends = \"shopify-orders\"\nrequired = [\"number\"]\n\
    [recognise]\nhas = [\"No\", [\"Art\", \"Item\"]]\n[columns]\nnumber = \"No\"\n[words.payment_status]\npaid = [\"ja\"]\n";

/// A text with a few of its pieces cut out, doubled or replaced by anything.
fn damaged(text: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let hit = (0..text.len(), 0..12_usize, prop::collection::vec(any::<u8>(), 0..6), "\\PC{0,4}", 0..4_u8);
    prop::collection::vec(hit, 0..5).prop_map(move |hits| {
        let mut bytes = text.as_bytes().to_vec();
        for (at, length, raw, words, how) in hits {
            let start = at.min(bytes.len());
            let end = (start + length).min(bytes.len());
            let piece = match how {
                0 => vec![],
                1 => raw,
                2 => words.into_bytes(),
                _ => bytes[start..end].repeat(3),
            };
            bytes.splice(start..end, piece);
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tables_of_listings_and_rules(catalogue in damaged(LISTINGS), book in damaged(RULES)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        std::fs::write(&path, catalogue).unwrap();
        match Table::read(&path, &listings::COLUMNS, &listings::REQUIRED) {
            Ok(table) => if let Err(problems) = listings(&table) {
                prop_assert!(problems.iter().all(|p| p.row >= 1 && !p.message.is_empty()));
            },
            Err(error) => prop_assert!(error.to_string().contains("table.csv") && !error.hint().is_empty()),
        }
        std::fs::write(&path, book).unwrap();
        match Table::read(&path, &rules::COLUMNS, &rules::REQUIRED) {
            Ok(table) => drop(rules(&table)),
            Err(error) => prop_assert!(error.to_string().contains("table.csv") && !error.hint().is_empty()),
        }
    }

    #[test]
    fn configs_and_formats(config in damaged(CONFIG), format in damaged(FORMAT)) {
        if let Err(error) = Config::parse(&String::from_utf8_lossy(&config), "c.toml") {
            prop_assert!(error.to_string().starts_with("c.toml:") && error.hint().is_some(), "{}", error);
        }
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mine.toml"), format).unwrap();
        if let Err(error) = Formats::builtin().unwrap().with_folder(folder.path()) {
            prop_assert!(error.to_string().contains("mine.toml"), "{}", error);
        }
    }

    #[test]
    fn names_of_orders(text in "\\PC{0,12}") {
        if let Ok(name) = text.parse::<dsf::core::ids::OrderName>() {
            prop_assert!(!name.key.is_empty());
        }
        let number = dsf::core::ids::order_number(&text);
        prop_assert!(!number.contains(['/', '~', ' ']), "{}", number);
    }
}
