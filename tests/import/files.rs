//! Which file is which store's, and files that bring less than orders.

use crate::common::{Shop, Shopify, USUAL, woo};
use crate::{accounted, counts, orderable, orders, shop, with_line2};

const ETSY: &str = "[store.etsy]\nkind = \"etsy\"\ncurrency = \"USD\"\n";

fn example(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/examples/exports/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn a_file_that_fits_two_stores_needs_a_name_and_the_error_lists_them() {
    let shop = Shop::new("[store.us]\nkind = \"shopify\"\n\n[store.ca]\nkind = \"shopify\"\n");
    with_line2(&shop, "a.csv", "", 0);
    shop.run("import a.csv")
        .exits(1)
        .complains("a.csv fits several stores: ca, us")
        .complains("hint: dsf import a.csv --store ca");
    assert!(!shop.path("dsf.db").exists(), "nothing was made");
    shop.run("import a.csv --store us").exits(0).says("store us");
}

#[test]
fn a_store_of_another_kind_an_unknown_one_and_none_of_the_kind() {
    let shop = shop();
    with_line2(&shop, "a.csv", "", 0);
    shop.run("import a.csv --store eu")
        .exits(1)
        .complains("a.csv is Shopify: Orders, Export, and eu is a store of WooCommerce");
    shop.run("import a.csv --store uk").exits(1).complains("there is no [store.uk] in the config");
    shop.write("etsy.csv", example("etsy-items.csv"));
    shop.run("import etsy.csv").exits(1).complains("and the config has no etsy store").complains("kind = \"etsy\"");
    shop.run("import a.csv --format shopfy-orders").exits(1).complains("did you mean --format shopify-orders?");
    shop.run("import a.csv --encoding klingon").exits(1).complains("\"klingon\" is not an encoding");
    assert!(!shop.path("dsf.db").exists());
}

#[test]
fn a_store_for_any_file_takes_any_export() {
    let shop = Shop::new("[store.misc]\nkind = \"file\"\n");
    with_line2(&shop, "a.csv", "", 0);
    shop.run("import a.csv --store misc").exits(0);
    assert_eq!(orders(&shop)[0]["id"], "misc/1001");
}

#[test]
fn one_bad_file_of_a_call_stops_all_before_anything_is_applied() {
    let shop = shop();
    with_line2(&shop, "a.csv", "", 0);
    shop.write("b.csv", "what,is,this\n1,2,3\n");
    shop.run("import a.csv b.csv")
        .exits(1)
        .complains("b.csv line 1: no known export has these columns: what, is, this");
    shop.run("import a.csv missing.csv").exits(1).complains("missing.csv does not exist");
    assert!(!shop.path("dsf.db").exists());
}

#[test]
fn etsy_sold_orders_alone_are_refused_and_beside_the_items_used_for_status() {
    let shop = Shop::new(ETSY);
    shop.write("items.csv", example("etsy-items.csv")).write("orders.csv", example("etsy-orders.csv"));
    shop.run("import orders.csv")
        .exits(1)
        .complains("orders.csv: none of its orders is known")
        .complains("hint: download Sold Order Items and import that first");
    assert!(orders(&shop).is_empty());
    for call in ["import orders.csv items.csv --json", "import items.csv orders.csv --json"] {
        let shop = Shop::new(ETSY);
        shop.write("items.csv", example("etsy-items.csv")).modified("items.csv", 0);
        shop.write("orders.csv", example("etsy-orders.csv")).modified("orders.csv", 0);
        let ran = shop.run(call);
        accounted(&ran.json());
        assert_eq!(ran.json()["files"][0]["format"], "etsy-items", "items first, however they were named");
        let order = shop.order("etsy/3300000001");
        assert_eq!((order["state"].as_str(), orderable(&shop, "etsy/3300000001")), (Some("shipped"), 0));
    }
}

#[test]
fn a_file_of_statuses_is_read_again_once_more_orders_are_known() {
    let shop = Shop::new(ETSY);
    let items = String::from_utf8(example("etsy-items.csv")).unwrap();
    let second = items.replace("3300000001", "3300000009").replace("440000000", "440000009");
    let statuses = String::from_utf8(example("etsy-orders.csv")).unwrap();
    let row = statuses.lines().nth(1).unwrap();
    shop.write("items.csv", &items).write("second.csv", second);
    shop.write("orders.csv", format!("{statuses}\n{}\n", row.replace("3300000001", "3300000009")));
    let first = shop.run("import items.csv orders.csv --json").json();
    assert_eq!(first["files"][1]["skipped"]["order not known"], 1);
    accounted(&first);
    shop.run("import second.csv");
    assert_eq!(shop.order("etsy/3300000009")["state"], "ready");
    shop.run("import orders.csv");
    assert_eq!(shop.order("etsy/3300000009")["state"], "shipped", "what was shipped is not bought");
}

#[test]
fn a_file_of_headers_alone_says_so_and_what_to_do() {
    let shop = shop();
    shop.write("none.csv", Shopify::new().csv());
    let said = "headers and no orders; if there should be some, export again";
    shop.run("import none.csv").exits(0).complains(said);
}

#[test]
fn reports_that_hold_no_orders_are_refused_with_the_reason() {
    let shop = shop();
    shop.write("a.csv", "Date,Order #,Status,Product(s),Items sold\n2026-11-20,1,completed,Lamp,1\n");
    shop.run("import a.csv")
        .exits(1)
        .complains("a.csv line 1: WooCommerce: Analytics, Orders, Download: this report has no address")
        .complains("hint: export orders with an export plugin");
    shop.write(
        "b.csv",
        "First Name,Last Name,Email,Accepts Marketing,Total Spent,Total Orders\nA,B,c@example.com,no,1,1\n",
    );
    shop.run("import b.csv").exits(1).complains("it lists customers").complains("hint: in Shopify take Orders, Export");
    assert!(!shop.path("dsf.db").exists());
}

#[test]
fn a_workbook_is_an_export_like_its_csv() {
    let csv = Shopify::new().order("1001", &[]).csv();
    let rows: Vec<Vec<&str>> = csv.lines().map(|l| l.split(',').collect()).collect();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (y, row) in (0_u32..).zip(&rows) {
        for (x, cell) in (0_u16..).zip(row) {
            sheet.write_string(y, x, *cell).unwrap();
        }
    }
    let (one, two) = (shop(), shop());
    one.write("a.xlsx", book.save_to_buffer().unwrap());
    two.write("a.csv", csv);
    assert_eq!(one.run("import a.xlsx --json").exits(0).json()["files"][0]["encoding"], "xlsx");
    two.run("import a.csv").exits(0);
    assert_eq!(orders(&one), orders(&two));
}

#[test]
fn a_payment_word_that_nobody_knows_is_never_paid() {
    for word in ["paid in full", "PAID?", "bezahlt", "chargeback", "", "0"] {
        let shop = shop();
        shop.write("a.csv", Shopify::new().order("1", &[("Financial Status", word)]).csv());
        shop.run("import a.csv").exits(0).complains("not ordered, ");
        assert_eq!((shop.order("us/1")["state"].as_str(), orderable(&shop, "us/1")), (Some("not_paid"), 0), "{word}");
    }
}

#[test]
fn the_words_that_are_known_and_not_paid_each_say_so() {
    for word in ["pending", "authorized", "partially_paid", "voided", "expired"] {
        let shop = shop();
        shop.write("a.csv", Shopify::new().order("1", &[("Financial Status", word)]).csv());
        shop.run("import a.csv").exits(0).complains(&format!("payment is \"{word}\": us/1"));
        assert_eq!(orderable(&shop, "us/1"), 0);
    }
}

#[test]
fn several_files_of_several_stores_are_one_result() {
    let shop = shop();
    with_line2(&shop, "a.csv", "", 0);
    shop.write("b.csv", woo("1001", "Eve Muster", "X"));
    let report = shop.run("import b.csv a.csv --json").exits(0).json();
    accounted(&report);
    assert_eq!((counts(&report), report["files"].as_array().unwrap().len()), ((2, 0, 0), 2));
    let stores: Vec<_> = orders(&shop).iter().map(|o| o["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(stores, ["eu/1001", "us/1001"]);
}

#[test]
fn a_broken_format_of_one_s_own_names_its_file_and_line() {
    let shop = Shop::new(USUAL);
    with_line2(&shop, "a.csv", "", 0);
    shop.write("formats/bad.toml", "name = \"bad\"\nabout = \"x\"\nkind = \"shopify\"\nshapes = \"blanks\"\n");
    let ran = shop.run("import a.csv").exits(1);
    ran.complains("bad.toml").complains("line 4").complains("hint: mend or remove");
}

#[test]
fn a_bad_row_in_a_file_of_statuses_is_shown_and_not_called_something_else() {
    let shop = Shop::new(ETSY);
    shop.write("items.csv", example("etsy-items.csv"));
    shop.run("import items.csv");
    let statuses = String::from_utf8(example("etsy-orders.csv")).unwrap();
    shop.write("orders.csv", statuses.replace("11/09/2026", "soon"));
    let ran = shop.run("import orders.csv --json").exits(3);
    accounted(&ran.json());
    assert_eq!(ran.json()["rejected"][0]["code"], "BAD_DATE");
}
