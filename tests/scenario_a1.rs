//! Scenario A1: the morning import from two stores.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Shop, Shopify, woo};
use serde_json::json;

fn us() -> Shopify {
    Shopify::new()
        .order("1001", &[])
        .order("1002", &[("Shipping Address2", "Apt 4"), ("Subtotal", "47.00"), ("Total", "47.00")])
        .line("1002", "BAG", "2", "6.00")
        .line("1002", "BULB", "3", "5.00")
        .order("1003", &[("Financial Status", "pending"), ("Paid at", "")])
        .order("1004", &[("Financial Status", "refunded"), ("Refunded Amount", "20.00")])
        .order(
            "1005",
            &[("Lineitem quantity", "2"), ("Financial Status", "partially_refunded"), ("Refunded Amount", "20.00")],
        )
        .order(
            "1006",
            &[
                ("Shipping Name", ""),
                ("Shipping Address1", ""),
                ("Shipping City", ""),
                ("Shipping Zip", ""),
                ("Shipping Province", ""),
                ("Shipping Country", ""),
                ("Shipping Phone", ""),
            ],
        )
}

/// In Windows-1252, as an old plugin writes it.
fn eu() -> Vec<u8> {
    encoding_rs::WINDOWS_1252.encode(&woo("1001", "Jürgen Müßig", "LAMPE")).0.into_owned()
}

fn morning() -> Shop {
    let shop = Shop::usual();
    shop.write("us-orders.csv", us().csv()).modified("us-orders.csv", 0);
    shop.write("eu-orders.csv", eu()).modified("eu-orders.csv", 0);
    shop
}

#[test]
fn two_stores_are_imported_and_every_row_is_accounted_for() {
    let shop = morning();
    shop.run("import us-orders.csv eu-orders.csv")
        .exits(3)
        .says("us-orders.csv  shopify-orders  store us  8 rows -> 6 orders, 8 lines")
        .says("store eu  1 row -> 1 order, 1 line")
        .says("new 7   changed 0   unchanged 0   rejected rows 0   (9 of 9 rows accounted for)")
        .says("HELD us/1006 SHIP_TO_MISSING  no shipping address; a billing address exists and is not used")
        .says("dsf address set us/1006")
        .complains("read as windows-1252, a guess")
        .complains("payment is \"pending\": us/1003");
    assert_eq!(shop.order("us/1003")["state"], "not_paid");
    assert_eq!(shop.order("us/1004")["state"], "nothing_to_order");
    assert_eq!(shop.order("us/1004")["lines"][0]["orderable"], 0);
}

#[test]
fn tv1_both_1001_are_orders_of_their_own_and_nothing_is_mended() {
    let shop = morning();
    shop.run("import us-orders.csv eu-orders.csv").exits(3);
    assert_eq!(shop.order("us/1001")["ship_to"]["postcode"], "07307");
    assert_eq!(shop.order("eu/1001")["ship_to"]["name"], "Jürgen Müßig");
    shop.run("show 1001").exits(2).complains("1001 can be eu/1001 or us/1001");
    shop.run("show us#1001").exits(3).says("07307");
}

#[test]
fn a_refund_that_names_no_line_holds_the_order() {
    let shop = morning();
    shop.run("import us-orders.csv").exits(3);
    assert!(shop.codes("us/1005").contains(&"PARTIAL_REFUND".to_owned()));
}

#[test]
fn the_same_again_changes_nothing() {
    let shop = morning();
    shop.run("import us-orders.csv eu-orders.csv").exits(3);
    let before = shop.contents();
    shop.run("import us-orders.csv eu-orders.csv").exits(0).says("new 0   changed 0   unchanged 7");
    // The same orders in a file of another name and other bytes.
    shop.write("again.csv", us().csv() + "\n").modified("again.csv", 0);
    shop.run("import again.csv").exits(0).says("new 0   changed 0   unchanged 6");
    assert_eq!(shop.contents(), before);
}

#[test]
fn a_newer_export_shows_each_changed_field() {
    let shop = morning();
    shop.run("import us-orders.csv").exits(3);
    shop.write("newer.csv", us().csv().replace("Apt 4", "Apt 9")).modified("newer.csv", 60);
    let ran = shop.run("import newer.csv --json").exits(0);
    assert_eq!(
        ran.json()["changes"],
        json!([{"order": "us/1002", "field": "ship_to.line2", "from": "Apt 4", "to": "Apt 9"}])
    );
    assert_eq!(ran.json()["orders"], json!({"new": 0, "changed": 1, "unchanged": 5}));
    shop.run("show us/1002").says("ship_to.line2 \"Apt 4\" -> \"Apt 9\"  (newer.csv)");
}

#[test]
fn a_second_import_while_one_runs_exits_11_and_names_it() {
    let shop = morning();
    shop.run("init --yes").exits(0);
    let lock = std::fs::File::options().read(true).write(true).open(shop.path("dsf.db.lock")).unwrap();
    lock.lock().unwrap();
    std::fs::write(shop.path("dsf.db.lock"), "pid 4711, `import us-orders.csv`, since 2026-11-24T08:59:00Z\n").unwrap();
    shop.run("import us-orders.csv").exits(11).complains("pid 4711").complains("since 2026-11-24T08:59:00Z");
    // What only reads is not kept out.
    shop.run("orders").exits(0);
    shop.run("import us-orders.csv --dry-run").exits(3);
    drop(lock);
    shop.run("import us-orders.csv").exits(3);
}
