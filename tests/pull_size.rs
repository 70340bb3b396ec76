//! Ten thousand orders come out of a store page by page, in the memory of a few.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod common;
mod sandbox;

use std::process::Stdio;

use common::Shop;
use sandbox::shopify::{Shopify, TOKEN, line, order};
use sandbox::woocommerce::{self, KEY, SECRET, WooCommerce};

const ORDERS: u64 = 10_000;
const MOST_MIB: u64 = 64;

/// The most memory that the process held so far, in KiB.
fn peak(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[track_caller]
fn imports_all(shop: &Shop) {
    let mut child = shop
        .command("import --quiet")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut most = 0;
    let status = loop {
        most = peak(child.id()).unwrap_or(0).max(most);
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None => std::thread::sleep(std::time::Duration::from_millis(20)),
        }
    };
    assert!(status.success());
    let sql = rusqlite::Connection::open(shop.path("dsf.db")).unwrap();
    let known: u64 = sql.query_row("SELECT count(*) FROM orders", [], |r| r.get(0)).unwrap();
    assert_eq!(known, ORDERS);
    assert!(most > 0 && most < MOST_MIB * 1024, "{} MiB", most / 1024);
}

#[test]
fn ten_thousand_orders_of_a_shopify_shop() {
    let (api, sandbox) = Shopify::start();
    for n in 0..ORDERS {
        api.state().add(order(&(10_000 + n).to_string(), vec![line("LAMP", "Desk Lamp", 2, "20.00")]));
    }
    let url = sandbox.url();
    imports_all(&Shop::new(&format!(
        "[store.us]\nkind = \"shopify\"\nbase_url = \"{url}\"\ntoken_command = \"printf {TOKEN}\"\n"
    )));
}

#[test]
fn ten_thousand_orders_of_a_woocommerce_site() {
    let (site, sandbox) = WooCommerce::start();
    for n in 1..=ORDERS {
        site.state().add(woocommerce::order(n, vec![woocommerce::item("LAMP", "Lampe", 2, 2000)]));
    }
    let url = sandbox.url();
    imports_all(&Shop::new(&format!(
        "[store.eu]\nkind = \"woocommerce\"\nbase_url = \"{url}\"\nconsumer_key_command = \"printf {KEY}\"\n\
         consumer_secret_command = \"printf {SECRET}\"\n"
    )));
}
