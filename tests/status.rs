//! What needs a person: whose it is, since when, and that a store's section in the config is one of the reasons.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Shop, Shopify, USUAL};

fn shop(orders: &Shopify) -> Shop {
    let shop = Shop::new(USUAL);
    shop.write("orders.csv", orders.csv());
    shop.write("listings.csv", "supplier,listing_id,price,currency\nagent-li,LAMP-1,5.00,USD\n");
    shop.write("matches.csv", "sku,supplier,listing_id\nLAMP,agent-li,LAMP-1\n");
    shop.run("listings import listings.csv").exits(0);
    shop.run("match import matches.csv").exits(0);
    shop.run("import orders.csv --store us");
    shop
}

#[test]
fn orders_of_a_store_that_left_the_config_are_held_for_its_checks_left_too() {
    let shop = shop(&Shopify::new().order("1", &[]));
    shop.run("fulfill --dry-run").exits(0).says("US-1-1");
    shop.write("config.toml", USUAL.replace("[store.us]", "[store.other]"));
    let plan = shop.run("fulfill --dry-run --json").exits(3).json();
    assert_eq!(plan["held"][0]["code"], "NO_STORE");
    assert_eq!(plan["held"].as_array().unwrap().len(), 1);
    assert!(plan["held"][0]["hint"].as_str().unwrap().contains("[store.us]"), "{plan}");
    assert!(plan["purchase_orders"].as_array().unwrap().is_empty());
    shop.run("release us/1 NO_STORE --reason x").exits(1).complains("cannot be released");
}

#[test]
fn the_days_are_those_of_the_held_order_not_of_one_whose_number_begins_alike() {
    let old = [("Created at", "2026-11-22 08:00:00 -0500")];
    let orders = Shopify::new().order("1", &old).order("10", &[("Created at", "2026-11-12 08:00:00 -0500")]);
    let mut shop = shop(&orders);
    shop.now = "2026-11-24T16:00:00Z".to_owned();
    shop.run("hold us/10 --reason look").exits(0);
    let status = shop.run("status --json").exits(0).json();
    let days: Vec<_> = status["needs_you"].as_array().unwrap().iter().map(|n| (&n["id"], &n["age_days"])).collect();
    assert!(!days.is_empty());
    assert!(days.iter().all(|(id, days)| *id == "us/10" && **days == 12), "{days:?}");
}
