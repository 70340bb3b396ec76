//! An order of which only later lines are known yet: every command meets it and none trips.

use serde_json::json;

use crate::common::{Shop, Shopify};
use crate::{counts, orderable};

fn whole() -> Shopify {
    Shopify::new().order("1", &[("Subtotal", "32.00"), ("Total", "32.00")]).line("1", "BAG", "2", "6.00")
}

/// The tail of a file that was cut inside an order.
fn tail() -> Shop {
    let shop = crate::shop();
    shop.write("tail.csv", whole().only([1]).csv()).modified("tail.csv", 60);
    shop.run("import tail.csv").exits(0).complains("the source does not say that it was paid: us/1");
    shop
}

#[test]
fn every_command_can_meet_it() {
    let shop = tail();
    let order = shop.order("us/1");
    assert_eq!(
        (order["state"].as_str(), &order["ship_to"], orderable(&shop, "us/1")),
        (Some("not_paid"), &json!(null), 0)
    );
    shop.run("orders").exits(0).says("us/1");
    shop.run("show us/1").exits(0).says("ship to\n    none");
    shop.run("status").exits(0).says("not_paid");
    shop.run("match").exits(0).says("every SKU of the open orders is matched");
    shop.run("match suggest").exits(0);
    shop.run("fulfill --dry-run").exits(0).says("0 purchase orders");
    shop.run("fulfill --dry-run us/1 --json").never_says("error");
    shop.run("hold us/1 --reason wait").exits(0);
    assert_eq!(shop.codes("us/1"), ["ON_HOLD"]);
    shop.run("status").exits(0).says("us/1  ON_HOLD  wait");
    shop.run("show us/1").exits(3).says("ON_HOLD");
    shop.run("release us/1 --reason go").exits(0);
}

#[test]
fn an_address_is_refused_because_it_would_be_lost() {
    let shop = tail();
    let before = shop.contents();
    let ran = shop.run_with_input("address set us/1 --reason x", b"line1 = \"1 A St\"\nname = \"N\"\n").exits(1);
    ran.complains("of us/1 only some lines are known, not the order itself").complains("hint: dsf import");
    assert_eq!(shop.contents(), before);
}

#[test]
fn the_head_may_come_later_in_an_older_file() {
    let shop = tail();
    shop.write("head.csv", whole().only([0]).csv()).modified("head.csv", 0);
    let report = shop.run("import head.csv --json").exits(0).json();
    assert_eq!(counts(&report), (0, 1, 0));
    let order = shop.order("us/1");
    assert_eq!((order["state"].as_str(), orderable(&shop, "us/1")), (Some("ready"), 3));
    assert_eq!(order["external_id"], "620100001");
    assert_eq!(shop.run("status --json").exits(0).json()["counts"]["not_paid"], 0);
}

#[test]
fn the_age_of_such_an_order_counts_from_when_its_head_was_imported() {
    let mut shop = tail();
    shop.now = "2026-12-10T09:00:00Z".to_owned();
    shop.write("head.csv", whole().only([0]).csv()).modified("head.csv", 0);
    shop.run("import head.csv").exits(0);
    assert!(!shop.codes("us/1").contains(&"STALE_ORDER".to_owned()));
}
