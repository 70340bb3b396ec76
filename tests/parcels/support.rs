//! A shop with purchase orders that are out.

use crate::common::{Shop, Shopify};

pub const YUN: &str = "YT2203621272033099";
pub const YUN_2: &str = "YT2203621272033100";

/// A store without an API and a supplier with sheets.
pub fn shop(kind: &str, more: &str) -> Shop {
    Shop::new(&format!(
        "[store.us]\nkind = \"{kind}\"\ncurrency = \"USD\"\n[supplier.li]\nkind = \"sheet\"\nformat = \"csv\"\n{more}"
    ))
}

/// Imports orders, buys everything that is matched, and hands it off to the sheet's supplier.
pub fn buy(shop: &Shop, orders: Shopify, skus: &[&str]) {
    shop.write("orders.csv", orders.csv()).modified("orders.csv", 0);
    let mut listings = "supplier,listing_id,title,price,currency,ships_from,method\n".to_owned();
    let mut matches = "sku,supplier,listing_id\n".to_owned();
    for sku in skus {
        listings += &format!("li,{sku}-1,{sku},5.00,USD,CN,YunExpress\n");
        matches += &format!("{sku},li,{sku}-1\n");
    }
    shop.write("listings.csv", listings).write("matches.csv", matches);
    shop.run("listings import listings.csv").exits(0);
    shop.run("match import matches.csv").exits(0);
    shop.run("import orders.csv --store us").exits(0);
    shop.run("fulfill --yes").exits(0).says("HANDED OFF");
}

/// One order of two lamps and a bag, handed off as us/1001/1.
pub fn two_lamps_and_a_bag(more: &str) -> Shop {
    let shop = shop("shopify", more);
    let order = Shopify::new()
        .order("1001", &[("Lineitem quantity", "2"), ("Subtotal", "46.00"), ("Total", "46.00")])
        .line("1001", "BAG", "1", "6.00");
    buy(&shop, order, &["LAMP", "BAG"]);
    shop
}

/// Only the parcels of `show --json`.
pub fn parcels(shop: &Shop, order: &str) -> Vec<serde_json::Value> {
    shop.run(&format!("show {order} --json")).json()["parcels"].as_array().unwrap().clone()
}

/// Codes that `status` lists.
pub fn needs(shop: &Shop) -> Vec<(String, String)> {
    let status = shop.run("status --json").exits(0).json();
    let text = |v: &serde_json::Value| v.as_str().unwrap().to_owned();
    status["needs_you"].as_array().unwrap().iter().map(|n| (text(&n["id"]), text(&n["code"]))).collect()
}
