//! The gate *recorded*: what an API says now, and a sheet that a supplier sent back.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;
mod sandbox;

use std::fs;

use common::{Shop, Shopify};
use sandbox::Sandbox;
use sandbox::cj::{Cj, KEY};

const LISTINGS: &str = "supplier,listing_id,title,price,shipping,currency,ships_from,method\n\
    cj,1790000000000000001,Desk lamp,10.00,7.81,USD,CN,CJPacket Ordinary\nli,BAG-1,Bag,6.00,,USD,,\n";
const MATCHES: &str = "sku,supplier,listing_id\nLAMP,cj,1790000000000000001\nBAG,li,BAG-1\n";

fn shop(sandbox: &Sandbox, orders: &Shopify, more: &str) -> Shop {
    let shop = Shop::new(&format!(
        "[store.us]\nkind = \"shopify\"\n[supplier.li]\nkind = \"sheet\"\nformat = \"csv\"\n[supplier.cj]\nkind = \"cj\"\n\
         api_key_file = \"key\"\nbase_url = \"{}\"\nrequests_per_second = 1000\nsettle_after_seconds = 0\n{more}",
        sandbox.url()
    ));
    shop.write("key", KEY)
        .write("listings.csv", LISTINGS)
        .write("matches.csv", MATCHES)
        .write("orders.csv", orders.csv());
    shop.run("listings import listings.csv").exits(0);
    shop.run("match import matches.csv").exits(0);
    shop.run("import orders.csv").exits(0);
    shop
}

fn bags() -> Shopify {
    (1..=3).fold(Shopify::new(), |file, n| {
        let (number, name, street) = (format!("200{n}"), format!("Nora Testwell {n}"), format!("{n}1 Sample Ln"));
        let cells = [("Lineitem sku", "BAG"), ("Shipping Name", &*name), ("Shipping Address1", &*street)];
        file.order(&number, &cells)
    })
}

/// The sheet that went out, its rows as they are.
fn sheet(shop: &Shop) -> Vec<String> {
    let mut files: Vec<_> = fs::read_dir(shop.path("outbox/li")).unwrap().map(|f| f.unwrap().path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "csv"));
    fs::read_to_string(&files[0]).unwrap().lines().map(str::to_owned).collect()
}

fn handed_off() -> (Shop, Vec<String>) {
    let (_cj, mut sandbox) = Cj::start();
    sandbox.strict = false;
    let shop = shop(&sandbox, &bags(), "");
    shop.run("fulfill --yes").exits(0);
    let rows = sheet(&shop);
    (shop, rows)
}

const AGAINST: &str = "verify --against back.csv --supplier li";

#[test]
fn the_sheet_as_it_went_out_is_the_same() {
    let (shop, rows) = handed_off();
    shop.write("back.csv", rows.join("\n"));
    shop.run(AGAINST).exits(0).says("3 rows = 3 compared + 0 not ours or shifted; 0 blank   same 3");
    shop.run("show us/2001").says("recorded address: same");
    shop.write("back.csv", [&rows[0], &rows[2]].map(|r| r.as_str()).join("\n"));
    shop.run(AGAINST).exits(0).complains("2 purchase orders of this supplier not in it: US-2001-1 US-2003-1");
}

#[test]
fn another_address_is_shown_beside_ours_held_and_exit_3_and_a_corrected_sheet_lifts_it() {
    let (shop, rows) = handed_off();
    shop.write("back.csv", rows.join("\n").replace("21 Sample Ln", "12 Sample Ln"));
    shop.run(AGAINST)
        .exits(3)
        .says("us/2002/1  recorded  different")
        .says("21 Sample Ln")
        .says("12 Sample Ln")
        .says("Now: write to li that US-2002-1 goes to")
        .says("same 2   review 0   different 1");
    shop.run("status").says("us/2002  RECORDED_MISMATCH");
    let told = shop.run(&format!("{AGAINST} --json")).exits(3).json();
    assert_eq!(
        (&told["held"][0]["code"], &told["proofs"][1]["verdict"]),
        (&"RECORDED_MISMATCH".into(), &"different".into())
    );
    shop.write("back.csv", rows.join("\n"));
    shop.run(AGAINST).exits(0);
    shop.run("status").never_says("RECORDED_MISMATCH");
}

#[test]
fn rows_that_are_shifted_unknown_or_damaged_are_named() {
    let (shop, rows) = handed_off();
    // The addresses moved one row down: each reference has its neighbour's customer.
    let street = |n: usize| format!("{n}1 Sample Ln");
    let name = |n: usize| format!("Nora Testwell {n}");
    let mut shifted = rows.clone();
    for n in 1..=3 {
        let from = n % 3 + 1;
        shifted[n] = rows[n].replace(&street(n), &street(from)).replace(&name(n), &name(from));
    }
    shop.write("back.csv", shifted.join("\n"));
    shop.run(AGAINST)
        .exits(3)
        .says("it is the address of US-2002-1: the sheet looks shifted")
        .says("same 0   review 0   different 3");
    // One column sorted alone: the check code gives it away.
    let code = |row: &str| row.split(',').nth(1).unwrap().to_owned();
    let swapped = rows[1].replacen(&code(&rows[1]), &code(&rows[2]), 1);
    shop.write("back.csv", [&rows[0], &swapped, &rows[2]].map(String::as_str).join("\n"));
    shop.run(AGAINST).exits(3).says("STOP  row 2  US-2001-1  the check code is not the one of this reference");
    shop.write("back.csv", rows.join("\n").replace("US-2003-1", "US-2009-1").replace("US-2002-1", ""));
    let ran = shop.run(AGAINST).exits(3).says("US-2009-1  li has no purchase order of this reference");
    ran.says("no reference").says("3 rows = 1 compared + 2 not ours or shifted");
    shop.write("back.csv", rows.join("\n").replace("BAG-1,", "BAG-2,"));
    shop.run(AGAINST).exits(3).says("li recorded other lines: 1 x BAG-2 instead of 1 x BAG-1");
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let (shop, rows) = handed_off();
    shop.write("back.csv", "a,b\n1,2\n");
    shop.run(AGAINST).exits(1).complains("the column \"").complains("hint: send back the sheet as it went out");
    let reference = rows[1].split(',').next().unwrap();
    let header = rows[0].split(',').next().unwrap();
    shop.write("back.csv", format!("{header}\n{reference}\n"));
    shop.run(AGAINST).exits(1).complains("no column of it is a field of an address").complains("ask the supplier");
    shop.run("verify --against none.csv --supplier li").exits(1).complains("none.csv");
    shop.run("verify --against back.csv --supplier nobody").exits(2).complains("there is no supplier nobody");
    shop.run("verify --against back.csv").exits(2).complains("--supplier");
    shop.run("verify us/2001").exits(0).says("li has no API; dsf verify --against FILE --supplier li");
}

#[test]
fn an_api_is_read_now_and_the_proof_is_kept() {
    let (state, sandbox) = Cj::start();
    let shop =
        shop(&sandbox, &Shopify::new().order("1001", &[("Shipping Address2", "Apt 4")]), "pay = \"after_proof\"\n");
    state.state().balance_cents = 0;
    shop.run("fulfill --yes").exits(3).says("not paid: the balance");
    shop.run("verify us/1001/1").exits(0).says("us/1001/1  recorded  same").says("SUPPLIER RECORDED");
    state.state().echo.push(("shippingCity", Some("Hoboken".into())));
    let ran =
        shop.run("verify us/1001").exits(3).says("us/1001/1  recorded  different").says("Jersey City").says("Hoboken");
    ran.says("RECORDED_MISMATCH").says("tell the supplier before anything ships");
    let told = shop.run("verify us/1001 --json").exits(3).json();
    assert_eq!(
        (&told["proofs"][0]["gate"], &told["held"][0]["code"]),
        (&"recorded".into(), &"RECORDED_MISMATCH".into())
    );
    // A mismatch blocks payment, whatever the balance says by now.
    state.state().balance_cents = 10_000;
    shop.run("fulfill --yes");
    assert_eq!(sandbox.calls("/payBalance"), 0);
    state.state().echo.clear();
    shop.run("verify us/1001").exits(0).complains("RECORDED_MISMATCH is lifted");
    shop.run("fulfill --yes").exits(0).says("PAID  US-1001-1");
}

#[test]
fn a_supplier_out_of_reach_or_a_key_that_is_refused_is_said() {
    let (_state, mut sandbox) = Cj::start();
    sandbox.strict = false;
    let shop = shop(&sandbox, &Shopify::new().order("1001", &[]), "");
    shop.run("fulfill --yes").exits(0);
    let config = fs::read_to_string(shop.path("config.toml")).unwrap();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    shop.write("config.toml", config.replace(&sandbox.url(), &format!("http://{closed}")));
    shop.run("verify us/1001")
        .exits(1)
        .says("us/1001/1  recorded  not read  cj cannot be asked: no token: no connection");
    shop.write("config.toml", &config).write("key", "CJ9@api@wrong");
    shop.run("verify us/1001").exits(4).says("cj cannot be asked: the key or token was refused");
    fs::remove_file(shop.path("key")).unwrap();
    let told = shop.run("verify us/1001 --json").exits(4).json();
    assert_eq!(told["unread"][0]["purchase_order"], "us/1001/1");
    shop.write("config.toml", config.replace("[supplier.cj]", "[supplier.dd]"));
    shop.run("verify us/1001").exits(1).says("there is no [supplier.cj] in the config");
}

#[test]
fn a_sheet_of_headers_alone_proves_nothing() {
    let (shop, rows) = handed_off();
    shop.write("back.csv", format!("{}\n", rows[0]));
    shop.run(AGAINST).exits(3).complains("3 purchase orders of this supplier not in it");
}
