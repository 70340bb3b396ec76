//! `dsf import` and its neighbours through the binary: every rule of design §8, and what a hostile day brings.
#![allow(clippy::unwrap_used)]

mod ages;
#[path = "../common/mod.rs"]
mod common;
mod files;
mod headless;
mod house;
mod lines;
mod rows;
mod which;

use common::{Ran, Shop, Shopify};
use serde_json::Value;

/// A shop of one Shopify store.
fn shop() -> Shop {
    Shop::usual()
}

/// Order 1001 with this second address line, in a file of this age.
fn with_line2(shop: &Shop, file: &str, line2: &str, age: u64) {
    shop.write(file, Shopify::new().order("1001", &[("Shipping Address2", line2)]).csv()).modified(file, age);
}

fn line2(shop: &Shop, id: &str) -> String {
    shop.order(id)["ship_to"]["line2"].as_str().unwrap().to_owned()
}

/// `new changed unchanged` of an import in JSON.
fn counts(report: &Value) -> (u64, u64, u64) {
    let n = |key: &str| report["orders"][key].as_u64().unwrap();
    (n("new"), n("changed"), n("unchanged"))
}

/// Every row of every file went somewhere: read = imported + skipped + rejected.
#[track_caller]
fn accounted(report: &Value) {
    for file in report["files"].as_array().unwrap() {
        let skipped: u64 = file["skipped"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
        let n = |key: &str| file[key].as_u64().unwrap();
        assert_eq!(n("rows"), n("imported") + skipped + n("rejected"), "{file:#}");
    }
}

/// What all orders are, without the order in which their lines came.
fn orders(shop: &Shop) -> Vec<Value> {
    let mut all = shop.run("orders --json").exits(0).json()["orders"].as_array().unwrap().clone();
    for order in &mut all {
        let lines = order["lines"].as_array_mut().unwrap();
        lines.iter_mut().for_each(|l| l["id"] = Value::Null);
        lines.sort_by_key(|l| l["sku"].to_string() + &l["ordered"].to_string());
        order["held"].as_array_mut().unwrap().sort_by_key(ToString::to_string);
    }
    all.sort_by_key(|o| o["id"].to_string());
    all
}

fn orderable(shop: &Shop, id: &str) -> u64 {
    shop.order(id)["lines"].as_array().unwrap().iter().map(|l| l["orderable"].as_u64().unwrap()).sum()
}

fn held_codes(ran: &Ran) -> Vec<String> {
    ran.json()["held"].as_array().unwrap().iter().map(|h| h["code"].as_str().unwrap().to_owned()).collect()
}
