//! Sheets go out once: handed off, read back, and finished after a crash at any point.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::PathBuf;

use common::{Ran, Shop, Shopify};

const CONFIG: &str = "[store.us]\nkind = \"shopify\"\n[supplier.li]\nkind = \"sheet\"\nformat = \"csv\"\n";
const LISTINGS: &str =
    "supplier,listing_id,title,price,currency\nli,LAMP-1,Desk lamp,5.00,USD\nli,BAG-1,Bag,6.00,USD\n";
const MATCHES: &str = "sku,supplier,listing_id\nLAMP,li,LAMP-1\nBAG,li,BAG-1\n";

fn shop() -> Shop {
    let shop = Shop::new(CONFIG);
    let orders = Shopify::new()
        .order("1001", &[("Shipping Address2", "Apt 4"), ("Shipping Name", "=HYPERLINK Nora"), ("Subtotal", "26.00")])
        .line("1001", "BAG", "1", "6.00")
        .order("1002", &[("Shipping Name", "Omar Invented"), ("Shipping Zip", "'08540")]);
    shop.write("orders.csv", orders.csv()).modified("orders.csv", 0);
    shop.write("listings.csv", LISTINGS).write("matches.csv", MATCHES);
    shop.run("listings import listings.csv").exits(0);
    shop.run("match import matches.csv").exits(0);
    shop.run("import orders.csv").exits(0);
    shop
}

fn outbox(shop: &Shop) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(shop.path("outbox/li")) else { return vec![] };
    let mut files: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "csv"));
    files.sort();
    files
}

fn states(shop: &Shop, order: &str) -> Vec<String> {
    let document = shop.run(&format!("show {order} --json")).json();
    let all = document["purchase_orders"].as_array().unwrap();
    all.iter().map(|p| p["state"].as_str().unwrap().to_owned()).collect()
}

fn crash_at(shop: &Shop, place: &str) -> Ran {
    let output = shop.command("fulfill --yes").env("DSF_CRASH_AT", place).output().unwrap();
    assert!(!output.status.success(), "{place}");
    Ran {
        code: -1,
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[test]
fn a_sheet_is_handed_off_once_with_a_check_code_and_without_formulas() {
    let shop = shop();
    let ran = shop
        .run("fulfill --yes")
        .exits(0)
        .says("HANDED OFF")
        .says("2 purchase orders, written, read back and the same");
    ran.never_says("buyer1001@example.com");
    let files = outbox(&shop);
    assert_eq!(files.len(), 1);
    let text = fs::read_to_string(&files[0]).unwrap();
    assert!(text.contains("US-1001-1") && text.contains("US-1002-1") && text.contains("'=HYPERLINK Nora"), "{text}");
    assert!(text.contains("08540") && !text.contains("@example.com") && !text.contains("20.00"), "{text}");
    assert_eq!(shop.order("us/1001")["state"], "ordered");
    shop.run("fulfill --yes").exits(0).says("nothing to send");
    assert_eq!(outbox(&shop).len(), 1);
    let shown = shop.run("show us/1001 --json").json();
    let code = shown["purchase_orders"][0]["check_code"].as_str().unwrap().to_owned();
    assert!(text.contains(&code), "{code}");
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_look_into_the_outbox() {
    use std::os::unix::fs::PermissionsExt;
    let shop = shop();
    shop.run("fulfill --yes").exits(0);
    let mode = |path: &PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&outbox(&shop)[0]), 0o600);
    assert_eq!(mode(&shop.path("outbox/li")), 0o700);
}

#[test]
fn a_crash_at_any_point_ends_with_each_purchase_order_in_exactly_one_sheet() {
    for place in ["sheet written", "sheet committed", "sheet in journal", "sheet named"] {
        let shop = shop();
        crash_at(&shop, place);
        let code = shop.run("fulfill --yes").code;
        assert_eq!(code, 0, "{place}");
        let files = outbox(&shop);
        let text: String = files.iter().map(|f| fs::read_to_string(f).unwrap()).collect();
        for reference in ["US-1001-1", "US-1002-1"] {
            // An order of two lines stands on two rows of its one sheet.
            let sheets = files.iter().filter(|f| fs::read_to_string(f).unwrap().contains(reference)).count();
            assert_eq!(sheets, 1, "{place} {reference}: {text}");
        }
        assert_eq!(states(&shop, "us/1001"), ["handed_off"], "{place}");
        shop.run("status").exits(0).never_says("SHEET_MISSING");
    }
}

#[test]
fn a_second_sheet_needs_a_reason_and_is_stamped_with_the_same_references() {
    let shop = shop();
    shop.run("fulfill --yes").exits(0);
    shop.run("fulfill us/1001/1 --resend \"\"").exits(2).complains("the reason is empty");
    shop.run("fulfill --resend lost").exits(2).complains("no purchase order is named");
    shop.run("fulfill us/1001/1 --resend \"he lost it\"").exits(0).says("HANDED OFF");
    let files = outbox(&shop);
    assert_eq!(files.len(), 2);
    let again = fs::read_to_string(&files[1]).unwrap();
    assert!(again.contains("US-1001-1") && again.contains("RESEND") && !again.contains("US-1002-1"), "{again}");
    shop.run("show us/1001").says("handed out again: he lost it");
    shop.run("confirm us/1001/1 --order-no A-77 --total \"11.50 USD\"").exits(0).complains("was planned at 11.00 USD");
    shop.run("fulfill us/1001/1 --resend \"again\"").exits(1).complains("us/1001/1 is placed");
    shop.run("confirm us/1001/1 --order-no A-77").exits(1).complains("is placed, not handed_off");
    shop.run("settle us/1001/1 --not-placed --reason x").exits(1).complains("is placed, not unknown");
}

#[test]
fn tv18_a_change_after_the_sheet_went_out_is_held_and_the_frozen_copy_stays() {
    let shop = shop();
    shop.run("fulfill --yes").exits(0);
    let newer = Shopify::new().order("1002", &[("Shipping Name", "Omar Invented"), ("Shipping Zip", "'08541")]);
    shop.write("newer.csv", newer.csv()).modified("newer.csv", 60);
    shop.run("import newer.csv").says("ship_to.postcode \"08540\" -> \"08541\"");
    shop.run("status").says("CHANGED_AFTER_PO").says("the ship-to is not the one of us/1002/1 any more");
    let shown = shop.run("show us/1002 --json").json();
    assert_eq!(shown["purchase_orders"][0]["ship_to"]["postcode"], "08540");
    assert_eq!(shown["ship_to"]["postcode"], "08541");
    shop.run("fulfill us/1002/1 --resend lost").exits(1).complains("the address of its order is another now");
    let gone = Shopify::new().order("1001", &[("Cancelled at", "2026-11-24 08:00:00 +0000")]);
    shop.write("gone.csv", gone.csv()).modified("gone.csv", 60);
    shop.run("import gone.csv").says("cancelled");
    let ran = shop.run("fulfill us/1001/1 --resend lost").exits(1).complains("its order is cancelled in the store");
    ran.complains("hint: dsf cancel us/1001/1 --reason");
    assert_eq!(outbox(&shop).len(), 1, "nobody who does not wait for it gets a second parcel");
}

#[test]
fn an_old_copy_of_the_database_sends_nothing_until_it_is_adopted() {
    let shop = shop();
    fs::copy(shop.path("dsf.db"), shop.path("old.db")).unwrap();
    shop.run("fulfill --yes").exits(0);
    for left in ["dsf.db-wal", "dsf.db-shm"] {
        let _ = fs::remove_file(shop.path(left));
    }
    fs::copy(shop.path("old.db"), shop.path("dsf.db")).unwrap();
    shop.run("fulfill --yes").exits(1).complains("the database is behind its journal").complains("dsf adopt");
    assert_eq!(outbox(&shop).len(), 1);
    shop.run("adopt").exits(0).says("ADOPTED US-1001-1").says("ADOPTED US-1002-1");
    assert_eq!(shop.order("us/1001")["lines"][0]["orderable"], 0);
    let shown = shop.run("show us/1002 --json").json();
    assert_eq!(shown["purchase_orders"][0]["ship_to"]["postcode"], "08540", "the order's own, for the hash agrees");
    shop.run("status").says("OUTCOME_UNKNOWN").says("US-1001-1");
    shop.run("fulfill --yes");
    assert_eq!(outbox(&shop).len(), 1, "what may be out is not sent again");
    shop.run("settle us/1001/1 --not-placed --reason \"the sheet was never mailed\"").exits(0);
    shop.run("settle us/1002/1 --placed 55 --reason \"he has it\"").exits(0);
    shop.run("fulfill --yes").says("HANDED OFF");
    let text = fs::read_to_string(&outbox(&shop)[1]).unwrap();
    assert!(text.contains("US-1001-2") && !text.contains("US-1001-1") && !text.contains("US-1002"), "{text}");
}

#[test]
fn a_database_from_another_machine_and_a_clock_that_is_wrong_send_nothing() {
    let mut shop = shop();
    shop.run("fulfill us/1001 --yes").exits(0);
    fs::remove_dir_all(shop.path("state")).unwrap();
    shop.run("fulfill --yes").exits(1).complains("it came from another machine");
    shop.run("adopt").exits(0).says("the journal of 1 purchase order was written anew");
    shop.now = "2026-11-24T07:00:00Z".to_owned();
    shop.run("fulfill --yes").exits(1).complains("the clock says 2026-11-24T07:00:00Z");
    shop.now = common::NOW.to_owned();
    shop.run("fulfill --yes").exits(0).says("HANDED OFF");
}

#[test]
fn nothing_goes_out_without_a_yes_or_under_another_plan() {
    let shop = shop();
    let plan = shop.run("fulfill --dry-run --json").json()["plan"].as_str().unwrap().to_owned();
    shop.run("fulfill").exits(2).complains("nothing was sent");
    shop.run("fulfill --yes --plan 000000000000").exits(5);
    assert!(outbox(&shop).is_empty());
    let sent = shop.run(&format!("fulfill --yes --json --plan {plan}")).exits(0).json();
    assert_eq!(sent["sheets"][0]["purchase_orders"], 2);
}

#[test]
fn one_number_of_a_supplier_is_one_orders_and_a_charge_far_from_the_plan_is_held() {
    let shop = shop();
    shop.run("fulfill --yes").exits(0);
    shop.run("confirm us/1001/1 --order-no A-77").exits(0);
    let twice = shop.run("confirm us/1002/1 --order-no A-77").exits(1);
    twice.complains("us/1001/1 has the order number A-77 already, and it is of another order");
    shop.run("confirm us/1002/1 --order-no \" \"").exits(2).complains("the order number is empty");
    let far = shop.run("confirm us/1002/1 --order-no A-78 --total \"95.00 USD\"").exits(3);
    far.complains("was planned at 5.00 USD, the supplier charged 95.00 USD").complains("CHARGE_DIFFERS");
    shop.run("status").says("CHARGE_DIFFERS");
    shop.run("release us/1002 CHARGE_DIFFERS --reason \"it is gold\"").exits(0);
    shop.run("status").never_says("CHARGE_DIFFERS");
}

#[test]
fn with_json_a_run_that_sends_tells_its_whole_plan() {
    let shop = shop();
    let sent = shop.run("fulfill --yes --json").exits(0).json();
    assert_eq!(sent["plan"].as_str().unwrap().len(), 12);
    let orders = sent["purchase_orders"].as_array().unwrap();
    assert_eq!(orders.len(), 2);
    for order in orders {
        assert_eq!(order["state"], "handed_off");
        assert_eq!(order["proof"]["verdict"], "same");
        assert!(
            order["lines"][0]["unit_cost"]["amount"].is_string() && order["ship_to"]["name"].is_string(),
            "{order}"
        );
    }
    assert_eq!(sent["totals"][0]["amount"], "16.00");
    assert!(sent["unmatched"].as_array().unwrap().is_empty());
}
